"""The documents of a signed feed: bytes that were verified in, values out. Pure.

What concerns the whole feed is understood or refused; one bad item, withdrawal or reinstatement is left out with a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

from player.errors import FeedError
from player.feed import jsonfeed, loose
from player.feed.address import plain
from player.feed.document import document
from player.feed.harvest import MAX_ITEMS, MAX_REASON, bounded
from player.feed.item import Page, Reinstatement, Withdrawal
from player.feed.signed.layout import LEASE_S, MAX_PAGES, MIN_APPROVALS, SCHEMA, is_page_name, page_path, photo_path
from player.feed.text import clean, usable_id
from player.units import Nanos, Seconds

_FOR_EVER: Final[Nanos] = loose.MAX_NANOS


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for the whole feed."""

    min_approvals: int
    """At least two, whatever the document says."""
    lease_s: Seconds
    halt: bool
    reinstated: tuple[Reinstatement, ...]
    discarded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """Everything that was ever withdrawn, each id once."""

    withdrawn: tuple[Withdrawal, ...]
    halt: bool
    discarded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """The list of pages."""

    pages: tuple[str, ...]
    """Paths of targets."""
    sequence: int | None
    min_approvals: int
    halt: bool
    discarded: tuple[str, ...]


def policy(body: bytes, *, url: str) -> Policy:
    """Return what policy.json says; FeedError when it cannot be understood."""
    said = _known(document(body, url=url, wanted="a policy"), url)
    lines: list[str] = []
    reinstated: list[Reinstatement] = []
    for number, each in enumerate(_list(said, "reinstated", url), start=1):
        entry = loose.record(each)
        name, withdrawn_at = loose.identity(entry.get("id")), loose.moment(entry.get("withdrawn_at"))
        if name is None or not usable_id(name) or withdrawn_at is None:
            lines.append(f"reinstatement {number}: no usable id, or no date of the withdrawal")
            continue
        reinstated.append(Reinstatement(name, withdrawn_at))
    least = said.get("min_approvals", MIN_APPROVALS)
    lease_s = said.get("lease_s", LEASE_S)
    wanted, length = loose.whole(least), loose.real(lease_s)
    if wanted is None or length is None or length <= 0:
        raise FeedError(f"{plain(url)}: its min_approvals or its lease_s is not a number that it may be")
    return Policy(max(wanted, MIN_APPROVALS), length, _is_halt(said), tuple(reinstated), bounded(lines))


def withdrawals(body: bytes, *, url: str) -> Gone:
    """Return what withdrawn/list.json says; FeedError when it cannot be understood."""
    said = _known(document(body, url=url, wanted="a list of withdrawals"), url)
    if "withdrawn" not in said:
        raise FeedError(f"{plain(url)}: without its list of what was withdrawn")
    lines: list[str] = []
    found: list[Withdrawal] = []
    for number, each in enumerate(_list(said, "withdrawn", url), start=1):
        entry = loose.record(each)
        name = loose.identity(entry.get("id"))
        if name is None or not usable_id(name):
            lines.append(f"withdrawal {number}: no usable id")
            continue
        sha256 = loose.digest(entry.get("sha256"))
        if sha256 is None and entry.get("sha256") is not None:
            lines.append(f"withdrawal {number}: its sha256 cannot be read; it counts for the id alone")
        reason = clean(loose.text(entry.get("reason")), MAX_REASON)
        found.append(Withdrawal(name, reason, loose.moment(entry.get("at")), sha256))
    return Gone(_strictest(found), _is_halt(said), bounded(lines))


def index(body: bytes, *, url: str) -> Index:
    """Return what approved/index.json says; FeedError when it cannot be understood."""
    said = document(body, url=url, wanted="a list of pages")
    whole = jsonfeed.parse(body, url=url, photos="photos/")
    names = jsonfeed.ours_of(said, url).get("pages")
    if not isinstance(names, list):
        raise FeedError(f"{plain(url)}: without its list of pages")
    listed = cast("list[object]", names)
    pages = tuple(page_path(name) for name in listed if isinstance(name, str) and is_page_name(name))
    if len(set(pages)) < len(listed) or len(pages) > MAX_PAGES:
        raise FeedError(f"{plain(url)}: names a page twice, or what is no page, or too many")
    lines = ("approved/index.json: items that are on no page are not approved",) if whole.items else ()
    return Index(pages, whole.sequence, whole.min_approvals or 0, whole.halt or whole.expired, lines)


def page(body: bytes, *, url: str, base: str) -> Page:
    """Return what a page, or core.json, says.

    Args:
        body: The document.
        url: Where it came from, for messages.
        base: The feed's base URL or folder: its photos lie below it, by their hashes, and nowhere else.

    Raises:
        FeedError: It cannot be understood.
    """
    return jsonfeed.parse(body, url=url, photos=f"{base.rstrip('/')}/{photo_path('')}")


def _known(said: dict[str, object], url: str) -> dict[str, object]:
    if said.get("schema", SCHEMA) != SCHEMA:
        raise FeedError(f"{plain(url)}: of a schema that this version does not know; update the player")
    return said


def _list(said: dict[str, object], key: str, url: str) -> list[object]:
    value = said.get(key, [])
    if not isinstance(value, list):
        raise FeedError(f"{plain(url)}: its {key} is not a list")
    listed = cast("list[object]", value)
    if len(listed) > MAX_ITEMS:
        raise FeedError(f"{plain(url)}: more than {MAX_ITEMS:,} entries in its {key}")
    return listed


def _is_halt(said: dict[str, object]) -> bool:
    return said.get("halt") not in (None, False)


def _strictest(found: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Each id once: the newest withdrawal, which a reinstatement of an older one does not take back; none does an undated one."""
    kept: dict[str, Withdrawal] = {}
    for each in found:
        first = kept.setdefault(each.item, each)
        if _date(each) > _date(first):
            kept[each.item] = each
    return tuple(kept.values())


def _date(withdrawal: Withdrawal) -> Nanos:
    return _FOR_EVER if withdrawal.at is None else withdrawal.at
