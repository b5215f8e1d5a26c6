"""What is heard of films: at the picture's time, as loud as it should be, without clicks, and without a sound card as well."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from player.film.ring import Position
from player.film.section import Sound
from player.film.sound import IDLE, Mixer
from player.film.voice import Voice
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.loudspeaker import RATE, FakeLoudspeaker, Phasor, Shop, loudness_of, roughest, seconds_in

SMOOTH = 0.004  # of full scale, from one sample to the next


class Room:
    """A room with a screen, a sound card and a clock; one film runs from its beginning."""

    def __init__(self, *, section: Sound | None = None, failures: int = 0, gain_db: float = 0.0) -> None:
        self.clock = FakeClock()
        self.clock.advance(100 * SECOND)
        self.shop = Shop(self.clock, failures)
        self.mixer = Mixer(section or Sound(enabled=True), clock=self.clock, opener=self.shop.open)
        self.began = self.clock.monotonic()
        self.paused_at: Nanos | None = None
        self.is_telling = True
        self._last: Position | None = None
        self.source = Phasor()
        self.voice = self.add(self.source, gain_db)

    def add(self, source: Phasor, gain_db: float = 0.0) -> Voice:
        """Return a voice for *source*, whose picture is the room's."""
        voice = Voice(source, self.position, gain_db=gain_db)
        self.mixer.add(voice)
        return voice

    def position(self) -> Position | None:
        """Return what the screen said last."""
        if self.is_telling:
            at = self.clock.monotonic() - self.began if self.paused_at is None else self.paused_at
            self._last = Position(at, self.clock.monotonic())
        return self._last

    def play(self, seconds: float) -> None:
        """Let time pass, 20 ms by 20 ms."""
        for _ in range(round(seconds * 50)):
            self.mixer.step()
            self.clock.advance(20 * MILLISECOND)

    @property
    def card(self) -> FakeLoudspeaker:
        """The card that was opened last."""
        return self.shop.sold[-1]

    def heard(self, seconds: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Return what was heard in the last *seconds*."""
        return self.card.heard[-round(seconds * RATE) :]

    def off_s(self, seconds: float = 0.5) -> float:
        """Return how far what was heard last is off the picture, at most."""
        card, heard = self.card, self.heard(seconds)
        first = len(card.heard) - len(heard)
        expected = ((card.heard_at(first) - self.began) / SECOND + np.arange(len(heard)) / card.rate) % 1.0
        off = (seconds_in(heard) - expected + 0.5) % 1.0 - 0.5
        return float(np.abs(off[loudness_of(heard) > 0.01]).max())


def test_sound_is_in_step_with_the_picture_from_its_first_sample() -> None:
    """A film that is faded in is heard at its picture's time, within what the card's blocks leave open."""
    room = Room()
    room.voice.fade(1.0, room.began + SECOND, SECOND)

    room.play(4)

    assert room.off_s(2.4) < 0.015
    assert loudness_of(room.heard(1)) == pytest.approx(0.5, abs=1e-3)
    assert roughest(room.card.heard) < SMOOTH


def test_sound_fades_with_the_picture() -> None:
    """Before the fade there is silence, in its middle half the power, after it all; and out it goes likewise."""
    room = Room()
    room.voice.fade(1.0, room.began + SECOND, 2 * SECOND)
    room.play(4)
    loudness = loudness_of(room.card.heard)
    begins = len(loudness) - 4 * RATE
    assert not loudness[: begins + RATE - 2000].any()
    middle = loudness[begins + 2 * RATE + 1024]
    assert middle == pytest.approx(0.5 * np.sqrt(0.5), abs=0.02)

    room.voice.end(room.clock.monotonic(), SECOND)
    room.play(1.5)

    assert roughest(room.card.heard) < SMOOTH
    assert not room.heard(0.2).any()


def test_one_film_gives_way_to_another_without_a_dip() -> None:
    """While one fades out and another in, their powers add up to one."""
    room = Room()
    other = room.add(Phasor(offset=0.25))
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    now = room.clock.monotonic() + SECOND // 2
    room.voice.end(now, SECOND)
    other.fade(1.0, now, SECOND)

    room.play(3)

    # A quarter of a turn apart, amplitudes add up as powers do.
    assert loudness_of(room.heard(4)) == pytest.approx(0.5, abs=0.01)


def test_a_late_decoder_makes_a_soft_hole() -> None:
    """When no sound is decoded for a while it goes out and comes back in step, without a click at either edge."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.source.written = 3 * RATE
    room.play(4)
    room.source.written = 1 << 40
    room.play(2)

    heard = loudness_of(room.card.heard)
    assert roughest(room.card.heard) < SMOOTH
    assert 0.8 * RATE < np.count_nonzero(heard[2 * RATE : 5 * RATE] < 0.01) < 1.3 * RATE
    assert room.off_s(1) < 0.015


def test_a_picture_that_stands_is_silent() -> None:
    """When somebody holds the film, nothing is repeated: it falls silent, and goes on where the picture does."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.paused_at = room.clock.monotonic() - room.began
    room.play(2)
    assert not room.heard(1.2).any()

    room.began, room.paused_at = room.clock.monotonic() - room.paused_at, None
    room.play(2)

    assert room.off_s(1) < 0.015
    assert roughest(room.card.heard) < SMOOTH


def test_a_screen_that_says_nothing_is_believed_for_three_seconds() -> None:
    """A screen that hangs may come back: for a moment sound goes on, then it falls silent."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.is_telling = False
    room.play(2.5)
    assert loudness_of(room.heard(0.5)).min() > 0.4

    room.play(2)

    assert not room.heard(1).any()
    assert roughest(room.card.heard) < SMOOTH


def test_a_seek_is_heard_at_once_and_softly() -> None:
    """After a leap forward of ten seconds and a third, the new place is heard with the next blocks."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.began -= 10 * SECOND + 333 * MILLISECOND

    room.play(1)

    assert room.off_s(0.7) < 0.015
    assert roughest(room.card.heard) < SMOOTH


def test_mute_takes_half_a_second_and_does_not_click() -> None:
    """In quiet times it falls silent, though blocks already wait in the queue; and afterwards it is there again, in step."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.mixer.mute(is_muted=True)
    room.play(1)
    assert not room.heard(0.2).any()
    room.mixer.mute(is_muted=False)

    room.play(1.5)

    assert loudness_of(room.heard(0.3)) == pytest.approx(0.5, abs=1e-3)
    assert roughest(room.card.heard) < SMOOTH
    assert room.off_s(0.3) < 0.015


def test_volume_and_loudness_multiply() -> None:
    """At half the volume and 6 dB more, the film is heard at an eighth of twice its amplitude."""
    room = Room(section=Sound(enabled=True, volume=50), gain_db=6.0206)
    room.voice.fade(1.0, room.began, 0)

    room.play(1)

    assert loudness_of(room.heard(0.5)) == pytest.approx(0.5 * 2 / 8, abs=1e-3)


def test_what_is_too_loud_is_cut_at_full_scale() -> None:
    """Two loud films at once never send more than full scale to the card."""
    room = Room(gain_db=6.0206)
    room.add(Phasor(), 6.0206).fade(1.0, room.began, 0)
    room.voice.fade(1.0, room.began, 0)

    room.play(1)

    assert np.abs(room.card.heard).max() == 1.0


def test_the_display_s_delay_holds_sound_back() -> None:
    """With `delay: 100ms` the ear gets what left for the display a tenth of a second before."""
    room = Room(section=Sound(enabled=True, delay=0.1))
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.began += 100 * MILLISECOND

    assert room.off_s() < 0.015


def test_no_sound_card_is_said_once_and_looked_for_ever_later(caplog: pytest.LogCaptureFixture) -> None:
    """Films go on in silence; attempts come after 1, 2, 4 … 60 s; when there is one, it plays in step at once."""
    caplog.set_level(logging.INFO)
    room = Room(failures=8)
    room.voice.fade(1.0, room.began, 0)

    room.play(200)

    gaps = np.diff(room.shop.attempts) / SECOND
    assert gaps == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60], abs=0.03)
    assert [record.message for record in caplog.records] == ["no sound", "sound again"]
    assert room.off_s() < 0.015


