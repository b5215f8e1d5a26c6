"""The process over a night of the campaign: the schedule, operators' orders, restarts and a clock that is set, on fake time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from player.clock import SystemClock
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library import dark
from player.library.journal import lines
from player.library.library import open_library
from player.library.trusted_time import TrustedClock
from player.places import LAST_CLEAN
from player.projector import service, told
from player.projector.call import Call
from player.projector.keeper import Keeper, manner_of
from player.projector.looking import KIND, Desk
from player.projector.section import Projector
from player.projector.service import Watch
from player.projector.visit import Visits
from player.projector.wanted import Circumstances
from player.settings import Configuration, keep_clean, with_data
from player.show.on_air import Manual, to_record
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, SteppedClock
from tests.fakes.home import CLEAN, Home
from tests.fakes.projector import Device, Emulator, Quirk, plugged
from tests.fakes.schedules import instant

P = ParamSpec("P")
R = TypeVar("R")
MINUTE: Nanos = 60 * SECOND
TICK: Nanos = 5 * SECOND
DUSK = """
site: {name: Memorial, zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}
schedule:
  slots: [{id: facade, show: one, at: dark(-6)+10m to 18:00, only_if: dark}]
  quiet: [{id: hush, do: dark, when: {at: "17:30 to 17:40"}}]
projectors:
  left: {host: 10.0.0.5, input: 31, lamp_hours: 3000}
  right: {host: 10.0.0.6}
