"""What `weremember check` says of words that nobody will read: the shows that are played, on the wall that is configured."""

from __future__ import annotations

from collections.abc import Iterator
from math import dist
from typing import Final

from player.legibility import Played, View, holed, lines_of, verdicts
from player.output.section import Output, canvas_of, seat_of
from player.output.shape import whole
from player.screen.programme import programme_of
from player.settings import Configuration
from player.show.playlist import Kind
from player.show.scene import Face
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import Size

USUAL: Final = Size(1920, 1080)
"""Of a display whose size is not written."""
_PROBE_PX: Final = 400  # the em at which a stem is measured, to a hundredth of it
_FACES: Final[tuple[Face, ...]] = ("serif", "sans")


def unread(configuration: Configuration) -> Iterator[str]:
    """Yield a sentence for all that nobody will read in each show that is played; of distance, where one is written."""
    view = view_of(configuration)
    stage = view.stage if view else stage_of(configuration)
    if view is None and stage.room is None:
        return
    typesetter = Typesetter()
    stems: dict[Face, float] = {face: _stem(typesetter, face) for face in _FACES}
    programme = programme_of(configuration, stage, lambda language, text: typesetter.fonts.speakable(language, text) is not None)
    titles = _titles(configuration)
    for name in _played(configuration):
        if name in configuration.playlists:
            bill = programme.bill(name)
            kinds = tuple(dict.fromkeys(_bare(step.kind) for step in bill.show.steps))
            played = Played(name, kinds, bill.phrases, titles.get(name, ""))
            yield from holed(played, stage, measure=typesetter)
            if view is not None:
                yield from verdicts(name, lines_of(played, view, measure=typesetter, stems=stems), view)


def view_of(configuration: Configuration) -> View | None:
    """Return the wall as the configuration has it; None where it does not say from how far it is seen."""
    settings = configuration.settings
    display, outputs = settings.display, settings.outputs
    if display.viewing_distance is None or display.wall_width is None:
        return None
    sizes = {output.id: _size(output) for output in outputs}
    if outputs:
        canvas = canvas_of(settings.canvas, outputs, sizes)
    else:
        size = display.size or USUAL
        canvas = size if display.rotate in (0, 180) else Size(size.height, size.width)
    return View(
        stage=stage_of(configuration, canvas),
        distance_m=display.viewing_distance,
        width_m=display.wall_width,
        output_px=min((_scale(each, canvas, sizes[each.id]) for each in outputs), default=1.0),
        is_warped=any(_is_warped(each, sizes[each.id]) for each in outputs),
    )


def _size(output: Output) -> Size:
    if output.place:
        return Size(output.place.width, output.place.height)
    return (output.display.size if output.display else None) or USUAL


def _scale(output: Output, canvas: Size, size: Size) -> float:
    """Return how many pixels an output has for one of the canvas, along the side of its picture where there are fewest."""
    seat, (p0, p1, p2, p3) = seat_of(output, canvas, size), output.shape(size).corners
    crop = seat.crop
    across, down = (crop.width, crop.height) if seat.rotate in (0, 180) else (crop.height, crop.width)
    return min(dist(p0, p1) / across, dist(p3, p2) / across, dist(p0, p3) / down, dist(p1, p2) / down)


def _is_warped(output: Output, size: Size) -> bool:
    shape = output.shape(size)
    return shape.corners != whole(size) or not shape.mesh.is_even


def _played(configuration: Configuration) -> tuple[str, ...]:
    """Return the shows that are ever on by themselves, in their order."""
    rules = configuration.rules
    quiet = (rule.show for rule in rules.quiet if rule.show)
    return tuple(dict.fromkeys((configuration.settings.show, rules.fallback, *(slot.show for slot in rules.slots), *quiet)))


def _titles(configuration: Configuration) -> dict[str, str]:
    """Return the longest title that is announced of each show."""
    found: dict[str, str] = {}
    for slot in configuration.rules.slots:
        if slot.preroll:
            found[slot.show] = max(found.get(slot.show, ""), slot.title or slot.id, key=len)
    return found


def _bare(kind: Kind) -> Kind:
    """Return *kind* without what makes no difference to how it looks."""
    return kind.model_copy(update={"hold": None, "fade": None, "times": 1})


def _stem(typesetter: Typesetter, face: Face) -> float:
    """Return how wide the stem of a capital letter is, in ems: that of an I, half way up."""
    mask = typesetter.coverage("I", language="en", face=face, size_px=_PROBE_PX).mask
    return float(mask[mask.shape[0] // 2].sum()) / 255 / _PROBE_PX
