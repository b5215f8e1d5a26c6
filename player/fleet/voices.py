"""What a player says to the centre, as values: status, report, event, picture. `messages` has the other way.

Wire format: unsigned JSON of at most `wire.MAX_BYTES`. Each message has `session` (8 hex, new at each start of the process),
`seq` (from 1 within it) and `ts` (ms), so that two players with one id show. Who says it is known by the topic alone, which the
broker keeps to the certificate. What does not fit is made shorter where that loses least.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from player.fleet import happenings, wire
from player.fleet.happenings import Happening
from player.fleet.topics import Kind
from player.fleet.wire import Fields, Plain, WireError

MAX_TEXT: Final = 120  # characters of a name or an error in a report
MAX_ERRORS: Final = 3
MAX_FEEDS: Final = 12
MAX_GROUPS: Final = 16
SHORT: Final = 24  # characters that any text of a report is cut to when it would not fit
MAX_JPEG: Final = 2800  # bytes: what fits as base64 with the rest around it
_SESSION: Final = re.compile(r"[0-9a-f]{8}")
OWN_CLOCK: Final = "own"
"""How a clock stands that the site keeps by hand: nobody knows how far it is off."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which message of which life of the process, and when."""

    session: str
    seq: int
    ts: int

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"session": self.session, "seq": self.seq, "ts": self.ts}


@dataclass(frozen=True, slots=True)
class Status:
    """Whether it is there."""

    is_online: bool
    boot: int
    """How often the process has begun."""
    version: str

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"state": "online" if self.is_online else "offline", "boot": self.boot, "version": self.version[:MAX_TEXT]}


@dataclass(frozen=True, slots=True)
class Following:
    """The programme that is shown in step."""

    group: str
    version: str
    hash8: str


@dataclass(frozen=True, slots=True)
class Next:
    """The programme that comes."""

    version: str
    is_ready: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed stands."""

    standing: str
    lease_s: int | None
    sequence: int | None


@dataclass(frozen=True, slots=True)
class ClockSaid:
    """How far the clock may be believed; offset and error in µs."""

    state: str
    off_us: int | None
    error_us: int | None


@dataclass(frozen=True, slots=True)
class Frames:
    """How evenly frames come."""

    median_ms: float | None
    p99_ms: float | None
    late: int | None


@dataclass(frozen=True, slots=True)
class Showings:
    """What was shown on a day of UTC: how often, how many different people, and how many of those there ever were here."""

    day: str
    photos: int
    people: int
    ever: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How everything is. None: nobody knows, or there is none."""

    site: str
    groups: tuple[str, ...] = ()
    report_s: int | None = None
    """How often a report is to come; None: nobody says."""
    show: str | None = None
    slot: str | None = None
    slide: str | None = None
    rung: str | None = None
    is_dark: bool | None = None
    dim: int | None = None
    programme: Following | None = None
    coming: Next | None = None
    feeds: Mapping[str, FeedState] = field(default_factory=dict[str, FeedState])
    clock: ClockSaid | None = None
    frames: Frames | None = None
    disk_mb: int | None = None
    temp_c: int | None = None
    errors: tuple[str, ...] = ()
    shown: Showings | None = None
    version: str = ""

    def body(self, most: int = wire.MAX_BYTES - 100) -> dict[str, Plain]:
        """Return it as it is sent, in *most* bytes (the rest is the stamp): errors go first, then feeds; then texts are cut."""
        report, length = self, MAX_TEXT
        while not wire.fits(report.as_body(length), most):
            if len(report.errors) > 1:
                report = replace(report, errors=report.errors[:-1])
            elif len(report.feeds) > 1:
                report = replace(report, feeds=dict(list(report.feeds.items())[:-1]))
            elif length > SHORT:
                length = SHORT
            elif report.groups:
                report = replace(report, groups=())
            else:
                length //= 2
        return report.as_body(length)

    def as_body(self, length: int) -> dict[str, Plain]:
        """Return it as it is sent, texts cut to *length*."""
        feeds: dict[str, Plain] = {
            name[:length]: {"standing": each.standing[:length], "lease_s": each.lease_s, "sequence": each.sequence}
            for name, each in list(self.feeds.items())[:MAX_FEEDS]
        }
        p, n, c, f, s = self.programme, self.coming, self.clock, self.frames, self.shown
        return {
            "site": self.site[:length],
            "groups": list(self.groups[:MAX_GROUPS]),
            "report_s": self.report_s,
            "show": _cut(self.show, length),
            "slot": _cut(self.slot, length),
            "slide": _cut(self.slide, length),
            "rung": _cut(self.rung, length),
            "dark": self.is_dark,
            "dim": self.dim,
            "programme": {"group": p.group, "version": p.version[:length], "hash8": p.hash8} if p else None,
            "next": {"version": n.version[:length], "ready": n.is_ready, "why": n.why[:length]} if n else None,
            "feeds": feeds,
            "clock": {"state": c.state, "off_us": c.off_us, "error_us": c.error_us} if c else None,
            "frames": {"median_ms": f.median_ms, "p99_ms": f.p99_ms, "late": f.late} if f else None,
            "disk_mb": self.disk_mb,
            "temp_c": self.temp_c,
            "errors": [each[:length] for each in self.errors[:MAX_ERRORS]],
            "shown": {"day": s.day, "photos": s.photos, "people": s.people, "ever": s.ever} if s else None,
            "version": self.version[:length],
        }


