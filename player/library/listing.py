"""What the library says of every photo, in the words that operators see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from player.library import receipts
from player.library.database import translated
from player.library.library import Library
from player.library.orders import ORDERS
from player.library.schema import LIBRARY
from player.library.sources import Source, Standing, sources, standing
from player.library.tombstones import WILDCARD
from player.units import Nanos

_A_FILM: Final = "a film: it is fetched when a playlist shows it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A photo as `weremember photos` lists it."""

    id: str
    source: str
    state: str
    """approved, pending, refused, withdrawn, absent or expired."""
    reason: str
    sha256: str | None
    width: int | None
    height: int | None
    shown: int
    receipt: str = ""
    """Of a withdrawn one: when it was known, off screen and gone."""


def listed(library: Library, now: Nanos, zone: str = "UTC") -> Iterator[Listed]:
    """Yield every photo of every source, and every withdrawal of what was never here; receipts in *zone*'s time."""
    known = sources(library.connection)
    withdrawn = _withdrawn(library)
    told = receipts.newest(library.orders.connection) if library.held_orders else {}
    met: set[str] = set()
    with translated(LIBRARY.name):
        rows = library.connection.execute(
            "SELECT item, source, state, reason, coalesce(original, sha256), width, height, shown, picture IS NOT NULL,"
            " valid_until, is_film FROM photos ORDER BY source, key",
        )
        for item, source, state, reason, sha256, width, height, shown, is_prepared, valid_until, is_film in rows:
            gone = withdrawn.pop((source, item), None) or withdrawn.get((WILDCARD, item))
            met.add(item if gone else "")
            receipt = told.get((source, item)) or told.get((WILDCARD, item)) if gone else None
            if gone:
                state_now, why = "withdrawn", gone[0]
            elif state == "approved":
                has_ended = valid_until is not None and valid_until <= now
                word = known.get(source)
                because = reason or (_A_FILM if is_film else "")
                state_now, why = _approved(library, word, because, now, is_prepared=is_prepared, has_ended=has_ended)
            else:
                state_now, why = state, reason
            yield Listed(
                id=item,
                source=source,
                state=state_now,
                reason=why,
                sha256=sha256,
                width=width,
                height=height,
                shown=shown,
                receipt=receipt.in_words(zone) if receipt else "",
            )
    for (source, item), (reason, sha256) in withdrawn.items():
        if source == WILDCARD and item in met:
            continue
        yield Listed(
            id=item,
            source=source,
            state="withdrawn",
            reason=reason,
            sha256=sha256,
            width=None,
            height=None,
            shown=0,
        )


def _withdrawn(library: Library) -> dict[tuple[str, str], tuple[str, str | None]]:
    if library.held_orders is None:
        return {}
    with translated(ORDERS.name):
        rows = library.orders.connection.execute(
            "SELECT source, item, reason, sha256 FROM tombstones WHERE lifted_at IS NULL ORDER BY source, item"
        )
        return {(source, item): (reason, sha256) for source, item, reason, sha256 in rows}


def _approved(
    library: Library,
    source: Source | None,
    reason: str,
    now: Nanos,
    *,
    is_prepared: bool,
    has_ended: bool,
) -> tuple[str, str]:
    """Return what an approved row comes to now."""
    word = standing(source, now) if source else Standing.REMOVED
    if word is Standing.REMOVED:
        return "absent", word.value
    if has_ended:
        return "expired", "it was approved until then"
    if word is not Standing.LIVE:
        return "expired", word.value
    if library.held_orders is None and source and not source.is_core:
        return "expired", library.lost
    if not is_prepared:
        return "pending", reason or "not prepared yet"
    return "approved", ""
