"""Places after dark: a candle, a city, a window in the rain, a lamp on a desk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from player.demo.air import bokeh
from player.demo.card import Sheet, card
from player.demo.draw import render
from player.demo.pixels import (
    Image,
    Plane,
    arch,
    blend,
    blur,
    displace,
    emboss,
    finish,
    flat,
    mix,
    noise,
    ramp,
    slopes,
    smoothstep,
    tint,
)
from player.demo.solid import Camera, Lamp, Point, Quad, Sky
from player.demo.texture import column, linen, speckled, wood
from player.demo.things import PAPER_THROUGH, box, floor, lying, tape, tent, upright, wall
from player.units import Size

Picture = NDArray[np.uint8]


def candle(rng: np.random.Generator, size: Size) -> Picture:
    """A folded card beside a candle; there is no other light."""
    eye: Point = (0.0, 0.30, -0.92)
    camera = Camera(eye=eye, target=(0.022, 0.135, 0.1), zoom=1.5, focus=(0.0, 0.1, 0.0), aperture=0.012)
    table = wood(rng, (1300, 1500), "#4b3727", "#7a5c41", planks=3)
    paper = "#f3ecdc"
    face = card(rng, "en", Sheet(hand="nib", aspect=1.15, fill=0.80, ink="#231d18", paper=paper), lines=2)
    wick: Point = (0.168, 0.168, -0.055)
    quads = [
        floor((-0.8, 0.8), (-0.34, 0.75), 0.0, table),
        *tent((-0.075, 0.0, 0.02), (0.265, 0.23), face, paper, yaw=-16),
        *_candle(rng, wick),
    ]
    flame = Lamp(
        centre=(wick[0], wick[1] + 0.018, wick[2] - 0.025), radius=0.010, colour=(1.55, 0.86, 0.36), reach=0.27, samples=40
    )
    sky = Sky(above=(0.016, 0.018, 0.026), level=(0.022, 0.024, 0.034), below=(0.01, 0.01, 0.01))
    light = render(quads, camera, size, lamps=[flame], sky=sky, backdrop=flat((size.height, size.width), (0.004, 0.004, 0.005)))
    return finish(light + _flame(camera, size, wick), rng, exposure=1.15, glow=0.16, vignette=0.3)


def _candle(rng: np.random.Generator, wick: Point) -> list[Quad]:
    """Return a candle in a plain dish; its upper part glows with the light inside."""
    x, y, z = wick
    height, width = 500, 160
    ys, xs = ramp(height, width)
    wax = column(
        flat((height, width), tint("#e9dcc0")) * (1 + 0.02 * noise(rng, (height, width), (60, 200), 3))[..., None], 0.42, 0.5
    )
    lit = np.exp(-ys * 4.2) * (0.62 + 0.38 * np.sqrt(np.clip(1 - (2 * xs - 1) ** 2, 0, 1)))
    glow = (lit[..., None] * np.array([1.25, 0.62, 0.20])).astype(np.float32)
    top = 0.010 * (1 - (2 * xs - 1) ** 2)
    foot = 0.985 + 0.015 * np.sqrt(np.clip(1 - (2 * xs - 1) ** 2, 0, 1))
    alpha = (
        smoothstep(0.0, 0.004, (ys - 0.010 + top).astype(np.float32))
        * smoothstep(0.0, 0.03, np.minimum(xs, 1 - xs))
        * smoothstep(0.0, 0.004, (foot - ys).astype(np.float32))
    )
    body = wall((x - 0.021, x + 0.021), (0.008, y - 0.006), z, wax.astype(np.float32), casts=False, alpha=alpha)
    body = Quad(
        corner=body.corner,
        across=body.across,
        down=body.down,
        albedo=(body.albedo * 0.5).astype(np.float32),
        alpha=alpha,
        glow=glow,
        casts=False,
    )
    ys, xs = ramp(200, 200)
    r = np.hypot(xs - 0.5, ys - 0.5)
    dish = emboss(flat((200, 200), tint("#4a4038")), (smoothstep(0.36, 0.5, r) * 14).astype(np.float32), 0.3, 1.6)
    plate = floor((x - 0.06, x + 0.06), (z - 0.06, z + 0.06), 0.004, dish)
    plate = Quad(
        corner=plate.corner, across=plate.across, down=plate.down, albedo=dish, alpha=smoothstep(0.5, 0.485, r), casts=False
    )
    thread = wall((x - 0.0012, x + 0.0012), (y - 0.008, y + 0.006), z, flat((40, 8), tint("#1a1410")), casts=False)
    return [plate, body, thread]


def _flame(camera: Camera, size: Size, wick: Point) -> Image:
    """Return the flame and the light in the air around it."""
    foot = camera.project(size) @ np.array([wick[0], wick[1] + 0.001, wick[2], 1.0])
    tip = camera.project(size) @ np.array([wick[0], wick[1] + 0.046, wick[2], 1.0])
    x, y0, y1 = float(foot[0] / foot[2]), float(foot[1] / foot[2]), float(tip[1] / tip[2])
    tall = y0 - y1
    ys, xs = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    t = np.clip((y0 - ys) / tall, 0, 1)
    half = tall * 0.185 * arch(t**0.62, 0.9) + 1e-3
    inside = np.clip(1 - np.abs(xs - x) / half, 0, 1) * ((ys < y0) & (ys > y1))
    core = blur(smoothstep(0.0, 0.75, inside.astype(np.float32)), tall * 0.022)
    warm = core[..., None] * np.array([4.2, 2.5, 0.95]) * (0.35 + 0.65 * smoothstep(0.02, 0.35, t))[..., None]
    cool = core[..., None] * np.array([0.05, 0.10, 0.35]) * smoothstep(0.25, 0.0, t)[..., None]
    away = np.hypot(xs - x, (ys - (y0 + y1) / 2) * 0.9) / tall
    halo = 0.085 * np.exp(-(away**1.1) * 0.75)[..., None] * np.array([1.0, 0.52, 0.18])
    return (warm + cool + halo).astype(np.float32)


def city(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet on a wet parapet, the lights of a city far out of focus."""
    eye: Point = (0.0, 0.26, -1.2)
    camera = Camera(eye=eye, target=(0.0, 0.17, 0.2), zoom=1.6, focus=(-0.1, 0.12, 0.0), aperture=0.02)
    stone = speckled(rng, (900, 1800), "#4c5058", grain=4, amount=0.16, relief=0.35)
    face = card(rng, "en", Sheet(hand="felt", aspect=1.5, fill=0.84, ink="#1a1e26", paper="#f2efe8"))
    view = _city_lights(rng, size)
    quads = [
        floor((-2.0, 2.0), (-0.55, 0.30), 0.0, stone),
        upright(
            (-0.14, 0.0, 0.0), (0.45, 0.30), face, yaw=-10, lean=11, bend=(0.012, 0.002, 0.0, 0.002, 0.010), through=PAPER_THROUGH
        ),
    ]
    lamp = Lamp(centre=(-1.6, 2.2, -1.4), radius=0.12, colour=(1.15, 0.86, 0.58), reach=2.7, samples=60)
    cool = Lamp(centre=(2.6, 1.0, -0.8), radius=0.5, colour=(0.14, 0.20, 0.32), reach=2.6, samples=30)
    sky = Sky(above=(0.05, 0.06, 0.10), level=(0.09, 0.10, 0.14), below=(0.03, 0.03, 0.04))
    light = render(quads, camera, size, lamps=[lamp, cool], sky=sky, backdrop=view)
    return finish(light + _wet(rng, camera, size, view), rng, exposure=1.25, vignette=0.3)


