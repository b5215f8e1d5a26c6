"""The campaign's week at five sites in five zones: what was on is what the agenda said, whatever happened to clock and plug."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from player.schedule.rules import HOUR, Daily
from player.units import SECOND, Nanos
from tests.fakes.campaign import CEREMONY, CEREMONY_LENGTH, LEASE, MINUTE, SITES, CampaignWeek, Site
from tests.fakes.schedules import instant

Deed: TypeAlias = tuple[Nanos, Callable[[], None]]
DAY: Final[Nanos] = 24 * HOUR
NEAR: Final[tuple[Nanos, ...]] = (-2 * SECOND, 0, SECOND, -5 * SECOND, 3 * SECOND)
"""How far from midnight, or from where a show begins, plugs are pulled."""


def deeds_of(week: CampaignWeek, number: int) -> list[Deed]:
    """What happens to a site, and when, truly: two restarts a day, a wrong clock, a silent feed, a long ceremony."""
    wrong_at_start = HOUR if number % 2 else -HOUR
    week.set_clock(wrong_at_start)
    facade = next(row.start for row in week.agenda if row.slot == "facade" and row.start > week.start + 2 * DAY)
    cut, evening, power_cut = (
        instant(text, week.site.zone) for text in ("2027-01-24 10:00", "2027-01-25 17:00", "2027-01-26 12:30")
    )
    deeds: list[Deed] = [
        (week.start + 7 * MINUTE, partial(week.set_clock, 0)),
        (week.start + DAY + 10 * HOUR, partial(week.set_clock, 90 * SECOND)),
        (week.start + DAY + 14 * HOUR, partial(week.set_clock, 0)),
        (facade + 20 * SECOND, partial(week.set_clock, -90 * SECOND)),
        (facade + 6 * MINUTE, partial(week.set_clock, 0)),
        (cut, week.cut),
        (cut + LEASE - SECOND, week.leases_end),
        (cut + 5 * HOUR, week.mend),
        (evening - 30 * SECOND, partial(week.set_clock, 90 * SECOND)),
        (evening + 10 * SECOND, partial(week.set_clock, 0)),
        (power_cut, week.lose_power),
        (power_cut + 5 * MINUTE, week.hear_the_time),
        (CEREMONY - 2 * MINUTE, partial(week.pull_plug, in_order=False)),
        (CEREMONY + 30 * SECOND, partial(week.set_clock, -90 * SECOND)),
        (CEREMONY + 15 * MINUTE, partial(week.set_clock, 0)),
        (CEREMONY + 40 * MINUTE, partial(week.pull_plug, in_order=True)),
        *([(CEREMONY + CEREMONY_LENGTH - 10 * MINUTE, week.extend)] if number % 2 else []),
        *_restarts(week, number),
    ]
    return sorted(deeds, key=lambda deed: deed[0])


def _restarts(week: CampaignWeek, number: int) -> list[Deed]:
    """Two a day, by pulled plugs and in order: about midnight, and about where one of the day's shows begins."""
    found: list[Deed] = []
    for day in range(1, 8):
        midnight = week.start + day * DAY
        begins = [row.start for row in week.agenda if midnight + HOUR < row.start < midnight + DAY - HOUR]
        turn = begins[(day * 3 + number) % len(begins)]
        for n, at in enumerate((midnight, turn)):
            near = NEAR[(day + number + n) % len(NEAR)]
            found.append((at + near, partial(week.pull_plug, in_order=bool((day + n) % 2))))
    return found


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder in memory, where there is one: a week syncs the disk ten thousand times."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name of its own
    with tempfile.TemporaryDirectory(prefix="week-", dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


@pytest.mark.parametrize(("number", "site"), list(enumerate(SITES)), ids=[site.name for site in SITES])
def test_the_week_is_as_the_agenda_says(folder: Path, number: int, site: Site) -> None:
    """From the 20th to the 27th: what is on the wall in every frame, and the player's own record of when each show began."""
    with CampaignWeek(folder, site) as week:
        week.live(deeds_of(week, number))

        assert week.wrong == []
        assert week.differences() == []
        assert {began.show for began in week.began} == {"always", "wall", "facade", "names", "film-27"}
        assert len(week.excused) > 2 * 8 + 9


def test_a_wall_that_begins_a_second_late_is_caught(folder: Path) -> None:
    """By what is seen and by what was written down: what agrees above does not agree by chance."""
    with CampaignWeek(folder, SITES[0]) as week:
        week.end = week.start + 10 * HOUR
        (wall, *others) = week.rules.slots
        assert isinstance(wall.when, Daily)
        late = replace(wall.when.stretch, start=replace(wall.when.stretch.start, offset=SECOND))
        week.rules = replace(week.rules, slots=(replace(wall, when=replace(wall.when, stretch=late)), *others))
        week.restart()
        week.live([])

        assert week.wrong
        assert [line.partition(" it was ")[0] for line in week.differences()] == ["Wed 20 09:00:00.000000 wall:"]
