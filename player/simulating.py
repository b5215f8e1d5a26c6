"""`weremember simulate --outputs`: what the wall would receive, as a picture: a blend judged without projectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.clock import Clock, SystemClock
from player.commissioning.evenness import Evenness, evenness
from player.commissioning.received import FRAMES, Wall, as_codes
from player.commissioning.sheet import Field, sheet
from player.commissioning.throw import Throws, named, throws
from player.errors import OperatorError
from player.output.pen import Pen
from player.output.shape import Point
from player.progress import progress
from player.render.protocol import Image
from player.schedule.agenda import utc
from player.settings import Configuration
from player.still import save, still
from player.text.typeset import Typesetter
from player.units import Nanos, Size

MAX_MOVE_PX: Final = 200.0  # nobody calls a projector that far off a shifted one
NONE: Final = "there are no outputs to simulate: write `outputs:` in config.yaml (docs/facade.md)"
_DARKEST: Final = 1e-5  # of white: ten times below the best projector's black
_PLANNED, _MADE, _SEEN = 0.3, 0.5, 0.8  # of the time, roughly


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it."""

    canvas: Size
    lit: float
    """Of the canvas, as a share."""
    most: int
    """Outputs on one spot."""
    white: Evenness | None
    """None: no spot is in an output's full light."""
    black: Evenness | None
    """None: the projectors' black is taken for none at all."""


def simulate(
    configuration: Configuration,
    at: Nanos | None,
    out: Path,
    say: Callable[[str], None],
    *,
    moved: Mapping[str, Point] | None = None,
    clock: Clock | None = None,
) -> Simulated:
    """Write the picture *out* of what the wall receives of the show at *at* (UTC; None: now), and say how even it is.

    The picture has the canvas at its top, in its own pixels, and panels and a legend below it.

    Args:
        configuration: With outputs; a calibration of them counts, as on the wall.
        at: The instant.
        out: A .png or .jpg file.
        say: Hears one line at a time.
        moved: By output, how far its projector stands off since it was set up: right and down, in its own pixels.
        clock: By whose time it is now.

    Raises:
        OperatorError: there are no outputs, one of *moved* does not exist, or the file cannot be written.
        LibraryError: the data folder cannot be read.
    """
    if not configuration.settings.outputs:
        raise OperatorError(NONE)
    found = throws(configuration)
    for name in moved or {}:
        named(found.outputs, name)
    clock = clock or SystemClock()
    moment = clock.wall() if at is None else at
    with progress("Simulating the wall") as tell:
        image = still(configuration, moment, found.canvas, clock, lambda done: tell(done * _PLANNED))
        tell(_PLANNED)
        wall = Wall(found.outputs, moved)
        tell(_MADE)
        simulated, picture = _simulated(wall, image, [*_title(found, moment, moved or {})], lambda: tell(_SEEN))
    save(picture, out)
    say(f"{out}: {_title(found, moment, moved or {})[0]}")
    for line in _in_words(simulated):
        say(line)
    if found.warning:
        say(found.warning)
    return simulated


def parse_move(text: str) -> tuple[str, Point]:
    """Return the output and how far it stands off, as people write it: `left=2,-0.5`.

    Raises:
        ValueError: it is not so written.
    """
    name, _, way = text.partition("=")
    parts = way.split(",")
    try:
        x, y = (float(part) for part in parts)
    except ValueError:
        raise ValueError(f'write an output and how many pixels right and down, such as left=2,-0.5, not "{text}"') from None
    if not (name and abs(x) <= MAX_MOVE_PX and abs(y) <= MAX_MOVE_PX):
        raise ValueError(f'an output stands off by {MAX_MOVE_PX:g} pixels at most: "{text}"')
    return name, Point(x, y)


def _simulated(wall: Wall, image: Image, title: list[str], tell: Callable[[], None]) -> tuple[Simulated, Image]:
    seen = as_codes(wall.received(image, takes=FRAMES))
    tell()
    where = wall.whole()
    white, black = wall.level(255), wall.level(0)
    found = Simulated(
        canvas=wall.canvas,
        lit=float((wall.count > 0).mean()),
        most=int(wall.count.max()),
        white=evenness(white, where),
        black=evenness(black, where) if float(black.max()) > _DARKEST else None,
    )
    fields = [
        Field(name, light, each.mean, each.uneven)
        for name, light, each in (("white", white, found.white), ("black", black, found.black))
        if each
    ]
    words = [*title, *_in_words(found)]
    return found, sheet(seen, wall.count, fields, where=where, words=words, pen=Pen(Typesetter()))


def _title(found: Throws, moment: Nanos, moved: Mapping[str, Point]) -> list[str]:
    width, height = found.canvas
    names = ", ".join(each.id for each in found.outputs)
    shapes = f"calibration {found.calibration}" if found.calibration else "shapes as configured"
    off = [f"{name} is off by {move.x:g}, {move.y:g} px" for name, move in moved.items()]
    return ["; ".join([f"{width}x{height} at {utc(moment)}", f"outputs {names}", shapes, *off])]


def _in_words(found: Simulated) -> Iterator[str]:
    """Yield what was found, a line each."""
    if found.white:
        white = found.white
        yield (
            f"white: {white.in_words}; darkest {_percent(white.low / white.mean)} of its mean at {_place(white.darkest)},"
            f" brightest {_percent(white.high / white.mean)} at {_place(white.brightest)}"
        )
    else:
        yield "white: no spot is in an output's full light"
    if found.black:
        black = found.black
        yield f"black: {_percent(black.mean)} of white; {black.in_words}; brightest at {_place(black.brightest)}"
    else:
        yield "black: taken for none; `black:` of an output says how much its projector has"
    yield f"lit: {found.lit:.0%} of the canvas, by {found.most} {'outputs' if found.most > 1 else 'output'} at most"


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %"


def _place(point: Point) -> str:
    return f"{point.x:.0f}, {point.y:.0f}"
