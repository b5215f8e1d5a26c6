"""Work that takes seconds goes in steps, between which whoever asked for it may give it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Step: TypeAlias = Callable[[], None]
"""Called between two steps, which take a tenth of a second or so each; what it raises ends the work."""


def go_on() -> None:
    """Give nothing up."""
