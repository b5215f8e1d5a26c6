"""Snow, sand, grass, hills: places with nothing built but a fence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from player.demo.air import dots, grass, haze, ridges
from player.demo.card import Sheet, card
from player.demo.draw import render
from player.demo.pixels import Image, arch, blend, blur, finish, flat, mix, noise, over, ramp, slopes, smoothstep, tint
from player.demo.solid import Camera, Lamp, Point, Quad, Sky
from player.demo.texture import bark, snow, speckled, wood
from player.demo.things import PAPER_THROUGH, box, floor, pin, post, upright, wall
from player.units import Size

Picture = NDArray[np.uint8]


def tree_in_snow(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet tied to a tree, snow falling."""
    eye: Point = (0.0, 1.25, -2.3)
    camera = Camera(eye=eye, target=(0.0, 1.22, 0.0), zoom=1.55, focus=(0.0, 1.3, -0.02), aperture=0.02)
    trunk = bark(rng, (1800, 620), "#2b2723", "#7a7067")
    trunk = _snow_on_bark(rng, trunk)
    sheet = card(rng, "cs", Sheet(hand="felt", aspect=1.32, fill=0.86, ink="#1e2530", paper="#f4f2ec"))
    quads = [
        floor((-4, 4), (-0.9, 6.0), 0.0, snow(rng, (900, 1200))),
        _rough_edge(rng, post(0.03, (-0.02, 3.2), 0.0, 0.36, trunk, light_from=0.34)),
        wall((-0.315, 0.372), (1.505, 1.512), -0.012, flat((4, 60), tint("#8a7a5c")), casts=True),
        wall((-0.312, 0.37), (1.235, 1.242), -0.012, flat((4, 60), tint("#8a7a5c")), casts=True),
        upright(
            (0.02, 1.15, -0.03),
            (0.56, 0.424),
            sheet,
            roll=1.5,
            bend=tuple(0.05 * float(np.sin(t)) for t in np.linspace(0, np.pi, 9)),
        ),
    ]
    sun = Lamp(centre=(-6, 6, -5), radius=1.8, colour=(0.75, 0.77, 0.82), samples=60)
    sky = Sky(above=(0.60, 0.66, 0.76), level=(0.40, 0.43, 0.48), below=(0.40, 0.43, 0.47))
    light = render(quads, camera, size, lamps=[sun], sky=sky, backdrop=_winter_wood(rng, size))
    for count, radius, strength in ((520, 0.0011, 0.5), (200, 0.0022, 0.55), (46, 0.006, 0.35)):
        light = over(light, dots(rng, size, count=count, radius=radius, colour=(0.95, 0.97, 1.0), strength=strength))
    return finish(light, rng, exposure=1.08, vignette=0.28)


def _rough_edge(rng: np.random.Generator, trunk: Quad) -> Quad:
    """Return the trunk with the uneven outline that bark has."""
    height, width = trunk.albedo.shape[:2]
    _, xs = ramp(height, width)
    uneven = 0.018 + 0.014 * noise(rng, (height, width), (width, height * 0.05), 5)
    return replace(trunk, alpha=smoothstep(0.0, 0.008, (np.minimum(xs, 1 - xs) - uneven).astype(np.float32)))


def _snow_on_bark(rng: np.random.Generator, trunk: Image) -> Image:
    """Return the trunk with snow blown against its left side."""
    height, width = trunk.shape[:2]
    _, xs = ramp(height, width)
    cling = noise(rng, (height, width), (width * 0.08, height * 0.10), 5)
    return mix(trunk, tint("#e8edf3"), 0.9 * smoothstep(0.2, 0.55, (cling - 0.15 - 2.6 * xs).astype(np.float32)))


def _winter_wood(rng: np.random.Generator, size: Size) -> Image:
    """Return a wood in winter, out of focus, under a white sky."""
    height, width = size.height, size.width
    ys, _ = ramp(height, width)
    view = blend([(0.0, "#c3ccd6"), (0.5, "#d7dde3"), (0.60, "#dfe4e8"), (1.0, "#e8ecf0")], ys)
    for depth in range(3):
        stems = np.zeros((height, width), np.float32)
        for _ in range(16 - 4 * depth):
            x, half = int(rng.uniform(0, width)), max(1, int(width * rng.uniform(0.004, 0.010) * (1 + 0.9 * depth)))
            stems[: int(height * (0.585 + 0.03 * depth)), max(0, x - half) : x + half] = 1
        twigs = smoothstep(0.25, 0.9, noise(rng, (height, width), (width * 0.10, height * 0.08), 5)) * smoothstep(0.5, 0.0, ys)
        share = np.maximum(stems, 0.35 * twigs) * (0.25 + 0.16 * depth)
        view = mix(view, tint("#5d646c"), blur(share.astype(np.float32), width * 0.011))
    return blur(view, width * 0.006)


