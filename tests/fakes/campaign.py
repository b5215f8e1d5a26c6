"""The campaign's week at one site, on a wall under test: what is seen and logged, beside what its agenda says.

Time goes in strides from one thing that happens to the next, and frame by frame around each. Clocks are set, plugs are pulled,
the feed falls silent for hours. Two records are kept: what the window presents, looked at after every frame, and the cues that
the player itself has written down. Both are compared with the agenda by the clock that the player had at that moment.
"""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.feed.trust import DEFAULT_LEASE_S
from player.library.by_hand import last_light
from player.library.database import translated
from player.schedule.agenda import Row, row_of
from player.schedule.desired import Facts, Phase, Timetable
from player.schedule.rules import Do, Rules
from player.schedule.zones import local, zone
from player.screen.crew import Handover
from player.show.light import Ramp
from player.show.on_air import TitlePage
from player.show.playlist import PhotoStep, Show, WordsStep
from player.timekeeping import ClockState
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.schedules import instant, rules
from tests.fakes.showing import FRAME, HOUR, Showing, show_of

MINUTE: Final[Nanos] = 60 * SECOND
APPROVED: Final = "2027-01-18T08:00:00Z"  # before it is the 20th anywhere
FIRST: Final = "2027-01-20 00:00"
LAST: Final = "2027-01-28 04:00"  # when the ceremony is over in Sydney too
LEASE: Final[Nanos] = round(DEFAULT_LEASE_S) * SECOND
CEREMONY: Final[Nanos] = instant("2027-01-27 14:00")
CEREMONY_LENGTH: Final[Nanos] = 90 * MINUTE
EXTENDED: Final[Nanos] = 20 * MINUTE
FORGIVEN: Final[Nanos] = 2 * MINUTE  # set back by no more than this, a clock replays nothing
STRIDE: Final[Nanos] = 14 * MINUTE  # between two looks while nothing happens; the feeds are asked at each, within their leases
SETTLED: Final[Nanos] = 2 * SECOND  # after a start, or a clock that was set: the next slide is ready, and is up
GAP: Final[Nanos] = 4 * SECOND  # from a pulled plug to the next frame
RAMP: Final[Nanos] = 400 * MILLISECOND  # in which light comes or goes
CLOSELY: Final[tuple[Nanos, ...]] = (*[FRAME] * 4, *[SECOND // 4] * 12, SECOND, 2 * SECOND)
LINGER: Final[tuple[Nanos, ...]] = (*[FRAME] * 4, *(each * MILLISECOND for each in (200, 400, 1000, 2000, 3000)))
NAMES: Final = ("a", "b", "c", "d", "e", "f")
FALLBACK: Final = show_of((PhotoStep(), WordsStep()), name="always", hold=7)
SHOWS: Final[tuple[Show, ...]] = (
    show_of((PhotoStep(),), name="wall", hold=6),
    show_of((PhotoStep(pairs=True), PhotoStep()), name="facade", hold=8),
    show_of((WordsStep(),), name="names", hold=5),
    show_of((WordsStep(),), name="film-27", hold=9),
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the campaign is kept, and what people there have decided."""

    name: str
    zone: str
    own: str
    """Slots of its own."""
    quiet: str

    def rules(self) -> Rules:
        """The site's week, as its operators wrote it."""
        return rules(WEEK.format(own=self.own, quiet=self.quiet), self.zone)


WEEK: Final = """
days: {{campaign: 2027-01-20..2027-01-27}}
fallback: always
slots:
  - {{id: wall, show: wall, day: campaign, at: 09:00 to 17:00, priority: 10}}
  - {{id: facade, show: facade, day: campaign, at: dark(-6)+10m to 23:30, priority: 20, only_if: dark}}
  - {{id: late, show: names, day: [fri 2027-01-22, sat 2027-01-23], at: 22:00 to 02:00, priority: 15}}
  - id: ceremony
    show: {{live: ceremony-27, else: film-27}}
    title: The ceremony
    start: 2027-01-27T09:00[America/New_York]
    length: 90m
    preroll: 5m
    overrun: {{hold: while-live, max: 60m}}
    priority: 100
{own}
quiet:
{quiet}
"""
SITES: Final = (
    Site(
        "Oświęcim",
        "Europe/Warsaw",
        "  - {id: matins, show: names, at: 23:30 to 00:20, day: campaign, priority: 30}",
        "  - {when: {shabbat: {candles: 18m, end: -8.5}}, do: keep, mute: true}",
    ),
    Site(
        "Tel Aviv",
        "Asia/Jerusalem",
        "  - {id: eve, show: names, day: sun 2027-01-24, at: sunset@eve+2h to 03:00, priority: 40}",
        "  - {when: {shabbat: {candles: 18m, end: -8.5}}, do: dark, mute: true}",
    ),
    Site(
        "New York",
        "America/New_York",
        "  - {id: noon, show: names, at: 12:00 to 12:01, day: mon-fri, priority: 30}",
        "  - {when: {shabbat: {}}, do: still}\n  - {id: night, when: {at: 02:00 to 06:30}, do: dark}",
    ),
    Site(
        "Sydney",
        "Australia/Sydney",
        "  - {id: dawn, show: names, at: light(-6) to sunrise+30m, day: campaign, priority: 5}",
        "  - {when: {day: sat-sun, at: 01:00 to 05:00}, do: {show: names}}",
    ),
    Site(
        "São Paulo",
        "America/Sao_Paulo",
        "  - {id: whole, show: names, day: tue 2027-01-26, at: 00:00 to 24:00, priority: 12}",
        "  - {id: night, when: {at: 23:30 to 06:00}, do: dark}",
    ),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is on the wall: a show or its title page, or darkness."""

    show: str
    page: str | None = None


DARKNESS: Final = Seen("darkness")


@dataclass(frozen=True, slots=True)
class Began:
    """When a show began, by the time that it truly was."""

    at: Nanos
    show: str


@dataclass(frozen=True, slots=True)
class Piece:
    """From when on, truly, the player's clock was how far ahead."""

    since: Nanos
    error: Nanos
    floor: Nanos = 0
    """Set back by two minutes at most, a clock replays nothing: for the schedule no time is before this."""
    is_trusted: bool = True
    """Whether anybody has told the machine the time; without that the fallback is on."""

    def scheduled(self, true: Nanos) -> Nanos:
        """Return what time it is for the schedule."""
        return max(true + self.error, self.floor)


class CampaignWeek(Showing):
    """A wall and its week; true time goes on evenly, while the player's clock is what people and networks make of it."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.site = site
        self.start, self.end = instant(FIRST, site.zone), instant(LAST, site.zone)
        self.pieces = [Piece(self.start, 0)]
        self.excused: list[tuple[Nanos, Nanos]] = []
        """From when to when, truly, nobody can ask for more than that it goes on."""
        self.began: list[Began] = []
        """By the player's own record."""
        self.wrong: list[str] = []
        self.looks = 0
        self._last_row = 0
        super().__init__(folder, show=FALLBACK, others=SHOWS, clock=FakeClock(self.start))
        self.rules = site.rules()
        self.dark = {rule.id for rule in self.rules.quiet if rule.do is Do.DARK}
        self.agenda = self._agenda(Facts())
        self.restart()
        for name in NAMES:
            self.publisher.add(name, name.encode())
            self.publisher.approve(name, at=APPROVED)
        self.poll()
        self.excuse(SETTLED)

    # Time

    @property
    def true(self) -> Nanos:
        """What time it truly is."""
        return self.start + self.clock.monotonic()

    def live(self, deeds: Sequence[tuple[Nanos, Callable[[], None]]]) -> None:
        """Let the week pass; each of the *deeds*, in order, is done when, truly, its time has come."""
        left = list(deeds)
        self.linger(CLOSELY)
        while self.true < self.end:
            turn = self._next_turn()
            if left and left[0][0] <= turn:
                at, deed = left.pop(0)
                self.play_to(at)
                deed()
                self.linger(CLOSELY)
            else:
                self.play_to(turn)
                self.linger(LINGER)

    def play_to(self, true: Nanos) -> None:
        """Let time pass until *true*: in strides, slowly towards the end, and the last instants frame by frame."""
        while (left := true - self.true) > 0:
            if left > 15 * SECOND:
                self.frame(min(STRIDE, left - 12 * SECOND))
                self.poll()
            elif left > SECOND:
                self.frame(min(4 * SECOND, left - SECOND // 2))
            elif left > 5 * FRAME:
                self.frame(min(SECOND // 4, left - 4 * FRAME))
            else:
                self.frame(min(FRAME, left))

    def linger(self, lengths: Sequence[Nanos]) -> None:
        """Look closely at what follows, for frames of these lengths, until something else is due."""
        for length in lengths:
            if self._next_turn() - self.true < length + 5 * FRAME:
                return
            self.frame(length)

    def frame(self, length: Nanos = FRAME) -> None:
        """Do one frame, and look at it."""
        super().frame(length)
        self._read()
        self._compare()

    # What happens

    def set_clock(self, error: Nanos) -> None:
        """Set the player's clock so that it is that far ahead; ingest asks the feeds at once."""
        before = self.pieces[-1]
        step = error - before.error
        self.clock.step(step)
        is_forgiven = -FORGIVEN <= step < 0
        self.pieces.append(Piece(self.true, error, before.scheduled(self.true) if is_forgiven else 0))
        self.blind(3 * SECOND)
        self.poll()
        self.excuse(2 * SECOND)  # seen within one; then the next slide is made, and the frames here are a quarter long

    def pull_plug(self, *, in_order: bool) -> None:
        """End the screen; start it again some seconds later."""
        begun = self.true
        self._end(in_order=in_order)
        self._read()
        self.clock.advance(GAP)
        light = last_light(self.folder)
        self._open_screen()
        self._begin(Handover(ramp=Ramp(light, light)))
        self.excused.append((begun, self.true + SETTLED))

    def lose_power(self) -> None:
        """The machine starts anew, with a clock that is an hour slow and that nobody vouches for."""
        self.boot, self.kernel = "another one", ClockState.UNSYNCED
        self.clock.step(-HOUR)
        self.pieces.append(Piece(self.true, -HOUR, is_trusted=False))
        self.blind(SETTLED + GAP)
        self.pull_plug(in_order=False)

    def hear_the_time(self) -> None:
        """Somebody tells the machine what time it is."""
        self.kernel = ClockState.SYNCED
        self.set_clock(0)

    def cut(self) -> None:
        """The network is gone; a moment before, everything was confirmed."""
        self.poll()
        self.is_online = False

    def leases_end(self) -> None:
        """In a second neither what is up nor what is ready may be shown any more: the plate stands until words are ready."""
        self.excuse(SECOND + SETTLED)

    def mend(self) -> None:
        """The network is back."""
        self.is_online = True
        self.poll()

    def extend(self) -> None:
        """Somebody lets the ceremony go on."""
        assert self.obeyed("extend", "20m") == "ceremony goes on for 20 min more"
        until = CEREMONY + CEREMONY_LENGTH + EXTENDED
        self.agenda = self._agenda(Facts(extended=((("ceremony", CEREMONY), until),)))

    def excuse(self, length: Nanos) -> None:
        """Excuse what is late for so long from now on."""
        self.excused.append((self.true, self.true + length))

    # What should be

    def wanted(self, wall: Nanos) -> Seen:
        """Return what the agenda says is on the wall."""
        if not self.pieces[-1].is_trusted:
            return Seen(FALLBACK.id)
        row = self.agenda[bisect_right(self.agenda, wall, key=lambda row: row.start) - 1]
        if row.quiet in self.dark:
            return DARKNESS
        return Seen(row.show, row.title if row.phase is Phase.PREROLL else None)

    def expected(self) -> list[Began]:
        """Return every change of shows that the agenda asks for, by the player's clock as it was; title pages are no shows."""
        ends = [*(piece.since for piece in self.pieces[1:]), self.end]
        found: list[Began] = []
        for piece, until in zip(self.pieces, ends, strict=True):
            begins = piece.scheduled(piece.since)
            if not piece.is_trusted and found[-1].show != FALLBACK.id:
                found.append(Began(piece.since, FALLBACK.id))
            for row in self.agenda if piece.is_trusted else ():
                at = piece.since if row.start <= begins else row.start - piece.error
                is_on = at < until and row.end > begins and row.phase is not Phase.PREROLL
                if is_on and (not found or found[-1].show != row.show):
                    found.append(Began(at, row.show))
        return found

    def differences(self) -> list[str]:
        """Return what the player's own record and the agenda disagree about: other shows, and those that began late or early."""
        found: list[str] = []
        expected = self.expected()
        for one, other in zip(self.began, expected, strict=False):
            if one.show != other.show or not other.at <= one.at < self._in_time(other.at):
                found.append(f"{self._said(other.at)} {other.show}: it was {one.show} at {self._said(one.at)}")
        if len(self.began) != len(expected):
            found.append(f"{len(self.began)} changes instead of {len(expected)}")
        return found

    def _agenda(self, facts: Facts) -> tuple[Row, ...]:
        timetable = Timetable(self.rules)
        rows: list[Row] = []
        at = self.start - 24 * HOUR
        while at < self.end + 24 * HOUR:
            wanted = timetable.wanted(at, facts)
            rows.append(row_of(wanted, at))
            at = wanted.until
        return tuple(rows)

    def _next_turn(self) -> Nanos:
        """Return when, truly, the next row of the agenda begins by the player's clock."""
        piece = self.pieces[-1]
        i = bisect_right(self.agenda, piece.scheduled(self.true), key=lambda row: row.start)
        return min(self.end, self.agenda[i].start - piece.error)

    def _is_excused(self, true: Nanos) -> bool:
        return any(begin - FRAME <= true <= end for begin, end in self.excused)

    def _in_time(self, true: Nanos) -> Nanos:
        """Return by when what is due at *true* has to have begun."""
        return max([end for begin, end in self.excused if begin - FRAME <= true <= end], default=true + FRAME)

    # What is

    def _compare(self) -> None:
        """Take note of what is wrong with what is presented now."""
        true, piece = self.true, self.pieces[-1]
        wall = piece.scheduled(true)
        self.looks += 1
        seen, wanted = self._seen(), self.wanted(wall)
        stays_dark = all(self.wanted(wall - each) == DARKNESS for each in (0, RAMP, GAP, SETTLED + GAP))
        is_set = true - piece.since < 2 * SECOND
        if stays_dark and seen != DARKNESS and not is_set:
            self.wrong.append(f"{self._said(true)}: light in a quiet time")
        if self._is_excused(true):
            return
        ramps = (DARKNESS in {wanted, self.wanted(wall - RAMP)}) and wanted != self.wanted(wall - RAMP)
        if seen != wanted and not ramps:
            self.wrong.append(f"{self._said(true)}: {seen} instead of {wanted}")

    def _seen(self) -> Seen:
        if self.window.is_dark:
            return DARKNESS
        playing = self.loop._billing.playing
        if playing is None or self.is_plate:
            return Seen("the plate")
        show, instead = playing
        return Seen(show, instead.title if isinstance(instead, TitlePage) else None)

    def _read(self) -> None:
        """Take in what the player has written down since the last look."""
        with translated("library.sqlite"):
            rows: list[tuple[int, str, int]] = self.ingest.connection.execute(
                "SELECT id, show, start FROM cues WHERE id>? ORDER BY id", (self._last_row,)
            ).fetchall()
        for number, show, start in rows:
            self._last_row = number
            if not self.began or self.began[-1].show != show:
                self.began.append(Began(start - self.loop._time.now(-self.start), show))  # a cue is in the show's own time

    def _said(self, true: Nanos) -> str:
        return f"{local(true, zone(self.site.zone)):%a %d %H:%M:%S.%f}"
