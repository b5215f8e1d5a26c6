"""All of a rehearsal together: the station, a web server for it, a player, and what a person types."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final, TypeAlias

from player.clock import Clock, SystemClock
from player.errors import OperatorError
from player.progress import progress
from player.publish.server import Server
from player.rehearsing.easel import Easel, film
from player.rehearsing.seat import Seat
from player.rehearsing.stage import CONFIG, set_up
from player.rehearsing.station import PLAYLIST, Station
from player.rehearsing.watch import Watch, time_of_day
from player.screen.window import has_display
from player.troupe import end_all, last_words, logged
from player.units import SECOND, Nanos, Size
from player.ward import Child, Ward

LOG: Final = "player.log"
GRACE: Final[Nanos] = 5 * SECOND  # a player ends within three
_NO_DISPLAY: Final = (
    "there is no display here to rehearse on: type it at the display itself, or only send the stream (--no-player)"
)
KEYS: Final = "s and Enter: it stalls.  g: it goes on.  e: it ends.  q: the rehearsal is over."
NO_KEYS: Final = "This is no terminal, so no keys are read. What ends it: kill {pid}"
_SAID: Final[Mapping[str, str]] = {
    "s": "Nothing is sent. What has come is shown to its end; 2 s after it the title page comes, 15 s after it the other show.",
    "g": "The station sends again: within some seconds the ceremony is back, where it is by now.",
    "e": "The station says that it is over. What has arrived is shown to its end; then the other show: a film, and the words.",
}
Hear: TypeAlias = Callable[[Nanos], str]
"""Waits so long at the most for what a person types, and returns it; nothing: nobody typed."""
Say: TypeAlias = Callable[[str], None]


def rehearse(
    *,
    folder: Path | None,
    windowed: Size | None,
    begins_in: Nanos,
    has_sound: bool,
    has_player: bool,
    stopped: threading.Event,
    draw: Callable[..., None] = film,
) -> None:
    """Rehearse a ceremony until somebody ends it.

    Args:
        folder: Where to keep everything; None: nowhere.
        windowed: In a window of this size; None: over the whole display.
        begins_in: When the ceremony begins, from when all is drawn.
        has_sound: Whether it has a soft tone each second, and the player plays it.
        has_player: Whether a player is started on it.
        stopped: Ends it; a terminal that is gone sets it.
        draw: Draws a film, as `easel.film` does.

    Raises:
        OperatorError: there is no display for a player, it cannot be set up, or the player does not run.
    """
    if has_player and not has_display():
        raise OperatorError(_NO_DISPLAY)
    clock, seat = SystemClock(), Seat(stopped)
    with ExitStack() as stack, suppress(_StoppedError):
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weremember-", ignore_cleanup_errors=True)))
        air = home / "air"
        try:
            air.mkdir(parents=True)
        except OSError as error:
            raise OperatorError(f"{home} cannot be used: {error.strerror}. Name a folder that is new or empty") from error
        server = Server(air, clock=clock)
        server.start()
        stack.callback(server.stop)
        url = f"{server.url}{PLAYLIST}"
        with progress("Drawing a film") as bar:
            tell = _unless(stopped, bar)
            configuration, begins = set_up(home, url, begins_in=begins_in, has_sound=has_sound, clock=clock, tell=tell, draw=draw)
        station = stack.enter_context(closing(Station(air, Easel(), clock, has_sound=has_sound)))
        player = _player(home, windowed, clock) if has_player else None
        if player is not None:
            player.start(clock.monotonic(), os.environ)
            stack.callback(end_all, [player], clock, grace=GRACE)
        seat.say(f"The configuration: {home / CONFIG}. The stream: {url}")
        seat.say(f"At {time_of_day(begins)} the ceremony begins.\n{KEYS if seat.is_heard else NO_KEYS.format(pid=os.getpid())}")
        watch = Watch(configuration.data, clock, seat.say)
        play(station, hear=seat.hear, say=seat.say, stopped=stopped, look=lambda: _is_up(player, watch, home / LOG))


def play(station: Station, *, hear: Hear, say: Say, stopped: threading.Event, look: Callable[[], None]) -> None:
    """Let the *station* send, and do as it is told, until somebody says that it is over.

    Raises:
        OperatorError: it cannot send, or *look* says that there is no use in it.
    """
    orders: Mapping[str, Callable[[], None]] = {"s": station.stop, "g": station.go_on, "e": station.end}
    while not stopped.is_set():
        look()
        word = hear(station.step()).strip().lower()[:1]
        if word == "q":
            return
        if word in orders:
            orders[word]()
            say(_SAID[word])
        elif word:
            say(KEYS)


class _StoppedError(Exception):
    """Nobody wants the rehearsal any more."""


def _unless(stopped: threading.Event, tell: Callable[[float], None]) -> Callable[[float], None]:
    """Return *tell*, which ends what it hears of once it is *stopped*: drawing takes longer than anybody waits for an end."""

    def told(done: float) -> None:
        if stopped.is_set():
            raise _StoppedError
        tell(done)

    return told


def _player(home: Path, windowed: Size | None, clock: Clock) -> Ward:
    window = ("--windowed", f"{windowed.width}x{windowed.height}") if windowed else ()
    argv = (sys.executable, "-m", "player", "run", "--config", str(home / CONFIG), *window)
    return Ward(Child("player", logged(argv, home / LOG)), clock.monotonic())


def _is_up(player: Ward | None, watch: Watch, log: Path) -> None:
    if player is not None and player.reap() is not None:
        raise OperatorError(f"the player has ended; its last words:\n{last_words(log)}")
    watch.look()
