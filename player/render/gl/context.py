"""OpenGL without a window; and, wherever it comes from, whether a real GPU is behind it. That of windows is in `sdl`."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, Literal, TypeAlias

import moderngl

from player.errors import DeviceLostError, OperatorError

Wanted: TypeAlias = Literal["auto", "cpu", "gl"]
"""What the configuration says of `renderer`."""

_EGL: Final = "libEGL.so.1"

VERSION: Final = 330  # OpenGL 3.3 core: every desktop GPU since 2010 has it

_IMITATIONS: Final = (
    "llvmpipe",
    "softpipe",
    "swrast",
    "swiftshader",
    "lavapipe",
    "software",
    "basic render",
    "gdi generic",
    # Of virtual machines: perhaps a GPU in the end, but reading back and uploading go through the host.
    "virgl",
    "svga3d",
)
"""In the name of a renderer: a processor that plays a GPU. Several times slower than drawing on the CPU outright."""


@contextmanager
def headless() -> Generator[moderngl.Context]:
    """Give OpenGL without a window, by EGL: for tests, for a picture as a file, and to ask what the machine has.

    Afterwards the thread is as if there had never been any: a context that stays current keeps every window from its own, and
    X ends the process that asks for it.

    Raises:
        OperatorError: there is none.
    """
    # Its libraries by name: looking for them would start a compiler.
    how = {"backend": "egl", "libgl": "libGL.so.1", "libegl": _EGL}
    make: Callable[..., moderngl.Context] = moderngl.create_context  # its stub takes only dictionaries
    try:
        context = make(require=VERSION, standalone=True, **how)
    except Exception as error:  # glcontext raises nothing narrower
        raise OperatorError(f"There is no OpenGL 3.3 without a window here: {error}") from error
    try:
        yield context
    finally:
        context.release()
        ctypes.CDLL(_EGL).eglReleaseThread()


def name_of(context: moderngl.Context) -> str:
    """Return what the renderer calls itself, for `doctor` and the log."""
    return str(context.info["GL_RENDERER"])


def real_gpu(context: moderngl.Context) -> bool:
    """Whether a GPU draws, and of a sufficient version, instead of a processor that plays one."""
    return context.version_code >= VERSION and is_gpu(name_of(context))


def is_gpu(renderer: str) -> bool:
    """Whether *renderer*, as OpenGL calls it, is a real GPU."""
    return bool(renderer.strip()) and not any(each in renderer.lower() for each in _IMITATIONS)


def takes_gl(wanted: Wanted, context: moderngl.Context | None) -> bool:
    """Whether to draw with *context*: always when `gl` is wanted, never for `cpu`, and by `auto` on a real GPU alone.

    Raises:
        OperatorError: `gl` is wanted and there is no *context*.
    """
    if wanted == "gl" and context is None:
        raise OperatorError("renderer: gl is wanted, but there is no OpenGL 3.3 here; auto would draw on the CPU")
    return context is not None and (wanted == "gl" or (wanted == "auto" and real_gpu(context)))


@contextmanager
def translated() -> Generator[None]:
    """Take what OpenGL complains of for what it mostly is: the graphics card does not draw any more.

    Raises:
        DeviceLostError: instead of an error of moderngl's.
    """
    try:
        yield
    except moderngl.Error as error:
        raise DeviceLostError(f"OpenGL does not do what it is told: {error}") from error
