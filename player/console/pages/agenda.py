"""Agenda: the next days to scale with why each show wins, what would be on at another instant, and whether all are seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from pydantic import Field, NaiveDatetime
from starlette.responses import Response

from player.console.desk import Asked
from player.console.looks import asking
from player.console.looks.agenda import DAYS, MOST_DAYS, Day, Stretch
from player.console.looks.capacity import Outlook
from player.console.pages.saying import Speech, speech
from player.console.people.roles import Role
from player.console.routes import Route
from player.console.strings import direction
from player.errors import LibraryError, OperatorError
from player.schedule.zones import local, start_of
from player.schema import Frozen
from player.units import FIRST_YEAR, LAST_YEAR, Nanos

PATH: Final = "/agenda"
TONES: Final = 6  # that shows are told apart by, beside their names; more nobody tells apart
TENTHS: Final = 10.0  # so often is told to the tenth; more often only wholes say anything
HOURS: Final = tuple(range(0, 25, 3))
_DAY_H: Final = 24


class AgendaAsked(Frozen):
    """Which days, and which instant."""

    first: date | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DAYS
    at: NaiveDatetime | None = None
    """By the site's clock, as a form has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch as it is drawn and written."""

    x: float
    width: float
    """In percent of the day, from where the line begins."""
    tone: int
    times: str
    stretch: Stretch
    hides: tuple[str, ...]
    """What it comes before, unless its reasons say that."""
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A day as it is drawn."""

    date: date
    name: str
    now: float | None
    blocks: tuple[Block, ...]


async def page(asked: Asked) -> Response:
    """Return the page."""
    given, desk, words = asked.take(AgendaAsked), asked.desk, speech(asked)
    days = await asking.agenda_days(desk, first=given.first, count=given.days)
    tones = _tones(days)
    is_rtl = direction(asked.language) == "rtl"
    drawn = [_drawn(day, tones, words, is_rtl=is_rtl) for day in days]
    at, found, problem = await _what_if(asked, given.at, words)
    outlook, because = await _outlook(asked)
    begins = days[0].date if days else local(words.now, words.zone).date()
    return asked.sheet.page(
        "agenda.html",
        days=drawn,
        hours=[(hour, _x(hour / _DAY_H, 0, is_rtl=is_rtl)) for hour in HOURS],
        at=at,
        found=found,
        problem=problem,
        outlook=outlook,
        times=often(outlook.times) if outlook else "",
        because=because,
        speech=words,
        given=given,
        earlier=_shifted(begins, -given.days),
        later=_shifted(begins, given.days),
        zone=desk.configuration().settings.site.zone,
    )


async def _what_if(asked: Asked, at: datetime | None, words: Speech) -> tuple[str, Stretch | None, str]:
    """Return the instant as a form takes it, what would be on then, and why nobody can say."""
    if at is None:
        return f"{local(words.now, words.zone):%Y-%m-%dT%H:%M}", None, ""
    written = f"{at:%Y-%m-%dT%H:%M}"
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return written, None, words.text("agenda.no_instant")
    try:
        return written, await asking.agenda_at(asked.desk, start_of(at.date(), at.time(), words.zone)), ""
    except OperatorError:
        return written, None, words.text("agenda.no_instant")


async def _outlook(asked: Asked) -> tuple[Outlook | None, str]:
    """Return whether everyone is seen; else why nobody can say: the agenda is there all the same."""
    try:
        return await asking.outlook(asked.desk), ""
    except (LibraryError, OperatorError) as error:
        return None, str(error)


def _drawn(day: Day, tones: dict[str, int], words: Speech, *, is_rtl: bool) -> Drawn:
    return Drawn(
        date=day.date,
        name=words.day(day.date),
        now=None if day.now is None else _x(day.now, 0, is_rtl=is_rtl),
        blocks=tuple(
            Block(
                x=_x(each.offset, each.share, is_rtl=is_rtl),
                width=_percent(each.share),
                tone=tones[each.show],
                times=f"{_clock(each.start, words)}–{_clock(each.end, words, is_end=True)}",
                stretch=each,
                hides=() if _says(each, "over") else each.hides,
                overlaps=() if _says(each, "later", "name") else each.overlaps,
            )
            for each in day.stretches
        ),
    )


def _says(stretch: Stretch, *keys: str) -> bool:
    """Whether one of the reasons is one of *keys*, which name all slots that they are about."""
    return any(reason.key in keys for reason in stretch.reasons)


def often(times: float) -> str:
    """Return how often something is on average, as exactly as it says anything."""
    return f"{times:.1f}" if times < TENTHS else f"{times:.0f}"


def _tones(days: tuple[Day, ...]) -> dict[str, int]:
    """Return a tone for each show, in the order in which they are met."""
    shows = dict.fromkeys(each.show for day in days for each in day.stretches)
    return {show: place % TONES for place, show in enumerate(shows)}


def _x(offset: float, share: float, *, is_rtl: bool) -> float:
    """Return where something begins, in percent from the left: where people read from the right, the day runs from there."""
    return _percent(1 - offset - share if is_rtl else offset)


def _percent(part: float) -> float:
    return round(100 * part, 3)


def _clock(at: Nanos, words: Speech, *, is_end: bool = False) -> str:
    shown = f"{local(at, words.zone):%H:%M}"
    return "24:00" if is_end and shown == "00:00" else shown


def _shifted(day: date, by: int) -> date | None:
    """Return a day further on or back; None: beyond any agenda."""
    try:
        found = day + timedelta(by)
    except OverflowError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


ROUTES: Final = (Route("GET", PATH, Role.VIEWER, page, kind="page", says="What will be on, and why.", takes=AgendaAsked),)
