"""Pictures from the screen to whoever encodes them, by memory that both see: no file, no queue, and nobody waits for anybody.

The encoder makes the memory, writes into it how long it wants pictures, and reads; the screen writes pictures into its three
slots in turn. It is gone with both of them. Whenever somebody is withdrawn the screen blackens all slots and counts the era up:
whatever was made of pictures of an older era is to be thrown away.
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.protocol import Image
from player.units import SECOND, Nanos, Size

SLOTS: Final = 3  # one is read, one is whole, one is written
WIDEST: Final = 2560  # pixels; a wall twice as wide as a television is still as high as was asked for
HIGHEST: Final = 1080
MARK: Final = 0x77_65_72_65_6D_01  # what this memory is, and how it is laid out
SILENT_FOR: Final[Nanos] = 3 * SECOND  # after that nobody knows what is on the wall
_HEAD: Final = 4096  # bytes: a page
_SLOT: Final = WIDEST * HIGHEST * 4
SIZE: Final = _HEAD + SLOTS * _SLOT  # bytes; what is never touched is never there
_PARTS: Final = 1_000_000  # of light


class _Field(IntEnum):
    MARK = 0
    HEIGHT = 1
    EVERY = 2
    WANTED_UNTIL = 3
    """By the encoder; monotonic, which is one clock for all processes of a machine."""
    ALIVE_AT = 8
    """By the screen, from here on."""
    ERA = 9
    NUMBER = 10
    """Of the newest whole picture; 0: none."""
    FIRST = 16
    """Of the slots: width, height, light."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it was handed over."""

    number: int
    era: int
    image: Image
    """BGRA, a copy."""
    light: float
    """How bright it is to be, 0 to 1."""


class Memory:
    """The memory, as one side of it holds it."""

    def __init__(self, descriptor: int) -> None:
        """Map *descriptor*, which may be closed afterwards.

        Raises:
            ValueError: it is no such memory.
            OSError: it cannot be mapped.
        """
        self._map = mmap.mmap(descriptor, SIZE)
        self._head: NDArray[np.int64] = np.frombuffer(self._map, np.int64, _HEAD // 8)
        if self._head[_Field.MARK] != MARK:
            raise ValueError("this is no memory for pictures")

    # The encoder's side

    @staticmethod
    def made(height: int, every: Nanos) -> int:
        """Return the descriptor of new memory for pictures *height* pixels high at most, one *every* so often."""
        descriptor = os.memfd_create("weremember-pictures", os.MFD_CLOEXEC)
        os.truncate(descriptor, SIZE)
        head = np.zeros(_HEAD // 8, np.int64)
        head[_Field.MARK], head[_Field.HEIGHT], head[_Field.EVERY] = MARK, height, every
        os.pwrite(descriptor, head.tobytes(), 0)
        return descriptor

    def want(self, until: Nanos) -> None:
        """Ask for pictures up to an instant (monotonic)."""
        self._head[_Field.WANTED_UNTIL] = until

    def is_silent(self, now: Nanos) -> bool:
        """Whether the screen has not said for a while that what is here is on the wall."""
        return now - int(self._head[_Field.ALIVE_AT]) > SILENT_FOR

    @property
    def era(self) -> int:
        """How often everything was to be thrown away."""
        return int(self._head[_Field.ERA])

    def newest(self, after: int) -> Shown | None:
        """Return the newest picture, if it came *after* the one of that number, and whole."""
        era, number = self.era, int(self._head[_Field.NUMBER])
        if number in {0, after}:
            return None
        width, height, light = (int(each) for each in self._head[self._at(number) : self._at(number) + 3])
        if not (0 < width <= WIDEST and 0 < height <= HIGHEST):
            return None
        image = self._slot(number, Size(width, height)).copy()
        if int(self._head[_Field.NUMBER]) - number >= SLOTS - 1 or self.era != era:
            return None  # written over meanwhile, or to be thrown away
        return Shown(number, era, image, light / _PARTS)

    # The screen's side

    def is_wanted(self, now: Nanos) -> bool:
        """Whether anybody wants pictures."""
        return now < int(self._head[_Field.WANTED_UNTIL])

    @property
    def is_empty(self) -> bool:
        """Whether no picture was handed over yet."""
        return not self._head[_Field.NUMBER]

    @property
    def every(self) -> Nanos:
        """How far pictures are to be apart."""
        return int(self._head[_Field.EVERY])

    def beat(self, now: Nanos) -> None:
        """Say that what was put last is on the wall."""
        self._head[_Field.ALIVE_AT] = now

    def put(self, canvas: Image, light: float) -> None:
        """Hand over a *canvas*, BGRA, made as small as is wanted; 720p takes one or two milliseconds."""
        size = fitted(Size(canvas.shape[1], canvas.shape[0]), int(self._head[_Field.HEIGHT]))
        number = int(self._head[_Field.NUMBER]) + 1
        # Not INTER_AREA, though that would be finer for 4K: it takes 20 ms there, and a frame has 16.
        cv2.resize(canvas, size, dst=self._slot(number, size), interpolation=cv2.INTER_LINEAR)
        self._head[self._at(number) : self._at(number) + 3] = *size, round(light * _PARTS)
        self._head[_Field.NUMBER] = number

    def wipe(self) -> None:
        """Blacken every picture, and let whatever was made of them be thrown away."""
        number = int(self._head[_Field.NUMBER])
        for each in range(number, max(0, number - SLOTS), -1):
            width, height = (int(side) for side in self._head[self._at(each) : self._at(each) + 2])
            self._slot(each, Size(width, height)).fill(0)
        self._head[_Field.ERA] += 1

    def _at(self, number: int) -> int:
        return _Field.FIRST + number % SLOTS * 4

    def _slot(self, number: int, size: Size) -> Image:
        start = _HEAD + number % SLOTS * _SLOT
        flat = np.frombuffer(self._map, np.uint8, size.width * size.height * 4, start)
        return flat.reshape(size.height, size.width, 4)


def fitted(canvas: Size, height: int) -> Size:
    """Return the size of a stream's picture: as high as that, where the canvas has so many pixels; both sides even."""
    by = min(1.0, height / canvas.height, WIDEST / canvas.width)
    return Size(*(max(2, round(side * by / 2) * 2) for side in canvas))
