"""A survey as a page: one file, without anything from outside, to be read on any machine and printed for the folder."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Final

from player.commissioning.evenness import Evenness
from player.commissioning.flashes import LIMIT
from player.commissioning.reading import LEAST_CONTRAST, LEAST_FOR_LARGE, Line
from player.commissioning.survey import Survey
from player.commissioning.throw import Throw
from player.legibility import LEAST, WITH_EASE, minutes_of
from player.schedule.agenda import Row
from player.schedule.rules import FULL_LIGHT
from player.schedule.zones import local, zone
from player.units import SECOND, Nanos, Size

EVEN_WHITE: Final = 0.02
"""Of its mean, either way: what nobody sees as a seam; the outputs alone come to a quarter of that."""
EVEN_BLACK: Final = 0.10
MAX_ROWS: Final = 60  # of the schedule; `weremember agenda` has all

_STYLE: Final = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.45 Georgia, 'Noto Serif', serif; color: #16181c; max-width: 190mm; margin: 12mm auto; padding: 0 6mm; }
h1 { font-size: 21pt; font-weight: normal; margin: 0 0 1mm; }
h2 { font-size: 13pt; font-weight: normal; border-bottom: .3mm solid #16181c; margin: 9mm 0 2.5mm; padding-bottom: 1mm; }
p { margin: 1mm 0 2mm; } .small { font-size: 9pt; color: #55585e; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; } tr { break-inside: avoid; }
th { text-align: left; font-weight: normal; color: #55585e; border-bottom: .2mm solid #55585e; }
td, th { padding: .9mm 2.5mm .9mm 0; vertical-align: top; } td { border-bottom: .1mm solid #c9c8c4; }
.look { font-weight: bold; } img { max-width: 100%; border: .1mm solid #c9c8c4; display: block; margin: 1.5mm 0; }
figure { margin: 3mm 0; break-inside: avoid; } figcaption { font-size: 9pt; color: #55585e; }
.sign td { height: 12mm; vertical-align: bottom; }
"""


def page(survey: Survey) -> str:
    """Return the page as HTML."""
    name = survey.site or "without a name"
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>We Remember · commissioning report · {escape(_moment(survey.now, survey))}</p>",
        _section("What was found", [*_verdicts(survey)]),
        _section("Outputs", [*_outputs(survey)]),
        _section("Light on the wall", [*_light(survey)]),
        _section("Shows", [*_shows(survey)]),
        _section("Words", [*_words(survey)]),
        _section("Projectors", [*_projectors(survey)]),
        _section("What is on in the coming days", [*_schedule(survey)]),
        _section("Versions", [_table((), survey.versions)]),
        _section("Accepted", [_SIGN]),
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(name)}: commissioning report</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


_LOOK: Final = "look at it"
_SIGN: Final = (
    '<table class="sign"><tr><td>Name</td><td>For</td><td>Date</td><td>Signature</td></tr>'
    "<tr><td></td><td></td><td></td><td></td></tr></table>"
)


def _verdicts(survey: Survey) -> Iterator[str]:
    """Yield the table of what is measured against a limit: what is asked, what was found, what may be."""
    rows = [*_of_flashes(survey), *_of_words(survey), *_of_light(survey)]
    yield _table(("", "found", "may be", ""), [(a, b, c, "well" if good else _LOOK) for a, b, c, good in rows])


def _of_flashes(survey: Survey) -> Iterator[tuple[str, str, str, bool]]:
    most = max((each.flashes.most for each in survey.rehearsed), default=0)
    free = max((each.ungoverned.most for each in survey.rehearsed), default=0)
    yield "Flashes in any second", f"{most} ({free} without the governor)", f"{LIMIT} (WCAG 2.3.1)", most <= LIMIT
    peak = max((each.peak for each in survey.rehearsed), default=0.0)
    if survey.cap is not None:
        yield "Greatest picture level", f"{peak:.1%} of full white", f"held below {survey.cap:.0%}", True


def _of_words(survey: Survey) -> Iterator[tuple[str, str, str, bool]]:
    least = survey.smallest
    if least and survey.distance_m and survey.metre_px:
        minutes = minutes_of(least.height_px / survey.metre_px, survey.distance_m)
        found = f"{minutes:.1f}′ at {survey.distance_m:g} m ({least.height_px / survey.metre_px * 100:.1f} cm)"
        yield "Smallest letter", found, f"{LEAST:g}′ at least, {WITH_EASE:g}′ better", minutes >= LEAST
    elif least:
        yield "Smallest letter", f"{least.height_px:.0f} px; display: viewing_distance and wall_width are not set", "", False
    measured = [line for line in survey.lines if line.contrast is not None and line.is_judged]
    if measured:
        worst = min(measured, key=lambda line: (line.contrast or 0) / _wanted(line, survey))
        good = (worst.contrast or 0) >= _wanted(worst, survey)
        yield (
            "Least contrast of words",
            f"{worst.contrast:.1f}:1 ({worst.slide}){_at_dim(survey)}",
            f"{_wanted(worst, survey):g}:1",
            good,
        )


