"""A wall that goes by its timetable: shows begin in their frame, quiet times hold, and hands may put off or end a slot."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from player.errors import DrawError
from player.render.protocol import Image
from player.schedule.rules import Daily, Do, Moment, Point, QuietRule, Rules, Slot, Stretch
from player.screen.attending import BY_HAND
from player.show.playlist import WordsStep
from player.show.scene import Composition
from player.show.slide import TitleSlide
from player.units import SECOND, Digest, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.operated import NAMES, WORDS, plays
from tests.fakes.showing import FRAME, Showing, show_of
from tests.fakes.timed import missed

MINUTE: Final = 60 * SECOND
BEGINS: Final[Nanos] = OPENING + MINUTE
SLOT: Final = Slot(id="evening", show="words", when=Moment(BEGINS, MINUTE), title="An evening", priority=10)
LONG: Final = show_of((WordsStep(),), name="long", hold=3600)


def scheduled(folder: Path, *slots: Slot, quiet: tuple[QuietRule, ...] = ()) -> Showing:
    """Return a wall with these slots; it opens a minute before the first of them."""
    show = Showing(folder, others=(WORDS, LONG))
    show.rules = Rules(zone="UTC", fallback="wall", slots=slots, quiet=quiet)
    show.restart()
    show.publish(*NAMES)
    return show


def until(show: Showing, name: str) -> Nanos:
    """Play until a slide of the show called *name* begins; return how long after the slot's beginning that was."""
    show.play_until(lambda: plays(show) == name, stride=FRAME)
    return show.clock.wall() - BEGINS


def test_a_show_begins_in_its_frame_and_ends_in_its_frame(tmp_path: Path) -> None:
    """Its first slide is ready ahead: it begins at the very second, by a fade, and so does what follows it."""
    with scheduled(tmp_path, SLOT) as show:
        show.play(10 * SECOND)
        assert until(show, "words") < FRAME
        assert show.loop.reel.cue.start == BEGINS
        assert show.loop.reel.cue.fade > 0
        assert until(show, "wall") - MINUTE < FRAME
        assert show.loop.reel.cue.start == BEGINS + MINUTE


def test_no_slide_begins_that_would_be_gone_at_once(tmp_path: Path) -> None:
    """In the last seconds before a change the slide that is up stays: it is not followed by a flash of another one."""
    with scheduled(tmp_path, SLOT) as show:
        until(show, "words")
        before = show.ingest.connection.execute("SELECT max(start) FROM cues WHERE show='wall'").fetchone()[0]
        assert BEGINS - before >= 5 * SECOND


def test_the_schedule_is_joined_midway_after_a_restart(tmp_path: Path) -> None:
    """What is on is asked, not remembered: a process that begins in the middle of a slot plays its show."""
    with scheduled(tmp_path, SLOT) as show:
        show.play(MINUTE + 20 * SECOND)
        show.restart(in_order=False)
        show.play(5 * SECOND)
        assert plays(show) == "words"


def test_a_step_of_the_clock_changes_the_show_within_a_second(tmp_path: Path) -> None:
    """Set forwards into a slot, its show is on a moment later; the picture is never disturbed but by a fade."""
    with scheduled(tmp_path, SLOT) as show:
        show.play(10 * SECOND)
        show.clock.step(MINUTE)
        show.blind()
        show.poll()
        show.play(3 * SECOND, stride=FRAME)
        assert plays(show) == "words"


@pytest.mark.parametrize(("patience", "least", "most"), [(0, 0, FRAME), (30 * SECOND, SECOND, 30 * SECOND)])
def test_a_slot_with_patience_waits_for_the_slide_that_is_up(tmp_path: Path, patience: Nanos, least: Nanos, most: Nanos) -> None:
    """A hard start cuts a slide short, by a fade; a patient one waits, but only so long."""
    with scheduled(tmp_path, replace(SLOT, patience=patience)) as show:
        show.play(54 * SECOND)
        show.obeyed("next")  # a slide that has not had its time when the slot begins
        assert least <= until(show, "words") <= most


