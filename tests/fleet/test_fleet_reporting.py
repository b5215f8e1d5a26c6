"""How a player is, told on change and once in a while."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from player.errors import LibraryError
from player.fleet import wire
from player.fleet.health import Health
from player.fleet.outgoing import Sealing
from player.fleet.reporting import ALARMS, DAY, LEAST, SHORT, Reporting, phase
from player.library import programmes, sources
from player.library.database import translated
from player.library.heard import STATUS, dated
from player.library.library import Library, open_library
from player.timekeeping import ClockOffset, ClockState
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import OPENING, FakeClock

USUAL: Final = 900  # bytes
DIGEST: Final = "ab" * 32
SAID: Final[dict[str, object]] = {
    "at": OPENING,
    "show": "facade",
    "slot": "evening",
    "dark": False,
    "dim": 80,
    "rung": "live",
    "slide": "photo",
    "photos": ["campaign/2026-01-27-0000000000000017"],
    "clock_trusted": True,
    "clock_why": "",
    "frames": {"frames": 9, "late": 3, "median_ms": 6.25, "p99_ms": 11.5, "most_ms": 40.0},
}


class Site:
    """A player that runs, and whoever hears its reports."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.clock = FakeClock()
        self.said = dict(SAID)
        self.machine = Health(free_mb=52_100, hottest_c=47, clock=ClockState.SYNCED, offset=ClockOffset(-60, 340))
        self.is_open = True
        self.reporting = self.made()
        self.reporting.desired(("memorial",), 300)

    def made(self, *, has_own_clock: bool = False) -> Reporting:
        """Return what reports of it."""
        return Reporting(
            self.opened,
            Sealing("oswiecim-1", "0123abcd", self.clock),
            folder=self.library.folder,
            clock=self.clock,
            site="Muzeum Auschwitz-Birkenau",
            version="0.1.0",
            has_own_clock=has_own_clock,
            machine=lambda _: self.machine,
        )

    def opened(self) -> Library:
        """Return the library, unless it cannot be opened."""
        if not self.is_open:
            raise LibraryError("library.sqlite: the disk does not answer")
        return self.library

    def hear(self, seconds: int = 1, *, runs: bool = True) -> list[dict[str, Any]]:
        """Let time pass; return what is reported meanwhile."""
        found: list[dict[str, Any]] = []
        for _ in range(seconds):
            self.clock.advance(SECOND)
            if runs:
                (self.library.folder / STATUS).write_text(json.dumps(dated(self.said, self.clock.monotonic())))
            for each in self.reporting.step(self.clock.monotonic()):
                assert (each.topic, each.qos, each.retain, each.token) == ("wr/1/p/oswiecim-1/report", 0, True, None)
                found.append(json.loads(each.payload))
                self.last = each.payload
        return found


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """A library with one feed, which was confirmed as the player opened."""
    opened = open_library(tmp_path / "data", writer="fleet")
    sources.declare(opened.connection, {"campaign": "https://example.org", "core": "core"})
    with translated("library.sqlite"):
        opened.connection.execute("UPDATE sources SET confirmed_at=?, lease_s=604800 WHERE name='campaign'", (OPENING,))
    opened.orders.raise_sequence("campaign", 4711)
    yield opened
    opened.close()


@pytest.fixture
def site(library: Library) -> Site:
    """A player that has reported once."""
    return Site(library)


def test_everything_is_told_and_stays_small(site: Site) -> None:
    """What is on the wall, how feeds, clock, frames, disk and heat are; in less than 900 bytes."""
    [told] = site.hear()

    assert {name: value for name, value in told.items() if name not in {"seq", "ts", "session"}} == {
        "site": "Muzeum Auschwitz-Birkenau",
        "groups": ["memorial"],
        "show": "facade",
        "slot": "evening",
        "slide": "photo campaign/2026-01-27-0000000000000017",
        "rung": "live",
        "dark": False,
        "dim": 80,
        "programme": None,
        "next": None,
        "feeds": {"campaign": {"standing": "live", "lease_s": 604_799, "sequence": 4711}},
        "clock": {"state": "synced", "off_us": -60, "error_us": 340},
        "frames": {"median_ms": 6.25, "p99_ms": 11.5, "late": 3},
        "disk_mb": 52_100,
        "temp_c": 47,
        "errors": [],
        "report_s": 300,
        "shown": {"day": "2027-01-20", "photos": 0, "people": 0, "ever": 0},
        "version": "0.1.0",
    }
    assert (told["seq"], told["session"], told["ts"]) == (1, "0123abcd", site.clock.wall() // MILLISECOND)
    assert len(site.last) <= USUAL


def test_slides_and_figures_are_no_news(site: Site) -> None:
    """An hour of slides comes to one report in five minutes."""
    site.hear()
    heard: list[dict[str, Any]] = []
    for number in range(360):
        site.said["photos"] = [f"campaign/{number}"]
        site.said["frames"] = {"late": number, "median_ms": float(number)}
        site.machine = Health(free_mb=50_000 - number, hottest_c=40 + number % 9, clock=ClockState.SYNCED, offset=None)
        heard += site.hear(10)

    assert len(heard) == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("show", "wall"), ("slot", None), ("dark", True), ("dim", 40), ("rung", "plate"), ("clock_trusted", False)],
)
def test_a_change_is_told_within_seconds(site: Site, name: str, value: object) -> None:
    """Of what somebody at the centre would act on."""
    site.hear(30)
    site.said[name] = value

    [told] = site.hear(2)

    assert told["seq"] >= 2


