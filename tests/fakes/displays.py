"""Displays that are arrays: plugged in and pulled out by a test, which sees what is on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from player.errors import OperatorError
from player.output.homography import Floats
from player.output.runs import TILES
from player.render.protocol import Image
from player.screen.displays import Found
from player.screen.edid import BLOCK
from player.screen.keyboard import Key
from player.screen.panes import STIRRED, Stirred
from player.screen.window import Pressed
from player.units import Size

BARE: Final = 77
"""What a display shows that no window covers: a desktop, which nobody shall see."""
SIZE: Final = Size(320, 180)
FULL_HD: Final = Size(1920, 1080)
_TEXT: Final = 13  # letters of a descriptor


def edid(
    *,
    maker: str = "EPS",
    product: int = 0xA04F,
    number: int = 0,
    name: str | None = "EPSON PJ",
    serial: str | None = "X4Z1",
    size: Size | None = FULL_HD,
    flags: int = 0,
) -> bytes:
    """Return an EDID with a right checksum."""
    made = bytearray(BLOCK)
    made[:8] = bytes.fromhex("00ffffffffffff00")
    packed = sum((ord(letter) - 64) << shift for letter, shift in zip(maker, (10, 5, 0), strict=True))
    made[8:10] = packed.to_bytes(2, "big")
    made[10:12] = product.to_bytes(2, "little")
    made[12:16] = number.to_bytes(4, "little")
    made[18:20] = (1, 4)
    if size:
        made[54:56] = (0x02, 0x3A)
        made[56], made[58] = size.width & 255, size.width >> 8 << 4
        made[59], made[61] = size.height & 255, size.height >> 8 << 4
        made[71] = flags
    for at, tag, text in ((72, 0xFC, name), (90, 0xFF, serial)):
        if text is not None:
            made[at : at + 18] = bytes((0, 0, 0, tag, 0)) + text.encode("latin-1")[:_TEXT].ljust(_TEXT, b"\x20")
            if len(text) < _TEXT:
                made[at + 5 + len(text)] = 0x0A
    made[127] = -sum(made) % 256
    return bytes(made)


def display(index: int, *, serial: str = "", size: Size = SIZE, name: str = "EPSON PJ", left: int = 0) -> Found:
    """Return a display on its own socket."""
    return Found(index, name, serial, size, left, 0, 50.0, f"HDMI-{index + 1}")


class FakePane:
    """A window as an array."""

    def __init__(self, panes: FakePanes, found: Found) -> None:
        self.found = found
        self.size = found.size
        self.is_sound = True
        self.is_open = True
        self.shown: Image | None = None
        """What was flipped last."""
        self.flips = 0
        self.has_focus = False
        self.is_broken = False
        """Whether it cannot be flipped any more."""
        self._panes = panes
        self.memory: Image = np.full((found.size.height, found.size.width + 3, 4), BARE, np.uint8)[:, :-3]

    @property
    def fits(self) -> bool:
        """Whether it has the size that counts."""
        return self.pixels() is not None

    def accept(self) -> None:
        """Let its own size count."""
        self.size = Size(self.memory.shape[1], self.memory.shape[0])

    def pixels(self) -> Image | None:
        """Return memory with padded rows, as windows have it; None when SDL made the window another size."""
        return self.memory if self.memory.shape[:2] == (self.size.height, self.size.width) else None

    def flip(self) -> None:
        """Show it."""
        assert self.is_open
        if self.is_broken:
            raise OperatorError("the window is gone")
        self._panes.flips.append(self.found.socket)
        self.shown = self.memory.copy()
        self.flips += 1

    def focus(self) -> None:
        """Take the keyboard."""
        for pane in self._panes.windows:
            pane.has_focus = pane is self

    def close(self) -> None:
        """Be gone."""
        assert self.is_open
        self.is_open = False
        if self in self._panes.windows:
            self._panes.windows.remove(self)


class FakePanes:
    """A machine's displays."""

    def __init__(self, displays: Sequence[Found] = ()) -> None:
        self.there = list(displays)
        self.windows: list[FakePane] = []
        """Those that are open, the topmost last."""
        self.flips: list[str] = []
        """The sockets whose windows were flipped, in order."""
        self.presses: list[Pressed | Key | Stirred] = []
        self.refused: set[str] = set()
        """Sockets that no window can be opened on."""
        self.looks = 0
        self.repeats = False
        """Whether keys that are held are told again and again."""
        self.is_open = True

    def look(self) -> tuple[Found, ...]:
        """Return what is plugged in, numbered anew."""
        self.looks += 1
        return tuple(replace(each, index=i) for i, each in enumerate(self.there))

    def open(self, found: Found) -> FakePane:
        """Open a window with rubbish in it."""
        if found.socket in self.refused:
            raise OperatorError("no window can be opened")
        pane = FakePane(self, found)
        self.windows.append(pane)
        return pane

    def happened(self) -> Iterator[Pressed | Key | Stirred]:
        """Yield what the test pressed."""
        presses, self.presses = self.presses, []
        return iter(presses)

    def repeat_keys(self, *, on: bool) -> None:
        """Take note."""
        self.repeats = on

    def close(self) -> None:
        """Let the displays go."""
        assert not self.windows, "windows are left open"
        self.is_open = False

    # What a test does

    def plug(self, found: Found) -> None:
        """Connect a display."""
        self.there.append(found)

    def pull(self, socket: str) -> Found:
        """Pull out a cable."""
        found = next(each for each in self.there if each.socket == socket)
        self.there.remove(found)
        return found

    def resize(self, socket: str, size: Size) -> None:
        """Give a display another size."""
        self.there = [replace(each, size=size) if each.socket == socket else each for each in self.there]

    def stir(self) -> None:
        """Have the windows hear that something changed."""
        self.presses.append(STIRRED)

    def window(self, socket: str) -> FakePane:
        """Return the topmost window on a display."""
        return next(pane for pane in reversed(self.windows) if pane.found.socket == socket)

    def seen(self, socket: str) -> Image | None:
        """Return what is seen on a display; None: no window has shown anything there."""
        return next((pane.shown for pane in reversed(self.windows) if pane.found.socket == socket), None)


class FlatPainter:
    """Draws one colour, and knows in which light."""

    def __init__(self, tiles: float = 0.5) -> None:
        self.tiles = tiles
        """The light of its picture, linear."""
        self.drawn: list[tuple[float, float]] = []
        """Gain and dim of each frame."""
        self.canvas: Image | None = None
        self.is_open = True
        self.wiped = 0

    def finish(self, canvas: Image, out: Image, gain: float = 1.0, *, dim: float = 1.0) -> Floats:
        """Fill *out* with the light."""
        assert self.is_open
        self.drawn.append((gain, dim))
        self.canvas = canvas
        out[...] = round(255 * gain * dim)
        return np.full((TILES, TILES, 3), self.tiles * gain * dim, np.float32)

    def wipe(self) -> None:
        """Forget."""
        self.wiped += 1

    def close(self) -> None:
        """Be gone."""
        self.is_open = False
