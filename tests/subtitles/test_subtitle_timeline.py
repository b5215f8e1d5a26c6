"""What is up when, and in which language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.subtitles import Subtitle, chosen, language_of, next_change, shown
from player.subtitles.timeline import MAX_AT_ONCE, timeline
from player.units import SECOND


def _cue(begin: int, end: int, text: str = "") -> Subtitle:
    return Subtitle(begin * SECOND, end * SECOND, (text or f"{begin}-{end}",))


def test_a_subtitle_is_up_from_its_beginning_until_its_end() -> None:
    """At its first instant it is there, at its last it is gone; before, between and after there is nothing."""
    found = timeline([_cue(5, 6), _cue(1, 3)], "en")

    assert shown(found, 0) == shown(found, 3 * SECOND) == shown(found, 6 * SECOND) == ()
    assert shown(found, SECOND) == shown(found, 3 * SECOND - 1) == (_cue(1, 3),)
    assert [next_change(found, at * SECOND) for at in (0, 1, 2, 3, 5, 6)] == [
        SECOND,
        3 * SECOND,
        3 * SECOND,
        *[5 * SECOND],
        6 * SECOND,
        None,
    ]


def test_two_that_follow_each_other_leave_no_gap() -> None:
    """Where one ends another begins, and nothing changes twice."""
    found = timeline([_cue(1, 3), _cue(3, 4)], "en")

    assert found.changes == (SECOND, 3 * SECOND, 4 * SECOND)


def test_those_that_overlap_are_up_together() -> None:
    """In the order in which they began; of very many, those that began last."""
    found = timeline([_cue(1, 9, "a"), _cue(2, 4, "b")], "en")
    assert [cue.lines[0] for cue in shown(found, 3 * SECOND)] == ["a", "b"]
    assert [cue.lines[0] for cue in shown(found, 5 * SECOND)] == ["a"]

    many = timeline([_cue(i, 100, str(i)) for i in range(50)], "en")
    assert [cue.lines[0] for cue in shown(many, 99 * SECOND)] == ["47", "48", "49"]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=12), st.integers(0, 45))
def test_what_is_shown_is_what_covers_the_instant(spans: list[tuple[int, int]], at: int) -> None:
    """Whatever overlaps what: at any instant those are up whose time it is, as far as can be read."""
    cues = [_cue(begin, begin + length, str(i)) for i, (begin, length) in enumerate(spans)]
    found = timeline(cues, "en")

    up = [cue for cue in sorted(cues, key=lambda cue: cue.begin) if cue.begin <= at * SECOND < cue.end]

    assert list(shown(found, at * SECOND)) == up[-MAX_AT_ONCE:]
    after = next_change(found, at * SECOND)
    assert after is None or shown(found, after) != shown(found, at * SECOND)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("film.he.vtt", "he"),
        ("films/the.long.film.pt-BR.srt", "pt-BR"),
        ("film.vtt", ""),
        ("film.2027.srt", ""),
        ("film.zh-Hant-TW.vtt", "zh-Hant-TW"),
        ("he.vtt", ""),
        (".vtt", ""),
        ("film.final.srt", ""),
    ],
)
def test_a_file_s_name_says_its_language(name: str, language: str) -> None:
    """What stands before the last dot, where it is a tag."""
    assert language_of(name) == language


@pytest.mark.parametrize(
    ("tags", "languages", "most", "expected"),
    [
        (["en", "he", "pl"], ["he", "pl"], 1, (1,)),
        (["en", "he", "pl"], ["he", "pl"], 2, (1, 2)),
        (["en", "pt-BR"], ["pt", "en"], 2, (1, 0)),
        (["pt", "pt-PT"], ["PT-pt"], 1, (1,)),
        (["en", ""], ["he"], 1, (1,)),
        (["pl", "en"], ["he"], 1, (0,)),
        (["pl", "en"], [], 2, (0, 1)),
        (["en", "en-GB"], ["en", "en-US"], 2, (0,)),
        ([], ["en"], 1, ()),
    ],
)
def test_the_audience_s_languages_choose(tags: list[str], languages: list[str], most: int, expected: tuple[int, ...]) -> None:
    """The first language for which there is a file; two where two are asked for; never none where there is one."""
    assert chosen(tags, languages, most) == expected
