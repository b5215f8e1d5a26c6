"""Windows: where canvases are presented. No cursor, no screen saver, no branding; headless where there is no display."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, cast

import numpy as np

from player.errors import OperatorError
from player.output.display import Turn, canvas_for, present
from player.output.light import dim
from player.render.protocol import Image
from player.screen.keyboard import Key, key_of
from player.units import Nanos, Size

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every log
import pygame

if TYPE_CHECKING:
    from player.output.section import Output  # the plate is up sooner without what reads configuration

HEADLESS: Final = Size(1920, 1080)  # what is presented where nobody asked for a size and no display has one
RendererName: TypeAlias = Literal["auto", "cpu", "gl"]
USUAL_FPS: Final = 60.0
TRY_AGAIN: Final = (
    100  # looks, so about every six seconds: the display that is not ready may be switched on later than the machine
)
_NOTHING: Final = "neither X11, Wayland nor a console that may be drawn on"
_UNSEEN: Final = frozenset({"dummy", "offscreen"})  # what SDL takes when there is nothing better: nobody would see it
_CENTRED_ON: Final = 0x2FFF0000  # SDL_WINDOWPOS_CENTERED_DISPLAY(n) in SDL_video.h is this plus n


WINDOW_AT: Final = "WEREMEMBER_WINDOW_AT"
"""In the environment, `X,Y`: where the upper left corner of a window is. For several players on one display."""
_CORNER: Final = re.compile(r"(\d{1,5}),(\d{1,5})", re.ASCII)


class Pressed(Enum):
    """What happened at the window."""

    ESCAPE = auto()
    CLOSE = auto()
    RESIZED = auto()
    """Not a person: the display has another size now."""


class Window(Protocol):
    """Where pictures go."""

    @property
    def canvas(self) -> Size:
        """The size of what is drawn, before it is rotated."""
        ...

    @property
    def fps(self) -> float:
        """How many pictures a second it can show."""
        ...

    def memory(self) -> Image | None:
        """Return what the next canvas may be drawn into to save a copy, BGRA, good until it is presented; None: nothing."""
        ...

    @property
    def again_at(self) -> Nanos | None:
        """When the canvas is to be drawn again though it stands still (monotonic; 0: now; None: never)."""
        ...

    def draw(self, image: Image, light: float) -> None:
        """Do everything that a BGRA canvas needs to be shown, as bright as *light* says, 0 to 1 as it looks; at 0 it is black.

        Nobody sees it before `flip`. What was taken from `memory` is the window's again.
        """
        ...

    def flip(self) -> None:
        """Show what was drawn."""
        ...

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what happened since the last call."""
        ...

    def close(self) -> None:
        """Take it off the display."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a window is to be: the display settings, as the window sees them."""

    output: int | None = None
    fullscreen: bool = True
    size: Size | None = None
    fps: float | None = None
    rotate: Turn = 0
    renderer: RendererName = "auto"
    outputs: tuple[Output, ...] = ()
    """Several displays, or slices of them; none: one display, which shows the canvas as it is."""
    canvas: Size | None = None
    """Of several outputs, where it is written."""
    cap: float | None = None
    """The greatest mean light of a picture, 0 to 1."""
    data: Path | None = None
    """The data folder, where outputs are kept as they were mapped by hand."""
    notes: Path | None = field(default=None, compare=False)
    """The data folder, where it is noted how graphics cards did."""


class Headless:
    """No display: pictures are made, and seen in the preview alone."""

    def __init__(self, wanted: Wanted, *, tries_again: bool = False) -> None:
        """Be there until there is a display; *tries_again* looks for one now and then."""
        self.canvas = canvas_for(wanted.size or HEADLESS, wanted.rotate)
        self.again_at: Nanos | None = None
        self.fps = wanted.fps or USUAL_FPS
        self._tries_again = tries_again
        self._looks = 0

    def memory(self) -> None:
        """There is no display's memory to draw into."""

    def draw(self, image: Image, light: float) -> None:
        """Take the picture as drawn."""

    def flip(self) -> None:
        """Take it as shown."""

    def pressed(self) -> Iterator[Pressed | Key]:
        """Nobody can press anything; but a display may have come."""
        self._looks += 1
        if self._tries_again and self._looks % TRY_AGAIN == 0 and has_display():
            yield Pressed.RESIZED

    def close(self) -> None:
        """There is nothing to take away."""


