"""Who is meant: the players of a fleet, and those of them that somebody names by id, by group, or all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast
from zoneinfo import ZoneInfo

from player.centre.standing import DOUBLED_FOR
from player.centre.store import Store
from player.errors import OperatorError
from player.schedule.zones import UTC_ZONE, local
from player.schema import did_you_mean
from player.units import SECOND, Nanos

ONLINE: Final = "online"
OFFLINE: Final = "offline"
UNNOTICED: Final[Nanos] = 600 * SECOND  # two may have been there before it was heard; twice what a clock may be off
_DAY: Final[Nanos] = 24 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Member:
    """A player that belongs to the fleet, as far as it was heard."""

    id: str
    site: str = ""
    groups: frozenset[str] = frozenset()
    """That it was enrolled in, and those that it says itself."""
    state: str = ""
    """`online`, `offline`, or empty: never heard of."""
    last_seen: Nanos | None = None
    doubled_at: Nanos | None = None
    """When two with its id were heard the last time."""
    group: str = ""
    """That it was enrolled in."""
    doubled_since: Nanos | None = None
    """When two with its id were first heard, the last time that there were two."""

    @property
    def is_online(self) -> bool:
        """Whether it hears what it is told now."""
        return self.state == ONLINE

    def is_doubled(self, now: Nanos) -> bool:
        """Whether two players have its id."""
        return self.doubled_at is not None and now - self.doubled_at < DOUBLED_FOR

    def is_doubtful(self, said_at: Nanos, now: Nanos) -> bool:
        """Whether what it said at *said_at* may be the word of one of two; what it said before there were two is its own."""
        since = self.doubled_at if self.doubled_since is None else self.doubled_since
        return self.is_doubled(now) and since is not None and said_at >= since - UNNOTICED


def members(store: Store) -> tuple[Member, ...]:
    """Return everybody who belongs to the fleet, by id.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT id, grp, site, state, last_seen, doubled_at, report, meta.value FROM players"
            " LEFT JOIN meta ON doubled_at IS NOT NULL AND meta.key='doubled/'||id WHERE revoked_at IS NULL ORDER BY id"
        ).fetchall()
    return tuple(
        Member(
            name,
            site,
            frozenset(filter(None, (group, *_groups(report)))),
            state,
            last_seen,
            doubled_at,
            group,
            doubled_since=int(since) if since else None,
        )
        for name, group, site, state, last_seen, doubled_at, report, since in rows
    )


def chosen(
    known: Sequence[Member], *, ids: Iterable[str] = (), group: str | None = None, everybody: bool = False
) -> tuple[Member, ...]:
    """Return those of the *known* that are named.

    Raises:
        OperatorError: nobody is, or somebody whom there is not.
    """
    if not known:
        raise OperatorError("no player belongs to this fleet yet: weremember fleet enrol ID")
    wanted = tuple(dict.fromkeys(ids))
    if sum((bool(wanted), group is not None, everybody)) != 1:
        raise OperatorError("say whom you mean, in one way: --player ID (again for more), --group GROUP, or --all")
    if everybody:
        return tuple(known)
    if group is not None:
        found = tuple(member for member in known if group in member.groups)
        if not found:
            groups = sorted({each for member in known for each in member.groups})
            raise OperatorError(f'no player is in the group "{group}".{did_you_mean(group, groups)}')
        return found
    by_id = {member.id: member for member in known}
    for name in wanted:
        if name not in by_id:
            raise OperatorError(f'no player of this fleet is called "{name}".{did_you_mean(name, by_id)}')
    return tuple(by_id[name] for name in wanted)


def away(member: Member, now: Nanos, here: ZoneInfo = UTC_ZONE) -> str:
    """Return since when a player is not heard, in words: `offline since 14:02`."""
    if not member.last_seen:
        return "never heard of"
    seen = local(member.last_seen, here)
    told = f"{seen:%H:%M}" if now - member.last_seen < _DAY else f"{seen:%Y-%m-%d %H:%M}"
    return f"offline since {told}"


def _groups(report: str) -> tuple[str, ...]:
    """Return the groups that a player's last report names; it was checked as it came in, and yet may be of another version."""
    try:
        found: object = json.loads(report) if report else {}
    except ValueError:
        return ()
    groups = cast("dict[str, object]", found).get("groups") if isinstance(found, dict) else None
    return tuple(each for each in cast("list[object]", groups) if isinstance(each, str)) if isinstance(groups, list) else ()
