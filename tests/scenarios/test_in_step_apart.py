"""Two walls in step, each a process of its own with a library and a past of its own, compared pixel by pixel over an hour."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player.show.instep import measure
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.drawn_wall import KINDS, Task, written
from tests.fakes.in_step import synced

NAMES: Final = [f"{'p' if n % 3 == 0 else 'l'}{n}" for n in range(40)]
FIRST: Final[Nanos] = OPENING + 300 * SECOND
"""When the first version begins."""
SWITCH: Final[Nanos] = FIRST + 30 * measure(synced(KINDS).steps).cycle
HOUR: Final[Nanos] = 3600 * SECOND
PLUGGED: Final[Nanos] = FIRST + 2400 * SECOND + 567 * MILLISECOND
LOOKS: Final = 220
UP: Final = 5  # withdrawals of whoever is up
FRAME: Final[Nanos] = SECOND // 60
LEAVING: Final[Nanos] = 2 * SECOND
"""After a withdrawal: fetching another photo takes a frame or a few, and each wall has its own."""
JOINING: Final[Nanos] = 25 * SECOND
"""After its power came back a wall waits for a border, at most the longest slide; and fades in over the plate."""


@dataclass(frozen=True)
class Look:
    """What one wall saw at an instant."""

    at: Nanos
    slot: int | None
    version: str | None
    photos: list[str]
    frame: str


def lived(folder: Path, *tasks: Task) -> list[list[Look]]:
    """Let each live in a process of its own, at the same time; return what they saw."""
    running: list[subprocess.Popen[str]] = []
    for number, task in enumerate(tasks):
        file = folder / f"{number}.json"
        file.write_text(written(task))
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.fakes.drawn_wall", str(file)],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONHASHSEED": str(number + 1)},
            )
        )
    found: list[list[Look]] = []
    for process in running:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        found.append([Look(**each) for each in cast("list[dict[str, object]]", json.loads(said))])  # pyright: ignore[reportArgumentType]
    return found


def test_two_processes_show_the_same_for_an_hour(tmp_path: Path) -> None:
    """Through fifteen withdrawals, a switch of version and a power cut: equal to the last pixel, away from borders.

    What one of them is left out for: the frame of a border, the two seconds in which a withdrawn photo is replaced, and the time
    until whoever joins has faded in.
    """
    chance = random.Random(20_270_127)
    withdrawn = [(FIRST + chance.randrange(60_000, 3_500_000) * MILLISECOND, name) for name in (*NAMES[:10], *[""] * UP)]
    looks = sorted(FIRST + chance.randrange(60_000, 3_600_000) * MILLISECOND for _ in range(LOOKS))
    releases = [(FIRST - 20 * SECOND, "1", FIRST, 36), (SWITCH - 900 * SECOND, "2", SWITCH, 40)]

    def task(seed: int, begins: Nanos, stride: Nanos, plugs: list[Nanos]) -> Task:
        return Task(
            seed=seed,
            begins=begins,
            names=NAMES,
            releases=releases,
            withdrawals=withdrawn,
            plugs=plugs,
            looks=looks,
            stride=stride,
        )

    first, second = lived(
        tmp_path,
        task(1, OPENING, 500 * MILLISECOND, []),
        task(2, FIRST - 60 * SECOND, 430 * MILLISECOND, [PLUGGED]),
    )

    grid = measure(synced(KINDS).steps)
    borders = [*grid.offsets, grid.cycle]
    compared: list[Look] = []
    for one, other in zip(first, second, strict=True):
        assert one.at == other.at
        into = (one.at - FIRST) % grid.cycle
        is_changing = min(abs(into - border) for border in borders) <= FRAME
        is_changing = is_changing or any(0 <= one.at - at < LEAVING for at, _ in withdrawn)
        if not is_changing and not 0 <= one.at - PLUGGED < JOINING:
            assert one == other
            compared.append(one)
    assert len(compared) > LOOKS * 9 // 10
    assert {look.version for look in compared} == {"1", "2"}
    assert len({look.frame for look in compared}) > LOOKS // 2
    for look in compared:
        assert not {name for at, name in withdrawn if at <= look.at} & set(look.photos)
