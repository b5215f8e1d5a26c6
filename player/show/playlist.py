"""Playlists: the slides of a show as an operator writes them, gone through again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias, cast

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from player.schema import Duration, Frozen, Line
from player.show.footage import Footage
from player.show.naming import Reading
from player.units import Seconds

MAX_STEPS: Final = 100_000  # of one show, written out; thirty playlists that each take in the next twice come to 2^30
MAX_WITHIN: Final = 20  # playlists within playlists
MAX_SUBTITLES: Final = 100  # files for one film; the UN has six languages, a festival thirty
SHORTEST_FILM_S: Final = 1.0  # less is no film, and would be over before it has faded in

Hold: TypeAlias = Annotated[Duration, Field(ge=4, le=3600)]
Fade: TypeAlias = Annotated[Duration, Field(ge=1, le=10)]
Times: TypeAlias = Annotated[int, Field(ge=1, le=1000)]
Sides: TypeAlias = tuple[int, int]
"""Two whole numbers: the fewest and the most of columns or of rows; or columns and rows."""
Files: TypeAlias = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=4096)], ...], Field(max_length=MAX_SUBTITLES)]
EveryoneBy: TypeAlias = Literal["end-of-campaign"]
"""By when every photo is to have been shown: by the end of the schedule's day called campaign, or of its last day."""

_GROUP: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_SIDES: Final = re.compile(r"(\d{1,3})(?:\s*\.\.\s*(\d{1,3}))?", re.ASCII)


def _languages(value: object) -> object:
    return () if value == "all" else value


class WordsChoice(Frozen):
    """Which languages the words are shown in; what is not given here is as in the configuration."""

    only_checked: bool | None = None
    """Only phrases that a native reader has confirmed."""
    languages: Annotated[tuple[str, ...] | None, BeforeValidator(_languages)] = None
    """BCP 47 tags; empty: all that there are."""


class _Fading(Frozen):
    fade: Fade | None = None
    """How long it takes to appear."""
    times: Times = 1
    """How many of them, one after another."""


class _Timed(_Fading):
    hold: Hold | None = None
    """How long it stands, fades not counted."""


class PhotoStep(_Timed):
    """One photo."""

    pairs: bool = False
    """Two portraits side by side, when two of equal count are due."""


def _sides(least: int, most: int) -> BeforeValidator:
    """Return what reads a number of columns or rows: one, or from one to another, within bounds."""

    def sides(value: object) -> object:
        # A list is how the last clean copy holds it.
        text = "..".join(map(str, cast("Sequence[object]", value))) if isinstance(value, list | tuple) else str(value).strip()
        match = _SIDES.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not least <= min(first, last) <= max(first, last) <= most:
            raise ValueError(f'write a number from {least} to {most}, or a range such as {least + 2}..{most // 2}, not "{text}"')
        if last < first:
            raise ValueError(f"write {last}..{first}, the smaller number first")
        return first, last

    return BeforeValidator(sides)


class _Mosaic(_Timed):
    hold: Annotated[Duration, Field(ge=15, le=3600)] | None = 18.0  # long enough to find oneself
    tally: bool = False
    """How many people and countries, as of now."""


class MosaicLine(_Mosaic):
    """Many photos as tiles, as a playlist says it."""

    columns: Annotated[Sides, _sides(2, 24)] = (8, 8)
    """From so many to so many; of a range, `everyone_by` decides."""
    rows: Annotated[Sides, _sides(2, 16)] = (4, 4)


class MosaicStep(_Mosaic):
    """Many photos as tiles."""

    columns: int = Field(default=8, ge=2, le=24)
    rows: int = Field(default=4, ge=2, le=16)
    most: Sides | None = None
    """How many columns and rows it may have at most, where the playlist leaves that open; what is above is the least."""


class WordsStep(_Timed):
    """Words alone."""


class FactStep(_Timed):
    """A sentence with its source."""

    text: str = Field(min_length=1, max_length=400)
    language: str = "en"
    source: str = Field(min_length=1, max_length=120)
    link: str = Field(default="https://aboutholocaust.org", min_length=1, max_length=300)
    """Behind the QR code; a longer one could not be read from the wall."""


class CandleStep(_Timed):
    """A candle's flame."""

    hold: Hold | None = 60.0  # a flame is for looking into
    words: bool = True
    """The words with it, each time in the next language."""


class NamesStep(_Timed):
    """A list of names, page after page until all are read."""

    file: str = Field(min_length=1, max_length=1000)
    """A text file with a name in each line; a path that is not whole starts at the playlist's folder."""
    language: str = Field(default="en", min_length=1, max_length=35)
    over: Annotated[Duration, Field(ge=4, le=86_400)] | Literal["slot"] | None = None
    """How long all of them together are to take, slot: until it ends; None, or less than reading takes: as long as that does."""


def _listed(value: object) -> object:
    """Allow `subtitles: film.he.vtt` for a list of one, and `subtitles: none` for none."""
    if isinstance(value, str):
        return () if value == "none" else (value,)
    return value


