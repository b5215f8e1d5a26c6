"""How far the centre has been told what happened at a player, as data."""

from __future__ import annotations

import json

import pytest

from player.fleet.told import AT_ONCE, MAX_NUMBERED, Numbered, Stage, Told, from_record, nothing_of, said, stage, together
from player.library.receipts import Receipt
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import OPENING


def test_what_is_kept_is_read_back() -> None:
    """Whatever else stands there is left out."""
    told = Told({"screen": 7}, {"screen": 3}, {17: Numbered("*", "p-1", OPENING, Stage.OFF)}, {"ab": True})

    assert from_record(json.loads(json.dumps(told.record()))) == told
    assert from_record(None) is None
    odd = {"cursors": {"a": -1, "b": "x", "c": 2}, "numbered": [7, [1, 2, 3, 4, 5], [1, "*", "p", 2, 9]], "ready": []}
    assert from_record(odd) == Told(cursors={"c": 2})


def test_what_is_remembered_of_numbers_has_an_end() -> None:
    """Those that are done with go first."""
    told = Told()
    told.remember(0, Numbered("*", "open", OPENING))
    for number in range(1, MAX_NUMBERED + 5):
        told.remember(number, Numbered("*", "p", OPENING, Stage.GONE))

    assert len(told.numbered) == MAX_NUMBERED
    assert 0 in told.numbered


@pytest.mark.parametrize(
    ("withdrawn", "source", "means"),
    [
        ("*", "wall", True),
        ("wall", "*", True),
        ("wall", "wall", True),
        ("wall", "wall.core", True),
        ("wall.core", "wall", True),
        ("wall", "second", False),
    ],
)
def test_which_sources_a_withdrawal_means(withdrawn: str, source: str, *, means: bool) -> None:
    """Every one, or one with the copy for offline use that it brings along."""
    assert Numbered(withdrawn, "p", OPENING).means(source) is means


def test_what_a_number_stands_for_is_not_told_twice() -> None:
    """Only what was withdrawn before the number came, or with it: what the feed withdraws anew later is told by itself."""
    told = Told(numbered={17: Numbered("*", "p-1", OPENING)})

    assert told.answers(Receipt("wall", "p-1", OPENING - SECOND))
    assert told.answers(Receipt("wall", "p-1", OPENING + AT_ONCE))
    assert not told.answers(Receipt("wall", "p-1", OPENING + AT_ONCE + 1))
    assert not told.answers(Receipt("wall", "p-2", OPENING))


def test_the_newest_receipt_of_a_source_counts() -> None:
    """One from before the withdrawal was taken back says nothing of the one that holds."""
    old = Receipt("wall", "p-1", OPENING, off_at=OPENING, gone_at=OPENING)
    new = Receipt("wall", "p-1", OPENING + SECOND)

    found = together(Numbered("*", "p-1", OPENING), [old, new])

    assert found is not None
    assert (found.known_at, stage(found)) == (new.known_at, Stage.KNOWN)
    assert together(Numbered("second", "p-1", OPENING), [old, new]) is None


def test_a_receipt_is_told_in_milliseconds() -> None:
    """And one of what was never here as done when it was known."""
    told = said(nothing_of(Numbered("*", "p-1", OPENING + 7)), number=17, is_here=False)

    assert {told.known_at, told.off_at, told.gone_at} == {OPENING // MILLISECOND}
    assert (told.number, told.source, told.is_here, told.was_up) == (17, "*", False, False)


def test_programmes_that_are_gone_are_forgotten() -> None:
    """One that comes again is looked into, and told, again."""
    told = Told(ready={"ab": True, "cd": False})
    told.forget_all_but(["cd", "ef"])

    assert told.ready == {"cd": False}
