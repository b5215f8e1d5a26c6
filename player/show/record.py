"""Slides by reference: how a cue is kept in the library without anything of a photo but its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from player.library.photo import Photo
from player.show.slide import (
    FactSlide,
    MosaicSlide,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Tally,
    TitleSlide,
    WordsSlide,
    photos_of,
)


def to_record(slide: Slide) -> dict[str, object]:
    """Return *slide* as plain data for `from_record`."""
    record: dict[str, object] = {"kind": type(slide).__name__, "photos": [photo.key for photo in photos_of(slide)]}
    match slide:
        case PhotoSlide(phrase=phrase, second=second) | WordsSlide(phrase=phrase, second=second):
            record |= {"phrase": _phrase(phrase), "second": _phrase(second) if second else None}
        case PairSlide(phrase=phrase):
            record |= {"phrase": _phrase(phrase)}
        case MosaicSlide(phrase=phrase, columns=columns, rows=rows, tally=tally):
            record |= {"phrase": _phrase(phrase), "grid": [columns, rows]}
            record |= {"tally": [tally.photos, tally.countries] if tally else None}
        case TitleSlide(title=title, note=note):
            record |= {"title": _phrase(title), "note": _phrase(note)}
        case FactSlide(text=text, language=language, source=source, link=link):
            record |= {"text": text, "language": language, "source": source, "link": link}
    return record


def keys_in(record: Mapping[str, object]) -> list[int]:
    """Return the photos that a record names."""
    found = record.get("photos")
    return [key for key in cast("list[object]", found) if isinstance(key, int)] if isinstance(found, list) else []


def from_record(record: Mapping[str, object], photos: Mapping[int, Photo]) -> Slide | None:
    """Return the slide that `to_record` described, None when a photo of it is gone or the record is not ours."""
    try:
        return _from_record(record, [photos[key] for key in cast("list[int]", record["photos"])])
    except (LookupError, TypeError, ValueError):
        return None


def _from_record(record: Mapping[str, object], found: list[Photo]) -> Slide | None:
    match record["kind"]:
        case "PhotoSlide":
            return PhotoSlide(photo=found[0], phrase=_read(record["phrase"]), second=_read_second(record["second"]))
        case "PairSlide":
            return PairSlide(photos=(found[0], found[1]), phrase=_read(record["phrase"]))
        case "MosaicSlide":
            columns, rows = cast("list[int]", record["grid"])
            tally = cast("list[int] | None", record["tally"])
            return MosaicSlide(
                photos=tuple(found),
                columns=columns,
                rows=rows,
                phrase=_read(record["phrase"]),
                tally=Tally(*tally) if tally else None,
            )
        case "WordsSlide":
            return WordsSlide(phrase=_read(record["phrase"]), second=_read_second(record["second"]))
        case "FactSlide":
            return FactSlide(**{name: str(record[name]) for name in ("text", "language", "source", "link")})
        case _:
            return None  # a title page goes by the clock: nobody goes back to one


def _phrase(phrase: Phrase) -> list[str]:
    return [phrase.text, phrase.language]


def _read(value: object) -> Phrase:
    text, language = cast("list[str]", value)
    return Phrase(text, language)


def _read_second(value: object) -> Phrase | None:
    return None if value is None else _read(value)
