"""What a feed says: items, withdrawals, pages and snapshots, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from player.units import Nanos, Seconds


class Status(StrEnum):
    """What a source says of an item. Anything it does not say clearly is UNKNOWN, and unknown is never drawn."""

    APPROVED = "approved"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"
    UNSTATED = "unstated"  # the source carries no approval signal for this item at all
    UNKNOWN = "unknown"  # it carries one that we do not understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One picture as a source describes it. Every text is already cleaned and bounded; nothing is verified."""

    id: str
    image: str
    """Absolute URL; or, from a local feed or folder, an absolute path that lies inside the source's own folder."""
    status: Status
    caption: str = ""
    credit: str = ""
    """Who is to be named, empty when nobody is (an author only when ``show_name`` allows it)."""
    alt: str = ""
    language: str = ""
    """BCP 47 tag, or empty."""
    country: str = ""
    """ISO 3166-1 alpha-2, upper case, or empty."""
    focal: tuple[float, float] | None = None
    """x, y in -1..1 from the middle, y up: the point that must stay in view."""
    approved_by: tuple[str, ...] = ()
    """Distinct names of those who approved it."""
    approved_at: Nanos | None = None
    modified_at: Nanos | None = None
    """When it was changed after it was published: an approval must be later. A source whose list says what is approved now
    has no such approval; its dates of change are in ``version``."""
    version: str = ""
    """The source's own token for this version of the picture; another one means other bytes. Compared, never read."""
    valid_until: Nanos | None = None
    sha256: str | None = None
    size_in_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    is_film: bool = False
    """A film: ``image`` leads to it, and size and hash are of its file."""
    stand_in: str = ""
    """What a withdrawal binds where nobody has hashed the bytes: as good as it can be told which they are."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A source says that an item must never be shown again."""

    item: str
    reason: str = ""
    at: Nanos | None = None
    sha256: str | None = None
    """Of its bytes, where the source says it: they are refused from every source, also if they were never fetched here."""
    if_seen: bool = False
    """Counts only for an item that this source listed here before: it says the same of what it has not approved yet."""


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """A source takes one withdrawal back: the one of this item that it had dated so, and no other."""

    item: str
    withdrawn_at: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document of a feed, parsed."""

    items: tuple[Item, ...]
    withdrawn: tuple[Withdrawal, ...] = ()
    discarded: tuple[str, ...] = ()
    """One line for each item that could not be used, saying which and why."""
    next_url: str | None = None
    complete: bool = False
    sequence: int | None = None
    generated_at: Nanos | None = None
    lease_s: Seconds | None = None
    min_approvals: int | None = None
    halt: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything a source said in one poll: all pages joined, each id once."""

    items: tuple[Item, ...]
    withdrawn: tuple[Withdrawal, ...] = ()
    discarded: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Ids that are listed, too, on pages that have not changed since the last snapshot that was taken in."""
    complete: bool = False
    """Absence from it means something: the source listed all that it approves."""
    sequence: int | None = None
    lease_s: Seconds | None = None
    min_approvals: int | None = None
    approvals: int = 0
    """How many people signed the whole list, where it is a signed one: as many approved each item on it."""
    halt: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?", for one URL."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that the source answered: a new snapshot, or None when nothing has changed since the last one."""

    snapshot: Snapshot | None
    validators: dict[str, Validators] = field(default_factory=dict[str, Validators])
    """By URL of each page; belong to this snapshot (or to the last one, when it is None)."""
    lease_s: Seconds | None = None
    """How long this very answer counts at most, where the source says so anew each time; None: as the snapshot says."""
