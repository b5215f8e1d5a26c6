"""Slots as YAML in the schedule's grammar, with a line of comment where a person has to decide."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import date, time, timedelta
from typing import Final

from player.schedule.days import MAX_DAYS
from player.schedule.ics.slots import Slot
from player.schema import did_you_mean

WIDTH: Final = 120  # of a line with many dates
MAX_TITLE: Final = 80  # characters of an event's summary
MAX_NAME: Final = 40  # of a slot's id
IN_A_ROW: Final = 3  # days or weeks, that are written as from one to another
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_PLAIN: Final = re.compile(r"[a-z][a-z0-9_-]*")
_WORDS: Final = frozenset(
    {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)  # what other readers of YAML take for values
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_GLUE: Final = "\u00a0"  # within what must not be broken


def written(slots: Sequence[Slot], shows: Collection[str], *, site: str) -> str:
    """Return the text of *slots*; every name of a show that there is not has a comment above it."""
    if not slots:
        return "# Nothing in this calendar becomes a slot.\n"
    lines: list[str] = []
    names: set[str] = set()
    for slot in slots:
        lines += _slot(slot, shows, names, site)
    count = f"{len(slots)} slot{'' if len(slots) == 1 else 's'}"
    head = f"# {count} from a calendar, for a person to look through: what is right goes into the schedule."
    return "\n".join([head, "schedule:", "  slots:", *lines, ""])


def clean(text: str) -> str:
    """Return what an event is called, on one line, without what cannot be seen."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return " ".join("".join(c for c in spaced if _is_seen(c)).split())[:MAX_TITLE].strip()


def day_texts(dates: Sequence[date]) -> list[str]:
    """Return *dates*, in order and each once, as the schedule's grammar says them shortest: days in a row, weekdays, or each."""
    in_a_row = [_span(run) for run in _runs(dates, _DAY)]
    weekdays = sorted({day.weekday() for day in dates})
    every = [day for day in _between(dates[0], dates[-1]) if day.weekday() in weekdays]
    word = f"{DAYS[weekdays[0]]}-{DAYS[weekdays[-1]]}" if len(weekdays) > 1 else DAYS[weekdays[0]]
    is_whole = weekdays == list(range(weekdays[0], weekdays[-1] + 1)) and every == list(dates)
    if is_whole and len(in_a_row) > 1 and len(dates) >= IN_A_ROW:
        return [f"{word} {dates[0]}..{dates[-1]}"]
    by_weekday = [
        text
        for weekday in weekdays
        for run in _runs([day for day in dates if day.weekday() == weekday], _WEEK)
        for text in ([f"{DAYS[weekday]} {run[0]}..{run[-1]}"] if len(run) >= IN_A_ROW else [_day(day) for day in run])
    ]
    flat = [text for several in in_a_row for text in several]
    return by_weekday if len(by_weekday) < len(flat) else flat


def _span(run: Sequence[date]) -> list[str]:
    return [f"{run[0]}..{run[-1]}"] if len(run) >= IN_A_ROW else [_day(day) for day in run]


def _runs(dates: Sequence[date], step: timedelta) -> Iterator[list[date]]:
    """Yield the longest stretches of *dates* that follow each other by *step*."""
    run: list[date] = []
    for day in dates:
        if run and day - run[-1] != step:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


def _slot(slot: Slot, shows: Collection[str], names: set[str], site: str) -> Iterator[str]:
    found = _known(slot.title, shows)
    show = found or _slug(slot.title)
    if found is None:
        yield f"    # There is no playlist {json.dumps(slot.title, ensure_ascii=False)}.{did_you_mean(show, shows)}"
    title = [("title", json.dumps(slot.title, ensure_ascii=False))] if slot.title.casefold() != show.casefold() else []
    what = [("show", _scalar(show)), *title]
    if slot.start:
        zone = slot.start.zone or site
        if zone != site:
            yield f"    # One instant, whatever the zone of the site: {slot.spans[0][0]:%Y-%m-%d %H:%M} UTC."
        moment = f"{slot.start.wall.isoformat(timespec='seconds').removesuffix(':00')}[{zone}]"
        times = [("start", moment), ("length", _length(slot.length))]
        yield from _block([("id", _free(show, names)), *what, *times, ("priority", str(slot.priority))])
        return
    at = ("at", f"{_time(slot.begins)} to {_end(slot.ends)}")
    texts = [text.replace(" ", _GLUE) for text in day_texts(slot.dates)]
    for i in range(0, len(texts), MAX_DAYS):
        some = texts[i : i + MAX_DAYS]
        day = ("day", some[0] if len(some) == 1 else f"[{', '.join(some)}]")
        pairs = [("id", _free(show, names)), *what, day, at, ("priority", str(slot.priority))]
        line = f"    - {{{', '.join(f'{key}: {value}' for key, value in pairs)}}}".replace(_GLUE, " ")
        yield from [line] if len(line) <= WIDTH else _block(pairs)


def _block(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for number, (key, value) in enumerate(pairs):
        indent = "      " if number else "    - "
        if key != "day":
            yield f"{indent}{key}: {value}"
            continue
        wrapped = textwrap.wrap(
            f"{key}: {value}", WIDTH, initial_indent=indent, subsequent_indent=" " * 12, break_on_hyphens=False
        )
        yield from (line.replace(_GLUE, " ") for line in wrapped)


def _known(title: str, shows: Collection[str]) -> str | None:
    """Return the show that *title* names, in the capitals of its playlist; None when there is none."""
    known = {show.casefold(): show for show in shows}
    return known.get(title.casefold()) or known.get(_slug(title))


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:MAX_NAME].strip("-")
    return slug if slug[:1].isalpha() else f"event-{slug}".strip("-")


def _free(show: str, taken: set[str]) -> str:
    """Return an id that no slot before has."""
    name = _slug(show)
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _scalar(text: str) -> str:
    """Return *text* so that YAML reads it back as it is."""
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else json.dumps(text, ensure_ascii=False)


def _is_seen(character: str) -> bool:
    return character == " " or (character.isprintable() and unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"})


def _day(day: date) -> str:
    return f"{DAYS[day.weekday()]} {day}"


def _time(at: time) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _end(at: time) -> str:
    return "24:00" if at == time() else _time(at)


def _length(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds}s" if seconds % 60 else f"{seconds // 60}m" if seconds % 3600 else f"{seconds // 3600}h"
