"""Several displays as one wall: a window on each, and the canvas brought to all of them at the same instant.

For the frame loop it is one window. An output that loses its display stops no other; it is bound again when its display is
back, and until the first one is there the wall runs without any. No picture is kept here: whenever another one is due, for a
display that came back or maps that were made, `again_at` says so, and the loop presents what may be shown now.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, TypeAlias

from player import log
from player.calibration.kept import Shapes, kept_shapes
from player.clock import Clock, SystemClock
from player.output.scaling import scaled
from player.output.section import Output, canvas_of, seat_of
from player.output.shape import Seat, Shape
from player.output.testcard import Card
from player.render.protocol import Image
from player.screen.binding import Binding, bound, spot_of
from player.screen.displays import Found
from player.screen.governing import Governing, Seen
from player.screen.hanging import Hanging
from player.screen.keyboard import Key, key_of
from player.screen.mapmaker import Made, Mapmaker
from player.screen.mapmaker import Wanted as WantedMaps
from player.screen.panes import Pane, Panes, SdlPanes, Stirred
from player.screen.projecting import Frame, Projecting
from player.screen.window import USUAL_FPS, Pressed, Wanted
from player.units import MILLISECOND, SECOND, Nanos, Size

LOOK_EVERY: Final[Nanos] = SECOND  # at displays: a tenth of what a wall may take to come back
LOOK_SOON: Final[Nanos] = 200 * MILLISECOND  # after something stirred; it often comes in several steps
FIRST_MAPS: Final[Nanos] = SECOND  # at most and once, that the first picture waits for sketches: it would be black without
_ONE_THREAD: Final = 1920 * 1200  # pixels that one core finishes in time

_log = log.get("screen")

Overlay: TypeAlias = Callable[[str, Image], None]
"""Draws over what an output shows, BGRA in its own pixels, after everything else."""
Cards: TypeAlias = Callable[[str], Card | None]
"""What an output shows instead of the picture; None: the picture."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an output stands, for those who watch and for test cards."""

    id: str
    display: Found | None
    why: str
    """Why it has no display, or no picture; empty when all is well."""
    made: Made | None
    """What it is shown with; None: nothing yet."""
    size: Size | None
    """How many pixels it has, as last seen, else as written; None: nobody knows."""


