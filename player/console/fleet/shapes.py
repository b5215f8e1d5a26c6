"""What is taken of players' pages and of programs, and what programs are given."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, RootModel, model_validator

from player.centre.store import Wanted
from player.console.fleet.member import PlayerDetail, PlayerOrder
from player.console.fleet.progress import WithdrawalDetail, WithdrawalPage
from player.console.fleet.roster import MOST_ON_A_PAGE, ON_A_PAGE, FleetSummary, PlayerChoices, PlayerPage
from player.console.looks.withdrawing import MAX_REASON
from player.schema import Frozen

NAME: Final = r"[a-z0-9][a-z0-9-]{0,62}"
MAX_SITE: Final = 200  # characters
MAX_ITEM: Final = 300
MOST_ROWS: Final = 50  # that one looks at, at once
MAX_NUMBER: Final = 2**53 - 1
DAY_S: Final = 24 * 3600


def _visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds what cannot be seen")
    return text


Player: TypeAlias = Annotated[str, Field(pattern=f"^{NAME}$")]
"""The id of a player, or a group."""
Site: TypeAlias = Annotated[str, Field(max_length=MAX_SITE)]
Verb: TypeAlias = Literal[
    "dark", "light", "auto", "next", "previous", "hold", "resume", "end", "go", "extend", "dim", "identify", "reload", "look"
]
Number: TypeAlias = Annotated[int, Field(ge=1, le=MAX_NUMBER)]
Every: TypeAlias = Annotated[int, Field(ge=2, le=600)] | None


class PlayersAsked(Frozen):
    """Which players."""

    text: Annotated[str, Field(max_length=100)] = ""
    """Part of an id, a site or a group."""
    group: Player | None = None
    site: Site | None = None
    state: Literal["wrong", "offline", "never", "online"] | None = None
    revoked: bool = False
    """Those that belong to the fleet no more, too."""
    after: Annotated[str, Field(pattern=rf"^(-?\d{{1,9}}\.{NAME}\.[\s\S]{{0,{MAX_SITE}}})?$")] = ""
    """From behind this place, as the page before named it."""
    limit: Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)] = ON_A_PAGE

    @property
    def wanted(self) -> Wanted:
        """The conditions as the store takes them."""
        return Wanted(self.text.strip(), self.group or "", self.site, self.state or "", self.revoked)


class PageAsked(PlayersAsked):
    """Which players, and whether the page looks again by itself, for browsers without scripts."""

    every: Every = None
    """Seconds."""


class RowsAsked(Frozen):
    """Which rows are to be seen at this moment."""

    ids: Annotated[str, Field(pattern=rf"^{NAME}(,{NAME}){{0,{MOST_ROWS - 1}}}$")]
    """With commas between them."""


class PlayerAsked(Frozen):
    """Which player."""

    name: Player


class MemberAsked(PlayerAsked):
    """Which player, and whether the page looks again by itself."""

    every: Every = None


class PictureAsked(PlayerAsked):
    """Whose picture."""

    at: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    """When it was taken: another address for another picture. The last one is given all the same."""


class WithdrawalsAskedBy(Frozen):
    """Which withdrawals: those before a number."""

    before: Number | None = None


class WithdrawalsAsked(WithdrawalsAskedBy):
    """Which withdrawals, and whether the page looks again by itself."""

    every: Every = None


class ProgressAsked(Frozen):
    """Which withdrawal, and who has not confirmed it from behind which player."""

    number: Number
    after: Annotated[str, Field(pattern=rf"^([01]\.{NAME})?$")] = ""


class WithdrawalAsked(ProgressAsked):
    """The same, and whether the page looks again by itself."""

    every: Every = None


class Told(Frozen):
    """What is to be done."""

    order: Verb
    show: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_visible)] | None = None
    """Of go."""
    minutes: Annotated[int, Field(ge=1, le=31 * 24 * 60)] | None = None
    """Of go and extend: for how long."""
    level: Annotated[int, Field(ge=0, le=100)] | None = None
    """Of dim."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = {"go": self.show, "extend": self.minutes, "dim": self.level}
        if self.order in needed and needed[self.order] is None:
            raise ValueError({"go": "go needs a show", "extend": "extend needs minutes", "dim": "dim needs a level"}[self.order])
        return self

    @property
    def fields(self) -> dict[str, str]:
        """What goes along, as a form sends it."""
        given = {"show": self.show, "minutes": self.minutes, "level": self.level}
        return {name: str(value) for name, value in given.items() if value is not None}


class OrderAsked(Told, PlayerAsked):
    """What one player is to do."""


class OrdersAsked(Told):
    """What several are to do."""

    group: Player | None = None
    """None: all."""
    sure: bool = False
    """Looked at a second time: dark for all, or a group, is asked twice."""


class LookAsked(OrdersAsked):
    """What several would be ordered, for a second look."""


class OfferAsked(Frozen):
    """What an order is begun with; whatever is missing is chosen on the page."""

    order: Verb | None = None
    group: Player | None = None


class _Sourced(Frozen):
    source: Annotated[str, Field(max_length=MAX_ITEM), AfterValidator(_visible)] = "*"
    """A source, or the star: every one."""
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""


class AimAsked(_Sourced):
    """What is to be withdrawn, at all players; nothing yet: it is asked for."""

    item: Annotated[str, Field(max_length=MAX_ITEM), AfterValidator(_visible)] = ""


class WithdrawAsked(_Sourced):
    """What is withdrawn at all players, for ever, and why."""

    item: Annotated[str, Field(min_length=1, max_length=MAX_ITEM), AfterValidator(_visible)]


class SummaryGiven(RootModel[FleetSummary]):
    """How many players there are."""


class PlayersGiven(RootModel[PlayerPage]):
    """A page of players."""


class FleetChoicesGiven(RootModel[PlayerChoices]):
    """What players may be filtered by."""


class MemberGiven(RootModel[PlayerDetail]):
    """All there is to be said of a player."""


class WithdrawalsGiven(RootModel[WithdrawalPage]):
    """How far withdrawals have come."""


class ProgressGiven(RootModel[WithdrawalDetail]):
    """How far one withdrawal has come, and who has not confirmed it."""


class OrdersGiven(BaseModel):
    """What was ordered, with what was answered so far."""

    orders: tuple[PlayerOrder, ...]


class WithdrawnGiven(BaseModel):
    """A withdrawal that was recorded and told."""

    number: int
    """The centre's."""
