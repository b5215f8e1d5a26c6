"""A whole show in memory: publisher, ingest, library, loader, writer and loop, moved by hand; hours pass in seconds.

After every frame an oracle looks at the wall: nothing on it that may not be shown, nothing prepared of it, never nothing.
"""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from player.command import parse, row_of
from player.errors import LibraryError
from player.films import with_films
from player.heartbeat import Heartbeat
from player.library import right
from player.library.by_hand import last_light
from player.library.sources import Standing
from player.schedule.rules import Rules
from player.screen.airing import Airing
from player.screen.attended import Attended
from player.screen.attended import read as read_attended
from player.screen.attending import Attendance
from player.screen.billing import Billing
from player.screen.clips import Clips, Sources
from player.screen.crew import Crew, Handover
from player.screen.easel import CpuEasel, Easel
from player.screen.fitting import Fitting
from player.screen.keyboard import Key
from player.screen.keys import EndKeys, keys_in_force
from player.screen.ledger import Ledger
from player.screen.loader import Loader
from player.screen.loop import Loop
from player.screen.planner import Planner
from player.screen.programme import Bill, Programme
from player.screen.promising import Promises
from player.screen.scores import Scores
from player.screen.service import get_ready, standings
from player.screen.showtime import ShowTime
from player.screen.trace import Trace
from player.screen.watch import LOOK_EVERY, Watch
from player.sections import OperatorKeys
from player.show.layout import lay_out, plate, size_of_streams
from player.show.light import Ramp
from player.show.on_air import Manual
from player.show.playlist import FactStep, FilmStep, Kind, MosaicStep, PhotoStep, Show, Step, WordsChoice, WordsStep
from player.show.slide import Pace, Phrase, Stage, WordsSlide
from player.timekeeping import Belief, ClockState, Reading
from player.units import MILLISECOND, SECOND, Digest, Nanos
from tests.fakes.cheap import QuietWriter
from tests.fakes.clock import FakeClock
from tests.fakes.measure import FixedMeasure
from tests.fakes.streams_shown import StreamsShown
from tests.fakes.taking_in import TakingIn
from tests.fakes.wall import CANVAS, FakeRenderer, FakeWindow

FRAME: Final[Nanos] = SECOND // 60
STRIDE: Final[Nanos] = 500 * MILLISECOND
HOUR: Final[Nanos] = 3600 * SECOND
POLL_EVERY: Final[Nanos] = 30 * SECOND
PHRASES: Final = (Phrase("We Remember", "en"), Phrase("אנחנו זוכרים", "he"), Phrase("Pamiętamy", "pl"))
BY_THE_CLOCK: Final = frozenset({Standing.EXPIRED.value, "its own end has passed"})
"""Reasons that nobody writes down: time passes, and the screen looks once a second."""
PHOTOS_ALONE: Final = (PhotoStep(),)
EVERYTHING: Final = (
    PhotoStep(),
    PhotoStep(pairs=True),
    PhotoStep(pairs=True),
    MosaicStep(columns=4, rows=2, tally=True),
    WordsStep(),
    FactStep(text="Six million", source="aboutholocaust.org"),
)


def show_of(kinds: Sequence[Kind], *, name: str = "wall", hold: float = 6.0, fade: float = 1.5, motion: bool = True) -> Show:
    """Return a show of these slides."""
    steps = tuple(Step(kind, hold, fade, motion) for kind in kinds)
    return Show(id=name, title=name, order="fair", words=WordsChoice(), steps=steps)


