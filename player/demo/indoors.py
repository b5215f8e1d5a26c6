"""Rooms by day: a sill, a desk, a table, a shelf, a board, a wall, a passage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from player.demo.card import Sheet, card
from player.demo.draw import render
from player.demo.pixels import Image, blend, blur, finish, flat, mix, noise, ramp, smoothstep, tint
from player.demo.solid import Array, Camera, Lamp, Point, Quad, Sky
from player.demo.texture import linen, plaster, speckled, wood
from player.demo.things import PAPER_THROUGH, box, floor, lying, pin, side, tape, tent, upright, wall
from player.units import Size

Picture = NDArray[np.uint8]

SHELF_END = 0.70  # m; beyond the picture's edge
RULED_SHARE = 0.6  # of the books bear gilt rules


def windowsill(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet leaning against a window frame, evening sun from outside."""
    eye: Point = (0.10, 0.30, -1.05)
    camera = Camera(eye=eye, target=(0.0, 0.165, 0.3), zoom=1.75, focus=(-0.05, 0.1, 0.10), aperture=0.016)
    paint = plaster(rng, (500, 900), "#d9d2c4", rough=0.5)
    frame = plaster(rng, (300, 900), "#d2cabb", rough=0.25)
    panes = [_pane(-0.52, -0.03), _pane(0.03, 0.58)]
    quads = [
        *box((-0.03, 0.03), (0.0, 1.2), (0.30, 0.36), (frame.transpose(1, 0, 2), frame, frame), eye=eye),
        *box((-0.9, 0.9), (0.0, 0.055), (0.29, 0.36), (frame, frame, frame), eye=eye),
        *box((-0.66, -0.50), (0.0, 1.2), (0.29, 0.36), (frame, frame, frame), eye=eye),
        *box((0.56, 0.72), (0.0, 1.2), (0.29, 0.36), (frame, frame, frame), eye=eye),
        side(-0.60, (-0.1, 1.2), (-0.02, 0.29), paint),
        side(0.66, (-0.1, 1.2), (-0.02, 0.29), paint),
        floor((-0.8, 0.8), (-0.12, 0.30), 0.0, wood(rng, (700, 1600), "#a58a68", "#c5ab86", planks=1)),
        wall((-0.8, 0.8), (-0.05, 0.0), -0.12, wood(rng, (60, 1600), "#8d7354", "#a88e6c")),
        wall((-1.2, 1.2), (-0.7, -0.05), -0.09, plaster(rng, (400, 1200), "#8f8778", rough=0.5)),
        upright(
            (-0.10, 0.0, 0.12),
            (0.42, 0.29),
            card(rng, "en", Sheet(hand="nib", folds=(0.5,), fill=0.82)),
            yaw=-9,
            lean=17,
            bend=(0.0, 0.004, 0.006, 0.004, 0.0),
            through=PAPER_THROUGH,
        ),
    ]
    sun = Lamp(centre=(-3.6, 2.9, 5.4), radius=0.22, colour=(4.2, 2.6, 1.25), openings=tuple(panes), samples=60)
    sky = Sky(above=(0.20, 0.19, 0.20), level=(0.27, 0.25, 0.24), below=(0.20, 0.16, 0.12))
    light = render(quads, camera, size, lamps=[sun], sky=sky, backdrop=_garden(rng, size))
    return finish(light, rng, exposure=1.35)


def _pane(left: float, right: float) -> Array:
    """Return the outline of a window pane in the plane of the frame."""
    return np.array([[left, 0.055, 0.33], [right, 0.055, 0.33], [right, 1.3, 0.33], [left, 1.3, 0.33]])


def _garden(rng: np.random.Generator, size: Size) -> Image:
    """Return what is outside at evening, far out of focus."""
    height, width = size.height, size.width
    ys, xs = ramp(height, width)
    sky = blend([(0.0, "#b98f6c"), (0.25, "#e6b57a"), (0.42, "#f6d39a"), (0.55, "#d9a86f"), (1.0, "#6d5540")], ys)
    crowns = noise(rng, (height, width), (width * 0.12, height * 0.2), 4)
    trees = smoothstep(0.05, 0.5, (0.55 * crowns + 4.2 * (ys - 0.33 - 0.10 * np.sin(xs * 5))).astype(np.float32))
    leaf = blend([(0.0, "#4d4a2c"), (1.0, "#2b2c1c")], ys)
    view = mix(sky, leaf, 0.86 * trees)
    sun = np.exp(-(((xs - 0.17) / 0.10) ** 2 + ((ys - 0.24) / 0.14) ** 2))
    view = view + (sun[..., None] * np.array([1.5, 0.95, 0.45])).astype(np.float32)
    return blur(view * 1.15, width * 0.016)


