"""Receipts in words: known, off the wall, last byte gone; and how they go on, for pages that are open."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

from player.console.desk import Desk
from player.console.live import Topic
from player.console.looks import asking
from player.console.looks.wording import plain
from player.console.pages.saying import Speech, speech_in
from player.library.receipts import Receipt
from player.units import SECOND, Nanos

LATE: Final[Nanos] = 60 * SECOND  # after which alarms are raised, too
LATEST: Final = 50  # that are told again: of what was withdrawn while a page was open, nobody withdraws more


@dataclass(frozen=True, slots=True)
class Step:
    """One of the two that a withdrawal owes."""

    text: str
    level: str
    """Of its mark: what takes its time is no alarm."""
    is_done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One receipt."""

    id: str
    """Names it on a page; nothing that a publisher wrote stands in it."""
    name: str
    known: str
    off: Step
    gone: Step


def told(receipt: Receipt, speech: Speech, *, by: str = "") -> Told:
    """Return how far a withdrawal has come, in words; and *by* whom it was, where somebody has looked that up."""
    at = speech.to_the_millisecond(receipt.known_at)
    known = speech.text("receipt.known_by", at=at, by=speech.by(by)) if by else speech.text("receipt.known", at=at)
    off = _step(receipt, receipt.off_at, "off" if receipt.was_up or receipt.off_at is None else "was_not_up", speech)
    return Told(_id(receipt), plain(receipt.item), known, off, _step(receipt, receipt.gone_at, "gone", speech))


def _step(receipt: Receipt, at: Nanos | None, key: str, speech: Speech) -> Step:
    if at is not None:
        return Step(speech.text(f"receipt.{key}", at=speech.to_the_millisecond(at)), "ok", is_done=True)
    is_late = speech.now - receipt.known_at > LATE
    return Step(speech.text(f"receipt.{key}_{'late' if is_late else 'waits'}"), "warn" if is_late else "none", is_done=False)


async def line(desk: Desk, language: str) -> str:
    """Return the last receipts, as one line for everybody who looks."""
    found = await asking.latest_receipts(desk, limit=LATEST)
    words = speech_in(desk, language)
    return json.dumps([asdict(told(each, words)) for each in found], ensure_ascii=False)


def _id(receipt: Receipt) -> str:
    return f"receipt-{hashlib.sha256(repr(receipt.key).encode()).hexdigest()[:16]}"


TOPIC: Final = Topic("receipts-in-words", line)
