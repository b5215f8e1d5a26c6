"""What X answers when it is asked for its displays: none, nothing, or that it is too old."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import ctypes
from typing import cast

import pytest

from player.errors import OperatorError
from player.screen import randr
from player.screen.randr import RandR
from player.units import Size


class _Call:
    """A function of a library, whose types may be declared."""

    def __init__(self, does: object) -> None:
        self.does = does

    def __call__(self, *arguments: object) -> object:
        return self.does(*arguments) if callable(self.does) else self.does


class FakeX:
    """Both libraries, with a server that lists what a test says."""

    def __init__(self, version: tuple[int, int] = (1, 6)) -> None:
        self.version = version
        self.count = 1
        self.closed = 0
        self._monitors = (randr._Monitor * 1)(randr._Monitor(name=7, width=640, height=360))
        self._calls = {
            "XOpenDisplay": _Call(1),
            "XCloseDisplay": _Call(self._close),
            "XRRQueryVersion": _Call(self._query),
            "XRRGetMonitors": _Call(self._list),
            "XGetAtomName": _Call(0),
            "XSetErrorHandler": _Call(_same),
        }

    def __getattr__(self, name: str) -> _Call:
        return self._calls.setdefault(name, _Call(0))

    def _close(self, *_: object) -> None:
        self.closed += 1

    def _query(self, *arguments: object) -> int:
        for number, told in zip(self.version, arguments[1:], strict=True):
            _int(told).value = number
        return 1

    def _list(self, *arguments: object) -> object:
        _int(arguments[3]).value = self.count
        return self._monitors if self.count > 0 else None


def _same(handler: object) -> object:
    return handler


def _int(reference: object) -> ctypes.c_int:
    """Return what was passed by reference."""
    return cast("ctypes.c_int", getattr(reference, "_obj"))  # noqa: B009 - ctypes does not declare it


def connected(monkeypatch: pytest.MonkeyPatch, server: FakeX) -> RandR:
    """Return a connection to *server*."""

    def load(_name: str) -> FakeX:
        return server

    monkeypatch.setattr("player.screen.randr.ctypes.CDLL", load)
    return RandR()


def test_no_display_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are switched off; the next question finds them again."""
    server = FakeX()
    asked = connected(monkeypatch, server)
    assert [each.size for each in asked.found()] == [Size(640, 360)]
    server.count = 0
    assert asked.found() == ()
    server.count = 1
    assert [each.size for each in asked.found()] == [Size(640, 360)]


def test_a_question_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there a second ago is there."""
    server = FakeX()
    asked = connected(monkeypatch, server)
    before = asked.found()
    server.count = -1
    assert asked.found() == before
    assert len(before) == 1


def test_only_an_old_server_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so at the start, and the connection is let go."""
    server = FakeX((1, 4))
    with pytest.raises(OperatorError, match="too old"):
        connected(monkeypatch, server)
    assert server.closed == 1