def beach(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet standing in the sand at dusk, the sea behind it."""
    eye: Point = (0.0, 0.46, -1.5)
    camera = Camera(eye=eye, target=(0.12, 0.255, 0.4), zoom=1.72, focus=(0.0, 0.12, 0.0), aperture=0.02)
    dunes = noise(rng, (1500, 1500), (110, 95), 5)
    sand = speckled(rng, (1500, 1500), "#a8957c", grain=2.5, amount=0.09, relief=0.16)
    ys, _ = ramp(1500, 1500)
    dy, dx = slopes(blur(dunes, 1.5) * 15)
    sand = (sand * np.clip(1 + 0.30 * (dy * 0.8 + dx * 0.5), 0.55, 1.6)[..., None]).astype(np.float32)
    wet = smoothstep(0.34, 0.22, (ys + 0.012 * noise(rng, (1500, 1500), (500, 90), 3)).astype(np.float32))
    sand = mix(sand, tint("#5a4f4b"), 0.75 * wet)
    sheet = _buried(rng, card(rng, "es", Sheet(hand="felt", aspect=1.39, fill=0.84, ink="#22252c")))
    quads = [
        floor((-3.2, 3.2), (-0.9, 3.2), 0.0, sand),
        upright(
            (-0.02, -0.018, 0.0),
            (0.52, 0.374),
            sheet,
            yaw=-10,
            lean=9,
            roll=-2.5,
            bend=(0.0, 0.012, 0.016, 0.010, 0.0),
            through=PAPER_THROUGH,
        ),
    ]
    sun = Lamp(centre=(-5.5, 1.9, 3.2), radius=0.25, colour=(2.6, 1.45, 0.75), samples=60)
    sky = Sky(above=(0.22, 0.26, 0.36), level=(0.50, 0.42, 0.40), below=(0.16, 0.13, 0.12))
    light = render(quads, camera, size, lamps=[sun], sky=sky, backdrop=_sea(rng, size))
    return finish(light, rng, exposure=1.2, vignette=0.3)


def _buried(rng: np.random.Generator, sheet: tuple[Image, Image]) -> tuple[Image, Image]:
    """Return the sheet with its lower edge hidden by uneven sand."""
    picture, alpha = sheet
    ys, xs = ramp(*alpha.shape)
    crest = 0.968 + 0.009 * noise(rng, (1, alpha.shape[1]), (alpha.shape[1] * 0.30, 1), 4) - 0.006 * arch(xs)
    dusted = mix(picture, tint("#8f7a61"), 0.45 * smoothstep(0.10, 0.0, (crest - ys).astype(np.float32)))
    return dusted, (alpha * smoothstep(0.0, 0.006, (crest - ys).astype(np.float32))).astype(np.float32)


def _sea(rng: np.random.Generator, size: Size) -> Image:
    """Return a calm sea under a clear evening sky; the horizon lies at 0.30 of the height."""
    height, width = size.height, size.width
    ys, xs = ramp(height, width)
    sky = blend([(0.0, "#5b6a86"), (0.14, "#97909a"), (0.24, "#d8a98a"), (0.30, "#f0c493")], ys)
    sky = sky + np.exp(-(((xs - 0.10) / 0.28) ** 2 + ((ys - 0.30) / 0.16) ** 2))[..., None].astype(np.float32) * np.array(
        [0.75, 0.40, 0.14], np.float32
    )
    clouds = smoothstep(0.3, 1.2, noise(rng, (height, width), (width * 0.5, height * 0.03), 4)) * smoothstep(0.29, 0.1, ys)
    sky = mix(sky, tint("#7d6f7e"), 0.5 * clouds)
    near = np.clip((ys - 0.30) / 0.2, 0, 1)
    swell = noise(rng, (height, width), (width * 0.07, height * 0.007), 4)
    water = blend([(0.30, "#b39a8c"), (0.36, "#6f7585"), (0.50, "#4d5566")], ys) * (1 + 0.16 * swell * (0.4 + near))[..., None]
    path = np.exp(-(((xs - 0.10) / (0.10 + 0.3 * near)) ** 2)) * smoothstep(0.1, 1.0, swell + 0.5)
    water = water + path[..., None].astype(np.float32) * np.array([0.55, 0.33, 0.16], np.float32)
    foam = smoothstep(0.5, 0.9, noise(rng, (height, width), (width * 0.25, height * 0.012), 4)) * smoothstep(
        0.02, 0.0, np.abs(ys - 0.455 - 0.006 * np.sin(xs * 9))
    )
    view = np.where((ys < 0.30)[..., None], sky, mix(water.astype(np.float32), (0.7, 0.62, 0.56), 0.7 * foam)).astype(np.float32)  # noqa: PLR2004 - the horizon
    return blur(view, width * 0.0032)


def meadow(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet standing in tall grass, the sun low behind it."""
    camera = Camera(eye=(0.0, 0.30, -1.4), target=(0.0, 0.20, 0.0), zoom=1.7, focus=(0.0, 0.2, 0.0), aperture=0.02)
    sheet = card(rng, "hr", Sheet(hand="nib", aspect=1.45, fill=0.82, ink="#20241f"))
    quads = [
        upright(
            (0.0, -0.035, 0.0),
            (0.50, 0.345),
            sheet,
            yaw=7,
            lean=7,
            roll=1.5,
            bend=(0.008, 0.0, 0.0, 0.004, 0.016),
            through=PAPER_THROUGH,
        )
    ]
    sun = Lamp(centre=(5.5, 3.0, 6.0), radius=0.3, colour=(2.8, 1.9, 1.0), samples=16)
    sky = Sky(above=(0.42, 0.46, 0.50), level=(0.52, 0.48, 0.40), below=(0.20, 0.22, 0.10))
    far = haze(rng, size)
    for depth, (tall, sigma) in enumerate(((0.58, 0.010), (0.52, 0.0045), (0.46, 0.0018))):
        far = over(
            far,
            blur(
                grass(rng, size, count=1500 - 300 * depth, height=tall, low=1.02, dark="#3a431f", light="#b9ae62"),
                size.width * sigma,
            ),
        )
    light = render(quads, camera, size, lamps=[sun], sky=sky, backdrop=far)
    light = over(light, grass(rng, size, count=1000, height=0.375, low=1.03, dark="#39421d", light="#c4b66a", spare=(0.29, 0.71)))
    light = over(
        light,
        blur(
            grass(rng, size, count=60, height=0.42, low=1.08, dark="#2b3316", light="#8d8a4a", wide=2.6, spare=(0.22, 0.78)),
            size.width * 0.008,
        ),
    )
    ys, xs = ramp(size.height, size.width)
    flare = np.exp(-(((xs - 0.84) / 0.42) ** 2 + ((ys - 0.10) / 0.5) ** 2))[..., None] * np.array([0.30, 0.22, 0.12])
    return finish((light + flare).astype(np.float32), rng, exposure=1.12)


def hills(rng: np.random.Generator, size: Size) -> Picture:
    """A long sheet on a fence rail before dawn, hills and mist behind it."""
    eye: Point = (0.0, 0.98, -1.9)
    camera = Camera(eye=eye, target=(0.10, 1.03, 0.0), zoom=1.75, focus=(0.0, 0.9, 0.0), aperture=0.022)
    rail, stake = wood(rng, (120, 2200), "#4d463d", "#82786a"), wood(rng, (700, 120), "#4a4239", "#7d7264", along=False)
    sheet = card(rng, "en", Sheet(hand="print", aspect=2.5, fill=0.84, ink="#20242c", folds=(0.25, 0.5, 0.75)))
    quads = [
        *(upright((x, 0.2, 0.05), (0.11, 1.05), (stake, None), roll=r) for x, r in ((-1.05, 1.5), (0.86, -1.0))),
        *box((-2.6, 2.6), (0.86, 0.96), (-0.03, 0.03), (rail, rail, rail), eye=eye),
        *box((-2.6, 2.6), (0.46, 0.56), (-0.03, 0.03), (rail[::-1], rail, rail), eye=eye),
        upright(
            (-0.10, 0.625, -0.038),
            (0.80, 0.32),
            sheet,
            roll=-0.8,
            bend=(0.02, 0.004, 0.0, 0.004, 0.002, 0.0, 0.003, 0.024),
            through=PAPER_THROUGH,
        ),
        *pin((-0.475, 0.928, -0.04), colour="#4c4a46"),
        *pin((0.275, 0.918, -0.04), colour="#4c4a46"),
    ]
    dawn = Lamp(centre=(4.6, 3.0, -4.2), radius=0.9, colour=(0.95, 0.78, 0.62), samples=40)
    sky = Sky(above=(0.38, 0.44, 0.54), level=(0.42, 0.42, 0.46), below=(0.16, 0.17, 0.15))
    light = render(quads, camera, size, lamps=[dawn], sky=sky, backdrop=_dawn(rng, size))
    near = grass(rng, size, count=420, height=0.24, low=1.08, dark="#34382a", light="#7d7a5c")
    return finish(over(light, blur(near, size.width * 0.0030)), rng, exposure=1.15, vignette=0.25)


def _dawn(rng: np.random.Generator, size: Size) -> Image:
    """Return hills in mist under a paling sky."""
    height, width = size.height, size.width
    ys, xs = ramp(height, width)
    sky = blend([(0.0, "#7e93b0"), (0.25, "#b5b9c4"), (0.42, "#e8cdb4"), (0.5, "#f3d9ba")], ys)
    sky = sky + np.exp(-(((xs - 0.74) / 0.22) ** 2 + ((ys - 0.44) / 0.20) ** 2))[..., None].astype(np.float32) * np.array(
        [0.45, 0.28, 0.12], np.float32
    )
    bands = smoothstep(0.3, 1.3, noise(rng, (height, width), (width * 0.30, height * 0.05), 4)) * smoothstep(0.5, 0.15, ys)
    view = mix(sky, tint("#e9d3c6"), 0.35 * bands)
    land = ridges(rng, size, ["#97a3b5", "#7d8b9f", "#647385", "#4c5b66", "#3c4a48"], top=0.40, bottom=0.80, mist="#c9c6c4")
    return blur(over(view, land), width * 0.0042)
