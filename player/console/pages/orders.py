"""The buttons that order something of the screen: each answers with what the screen says, never with a hope."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field
from starlette.responses import Response

from player.command import BRIGHTEST, Calibrate, Command, Dim, Go, Plain, ShowCard
from player.console.desk import Asked
from player.console.looks.wording import plain
from player.console.ordering import Answer
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.routes import Route
from player.schema import Frozen
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
LENGTHS: Final[dict[str, Nanos | None]] = {"open": None, "m30": 30 * MINUTE, "h1": 60 * MINUTE, "h3": 180 * MINUTE}
"""For how long a show may be started with one press; by the word that the catalogue has for it."""
CARD_LENGTHS: Final[dict[str, Nanos]] = {"m5": 5 * MINUTE, "m15": 15 * MINUTE, "h1": 60 * MINUTE}

WALL: Final = "/wall"
ECHOES: Final = frozenset(
    {"next", "previous", "resumed", "dark", "light", "auto", "withdrawn", "card_off", "keys_off", "reloaded"}
)
"""Replies that say no more than the heading above them."""
MAX_NAMED: Final = 40  # characters of a show in an answer: a line on a phone; what came of it must not be pushed away by it

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Ordered(Frozen):
    """An order of one word."""

    order: Literal["next", "hold", "resume", "auto"]


class Started(Frozen):
    """A show to be put on."""

    show: Name
    length: Literal["open", "m30", "h1", "h3"] = "open"


class Dimmed(Frozen):
    """How bright the wall is to be."""

    level: Annotated[int, Field(ge=0, le=BRIGHTEST)]


class Carded(Frozen):
    """A test card; none takes it away."""

    card: Name | None = None
    output: Name | None = None
    length: Literal["m5", "m15", "h1"] = "m5"


class Edited(Frozen):
    """An output that the keys on the wall are to edit."""

    output: Name | None = None
    is_over: bool = False


async def order(asked: Asked) -> Response:
    """Order something of one word."""
    given = asked.take(Ordered)
    return await answered(asked, Plain(given.order), asked.sheet.text(f"order.{given.order}"))


async def start(asked: Asked) -> Response:
    """Put a show on."""
    given = asked.take(Started)
    return await answered(asked, Go(given.show, LENGTHS[given.length]), plain(given.show, MAX_NAMED))


async def dim(asked: Asked) -> Response:
    """Say how bright the wall is to be."""
    return await answered(asked, Dim(asked.take(Dimmed).level), asked.sheet.text("wall.brightness"), back=WALL)


async def card(asked: Asked) -> Response:
    """Show a test card, or take it away."""
    given = asked.take(Carded)
    command = ShowCard(given.card, given.output, CARD_LENGTHS[given.length])
    return await answered(asked, command, asked.sheet.text("wall.cards"), back=WALL)


async def calibrate(asked: Asked) -> Response:
    """Let the keys on the wall edit an output, or stop that."""
    given = asked.take(Edited)
    what = asked.sheet.text("wall.keys_end" if given.is_over else "wall.keys")
    return await answered(asked, Calibrate(given.output, is_over=given.is_over), what, back=WALL)


async def answered(asked: Asked, command: Command, what: str, *, back: str = "/") -> Response:
    """Leave an order, and return the page that says what came of it; *what* was ordered in the words of its button."""
    answer = await asked.desk.orders.post(command, asked.by)
    sentence = asked.sheet.text("order.answer", what=what, sentence=asked.sheet.text(f"order.{answer.how.value}"))
    return answer_page(asked, answer, sentence, back=back)


def answer_page(asked: Asked, answer: Answer, sentence: str, *, back: str = "/", offers_light: bool = False) -> Response:
    """Return a page of one sentence.

    It is no 303: whoever is not logged in has no page to come back to. Pressed again by a reload it would order again, and the
    browser asks before it does.
    """
    more = speech(asked).replied(answer.reply, besides=ECHOES) if answer.reply else ()
    english = "" if answer.reply else answer.said  # of a screen that is older or newer than this console
    fields = {
        "answer": answer,
        "sentence": sentence,
        "more": more,
        "english": english,
        "back": back,
        "offers_light": offers_light,
    }
    return asked.sheet.page("answer.html", status=answer.status, **fields)


ROUTES: Final = (
    Route(
        "POST", "/orders", Role.OPERATOR, order, kind="form", says="Next, hold, go on, or back to the schedule.", takes=Ordered
    ),
    Route("POST", "/orders/show", Role.OPERATOR, start, kind="form", says="Put a show on.", takes=Started),
    Route("POST", "/orders/dim", Role.OPERATOR, dim, kind="form", says="How bright the wall is to be.", takes=Dimmed),
    Route("POST", "/orders/card", Role.OPERATOR, card, kind="form", says="A test card, or none.", takes=Carded),
    Route("POST", "/orders/calibrate", Role.OPERATOR, calibrate, kind="form", says="Keys edit an output.", takes=Edited),
)
