"""What the screen says of itself once a second, for `weremember status`: what is up, and how its frames did."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np

from player.screen.billing import Billing
from player.screen.facade import Standing
from player.screen.reel import Reel
from player.show.light import Ramp, level_at
from player.show.plan import FOREVER
from player.show.slide import photos_of
from player.timekeeping import Trust
from player.units import MILLISECOND, Nanos

KEPT: Final = 3600  # frames: a minute of them at 60 a second


class Frames:
    """How long the last frames took, and how many came late; two additions a frame."""

    def __init__(self) -> None:
        self._works = array("q", [0] * KEPT)
        self._count = 0
        self._late = 0

    def worked(self, work: Nanos, *, is_late: bool) -> None:
        """Take note of a frame that took *work*."""
        self._works[self._count % KEPT] = work
        self._count += 1
        self._late += is_late

    def told(self) -> dict[str, object]:
        """Return the last minute in figures: milliseconds of work a frame, and all late frames since the start."""
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
) -> dict[str, object]:
    """Return how the screen is at *t*, as plain data.

    *at* is the time of day, *outputs* how each of them stands; *draws* says what draws, and why.
    """
    on, cue, belief = billing.on, reel.cue, billing.belief
    slide = cue.slide
    return {
        "at": at,
        "show": on.show,
        "slot": on.slot,
        "why": on.why,
        "until": on.until if on.until < FOREVER else None,
        "by_hand": on.is_by_hand,
        "until_by_hand": billing.manual.until if on.is_by_hand else None,
        "dark": on.is_dark,
        "held": on.is_held,
        "clock": belief.state.value,
        "clock_trusted": belief.trust is not Trust.UNTRUSTED,
        "clock_why": belief.why,
        "dim": on.level,
        "curfew": on.dim,
        "cards": {card.output: card.name for card in on.cards},
        "editing": on.editing.output if on.editing else None,
        "attended": bool(on.cards or on.editing),
        "outputs": [{"id": each.id, "display": str(each.display or ""), "why": each.why} for each in outputs],
        "light": round(level_at(ramp, t), 2),
        "renderer": draws,
        "rung": reel.rung,
        "slide": type(slide).__name__.removesuffix("Slide").lower() if slide else "plate",
        "since": cue.start,
        "photos": [f"{photo.source}/{photo.item}" for photo in (photos_of(slide) if slide else ())],
        "next": billing.next(t, cue.end).show,
        "frames": frames.told(),
    }


def _ms(length: Nanos) -> float:
    return round(length / MILLISECOND, 2)
