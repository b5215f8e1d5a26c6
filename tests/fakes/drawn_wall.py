"""A wall of its own process that is in step with others: `python -m tests.fakes.drawn_wall TASK`, a file in JSON.

The task says what happens when, by UTC, and at which instants the wall is to be looked at. For each comes out which slot is up,
and the SHA-256 of the frame, drawn by the processor of real pictures and letters. The library is the process's own, filled in an
order of its own, with other rows and another history than anybody else's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from player.library import photos
from player.library.photos import WHOLE, PreparedRow, ToPrepare
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.show.instep import Item
from player.show.playlist import CandleStep, Kind, MosaicStep, PhotoStep, WordsStep
from player.show.scene import Composition
from player.text.typeset import Typesetter
from player.units import Digest, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.in_step import InStep, synced
from tests.fakes.taking_in import TakingIn
from tests.fakes.wall import CANVAS, FakeRenderer, FakeWindow

TALL: Final = Size(120, 180)
WIDE: Final = Size(180, 120)
STRANGERS: Final = 5  # photos of another feed, which no programme has
KINDS: Final[tuple[Kind, ...]] = (
    PhotoStep(),
    PhotoStep(pairs=True),
    MosaicStep(columns=3, rows=2, tally=True),
    WordsStep(),
    CandleStep(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one wall lives through; all walls of a test share the names, the releases, the withdrawals and the looks."""

    seed: int
    """Decides in which order the library is filled."""
    begins: Nanos
    """When its process starts: it has shown something of its own before the others are there."""
    names: Sequence[str]
    releases: Sequence[tuple[Nanos, str, Nanos, int]]
    """When it is known, its version, from when on it counts, and how many of the names it has."""
    withdrawals: Sequence[tuple[Nanos, str]]
    """Empty: whoever is up then, the first of them."""
    plugs: Sequence[Nanos]
    """When the power is cut, and comes back at once."""
    looks: Sequence[Nanos]
    stride: Nanos
    """Between frames."""


class Drawing(FakeRenderer):
    """Complains as the other does, and can draw what is up for good."""

    def __init__(self) -> None:
        super().__init__()
        self._cpu = CpuRenderer(CANVAS, Typesetter())

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Do ahead all that drawing needs."""
        super().prepare(composition, photos)
        self._cpu.prepare(composition, photos)

    def release(self, composition: Composition) -> None:
        """Forget it."""
        super().release(composition)
        self._cpu.release(composition)

    def frame(self) -> Image:
        """Return what is up, drawn."""
        assert self.drawn is not None
        return self._cpu.draw(self.drawn)


class Painting(TakingIn):
    """Prepares pictures that can be told apart, each with something at every place."""

    def _prepare(self, job: ToPrepare) -> None:
        size = TALL if job.item.startswith("p") else WIDE
        row = PreparedRow(
            original=original(job.item),
            picture=self.ingest.files.write(painted(job.item, size)),
            tile=self.ingest.files.write(painted(f"{job.item} small", Size(size.width // 2, size.height // 2))),
            size=size,
            tile_size=Size(size.width // 2, size.height // 2),
            stored_bytes=1000,
            phash="0" * 16,
            prepared_for=WHOLE,
        )
        assert photos.keep_prepared(self.ingest.connection, job, row)
        self._know(photos.photos(self.ingest.connection, [job.key]).get(job.key))


class DrawnWall(Painting, InStep):
    """A wall whose frames can be looked at."""

    drawing: Drawing

    def _open_screen(self) -> None:
        super()._open_screen()
        self.drawing = Drawing()
        for composition in self.renderer.prepared:
            self.drawing.prepare(composition, {})
        self.renderer = self.drawing
        self.window = FakeWindow(self.drawing)


def original(name: str) -> str:
    """Return the hash of what a photo was made of."""
    return hashlib.sha256(name.encode()).hexdigest()


def painted(name: str, size: Size) -> bytes:
    """Return a picture with something at every place that nothing else has there: the same from every run."""
    chance = np.random.default_rng(zlib.crc32(name.encode()))
    coarse = chance.integers(0, 256, (5, 7, 3), np.uint8)
    _, encoded = cv2.imencode(".jpg", cv2.resize(coarse, (size.width, size.height), interpolation=cv2.INTER_CUBIC))
    return encoded.tobytes()


def items_of(names: Sequence[str]) -> list[Item]:
    """Return what a programme says of them."""
    return [Item("wall", name, Digest(original(name)), name.startswith("p")) for name in sorted(names)]


def live(task: Task, folder: Path) -> list[dict[str, object]]:
    """Live through *task*; return what was seen at each look."""
    chance = np.random.default_rng(task.seed)
    seen: list[dict[str, object]] = []
    with DrawnWall(folder, show=synced(KINDS), clock=FakeClock(wall=task.begins)) as wall:
        strangers = [f"l stranger {n} {task.seed}" for n in range(int(chance.integers(1, STRANGERS)))]
        wall.second("other")
        wall.publish(*strangers, source="other")
        for name in chance.permutation(list(task.names)).tolist():
            wall.publisher.add(name, name.encode())
            if chance.random() < 0.2:
                wall.poll()
        wall.poll()
        events = sorted(
            [
                *((at, "release", (version, counts, many)) for at, version, counts, many in task.releases),
                *((at, "withdraw", name) for at, name in task.withdrawals),
                *((at, "plug", "") for at in task.plugs),
                *((at, "look", "") for at in task.looks),
            ],
            key=lambda event: (event[0], event[1]),
        )
        for at, what, detail in events:
            wall.play(at - wall.clock.wall(), stride=task.stride)
            match what, detail:
                case "release", (str(version), int(counts), int(many)):
                    wall.release(version, at=counts, items=items_of(task.names[:many]))
                case "withdraw", str(name):
                    for gone in [name] if name else sorted(wall.top)[:1]:
                        wall.withdraw(gone)
                    wall.frame(0)
                case "plug", _:
                    wall.restart(in_order=False)
                case _:
                    seen.append(_seen(wall, at))
    return seen


def _seen(wall: DrawnWall, at: Nanos) -> dict[str, object]:
    wall.frame(0)
    slot = wall.slot
    return {
        "at": at,
        "slot": slot.number if slot else None,
        "version": slot.part.version if slot else None,
        "photos": sorted(wall.top),
        "frame": hashlib.sha256(wall.drawing.frame().tobytes()).hexdigest(),
    }


def written(task: Task) -> str:
    """Return *task* as `main` reads it."""
    return json.dumps(asdict(task))


def main() -> None:
    """Live through the task in a file, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", type=Path)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        json.dump(live(Task(**json.loads(asked.task.read_text())), Path(folder)), sys.stdout)


if __name__ == "__main__":
    main()
