"""Words as people type them."""

from __future__ import annotations

import pytest

from player.library.words import MAX_SOUGHT, MAX_WORDS, folded, pattern, sought


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Łukasz Müller", "lukasz muller"),
        ("NOVÁK", "novak"),
        ("Straße", "STRASSE"),
        ("שָׁלוֹם", "שלום"),
        ("Ørsted", "orsted"),
        ("Ångström", "angstrom"),
        ("ЁЛКА", "елка"),
        ("plain words", "Plain Words"),
    ],
)
def test_case_and_accents_do_not_matter(text: str, typed: str) -> None:
    """What is written with capitals, accents or vowel points is found by whoever types it without."""
    assert folded(text) == folded(typed)


def test_what_is_typed_becomes_a_few_words() -> None:
    """Each word once, and no more of them than a search takes, however long the text is."""
    assert sought("  Anna  anna KOWALSKA ") == ("anna", "kowalska")
    assert len(sought(" ".join(map(str, range(100))))) == MAX_WORDS
    assert sum(map(len, sought("x" * 1_000_000))) == MAX_SOUGHT


def test_a_lone_half_of_a_character_is_no_error() -> None:
    """Text that SQLite would refuse can be folded: it is refused there."""
    assert folded("é\ud800")


def test_signs_of_patterns_are_letters() -> None:
    """An asterisk, a question mark or a bracket that somebody types stands for itself."""
    assert pattern("a*[b]?") == "*a[*][[]b][?]*"