def test_a_card_that_is_unplugged_costs_sound_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """It is let go of and said once; the decoder is not kept waiting meanwhile; a new one plays on, in step."""
    caplog.set_level(logging.INFO)
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    first = room.card
    first.is_unplugged = True
    room.play(0.5)
    assert first.is_closed
    assert (room.mixer.heard().device, room.mixer.heard().why) == ("", "it is not there any more")
    assert room.source.freed > 2.3 * RATE

    room.play(3)

    assert room.card is not first
    assert room.mixer.heard().why == ""
    assert [record.message for record in caplog.records] == ["no sound", "sound again"]
    assert room.off_s() < 0.015
    assert roughest(room.card.heard) < SMOOTH


def test_a_card_that_stands_still_is_caught_up_with() -> None:
    """A card that takes nothing for a second plays what the picture shows once it goes on."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.card.stand_still(SECOND)

    room.play(3)

    assert abs(room.voice.course.off_s if room.voice.course else 1.0) < 0.01


def test_a_process_that_was_held_up_is_a_dropout_that_is_counted() -> None:
    """When nothing was sent for half a second, there is a hole, and sound goes on at the picture's place with a soft edge."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(2)
    room.clock.advance(SECOND // 2)
    hole = len(room.card.heard)

    room.play(1)

    assert room.mixer.heard().dropouts == 1
    assert room.off_s(0.9) < 0.015
    assert roughest(room.card.heard[hole - 100 :]) < SMOOTH


def test_without_sound_nothing_is_opened_and_no_decoder_waits() -> None:
    """Where sound is off no card is touched; what is decoded is let go of as the picture passes it."""
    room = Room(section=Sound(enabled=False))
    room.voice.fade(1.0, room.began, 0)

    room.play(3)

    assert not room.shop.attempts
    assert room.source.freed > 2.9 * RATE


def test_a_card_nobody_needs_is_let_go_of() -> None:
    """A minute after the last film has ended the card is closed; with the next one it is opened anew."""
    room = Room()
    room.voice.fade(1.0, room.began, 0)
    room.play(1)
    room.voice.end(room.clock.monotonic(), 0)
    room.play(1)
    first = room.card
    assert not first.is_closed
    room.clock.advance(IDLE)
    room.play(0.1)
    assert first.is_closed

    room.add(Phasor()).fade(1.0, room.clock.monotonic(), 0)
    room.play(1)

    assert room.card is not first
    assert loudness_of(room.heard(0.3)) == pytest.approx(0.5, abs=1e-3)
