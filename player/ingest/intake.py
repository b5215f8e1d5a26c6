"""The sources of one configuration: which is asked when, and what its answer does to the library."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field

from player import log
from player.clock import Clock
from player.errors import FeedError, LibraryError, WeRememberError
from player.feed.item import Validators
from player.ingest.commit import Committer, Received, drop_removed
from player.ingest.polling import (
    Answer,
    Asker,
    SourceConfig,
    lost_device,
    pause_after,
    sources_of,
    validators_from,
    web_fetcher,
)
from player.ingest.withdrawal import finish, withdraw
from player.library import sources
from player.library.database import DamagedError
from player.library.library import Library
from player.settings import Configuration
from player.units import SECOND, Nanos

_log = log.get("ingest")


@dataclass(slots=True)
class Turn:
    """When a source is asked next."""

    asker: Asker
    due: Nanos = 0
    is_asked: bool = False
    failures: int = 0


@dataclass(slots=True)
class Intake:
    """The sources, and the library that their answers go to."""

    configuration: Configuration
    library: Library
    clock: Clock
    turns: dict[str, Turn] = field(default_factory=dict[str, Turn])
    stale: log.Edge = field(default_factory=lambda: log.Edge(_log, begins="source does not answer", ends="source answers again"))
    halted: log.Edge = field(
        default_factory=lambda: log.Edge(_log, begins="source is halted", ends="source is not halted any more")
    )
    chance: random.Random = field(default_factory=random.Random)

    def declare(self) -> None:
        """Make the configuration's sources the only ones that count, and forget the others' photos."""
        configured = sources_of(self.configuration.settings)
        sources.declare(self.library.connection, {source.name: source.url for source in configured})
        if self.library.held_orders:
            finish(self.library)
        dropped = drop_removed(self.library)
        if dropped:
            _log.info("photos hidden: their source is not in the configuration any more", photos=dropped)
        network = self.configuration.settings.network
        self.turns = {
            source.name: Turn(Asker(source, web_fetcher(source.url, network, self.clock), self.clock)) for source in configured
        }

    def take_in(self, answer: Answer) -> WeRememberError | None:
        """Bring an answer into the library; return what was wrong with it, if anything.

        Raises:
            DamagedError: a file is not a database any more, which is no source's fault.
        """
        source = answer.source
        try:
            if answer.withdrawn:
                withdraw(self.library, source.name, answer.withdrawn, self.clock.wall())
            error = answer.error or self._take_in(answer)
        except DamagedError:
            raise
        except WeRememberError as refused:
            error = refused
        except Exception as broken:  # noqa: BLE001 - the seam around one source: a hostile one must not deafen the rest
            _log.crash("a source could not be taken in", broken, source=source.name)
            error = FeedError(f"cannot be taken in: {type(broken).__name__}")
        if error:
            with contextlib.suppress(LibraryError):  # the log has it, and the next poll tries again
                sources.note_problem(self.library.connection, source.name, str(error))
        self.stale.note(source.name, holds=error is not None, source=source.name, why=str(error or ""))
        return error

    def _take_in(self, answer: Answer) -> WeRememberError | None:
        source, polled = answer.source, answer.polled
        before = sources.sources(self.library.connection)[source.name]
        moved = lost_device(answer, before.device)
        if polled is None or moved:
            return moved
        if polled.snapshot is None:
            sources.confirm_again(self.library.connection, source.name, self.clock.wall())
            return None
        received = Committer(self.library, self.clock).snapshot(
            source.name,
            polled.snapshot,
            policy=source.policy,
            validators=polled.validators,
            device=answer.device,
        )
        self._tell(source, received, polled.snapshot.discarded)
        return None

    def _tell(self, source: SourceConfig, received: Received, discarded: tuple[str, ...]) -> None:
        reception = received.reception
        self.halted.note(source.name, holds=reception.is_halted, source=source.name, why=reception.alarm)
        if received.changed or received.absent or received.withdrawn:
            what: dict[str, object] = {
                "source": source.name,
                "sequence": reception.sequence,
                "changed": received.changed,
                "absent": received.absent,
                "withdrawn": received.withdrawn,
            }
            self.library.orders.note("received", what, at=self.clock.wall())
            _log.info("received", **what)
            for line in discarded[:20]:
                _log.warning("item left out", source=source.name, why=line)

    def due(self, now: Nanos) -> list[Turn]:
        """Return the sources to ask at *now* (monotonic)."""
        if self.library.held_orders is None:
            return []
        return [turn for turn in self.turns.values() if not turn.is_asked and turn.due <= now]

    def validators(self, name: str) -> dict[str, Validators]:
        """Return what the pages of a source were last confirmed with."""
        return validators_from(sources.sources(self.library.connection)[name].validators)

    def ended(self, answer: Answer, error: WeRememberError | None, now: Nanos) -> None:
        """Settle when the source of *answer* is asked again."""
        turn = self.turns.get(answer.source.name)
        if turn is None or turn.asker.source != answer.source:
            return  # the configuration changed meanwhile
        turn.is_asked = False
        turn.failures = turn.failures + 1 if error else 0
        pause = pause_after(answer.source, error, turn.failures, chance=self.chance)
        turn.due = now + (min(pause, SECOND) if answer.waiting else pause)
