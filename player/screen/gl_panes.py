"""SDL's windows with OpenGL: on several displays, on one, or as a window of a desktop."""

from __future__ import annotations

from collections.abc import Iterator

from player.errors import DeviceLostError, OperatorError
from player.output.spot import Spot
from player.render.gl.mapping import Onto
from player.render.gl.sdl import Home
from player.render.gl.sdl import Pane as OpenGl
from player.screen.displays import Found, found_by_sdl
from player.screen.keyboard import Key
from player.screen.panes import Keys, SdlPane, SdlPanes, Stirred
from player.screen.window import Pressed
from player.units import Size


class DisplaysChangedError(DeviceLostError):
    """A console without a display server has other displays than at its start: only another process sees them."""


class GlPane(SdlPane):
    """A window with OpenGL, which shares textures with those that were opened before it."""

    def __init__(self, found: Found, home: Home, *, is_full_screen: bool, is_framed: bool = False) -> None:
        """Open it.

        Raises:
            OperatorError: SDL cannot, or it has no OpenGL.
        """
        home.pane.enter()  # what is shared is what is current now
        super().__init__(found, is_full_screen=is_full_screen, is_framed=is_framed, opengl=True)
        self.opengl = OpenGl(self.id)
        self._waits: bool | None = None

    @property
    def fits(self) -> bool:
        """Whether it still has the size that counts."""
        return self._real_size() == self.size

    def _real_size(self) -> Size:
        return Size(*self._window.size)

    def pixels(self) -> None:
        """There is no memory to draw into."""

    def onto(self, spot: Spot) -> Onto:
        """Return where an output is drawn."""
        return Onto(self.opengl.enter, (spot.left, self.size.height - spot.bottom))

    def wait(self, *, wanted: bool) -> None:
        """Have it wait for its display when it is flipped, or not."""
        if wanted != self._waits:
            self._waits = wanted
            self.opengl.enter()
            self.opengl.wait_for_display(wanted=wanted)

    def black(self, spot: Spot | None = None) -> None:
        """Blacken it, or a part of it."""
        at = spot or Spot(0, 0, *self.size)
        self.opengl.enter()
        screen = self.opengl.context.screen
        screen.use()
        screen.clear(0.0, 0.0, 0.0, 1.0, viewport=(at.left, self.size.height - at.bottom, at.width, at.height))

    def flip(self) -> None:
        """Show what was drawn.

        Raises:
            OperatorError: SDL cannot.
            DeviceLostError: the window is gone, or its OpenGL is.
        """
        self.opengl.enter()  # SDL flips no other
        super().flip()


class GlPanes(SdlPanes):
    """The displays that SDL can draw on with OpenGL."""

    def __init__(self, keys: Keys, home: Home, *, is_framed: bool = False) -> None:
        """Open windows that share what is at *home*."""
        super().__init__(keys)
        self._home, self._is_framed = home, is_framed

    def _cover(self, found: Found, *, is_full_screen: bool) -> GlPane:
        return GlPane(found, self._home, is_full_screen=is_full_screen and not self._is_framed, is_framed=self._is_framed)

    def _begin_anew(self) -> None:
        raise DisplaysChangedError("The displays changed: beginning again with those that there are now.")


class OnePane:
    """The display that is wanted, as if there were no other; or one window of a desktop."""

    def __init__(self, panes: SdlPanes, number: int | None, window: Size | None) -> None:
        """Take the display that SDL has under *number*, else the first; a *window* of that size on it instead of all of it.

        Raises:
            OperatorError: there are displays, but none of that number.
        """
        self._panes = panes
        there, known = panes.look(), found_by_sdl()
        if number is not None and number >= len(known):
            raise OperatorError(f"display.output: there is no display {number}; there are {len(known)}, counted from 0")
        wanted = known[number or 0]
        self._last = next((each for each in there if each.bounds == wanted.bounds), wanted)
        self._window = _centred(self._last, window) if window else None

    def look(self) -> tuple[Found, ...]:
        """Return it, while it is there."""
        if self._window:
            return (self._window,)
        found = next((each for each in self._panes.look() if each.key == self._last.key), None)
        self._last = found or self._last
        return (found,) if found else ()

    def open(self, found: Found) -> SdlPane:
        """Cover it with a window; see `SdlPanes.open`."""
        return self._panes.open(found)

    def happened(self) -> Iterator[Pressed | Key | Stirred]:
        """Yield what happened."""
        return self._panes.happened()

    def repeat_keys(self, *, on: bool) -> None:
        """Let keys that are held be told again and again; or once, as before."""
        self._panes.repeat_keys(on=on)

    def close(self) -> None:
        """Let the display go."""
        self._panes.close()


def three_quarters(number: int | None) -> Size:
    """Return the size of a window that nobody wrote one for, on the display of that number."""
    known = found_by_sdl()
    size = known[min(number or 0, len(known) - 1)].size
    return Size(size.width * 3 // 4, size.height * 3 // 4)


def _centred(display: Found, size: Size) -> Found:
    left = display.left + (display.size.width - size.width) // 2
    top = display.top + (display.size.height - size.height) // 2
    return Found(display.index, display.name, display.serial, size, left, top, display.rate, display.socket)
