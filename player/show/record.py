"""Slides by reference: how a cue is kept in the library without anything of a photo but its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from player.library.photo import Photo
from player.show.footage import LEAST, Footage
from player.show.slide import (
    CandleSlide,
    FactSlide,
    FilmSlide,
    LiveSlide,
    MosaicSlide,
    NamesSlide,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Tally,
    TitleSlide,
    WordsSlide,
    photos_of,
)
from player.units import Size


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
        case CandleSlide(phrase=phrase):
            record |= {"phrase": _phrase(phrase) if phrase else None}
        case NamesSlide(names=names, language=language, models=models, fullest=fullest):
            record |= {"names": list(names), "language": language, "models": list(models), "fullest": fullest}
        case FilmSlide(film=film, phrase=phrase):
            record |= {"film": _film(film), "phrase": _phrase(phrase) if phrase else None}
        case LiveSlide():  # goes by the clock: nobody goes back to one
            pass
    return record


def keys_in(record: Mapping[str, object]) -> list[int]:
    """Return the photos that a record names."""
    found = record.get("photos")
    return [key for key in cast("list[object]", found) if isinstance(key, int)] if isinstance(found, list) else []


def from_record(record: Mapping[str, object], photos: Mapping[int, Photo]) -> Slide | None:
    """Return the slide that `to_record` described, None when a photo of it is gone or the record is not ours."""
    try:
        found = [photos[key] for key in cast("list[int]", record["photos"])]
        # What was a photo once may be a film by now, of which there is a picture to know it by, or the other way round.
        if any(bool(photo.film) != (record["kind"] == "FilmSlide") for photo in found):
            return None
        return _from_record(record, found)
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
        case kind:
            return _of_words(kind, record, found)


def _of_words(kind: object, record: Mapping[str, object], found: Sequence[Photo]) -> Slide | None:
    """Return a slide that needs no photos; a title page goes by the clock: nobody goes back to one."""
    match kind:
        case "WordsSlide":
            return WordsSlide(phrase=_read(record["phrase"]), second=_read_second(record["second"]))
        case "FactSlide":
            return FactSlide(**{name: str(record[name]) for name in ("text", "language", "source", "link")})
        case "CandleSlide":
            return CandleSlide(phrase=_read_second(record["phrase"]))
        case "NamesSlide":
            names, models = (tuple(map(str, cast("list[object]", record.get(key, ())))) for key in ("names", "models"))
            fullest = int(str(record.get("fullest", 0)))
            return NamesSlide(names=names, language=str(record["language"]), models=models, fullest=fullest) if names else None
        case "FilmSlide":
            photo = found[0] if found else None
            return FilmSlide(film=_read_film(record["film"]), phrase=_read_second(record["phrase"]), photo=photo)
        case _:
            return None


def _film(film: Footage) -> dict[str, object]:
    return {
        "file": film.file,
        "size": list(film.size),
        "part": [film.begin, film.end],
        "sound": film.has_sound,
        "gain": film.gain_db,
        "subtitles": list(film.subtitles),
    }


def _read_film(value: object) -> Footage:
    record = cast("Mapping[str, object]", value)
    (width, height), (begin, end) = cast("list[int]", record["size"]), cast("list[int]", record["part"])
    if not (width > 0 < height and 0 <= begin <= end - LEAST):
        raise ValueError("no film")
    return Footage(
        file=str(record["file"]),
        size=Size(int(width), int(height)),
        begin=int(begin),
        end=int(end),
        has_sound=bool(record["sound"]),
        gain_db=float(cast("float", record["gain"])),
        subtitles=tuple(map(str, cast("list[object]", record["subtitles"]))),
    )


def _phrase(phrase: Phrase) -> list[str]:
    return [phrase.text, phrase.language]


def _read(value: object) -> Phrase:
    text, language = cast("list[str]", value)
    return Phrase(text, language)


def _read_second(value: object) -> Phrase | None:
    return None if value is None else _read(value)
