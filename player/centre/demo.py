"""Several players, a centre and a broker on one computer, for whoever wants to see it before they build it.

Nothing here is special: each step is a command that can be typed, and is shown before it is done.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol, TypeAlias, cast

from player.centre import brokering, founding
from player.centre.section import parse_broker
from player.centre.simulating.serving import broker_text, found, free_port
from player.centre.store import Store
from player.clock import Clock, SystemClock
from player.errors import OperatorError
from player.library.heard import heard, is_of_now
from player.places import INSTALLATION
from player.rehearsing.seat import Seat
from player.screen.window import WINDOW_AT, has_display
from player.troupe import end_all, last_words, logged
from player.units import MILLISECOND, SECOND, Nanos, Size
from player.ward import Child, Ward

HOST: Final = "127.0.0.1"
GROUP: Final = "demo"
FEED: Final = "demo"
IN_A_ROW: Final = 2  # windows
APART: Final = 20  # pixels between them
MOST: Final = 5  # players: each draws, and a laptop has four cores
GRACE: Final[Nanos] = 5 * SECOND  # a player ends within three
BEGINNING: Final[Nanos] = 60 * SECOND  # the first start compiles; players with a photo up are waited for so long
LOOK_EVERY: Final[Nanos] = 200 * MILLISECOND
COMMAND: Final[Nanos] = 90 * SECOND  # `withdraw` waits for players a minute at the most
WAIT: Final = "15s"  # for players to confirm
_NO_DISPLAY: Final = "there is no display here to show players on: type it at a computer that has one"
_NO_BROKER: Final = "the broker is not installed. On Debian or Raspberry Pi OS: sudo apt install mosquitto"
KEYS: Final = (
    "w and Enter: withdraw a photo.  k: kill the broker.  b: the broker is back.  d: dark.  l: light.  s: status.  q: the end."
)
NO_KEYS: Final = "This is no terminal, so no keys are read. What ends it: kill {pid}"
_CONFIG: Final = """\
# Of all players of the demonstration. What makes each of them one of many is added by `weremember fleet enrol`.
site: {{zone: UTC, clock: own}}
feeds:
  {feed}: {{kind: jsonfeed, url: "{url}", trust: moderated, every: 30s}}
