"""What asking the schedule costs: `python -m tests.bench.agenda [--times 5] [--zone Europe/Warsaw]`.

Of the campaign's week and of 26 slots that ask the sun, each about an angle of its own: a year of agenda, a day's sheet, one
answer from a timetable, also with something ordered by hand, and one from scratch. In processor time, for a machine that has
other work too; beside each median its part of the limit.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from player.schedule import sun
from player.schedule.agenda import agenda
from player.schedule.desired import Facts, Timetable, desired
from player.schedule.rules import Rules
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.schedules import MANY_SUNS, WEEK, rules

FIRST: Final = date(2027, 1, 1)
ASKED: Final = 20_000  # times, each 1.7 seconds later than the one before: all hours of a day and a half
STRIDE: Final[Nanos] = 1_700 * MILLISECOND
MICROSECOND: Final[Nanos] = 1000
LIMITS: Final[dict[str, Nanos]] = {
    "a year of agenda": SECOND,
    "one answer": 50 * MICROSECOND,
    "one answer by hand": 50 * MICROSECOND,
    "a day's sheet": 16 * MILLISECOND,
}
"""As the schedule promises; a day's sheet is at most a frame."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--zone", default="Europe/Warsaw")
    asked = parser.parse_args()
    for name, text in (("the campaign's week", WEEK), ("26 suns", MANY_SUNS)):
        measured = costs(rules(text, asked.zone), asked.times)
        print(f"{name}, {asked.zone}")
        for what, each in measured.items():
            print(f"  {what:20} {_told(each, LIMITS.get(what))}")


def costs(given: Rules, times: int) -> dict[str, list[Nanos]]:
    """Return how long each kind of question takes, every time that it was asked."""
    timetable = Timetable(given)
    noon = timetable.sheet(FIRST).span.start
    asked = [noon + step * STRIDE for step in range(ASKED)]
    key = ("nothing", noon)
    by_hand = Facts(passed=frozenset({key}), extended=((key, noon + 3600 * SECOND),))
    return {
        "a year of agenda": [_timed(lambda: agenda(given, FIRST, 365)) for _ in range(times)],
        "a day's sheet": [_timed(lambda n=n: Timetable(given).sheet(FIRST + timedelta(n))) for n in range(100)],
        "one answer": [_timed(lambda now=now: timetable.wanted(now), warm=True) for now in asked],
        "one answer by hand": [_timed(lambda now=now: timetable.wanted(now, by_hand), warm=True) for now in asked],
        "desired": [_timed(lambda now=now: desired(now, given)) for now in asked[:: ASKED // 50]],
    }


def _timed(act: Callable[[], object], *, warm: bool = False) -> Nanos:
    """Return how long *act* takes, by default with nothing remembered of the sun."""
    if not warm:
        for remembers in vars(sun).values():
            getattr(remembers, "cache_clear", int)()
    begun = time.process_time_ns()
    act()
    return time.process_time_ns() - begun


def _told(measured: list[Nanos], limit: Nanos | None) -> str:
    median, late = statistics.median(measured), sorted(measured)[-1 - len(measured) // 100]
    told = f"median {median / MICROSECOND:12,.1f} us   p99 {late / MICROSECOND:12,.1f} us"
    return told if limit is None else f"{told}   {median / limit:6.1%} of its limit"


if __name__ == "__main__":
    main()
