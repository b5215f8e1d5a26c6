"""YAML as operators write it: what is text, where it stands, and that nothing in a file can hang or crash the reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from player.schema import ByteCount, Document, Duration, Frozen, Problem, did_you_mean, read, validate


class Inner(Frozen):
    """A group."""

    length: Duration = 1.0
    size: ByteCount = 1


class Outer(Frozen):
    """A file."""

    word: str = ""
    number: int = 0
    groups: dict[str, Inner] = Field(default_factory=dict[str, Inner])
    lines: tuple[Inner, ...] = ()
    maybe: Inner | None = None


def document(path: Path, text: str | bytes) -> Document:
    """What is read of *text*."""
    file = path / "file.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, "file.yaml")


def problems(path: Path, text: str) -> list[str]:
    """What is wrong with *text*."""
    found = document(path, text)
    validate(found, Outer)
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize("word", ["17:00", "on", "yes", "null", "~", "0x10", "1e3", "2027-01-27", "012", "=", "!!int 5"])
def test_every_scalar_is_text(tmp_path: Path, word: str) -> None:
    """YAML would make a number of 17:00 and a truth of `on`; here the schema gives the types."""
    found = validate(document(tmp_path, f"word: {word}\n"), Outer)
    assert found is not None
    assert found.word == word.removeprefix("!!int ")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Windows writes one."""
    assert validate(document(tmp_path, b"\xef\xbb\xbfword: x\r\nnumber: 5\r\n"), Outer) == Outer(word="x", number=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("groups:\n  a:\n    lenght: 1s\n", 'file.yaml:3 groups.a.lenght: unknown key. Did you mean "length"?'),
        ("lines:\n  - {}\n  - {syze: 1 B}\n", 'file.yaml:3 lines.1.syze: unknown key. Did you mean "size"?'),
        ("maybe: {sizes: 1 B}\n", 'file.yaml:1 maybe.sizes: unknown key. Did you mean "size"?'),
        ("wrod: x\n", 'file.yaml:1 wrod: unknown key. Did you mean "word"?'),
    ],
)
def test_a_suggestion_knows_where_it_stands(tmp_path: Path, text: str, expected: str) -> None:
    """In groups, lists and dictionaries, the keys that may stand there are suggested."""
    assert problems(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "seconds"), [("9s", 9), ("1.5s", 1.5), ("5m", 300), ("2h", 7200), ("1d", 86_400), (" 250 ms ", 0.25)]
)
def test_lengths_of_time(tmp_path: Path, text: str, seconds: float) -> None:
    """With a unit, in seconds."""
    found = validate(document(tmp_path, f"maybe: {{length: '{text}'}}\n"), Outer)
    assert found is not None
    assert found.maybe == Inner(length=seconds)


@pytest.mark.parametrize("text", ["9", "s", "-1s", "1 s 2", "nan s", "1,5s", "9 seconds", "٩s" * 50])
def test_what_is_no_length_of_time(tmp_path: Path, text: str) -> None:
    """It says how to write one."""
    (problem,) = problems(tmp_path, f"maybe: {{length: '{text}'}}\n")
    assert "write a length of time with its unit" in problem


@pytest.mark.parametrize(("text", "count"), [("1 B", 1), ("500 MB", 500_000_000), ("4gb", 4 * 10**9), ("1.5 kB", 1500)])
def test_sizes_in_bytes(tmp_path: Path, text: str, count: int) -> None:
    """With a unit, in powers of a thousand."""
    found = validate(document(tmp_path, f"maybe: {{size: {text}}}\n"), Outer)
    assert found is not None
    assert found.maybe == Inner(size=count)


def test_problems_of_both_kinds_come_together(tmp_path: Path) -> None:
    """A key given twice does not hide one that is unknown."""
    assert problems(tmp_path, "word: a\nword: b\nnumber: x\n") == [
        "file.yaml:2 word: given twice, first in line 1",
        'file.yaml:3 number: must be a whole number, not "x"',
    ]


def test_a_wrong_value_is_repeated_in_part(tmp_path: Path) -> None:
    """However long it is, the message stays a line."""
    (problem,) = problems(tmp_path, f"number: {'x' * 10_000}\n")
    assert len(problem) < 150


def test_suggestions() -> None:
    """The nearest word, else all, else nothing."""
    assert did_you_mean("evry", ["every", "kind"]) == ' Did you mean "every"?'
    assert did_you_mean("zzz", ["every", "kind"]) == " Known: every, kind."
    assert did_you_mean("zzz", []) == ""


def test_problems_sort_by_file_and_line() -> None:
    """As a person works through them."""
    late, early = Problem("b.yaml", 1, "", "x"), Problem("a.yaml", 10, "z", "x")
    second = Problem("a.yaml", 2, "", "x")
    assert sorted([late, early, second]) == [second, early, late]
    assert str(early) == "a.yaml:10 z: x"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text("abc:-[]{}&*#!|>'\"\n\t ,?%@`", max_size=120).map(str.encode))
def test_nothing_in_a_file_crashes_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Any bytes are a model or problems, each in one line."""
    found = document(tmp_path_factory.getbasetemp(), content)
    model = validate(found, Outer)
    assert (model is None) == bool(found.problems)
    assert all("\n" not in str(problem) for problem in found.problems)