words: {{only_checked: false}}
show: wall
console: {{enabled: false}}
"""
_PLAYLIST: Final = "title: Demonstration\nhold: 6s\nfade: 1.2s\nslides:\n  - photo\n"
Hear: TypeAlias = Callable[[Nanos], str]
"""Waits so long at the most for what a person types, and returns it; nothing: nobody typed."""
Say: TypeAlias = Callable[[str], None]


class House(Protocol):
    """Where the demonstration happens."""

    def command(self, *words: str) -> int:
        """Do what `weremember fleet` does with these *words*, after showing them; return its exit status."""
        ...

    def photo(self) -> str:
        """Return SOURCE/ID of a photo that is up on one of the players; empty: none is."""
        ...

    def kill_broker(self) -> bool:
        """Kill the broker; return whether there was one."""
        ...

    def start_broker(self) -> bool:
        """Start the broker; return whether there was none."""
        ...

    def look(self) -> None:
        """See to it that everything runs.

        Raises:
            OperatorError: something has ended by itself.
        """
        ...


def demonstrate(*, folder: Path | None, count: int, windowed: Size, stopped: threading.Event) -> None:
    """Show *count* players of one centre until somebody ends it, or *stopped* is set.

    Args:
        folder: Where to keep everything, new or empty; None: nowhere.
        count: How many players.
        windowed: How large each of their windows is.
        stopped: Ends it; a terminal that is gone sets it.

    Raises:
        OperatorError: there is no display or no broker, or it cannot be set up.
    """
    if not has_display():
        raise OperatorError(_NO_DISPLAY)
    program = found("mosquitto")
    if program is None:
        raise OperatorError(_NO_BROKER)
    clock, seat = SystemClock(), Seat(stopped)
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weremember-", ignore_cleanup_errors=True)))
        house = _Processes(home, program, clock, seat.say, stopped)
        stack.callback(house.close)
        house.set_up(count, windowed)
        if not stopped.is_set():
            house.command("status")
            seat.say(KEYS if seat.is_heard else NO_KEYS.format(pid=os.getpid()))
            play(house, hear=seat.hear, say=seat.say, stopped=stopped)


def play(house: House, *, hear: Hear, say: Say, stopped: threading.Event) -> None:
    """Do as a person types, until they say that it is over.

    Raises:
        OperatorError: something in the *house* has ended by itself.
    """
    orders: Mapping[str, Callable[[], None]] = {
        "w": lambda: _withdraw(house, say),
        "k": lambda: say(
            "The broker is gone, as after a power cut. The windows go on: look at them."
            if house.kill_broker()
            else "There is no broker. b brings it back."
        ),
        "b": lambda: say(
            "The broker is back. Each player comes by itself, within a minute, and confirms what it has missed: s shows how far."
            if house.start_broker()
            else "The broker runs."
        ),
        "d": lambda: _order(house, "dark", "--all", "--yes", "--yes"),
        "l": lambda: _order(house, "light", "--all", "--yes"),
        "s": lambda: _look(house),
    }
    while not stopped.is_set():
        house.look()
        word = hear(LOOK_EVERY).strip().lower()[:1]
        if word == "q":
            return
        if word in orders:
            orders[word]()
        elif word:
            say(KEYS)


def _withdraw(house: House, say: Say) -> None:
    photo = house.photo()
    if not photo:
        say("No photo is up at this moment: wait for the next slide.")
        return
    house.command("withdraw", photo, "--reason", "demonstration", "--wait", WAIT)


def _order(house: House, *words: str) -> None:
    house.command(*words)


def _look(house: House) -> None:
    house.command("status")
    house.command("withdraw", "--list")


class _Processes:
    """The house as it is: a broker, players, and a folder."""

    def __init__(self, home: Path, program: str, clock: Clock, say: Say, stopped: threading.Event) -> None:
        self._home, self._program, self._clock, self._say, self._stopped = home, program, clock, say, stopped
        self._centre = home / "centre"
        self._broker: Ward | None = None
        self._collector: Ward | None = None
        self._players: dict[str, Ward] = {}
        self._withdrawn: set[str] = set()

    def set_up(self, count: int, windowed: Size) -> None:
        """Make all of it, and wait until each player has something to show.

        Raises:
            OperatorError: it cannot be made.
        """
        config = self._home / "wall.yaml"
        try:
            playlists = self._home / "playlists"
            playlists.mkdir(parents=True)
            config.write_text(_CONFIG.format(feed=FEED, url=INSTALLATION / "assets" / "demo" / "feed.json"), "utf-8")
            (playlists / "wall.yaml").write_text(_PLAYLIST, "utf-8")
        except OSError as error:
            raise OperatorError(f"{self._home} cannot be used: {error.strerror}. Name a folder that is new or empty") from error
        names = [f"wall-{number + 1}" for number in range(count)]
        broker = f"{HOST}:{free_port()}"
        self._say(f"$ weremember fleet init {shlex.quote(str(self._centre))} --broker {broker} --players {count}")
        founding.found(self._centre, parse_broker(broker), self._clock.wall(), name="Demonstration", players=count)
        for name in names:
            self._must("enrol", name, "--group", GROUP, "--site", "This computer", "--config", str(config))
        self.start_broker()
        collect = (sys.executable, "-m", "player", "fleet", "collect", "--centre", str(self._centre))
        self._collector = self._started("the collector", collect, self._log("collector"))
        for number, name in enumerate(names):
            self._players[name] = self._player(name, windowed, number)
        self._say("The players begin …")
        self._wait(lambda: all(self._is_up(name) for name in names))
        with Store(self._centre) as store:
            self._wait(lambda: not store.counts().wrong)  # until each has said so itself: the first list is to be a true one

    def command(self, *words: str) -> int:
        """See `House`."""
        self._say(f"\n$ weremember fleet {shlex.join(words)}")
        argv = (sys.executable, "-m", "player", "fleet", words[0], "--centre", str(self._centre), *words[1:])
        ward = Ward(Child("command", argv), self._clock.monotonic())
        ward.start(self._clock.monotonic(), os.environ)
        status, ends, never = None, self._clock.monotonic() + COMMAND, threading.Event()
        while status is None and not self._stopped.is_set() and self._clock.monotonic() < ends:
            status = ward.reap()
            self._clock.wait(never, LOOK_EVERY // 10)
        if status is None:
            end_all([ward], self._clock, grace=GRACE)
        return 1 if status is None else status

    def photo(self) -> str:
        """See `House`."""
        for name in self._players:
            named = heard(self._data(name)).get("named")
            up = [str(each) for each in cast("list[object]", named)] if isinstance(named, list) else []
            # What a screen says of itself is up to a second old: it may be of a photo that has just left.
            photo = next((each for each in up if each not in self._withdrawn), "")
            if photo:
                self._withdrawn.add(photo)
                return photo
        return ""

    def kill_broker(self) -> bool:
        """See `House`."""
        broker, self._broker = self._broker, None
        if broker is None:
            return False
        broker.kill(self._clock.monotonic())
        end_all([broker], self._clock, grace=GRACE)
        return True

    def start_broker(self) -> bool:
        """See `House`."""
        if self._broker is not None:
            return False
        folder = self._home / "broker"
        office = founding.opened(self._centre)
        try:
            folder.mkdir(exist_ok=True)
            text = broker_text(brokering.configuration(office.centre, office.folder), folder, office, has_tls=True)
            (folder / "mosquitto.conf").write_text(text, "utf-8")
        except OSError as error:
            raise OperatorError(f"{folder} cannot be used: {error.strerror}") from error
        argv = (self._program, "-c", str(folder / "mosquitto.conf"))
        self._broker = self._started("broker", argv, folder / "mosquitto.log")
        return True

    def look(self) -> None:
        """See `House`."""
        if self._broker is not None and self._broker.reap() is not None:
            raise OperatorError(f"the broker has ended; its last words:\n{last_words(self._home / 'broker' / 'mosquitto.log')}")
        for name, ward in {**self._players, **({"collector": self._collector} if self._collector else {})}.items():
            if ward.is_up and ward.reap() is not None:
                raise OperatorError(f"{name} has ended; its last words:\n{last_words(self._log(name))}")

    def close(self) -> None:
        """End everything."""
        wards = (*self._players.values(), self._collector, self._broker)
        end_all([ward for ward in wards if ward], self._clock, grace=GRACE)

    def _must(self, *words: str) -> None:
        if not self._stopped.is_set() and self.command(*words):
            raise OperatorError(f"`weremember fleet {words[0]}` has failed; what it says is above")

    def _player(self, name: str, windowed: Size, number: int) -> Ward:
        config = self._centre / founding.BUNDLES / name / "config.yaml"
        size = f"{windowed.width}x{windowed.height}"
        where = ("--config", str(config), "--data", str(self._data(name)), "--windowed", size)
        corner = f"{number % IN_A_ROW * (windowed.width + APART)},{number // IN_A_ROW * (windowed.height + 2 * APART)}"
        argv = (sys.executable, "-m", "player", "run", *where)
        return self._started(name, argv, self._log(name), environ=os.environ | {WINDOW_AT: corner})

    def _started(self, name: str, argv: Sequence[str], log: Path, *, environ: Mapping[str, str] = os.environ) -> Ward:
        ward = Ward(Child(name, logged(argv, log)), self._clock.monotonic())
        try:
            ward.start(self._clock.monotonic(), environ)
        except OSError as error:
            raise OperatorError(f"{name} cannot be started: {error.strerror}") from error
        return ward

    def _is_up(self, name: str) -> bool:
        said = heard(self._data(name))
        return is_of_now(said, self._clock) and bool(said.get("named"))

    def _wait(self, is_so: Callable[[], bool]) -> None:
        ends = self._clock.monotonic() + BEGINNING
        while not is_so() and self._clock.monotonic() < ends and not self._clock.wait(self._stopped, LOOK_EVERY):
            self.look()

    def _data(self, name: str) -> Path:
        return self._home / "data" / name

    def _log(self, name: str) -> Path:
        return self._home / f"{name}.log"
