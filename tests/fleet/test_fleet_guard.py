"""Orders from afar: obeyed once, answered again, or refused with a reason that helps."""

from __future__ import annotations

from typing import Final

import pytest

from player.fleet.guard import REMEMBERED, TOLERANCE_MS, Accept, Answer, Memory, Pending, Refuse, Repeat, Verdict, in_words, judge

NOW: Final = 1_800_000_000_000
MINUTE: Final = 60_000


def _judge(memory: Memory, seq: int = 10, *, ts: int = NOW, expires_at: int = NOW + MINUTE, now: int = NOW) -> Verdict:
    return judge(memory, seq=seq, ts=ts, expires_at=expires_at, now=now)


def test_a_new_order_is_obeyed() -> None:
    """One with a higher number than all before, given now, is carried out."""
    assert _judge(Memory(highest=9)) == Accept()


def test_the_same_order_is_done_once() -> None:
    """Delivered again while it is being carried out, nothing is done; afterwards it has the same answer."""
    begun = Memory(highest=9).begun(10)
    answer = Answer(10, is_done=True, text="the wall is dark")

    assert _judge(begun) == Pending()
    assert _judge(begun.answered(answer)) == Repeat(answer)


@pytest.mark.parametrize(("seq", "why"), [(9, "overtaken by a later one"), (10, "taken in before this player began again")])
def test_an_order_that_was_overtaken_is_refused(seq: int, why: str) -> None:
    """Reordered, or replayed after a restart: the highest number that was ever obeyed is kept."""
    verdict = _judge(Memory(highest=10), seq)

    assert isinstance(verdict, Refuse)
    assert why in verdict.why


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (61 * MINUTE, "the clock here is 1 h 1 min ahead of the centre's"),
        (-61 * MINUTE, "the clock here is 1 h 1 min behind the centre's"),
        (TOLERANCE_MS + 1, "the clock here is 5 min ahead of the centre's"),
    ],
)
def test_a_clock_that_is_off_is_told_by_how_much(by: int, says: str) -> None:
    """Beyond five minutes the order is refused, and whoever gave it learns which clock is how far off."""
    verdict = _judge(Memory(), ts=NOW - by, expires_at=NOW + MINUTE)

    assert isinstance(verdict, Refuse)
    assert says in verdict.why


@pytest.mark.parametrize("by", [TOLERANCE_MS, -TOLERANCE_MS])
def test_clocks_may_be_five_minutes_apart(by: int) -> None:
    """A machine without a battery for its clock is still obeyed within that."""
    assert _judge(Memory(), ts=NOW - by, expires_at=NOW) == Accept()


def test_an_order_that_expired_is_refused() -> None:
    """What was meant for then is not done now."""
    verdict = _judge(Memory(), expires_at=NOW - 3 * MINUTE)

    assert isinstance(verdict, Refuse)
    assert "3 min after it expired" in verdict.why


def test_memory_is_bounded() -> None:
    """However many orders come, a fixed number of answers is kept: the latest."""
    memory = Memory()
    for seq in range(1000):
        memory = memory.begun(seq).answered(Answer(seq, is_done=True, text=""))

    assert len(memory.answers) == REMEMBERED
    assert memory.answers[-1].to == memory.highest == 999
    assert not memory.pending


def test_lengths_are_told_as_people_do() -> None:
    """Seconds below two minutes, then at most two units."""
    assert [in_words(ms) for ms in (1, 90_000, 360_000, 7_200_000, 90_000_000)] == ["1 s", "90 s", "6 min", "2 h", "1 d 1 h"]
