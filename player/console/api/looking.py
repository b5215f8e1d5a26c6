"""The rows of the API that only look."""

from __future__ import annotations

from typing import Final, TypeVar

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from player.console.api import shapes
from player.console.desk import Asked
from player.console.looks import asking
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Handler, Route

T = TypeVar("T")


def told(found: BaseModel, status: int = 200) -> Response:
    """Return a value as JSON."""
    return Response(found.model_dump_json(), status, media_type="application/json")


async def now(asked: Asked) -> Response:
    """Say how everything is."""
    return told(shapes.NowGiven(await asking.now_of(asked.desk)))


async def picture(asked: Asked) -> Response:
    """Give the presented picture."""
    return Response(_there(await asking.picture(asked.desk)), media_type="image/jpeg")


async def photos(asked: Asked) -> Response:
    """Give a page of photos."""
    given = asked.take(shapes.PhotosAsked)
    found = await asking.photo_page(
        asked.desk, given.wanted, by=asked.by, limit=given.limit, before=given.before, after=given.after, name=given.text.strip()
    )
    return told(shapes.PageGiven(found))


async def choices(asked: Asked) -> Response:
    """Say what photos may be filtered by."""
    return told(shapes.ChoicesGiven(await asking.choices(asked.desk)))


async def counts(asked: Asked) -> Response:
    """Say how many photos there are."""
    return told(shapes.CountsGiven(counts=await asking.counts(asked.desk)))


async def photo(asked: Asked) -> Response:
    """Say all there is to be said of a photo."""
    given = asked.take(shapes.DetailAsked)
    return told(shapes.DetailGiven(_there(await asking.photo(asked.desk, given.key, plays_before=given.plays_before))))


async def tile(asked: Asked) -> Response:
    """Give a photo's thumbnail."""
    return await _picture(asked, is_tile=True)


async def whole(asked: Asked) -> Response:
    """Give a photo as it was prepared."""
    return await _picture(asked, is_tile=False)


async def withdrawal(asked: Asked) -> Response:
    """Say what a withdrawal would take."""
    given = asked.take(shapes.PreviewAsked)
    found = await asking.withdrawal_preview(asked.desk, given.key, everywhere=given.everywhere)
    return told(shapes.PreviewGiven(_there(found)))


async def receipts(asked: Asked) -> Response:
    """Give the last receipts."""
    given = asked.take(shapes.ReceiptsAsked)
    found = await asking.latest_receipts(asked.desk, limit=given.limit, before=given.before)
    return told(shapes.ReceiptsGiven(receipts=found))


async def agenda(asked: Asked) -> Response:
    """Give the agenda."""
    given = asked.take(shapes.AgendaAsked)
    days = await asking.agenda_days(asked.desk, first=given.first, count=given.days)
    return told(shapes.AgendaGiven(zone=asked.desk.configuration().rules.zone, days=days))


async def agenda_at(asked: Asked) -> Response:
    """Say what would be on."""
    return told(shapes.StretchGiven(await asking.agenda_at(asked.desk, asked.take(shapes.InstantAsked).instant)))


async def capacity(asked: Asked) -> Response:
    """Say whether everyone is seen."""
    return told(shapes.OutlookGiven(await asking.outlook(asked.desk, photos=asked.take(shapes.CapacityAsked).photos)))


async def wall(asked: Asked) -> Response:
    """Say how the wall is."""
    return told(shapes.WallGiven(await asking.wall_of(asked.desk)))


async def calibration_picture(asked: Asked) -> Response:
    """Give the small picture of a calibration."""
    content = _there(await asking.calibration_picture(asked.desk, asked.take(shapes.CalibrationAsked).number))
    return Response(content, media_type="image/png")


async def journal(asked: Asked) -> Response:
    """Give a page of the journal."""
    given = asked.take(shapes.LinesAsked)
    found = await asking.chapter(asked.desk, kinds=given.kinds, before=given.before, after=given.after, limit=given.limit)
    return told(shapes.ChapterGiven(found))


async def journal_kinds(asked: Asked) -> Response:
    """Say which kinds of lines there are."""
    return told(shapes.KindsGiven(kinds=await asking.journal_kinds(asked.desk)))


async def journal_csv(asked: Asked) -> Response:
    """Give the journal as a table."""
    given = asked.take(shapes.ExportAsked)
    lines = asking.journal_as_csv(asked.desk, since=given.since, after=given.after, kinds=given.kinds)
    return StreamingResponse(lines, media_type="text/csv", headers=_named("journal.csv"))


