"""SDL's windows on several displays: one on each, without a frame, covering all of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Protocol, cast

import numpy as np

from player import log
from player.errors import OperatorError
from player.render.protocol import Image
from player.screen.displays import Found, found_by_sdl, heads, joined
from player.screen.keyboard import Key, Keyboard, Keys
from player.screen.randr import RandR
from player.screen.window import Pressed, flip_by_copying, has_display
from player.units import Size

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every log
import pygame

LOOKS_IN_VAIN: Final = 6  # of one a second: SDL asked in vain takes its time and writes to the terminal
_BARE: Final = "KMSDRM"  # SDL's name for a console without a display server: there it counts displays at its start alone
_TITLE: Final = "We Remember"
_GONE: Final = frozenset({pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN, pygame.WINDOWCLOSE})
_STIRS: Final = frozenset({*_GONE, pygame.WINDOWDISPLAYCHANGED, pygame.WINDOWSIZECHANGED, pygame.WINDOWRESTORED})

_log = log.get("screen")


class Stirred:
    """Something happened to a window or a display: look at them again."""


STIRRED: Final = Stirred()


class Pane(Protocol):
    """A window that covers a display."""

    @property
    def found(self) -> Found:
        """Its display, as it was when the window was opened."""
        ...

    @property
    def size(self) -> Size:
        """The size that counts: its display's; or its own, once that was accepted."""
        ...

    @property
    def is_sound(self) -> bool:
        """Whether it is still there to be seen."""
        ...

    @property
    def fits(self) -> bool:
        """Whether it still has the size that counts."""
        ...

    def accept(self) -> None:
        """Let the size that it has now count from here on: something insists on it."""
        ...

    def pixels(self) -> Image | None:
        """Return its memory, BGRA, good until it is flipped; None when it does not fit, or is drawn on otherwise."""
        ...

    def flip(self) -> None:
        """Show what was drawn.

        Raises:
            OperatorError: it cannot be shown any more.
        """
        ...

    def focus(self) -> None:
        """Let it hear the keyboard."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class Panes(Protocol):
    """The displays of a machine, and windows on them."""

    def look(self) -> tuple[Found, ...]:
        """Return the displays that there are now. Cheap enough for once a second."""
        ...

    def open(self, found: Found) -> Pane:
        """Cover a display with a window.

        Raises:
            OperatorError: that cannot be.
        """
        ...

    def happened(self) -> Iterator[Pressed | Key | Stirred]:
        """Yield what happened at all windows since the last call."""
        ...

    def repeat_keys(self, *, on: bool) -> None:
        """Let keys that are held be told again and again; or once, as before."""
        ...

    def close(self) -> None:
        """Let the displays go."""
        ...


class SdlPane:
    """A window of SDL's."""

    def __init__(self, found: Found, *, is_full_screen: bool, is_framed: bool = False, opengl: bool = False) -> None:
        """Open it, where the display lies; *is_framed* with what a desktop puts around a window.

        Raises:
            OperatorError: SDL cannot.
        """
        self.found = found
        self.size = found.size
        self.is_sound = True
        try:
            self._window = pygame.Window(
                _TITLE,
                found.size,
                (found.left, found.top),
                borderless=not is_framed,
                fullscreen_desktop=is_full_screen,
                opengl=opengl,
            )
            icon = pygame.Surface((32, 32))
            icon.fill((11, 11, 13))
            self._window.set_icon(icon)  # SDL would put its maker's
            self.id = self._window.id
        except pygame.error as error:
            raise OperatorError(f"No window can be opened on {found}: {error}") from error

    @property
    def fits(self) -> bool:
        """Whether it still has the size that counts."""
        return self.pixels() is not None

    def accept(self) -> None:
        """Let the size that it has now count from here on."""
        try:
            self.size = self._real_size()
        except pygame.error as error:
            _log.debug("a window has no size", why=str(error))

    def _real_size(self) -> Size:
        return Size(*self._window.get_surface().get_size())

    def pixels(self) -> Image | None:
        """Return the window's memory, a fresh view at each call: SDL takes another when the size changes."""
        try:
            surface = self._window.get_surface()
        except pygame.error:
            return None
        width, height = surface.get_size()
        if (width, height) != self.size:
            return None
        memory = cast("memoryview", surface.get_buffer())  # as good as one, though pygame does not declare it
        rows: Image = np.frombuffer(memory, np.uint8).reshape(height, surface.get_pitch())
        return rows[:, : width * 4].reshape(height, width, 4)

    def flip(self) -> None:
        """Show its memory.

        Raises:
            OperatorError: SDL cannot.
        """
        try:
            self._window.flip()
        except pygame.error as error:
            raise OperatorError(str(error)) from error

    def focus(self) -> None:
        """Let it hear the keyboard."""
        try:
            self._window.focus()
        except pygame.error as error:
            _log.debug("a window does not get the keyboard", why=str(error))

    def close(self) -> None:
        """Take the window away."""
        self.is_sound = False
        try:
            self._window.destroy()
        except pygame.error as error:  # gone with its display
            _log.debug("a window was gone already", why=str(error))


