"""What whoever sets outputs up sees on them: test cards, the handles of the editor, and names. And what becomes of their keys.

What is up is decided elsewhere; here it is drawn, once a frame at most, and shapes that were edited go to the façade and on to
the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from player import log
from player.calibration.actions import KEYS, Choose, Stroke, repeats
from player.calibration.drawing import draw, draw_name, name_plate
from player.calibration.editing import Saved, State, act, begun
from player.calibration.kept import shapes_of
from player.calibration.record import Kept
from player.calibration.shelf import Edit
from player.calibration.soundness import check_shape
from player.calibration.spot import Edited
from player.clock import Clock
from player.errors import GeometryError
from player.output.pen import Letters, Pen, Pixels
from player.output.shape import Seat, Shape
from player.output.testcard import Card, Facts, card
from player.render.protocol import Image
from player.screen.displays import Found
from player.screen.facade import Facade, Standing
from player.screen.shelving import Shelving
from player.show.on_air import OnAir
from player.units import Nanos

BY: Final = "keyboard"
"""Who edited, for the history."""
NOT_SEEN: Final = "no display of it has been seen yet"
GONE_ON: Final = "The shapes were changed from elsewhere: editing goes on with those."

_log = log.get("screen")


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A test card, and what it was made of."""

    of: tuple[object, ...]
    card: Card