async def journal_json(asked: Asked) -> Response:
    """Give the journal as JSON."""
    given = asked.take(shapes.ExportAsked)
    lines = asking.journal_as_json(asked.desk, since=given.since, after=given.after, kinds=given.kinds)
    return StreamingResponse(lines, media_type="application/json", headers=_named("journal.json"))


async def verification(asked: Asked) -> Response:
    """Say whether the journal is as it was written."""
    return told(shapes.VerificationGiven(asked.desk.looks.verifier.found))


async def processes(asked: Asked) -> Response:
    """Say which processes are up."""
    return told(shapes.ProcessesGiven(processes=await asking.processes(asked.desk)))


async def _picture(asked: Asked, *, is_tile: bool) -> Response:
    found = await asking.photo_picture(asked.desk, asked.take(shapes.PhotoAsked).key, is_tile=is_tile)
    return Response(_there(found), media_type="image/jpeg")


def _there(found: T | None) -> T:
    if found is None:
        raise RefusedError(404)
    return found


def _named(file: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{file}"'}


def _row(
    path: str, handler: Handler, says: str, takes: type[BaseModel] | None = None, gives: type[BaseModel] | None = None
) -> Route:
    """Return a row that a viewer may ask; what gives no JSON is a file."""
    return Route("GET", path, Role.VIEWER, handler, kind="api" if gives else "file", says=says, takes=takes, gives=gives)


ROUTES: Final = (
    _row(
        "/api/now", now, "What is on the wall, why and until when, what follows, and whether all is well.", gives=shapes.NowGiven
    ),
    _row("/api/picture", picture, "The presented picture, a JPEG."),
    _row(
        "/api/photos",
        photos,
        "A page of photos: search, filter, go on from a row.",
        takes=shapes.PhotosAsked,
        gives=shapes.PageGiven,
    ),
    _row("/api/photos/choices", choices, "What photos may be filtered by.", gives=shapes.ChoicesGiven),
    _row("/api/photos/counts", counts, "How many photos stand in which state.", gives=shapes.CountsGiven),
    _row(
        "/api/photos/{key}",
        photo,
        "One photo: where it was shown, its receipts, others of its bytes.",
        takes=shapes.DetailAsked,
        gives=shapes.DetailGiven,
    ),
    _row("/api/photos/{key}/tile", tile, "A photo's thumbnail, a JPEG.", takes=shapes.PhotoAsked),
    _row("/api/photos/{key}/picture", whole, "A photo as it was prepared, a JPEG.", takes=shapes.PhotoAsked),
    _row(
        "/api/photos/{key}/withdrawal",
        withdrawal,
        "What a withdrawal would take.",
        takes=shapes.PreviewAsked,
        gives=shapes.PreviewGiven,
    ),
    _row(
        "/api/receipts",
        receipts,
        "How far the last withdrawals have come.",
        takes=shapes.ReceiptsAsked,
        gives=shapes.ReceiptsGiven,
    ),
    _row(
        "/api/agenda",
        agenda,
        "The next days to scale, with why each show wins.",
        takes=shapes.AgendaAsked,
        gives=shapes.AgendaGiven,
    ),
    _row(
        "/api/agenda/at", agenda_at, "What would be on at another instant.", takes=shapes.InstantAsked, gives=shapes.StretchGiven
    ),
    _row(
        "/api/capacity", capacity, "Whether everyone is seen, and by when.", takes=shapes.CapacityAsked, gives=shapes.OutlookGiven
    ),
    _row("/api/wall", wall, "Outputs, projectors, test cards and the history of calibrations.", gives=shapes.WallGiven),
    _row(
        "/api/calibrations/{number}/picture",
        calibration_picture,
        "A small picture of a calibration, a PNG.",
        takes=shapes.CalibrationAsked,
    ),
    _row(
        "/api/journal", journal, "A page of the journal, with the commands.", takes=shapes.LinesAsked, gives=shapes.ChapterGiven
    ),
    _row("/api/journal/kinds", journal_kinds, "Which kinds of lines the journal has.", gives=shapes.KindsGiven),
    _row(
        "/api/journal/export.csv",
        journal_csv,
        "The journal as a table, oldest first; its last line says when it is cut.",
        takes=shapes.ExportAsked,
    ),
    _row(
        "/api/journal/export.json",
        journal_json,
        "The journal as JSON, oldest first, with the hashes of its chain; its last object says when it is cut.",
        takes=shapes.ExportAsked,
    ),
    _row("/api/journal/verification", verification, "Whether the journal is as it was written.", gives=shapes.VerificationGiven),
    _row(
        "/api/processes",
        processes,
        "Which of the player's processes are up, and which were started again.",
        gives=shapes.ProcessesGiven,
    ),
)
