"""What tests share: how a test says what it needs of the machine, and how a run says what it could not try."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

settings.register_profile("patient", settings(deadline=None))  # how long an example takes says more of the machine
settings.load_profile("patient")

# Compiled once: with this in the environment, each worker would rewrite every test, and each program that a test starts compile
# the whole player, anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system, not a file: pytest makes folders of its own in it
ROOM: Final = 4 << 30  # bytes; a whole run leaves less than one behind

LONG: Final = ("tests/test_end_to_end", "tests/scenarios/", "tests/console/browser/", "tests/test_bootstrap", "tests/test_d")
"""Where tests of many seconds are."""

PACKAGES: Final = {
    "Xvfb": "xvfb",
    "fc-list": "fontconfig",
    "fc-match": "fontconfig",
    "glxinfo": "mesa-utils",
    "xdotool": "xdotool",
    "xwd": "x11-apps",
    "xwininfo": "x11-utils",
}
"""Programs that some tests need, and the Debian package that has each."""


def pytest_configure() -> None:
    """Keep what tests write in memory, where there is room: a sixth of their work would be the disk's."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(optionalhook=True)  # it is there when the tests are spread over workers
def pytest_xdist_auto_num_workers() -> int:
    """Run one more worker than there are cores: those that wait for a player, a browser or a socket leave theirs idle."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let no test leave its process with a rank that starves all others on the machine: the next tests would fail of it."""
    assert os.sched_getscheduler(0) == os.SCHED_OTHER, f"{item.nodeid} made its process a real-time one"


@pytest.fixture(scope="session", autouse=True)
def nobody_waits_for_a_disk() -> Iterator[None]:
    """Let what is synced only be asked for: that it is synced, and when, is proved by counting, with tests/fakes/power.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: else all workers but one would wait, at the end, for whole players and browsers."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture
def needs() -> Callable[[str], None]:
    """Return what skips a test, by name and with the reason, when the machine lacks a program: `needs("Xvfb")`."""

    def ask(program: str) -> None:
        package = PACKAGES[program]
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} (Debian: sudo apt install {package})")

    return ask


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was skipped, by reason, so that a green run says what it has not shown."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    reports: list[pytest.TestReport | pytest.CollectReport] = terminalreporter.getreports("skipped")
    for report in reports:
        if isinstance(report.longrepr, tuple):
            by_reason[report.longrepr[2].removeprefix("Skipped: ")].append(report.nodeid)
    if by_reason:
        terminalreporter.section("not run here, because:")
        for reason, tests in sorted(by_reason.items()):
            terminalreporter.write_line(f"{reason}: {', '.join(tests)}")
