"""Keeping sound with the picture over hours, on cards whose clocks are off."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from player.film.drift import FAR_S, MOST, Course, begun, followed

RATE = 48_000
BLOCK = 2400  # samples, 50 ms: the controller is the same at any length, and two hours of it take half a second


@dataclass
class Hours:
    """A film, a card and a thread that keeps its queue filled: numbers alone, no sound."""

    ppm: float
    chunk: int = 1024
    now: float = 0.0
    pushed: float = 0.0  # samples
    course: Course | None = None
    ahead: float = 0.0  # seconds that the picture was moved by seeks
    leaps: int = 0
    worst: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def play(self, seconds: float, *, settle: float = 0.0) -> None:
        """Play on; how far off it is counts after *settle* seconds, as it is heard and not as it is reckoned."""
        real = RATE * (1 + self.ppm * 1e-6)
        end, counts = self.now + seconds, self.now + settle
        while self.now < end:
            self.now += BLOCK / RATE + self.chance.uniform(-0.008, 0.008)
            taken = int(self.now * real / self.chunk) * self.chunk
            is_dry = self.pushed <= taken
            if is_dry:
                self.pushed = taken
                self.course = None if self.course is None else begun(0.0, self.course.trend)
            while self.pushed - taken < 3 * BLOCK:
                reckoned = self.now + (self.pushed - taken + 1.5 * self.chunk) / RATE
                wanted = (reckoned + self.ahead) * RATE
                is_new = self.course is None or is_dry
                trend = self.course.trend if self.course else 0.0
                self.course = begun(wanted, trend) if is_new or not self.course else followed(self.course, wanted, BLOCK)
                is_dry = False
                self.leaps += self.course.leapt
                heard = (self.pushed + 2 * self.chunk) / real
                if self.now > counts:
                    self.worst = max(self.worst, abs(self.course.position / RATE - heard - self.ahead))
                self.pushed += BLOCK


@pytest.mark.parametrize("ppm", [-200, 200])
def test_over_two_hours_sound_stays_within_40_ms_of_the_picture(ppm: float) -> None:
    """With a clock 200 parts in a million off, late threads, underruns and a seek: never further off."""
    hours = Hours(ppm)
    for part in range(6):
        hours.play(1200, settle=0.5)
        if part == 2:
            hours.ahead += 600  # somebody goes on ten minutes later
        else:
            hours.now += 0.4  # the machine stands still, and the card runs dry
    assert hours.worst < 0.040
    assert hours.leaps == 1 + 4 + 1  # the beginning, four times dry, the seek
    assert hours.course is not None
    assert hours.course.trend == pytest.approx(ppm * 1e-6, abs=2e-5)


def test_a_seek_leaps_at_once() -> None:
    """When the picture moves by more than 0.2 s, the next block is there."""
    course = begun(0.0)
    for block in range(1, 50):
        course = followed(course, block * BLOCK, BLOCK)

    leapt = followed(course, 50 * BLOCK + 0.3 * RATE, BLOCK)

    assert leapt.leapt
    assert leapt.position == 50 * BLOCK + 0.3 * RATE


def test_a_lasting_lag_leaps_as_well() -> None:
    """What is further off than 35 ms for two seconds is too far for speed alone, and leaps although it is less than 0.2 s."""
    course, blocks = begun(0.0), 0
    while not (blocks and course.leapt):
        blocks += 1
        course = followed(course, blocks * BLOCK + 0.15 * RATE, BLOCK)

    assert 2 < blocks * BLOCK / RATE < 5


@pytest.mark.parametrize("off_s", [0.02, -0.02, FAR_S - 0.001])
def test_speed_never_differs_by_more_than_half_a_per_cent(off_s: float) -> None:
    """However far off sound is, nobody hears another pitch; and the speed glides."""
    course, before = begun(0.0), 1.0
    for block in range(1, 400):
        course = followed(course, block * BLOCK - off_s * RATE, BLOCK)
        assert abs(course.ratio - 1) <= MOST + 1e-9
        if not course.leapt:
            assert abs(course.ratio - before) <= 0.001 * BLOCK / RATE + 1e-9
        before = course.ratio


def test_a_small_lag_is_caught_up_without_a_leap() -> None:
    """20 ms behind is mended by speed alone within two minutes, and it does not swing to the other side."""
    course, least = begun(0.0), 0.0
    wanted = 0.02 * RATE
    for _ in range(2400):
        wanted += BLOCK
        course = followed(course, wanted, BLOCK)
        assert not course.leapt
        least = max(least, (course.position - wanted) / RATE)

    assert abs(course.position - wanted) / RATE < 0.001
    assert least < 0.004
