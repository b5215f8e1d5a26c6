"""Shows begin by a time that is believed, and by no other; what runs well goes on when the network does not."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import logging
from datetime import time
from pathlib import Path

import pytest

from player.schedule.rules import Daily, Do, Point, QuietRule, Stretch
from player.screen.telling import told
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.operated import plays
from tests.fakes.showing import FRAME
from tests.fakes.timed import BEGINS, HOUR, MINUTE, is_on, puts_right, slot, starts_anew, timed

IN_IT = BEGINS + 20 * SECOND
DAY = 24 * HOUR


def test_while_nobody_has_told_the_time_the_fallback_is_on(tmp_path: Path) -> None:
    """Slots and quiet times come and go unheeded; a second after the clock is trusted its show is there, by a fade."""
    night = QuietRule(id="night", when=Daily((), Stretch(Point(time(9)), Point(time(9, 1)))), do=Do.DARK)
    with timed(tmp_path, slot(length=HOUR), quiet=(night,)) as show:
        starts_anew(show)
        show.play(3 * MINUTE)
        assert plays(show) == "wall"
        assert not show.is_dark
        puts_right(show)
        show.play(SECOND + 2 * FRAME, stride=FRAME)
        assert plays(show) == "words"
        assert show.is_fading


@pytest.mark.parametrize("wrong", [-OPENING, -30 * DAY, -HOUR])
def test_a_time_that_has_been_is_not_believed(tmp_path: Path, wrong: int) -> None:
    """A clock in 1970, or before what was signed: the fallback, whatever the kernel thinks; right again, the show is there."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.floor = OPENING
        starts_anew(show, OPENING + wrong, kernel=ClockState.SYNCED)
        show.play(3 * SECOND)
        assert show.loop._billing.belief.why
        assert plays(show) == "wall"
        puts_right(show, BEGINS - show.clock.wall())
        assert is_on(show, "words")


def test_a_player_does_not_believe_that_it_is_earlier_than_when_it_last_ran(tmp_path: Path) -> None:
    """Unless its clock is being kept, or somebody sets it: then the saved time was the wrong one."""
    with timed(tmp_path, slot(start=OPENING - 2 * HOUR, length=HOUR)) as show:
        show.play(2 * MINUTE)
        starts_anew(show, OPENING - 90 * MINUTE, kernel=ClockState.HOLDOVER)
        assert is_on(show, "wall", 3 * SECOND)
        assert show.loop._billing.on.slot is None
        show.clock.step(SECOND)
        assert is_on(show, "words", 3 * SECOND)
        starts_anew(show, OPENING - 91 * MINUTE, kernel=ClockState.SYNCED)
        assert is_on(show, "words", 3 * SECOND)


def test_a_show_that_runs_goes_on_without_the_network(tmp_path: Path) -> None:
    """Once the time was told, monotonic time carries it: no hour without a server, no restart, throws the schedule away."""
    with timed(tmp_path, slot(length=12 * HOUR)) as show:
        show.kernel = ClockState.SYNCED
        assert is_on(show, "wall")
        show.play(MINUTE)
        show.kernel = ClockState.HOLDOVER
        show.play(MINUTE)
        show.kernel = ClockState.UNSYNCED
        show.play(2 * MINUTE)
        assert plays(show) == "words"
        show.restart(in_order=False)
        assert is_on(show, "words")


def test_a_clock_that_cannot_make_up_its_mind_is_no_reason_to_flicker(tmp_path: Path) -> None:
    """Synchronised and not, each second in turn: the wall does not show it."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.play(2 * MINUTE)
        before = show.loop._billing.playing
        for second in range(30):
            show.kernel = (ClockState.UNSYNCED, ClockState.HOLDOVER)[second % 2]
            show.play(SECOND)
            assert show.loop._billing.playing == before


def test_a_clock_that_somebody_set_wrong_has_ten_seconds_to_be_put_right(tmp_path: Path) -> None:
    """What is on stays on so long; then the fallback is on, until the time is told again."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.play(2 * MINUTE)
        show.kernel = ClockState.UNSYNCED
        show.clock.step(5 * HOUR)
        show.blind(5 * SECOND)
        show.poll()
        show.play(5 * SECOND)
        assert plays(show) == "words"
        assert is_on(show, "wall", 10 * SECOND)
        puts_right(show, -5 * HOUR)
        assert is_on(show, "words")


