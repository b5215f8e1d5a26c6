"""Things people built, under the sky: a wall, a door, a railing, a bench, a line of sheets."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from player.demo.card import Hand, Sheet, card
from player.demo.draw import render
from player.demo.pixels import Image, arch, blend, blur, finish, flat, mix, noise, ramp, smoothstep, tint
from player.demo.solid import Camera, Lamp, Point, Quad, Sky
from player.demo.texture import masonry, plaster, speckled, wood
from player.demo.things import PAPER_THROUGH, box, floor, lying, pin, post, upright, wall
from player.units import Size

Picture = NDArray[np.uint8]


def stone_wall(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on the foot of a stone wall, under a tree that is not in the picture."""
    eye: Point = (0.25, 0.34, -1.45)
    camera = Camera(eye=eye, target=(0.02, 0.235, 0.0), zoom=1.95, focus=(0.0, 0.15, -0.1), aperture=0.02)
    stones = masonry(
        rng, (1100, 1900), ["#8d8779", "#a39b8a", "#7b776d", "#978a76"], rows=9, aspect=1.9, wild=0.7, joint="#6a655a"
    )
    ledge = speckled(rng, (300, 1800), "#989080", grain=5, amount=0.14, relief=0.35)
    sheet = card(rng, "fr", Sheet(hand="nib", aspect=1.5, fill=0.80, ink="#1f2430"), lines=2)
    quads = [
        wall((-1.3, 1.3), (0.0, 1.5), 0.0, stones),
        floor((-1.3, 1.3), (-0.24, 0.0), 0.0, ledge),
        wall(
            (-1.3, 1.3),
            (-0.6, 0.0),
            -0.24,
            masonry(rng, (400, 1800), ["#7b766b", "#8d8678"], rows=2, aspect=2.2, wild=0.5, joint="#6a655a"),
        ),
        upright((0.02, 0.0, -0.105), (0.46, 0.307), sheet, yaw=-6, lean=17, bend=(0.010, 0.002, 0.0, 0.003, 0.012)),
    ]
    quads += _leaves_overhead(rng)
    sun = Lamp(centre=(-6.0, 7.0, -5.5), radius=0.05, colour=(1.75, 1.5, 1.15), samples=60)
    sky = Sky(above=(0.36, 0.40, 0.46), level=(0.22, 0.24, 0.25), below=(0.12, 0.12, 0.10))
    backdrop = flat((size.height, size.width), tint("#777777"))
    return finish(render(quads, camera, size, lamps=[sun], sky=sky, backdrop=backdrop), rng, exposure=1.05)


def _leaves_overhead(rng: np.random.Generator) -> list[Quad]:
    """Return leaves behind the viewer, whose shadows dapple the wall."""
    out: list[Quad] = []
    sun = np.array([-6.0, 7.0, -5.5])
    leaf = flat((4, 4), tint("#3d4a2a"))
    for _ in range(90):
        aim = np.array([rng.uniform(-0.9, 0.9), rng.uniform(0.12, 0.9), 0.0])
        if np.hypot(aim[0] + 0.05, 1.2 * (aim[1] - 0.15)) < 0.30:  # noqa: PLR2004 - the sheet stays in the sun
            continue
        x, y, z = aim + (sun - aim) * rng.uniform(0.22, 0.36)
        width = rng.uniform(0.05, 0.13)
        tall, yaw, roll = width * rng.uniform(0.4, 0.8), rng.uniform(20, 70), rng.uniform(-60, 60)
        blade = upright((float(x), float(y), float(z)), (width, tall), (leaf, None), yaw=yaw, lean=40.0, roll=roll)
        out.append(replace(blade, shown=False))
    return out


