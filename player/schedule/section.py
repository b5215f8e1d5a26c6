"""The section `schedule:` of config.yaml, or the file that it names: its keys, and what is wrong with a value in words.

Whatever is written in the schedule's own grammar stays text here, checked; `meaning.py` makes values of it. So the last
clean copy holds what the operator wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, Literal, Self, TypeAlias, cast

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from player.schedule import days, grammar
from player.schedule.rules import FULL_LIGHT, HOUR, MAX_LENGTH, MAX_OVERRUN, MAX_PREROLL, Do, Join
from player.schema import Duration, Frozen, Line, did_you_mean
from player.units import SECOND, Nanos, Seconds

MAX_SLOTS: Final = 500  # a year by the day, and more; a million would keep every process from starting
MAX_QUIET: Final = 50  # rules
DAY: Final[Nanos] = 24 * HOUR
MAX_CANDLES: Final[Nanos] = 2 * HOUR  # nobody lights them earlier
_ID: Final = re.compile(r"[A-Za-z0-9][\w-]{0,63}", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,3})\s*%?", re.ASCII)
SHOW: Final = re.compile(r"live (?P<live>\S+) else (?P<show>.+)|(?P<alone>.+)")


def _checked(parse: Callable[[str], object]) -> AfterValidator:
    """Return a validator that keeps a text which can be understood."""

    def check(text: str) -> str:
        parse(text)
        return text.strip()

    return AfterValidator(check)


def _group(value: object, known: tuple[str, ...], *, needed: tuple[str, ...]) -> dict[str, str] | None:
    """Return a group of texts with no key but *known*, all *needed*; None when it is no group."""
    if not isinstance(value, dict):
        return None
    group = cast("dict[str, object]", value)
    for key in group:
        if key not in known:
            raise ValueError(f'unknown key "{key}".{did_you_mean(key, known)}')
    missing = next((key for key in needed if key not in group), None)
    if missing:
        raise ValueError(f"{missing} is missing")
    wrong = next((key for key, each in group.items() if not isinstance(each, str) or not each), None)
    if wrong:
        raise ValueError(f"{wrong} must be one line of text")
    return cast("dict[str, str]", group)


def _lasting(least: Nanos, most: Nanos) -> AfterValidator:
    """Return a validator of a length of time, which comes in seconds."""

    def told(length: Nanos) -> str:
        return f"{length // DAY}d" if length > DAY else f"{length // HOUR}h" if length >= HOUR else f"{length // SECOND}s"

    def check(length: Seconds) -> Seconds:
        if not least <= length * SECOND <= most:
            raise ValueError(f"is from {told(least)} to {told(most)}")
        return length

    return AfterValidator(check)


def _instead(hint: str) -> BeforeValidator:
    """Return a validator that says how a group, or a line, is written to whoever has written the other."""

    def check(value: object) -> object:
        given = f'"{value}"' if isinstance(value, str) else "a list" if isinstance(value, list) else None
        if given:
            raise ValueError(f"{hint}, not {given}")
        return cast("object", value)

    return BeforeValidator(check)


def _one_line(value: object) -> object:
    parts = cast("list[object]", value) if isinstance(value, list) else None
    if parts is None:
        return cast("object", value)
    hint = " to ".join(map(str, parts)) if len(parts) == len(("start", "end")) else "09:00 to 17:00"
    raise ValueError(f"write `{hint}`, not a list; each stretch is a slot of its own")


def _day(value: object) -> object:
    group = _group(value, ("hebrew", "rule"), needed=("hebrew",))
    if group is None:
        return value
    rule = group.get("rule", days.RULES[0])
    if rule not in days.RULES:
        raise ValueError(f'there is no rule "{rule}".{did_you_mean(rule, days.RULES)}')
    return days.hebrew_text(group["hebrew"], rule)


def _days(value: object) -> object:
    """Allow one day for a list of one; a mistake in it is told where it is written."""
    one = _day(value)
    if isinstance(one, str):
        days.parse_day(one, None)
        return (one,)
    return one


def _dates(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        days.parse_day(text, {})
    return texts


def _show(value: object) -> object:
    group = _group(value, ("live", "else"), needed=("live",))
    if group and "else" not in group:
        raise ValueError(
            f"else is missing: what is shown while there is no {group['live']}? Write {{live: {group['live']}, else: NAME}}"
        )
    return f"live {group['live']} else {group['else']}" if group else value


def _shown(text: str) -> str:
    if not SHOW.fullmatch(text):
        raise ValueError(f'write a playlist\'s name, or {{live: NAME, else: NAME}}, not "{text}"')
    return text


def _do(value: object) -> object:
    group = _group(value, (Do.SHOW.value, Do.DIM.value), needed=())
    if group is None:
        return value
    if len(group) != 1:
        raise ValueError("write one of them, `do: {show: NAME}` or `do: {dim: 40}`; two rules may hold at the same time")
    ((word, what),) = group.items()
    return f"{word} {what}"


def _done(text: str) -> str:
    word, _, what = text.partition(" ")
    if word == Do.SHOW.value and what.strip():
        return text
    if word == Do.SHOW.value:
        raise ValueError("which show? Write `do: {show: NAME}`")
    if word == Do.DIM.value:
        return f"{word} {_percent(what.strip())}"
    if text not in {do.value for do in Do}:
        raise ValueError(f'write keep, still, dark, {{dim: 40}} or {{show: NAME}}, not "{text}".{did_you_mean(text, _DOES)}')
    return text


def _percent(text: str) -> int:
    """Return how bright, in percent."""
    match = _PERCENT.fullmatch(text)
    if not text:
        raise ValueError("how bright? Write `do: {dim: 40}`, in percent")
    if match is None:
        raise ValueError(f'write how bright in percent, as `do: {{dim: 40}}`, not "{text}"')
    level = int(match[1])
    if level == 0:
        raise ValueError("that is dark: write `do: dark`")
    if level >= FULL_LIGHT:
        raise ValueError(f"is from 1 to {FULL_LIGHT - 1} percent, not {level}")
    return level


_DOES: Final = tuple(do.value for do in Do)


def _named(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f'is named with letters, digits, - and _, not "{text}"')
    return text


def _day_name(text: str) -> str:
    if not days.is_name(text):
        raise ValueError(f'"{text}" cannot be the name of a day: take another word, such as campaign')
    return text


def _empty_group(value: object) -> object:
    return {} if value == "" else value


DayText: TypeAlias = Annotated[str, BeforeValidator(_day), _checked(lambda text: days.parse_day(text, None))]
DayTexts: TypeAlias = Annotated[tuple[DayText, ...], Field(min_length=1, max_length=days.MAX_DAYS), BeforeValidator(_days)]
DateTexts: TypeAlias = Annotated[DayTexts, AfterValidator(_dates)]
"""No names: they are for these to have."""
TimeText: TypeAlias = Annotated[str, _checked(grammar.parse_time)]
Stretched: TypeAlias = Annotated[str, _checked(grammar.parse_stretch), BeforeValidator(_one_line)]


class StretchSection(Frozen):
    """When, by the day: what slots and quiet rules share."""

    day: DayTexts | None = None
    """None: every day."""
    at: Stretched | None = None
    earliest: TimeText | None = None
    latest: TimeText | None = None

    @model_validator(mode="after")
    def _clamps_something(self) -> Self:
        clamp = "earliest" if self.earliest is not None else "latest" if self.latest is not None else ""
        if clamp and (self.at is None or not grammar.parse_stretch(self.at).has_sun):
            raise ValueError(f"{clamp} is for times of the sun, such as `at: sunset to 23:00`; here, write the time itself")
        if self.earliest is not None and self.latest is not None:
            first, last = grammar.parse_time(self.earliest), grammar.parse_time(self.latest)
            if last < first:
                raise ValueError(f"latest ({self.latest}) is before earliest ({self.earliest}): exchange them")
        return self


class Overrun(Frozen):
    """What happens when a ceremony takes longer."""

    hold: Literal["while-live"] = "while-live"
    max: Annotated[Duration, _lasting(SECOND, MAX_OVERRUN)]


class SlotSection(StretchSection):
    """A show and when it is on."""

    id: Annotated[str, AfterValidator(_named)]
    show: Annotated[str, AfterValidator(_shown), BeforeValidator(_show)]
    title: Line = Field(default="", max_length=120)
    start: str | None = None
    length: Annotated[Duration, _lasting(SECOND, MAX_LENGTH)] | None = None
    priority: int = Field(default=0, ge=-1000, le=1000)
    only_if: Annotated[str, _checked(grammar.parse_only_if)] | None = None
    preroll: Annotated[Duration, _lasting(0, MAX_PREROLL)] = 0.0
    overrun: Annotated[Overrun | None, _instead("write {hold: while-live, max: 60m}")] = None
    start_as: Annotated[str, _checked(grammar.parse_start_as)] = "hard"
    join: Join = "midway"

    @field_validator("start")
    @classmethod
    def _is_an_instant(cls, value: str | None) -> str | None:
        if value is not None:
            grammar.parse_moment(value, 1)
        return value

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if self.start is None and self.length is not None:
            raise ValueError("length goes with `start: 2027-01-27T09:00[America/New_York]`; write `at: 09:00 to 17:00`")
        if self.start is None and self.at is None:
            raise ValueError("when? Write `at: 09:00 to 17:00` (`at: 00:00 to 24:00` for whole days), or start and length")
        if self.start is not None and (self.at is not None or self.day is not None):
            raise ValueError("start names day and time already: take out day and at")
        if self.start is not None and self.length is None:
            raise ValueError("how long? Write `length: 90m`")
        if self.start is not None and self.length is not None:
            grammar.parse_moment(self.start, self.length)
        if self.overrun and not self.show.startswith("live "):
            raise ValueError("overrun waits for a live stream to end: write `show: {live: NAME, else: NAME}`")
        return self


class ShabbatSection(Frozen):
    """From the lighting of the candles to the end of twilight."""

    candles: Annotated[Duration, _lasting(0, MAX_CANDLES)] = 18 * 60.0
    """Before sunset; 40 minutes in Jerusalem, by custom."""
    end: Annotated[float, AfterValidator(grammar.parse_twilight)] = -8.5
    """How far the sun is below the horizon, in degrees: three small stars."""


class When(StretchSection):
    """When the site is quiet."""

    shabbat: Annotated[ShabbatSection | None, BeforeValidator(_empty_group)] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.shabbat is None) == (self.at is None):
            raise ValueError("write `shabbat: {candles: 18m, end: -8.5}`, or `at: 22:00 to 06:00` with or without a day")
        if self.shabbat is not None and self.day is not None:
            raise ValueError("Shabbat has its own days: take out day")
        return self


class QuietSection(Frozen):
    """What the site does at quiet times."""

    id: Annotated[str, AfterValidator(_named)] | None = None
    when: Annotated[When, _instead("write {shabbat: {}}, or {at: 22:00 to 06:00} with or without a day")]
    do: Annotated[str, AfterValidator(_done), BeforeValidator(_do)] = "keep"
    mute: bool = False


class Schedule(Frozen):
    """Which show is on when."""

    days: dict[Annotated[str, AfterValidator(_day_name)], DateTexts] = Field(default_factory=dict[str, DateTexts])
    fallback: str | None = Field(default=None, min_length=1)
    """The show for whenever no slot is on; None: the configuration's."""
    slots: tuple[SlotSection, ...] = Field(default=(), max_length=MAX_SLOTS)
    quiet: tuple[QuietSection, ...] = Field(default=(), max_length=MAX_QUIET)
