"""Slides by reference, and back."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from player.library.photo import Photo
from player.show.footage import Footage
from player.show.record import from_record, keys_in, to_record
from player.show.slide import (
    CandleSlide,
    FactSlide,
    FilmSlide,
    MosaicSlide,
    NamesSlide,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Tally,
    WordsSlide,
)
from player.units import Digest, Size

HERE: Final = {
    key: Photo(
        key=key,
        source="wall",
        item=f"photo-{key}",
        picture=Digest(f"{key:064x}"),
        tile=Digest(f"{key + 100:064x}"),
        size=Size(300, 200),
        tile_size=Size(30, 20),
        caption="Nobody must find this in the library",
    )
    for key in range(1, 9)
}
phrases = st.builds(Phrase, st.text(min_size=1, max_size=20), st.sampled_from(("en", "he", "pt-BR")))
some = st.sampled_from(list(HERE.values()))
slides: st.SearchStrategy[Slide] = st.one_of(
    st.builds(PhotoSlide, photo=some, phrase=phrases, second=st.none() | phrases),
    st.builds(PairSlide, photos=st.tuples(some, some), phrase=phrases),
    st.builds(
        MosaicSlide,
        photos=st.lists(some, min_size=4, max_size=8).map(tuple),
        columns=st.integers(2, 24),
        rows=st.integers(2, 16),
        phrase=phrases,
        tally=st.none() | st.builds(Tally, st.integers(0, 10**6), st.integers(0, 200)),
    ),
    st.builds(WordsSlide, phrase=phrases, second=st.none() | phrases),
    st.builds(FactSlide, text=st.text(), language=st.just("en"), source=st.text(), link=st.text()),
    st.builds(CandleSlide, phrase=st.none() | phrases),
    st.builds(
        FilmSlide,
        film=st.builds(
            Footage,
            file=st.text(),
            size=st.just(Size(1920, 1080)),
            begin=st.integers(0, 10**12),
            end=st.integers(10**13, 10**14),
            has_sound=st.booleans(),
            gain_db=st.floats(-20, 20),
            subtitles=st.lists(st.text(), max_size=2).map(tuple),
        ),
        phrase=st.none() | phrases,
    ),
    st.builds(NamesSlide, names=st.lists(st.text(), min_size=1, max_size=5).map(tuple), language=st.just("he")),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(slides)
def test_a_slide_comes_back_from_its_record(slide: Slide) -> None:
    """Stored as JSON and read again, with its photos still there, a slide is the same."""
    assert from_record(json.loads(json.dumps(to_record(slide))), HERE) == slide


@given(slides)
def test_a_record_holds_nothing_of_a_photo_but_its_key(slide: Slide) -> None:
    """Caption, names and digests of a photo that may be withdrawn are not written beside its cue."""
    text = json.dumps(to_record(slide))
    assert "Nobody must find this" not in text
    assert not any(photo.picture in text or photo.item in text for photo in HERE.values())


@given(slides)
def test_without_one_of_its_photos_there_is_no_slide(slide: Slide) -> None:
    """When a photo is gone, its slide is gone: no slide with a hole."""
    record = to_record(slide)
    for key in keys_in(record):
        assert from_record(record, {k: photo for k, photo in HERE.items() if k != key}) is None


KINDS = ("PhotoSlide", "PairSlide", "MosaicSlide", "WordsSlide", "FactSlide", "CandleSlide", "NamesSlide", "FilmSlide", 7)


@given(st.sampled_from(KINDS), st.data())
def test_a_record_that_is_not_ours_is_no_slide(kind: object, data: st.DataObject) -> None:
    """Whatever another version or a bad disk left in the library, reading it fails nothing."""
    record: dict[str, Any] = {"kind": kind}
    for name in ("photos", "phrase", "second", "grid", "tally", "text", "language", "source", "link", "names"):
        if data.draw(st.booleans()):
            record[name] = data.draw(st.one_of(anything, st.lists(st.integers(1, 8), max_size=3)))
    from_record(record, HERE)
    assert all(isinstance(key, int) for key in keys_in(record))