def school_desk(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on an old desk, morning sun through a window with bars."""
    camera = Camera(eye=(0.12, 0.62, -0.50), target=(0.02, 0.0, 0.11), zoom=1.72, focus=(0.0, 0.0, 0.06), aperture=0.011)
    top = wood(rng, (1300, 1900), "#5b432e", "#8d6d4b", planks=3)
    sheet = card(rng, "pl", Sheet(hand="felt", aspect=1.41, fill=0.86, ink="#1f2a44", folds=(0.5,), fold_across=True))
    pencil = wood(rng, (40, 600), "#5d6a58", "#74816c")
    ys, _ = ramp(40, 600)
    pencil = (pencil * (0.35 + 0.9 * np.sin(ys * np.pi))[..., None]).astype(np.float32)
    pencil[:, :46] = mix(pencil[:, :46], tint("#d9b68a"), 0.9)
    pencil[:, :12] = mix(pencil[:, :12], tint("#2b2b2e"), 0.9)
    quads = [
        floor((-1.1, 1.1), (-0.32, 0.62), 0.0, top),
        floor((-1.1, 1.1), (0.60, 0.66), 0.012, wood(rng, (60, 1600), "#54371f", "#7d5734"), casts=True),
        lying((0.01, 0.0012, 0.075), (0.297, 0.21), sheet, turn=-7, bend=(0.016, 0.005, 0.001, 0.0, 0.0, 0.004, 0.010)),
        lying((0.245, 0.004, 0.06), (0.17, 0.0075), (pencil, None), turn=62),
    ]
    sun = Lamp(centre=(-5.2, 4.3, 4.4), radius=0.11, colour=(3.4, 2.85, 2.1), openings=_bars(), samples=50)
    sky = Sky(above=(0.26, 0.28, 0.31), level=(0.24, 0.25, 0.27), below=(0.1, 0.09, 0.08))
    backdrop = flat((size.height, size.width), tint("#3b342c"))
    return finish(render(quads, camera, size, lamps=[sun], sky=sky, backdrop=backdrop), rng, exposure=1.15)


def _bars() -> tuple[Array, ...]:
    """Return the panes of a tall window to the left of the desk."""
    panes: list[Array] = []
    for i in range(2):
        for j in range(3):
            z0, y0 = 1.02 + i * 0.36, 0.82 + j * 0.40
            panes.append(np.array([[-1.5, y0, z0], [-1.5, y0, z0 + 0.31], [-1.5, y0 + 0.36, z0 + 0.31], [-1.5, y0 + 0.36, z0]]))
    return tuple(panes)


def kitchen_table(rng: np.random.Generator, size: Size) -> Picture:
    """A folded card standing on linen, daylight from the left."""
    eye: Point = (0.06, 0.42, -0.86)
    camera = Camera(eye=eye, target=(-0.002, 0.15, 0.1), zoom=1.45, focus=(-0.01, 0.08, 0.0), aperture=0.014)
    cloth = linen(rng, (1500, 1500), "#b9b2a4")
    paper = "#f5f1e6"
    face = card(rng, "de", Sheet(hand="nib", aspect=1.32, fill=0.80, ink="#221f1c", paper=paper), lines=2)
    quads = [
        wall((-1.6, 1.6), (-0.3, 1.9), 1.15, plaster(rng, (900, 900), "#7f8a88", rough=0.5)),
        floor((-0.9, 0.9), (-0.30, 0.70), 0.0, cloth),
        _jug(rng, (0.15, 0.0, 0.30)),
        *tent((-0.03, 0.0, 0.0), (0.31, 0.235), face, paper, yaw=10),
    ]
    window = Lamp(centre=(-1.75, 1.1, -0.55), radius=0.26, colour=(1.75, 1.62, 1.42), reach=1.9, samples=80)
    sky = Sky(above=(0.17, 0.18, 0.20), level=(0.30, 0.30, 0.31), below=(0.14, 0.13, 0.12))
    backdrop = flat((size.height, size.width), tint("#5b5f5e"))
    return finish(render(quads, camera, size, lamps=[window], sky=sky, backdrop=backdrop), rng, exposure=1.4)


def _jug(rng: np.random.Generator, foot: Point) -> Quad:
    """Return a stoneware jug without a handle, standing at *foot*."""
    height, width = 420, 300
    body = speckled(rng, (height, width), "#b5aa98", grain=2.5, amount=0.10, relief=0.1)
    ys, xs = ramp(height, width)
    half = np.interp(ys, [0, 0.05, 0.22, 0.34, 0.62, 0.9, 1.0], [0.25, 0.235, 0.22, 0.27, 0.49, 0.40, 0.33]).astype(np.float32)
    half = blur(half, 1.0, 34)
    alpha = smoothstep(0.0, 0.014, half - np.abs(xs - 0.5)) * smoothstep(1.0, 0.985, ys + 0.03 * ((xs - 0.5) / 0.4) ** 2)
    round_off = np.cos(np.arcsin(np.clip((xs - 0.5) / half, -1, 1)) + 0.75)
    body = (body * (0.10 + 1.2 * np.maximum(0, round_off))[..., None]).astype(np.float32)
    return upright(foot, (0.16, 0.224), (body, alpha.astype(np.float32)))


def library_shelf(rng: np.random.Generator, size: Size) -> Picture:
    """A card in front of a row of old books."""
    eye: Point = (-0.05, 0.20, -0.85)
    camera = Camera(eye=eye, target=(0.0, 0.125, 0.1), zoom=1.85, focus=(-0.05, 0.1, -0.055), aperture=0.014)
    oak = wood(rng, (300, 1600), "#4a3422", "#77573a")
    quads = [wall((-1.0, 1.0), (-0.1, 0.6), 0.34, flat((20, 20), tint("#1d1712"))), floor((-1.0, 1.0), (-0.13, 0.34), 0.0, oak)]
    x = -0.72
    cloths = ["#5c2f2a", "#2f4038", "#3a3f52", "#6f5a3a", "#7d7361", "#3b2a25", "#4e5a5c", "#8a6f4b", "#27313f", "#5f4a3f"]
    books: list[tuple[float, list[Quad]]] = []
    while x < SHELF_END:
        thick, tall, deep = rng.uniform(0.022, 0.052), rng.uniform(0.215, 0.30), rng.uniform(0.055, 0.085)
        books.append(
            (abs(x + thick / 2 - eye[0]), _book(rng, x, (thick, tall, deep), cloths[int(rng.integers(len(cloths)))], eye))
        )
        x += thick + rng.uniform(0.0008, 0.003)
    for _, faces in sorted(books, key=lambda book: -book[0]):
        quads += faces
    quads.append(wall((-1.0, 1.0), (-0.05, 0.0), -0.13, wood(rng, (60, 1600), "#3d2a1b", "#5d4229")))
    quads.append(wall((-1.0, 1.0), (-0.5, -0.05), -0.10, flat((20, 20), tint("#120e0b"))))
    quads.append(
        upright(
            (-0.05, 0.0, -0.075),
            (0.33, 0.22),
            card(rng, "he", Sheet(hand="nib", aspect=1.5, fill=0.80, ink="#241f1b", paper="#f1e9d6")),
            yaw=6,
            lean=14,
        )
    )
    lamp = Lamp(centre=(-0.55, 1.15, -1.05), radius=0.14, colour=(1.25, 1.02, 0.76), reach=1.5, samples=60)
    sky = Sky(above=(0.16, 0.15, 0.15), level=(0.17, 0.17, 0.185), below=(0.07, 0.065, 0.06))
    backdrop = flat((size.height, size.width), tint("#0e0b09"))
    return finish(render(quads, camera, size, lamps=[lamp], sky=sky, backdrop=backdrop), rng, exposure=1.35)


def _book(rng: np.random.Generator, x: float, size: Point, colour: str, eye: Point) -> list[Quad]:
    """Return a book that stands with its spine to the viewer; the spine bears a rule or two, and no title. *size* is x, y, z."""
    thick, tall, deep = size
    height, width = 700, max(40, int(700 * thick / tall))
    spine = linen(rng, (height, width), colour)
    ys, xs = ramp(height, width)
    worn = smoothstep(0.2, 1.4, noise(rng, (height, width), (60, 160), 4)) + smoothstep(0.03, 0.0, np.minimum(ys, 1 - ys))
    spine = mix(spine, tint("#a08a68"), 0.16 * np.clip(worn, 0, 1).astype(np.float32))
    if rng.uniform() < RULED_SHARE:
        for at in (0.10, 0.13, 0.86) if rng.integers(2) else (0.16, 0.82):
            line = smoothstep(0.006, 0.003, np.abs(ys - at).astype(np.float32))
            spine = mix(spine, tint("#a8854a"), 0.55 * line)
    rounded = 0.30 + 0.70 * np.sqrt(np.clip(1 - (2 * xs - 1) ** 2 * 0.9, 0, 1)) * (1.05 - 0.25 * xs)
    spine = (spine * rounded[..., None]).astype(np.float32)
    pages = wood(rng, (40, 200), "#b9a684", "#d8c9a8")
    z = 0.11 - deep + 0.03 * rng.uniform(-0.2, 0.2)
    faces = box((x, x + thick), (0.0, tall), (z, 0.30), (spine, pages, linen(rng, (300, 200), colour)), eye=eye)
    return [*(replace(face, casts=False) for face in faces[:-1]), faces[-1]]


def cork_board(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet pinned to a cork board, with the marks of others that were there."""
    camera = Camera(eye=(0.10, 0.02, -0.92), target=(0.0, 0.0, 0.0), zoom=1.75, focus=(0.0, 0.0, 0.0), aperture=0.012)
    cork = speckled(rng, (1500, 1500), "#8d7051", grain=4, amount=0.22, relief=0.25)
    ys, xs = ramp(1500, 1500)
    for left, top, right, bottom in ((0.02, 0.05, 0.30, 0.30), (0.70, 0.62, 0.98, 0.90), (0.64, 0.06, 0.86, 0.2)):
        inside = np.minimum(np.minimum(xs - left, right - xs), np.minimum(ys - top, bottom - ys)).astype(np.float32)
        cork = mix(cork, tint("#a58a68"), 0.4 * smoothstep(-0.002, 0.004, inside))
    sheet = card(rng, "nl", Sheet(hand="felt", aspect=1.18, fill=0.80, ink="#202b3d", paper="#f6f3ea", torn=True), lines=2)
    quads = [
        wall((-0.7, 0.7), (-0.7, 0.7), 0.0, cork),
        upright((0.0, -0.16, -0.004), (0.40, 0.339), sheet, roll=-2.4, bend=(0.022, 0.008, 0.001, 0.0, 0.002, 0.010, 0.026)),
        *pin((0.005, 0.163, -0.004)),
        *pin((0.34, 0.29, 0.0), colour="#3a4a5a"),
        *pin((-0.36, -0.24, 0.0), colour="#c9b98f"),
    ]
    window = Lamp(centre=(-1.5, 1.15, -0.85), radius=0.20, colour=(1.5, 1.40, 1.26), reach=2.0, samples=70)
    sky = Sky(above=(0.2, 0.2, 0.21), level=(0.22, 0.22, 0.23), below=(0.13, 0.12, 0.11))
    backdrop = flat((size.height, size.width), tint("#6a5238"))
    return finish(render(quads, camera, size, lamps=[window], sky=sky, backdrop=backdrop), rng, exposure=1.15)


def window_light(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet taped to a wall, where the light of a window falls."""
    camera = Camera(eye=(-0.30, 0.0, -1.75), target=(0.0, 0.02, 0.0), zoom=1.75, focus=(0.0, 0.0, 0.0), aperture=0.01)
    paint = plaster(rng, (1700, 1300), "#a9b0a4", rough=1.0, angle=2.4)
    sheet = card(rng, "el", Sheet(hand="felt", aspect=1.38, fill=0.84, ink="#1d2126", folds=(0.33, 0.66)))
    skirting = plaster(rng, (80, 900), "#d8d5cb", rough=0.2)
    panes = tuple(
        np.array([[-1.30, y, z], [-1.30, y, z + 0.21], [-1.30, y + 0.25, z + 0.21], [-1.30, y + 0.25, z]])
        for y in (0.16, 0.43, 0.70)
        for z in (-1.36, -1.11)
    )
    quads = [
        wall((-1.0, 1.0), (-1.0, 1.2), 0.0, paint),
        wall((-1.0, 1.0), (-0.70, -0.58), -0.012, skirting, casts=True),
        upright((0.0, -0.145, -0.002), (0.46, 0.333), sheet, roll=1.8, bend=(0.001, 0.004, 0.0, 0.003, 0.0, 0.004, 0.012)),
        tape(rng, (-0.215, 0.175, -0.003), roll=38),
        tape(rng, (0.218, 0.190, -0.004), roll=-40),
    ]
    sun = Lamp(centre=(-6.2, 3.0, -5.6), radius=0.10, colour=(2.1, 1.75, 1.3), openings=panes, samples=90)
    sky = Sky(above=(0.19, 0.21, 0.24), level=(0.19, 0.20, 0.22), below=(0.14, 0.13, 0.12))
    backdrop = flat((size.height, size.width), tint("#555a58"))
    return finish(render(quads, camera, size, lamps=[sun], sky=sky, backdrop=backdrop), rng, exposure=1.25)


def passage(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on the floor of an empty passage, light from a door that stands open."""
    eye: Point = (0.0, 0.62, -1.75)
    camera = Camera(eye=eye, target=(0.0, 0.36, 0.3), zoom=1.5, focus=(0.02, 0.15, 0.05), aperture=0.016)
    tiles = _tiles(rng)
    left, back = plaster(rng, (900, 900), "#8d8a80", rough=0.8), plaster(rng, (900, 900), "#97948a", rough=0.8)
    sheet = card(rng, "uk", Sheet(hand="felt", aspect=1.12, fill=0.84, ink="#1c2027"), lines=2)
    quads = [
        wall((-0.8, 1.1), (0.0, 2.2), 1.0, back),
        wall((-0.8, 1.1), (0.0, 0.10), 0.985, wood(rng, (40, 900), "#4c3b2c", "#66503c"), casts=True),
        side(-0.75, (0.0, 2.2), (-1.2, 1.0), left),
        floor((-0.75, 1.1), (-1.2, 1.0), 0.0, tiles),
        upright(
            (0.0, 0.0, 0.02), (0.56, 0.50), sheet, yaw=-8, lean=14, bend=(0.006, 0.0, 0.0, 0.002, 0.008), through=PAPER_THROUGH
        ),
    ]
    opening = (np.array([[1.2, 0.0, -0.62], [1.2, 0.0, 0.22], [1.2, 1.5, 0.22], [1.2, 1.5, -0.62]]),)
    sun = Lamp(centre=(5.6, 3.4, -3.2), radius=0.10, colour=(3.2, 2.55, 1.75), openings=opening, samples=140)
    sky = Sky(above=(0.15, 0.16, 0.18), level=(0.16, 0.165, 0.18), below=(0.12, 0.11, 0.10))
    backdrop = flat((size.height, size.width), tint("#3f3d39"))
    return finish(render(quads, camera, size, lamps=[sun], sky=sky, backdrop=backdrop), rng, exposure=1.35)


def _tiles(rng: np.random.Generator) -> Image:
    """Return a floor of old square tiles in two greys."""
    side_px, count = 1600, 10
    out = speckled(rng, (side_px, side_px), "#8a837a", grain=4, amount=0.08, relief=0.1)
    ys, xs = ramp(side_px, side_px)
    column_of, row_of = (xs * count).astype(int), (ys * count).astype(int)
    out = mix(out, tint("#3f3d3c"), 0.72 * ((column_of + row_of) % 2).astype(np.float32))
    own = rng.uniform(0.88, 1.1, (count + 1, count + 1)).astype(np.float32)[row_of, column_of]
    joint = np.minimum(np.abs(xs * count - np.round(xs * count)), np.abs(ys * count - np.round(ys * count))).astype(np.float32)
    out = mix((out * own[..., None]).astype(np.float32), tint("#4a443d"), 0.8 * smoothstep(0.016, 0.008, joint))
    wear = noise(rng, (side_px, side_px), (500, 500), 4)
    return (out * (1 + 0.08 * wear)[..., None]).astype(np.float32)


def unread_sheet(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on linen; in the feed it waits for its second reviewer."""
    camera = Camera(eye=(0.0, 0.72, -0.34), target=(0.0, 0.0, 0.02), zoom=1.5, focus=(0.0, 0.0, 0.02), aperture=0.01)
    sheet = card(rng, "sk", Sheet(hand="italic", aspect=1.41, fold_across=True, folds=(0.5,)))
    quads = [
        floor((-0.9, 0.9), (-0.3, 0.8), 0.0, linen(rng, (1400, 1800), "#9aa0a0")),
        lying((0.0, 0.001, 0.03), (0.34, 0.24), sheet, turn=5, bend=(0.01, 0.0, 0.0, 0.006)),
    ]
    window = Lamp(centre=(-1.8, 1.4, 0.9), radius=0.3, colour=(1.2, 1.2, 1.2), reach=2.4)
    sky = Sky(above=(0.25, 0.26, 0.28), level=(0.22, 0.22, 0.23), below=(0.1, 0.1, 0.1))
    return finish(
        render(quads, camera, size, lamps=[window], sky=sky, backdrop=flat((size.height, size.width), tint("#777777"))),
        rng,
        exposure=1.2,
    )
