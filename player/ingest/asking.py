"""What asking a source takes, and what it comes to: values, and the one protocol that every way of asking keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from player.errors import FeedError, WeRememberError
from player.feed.item import Polled, Reinstatement, Snapshot, Validators, Withdrawal
from player.feed.listening import Listener
from player.feed.poll import withdrawn_before
from player.feed.signed.feed import Marks
from player.feed.trust import SIGNED, Policy
from player.units import Seconds


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A source as configured."""

    name: str
    kind: str
    url: str
    every_s: Seconds
    policy: Policy
    map: str = ""
    """The file of the map of a ``mapped`` source."""
    token: str | None = None
    """Where its key is to be found."""

    @property
    def is_signed(self) -> bool:
        """Whether its people sign what they approve."""
        return self.policy.trust == SIGNED

    @property
    def core(self) -> str:
        """The name of the set for offline use that a signed source brings along; other sources bring none."""
        return f"{self.name}.core" if self.is_signed else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known of a source when it is asked."""

    validators: Mapping[str, Validators] = field(default_factory=dict[str, Validators])
    root: bytes | None = None
    """The root that is pinned for a signed source."""
    marks: Marks | None = None
    """The highest that was ever believed of a signed source."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a source once came to: a poll, or an error with what was withdrawn before it happened.

    A signed source answers twice: first with what it withdrew, which is acted on while its pages are still being fetched.
    """

    source: SourceConfig
    polled: Polled | None = None
    device: int | None = None
    error: WeRememberError | None = None
    withdrawn: tuple[Withdrawal, ...] = ()
    waiting: int = 0
    """Files of a folder that are still being copied."""
    is_last: bool = True
    """Nothing more comes until the source is asked again."""
    reinstated: tuple[Reinstatement, ...] = ()
    marks: Marks | None = None
    """What a signed source is never to fall behind again."""
    core: Snapshot | None = None
    """The set for offline use that came with it, when it changed."""
    signed_by: tuple[str, ...] = ()
    root: bytes = field(default=b"", repr=False)
    """The pinned root under which *marks* were reached."""


def within_the_seam(source: SourceConfig, answers: Iterator[Answer]) -> Iterator[Answer]:
    """Yield *answers*; whatever goes wrong on the way is the last one."""
    try:
        yield from answers
    except WeRememberError as error:
        yield Answer(source, error=error, withdrawn=withdrawn_before(error))
    except Exception as error:  # noqa: BLE001 - the seam around one source: a hostile one must not deafen the rest
        yield Answer(source, error=FeedError(f"cannot be read: {type(error).__name__}: {error}"[:300]))


class Asks(Protocol):
    """Asks one source again and again; keeps what is only needed between two times."""

    @property
    def source(self) -> SourceConfig:
        """Which one."""
        ...

    def ask(self, before: Before) -> Iterator[Answer]:
        """Ask now; the last answer says so. Never raises a WeRememberError: it is part of the answer."""
        ...

    def took(self, answer: Answer) -> None:
        """Learn that *answer*, a last one, is in the library."""
        ...

    def forget(self) -> None:
        """Take nothing that was read before for known: what it says must be judged anew."""
        ...

    def listener(self, heard: Callable[[Answer], None], hasten: Callable[[], None]) -> Listener | None:
        """Return what listens to the source beside the asking, where it tells what happens.

        Args:
            heard: Takes what is withdrawn at once, from another thread.
            hasten: Asks for the source to be asked soon, from another thread.
        """
        ...
