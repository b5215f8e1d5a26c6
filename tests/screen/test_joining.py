"""Clocks that are set, players that come late: what begins, what does not begin again, and what was missed."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from player.schedule.rules import Daily, Point, Slot, Stretch
from player.screen import attending
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.operated import plays
from tests.fakes.showing import FRAME, Showing
from tests.fakes.timed import BEGINS, HOUR, MINUTE, is_on, missed, plays_up_to, puts_right, slot, starts_anew, timed

CEREMONY = slot("lines", BEGINS, MINUTE, id="ceremony", priority=50)
ALL_DAY = slot("words", OPENING, 8 * HOUR, id="day")


def sets(show: Showing, by: Nanos) -> None:
    """Set the clock, and let ingest and the oracle get over it."""
    show.clock.step(by)
    show.blind(3 * SECOND)
    show.poll()


def line(show: Showing) -> str:
    """Return the words of a fact that is up."""
    return str(getattr(show.loop.reel.cue.slide, "text", ""))


# Steps


@pytest.mark.parametrize("back", [SECOND, 119 * SECOND])
@pytest.mark.parametrize("restarts", [False, True])
def test_a_ceremony_is_not_replayed(tmp_path: Path, back: Nanos, *, restarts: bool) -> None:
    """Set back by up to two minutes after its end, not even over a restart; the next slot still begins at its second."""
    evening = slot("long", BEGINS + 4 * MINUTE, MINUTE)
    with timed(tmp_path, CEREMONY, ALL_DAY, evening) as show:
        show.play(2 * MINUTE + 2 * SECOND)
        assert plays(show) == "words"
        sets(show, -back)
        if restarts:
            show.restart(in_order=False)
        while show.clock.wall() < BEGINS + 90 * SECOND:
            show.play(SECOND)
            assert plays(show) in {None, "words"}
        plays_up_to(show, BEGINS + 4 * MINUTE)
        show.play_until(lambda: plays(show) == "long", stride=FRAME)
        assert 0 <= show.clock.wall() - (BEGINS + 4 * MINUTE) <= FRAME


def test_small_steps_back_add_up(tmp_path: Path) -> None:
    """Three of ninety seconds, one after the other, replay nothing; the next slot still begins at its second."""
    evening = slot("long", BEGINS + 4 * MINUTE, MINUTE)
    with timed(tmp_path, CEREMONY, ALL_DAY, evening) as show:
        show.play(2 * MINUTE + 2 * SECOND)
        for _ in range(3):
            sets(show, -90 * SECOND)
            show.play(5 * SECOND)
        while show.clock.wall() < BEGINS + 90 * SECOND:
            show.play(SECOND)
            assert plays(show) == "words"
        plays_up_to(show, BEGINS + 4 * MINUTE)
        show.play_until(lambda: plays(show) == "long", stride=FRAME)
        assert 0 <= show.clock.wall() - (BEGINS + 4 * MINUTE) <= FRAME


def test_steps_back_without_end_are_a_clock_that_was_wrong(tmp_path: Path) -> None:
    """After more than ten minutes of them the schedule goes by the clock as it is: the ceremony begins when it says so."""
    with timed(tmp_path, CEREMONY, ALL_DAY) as show:
        show.play(2 * MINUTE + 2 * SECOND)
        for _ in range(8):
            sets(show, -100 * SECOND)
            show.play(2 * SECOND)
        plays_up_to(show, BEGINS)
        show.play_until(lambda: plays(show) == "lines", stride=FRAME)
        assert 0 <= show.clock.wall() - BEGINS <= FRAME


def test_a_clock_that_was_an_hour_ahead_plays_the_ceremony_at_its_time(tmp_path: Path) -> None:
    """What was on by the wrong time was not the ceremony: set back by more than two minutes, it begins again."""
    with timed(tmp_path, CEREMONY, ALL_DAY) as show:
        show.play(3 * MINUTE)
        sets(show, -150 * SECOND)
        show.play(SECOND)
        assert plays(show) == "words"
        plays_up_to(show, BEGINS)
        show.play_until(lambda: plays(show) == "lines", stride=FRAME)
        assert 0 <= show.clock.wall() - BEGINS <= FRAME


def test_a_small_step_neither_delays_nor_disturbs(tmp_path: Path) -> None:
    """Set back while a slot is on, it stays on; set forwards, the next one is on time by the new clock."""
    with timed(tmp_path, CEREMONY, slot("words", BEGINS + MINUTE, HOUR)) as show:
        show.play(MINUTE + 5 * SECOND)
        sets(show, -20 * SECOND)
        for _ in range(20):
            show.play(SECOND)
            assert plays(show) == "lines"
        sets(show, 3 * SECOND)
        plays_up_to(show, BEGINS + MINUTE)
        show.play_until(lambda: plays(show) == "words", stride=FRAME)
        assert 0 <= show.clock.wall() - (BEGINS + MINUTE) <= FRAME


@pytest.mark.parametrize("day", ["2027-01-26", "2027-03-27", "2027-03-28", "2027-10-30"])
def test_a_jump_over_midnight_finds_the_other_days_show(tmp_path: Path, day: str) -> None:
    """Forwards and back, on nights on which the clocks change too: within a second, whatever day was worked out."""
    zone = ZoneInfo("Europe/Warsaw")
    morning = Slot(id="m", show="words", when=Daily((), Stretch(Point(time(0)), Point(time(12)))), join="midway")
    start = round(datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=zone).timestamp()) * SECOND
    with timed(tmp_path, morning, zone="Europe/Warsaw") as show:
        show.floor = OPENING
        show.clock.step(start - show.clock.wall())
        starts_anew(show, kernel=ClockState.SYNCED)
        assert is_on(show, "wall")
        sets(show, 9 * HOUR)
        assert is_on(show, "words")
        sets(show, -9 * HOUR)
        assert is_on(show, "wall")
        sets(show, 48 * HOUR + 9 * HOUR)
        assert is_on(show, "words")


# Coming late


@pytest.mark.parametrize(("join", "first"), [("midway", ("lines", "Two")), ("restart", ("lines", "One")), ("skip", ("wall", ""))])
@pytest.mark.parametrize("how", ["started", "trusted", "woke"])
def test_a_slot_that_has_begun_is_joined_as_it_says(tmp_path: Path, how: str, join: str, first: tuple[str, str]) -> None:
    """Midway: its show goes on where it stood; restart: with its first line; skip: it is passed over, and that is told."""
    late = slot("lines", BEGINS, 5 * MINUTE, join=join)
    with timed(tmp_path, late) as show:
        show.obeyed("go", "lines")
        show.play_until(lambda: line(show) == "One", stride=FRAME)
        show.obeyed("auto")
        show.play(3 * SECOND)
        if how == "woke":
            sets(show, 3 * MINUTE)
        else:
            starts_anew(show, BEGINS + 2 * MINUTE, kernel=ClockState.SYNCED if how == "started" else ClockState.UNSYNCED)
            show.play(SECOND)
            puts_right(show)
        show.play_until(lambda: plays(show) == first[0], within=3 * SECOND, stride=FRAME)
        assert (plays(show), line(show)) == first
        if join == "skip":
            show.play(4 * MINUTE)
            assert missed(show) == [("lines", attending.SKIPPED)]


def test_a_slot_that_was_joined_is_not_passed_over_after_a_restart(tmp_path: Path) -> None:
    """A process that comes back in the middle of a slot that it took part in is not late; what was skipped stays so."""
    with timed(tmp_path, slot("lines", BEGINS, 5 * MINUTE, join="skip")) as show:
        show.play(2 * MINUTE)
        assert plays(show) == "lines"
        show.restart(in_order=False)
        assert is_on(show, "lines")
        starts_anew(show, kernel=ClockState.SYNCED)
        assert is_on(show, "lines")
    with timed(tmp_path / "other", slot("lines", OPENING - 5 * MINUTE, 10 * MINUTE, join="skip")) as show:
        for _ in range(3):
            assert is_on(show, "wall", 5 * SECOND)
            show.restart(in_order=False)


def test_a_restart_as_a_slot_begins_is_not_late(tmp_path: Path) -> None:
    """Whoever is there some seconds after has missed nothing."""
    with timed(tmp_path, slot("lines", BEGINS, 5 * MINUTE, join="skip")) as show:
        show.play(MINUTE - SECOND)
        show.clock.advance(8 * SECOND)
        show.restart()
        assert is_on(show, "lines")


def test_what_was_passed_over_by_a_wrong_clock_begins_by_the_right_one(tmp_path: Path) -> None:
    """A clock an hour ahead made a slot look as if it had begun; it has not."""
    with timed(tmp_path, slot("lines", BEGINS, 5 * MINUTE, join="skip")) as show:
        show.is_own = True
        starts_anew(show, BEGINS + MINUTE)
        assert is_on(show, "wall", 5 * SECOND)
        sets(show, -2 * MINUTE - 5 * SECOND)
        plays_up_to(show, BEGINS)
        show.play_until(lambda: plays(show) == "lines", stride=FRAME)
        assert 0 <= show.clock.wall() - BEGINS <= FRAME


# What was missed


def test_what_passed_while_the_player_was_off_is_told_once(tmp_path: Path) -> None:
    """Never caught up, but in log and journal, with why; not again after further restarts."""
    with timed(tmp_path, CEREMONY, slot("words", BEGINS + 2 * MINUTE, MINUTE), ALL_DAY) as show:
        show.play(10 * SECOND)
        starts_anew(show, BEGINS + 90 * SECOND, kernel=ClockState.SYNCED)
        show.play(3 * SECOND)
        assert missed(show) == [("ceremony", attending.OFF)]
        for _ in range(3):
            show.restart(in_order=False)
            show.play(2 * SECOND)
        show.play(3 * MINUTE)
        assert missed(show) == [("ceremony", attending.OFF)]


def test_what_passed_while_nobody_knew_the_time_is_told(tmp_path: Path) -> None:
    """As soon as somebody does."""
    with timed(tmp_path, CEREMONY) as show:
        starts_anew(show)
        show.play(3 * MINUTE)
        assert missed(show) == []
        puts_right(show)
        show.play(3 * SECOND)
        assert missed(show) == [("ceremony", attending.NO_TIME)]


def test_what_the_clock_was_set_past_is_told(tmp_path: Path) -> None:
    """A step over a whole show, or a machine that slept through it."""
    with timed(tmp_path, CEREMONY) as show:
        show.play(10 * SECOND)
        sets(show, HOUR)
        show.play(3 * SECOND)
        assert missed(show) == [("ceremony", attending.SET)]


@pytest.mark.parametrize(("order", "why"), [("go words", attending.BY_HAND), ("hold", attending.HELD), ("dark", None)])
def test_what_a_person_hid_all_along_is_told(tmp_path: Path, order: str, why: str | None) -> None:
    """A show by hand, or a slide that is held; in the dark a show is on all the same, and for darkness there is an alarm."""
    with timed(tmp_path, CEREMONY) as show:
        show.play(20 * SECOND)
        show.obeyed(*order.split())
        show.play(3 * MINUTE)
        assert missed(show) == ([("ceremony", why)] if why else [])


def test_what_a_person_ended_or_saw_for_a_moment_was_not_missed(tmp_path: Path) -> None:
    """Whoever ends a ceremony knows of it."""
    with timed(tmp_path, slot("lines", BEGINS, MINUTE, preroll=30 * SECOND), ALL_DAY) as show:
        show.play(40 * SECOND)
        assert show.obeyed("end").startswith("lines is over")
        show.play(3 * MINUTE)
        assert missed(show) == []


def test_a_show_that_there_is_not_was_missed(tmp_path: Path) -> None:
    """The fallback stands in for it, and that is told."""
    with timed(tmp_path, slot("gone")) as show:
        show.play(4 * MINUTE)
        assert missed(show) == [("gone", attending.NO_SHOW)]


def test_after_a_long_absence_the_newest_are_told(tmp_path: Path) -> None:
    """Of a week at most, and not hundreds: what matters is that the player was off."""
    every_hour = tuple(
        Slot(id=f"s{hour}", show="words", when=Daily((), Stretch(Point(time(hour)), Point(time(hour, 30))))) for hour in range(24)
    )
    with timed(tmp_path, *every_hour) as show:
        show.play(10 * SECOND)
        starts_anew(show, OPENING + 30 * 24 * HOUR, kernel=ClockState.SYNCED)
        show.play(3 * SECOND)
        assert len(missed(show)) == attending.MOST_TOLD


def test_nothing_was_missed_before_the_first_day(tmp_path: Path) -> None:
    """A player that is new here has missed nothing."""
    with Showing(tmp_path, clock=FakeClock(OPENING)) as show:
        show.play(3 * SECOND)
        assert missed(show) == []