class DesktopWindow:
    """A window of SDL's, on the display that was asked for."""

    def __init__(self, wanted: Wanted) -> None:
        sizes = pygame.display.get_desktop_sizes()
        if wanted.output is not None and wanted.output >= len(sizes):
            raise OperatorError(f"display.output: there is no display {wanted.output}; there are {len(sizes)}, counted from 0")
        index = wanted.output or 0
        size = Size(*(sizes[index] if wanted.fullscreen else wanted.size or _three_quarters(Size(*sizes[index]))))
        self._window = pygame.Window(
            "We Remember",
            size,
            _corner() or (_CENTRED_ON | index, _CENTRED_ON | index),
            fullscreen_desktop=wanted.fullscreen,
        )
        icon = pygame.Surface((32, 32))
        icon.fill((11, 11, 13))
        self._window.set_icon(icon)  # SDL would put its maker's
        pygame.mouse.set_visible(False)
        self._rotate: Turn = wanted.rotate
        self._size = Size(*self._window.get_surface().get_size())
        self._mapped: Image | None = None
        self.canvas = canvas_for(self._size, wanted.rotate)
        self.again_at: Nanos | None = None
        self.fps = wanted.fps or _rate(index)

    def memory(self) -> Image | None:
        """Return the window's own memory, unless the canvas is to be turned on its way there."""
        self._mapped = None if self._rotate else self._pixels()
        return self._mapped

    def draw(self, image: Image, light: float) -> None:
        """Bring the canvas into the window's memory; nothing is copied when it was drawn there."""
        pixels = self._pixels()
        if pixels is not None:
            if image is not self._mapped:
                present(image, pixels, self._rotate)
            dim(pixels, light)
        self._mapped = None

    def flip(self) -> None:
        """Show the window's memory, if it has the canvas's size still."""
        if self._pixels() is not None:
            self._window.flip()

    def _pixels(self) -> Image | None:
        """Return a view of the window's memory, a fresh one at each call: SDL takes another when the size changes.

        None when it has another size than the canvas: then the window is about to be opened anew.
        """
        surface = self._window.get_surface()
        width, height = surface.get_size()
        if (width, height) != self._size:
            return None
        memory = cast("memoryview", surface.get_buffer())  # as good as one, though pygame does not declare it
        rows: Image = np.frombuffer(memory, np.uint8).reshape(height, surface.get_pitch())
        return rows[:, : width * 4].reshape(height, width, 4)

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield keys, presses of the window's close button, and changes of its size."""
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                yield Pressed.ESCAPE
            elif event.type == pygame.KEYDOWN:
                yield from key_of(event)
            elif event.type in {pygame.QUIT, pygame.WINDOWCLOSE}:
                yield Pressed.CLOSE
            elif event.type == pygame.WINDOWSIZECHANGED and self._window.get_surface().get_size() != self._size:
                yield Pressed.RESIZED

    def close(self) -> None:
        """Take the window away."""
        self._window.destroy()


def open_window(wanted: Wanted) -> tuple[Window, str]:
    """Open a window, or go headless; return it, and why there is none (empty when there is).

    Raises:
        OperatorError: a display was asked for that is not there.
    """
    os.environ.setdefault("SDL_RENDER_VSYNC", "1")
    os.environ.setdefault("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "1")
    if not _has_place():
        return Headless(wanted), _NOTHING
    try:
        pygame.display.init()
        if pygame.display.get_driver() in _UNSEEN:
            pygame.display.quit()
            return Headless(wanted), _NOTHING
        if not any(Path("/dev/dri").glob("renderD*")):
            flip_by_copying()
        pygame.display.set_allow_screensaver(False)
        return DesktopWindow(wanted), ""
    except pygame.error as error:
        return Headless(wanted, tries_again=True), str(error)


def flip_by_copying() -> None:
    """Have SDL copy what the CPU has drawn by itself, to windows that are opened from now on: software GL takes 14 ms for it.

    On X alone: elsewhere SDL has no other way to the display.
    """
    if pygame.display.get_driver() == "x11":
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")


def describe_display() -> str:
    """Say which displays there are, without opening a window."""
    try:
        driver, sizes = _displays()
    except pygame.error as error:
        return f"none ({error}): the player would run without one, its picture in preview.jpg"
    return f"{driver}, " + ", ".join(f"{number}: {width}x{height}" for number, (width, height) in enumerate(sizes))


def _corner() -> tuple[int, int] | None:
    """Return where a window is to be, if anybody says so."""
    found = _CORNER.fullmatch(os.environ.get(WINDOW_AT, ""))
    return (int(found[1]), int(found[2])) if found else None


def has_display() -> bool:
    """Whether there is a display that anybody could see."""
    try:
        _displays()
    except pygame.error:
        return False
    return True


def _displays() -> tuple[str, list[tuple[int, int]]]:
    """Return SDL's driver and the size of each display; pygame.error when nobody could see any."""
    if not _has_place():
        raise pygame.error(_NOTHING)
    pygame.display.init()
    try:
        driver = pygame.display.get_driver()
        if driver in _UNSEEN:
            raise pygame.error(_NOTHING)
        return driver, pygame.display.get_desktop_sizes()
    finally:
        pygame.display.quit()


def _has_place() -> bool:
    """Whether SDL has anywhere to look: asked in vain it takes its time and writes to the terminal."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))
    return named or any(Path("/dev/dri").glob("card*"))


def _three_quarters(display: Size) -> Size:
    return Size(display.width * 3 // 4, display.height * 3 // 4)


def _rate(display: int) -> float:
    rates = pygame.display.get_desktop_refresh_rates()
    return float(rates[display]) if display < len(rates) and rates[display] > 0 else USUAL_FPS
