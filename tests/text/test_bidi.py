"""Which way text runs."""

from __future__ import annotations

import pytest

from player.text.bidi import is_right_to_left, visual_runs


def seen(text: str) -> str:
    """Return *text* as it is seen, from left to right."""
    return "".join(text[r.start : r.end][:: -1 if r.level % 2 else 1] for r in visual_runs(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We Remember", False),
        ("אנחנו", True),
        ("نحن", True),
        ("2026 אנחנו", True),
        ("«We» אנחנו", False),
        ("12", False),
        ("", False),
    ],
)
def test_the_first_strong_letter_gives_the_direction(text: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    """Numbers and marks have no say; the first letter has."""
    assert is_right_to_left(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("abc (אבג) def", "abc )גבא( def"),  # the brackets stay outside; shaping mirrors what runs right to left
        ("אבג (abc)", "(abc) גבא"),
        ("אבג 1,234.5", "1,234.5 גבא"),
        ("עלה 50%", "50% הלע"),
        ("abc אבג 12", "abc 12 גבא"),
        ("אבג!", "!גבא"),
        ("abc אבג!", "abc גבא!"),
    ],
)
def test_runs_stand_in_the_order_of_the_unicode_algorithm(text: str, expected: str) -> None:
    """Mixed lines read as the Unicode Bidirectional Algorithm has them."""
    assert seen(text).translate(str.maketrans("", "", "()")) == expected.translate(str.maketrans("", "", "()"))


def test_every_character_is_in_exactly_one_run() -> None:
    """The runs of a line are a partition of it."""
    text = "We (אנחנו) 2026, نحن ١٢٣ — abc!"
    covered = sorted(i for run in visual_runs(text) for i in range(run.start, run.end))
    assert covered == list(range(len(text)))


def test_arabic_digits_run_left_to_right() -> None:
    """A number in Arabic digits keeps its order within a right-to-left line."""
    levels = [run.level % 2 for run in visual_runs("نحن ١٢٣")]
    assert 0 in levels
