"""Now: whether the wall is right, at a glance; what is on it, why and until when; and the buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from player.console.desk import Asked, Desk
from player.console.live import Topic
from player.console.looks import asking
from player.console.looks.health import Health, Level
from player.console.looks.heard import Said
from player.console.looks.now import Now, Shown
from player.console.pages.orders import LENGTHS
from player.console.pages.saying import Speech, speech, speech_in
from player.console.people.roles import Role
from player.console.routes import Route
from player.schema import Frozen

PATH: Final = "/"
FLEET: Final = "/fleet"
MOST_REASONS: Final = 3  # of what is wrong, at the top; the rows below have all of it
MOST_LINKED: Final = 6  # photos of a slide; a mosaic has 120


class Looked(Frozen):
    """Whether the page looks again by itself, for browsers without scripts."""

    every: Annotated[int, Field(ge=2, le=600)] | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one part is."""

    part: str
    level: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Link:
    """A photo that is up."""

    name: str
    key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The page in words: what the template writes once, and the stream says again each second."""

    at: str
    level: str
    word: str
    verdict: str
    because: tuple[str, ...]
    picture: str
    is_now: bool
    mark: str
    """Names the picture, so that another one is fetched; empty: there is none."""
    alt: str
    show: str
    slide: str
    photos: tuple[Link, ...]
    coming: str
    until: str
    why: str
    is_running: bool
    is_dark: bool
    is_held: bool
    rows: tuple[Row, ...]


def told(now: Now, speech: Speech) -> Told:
    """Return how everything is, in words."""
    said = now.said
    slide = _slide(now.slide, speech)
    is_dark = said is not None and said.is_dark
    is_darkened = is_dark and now.is_running and now.level is not Level.BAD
    return Told(
        at=speech.exactly(now.at),
        level=now.level.value,
        word=speech.text(f"level.{now.level.value}"),
        verdict=speech.text("now.verdict_dark" if is_darkened else f"now.verdict_{now.level.value}"),
        because=tuple(_because(now, speech)),
        picture=speech.say(now.picture.sentence),
        is_now=now.picture.is_now,
        mark=str(now.picture.taken_at) if now.picture.is_now else "",
        alt=speech.text("now.alt", slide=slide),
        show=said.show if said else "",
        slide=speech.text("now.nothing_dark") if is_dark else slide,
        photos=() if is_dark else _links(now.slide),
        coming=_coming(now, speech),
        until=_until(now, speech),
        why=_why(said, speech) if said else "",
        is_running=now.is_running,
        is_dark=is_dark,
        is_held=said is not None and said.is_held,
        rows=tuple(
            Row(
                speech.text(f"part.{row.part}"),
                row.level.value,
                speech.text(f"level.{row.level.value}"),
                speech.say(row.sentence),
            )
            for row in now.health
        ),
    )


async def page(asked: Asked) -> Response:
    """Return the page; where there is no wall, the way to the players that there are."""
    if not asked.desk.stationery.has_wall:
        return RedirectResponse(FLEET, 303)
    now = await asking.now_of(asked.desk)
    return asked.sheet.page(
        "now.html",
        told=told(now, speech(asked)),
        site=now.site,
        shows=now.shows,
        lengths=tuple(LENGTHS),
        every=asked.take(Looked).every,
    )


async def line(desk: Desk, language: str) -> str:
    """Return how everything is, as one line for everybody who looks."""
    return json.dumps(asdict(told(await asking.now_of(desk), speech_in(desk, language))), ensure_ascii=False)


def _because(now: Now, speech: Speech) -> Iterator[str]:
    """Yield what is the matter, with the part that it is of; and why it is dark, where it is."""
    is_dark = now.is_running and now.said is not None and now.said.is_dark
    if now.said is not None and is_dark:
        yield _dark(now.said, speech)
    elif now.level is Level.OK:
        yield speech.text("now.fine")
    if now.level is Level.OK:
        return
    worst = [row for row in now.health if row.level is now.level and not (is_dark and _is_the_dark(row))]
    for row in worst[:MOST_REASONS]:
        yield speech.text("now.of_part", part=speech.text(f"part.{row.part}"), sentence=speech.say(row.sentence))
    if len(worst) > MOST_REASONS:
        yield speech.text("now.more", count=len(worst) - MOST_REASONS)


def _is_the_dark(row: Health) -> bool:
    return row.sentence.key == "health.screen.dark"


def _dark(said: Said, speech: Speech) -> str:
    """Return why it is dark, since when or until when, and by whom."""
    order = said.dark_ordered
    if order is not None:
        since = {} if order.at is None else {"at": speech.moment(order.at)}
        return speech.text("now.dark_since" if since else "now.dark_ordered", by=speech.by(order.by), **since)
    if said.dim == 0:
        return speech.text("now.dark_ordered", by=speech.by(""))
    if said.dark_until is None:
        return speech.text("now.dark_scheduled")
    return speech.text("now.dark_until", at=speech.moment(said.dark_until))


def _why(said: Said, speech: Speech) -> str:
    """Return why the show is on; of one that was put on by hand, by whom and when."""
    order = said.show_ordered
    if not said.is_by_hand or order is None or order.at is None:
        return speech.because(said.reasons) or said.why
    others = speech.because(each for each in said.reasons if each.key != "hand")
    put_on = speech.text("now.put_on", by=speech.by(order.by), at=speech.moment(order.at))
    return "; ".join(filter(None, (put_on, others)))


def _slide(slide: Shown | None, speech: Speech) -> str:
    if slide is None:
        return speech.text("slide.unknown")
    kinds = {"photo", "pair", "mosaic", "words", "fact", "candle", "names", "film", "live", "title", "plate"}
    return speech.text(f"slide.{slide.kind}" if slide.kind in kinds else "slide.other", count=slide.count)


def _links(slide: Shown | None) -> tuple[Link, ...]:
    return tuple(Link(up.item, up.key) for up in slide.photos[:MOST_LINKED]) if slide else ()


def _coming(now: Now, speech: Speech) -> str:
    said = now.said
    if said is None:
        return ""
    if said.is_held:
        return speech.text("now.held")
    what = _slide(now.coming, speech) if now.coming else speech.text("now.not_ready")
    if said.next_show and said.next_show != said.show:
        return speech.text("now.of_show", slide=what, show=said.next_show)
    return what


def _until(now: Now, speech: Speech) -> str:
    said = now.said
    if said is None:
        return ""
    if said.is_by_hand:
        if said.until_by_hand is None:
            return speech.text("now.by_hand")
        return speech.text("now.by_hand_until", at=speech.moment(said.until_by_hand))
    return speech.moment(said.until) if said.until is not None else speech.text("now.no_end")


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, page, kind="page", says="What is on the wall, and whether all is well.", takes=Looked),
)
TOPIC: Final = Topic("now-in-words", line)
