"""Windows: where canvases are presented. No cursor, no screen saver, no branding; headless where there is no display."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from player.errors import OperatorError
from player.output.display import Turn, canvas_for, present
from player.render.protocol import Image
from player.units import Size

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every log
import pygame

HEADLESS: Final = Size(1920, 1080)  # what is presented where nobody asked for a size and no display has one
USUAL_FPS: Final = 60.0
_UNSEEN: Final = frozenset({"dummy", "offscreen"})  # what SDL takes when there is nothing better: nobody would see it
_CENTRED_ON: Final = 0x2FFF0000  # SDL_WINDOWPOS_CENTERED_DISPLAY(n) in SDL_video.h is this plus n


class Pressed(Enum):
    """What a person did at the window."""

    ESCAPE = auto()
    CLOSE = auto()


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

    def present(self, image: Image) -> None:
        """Show a BGRA canvas."""
        ...

    def pressed(self) -> Iterator[Pressed]:
        """Yield what a person did since the last call."""
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


class Headless:
    """No display: pictures are made, and seen in the preview alone."""

    def __init__(self, wanted: Wanted) -> None:
        self.canvas = canvas_for(wanted.size or HEADLESS, wanted.rotate)
        self.fps = wanted.fps or USUAL_FPS

    def present(self, image: Image) -> None:
        """Take the picture as shown."""

    def pressed(self) -> Iterator[Pressed]:
        """Nobody can press anything."""
        return iter(())

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
            (_CENTRED_ON | index, _CENTRED_ON | index),
            fullscreen_desktop=wanted.fullscreen,
        )
        icon = pygame.Surface((32, 32))
        icon.fill((11, 11, 13))
        self._window.set_icon(icon)  # SDL would put its maker's
        pygame.mouse.set_visible(False)
        self._rotate: Turn = wanted.rotate
        self._surface = self._window.get_surface()
        self._size = Size(*self._surface.get_size())
        self._turned = np.zeros((self._size.height, self._size.width, 4), np.uint8)
        self.canvas = canvas_for(self._size, wanted.rotate)
        self.fps = wanted.fps or _rate(index)

    def present(self, image: Image) -> None:
        """Bring the canvas onto the display."""
        if self._rotate:
            present(image, self._turned, self._rotate)
            image = self._turned
        picture = pygame.image.frombuffer(image.data, self._size, "BGRA")
        picture.set_alpha(None)  # opaque: four times faster, and the alpha means nothing here
        self._surface = self._window.get_surface()  # another one after the display changed its size
        self._surface.blit(picture, (0, 0))
        self._window.flip()

    def pressed(self) -> Iterator[Pressed]:
        """Yield presses of Escape and of the window's close button."""
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                yield Pressed.ESCAPE
            elif event.type in {pygame.QUIT, pygame.WINDOWCLOSE}:
                yield Pressed.CLOSE

    def close(self) -> None:
        """Take the window away."""
        self._window.destroy()


def open_window(wanted: Wanted) -> tuple[Window, str]:
    """Open a window, or go headless; return it, and why there is none (empty when there is).

    Raises:
        OperatorError: a display was asked for that is not there.
    """
    # Software GL would take 14 ms to flip what the CPU has drawn: without a GPU's device node SDL copies by itself.
    if not any(Path("/dev/dri").glob("renderD*")):
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    os.environ.setdefault("SDL_RENDER_VSYNC", "1")
    os.environ.setdefault("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "1")
    try:
        pygame.display.init()
        if pygame.display.get_driver() in _UNSEEN:
            pygame.display.quit()
            return Headless(wanted), "neither X11, Wayland nor a console that may be drawn on"
        pygame.display.set_allow_screensaver(False)
        return DesktopWindow(wanted), ""
    except pygame.error as error:
        return Headless(wanted), str(error)


def describe_display() -> str:
    """Say which displays there are, without opening a window."""
    try:
        pygame.display.init()
        sizes = ", ".join(
            f"{number}: {width}x{height}" for number, (width, height) in enumerate(pygame.display.get_desktop_sizes())
        )
        driver = pygame.display.get_driver()
        if driver in _UNSEEN:
            raise pygame.error(f"SDL finds nothing but {driver}")
        pygame.display.quit()
    except pygame.error as error:
        return f"none ({error}): the player would run without one, its picture in preview.jpg"
    return f"{driver}, {sizes}"


def _three_quarters(display: Size) -> Size:
    return Size(display.width * 3 // 4, display.height * 3 // 4)


def _rate(display: int) -> float:
    rates = pygame.display.get_desktop_refresh_rates()
    return float(rates[display]) if display < len(rates) and rates[display] > 0 else USUAL_FPS
