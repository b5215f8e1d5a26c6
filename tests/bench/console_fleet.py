"""How fast the console has the page of all players: `python -m tests.bench.console_fleet [--players 10000]`.

Fills a centre's file of its own with so many players, their pictures and some withdrawals, and measures two things: the looks
alone, and whole pages as the console answers them, sentences and all, without a network.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from player.centre.store import FINE, Store, Wanted
from player.console.at_centre import Fleet
from player.console.fleet import member, progress, roster
from player.console.fleet.roster import mark_of
from player.console.people.roles import Role
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.fleet import Rolls

TIMES: Final = 15
WITHDRAWALS: Final = 20
IN_SIGHT: Final = 14  # rows on a usual screen


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=10_000)
    count: int = parser.parse_args().players
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rolls = _filled(folder / "centre", count)
        (folder / "home").mkdir()
        print(f"{count:,} players, {WITHDRAWALS} withdrawals that all have confirmed")
        print("looks alone")
        for name, look in looks(rolls.store):
            print(f"  {name:<52} {_measured(look)}")
        print("whole pages")
        with Console(folder / "home", fleet=Fleet(rolls.folder)) as console:
            for name, path in pages(rolls.store):
                browser = console.browser(Role.OPERATOR)
                print(f"  {name:<52} {_measured(lambda browser=browser, path=path: len(browser.get(path).content))}")
        rolls.close()
    return 0


def _filled(folder: Path, count: int) -> Rolls:
    rolls = Rolls(folder, OPENING)
    with rolls.store.reading() as connection:
        connection.execute("PRAGMA synchronous=OFF")
    rolls.fill(count)
    for number in range(1, WITHDRAWALS + 1):
        rolls.withdraw(number, OPENING - 3600 * SECOND, item=f"photo-{number}")
        with rolls.store.changing() as connection:
            off = OPENING - 3599 * SECOND
            connection.execute("INSERT INTO receipts SELECT ?, id, ?, ?, ?, 0, 1 FROM players", (number, off, off, off))
    return rolls


def looks(store: Store) -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield what is looked for, and how; each returns how many it found."""
    deep = mark_of(store.players(Wanted(), None, 1000)[-1])
    ids = [each.id for each in store.players(Wanted(), None, IN_SIGHT)]

    def page(wanted: Wanted, after: str = "") -> int:
        return len(roster.page(store, wanted, after).rows)

    yield "first page", lambda: page(Wanted())
    yield "page behind the 1,000th", lambda: page(Wanted(), deep)
    yield "page behind the middle", lambda: page(Wanted(), f"{FINE}.m.Kraków")
    yield "wrong ones", lambda: page(Wanted(state="wrong"))
    yield "offline", lambda: page(Wanted(state="offline"))
    yield "a group", lambda: page(Wanted(group="museum"))
    yield "a site", lambda: page(Wanted(site="Kraków"))
    yield "words: many", lambda: page(Wanted("krak"))
    yield "words: one player", lambda: page(Wanted("museum-00500"))
    yield "words: nobody", lambda: page(Wanted("zebra"))
    yield f"{IN_SIGHT} rows in sight", lambda: len(roster.rows(store, ids))
    yield "how many are how", lambda: roster.summary(store, OPENING).players
    yield "groups and sites", lambda: len(roster.choices(store).sites)
    yield "one player", lambda: int(member.detail(store, ids[0]) is not None)
    yield "withdrawals, a page of them", lambda: len(progress.listed(store, OPENING).withdrawals)
    yield "one withdrawal", lambda: int(progress.detail(store, 1, OPENING) is not None)


def pages(store: Store) -> Iterator[tuple[str, str]]:
    """Yield pages, and where they are."""
    ids = [each.id for each in store.players(Wanted(), None, IN_SIGHT)]
    yield "/fleet", "/fleet"
    yield "/fleet, filtered by state", "/fleet?state=wrong"
    yield "/fleet, filtered by words", "/fleet?text=krak"
    yield f"/fleet/rows, {IN_SIGHT} of them", f"/fleet/rows?ids={','.join(ids)}"
    yield "/fleet/players/ID", f"/fleet/players/{ids[0]}"
    yield "/fleet/withdrawals", "/fleet/withdrawals"
    yield "/fleet/withdrawals/W", "/fleet/withdrawals/1"
    yield "/api/fleet/players, 500", "/api/fleet/players?limit=500"


def _measured(look: Callable[[], int]) -> str:
    taken: list[float] = []
    found = 0
    for _ in range(TIMES):
        began = time.perf_counter()
        found = look()
        taken.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(taken):8.1f} ms median {max(taken):8.1f} most, {found:>6}"


if __name__ == "__main__":
    sys.exit(main())
