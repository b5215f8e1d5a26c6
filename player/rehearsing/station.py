"""A station: sends a drawn ceremony as HLS, into a folder that a web server gives out, and does what goes wrong with stations.

It decides nothing by itself and waits for nobody: told the time by its clock, it does what is due.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from player.clock import Clock
from player.errors import OperatorError
from player.filming.coder import FAULTS
from player.filming.fragments import Fragments
from player.filming.ribbon import Ribbon
from player.filming.voice import RATE, Samples
from player.rehearsing.easel import Easel
from player.units import SECOND, Nanos

PLAYLIST: Final = "live.m3u8"
FPS: Final = 15
EVERY: Final[Nanos] = SECOND // FPS
PITCH_HZ: Final = 440.0
TONE_S: Final = 0.12  # of each second; it swells and fades, for nothing clicks at a memorial
LOUD: Final = 0.1  # of full scale: as soft as speech is
KEPT: Final = 20  # files: whoever has just read the playlist may still ask for what has left it
_OVER: Final = "#EXT-X-ENDLIST\n"


class Station:
    """Sends from the beginning on, until it is stopped."""

    def __init__(self, folder: Path, easel: Easel, clock: Clock, *, has_sound: bool = False) -> None:
        """Send into the *folder* what *easel* draws; with a soft tone as each second begins, where it *has_sound*.

        Raises:
            OperatorError: it cannot be encoded.
        """
        self._folder, self._easel, self._clock = folder, easel, clock
        self._ribbon = Ribbon(epoch=1)
        self._began = self._next = clock.monotonic()
        self._files: list[Path] = []
        self.is_sending = True
        try:
            self._fragments = Fragments(easel.size, FPS, has_sound=has_sound)
        except FAULTS as error:
            raise OperatorError(f"nothing can be sent here: {error}") from error

    def step(self) -> Nanos:
        """Send what is due; return how long nothing is.

        Raises:
            OperatorError: it cannot be encoded, or written.
        """
        now = self._clock.monotonic()
        if not self.is_sending:
            return EVERY
        if self._next <= now:
            elapsed = self._next - self._began
            words = f"A ceremony {elapsed // SECOND // 60}:{elapsed // SECOND % 60:02}"
            picture = self._easel.picture(words, elapsed)
            try:
                while self._next <= now:  # on a machine that is late one picture stands for several: the stream keeps its time
                    self._fragments.say(tone(self._next - self._began))
                    self._next += EVERY
                    for piece in self._fragments.add(picture):
                        self._ribbon.add(self._fragments.start, piece)
                        self._publish()
            except FAULTS as error:
                raise OperatorError(f"the ceremony cannot be sent on: {error}") from error
        return max(0, self._next - self._clock.monotonic())

    def stop(self) -> None:
        """Send nothing more, and say nothing of it: a cable was pulled."""
        self.is_sending = False

    def go_on(self) -> None:
        """Send again, what is now: what was missed is lost."""
        if not self.is_sending:
            self.is_sending = True
            self._next = self._clock.monotonic()

    def end(self) -> None:
        """Say that it is over.

        Raises:
            OperatorError: it cannot be written.
        """
        self.stop()
        try:
            self._write(self._ribbon.playlist + _OVER)
        except OSError as error:
            raise OperatorError(f"the ceremony cannot be ended: {error}") from error

    def close(self) -> None:
        """Let go of it."""
        self._fragments.close()

    def _publish(self) -> None:
        playlist = self._ribbon.playlist
        if not playlist:
            return
        names = [line.split('"')[1] if '"' in line else line for line in playlist.splitlines() if "MAP" in line or line[0] != "#"]
        for file in (self._folder / name for name in names):
            if file not in self._files:
                file.write_bytes(self._ribbon.part(file.name))
                self._files.append(file)
        self._write(playlist)
        while len(self._files) > KEPT:
            self._files.pop(1).unlink(missing_ok=True)  # the first one is what every piece needs before it

    def _write(self, playlist: str) -> None:
        """Write it in one step: nobody may read half of it."""
        half = self._folder / f".{PLAYLIST}"
        half.write_text(playlist, "ascii")
        half.replace(self._folder / PLAYLIST)


def tone(at: Nanos) -> Samples:
    """Return what is heard while the picture of an instant is up: a soft tone as a second begins, when its number changes."""
    t = (np.arange(RATE // FPS) / RATE) + at / SECOND
    since = t % 1
    wave = LOUD * np.sin(2 * np.pi * PITCH_HZ * t) * np.sin(np.pi * np.clip(since / TONE_S, 0, 1))
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)
