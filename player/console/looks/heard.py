"""What the screen says of itself, as a value: whatever its file holds, nothing in it is believed to be of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player.clock import Clock
from player.console.looks.wording import MAX_NAME, plain
from player.library import heard
from player.schedule.why import FIELDS, SENTENCES, Reason
from player.units import Nanos

MAX_PHOTOS: Final = 240  # that are up together: a mosaic has 120 tiles
MAX_EDGES: Final = 50  # of the histogram; it has eleven
MAX_CARDS: Final = 64
MAX_REASONS: Final = 8
MAX_SOURCES: Final = 16  # films and streams that are open; there are six at most


@dataclass(frozen=True, slots=True)
class Frames:
    """How the screen's frames did since it started."""

    presented: int = 0
    late: int = 0
    median_ms: float | None = None
    """Of the last minute; None: none was drawn."""
    p99_ms: float | None = None
    most_ms: float | None = None
    work_s: float = 0.0
    """Spent on all of them."""
    edges_ms: tuple[float, ...] = ()
    """Upper bounds of the histogram."""
    counts: tuple[int, ...] = ()
    """Frames that took at most so long, and longer than the bound before; one more than bounds."""


@dataclass(frozen=True, slots=True)
class Slide:
    """What fills the canvas."""

    kind: str
    """photo, pair, mosaic, words, fact, candle, names, film, live, title or plate."""
    photos: tuple[tuple[str, str], ...] = ()
    """Source and id of each."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A film or a stream that is up, or comes soon."""

    name: str
    """Of a film its file's, without folders; a stream's in the configuration."""
    is_live: bool
    state: str
    """opening, ready, stalled, ended or failed."""
    latency: Nanos = 0
    """Of a stream: how long ago what is shown was sent; 0: nobody knows."""
    rendition: str = ""
    has_sound: bool = False
    why: str = ""
    """Of one that failed, in English."""


@dataclass(frozen=True, slots=True)
class Sound:
    """How films and streams are heard."""

    device: str = ""
    """What on; empty: on nothing."""
    dropouts: int = 0
    """How often it ran dry."""
    is_muted: bool = False
    why: str = ""
    """Where it is heard on nothing: why, in English."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who has ordered what holds, and when."""

    by: str = ""
    """Empty: nobody knows."""
    at: Nanos | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the screen said last."""

    at: Nanos
    """By its own clock."""
    age: Nanos | None
    """For how long it has said nothing more; None: nobody knows."""
    show: str = ""
    slot: str = ""
    why: str = ""
    """In English."""
    reasons: tuple[Reason, ...] = ()
    """The same, for those who speak another language; empty where it is not known to this version."""
    until: Nanos | None = None
    is_by_hand: bool = False
    until_by_hand: Nanos | None = None
    show_ordered: Ordered | None = None
    """Who has put the show on by hand; None: nobody has."""
    is_dark: bool = False
    """By an order, a schedule, or dimmed to nothing."""
    dark_since: Nanos | None = None
    """From when on it has been black, by the screen's own clock; None: it is not."""
    dark_ordered: Ordered | None = None
    """Who has ordered that; None: the schedule has it so, or it is not dark."""
    dark_until: Nanos | None = None
    """Until when the schedule has it so; None: nobody knows."""
    is_held: bool = False
    dim: int = 100
    light: float = 1.0
    """How bright it is at this moment, 0 to 1."""
    cards: Mapping[str, str]
    """Test cards by output."""
    editing: str = ""
    rung: str = ""
    slide: Slide
    since: Nanos | None = None
    ends: Nanos | None = None
    coming: Slide | None = None
    """The slide that is ready to follow."""
    next_show: str = ""
    clock: str = ""
    is_clock_trusted: bool | None = None
    clock_why: str = ""
    frames: Frames
    outputs: tuple[Mapping[str, object], ...] = ()
    """How each stands, as it was said; empty where the screen says nothing of outputs."""
    moving: tuple[Moving, ...] = ()
    """Films and streams that are open."""
    sound: Sound = Sound()

    @property
    def is_of_now(self) -> bool:
        """Whether a screen runs, and this is how it is."""
        return self.age is not None and self.age < heard.FRESH


def listened(folder: Path, clock: Clock) -> Said | None:
    """Return what the screen said last in a data *folder*; None: it never said anything that can be read."""
    record = heard.heard(folder)
    return said(record, heard.age(record, clock))


