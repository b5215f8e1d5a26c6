"""Players, a page at a time, the worst first; what stands in a row, and how all of them are.

What players say is data of strangers: it is taken for text of a bounded length or a number, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from player.centre import collecting
from player.centre.standing import Rank
from player.centre.store import FINE, PAGE, Player, Store, Wanted
from player.centre.store import After as Place
from player.console.fleet import seen
from player.console.looks.wording import MAX_NAME, plain
from player.units import Nanos

ON_A_PAGE: Final = PAGE
MOST_ON_A_PAGE: Final = 500  # for programs
MAX_TROUBLE: Final = 300  # characters

_SAID_ALREADY: Final = frozenset({"offline", "never heard of"})  # by the state

State: TypeAlias = Literal["well", "dark", "wrong", "offline", "never", "revoked"]
"""In one word: `dark` is well and ordered so, `never` is enrolled and was never heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRow:
    """A player, as far as a list says it. None: nobody knows."""

    id: str
    group: str
    site: str
    state: State
    is_grave: bool
    """What is amiss may show a wrong picture, or none."""
    trouble: str
    """What is amiss, in the centre's words; empty: nothing."""
    is_online: bool
    is_double: bool
    """Two players go by this name."""
    show: str
    slide: str
    is_dark: bool
    version: str
    programme: str
    """The version of the programme that is shown in step; empty: none."""
    standing: str
    """Of its worst source; empty: it has none."""
    lease_s: int | None
    """For how long the word of that source counts."""
    clock: str
    offset_us: int | None
    last_seen: Nanos | None
    picture_at: Nanos | None
    """When its last picture was taken; None: there is none that may be seen."""


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """How many players there are, of those that belong to the fleet."""

    players: int
    online: int
    offline: int
    never: int
    wrong: int
    """About which something is amiss, offline ones among them."""
    is_collected: bool
    """Whether somebody takes in what players say: if not, everything here is old."""
    problem: str
    """Why nothing is heard; empty: it is."""


@dataclass(frozen=True, slots=True)
class PlayerPage:
    """Players, the worst first."""

    rows: tuple[PlayerRow, ...]
    next: str
    """Where the next page begins; empty: there are no more."""
    count: int
    """How many are like that, on all pages."""


@dataclass(frozen=True, slots=True)
class PlayerChoices:
    """What players may be filtered by."""

    groups: tuple[str, ...]
    sites: tuple[str, ...]


def page(store: Store, wanted: Wanted, after: str = "", limit: int = ON_A_PAGE) -> PlayerPage:
    """Return a page of the players that are *wanted*, from behind the place that *after* names.

    Raises:
        LibraryError: the file cannot be read.
    """
    found = store.players(wanted, place_of(after), limit + 1)
    here = found[:limit]
    return PlayerPage(rows_of(store, here), mark_of(here[-1]) if len(found) > limit else "", store.count(wanted))


def rows(store: Store, names: Sequence[str]) -> tuple[PlayerRow, ...]:
    """Return the rows of *names*, as far as there are such players.

    Raises:
        LibraryError: the file cannot be read.
    """
    return rows_of(store, [found for name in names if (found := store.player(name)) is not None])


def rows_of(store: Store, players: Sequence[Player]) -> tuple[PlayerRow, ...]:
    """Return *players* as rows.

    Raises:
        LibraryError: the file cannot be read.
    """
    taken = seen.pictures(store, [each.id for each in players])
    return tuple(row(each, taken.get(each.id)) for each in players)


def row(player: Player, picture_at: Nanos | None) -> PlayerRow:
    """Return what a list says of a player."""
    said = player.said
    clock, programme = part(said, "clock"), part(said, "programme")
    standing, lease_s = _worst(part(said, "feeds"))
    is_dark = said.get("dark") is True
    return PlayerRow(
        id=player.id,
        group=player.group,
        site=plain(player.site, MAX_NAME),
        state=_state(player, is_dark=is_dark),
        is_grave=player.rank < Rank.OFFLINE,
        trouble="" if player.trouble in _SAID_ALREADY else plain(player.trouble, MAX_TROUBLE),
        is_online=player.state == "online",
        is_double=player.doubles > 0 and player.rank < FINE,
        show=text(said, "show"),
        slide=text(said, "slide"),
        is_dark=is_dark,
        version=plain(player.version, MAX_NAME),
        programme=text(programme, "version"),
        standing=standing,
        lease_s=lease_s,
        clock=text(clock, "state"),
        offset_us=number(clock, "off_us"),
        last_seen=player.last_seen,
        picture_at=picture_at,
    )


def summary(store: Store, now: Nanos) -> FleetSummary:
    """Return how many players there are, and whether anybody hears them.

    Raises:
        LibraryError: the file cannot be read.
    """
    counts = store.counts()
    is_collected = collecting.is_collecting(store, now)
    problem = plain(store.meta(collecting.CONNECTED)) if is_collected else ""
    return FleetSummary(counts.players, counts.online, counts.offline, counts.never, counts.wrong, is_collected, problem)


def choices(store: Store) -> PlayerChoices:
    """Return what players may be filtered by.

    Raises:
        LibraryError: the file cannot be read.
    """
    # What cannot be written into a list as it is, is found by its words alone.
    sites = tuple(site for site in store.sites() if site and site == plain(site, MAX_NAME))
    return PlayerChoices(tuple(filter(None, store.groups())), sites)


def mark_of(player: Player) -> str:
    """Return the name of the place behind *player*: its rank, its id and its site, as the list is sorted."""
    return f"{player.rank}.{player.id}.{player.site}"


def place_of(mark: str) -> Place | None:
    """Return the place that *mark* names; None: the beginning."""
    rank, _, rest = mark.partition(".")
    name, _, site = rest.partition(".")
    return Place(int(rank), site, name) if mark else None


def part(said: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return an object within what a player said; an empty one where there is none."""
    found = said.get(key)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def text(said: Mapping[str, object], key: str, most: int = MAX_NAME) -> str:
    """Return a text within what a player said, safe to hand on; empty where there is none."""
    found = said.get(key)
    return plain(found, most) if isinstance(found, str) else ""


def number(said: Mapping[str, object], key: str) -> int | None:
    """Return a whole number within what a player said, if there is one."""
    found = said.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**53 else None


def _state(player: Player, *, is_dark: bool) -> State:
    if player.revoked_at is not None:
        return "revoked"
    if not player.state:
        return "never"
    if player.state == "offline":
        return "offline"
    if player.rank < FINE:
        return "wrong"
    return "dark" if is_dark else "well"


def _worst(feeds: Mapping[str, object]) -> tuple[str, int | None]:
    """Return how the source stands that is to be looked at first: one that does not count, else the one that soonest will not."""
    found = [cast("Mapping[str, object]", each) for each in feeds.values() if isinstance(each, dict)]
    if not found:
        return "", None
    least = min(found, key=lambda each: (text(each, "standing") == "live", _or_most(number(each, "lease_s"))))
    return text(least, "standing"), number(least, "lease_s")


def _or_most(lease_s: int | None) -> int:
    return 2**53 if lease_s is None else lease_s
