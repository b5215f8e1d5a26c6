"""Names, thresholds, lifetimes and limits of a signed feed, as docs/signed-feed.md has them. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from player.units import Seconds

ROOT: Final = "root"
TIMESTAMP: Final = "timestamp"
SNAPSHOT: Final = "snapshot"
TARGETS: Final = "targets"
APPROVED: Final = "approved"
WITHDRAWN: Final = "withdrawn"
ROLES: Final = (ROOT, TIMESTAMP, SNAPSHOT, TARGETS, WITHDRAWN, APPROVED)  # in the order in which they are believed
SIGNED_BY_PEOPLE: Final = (ROOT, TARGETS, WITHDRAWN, APPROVED)

DELEGATIONS: Final = ((WITHDRAWN, "withdrawn/*"), (APPROVED, "approved/*"))
"""By targets, in this order, both terminating: the role, and the one pattern of paths that it may sign."""

POLICY: Final = "policy.json"
CORE: Final = "core.json"
LIST: Final = "withdrawn/list.json"
INDEX: Final = "approved/index.json"
_PAGE: Final = re.compile(r"page-[0-9]{4,6}\.json")

PERSON: Final = "x-weremember-person"  # the field of a key that says whose it is
SIGNED_AT: Final = "signed_at"  # the field of timestamp.json that says when it was signed
SCHEMA: Final = 1

THRESHOLDS: Final = {ROOT: 2, TARGETS: 2, APPROVED: 2, WITHDRAWN: 1, SNAPSHOT: 1, TIMESTAMP: 1}
"""By role: with fewer the role is refused, whatever is signed."""
MIN_APPROVALS: Final = 2  # people; a policy may ask for more, never for fewer

LIFETIMES: Final = {
    ROOT: timedelta(days=180),
    TARGETS: timedelta(days=180),
    APPROVED: timedelta(days=14),
    WITHDRAWN: timedelta(days=14),
    SNAPSHOT: timedelta(hours=24),
    TIMESTAMP: timedelta(minutes=60),  # the lease: as long as anything is shown that nobody confirms
}
LEASE_S: Final[Seconds] = 3600.0  # where the policy names none
MAX_TIMESTAMP: Final = timedelta(hours=24)
"""A timestamp counts this long from its signing, whatever it claims: one signed by a thief could hide withdrawals for years."""

MAX_PAGE_ITEMS: Final = 200  # then a page is sealed: what one approval costs a reader is one page
MAX_PAGE_BYTES: Final = 65_536  # the same, should captions be long
MAX_PAGES: Final = 10_000  # two million items; ten times what a player holds

ROOT_BYTES: Final = 128_000  # thirty keys and as many signatures are 20 kB
TIMESTAMP_BYTES: Final = 8_000  # 450 in truth
SNAPSHOT_BYTES: Final = 64_000  # three entries are under 1 kB
ROLE_BYTES: Final = 4_000_000  # 10,000 pages are listed in 1.5 MB
DOCUMENT_BYTES: Final = 4_000_000  # a page, or 25,000 withdrawals
MAX_ROOTS: Final = 256  # between the pinned root and today's: one a week for five years


def metadata_path(role: str, version: int | None = None) -> str:
    """Return where, below the base URL, a role's metadata lies; only the timestamp's has no version in its name."""
    return f"metadata/{role}.json" if version is None else f"metadata/{version}.{role}.json"


def target_path(target: str, sha256: str) -> str:
    """Return where, below the base URL, the target named *target* lies when its bytes have this hash."""
    folder, slash, name = target.rpartition("/")
    return f"targets/{folder}{slash}{sha256}.{name}"


def photo_path(sha256: str) -> str:
    """Return where, below the base URL, the photo of this hash lies."""
    return f"photos/{sha256}"


def page_path(name: str) -> str:
    """Return the target's path of a page, of its name in the index."""
    return f"approved/{name}"


def page_name(number: int) -> str:
    """Return the name, in the index, of a page; the first is 1."""
    return f"page-{number:04d}.json"


def is_page_name(name: str) -> bool:
    """Whether *name* is one that an index may give to a page."""
    return _PAGE.fullmatch(name) is not None


def is_page(target: str) -> bool:
    """Whether a target of this path is a page."""
    return target.startswith("approved/") and is_page_name(target.removeprefix("approved/"))


def below(base: str, path: str) -> str:
    """Return *path* below *base*, an URL or a folder."""
    return f"{base.rstrip('/')}/{path}"
