"""Photos: a page of those that somebody looks for, and one with all there is to be said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from player.console.api.shapes import DetailAsked, PhotosAsked
from player.console.desk import Asked
from player.console.looks import asking
from player.console.looks.photos import Page
from player.console.pages import receipts
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route

PATH: Final = "/photos"
GOOD: Final = frozenset({"approved", "preparing"})
"""States in which a photo is shown, or will be; the rest is marked, for colour alone says nothing."""


async def listed(asked: Asked) -> Response:
    """Return a page of photos."""
    given, desk = asked.take(PhotosAsked), asked.desk
    wanted = given.wanted
    found = await asking.photo_page(
        desk, wanted, by=asked.by, limit=given.limit, before=given.before, after=given.after, name=given.text.strip()
    )
    return asked.sheet.page(
        "photos.html",
        given=given,
        found=found,
        choices=await asking.choices(desk),
        counts=await asking.counts(desk),
        good=GOOD,
        older=_address(given, "before", found.older),
        newer=_address(given, "after", found.newer),
        is_filtered=not wanted.is_everything,
        has_filters=not replace(wanted, words=()).is_everything,
        count=_count(given, found),
    )


async def one(asked: Asked) -> Response:
    """Return the page of one photo."""
    given = asked.take(DetailAsked)
    found = await asking.photo(asked.desk, given.key, plays_before=given.plays_before)
    if found is None:
        raise RefusedError(404)
    words = speech(asked)
    by_whom = await asking.withdrawn_by(asked.desk, found.receipts)
    return asked.sheet.page(
        "photo.html",
        found=found,
        photo=found.photo,
        speech=words,
        good=GOOD,
        receipts=[receipts.told(each, words, by=by) for each, by in zip(found.receipts, by_whom, strict=True)],
        earlier=f"{PATH}/{given.key}?plays_before={found.plays[-1].at}" if found.has_more_plays else "",
        is_paged=given.plays_before is not None,
    )


def _count(given: PhotosAsked, found: Page) -> int:
    """Return how many were found, of those on the page; 0: nothing was looked for, or nobody has looked at all of them."""
    if given.wanted.is_everything or found.is_cut or found.newer is not None or given.after is not None:
        return 0
    return len({photo.key for photo in (*found.named, *found.photos)})


def _address(given: PhotosAsked, way: str, row: int | None) -> str:
    """Return where the page before or after this one is; empty: there is none."""
    if row is None:
        return ""
    fields = given.model_dump(exclude_defaults=True, exclude={"before", "after"}, exclude_none=True)
    return f"{PATH}?{urlencode(fields | {way: row})}"


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, listed, kind="page", says="Photos that somebody looks for.", takes=PhotosAsked),
    Route("GET", f"{PATH}/{{key}}", Role.VIEWER, one, kind="page", says="One photo.", takes=DetailAsked),
)
