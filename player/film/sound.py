"""Everything that is heard: the voices of all films, mixed, on one sound card, by a thread of its own.

The card is optional and late, as every service is: without one the films go on in silence, it is said once, and looked for again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from player import log
from player.clock import Clock
from player.errors import OperatorError, WorkerError
from player.film.device import Loudspeaker, open_loudspeaker
from player.film.gain import FULL, MUTE, Fader, volume
from player.film.limits import SOUND_RATE
from player.film.section import Sound as Section
from player.film.voice import BLOCK, Sound, Voice
from player.units import MILLISECOND, SECOND, Nanos, nanos

DEPTH: Final = 6 * BLOCK  # samples waiting in the card's queue, 120 ms: longer than this process is ever kept from running
TICK: Final[Nanos] = 20 * MILLISECOND
IDLE: Final[Nanos] = 60 * SECOND  # without a film; then the card is let go of, so that the amplifier may sleep
FIRST_RETRY: Final[Nanos] = SECOND
LAST_RETRY: Final[Nanos] = 60 * SECOND
STOPPED_WITHIN_S: Final = 5.0  # seconds; a driver that hangs is not waited for longer

_log = log.get("film")


@dataclass(frozen=True, slots=True)
class Heard:
    """How sound is doing, for `status`."""

    device: str
    """What it is heard on; empty where there is none."""
    dropouts: int
    """How often the card ran dry."""
    off_s: float
    """How far the sound that is furthest off is ahead of its picture; behind it, below 0."""
    trend: float
    """By how much the card is too fast, as a share."""
    why: str = ""
    """Why there is no device where one was needed; empty: there is one, or nobody needed it yet."""


class Mixer:
    """Plays voices. Start it once; `add`, `mute` and `heard` may be used from any thread."""

    def __init__(self, section: Section, *, clock: Clock, opener: Callable[[str], Loudspeaker] = open_loudspeaker) -> None:
        """Nothing is opened before the first voice comes; never, where sound is not enabled."""
        self._section = section
        self._clock = clock
        self._open = opener
        self._volume = volume(section.volume)
        self._later = nanos(section.delay)
        self._lock = threading.Lock()
        self._voices: tuple[Voice, ...] = ()
        self._mute = Fader(FULL)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._device: Loudspeaker | None = None
        self._absent = log.Edge(_log, begins="no sound", ends="sound again")
        self._retry, self._wait = 0, FIRST_RETRY
        self._idle_since: Nanos | None = None
        self._is_sounding = False
        self._dropouts = 0
        self._why = ""

    def start(self) -> None:
        """Begin to play."""
        self._thread = threading.Thread(target=self._run, name="sound")
        self._thread.start()

    def stop(self) -> None:
        """Fall silent and let go of the card.

        Raises:
            WorkerError: the driver hangs; the thread goes on as soon as it answers.
        """
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOPPED_WITHIN_S)
            if self._thread.is_alive():
                raise WorkerError("the sound card's driver does not answer")

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs: without it no decoder is told to go on."""
        return self._thread is not None and self._thread.is_alive()

    def add(self, voice: Voice) -> None:
        """Play *voice* from now on until it is over; its own level says how loud."""
        with self._lock:
            self._voices = (*self._voices, voice)

    def mute(self, *, is_muted: bool) -> None:
        """Fall silent, or speak again, within half a second."""
        self._mute.turn(0.0 if is_muted else 1.0, self._clock.monotonic(), MUTE)

    def heard(self) -> Heard:
        """Return how it is doing."""
        device = self._device
        courses = [voice.course for voice in self._voices]
        worst = max((each for each in courses if each), key=lambda course: abs(course.off_s), default=None)
        off_s, trend = (worst.off_s, worst.trend) if worst else (0.0, 0.0)
        return Heard(device.name if device else "", self._dropouts, off_s, trend, "" if device else self._why)

    def step(self) -> None:
        """Do what is due now; the thread does it every 20 ms."""
        now = self._clock.monotonic()
        device = self._ready(now)
        if device is None:
            self._is_sounding = False
            for voice in self._voices:
                voice.skip(now)
            self._forget(now)
            return
        queued = device.queued()
        is_dry = queued == 0
        self._dropouts += is_dry and self._is_sounding
        while queued < DEPTH:
            heard_at = now + (queued + device.latency) * SECOND // SOUND_RATE
            mixed = self._mixed(heard_at, is_free=is_dry)
            self._forget(heard_at)
            self._is_sounding = mixed is not None
            if mixed is None:
                return
            device.push(mixed)
            queued, is_dry = queued + BLOCK, False

    def _run(self) -> None:
        try:
            while not self._clock.wait(self._stopped, TICK):
                self.step()
        finally:
            self._close()

    def _mixed(self, heard_at: Nanos, *, is_free: bool) -> Sound | None:
        """Return the next block of everything; None for silence."""
        factors = self._mute.block(heard_at, BLOCK, rate=SOUND_RATE) * np.float32(self._volume)
        blocks = [voice.block(heard_at, later=self._later, is_free=is_free) for voice in self._voices]
        sounding = [block for block in blocks if block is not None]
        if not sounding:
            return None
        return np.clip(np.sum(sounding, axis=0, dtype=np.float32) * factors[:, None], -1.0, 1.0)

    def _forget(self, t: Nanos) -> None:
        over = {voice for voice in self._voices if voice.is_over(t)}
        if over:
            with self._lock:
                self._voices = tuple(voice for voice in self._voices if voice not in over)

    def _ready(self, now: Nanos) -> Loudspeaker | None:
        """Return the card, opened when it is needed; None when there is nothing to do, or nothing to do it on."""
        if self._voices:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        if self._device is not None and not self._device.is_there():
            self._close()
            self._lose(now, "it is not there any more")
        is_idle = self._idle_since is not None and (self._device is None or now - self._idle_since >= IDLE)
        if self._section.enabled is False or is_idle:
            self._close()
            return None
        if self._device is None and now >= self._retry:
            try:
                self._device = self._open(self._section.device)
            except OperatorError as error:
                self._lose(now, str(error))
            else:
                self._wait, self._why = FIRST_RETRY, ""
                self._absent.note("card", holds=False, device=self._device.name)
        return self._device

    def _lose(self, now: Nanos, why: str) -> None:
        """Say once that there is no card, and look for it later and later."""
        self._why = why
        self._absent.note("card", holds=True, device=self._section.device, why=why)
        self._retry, self._wait = now + self._wait, min(2 * self._wait, LAST_RETRY)

    def _close(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None
