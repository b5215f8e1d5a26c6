"""What programs send, and what they are given. Whatever is not named here is refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, Field, RootModel

from player.console.looks.agenda import DAYS, MOST_DAYS, Day, Stretch
from player.console.looks.capacity import Outlook
from player.console.looks.journal import MOST_ON_A_PAGE as MOST_LINES
from player.console.looks.journal import ON_A_PAGE as LINES
from player.console.looks.journal import Chapter, Verification
from player.console.looks.now import Now
from player.console.looks.photos import MOST_ON_A_PAGE, ON_A_PAGE, Choices, Detail, Page
from player.console.looks.processes import Process
from player.console.looks.wall import Wall
from player.console.looks.withdrawing import MAX_REASON, Preview
from player.console.ordering import How
from player.forecast import MAX_PHOTOS
from player.library.browsing import Sought
from player.library.receipts import Receipt
from player.library.words import MAX_SOUGHT, sought
from player.schema import Frozen
from player.units import SECOND, Nanos

LAST: Final = 2**63 - 1  # what SQLite counts to
MAX_NAME: Final = 200  # characters of a show, a source or an output
MAX_KINDS: Final = 30  # of lines, at once
MAX_MARK: Final = 200
_DAY_S: Final = 24 * 3600

Key: TypeAlias = Annotated[int, Field(ge=1, le=LAST)]
"""A photo's row."""
Instant: TypeAlias = Annotated[int, Field(ge=0, le=LAST)]
"""UTC, nanoseconds since 1970."""
Name: TypeAlias = Annotated[str, Field(max_length=MAX_NAME)]
Mark: TypeAlias = Annotated[str, Field(max_length=MAX_MARK)]
State: TypeAlias = Literal["approved", "preparing", "pending", "refused", "withdrawn", "absent", "expired"]
Verb: TypeAlias = Literal[
    "next", "previous", "hold", "resume", "end", "auto", "identify", "reload", "go", "extend", "dim", "testcard", "calibrate"
]
Order: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000_000)]


class PhotosAsked(Frozen):
    """Which photos."""

    text: Annotated[str, Field(max_length=MAX_SOUGHT)] = ""
    """Words of the author or the caption, parts of them; each must be there. Or an id, whole."""
    state: State | None = None
    source: Name = ""
    language: Name = ""
    country: Name = ""
    shown_least: Order | None = None
    """Shown so often at least."""
    shown_most: Order | None = None
    before: Key | None = None
    """Older ones than this row."""
    after: Key | None = None
    """Newer ones than this row, instead."""
    limit: Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)] = ON_A_PAGE

    @property
    def wanted(self) -> Sought:
        """The conditions as a search takes them."""
        return Sought(
            words=sought(self.text),
            state=self.state or "",
            source=self.source,
            language=self.language,
            country=self.country,
            shown_least=self.shown_least,
            shown_most=self.shown_most,
        )


class PhotoAsked(Frozen):
    """Which photo."""

    key: Key


class DetailAsked(PhotoAsked):
    """Which photo, and which of its plays."""

    plays_before: Instant | None = None


class PreviewAsked(PhotoAsked):
    """What would be withdrawn."""

    everywhere: bool = False
    """Items of this id go in every source, now and later."""


class WithdrawalAsked(PreviewAsked):
    """What is to be withdrawn, for ever, and why."""

    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""


class ReceiptsAsked(Frozen):
    """Which receipts."""

    before: Instant | None = None
    """Of what became known before."""
    limit: Annotated[int, Field(ge=1, le=MOST_LINES)] = LINES


class AgendaAsked(Frozen):
    """Which days."""

    first: date | None = None
    """None: today, by the site's zone."""
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DAYS


class InstantAsked(Frozen):
    """What would be on, and when."""

    at: AwareDatetime
    """With its zone: 2027-01-27T19:00:00+01:00."""

    @property
    def instant(self) -> Nanos:
        """In UTC."""
        return nanos_of(self.at)