def _of_light(survey: Survey) -> Iterator[tuple[str, str, str, bool]]:
    white, black = survey.white, survey.black
    if white:
        yield "Evenness of white", white.in_words, f"±{EVEN_WHITE:.0%} at worst", white.uneven <= EVEN_WHITE
    if black:
        yield "Evenness of black", black.in_words, f"±{EVEN_BLACK:.0%} on average", black.average <= EVEN_BLACK


def _outputs(survey: Survey) -> Iterator[str]:
    found = survey.throws
    width, height = found.canvas
    counts = f"calibration {found.calibration} counts" if found.calibration else "nothing was edited on the wall yet"
    yield f"<p>A canvas of {width}x{height} pixels; {escape(counts)}. {escape(found.warning)}</p>"
    for throw in found.outputs:
        picture = _picture(survey.pictures[throw.id])
        yield f"<figure>{picture}<figcaption>{escape(throw.id)}: corners, grid and masks</figcaption></figure>"
        yield _table((), _of_output(throw, survey))


def _of_output(throw: Throw, survey: Survey) -> Iterator[tuple[str, str]]:
    seat, shape, light = throw.seat, throw.shape, throw.shape.light
    configured = survey.configured.get(throw.id)
    given = configured.display.given if configured and configured.display else {}
    yield "output", throw.id
    yield "display", ", ".join(f"{key} {_plain(value)}" for key, value in given.items()) or "the only one"
    yield "seat", f"{seat.size.width}x{seat.size.height} px; {', '.join(f'{part:g}' for part in seat.crop)} of the canvas"
    turned = [f"turned by {seat.rotate}" if seat.rotate else "", f"mirrored: {seat.mirror}" if seat.mirror != "none" else ""]
    if any(turned):
        yield "hangs", ", ".join(filter(None, turned))
    yield "corners", "; ".join(f"{x:.1f}, {y:.1f}" for x, y in shape.corners)
    yield "mesh", "none" if shape.mesh.is_even else f"{shape.mesh.columns}x{shape.mesh.rows}"
    masks = ", ".join(f"{mask.id} ({mask.kind})" for mask in shape.masks)
    yield "masks", masks or "none"
    edges = shape.edges
    sides = f"left {edges.left:g}, right {edges.right:g}, top {edges.top:g}, bottom {edges.bottom:g} px" if edges else ""
    yield "blend", f"{sides or 'as crops overlap'}; steepness {light.p:g}"
    gamma = "sRGB" if light.gamma is None else ", ".join(f"{each:g}" for each in light.gamma)
    balance = ", ".join(f"{each:g}" for each in light.balance)
    yield "light", f"gain {light.gain:g}, balance {balance}, gamma {gamma}, brightness {throw.brightness:g}"
    yield "black", f"{light.black * 100:g} % of white" if light.black else "taken for none"


def _light(survey: Survey) -> Iterator[str]:
    outputs = "outputs" if survey.most > 1 else "output"
    yield f"<p>{survey.lit:.0%} of the canvas are lit, by {survey.most} {outputs} at most.</p>"
    yield _table(("", "mean", "uneven", "darkest at", "brightest at"), _fields(survey))
    yield (
        '<p class="small">Computed through the real chain of 8 bits for projectors that are all alike; their black beside their'
        " pictures is in it. Places are canvas pixels.</p>"
    )
    for name, picture in survey.panels:
        yield f"<figure>{_picture(picture)}<figcaption>{escape(name)}</figcaption></figure>"


def _fields(survey: Survey) -> Iterator[tuple[str, ...]]:
    fields: tuple[tuple[str, Evenness | None], ...] = (("white", survey.white), ("black", survey.black))
    for name, each in fields:
        if each:
            places = [f"{place.x:.0f}, {place.y:.0f}" for place in (each.darkest, each.brightest)]
            yield name, f"{each.mean * 100:.2f} %", each.in_words, *places


