"""Changes of shows: prepared ahead, on the second, and never black; whatever else happens at that moment."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Final

import pytest

from player.schedule import desired
from player.schedule.rules import Daily, Do, Point, QuietRule, Slot, Stretch
from player.show.playlist import PhotoStep
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.operated import plays, stand
from tests.fakes.showing import FRAME, Showing, show_of
from tests.fakes.timed import BEGINS, HOUR, MINUTE, is_on, missed, plays_up_to, slot, starts_anew, timed

MIDNIGHT: Final = OPENING + 15 * HOUR
PHOTOS: Final = show_of((PhotoStep(),), name="photos", hold=7)


def begins(show: Showing, name: str, at: Nanos = BEGINS) -> Nanos:
    """Play, around *at* with 60 frames a second, until a show begins; return when its first slide did."""
    plays_up_to(show, at)
    show.play_until(lambda: show.loop._billing.playing == (name, None), stride=FRAME)
    return show.loop.reel.cue.start


@pytest.mark.parametrize(("patience", "least", "most"), [(0, 0, FRAME), (30 * SECOND, 0, 30 * SECOND), (None, 0, 10 * SECOND)])
def test_a_show_begins_in_its_frame_or_waits_as_long_as_it_may(
    tmp_path: Path, patience: Nanos | None, least: Nanos, most: Nanos
) -> None:
    """Hard, its first slide is there at the second; with patience the slide that is up has its time before."""
    with timed(tmp_path, slot("words", patience=patience)) as show:
        show.play(50 * SECOND)
        free = show.loop.reel.cue.end
        began = begins(show, "words")
        assert least <= began - BEGINS <= most
        if patience != 0:
            assert began >= min(free, BEGINS + most)


def test_a_show_waits_no_longer_than_it_has_patience(tmp_path: Path) -> None:
    """A slide that would stand for an hour gives way after 30 s, in that frame."""
    with timed(tmp_path, slot("long", OPENING, MINUTE), slot("lines", patience=30 * SECOND)) as show:
        assert 0 <= begins(show, "lines", BEGINS + 30 * SECOND) - BEGINS - 30 * SECOND <= FRAME


def test_its_first_slide_is_ready_ten_seconds_before(tmp_path: Path) -> None:
    """Decoded and laid out, it waits for its second."""
    with timed(tmp_path, slot("words")) as show:
        plays_up_to(show, BEGINS - 6 * SECOND)
        ready = show.loop.reel.ready
        assert ready
        assert ready.billed.show == "words"
        assert plays(show) == "wall"


def test_sixteen_slots_in_a_minute_each_begin_at_their_second(tmp_path: Path) -> None:
    """A schedule that nobody would write is played as it is written, and nothing is left behind."""
    each = 4 * SECOND
    slots = [slot(("words", "photos")[n % 2], BEGINS + n * each, each, id=f"s{n}") for n in range(16)]
    with timed(tmp_path) as show:
        show.others = (*show.others, PHOTOS)
        show.rules = replace(show.rules, slots=tuple(slots))
        show.restart()
        plays_up_to(show, BEGINS)
        for n in range(16):
            assert 0 <= begins(show, slots[n].show, 0) - BEGINS - n * each <= FRAME
            show.play(each - SECOND)
        show.play(MINUTE)
        assert missed(show) == []
        assert len(show.renderer.prepared) <= 5


def test_two_slots_of_one_show_do_not_begin_it_again(tmp_path: Path) -> None:
    """What is up stays up: the same show goes on over the change."""
    with timed(tmp_path, slot("long", BEGINS, MINUTE, id="a"), slot("long", BEGINS + MINUTE, MINUTE, id="b")) as show:
        begins(show, "long")
        cue = show.loop.reel.cue
        show.play(90 * SECOND)
        assert show.loop.reel.cue == cue
        assert show.loop._billing.on.slot == "b"
        show.play(MINUTE)
        assert missed(show) == []


def test_a_slide_that_is_held_stays_over_a_change(tmp_path: Path) -> None:
    """Whoever holds it wants it; with `resume` the show that is on by then begins."""
    with timed(tmp_path, slot("words", length=10 * MINUTE)) as show:
        show.play(40 * SECOND)
        stand(show)
        show.obeyed("hold")
        up = show.loop.reel.cue
        show.play(2 * MINUTE)
        assert show.loop.reel.cue == up
        show.reload()
        show.play(10 * SECOND)
        assert show.loop.reel.cue.composition == up.composition
        show.obeyed("resume")
        assert is_on(show, "words")


def test_a_withdrawal_during_the_title_page_takes_effect_at_once(tmp_path: Path) -> None:
    """Nothing of a photo that is gone comes after the page, nor is it kept ready for then; the page stays."""
    with timed(tmp_path, slot("photos", BEGINS, MINUTE, preroll=30 * SECOND)) as show:
        show.others = (*show.others, PHOTOS)
        show.restart()
        show.play_until(lambda: show.loop._billing.on.page is not None and bool(show.ready), stride=FRAME)
        page = show.loop.reel.cue
        (ready,) = show.ready
        show.withdraw(ready)
        show.frame()
        assert ready not in show.held
        assert show.loop.reel.cue == page
        assert 0 <= begins(show, "photos") - BEGINS <= FRAME
        assert show.top
        assert ready not in show.top


def test_without_any_photo_there_are_words(tmp_path: Path) -> None:
    """Shows of photos alone, and nobody to be seen: words over every change, never black, nothing empty."""
    with timed(tmp_path, slot("photos"), slot("wall", BEGINS + 2 * MINUTE), names=()) as show:
        show.others = (*show.others, PHOTOS)
        show.restart()
        for _ in range(8):
            show.play(30 * SECOND)
            assert show.window.scene
            assert not show.up
            assert not show.is_dark


def test_no_frame_works_out_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at midnight, not after a step, not at a reload: another thread does, and what is on stays on meanwhile."""
    morning = Slot(id="m", show="words", when=Daily((), Stretch(Point(time(0)), Point(time(8)))))
    near = desired._near
    is_in_frame = False

    def worked_out(*given: object) -> object:
        assert not is_in_frame, "a frame waited"
        return near(*given)  # pyright: ignore[reportArgumentType] - passed on as it came

    monkeypatch.setattr(desired, "_near", worked_out)
    with timed(tmp_path, morning) as show:
        frame = show.loop.frame

        def in_frame(*given: object) -> None:
            nonlocal is_in_frame
            is_in_frame = True
            frame(*given)  # pyright: ignore[reportArgumentType] - passed on as it came
            is_in_frame = False

        monkeypatch.setattr(show.loop, "frame", in_frame)
        show.clock.step(MIDNIGHT - MINUTE - show.clock.wall())
        show.blind(3 * SECOND)
        show.poll()
        assert is_on(show, "wall")
        assert 0 <= begins(show, "words", MIDNIGHT) - MIDNIGHT <= FRAME
        for step in (5 * 24 * HOUR + 12 * HOUR, -12 * HOUR, 300 * 24 * HOUR):
            show.clock.step(step)
            show.blind(3 * SECOND)
            show.poll()
            show.play(2 * SECOND, stride=FRAME)
            assert plays(show) == ("wall" if step == 5 * 24 * HOUR + 12 * HOUR else "words")


