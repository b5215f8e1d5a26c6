"""What a simulation came to as a picture: an SVG of its own, three charts over one time, the parts as bands behind them. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from player.centre.simulating.parts import WORDS
from player.centre.simulating.run import Outcome
from player.centre.simulating.series import per_second, since
from player.units import SECOND, Seconds

WIDTH: Final = 960
CHART: Final = 150  # high
GAP: Final = 56  # between two charts: the title of the next
LEFT: Final = 70
RIGHT: Final = 24
TOP: Final = 64
APART: Final = 9  # the numbers of two short parts
A_ROW: Final = 4  # names of parts below
STEPS: Final = 4  # lines across a chart
_NICE: Final = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
_TICKS: Final = 10  # at most, along the time
_MOST_POINTS: Final = 1200  # of a line; more would not be seen
_STYLE: Final = (
    "text{font:12px sans-serif;fill:#333}.t{font-size:14px;font-weight:bold}.s{fill:#777;font-size:11px}"
    ".g{stroke:#ddd;stroke-width:1}.b{fill:#f1f1ee}.l{fill:none;stroke-width:1.5}"
    ".k{stroke:#888;stroke-width:1.5;stroke-dasharray:4 3}"
)
_COLOURS: Final = ("#1f4e79", "#a23b2a")


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart."""

    name: str
    points: Sequence[tuple[Seconds, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: one or two curves of one unit, and perhaps a bound."""

    title: str
    curves: Sequence[Curve]
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the time."""

    name: str
    start: Seconds
    end: Seconds


def svg(outcome: Outcome) -> str:
    """Return the picture."""
    seen = outcome.evidence
    found = seen.found
    samples = seen.samples
    first = samples[0].at if samples else found.began
    bands = [Band(WORDS[part], (start - first) / SECOND, (end - first) / SECOND) for part, (start, end) in found.spans.items()]
    online = [((each.at - first) / SECOND, float(each.online)) for each in samples]
    receipts = [((each.at - first) / SECOND, float(each.receipts)) for each in samples]
    everything = since(samples, first)
    charts = (
        Chart("players online", (Curve("online", online),), float(seen.players)),
        Chart("connections a second", (Curve("connects/s", per_second(everything, "connects")),)),
        Chart("withdrawals confirmed", (Curve("receipts", receipts),)),
        Chart(
            "requests for the feed a second",
            (Curve("players ask", per_second(everything, "polls")), Curve("reach the origin", per_second(everything, "origin"))),
        ),
    )
    held = sum(each.holds is True for each in outcome.verdicts)
    tried = sum(each.holds is not None for each in outcome.verdicts)
    subtitle = f"{seen.players:,} players, {'TLS' if outcome.wishes.has_tls else 'no TLS'}; {held} of {tried} bounds hold"
    return drawn("A simulated fleet", subtitle, charts, bands)


def drawn(title: str, subtitle: str, charts: Sequence[Chart], bands: Sequence[Band]) -> str:
    """Return *charts* below each other over one time."""
    length = max((at for chart in charts for curve in chart.curves for at, _ in curve.points), default=1.0) or 1.0
    height = TOP + len(charts) * (CHART + GAP) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}: {escape(subtitle)}</title><style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="t" x="{LEFT}" y="22">{escape(title)}</text><text class="s" x="{LEFT}" y="38">{escape(subtitle)}</text>',
    ]
    for number, chart in enumerate(charts):
        parts += _chart(chart, TOP + number * (CHART + GAP), length, bands, has_names=number == 0)
    for row, line in enumerate(batched([f"{number} {band.name}" for number, band in enumerate(bands, 1)], A_ROW)):
        parts.append(f'<text class="s" x="{LEFT}" y="{height - 26 + 15 * row}">{escape(" · ".join(line))}</text>')
    return "\n".join([*parts, "</svg>", ""])


def batched(names: Sequence[str], count: int) -> list[Sequence[str]]:
    """Return *names* in rows of so many."""
    return [names[at : at + count] for at in range(0, len(names), count)]


def nice(value: float) -> float:
    """Return a round number that is not below *value*."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (*_NICE, 20.0) if step * power >= value * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a chart's values are on the picture."""

    top: float
    length: Seconds
    highest: float

    def x(self, at: Seconds) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at / self.length

    def y(self, value: float) -> float:
        return self.top + CHART - CHART * value / self.highest

    def across(self, value: float, kind: str) -> str:
        """Return a line at *value*."""
        return f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>'


def _chart(chart: Chart, top: float, length: Seconds, bands: Sequence[Band], *, has_names: bool) -> list[str]:
    values = [value for curve in chart.curves for _, value in curve.points]
    frame = _Frame(top, length, nice(max([*values, chart.bound or 0.0])))
    return [
        f'<text x="{LEFT}" y="{top - 8}">{escape(chart.title)}</text>',
        *_bands(frame, bands, has_names=has_names),
        *_scale(frame),
        *([frame.across(chart.bound, "k")] if chart.bound is not None else []),
        *(part for number in range(len(chart.curves)) for part in _curve(frame, chart, number)),
    ]


def _bands(frame: _Frame, bands: Sequence[Band], *, has_names: bool) -> Iterator[str]:
    label = 0.0
    for number, band in enumerate(bands):
        left, width = frame.x(band.start), max(1.0, frame.x(band.end) - frame.x(band.start))
        if number % 2 == 0:
            yield f'<rect class="b" x="{left:.1f}" y="{frame.top}" width="{width:.1f}" height="{CHART}"/>'
        if has_names:
            label = max(left + 2, label + APART)
            yield f'<text class="s" x="{label:.1f}" y="{frame.top + 11}">{number + 1}</text>'


def _scale(frame: _Frame) -> Iterator[str]:
    for step in range(STEPS + 1):
        value = frame.highest * step / STEPS
        yield frame.across(value, "g")
        yield f'<text class="s" x="{LEFT - 8}" y="{frame.y(value) + 4:.1f}" text-anchor="end">{value:,.10g}</text>'
    step_s = nice(frame.length / _TICKS)
    for tick in range(int(frame.length / step_s) + 1):
        at, below = tick * step_s, frame.top + CHART + 15
        yield f'<text class="s" x="{frame.x(at):.1f}" y="{below}" text-anchor="middle">{at:,.10g} s</text>'


def _curve(frame: _Frame, chart: Chart, number: int) -> Iterator[str]:
    curve, colour = chart.curves[number], _COLOURS[number % len(_COLOURS)]
    points = " ".join(f"{frame.x(at):.1f},{frame.y(value):.1f}" for at, value in thinned(curve.points))
    yield f'<polyline class="l" stroke="{colour}" points="{points}"/>'
    if len(chart.curves) > 1:
        place = WIDTH - RIGHT - 110 * (len(chart.curves) - number - 1)
        yield f'<text x="{place}" y="{frame.top - 8}" text-anchor="end" style="fill:{colour}">{escape(curve.name)}</text>'


def thinned(points: Sequence[tuple[Seconds, float]], most: int = _MOST_POINTS) -> Sequence[tuple[Seconds, float]]:
    """Return at most *most* of *points*: of each stretch the highest, so that no peak is lost."""
    if len(points) <= most:
        return points
    edges = [len(points) * place // most for place in range(most + 1)]
    return [max(points[first:last], key=lambda point: point[1]) for first, last in pairwise(edges)]
