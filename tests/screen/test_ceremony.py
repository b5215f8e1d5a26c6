"""A slot with a live stream on the wall: cut over to, left when it stands, come back to, and never a face that stands still."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Final

import pytest

from player.schedule.rules import Daily, Do, Moment, Point, QuietRule, Rules, Slot, Stretch
from player.show.reception import AWAITED, STILL
from player.show.slide import LiveSlide, PhotoSlide, TitleSlide
from player.timekeeping import Belief, Trust
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.operated import NAMES, WORDS, plays
from tests.fakes.showing import Showing
from tests.fakes.streams_shown import StreamsShown

MINUTE: Final = 60 * SECOND
BEGINS: Final[Nanos] = OPENING + 30 * SECOND
SLOT: Final = Slot(
    id="memorial",
    show="words",
    live="ceremony",
    when=Moment(BEGINS, 3 * MINUTE),
    title="Ceremony",
    priority=10,
    preroll=20 * SECOND,
)
STEP: Final[Nanos] = 50 * MILLISECOND
STANDS: Final[Nanos] = 3 * SECOND  # a face, at most


class Ceremony(Showing):
    """A wall with a ceremony half a minute ahead."""

    stream = "ceremony"

    def __init__(self, folder: Path, slot: Slot = SLOT, quiet: tuple[QuietRule, ...] = ()) -> None:
        clock = FakeClock()
        self.streams = StreamsShown(clock)
        super().__init__(folder, others=(WORDS,), clock=clock)
        self.rules = Rules(zone="UTC", fallback="wall", slots=(slot,), quiet=quiet)
        self.restart()
        self.publish(*NAMES)

    @property
    def kind(self) -> str:
        """What is up, in a word."""
        slide = self.loop.reel.cue.slide
        return type(slide).__name__.removesuffix("Slide").lower() if slide else "plate"

    def until(self, kind: str) -> Nanos:
        """Play until such a slide begins; return how long after the slot's beginning that was."""
        self.play_until(lambda: self.kind == kind, stride=STEP)
        return self.loop.reel.cue.start - BEGINS

    def on(self) -> None:
        """Play until the stream has been on for a while."""
        self.until("live")
        self.play(5 * SECOND)
        assert self.kind == "live"


@contextmanager
def ceremony(folder: Path, slot: Slot = SLOT, quiet: tuple[QuietRule, ...] = ()) -> Generator[Ceremony]:
    """Play a ceremony, and close all of it."""
    with Ceremony(folder, slot, quiet) as show:
        yield show


def stream(show: Ceremony) -> StreamsShown:
    """What is sent."""
    assert show.streams is not None
    return show.streams


def test_a_stream_is_cut_over_to_in_the_frame_in_which_its_slot_begins(tmp_path: Path) -> None:
    """It is opened behind the title page, is there by then, and comes by a fade."""
    with ceremony(tmp_path) as show:
        show.until("title")
        assert [each.stream for each in stream(show).opened] == ["ceremony"]
        assert tuple(stream(show).opened[0].size) == (640, 360)
        assert 0 <= show.until("live") < STEP
        assert show.loop.reel.cue.fade > 0
        assert show.loop.reel.cue.composition.clips[0].source in stream(show).is_open


def test_a_stream_ends_with_its_slot_and_is_closed_when_nothing_of_it_is_seen(tmp_path: Path) -> None:
    """What comes after fades in over it while it still moves."""
    with ceremony(tmp_path) as show:
        show.on()
        show.play_until(lambda: show.kind != "live", stride=STEP)
        assert show.clock.wall() - BEGINS - 3 * MINUTE <= STEP
        assert stream(show).is_open
        show.play(5 * SECOND)
        assert not stream(show).is_open


def test_no_face_stands_for_three_seconds(tmp_path: Path) -> None:
    """Two seconds after its last frame its title alone begins to hide it; fifteen after it the other show is on."""
    with ceremony(tmp_path) as show:
        show.on()
        stream(show).is_sent = False
        last = show.clock.wall()
        show.until("title")
        cue = show.loop.reel.cue
        assert cue.start + cue.fade - last < STANDS
        assert isinstance(cue.slide, TitleSlide)
        assert (cue.slide.title.text, cue.slide.note.text) == ("Ceremony", "")
        show.until("words")
        assert 0 <= show.loop.reel.cue.start - last - AWAITED < SECOND


def test_a_stream_comes_back_by_itself(tmp_path: Path) -> None:
    """From the page and from the other show, by a fade, once it has moved for a second; for two, where it broke off soon."""
    with ceremony(tmp_path) as show:
        show.on()
        for length, meanwhile in ((8 * SECOND, "title"), (40 * SECOND, "words")):
            stream(show).is_sent = False
            show.play(length)
            assert show.kind == meanwhile
            stream(show).is_sent = True
            back = show.clock.monotonic()
            show.until("live")
            assert SECOND <= show.clock.monotonic() - back < 3 * SECOND
            assert show.loop.reel.cue.fade > 0
            show.play(10 * SECOND)


def test_a_short_break_is_no_break(tmp_path: Path) -> None:
    """A second without a frame changes nothing."""
    with ceremony(tmp_path) as show:
        show.on()
        began = show.loop.reel.cue.start
        stream(show).is_sent = False
        show.play(STILL - 500 * MILLISECOND, stride=STEP)
        stream(show).is_sent = True
        show.play(20 * SECOND)
        assert (show.kind, show.loop.reel.cue.start) == ("live", began)


def test_a_stream_that_is_dead_at_its_start_has_fifteen_seconds(tmp_path: Path) -> None:
    """Its title stands alone so long, then the other show comes; whenever it does come, it is on."""
    with ceremony(tmp_path) as show:
        stream(show).is_sent = False
        assert AWAITED <= show.until("words") < AWAITED + SECOND
        show.play(MINUTE)
        stream(show).is_sent = True
        show.until("live")