def test_a_clock_that_is_set_for_a_moment_only_changes_nothing(tmp_path: Path) -> None:
    """Wrong and right again within ten seconds: the picture goes on, and nothing was missed."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.play(2 * MINUTE)
        show.kernel = ClockState.UNSYNCED
        for step in (-5 * HOUR, 5 * HOUR):
            show.clock.step(step)
            show.blind(5 * SECOND)
            show.poll()
            show.play(3 * SECOND)
            assert plays(show) == "words"


def test_a_site_may_keep_its_own_clock(tmp_path: Path) -> None:
    """With `clock: own` nobody else need vouch for it; it is still not before what has been."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.is_own = True
        starts_anew(show, IN_IT)
        assert is_on(show, "words")
        show.floor = IN_IT
        starts_anew(show, OPENING - DAY)
        assert is_on(show, "wall", 3 * SECOND)


def test_a_clock_kept_by_hand_that_was_once_ahead_is_believed_when_it_is_right(tmp_path: Path) -> None:
    """2031 by a battery that ran down, off, put right, on: it is not before what is known, so the schedule is on."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        show.is_own, show.kernel, show.floor = True, ClockState.UNSYNCED, OPENING - DAY
        starts_anew(show, OPENING + 4 * 365 * DAY)
        show.play(90 * SECOND)
        starts_anew(show, IN_IT)
        assert is_on(show, "words")
        assert not show.loop._billing.belief.why


def test_operators_are_obeyed_whatever_the_clock_says(tmp_path: Path) -> None:
    """Shows by hand, dark and light need no time of day; back to the schedule is the fallback."""
    with timed(tmp_path, slot(length=HOUR)) as show:
        starts_anew(show, IN_IT)
        show.play(2 * SECOND)
        assert show.obeyed("go", "long").startswith("long is on")
        assert is_on(show, "long")
        assert show.obeyed("dark") == "dark"
        show.play(SECOND)
        assert show.is_dark
        show.obeyed("light")
        show.obeyed("auto")
        assert is_on(show, "wall")
        assert not show.is_dark


def test_an_hour_by_hand_is_still_an_hour_when_the_machine_woke_in_another_year(tmp_path: Path) -> None:
    """Until the time is known nobody can say how much of it is left; then it ends when it was to end."""
    with timed(tmp_path) as show:
        show.play(10 * SECOND)
        show.obeyed("go", "words", "for", "5m")
        ends = show.loop._billing.manual.until
        assert ends
        show.floor = OPENING
        starts_anew(show, OPENING - 300 * DAY)
        assert is_on(show, "words", 3 * SECOND)
        puts_right(show, ends - MINUTE - show.clock.wall())
        show.play(50 * SECOND)
        assert plays(show) == "words"
        show.play(15 * SECOND)
        assert plays(show) == "wall"


def test_a_wall_that_is_dark_stays_dark_when_the_clock_is_set(tmp_path: Path) -> None:
    """The ramp goes along with the picture: nothing flashes, not even set back by a year."""
    with timed(tmp_path) as show:
        show.play(10 * SECOND)
        show.obeyed("dark")
        show.play(SECOND, stride=FRAME)
        for step in (-365 * DAY, 365 * DAY):
            show.clock.step(step)
            show.blind()
            show.poll()
            for _ in range(90):
                show.frame()
                assert show.is_dark


def test_a_clock_an_hour_wrong_at_the_start_is_put_right(tmp_path: Path) -> None:
    """What is on by the wrong time gives way to what is on by the right one, within a second and by a fade."""
    with timed(tmp_path, slot(length=10 * MINUTE), slot("lines", BEGINS - HOUR, 10 * MINUTE)) as show:
        show.is_own = True
        starts_anew(show, IN_IT + HOUR)
        assert is_on(show, "wall")
        show.clock.step(-HOUR)
        show.blind()
        show.poll()
        assert is_on(show, "words")


def test_the_log_hears_of_it_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When it begins and when it ends; the status says how it stands meanwhile."""
    with timed(tmp_path, slot(length=HOUR)) as show, caplog.at_level(logging.INFO):
        starts_anew(show, IN_IT)
        show.play(5 * SECOND)
        loop = show.loop
        at = show.clock.wall()
        said = told(loop._billing, loop.reel, loop._frames, ramp=loop._ramp, t=at, at=at)
        assert (said["clock"], said["clock_trusted"], said["until"]) == ("unsynced", False, None)
        assert said["why"] == "the clock is not trusted: the fallback"
        puts_right(show)
        show.play(5 * SECOND)
    lines = [record.message for record in caplog.records if "the clock is" in record.message]
    assert lines == ["the clock is not trusted: the fallback is on", "the clock is trusted: the schedule is on"]
