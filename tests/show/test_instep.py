"""A show in step: everybody once a round, the same at all sites, whoever is withdrawn and whatever is missing where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.show.instep import Item, Score, Share
from player.show.playlist import FactStep, MosaicStep, PhotoStep, Step, WordsStep
from player.units import SECOND, Digest, Nanos

EPOCH: Nanos = 1_700_000_000 * SECOND
VERSION = "ab" * 32
ALONE = Step(PhotoStep(), 9.0, 1.6, motion=True)
PAIRS = Step(PhotoStep(pairs=True), 9.0, 1.6, motion=True)
WORDS = Step(WordsStep(), 7.0, 1.6, motion=True)
FACT = Step(FactStep(text="A fact.", source="A book"), 12.0, 1.5, motion=True)
MOSAIC = Step(MosaicStep(columns=4, rows=2), 18.0, 1.6, motion=True)
SMALL = Step(MosaicStep(columns=2, rows=2), 18.0, 1.6, motion=True)
SHARED = st.sampled_from([None, "1/1", "1/3", "2/3", "3/3"])
LINES = st.lists(st.sampled_from([ALONE, PAIRS, WORDS, FACT, MOSAIC, SMALL]), min_size=1, max_size=9)


def people(shapes: Sequence[bool]) -> tuple[Item, ...]:
    """Return as many photos as there are *shapes*, each of them a portrait or not."""
    return tuple(Item("campaign", f"p-{n}", Digest(f"{n:064x}"), shape) for n, shape in enumerate(shapes))


def score(steps: Sequence[Step], items: Sequence[Item], *, share: str | None = None, version: str = VERSION) -> Score:
    """Return the score of a show of *steps*."""
    return Score.of(version, epoch=EPOCH, steps=steps, items=items, share=Share.read(share) if share else None)


def names(items: Sequence[Item]) -> list[str]:
    """Return the items' ids."""
    return [item.item for item in items]


CROWDS = st.lists(st.booleans(), min_size=1, max_size=40).map(people)
SCORES = st.builds(score, LINES, CROWDS, share=SHARED, version=st.sampled_from([VERSION, "cd" * 32]))
ONLY_PHOTOS = st.lists(st.sampled_from([ALONE, PAIRS]), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(ONLY_PHOTOS, CROWDS, SHARED, st.integers(-3, 3))
def test_everybody_is_shown_once_a_round(steps: list[Step], items: tuple[Item, ...], share: str | None, number: int) -> None:
    """Alone or as one of two, in whichever lines of the playlist: each photo once in each round, at every site."""
    one = score(steps, items, share=share)
    units = one.photos.units

    shown = [name for slot in range(number * units, (number + 1) * units) for name in names(one.drawn(slot, ()))]

    assert Counter(shown) == Counter(names(items))


@settings(max_examples=60, deadline=None)
@given(ONLY_PHOTOS, CROWDS, SHARED)
def test_two_stand_together_only_where_a_line_takes_two(steps: list[Step], items: tuple[Item, ...], share: str | None) -> None:
    """Two are always two portraits, in a line with pairs."""
    one = score(steps, items, share=share)

    for slot in range(120):
        shown = one.drawn(slot, ())
        assert len(shown) == 1 or (len(shown) == 2 and one.step_of(slot) is PAIRS and all(each.is_portrait for each in shown))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([[ALONE], [PAIRS], [ALONE, WORDS], [PAIRS, PAIRS, FACT]]), CROWDS, SHARED)
def test_nobody_follows_himself(steps: list[Step], items: tuple[Item, ...], share: str | None) -> None:
    """Within a round and over its border the next slide with photos is of others, as soon as there are two slides' worth."""
    one = score(steps, items, share=share)
    slides = [set(names(each)) for slot in range(240) if (each := one.drawn(slot, ()))]

    if one.photos.units > 1:
        assert all(a.isdisjoint(b) for a, b in pairwise(slides))


@pytest.mark.parametrize("many", [12, 30, 31, 40])
def test_nobody_follows_himself_in_a_show_with_both_kinds_of_lines(many: int) -> None:
    """Where some lines take two and some do not, over a thousand slots with borders of rounds in all places."""
    one = score([ALONE, ALONE, PAIRS, PAIRS, PAIRS, ALONE, PAIRS], people([n % 3 < 2 for n in range(many)]))
    slides = [set(names(one.drawn(slot, ()))) for slot in range(1000)]

    assert any(len(slide) == 2 for slide in slides)
    assert all(a.isdisjoint(b) for a, b in pairwise(slides))


