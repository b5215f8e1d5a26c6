"""What should change in the library, given what a source says and what we know: pure functions, obeyed by `commit`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Final

from player.feed.item import Item
from player.feed.trust import State, Verdict
from player.library.photos import Entry, Known
from player.units import Nanos

_VALUES: Final = attrgetter(
    *(field.name for field in fields(Item) if field.name not in {"status", "is_film", "stand_in"})
)  # the verdict says the status, and the version what stands in for the bytes


def entry_for(
    item: Item,
    verdict: Verdict,
    *,
    known: Known | None,
    withdrawn: Mapping[str, str],
    withdrawn_bytes: Mapping[str, str],
    is_first: bool,
    now: Nanos,
) -> Entry | None:
    """Return how *item* shall stand in the library; None when it stands so already.

    *withdrawn* and *withdrawn_bytes* are the tombstones by item and by SHA-256, or what stands in for it: nothing that a feed
    says undoes one.
    *is_first* is set while a source is read for the first time: nobody in it is news.
    """
    if known and known.state == State.WITHDRAWN:
        return None  # nothing that a feed says undoes it, not even should the tombstone be lost
    state, reason = verdict.state.value, verdict.reason
    gone = withdrawn.get(item.id) or next((why for each in bytes_of(item) if (why := withdrawn_bytes.get(each))), None)
    if gone is not None:
        state, reason = State.WITHDRAWN.value, gone
    facts = _facts(item, state, reason)
    if known and known.facts == facts:
        return None  # also when it was refused since then: the same picture will not be a better one
    is_gone = state == State.WITHDRAWN
    fx, fy = item.focal or (None, None)
    return Entry(
        item=item.id,
        state=state,
        reason=reason,
        version=version_of(item),
        facts="" if is_gone else facts,
        image="" if is_gone else item.image,
        sha256=item.sha256,
        size_in_bytes=item.size_in_bytes,
        caption="" if is_gone else item.caption,
        credit="" if is_gone else item.credit,
        alt="" if is_gone else item.alt,
        language=item.language,
        country=item.country,
        focal_x=fx,
        focal_y=fy,
        valid_until=item.valid_until,
        is_film=item.is_film,
        stand_in=item.stand_in or None,
        is_news=not is_first and (known is None or known.state in {State.PENDING, State.REFUSED}),
        entered=now,
    )


def bytes_of(item: Item) -> tuple[str, ...]:
    """Return by what its bytes are known: the hash that its source states, or what stands in for it."""
    return tuple(each for each in (item.sha256, item.stand_in) if each)


def version_of(item: Item) -> str:
    """Name the bytes as well as the source lets us: by their hash, else by address, date, size and the source's own token."""
    return _digest(_kind(item) + (item.sha256 or repr((item.image, item.modified_at, item.size_in_bytes, item.version))))


def _facts(item: Item, state: str, reason: str) -> str:
    return _digest(_kind(item) + repr((_VALUES(item), state, reason)))


def _kind(item: Item) -> str:
    return "film " if item.is_film else ""  # what was taken in before there were films is what it was


def _digest(text: str) -> str:
    # repr() keeps lone surrogates as they are: they must not stop a feed here.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
