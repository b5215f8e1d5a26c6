"""Everything that a commissioning report is made of, gathered and measured."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import cv2
import numpy as np

from player import __version__
from player.calibration.record import Kept
from player.calibration.thumbnail import thumbnail
from player.clock import Clock
from player.commissioning.evenness import Evenness, evenness
from player.commissioning.reading import Line, contrasts, smallest
from player.commissioning.received import Pixels, Wall
from player.commissioning.rehearsal import Copy, Rehearsed, rehearse
from player.commissioning.sheet import Field, counted, deviation
from player.commissioning.throw import Throws, throws
from player.errors import OperatorError
from player.output.course import light as light_of
from player.output.section import Output
from player.projector import told
from player.projector.told import Told
from player.schedule.agenda import Row, agenda
from player.schedule.rules import FULL_LIGHT
from player.schedule.zones import local, zone
from player.screen.programme import Programme, programme_of
from player.settings import Configuration
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import Nanos, Size
from player.viewing import unread

DAYS: Final = 8  # of the schedule: a week, and today's weekday again
PANEL_PX: Final = 720  # wide, of a picture in the page
DARKEST: Final = 1e-5  # of white: ten times below the best projector's black
_LIBRARIES: Final = ("numpy", "opencv-python-headless", "pygame-ce", "pillow", "moderngl")
_PLAYED, _READ = 0.75, 0.9  # of the time, roughly


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found."""

    site: str
    zone: str
    now: Nanos
    throws: Throws
    configured: Mapping[str, Output]
    """By output."""
    pictures: Mapping[str, bytes]
    """By output, its mapping as a PNG."""
    rehearsed: tuple[Rehearsed, ...]
    """One for each show of the coming days."""
    cap: float | None
    smallest: Line | None
    lines: tuple[Line, ...]
    """Of one slide of each kind of each show, with their contrast."""
    unread: tuple[str, ...]
    """What nobody will read, in sentences."""
    dim: int
    """At which brightness contrast was measured, in percent: the least that the schedule has."""
    distance_m: float | None
    metre_px: float | None
    """Pixels of the canvas to a metre of wall."""
    white: Evenness | None
    black: Evenness | None
    lit: float
    most: int
    panels: tuple[tuple[str, bytes], ...]
    """Names and PNGs: overlaps, white, black."""
    rows: tuple[Row, ...]
    projectors: Mapping[str, Told | None]
    versions: tuple[tuple[str, str], ...] = field(default=())


def survey(configuration: Configuration, *, now: Nanos, clock: Clock, tell: Callable[[float], None]) -> Survey:
    """Play, measure and gather; *tell* hears how far it is, 0 to 1.

    Raises:
        OperatorError: a shape, a show or the schedule cannot be.
        LibraryError: the data folder cannot be read.
    """
    settings, found, typesetter = configuration.settings, throws(configuration), Typesetter()
    rows = _rows(configuration, now)
    shows = _shows(configuration, rows)
    rehearsed: list[Rehearsed] = []
    small = _scaled(configuration, Copy(found.outputs, None).canvas, typesetter)
    for i, name in enumerate(shows):
        copy = Copy(found.outputs, settings.light.picture_level)
        done = _share(tell, i / len(shows) * _PLAYED, (i + 1) / len(shows) * _PLAYED)
        rehearsed.append(rehearse(_of_show(small, name), copy, start=now, clock=clock, tell=done))
    large = _scaled(configuration, found.canvas, typesetter)
    wall = Wall(found.outputs)
    dim = min((row.dim for row in rows if row.dim > 0), default=FULL_LIGHT)
    lines: list[Line] = []
    letters: list[Line] = []
    for i, each in enumerate(rehearsed):
        programme = _of_show(large, each.show)
        done = _share(tell, _PLAYED + i / len(shows) * (_READ - _PLAYED), _PLAYED + (i + 1) / len(shows) * (_READ - _PLAYED))
        lines += contrasts(programme, each.cues, wall, typesetter, dim=light_of(dim / FULL_LIGHT), tell=done)
        letters += filter(None, [smallest(programme, each.cues, typesetter)])
    white, black, panels = _even(wall)
    tell(1.0)
    display = settings.display
    return Survey(
        site=settings.site.name,
        zone=settings.site.zone,
        now=now,
        throws=found,
        configured={output.id: output for output in settings.outputs},
        pictures={each.id: thumbnail({each.id: Kept(each.shape, each.seat.size)}) for each in found.outputs},
        rehearsed=tuple(rehearsed),
        cap=settings.light.picture_level,
        smallest=min(letters, key=lambda line: line.height_px, default=None),
        lines=tuple(lines),
        unread=tuple(unread(configuration)),
        dim=dim,
        distance_m=display.viewing_distance,
        metre_px=found.canvas.width / display.wall_width if display.wall_width else None,
        white=white,
        black=black,
        lit=float((wall.count > 0).mean()),
        most=int(wall.count.max()),
        panels=panels,
        rows=rows,
        projectors=_projectors(configuration),
        versions=tuple(_versions()),
    )


