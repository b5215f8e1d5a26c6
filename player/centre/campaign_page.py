"""The figures of a campaign as a page of its own, as a table for other programs, and as lines on a terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import StringIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from player.centre.campaign import Figures, OnAir, Outage, Speed, length_in_words
from player.errors import OperatorError
from player.schedule.zones import local, zone
from player.units import MILLISECOND, SECOND

MAX_OUTAGES: Final = 200  # rows of the page; the table has all
MAX_NAMES: Final = 20  # of players that are named in a sentence
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
HEAD: Final = ("what", "player", "site", "name", "from", "to", "number", "unit")

_STYLE: Final = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.45 Georgia, 'Noto Serif', serif; color: #16181c; max-width: 190mm; margin: 12mm auto; padding: 0 6mm; }
h1 { font-size: 21pt; font-weight: normal; margin: 0 0 1mm; }
h2 { font-size: 13pt; font-weight: normal; border-bottom: .3mm solid #16181c; margin: 9mm 0 2.5mm; padding-bottom: 1mm; }
p { margin: 1mm 0 2mm; } .small { font-size: 9pt; color: #55585e; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; } tr { break-inside: avoid; }
th { text-align: left; font-weight: normal; color: #55585e; border-bottom: .2mm solid #55585e; }
td, th { padding: .9mm 2.5mm .9mm 0; vertical-align: top; } td { border-bottom: .1mm solid #c9c8c4; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class Headed:
    """What stands above a report."""

    name: str
    """Of the centre."""
    zone: str
    """The IANA time zone in which its times are written."""


def page(figures: Figures, headed: Headed) -> str:
    """Return the report as HTML: one file, without anything from outside."""
    here = zone(headed.zone)
    name = headed.name or "without a name"
    last = figures.span.end - SECOND  # the day that is named: the end itself is the next one's midnight
    span = f"{_moment(figures.span.start, here)} to {_moment(last, here)} ({headed.zone})"
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>We Remember · figures of the campaign · {escape(span)}</p>",
        f'<p class="small">{escape(f"As heard until {_moment(min(figures.now, figures.span.end), here)}.")}</p>',
        _section("In short", [f"<p>{escape(line)}</p>" for line in lines(figures)]),
        _section("Shows", [_table(("show", "hours on", "begun", "players", "joined late", "missed"), map(_show, figures.shows))]),
        _section("Withdrawals", _withdrawals(figures, here)),
        _section("Players not heard", _outages(figures, here)),
        _section("Players by site", [_table(("site", "players"), [(site or "—", f"{n:,}") for site, n in figures.sites])]),
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(name)}: figures of the campaign</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def lines(figures: Figures) -> Iterator[str]:
    """Yield the figures in short, as sentences."""
    if figures.now < figures.span.start:
        yield "These days have not begun: there is nothing to count yet."
    yield f"{_counted(len(figures.members), 'player')} at {_counted(len(figures.sites), 'site')}."
    yield from _shown(figures)
    hours = sum(show.length for show in figures.shows)
    yield f"Shows were on for {length_in_words(hours)}, all players together." if hours else "Nobody said that a show began."
    lost = sum(each.length(figures.span, figures.now) for each in figures.outages)
    who = len({each.id for each in figures.outages})
    silent = [member.id for member in figures.members if member.last_seen is None]
    if silent:
        yield f"Never heard of: {named(silent)}."
    if figures.outages:
        times = _counted(len(figures.outages), "time")
        yield f"{_counted(who, 'player')} could not be heard, {times}, {length_in_words(lost)} in all."
    elif len(silent) < len(figures.members):
        yield f"{'All others were' if silent else 'Every player was'} heard all the time."
    open_ones = sum(1 for each in figures.withdrawals if each.missing)
    yield f"{_counted(len(figures.withdrawals), 'withdrawal')}{f', {open_ones} not confirmed by all' if open_ones else ''}."


def table(figures: Figures) -> str:
    """Return every figure as a line of CSV, times in UTC (ISO 8601), lengths in seconds; no cell is a formula anywhere."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in _rows(figures):
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _rows(figures: Figures) -> Iterator[tuple[object, ...]]:
    start, end = _utc(figures.span.start), _utc(figures.span.end)
    photos = figures.photos
    yield "players", "", "", "", start, end, len(figures.members), "players"
    for site, number in figures.sites:
        yield "players by site", "", site, "", start, end, number, "players"
    yield "showings", "", "", "", start, end, photos.showings, "photos"
    yield "people seen, at least", "", "", "", start, end, photos.people_least, "people"
    yield "people seen, at most", "", "", "", start, end, photos.people_most, "people"
    yield "players that counted", "", "", "", start, end, photos.counted, "players"
    for show in figures.shows:
        yield "show on", "", "", show.show, start, end, _seconds(show.length), "s"
        yield "show begun", "", "", show.show, start, end, show.begun, "times"
        yield "show joined late", "", "", show.show, start, end, show.late, "times"
        yield "show missed", "", "", show.show, start, end, show.missed, "times"
    for each in figures.outages:
        until = "" if each.ended is None else _utc(each.ended)
        length = _seconds(each.length(figures.span, figures.now))
        yield "not heard", each.id, figures.site_of.get(each.id, ""), "", _utc(each.began), until, length, "s"
    for speed in figures.withdrawals:
        yield from _rows_of(speed, figures)


