"""What a simulation came to, for people at a terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from player.centre.simulating.parts import WORDS
from player.centre.simulating.run import Outcome
from player.centre.simulating.series import Column, per_second, since
from player.centre.simulating.verdicts import Verdict, missed
from player.units import MILLISECOND, SECOND

_MARKS: Final = {True: ("holds", "green"), False: ("missed", "bold red"), None: ("not tried", "dim")}
_BARS: Final = " ▁▂▃▄▅▆▇█"
_COLUMNS: Final = 64  # of a small plot: a terminal has eighty
_PLOTS: Final[tuple[tuple[Column, str], ...]] = (("connects", "connects/s"), ("receipts", "receipts/s"), ("polls", "requests/s"))


def tell(outcome: Outcome, console: Console) -> None:
    """Print everything."""
    console.print()
    console.print(_bounds(outcome.verdicts))
    for line in (*outcome.plan.left_out, *outcome.notes):
        console.print(Text(f"left out: {line}" if line in outcome.plan.left_out else line, style="dim"))
    console.print()
    console.print(_programs(outcome))
    console.print()
    console.print(_counts(outcome))
    console.print()
    for line in small_plots(outcome):
        console.print(Text(line))


def as_object(outcome: Outcome) -> dict[str, Any]:
    """Return the same for programs; times in seconds, memory in MB."""
    seen = outcome.evidence
    found = seen.found
    return {
        "players": seen.players,
        "seed": outcome.wishes.seed,
        "tls": outcome.wishes.has_tls,
        "holds": not missed(outcome.verdicts),
        "bounds": [asdict(each) for each in outcome.verdicts],
        "left_out": list(outcome.plan.left_out),
        "notes": list(outcome.notes),
        "parts": [
            {"part": part.value, "began_s": (start - found.began) / SECOND, "took_s": (end - start) / SECOND}
            for part, (start, end) in found.spans.items()
        ],
        "withdrawals": [
            {
                "part": part.value,
                "online": len(told.expected),
                "confirmed": len(told.took()),
                "took_ms": sorted(length // MILLISECOND for length in told.took()),
            }
            for part, told in found.withdrawals.items()
        ],
        "programs": {name: asdict(each) for name, each in outcome.peak.items()},
        "counts": asdict(seen.tally),
        "confirmations_kept": seen.kept,
        "series": [
            {"at_s": (each.at - found.began) / SECOND, "online": each.online}
            | {"connects": each.connects, "receipts": each.receipts, "polls": each.polls, "origin": each.origin}
            for each in seen.samples
        ],
    }


def small_plots(outcome: Outcome) -> list[str]:
    """Return each rate as a line of bars, with its highest value."""
    found = outcome.evidence.found
    samples = since(outcome.evidence.samples, found.began, found.ended)
    width = max((len(name) for _, name in _PLOTS), default=0)
    return [f"{name:>{width}}  {bars([rate for _, rate in per_second(samples, column)])}" for column, name in _PLOTS]


def bars(values: Sequence[float], columns: int = _COLUMNS) -> str:
    """Return *values* as bars, the highest of each column, and what the highest of all is."""
    if not values:
        return ""
    count = min(columns, len(values))
    edges = [len(values) * place // count for place in range(count + 1)]
    tops = [max(values[first:last]) for first, last in pairwise(edges)]
    most = max(tops)
    drawn = "".join(_BARS[round((len(_BARS) - 1) * top / most)] if most > 0 else _BARS[0] for top in tops)
    return f"{drawn}  at most {most:,.0f}"


def _bounds(listed: Sequence[Verdict]) -> Table:
    table = Table("", "what", "measured", "bound", box=None, pad_edge=False)
    for each in listed:
        mark, style = _MARKS[each.holds]
        table.add_row(Text(mark, style=style), each.what, each.value, each.bound)
    return table


def _programs(outcome: Outcome) -> Table:
    found = outcome.evidence.found
    length = max(1.0, (found.ended - outcome.evidence.samples[0].at) / SECOND) if outcome.evidence.samples else 1.0
    table = Table("program", "processor", "of one core", "memory at most", box=None, pad_edge=False)
    for name, used in sorted(outcome.peak.items()):
        table.add_row(name, f"{used.cpu_s:.1f} s", f"{used.cpu_s / length:.1%}", f"{used.memory_mb:.0f} MB")
    return table


def _counts(outcome: Outcome) -> Table:
    seen, tally = outcome.evidence, outcome.evidence.tally
    table = Table("counted", "", box=None, pad_edge=False)
    rows = {
        "connections": f"{tally.connects:,} of {tally.attempts:,} attempts",
        "reports": f"{tally.reports:,}",
        "events sent": f"{tally.events:,}",
        "withdrawals acted on": f"{tally.withdrawn:,}",
        "confirmations in the centre's file": f"{seen.kept:,}",
        "polls": f"{tally.polls:,}: {tally.polls_same:,} unchanged, {tally.polls_new:,} new, {tally.polls_failed:,} failed",
        "polls that a cache answered with an older feed than a hint had named": f"{tally.polls_behind:,}",
    }
    rows |= {f"took {WORDS[part]}": f"{(end - start) / SECOND:.0f} s" for part, (start, end) in seen.found.spans.items()}
    for name, value in rows.items():
        table.add_row(name, value)
    return table