class CapacityAsked(Frozen):
    """For how many."""

    photos: Annotated[int, Field(ge=1, le=MAX_PHOTOS)] | None = None
    """None: for those in the library; else for so many that nobody has seen yet."""


class CalibrationAsked(Frozen):
    """Which calibration."""

    number: Annotated[int, Field(ge=1, le=999_999_999_999_999)]


class LinesAsked(Frozen):
    """Which lines of the journal."""

    kinds: Annotated[tuple[Name, ...], Field(max_length=MAX_KINDS)] = ()
    """None given: all."""
    before: Mark = ""
    after: Mark = ""
    limit: Annotated[int, Field(ge=1, le=MOST_LINES)] = LINES


class ExportAsked(Frozen):
    """Which lines go into a file."""

    kinds: Annotated[tuple[Name, ...], Field(max_length=MAX_KINDS)] = ()
    since: Instant | None = None
    after: Mark = ""
    """Beyond this line, instead: where a file that was cut goes on."""


class OrderAsked(Frozen):
    """An order for the screen; which of the others it takes, it says by its name."""

    order: Verb
    show: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = None
    """Of go."""
    seconds: Annotated[float, Field(gt=0, le=31 * _DAY_S)] | None = None
    """Of go, extend, testcard and calibrate: for how long."""
    level: Annotated[int, Field(ge=0, le=100)] | None = None
    """Of dim."""
    card: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = None
    """Of testcard; none takes it away."""
    output: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = None
    """Of testcard and calibrate; none: all, or the first."""
    over: bool = False
    """Of calibrate: editing ends."""

    @property
    def arguments(self) -> dict[str, object]:
        """As a row of the library has them."""
        given = {"show": self.show, "card": self.card, "output": self.output}
        found: dict[str, object] = {key: value for key, value in given.items() if value is not None}
        if self.seconds is not None:
            found["length_ns"] = str(round(self.seconds * SECOND))
        if self.level is not None:
            found["level"] = str(self.level)
        return found | ({"over": "true"} if self.over else {})


class AnswerGiven(BaseModel):
    """What the screen says to an order."""

    how: How
    """waiting: it has not answered yet."""
    said: str


class ReceiptsGiven(BaseModel):
    """How far withdrawals have come, the newest first."""

    receipts: tuple[Receipt, ...]


class CountsGiven(BaseModel):
    """How many photos stand in which state, whether or not their sources' words count."""

    counts: dict[str, int]


class KindsGiven(BaseModel):
    """Which kinds of lines the journal has."""

    kinds: tuple[str, ...]


class ProcessesGiven(BaseModel):
    """The player's processes."""

    processes: tuple[Process, ...]


class AgendaGiven(BaseModel):
    """The agenda, to scale."""

    zone: str
    days: tuple[Day, ...]


class RestoredGiven(BaseModel):
    """A calibration that was made the newest again."""

    number: int
    """Of the new entry."""


class NowGiven(RootModel[Now]):
    """How everything is."""


class PageGiven(RootModel[Page]):
    """A page of photos."""


class DetailGiven(RootModel[Detail]):
    """All there is to be said of a photo."""


class ChoicesGiven(RootModel[Choices]):
    """What photos may be filtered by."""


class PreviewGiven(RootModel[Preview]):
    """What a withdrawal would take."""


class StretchGiven(RootModel[Stretch]):
    """What would be on."""


class OutlookGiven(RootModel[Outlook]):
    """Whether everyone is seen, and by when."""


class WallGiven(RootModel[Wall]):
    """The wall."""


class ChapterGiven(RootModel[Chapter]):
    """A page of the journal."""


class VerificationGiven(RootModel[Verification]):
    """How far the journal is known to be as it was written."""


def nanos_of(moment: datetime) -> Nanos:
    """Return an instant as nanoseconds, exactly."""
    whole = moment.timestamp()
    return int(whole) * SECOND + moment.microsecond * 1000
