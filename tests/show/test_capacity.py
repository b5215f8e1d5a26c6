"""What an agenda comes to for a number of photos, and what would make room for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.capacity import Capacity, Row, capacity
from player.show.footage import Footage
from player.show.playlist import FactStep, FilmStep, Kind, MosaicStep, PhotoStep, Show, Step, WordsChoice, WordsStep
from player.show.promise import Crowd, most_tiles, photos_on, shown_in, size_for, sized, sized_step, sizes_of
from player.show.slide import Stage
from player.units import SECOND, Size

HOUR: Final = 3600 * SECOND
MOST: Final = 82
PHOTO, PAIRS, WORDS = PhotoStep(), PhotoStep(pairs=True), WordsStep()
OPEN: Final = MosaicStep(columns=4, rows=3, most=(12, 6))


def show(*kinds: Kind, hold: float = 9.0, fade: float = 1.0, promises: bool = False) -> Show:
    """A show of some kinds of slides, all up for as long."""
    steps = tuple(Step(kind, hold, fade, motion=True) for kind in kinds)
    by = "end-of-campaign" if promises else None
    return Show(id="wall", title="", order="fair", words=WordsChoice(), steps=steps, everyone_by=by)


def come_to(one: Show, crowd: Crowd, *, hours: float = 1, seen: int = 0) -> Capacity:
    """What so many hours of one show come to."""
    return capacity([Row(0, round(hours * HOUR), "wall")], {"wall": one}, crowd, most=MOST, seen=seen)


def test_an_hour_of_single_photos() -> None:
    """Ten seconds each: three hundred and sixty, and the last of a hundred after a thousand seconds."""
    found = come_to(show(PHOTO), Crowd(100))
    assert (found.showings, found.unseen, found.everyone_at) == (360, 0, 1000 * SECOND)
    assert (found.share.times, found.share.alone_s, found.share.seconds) == (
        pytest.approx(3.6),
        pytest.approx(36),
        pytest.approx(36),
    )
    assert (found.hold, found.mosaic) == (None, None)


def test_words_take_their_time() -> None:
    """Every other slide is of nobody."""
    found = come_to(show(WORDS, PHOTO, FactStep(text="a", source="b")), Crowd(100))
    assert (found.showings, found.everyone_at) == (120, (99 * 30 + 20) * SECOND)


@pytest.mark.parametrize(("portraits", "photos"), [(0.0, 1.0), (1.0, 2.0), (0.5, 4 / 3)])
def test_pairs_show_two_portraits_at_a_time(portraits: float, photos: float) -> None:
    """With half of them portraits, three slides for four photos."""
    assert photos_on(Step(PAIRS, 9, 1, motion=True), Crowd(100, portraits)) == pytest.approx(photos)
    share = come_to(show(PAIRS), Crowd(100, portraits)).share
    assert share.times == pytest.approx(3.6 * photos)
    assert share.paired_s == pytest.approx(36 * 2 * (photos - 1))
    assert share.seconds == pytest.approx(36 * photos)


def test_a_mosaic_shows_as_many_as_it_has_tiles_or_people() -> None:
    """Never anybody twice."""
    assert come_to(show(MosaicStep(columns=8, rows=4)), Crowd(1000)).showings == 360 * 32
    few = come_to(show(MosaicStep(columns=8, rows=4)), Crowd(10))
    assert (few.showings, few.share.tiles, few.everyone_at) == (3600, 10, 10 * SECOND)


def test_showings_of_all_shows_add_up() -> None:
    """A show goes on where it was interrupted, and whoever one has shown is not first in the other."""
    shows = {"wall": show(PHOTO), "mosaic": show(WORDS, MosaicStep(columns=5, rows=4))}
    rows = [
        Row(0, 15 * SECOND, "wall"),  # one photo, and half of another one's time
        Row(HOUR, HOUR + 30 * SECOND, "mosaic"),  # words, twenty, words
        Row(2 * HOUR, 2 * HOUR + 15 * SECOND, "wall"),  # the other one, and one more
        Row(3 * HOUR, 3 * HOUR + 15 * SECOND, "mosaic"),  # twenty
    ]
    found = capacity(rows, shows, Crowd(1000), most=MOST)
    assert found.showings == 1 + 20 + 2 + 20
    assert [(use.show, use.on_s, use.showings, use.mosaic) for use in found.shows] == [
        ("wall", 30, 3, None),
        ("mosaic", 45, 40, (5, 4)),
    ]
    assert capacity(rows, shows, Crowd(23), most=MOST).everyone_at == 2 * HOUR + 15 * SECOND
    assert capacity(rows, shows, Crowd(24), most=MOST).everyone_at == 3 * HOUR + 10 * SECOND


def test_shows_that_nobody_knows_are_named() -> None:
    """A film, for now; nothing of it is counted."""
    found = capacity([Row(0, HOUR, "film"), Row(HOUR, 2 * HOUR, "wall")], {"wall": show(PHOTO)}, Crowd(10), most=MOST)
    assert (found.unknown, found.showings) == (("film",), 360)


def test_nothing_at_all() -> None:
    """No rows, no photos, nobody left: no division by nothing."""
    assert capacity([], {}, Crowd(10), most=MOST).unseen == 10
    assert come_to(show(PHOTO), Crowd(0)).unseen == 0
    assert come_to(show(PHOTO), Crowd(100), seen=100).everyone_at is None
    assert come_to(show(WORDS), Crowd(5)).unseen == 5
    assert capacity([Row(5, 5, "wall")], {"wall": show(PHOTO)}, Crowd(1), most=MOST).unseen == 1


def test_a_hold_that_makes_room() -> None:
    """The longest one in half seconds with which all fit; mosaics and words keep theirs."""
    found = come_to(show(PHOTO), Crowd(500))
    assert (found.unseen, found.hold) == (140, 6.0)  # 3600 s for 500: 7.2 s, of which 1 is the fade
    assert come_to(show(PHOTO, hold=6.0), Crowd(500)).unseen == 0
    assert come_to(show(PHOTO), Crowd(721)).hold is None  # not even with four seconds


def test_a_mosaic_that_makes_room() -> None:
    """The smallest that is larger than the one there is; or one that is thought of where there is none."""
    one = show(PHOTO, MosaicStep(columns=4, rows=2))
    found = come_to(one, Crowd(3000))
    assert found.mosaic == (6, 3)
    assert not found.adds_mosaic
    larger = show(PHOTO, MosaicStep(columns=6, rows=3))
    assert come_to(larger, Crowd(3000)).unseen == 0
    added = come_to(show(*[PHOTO] * 10), Crowd(1000))
    assert added.mosaic is not None
    assert added.adds_mosaic
    assert come_to(show(PHOTO, MosaicStep(columns=4, rows=2)), Crowd(10**6)).mosaic is None


def test_tiles_are_never_too_small_to_find_a_face() -> None:
    """Eighty and some, however large the wall is; fewer on a strip."""
    walls = [Size(1920, 1080), Size(3840, 2160), Size(1024, 768), Size(1080, 1920)]
    assert {most_tiles(Stage(wall)) for wall in walls} <= set(range(76, 84))
    assert most_tiles(Stage(Size(3840, 540))) < 76
    assert most_tiles(Stage(Size(160, 16384))) >= 4


def test_the_least_size_that_keeps_the_promise() -> None:
    """Large tiles while there is time, more of them as it grows short; never less than the range, never more."""
    one = show(PHOTO, OPEN, promises=True)
    sizes = [size_for(one, Crowd(10_000), unseen=unseen, left=3600, most=MOST) for unseen in (0, 2000, 4000, 9000, 20_000)]
    assert [(kept.size, kept.is_kept, kept.missing) for kept in sizes if kept] == [
        ((4, 3), True, 0),
        ((4, 3), True, 0),
        ((6, 4), True, 0),  # 180 rounds: 22 photos each at least
        ((10, 5), True, 0),
        ((12, 6), False, 20_000 - 180 * 73),
    ]


def test_the_log_has_a_sentence() -> None:
    """With what is left, and what it comes to."""
    one = show(PHOTO, OPEN, promises=True)

    def sentence(unseen: int) -> str:
        kept = size_for(one, Crowd(10_000), unseen=unseen, left=5400, most=MOST)
        return kept.sentence if kept else ""

    assert sentence(5000) == "5,000 photos are still to be shown in 1.5 h of this show: mosaics of 6 x 3 show them all"
    assert sentence(1) == "1 photo is still to be shown in 1.5 h of this show: mosaics of 4 x 3 show them all"
    assert sentence(0) == "everyone has been shown; mosaics of 4 x 3"
    assert sentence(25_000).endswith("mosaics of 12 x 6 leave about 5,290 out. Give it more time, or more mosaics")


def test_a_size_stays_while_it_is_enough_and_not_far_from_the_least() -> None:
    """Nobody shall wonder why a mosaic has one column more than the last one."""
    one = show(PHOTO, OPEN, promises=True)

    def size(unseen: int, before: tuple[int, int]) -> tuple[int, int] | None:
        kept = size_for(one, Crowd(10_000), unseen=unseen, left=3600, most=MOST, before=before)
        return kept.size if kept else None

    assert size(4000, (7, 4)) == (7, 4)
    assert size(4000, (12, 6)) == (6, 4)
    assert size(4000, (4, 3)) == (6, 4)
    assert size(4000, (99, 99)) == (6, 4)


def test_readable_comes_before_the_promise() -> None:
    """On a small wall the range ends sooner; its least is the operator's own word."""
    one = show(OPEN, promises=True)
    kept = size_for(one, Crowd(10**6), unseen=10**6, left=3600, most=30)
    assert kept is not None
    assert kept.size[0] * kept.size[1] <= 30
    assert not kept.is_kept
    assert sizes_of(one, 4) == [(4, 3)]


