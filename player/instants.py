"""An instant, or a day, as people write it on the command line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from player.schedule.days import parse_day
from player.schedule.grammar import parse_moment
from player.schedule.rules import Dates
from player.schedule.zones import start_of, zone
from player.units import FIRST_YEAR, LAST_YEAR, SECOND, Nanos

EXAMPLE: Final = "2027-01-27T12:00:05Z or 2027-01-27T12:00[Europe/Warsaw]"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant(text: str, here: str) -> Nanos:
    """Return an instant written as ISO 8601, or as a slot's `start:`; without an offset or a zone it is local time in *here*.

    A local time that does not exist is the first one that does; one that comes twice is the first of both.

    Raises:
        ValueError: it is none, or a date and no time.
    """
    if text.endswith("]"):
        return parse_moment(text, 1).start
    if "[" in text:
        raise ValueError(f'the zone ends with a bracket, as in {EXAMPLE}: "{text}]"')
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'{_no_such_day(text)}write an instant as {EXAMPLE}, not "{text}"') from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f'write an instant from {FIRST_YEAR} to {LAST_YEAR}, such as 2027-01-27T12:00:05Z, not "{text}"')
    if ":" not in text:
        raise ValueError(f'write it with the hour: {moment:%Y-%m-%d}T15:00, not "{text}"')
    if moment.tzinfo is None:
        return start_of(moment.date(), moment.time(), zone(here))
    whole = int(moment.astimezone(UTC).replace(microsecond=0).timestamp())
    return whole * SECOND + moment.microsecond * 1000


def _no_such_day(text: str) -> str:
    """Return, where a date is written as it should be and is in no calendar, that there is none."""
    match = _DAY.match(text)
    try:
        date.fromisoformat(match[0] if match else "2027-01-27")
    except ValueError:
        return f"there is no day {text[:10]}: "
    return ""


def day(text: str) -> date:
    """Return a day as it is written: `2027-01-20`, `wed 2027-01-20`.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    found = parse_day(text, {})[0] if any(letter.isdecimal() for letter in text) else None
    if not isinstance(found, Dates) or found.first is None or found.first != found.last:
        raise ValueError(f'write a day as 2027-01-20, not "{text}"')
    return found.first
