"""Every kind of slide as it was found good, pixel by pixel: through layout, typesetting and the CPU renderer.

WEREMEMBER_GOLDEN=write draws the pictures anew: look at each before it is committed. What differs is kept in `differences/`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from player.library.photo import Photo
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.show.layout import lay_out, plate
from player.show.plan import Cue, Plan, scene_at
from player.show.slide import (
    CandleSlide,
    FactSlide,
    MosaicSlide,
    NamesSlide,
    Pace,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Stage,
    Tally,
    WordsSlide,
)
from player.text.fonts import Fonts
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Digest, Nanos, Size

HERE: Final = Path(__file__).parent
CANVAS: Final = Size(640, 360)
TOTEM, STRIP = Size(360, 640), Size(960, 160)
PACE: Final = Pace(12 * SECOND, 1600 * MILLISECOND)
MEAN: Final = 1.0  # codes that a picture may differ by on average
NEAR: Final = 8  # codes that nearly every pixel stays within: an edge of a letter in another version of FreeType
NEARLY_ALL: Final = 0.995  # of all channel values are to be as near as that: other processors round differently
BLOCK_PX: Final = 16
BLOCK_MEAN: Final = 8.0  # codes; a hashtag is a thousandth of the picture, but much of the block that it stands in
TOTAL_BYTES: Final = 1_500_000  # of all pictures here: the repository is cloned on site

EN, HE, AR, PL = (
    Phrase("We Remember", "en"),
    Phrase("אנחנו זוכרים", "he"),
    Phrase("نحن نتذكر", "ar"),
    Phrase("Pamiętamy", "pl"),
)
LANDSCAPE, PORTRAIT, OTHER, SQUARE, WIDE = Size(1200, 800), Size(800, 1100), Size(760, 1140), Size(900, 900), Size(1280, 720)


def photo(key: int, size: Size, **more: str) -> Photo:
    """Return a photo of a size; its pixels are drawn from its key."""
    tile = Size(round(size.width / 5), round(size.height / 5))
    return Photo(
        key=key,
        source="wall",
        item=str(key),
        picture=Digest(f"{key:064x}"),
        tile=Digest(f"{key + 1000:064x}"),
        size=size,
        tile_size=tile,
        caption=more.get("caption", ""),
        credit=more.get("credit", ""),
        language=more.get("language", ""),
    )


LONG_NAME: Final = "A Name of So Many Words That It Takes Two Lines 4"
FROM_POLAND: Final = photo(1, LANDSCAPE, caption="From a school in Łódź, Poland", credit="Class 7b", language="en")
SLIDES: Final[dict[str, Slide]] = {
    "photo-landscape": PhotoSlide(photo=FROM_POLAND, phrase=PL, second=EN),
    "photo-portrait": PhotoSlide(photo=photo(2, PORTRAIT, caption="תלמידי בית הספר", language="he"), phrase=HE, second=EN),
    "photo-filling": PhotoSlide(photo=photo(3, WIDE, caption="At the river", credit="Ana", language="en"), phrase=EN, second=HE),
    "photo-square": PhotoSlide(photo=photo(6, SQUARE, credit="Drawn for the tests"), phrase=EN, second=HE),
    "pair": PairSlide(photos=(photo(4, PORTRAIT), photo(5, OTHER)), phrase=EN),
    "mosaic": MosaicSlide(
        photos=tuple(photo(10 + n, (LANDSCAPE, PORTRAIT, WIDE)[n % 3]) for n in range(18)),
        columns=6,
        rows=3,
        phrase=EN,
        tally=Tally(1234, 12),
    ),
    "words-en-he": WordsSlide(phrase=EN, second=HE),
    "words-ar": WordsSlide(phrase=AR),
    "fact": FactSlide(
        text="Six million Jews were murdered in the Holocaust, alongside millions of other victims.",
        language="en",
        source="aboutholocaust.org · World Jewish Congress and UNESCO",
        link="https://aboutholocaust.org",
    ),
    "candle": CandleSlide(phrase=EN),
    "names": NamesSlide(names=("Name 1", "שם 2", "Имя 3", LONG_NAME, "Name 5"), language="en"),
}
FADE: Final = ("photo-landscape", "pair")
INSTANTS: Final = (25, 50, 75)  # percent of the fade


@cache
def letters() -> Typesetter:
    """Return a typesetter that knows the packaged fonts alone: what the machine has besides does not matter."""
    return Typesetter(Fonts(system=lambda: ()))


@cache
def pixels(key: int, size: Size) -> Image:
    """Draw a photo, RGB: an evening sky with its sun, two hills, and a sheet of paper; its colours follow from *key*."""
    width, height = size
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    turn = key * 37 % 60 / 100
    sky = np.stack([0.30 + 0.45 * rows, 0.42 + 0.10 * rows, 0.68 - 0.15 * rows], axis=2).repeat(width, axis=1)
    image = np.clip(np.rint(255 * (sky + (turn - 0.3) * np.array([0.3, 0.1, -0.3], np.float32))), 0, 255).astype(np.uint8)
    cv2.circle(image, (width * 38 // 100, height * 32 // 100), min(size) // 11, (255, 226, 170), -1, cv2.LINE_AA)
    for level, colour in ((0.50, (66, 92, 90)), (0.66, (40, 62, 62))):
        hill = rows > level + 0.06 * np.sin(5 * columns + key + 7 * level)
        image[hill] = np.roll(colour, key % 3)
    sheet = cv2.boxPoints(((width * 0.58, height * 0.72), (width * 0.28, width * 0.18), 14.0))
    cv2.fillConvexPoly(image, np.rint(sheet).astype(np.int32), (240, 236, 226), cv2.LINE_AA)
    for line in (0.28, 0.5, 0.72):
        left, right = (sheet[1] + (sheet[0] - sheet[1]) * line, sheet[2] + (sheet[3] - sheet[2]) * line)
        ends = [np.rint(left + (right - left) * share).astype(int).tolist() for share in (0.12, 0.88)]
        cv2.line(image, ends[0], ends[1], (70, 66, 72), max(2, width // 70), cv2.LINE_AA)
    return image


def images(slide: Slide, digests: frozenset[Digest]) -> dict[Digest, Image]:
    """Return the pictures and tiles of *slide* that are asked for."""
    found: dict[Digest, Image] = {}
    for each in photos(slide):
        if each.picture in digests:
            found[each.picture] = pixels(each.key, each.size)
        if each.tile in digests:
            found[each.tile] = pixels(each.key, each.tile_size)
    return found


def photos(slide: Slide) -> tuple[Photo, ...]:
    """Return the photos on *slide*."""
    match slide:
        case PhotoSlide(photo=one):
            return (one,)
        case PairSlide(photos=some) | MosaicSlide(photos=some):
            return some
        case _:
            return ()


def cue(name: str, start: Nanos = 0, canvas: Size = CANVAS) -> Cue:
    """Lay a slide out as a cue."""
    slide = SLIDES[name]
    composition = lay_out(slide, stage=Stage(canvas), pace=PACE, measure=letters(), seed=7)
    return Cue(start=start, length=PACE.length, fade=PACE.fade, slide=slide, composition=composition)


def drawn(cues: tuple[Cue, ...], t: Nanos) -> Image:
    """Draw what is on screen at *t*, as BGR."""
    canvas = cues[0].composition.canvas
    renderer = CpuRenderer(canvas, letters())
    for each in cues:
        composition = each.composition
        renderer.prepare(composition, images(each.slide, composition.photos) if each.slide else {})
    return np.ascontiguousarray(renderer.draw(scene_at(Plan(canvas, cues), t))[:, :, :3])


def a_slide(name: str, canvas: Size = CANVAS) -> Callable[[], Image]:
    """Return how a slide looks at the end of its cue."""
    return lambda: drawn((cue(name, canvas=canvas),), PACE.length)


def a_fade(percent: int) -> Callable[[], Image]:
    """Return how one slide gives way to another, so far."""
    return lambda: drawn((cue(FADE[0]), cue(FADE[1], PACE.length)), PACE.length + PACE.fade * percent // 100)


def the_plate() -> Image:
    """Return the plate."""
    composition = plate(Stage(CANVAS), letters())
    return drawn((Cue(start=0, length=0, fade=0, slide=None, composition=composition),), 0)


PICTURES: Final[dict[str, Callable[[], Image]]] = (
    {name: a_slide(name) for name in SLIDES}
    | {f"fade-{percent}": a_fade(percent) for percent in INSTANTS}
    | {"mosaic-wave": lambda: drawn((cue("mosaic"),), PACE.fade + 2200 * MILLISECOND), "plate": the_plate}
    | {"totem": a_slide("photo-landscape", TOTEM), "strip": a_slide("photo-landscape", STRIP)}
)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_it_looks_as_it_was_found_good(name: str) -> None:
    """A slide, or an instant of a fade, is the picture that somebody looked at and called good."""
    image, path = PICTURES[name](), HERE / f"{name}.png"
    if os.environ.get("WEREMEMBER_GOLDEN") == "write":
        cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    golden = cast("NDArray[np.uint8] | None", cv2.imread(str(path)))
    assert golden is not None, f"there is no {path.name}: WEREMEMBER_GOLDEN=write draws it"
    assert golden.shape == image.shape
    difference = np.abs(image.astype(np.int16) - golden.astype(np.int16))
    faults = faults_in(difference)
    if faults:
        keep(name, image, golden, difference)
        pytest.fail(f"{name} differs: {', '.join(faults)}; see tests/golden/differences/")


def faults_in(difference: NDArray[np.int16]) -> list[str]:
    """Say what is too much of a difference; nothing when two pictures pass for the same."""
    mean, near = float(difference.mean()), float((difference <= NEAR).mean())
    height, width = (side // BLOCK_PX for side in difference.shape[:2])
    blocks = difference[: height * BLOCK_PX, : width * BLOCK_PX].reshape(height, BLOCK_PX, width, BLOCK_PX, 3)
    worst = float(blocks.mean(axis=(1, 3, 4)).max())
    faults = [f"by {mean:.2f} on average"] if mean > MEAN else []
    faults += [f"only {near:.2%} near"] if near < NEARLY_ALL else []
    return faults + ([f"by {worst:.1f} in one place"] if worst > BLOCK_MEAN else [])


def keep(name: str, image: Image, golden: Image, difference: NDArray[np.int16]) -> None:
    """Keep what was drawn, what was expected, and eight times their difference, side by side."""
    folder = HERE / "differences"
    folder.mkdir(exist_ok=True)
    magnified = np.clip(difference * 8, 0, 255).astype(np.uint8)
    cv2.imwrite(str(folder / f"{name}.png"), np.hstack([image, golden, magnified]))


def test_every_picture_here_is_of_something() -> None:
    """No picture outlives its slide."""
    assert {path.stem for path in HERE.glob("*.png")} == set(PICTURES)


def test_the_pictures_are_small() -> None:
    """All of them together are no burden to whoever clones the project."""
    assert sum(path.stat().st_size for path in HERE.glob("*.png")) < TOTAL_BYTES


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("words-en-he", WordsSlide(phrase=PL, second=HE)),
        ("photo-landscape", PhotoSlide(photo=FROM_POLAND, phrase=PL, second=EN, hashtag="")),
        ("photo-landscape", PhotoSlide(photo=replace(FROM_POLAND, credit=""), phrase=PL, second=EN)),
        ("pair", PairSlide(photos=(photo(4, PORTRAIT), photo(5, OTHER)), phrase=EN, hashtag="")),
    ],
)
def test_one_line_that_is_not_there_is_noticed(name: str, other: Slide) -> None:
    """Other words, a missing hashtag or a missing credit do not pass for the picture that was found good."""
    composition = lay_out(other, stage=Stage(CANVAS), pace=PACE, measure=letters(), seed=7)
    image = drawn((Cue(start=0, length=PACE.length, fade=0, slide=other, composition=composition),), PACE.length)
    golden = cast("NDArray[np.uint8]", cv2.imread(str(HERE / f"{name}.png")))
    assert faults_in(np.abs(image.astype(np.int16) - golden.astype(np.int16)))
