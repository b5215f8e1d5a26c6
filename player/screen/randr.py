"""The displays of an X server, asked of X itself, over a connection of our own: SDL 2 learns of no change of them.

One question takes 40 µs; X answers from what it knows and looks at no cable for it. Displays are asked who they are only when
something changed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from player.errors import OperatorError
from player.screen.displays import MAX_EDID, Found, Head, named
from player.units import Size

_Handler: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_BYTES: Final = 8  # bits of an item of a property that is made of bytes
_ANY_TYPE: Final = 0
_MOST: Final = 64  # monitors; X has at most 32 of them
_LISTS: Final = (1, 5)  # RandR: from this version on it lists monitors


class _Monitor(ctypes.Structure):
    """XRRMonitorInfo of Xrandr.h."""

    _fields_ = (
        ("name", ctypes.c_ulong),
        ("primary", ctypes.c_int),
        ("automatic", ctypes.c_int),
        ("noutput", ctypes.c_int),
        ("x", ctypes.c_int),
        ("y", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("mwidth", ctypes.c_int),
        ("mheight", ctypes.c_int),
        ("outputs", ctypes.POINTER(ctypes.c_ulong)),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A monitor as X lists it."""

    name: int
    """An atom."""
    output: int
    """0: none."""
    left: int
    top: int
    size: Size


class RandR:
    """A connection to the X server. All calls belong into one thread."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            OperatorError: there is no X server, or it is too old to be asked.
        """
        try:
            self._x, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        except OSError as error:
            raise OperatorError(f"X cannot be asked for displays: {error}") from error
        _declare(self._x, self._randr)
        self._ignore = _Handler(_nothing)
        self._server = self._x.XOpenDisplay(None)
        if not self._server:
            raise OperatorError("There is no X server.")
        if self._version() < _LISTS:
            self.close()
            raise OperatorError("This X server is too old to list its displays.")
        self._root = self._x.XDefaultRootWindow(self._server)
        self._edid = self._x.XInternAtom(self._server, b"EDID", False)  # noqa: FBT003 - X's own order
        self._last: tuple[_Place, ...] = ()
        self._found: tuple[Found, ...] = ()

    def found(self) -> tuple[Found, ...]:
        """Return the displays that are switched on, of which there may be none; rates are for others to say."""
        with self._in_peace():
            places = self._places()
            if places != self._last:
                self._found = tuple(self._told(i, place) for i, place in enumerate(places))
                self._last = places
        return self._found

    def close(self) -> None:
        """Let the connection go."""
        self._x.XCloseDisplay(self._server)

    @contextmanager
    def _in_peace(self) -> Generator[None]:
        """An output may vanish between two questions; X would end the process for it."""
        before = self._x.XSetErrorHandler(self._ignore)
        try:
            yield
        finally:
            self._x.XSync(self._server, 0)
            self._x.XSetErrorHandler(ctypes.cast(before, _Handler))

    def _version(self) -> tuple[int, int]:
        """Return which RandR both sides speak; (0, 0): none."""
        major, minor = ctypes.c_int(), ctypes.c_int()
        told = self._randr.XRRQueryVersion(self._server, ctypes.byref(major), ctypes.byref(minor))
        return (major.value, minor.value) if told else (0, 0)

    def _places(self) -> tuple[_Place, ...]:
        """Return the monitors that X lists. A question that fails says nothing new; the next one comes in a second."""
        count = ctypes.c_int(-1)
        monitors: Any = self._randr.XRRGetMonitors(self._server, self._root, 1, ctypes.byref(count))
        if not monitors:  # also where all are switched off: an empty list is none
            return () if count.value == 0 else self._last
        try:
            return tuple(_place(monitors[i]) for i in range(min(count.value, _MOST)))
        finally:
            self._randr.XRRFreeMonitors(monitors)

    def _told(self, index: int, place: _Place) -> Found:
        socket = self._atom(place.name)
        bare = Found(index, socket, "", place.size, place.left, place.top)
        return named(bare, Head(socket, self._property(place.output) if place.output else b""))

    def _atom(self, atom: int) -> str:
        text: int | None = self._x.XGetAtomName(self._server, atom)
        if not text:
            return ""
        try:
            return ctypes.string_at(text).decode("utf-8", "replace")
        finally:
            self._x.XFree(text)

    def _property(self, output: int) -> bytes:
        """Return the EDID of an output; empty when it has none."""
        kind, form = ctypes.c_ulong(), ctypes.c_int()
        count, after, data = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_void_p()
        failed = self._randr.XRRGetOutputProperty(
            self._server, output, self._edid, 0, MAX_EDID // 4, 0, 0, _ANY_TYPE,
            ctypes.byref(kind), ctypes.byref(form), ctypes.byref(count), ctypes.byref(after), ctypes.byref(data),
        )  # fmt: skip
        if failed or not data.value:
            return b""
        try:
            return ctypes.string_at(data.value, min(count.value, MAX_EDID)) if form.value == _BYTES else b""
        finally:
            self._x.XFree(data)


def _place(monitor: Any) -> _Place:  # noqa: ANN401 - a structure by pointer
    output = int(monitor.outputs[0]) if monitor.noutput > 0 else 0
    size = Size(int(monitor.width), int(monitor.height))
    return _Place(int(monitor.name), output, int(monitor.x), int(monitor.y), size)


def _nothing(_server: int, _event: int) -> int:
    return 0


def _declare(x: ctypes.CDLL, randr: ctypes.CDLL) -> None:
    """Say which arguments are wider than C's int."""
    pointer, number, whole = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int
    x.XOpenDisplay.argtypes, x.XOpenDisplay.restype = [ctypes.c_char_p], pointer
    x.XDefaultRootWindow.argtypes, x.XDefaultRootWindow.restype = [pointer], number
    x.XInternAtom.argtypes, x.XInternAtom.restype = [pointer, ctypes.c_char_p, whole], number
    x.XGetAtomName.argtypes, x.XGetAtomName.restype = [pointer, number], pointer
    x.XSetErrorHandler.argtypes, x.XSetErrorHandler.restype = [_Handler], pointer
    x.XSync.argtypes = [pointer, whole]
    x.XFree.argtypes = [pointer]
    x.XCloseDisplay.argtypes = [pointer]
    randr.XRRQueryVersion.argtypes = [pointer, ctypes.POINTER(whole), ctypes.POINTER(whole)]
    randr.XRRGetMonitors.argtypes = [pointer, number, whole, ctypes.POINTER(whole)]
    randr.XRRGetMonitors.restype = ctypes.POINTER(_Monitor)
    randr.XRRFreeMonitors.argtypes = [ctypes.POINTER(_Monitor)]
    randr.XRRGetOutputProperty.argtypes = [
        pointer, number, number, ctypes.c_long, ctypes.c_long, whole, whole, number, *[pointer] * 5,
    ]  # fmt: skip