class FilmStep(_Fading):
    """A film, from its beginning or from within, to its end or as far as is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    file: str = Field(default="", max_length=4096)
    """A path that is not whole starts at the playlist's folder; empty: it is an item of a feed."""
    item: str = Field(default="", max_length=2300, pattern=r"^([A-Za-z0-9_-]{1,200}/.+)?$")
    """SOURCE/ID: an approved film of a feed; empty: it is a file."""
    begin: Annotated[Duration, Field(ge=0, le=14_400)] = Field(default=0.0, validation_alias="from")
    """Which instant of the film is the first one seen."""
    end: Annotated[Duration, Field(ge=1, le=14_400)] | None = Field(default=None, validation_alias="to")
    """Which instant of the film is the last one seen; None: its own end."""
    subtitles: Annotated[Files | None, BeforeValidator(_listed)] = None
    """Files, of which the show's languages choose; none: nothing is written; None: what lies beside the film under its name."""
    sound: bool = True
    """Whether it is heard, where its show is; of a settled one, whether it is."""
    words: bool = False
    """The words beneath it, where there is room and nobody is talked into."""

    @property
    def name(self) -> tuple[str, str]:
        """Source and id of the item that it is; empty where it is a file."""
        source, _, item = self.item.partition("/")
        return source, item

    @model_validator(mode="after")
    def _goes_forward(self) -> FilmStep:
        if bool(self.file) == bool(self.item):
            raise ValueError("write either `file:`, a path, or `item: SOURCE/ID`, a film of a feed")
        if self.end is not None and self.end < self.begin + SHORTEST_FILM_S:
            raise ValueError("`to` is the instant of the film at which it is over: write a later one than `from`")
        return self


class ShowStep(Frozen):
    """All slides of another playlist."""

    name: str = Field(min_length=1)


def _step(value: object) -> object:
    """Allow `- photo`, `- photo:` and `- show: facade` for what is a group in full."""
    if isinstance(value, str):
        return {value: {}}
    if isinstance(value, dict):
        group: dict[str, object] = value  # pyright: ignore[reportUnknownVariableType] - from the file, still unknown
        return {
            key: {"name": inner} if key == "show" and isinstance(inner, str) else ({} if inner == "" else inner)
            for key, inner in group.items()
        }
    return value


class SlideStep(Frozen):
    """One line of a playlist: exactly one of these."""

    photo: PhotoStep | None = None
    mosaic: MosaicLine | None = None
    words: WordsStep | None = None
    fact: FactStep | None = None
    candle: CandleStep | None = None
    names: NamesStep | None = None
    film: FilmStep | None = None
    show: ShowStep | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SlideStep:
        if sum(1 for name in type(self).model_fields if getattr(self, name) is not None) != 1:
            raise ValueError("each line is one slide: photo, mosaic, words, fact, candle, names, film or show")
        return self