"""
DAY = "2027-01-27 "
HERE = "Europe/Warsaw"
NIGHT = ["POWR 1", "AVMT 31", "INPT 31", "AVMT 30", "AVMT 31", "AVMT 30", "AVMT 31", "POWR 0"]
"""What the left one is told."""


class Inline(Executor):
    """A lane without a thread: what is submitted is done before anybody asks."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it now."""
        future: Future[R] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Site:
    """A player's projectors, by a clock of the test."""

    def __init__(self, folder: Path, *quirks: Quirk, text: str = DUSK, at: str = "17:01") -> None:
        self.clock = SteppedClock()
        self.kernel = ClockState.SYNCED
        self.clock.advance(instant(DAY + at, HERE) - OPENING)
        self.configuration: Configuration = with_data(Home(folder).clean(CLEAN + text), str(folder / "data"))
        self.folder = self.configuration.data
        self.folder.mkdir()
        self.devices = {"left": Device(self.clock, *quirks), "right": Device(self.clock)}
        self.due: dict[str, Nanos] = {}
        self.light: list[tuple[str, Nanos, bool]] = []
        self.watch = self.begin()

    def begin(self) -> Watch:
        """The process starts."""
        names = iter(self.configuration.settings.projectors)

        def make(projector: Projector, lit_at: Nanos | None) -> Visits:
            device = self.devices[next(names)]
            call = Call(plugged(device, self.clock), self.clock)
            return Visits(call, manner_of(projector), clock=self.clock, lit_at=lit_at)

        projectors = self.configuration.settings.projectors
        self.watch = Watch(
            self.configuration,
            projectors,
            clock=self.clock.trusted,
            make=make,
            kernel=lambda: self.kernel,
            lane=lambda _n, _name: Inline(),
        )
        self.due.clear()
        return self.watch

    def live(self, until: str) -> None:
        """Let time pass until a moment of the day, by the site's clock."""
        end = instant(DAY + until, HERE)
        while self.clock.wall() < end:
            self.watch.step()
            for name, keeper in self.watch.keepers.items():
                self._visited(name, keeper)
            for name, device in self.devices.items():
                if self._last(name) != device.is_lit:
                    self.light.append((name, self.clock.wall(), device.is_lit))
            self.clock.advance(TICK)

    def _visited(self, name: str, keeper: Keeper) -> None:
        now = self.clock.monotonic()
        if keeper.is_called or now >= self.due.get(name, 0):
            self.due[name] = keeper.visit() + self.clock.monotonic()

    def _last(self, name: str) -> bool:
        return next((lit for of, _, lit in reversed(self.light) if of == name), False)

    def order(self, manual: Manual) -> None:
        """An operator's order, as the screen keeps it."""
        with closing(open_library(self.folder, writer="screen")) as library:
            library.orders.settle(to_record(manual), light=1.0, at=self.clock.wall())

    def told(self, name: str = "left") -> told.Told:
        """What is said of one."""
        report = told.read(self.folder)
        assert report is not None
        return report.projectors[name]

    def lit(self, name: str = "left") -> list[str]:
        """When there was light, to the minute, by the site's clock."""
        begin = instant(DAY + "00:00", HERE)
        found = [((at - begin) // MINUTE, is_lit) for of, at, is_lit in self.light if of == name]
        marks = [f"{minute // 60:02}:{minute % 60:02}{'+' if is_lit else '-'}" for minute, is_lit in found]
        return [mark for mark in marks if [m[:5] for m in marks].count(mark[:5]) == 1]  # the blink as a lamp lights up is none


def test_a_night_of_the_campaign(tmp_path: Path) -> None:
    """On and dark before dusk, seen when it is dark, dark in the quiet minutes, seen again, dark at six, off; all journalled."""
    site = Site(tmp_path)
    site.live("17:02")
    begins = site.told().turns
    assert begins is not None
    assert site.told().says == "off: no show is on"
    site.live("18:12")
    first = (begins - instant(DAY + "00:00", HERE)) // MINUTE
    expected = [f"{first // 60:02}:{first % 60:02}+", "17:30-", "17:40+", "18:00-"]
    assert site.lit("left") == expected
    assert site.lit("right") == expected
    assert [device.told for device in site.devices.values()] == [NIGHT, [each for each in NIGHT if each != "INPT 31"]]
    assert site.told().says == "off: no show is on"
    assert all(device.power == "0" for device in site.devices.values())
    assert not site.told().worries
    site.watch.close()
    with closing(open_library(site.folder, writer="test")) as library:
        found = [line.what for line in lines(library.orders.connection, kind=KIND) if line.what["projector"] == "right"]
    assert [(each["did"], each["answer"]) for each in found] == [
        ("switched on", "OK"),
        ("darkened", "OK"),
        ("opened", "OK"),
        ("darkened", "OK"),
        ("opened", "OK"),
        ("darkened", "OK"),
        ("switched off", "OK"),
    ]


def test_a_restart_at_any_time_changes_nothing(tmp_path: Path) -> None:
    """Killed and begun anew every seven minutes through the night: the same light, the same commands."""
    site = Site(tmp_path)
    for minute in range(17 * 60 + 3, 18 * 60, 7):
        site.live(f"{minute // 60:02}:{minute % 60:02}")
        site.begin()
    site.live("18:12")
    assert site.lit() == ["17:13+", "17:30-", "17:40+", "18:00-"]
    assert site.devices["left"].told == NIGHT
    assert site.devices["left"].hot_strikes == 0


def test_a_restart_does_not_forget_a_hot_lamp(tmp_path: Path) -> None:
    """One that says at once that it is off is left alone for its cool-down, through a restart."""
    site = Site(tmp_path, Quirk.OFF_WHILE_COOLING, at="17:16")
    site.live("17:20")
    site.devices["left"].switch(on=False)
    site.live("17:20:10")
    site.begin()
    site.live("17:29")
    assert site.devices["left"].hot_strikes == 0
    assert site.devices["left"].is_lit


def test_a_clock_that_is_set_moves_the_answer_and_nothing_else(tmp_path: Path) -> None:
    """Set from noon into the show, it comes on at once; set back, it goes dark at once and off after the grace."""
    site = Site(tmp_path, at="12:00")
    site.live("12:05")
    site.clock.step(instant(DAY + "17:20", HERE) - site.clock.wall())
    site.live("17:22")
    assert site.devices["left"].is_lit
    site.clock.step(-4 * 60 * MINUTE)
    site.live("13:23")
    assert not site.devices["left"].is_lit
    assert site.devices["left"].is_on
    site.live("13:30")
    assert not site.devices["left"].is_on


def test_what_operators_order_is_obeyed(tmp_path: Path) -> None:
    """Dark by hand mutes and does not switch off; a show by hand switches on; light again is light."""
    site = Site(tmp_path, at="17:16")
    site.live("17:20")
    assert site.devices["left"].is_lit
    site.order(Manual(is_dark=True))
    site.live("17:26")
    assert site.devices["left"].is_on
    assert not site.devices["left"].is_lit
    assert site.told().says == "on and dark: dark by hand"
    site.order(Manual())
    site.live("17:27")
    assert site.devices["left"].is_lit


def test_a_show_put_on_by_hand_switches_on_and_off(tmp_path: Path) -> None:
    """In the afternoon, when no slot is on."""
    site = Site(tmp_path, at="14:00")
    site.order(Manual(show="one", until=instant(DAY + "14:05", HERE)))
    site.live("14:02")
    assert site.devices["left"].is_lit
    site.live("14:06")
    assert not site.devices["left"].is_lit
    site.live("14:12")
    assert not site.devices["left"].is_on


def test_the_file_dark_mutes_even_while_the_screen_hangs(tmp_path: Path) -> None:
    """A demand that nobody has obeyed yet counts: within a tick."""
    site = Site(tmp_path, at="17:16")
    site.live("17:20")
    dark.demand(site.folder)
    site.live("17:20:10")
    assert not site.devices["left"].is_lit
    dark.take_away(site.folder)
    site.live("17:20:20")
    assert site.devices["left"].is_lit


def test_a_clock_that_nobody_vouches_for_switches_nothing(tmp_path: Path) -> None:
    """A machine that woke without the time leaves a projector as it is, and goes by the schedule once it knows."""
    site = Site(tmp_path, at="17:20")
    site.kernel = ClockState.UNSYNCED
    site.live("17:22")
    assert not site.devices["left"].is_on
    assert site.told().says == "off: the clock is not to be trusted"
    assert not site.told().worries
    site.kernel = ClockState.SYNCED
    site.live("17:24")
    assert site.devices["left"].is_lit


def test_whoever_works_at_the_picture_has_light(tmp_path: Path) -> None:
    """The screen says that a test card is up: on by day; when it says so no more, dark, and off after the grace."""
    site = Site(tmp_path, at="12:00")
    for second in range(0, 120, 5):
        (site.folder / "status.json").write_text(f'{{"at": {site.clock.wall()}, "attended": true}}')
        site.live(f"12:{second // 60:02}:{second % 60:02}")
    assert site.devices["left"].is_lit
    site.live("12:03")
    assert not site.devices["left"].is_lit
    site.live("12:10")
    assert not site.devices["left"].is_on


def test_one_silent_projector_keeps_no_other_from_its_show(tmp_path: Path) -> None:
    """The other is lit in time; the file says what is wrong with the first, and alarms can read it."""
    site = Site(tmp_path, Quirk.SILENT, at="17:15")
    site.live("17:27")
    assert site.devices["right"].is_lit
    names = site.configuration.settings.projectors
    alarms = told.alarming(site.folder, names, site.clock.wall())
    assert alarms == {"left": "does not greet: it is busy, or does not speak PJLink", "right": ""}


def test_a_library_that_cannot_be_read_leaves_the_last_orders_in_force(tmp_path: Path) -> None:
    """The desk goes on with what it knew."""
    clock = SteppedClock()
    desk = Desk(tmp_path, clock.trusted)
    assert desk.look() == Circumstances(Manual())
    with closing(open_library(tmp_path, writer="screen")) as library:
        library.orders.settle(to_record(Manual(is_dark=True, level=50)), light=0.5, at=1)
    assert desk.look() == Circumstances(Manual(is_dark=True, level=50))
    (tmp_path / "orders.sqlite").write_bytes(b"not a database, and long enough to be none" * 100)
    assert desk.look() == Circumstances(Manual(is_dark=True, level=50))
    desk.note("left", "opened", "OK")
    desk.close()


def test_a_disk_that_hangs_at_the_start_does_not_keep_the_projectors_off(tmp_path: Path) -> None:
    """After ten seconds without an answer the schedule alone decides."""

    class Stuck(Inline):
        """A lane whose work never ends."""

        def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
            """Begin, and never end."""
            del fn, args, kwargs
            return Future()

    site = Site(tmp_path, at="17:20")
    projectors = {"left": site.configuration.settings.projectors["left"]}
    device = site.devices["left"]
    visits = Visits(Call(plugged(device, site.clock), site.clock), manner_of(projectors["left"]), clock=site.clock)
    site.watch = Watch(
        site.configuration,
        projectors,
        clock=site.clock.trusted,
        make=lambda _projector, _lit_at: visits,
        kernel=lambda: site.kernel,
        lane=lambda _n, _name: Stuck(),
    )
    site.live("17:22")
    assert device.is_lit


class RealWaits(SystemClock):
    """The machine's clock; the process ends when something is so, and at the latest after a while."""

    def __init__(self, stopped: threading.Event, is_done: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._is_done = is_done
        self._turns = 0

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait a hundredth of what is asked."""
        if until is self._stopped:
            self._turns += 1
            if self._is_done() or self._turns > 2000:
                until.set()
        return super().wait(until, length // 100)


def test_the_process_runs_on_real_sockets_and_ends(tmp_path: Path) -> None:
    """With a projector that is off and a show that is on, it opens it, says so, and ends without touching it."""
    device = Device(SystemClock(), Quirk.REMEMBERS_MUTE, warm_s=0, cool_s=0)
    device.is_muted = True
    home, stopped = Home(tmp_path), threading.Event()
    with Emulator(device) as there:
        home.clean(f"{CLEAN}projectors: {{left: {{host: 127.0.0.1, port: {there.port}}}}}\n")
        service.run(
            InForce(home.file, str(tmp_path / "data")),
            clock=TrustedClock(RealWaits(stopped, lambda: device.is_lit), boot="this one"),
            heartbeat=Heartbeat(None),
            stopped=stopped,
            reload=threading.Event(),
        )
    assert device.told == ["POWR 1", "AVMT 30"]
    assert device.is_lit
    report = told.read(tmp_path / "data")
    assert report is not None
    assert report.projectors["left"].aim == "open"


@pytest.mark.parametrize("text", ["", "projectors: {}\n"])
def test_without_projectors_nothing_is_done(tmp_path: Path, text: str) -> None:
    """No file is written, and no library made."""
    home, stopped = Home(tmp_path), threading.Event()
    home.clean(CLEAN + text)
    service.run(
        InForce(home.file, str(tmp_path / "data")),
        clock=TrustedClock(RealWaits(stopped, lambda: True), boot="this one"),
        heartbeat=Heartbeat(None),
        stopped=stopped,
        reload=threading.Event(),
    )
    assert [file.name for file in (tmp_path / "data").iterdir()] == [LAST_CLEAN]


def test_a_new_configuration_is_taken_in(tmp_path: Path) -> None:
    """When another process has taken one in, this one follows, without being told."""
    device = Device(SystemClock(), warm_s=0, cool_s=0)
    home, stopped = Home(tmp_path), threading.Event()
    home.clean()
    with Emulator(device) as there:
        text = f"{CLEAN}projectors: {{left: {{host: 127.0.0.1, port: {there.port}}}}}\n"

        def is_done() -> bool:
            keep_clean(with_data(home.clean(text), str(tmp_path / "data")))
            return device.is_lit

        service.run(
            InForce(home.file, str(tmp_path / "data")),
            clock=TrustedClock(RealWaits(stopped, is_done), boot="this one"),
            heartbeat=Heartbeat(None),
            stopped=stopped,
            reload=threading.Event(),
        )
    assert device.is_lit
