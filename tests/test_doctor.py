"""Tests of `doctor`: what it finds, what it calls a problem, and the one thing that it mends."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from player.clock import Clock, SystemClock
from player.doctor import examination, hours, wall
from player.errors import WorkerError
from player.pictures.wire import Confinement, Lack, Level
from player.schedule.zones import choose
from player.timekeeping import ClockState
from tests.fakes import corpus
from tests.fakes.publisher import Publisher
from tests.fakes.site import Site

FOR_EVER: Final = "2999a"
"""Zones that are never old."""


def _worker(level: Level | None) -> Callable[[Clock], Confinement]:
    def reached(_: Clock) -> Confinement:
        if level is None:
            raise WorkerError("no more processes")
        return Confinement(level, 0, Lack.ABSENT, Lack.ABSENT)

    return reached


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a place with one approved photo, on a machine that has no display and can confine its workers."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(examination, "reached_confinement", _worker(Level.LIMITS | Level.SECCOMP))
    monkeypatch.setattr(hours, "clock_state", lambda: ClockState.SYNCED)
    monkeypatch.setattr(hours, "database", lambda: choose(system=None, package=FOR_EVER))
    monkeypatch.setattr(wall, "_gpu", lambda: ("llvmpipe", False))
    site = Site(tmp_path)
    publisher = Publisher()
    publisher.add("good", corpus.jpeg())
    site.publish(publisher)
    return site


def test_all_is_well_after_a_first_ingest(site: Site) -> None:
    """With a display or without, a player that has its photos has no problem, and the findings say what there is."""
    site.command("ingest", "--once")

    done = site.command("doctor")

    assert done.exit_code == 0
    assert "!" not in [line[0] for line in done.stdout.splitlines()]
    assert "source wall: live; confirmed " in done.stdout
    assert "lease for " in done.stdout
    assert "photos: 1 approved" in done.stdout
    assert "the journal's chains are whole" in done.stdout
    assert "its picture in preview.jpg" in done.stdout


def test_before_the_first_run_there_is_nothing_to_complain_of(site: Site) -> None:
    """A data folder that is not there yet is no problem, and `doctor` does not make it."""
    done = site.command("doctor")

    assert done.exit_code == 0
    assert "the first run makes it" in done.stdout
    assert not site.data.exists()


def test_a_source_that_never_answered_is_a_problem(site: Site) -> None:
    """Each source that confirms nothing is named, with what went wrong at its last poll."""
    site.configure("{away: {kind: folder, url: nowhere, trust: moderated}}")
    site.command("ingest", "--once")

    done = site.command("doctor")

    assert done.exit_code == 1
    [line] = [line for line in done.stdout.splitlines() if "source away" in line]
    assert line.startswith("!")
    assert "No such file or directory" in line


def test_lost_withdrawals_are_a_problem_until_a_person_accepts_the_loss(site: Site) -> None:
    """A damaged orders file is named with the way out; `--accept-loss` takes it once, keeps the file, and photos come back."""
    site.command("ingest", "--once")
    site.damage_orders()

    found = site.command("doctor")
    accepted = site.command("doctor", "--accept-loss")
    again = site.command("doctor", "--accept-loss")

    assert found.exit_code == 1
    assert "If nobody can restore the file: weremember doctor --accept-loss" in found.stdout
    assert accepted.exit_code == 0
    [aside] = site.data.glob("orders.sqlite.damaged-*")
    assert aside.name in accepted.stdout
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "weremember: nothing is lost: the withdrawals can be read\n"
    assert site.command("doctor").exit_code == 0
    assert site.photos()["good"]["state"] == "approved"


def test_accepting_a_loss_is_written_down_with_the_name_of_who_did(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal of the new record begins with who accepted the loss, and of what."""
    monkeypatch.setenv("LOGNAME", "anna")
    site.command("ingest", "--once")
    (site.data / "orders.sqlite").unlink()

    site.command("doctor", "--accept-loss")

    with closing(sqlite3.connect(site.data / "orders.sqlite")) as orders:
        [(kind, what)] = orders.execute("SELECT kind, what FROM journal").fetchall()
    assert kind == "loss accepted"
    assert '"by":"anna"' in what
    assert "orders.sqlite is gone" in what


def test_a_journal_that_was_changed_is_a_problem(site: Site) -> None:
    """A line of the journal that somebody wrote over is found, with its writer and number."""
    site.command("ingest", "--once")
    with closing(sqlite3.connect(site.data / "orders.sqlite")) as orders:
        orders.execute("UPDATE journal SET what='{}' WHERE seq=1")
        orders.commit()

    done = site.command("doctor")

    assert done.exit_code == 1
    assert "journal broken at ingest 1" in done.stdout


