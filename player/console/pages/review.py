"""Review: one photo that waits, large; approve, reject, skip, and back to what was decided last. By keys, or without scripts."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from player.console import deciding
from player.console.api.reviewing import DeskAsked, LiftAsked, VerdictAsked
from player.console.desk import Asked, Desk
from player.console.live import Topic
from player.console.looks import review
from player.console.looks.withdrawing import MAX_REASON
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.library.reviewing import Outcome
from player.library.verdicts import Verdict
from player.units import SECOND, Nanos

PATH: Final = "/review"
REJECTED: Final = f"{PATH}/rejected"
REASONS: Final = ("hate", "private", "advert", "quality", "off_topic")
"""Those that are chosen most often; whoever has another one writes it."""
LOOKED_EVERY: Final[Nanos] = 2 * SECOND  # a look reads what waits, 2,000 rows at most


class PageAsked(DeskAsked):
    """Which photo, and what became of the verdict before."""

    told: Outcome | None = None
    undone: bool = False


async def page(asked: Asked) -> Response:
    """Return the page with the next photo."""
    given = asked.take(PageAsked)
    desk = await deciding.desk(asked, after=given.after or 0, at=given.at)
    return asked.sheet.page(
        "review.html",
        desk=desk,
        photo=desk.photo,
        last=desk.last,
        outcome="undone" if given.undone else given.told.value if given.told else "",
        speech=speech(asked),
        reasons=REASONS,
        longest=MAX_REASON,
    )


async def decide(asked: Asked) -> Response:
    """Write a verdict down, and return the way to the next photo."""
    given = asked.take(VerdictAsked)
    outcome = await deciding.decide(asked, given.key, given.mark, Verdict(given.verdict), given.reason)
    if outcome in {Outcome.CHANGED, Outcome.UNSEEN}:
        return _go(at=given.key, told=outcome.value)
    return _go(after=given.key) if outcome is Outcome.DONE else _go(after=given.key, told=outcome.value)


async def undo(asked: Asked) -> Response:
    """Take back what was decided last, and return the way to it."""
    outcome, key = await deciding.undo(asked)
    if outcome is not Outcome.DONE:
        return _go(told=outcome.value)
    return _go(undone="true", **({"at": key} if key else {}))


async def rejected(asked: Asked) -> Response:
    """Return the list of rejections that stand."""
    found = await deciding.rejections(asked)
    return asked.sheet.page("rejected.html", rejections=found, speech=speech(asked))


async def lift(asked: Asked) -> Response:
    """Take a rejection back, and return the way to the list."""
    outcome = await deciding.lift(asked, asked.take(LiftAsked).number)
    if outcome is Outcome.NOT_ALLOWED:
        raise RefusedError(403, "refused.role")
    return RedirectResponse(REJECTED, 303)


async def line(desk: Desk, language: str) -> str:
    """Return how much waits, and a number that moves with each verdict: whoever looks then asks for their own."""
    del language
    at = desk.clock.wall()
    waiting, number = await desk.reader.read(lambda library: review.progress(library, at))
    return json.dumps({"waiting": waiting, "number": number})


def _go(**fields: str | int) -> Response:
    return RedirectResponse(f"{PATH}?{urlencode(fields)}" if fields else PATH, 303)


ROUTES: Final = (
    Route("GET", PATH, Role.REVIEWER, page, kind="page", says="Photos that wait for two people.", takes=PageAsked),
    Route(
        "POST",
        f"{PATH}/verdict",
        Role.REVIEWER,
        decide,
        kind="form",
        says="Approve a photo, or reject it.",
        takes=VerdictAsked,
        pressing=True,
    ),
    Route("POST", f"{PATH}/undo", Role.REVIEWER, undo, kind="form", says="Take back what one decided last."),
    Route("GET", REJECTED, Role.REVIEWER, rejected, kind="page", says="Rejections that stand."),
    Route("POST", f"{PATH}/lift", Role.ADMIN, lift, kind="form", says="Take a rejection back.", takes=LiftAsked),
)
TOPIC: Final = Topic("review", line, every=LOOKED_EVERY, needs=Role.REVIEWER)