def test_what_comes_and_goes_is_told_every_five_seconds_at_most(site: Site) -> None:
    """A wall that turns between two shows each second does not fill the broker."""
    site.hear()
    heard: list[dict[str, Any]] = []
    for number in range(60):
        site.said["show"] = f"show-{number}"
        heard += site.hear()

    assert len(heard) <= 60 * SECOND // LEAST


def test_each_player_has_its_own_turn() -> None:
    """Ten thousand of them do not report in the same second."""
    turns = [phase(f"player-{number}", 300 * SECOND) // SECOND for number in range(3000)]

    assert all(0 <= turn < 300 for turn in turns)
    assert max(turns.count(turn) for turn in set(turns)) < 30


def test_a_screen_that_is_silent_is_told(site: Site) -> None:
    """What it said before is not how it is: nothing of the wall is known."""
    site.hear(10)

    [told] = site.hear(10, runs=False)

    assert told["errors"] == ["the screen does not answer"]
    assert (told["show"], told["slide"], told["dark"]) == (None, None, None)
    assert told["feeds"]["campaign"]["standing"] == "live"


def test_the_worst_comes_first_and_short(site: Site) -> None:
    """Three at most, each a line."""
    site.hear()
    site.machine = Health(free_mb=400, hottest_c=None, clock=ClockState.UNSYNCED, offset=None)
    site.said["clock_trusted"], site.said["clock_why"] = False, "nobody has told this machine the time since it started"
    with translated("library.sqlite"):
        site.library.connection.execute("UPDATE sources SET halt=1, problem=? WHERE name='campaign'", ("x" * 400,))

    told = site.hear(10)[-1]

    assert told["errors"][0] == "the disk is nearly full"
    assert told["errors"][1].startswith("campaign: halted: xxx")
    assert told["errors"][2].startswith("the clock is not believed: nobody")
    assert all(len(each) <= SHORT for each in told["errors"])
    assert told["clock"] == {"state": "unsynced", "off_us": None, "error_us": None}


def test_no_key_leaves_the_machine(site: Site) -> None:
    """Why a feed was not read may name its address, with a key in it."""
    with translated("library.sqlite"):
        problem = "https://anna:geheim@example.org/feed?token=geheim: answered 403"
        site.library.connection.execute("UPDATE sources SET confirmed_at=NULL, problem=?", (problem,))

    [told] = site.hear()

    assert told["errors"][0].startswith("campaign: not confirmed yet: https://***@example.org/feed?token=***")
    assert b"geheim" not in site.last


def test_another_reason_for_the_same_trouble_is_no_news(site: Site) -> None:
    """A feed that fails in another way at each poll does not report each poll."""
    with translated("library.sqlite"):
        site.library.connection.execute("UPDATE sources SET confirmed_at=NULL, problem='timed out'")
    site.hear(20)
    with translated("library.sqlite"):
        site.library.connection.execute("UPDATE sources SET problem='refused'")

    assert site.hear(20) == []


def test_lost_withdrawals_are_told_before_everything_else(site: Site) -> None:
    """And so is a library that cannot be read."""
    site.hear()
    site.is_open = False

    [told] = site.hear(10)

    assert told["errors"] == ["withdrawals cannot be read: library.sqlite: the disk does not answer"]
    assert told["feeds"] == {}


def test_what_people_were_alarmed_of_is_told_as_well(site: Site) -> None:
    """What else the player knows of itself stands in the alarms' own memory; what a report says already is left out."""
    marks = [
        ["projector", "left", {"is_told": True}],
        ["disk", "", {"is_told": True}],
        ["output", "right", {"is_told": False}],
        ["odd"],
        7,
    ]
    site.hear()
    (site.library.folder / ALARMS).write_text(json.dumps({"marks": marks}))

    [told] = site.hear(10)

    assert told["errors"] == ["alarm: projector left"]
    (site.library.folder / ALARMS).write_bytes(b"\xff")
    [told] = site.hear(10)
    assert told["errors"] == []


def test_a_programme_in_step_is_told(site: Site) -> None:
    """The one that is up by the screen's word, else the one in force; and what comes next, with why this player is not ready."""
    ingest, at = site.library.connection, OPENING - SECOND
    programmes.commit(ingest, "memorial", version="6", digest="cd" * 32, activate_at=at, at=at)
    programmes.took(ingest, "memorial", "cd" * 32, b"{}")
    programmes.announce(ingest, "memorial", version="7", digest=DIGEST, activate_at=OPENING + 900 * SECOND, size=7, at=OPENING)
    programmes.took(ingest, "memorial", DIGEST, b"{}")
    programmes.note_missing(ingest, "memorial", DIGEST, 12, "12 photos are missing")

    [told] = site.hear()
    site.said["step"] = {"group": "memorial", "version": "5", "hash": "ef" * 32, "slot": 17}
    programmes.note_missing(ingest, "memorial", DIGEST, 0, "")
    [later] = site.hear(10)

    assert told["programme"] == {"group": "memorial", "version": "6", "hash8": "cdcdcdcd"}
    assert told["next"] == {"version": "7", "ready": False, "why": "12 photos are missing"}
    assert later["programme"] == {"group": "memorial", "version": "5", "hash8": "efefefef"}
    assert later["next"] == {"version": "7", "ready": True, "why": ""}


def test_a_wall_that_should_be_in_step_and_is_not_is_told(site: Site) -> None:
    """With why, as its screen says; not one whose show has just begun, which falls into step at its next slide."""
    site.said |= {"step": None, "no_step": "it comes in at the next slide"}
    assert [each["errors"] for each in site.hear(30)] == [[]]
    site.said["no_step"] = "its programme has not begun"

    told = site.hear(60)[-1]

    assert told["errors"] == ["not in step: its programme has not begun"]
    site.said["no_step"] = ""
    assert site.hear(10)[-1]["errors"] == []


def test_photos_that_still_come_are_no_news(site: Site) -> None:
    """A hundred thousand of them are fetched in an hour."""
    ingest = site.library.connection
    programmes.announce(ingest, "memorial", version="7", digest=DIGEST, activate_at=OPENING + 900 * SECOND, size=7, at=OPENING)
    programmes.took(ingest, "memorial", DIGEST, b"{}")
    site.hear(20)
    for missing in range(30, 0, -1):
        programmes.note_missing(ingest, "memorial", DIGEST, missing, f"{missing} photos are missing")

        assert site.hear(3) == []


def test_a_new_connection_hears_how_things_are(site: Site) -> None:
    """What was sent on the one before may never have arrived."""
    site.hear(30)
    site.reporting.again()

    assert len(site.hear(2)) == 1


def test_how_often_is_the_centres_to_say(site: Site) -> None:
    """Every minute, while somebody looks closely; never more often than every five seconds."""
    site.hear()
    site.reporting.desired((), 60)
    assert 9 <= len(site.hear(600)) <= 11

    site.reporting.desired((), 0)
    assert len(site.hear(60)) <= 12


@pytest.mark.parametrize("value", [None, 7, "x", [1], {"a": 1}, -1, 1e9, True, "y" * 5000])
def test_whatever_the_screen_says_makes_a_report(site: Site, value: object) -> None:
    """It is another process's file: a report is one that can be read, and fits."""
    site.said = dict.fromkeys((*SAID, "step"), value)

    [told] = site.hear()

    assert len(site.last) <= wire.MAX_BYTES
    assert told["site"] == "Muzeum Auschwitz-Birkenau"


@pytest.mark.parametrize("kept", list(ClockState))
def test_a_clock_that_the_site_keeps_by_hand_is_its_own(site: Site, kept: ClockState) -> None:
    """Whatever the kernel thinks of it: nobody else vouches for it, so nobody knows how far it is off."""
    site.machine = replace(site.machine, clock=kept)
    site.reporting = site.made(has_own_clock=True)

    assert site.hear()[-1]["clock"] == {"state": "own", "off_us": None, "error_us": None}


def test_what_was_shown_is_counted_by_days_of_utc(site: Site) -> None:
    """Showings and different people of the day; a quarter of an hour into the next one it is told whole for the last time."""
    midnight = OPENING // DAY * DAY
    plays = [(midnight - 1, "x"), (midnight, "a"), (midnight + 5 * SECOND, "a"), (midnight + DAY - 1, "b"), (midnight + DAY, "a")]
    with translated("library.sqlite"):
        site.library.connection.executemany("INSERT INTO plays VALUES(?, ?, 'wall')", plays)
    [told] = site.hear()
    assert told["shown"] == {"day": "2027-01-20", "photos": 3, "people": 2, "ever": 0}
    site.clock.advance(midnight + DAY + 700 * SECOND - site.clock.wall())
    assert site.hear()[-1]["shown"]["day"] == "2027-01-20"
    site.clock.advance(300 * SECOND)
    assert site.hear()[-1]["shown"] == {"day": "2027-01-21", "photos": 1, "people": 1, "ever": 0}
