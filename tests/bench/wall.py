"""How even blends are on a wall, through the real chain of 8 bits: `python -m tests.bench.wall [--pictures FOLDER]`.

Each arrangement with corners straight and pinned, by pixels of 1920x1080: white, a middle grey and black, at worst and on
average, and how long simulating takes. With --pictures, the demonstration façade before and after its mapping, as people on
the square would see it: two projectors stand askew, and what is drawn of the building is light that falls on stone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from player.clock import SystemClock, process_time
from player.commissioning.evenness import evenness
from player.commissioning.received import Wall, as_codes
from player.commissioning.throw import Throw, throws
from player.output.blend import wall
from player.output.mapping import landing
from player.output.shape import Box, Corners, Light, Mask, Point, Seat, Shape, plain, whole
from player.settings import load, with_data
from player.still import still
from player.units import SECOND, Nanos, Size

SIZE: Final = Size(1920, 1080)
OVERLAP: Final = Size(384, 216)  # a fifth
BLACK: Final = 0.002
PINNED: Final[Corners] = (Point(38, 25), Point(1880, 12), Point(1908, 1050), Point(10, 1068))
ASKEW: Final[dict[str, Corners]] = {
    "left": (Point(96, 70), Point(1880, 24), Point(1846, 1062), Point(40, 1004)),
    "right": (Point(30, 20), Point(1850, 84), Point(1900, 1010), Point(84, 1066)),
}
"""Where the corners of each crop fall on the projectors' rasters, as they stand on the square."""
DEMO: Final = Path(__file__).parents[2] / "assets" / "facade.yaml"
STONE: Final = (0.62, 0.58, 0.50)  # of light that comes back: red, green, blue
NIGHT: Final = (0.012, 0.014, 0.020)  # light of the town on the stone
INDOORS: Final = (0.16, 0.11, 0.05)  # a lamp behind a curtain
AT: Final[Nanos] = 1_801_004_405 * SECOND  # 27 January 2027 begins at the site: the first words
PICTURE_PX: Final = 1200
COLOURS: Final = 96  # of a picture's palette: it stays small, and no band is seen


def arranged(columns: int, rows: int, corners: Corners) -> list[Throw]:
    """Return outputs side by side and one above the other."""
    step = Size(SIZE.width - OVERLAP.width, SIZE.height - OVERLAP.height)
    canvas = Size(step.width * columns + OVERLAP.width, step.height * rows + OVERLAP.height)
    shape = Shape(corners, light=Light(black=BLACK))
    return [
        Throw(f"{row}-{column}", Seat(canvas, Box(column * step.width, row * step.height, *SIZE), SIZE), shape)
        for row in range(rows)
        for column in range(columns)
    ]


def measure() -> None:
    """Print how even each arrangement is."""
    for columns, rows in ((2, 1), (3, 1), (2, 2)):
        for name, corners in (("straight", whole(SIZE)), ("pinned", PINNED)):
            began = process_time()
            made = Wall(arranged(columns, rows, corners))
            where = made.whole()
            found = [(code, evenness(made.level(code), where)) for code in (255, 128, 0)]
            took = (process_time() - began) / SECOND
            told = "; ".join(f"{code}: {each.mean * 100:.3f} % {each.in_words}" for code, each in found if each)
            print(f"{rows}x{columns} {name}: {told}; {took:.1f} s of CPU")


def pictures(folder: Path) -> None:
    """Draw the demonstration façade before its mapping and after it."""
    loaded = load(DEMO).configuration
    if loaded is None:
        raise SystemExit(f"{DEMO} has a mistake: ./weremember check --config {DEMO}")
    with tempfile.TemporaryDirectory() as empty:
        image = still(with_data(loaded, empty), AT, throws(loaded).canvas, SystemClock(), lambda _: None)
    outputs = throws(loaded).outputs
    stand = [(each.seat, replace(plain(SIZE), corners=ASKEW[each.id], light=each.shape.light)) for each in outputs]
    before = [replace(each, shape=replace(plain(SIZE), light=each.shape.light)) for each in outputs]
    after = [replace(each, shape=_mapped(each, shape)) for each, (_, shape) in zip(outputs, stand, strict=True)]
    holes = [_on_canvas(each, mask) for each in outputs for mask in each.shape.masks]
    for name, thrown in (("before", before), ("after", after)):
        lights = Wall(thrown).shown(image)
        _save(folder / f"facade-{name}.png", _seen(wall(stand, lights), holes))


def _mapped(output: Throw, stands: Shape) -> Shape:
    """Return the shape that an operator arrives at: the corners where the wall wants them, masks on their windows."""
    masks = tuple(replace(mask, points=_landed(output.seat, stands, mask)) for mask in output.shape.masks)
    return replace(stands, masks=masks)


def _landed(seat: Seat, stands: Shape, mask: Mask) -> tuple[Point, ...]:
    x, y, _, _ = seat.crop
    found = [landing(seat, stands, np.array([p.x + x]), np.array([p.y + y])) for p in mask.points]
    return tuple(Point(float(each[0, 0, 0]), float(each[0, 0, 1])) for each in found)


def _on_canvas(output: Throw, mask: Mask) -> NDArray[np.int32]:
    crop = output.seat.crop
    return np.array([(x + crop.x, y + crop.y) for x, y in mask.points], np.int32)


def _seen(light: NDArray[np.float32], holes: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
    """Return what people see of light on a building of stone, whose windows are lit from inside."""
    height, width = light.shape[:2]
    courses = np.ones((height, width), np.float32)
    for y in range(0, height, 90):
        courses[y : y + 3] = 0.86
        for x in range(45 * (y // 90 % 2), width, 180):
            courses[y : y + 90, x : x + 3] = 0.86
    stone = courses[..., None] * np.array(STONE, np.float32)
    seen = stone * (light + np.array(NIGHT, np.float32))
    for hole in holes:
        glass = np.zeros((height, width), np.uint8)
        cv2.fillPoly(glass, [hole], 1)
        seen[glass > 0] = light[glass > 0] * 0.12 + np.array(INDOORS, np.float32)
        cv2.polylines(seen, [hole], isClosed=True, color=(0.012, 0.011, 0.01), thickness=8)
    return seen.astype(np.float32)


def _save(path: Path, light: NDArray[np.float32]) -> None:
    small = cv2.resize(light, (PICTURE_PX, round(PICTURE_PX * light.shape[0] / light.shape[1])), interpolation=cv2.INTER_AREA)
    save_small(path, as_codes(np.asarray(small, np.float32)))


def save_small(path: Path, codes: NDArray[np.uint8], *, colours: int = COLOURS) -> None:
    """Write a BGR or BGRA picture with a palette, as small as pages want it."""
    Picture.fromarray(np.ascontiguousarray(codes[..., 2::-1])).quantize(colours).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    if asked.pictures:
        pictures(asked.pictures)
    else:
        measure()
