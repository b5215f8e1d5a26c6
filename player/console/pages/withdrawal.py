"""Withdrawing a photo: a second look at what goes, a reason, and then the receipt as it comes."""

from __future__ import annotations

from typing import Final

from starlette.responses import RedirectResponse, Response

from player import log
from player.console.api.shapes import PreviewAsked, WithdrawalAsked
from player.console.desk import Asked
from player.console.looks import asking
from player.console.looks.withdrawing import MAX_REASON, Preview
from player.console.pages import photos
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.errors import LibraryError

PATH: Final = f"{photos.PATH}/{{key}}/withdrawal"
REASONS: Final = ("author", "person", "wrong", "order")
"""Those that are pressed most often; whoever has another one writes it."""

_log = log.get("console")


async def look(asked: Asked) -> Response:
    """Return what would go."""
    given = asked.take(PreviewAsked)
    found = await asking.withdrawal_preview(asked.desk, given.key, everywhere=given.everywhere)
    if found is None:
        raise RefusedError(404)
    if found.is_withdrawn:  # somebody has gone back, or was faster: there is nothing left to be pressed
        return _way_to_the_receipt(given.key)
    return _page(asked, given, found)


async def withdraw(asked: Asked) -> Response:
    """Withdraw it, and return the way to its page, where the receipt comes."""
    given = asked.take(WithdrawalAsked)
    try:
        found = await asking.withdraw(asked, given.key, everywhere=given.everywhere, reason=given.reason)
    except LibraryError as error:
        _log.warning("a withdrawal cannot be recorded", by=asked.by, why=str(error))
        return _page(asked, given, await _preview(asked, given), reason=given.reason, has_failed=True)
    if found is None:
        raise RefusedError(404)
    return _way_to_the_receipt(given.key)


async def _preview(asked: Asked, given: PreviewAsked) -> Preview | None:
    """Return what would go; None: not even that can be read."""
    try:
        return await asking.withdrawal_preview(asked.desk, given.key, everywhere=given.everywhere)
    except LibraryError:
        return None


def _page(asked: Asked, given: PreviewAsked, found: Preview | None, *, reason: str = "", has_failed: bool = False) -> Response:
    fields = {"found": found, "key": given.key, "everywhere": given.everywhere, "reasons": REASONS, "longest": MAX_REASON}
    status = 503 if has_failed else 200
    return asked.sheet.page("withdrawal.html", status=status, reason=reason, has_failed=has_failed, **fields)


def _way_to_the_receipt(key: int) -> Response:
    return RedirectResponse(f"{photos.PATH}/{key}#receipts", 303)


ROUTES: Final = (
    Route("GET", PATH, Role.OPERATOR, look, kind="page", says="What a withdrawal would take.", takes=PreviewAsked, pressing=True),
    Route(
        "POST",
        PATH,
        Role.OPERATOR,
        withdraw,
        kind="form",
        says="Withdraw a photo, for ever.",
        takes=WithdrawalAsked,
        pressing=True,
    ),
)