def test_only_open_mosaics_grow() -> None:
    """Each within its own range; a show without any has nothing to decide."""
    fixed = MosaicStep(columns=3, rows=2)
    one = sized(show(fixed, OPEN, MosaicStep(columns=4, rows=3, most=(6, 3)), PHOTO), (10, 5))
    assert [(kind.columns, kind.rows) for step in one.steps if isinstance(kind := step.kind, MosaicStep)] == [
        (3, 2),
        (10, 5),
        (6, 3),
    ]
    assert size_for(show(PHOTO, fixed), Crowd(10), unseen=10, left=60, most=MOST) is None
    step = Step(PHOTO, 9, 1, motion=True)
    assert sized_step(step, (5, 5)) is step


def test_the_plan_keeps_promises_too() -> None:
    """What the player will do is what the plan counts with."""
    found = come_to(show(PHOTO, OPEN, promises=True), Crowd(4000))
    assert (found.unseen, found.shows[0].mosaic) == (0, (6, 4))
    assert come_to(show(PHOTO, OPEN), Crowd(4000)).unseen == 4000 - 180 * 13


def test_the_place_in_the_show_counts() -> None:
    """With a minute left, it matters whether the mosaic is next or was just up."""
    one = show(OPEN, PHOTO, PHOTO, PHOTO, PHOTO, PHOTO, promises=True)
    assert [shown_in(one, Crowd(100), 20, step=step) for step in (0, 1, 5)] == [13, 2, 13]
    kept = [size_for(one, Crowd(100), unseen=20, left=20, most=MOST, step=step) for step in (0, 1)]
    assert [each.is_kept for each in kept if each] == [True, False]


