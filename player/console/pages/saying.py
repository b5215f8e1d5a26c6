"""How pages say times, lengths of time and what the looks have found: in one language, at one moment, by the site's clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from player.command import BY_FILE, BY_KEY
from player.command.replies import LENGTHS, Reply
from player.console.desk import Asked, Desk
from player.console.looks.wording import MAX_NAME, Sentence, plain
from player.console.ordering import NOT_SIGNED_IN
from player.console.rendering import Sheet
from player.schedule.why import Reason
from player.schedule.zones import local, zone
from player.units import MILLISECOND, SECOND, Nanos

_UNITS: Final = (("days", 86_400), ("hours", 3600), ("minutes", 60))
NAMELESS: Final[Mapping[str, str]] = {"": "unknown", NOT_SIGNED_IN: "guest", BY_KEY: "key", BY_FILE: "file"}
"""Of those who order without a name: the word that the catalogue has for them."""
_FIRST_INSTANT: Final = 946_684_800_000_000_000  # 2000
_TWICE: Final = 2  # from two of a unit on it is said in it: 90 s, 100 min, 47 h


@dataclass(frozen=True, slots=True)
class Speech:
    """One language at one moment."""

    sheet: Sheet
    zone: ZoneInfo
    now: Nanos

    def text(self, key: str, **fields: object) -> str:
        """Return a sentence of the catalogue."""
        return self.sheet.text(key, **fields)

    def moment(self, at: Nanos) -> str:
        """Return an instant as people say it: with its day unless that is today."""
        then = local(at, self.zone)
        time = f"{then:%H:%M %Z}" if _comes_twice(then) else f"{then:%H:%M}"
        if then.date() == local(self.now, self.zone).date():
            return time
        return self.text("time.moment", day=self.day(then.date()), time=time)

    def exactly(self, at: Nanos) -> str:
        """Return an instant to the second."""
        then = local(at, self.zone)
        time = f"{then:%H:%M:%S}"
        if then.date() == local(self.now, self.zone).date():
            return time
        return self.text("time.moment", day=f"{then:%Y-%m-%d}", time=time)

    def to_the_millisecond(self, at: Nanos) -> str:
        """Return an instant to the millisecond, as receipts have it."""
        return f"{self.exactly(at)}.{at % SECOND // MILLISECOND:03}"

    def instant(self, value: object) -> str:
        """Return what somebody wrote down as an instant, to the second; empty: it is none of this century."""
        is_one = isinstance(value, int) and not isinstance(value, bool) and _FIRST_INSTANT < value < 2**63
        return self.exactly(value) if isinstance(value, int) and is_one else ""

    def day(self, day: date) -> str:
        """Return a day of this year or another."""
        weekday, month = self.text(f"weekday.d{day.weekday()}"), self.text(f"month.m{day.month}")
        key = "time.day" if day.year == local(self.now, self.zone).year else "time.day_of_year"
        return self.text(key, weekday=weekday, day=day.day, month=month, year=day.year)

    def length(self, seconds: float) -> str:
        """Return a length of time in one unit, rounded down."""
        for unit, size in _UNITS:
            if seconds >= _TWICE * size:
                return self.text(f"length.{unit}", number=int(seconds // size))
        return self.text("length.seconds", number=int(seconds))

    def say(self, sentence: Sentence) -> str:
        """Return what a look has found. `count` in it is seconds wherever the words want a `length`; `by` is an instant."""
        fields = dict(sentence.fields)
        if isinstance(count := fields.get("count"), int):
            fields["length"] = self.length(count)
        if isinstance(by := fields.get("by"), int):
            fields["by"] = self.moment(by)
        return self.text(sentence.key, **fields)

    def by(self, who: str) -> str:
        """Return by whom something was done."""
        nameless = NAMELESS.get(who)
        return self.text(f"by.{nameless}") if nameless else self.text("by.name", name=plain(who, MAX_NAME))

    def replied(self, reply: Reply, *, besides: Collection[str] = ()) -> tuple[str, ...]:
        """Return what was replied to an order, sentence by sentence, *besides* those that need not be said."""
        return tuple(
            self.text(f"replied.{each.key}", **{name: self._filled(name, value) for name, value in each.fields})
            for each in reply.remarks
            if each.key not in besides
        )

    def _filled(self, name: str, value: str) -> str:
        return self.length(int(value) // SECOND) if name in LENGTHS else plain(value)

    def because(self, reasons: Iterable[Reason]) -> str:
        """Return why something is on."""
        return "; ".join(self.text(f"why.{reason.key}", **dict(reason.fields)) for reason in reasons)


def _comes_twice(then: datetime) -> bool:
    """Whether this time of day is there twice, because a clock is set back: then it is said which one is meant."""
    return then.utcoffset() != then.replace(fold=1 - then.fold).utcoffset()


def speech(asked: Asked) -> Speech:
    """Return how to speak to whoever asks."""
    return Speech(asked.sheet, _zone(asked.desk), asked.desk.clock.wall())


def speech_in(desk: Desk, language: str) -> Speech:
    """Return how to speak to everybody who listens in a language."""
    return Speech(Sheet(desk.stationery, language), _zone(desk), desk.clock.wall())


def _zone(desk: Desk) -> ZoneInfo:
    return zone(desk.configuration().settings.site.zone)
