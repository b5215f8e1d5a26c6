"""A band below a picture: the words on the side where they begin, notes on the other, on one baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from player.show.layout.lines import Align, Line
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.look import CAPTION_LEADING

NOTES_GAP: Final = 0.06  # U, between the words and the notes beside them
NARROWEST: Final = 0.26  # U; notes in less would be all line breaks

Notes: TypeAlias = Callable[[float], tuple[Line, ...]]
"""What is said beside the words, set for a width."""


@dataclass(frozen=True, slots=True)
class Band:
    """The words and the notes, their last baselines level."""

    words: Stack
    notes: Stack
    mirrored: bool
    """The words are on the right."""

    @property
    def depth(self) -> float:
        """From the band's top to its baseline."""
        return max(self.words.depth, self.notes.depth)

    @property
    def height(self) -> float:
        """From the band's top to the lowest ink."""
        return self.depth + max(stack.height - stack.depth for stack in (self.words, self.notes))

    def inked(self, *, left: float, width: float, top: float) -> Set:
        """Return the ink between *left* and *left* + *width*."""
        words = self.words.inked(left=left, width=width, top=top + self.depth - self.words.depth)
        return words + self.notes.inked(left=left, width=width, top=top + self.depth - self.notes.depth)


def banded(
    page: Page, words: Sequence[Line], *, width: float, side: Align, notes: Notes, extra: Sequence[Line] = ()
) -> Band | None:
    """Return the band with *words* (one line beneath the other) on *side*; None when the notes have no room.

    Args:
        page: The page.
        words: The words' lines, and what hangs beneath them.
        width: From the outer edge of the words to that of the notes.
        side: The side that the words begin on.
        notes: What must be said on the other side.
        extra: What may be said beneath the notes, if there is room.
    """
    mirrored = side == "right"
    beneath = stacked(leaded(words, side))
    rest = width - beneath.width - NOTES_GAP * page.unit
    needed = notes(max(rest, 0.0))
    if beneath.width > width or (rest < NARROWEST * page.unit and notes(page.safe.width)):
        return None
    lines = (*needed, *(line for line in extra if line.width <= rest))
    return Band(beneath, stacked(leaded(lines, "left" if mirrored else "right")), mirrored)


def leaded(lines: Sequence[Line], align: Align) -> list[Entry]:
    """Return *lines* as entries, each led by its own size."""
    return [Entry(line, CAPTION_LEADING * line.size_px, align) for line in lines]