def _shows(survey: Survey) -> Iterator[str]:
    head = ("show", "played", "slides", "picture level", "greatest", "at", "flashes", "in any second", "governor left")
    rows = [
        (
            each.show,
            _length(each.length),
            str(len(each.cues)),
            f"{each.average:.1%}",
            f"{each.peak:.1%}",
            _length(each.peak_at),
            str(each.flashes.in_all),
            str(each.flashes.most),
            f"{each.lowest_gain:.0%}",
        )
        for each in survey.rehearsed
    ]
    yield _table(head, rows)
    yield (
        '<p class="small">Every show of the coming days, played through once with the photos that may be shown today. Flashes are'
        " counted on what leaves for the wall, by a counter that shares nothing with the governor: in the part of the wall that"
        " has the most. The picture level is the mean light of the canvas, of full white.</p>"
    )


def _words(survey: Survey) -> Iterator[str]:
    rows = [_of_line(line, survey) for line in dict.fromkeys(survey.lines)]
    yield _table(("slide", "words", "letter, px", "cm", "minutes of arc", "contrast"), rows)
    for sentence in survey.unread:
        yield f"<p>{escape(sentence)}</p>"
    yield (
        f'<p class="small">Contrast is measured on what the wall receives{_at_dim(survey)}. Words of people are left out;'
        " lines in brackets may be overlooked.</p>"
    )


def _of_line(line: Line, survey: Survey) -> tuple[str, ...]:
    slide = line.slide if line.is_judged else f"({line.slide})"
    return slide, line.text, f"{line.height_px:.0f}", *_size(line, survey), _contrast(line, survey)


def _at_dim(survey: Survey) -> str:
    return f" at {survey.dim} % brightness, the least of the schedule" if survey.dim < FULL_LIGHT else ""


def _projectors(survey: Survey) -> Iterator[str]:
    if not survey.projectors:
        yield "<p>None are configured.</p>"
        return
    rows = [
        (name, each.model, each.says, ", ".join(f"{hours:,} h" for hours in each.lamp_hours), "; ".join(each.worries))
        if each
        else (name, "", "nothing is known of it yet", "", "")
        for name, each in survey.projectors.items()
    ]
    yield _table(("projector", "model", "how it is", "lamp", "look at it, because"), rows)


def _schedule(survey: Survey) -> Iterator[str]:
    head = ("from", "to", "show", "slot", "quiet", "brightness")
    yield f"<p>Times are those of {escape(survey.zone)}.</p>"
    yield _table(head, [_row(row, survey) for row in survey.rows[:MAX_ROWS]])


def _row(row: Row, survey: Survey) -> Sequence[str]:
    begins, ends = (local(at, zone(survey.zone)) for at in (row.start, row.end))
    return f"{begins:%a %d %b %H:%M}", f"{ends:%a %d %b %H:%M}", row.show, row.slot or "", row.quiet or "", f"{row.dim} %"


def _size(line: Line, survey: Survey) -> tuple[str, str]:
    if not survey.metre_px or not survey.distance_m:
        return "", ""
    height = line.height_px / survey.metre_px
    return f"{height * 100:.1f}", f"{minutes_of(height, survey.distance_m):.1f}"


def _wanted(line: Line, survey: Survey) -> float:
    """Return the contrast that a line needs."""
    if survey.metre_px and survey.distance_m:
        minutes = minutes_of(line.height_px / survey.metre_px, survey.distance_m)
        return LEAST_FOR_LARGE if minutes >= WITH_EASE else LEAST_CONTRAST
    return LEAST_CONTRAST


def _contrast(line: Line, survey: Survey) -> str:
    if line.contrast is None:
        return "not lit"
    is_enough = line.contrast >= _wanted(line, survey) or not line.is_judged
    return f"{line.contrast:.1f}:1{'' if is_enough else f', wants {_wanted(line, survey):g}:1'}"


def _section(title: str, parts: Iterable[str]) -> str:
    return "\n".join([f"<h2>{escape(title)}</h2>", *parts])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of plain text; a cell that asks to be looked at is bold."""
    top = f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    lines = (f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table>{top}{''.join(lines)}</table>"


def _cell(text: str) -> str:
    mark = ' class="look"' if text == _LOOK else ""
    return f"<td{mark}>{escape(text)}</td>"


def _picture(png: bytes) -> str:
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'


def _plain(value: object) -> str:
    return f"{value.width}x{value.height}" if isinstance(value, Size) else str(value)


def _length(length: Nanos) -> str:
    minutes, seconds = divmod(round(length / SECOND), 60)
    return f"{minutes}:{seconds:02}"


def _moment(at: Nanos, survey: Survey) -> str:
    moment: datetime = local(at, zone(survey.zone))
    return f"{moment:%A %d %B %Y, %H:%M} ({survey.zone})"