class Facade:
    """A wall of several outputs, as one window."""

    def __init__(
        self,
        outputs: Sequence[Output],
        panes: Panes,
        clock: Clock,
        *,
        canvas: Size | None = None,
        fps: float | None = None,
        cap: float | None = None,
        shapes: Shapes = Output.shape,
        paints: bool = True,
        seen: Seen | None = None,
    ) -> None:
        """Find the displays and begin to make maps; the first picture opens the windows.

        Args:
            outputs: One at least.
            panes: The displays.
            clock: For its monotonic time.
            canvas: Its size, where one is written.
            fps: Where others are wanted than the displays have.
            cap: The greatest mean light of a picture, 0 to 1.
            shapes: Of each output; refused ones leave the last good one, or black.
            paints: False where a graphics card does, which gets its `frames` and calls all but `draw`.
            seen: What was on the wall before this one, for the governor.
        """
        self._outputs = {output.id: output for output in outputs}
        self._panes, self._clock = panes, clock
        self._written, self._shapes, self._fps = canvas, shapes, fps
        self._edited: dict[str, tuple[Size, Shape]] = {}
        """With the size that each was made for."""
        self._hanging = Hanging(panes, clock)
        self._made: dict[str, Made] = {}
        self._refused: dict[str, str] = {}
        self._sizes = {key: size for key, output in self._outputs.items() if (size := _told_size(output))}
        """Of outputs, as last seen, else as written: blends with one that is missing stay as they are."""
        self._displayed = dict(self._sizes)
        """The same, but where windows insist on another size: the canvas does not follow those."""
        self._has_waited = False
        self._is_lit = True
        self._look_at: Nanos = clock.monotonic()
        self._again = True
        self._again_at: Nanos | None = None
        self._missing = log.Edge(_log, begins="an output has no display; the others go on", ends="an output has its display")
        self._shapeless = log.Edge(_log, begins="an output cannot have this shape", ends="an output has its shape")
        self.overlay: Overlay | None = None
        self.card: Cards | None = None
        self.begins_anew = False
        """Whether the first display is a reason to open everything again: a graphics card may draw then."""
        self._binding = bound(outputs, panes.look(), before=Binding())
        self._learn_sizes()
        self.canvas = canvas_of(canvas, outputs, self._displayed)
        cores = len(os.sched_getaffinity(0))
        widest = max((size.width * size.height for size in self._sizes.values()), default=0)
        self._maker = Mapmaker(max(1, cores // len(outputs)) if widest > _ONE_THREAD else 1, paints=paints)
        self.governing = Governing(cap, seen)
        self._projecting = Projecting(min(cores, len(outputs)), self.governing)
        self._wanted: WantedMaps = {}
        self._want()

    # What a window does

    @property
    def fps(self) -> float:
        """How many pictures a second all displays can show."""
        rates = [found.rate for found in self._binding.displays.values() if found.rate]
        return self._fps or min(rates, default=USUAL_FPS)

    @property
    def again_at(self) -> Nanos | None:
        """When the picture is to be presented again though it stands still (monotonic; 0: now; None: never)."""
        return 0 if self._again else self._again_at

    def memory(self) -> None:
        """There is no one window's memory to draw into."""

    def draw(self, image: Image, light: float) -> None:
        """Draw a BGRA canvas for all outputs, as bright as *light* says, 0 to 1 as it looks; at 0 they are black."""
        self._projecting.draw(self.frames(is_lit=light > 0), image, light, self._clock.monotonic(), self.overlay)

    def frames(self, *, is_lit: bool = True) -> list[Frame]:
        """Take in what was made meanwhile, open the windows that are due, and return what is to be drawn in which of them.

        *is_lit* says that there is a picture: dark is not waited for, and needs no maps.
        """
        now, self._is_lit = self._clock.monotonic(), is_lit
        if is_lit and not self._made and not self._has_waited:
            self._has_waited = True
            self._maker.wait(FIRST_MAPS)
        self._take_maps(now)
        for found in {found.key: found for found in self._binding.displays.values()}.values():
            if self._is_due(found, now):
                self._hanging.open(found, now)
        frames = [frame for pane in self._hanging.ready() for frame in self._frames_in(pane)]
        self._heed_losses(now)
        return frames

    def _frames_in(self, pane: Pane) -> Iterator[Frame]:
        """Yield what is to be drawn in a window: all outputs that lie in it as a whole; it may be smaller than its display."""
        outputs = [self._outputs[key] for key in self._on(pane.found)]
        clears = any(output.place for output in outputs)
        for output in outputs:
            spot = spot_of(output, pane.size)
            if spot.right > pane.size.width or spot.bottom > pane.size.height:
                continue
            card = self.card(output.id) if self.card else None
            yield Frame(output.id, pane, spot, self._made.get(output.id), card, output.brightness, clears=clears)
            clears = False

    def flip(self) -> None:
        """Show what was drawn, on all outputs at once."""
        now = self._clock.monotonic()
        self._again = False
        self._again_at = self.governing.shown(now)
        self._hanging.flip()
        self._heed_losses(now)

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what happened at any window; and now and then look after displays and maps."""
        now = self._clock.monotonic()
        for what in self._panes.happened():
            if isinstance(what, Stirred):
                self._look_at = min(self._look_at, now + LOOK_SOON)
            else:
                yield what
        self._take_maps(now)
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            self._look(now)
            is_other = canvas_of(self._written, tuple(self._outputs.values()), self._displayed) != self.canvas
            if is_other or (self.begins_anew and self._binding.displays):
                yield Pressed.RESIZED

    def close(self) -> None:
        """Take everything off the displays, whatever part of it fails."""
        with ExitStack() as stack:
            stack.callback(self._panes.close)
            for made in self._made.values():
                stack.callback(made.close)
            stack.callback(self._projecting.close)
            stack.callback(self._maker.close)
            stack.callback(self._hanging.close)

    # What those who calibrate do

    def reshape(self, output: str, shape: Shape) -> None:
        """Give an output another shape: as a sketch within about 50 ms, with whole maps once the hand rests.

        What cannot be shown is refused, and what was there before stays. An output that was never seen has no size, and no shape.
        """
        size = self._sizes.get(output)
        if size:
            self._edited[output] = size, shape
            self._want(is_edit=True)

    def remap(self, shapes: Shapes) -> None:
        """Go by other shapes than before, also where somebody has edited one: another calibration counts now."""
        self._shapes = shapes
        self._edited.clear()
        self._want()

    @property
    def shaped(self) -> Mapping[str, tuple[Seat, Shape]]:
        """The outputs whose size is known, in their order, as they are to be shown."""
        return self._wanted

    @property
    def outputs(self) -> Mapping[str, Output]:
        """All outputs, as they are configured, by id."""
        return self._outputs

    def repeat_keys(self, *, on: bool) -> None:
        """Let keys that are held be told again and again; or once, as before."""
        self._panes.repeat_keys(on=on)

    def refresh(self) -> None:
        """Have the picture presented again: overlay or cards have changed."""
        self._again = True

    def standings(self) -> tuple[Standing, ...]:
        """Return how each output stands, in their order."""
        return tuple(
            Standing(
                key,
                self._binding.displays.get(key),
                self._binding.missing.get(key) or self._refused.get(key, ""),
                self._made.get(key),
                self._sizes.get(key),
            )
            for key in self._outputs
        )

    @property
    def sizes(self) -> dict[str, Size]:
        """How many pixels the outputs have whose displays were seen, or whose size is written."""
        return dict(self._sizes)

    def wipe(self) -> None:
        """Forget the last picture wherever frames are made: a photo may have been withdrawn."""
        for made in self._made.values():
            made.wipe()

    # Displays

    def _look(self, now: Nanos) -> None:
        """Give away the displays that there are now."""
        has_lost = self._hanging.drop_unsound()
        self._heed_losses(now)
        before = self._binding
        self._binding = bound(tuple(self._outputs.values()), self._panes.look(), before=before)
        for key in self._outputs:
            why = self._binding.missing.get(key, "")
            self._missing.note(key, holds=bool(why), output=key, why=why or str(self._binding.displays.get(key)))
        self._hanging.keep({found.key for found in self._binding.displays.values()})
        sizes = dict(self._sizes)
        self._learn_sizes()
        if self._binding.displays != before.displays or has_lost or sizes != self._sizes:
            self._want()
            self._again = True
        self._again = self._again or any(self._is_due(found, now) for found in self._binding.displays.values())

    def _learn_sizes(self) -> None:
        for key, found in self._binding.displays.items():
            for sizes, size in ((self._sizes, self._hanging.size_on(found)), (self._displayed, found.size)):
                spot = spot_of(self._outputs[key], size)
                sizes[key] = Size(spot.width, spot.height)

    def _is_due(self, found: Found, now: Nanos) -> bool:
        """Whether a display wants a window that it has not, and there is something to show in it; if only that it is dark."""
        return self._hanging.is_due(found, now) and (not self._is_lit or all(self._can_show(key) for key in self._on(found)))

    def _heed_losses(self, now: Nanos) -> None:
        if self._hanging.has_lost:
            self._hanging.has_lost = False
            self._look_at = min(self._look_at, now + LOOK_SOON)

    def _on(self, found: Found) -> list[str]:
        return [key for key, each in self._binding.displays.items() if each.key == found.key]

    def _can_show(self, output: str) -> bool:
        """Whether an output has maps of the size it has now; one whose shape was refused goes black rather than bare."""
        made = self._made.get(output)
        return (made is not None and made.seat.size == self._sizes[output]) or output in self._refused

    # Maps

    def _want(self, *, is_edit: bool = False) -> None:
        """Ask for the maps of all outputs whose size is known."""
        wanted: dict[str, tuple[Seat, Shape]] = {}
        for key, output in self._outputs.items():
            size = self._sizes.get(key)
            if size:
                wanted[key] = seat_of(output, self.canvas, size), self._shape(output, size)
        if wanted != self._wanted:
            self._wanted = wanted
            self._maker.want(wanted, self._clock.monotonic(), is_edit=is_edit)

    def _shape(self, output: Output, size: Size) -> Shape:
        if output.id in self._edited:
            made_for, shape = self._edited[output.id]
            return scaled(shape, made_for, size)
        return self._shapes(output, size)

    def _take_maps(self, now: Nanos) -> None:
        """Show with what was made meanwhile."""
        for batch in self._maker.take(now):
            self._again = True
            for key, made in batch.made.items():
                old = self._made.get(key)
                self._made[key] = made
                if old is not None:
                    old.close()
            if batch.is_whole:
                self._refused = dict(batch.refused)
                for key in batch.wanted:
                    self._shapeless.note(key, holds=key in batch.refused, output=key, why=batch.refused.get(key, ""))


def open_facade(wanted: Wanted, seen: Seen | None = None) -> Facade:
    """Return the wall of the outputs that are *wanted*, as they were mapped last; displays may come later.

    *seen* is what was on the wall before.
    """
    return Facade(
        wanted.outputs,
        SdlPanes(key_of),
        SystemClock(),
        canvas=wanted.canvas,
        fps=wanted.fps,
        cap=wanted.cap,
        shapes=kept_shapes(wanted.data) if wanted.data else Output.shape,
        seen=seen,
    )


def _told_size(output: Output) -> Size | None:
    """Return how many pixels an output has by what is written, before its display is seen."""
    if output.place:
        return Size(output.place.width, output.place.height)
    return output.display.size if output.display else None
