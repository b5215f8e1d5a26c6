"""The displays that there are, by what they say of themselves.

SDL knows their names and where they lie, but no serials; and under X11 it learns neither of a display that was switched on
later nor of another size. So there X is asked itself, which has the EDID of each too. Elsewhere SDL is asked, and the kernel
for the EDID.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

from player.screen.edid import parse
from player.units import Rect, Size

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every list
import pygame
from pygame import window as pygame_window

DRM: Final = Path("/sys/class/drm")
MAX_EDID: Final = 32_768  # bytes: 256 blocks, the most that the standard has


@dataclass(frozen=True, slots=True)
class Found:
    """A display that is there."""

    index: int
    """The system's number for it, from 0; another one tomorrow."""
    name: str
    """What it calls itself; where it says nothing, what the system calls it."""
    serial: str
    """Empty where it tells none."""
    size: Size
    """In pixels, as it is now."""
    left: int = 0
    top: int = 0
    """Where it lies on the desktop."""
    rate: float | None = None
    """Pictures a second; None where nobody knows."""
    socket: str = ""
    """What the system calls the place where its cable ends, such as HDMI-1; empty where nobody knows."""

    @property
    def bounds(self) -> Rect:
        """Where it lies on the desktop, in pixels."""
        return Rect(self.left, self.top, *self.size)

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same while this display is on this cable, whatever its number and size."""
        return self.name, self.serial, self.socket or f"{self.left},{self.top}"

    def __str__(self) -> str:
        """Return it as a person would write it into the configuration."""
        socket = f"on {self.socket}" if self.socket and self.socket != self.name else ""
        return " ".join(part for part in (self.name, self.serial, f"{self.size.width}x{self.size.height}", socket) if part)


@dataclass(frozen=True, slots=True)
class Head:
    """A socket with something on it, as the kernel or X has it."""

    socket: str
    edid: bytes


class _Sdl(Protocol):
    """The functions of SDL 2 that are called here."""

    def SDL_GetNumVideoDisplays(self) -> int: ...  # noqa: N802 - SDL's names
    def SDL_GetDisplayName(self, number: int, /) -> bytes | None: ...  # noqa: N802
    def SDL_GetDisplayBounds(self, number: int, into: object, /) -> int: ...  # noqa: N802
    def SDL_GetCurrentDisplayMode(self, number: int, into: object, /) -> int: ...  # noqa: N802


class _Bounds(ctypes.Structure):
    """SDL_Rect."""

    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_int), ("w", ctypes.c_int), ("h", ctypes.c_int))
    x: int
    y: int
    w: int
    h: int


class _Mode(ctypes.Structure):
    """SDL_DisplayMode."""

    _fields_ = (
        ("format", ctypes.c_uint32),
        ("w", ctypes.c_int),
        ("h", ctypes.c_int),
        ("refresh_rate", ctypes.c_int),
        ("driver", ctypes.c_void_p),
    )
    refresh_rate: int


@cache
def _sdl() -> _Sdl | None:
    """Return the SDL that pygame brought: a library's symbols are looked for in those that it is linked with, too."""
    library = ctypes.CDLL(pygame_window.__file__)
    try:
        library.SDL_GetDisplayName.restype = ctypes.c_char_p
    except AttributeError:  # linked in another way: then pygame must do
        return None
    return cast("_Sdl", library)


def found_by_sdl() -> tuple[Found, ...]:
    """Return the displays that SDL knows, without serials.

    Raises:
        pygame.error: SDL has no video.
    """
    sizes = [Size(*size) for size in pygame.display.get_desktop_sizes()]
    sdl = _sdl()
    if sdl is None or sdl.SDL_GetNumVideoDisplays() != len(sizes):
        return tuple(Found(i, str(i), "", size) for i, size in enumerate(sizes))
    return tuple(_found(sdl, i, size) for i, size in enumerate(sizes))


def _found(sdl: _Sdl, index: int, size: Size) -> Found:
    name, bounds, mode = sdl.SDL_GetDisplayName(index) or b"", _Bounds(), _Mode()
    sdl.SDL_GetDisplayBounds(index, ctypes.byref(bounds))
    sdl.SDL_GetCurrentDisplayMode(index, ctypes.byref(mode))
    return Found(
        index=index,
        name=name.decode("utf-8", "replace").strip() or str(index),
        serial="",
        size=size,
        left=bounds.x,
        top=bounds.y,
        rate=float(mode.refresh_rate) or None,
    )


def heads(folder: Path = DRM) -> tuple[Head, ...]:
    """Return the sockets that have something on them, as the kernel tells it."""
    found: list[Head] = []
    for head in sorted(folder.glob("card*-*")):
        try:
            if (head / "status").read_text("ascii").strip() == "connected":
                with (head / "edid").open("rb") as file:
                    found.append(Head(head.name.partition("-")[2], file.read(MAX_EDID)))
        except (OSError, ValueError):  # pulled out between the two, or nothing of the kind
            continue
    return tuple(found)


def named(display: Found, head: Head) -> Found:
    """Return *display* with what the EDID of its socket says."""
    edid = parse(head.edid)
    if edid is None:
        return replace(display, socket=head.socket)
    return replace(display, name=edid.name or display.name, serial=edid.serial, socket=head.socket)


def joined(displays: Sequence[Found], there: Sequence[Head]) -> tuple[Found, ...]:
    """Return the displays that SDL knows with what the kernel knows of them, each matched once.

    By the name of the socket, then by that of the display; what is left is matched by its size where only one has that, and
    at last by order where there are as many of both, for SDL on a bare console counts as the kernel does.
    """
    rest = list(there)
    done: dict[int, Found] = {}
    for fits in (_by_socket, _by_name, _by_size):
        for display in displays:
            if display.index in done:
                continue
            heads_that_fit = [head for head in rest if fits(display, head)]
            rivals = [other for other in displays if other.index not in done and any(fits(other, h) for h in heads_that_fit)]
            if len(heads_that_fit) == len(rivals) == 1:
                done[display.index] = named(display, heads_that_fit[0])
                rest.remove(heads_that_fit[0])
    left = [display for display in displays if display.index not in done]
    if len(left) == len(rest):
        done |= {display.index: named(display, head) for display, head in zip(left, rest, strict=True)}
    return tuple(done.get(display.index, display) for display in displays)


def _by_socket(display: Found, head: Head) -> bool:
    return head.socket in display.name.split()


def _by_name(display: Found, head: Head) -> bool:
    edid = parse(head.edid)
    return edid is not None and bool(edid.text_name) and edid.text_name in display.name


def _by_size(display: Found, head: Head) -> bool:
    edid = parse(head.edid)
    return edid is not None and edid.size == display.size
