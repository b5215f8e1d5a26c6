"""Playlists settled: every step in full, with its times, other playlists taken in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.schema import read, validate
from player.show.playlist import (
    MAX_STEPS,
    FactStep,
    FilmStep,
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


def problems(text: str, folder: Path) -> list[str]:
    """What is wrong with a playlist file."""
    file = folder / "wall.yaml"
    file.write_text(text, "utf-8")
    document = read(file, file.name)
    validate(document, Playlist)
    return [str(problem) for problem in document.problems]


def test_a_mosaic_may_leave_its_size_open() -> None:
    """It begins with the fewest and largest tiles, and knows how many more there may be; one number leaves nothing open."""
    steps = settle(
        "a",
        {
            "a": playlist(
                {"mosaic": {"columns": "4..12", "rows": "3 .. 6", "tally": "true", "hold": "20s", "fade": "2s"}},
                {"mosaic": {"columns": "6..6"}},
                {"mosaic": {"columns": "6", "rows": "2..16"}},
            )
        },
    ).steps
    assert [step.kind for step in steps] == [
        MosaicStep(columns=4, rows=3, tally=True, most=(12, 6), hold=20, fade=2),
        MosaicStep(columns=6, rows=4),
        MosaicStep(columns=6, rows=2, most=(6, 16)),
    ]
    assert [(step.hold, step.fade) for step in steps] == [(20, 2), (18, 1.6), (18, 1.6)]


@pytest.mark.parametrize(
    ("mosaic", "message"),
    [
        ("columns: 4..40", 'columns: write a number from 2 to 24, or a range such as 4..12, not "4..40"'),
        ("columns: 1", 'columns: write a number from 2 to 24, or a range such as 4..12, not "1"'),
        ("rows: 2-4", 'rows: write a number from 2 to 16, or a range such as 4..8, not "2-4"'),
        ("rows: many", 'rows: write a number from 2 to 16, or a range such as 4..8, not "many"'),
        ("columns: 9..4", "columns: write 4..9, the smaller number first"),
        ("columns: [4, 12, 13]", 'columns: write a number from 2 to 24, or a range such as 4..12, not "4..12..13"'),
        ("most: 4", "most: unknown key."),
    ],
)
def test_a_size_that_is_none_is_told_with_its_line(mosaic: str, message: str, tmp_path: Path) -> None:
    """And with how to write it."""
    found = problems(f"slides:\n  - photo\n  - mosaic:\n      {mosaic}\n", tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"wall.yaml:4 slides.1.mosaic.{message}")


def test_a_promise_is_the_playlists_own() -> None:
    """What it takes in promises nothing for it, and lends it its mosaics."""
    inner = playlist({"mosaic": {"columns": "4..12"}}, everyone_by="end-of-campaign")
    outer = {"a": playlist("photo", {"show": "b"}), "b": inner, "c": playlist({"show": "b"}, everyone_by="end-of-campaign")}
    assert [settle(name, outer).everyone_by for name in "abc"] == [None, "end-of-campaign", "end-of-campaign"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("everyone_by: tomorrow\nslides: [{mosaic: {rows: 2..3}}]", "wall.yaml:1 everyone_by: must be 'end-of-campaign'"),
        (
            "slides: [{mosaic: {rows: 4}}]\neveryone_by: end-of-campaign",
            "wall.yaml:2 everyone_by: nothing here can keep that promise",
        ),
        ("slides: [photo]\neveryone_by: end-of-campaign", "wall.yaml:2 everyone_by: nothing here can keep that promise"),
        ("slides: [nothing]\neveryone_by: end-of-campaign", "wall.yaml:1 slides.0.nothing: unknown key."),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """With its line; one mistake is not told twice."""
    found = problems(text, tmp_path)
    assert [line.startswith(message) for line in found] == [True]


def test_the_last_clean_copy_holds_what_was_left_open() -> None:
    """As JSON and back; and a copy that an older version wrote, with one number, still counts."""
    whole = playlist({"mosaic": {"columns": "4..12"}}, "words", everyone_by="end-of-campaign")
    assert Playlist.model_validate_json(whole.model_dump_json()) == whole
    assert playlist({"mosaic": {"columns": 6, "rows": 3}}) == playlist({"mosaic": {"columns": "6", "rows": "3"}})


def test_whom_a_show_is_in_step_with_is_its_own() -> None:
    """What it takes in is in step with it, whatever that says for itself."""
    outer = {
        "a": playlist("photo", {"show": "b"}),
        "b": playlist("photo", sync="memorial"),
        "c": playlist({"show": "b"}, sync="east"),
    }
    assert [settle(name, outer).sync for name in "abc"] == [None, "memorial", "east"]


@pytest.mark.parametrize(
    ("site", "outer", "inner", "heard"),
    [
        (None, None, None, [False, False]),
        (None, True, None, [True, True]),
        (None, None, True, [False, True]),
        (None, True, False, [True, False]),
        (None, False, True, [False, False]),
        (True, None, False, [True, False]),
        (False, True, True, [False, False]),
    ],
)
def test_whoever_asks_for_silence_has_it(*, site: bool | None, outer: bool | None, inner: bool | None, heard: list[bool]) -> None:
    """Site, show, and a playlist that the show takes in: a film is heard where one of them says so, and none forbids."""
    film = {"film": {"file": "a.mp4"}}
    playlists = {"a": playlist(film, {"show": "b"}, sound=outer), "b": playlist(film, sound=inner)}
    steps = settle("a", playlists, sound=site).steps
    assert [isinstance(step.kind, FilmStep) and step.kind.sound for step in steps] == heard
