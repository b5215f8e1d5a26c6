"""How far the centre has been told what happened here, over restarts: as plain data for a cursor. Pure.

Lines of the journal are told in the order of their numbers, writer by writer. Withdrawals that came with a number of the centre's
are answered under it, whenever it came to be known here: the feed may have told them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, cast

from player.fleet import happenings
from player.library.receipts import Receipt
from player.library.sources import CORE
from player.library.tombstones import WILDCARD
from player.units import MILLISECOND, SECOND, Nanos

MAX_NUMBERED: Final = 500  # withdrawals with a number that are remembered; a hint, which comes again at each start, holds twenty
MAX_NAMED: Final = 64  # writers and groups: a player has a dozen
AT_ONCE: Final[Nanos] = 60 * SECOND  # what is withdrawn anew after that, perhaps by the feed, has a receipt of its own
_LATEST: Final = 2**63 - 1
_CORE: Final = f".{CORE}"


class Stage(IntEnum):
    """How far a withdrawal has come."""

    KNOWN = 0
    OFF = 1
    """The wall is without it."""
    GONE = 2
    """Its last byte is gone."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A withdrawal that the centre has numbered."""

    source: str
    item: str
    at: Nanos
    """When it came to be known here."""
    told: Stage = Stage.KNOWN
    """What of it the broker has."""

    def means(self, source: str) -> bool:
        """Whether an item of *source* is withdrawn by it: of a signed source also what it brings along for offline use."""
        return WILDCARD in {self.source, source} or source.removesuffix(_CORE) == self.source.removesuffix(_CORE)


@dataclass(slots=True)
class Told:
    """What the broker has acknowledged."""

    cursors: dict[str, int] = field(default_factory=dict[str, int])
    """By writer: the last line."""
    floors: dict[str, int] = field(default_factory=dict[str, int])
    """By writer: up to where lines were given up, and that was said."""
    numbered: dict[int, Numbered] = field(default_factory=dict[int, Numbered])
    ready: dict[str, bool] = field(default_factory=dict[str, bool])
    """By a programme's hash: whether this player is ready for it."""

    def record(self) -> dict[str, object]:
        """Return it as plain data for `from_record`."""
        return {
            "cursors": self.cursors,
            "floors": self.floors,
            "numbered": [[w, each.source, each.item, each.at, int(each.told)] for w, each in self.numbered.items()],
            "ready": self.ready,
        }

    def answers(self, receipt: Receipt) -> bool:
        """Whether the centre is told of *receipt* under a number of its own."""
        return any(
            each.item == receipt.item and each.means(receipt.source) and receipt.known_at <= each.at + AT_ONCE
            for each in self.numbered.values()
        )

    def forget_all_but(self, hashes: Iterable[str]) -> None:
        """Remember nothing of programmes that are not known here any more."""
        for gone in self.ready.keys() - set(hashes):
            del self.ready[gone]

    def remember(self, number: int, numbered: Numbered) -> None:
        """Keep one more; of too many the oldest goes, of those first that are done with."""
        self.numbered[number] = numbered
        while len(self.numbered) > MAX_NUMBERED:
            done = (w for w, each in self.numbered.items() if each.told is Stage.GONE)
            del self.numbered[next(done, next(iter(self.numbered)))]


def from_record(record: object) -> Told | None:
    """Return what `record` described; None where there is none."""
    if not isinstance(record, dict):
        return None
    found = cast("Mapping[str, object]", record)
    ready = {name: value for name, value in _named(found.get("ready")).items() if isinstance(value, bool)}
    told = Told(cursors=_numbers(found.get("cursors")), floors=_numbers(found.get("floors")), ready=ready)
    for each in cast("list[object]", found.get("numbered") if isinstance(found.get("numbered"), list) else []):
        match each:
            case [int(w), str(source), str(item), int(at), int(come)] if 0 <= at <= _LATEST and come in set(Stage):
                told.remember(w, Numbered(source, item, at, Stage(come)))
            case _:
                continue
    return told


def stage(receipt: Receipt) -> Stage:
    """Return how far a receipt has come: what is gone from the disk and not off the wall yet is known, and no more."""
    if receipt.off_at is None:
        return Stage.KNOWN
    return Stage.OFF if receipt.gone_at is None else Stage.GONE


def together(numbered: Numbered, rows: Iterable[Receipt]) -> Receipt | None:
    """Return how far an item has come that is withdrawn from every source, or from one, by the newest receipt of each.

    None: there is none, for nothing of it was here.
    """
    newest: dict[str, Receipt] = {}
    for row in rows:
        if numbered.means(row.source):
            kept = newest.get(row.source)
            newest[row.source] = row if kept is None or row.known_at > kept.known_at else kept
    found = list(newest.values())
    if not found:
        return None
    offs, gones = [each.off_at for each in found], [each.gone_at for each in found]
    return Receipt(
        source=numbered.source,
        item=numbered.item,
        known_at=min(each.known_at for each in found),
        off_at=None if None in offs else max(off for off in offs if off is not None),
        was_up=any(each.was_up for each in found),
        gone_at=None if None in gones else max(gone for gone in gones if gone is not None),
    )


def said(receipt: Receipt, *, number: int | None, is_here: bool = True) -> happenings.Receipt:
    """Return a receipt as the centre is told it."""
    return happenings.Receipt(
        number=number,
        source=receipt.source,
        item=receipt.item,
        known_at=_ms(receipt.known_at),
        off_at=None if receipt.off_at is None else _ms(receipt.off_at),
        gone_at=None if receipt.gone_at is None else _ms(receipt.gone_at),
        was_up=receipt.was_up,
        is_here=is_here,
    )


def nothing_of(numbered: Numbered) -> Receipt:
    """Return how far a withdrawal has come of which nothing was here: the wall was without it when it was known, and the disk."""
    return Receipt(numbered.source, numbered.item, numbered.at, off_at=numbered.at, gone_at=numbered.at)


def _ms(at: Nanos) -> int:
    return max(0, at // MILLISECOND)


def _named(value: object) -> dict[str, object]:
    return dict(list(cast("dict[str, object]", value).items())[:MAX_NAMED]) if isinstance(value, dict) else {}


def _numbers(value: object) -> dict[str, int]:
    return {name: number for name, number in _named(value).items() if isinstance(number, int) and 0 <= number <= _LATEST}
