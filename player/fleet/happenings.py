"""Events, as values: what happened at a player, each told once, in order, and kept until the broker has it.

Wire format, as in `voices`: `kind` says which, and the other names are what stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.fleet.guard import Answer
from player.fleet.wire import Fields, Plain, WireError

MAX_ID: Final = 300  # characters
MAX_TEXT: Final = 300  # of an answer, or of why
MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How far a withdrawal has come here; told when it is off the wall, and again when the last byte is gone. Times in ms."""

    number: int | None
    """The centre's, where a hint told it; None: it came by the feed or a person here."""
    source: str
    item: str
    known_at: int
    off_at: int | None
    gone_at: int | None
    was_up: bool
    is_here: bool
    """Something of it was here."""

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {
            "kind": "receipt",
            "w": self.number,
            "source": self.source[:MAX_ID],
            "item": self.item[:MAX_ID],
            "known_at": self.known_at,
            "off_at": self.off_at,
            "gone_at": self.gone_at,
            "was_up": self.was_up,
            "here": self.is_here,
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an order."""

    answer: Answer

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"kind": "answer", "to": self.answer.to, "ok": self.answer.is_done, "text": self.answer.text[:MAX_TEXT]}


class Turn(StrEnum):
    """What a show did."""

    BEGUN = "show begun"
    ENDED = "show ended"
    MISSED = "show missed"
    JOINED = "joined late"


@dataclass(frozen=True, slots=True)
class Shown:
    """That a show began, ended, was missed, or was joined late."""

    turn: Turn
    show: str
    slot: str
    at: int
    why: str = ""

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        name, slot, why = self.show[:MAX_NAME], self.slot[:MAX_NAME], self.why[:MAX_TEXT]
        return {"kind": self.turn.value, "show": name, "slot": slot, "at": self.at, "why": why}


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a programme could be put in force here."""

    is_ready: bool
    group: str
    version: str
    hash: str
    why: str = ""

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        kind = "ready" if self.is_ready else "not ready"
        why = self.why[:MAX_TEXT]
        return {"kind": kind, "group": self.group, "version": self.version[:MAX_NAME], "hash": self.hash, "why": why}


@dataclass(frozen=True, slots=True)
class Gap:
    """That so many events were never told: too many waited."""

    lost: int

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"kind": "gap", "lost": self.lost}


Happening = Receipt | Answered | Shown | Readiness | Gap
"""Whatever can happen."""
_TURNS: Final = {turn.value: turn for turn in Turn}


def happening(fields: Fields) -> Happening:
    """Return the event in *fields*.

    Raises:
        WireError: it is none that this version knows.
    """
    kind = fields.text("kind", MAX_NAME)
    match kind:
        case "receipt":
            return Receipt(
                number=fields.integer_or_none("w"),
                source=fields.text("source", MAX_ID),
                item=fields.text("item", MAX_ID),
                known_at=fields.integer("known_at"),
                off_at=fields.integer_or_none("off_at"),
                gone_at=fields.integer_or_none("gone_at"),
                was_up=fields.flag("was_up"),
                is_here=fields.flag("here"),
            )
        case "answer":
            return Answered(Answer(fields.integer("to"), fields.flag("ok"), fields.text("text", MAX_TEXT)))
        case "ready" | "not ready":
            return Readiness(
                kind == "ready",
                fields.text("group", MAX_NAME),
                fields.text("version", MAX_NAME),
                fields.text("hash", MAX_NAME),
                fields.text("why", MAX_TEXT),
            )
        case "gap":
            return Gap(fields.integer("lost"))
        case _ if kind in _TURNS:
            why = fields.text("why", MAX_TEXT)
            show, slot = fields.text("show", MAX_NAME), fields.text("slot", MAX_NAME)
            return Shown(_TURNS[kind], show, slot, fields.integer("at"), why)
        case _:
            raise WireError("kind of the event is none that this version knows")