class SdlPanes:
    """The displays that SDL can draw on. All calls belong into one thread."""

    def __init__(self, keys: Keys) -> None:
        """Take what says which *keys* mean anything."""
        os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")  # only one of several windows has the keyboard
        os.environ.setdefault("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "1")
        self._keyboard = Keyboard(keys)
        self._panes: dict[int, SdlPane] = {}
        self._randr: RandR | None = None
        self._is_begun = False
        self._looks = 0
        self._sockets: tuple[str, ...] = ()
        """What was connected when SDL counted its displays."""

    def look(self) -> tuple[Found, ...]:
        """Return the displays that there are now."""
        try:
            if not self._is_ready():
                return ()
            known = found_by_sdl()
        except pygame.error as error:
            _log.debug("SDL has no display", why=str(error))
            return ()
        if self._randr is not None:
            return tuple(_rated(each, known) for each in self._randr.found())
        return joined(known, heads())

    def open(self, found: Found) -> SdlPane:
        """Cover a display with a window.

        As a full screen where SDL knows the display as it is: a desktop then puts nothing above it. SDL would make it the
        size that the display had when the process began, so after a change it is a window without a frame.

        Raises:
            OperatorError: that cannot be.
        """
        is_known = any(display.bounds == found.bounds for display in found_by_sdl())
        pane = self._cover(found, is_full_screen=is_known)
        self._panes = {key: each for key, each in self._panes.items() if each.is_sound} | {pane.id: pane}
        pygame.mouse.set_visible(False)
        return pane

    def happened(self) -> Iterator[Pressed | Key | Stirred]:
        """Yield keys, presses of a close button, and that windows or displays changed."""
        if not pygame.display.get_init():
            return
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                yield Pressed.ESCAPE
            elif event.type in {pygame.KEYDOWN, pygame.KEYUP} and event.key != pygame.K_ESCAPE:
                yield from self._keyboard.told(event)
            elif event.type in _STIRS:
                yield from self._stirred(event)

    def repeat_keys(self, *, on: bool) -> None:
        """Let keys that are held be told again and again; or once, as before."""
        self._keyboard.repeat(on=on)

    def close(self) -> None:
        """Let the displays go; windows are closed by themselves."""
        self._keyboard.repeat(on=False)
        if self._randr is not None:
            self._randr.close()

    def _cover(self, found: Found, *, is_full_screen: bool) -> SdlPane:
        return SdlPane(found, is_full_screen=is_full_screen)

    def _is_ready(self) -> bool:
        """Have SDL begin, where it can; and begin anew where it would not hear of another display."""
        if not pygame.display.get_init():
            self._looks += 1
            if self._looks % LOOKS_IN_VAIN != 1 or not has_display():
                return False
            pygame.display.init()
        elif self._is_begun and pygame.display.get_driver() == _BARE and _sockets() != self._sockets:
            self._begin_anew()
        if not self._is_begun:
            self._begin()
        return True

    def _begin(self) -> None:
        self._is_begun = True
        self._sockets = _sockets()
        flip_by_copying()  # windows that are flipped by a graphics card wait for their displays one after another
        self._keyboard.renew()
        pygame.display.set_allow_screensaver(False)
        if pygame.display.get_driver() == "x11":
            try:
                self._randr = RandR()
            except OperatorError as error:
                _log.warning("X does not tell its displays; SDL is asked, which learns of no change", why=str(error))

    def _begin_anew(self) -> None:
        _log.info("the displays changed: all windows are opened anew", sockets=" ".join(_sockets()))
        for pane in self._panes.values():
            pane.is_sound = False
        self._panes.clear()
        pygame.display.quit()
        pygame.display.init()
        self._is_begun = False

    def _stirred(self, event: pygame.Event) -> Iterator[Pressed | Stirred]:
        window = cast("pygame.Window | None", event.window)
        pane = self._panes.get(window.id) if window else None
        if pane is None:
            return
        if event.type == pygame.WINDOWCLOSE:
            yield Pressed.CLOSE
        if event.type in _GONE:
            pane.is_sound = False
            del self._panes[pane.id]
        yield STIRRED


def _sockets() -> tuple[str, ...]:
    return tuple(head.socket for head in heads())


def _rated(display: Found, known: tuple[Found, ...]) -> Found:
    """Return *display* with the rate that SDL has for it."""
    return replace(display, rate=next((each.rate for each in known if each.bounds == display.bounds), None))
