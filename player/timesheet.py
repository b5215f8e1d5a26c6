"""The agenda as a table on a terminal, old ones of 80 columns too: a line for each stretch of time.

Made of plain text in 40 ms for a year of eventful days; rich's own table takes a second for it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len
from rich.console import Console

from player.schedule.agenda import Row
from player.schedule.desired import Phase
from player.schedule.rules import FULL_LIGHT, Do, QuietRule, Rules
from player.schedule.zones import clock_of, local, zone

WIDE: Final = 100  # columns of a terminal that has room for what a slot hides, which the reason mostly names already
IN_A_FILE: Final = 200  # columns where nobody's terminal folds the lines
LONGEST_NAME: Final = 24  # columns of a show, a slot or a quiet rule; a longer one is folded
LEAST_WHY: Final = len("alone (priority 10)")
PHASES: Final = {Phase.PREROLL: "title page", Phase.OVERRUN: "overrun"}
_GAP: Final = "  "
_UTC: Final = ZoneInfo("UTC")

Cells = Sequence[str]


def print_table(rows: Sequence[Row], rules: Rules, console: Console | None = None) -> None:
    """Print rows as a table: local time, UTC, the show, why it won, and what it hides.

    The show's name has what a quiet rule does to it in brackets. A slot's reason names what it hides; the column with all of
    them is left out where there is no room for it. Lines that go to a file or to another program are not folded.
    """
    console = console or Console()
    width = console.width if console.is_terminal else max(console.width, IN_A_FILE)
    lines = "".join(f"{line}\n" for line in table(rows, rules, width))
    console.file.write(lines if console.is_terminal and not console.no_color else click.unstyle(lines))
    console.file.flush()


def table(rows: Sequence[Row], rules: Rules, width: int) -> Iterator[str]:
    """Yield the lines of the table, so many columns wide, with what makes them dim, bold or red."""
    here = zone(rules.zone)
    head = [here.key, "UTC", "show", "slot", "quiet", "why", *(["hides"] if width >= WIDE else [])]
    found = [(row, _cells(row, rules, here)[: len(head)]) for row in rows]
    widths = _widths([head, *(cells for _, cells in found)], width)
    yield from (click.style(line, dim=True) for line in _lines(head, widths))
    day: date | None = None
    for row, cells in found:
        begins = local(row.start, here).date()
        if begins != day:
            day = begins
            yield click.style(f"{day:%a %Y-%m-%d}", bold=True)
        for line in _lines(cells, widths):
            yield click.style(line, fg="red", bold=True) if row.overlaps else line if row.slot else click.style(line, dim=True)


def rule_of(row: Row, rules: Rules) -> QuietRule | None:
    """Return the quiet rule in force."""
    return next((rule for rule in rules.quiet if rule.id == row.quiet), None)


def done(row: Row, rules: Rules) -> str:
    """Return what quiet rules make of the picture, in brackets; nothing where it goes on as it is."""
    found = effects(row, rules)
    return f" ({', '.join(found)})" if found else ""


def effects(row: Row, rules: Rules) -> list[str]:
    """Return what quiet rules make of the picture: dark, or still, or dim 40."""
    rule = rule_of(row, rules)
    if rule and rule.do is Do.DARK:
        return [rule.do.value]
    still = [rule.do.value] if rule and rule.do is Do.STILL else []
    return still + ([f"{Do.DIM.value} {row.dim}"] if row.dim < FULL_LIGHT else [])


def _cells(row: Row, rules: Rules, here: ZoneInfo) -> Cells:
    hides = ", ".join(f"{each} (overlap)" if each in row.overlaps else each for each in row.hides)
    slot, show = row.slot or "gap", f"{row.show}{done(row, rules)}"
    return _from_to(row, here), clock_of(row.start, _UTC), show, slot, row.quiet or "", _why(row), hides


def _widths(cells: Sequence[Cells], width: int) -> list[int]:
    """Return how wide each column is: as wide as it needs to be, but for names that are too long, and the reason, which folds."""
    needed = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    times, names, why, hides = needed[:2], [min(each, LONGEST_NAME) for each in needed[2:5]], needed[5], needed[6:]
    left = width - sum(times) - sum(names) - len(_GAP) * (len(needed) - 1)
    hidden = [min(each, left // 3) for each in hides]
    return [*times, *names, max(LEAST_WHY, min(why, left - sum(hidden))), *hidden]


def _lines(cells: Cells, widths: Sequence[int]) -> Iterator[str]:
    folded = [_folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        yield _GAP.join(part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True)).rstrip()


def _folded(text: str, width: int) -> list[str]:
    return [text] if cell_len(text) <= width else textwrap.wrap(text, max(1, width), break_on_hyphens=False)


def _why(row: Row) -> str:
    """Return why a row is as it is, with all that is not the rule: a title page, an overrun, a stream that comes first."""
    if row.slot is None:
        return "the fallback"
    live = f"live {row.live} first" if row.live else ""
    return "; ".join(filter(None, (PHASES.get(row.phase, ""), live, row.why)))


def _from_to(row: Row, here: ZoneInfo) -> str:
    """Return from when to when by the clock; an end on another day says so."""
    begins, ends = local(row.start, here), local(row.end, here)
    days = (ends.date() - begins.date()).days
    start, end = clock_of(row.start, here), clock_of(row.end, here)
    if days == 1 and end == "00:00":
        return f"{start}–24:00"
    return f"{start}–{end}" + (f" +{days}d" if days else "")
