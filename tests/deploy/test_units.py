"""Tests of the systemd units: that systemd takes them, that they are walled in, and that the player still works in there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from player.restart import END_GRACE, PAUSES, SILENCE, START_GRACE
from player.units import SECOND
from tests.fakes.kiosk import PROJECT

DEPLOY: Final = PROJECT / "deploy"
SERVICE: Final = DEPLOY / "weremember.service"
EXPOSED_AT_MOST: Final = 25  # tenths; systemd 252 says 2.1 and 257 says 2.2: with room for another one's way of counting
CENTRE: Final = DEPLOY / "weremember-centre.service"
CENTRE_AT_MOST: Final = 16  # likewise; systemd 252 says 1.2
SYSTEMD_SINCE: Final = 250  # that `security` can look at a file

TOOL: Final = shutil.which("systemd-analyze") or ""
VERSION: Final = (
    int((re.findall(r"\d+", subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=False).stdout) or [0])[0])
    if TOOL
    else 0
)
needs_systemd = pytest.mark.skipif(VERSION < SYSTEMD_SINCE, reason=f"needs systemd-analyze {SYSTEMD_SINCE}")


def _settings(unit: Path) -> dict[str, list[str]]:
    """Return the values of each key of a unit, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in unit.read_text("utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


def _seconds(unit: Path, key: str) -> int:
    (value,) = _settings(unit)[key]
    return int(value)


def _analyse(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize("display", ["", "cage", "kmsdrm"])
def test_systemd_finds_nothing_wrong_with_the_service(tmp_path: Path, display: str) -> None:
    """`systemd-analyze verify` has nothing to say, whichever display it is for."""
    unit = tmp_path / "weremember.service"
    there = {"/opt/weremember/weremember": "/bin/true", "/usr/bin/cage": "/bin/true"}
    parts = {unit: SERVICE}
    if display:
        (tmp_path / "weremember.service.d").mkdir()
        parts[tmp_path / "weremember.service.d" / "10.conf"] = DEPLOY / f"weremember-{display}.conf"
    for into, source in parts.items():
        text = source.read_text("utf-8")
        for program, stand_in in there.items():
            text = text.replace(program, stand_in)
        into.write_text(text, "utf-8")

    done = _analyse("verify", "--man=no", str(unit))

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", [SERVICE, DEPLOY / "user/weremember.service"])
def test_the_score_is_as_the_page_says(unit: Path) -> None:
    """`systemd-analyze security` finds the service as little exposed as docs/deploy.md states; of the other it can be read."""
    limit = EXPOSED_AT_MOST if unit is SERVICE else 100
    done = _analyse("security", "--offline=true", f"--threshold={limit}", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout + done.stderr


@needs_systemd
def test_systemd_takes_the_centre_which_needs_less(tmp_path: Path) -> None:
    """Nothing is wrong with its unit, and it is less exposed than a player: it has neither display nor photos to decode."""
    unit = tmp_path / CENTRE.name
    unit.write_text(CENTRE.read_text("utf-8").replace("/opt/weremember/weremember", "/bin/true"), "utf-8")

    assert _analyse("verify", "--man=no", str(unit)).returncode == 0
    done = _analyse("security", "--offline=true", f"--threshold={CENTRE_AT_MOST}", "--no-pager", str(CENTRE))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_walls_leave_what_the_player_needs() -> None:
    """A display, keyboards, sound, the network, the question for the clock, and the picture workers' own walls stay possible."""
    settings = _settings(SERVICE)
    allowed = " ".join(settings["SystemCallFilter"]).split()
    assert {"mincore", "adjtimex", "clock_adjtime", "seccomp"} <= set(allowed)
    assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} <= set(allowed)
    assert {value.split()[0] for value in settings["DeviceAllow"]} >= {"char-drm", "char-input", "char-alsa"}
    assert {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"} == set(settings["RestrictAddressFamilies"][0].split())
    assert not {"PrivateDevices", "PrivateNetwork", "PrivateUsers", "ProtectClock", "MemoryDenyWriteExecute"} & set(settings)


@pytest.mark.parametrize("unit", [SERVICE, DEPLOY / "user/weremember.service"])
def test_systemd_waits_until_the_supervisor_has_had_its_try(unit: Path) -> None:
    """The watchdog is longer than a stuck screen's whole repair and than the longest pause with a start; a stop has time."""
    repair = SILENCE + END_GRACE + PAUSES[0] + START_GRACE
    pause = PAUSES[-1] + START_GRACE
    assert _seconds(unit, "WatchdogSec") * SECOND > max(repair, pause)
    assert _seconds(unit, "TimeoutStopSec") * SECOND > 2 * END_GRACE
    assert _seconds(unit, "TimeoutStartSec") * SECOND > START_GRACE


@pytest.mark.parametrize("unit", [SERVICE, DEPLOY / "user/weremember.service"])
def test_it_begins_again_for_ever(unit: Path) -> None:
    """Whatever ends it, it is started again, without a limit; and one process without memory does not end the others."""
    settings = _settings(unit)
    assert settings["Restart"] == ["always"]
    assert settings["StartLimitIntervalSec"] == ["0"]
    assert settings["Type"] == ["notify"]
    assert settings["OOMPolicy"] == ["continue"]


def test_only_under_cage_may_others_than_the_first_process_speak_to_systemd() -> None:
    """There the supervisor is a child of cage; elsewhere it is the first, and no other is heard."""
    assert _settings(SERVICE)["NotifyAccess"] == ["main"]
    assert _settings(DEPLOY / "weremember-cage.conf")["NotifyAccess"] == ["all"]


@pytest.mark.parametrize("display", ["cage", "kmsdrm"])
def test_a_console_without_x_is_drawn_by_the_graphics_library(display: str) -> None:
    """SDL has no software way onto Wayland or KMSDRM, so the player may not be left to ask for it."""
    assert "SDL_FRAMEBUFFER_ACCELERATION=1" in " ".join(_settings(DEPLOY / f"weremember-{display}.conf")["Environment"])
