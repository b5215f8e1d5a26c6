"""A programme as a document: written in one way, read within limits."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import PublisherError
from player.show.instep import Item, measure
from player.show.playlist import Playlist, settle
from player.show.programme import (
    MAX_ITEMS,
    MAX_PROGRAMME,
    Programme,
    ProgrammeError,
    digest,
    on_the_grid,
    parse,
    recipe,
    score_of,
    written,
)
from player.show.slide import Phrase
from player.units import MILLISECOND, SECOND, Digest, Nanos
from tests.show.test_instep import ALONE, EPOCH, FACT, PAIRS, WORDS

ITEMS = (
    Item("campaign", "p-1", Digest("1" * 64), is_portrait=True),
    Item("campaign", "żółw/2", Digest("2" * 64), is_portrait=False),
)
ONE = Programme(group="memorial", version="7", show="wall", recipe="f" * 64, epoch=EPOCH, items=ITEMS)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), min_size=1, max_size=40).filter(str.strip)


def changed(**fields: object) -> bytes:
    """Return the document with other *fields*, written as documents are."""
    return json.dumps(json.loads(written(ONE)) | fields, sort_keys=True, separators=(",", ":")).encode()


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=8, unique_by=lambda each: each[0]))
def test_what_was_written_is_read(people: list[tuple[str, bool]]) -> None:
    """Whatever ids are like; and writing it again gives the same bytes, so that the hash names it."""
    items = tuple(Item("campaign", item, Digest("0" * 64), shape) for item, shape in people)
    body = written(replace(ONE, items=items))

    assert parse(body) == replace(ONE, items=items)
    assert written(parse(body)) == body
    assert digest(body) == hashlib.sha256(body).hexdigest()


def test_the_format_is_what_other_versions_read() -> None:
    """Byte for byte."""
    assert written(ONE) == (
        b'{"epoch":1700000000000,"format":"weremember-programme/1","group":"memorial","items":[["campaign","p-1","'
        + b"1" * 64
        + b'","p"],["campaign","\\u017c\\u00f3\\u0142w/2","'
        + b"2" * 64
        + b'","l"]],"recipe":"'
        + b"f" * 64
        + b'","show":"wall","version":"7"}'
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe{}",
        written(ONE)[:-1],
        written(ONE).replace(b'"version"', b'"group":"x","version"'),
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"' + b'\\"' * 100_000,
        b"9" * 100_000,
        changed(format="weremember-programme/2"),
        changed(more=1),
        changed(group="Memorial"),
        changed(group="-"),
        changed(group=7),
        changed(version=""),
        changed(version="7\n"),
        changed(version="x" * 65),
        changed(show="x" * 201),
        changed(recipe="F" * 64),
        changed(epoch=0),
        changed(epoch=86_400_000),
        changed(epoch=1_700_000_000),
        changed(epoch=1_700_000_000_000.0),
        changed(epoch=True),
        changed(epoch=2**63),
        changed(epoch="1700000000000"),
        changed(items={}),
        changed(items=["campaign"]),
        changed(items=[["campaign", "p", "1" * 64]]),
        changed(items=[["campaign", "p", "1" * 64, "p", "p"]]),
        changed(items=[["campaign", "p", "1" * 64, "x"]]),
        changed(items=[["campaign", "p", "1" * 63, "p"]]),
        changed(items=[["campaign", "p", 1, "p"]]),
        changed(items=[["campaign", "", "1" * 64, "p"]]),
        changed(items=[["campaign", "x" * 513, "1" * 64, "p"]]),
        changed(items=[["campaign", "\ud800", "1" * 64, "p"]]),
        changed(items=[["campaign", "a\u202eb", "1" * 64, "p"]]),
        changed(items=[["../campaign", "p", "1" * 64, "p"]]),
        changed(items=[["campaign", "p", "1" * 64, "p"], ["campaign", "p", "2" * 64, "l"]]),
    ],
    ids=lambda body: repr(body[:40]) if isinstance(body, bytes) else str(body),
)
def test_what_is_no_programme_is_refused_in_one_line(body: bytes) -> None:
    """Whatever it is: one sentence, for whoever publishes."""
    with pytest.raises(ProgrammeError) as refused:
        parse(body)

    assert isinstance(refused.value, PublisherError)
    assert len(str(refused.value).splitlines()) == 1


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=8,
)


@given(st.sampled_from(sorted(json.loads(written(ONE)))), PLAIN)
def test_a_field_that_is_anything_is_refused_or_read(key: str, value: object) -> None:
    """No other error comes out, whatever stands there."""
    with suppress(ProgrammeError):
        assert isinstance(parse(changed(**{key: value})), Programme)


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_a_document_that_was_cut_about_is_refused_or_read(piece: bytes, at: int, length: int) -> None:
    """Bytes that are lost, added or others."""
    body = written(ONE)
    with suppress(ProgrammeError):
        assert isinstance(parse(body[:at] + piece + body[at + length :]), Programme)


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'"ab",', b"10000,", b'"",', b'\\"', b'\\\\"', b'{"a":', b"1e5,", b"["])
@pytest.mark.parametrize("where", ["items", "instead of all", "show"])
def test_a_bomb_is_refused_before_it_is_unpacked(piece: bytes, where: str) -> None:
    """As many values as fit in 24 MB would be a gigabyte: none of them is made."""
    bomb, whole = piece * (6_000_000 // len(piece)), written(ONE)
    bodies = {
        "items": whole.replace(b'"items":[', b'"items":[' + bomb),
        "instead of all": b"[" + bomb + b"]",
        "show": whole.replace(b'"wall"', b"[" + bomb + b"]"),
    }
    tracemalloc.start()
    try:
        with pytest.raises(ProgrammeError):
            parse(bodies[where])
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_too_large_is_refused_by_its_size() -> None:
    """Nobody looks into it."""
    with pytest.raises(ProgrammeError, match="are the most"):
        parse(b" " * (MAX_PROGRAMME + 1))


def test_more_photos_than_there_is_room_for_are_refused() -> None:
    """Though each would be one."""
    row = b'["c","%d","' + b"0" * 64 + b'","p"]'
    rows = b",".join(row % number for number in range(MAX_ITEMS + 1))
    with pytest.raises(ProgrammeError, match=f"{MAX_ITEMS:,}"):
        parse(written(replace(ONE, items=())).replace(b'"items":[', b'"items":[' + rows))


@pytest.mark.parametrize("end", [b",", b" ", b",,", b"]", b'["c","p"]', b"\xff"])
def test_what_comes_between_or_after_items_is_no_programme(end: bytes) -> None:
    """Nothing is passed over."""
    with pytest.raises(ProgrammeError):
        parse(written(ONE).replace(b'],"recipe"', end + b'],"recipe"'))
    with pytest.raises(ProgrammeError):
        parse(written(ONE).replace(b'],["campaign"', end + b'],["campaign"'))


def test_brackets_and_quotes_in_ids_are_no_structure() -> None:
    """Ids are what they are."""
    items = tuple(Item("c", f'[{{"\\[,,,{n}', Digest("0" * 64), is_portrait=True) for n in range(1000))

    assert parse(written(replace(ONE, items=items))).items == items


def test_its_score_begins_at_its_epoch() -> None:
    """With its items, in its order."""
    score = score_of(ONE, "ab" * 32, [ALONE])

    assert (score.hash, score.epoch, score.items) == ("ab" * 32, EPOCH, ITEMS)
    assert score.start_of(0) == EPOCH


PHRASES = (Phrase("We Remember", "en"), Phrase("Pamiętamy", "pl"))


def show_of(**fields: object) -> Playlist:
    """Return a playlist with other *fields*."""
    return Playlist.model_validate({"slides": ["photo", {"mosaic": {"columns": "4..8", "rows": 2}}, "words"], **fields})


def test_a_recipe_is_what_makes_a_picture() -> None:
    """Neither a title nor how a line is written is part of it; whatever changes a slide, or when it is up, is."""
    one = settle("wall", {"wall": show_of()})
    same = settle(
        "other",
        {
            "other": show_of(
                title="Another", slides=[{"photo": {"hold": "9s", "times": 1}}, {"mosaic": {"columns": 4, "rows": 2}}, "words"]
            )
        },
    )
    found = recipe(one, PHRASES)

    assert recipe(same, PHRASES) == found
    assert len(found) == 64
    others = [
        recipe(settle("wall", {"wall": show_of(**fields)}), PHRASES)
        for fields in (
            {"hold": "10s"},
            {"fade": "2s"},
            {"motion": "false"},
            {"slides": ["photo", "words"]},
            {"slides": ["photo", {"mosaic": {"columns": 5, "rows": 2}}, "words"]},
            {"slides": [{"photo": {"pairs": "true"}}, {"mosaic": {"columns": 4, "rows": 2}}, "words"]},
        )
    ]
    others += [recipe(one, PHRASES[:1]), recipe(one, PHRASES[::-1]), recipe(one, (Phrase("We Remember", "de"), PHRASES[1]))]
    assert len({found, *others}) == len(others) + 1


@given(st.integers(0, 10**9))
def test_a_version_begins_at_a_border_of_the_one_before(ms: int) -> None:
    """Not before it was wanted, at a whole millisecond, and less than one slot later."""
    times = measure([ALONE, PAIRS, WORDS, FACT])
    t: Nanos = EPOCH + ms * MILLISECOND

    found = on_the_grid(t, EPOCH, times)

    assert t <= found < t + 14 * SECOND
    assert found % MILLISECOND == 0
    assert (found - EPOCH) % times.cycle in times.offsets
    assert on_the_grid(found, EPOCH, times) == found


@given(st.integers(0, 10**15), st.lists(st.integers(4_000_000, 9_999_999), min_size=1, max_size=5))
def test_times_finer_than_a_millisecond_have_borders_too(t: Nanos, lengths: list[int]) -> None:
    """Whatever a playlist says: a border is one when it is asked for again, and the next one is less than a slot away."""
    times = measure([replace(ALONE, hold=length / 1_000_000) for length in lengths])

    found = on_the_grid(EPOCH + t, EPOCH, times)

    assert on_the_grid(found, EPOCH, times) == found
    assert EPOCH + t <= found <= EPOCH + t + max(times.lengths) + MILLISECOND