def _rows_of(speed: Speed, figures: Figures) -> Iterator[tuple[object, ...]]:
    taken = speed.taken
    at = _utc(taken.at)
    yield "withdrawal confirmed", "", "", taken.name, at, "", len(figures.members) - len(speed.missing), "players"
    for what, length in (("median", speed.median), ("99th percentile", speed.slowest_percent)):
        if length is not None:
            yield f"withdrawal {what}", "", "", taken.name, at, "", _seconds(length), "s"
    for each in taken.confirmed:
        if each.off_at is not None:
            took = _seconds(max(0, each.off_at - taken.at))
            yield "withdrawal took", each.id, figures.site_of.get(each.id, ""), taken.name, at, _utc(each.off_at), took, "s"
    for name in speed.missing:
        yield "withdrawal not confirmed", name, figures.site_of.get(name, ""), taken.name, at, "", "", ""


def _shown(figures: Figures) -> Iterator[str]:
    photos = figures.photos
    if not photos.counted:
        yield "How many photos were shown, no player has said."
        return
    seen = (
        f"{photos.people_least:,} people were seen"
        if photos.people_least == photos.people_most
        else f"between {photos.people_least:,} and {photos.people_most:,} people were seen"
    )
    yield f"{photos.showings:,} photos were shown, and {seen}, as {_counted(photos.counted, 'player')} counted them."
    if photos.people_least != photos.people_most:
        yield "The lower number is the most at one player, the higher one all players' together: the same faces are seen at many."
    if photos.silent:
        yield f"Not counted: {named(photos.silent)}."


def _show(show: OnAir) -> tuple[str, ...]:
    hours = f"{show.length / (3600 * SECOND):,.1f}"
    return show.show, hours, f"{show.begun:,}", f"{show.players:,}", f"{show.late:,}", f"{show.missed:,}"


def _withdrawals(figures: Figures, here: ZoneInfo) -> Iterator[str]:
    if not figures.withdrawals:
        yield "<p>None.</p>"
        return
    yield _table(
        ("withdrawn", "when", "confirmed by", "median", "99 %", "slowest", "not confirmed"),
        [_withdrawal(each, figures, here) for each in figures.withdrawals],
    )
    yield (
        '<p class="small">From the moment it was ordered until the wall was without it, by the clocks of both.'
        " 99 %: of a hundred players, all but one had confirmed by then.</p>"
    )


def _withdrawal(each: Speed, figures: Figures, here: ZoneInfo) -> tuple[str, ...]:
    taken, members = each.taken, len(figures.members)
    slowest = f"{each.slowest[0]}: {length_in_words(each.slowest[1])}" if each.slowest else "—"
    why = f"{taken.name} ({taken.reason})" if taken.reason else taken.name
    if taken.confirmed and not any(said.here for said in taken.confirmed):
        why += ": no player had anything of it"
    return (
        why,
        _moment(taken.at, here),
        f"{members - len(each.missing):,} of {members:,}",
        "—" if each.median is None else length_in_words(each.median),
        "—" if each.slowest_percent is None else length_in_words(each.slowest_percent),
        slowest,
        named(each.missing) or "—",
    )


def _outages(figures: Figures, here: ZoneInfo) -> Iterator[str]:
    longest = sorted(figures.outages, key=lambda each: -each.length(figures.span, figures.now))
    if not longest:
        yield "<p>None.</p>"
        return
    yield _table(("player", "site", "from", "to", "for"), [_outage(each, figures, here) for each in longest[:MAX_OUTAGES]])
    if len(longest) > MAX_OUTAGES:
        yield f'<p class="small">The {MAX_OUTAGES} longest of {len(longest):,}; all are in the table (--out report.csv).</p>'


def _outage(each: Outage, figures: Figures, here: ZoneInfo) -> tuple[str, ...]:
    ends = "still" if each.ended is None else _moment(each.ended, here)
    length = length_in_words(each.length(figures.span, figures.now))
    return each.id, figures.site_of.get(each.id, "") or "—", _moment(each.began, here), ends, length


def save(text: str, out: Path) -> None:
    """Write *text* into *out*.

    Raises:
        OperatorError: it cannot be written.
    """
    try:
        out.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}") from error


def named(names: Sequence[str]) -> str:
    """Return *names* in a sentence; of many the first ones, and how many more there are."""
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _harmless(cell: object) -> object:
    """Return *cell* as no spreadsheet takes it for a formula, whatever a player called itself."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _section(title: str, parts: Iterable[str]) -> str:
    return "\n".join([f"<h2>{escape(title)}</h2>", *parts])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>"
    body = (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{top}{''.join(body)}</table>"


def _seconds(length: int) -> str:
    return f"{length // MILLISECOND / 1000:.3f}"


def _utc(at: int) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, zone('UTC')):%Y-%m-%dT%H:%M:%SZ}"


def _moment(at: int, here: ZoneInfo) -> str:
    return f"{local(at, here):%a %Y-%m-%d %H:%M}"
