"""`weremember render --from A --until B`: a stretch of the show as MP4s that a client can look at, and say yes to.

Whoever may not be shown now is in no film; and whoever may not be shown any more by the time it is done ends it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from player.clock import Clock, SystemClock
from player.commissioning.throw import throws
from player.errors import OperatorError
from player.filming.light import WHOLE, Lens, Mapped, Whole
from player.filming.mp4 import Mp4
from player.filming.rate import count, instants
from player.filming.reels import Reels
from player.filming.slides import opened
from player.filming.stretch import Stretch
from player.library import right
from player.library.library import Library
from player.library.photo import Photo
from player.render.cpu import CpuRenderer
from player.screen.clips import Clips
from player.screen.programme import programme_of
from player.settings import Configuration
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos, Size

LONGEST: Final[Nanos] = 24 * 3600 * SECOND  # a day of a show is 30 GB; whoever asks for more has slipped in a date
ENDING: Final = ".mp4"
PLANNING: Final = 0.1  # of the bar
ASK_EVERY: Final[Nanos] = 10 * SECOND  # whether all who are on it may be shown still
_NO_OUTPUTS: Final = "there are no outputs to film: write `outputs:` in config.yaml (docs/facade.md), or leave --outputs out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be filmed."""

    start: Nanos
    until: Nanos
    """UTC, both; the last picture is before it."""
    rate: Fraction
    out: Path
    size: Size | None = None
    """Of the canvas; None: the display's."""
    outputs: bool = False
    """A film of each output, as it is mapped, instead of one of the canvas."""
    show: str | None = None
    """One show by itself, from its first slide on, as if put on by hand for just as long; None: what the schedule has."""

    def problem(self, shows: Collection[str] = ()) -> str:
        """Return what is wrong with it where there are these *shows*, with what to write instead; empty: nothing."""
        if self.show is not None and self.show not in shows:
            return f'there is no show "{self.show}": there are {", ".join(sorted(shows))}'
        if self.until <= self.start:
            return "--until is not after --from: a film ends later than it begins"
        if self.until - self.start > LONGEST:
            return "a film is 24 hours long at most: write a nearer --until"
        if self.out.suffix.lower() != ENDING:
            return f'a film is an .mp4 file: write --out show.mp4, not "{self.out.name}"'
        if self.outputs and self.size:
            return "each output has its own size: leave --size out"
        return ""


@dataclass(frozen=True, slots=True)
class Filmed:
    """What came of it."""

    files: tuple[Path, ...]
    pictures: int
    """In each."""


def film(
    configuration: Configuration,
    order: Order,
    clock: Clock,
    tell: Callable[[float], None],
    stopped: threading.Event | None = None,
) -> Filmed | None:
    """Film a stretch of the show; None: it was *stopped*, and nothing is left of it.

    Args:
        configuration: Whose show; for outputs as they are calibrated now.
        order: Without a problem, given the playlists of *configuration*.
        clock: By whose time photos may be shown.
        tell: Hears how far it is, 0 to 1.
        stopped: Whoever sets it wants no film any more.

    Raises:
        OperatorError: a file cannot be written, there are no outputs, or a photo was withdrawn meanwhile.
        LibraryError: the data folder cannot be read.
    """
    typesetter = Typesetter()
    found = throws(configuration) if order.outputs else None
    if found and not configuration.settings.outputs:
        raise OperatorError(_NO_OUTPUTS)
    stage = stage_of(configuration, found.canvas if found else order.size)
    fonts, own = typesetter.fonts, SystemClock()
    programme = programme_of(configuration, stage, lambda language, text: fonts.speakable(language, text) is not None, fonts.sets)
    if order.show is not None:
        bill = programme.bill(order.show)
        programme = replace(programme, show=bill.show, phrases=bill.phrases)
    with contextlib.ExitStack() as stack:
        reels = stack.enter_context(Reels(own))
        renderer = CpuRenderer(stage.canvas, typesetter, moving=reels, waits=True)
        cap = configuration.settings.light.picture_level
        lens: Lens = Mapped(renderer, found, cap) if found else Whole(renderer, stage.canvas)
        library = stack.enter_context(opened(programme.data))
        clips = Clips(reels, programme.films, own, fps=float(order.rate))
        stretch = Stretch(
            configuration,
            programme,
            library,
            renderer=renderer,
            typesetter=typesetter,
            clock=clock,
            clips=clips,
            alone_until=None if order.show is None else order.until,
        )
        files = dict[str, Mp4]()
        for name, size in lens.sizes.items():  # one after another: where the second cannot be begun, the first is given up
            files[name] = Mp4(named(order.out, name), size, order.rate)
            stack.callback(files[name].close)
        right_to = _Right(library, stretch.photos, clock)
        try:
            _fill(files, stretch, lens, order, _Listener(tell, stopped or threading.Event(), right_to))
        except _StoppedError:
            return None
        right_to.ask()
        for file in files.values():
            file.name()
    return Filmed(tuple(named(order.out, name) for name in files), count(order.start, order.until, order.rate))


def named(out: Path, output: str) -> Path:
    """Return what the film of an output is called: `show-LEFT.mp4`; that of the canvas has the name that was asked for."""
    return out if output == WHOLE else out.with_name(f"{out.stem}-{output}{out.suffix}")


def _fill(files: Mapping[str, Mp4], stretch: Stretch, lens: Lens, order: Order, listener: _Listener) -> None:
    """Put all pictures into the files."""
    pictures = count(order.start, order.until, order.rate)
    frame = SECOND * order.rate.denominator // order.rate.numerator
    times = instants(order.start, order.until, order.rate)
    for number, (t, picture) in enumerate(stretch.pictures(times, frame, listener.planned)):
        for name, image in lens.seen(picture, t).items():
            files[name].add(image)
        listener.drawn(number / pictures)
    for file in files.values():
        file.finish()
    listener.drawn(1.0)


class _StoppedError(Exception):
    """Whoever wanted it does not any more."""


class _Right:
    """Whether everybody on the film may be shown still: making it may take as long as the show itself."""

    def __init__(self, library: Library, photos: Mapping[int, Photo], clock: Clock) -> None:
        self._library, self._photos, self._clock = library, photos, clock
        self._next = clock.monotonic() + ASK_EVERY

    def look(self) -> None:
        """Ask, if it is time to; see `ask`."""
        if self._clock.monotonic() >= self._next:
            self._next = self._clock.monotonic() + ASK_EVERY
            self.ask()

    def ask(self) -> None:
        """Ask now.

        Raises:
            OperatorError: somebody may not be shown.
        """
        refused = right.refusals(self._library, tuple(self._photos.values()), self._clock.wall())
        for key, why in refused.items():
            who = f"{self._photos[key].source}/{self._photos[key].item}"
            raise OperatorError(f"{who} may not be shown any more ({why}): nothing was written. Film it again")


@dataclass(frozen=True, slots=True)
class _Listener:
    """Who hears how far it is, and may have had enough."""

    tell: Callable[[float], None]
    stopped: threading.Event
    right: _Right

    def planned(self, done: float) -> None:
        """Hear how far planning is, 0 to 1."""
        self._hear(PLANNING * done)

    def drawn(self, done: float) -> None:
        """Hear how far drawing is, 0 to 1."""
        self._hear(PLANNING + (1 - PLANNING) * done)
        self.right.look()

    def _hear(self, done: float) -> None:
        if self.stopped.is_set():
            raise _StoppedError
        self.tell(min(1.0, done))
