"""The JSON documents of a signed feed: values to bytes and back. Compact, because readers fetch them for years."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from player.errors import OperatorError
from player.feed.signed.layout import LIFETIMES, MIN_APPROVALS, SCHEMA, TIMESTAMP

Record: TypeAlias = dict[str, object]

OURS: Final = "_we_remember"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A photo that was added: stripped, measured, described. Not approved by being here."""

    id: str
    file: str
    """What it was called when it was added; for people's eyes only, never published."""
    original_sha256: str
    sha256: str
    size_in_bytes: int
    width: int
    height: int
    caption: str = ""
    alt: str = ""
    credit: str = ""
    language: str = ""
    country: str = ""
    focal: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One withdrawal."""

    id: str
    at: str
    reason: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Reinstated:
    """One withdrawal taken back: the one of this item with this date."""

    id: str
    withdrawn_at: str
    at: str


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """Everything that was ever withdrawn, and whether all stands still."""

    entries: tuple[Entry, ...] = ()
    halt: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of the feed."""

    reinstated: tuple[Reinstated, ...] = ()
    halt: bool = False


def compact(value: Mapping[str, object]) -> bytes:
    """Return *value* as JSON without a blank."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def parsed(data: bytes, where: str) -> Record:
    """Return the object in *data*; OperatorError when it holds none."""
    try:
        read: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise OperatorError(f"{where}: not JSON ({error})") from error
    if not isinstance(read, dict):
        raise OperatorError(f"{where}: not a JSON object")
    return cast("Record", read)


def item_of(facts: Facts, approved_at: str) -> Record:
    """Return *facts* as an item of a page. What is empty is left out: it would cost every reader some bytes."""
    ours: Record = {"status": "approved", "approved_at": approved_at}
    if facts.alt:
        ours["alt"] = facts.alt
    if facts.focal is not None:
        ours["focal"] = list(facts.focal)
    ours |= {key: value for key, value in (("credit", facts.credit), ("country", facts.country)) if value}
    ours |= {"sha256": facts.sha256, "size_in_bytes": facts.size_in_bytes, "mime_type": "image/jpeg"}
    ours |= {"width": facts.width, "height": facts.height}
    item: Record = {"id": facts.id}
    if facts.caption:
        item["content_text"] = facts.caption
    if facts.language:
        item["language"] = facts.language
    return {**item, OURS: ours}


def ours_of(item: Mapping[str, object]) -> Record:
    """Return the part of *item* that is ours."""
    return cast("Record", item.get(OURS, {}))


def record(value: object) -> Record:
    """Return *value* when it is an object, else an empty one."""
    return cast("Record", value) if isinstance(value, dict) else {}


def id_of(item: Mapping[str, object]) -> str:
    """Return the id of *item*."""
    return str(item["id"])


def sha256_of(item: Mapping[str, object]) -> str:
    """Return the hash of the photo of *item*."""
    return str(ours_of(item).get("sha256", ""))


def says_the_same(item: Mapping[str, object], facts: Facts) -> bool:
    """Whether *item* is *facts*, whenever it was approved."""
    return item == item_of(facts, str(ours_of(item).get("approved_at", "")))


def page(title: str, items: Sequence[Record]) -> bytes:
    """Return a page of items, or the offline set."""
    return compact({"version": JSON_FEED, "title": title, "items": list(items), OURS: {"schema": SCHEMA}})


def items_in(data: bytes, where: str) -> tuple[Record, ...]:
    """Return the items of a page."""
    items = _records(parsed(data, where).get("items"), where)
    if not all("id" in item for item in items):
        raise OperatorError(f"{where}: an item has no id")
    return tuple(items)


def index(title: str, pages: Iterable[str], *, sequence: int, at: str) -> bytes:
    """Return the list of pages."""
    ours: Record = {"schema": SCHEMA, "complete": True, "sequence": sequence, "generated_at": at, "pages": list(pages)}
    return compact({"version": JSON_FEED, "title": title, "items": [], OURS: ours})


def pages_in(data: bytes, where: str) -> tuple[str, ...]:
    """Return the names of the pages that an index lists."""
    listed = ours_of(parsed(data, where)).get("pages")
    if not isinstance(listed, list):
        raise OperatorError(f"{where}: no list of pages")
    return tuple(str(name) for name in cast("list[object]", listed))


def withdrawals(said: Withdrawals) -> bytes:
    """Return the list of withdrawals."""
    entries = [
        {
            "id": each.id,
            "at": each.at,
            **({"reason": each.reason} if each.reason else {}),
            **({"sha256": each.sha256} if each.sha256 else {}),
        }
        for each in said.entries
    ]
    return compact({"schema": SCHEMA, "halt": said.halt, "withdrawn": entries})


def read_withdrawals(data: bytes, where: str) -> Withdrawals:
    """Return what a list of withdrawals says."""
    said = parsed(data, where)
    entries = tuple(
        Entry(str(each.get("id", "")), str(each.get("at", "")), str(each.get("reason", "")), str(each.get("sha256", "")))
        for each in _records(said.get("withdrawn"), where)
    )
    return Withdrawals(entries, said.get("halt") is not False)


def policy(said: Policy) -> bytes:
    """Return the rules of the feed."""
    reinstated = [{"id": each.id, "withdrawn_at": each.withdrawn_at, "at": each.at} for each in said.reinstated]
    lease_s = round(LIFETIMES[TIMESTAMP].total_seconds())
    return compact(
        {
            "schema": SCHEMA,
            "min_approvals": MIN_APPROVALS,
            "lease_s": lease_s,
            "halt": said.halt,
            "reinstated": reinstated,
        }
    )


def read_policy(data: bytes, where: str) -> Policy:
    """Return what the rules say."""
    said = parsed(data, where)
    back = tuple(
        Reinstated(str(each.get("id", "")), str(each.get("withdrawn_at", "")), str(each.get("at", "")))
        for each in _records(said.get("reinstated"), where)
    )
    return Policy(back, said.get("halt") is not False)


def title_in(data: bytes, where: str) -> str:
    """Return the title of a page."""
    return str(parsed(data, where).get("title", ""))


def _records(value: object, where: str) -> list[Record]:
    """Return a list of objects, or raise: what is no list is not the same as an empty one."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in cast("list[object]", value)):
        raise OperatorError(f"{where}: a list is missing")
    return cast("list[Record]", value)


def point(value: object) -> tuple[float, float] | None:
    """Return *value* as a point of a picture; ValueError or TypeError when it is neither that nor nothing."""
    if value is None:
        return None
    x, y = (float(str(part)) for part in cast("list[object]", value))
    return x, y


def texts(said: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the list of texts in *said* at *key*; nothing when it is none."""
    value = said.get(key)
    return tuple(str(each) for each in cast("list[object]", value)) if isinstance(value, list) else ()