def _rows(configuration: Configuration, now: Nanos) -> tuple[Row, ...]:
    rules = configuration.rules
    today = local(now, zone(rules.zone)).date()
    try:
        rows = agenda(rules, today, DAYS)
    except (ValueError, OverflowError) as error:
        raise OperatorError(f"there is no agenda: {error}") from error
    return tuple(row for row in rows if row.end > now)  # nothing of this morning


def _shows(configuration: Configuration, rows: tuple[Row, ...]) -> list[str]:
    """Return the shows of these days that there are, each once, in order."""
    named = [configuration.settings.show, *(row.show for row in rows)]
    return [name for name in dict.fromkeys(named) if name in configuration.playlists]


def _scaled(configuration: Configuration, canvas: Size, typesetter: Typesetter) -> Programme:
    stage = stage_of(configuration, canvas)
    return programme_of(configuration, stage, lambda language, text: typesetter.fonts.speakable(language, text) is not None)


def _of_show(programme: Programme, name: str) -> Programme:
    bill = programme.bill(name)
    return replace(programme, show=bill.show, phrases=bill.phrases)


def _even(wall: Wall) -> tuple[Evenness | None, Evenness | None, tuple[tuple[str, bytes], ...]]:
    where = wall.whole()
    white_field, black_field = wall.level(255), wall.level(0)
    white = evenness(white_field, where)
    black = evenness(black_field, where) if float(black_field.max()) > DARKEST else None
    panels = [("How many outputs light a spot", _png(counted(wall.count)))]
    for name, light, each in (("White", white_field, white), ("Black", black_field, black)):
        if each:
            scale = max(0.01, each.uneven)
            told_scale = f"{name}: blue is darker than its mean, amber brighter, by up to {scale * 100:.1f} %"
            panels.append((told_scale, _png(deviation(Field(name, light, each.mean, each.uneven), where, scale))))
    return white, black, tuple(panels)


def _png(image: Pixels) -> bytes:
    height, width = image.shape[:2]
    if width > PANEL_PX:
        image = np.asarray(
            cv2.resize(image, (PANEL_PX, max(1, round(height * PANEL_PX / width))), interpolation=cv2.INTER_AREA), np.uint8
        )
    return cv2.imencode(".png", image[..., :3])[1].tobytes()


def _projectors(configuration: Configuration) -> dict[str, Told | None]:
    said = told.read(configuration.data)
    return {name: said.projectors.get(name) if said else None for name in configuration.settings.projectors}


def _versions() -> Iterator[tuple[str, str]]:
    yield "We Remember", __version__
    yield "Python", platform.python_version()
    yield "system", f"{platform.system()} {platform.release()}, {platform.machine()}"
    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _share(tell: Callable[[float], None], first: float, last: float) -> Callable[[float], None]:
    """Return what tells of a part of the work as of the whole."""
    return lambda done: tell(first + (last - first) * done)
