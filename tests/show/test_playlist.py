"""Playlists settled: every step in full, with its times, other playlists taken in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.playlist import (
    MAX_STEPS,
    FactStep,
    MissingShowError,
    MosaicStep,
    PhotoStep,
    Playlist,
    Show,
    Step,
    WordsStep,
    settle,
)


def playlist(*slides: object, **fields: object) -> Playlist:
    """A playlist as its file would be read."""
    return Playlist.model_validate({"slides": list(slides), **fields})


def test_short_and_long_forms_mean_the_same() -> None:
    """`- photo`, `- photo:` and `- photo: {}`."""
    assert playlist("photo") == playlist({"photo": ""}) == playlist({"photo": {}})
    assert playlist({"show": "x"}) == playlist({"show": {"name": "x"}})


def test_a_line_is_gone_through_as_often_as_it_says() -> None:
    """One after another, in order."""
    show = settle("a", {"a": playlist({"photo": {"times": "3"}}, "words")})
    assert [type(step.kind) for step in show.steps] == [PhotoStep, PhotoStep, PhotoStep, WordsStep]


def test_times_come_from_the_line_else_the_playlist_else_the_default() -> None:
    """A mosaic stands longer unless it says otherwise."""
    steps = settle("a", {"a": playlist("photo", {"photo": {"hold": "5s", "fade": "2s"}}, "mosaic", hold="20s")}).steps
    assert [(step.hold, step.fade) for step in steps] == [(20, 1.6), (5, 2), (18, 1.6)]
    assert settle("a", {"a": playlist("photo")}).steps == (Step(PhotoStep(), 9, 1.6, motion=True),)


def test_another_playlist_is_taken_in_with_its_own_times() -> None:
    """Its hold, its fade, its motion; and it may be taken in more than once."""
    inner = playlist("words", hold="30s", motion=False)
    show = settle("a", {"a": playlist("photo", {"show": "b"}, {"show": "b"}, title="Outer"), "b": inner})
    assert (show.id, show.title) == ("a", "Outer")
    assert [(type(step.kind), step.hold, step.motion) for step in show.steps] == [
        (PhotoStep, 9, True),
        (WordsStep, 30, False),
        (WordsStep, 30, False),
    ]


def test_every_kind_of_slide() -> None:
    """With all that it may say."""
    steps = settle(
        "a",
        {
            "a": playlist(
                {"photo": {"pairs": "true"}},
                {"mosaic": {"columns": "6", "rows": "3", "tally": "true"}},
                "words",
                {"fact": {"text": "t", "source": "s"}},
            )
        },
    ).steps
    assert [step.kind for step in steps] == [
        PhotoStep(pairs=True),
        MosaicStep(columns=6, rows=3, tally=True),
        WordsStep(),
        FactStep(text="t", source="s"),
    ]


@pytest.mark.parametrize(
    ("playlists", "where", "named"),
    [
        ({"a": ["photo", {"show": "b"}]}, ("a", 1), "b"),
        ({"a": [{"show": "a"}]}, ("a", 0), "a"),
        ({"a": [{"show": "b"}], "b": ["photo", {"show": "c"}]}, ("b", 1), "c"),
        ({"a": [{"show": "b"}], "b": [{"show": "c"}], "c": ["photo", {"show": "b"}]}, ("c", 1), "b"),
    ],
    ids=["missing", "itself", "missing further in", "a circle further in"],
)
def test_what_cannot_be_settled_says_where(playlists: dict[str, list[object]], where: tuple[str, int], named: str) -> None:
    """The playlist with the faulty line, the line, and what it names."""
    with pytest.raises(MissingShowError) as caught:
        settle("a", {name: playlist(*slides) for name, slides in playlists.items()})
    assert (caught.value.playlist, caught.value.index) == where
    assert caught.value.name == named


def test_a_long_row_of_playlists_is_refused() -> None:
    """Twenty within each other are enough for anybody."""
    row = {f"p{n}": playlist({"show": f"p{n + 1}"}) for n in range(2000)} | {"p2000": playlist("photo")}
    with pytest.raises(MissingShowError, match="more than 20 playlists within each other"):
        settle("p0", row)
    assert len(settle("p1990", row).steps) == 1


def test_more_slides_than_memory_should_hold_are_refused() -> None:
    """A hundred lines of a thousand are allowed, one more is not."""
    allowed = {"a": playlist(*[{"photo": {"times": "1000"}}] * (MAX_STEPS // 1000))}
    assert len(settle("a", allowed).steps) == MAX_STEPS
    with pytest.raises(MissingShowError, match="more than 100,000 slides"):
        settle("a", {"a": playlist({"show": "b"}, "words"), "b": allowed["a"]})


LINES = st.lists(
    st.sampled_from(["photo", "words", "mosaic", {"show": "b"}, {"show": "c"}, {"photo": {"times": 3}}]), min_size=1, max_size=6
)


@given(LINES, LINES, LINES)
def test_settling_ends_in_slides_or_in_a_reason(a: list[object], b: list[object], c: list[object]) -> None:
    """For any playlists that name each other in any way."""
    playlists = {name: playlist(*lines) for name, lines in zip("abc", (a, b, c), strict=True)}
    error: MissingShowError | None = None
    show: Show | None = None
    try:
        show = settle("a", playlists)
    except MissingShowError as caught:
        error = caught
    assert (show is None) == (error is not None)
    assert error is None or playlists[error.playlist].slides[error.index].show
    assert show is None or all(step.hold >= 4 and step.fade >= 1 for step in show.steps)