@dataclass(frozen=True, slots=True)
class Picture:
    """What the wall showed at a moment, small."""

    jpeg: bytes
    width: int
    height: int
    taken_at: int

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        jpeg = base64.b64encode(self.jpeg).decode("ascii")
        return {"jpeg": jpeg, "width": self.width, "height": self.height, "taken_at": self.taken_at}


Voice = Status | Report | Picture | Happening
"""Whatever a player says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a player said, with its stamp."""

    stamp: Stamp
    voice: Voice


def payload(voice: Voice, stamp: Stamp) -> bytes:
    """Return *voice* as it is sent.

    Raises:
        WireError: it does not fit: a picture is too large.
    """
    found = wire.written({name: wire.sound(value) for name, value in (voice.body() | stamp.body()).items()})
    if len(found) > wire.MAX_BYTES:
        raise WireError(f"it would take {len(found)} bytes, and {wire.MAX_BYTES} are the most")
    return found


def heard(kind: Kind, said: bytes) -> Heard:
    """Return what *said*, which came on a topic of this *kind*, says.

    Raises:
        WireError: it is not what it should be.
    """
    found = wire.read(said, floats=True)
    fields = Fields(found, f"the {kind}")
    session = fields.text("session", 8)
    if not _SESSION.fullmatch(session):
        raise WireError(f"session of the {kind} is none of 8 digits")
    stamp = Stamp(session, fields.integer("seq", least=1), fields.integer("ts"))
    match kind:
        case Kind.STATUS:
            return Heard(stamp, _status(fields))
        case Kind.REPORT:
            return Heard(stamp, _report(fields))
        case Kind.PICTURE:
            return Heard(stamp, _picture(fields))
        case Kind.EVENT:
            return Heard(stamp, happenings.happening(fields))
        case _:
            raise WireError(f"players say no {kind}")


def _status(fields: Fields) -> Status:
    state = fields.text("state", MAX_TEXT)
    if state not in {"online", "offline"}:
        raise WireError("state of the status is neither online nor offline")
    return Status(state == "online", fields.integer("boot"), fields.text("version", MAX_TEXT))


def _report(fields: Fields) -> Report:
    p, n, c, f, s = (fields.object_or_none(key) for key in ("programme", "next", "clock", "frames", "shown"))
    feeds = {name[:MAX_TEXT]: Fields(each, "a feed") for name, each in fields.named("feeds", MAX_FEEDS).items()}
    return Report(
        site=fields.text("site", MAX_TEXT),
        groups=fields.texts("groups", MAX_GROUPS, MAX_TEXT),
        report_s=fields.integer_or_none("report_s", most=86_400),
        show=fields.text_or_none("show", MAX_TEXT),
        slot=fields.text_or_none("slot", MAX_TEXT),
        slide=fields.text_or_none("slide", MAX_TEXT),
        rung=fields.text_or_none("rung", MAX_TEXT),
        is_dark=fields.flag("dark") if "dark" in fields else None,
        dim=fields.integer_or_none("dim", most=100),
        programme=Following(p.text("group", MAX_TEXT), p.text("version", MAX_TEXT), p.text("hash8", MAX_TEXT)) if p else None,
        coming=Next(n.text("version", MAX_TEXT), n.flag("ready"), n.text("why", MAX_TEXT)) if n else None,
        feeds={name: _feed(each) for name, each in feeds.items()},
        clock=ClockSaid(c.text("state", MAX_TEXT), _signed(c, "off_us"), c.integer_or_none("error_us")) if c else None,
        frames=Frames(f.number_or_none("median_ms"), f.number_or_none("p99_ms"), f.integer_or_none("late")) if f else None,
        disk_mb=fields.integer_or_none("disk_mb"),
        temp_c=_signed(fields, "temp_c"),
        errors=fields.texts("errors", MAX_ERRORS, MAX_TEXT),
        shown=_showings(s) if s else None,
        version=fields.text("version", MAX_TEXT),
    )


def _showings(said: Fields) -> Showings:
    day = said.text("day", MAX_TEXT)
    if not _DAY.fullmatch(day):
        raise WireError("day of what was shown is none such as 2027-01-27")
    return Showings(day, said.integer("photos"), said.integer("people"), said.integer("ever"))


def _feed(each: Fields) -> FeedState:
    return FeedState(each.text("standing", MAX_TEXT), _signed(each, "lease_s"), each.integer_or_none("sequence"))


def _picture(fields: Fields) -> Picture:
    try:
        jpeg = base64.b64decode(fields.text("jpeg", wire.MAX_BYTES), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError("jpeg of the picture is no base64") from error
    side = {"least": 1, "most": 2000}
    taken_at = fields.integer("taken_at")
    return Picture(jpeg, fields.integer("width", **side), fields.integer("height", **side), taken_at)


def _signed(fields: Fields, key: str) -> int | None:
    return fields.integer_or_none(key, least=-wire.MAX_INTEGER)


def _cut(text: str | None, length: int) -> str | None:
    return None if text is None else text[:length]