def _city_lights(rng: np.random.Generator, size: Size) -> Image:
    """Return a city at night as a wide-open lens sees it."""
    ys, _ = ramp(size.height, size.width)
    view = blend([(0.0, "#0e131f"), (0.35, "#1b2334"), (0.55, "#2a2b38"), (1.0, "#191c25")], ys)
    blocks = smoothstep(-0.2, 0.3, noise(rng, (size.height, size.width), (size.width * 0.07, size.height * 0.5), 3))
    view = blur(mix(view, tint("#0a0d15"), 0.5 * blocks), size.width * 0.012)
    warm, cool = ["#e8a85c", "#f0c080", "#d98a4a", "#e9d3a8"], ["#8fb0d0", "#b7c6cf", "#c9564a", "#e0b070"]
    view = view + bokeh(rng, size, count=46, radius=(0.030, 0.062), band=(0.10, 0.66), colours=warm, strength=0.30)
    view = view + bokeh(rng, size, count=26, radius=(0.018, 0.045), band=(0.18, 0.62), colours=cool, strength=0.24)
    return view.astype(np.float32)


def _wet(rng: np.random.Generator, camera: Camera, size: Size, view: Image) -> Image:
    """Return what the wet stone mirrors of the lights behind it, below the parapet's far edge."""
    far = camera.project(size) @ np.array([0.0, 0.0, 0.30, 1.0])
    edge = int(far[1] / far[2])
    rows = size.height - edge
    mirror = view[max(0, edge - rows) : edge][::-1]
    mirror = blur(mirror, size.width * 0.006, size.height * 0.075)
    patches = smoothstep(-0.5, 0.8, noise(rng, (mirror.shape[0], size.width), (size.width * 0.16, size.height * 0.05), 5))
    out = np.zeros_like(view)
    fade = np.linspace(0.6, 0.12, mirror.shape[0], dtype=np.float32)[:, None]
    near = camera.project(size) @ np.array([-0.14, 0.0, 0.0, 1.0])
    xs = np.arange(size.width, dtype=np.float32)[None, :]
    clear = smoothstep(0.0, 0.03, np.abs(xs / size.width - float(near[0] / near[2]) / size.width) - 0.155)
    rows_down = np.arange(edge, edge + mirror.shape[0], dtype=np.float32)[:, None]
    behind = rows_down < float(near[1] / near[2]) + 6
    out[edge : edge + mirror.shape[0]] = mirror * (fade * (0.25 + 0.75 * patches) * np.where(behind, clear, 1.0))[..., None]
    return out


