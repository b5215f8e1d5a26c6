"""One line of the examination."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing, and what would mend it."""

    topic: str
    text: str
    is_problem: bool = False
    is_worth_a_look: bool = False
    """Not wrong yet, or not for everybody."""

    @property
    def mark(self) -> str:
        """The sign before it, coloured as rich has it."""
        return "[red]![/]" if self.is_problem else "[yellow]•[/]" if self.is_worth_a_look else "[green]✓[/]"
