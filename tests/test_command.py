"""The vocabulary of orders: the same value from words and from rows, and a sentence for what is none."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.command import (
    MAX_LENGTH,
    UNATTENDED,
    VERBS,
    Calibrate,
    Command,
    Dim,
    Extend,
    Go,
    Plain,
    ShowCard,
    Withdraw,
    from_row,
    in_words,
    lasts,
    length_in_words,
    parse,
    row_of,
)
from player.errors import OperatorError
from player.units import SECOND

MINUTE: Final = 60 * SECOND
names: Final = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=20)
lengths: Final = st.integers(1, MAX_LENGTH)
evenings: Final = st.integers(1, 4 * 60 * MINUTE)
commands: Final = st.one_of(
    st.sampled_from(Plain),
    st.builds(Go, names, st.none() | lengths),
    st.builds(Extend, lengths),
    st.builds(Dim, st.integers(0, 100)),
    st.builds(Withdraw, names, names),
    st.builds(ShowCard, st.none() | names, st.none() | names, evenings),
    st.builds(Calibrate, st.none() | names, evenings, is_over=st.booleans()),
)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("next", Plain.NEXT),
        ("dark", Plain.DARK),
        ("go wall", Go("wall")),
        ("go wall for 2h", Go("wall", 120 * MINUTE)),
        ("go wall for 90 m", Go("wall", 90 * MINUTE)),
        ("extend 30m", Extend(30 * MINUTE)),
        ("dim 0", Dim(0)),
        ("dim 100", Dim(100)),
        ("withdraw demo/p-17", Withdraw("p-17", "demo")),
        ("withdraw p-17", Withdraw("p-17")),
        ("withdraw https://example.org/p-17", Withdraw("https://example.org/p-17")),
        ("withdraw other/p-17", Withdraw("other/p-17")),
        ("testcard grid", ShowCard("grid", length=UNATTENDED)),
        ("testcard grid on left for 5m", ShowCard("grid", "left", 5 * MINUTE)),
        ("testcard grid for 4h", ShowCard("grid", None, 240 * MINUTE)),
        ("testcard off", ShowCard(None)),
        ("testcard off on left", ShowCard(None, "left")),
        ("calibrate", Calibrate()),
        ("calibrate on left", Calibrate("left")),
        ("calibrate on left for 1 h", Calibrate("left", 60 * MINUTE)),
        ("calibrate for 30m", Calibrate(None, 30 * MINUTE)),
        ("calibrate off", Calibrate(is_over=True)),
    ],
)
def test_words_become_orders(words: str, command: Command) -> None:
    """What a person types is one frozen value; a slash names a source only if there is one of that name."""
    assert parse(words.split(), ("demo",)) == command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "say what is to be done: "),
        ("dance", "unknown command dance"),
        ("go", "say which show: go SHOW"),
        ("go wall until 17:00", "say which show: go SHOW"),
        ("go wall for ever", "write a length of time with its unit"),
        ("go wall for 0s", "more than nothing"),
        (f"go wall for {'9' * 400}h", "at most 31 days"),
        ("extend 900h", "at most 31 days"),
        ("go \udcff", "its show is missing or no text"),
        ("go wall for 40d", "at most 31 days"),
        ("extend", "say for how long: extend 30m"),
        ("dim", "say how bright"),
        ("dim 101", "say how bright"),
        ("dim -1", "say how bright"),
        ("dim ٣", "say how bright"),
        ("withdraw", "say which photo"),
        ("dark now", 'dark takes no "now"'),
        ("testcard", "say which test card: testcard grid"),
        ("testcard grid left", "say which test card: testcard grid"),
        ("testcard grid on", "say which test card: testcard grid"),
        ("testcard grid for 5h", "test cards and editing are on for at most 4 h at a time"),
        ("calibrate left", "say calibrate, calibrate on left"),
        ("calibrate for", "say calibrate, calibrate on left"),
    ],
)
def test_what_is_no_order_is_told_in_a_sentence(words: str, said: str) -> None:
    """Whoever mistypes hears how it is written."""
    with pytest.raises(OperatorError, match=said):
        parse(words.split())


@given(commands)
def test_an_order_comes_back_from_its_row_as_it_was(command: Command) -> None:
    """What is left in the library by one process is the same value in another."""
    assert from_row(*row_of(command)) == command


anything: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | names,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
rows: Final = st.dictionaries(
    st.sampled_from(("show", "length_ns", "level", "item", "source", "card", "output", "over")) | names, anything, max_size=4
)


@given(st.sampled_from(VERBS) | st.text(), rows)
def test_no_row_breaks_the_reader(verb: str, arguments: dict[str, object]) -> None:
    """Whatever somebody wrote into a row, it is an order that can be written down, or a line that says what is wrong."""
    said: list[str] = []
    try:
        command = from_row(verb, arguments)
        written = (in_words(command), *row_of(command)[1].values())
        assert all(text.encode() for text in written)
    except OperatorError as error:
        said.append(str(error))
    assert all(line.isprintable() and len(line) < 100 for line in said)


SETTING_UP: Final = (
    "testcard grid on left for 30 s",
    "testcard grid for 45 s",
    "testcard off",
    "testcard off on left",
    "calibrate on left for 60 s",
    "calibrate off",
)


def test_an_order_in_words_can_be_typed_again() -> None:
    """What is said of an order is how it is written."""
    for words in ("go wall", "extend 45 s", "dim 60", "withdraw demo/p-17", "auto", *SETTING_UP):
        assert in_words(parse(words.split(), ("demo",))) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 s"), (90, "90 s"), (1800, "30 min"), (5400, "1 h 30 min"), (93_600, "1 d 2 h"), (86_400 + 61, "1 d 1 min")],
)
def test_lengths_are_said_in_two_units_at_most(seconds: int, words: str) -> None:
    """Nobody counts the seconds of an hour."""
    assert length_in_words(seconds * SECOND) == words


def test_what_says_how_the_wall_is_to_be_is_right_later_too() -> None:
    """Dark is dark tomorrow; the next slide of yesterday is nobody's wish."""
    assert all(lasts(command) for command in (Plain.DARK, Plain.LIGHT, Plain.AUTO, Dim(3)))
    assert not any(lasts(command) for command in (Plain.NEXT, Plain.HOLD, Plain.END, Go("wall"), Extend(1)))


def test_each_order_has_its_verb() -> None:
    """What can be typed and what can stand in a row is the same list."""
    assert {
        row_of(command)[0] for command in (*Plain, Go("a"), Extend(1), Dim(1), Withdraw("a"), ShowCard("a"), Calibrate())
    } == set(VERBS)