def said(record: Mapping[str, object], age: Nanos | None) -> Said | None:
    """Return what the screen said, so long ago; None: nothing that can be read."""
    at = _whole(record.get("at"))
    if at is None:
        return None
    dim = _whole(record.get("dim"))
    coming = _record(record.get("coming"))
    return Said(
        at=at,
        age=age,
        show=_text(record, "show"),
        slot=_text(record, "slot"),
        why=_text(record, "why"),
        reasons=_reasons(record.get("reasons")),
        until=_whole(record.get("until")),
        is_by_hand=record.get("by_hand") is True,
        until_by_hand=_whole(record.get("until_by_hand")),
        show_ordered=_ordered(record.get("show_ordered")),
        is_dark=record.get("dark") is True or dim == 0,
        dark_since=_whole(record.get("dark_since")),
        dark_ordered=_ordered(record.get("dark_ordered")),
        dark_until=_whole(record.get("dark_until")),
        is_held=record.get("held") is True,
        dim=100 if dim is None else min(100, max(0, dim)),
        light=min(1.0, max(0.0, _number(record.get("light"), 1.0))),
        cards={
            plain(key, MAX_NAME): plain(str(card), MAX_NAME)
            for key, card in list(_record(record.get("cards")).items())[:MAX_CARDS]
        },
        editing=_text(record, "editing"),
        rung=_text(record, "rung"),
        slide=_slide(record),
        since=_whole(record.get("since")),
        ends=_whole(record.get("ends")),
        coming=_slide(coming) if coming else None,
        next_show=_text(record, "next"),
        clock=_text(record, "clock"),
        is_clock_trusted=trusted if isinstance(trusted := record.get("clock_trusted"), bool) else None,
        clock_why=_text(record, "clock_why"),
        frames=_frames(_record(record.get("frames"))),
        outputs=tuple(_record(each) for each in _several(record.get("outputs"))[:MAX_CARDS]),
        moving=_moving(_record(record.get("films"))),
        sound=_sound(_record(record.get("films"))),
    )


def _slide(record: Mapping[str, object]) -> Slide:
    names = (str(each).partition("/") for each in _several(record.get("photos"))[:MAX_PHOTOS])
    return Slide(_text(record, "slide") or "plate", tuple((source, item) for source, slash, item in names if slash))


def _ordered(value: object) -> Ordered | None:
    if not isinstance(value, dict):
        return None
    record = _record(cast("object", value))
    return Ordered(plain(_text(record, "by"), MAX_NAME), _whole(record.get("at")))


def _reasons(value: object) -> tuple[Reason, ...]:
    """Return reasons that can be told; all of them or none, since half a reason may say the contrary."""
    found = [_record(each) for each in _several(value)[:MAX_REASONS]]
    keys = [_text(each, "key") for each in found]
    if not all(key in SENTENCES and FIELDS[key] <= each.keys() for key, each in zip(keys, found, strict=True)):
        return ()
    return tuple(
        Reason(key, tuple((name, _text(each, name)) for name in sorted(FIELDS[key])))
        for key, each in zip(keys, found, strict=True)
    )


def _frames(record: Mapping[str, object]) -> Frames:
    histogram = _several(record.get("histogram"))
    edges, counts = ([_number(each, 0.0) for each in _several(part)[: MAX_EDGES + 1]] for part in (*histogram, None, None)[:2])
    is_sound = len(counts) == len(edges) + 1 and edges == sorted(edges)
    return Frames(
        presented=max(0, _whole(record.get("frames")) or 0),
        late=max(0, _whole(record.get("late")) or 0),
        median_ms=_figure(record.get("median_ms")),
        p99_ms=_figure(record.get("p99_ms")),
        most_ms=_figure(record.get("most_ms")),
        work_s=_number(record.get("work_s"), 0.0),
        edges_ms=tuple(edges) if is_sound else (),
        counts=tuple(round(each) for each in counts) if is_sound else (),
    )


def _moving(record: Mapping[str, object]) -> tuple[Moving, ...]:
    sources = [_record(each) for each in _several(record.get("sources"))[:MAX_SOURCES]]
    return tuple(
        Moving(
            name=plain(_text(each, "what").rpartition("/")[2], MAX_NAME),
            is_live=each.get("is_live") is True,
            state=_text(each, "state"),
            latency=max(0, _whole(each.get("latency")) or 0),
            rendition=plain(_text(each, "rendition"), MAX_NAME),
            has_sound=each.get("has_sound") is True,
            why=_text(each, "why"),
        )
        for each in sources
    )


def _sound(record: Mapping[str, object]) -> Sound:
    dropouts = max(0, _whole(record.get("dropouts")) or 0)
    return Sound(
        plain(_text(record, "device"), MAX_NAME), dropouts, record.get("muted") is True, plain(_text(record, "device_why"))
    )


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return plain(value) if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _number(value: object, otherwise: float) -> float:
    found = _figure(value)
    return otherwise if found is None else found


def _figure(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None  # noqa: PLR2004 - also false for what is not a number


def _record(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _several(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