class Showing(TakingIn):
    """A show and everyone around it; the test says what happens when."""

    sources: Sources | None = None
    """What opens films; None: nothing does."""
    streams: StreamsShown | None = None
    stream: str = ""  # that the configuration names; empty: none

    def __init__(
        self,
        folder: Path,
        *,
        kinds: Sequence[Kind] = PHOTOS_ALONE,
        show: Show | None = None,
        others: Sequence[Show] = (),
        clock: FakeClock | None = None,
    ) -> None:
        super().__init__(folder / "data", clock or FakeClock())
        self.show = show or show_of(kinds)
        self.others = tuple(others)
        self.rules = Rules(zone="UTC", fallback=self.show.id)
        self.operator_keys: OperatorKeys = True
        self.kernel = ClockState.HOLDOVER
        """What the kernel says of its clock."""
        self.floor: Nanos = 0
        """Before this it cannot be."""
        self.boot, self.is_own = "this one", False
        self.promises: Promises | None = None
        self.told: list[str] = []
        """What the operator alone was told."""
        self.loads = True
        """Whether the loader gets anywhere."""
        self.seen: Counter[str] = Counter()
        """By item: in how many slides it was, half transparent or not."""
        self.slides: list[frozenset[str]] = []
        """The items of every slide, in order."""
        self.most_prepared = 0
        self._forbidden_since: dict[int, Nanos] = {}
        self._next_poll: Nanos = 0
        self._last_slide: object = None
        self._length: Nanos = 0
        self._blind_until: Nanos = 0
        self._judged: object = None
        self._open_screen()
        self._begin(Handover())

    # The screen

    def _open_screen(self) -> None:
        self.renderer = FakeRenderer()
        self.window = FakeWindow(self.renderer)
        self.measure = FixedMeasure()
        self.plate = plate(Stage(CANVAS), self.measure)
        self.renderer.prepare(self.plate, {})
        name, pace = WordsSlide(phrase=Phrase("Display 0", "en")), Pace(5 * SECOND, 0, still=True)
        self.label = lay_out(name, stage=Stage(CANVAS), pace=pace, measure=self.measure, seed=0)
        self.renderer.prepare(self.label, {})

    def _hung(self) -> tuple[Easel, Fitting | None]:
        return CpuEasel(self.window, self.renderer), None

    def _reading(self) -> Reading:
        return Reading(own=self.clock.wall(), monotonic=self.clock.monotonic(), state=self.kernel, floor=self.floor)

    def _show_time(self, attended: Attended) -> ShowTime:
        belief = Belief(vouched=attended.vouched) if attended.boot == self.boot else Belief()
        saved = attended.until or 0
        return ShowTime(self.clock, self._reading, belief=belief, saved=saved, is_own=self.is_own, boot=self.boot)

    def _begin(self, before: Handover) -> None:
        if before.time is None:
            attended = read_attended(self.folder)
            before = replace(before, time=self._show_time(attended), attendance=Attendance(attended))
        bills = tuple(Bill(with_films(show, (), self.folder), PHRASES) for show in (self.show, *self.others))
        films = frozenset(s.kind.item or s.kind.file for bill in bills for s in bill.show.steps if isinstance(s.kind, FilmStep))
        clips = Clips(self.sources, films, self.clock, streams=(named := {self.stream: ""} if self.stream else {}))
        airing = before.airing or Airing(self.streams or StreamsShown(self.clock))
        airing.go_by(named, size_of_streams(Stage(CANVAS), self.measure), 60.0)
        programme = Programme(self.folder, self.show, PHRASES, Stage(CANVAS), bills, films)
        writer = before.writer
        self.writer = writer if isinstance(writer, QuietWriter) else QuietWriter(self.folder, ledger=Ledger(), clock=self.clock)
        self.writer.begin_session()
        self.ledger = self.writer.ledger
        self.watch = Watch(self.folder, self.clock, withdrawing=self.writer.withdrawing)
        self.planner = Planner(self.rules, self.clock)
        if before.time:
            get_ready(self.planner, before.time.now(self.clock.monotonic()), before.attendance)
        self.loader = Loader(
            programme,
            renderer=self.renderer,
            measure=self.measure,
            ledger=self.ledger,
            clock=self.clock,
            remake=self.writer.remake,
            promises=self.promises,
            withdrawing=self.writer.withdrawing,
            clips=clips,
            scores=Scores(bills),
        )
        self.easel, fitting = self._hung()
        crew = Crew(
            easel=self.easel,
            renderer=self.renderer,
            loader=self.loader,
            writer=self.writer,
            watch=self.watch,
            planner=self.planner,
            keys=EndKeys(enabled=True),
            heartbeat=Heartbeat(None),
            clock=self.clock,
            trace=Trace(None),
            operator_keys=keys_in_force(setting=self.operator_keys, at_terminal=False),
            label=self.label,
            tell=self.told.append,
            fitting=fitting,
            clips=clips,
            airing=airing,
        )
        billing = Billing(
            self.planner.wanted,
            programme.shows,
            fallback=self.rules.fallback,
            places=standings(programme, is_start=before.plan is None),
            manual=before.manual or Manual(),
            attendance=before.attendance,
            airing=airing,
            paced=programme.paced,
        )
        self.loop = Loop(crew, billing, plate=self.plate, before=before)
        self.loop.begin()

    def _end(self, *, in_order: bool) -> None:
        if in_order:
            self.loop.close()
            self.loader.stop()
            self.writer.step()
        self.loader._let_go()
        self.writer._close()
        self.watch.close()

    def restart(self, *, in_order: bool = True) -> None:
        """End the screen process, in order or by pulling the plug, and start another."""
        self._end(in_order=in_order)
        self._open_screen()
        self._begin(Handover(ramp=Ramp(light := last_light(self.folder), light)))

    def reload(self, show: Show | None = None) -> None:
        """Read the configuration again: perhaps another show; the picture stays."""
        self.show = show or self.show
        self.rules = replace(self.rules, fallback=self.show.id)
        self._end(in_order=True)
        self._begin(self.loop.handover)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._end(in_order=True)
        self.ingest.close()

    # Time

    def frame(self, length: Nanos = FRAME) -> None:
        """Let *length* pass, everybody do what they have to do, and the loop do one frame."""
        self.clock.advance(length)
        self._length = length
        self.writer.step()
        self.planner.step()
        if self.loads:
            self.loader.step()
        self.loop.frame(self.clock.monotonic(), tuple(self.easel.pressed()))
        self._look()

    def play(self, length: Nanos, *, stride: Nanos = STRIDE) -> None:
        """Let *length* pass, with the feeds asked every half minute."""
        end = self.clock.monotonic() + length
        while self.clock.monotonic() < end:
            if self.clock.monotonic() >= self._next_poll:
                self._next_poll = self.clock.monotonic() + POLL_EVERY
                self.poll()
            self.frame(min(stride, end - self.clock.monotonic()))

    def play_until(self, holds: Callable[[], bool], *, within: Nanos = HOUR // 6, stride: Nanos = 100 * MILLISECOND) -> None:
        """Play until something holds."""
        end = self.clock.monotonic() + within
        while not holds():
            assert self.clock.monotonic() < end, "it never came to that"
            self.play(stride, stride=stride)

    def show_slides(self, count: int, *, stride: Nanos = SECOND) -> None:
        """Play until *count* more slides have begun."""
        wanted = len(self.slides) + count
        self.play_until(lambda: len(self.slides) >= wanted, within=count * 60 * SECOND, stride=stride)

    def blind(self, length: Nanos = 2 * SECOND) -> None:
        """Let the oracle wait: that its files were exchanged the screen sees at its next look, once a second."""
        self._blind_until = self.clock.monotonic() + length

    # The operator

    def press(self, *names: str) -> None:
        """Press keys before the next frame."""
        self.window.presses += [Key(name) for name in names]

    def order(self, *words: str) -> int:
        """Leave an order for the screen, as the command line does; return its number."""
        verb, arguments = row_of(parse(words, ("wall",)))
        return self.ingest.orders.post("screen", verb, arguments, by="operator", at=self.clock.wall())

    def obeyed(self, *words: str) -> str:
        """Leave an order, let everybody do their part, and return what became of it."""
        number = self.order(*words)
        for _ in range(10):
            self.frame()
            self.writer.step()
            if (result := self.ingest.orders.result(number)) is not None:
                return result
        raise AssertionError("nobody answered")

    # What is up

    @property
    def is_dark(self) -> bool:
        """Whether the wall is black."""
        return self.window.is_dark

    @property
    def up(self) -> frozenset[str]:
        """The items on the wall now, the leaving ones too."""
        return self.items(self.window.scene.photos) if self.window.scene else frozenset()

    @property
    def top(self) -> frozenset[str]:
        """The items of the newest slide on the wall."""
        return self.items(self.window.scene.layers[-1].composition.photos) if self.window.scene else frozenset()

    @property
    def is_fading(self) -> bool:
        """Whether two slides are up at once."""
        return self.window.scene is not None and len(self.window.scene.layers) > 1

    @property
    def leaving(self) -> frozenset[str]:
        """The items of the slide that is giving way."""
        return self.items(self.window.scene.layers[0].composition.photos) if self.window.scene and self.is_fading else frozenset()

    @property
    def is_plate(self) -> bool:
        """Whether the plate alone is up."""
        scene = self.window.scene
        return scene is not None and [layer.composition for layer in scene.layers] == [self.plate]

    @property
    def ready(self) -> frozenset[str]:
        """The items of the slide that is ready to come next."""
        ready = self.loop.reel.ready
        return frozenset(photo.item for photo in ready.photos) if ready else frozenset()

    @property
    def held(self) -> frozenset[str]:
        """The items of which anything is prepared."""
        return self.items(self.renderer.photos)

    def items(self, digests: frozenset[Digest]) -> frozenset[str]:
        """Return whose files these are."""
        return frozenset(self.known[digest].item for digest in digests)

    # The oracle

    def _look(self) -> None:
        if self.window.is_dark:
            self._ask(self.renderer.photos)
            return
        scene = self.window.scene
        assert scene is not None, "nothing was ever presented"
        assert scene.layers, "an empty scene is up"
        assert scene.layers[0].opacity == 1, "one sees through the lowest layer"
        for layer in scene.layers:
            there = layer.composition
            assert there.ink or there.moves or there.clips, "a slide with nothing on it is up"
        self._count(scene.layers[-1].composition)
        self._ask(scene.photos | self.renderer.photos)
        self.most_prepared = max(self.most_prepared, sum(self.renderer.prepared.values()))

    def _count(self, slide: object) -> None:
        if slide is self._last_slide:
            return
        self._last_slide = slide
        self.slides.append(self.top)
        self.seen.update(self.top)

    def _ask(self, digests: frozenset[Digest]) -> None:
        now, wall = self.clock.monotonic(), self.clock.wall()
        if now < self._blind_until:
            return
        state = (digests, wall // SECOND, self.library_state())
        if state == self._judged:
            return  # nothing that the answer depends on is another
        asked = {self.known[digest].key: self.known[digest] for digest in digests}
        try:
            refused = right.refusals(self.ingest, tuple(asked.values()), wall)
        except LibraryError as error:
            refused = dict.fromkeys(asked, str(error))
        self._forbidden_since = {key: self._forbidden_since.get(key, now) for key in refused}
        for key, why in refused.items():
            allowed = LOOK_EVERY + self._length if why in BY_THE_CLOCK else 0
            since = now - self._forbidden_since[key]
            assert since < allowed, f"{asked[key].item} is still on the wall or prepared: {why}"
        self._judged = None if refused else state