def rain(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet taped to the inside of a window, rain and evening outside."""
    eye: Point = (0.0, 0.0, -1.3)
    camera = Camera(eye=eye, target=(0.0, 0.0, 0.0), zoom=1.6, focus=(0.0, 0.0, 0.0), aperture=0.02)
    sheet = card(rng, "ro", Sheet(hand="felt", aspect=1.15, fill=0.82, ink="#1e232c", paper="#f4f0e6"), lines=2)
    frame = wood(rng, (120, 900), "#54483a", "#6d5f4e")
    quads = [
        *box((-0.7, 0.7), (-0.72, -0.36), (-0.05, 0.0), (frame, frame, frame), eye=eye),
        upright(
            (0.0, -0.215, -0.004),
            (0.42, 0.365),
            sheet,
            roll=-1.5,
            bend=(0.003, 0.001, 0.0, 0.0, 0.002, 0.014),
            through=(0.36, 0.36, 0.36),
        ),
        tape(rng, (-0.195, 0.148, -0.006), roll=40),
        tape(rng, (0.205, 0.138, -0.018), roll=-38),
    ]
    room = Lamp(centre=(1.2, 0.9, -1.3), radius=0.2, colour=(0.82, 0.60, 0.38), reach=1.9, samples=40)
    sky = Sky(above=(0.14, 0.19, 0.28), level=(0.20, 0.24, 0.32), below=(0.10, 0.11, 0.14))
    return finish(
        render(quads, camera, size, lamps=[room], sky=sky, backdrop=_rainy_street(rng, size)), rng, exposure=1.35, vignette=0.3
    )


def _rainy_street(rng: np.random.Generator, size: Size) -> Image:
    """Return a street in the rain through a wet pane: each drop shows it upside down."""
    height, width = size.height, size.width
    ys, _ = ramp(height, width)
    view = blend([(0.0, "#55616f"), (0.3, "#7d838a"), (0.5, "#66696e"), (0.75, "#3d4147"), (1.0, "#2a2d33")], ys)
    masses = smoothstep(-0.1, 0.4, noise(rng, (height, width), (width * 0.22, height * 0.5), 3))
    view = blur(mix(view, tint("#27303d"), 0.55 * masses * smoothstep(0.15, 0.5, ys)), width * 0.03)
    view = view + bokeh(
        rng,
        size,
        count=44,
        radius=(0.018, 0.042),
        band=(0.25, 0.95),
        colours=["#f0b468", "#e8c58c", "#c9705a", "#cfd6dc"],
        strength=0.5,
    )
    view = (blur(view.astype(np.float32), width * 0.004)).astype(np.float32)
    lens, shine = _drops(rng, height, width)
    dy, dx = slopes(lens)
    strength = np.float32(width * width * 0.00055)
    bent = displace(view, (-dx * strength).astype(np.float32), (-dy * strength).astype(np.float32))
    share = smoothstep(0.02, 0.25, lens)
    rim = np.clip(dy * height * 0.004, -0.35, 0.35)
    return (mix(view, bent, share) * (1 + rim * share)[..., None] + 0.10 * shine[..., None]).astype(np.float32)


def _drops(rng: np.random.Generator, height: int, width: int) -> tuple[Plane, Plane]:
    """Return how thick the water stands on the pane (0 to 1), and the glint on each drop."""
    lens, shine = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for _ in range(1500):
        r = width * 0.0024 * float(np.exp(rng.normal(0.0, 0.66)))
        x, y, long = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.9, 1.5)
        x0, x1, y0, y1 = (
            int(max(0, x - r - 1)),
            int(min(width, x + r + 2)),
            int(max(0, y - r * long - 1)),
            int(min(height, y + r * long + 2)),
        )
        if x1 - x0 < 2 or y1 - y0 < 2:  # noqa: PLR2004 - nothing of it is on the pane
            continue
        ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        d = ((xs - x) / r) ** 2 + ((ys - y) / (r * long)) ** 2
        lens[y0:y1, x0:x1] += np.clip(1 - d, 0, 1) ** 0.8
        glint = ((xs - x + 0.35 * r) ** 2 + (ys - y + 0.4 * r * long) ** 2) / (0.28 * r) ** 2
        shine[y0:y1, x0:x1] += np.exp(-glint)
    wander = [noise(rng, (height, width), (width * 0.012, width * 0.012), 3) * np.float32(width * 0.0022) for _ in range(2)]
    lens = displace(lens, wander[0], wander[1])
    return np.clip(lens, 0, 1.4).astype(np.float32), shine


def desk_lamp(rng: np.random.Generator, size: Size) -> Picture:
    """A sheet and a closed book on a desk, in the light of a lamp that is not in the picture."""
    eye: Point = (0.05, 0.72, -0.55)
    camera = Camera(eye=eye, target=(-0.015, 0.0, 0.08), zoom=1.36, focus=(0.0, 0.0, 0.02), aperture=0.010)
    table = wood(rng, (1500, 1200), "#3d2c20", "#664a34", planks=2)
    sheet = card(rng, "lad", Sheet(hand="nib", aspect=0.76, fill=0.86, ink="#1f2430", fold_across=True), lines=2)
    cover = linen(rng, (400, 300), "#4a2f2c")
    edge = wood(rng, (40, 300), "#b5a27e", "#d5c5a2")
    quads = [
        floor((-0.9, 0.9), (-0.30, 0.95), 0.0, table),
        *box((-0.32, -0.06), (0.0, 0.032), (0.30, 0.50), (edge, cover, edge), eye=eye),
        lying((-0.035, 0.0012, 0.05), (0.27, 0.355), sheet, turn=-6, bend=(0.012, 0.003, 0.0, 0.0, 0.003, 0.016)),
        lying((0.165, 0.005, 0.055), (0.16, 0.009), (_pen(), None), turn=78),
    ]
    lamp = Lamp(centre=(-0.34, 0.50, 0.34), radius=0.035, colour=(1.45, 1.10, 0.68), reach=0.56, samples=70)
    sky = Sky(above=(0.035, 0.04, 0.055), level=(0.05, 0.055, 0.07), below=(0.02, 0.02, 0.02))
    return finish(
        render(quads, camera, size, lamps=[lamp], sky=sky, backdrop=flat((size.height, size.width), (0.01, 0.01, 0.012))),
        rng,
        exposure=1.5,
        vignette=0.35,
    )


def _pen() -> Image:
    """Return a dark pen with one metal ring, lit as a round thing is."""
    ys, xs = ramp(40, 600)
    body = flat((40, 600), tint("#23262b"))
    body = mix(body, tint("#b9ad94"), smoothstep(0.012, 0.006, np.abs(xs - 0.42)))
    body = mix(body, tint("#b9ad94"), smoothstep(0.05, 0.04, xs))
    return (body * (0.35 + 1.3 * np.exp(-(((ys - 0.35) / 0.22) ** 2)))[..., None]).astype(np.float32)