class Playlist(Frozen):
    """A playlist file."""

    title: Line = ""
    order: Literal["fair"] = "fair"
    hold: Hold = 9.0
    fade: Fade = 1.6
    motion: bool = True
    """Slow zoom and pan; false: nothing moves but fades."""
    words: WordsChoice = WordsChoice()
    sound: bool | None = None
    """Whether its films are heard; None: as whatever takes it in says, and the site."""
    slides: tuple[Annotated[SlideStep, BeforeValidator(_step)], ...] = Field(min_length=1, max_length=10_000)
    everyone_by: EveryoneBy | None = None
    """A promise: by then every photo has been shown once. Mosaics grow for it, within the range that they are given."""
    sync: str | None = None
    """The group of sites that show the same at the same time, by its programme; as long as there is none, each by itself."""

    @field_validator("everyone_by")
    @classmethod
    def _can_be_kept(cls, value: EveryoneBy | None, info: ValidationInfo) -> EveryoneBy | None:
        slides: tuple[SlideStep, ...] = info.data.get("slides", ())
        if value and slides and not any(line.show or (line.mosaic and _is_open(line.mosaic)) for line in slides):
            raise ValueError("nothing here can keep that promise: give a mosaic a range, such as columns: 4..12, rows: 3..6")
        return value

    @field_validator("sync")
    @classmethod
    def _is_a_group(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not _GROUP.fullmatch(value):
            raise ValueError(f'write the name of a group in small letters, digits and hyphens, such as memorial, not "{value}"')
        if value is not None and info.data.get("everyone_by"):
            raise ValueError("mosaics of a show in step have one size at all sites: leave out everyone_by, or sync")
        return value


Kind: TypeAlias = PhotoStep | MosaicStep | WordsStep | FactStep | CandleStep | NamesStep | FilmStep


def _is_open(line: MosaicLine) -> bool:
    return line.columns[0] < line.columns[1] or line.rows[0] < line.rows[1]


@dataclass(frozen=True, slots=True)
class Step:
    """One slide to come, with its times settled."""

    kind: Kind
    hold: Seconds
    """Of a list of names: how long a page of it stands at least; of a film nothing: it has its own length."""
    fade: Seconds
    motion: bool
    reading: Reading | None = None
    """Of a list of names, once its file was read: what is on it, and how it falls on pages of this wall."""
    film: Footage | None = None
    """Of a film, once somebody has looked at it: what is to be seen of it; None: it cannot be shown, or nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A playlist, settled: every step in full, other playlists' steps taken in."""

    id: str
    title: str
    order: Literal["fair"]
    words: WordsChoice
    steps: tuple[Step, ...]
    everyone_by: EveryoneBy | None = None
    """As the playlist itself says, not those that it takes in."""
    sync: str | None = None
    """With which group it is shown in step; again as the playlist itself says."""


class MissingShowError(ValueError):
    """A playlist takes in one that there is not, or itself, or too much, or what cannot be shown in step."""

    def __init__(self, playlist: str, index: int, name: str, message: str) -> None:
        super().__init__(message)
        self.playlist = playlist
        """The one with the faulty line."""
        self.index = index
        """Of that line among its slides."""
        self.name = name
        """The playlist that the line names."""


def settle(name: str, playlists: dict[str, Playlist], *, sound: bool | None = None) -> Show:
    """Return the playlist called *name* with every step in full.

    *sound* is whether films are heard at this site; None: those of a show that says so.

    Raises:
        MissingShowError: a line of it, or of one that it takes in, names a playlist that there is not or leads back to one that
            it is part of; or all together come to too many slides; or a show in step has films or names.
    """
    playlist = playlists[name]
    steps = _steps(playlists, (name,), sound=sound)
    if playlist.sync is not None:
        _see_in_step(playlists, name, playlist.sync)
    return Show(
        id=name,
        title=playlist.title,
        order=playlist.order,
        words=playlist.words,
        steps=steps,
        everyone_by=playlist.everyone_by,
        sync=playlist.sync,
    )


def _see_in_step(playlists: dict[str, Playlist], name: str, group: str) -> None:
    for index, line in enumerate(playlists[name].slides):
        what = _own_pace(playlists, line)
        if what:
            message = f'{what} at their own pace, and the show "{name}" is in step (sync: {group}): leave out this line, or sync'
            raise MissingShowError(name, index, line.show.name if line.show else name, message)


def _own_pace(playlists: dict[str, Playlist], line: SlideStep) -> str:
    """Return what of a line, or of the playlist that it takes in, is as long as it is, whatever the time."""
    if line.show:
        return next(filter(None, (_own_pace(playlists, inner) for inner in playlists[line.show.name].slides)), "")
    return "films go" if line.film else "names are read" if line.names else ""


def _steps(playlists: dict[str, Playlist], within: tuple[str, ...], *, sound: bool | None) -> tuple[Step, ...]:
    here = within[-1]
    playlist = playlists[here]
    said = (sound, playlist.sound)
    sound = False if False in said else True if True in said else None  # whoever asks for silence has it
    steps: list[Step] = []
    for index, line in enumerate(playlist.slides):
        inner = line.show.name if line.show else here
        if line.show:
            if inner not in playlists:
                raise MissingShowError(here, index, inner, f'there is no playlist "{inner}"')
            if inner in within:
                raise MissingShowError(here, index, inner, f'"{inner}" takes itself in')
            if len(within) > MAX_WITHIN:
                raise MissingShowError(here, index, inner, f"more than {MAX_WITHIN} playlists within each other")
            steps += _steps(playlists, (*within, inner), sound=sound)
        mosaic = _mosaic(line.mosaic) if line.mosaic else None
        film = _heard(line.film, is_heard=sound is True) if line.film else None
        kind = line.photo or mosaic or line.words or line.fact or line.candle or line.names or film
        if kind:
            own = 0.0 if isinstance(kind, FilmStep) else kind.hold
            hold = playlist.hold if own is None else own
            fade = playlist.fade if kind.fade is None else kind.fade
            steps += [Step(kind, hold, fade, playlist.motion)] * kind.times
        if len(steps) > MAX_STEPS:
            raise MissingShowError(here, index, inner, f"with this, it comes to more than {MAX_STEPS:,} slides")
    return tuple(steps)


def _heard(film: FilmStep, *, is_heard: bool) -> FilmStep:
    """Return *film*, silent unless what it is in *is_heard*."""
    return film.model_copy(update={"sound": False}) if film.sound and not is_heard else film


def _mosaic(line: MosaicLine) -> MosaicStep:
    """Return a mosaic with its fewest and largest tiles, and how many more there may be."""
    (columns, most_columns), (rows, most_rows) = line.columns, line.rows
    return MosaicStep(
        columns=columns,
        rows=rows,
        hold=line.hold,
        fade=line.fade,
        times=line.times,
        tally=line.tally,
        most=(most_columns, most_rows) if _is_open(line) else None,
    )