KINDS = st.sampled_from([PHOTO, PAIRS, WORDS, OPEN, MosaicStep(columns=3, rows=2)])


def promising(kinds: list[Kind], hold: float, fade: float) -> Show:
    """A show that promises everyone."""
    return show(*kinds, hold=hold, fade=fade, promises=True)


HOLDS = st.integers(4, 60).map(float)
SHOWS = st.builds(promising, st.lists(KINDS, min_size=1, max_size=8), HOLDS, st.sampled_from([1.0, 1.6, 2.5]))
CROWDS = st.builds(Crowd, st.integers(0, 20_000), st.floats(0, 1))


@given(SHOWS, CROWDS, st.integers(0, 30_000), st.floats(0, 100_000))
def test_a_promise_is_kept_if_any_size_keeps_it(one: Show, crowd: Crowd, unseen: int, left: float) -> None:
    """And then with no more tiles than needed."""
    kept = size_for(one, crowd, unseen=unseen, left=left, most=MOST)
    sizes = sizes_of(one, MOST)
    assert (kept is None) == (not sizes)
    if kept:
        enough = [size for size in sizes if shown_in(sized(one, size), crowd, left) + 1e-6 >= unseen]
        assert kept.is_kept == bool(enough)
        assert kept.size[0] * kept.size[1] == (min(c * r for c, r in enough) if enough else sizes[-1][0] * sizes[-1][1])


@given(SHOWS, CROWDS, st.lists(st.integers(1, 20_000), max_size=6))
def test_what_is_said_is_true_of_itself(one: Show, crowd: Crowd, lengths: list[int]) -> None:
    """Everyone is seen by the moment that is named and not much before; a hold that is named is enough, the next one is not."""
    rows = [Row(i * 30_000 * SECOND, (i * 30_000 + length) * SECOND, "wall") for i, length in enumerate(lengths)]
    found = capacity(rows, {"wall": one}, crowd, most=MOST)

    assert (found.unseen > 0) == (found.showings < crowd.photos)
    if found.everyone_at is not None:
        until = [row._replace(end=min(row.end, found.everyone_at)) for row in rows if row.start < found.everyone_at]
        sized_one = _as_planned(one, found)
        assert capacity(until, {"wall": sized_one}, crowd, most=MOST).unseen == 0
    if found.hold is not None:
        shorter = _as_planned(one, found)
        held = tuple(replace(s, hold=min(s.hold, found.hold)) if isinstance(s.kind, PhotoStep) else s for s in shorter.steps)
        assert capacity(rows, {"wall": replace(shorter, steps=held)}, crowd, most=MOST).unseen == 0


def _as_planned(one: Show, found: Capacity) -> Show:
    """The show with its mosaics as the plan has them, and no promise to change them again."""
    size = found.shows[0].mosaic
    return replace(sized(one, size) if size else one, everyone_by=None)


def test_a_film_takes_its_own_length() -> None:
    """In which it fades in: a photo and a film of 50 s are a minute, and an hour is sixty photos."""
    film = Footage(file="one.mp4", size=Size(1920, 1080), begin=10 * SECOND, end=60 * SECOND)
    one = show(PHOTO, FilmStep(file="one.mp4"))
    one = replace(one, steps=(one.steps[0], replace(one.steps[1], film=film)))
    assert come_to(one, Crowd(100)).showings == 60
