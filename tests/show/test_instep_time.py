"""A show in step: which slot is up at an instant, and what of it follows from its number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.show.director import wording
from player.show.instep import Score, measure
from player.show.slide import Phrase
from player.units import MILLISECOND, Nanos
from tests.show.test_instep import ALONE, EPOCH, FACT, MOSAIC, PAIRS, WORDS, people, score

STEPS = [ALONE, WORDS, PAIRS, MOSAIC, FACT]
ONE: Score = score(STEPS, people([True, False, True]))
TIMES = st.integers(0, 10**10).map(lambda ms: ms * MILLISECOND + EPOCH)


@given(TIMES)
def test_each_instant_has_one_slot(t: Nanos) -> None:
    """It began before, and the next one begins when it is over."""
    slot = ONE.slot_at(t)

    assert ONE.start_of(slot) <= t < ONE.start_of(slot + 1)
    assert ONE.start_of(slot) + ONE.length_of(slot) == ONE.start_of(slot + 1)
    assert ONE.slot_at(ONE.start_of(slot)) == slot
    assert 0 < ONE.fade_of(slot) <= ONE.length_of(slot)
    assert ONE.step_of(slot) is STEPS[ONE.index_of(slot)]


def test_the_first_slot_begins_at_the_epoch() -> None:
    """Before it, slots have numbers less than 0, on the same grid."""
    assert ONE.slot_at(EPOCH) == 0
    assert ONE.start_of(0) == EPOCH
    assert ONE.slot_at(EPOCH - 1) == -1
    assert ONE.start_of(-len(STEPS)) == EPOCH - ONE.cycle


def test_a_cycle_is_all_fades_and_holds() -> None:
    """In whole nanoseconds: no sum of tenths drifts away from another site's."""
    assert measure(STEPS).cycle == round((4 * 1.6 + 1.5 + 9 + 7 + 9 + 18 + 12) * 1000) * MILLISECOND
    assert ONE.start_of(len(STEPS) * 1_000_000) == EPOCH + 1_000_000 * ONE.cycle


def test_seeds_are_of_the_version_and_the_slot() -> None:
    """48 bits, as those of other shows; another for each slot, and in another version."""
    other = score(STEPS, people([True]), version="cd" * 32)

    assert len({ONE.seed(slot) for slot in range(1000)}) == 1000
    assert all(0 <= ONE.seed(slot) < 2**48 for slot in range(-10, 1000))
    assert ONE.seed(7) != other.seed(7)


def test_languages_take_turns() -> None:
    """From slot to slot the next one, and in time every line speaks all, however many lines and languages there are."""
    phrases = [Phrase(str(n), f"l{n}") for n in range(20)]
    said = [wording(phrases, ONE.ordinal(slot))[0].text for slot in range(20)]
    at_words = {wording(phrases, ONE.ordinal(slot))[0].text for slot in range(1, 20 * 64 * 5, 5)}

    assert len(set(said)) == 20
    assert len(at_words) == 20


def test_words_and_facts_draw_nobody() -> None:
    """They stand alone."""
    assert [len(ONE.drawn(slot, ())) for slot in range(5)] == [1, 0, len(ONE.planned(2)), 3, 0]