@settings(max_examples=60, deadline=None)
@given(LINES, CROWDS, SHARED, st.lists(st.integers(-500, 5000), min_size=1, max_size=12))
def test_what_is_drawn_depends_on_nothing_that_was_asked_before(
    steps: list[Step], items: tuple[Item, ...], share: str | None, slots: list[int]
) -> None:
    """A site that looked at other slots, in another order, draws the same as one that has just begun."""
    one = score(steps, items, share=share)
    before = {slot: one.drawn(slot, ()) for slot in slots}

    assert {slot: one.drawn(slot, ()) for slot in sorted(slots)} == before
    assert {slot: score(steps, items, share=share).drawn(slot, ()) for slot in slots} == before


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sets(st.integers(0, 39)), st.sets(st.integers(0, 39)), st.integers(-100, 1000))
def test_nobody_is_twice_on_a_slide_and_nobody_withdrawn_is_drawn(
    one: Score, withdrawn: set[int], unavailable: set[int], slot: int
) -> None:
    """Whoever is withdrawn is nowhere, whoever cannot be shown here is not here, and as many stand as there are others."""
    out = {("campaign", f"p-{n}") for n in withdrawn}
    not_here = {("campaign", f"p-{n}") for n in unavailable}

    shown = [item.name for item in one.drawn(slot, out, not_here)]

    assert len(shown) == len(set(shown))
    assert not set(shown) & (out | not_here)
    planned, left = one.planned(slot), {item.name for item in one.items} - out - not_here
    assert len(shown) == min(len(planned), len(left)) or len(planned) == 2


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sets(st.integers(0, 39)), st.integers(0, 39))
def test_a_withdrawal_changes_only_the_slots_where_its_picture_stood(one: Score, withdrawn: set[int], another: int) -> None:
    """Whoever else was withdrawn before, and whoever stands in their places: only where it was drawn something changes."""
    before = {("campaign", f"p-{n}") for n in withdrawn}
    gone = ("campaign", f"p-{another}")

    for slot in range(60):
        was = one.drawn(slot, before)
        if gone not in {item.name for item in was}:
            assert one.drawn(slot, before | {gone}) == was


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sets(st.integers(0, 39), max_size=6), st.sets(st.integers(0, 39), max_size=6))
def test_what_is_missing_at_one_site_changes_nothing_but_its_place(one: Score, withdrawn: set[int], missing: set[int]) -> None:
    """All that can be shown stands where it stands elsewhere, in the order in which it stands elsewhere."""
    out = {("campaign", f"p-{n}") for n in withdrawn}
    not_here = {("campaign", f"p-{n}") for n in missing}

    for slot in range(40):
        elsewhere, here = one.drawn(slot, out), one.drawn(slot, out, not_here)
        kept = [item for item in elsewhere if item.name not in not_here]
        assert [item for item in here if item in kept] == kept
        if len(here) == len(elsewhere):
            assert all(a == b or a.name in not_here for a, b in zip(elsewhere, here, strict=True))


def test_a_withdrawn_photo_gives_way_to_one_that_is_not_beside_it() -> None:
    """With enough others, who stands instead is planned neither right before nor right after; and not always the same."""
    one = score([ALONE], people([False] * 12))
    instead: set[str] = set()
    for slot in range(300):
        gone = one.planned(slot)[0]
        (shown,) = one.drawn(slot, {gone.name})
        assert shown not in (*one.planned(slot - 1), gone, *one.planned(slot + 1))
        instead.add(shown.item)

    assert len(instead) == 12


def test_the_last_few_are_found_among_many() -> None:
    """Where nearly everybody is withdrawn, whoever is left stands on every slide, and on a mosaic together, nobody twice."""
    one = score([ALONE, MOSAIC], people([False] * 2000))
    gone = {item.name for item in one.items if item.item not in {"p-700", "p-701", "p-1999"}}

    assert {names(one.drawn(slot, gone))[0] for slot in range(0, 200, 2)} == {"p-700", "p-701", "p-1999"}
    assert all(set(names(one.drawn(slot, gone))) == {"p-700", "p-701", "p-1999"} for slot in range(1, 20, 2))


def test_two_of_two_stand_in_for_each_other() -> None:
    """With one left there is nobody else: it stays up."""
    one = score([ALONE], people([False, False]))

    assert {names(one.drawn(slot, {("campaign", "p-0")}))[0] for slot in range(10)} == {"p-1"}


def test_in_a_pair_a_portrait_stands_in_or_nobody() -> None:
    """No landscape stands beside a portrait; without another portrait the one that is left stands alone."""
    one = score([PAIRS], people([True, True, True, True, False, False]))
    pair = next(slot for slot in range(20) if len(one.planned(slot)) == 2)
    gone = one.planned(pair)[0]

    assert all(each.is_portrait for each in one.drawn(pair, {gone.name}))
    assert len(one.drawn(pair, {gone.name})) == 2
    others = {item.name for item in one.items if item.is_portrait} - {one.planned(pair)[1].name}
    assert one.drawn(pair, others) == (one.planned(pair)[1],)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), SHARED, st.integers(-3, 3))
