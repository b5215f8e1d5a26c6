"""What the screen says of itself once a second, for `weremember status`: what is up, and how its frames did."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from player.screen.billing import Billing
from player.screen.facade import Standing
from player.screen.reel import Reel
from player.screen.scores import Scores
from player.show.light import Ramp, level_at
from player.show.on_air import Ordered
from player.show.plan import FOREVER
from player.show.slide import Slide, named_on, photos_of
from player.timekeeping import Trust
from player.units import MILLISECOND, SECOND, Nanos

KEPT: Final = 3600  # frames: a minute of them at 60 a second
LATE: Final[Nanos] = SECOND  # by how much a slide may stay too long before it is out of step with the others
EDGES: Final[tuple[Nanos, ...]] = tuple(ms * MILLISECOND for ms in (1, 2, 4, 8, 12, 16, 20, 33, 50, 100, 250))
"""Of the histogram: how long a frame took at most. 16 ms are one at 60 a second, 33 at 30."""


class Frames:
    """How long the last frames took, and how many came late; some additions and one search among eleven a frame."""

    def __init__(self) -> None:
        self._works = array("q", [0] * KEPT)
        self._count = 0
        self._late = 0
        self._whole: Nanos = 0
        self._by_length = [0] * (len(EDGES) + 1)

    def worked(self, work: Nanos, *, is_late: bool) -> None:
        """Take note of a frame that took *work*."""
        self._works[self._count % KEPT] = work
        self._count += 1
        self._late += is_late
        self._whole += work
        self._by_length[bisect_left(EDGES, work)] += 1

    def told(self) -> dict[str, object]:
        """Return milliseconds of work a frame in the last minute; since the start, how many took how long, and were late."""
        count = min(self._count, KEPT)
        if not count:
            return {"frames": 0, "late": 0}
        places = (count // 2, count * 99 // 100, count - 1)
        # Sorted in part, and outside Python: a whole sort took a millisecond of a frame.
        works = np.partition(np.frombuffer(self._works, np.int64, count), places)
        median, p99, most = (int(works[place]) for place in places)
        return {
            "frames": self._count,
            "late": self._late,
            "median_ms": _ms(median),
            "p99_ms": _ms(p99),
            "most_ms": _ms(most),
            "work_s": round(self._whole / SECOND, 3),
            "histogram": [[edge // MILLISECOND for edge in EDGES], list(self._by_length)],
        }


def told(
    billing: Billing,
    reel: Reel,
    frames: Frames,
    *,
    ramp: Ramp,
    t: Nanos,
    at: Nanos,
    outputs: Sequence[Standing] = (),
    draws: str = "",
    films: Mapping[str, object] | None = None,
    scores: Scores | None = None,
) -> dict[str, object]:
    """Return how the screen is at *t*, as plain data.

    *at* is the time of day, *outputs* how each of them stands; *draws* says what draws, and why; *films* how they are; *scores*
    knows what counts for shows in step.
    """
    on, cue, belief, manual = billing.on, reel.cue, billing.belief, billing.manual
    slide, quiet = cue.slide, billing.wanted.quiet
    light = level_at(ramp, t)
    return {
        "at": at,
        "show": on.show,
        "slot": on.slot,
        "why": on.why,
        "reasons": [{"key": each.key, **dict(each.fields)} for each in on.reasons],
        "until": on.until if on.until < FOREVER else None,
        "by_hand": on.is_by_hand,
        "until_by_hand": manual.until if on.is_by_hand else None,
        "show_ordered": _ordered(manual.show_ordered) if on.is_by_hand else None,
        "dark": on.is_dark,
        "dark_since": None if light else ramp.end,
        "dark_ordered": _ordered(manual.dark_ordered) if manual.is_black else None,
        "dark_until": quiet.dark_until if quiet and on.is_dark and not manual.is_black else None,
        "held": on.is_held,
        "clock": belief.state.value,
        "clock_trusted": belief.trust is not Trust.UNTRUSTED,
        "clock_why": belief.why,
        "dim": on.level,
        "curfew": on.dim,
        "cards": {card.output: card.name for card in on.cards},
        "editing": on.editing.output if on.editing else None,
        "attended": bool(on.cards or on.editing),
        "outputs": [{"id": each.id, "display": str(each.display or ""), "why": each.why, "size": each.size} for each in outputs],
        "light": round(light, 2),
        "renderer": draws,
        "rung": reel.rung,
        **_slide(slide),
        "since": cue.start,
        "ends": cue.end if cue.end < FOREVER else None,
        "coming": _slide(reel.ready.choice.slide) if reel.ready else None,
        "next": billing.next(t, cue.end).show,
        "frames": frames.told(),
        "films": films or {},
        "recipes": scores.recipes if scores else {},
        **_in_step(billing, reel, scores or Scores(), t),
    }


def _in_step(billing: Billing, reel: Reel, scores: Scores, t: Nanos) -> dict[str, object]:
    """Return with whom the slide that is up is in step, or why it is not though its show is to be."""
    slot, on = reel.slot, billing.on
    if slot and t < slot.end + LATE:
        part = slot.part
        return {"step": {"group": part.group, "version": part.version, "hash": slot.hash, "slot": slot.number}, "no_step": ""}
    why, steps = "", scores.steps(on.show)
    if on.show not in scores.recipes or on.page or on.broadcast:
        return {"step": None, "no_step": ""}
    if billing.belief.trust is Trust.UNTRUSTED:
        why = "the clock is not believed"
    elif steps is None:
        why = "nobody has looked yet which programme counts"
    elif steps.on(t) is None:
        why = steps.why_not or "its programme has not begun"
    elif on.is_held:
        why = "the slide that is up is held"
    else:
        why = "the next slide is late" if slot else "it comes in at the next slide"
    return {"step": None, "no_step": why}


def _ordered(order: Ordered | None) -> dict[str, object]:
    """Return who has ordered what holds, and when; nothing where nobody knows."""
    return {"by": order.by, "at": order.at} if order else {}


def _slide(slide: Slide | None) -> dict[str, object]:
    """Return what kind of slide it is, and whom it shows."""
    return {
        "slide": type(slide).__name__.removesuffix("Slide").lower() if slide else "plate",
        "photos": [f"{photo.source}/{photo.item}" for photo in (photos_of(slide) if slide else ())],
        "named": named_on(slide) if slide else [],
    }


def _ms(length: Nanos) -> float:
    return round(length / MILLISECOND, 2)