def test_a_stream_that_was_given_up_before_its_slot_has_fifteen_seconds_too(tmp_path: Path) -> None:
    """Whoever sends it may be late by a moment; the title stands until then."""
    with ceremony(tmp_path) as show:
        stream(show).is_sent, stream(show).given_up = False, "nothing came of it"
        assert AWAITED <= show.until("words") < AWAITED + SECOND


def test_a_stream_that_has_ended_gives_way_to_the_other_show_at_once(tmp_path: Path) -> None:
    """It has said so itself: nothing more is awaited."""
    with ceremony(tmp_path) as show:
        show.on()
        stream(show).has_ended = True
        ended = show.clock.monotonic()
        show.until("words")
        assert show.clock.monotonic() - ended < SECOND


def test_whoever_decodes_may_die(tmp_path: Path) -> None:
    """The page comes at once, what was seen stays beneath it until then, and the stream is opened again by another name."""
    with ceremony(tmp_path) as show:
        show.on()
        (first,) = stream(show).is_open
        stream(show).is_gone = True
        gone = show.clock.monotonic()
        show.until("title")
        assert show.clock.monotonic() - gone < SECOND
        assert first in stream(show).is_open
        show.until("live")
        show.play(10 * SECOND)
        (second,) = stream(show).is_open
        assert second != first
        assert show.loop.reel.cue.composition.clips[0].source == second


def test_a_ceremony_that_takes_longer_goes_on_while_it_is_alive(tmp_path: Path) -> None:
    """Past its end by its overrun, no longer; and no longer than it comes."""
    with ceremony(tmp_path, replace(SLOT, overrun=2 * MINUTE)) as show:
        show.on()
        show.play_until(lambda: show.kind != "live", stride=STEP)
        assert abs(show.clock.wall() - BEGINS - 5 * MINUTE) <= STEP
    with ceremony(tmp_path / "dies", replace(SLOT, overrun=2 * MINUTE)) as show:
        show.on()
        show.play_until(lambda: show.clock.wall() > BEGINS + 3 * MINUTE + 30 * SECOND)
        assert show.kind == "live"
        stream(show).is_sent = False
        show.play(AWAITED + 3 * SECOND)
        assert plays(show) == "wall"


def test_nothing_moves_in_a_quiet_time_that_is_still(tmp_path: Path) -> None:
    """Then the other show is on instead of the stream, however well that comes."""
    still = QuietRule(id="sabbath", when=Daily((), Stretch(Point(time(0)), Point(time(23, 59)))), do=Do.STILL)
    with ceremony(tmp_path, quiet=(still,)) as show:
        show.play(MINUTE)
        assert plays(show) == "words"
        assert show.kind == "words"


def test_hands_come_before_a_stream(tmp_path: Path) -> None:
    """Another show may be put on, and taken off; a stream cannot be held, for it would stand."""
    with ceremony(tmp_path) as show:
        show.on()
        assert "live stream is up" in show.obeyed("hold")
        assert "live stream is up" in show.obeyed("next")
        assert show.obeyed("go", "wall").startswith("wall")
        show.play(5 * SECOND)
        assert isinstance(show.loop.reel.cue.slide, PhotoSlide)
        show.obeyed("auto")
        show.play(5 * SECOND)
        assert show.kind == "live"


def test_a_reload_leaves_a_stream_alone(tmp_path: Path) -> None:
    """It is not opened twice, and does not break off."""
    with ceremony(tmp_path) as show:
        show.on()
        began = show.loop.reel.cue.start
        show.reload()
        show.play(10 * SECOND)
        assert (show.kind, show.loop.reel.cue.start) == ("live", began)
        assert len(stream(show).opened) == 1


def test_a_stream_that_somebody_took_out_leaves_at_the_next_look(tmp_path: Path) -> None:
    """What the configuration does not name any more is not shown."""
    with ceremony(tmp_path) as show:
        show.on()
        show.stream = ""
        show.reload()
        show.play(2 * SECOND, stride=STEP)
        assert plays(show) == "words"
        assert not isinstance(show.loop.reel.cue.slide, LiveSlide)
        show.play(5 * SECOND)
        assert not stream(show).is_open


def test_a_stream_that_cannot_be_drawn_is_replaced_by_the_words(tmp_path: Path) -> None:
    """A graphics card that has no room for it is asked again every two seconds, and nobody waits in between."""
    with ceremony(tmp_path) as show:
        show.until("title")
        show.renderer.refuses_clips = True
        assert show.until("plate") >= 0
        show.renderer.refuses_clips = False
        assert show.until("live") > 0


def test_why_a_stream_cannot_be_had_is_in_the_log_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As a warning, with its reason, for whoever reads it at night; and again after it was there."""
    with ceremony(tmp_path) as show:
        stream(show).is_sent, stream(show).given_up = False, "the server answered 404"
        show.play(2 * MINUTE)
        told = [record for record in caplog.records if record.message == "a stream cannot be had"]
        assert [(record.levelname, getattr(record, "fields", {}).get("why")) for record in told] == [
            ("WARNING", "the server answered 404")
        ]


def test_a_clock_that_is_not_believed_any_more_opens_nothing_ahead(tmp_path: Path) -> None:
    """What would have come by the schedule does not: its stream is let go."""
    with ceremony(tmp_path) as show:
        show.until("title")
        assert stream(show).is_open
        billing = show.loop._billing
        billing.go_by(Belief(trust=Trust.UNTRUSTED), show.clock.wall())
        billing.look(show.clock.wall())
        assert billing.coming is None