def test_before_a_ceremony_its_title_stands_with_the_minutes(tmp_path: Path) -> None:
    """Title and minutes are words on the wall; each minute they change, and at zero the show begins in its frame."""
    slot = replace(SLOT, when=Moment(BEGINS + 3 * MINUTE, MINUTE), preroll=2 * MINUTE + 30 * SECOND)
    with scheduled(tmp_path, slot) as show:
        said: list[str] = []
        while show.clock.wall() < BEGINS + 3 * MINUTE:
            show.play(SECOND // 2)
            page = show.loop.reel.cue.slide
            if isinstance(page, TitleSlide) and page.note and page.note.text not in said[-1:]:
                said.append(page.note.text)
        assert said == ["3 min", "2 min", "1 min"]
        show.play(FRAME)
        assert plays(show) == "words"
        assert show.loop.reel.cue.start == BEGINS + 3 * MINUTE


def test_a_quiet_time_makes_it_dark_and_light_again(tmp_path: Path) -> None:
    """By a ramp, at its instant; a restart in the middle of it does not flash; `light` holds until it is over."""
    hours = Stretch(Point(time(9, 1)), Point(time(9, 3)))
    rule = QuietRule(id="night", when=Daily((), hours), do=Do.DARK)
    with scheduled(tmp_path, quiet=(rule,)) as show:
        show.play(59 * SECOND)
        assert not show.is_dark
        show.play(2 * SECOND, stride=FRAME)
        assert show.is_dark
        show.restart(in_order=False)
        show.frame()
        assert show.is_dark
        assert show.obeyed("light") == "light, though night asks for dark"
        show.play(MINUTE)
        assert not show.is_dark
        assert show.obeyed("auto") == "back to the schedule"
        show.play(SECOND)
        assert show.is_dark
        show.play(MINUTE)
        assert not show.is_dark


def test_a_curfew_dims_softly_and_a_restart_does_not_flash(tmp_path: Path) -> None:
    """Half of forty percent while an operator wants half; in many small steps, and from the first frame on after a restart."""
    hours = Stretch(Point(time(9, 1)), Point(time(9, 3)))
    rule = QuietRule(id="curfew", when=Daily((), hours), do=Do.DIM, dim=40)

    def light(show: Showing) -> float:
        presented = show.loop.presenter.presented
        assert presented
        return presented.light

    with scheduled(tmp_path, quiet=(rule,)) as show:
        show.play(59 * SECOND)
        assert show.obeyed("dim", "50") == "dim 50"
        show.play(FRAME)
        seen: list[float] = []
        for _ in range(180):
            show.frame()
            seen.append(light(show))
        assert max(a - b for a, b in pairwise(seen)) < 0.03
        assert seen[-1] == pytest.approx(0.2, abs=0.01)
        show.restart(in_order=False)
        show.frame()
        assert light(show) == pytest.approx(0.2, abs=0.01)
        assert show.obeyed("dim", "100") == "dim 100 of the 40 % that the schedule allows"
        show.play(2 * SECOND)
        assert light(show) == pytest.approx(0.4, abs=0.01)
        show.play(2 * MINUTE)
        assert light(show) == 1.0


def test_a_still_quiet_time_moves_nothing(tmp_path: Path) -> None:
    """The slides of that time have no ways to go."""
    hours = Stretch(Point(time(9, 1)), Point(time(9, 3)))
    with scheduled(tmp_path, quiet=(QuietRule(id="rest", when=Daily((), hours), do=Do.STILL),)) as show:
        show.play(30 * SECOND)
        assert any(move.first != move.last for move in show.loop.reel.cue.composition.moves)
        show.play(MINUTE)
        assert not any(move.first != move.last for move in show.loop.reel.cue.composition.moves)


def test_a_slot_is_extended_and_ended_by_hand(tmp_path: Path) -> None:
    """Put off, it goes on past its end, over a restart too; ended, it is over for this time until `auto`."""
    with scheduled(tmp_path, SLOT) as show:
        until(show, "words")
        show.play(10 * SECOND)
        assert show.obeyed("extend", "1m") == "evening goes on for 60 s more"
        show.play(MINUTE)
        assert plays(show) == "words"
        show.restart(in_order=False)
        show.play(5 * SECOND)
        assert plays(show) == "words"
        assert show.obeyed("end") == "evening is over for this time; `auto` takes that back"
        show.play(2 * SECOND, stride=FRAME)
        assert plays(show) == "wall"


def test_an_extended_slot_ends_at_its_new_end(tmp_path: Path) -> None:
    """In its frame, by a fade."""
    with scheduled(tmp_path, SLOT) as show:
        until(show, "words")
        show.obeyed("extend", "1m")
        assert until(show, "wall") - 2 * MINUTE < FRAME


def test_a_show_that_there_is_not_leaves_the_fallback_on(tmp_path: Path) -> None:
    """A schedule that names a show whose file has a mistake does not make the wall empty, nor restless."""
    with scheduled(tmp_path, replace(SLOT, show="gone")) as show:
        show.play(MINUTE)
        slides = len(show.slides)
        show.play(50 * SECOND)
        assert plays(show) == "wall"
        assert len(show.slides) - slides < 10


def test_a_change_of_shows_reaches_a_dark_wall(tmp_path: Path) -> None:
    """With the light comes what is on now, and not what was on when it became dark."""
    with scheduled(tmp_path, SLOT) as show:
        show.play(30 * SECOND)
        show.obeyed("dark")
        show.play(40 * SECOND)
        assert plays(show) == "words"
        show.obeyed("light")
        show.play_until(lambda: not show.is_dark, stride=FRAME)
        assert not show.top


def quiet_show(show: str, start: time, end: time) -> QuietRule:
    """Return a rule by which *show* is on for a while, whatever the slots say."""
    return QuietRule(id="rest", when=Daily((), Stretch(Point(start), Point(end))), do=Do.SHOW, show=show)


def test_while_a_quiet_time_has_its_show_no_title_page_counts_down(tmp_path: Path) -> None:
    """What the agenda says is what is on; when the quiet time is over, the title stands with the minutes that are left."""
    ceremony = replace(SLOT, when=Moment(BEGINS + 3 * MINUTE, MINUTE), preroll=4 * MINUTE)
    with scheduled(tmp_path, ceremony, quiet=(quiet_show("long", time(9), time(9, 2)),)) as show:
        while show.clock.wall() < BEGINS + MINUTE - SECOND:
            show.play(SECOND)
            assert not isinstance(show.loop.reel.cue.slide, TitleSlide)
        assert plays(show) == "long"
        show.play(3 * SECOND)
        assert isinstance(show.loop.reel.cue.slide, TitleSlide)
        show.play_until(lambda: show.loop._billing.playing == ("words", None), stride=FRAME)
        assert show.loop.reel.cue.start == BEGINS + 3 * MINUTE


@pytest.mark.parametrize(
    ("ends", "seen", "gone"), [(time(9, 30), False, []), (time(9, 1, 30), True, []), (time(9, 1, 30), False, ["x"])]
)
def test_another_show_by_a_quiet_time_is_not_the_slots(tmp_path: Path, ends: time, gone: list[str], *, seen: bool) -> None:
    """Its own counts as seen once it was up; as missed if it was to be on for a while and was not; else it never was to be on."""
    with scheduled(tmp_path, SLOT, quiet=(quiet_show("long", time(9), ends),)) as show:
        show.play(80 * SECOND)
        assert plays(show) == "long"
        assert not show.loop._billing.attendance.attended.seen
        if gone:
            show.obeyed("go", "wall")
        show.play(3 * MINUTE)
        assert bool(show.loop._billing.attendance.attended.seen) is seen
        assert missed(show) == ([("evening", BY_HAND)] if gone else [])


# What cannot be drawn


def test_a_title_page_that_cannot_be_drawn_leaves_the_plate_and_not_the_slide_before(tmp_path: Path) -> None:
    """No picture stands for the whole preroll because of it; the show begins in its frame."""
    slot = replace(SLOT, when=Moment(BEGINS + 3 * MINUTE, MINUTE), preroll=2 * MINUTE)
    with scheduled(tmp_path, slot) as show:
        show.play(10 * SECOND)
        real = show.renderer.prepare

        def prepare(composition: Composition, photos: dict[Digest, Image]) -> None:
            if any("An evening" in str(ink) for ink in composition.ink):
                raise DrawError("a letter that no renderer would take")
            real(composition, photos)

        show.renderer.prepare = prepare
        show.play(2 * MINUTE + 10 * SECOND)
        assert show.is_plate
        show.play_until(lambda: show.loop._billing.playing == ("words", None), stride=FRAME)
        assert show.loop.reel.cue.start == BEGINS + 3 * MINUTE