def door(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet nailed to an old wooden door."""
    eye: Point = (0.12, 1.35, -2.6)
    camera = Camera(eye=eye, target=(0.0, 1.28, 0.0), zoom=1.55, focus=(0.0, 1.3, 0.0), aperture=0.012)
    planks = wood(rng, (2000, 900), "#45403a", "#6b645a", planks=5, along=False)
    peel = noise(rng, (2000, 900), (160, 420), 6)
    paint = np.full_like(planks, tint("#6f7f78")) * (0.82 + 0.5 * planks.mean(axis=-1, keepdims=True))
    planks = mix(
        planks, paint.astype(np.float32), 0.92 * smoothstep(-0.95, -0.7, peel) * smoothstep(0.005, 0.03, planks.mean(axis=-1))
    )
    stone = speckled(rng, (600, 600), "#958c7c", grain=5, amount=0.16, relief=0.3)
    sheet = card(
        rng,
        "it",
        Sheet(hand="felt", aspect=0.95, fill=0.84, ink="#1f2227", paper="#f0e9d8", folds=(0.5,), fold_across=True),
        lines=2,
    )
    iron = speckled(rng, (60, 300), "#2a2826", grain=3, amount=0.2, relief=0.3)
    quads = [
        wall((-0.62, 0.62), (-0.02, 2.25), 0.0, planks),
        *_ironwork(iron),
        *box((-1.3, -0.60), (0.0, 2.7), (-0.16, 0.0), (stone, stone, stone), eye=eye),
        *box((-1.3, 1.3), (2.18, 2.7), (-0.16, 0.0), (stone, stone, stone), eye=eye),
        floor((-1.5, 1.5), (-0.9, 0.0), 0.0, speckled(rng, (500, 1500), "#8b8272", grain=5, amount=0.16, relief=0.3)),
        upright((0.0, 1.06, -0.006), (0.56, 0.589), sheet, roll=-1.2, bend=(0.03, 0.010, 0.001, 0.0, 0.001, 0.006, 0.018)),
        *pin((0.0, 1.628, -0.008), colour="#2e2c2a", radius=0.009),
    ]
    sun = Lamp(centre=(-4.5, 7.0, -5.0), radius=0.9, colour=(1.5, 1.36, 1.16), samples=70)
    sky = Sky(above=(0.42, 0.45, 0.50), level=(0.28, 0.29, 0.30), below=(0.16, 0.15, 0.13))
    return finish(
        render(quads, camera, size, lamps=[sun], sky=sky, backdrop=flat((size.height, size.width), tint("#6d675d"))),
        rng,
        exposure=1.15,
    )


def _ironwork(iron: Image) -> list[Quad]:
    """Return the door's two strap hinges and its ring."""
    return [
        wall((-0.60, 0.10), (1.86, 1.905), -0.012, iron, casts=True),
        wall((-0.60, 0.10), (0.40, 0.445), -0.012, iron, casts=True),
        wall((0.45, 0.50), (0.94, 1.06), -0.014, iron, casts=True),
        wall((0.465, 0.485), (0.93, 1.0), -0.04, iron, casts=True),
    ]


def river(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet tied to an iron railing above a river, after sunset."""
    eye: Point = (0.10, 0.92, -1.5)
    camera = Camera(eye=eye, target=(0.02, 0.80, 0.0), zoom=1.7, focus=(0.0, 0.8, 0.0), aperture=0.026)
    iron = speckled(rng, (600, 60), "#3a4044", grain=3, amount=0.14, relief=0.3)
    rail = speckled(rng, (60, 1200), "#4a5154", grain=3, amount=0.14, relief=0.3)
    sheet = card(rng, "hu", Sheet(hand="nib", aspect=1.42, fill=0.84, ink="#1c2330", paper="#f5f1e8"))
    cord = flat((4, 40), tint("#b9a27c"))
    bars = [post(x, (-0.2, 1.06), 0.0, 0.011, iron, light_from=0.35) for x in np.arange(-1.06, 1.2, 0.118)]
    quads = [
        *bars,
        *box((-1.6, 1.6), (1.06, 1.10), (-0.035, 0.035), (rail, rail, iron), eye=eye),
        *box((-1.6, 1.6), (0.40, 0.425), (-0.012, 0.012), (rail, rail, iron), eye=eye),
        upright(
            (0.0, 0.60, -0.022),
            (0.50, 0.352),
            sheet,
            roll=1.0,
            bend=(0.016, 0.003, 0.0, 0.002, 0.0, 0.004, 0.022),
            through=PAPER_THROUGH,
        ),
        *(upright((x, 0.925, -0.03), (0.006, 0.16), (cord, None), roll=r) for x, r in ((-0.21, 6), (0.21, -5))),
    ]
    glow = Lamp(centre=(-2.6, 3.2, -2.2), radius=0.22, colour=(1.25, 0.98, 0.68), reach=4.0, samples=50)
    sky = Sky(above=(0.26, 0.34, 0.50), level=(0.26, 0.31, 0.42), below=(0.12, 0.15, 0.20))
    return finish(
        render(quads, camera, size, lamps=[glow], sky=sky, backdrop=_far_bank(rng, size)), rng, exposure=1.25, vignette=0.3
    )


def _far_bank(rng: np.random.Generator, size: Size) -> Image:
    """Return a river at blue hour: the far bank's few lights and their reflections."""
    height, width = size.height, size.width
    ys, xs = ramp(height, width)
    bank = 0.40
    view = blend(
        [
            (0.0, "#35496a"),
            (0.25, "#6b7d96"),
            (0.36, "#b99d92"),
            (0.40, "#c9a48c"),
            (0.401, "#8b8388"),
            (0.6, "#4a5a72"),
            (1.0, "#232f44"),
        ],
        ys,
    )
    roofs = 0.03 * noise(rng, (1, width), (width * 0.06, 1), 3) + bank - 0.055
    town = smoothstep(-0.003, 0.003, (ys - roofs).astype(np.float32)) * smoothstep(bank + 0.003, bank - 0.003, ys)
    mirror = smoothstep(0.003, -0.003, (ys - (2 * bank - roofs)).astype(np.float32)) * smoothstep(bank - 0.003, bank + 0.003, ys)
    view = mix(mix(view, tint("#2b3446"), 0.9 * town), tint("#2f3b50"), 0.6 * mirror)
    ripples = noise(rng, (height, width), (width * 0.05, height * 0.012), 4)
    for _ in range(17):
        x, warm = rng.uniform(0, 1), rng.uniform(0.5, 1.3)
        spot = np.exp(-(((xs - x) * size.aspect / 0.010) ** 2 + ((ys - bank + 0.018) / 0.010) ** 2))
        trail = np.exp(-(((xs - x) * size.aspect / 0.013) ** 2)) * smoothstep(bank, bank + 0.01, ys) * np.exp(-(ys - bank) * 6.5)
        light = 6.0 * spot + 0.75 * trail * np.clip(0.6 + 0.6 * ripples, 0, 2)
        view = view + (light[..., None] * np.array([1.0, 0.66, 0.32]) * warm).astype(np.float32)
    return blur((view * (1 + 0.07 * ripples * (ys > bank))[..., None]).astype(np.float32), width * 0.0085)


def bench(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on a park bench in autumn."""
    eye: Point = (0.20, 0.80, -0.80)
    camera = Camera(eye=eye, target=(0.0, 0.015, 0.10), zoom=1.9, focus=(0.0, 0.0, 0.02), aperture=0.016)
    quads: list[Quad] = []
    for i in range(5):
        z = 0.36 - i * 0.125
        slat = wood(rng, (160, 1800), "#5d5245", "#8b7d69")
        quads += box((-1.4, 1.4), (-0.03, 0.0), (z, z + 0.105), (slat[:40], slat, slat), eye=eye)
    sheet = card(rng, "sv", Sheet(hand="felt", aspect=1.42, fill=0.86, ink="#1c222c", fold_across=True))
    quads.append(lying((0.0, 0.0012, 0.07), (0.40, 0.282), sheet, turn=9, bend=(0.020, 0.004, 0.0, 0.001, 0.0, 0.006, 0.024)))
    for _ in range(15):
        x, z = rng.uniform(-0.75, 0.7), rng.uniform(-0.16, 0.44)
        if abs(x) < 0.26 and abs(z - 0.07) < 0.20:  # noqa: PLR2004 - none on the sheet
            continue
        quads.append(
            lying((x, 0.003, z), (0.075, 0.055), _leaf(rng), turn=rng.uniform(0, 360), bend=(0.007, 0.001, 0.0, 0.001, 0.008))
        )
    sun = Lamp(centre=(-5.0, 4.2, 3.6), radius=0.30, colour=(1.9, 1.6, 1.2), samples=60)
    sky = Sky(above=(0.34, 0.36, 0.38), level=(0.30, 0.28, 0.25), below=(0.1, 0.09, 0.08))
    ys, _ = ramp(size.height, size.width)
    ground = blend([(0.0, "#8d7a4c"), (0.12, "#7d6a45"), (0.3, "#5d5a3c"), (1.0, "#3f3d2e")], ys)
    litter = noise(rng, (size.height, size.width), (size.width * 0.03, size.width * 0.012), 3)
    backdrop = blur((ground * (1 + 0.35 * litter)[..., None]).clip(0, 2).astype(np.float32), size.width * 0.010)
    return finish(render(quads, camera, size, lamps=[sun], sky=sky, backdrop=backdrop), rng, exposure=1.1)


def _leaf(rng: np.random.Generator) -> tuple[Image, Image]:
    """Return a fallen leaf: its picture and its outline."""
    ys, xs = ramp(120, 170)
    half = 0.44 * arch(xs, 0.85) * (1 - 0.25 * xs)
    teeth = 0.02 * np.abs(np.sin(xs * 42))
    alpha = smoothstep(0.0, 0.02, (half - teeth - np.abs(ys - 0.5)).astype(np.float32))
    stem = smoothstep(0.018, 0.008, np.abs(ys - 0.5).astype(np.float32))
    colour = ("#8f6a3c", "#a08a52", "#7a4f35", "#8d7a4c")[int(rng.integers(4))]
    blade = flat((120, 170), tint(colour)) * (1 + 0.22 * noise(rng, (120, 170), (60, 40), 4))[..., None]
    veins = 0.4 * smoothstep(0.9, 1.0, np.abs(np.cos((np.abs(ys - 0.5) * 0.9 - xs) * 26)).astype(np.float32))
    alpha = np.maximum(alpha, stem * smoothstep(0.01, 0.03, xs))
    return mix(mix(blade.astype(np.float32), tint("#6d4420"), veins), tint("#5a371a"), 0.7 * stem), alpha


def cards_on_a_line(rng: np.random.Generator, size: Size) -> Picture:
    """Five sheets pegged to a cord in front of a plastered wall."""
    camera = Camera(eye=(-0.12, 0.0, -1.75), target=(0.0, -0.045, 0.0), zoom=1.75, focus=(0.0, 0.0, -0.05), aperture=0.014)
    quads = [wall((-1.25, 1.25), (-0.8, 0.8), 0.0, plaster(rng, (1200, 1900), "#a9a294", rough=1.3, angle=2.3))]
    cord = flat((4, 60), tint("#6b5f4c"))
    xs = np.linspace(-1.15, 1.15, 36)
    for a, b in pairwise(xs):
        ya, yb = _sag(a), _sag(b)
        quads.append(
            upright(
                ((a + b) / 2, (ya + yb) / 2 - 0.002, -0.058),
                (b - a + 0.004, 0.005),
                (cord, None),
                roll=-float(np.degrees(np.arctan2(yb - ya, b - a))),
            )
        )
    peg = wood(rng, (200, 40), "#a08357", "#c9ad7e", along=False)
    hands: tuple[tuple[str, Hand], ...] = (("lt", "nib"), ("en", "print"), ("pt", "felt"), ("fi", "nib"), ("da", "felt"))
    for i, (language, hand) in enumerate(hands):
        x, tall = -0.57 + 0.285 * i, 0.27 + rng.uniform(-0.01, 0.03)
        roll, paper = rng.uniform(-3.0, 3.0), ("#f4efe3", "#efe6d2", "#f6f4ee", "#ece3cf", "#f3eee4")[i]
        sheet = card(rng, language, Sheet(hand=hand, aspect=0.245 / tall, fill=0.86, ink="#22252d", paper=paper), lines=2)
        top = _sag(x) + 0.012
        quads.append(
            upright(
                (x, top - tall, -0.062), (0.245, tall), sheet, roll=roll, bend=(0.01, 0.0, 0.0, 0.002, rng.uniform(0.004, 0.010))
            )
        )
        quads += [
            upright((x + dx, top - 0.03, -0.078), (0.009, 0.05), (peg, None), roll=rng.uniform(-4, 4)) for dx in (-0.085, 0.085)
        ]
    sun = Lamp(centre=(-5.0, 6.0, -6.0), radius=0.14, colour=(1.75, 1.5, 1.2), samples=50)
    sky = Sky(above=(0.32, 0.34, 0.38), level=(0.24, 0.25, 0.26), below=(0.14, 0.13, 0.12))
    return finish(
        render(quads, camera, size, lamps=[sun], sky=sky, backdrop=flat((size.height, size.width), tint("#777777"))),
        rng,
        exposure=1.1,
    )


def _sag(x: float) -> float:
    """Return the height of a cord that hangs between two nails beyond the picture."""
    return 0.13 + 0.055 * x * x
