"""The sources of one configuration: which is asked when, and what its answer does to the library."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from player import log
from player.errors import FeedError, LibraryError, WeRememberError
from player.feed.address import identity
from player.feed.item import Polled
from player.feed.signed.feed import Marks
from player.feed.trust import Policy, lease
from player.ingest.asking import Answer, Asks, Before, SourceConfig
from player.ingest.commit import Committer, Received, drop_removed
from player.ingest.configured import asker_of, sources_of
from player.ingest.housekeeping import is_over
from player.ingest.polling import lost_device, pause_after, validators_from
from player.ingest.withdrawal import UndeletedError, finish, nothing, reinstate, withdraw
from player.library import anchors, sources
from player.library.database import DamagedError
from player.library.library import Library
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.units import SECOND, Nanos

HASTE: Final[Nanos] = 5 * SECOND  # between two askings of a source, however much happens there

_log = log.get("ingest")


@dataclass(slots=True)
class Turn:
    """When a source is asked next."""

    asker: Asks
    due: Nanos = 0
    is_asked: bool = False
    failures: int = 0
    ended: Nanos = 0
    """When it was last answered (monotonic)."""
    asked: Nanos | None = None
    """When it was last asked (monotonic)."""
    unheard: WeRememberError | None = None
    """Why what it withdrew first could not be recorded: nothing else that it said in the same breath counts."""


@dataclass(slots=True)
class Intake:
    """The sources, and the library that their answers go to."""

    configuration: Configuration
    library: Library
    clock: TrustedClock
    turns: dict[str, Turn] = field(default_factory=dict[str, Turn])
    stale: log.Edge = field(default_factory=lambda: log.Edge(_log, begins="source does not answer", ends="source answers again"))
    halted: log.Edge = field(
        default_factory=lambda: log.Edge(_log, begins="source is halted", ends="source is not halted any more")
    )
    chance: random.Random = field(default_factory=random.Random)
    alive: Callable[[], None] = nothing
    """Called again and again while an answer is taken in: a long one is no sign that we are stuck."""

    def declare(self) -> None:
        """Make the configuration's sources the only ones that count, and forget the others' photos."""
        settings = self.configuration.settings
        configured = sources_of(settings)
        addresses: dict[str, str] = {}
        cores = {sources.CORE}
        reviewers = {source.name: source.policy.reviewers for source in configured if source.policy.reviewers}
        for source in configured:
            addresses[source.name] = self._address(source)
            if source.core:
                addresses[source.core] = addresses[source.name]
                cores.add(source.core)
        sources.declare(self.library.connection, addresses, cores=cores, reviewers=reviewers)
        if self.library.held_orders:
            finish(self.library)
        dropped = drop_removed(self.library)
        if dropped:
            _log.info("photos hidden: their source is not in the configuration any more", photos=dropped)
        self.turns = {source.name: Turn(asker_of(source, settings, self.clock, self.library.folder)) for source in configured}

    def _address(self, source: SourceConfig) -> str:
        """Name the publisher: a signed one by its root as well, so that another root begins with nothing confirmed."""
        if not source.is_signed:
            return identity(source.url)
        root = self._root(source)
        return f"signed {hashlib.sha256(root).hexdigest()[:16] if root else 'by nobody'} {identity(source.url)}"

    def _root(self, source: SourceConfig) -> bytes | None:
        orders = self.library.held_orders
        pinned = anchors.pinned(orders.connection, source.name) if orders else None
        return pinned.content if pinned else None

    def take_in(self, answer: Answer) -> WeRememberError | None:
        """Bring an answer into the library; return what was wrong with it, if anything.

        Raises:
            DamagedError: a file is not a database any more, which is no source's fault.
        """
        source, turn = answer.source, self.turns.get(answer.source.name)
        unheard = turn.unheard if turn else None
        try:
            self._withdraw(answer)
            error = answer.error or ((unheard or self._take_in(answer)) if answer.is_last else None)
        except DamagedError:
            raise
        except WeRememberError as refused:
            error = refused
        except Exception as broken:  # noqa: BLE001 - the seam around one source: a hostile one must not deafen the rest
            _log.crash("a source could not be taken in", broken, source=source.name)
            error = FeedError(f"cannot be taken in: {type(broken).__name__}")
        if error:
            with contextlib.suppress(LibraryError):  # the log has it, and the next poll tries again
                sources.note_problem(self.library.connection, source.name, log.without_secrets(str(error)))
        if answer.is_last or error:
            self.stale.note(source.name, holds=error is not None, source=source.name, why=str(error or ""))
        if turn:
            turn.unheard = None if answer.is_last else (None if isinstance(error, UndeletedError) else error) or unheard
        if answer.is_last and not error and turn:
            turn.asker.took(answer)
        return error

    def _withdraw(self, answer: Answer) -> None:
        """Act on what was withdrawn before anything else; only then may what was signed count as seen."""
        source, now = answer.source, self.clock.wall()
        names = [source.name, *([source.core] if source.core else [])]
        failed: list[LibraryError] = []
        for name in names if answer.withdrawn else ():
            try:
                withdraw(self.library, name, answer.withdrawn, now, clock=self.clock, alive=self.alive)
            except DamagedError:
                raise
            except LibraryError as error:
                failed.append(error)  # the other name is no worse for it
        if failed:
            raise min(failed, key=lambda error: isinstance(error, UndeletedError))
        lifted = [
            reinstate(self.library, name, each, by=f"the feed {source.name}", now=now)
            for each in answer.reinstated
            for name in names
        ]
        if any(lifted) and (turn := self.turns.get(source.name)):
            turn.asker.forget()
        if answer.marks:
            self._raise(source, answer.marks, answer.root)

    def _raise(self, source: SourceConfig, marks: Marks, root: bytes) -> None:
        """Remember how far a signed source has come under *root*."""
        time = self.clock.learned(marks.signed_at) if marks.signed_at is not None else None
        connection, is_new = self.library.orders.connection, marks.is_machine_new
        if not anchors.raise_marks(connection, source.name, marks.versions, time, root=root, is_machine_new=is_new):
            raise FeedError("another root was pinned while it was being read: it is read anew")
        if time:
            self.clock.believe([time])

    def _take_in(self, answer: Answer) -> WeRememberError | None:
        source, polled = answer.source, answer.polled
        before = sources.sources(self.library.connection)[source.name]
        moved = lost_device(answer, before.device)
        if polled is None or moved:
            return moved
        self._confirm(source.name, polled, answer, source.policy)
        if source.core:
            self._confirm(source.core, Polled(answer.core), answer, replace(source.policy, is_core=True))
        return None

    def _confirm(self, name: str, polled: Polled, answer: Answer, policy: Policy) -> None:
        turn = self.turns.get(answer.source.name)
        # From when it was asked on, not from when all of it had arrived: whoever lets bytes drip does not lengthen a lease.
        took = max(0, self.clock.monotonic() - turn.asked) if turn and turn.asked is not None else 0
        if polled.snapshot is None:
            lease_s = None if polled.lease_s is None else lease(policy.lease_s, polled.lease_s)
            sources.confirm_again(self.library.connection, name, self.clock.wall() - took, lease_s=lease_s)
            return
        received = Committer(self.library, self.clock, alive=self.alive).snapshot(
            name,
            polled.snapshot,
            policy=policy,
            validators=polled.validators,
            device=answer.device,
            lease_s=polled.lease_s,
            signed_by=answer.signed_by,
            took=took,
        )
        self._tell(name, received, polled.snapshot.discarded)

    def _tell(self, name: str, received: Received, discarded: tuple[str, ...]) -> None:
        reception = received.reception
        self.halted.note(name, holds=reception.is_halted, source=name, why=reception.alarm)
        if received.changed or received.absent or received.withdrawn:
            what: dict[str, object] = {
                "source": name,
                "sequence": reception.sequence,
                "changed": received.changed,
                "absent": received.absent,
                "withdrawn": received.withdrawn,
            }
            self.library.orders.note("received", what, at=self.clock.wall())
            _log.info("received", **what)
            for line in discarded[:20]:
                _log.warning("item left out", source=name, why=line)

    def due(self, now: Nanos) -> list[Turn]:
        """Return the sources to ask at *now* (monotonic)."""
        if self.library.held_orders is None or is_over(self.configuration.delete_at, self.clock.wall()):
            return []
        return [turn for turn in self.turns.values() if not turn.is_asked and turn.due <= now]

    def forget(self, name: str) -> None:
        """Have a source read in full the next time; *name* may be that of the set that a signed one brings along."""
        for turn in self.turns.values():
            if name in {turn.asker.source.name, turn.asker.source.core}:
                turn.asker.forget()

    def hasten(self, name: str, now: Nanos) -> None:
        """Let a source be asked soon, because something was heard of it; not again and again."""
        turn = self.turns.get(name)
        if turn and not turn.failures:
            turn.due = min(turn.due, max(now, turn.ended + HASTE))

    def before(self, source: SourceConfig) -> Before:
        """Return what is known of *source*, for asking it."""
        validators = validators_from(sources.sources(self.library.connection)[source.name].validators)
        if turn := self.turns.get(source.name):
            turn.asked = self.clock.monotonic()
        if not source.is_signed:
            return Before(validators=validators)
        connection = self.library.orders.connection
        marks = Marks(anchors.versions(connection, source.name), anchors.signed_time(connection, source.name))
        return Before(validators=validators, root=self._root(source), marks=marks)

    def ended(self, answer: Answer, error: WeRememberError | None, now: Nanos) -> None:
        """Settle when the source of *answer* is asked again."""
        turn = self.turns.get(answer.source.name)
        if turn is None or turn.asker.source != answer.source or not answer.is_last:
            return  # the configuration changed meanwhile, or more is to come
        turn.is_asked = False
        turn.ended = now
        turn.failures = turn.failures + 1 if error else 0
        pause = pause_after(answer.source, error, turn.failures, chance=self.chance)
        turn.due = now + (min(pause, SECOND) if answer.waiting else pause)