def test_a_schedule_that_is_changed_takes_effect_within_a_second(tmp_path: Path) -> None:
    """Read again, another show is on by a fade; what was put on by hand stays on."""
    with timed(tmp_path, slot("words", length=HOUR)) as show:
        show.play(2 * MINUTE)
        show.rules = replace(show.rules, slots=(slot("long", length=HOUR),))
        show.reload()
        show.play(SECOND, stride=FRAME)
        assert plays(show) == "long"
        show.obeyed("go", "lines")
        assert is_on(show, "lines")
        show.rules = replace(show.rules, slots=())
        show.reload()
        assert is_on(show, "lines", 5 * SECOND)
        show.obeyed("auto")
        assert is_on(show, "wall")


def test_a_reload_that_changes_nothing_is_not_seen(tmp_path: Path) -> None:
    """The slide that is up stays, and it is nobody's late arrival."""
    with timed(tmp_path, slot("long", length=HOUR, join="skip")) as show:
        show.play(2 * MINUTE)
        up = show.loop.reel.cue.composition
        for _ in range(3):
            show.reload()
            show.play(5 * SECOND)
            assert show.loop.reel.cue.composition == up


def test_a_reload_while_nobody_knows_the_time_keeps_to_the_fallback(tmp_path: Path) -> None:
    """A new configuration is no reason to believe the clock."""
    with timed(tmp_path, slot("words", OPENING, HOUR)) as show:
        starts_anew(show, kernel=ClockState.UNSYNCED)
        show.play(3 * SECOND)
        show.reload()
        assert is_on(show, "wall", 5 * SECOND)


@pytest.mark.parametrize(("do", "name"), [(Do.KEEP, "words"), (Do.SHOW, "lines")])
def test_a_quiet_time_may_keep_the_show_or_ask_for_another(tmp_path: Path, do: Do, name: str) -> None:
    """Kept, nothing changes, but that the agenda asks for silence; or its own show is on, to the end of the time."""
    hours = Stretch(Point(time(9, 1, 30)), Point(time(9, 2)))
    quiet = QuietRule(id="rest", when=Daily((), hours), do=do, show="lines" if do is Do.SHOW else None, mute=True)
    with timed(tmp_path, slot("words", length=HOUR), quiet=(quiet,)) as show:
        show.play(MINUTE + 20 * SECOND)
        assert plays(show) == "words"
        show.play(20 * SECOND)
        assert plays(show) == name
        show.play(30 * SECOND)
        assert plays(show) == "words"
        assert not show.is_dark


def test_the_log_says_once_that_a_show_is_not_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not at each look ahead."""
    with timed(tmp_path, slot("gone")) as show, caplog.at_level(logging.INFO):
        show.play(3 * MINUTE)
    assert [record.message for record in caplog.records].count("a show is wanted that there is not") == 1
