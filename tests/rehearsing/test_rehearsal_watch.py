"""What the terminal of a rehearsal says of the wall, and what becomes of a rehearsal whose terminal is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from player import cli, supervisor
from player.heartbeat import PIPE
from player.library import record_file
from player.library.heard import STATUS
from player.rehearsing.seat import Seat
from player.rehearsing.watch import Watch, on_the_wall
from player.terminal import ended
from player.units import SECOND
from tests.fakes.clock import FakeClock


def said(slide: str, *reasons: str, state: str = "") -> dict[str, Any]:
    """Return what a screen says of itself."""
    sources = [{"is_live": True, "state": state}] if state else []
    return {"slide": slide, "reasons": [{"key": each} for each in reasons], "films": {"sources": sources}}


def test_what_the_wall_shows_is_told_when_it_changes(tmp_path: Path) -> None:
    """Once each, in this computer's own time; of the ground before the first slide nothing is said."""
    told: list[str] = []
    clock = FakeClock(monotonic=100 * SECOND)
    watch = Watch(tmp_path, clock, told.append)
    here = datetime.fromtimestamp(clock.wall() // SECOND, UTC).astimezone()
    for each in ({}, said("plate"), said("title", "alone"), said("title", "alone"), said("live", "alone", "live")):
        record_file.write(tmp_path / STATUS, each)
        watch.look()
        watch.look()
        clock.advance(SECOND)
    assert [each.partition("  ")[2] for each in told] == [
        "title page: the ceremony has not begun yet",
        "the ceremony: the stream is live",
    ]
    assert abs((datetime.strptime(told[0][:8], "%H:%M:%S").replace(tzinfo=here.tzinfo) - here).seconds) in range(5)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (said("title", "alone", "awaited"), "title page: the stream is awaited"),
        (said("film", "alone", "no_stream", state="stalled"), "the film: the stream does not come"),
        (said("film", "alone", "no_stream", state="ended"), "the film: the stream has ended"),
        (said("words", "fallback"), "the words: there is no ceremony at this time"),
        ({"slide": "title", "reasons": "nonsense", "films": 3}, "title page: the ceremony has not begun yet"),
        ({}, ""),
    ],
)
def test_why_is_told_in_words_of_the_ceremony(told: dict[str, Any], words: str) -> None:
    """Not in those of a schedule; and what has ended is not called absent."""
    assert on_the_wall(told) == words


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Generator[int]:
    """A terminal that somebody types at, by the other end of it."""
    mine, theirs = os.openpty()
    with os.fdopen(theirs, closefd=True) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield mine


def test_what_is_typed_is_heard_until_the_terminal_is_gone(terminal: int) -> None:
    """Whoever closed it could not end the rehearsal any more: it ends by itself."""
    stopped = threading.Event()
    seat = Seat(stopped)
    assert seat.is_heard
    os.write(terminal, b"s\n")
    assert (seat.hear(SECOND), stopped.is_set()) == ("s\n", False)
    os.close(terminal)
    assert (seat.hear(SECOND), stopped.is_set()) == ("", True)


def test_a_terminal_that_takes_no_words_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be said is no reason to fall over with a player on the display."""
    stopped = threading.Event()

    def broken(_text: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("click.echo", broken)
    Seat(stopped).say("a word")
    assert stopped.is_set()


@pytest.mark.parametrize("is_kept", [False, True])
def test_the_end_of_a_terminal_ends_what_was_begun_there(*, is_kept: bool) -> None:
    """Unless it was begun so that it outlives it, as `nohup` does."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_kept else signal.SIG_DFL)
        stopped = ended()
        os.kill(os.getpid(), signal.SIGHUP)
        assert stopped.is_set() is not is_kept
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_player_takes_leave_of_the_environment_what_its_parent_left_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By it a rehearsal's player is killed by the kernel when the rehearsal is, and its own processes do not find it there."""
    seen: list[str | None] = []

    def run(*_: object, environ: dict[str, str], **_more: object) -> int:
        seen.append(environ.get(PIPE))
        return 0

    monkeypatch.setattr(supervisor, "run", run)
    monkeypatch.setenv(PIPE, "99999")
    CliRunner().invoke(cli.main, ["run", "--config", str(tmp_path / "config.yaml"), "--data", str(tmp_path / "data")])
    assert seen == [None]
