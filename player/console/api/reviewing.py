"""The rows of the API for the review desk: what waits, its picture, a verdict, and taking one back."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, RootModel
from starlette.responses import Response

from player.console import deciding
from player.console.api.looking import told
from player.console.api.shapes import Key, PhotoAsked
from player.console.desk import Asked
from player.console.looks.review import Desk, Rejection
from player.console.looks.withdrawing import MAX_REASON
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.library.reviewing import Outcome
from player.library.verdicts import Verdict
from player.schema import Frozen

STATUS: Final = {
    Outcome.DONE: 200,
    Outcome.ALREADY: 200,
    Outcome.SETTLED: 200,
    Outcome.GONE: 409,
    Outcome.CHANGED: 409,
    Outcome.UNSEEN: 409,
    Outcome.LATE: 409,
    Outcome.NOT_ALLOWED: 403,
}


class DeskAsked(Frozen):
    """From where on."""

    after: Key | None = None
    """The next one behind this row; none: the first."""
    at: Key | None = None
    """This one, if it still waits for whoever asks."""


class MarkedAsked(PhotoAsked):
    """A photo as it was seen."""

    mark: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """Of the picture with its words, as the desk gave it: if it is another one by now, nothing happens."""


class VerdictAsked(MarkedAsked):
    """What somebody says of a photo."""

    verdict: Literal["approve", "reject"]
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""
    """Of a rejection: it stands in the record for ever."""


class LiftAsked(Frozen):
    """Which rejection."""

    number: Key


class DeskGiven(RootModel[Desk]):
    """The desk as whoever asks finds it."""


class OutcomeGiven(BaseModel):
    """What became of it."""

    outcome: Outcome


class RejectionsGiven(BaseModel):
    """The rejections that stand, the newest first."""

    rejections: tuple[Rejection, ...]


async def desk(asked: Asked) -> Response:
    """Say what waits."""
    given = asked.take(DeskAsked)
    return told(DeskGiven(await deciding.desk(asked, after=given.after or 0, at=given.at)))


async def picture(asked: Asked) -> Response:
    """Give the picture of a photo that waits."""
    given = asked.take(MarkedAsked)
    found = await deciding.picture(asked, given.key, given.mark)
    if found is None:
        raise RefusedError(404)
    return Response(found, media_type="image/jpeg")


async def decide(asked: Asked) -> Response:
    """Write a verdict down."""
    given = asked.take(VerdictAsked)
    outcome = await deciding.decide(asked, given.key, given.mark, Verdict(given.verdict), given.reason)
    return told(OutcomeGiven(outcome=outcome), STATUS[outcome])


async def undo(asked: Asked) -> Response:
    """Take back what was decided last."""
    outcome, _ = await deciding.undo(asked)
    return told(OutcomeGiven(outcome=outcome), STATUS[outcome])


async def rejections(asked: Asked) -> Response:
    """Give the rejections that stand."""
    return told(RejectionsGiven(rejections=await deciding.rejections(asked)))


async def lift(asked: Asked) -> Response:
    """Take a rejection back."""
    outcome = await deciding.lift(asked, asked.take(LiftAsked).number)
    return told(OutcomeGiven(outcome=outcome), STATUS[outcome])


ROUTES: Final = (
    Route(
        "GET",
        "/api/review",
        Role.REVIEWER,
        desk,
        kind="api",
        says="What waits for reviewers, and the next photo for whoever asks.",
        takes=DeskAsked,
        gives=DeskGiven,
    ),
    Route(
        "GET",
        "/api/review/{key}/picture",
        Role.REVIEWER,
        picture,
        kind="file",
        says="The picture of a photo that waits, a JPEG.",
        takes=MarkedAsked,
    ),
    Route(
        "POST",
        "/api/review/{key}/verdict",
        Role.REVIEWER,
        decide,
        kind="api",
        says="Approve a photo whose picture one was given, which two people must, or reject it for good.",
        takes=VerdictAsked,
        gives=OutcomeGiven,
        pressing=True,
    ),
    Route(
        "POST",
        "/api/review/undo",
        Role.REVIEWER,
        undo,
        kind="api",
        says="Take back what one decided last, within a minute and before anybody else has acted on it.",
        gives=OutcomeGiven,
    ),
    Route(
        "GET",
        "/api/review/rejections",
        Role.REVIEWER,
        rejections,
        kind="api",
        says="Rejections that stand.",
        gives=RejectionsGiven,
    ),
    Route(
        "POST",
        "/api/review/rejections/{number}/lift",
        Role.ADMIN,
        lift,
        kind="api",
        says="Take a rejection back: the photo is reviewed anew.",
        takes=LiftAsked,
        gives=OutcomeGiven,
    ),
)
