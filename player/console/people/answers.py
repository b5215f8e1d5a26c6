"""What people are answered at the gate: they are in, or why not, as a word that every language has a sentence for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.console.people import passwords
from player.console.people.passwords import Weakness
from player.console.people.rows import Person
from player.units import Nanos


class Why(StrEnum):
    """Why something was refused."""

    WRONG = "wrong"
    """Name or password: which of them is nobody's business."""
    WAIT = "wait"
    """Too many have failed from here, or for this name: `Refused.wait` says how long."""
    BUSY = "busy"
    CODE = "code"
    NAME = "name"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    LAST = "last"
    FULL = "full"
    LEFT = "left"
    """Who asks may not do so any more: they were removed, or have another role."""
    SAME = "same"
    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PLAIN = "plain"


SENTENCES: Final[Mapping[Why, str]] = {
    Why.WRONG: "the name or the password is wrong",
    Why.WAIT: "too many attempts have failed: wait a little",
    Why.BUSY: "too many log in at this moment: try again in a few seconds",
    Why.CODE: "the code is wrong, was used, or is older than an hour: `weremember console code` makes a new one",
    Why.NAME: "a name is 1 to 40 letters, digits, spaces, dots, apostrophes, - and _, and begins and ends with a letter or digit",
    Why.TAKEN: "somebody has this name already",
    Why.UNKNOWN: "there is nobody of this name",
    Why.LAST: "this is the only administrator: make somebody else one first",
    Why.LEFT: "whoever asks may not do so any more",
    Why.SAME: "this is the password that it was: take another one",
    Why.FULL: "there are as many people as the console keeps: remove one first",
    **{Why(weakness): sentence for weakness, sentence in passwords.SENTENCES.items()},
}
"""In English, for the command line and the log."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in."""

    person: Person
    token: str
    """For their browser alone."""

    def __repr__(self) -> str:
        return f"Entered({self.person})"


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody is not, or what they wanted did not happen."""

    why: Why
    wait: Nanos = 0
    """How long to wait before it is worth another try."""

    @property
    def sentence(self) -> str:
        """Why, in English."""
        return SENTENCES[self.why]


def refused(weakness: Weakness) -> Refused:
    """Return the refusal of a password."""
    return Refused(Why(weakness))