def test_a_mosaic_shows_everybody_in_a_round(many: int, share: str | None, number: int) -> None:
    """Eight at a time, the last ones filled up with the first, nobody twice; of fewer than eight all of them, once."""
    one = score([MOSAIC], people([False] * many), share=share)
    chunks = -(-many // 8)

    shown = [names(one.drawn(slot, ())) for slot in range(number * chunks, (number + 1) * chunks)]

    assert {name for slide in shown for name in slide} == set(names(one.items))
    assert all(len(slide) == len(set(slide)) == min(many, 8) for slide in shown)


def test_mosaics_of_different_sizes_go_round_on_their_own() -> None:
    """Two lines of eight tiles and one of four: each size shows everybody before it shows anybody again."""
    one = score([MOSAIC, SMALL, MOSAIC], people([False] * 16))

    assert {name for slot in (0, 2) for name in names(one.drawn(slot, ()))} == set(names(one.items))
    assert {name for slot in (1, 4, 7, 10) for name in names(one.drawn(slot, ()))} == set(names(one.items))


def test_sites_that_share_show_everybody_sooner() -> None:
    """Three sites begin each round with a third each that no other begins with; together they have shown everybody."""
    items = people([n % 2 == 0 for n in range(60)])
    firsts: list[str] = []
    for number in (1, 2, 3):
        one = score([PAIRS], items, share=f"{number}/3")
        own = {item.item for item, is_own in zip(items, one.photos.crowd.own, strict=True) if is_own}
        shown = [name for slot in range(one.photos.units) for name in names(one.drawn(slot, ()))]
        assert set(shown[: len(own)]) == own
        firsts += shown[: len(own)]

    assert sorted(firsts) == sorted(names(items))


def test_nobody_there_is_no_slide() -> None:
    """A programme of nobody, or of whom everybody is withdrawn, draws nobody: the words stand instead."""
    nobody = score([ALONE, PAIRS, MOSAIC, WORDS], ())
    one = score([ALONE, PAIRS, MOSAIC, WORDS], people([True, False]))

    assert [nobody.drawn(slot, ()) for slot in range(4)] == [()] * 4
    assert [one.drawn(slot, {item.name for item in one.items}) for slot in range(4)] == [()] * 4
    assert [one.drawn(slot, (), {item.name for item in one.items}) for slot in range(4)] == [()] * 4


def test_another_version_is_another_order() -> None:
    """The hash of the document decides; and so do rounds."""
    items = people([False] * 40)
    first, second = score([ALONE], items), score([ALONE], items, version="cd" * 32)
    order = [names(first.drawn(slot, ()))[0] for slot in range(40)]

    assert order != [names(second.drawn(slot, ()))[0] for slot in range(40)]
    assert order != [names(first.drawn(slot, ()))[0] for slot in range(40, 80)]
    assert sorted(order) == sorted(names(items))


def test_two_scores_of_a_programme_are_the_same() -> None:
    """Whoever worked them out; another version or another share is another one."""
    items = people([False] * 9)
    one = score([ALONE], items)

    assert one == score([ALONE], items)
    assert one not in {score([ALONE], items, share="1/3"), score([ALONE], items, version="cd" * 32), score([PAIRS], items)}


def test_the_order_is_what_other_versions_deal() -> None:
    """Byte for byte of the hash: a player that is newer than the others shows what they show."""
    one = score([PAIRS, ALONE, SMALL], people([n % 2 == 0 for n in range(12)]), share="2/3")
    planned = [" ".join(name.removeprefix("p-") for name in names(one.planned(slot))) for slot in range(12)]
    instead = [" ".join(name.removeprefix("p-") for name in names(one.drawn(slot, {("campaign", "p-3")}))) for slot in range(12)]

    assert planned == ["2 8", "1", "8 1 2 3", "6 0", "3", "5 4 11 7", "9", "11", "6 0 9 10", "10 4", "5", "1 8 2 4"]
    assert instead == ["2 8", "1", "8 1 2 7", "6 0", "8", "5 4 11 7", "9", "11", "6 0 9 10", "10 4", "5", "1 8 2 4"]
    assert (one.seed(5), one.ordinal(5)) == (2388051989517, 1535370691)


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "1/0", "1/99999", "a/b", "-1/5", "1/5/2"])
def test_a_share_is_one_of_so_many(text: str) -> None:
    """What is none is refused, with a sentence that says how to write one."""
    with pytest.raises(ValueError, match="such as 2/5"):
        Share.read(text)
