"""A wall that is to be in step with others: its library is filled as elsewhere, and a programme is announced and committed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from player.library import programmes
from player.library.database import translated
from player.screen.instep import Slot
from player.show.instep import Item
from player.show.playlist import Kind, MosaicStep, PhotoStep, Show, WordsStep
from player.show.programme import Programme, digest, recipe, written
from player.units import MILLISECOND, SECOND, Digest, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.showing import PHRASES, Showing, show_of

GROUP: Final = "memorial"
KINDS: Final[tuple[Kind, ...]] = (PhotoStep(), PhotoStep(pairs=True), MosaicStep(columns=3, rows=2), WordsStep())
CYCLE: Final[Nanos] = 30 * SECOND
"""Of four slides of 6 s with 1.5 s of fade."""


def synced(kinds: Sequence[Kind] = KINDS, *, name: str = "wall", hold: float = 6.0, fade: float = 1.5) -> Show:
    """Return a show that is to be in step."""
    show = show_of(kinds, name=name, hold=hold, fade=fade)
    return Show(id=show.id, title=show.title, order=show.order, words=show.words, steps=show.steps, sync=GROUP)


def counts(connection: sqlite3.Connection, programme: Programme, *, now: Nanos) -> str:
    """Let *programme* be announced, fetched and committed; return its hash."""
    document = written(programme)
    name, group, version = digest(document), programme.group, programme.version
    at = programme.epoch
    programmes.announce(connection, group, version=version, digest=name, activate_at=at, size=len(document), at=now)
    programmes.took(connection, group, name, document)
    programmes.commit(connection, group, version=version, digest=name, activate_at=at, at=now)
    return name


class InStep(Showing):
    """A show of a group."""

    def __init__(
        self, folder: Path, *, show: Show | None = None, others: Sequence[Show] = (), clock: FakeClock | None = None
    ) -> None:
        super().__init__(folder, show=show or synced(), others=others, clock=clock)

    def everybody(self) -> list[Item]:
        """Return all photos that are here, as a programme names them."""
        with translated("library.sqlite"):
            rows = self.ingest.connection.execute(
                "SELECT source, item, original, height>width FROM photos WHERE picture IS NOT NULL ORDER BY source, item"
            ).fetchall()
        return [Item(source, item, Digest(original), bool(tall)) for source, item, original, tall in rows]

    def release(
        self,
        version: str = "1",
        *,
        at: Nanos = OPENING,
        items: Sequence[Item] | None = None,
        show: Show | None = None,
        made_for: str | None = None,
    ) -> str:
        """Announce, fetch and commit a version that counts from *at* on; return its hash."""
        show = show or self.show
        programme = Programme(
            group=GROUP,
            version=version,
            show=show.id,
            recipe=made_for or recipe(show, PHRASES),
            epoch=at // MILLISECOND * MILLISECOND,
            items=tuple(items if items is not None else self.everybody()),
        )
        return counts(self.ingest.connection, programme, now=self.clock.wall())

    @property
    def slot(self) -> Slot | None:
        """The slot that is up."""
        return self.loop.reel.slot
