"""The OpenGL of windows: what SDL can and pygame does not say.

Every `pygame.Window(opengl=True)` brings a context of its own. Those of a process share their textures when they are asked
to, so the canvas is drawn once, and each window only maps it. A single context for all windows would work, but each time that
it leaves a window Mesa throws away what was drawn there and not shown yet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Final, Protocol, cast

import moderngl
import pygame
from pygame import window as pygame_window

from player.errors import DeviceLostError, OperatorError
from player.render.gl.context import VERSION

_HIDDEN: Final = (16, 16)  # pixels, of which nobody sees any


class _Sdl(Protocol):
    """The functions of SDL 2 that are called here; pointers are whole numbers, None for no pointer."""

    def SDL_GL_GetCurrentContext(self) -> int | None: ...  # noqa: N802 - SDL's names
    def SDL_GetWindowFromID(self, number: int, /) -> int | None: ...  # noqa: N802
    def SDL_GL_MakeCurrent(self, window: int, context: int, /) -> int: ...  # noqa: N802
    def SDL_GL_SetSwapInterval(self, ticks: int, /) -> int: ...  # noqa: N802
    def SDL_GL_GetProcAddress(self, name: bytes, /) -> int | None: ...  # noqa: N802
    def SDL_GetError(self) -> bytes: ...  # noqa: N802


@cache
def _sdl() -> _Sdl:
    """Return the SDL that pygame brought: a library's symbols are looked for in those that it is linked with, too."""
    library = ctypes.CDLL(pygame_window.__file__)
    library.SDL_GL_GetCurrentContext.restype = ctypes.c_void_p
    library.SDL_GetWindowFromID.restype = ctypes.c_void_p
    library.SDL_GetWindowFromID.argtypes = [ctypes.c_uint32]
    library.SDL_GL_MakeCurrent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.SDL_GL_GetProcAddress.restype = ctypes.c_void_p
    library.SDL_GL_GetProcAddress.argtypes = [ctypes.c_char_p]
    library.SDL_GetError.restype = ctypes.c_char_p
    return cast("_Sdl", library)


def ask_for_opengl() -> None:
    """Have windows that are opened with `opengl=True` from now on get OpenGL 3.3 core, sharing textures with each other."""
    ask = pygame.display.gl_set_attribute
    ask(pygame.GL_CONTEXT_MAJOR_VERSION, VERSION // 100)
    ask(pygame.GL_CONTEXT_MINOR_VERSION, VERSION // 10 % 10)
    ask(pygame.GL_CONTEXT_PROFILE_MASK, pygame.GL_CONTEXT_PROFILE_CORE)
    ask(pygame.GL_SHARE_WITH_CURRENT_CONTEXT, 1)
    ask(pygame.GL_DEPTH_SIZE, 0)


class Pane:
    """The OpenGL of one window. All calls belong into the thread that opened it.

    Make one for each window right after it was opened: another window makes its own OpenGL current.
    """

    def __init__(self, window_id: int) -> None:
        """Take the context of the window that was opened last, whose `pygame.Window.id` this is.

        Raises:
            OperatorError: it has none, or none that will do.
        """
        self._id = window_id
        handle = _sdl().SDL_GL_GetCurrentContext()
        if not handle:
            raise OperatorError("The window has no OpenGL; renderer: cpu does without.")
        self._handle = handle
        try:
            take = cast("Callable[[_Loader], None]", moderngl.init_context)  # pyright: ignore[reportUnknownMemberType]  a vague stub
            take(_Loader())
            self.context: moderngl.Context = moderngl.get_context()
        except moderngl.Error as error:
            raise OperatorError(f"The window has no OpenGL 3.3: {error}; renderer: cpu does without.") from error
        if self.context.version_code < VERSION:
            raise OperatorError(f"The window has OpenGL {self.context.version_code / 100}; renderer: cpu does without.")

    def enter(self) -> None:
        """Draw on this window from now on; SDL flips no other.

        Raises:
            DeviceLostError: the window is gone, or its OpenGL is.
        """
        window = _sdl().SDL_GetWindowFromID(self._id)
        if not window or _sdl().SDL_GL_MakeCurrent(window, self._handle) != 0:
            why = _sdl().SDL_GetError().decode(errors="replace")
            raise DeviceLostError(f"A window cannot be drawn on with OpenGL any more: {why}")

    def wait_for_display(self, *, wanted: bool) -> bool:
        """Have flips of the window that was entered wait for its display, or not; return whether they do.

        Where nothing can wait, nothing does, and that is no error. Of several windows one should: each waits for a tick of
        its own otherwise, one after another.
        """
        if wanted and _sdl().SDL_GL_SetSwapInterval(1) == 0:
            return True
        _sdl().SDL_GL_SetSwapInterval(0)
        return False


class Home:
    """OpenGL that no display takes along: of a window that nobody sees. What is brought here, windows that open later share."""

    def __init__(self) -> None:
        """Open it.

        Raises:
            OperatorError: there is no OpenGL 3.3.
        """
        try:
            ask_for_opengl()
            self._window = pygame.Window("We Remember", _HIDDEN, hidden=True, opengl=True)
        except pygame.error as error:
            raise OperatorError(f"There is no OpenGL for windows here: {error}") from error
        try:
            self.pane = Pane(self._window.id)
        except OperatorError:
            self._window.destroy()
            raise

    def close(self) -> None:
        """Let it go, and all that is only here."""
        self._window.destroy()


class _Loader:
    """Finds the functions of OpenGL as SDL does, whatever it draws on: X11, Wayland or a bare console."""

    def load_opengl_function(self, name: str) -> int:
        """Return where a function is, 0 if nowhere."""
        return _sdl().SDL_GL_GetProcAddress(name.encode()) or 0

    def __enter__(self) -> None: ...

    def __exit__(self, *args: object) -> None: ...

    def release(self) -> None:
        """Nothing is held."""
