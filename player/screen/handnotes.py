"""What holds by hand, in a file of its own until the orders have it; and when a demand for darkness may be taken away."""

from __future__ import annotations

from pathlib import Path

from player.library import dark
from player.library.by_hand import Note, forget_note, note_down


class HandNotes:
    """The frame loop tells, the writer's thread writes; neither waits for the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: tuple[int, Note | None] = (0, None)
        """The newest note, by its number. Told as one object, and never taken back."""
        self._written = 0
        """The number of the note that lies in the folder; or was the newest one that did."""
        self._settled = 0
        """The number of the note that the orders have."""
        self._demand: tuple[int, bool] | None = None

    def take(self, note: Note) -> int:
        """Take in what holds from now on; return its number."""
        number = self._newest[0] + 1
        self._newest = number, note
        return number

    def take_away(self, demand: int, *, is_dark: bool) -> None:
        """Take *demand* away: at once, or where it *is_dark* by it once that is on record."""
        self._demand = demand, is_dark

    def write(self) -> None:
        """Write what waits, as far as the disk lets us."""
        number, note = self._newest
        if note is not None and number > max(self._written, self._settled):
            try:
                note_down(self._folder, note)
            except OSError:
                pass  # tried again with the next step; meanwhile the orders may take it
            else:
                self._written = number
        demand = self._demand
        if demand is not None and (not demand[1] or max(self._written, self._settled) >= number):
            dark.take_away(self._folder, demand[0])
            if self._demand is demand:
                self._demand = None

    def settled(self, number: int) -> None:
        """The orders have the note of this *number*: if there is none newer, no file is needed."""
        self._settled = number
        if number == self._newest[0]:
            forget_note(self._folder)