class Fitting:
    """Test cards and editing on a façade, as long as a session."""

    def __init__(
        self,
        facade: Facade,
        shelving: Shelving,
        letters: Letters,
        clock: Clock,
        *,
        seen_from: Sequence[float | None] = (None, None),
    ) -> None:
        """Go on with what was edited before and is not on the disk yet; words are set with *letters*.

        *seen_from* is how far away people stand and how wide the wall is, in metres; None: nobody said so.
        """
        self._seen_from = seen_from
        self._facade = facade
        self._shelving = shelving
        self._clock = clock
        self._pen = Pen(letters)
        self._state: State | None = None
        """None: nobody edits."""
        self._on: OnAir | None = None
        self._now: Nanos = 0
        """The frame's (monotonic)."""
        self._is_naming = False
        self._has_moved = False
        """Whether shapes are others than those for which words were placed."""
        self._cards: dict[str, _Drawn] = {}
        self._judged: dict[str, tuple[Seat, Shape, bool]] = {}
        """Each output as it was last asked whether it can be shown, and the answer."""
        self._names: dict[str, tuple[Seat, Found | None, Pixels]] = {}
        """The name of each output, large, and what it was made of."""
        self._seen: tuple[object, ...] = ()
        """What overlay and cards were last drawn of."""
        shelving.is_watched = True
        if shelving.outputs is not None:
            facade.remap(shapes_of(shelving.outputs))
        facade.card = self._card

    def close(self) -> None:
        """Take everything off the outputs that is not the picture."""
        self._end()
        self._facade.card = self._facade.overlay = None
        self._facade.refresh()
        self._shelving.is_watched = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """The ids of all outputs, in their order."""
        return tuple(self._facade.outputs)

    @property
    def unready(self) -> Mapping[str, str]:
        """The outputs that cannot be edited now, each with the reason."""
        ready = {each.id for each in self._edited()}
        return {each.id: each.why or NOT_SEEN for each in self._facade.standings() if each.id not in ready}

    @property
    def unseen(self) -> Mapping[str, str]:
        """The outputs that have no display now, each with the reason."""
        return {each.id: each.why or NOT_SEEN for each in self._facade.standings() if each.display is None}

    def wipe(self) -> None:
        """Forget the last picture wherever frames are made: below a test card that is drawn by itself it would stay."""
        self._facade.wipe()

    @property
    def wants_stage(self) -> bool:
        """Whether words are to be placed anew: shapes were changed, nobody edits any more, and the disk has them."""
        return self._has_moved and self._state is None and self._shelving.is_settled

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each output stands."""
        return self._facade.standings()

    def begin(self, output: str) -> None:
        """Let keys edit *output*, or go over to it."""
        if self._state is None:
            self._open(output)
        else:
            chosen = next((i for i, each in enumerate(self._state.outputs) if each.id == output), None)
            if chosen is not None:
                self._state = act(self._state, Choose(chosen), self._clock.monotonic()).state

    def press(self, stroke: Stroke, *, again: bool = False) -> bool:
        """Do what a key means to whoever edits; return whether that ended it. *again*: it is held down."""
        action = KEYS.get(stroke)
        if self._state is None or action is None or (again and not repeats(action)):
            return False
        before = self._state
        outcome = act(before, action, self._clock.monotonic())
        self._state = outcome.state
        if outcome.saved is not None:
            self._keep(before, outcome.state, outcome.saved)
        return outcome.is_over

    def follow(self, on: OnAir, now: Nanos, *, is_naming: bool) -> bool:
        """Have the outputs show what is *on* besides the picture, with the frame at *now* (monotonic).

        Costs nothing while nobody sets anything up. Return False when somebody edits and there is nothing that could be edited.
        """
        self._on, self._now, self._is_naming = on, now, is_naming
        news = self._shelving.news()
        if news is not None:
            _log.info("the shapes of another calibration count now")
            self._facade.remap(shapes_of(news))
            self._has_moved = True
            self._state = self._state and replace(self._state, message=GONE_ON)
        if on.editing is None:
            self._end()
        elif self._state is None:
            self._open(on.editing.output)
        else:
            self._keep_up(self._state)
        # A graphics card must be read and written for it: so there is none while nothing is drawn over the picture.
        self._facade.overlay = self._draw_over if self._state is not None or is_naming else None
        seen = (self._state, self._shelving.problem if self._state else "", on.cards, is_naming)
        if seen != self._seen:
            self._seen = seen
            self._facade.refresh()
        if not on.cards and self._state is None:
            self._cards.clear()
        return on.editing is None or self._state is not None

    # Editing

    def _edited(self) -> tuple[Edited, ...]:
        """Return the outputs that can be edited as they are now: those of a known size, with a shape that can be shown."""
        return tuple(
            Edited(key, seat, shape, self._facade.outputs[key].shape(seat.size))
            for key, (seat, shape) in self._facade.shaped.items()
            if self._is_sound(key, seat, shape)
        )

    def _is_sound(self, output: str, seat: Seat, shape: Shape) -> bool:
        """Whether an output can be shown; what is as before is not judged again: this is asked in every frame."""
        if self._judged.get(output, ())[:2] != (seat, shape):
            self._judged[output] = seat, shape, _can_be_shown(seat, shape)
        return self._judged[output][2]

    def _open(self, output: str) -> None:
        edited = self._edited()
        if edited:
            chosen = next((i for i, each in enumerate(edited) if each.id == output), 0)
            self._state = begun(edited, chosen)
            self._facade.repeat_keys(on=True)
            _log.info("outputs are edited with keys", output=edited[chosen].id)

    def _end(self) -> None:
        if self._state is not None:
            self._state = None
            self._facade.repeat_keys(on=False)
            _log.info("nobody edits outputs any more")

    def _keep_up(self, state: State) -> None:
        """Go on with the outputs as they are now: a display has come, or another size, or somebody restored a calibration."""
        shaped = self._facade.shaped.items()
        sound = [(key, seat, shape) for key, (seat, shape) in shaped if self._is_sound(key, seat, shape)]
        if sound == [(each.id, each.seat, each.shape) for each in state.outputs]:
            return
        edited = self._edited()
        # What lies before is of other shapes, and to undo it would bring back a mixture.
        chosen = next((i for i, each in enumerate(edited) if each.id == state.edited.id), 0)
        if edited:
            looks = {"shows_grid": state.shows_grid, "shows_help": state.shows_help}
            self._state = replace(begun(edited, chosen), **looks, card=state.card, message=GONE_ON)
        else:
            self._end()

    def _keep(self, before: State, after: State, saved: Saved) -> None:
        """Bring what has changed onto the wall, and have it kept."""
        self._has_moved = True
        outputs: dict[str, Kept] = {}
        others: dict[str, Kept] = {}
        for was, each in zip(before.outputs, after.outputs, strict=True):
            kept = Kept(each.shape, each.seat.size, each.configured.masks)
            if was.shape != each.shape:
                self._facade.reshape(each.id, each.shape)
                outputs[each.id] = kept
            else:
                others[each.id] = kept
        edit = Edit(at=self._clock.wall(), by=BY, what=saved.what, outputs=outputs, others=others, gesture=saved.gesture)
        self._shelving.put(edit)

    # What outputs show

    def _card(self, output: str) -> Card | None:
        """Return the test card that an output shows instead of the picture; None: the picture."""
        name = (self._state and self._state.card) or (self._on and self._on.card_on(output))
        standing = next((each for each in self._facade.standings() if each.id == output), None) if name else None
        if not name or standing is None or standing.made is None:
            return None  # an output without maps is black
        made, display = standing.made, standing.display
        facts = Facts(
            output=output,
            display=display.name if display else "",
            rate_hz=self._facade.fps,
            shape=made.shape,
            count=made.count,
            viewing_distance_m=self._seen_from[0],
            wall_width_m=self._seen_from[1],
        )
        of = (name, made.seat, facts.display, facts.rate_hz, made.shape, made if name == "count" else None)
        drawn = self._cards.get(output)
        if drawn is None or drawn.of != of or (drawn.card.until is not None and self._now >= drawn.card.until):
            drawn = self._cards[output] = _Drawn(of, card(name, seat=made.seat, facts=facts, pen=self._pen, t=self._now))
        return drawn.card

    def _draw_over(self, output: str, out: Image) -> None:
        """Draw handles, or which output it is, over the pixels that an output is to show."""
        if self._state is not None:
            state = replace(self._state, message=self._shelving.problem or self._state.message)
            for i, each in enumerate(state.outputs):
                if each.id == output and out.shape[:2] == (each.seat.size.height, each.seat.size.width):
                    draw(out, state, i, self._pen)
        if self._is_naming:
            self._draw_name(output, out)

    def _draw_name(self, output: str, out: Image) -> None:
        seat, shape = self._facade.shaped.get(output, (None, None))
        if seat is None or shape is None or out.shape[:2] != (seat.size.height, seat.size.width):
            return
        if not self._is_sound(output, seat, shape):
            return  # nobody knows where it is to be dark
        display = next((each.display for each in self._facade.standings() if each.id == output), None)
        if self._names.get(output, (None, None, None))[:2] != (seat, display):
            lines = (output, str(display)) if display else (output,)
            self._names[output] = seat, display, name_plate(seat, lines, self._pen)
        draw_name(out, seat, shape, self._names[output][2])


def _can_be_shown(seat: Seat, shape: Shape) -> bool:
    try:
        check_shape(shape, seat.crop)
    except GeometryError:
        return False
    return True