def test_a_damaged_library_is_set_aside_and_said(site: Site) -> None:
    """A damaged library is no loss: it is set aside, and what is gone is fetched again."""
    site.command("ingest", "--once")
    for suffix in ("-wal", "-shm"):
        (site.data / f"library.sqlite{suffix}").unlink(missing_ok=True)
    (site.data / "library.sqlite").write_bytes(b"what a bad disk gave back" * 500)

    done = site.command("doctor")

    assert done.exit_code == 1
    assert "was damaged; set aside as library.sqlite.damaged-" in done.stdout
    site.command("ingest", "--once")
    assert site.command("doctor").exit_code == 0


def test_a_full_disk_and_a_locked_folder_are_problems(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room, and a data folder that may not be written, are each said before they hurt."""
    site.command("ingest", "--once")

    def nearly_full(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=10**8)

    def locked(_: Path, __: int) -> bool:
        return False

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    monkeypatch.setattr(os, "access", locked)

    done = site.command("doctor")

    assert done.exit_code == 1
    assert "! disk: 0.1 GB free" in done.stdout
    assert "may not be written: withdrawals could not be recorded" in done.stdout


@pytest.mark.parametrize(
    ("level", "says"),
    [(None, "! picture worker: does not start: no more processes"), (Level.LIMITS, "! picture worker: confined: limits; ")],
)
def test_a_worker_that_is_not_confined_is_a_problem(
    site: Site, monkeypatch: pytest.MonkeyPatch, level: Level | None, says: str
) -> None:
    """Whoever decodes strangers' pictures must be confined; where that fails, or nothing starts, it is said."""
    monkeypatch.setattr(examination, "reached_confinement", _worker(level))

    done = site.command("doctor")

    assert done.exit_code == 1
    assert says in done.stdout


def test_two_pygames_at_once_are_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding pygame beside pygame-ce is a problem: they overwrite each other's files."""

    def version(_: str) -> str:
        return "2.6.1"  # of everything, pygame too

    monkeypatch.setattr(importlib.metadata, "version", version)

    done = site.command("doctor")

    assert done.exit_code == 1
    assert "! pygame: pygame and pygame-ce are both installed" in done.stdout


def test_a_language_without_a_font_is_named_with_what_would_help(site: Site) -> None:
    """A language that no font here has is left out of the show, and said, and is no problem."""
    (site.folder / "assets").mkdir()
    (site.folder / "assets" / "words.yaml").write_text(
        "en: {text: We Remember, checked: true}\nphn: {text: 𐤀𐤁, checked: false}\n"
    )

    done = site.command("doctor")

    assert done.exit_code == 0
    assert "languages: 1 of 2 can be shown here" in done.stdout
    assert "language left out: phn (𐤀𐤁): install " in done.stdout


def test_a_proxy_is_told_of_without_its_password(site: Site) -> None:
    """Through a proxy nobody here sees addresses: doctor says so, and names the proxy without user and password."""
    site.rest = "network: {proxy: 'http://ann:hush@proxy.example:3128'}"
    site.configure()

    done = site.command("doctor")

    assert "network: through the proxy proxy.example:3128: feeds and photos are judged by the names of their hosts" in done.stdout
    assert "hush" not in done.stdout


def test_a_key_that_is_not_there_is_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each feed's key doctor says where it is looked for, and whether it is there, and never what it is."""
    site.configure("{wall: {kind: jsonfeed, url: 'https://feed.example/', trust: moderated, token: 'env:WALL_KEY'}}")
    missing = site.command("doctor")
    monkeypatch.setenv("WALL_KEY", "hush-hush-hush")
    found = site.command("doctor")

    assert "! key of wall: env:WALL_KEY: the environment of the player has no WALL_KEY" in missing.stdout
    assert "✓ key of wall: found, env:WALL_KEY" in found.stdout
    assert "hush" not in found.stdout


SLOT: Final = "schedule: {slots: [{id: day, show: wall, at: 00:00 to 24:00}]}\n"


def _with(site: Site, rest: str) -> Site:
    site.rest = rest
    site.configure()
    return site


def _line(said: str, topic: str) -> str:
    (line,) = [line for line in said.splitlines() if line[2:].startswith(f"{topic}: ")]
    return line


@pytest.mark.parametrize(
    ("state", "rest", "begins"),
    [
        (ClockState.SYNCED, SLOT, "✓ clock: synced: kept by the network"),
        (ClockState.HOLDOVER, SLOT, "• clock: holdover: was kept by the network, which has not been heard of"),
        (ClockState.UNSYNCED, SLOT, "! clock: unsynced: nobody has told this machine the time since it started"),
        (ClockState.UNSYNCED, "", "• clock: unsynced: nobody has told this machine the time since it started. What"),
    ],
)
def test_the_clock_is_told_with_what_follows(
    site: Site, monkeypatch: pytest.MonkeyPatch, state: ClockState, rest: str, begins: str
) -> None:
    """A clock that nobody keeps is a problem as soon as there is a schedule, which then is not played; the remedy is named."""
    monkeypatch.setattr(hours, "clock_state", lambda: state)
    done = _with(site, rest).command("doctor")
    line = _line(done.stdout, "clock")
    assert line.startswith(begins)
    assert done.exit_code == (1 if line.startswith("!") else 0)
    if state is ClockState.UNSYNCED:
        assert ("wall is on instead of the schedule" in line) is bool(rest)
        assert "timedatectl set-ntp true" in line
        assert "`site: {clock: own}`" in line


def test_a_clock_of_the_sites_own_is_believed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the network says of it is told, and is no problem."""
    monkeypatch.setattr(hours, "clock_state", lambda: ClockState.UNSYNCED)
    _with(site, SLOT)
    site.config.write_text(site.config.read_text("utf-8").replace("zone: Europe/Warsaw", "zone: Europe/Warsaw, clock: own"))
    done = site.command("doctor")
    assert _line(done.stdout, "clock").startswith("✓ clock: the site's own (`clock: own`), believed as it is; ")
    assert done.exit_code == 0


@pytest.mark.parametrize("clock", ["own", "network"])
def test_a_clock_that_the_screen_does_not_believe_is_a_problem(site: Site, clock: str) -> None:
    """Whatever is configured, and whatever the kernel says: what plays is what counts."""
    _with(site, SLOT)
    site.config.write_text(site.config.read_text("utf-8").replace("zone: Europe/Warsaw", f"zone: Europe/Warsaw, clock: {clock}"))
    said = {"at": SystemClock().wall(), "clock_trusted": False, "clock_why": "it is earlier than it has been already: set it"}
    site.data.mkdir(exist_ok=True)
    (site.data / "status.json").write_text(json.dumps(said))
    done = site.command("doctor")
    line = _line(done.stdout, "clock")
    assert line.startswith("! clock: ")
    assert "not believed: it is earlier than it has been already: set it; wall is on instead of the schedule" in line
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("system", "package", "says"),
    [
        ("2025b", FOR_EVER, "✓ time zones: Europe/Warsaw, by the tzdata package's rules 2999a, the newer ones: the system"),
        (None, FOR_EVER, "the system has none that says its version"),
        ("2998a", "2026f", "by the system's rules 2998a, the newer ones: the package has 2026f"),
        ("2025b", "2025c", "• time zones: Europe/Warsaw, by the tzdata package's rules 2025c of 2025-12-13"),
    ],
)
def test_the_zones_that_count_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch, system: str | None, package: str, says: str
) -> None:
    """Whose copy, how new, and what the other one has; older than 90 days is worth a look, and no problem yet."""
    monkeypatch.setattr(hours, "database", lambda: choose(system=system, package=package))
    done = site.command("doctor")
    line = _line(done.stdout, "time zones")
    assert says in line
    assert ("older than 90 days: sudo apt install" in line) is line.startswith("•")
    assert done.exit_code == 0


def test_the_next_day_is_told(site: Site) -> None:
    """What the schedule has for it; without a schedule, what is always on."""
    assert _line(_with(site, SLOT).command("doctor").stdout, "next 24 hours") == "✓ next 24 hours: wall"
    assert _line(_with(site, "").command("doctor").stdout, "schedule") == "✓ schedule: there is none: wall is always on"


def test_a_slot_whose_show_has_a_mistake_is_a_problem(site: Site) -> None:
    """The player runs all the same; what is on then is said."""
    (site.folder / "playlists" / "draft.yaml").write_text("slides: [foto]\n")
    done = _with(site, SLOT.replace("show: wall", "show: draft")).command("doctor")
    assert _line(done.stdout, "slot day") == "! slot day: its show draft has a mistake, so wall is on instead: weremember check"
    assert done.exit_code == 1


def test_whoever_is_to_be_told_is_looked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that is not there, and a program that is not, are found before the night that they are wanted in."""
    monkeypatch.setenv("ALARM_URL", "json://127.0.0.1:1/hush-hush")
    rest = "alarms: [{to: 'env:ALARM_URL'}, {to: 'env:NOBODY'}, {to: 'command:/bin/sh -c true'}, {to: 'command:/nowhere/ring'}]\n"
    said = _with(site, rest).command("doctor").stdout
    assert "✓ alarms: found, env:ALARM_URL" in said
    assert "! alarms: env:NOBODY: the environment of the player has no NOBODY" in said
    assert "✓ alarms: found, /bin/sh" in said
    assert "! alarms: there is no program /nowhere/ring, or it may not be run" in said
    assert "hush" not in said


def test_a_sound_card_that_is_not_there_is_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where films are to be heard at all; with those that there are."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    site.rest = "sound: {enabled: true, device: HDMI 7}\n"
    site.configure()
    done = site.command("doctor")
    assert done.exit_code == 1
    assert 'sound: There is no sound device "HDMI 7"; there are: ' in done.stdout
