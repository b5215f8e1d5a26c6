"""What a parser gathers from one document, and the Page that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from player.feed.item import Item, Page, Withdrawal
from player.feed.once import each_once, withdrawals_once

MAX_ITEMS: Final = 50_000  # on one page; 4 MB hold fewer useful ones
MAX_LINES: Final = 200  # of complaint about one page; the next ones say the same
MAX_REASON: Final = 80  # characters
MAX_VERSION: Final = 64  # characters of a source's own version token, which is compared and never read


@dataclass(slots=True)
class Harvest:
    """Items, withdrawals and complaints, in the order in which they were met."""

    items: list[Item] = field(default_factory=list[Item])
    gone: list[Withdrawal] = field(default_factory=list[Withdrawal])
    lines: list[str] = field(default_factory=list[str])

    def take(self, found: Item | Withdrawal | None) -> None:
        """Keep what one entry came to."""
        match found:
            case Item():
                self.items.append(found)
            case Withdrawal():
                self.gone.append(found)
            case None:
                pass

    def page(self, *, next_url: str | None, complete: bool) -> Page:
        """Return the page: each id once, the safer reading where they contradict each other."""
        items, contradictions = each_once(self.items, self.gone)
        return Page(
            items=items,
            withdrawn=withdrawals_once(self.gone),
            discarded=bounded([*self.lines, *contradictions]),
            next_url=next_url,
            complete=complete,
        )


def bounded(lines: Sequence[str]) -> tuple[str, ...]:
    """Return *lines*, at most MAX_LINES of them and then how many more."""
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    return (*lines[:MAX_LINES], f"and {len(lines) - MAX_LINES:,} more")
