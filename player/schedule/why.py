"""Why something is on: reasons as values, so that whoever tells them speaks their own language. Here they are in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "fallback": "no slot is on: the fallback",
    "clock": "the clock is not trusted: the fallback",
    "working": "the schedule is being worked out: the fallback",
    "alone": "alone (priority {priority})",
    "equal": "priority {priority}",
    "over": "priority {priority} over {slots}",
    "over_more": "priority {priority} over {slots} and {more} more",
    "later": "overlaps {slots} of the same priority, and begins later",
    "later_more": "overlaps {slots} and {more} more of the same priority, and begins later",
    "name": "overlaps {slots} of the same priority, and is the first by name",
    "name_more": "overlaps {slots} and {more} more of the same priority, and is the first by name",
    "begins": "begins at {at}",
    "overrun": "goes on past its end at {at}",
    "live": "{stream} is live",
    "awaited": "{stream} is awaited",
    "no_stream": "{stream} does not come",
    "hand": "put on by hand",
    "dim": "at most {dim} % bright ({rule})",
}
FIELDS: Final[Mapping[str, frozenset[str]]] = {
    key: frozenset(name for _, name, _, _ in Formatter().parse(text) if name) for key, text in SENTENCES.items()
}
"""What each reason fills in."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a key of SENTENCES, and what is filled in."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return SENTENCES[self.key].format(**dict(self.fields))


def reason(key: str, **fields: object) -> Reason:
    """Return a reason with its *fields* as text."""
    return Reason(key, tuple((name, str(value)) for name, value in fields.items()))


def in_words(reasons: Iterable[Reason]) -> str:
    """Return reasons as one line of English."""
    return "; ".join(map(str, reasons))
