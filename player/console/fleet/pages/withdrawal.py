"""Withdrawing at all players: what goes, as a second look, and then how far it has come."""

from __future__ import annotations

from typing import Final

from starlette.responses import RedirectResponse, Response

from player import log
from player.centre.ledger import Withdrawal
from player.console.desk import Asked
from player.console.fleet import acting
from player.console.fleet.handling import centre
from player.console.fleet.shapes import AimAsked, WithdrawAsked
from player.console.looks.withdrawing import MAX_REASON
from player.console.pages.withdrawal import REASONS
from player.console.people.roles import Role
from player.console.routes import Route
from player.console.writing import still
from player.errors import LibraryError, WeRememberError

PATH: Final = "/fleet/withdraw"

_log = log.get("console")


async def look(asked: Asked) -> Response:
    """Return the form, or a second look at what would go."""
    return await _page(asked, asked.take(AimAsked))


async def withdraw(asked: Asked) -> Response:
    """Withdraw it, and return the way to how far that has come."""
    given = asked.take(WithdrawAsked)
    aim = AimAsked(source=given.source, item=given.item, reason=given.reason)
    try:
        found = await record(asked, given)
    except LibraryError as error:
        _log.warning("a withdrawal cannot be recorded", by=asked.by, why=str(error))
        return await _page(asked, aim, has_failed=True)
    try:
        await announce(asked, found)
    except WeRememberError as error:
        _log.warning("a withdrawal is recorded, and players cannot be told", by=asked.by, why=str(error))
        return await _page(asked, aim, number=found.number, because=str(error))
    return RedirectResponse(f"/fleet/withdrawals/{found.number}", 303)


async def record(asked: Asked, given: WithdrawAsked) -> Withdrawal:
    """Write down what is withdrawn, in the name of who asks, as they stand then.

    Raises:
        RefusedError: they may not do so any more.
        OperatorError: it names nothing that can be told.
        LibraryError: it could not be written down; nothing of it happened.
    """
    at = asked.desk.clock.wall()
    return await centre(asked).write(lambda store: acting.record(store, given, by=still(asked).name, at=at))


async def announce(asked: Asked, found: Withdrawal) -> None:
    """Tell all players.

    Raises:
        WeRememberError: they could not be told, or not yet.
    """
    await centre(asked).speak(lambda voice: acting.announce(found, voice))


async def _page(asked: Asked, given: AimAsked, *, has_failed: bool = False, number: int = 0, because: str = "") -> Response:
    try:
        counts = await centre(asked).read(lambda store: store.counts())
    except LibraryError:
        counts = None
    status = 503 if has_failed or because else 200
    return asked.sheet.page(
        "fleet_withdraw.html",
        status=status,
        given=given,
        counts=counts,
        reasons=REASONS,
        longest=MAX_REASON,
        has_failed=has_failed,
        number=number,
        because=because,
    )


ROUTES: Final = (
    Route("GET", PATH, Role.OPERATOR, look, kind="page", says="What a withdrawal would take.", takes=AimAsked, pressing=True),
    Route(
        "POST",
        PATH,
        Role.OPERATOR,
        withdraw,
        kind="form",
        says="Withdraw something at all players, for ever.",
        takes=WithdrawAsked,
        pressing=True,
    ),
)
