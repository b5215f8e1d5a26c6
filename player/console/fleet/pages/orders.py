"""Orders to players: to one, with its answer; to a group or all, with a second look, and how far the answers have come."""

from __future__ import annotations

from typing import Final

from starlette.responses import RedirectResponse, Response

from player.centre.addressees import members
from player.centre.ordering import WAIT, Answered, Outcome
from player.console.desk import Asked
from player.console.fleet import acting, member, roster, telling
from player.console.fleet.centre import Centre, Round
from player.console.fleet.handling import centre
from player.console.fleet.shapes import LookAsked, OfferAsked, OrderAsked, OrdersAsked
from player.console.fleet.voice import Voice
from player.console.lanes import SlowError
from player.console.looks.wording import plain
from player.console.ordering import Answer, How
from player.console.pages.orders import answer_page
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.console.writing import still
from player.errors import NetworkError, OperatorError
from player.schedule.zones import zone
from player.units import SECOND, Nanos

PATH: Final = "/fleet/orders"
ONE: Final = "/fleet/players/{name}/orders"
ONE_WITHIN: Final[Nanos] = 4 * SECOND  # so long the answer of one player is waited for
OFFERED: Final = ("dark", "light", "auto", "go", "end", "reload", "look")
NEWEST: Final = 100  # orders that are listed
HOWS: Final = {Outcome.DONE: How.OK, Outcome.REFUSED: How.REFUSED, Outcome.SILENT: How.WAITING, Outcome.AWAY: How.REFUSED}


async def one(asked: Asked) -> Response:
    """Order something of one player, and say what it answers."""
    given = asked.take(OrderAsked)
    answer = await order_one(asked, given)
    what = asked.sheet.text("fleet.verb_of", what=telling.verb(given.order, speech(asked)), name=given.name)
    sentence = asked.sheet.text("order.answer", what=what, sentence=asked.sheet.text(f"fleet.answer_{answer.how.value}"))
    return answer_page(asked, answer, sentence, back=f"/fleet/players/{given.name}")


async def order_one(asked: Asked, given: OrderAsked) -> Answer:
    """Order something of one player, and return what it answers within some seconds.

    Raises:
        RefusedError: there is no such player, or who asks may not any more.
        LibraryError: the order could not be written down.
    """
    if await centre(asked).read(lambda store: store.player(given.name)) is None:
        raise RefusedError(404)
    here = zone(asked.desk.configuration().settings.site.zone)

    def order(voice: Voice) -> tuple[Answered, ...]:
        by = still(asked).name
        found = acting.meant(voice.everybody, name=given.name)
        return acting.give(given, voice, found, by=by, length=ONE_WITHIN, here=here, tell=_unheard)

    try:
        answers = await centre(asked).speak(order)
    except SlowError:
        return Answer(How.WAITING, "")
    except (NetworkError, OperatorError) as error:
        return Answer(How.REFUSED, str(error))
    (found,) = answers
    return Answer(HOWS[found.outcome], plain(found.text))


async def offer(asked: Asked) -> Response:
    """Return what may be ordered of a group or of all, and how far the last orders have come."""
    given, words = asked.take(OfferAsked), speech(asked)
    newest = await centre(asked).read(lambda store: member.newest(store, NEWEST))
    return asked.sheet.page(
        "fleet_orders.html",
        given=given,
        offered=OFFERED,
        groups=(await centre(asked).read(roster.choices)).groups,
        rounds=[telling.round_of(each, words) for each in reversed(centre(asked).rounds)],
        orders=[telling.order(each, words) for each in newest],
    )


async def look(asked: Asked) -> Response:
    """Return what several would be ordered, for a second look; and for a third, before all walls are dark."""
    given = asked.take(LookAsked)
    everybody = await centre(asked).read(members)
    found = acting.meant(everybody, group=given.group)
    times = acting.questions(given, found, everybody)
    return asked.sheet.page(
        "fleet_order.html",
        given=given,
        what=telling.verb(given.order, speech(asked)),
        count=len(found),
        online=sum(each.is_online for each in found),
        is_last=given.sure or times < 2,  # noqa: PLR2004 - asked twice: this is the second time
        fields=given.fields | ({"group": given.group} if given.group else {}),
    )


async def several(asked: Asked) -> Response:
    """Order something of a group or of all, and return the way to how far that has come."""
    await order_several(asked, asked.take(OrdersAsked))
    return RedirectResponse(PATH, 303)


async def order_several(asked: Asked, given: OrdersAsked) -> Round:
    """Begin to order something of several, and return how far it has come.

    Raises:
        RefusedError: it was not looked at a second time, or who asks may not any more.
        OperatorError: there is nobody in this group.
        LibraryError: nobody can say who there is.
    """
    everybody = await centre(asked).read(members)
    found = acting.meant(everybody, group=given.group)
    if acting.questions(given, found, everybody) > 1 and not given.sure:
        raise RefusedError(409, "fleet.not_sure")
    here = zone(asked.desk.configuration().settings.site.zone)
    at = asked.desk.clock.wall()
    told = Round(_number(centre(asked)), given, given.group, asked.by, at, chosen=len(found))

    def order(voice: Voice) -> None:
        told.by = still(asked).name
        chosen = acting.meant(voice.everybody, group=given.group)
        told.chosen = len(chosen)
        acting.give(given, voice, chosen, by=told.by, length=WAIT, here=here, tell=heard)

    def heard(answered: int, sent: int) -> None:
        told.answered, told.sent = answered, sent

    await centre(asked).begin(told, order)
    return told


def _number(found: Centre) -> int:
    return found.rounds[-1].number + 1 if found.rounds else 1


def _unheard(answered: int, sent: int) -> None:
    del answered, sent


ROUTES: Final = (
    Route("POST", ONE, Role.OPERATOR, one, kind="form", says="Order something of one player.", takes=OrderAsked, pressing=True),
    Route("GET", PATH, Role.OPERATOR, offer, kind="page", says="Orders to several players.", takes=OfferAsked),
    Route(
        "GET",
        f"{PATH}/look",
        Role.OPERATOR,
        look,
        kind="page",
        says="A second look at an order to several players.",
        takes=LookAsked,
        pressing=True,
    ),
    Route(
        "POST",
        PATH,
        Role.OPERATOR,
        several,
        kind="form",
        says="Order something of several players.",
        takes=OrdersAsked,
        pressing=True,
    ),
)
