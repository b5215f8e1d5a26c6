"""config.yaml and its playlists to frozen values, or every problem at once with its line.

Also the last clean copy: what a player runs on while the operator's file has a mistake in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from player import films, places, repertoire, rolls
from player.console import section as consoling
from player.errors import OperatorError
from player.film import section as filming
from player.film.section import Sound, Streams
from player.filming.section import Serve
from player.fleet import section as belonging
from player.output import section as outputting
from player.places import LAST_CLEAN
from player.projector import section as projecting
from player.schedule import check, grammar
from player.schedule.meaning import rules_of
from player.schedule.rules import Rules
from player.schedule.section import Schedule
from player.schedule.sun import Place
from player.schema import Document, Frozen, Problem, did_you_mean, read, validate
from player.sections import (
    AlarmTarget,
    Core,
    Display,
    Feed,
    FeedName,
    Lighting,
    Network,
    Retention,
    Site,
    Storage,
    is_address,
)
from player.show.playlist import Playlist, Show, WordsChoice, settle
from player.units import SECOND, Nanos

INSTALLATION: Final = places.INSTALLATION
MAX_ALARMS: Final = 20  # targets: each is told by a process of its own
MAPS: Final = INSTALLATION / "assets" / "maps"
OUR_FAULTS: Final = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a value that nobody thought of comes to, somewhere in here: a year too far, a name too long, a depth too deep."""


class Settings(Frozen):
    """Everything that an operator may set, settled."""

    site: Site = Site()
    display: Display = Display()
    canvas: outputting.CanvasSize = None
    """Of several outputs; None: as large as what they take of it."""
    outputs: outputting.Outputs = ()
    """Displays and slices of LED walls that show a canvas together; none: one display shows it as it is."""
    light: Lighting = Lighting()
    feeds: dict[FeedName, Feed] = Field(default_factory=dict[str, Feed])
    core: Core | None = None
    words: WordsChoice = WordsChoice(only_checked=True, languages=())
    network: Network = Network()
    show: str = "wall"
    schedule: Schedule = Schedule()
    storage: Storage = Storage()
    retention: Retention = Retention()
    alarms: tuple[AlarmTarget, ...] = Field(default=(), max_length=MAX_ALARMS)
    projectors: projecting.Projectors = Field(default_factory=dict[str, projecting.Projector])
    console: consoling.Console = consoling.Console()
    serve: Serve = Serve()
    sound: Sound = Sound()
    streams: Streams = Field(default_factory=dict[str, filming.Stream])
    fleet: belonging.Fleet | None = None
    """The other players that this one is one of."""

    @property
    def shows(self) -> tuple[str, ...]:
        """The shows that may be on, as they are written: first what is on whenever no slot is, then those of the slots."""
        schedule = self.schedule
        return (schedule.fallback or self.show, self.show, *(slot.show for slot in schedule.slots))

    @field_validator("feeds", mode="before")
    @classmethod
    def _not_left_empty(cls, feeds: object) -> object:
        if feeds == "":
            raise ValueError("is empty. Write `feeds: {}` for a show of words alone")
        return feeds


class Configuration(Frozen):
    """The settings with the shows that they can play: what the last clean copy holds."""

    settings: Settings
    playlists: dict[str, Playlist]
    home: str
    """The folder of config.yaml; relative paths start here."""

    def show(self, name: str | None = None) -> Show:
        """Return a show by name; None: the one that is on."""
        return settle(name or self.settings.show, self.playlists, sound=self.settings.sound.enabled)

    @property
    def has_sound(self) -> bool:
        """Whether anything may be heard: the site says so, or leaves it to the shows and one of them does."""
        site = self.settings.sound.enabled
        return any(playlist.sound for playlist in self.playlists.values()) if site is None else site

    @property
    def loudness(self) -> float | None:
        """What films are brought to, in LUFS; None where nothing is heard, so that nobody need measure it."""
        return self.settings.sound.loudness if self.has_sound else None

    @property
    def rules(self) -> Rules:
        """What decides which show is on when: the schedule, settled."""
        settings = self.settings
        return rules_of(settings.schedule, zone=settings.site.zone, place=_place_of(settings.site), show=settings.show)

    def words_of(self, show: Show) -> WordsChoice:
        """Return which languages *show* speaks: its own choice over the configuration's over the defaults."""
        own, general = show.words, self.settings.words
        checked = next((c.only_checked for c in (own, general) if c.only_checked is not None), True)
        languages = next((c.languages for c in (own, general) if c.languages is not None), ())
        return WordsChoice(only_checked=checked, languages=languages)

    @property
    def words_file(self) -> Path:
        """Where the words in all languages are: beside config.yaml, else as installed."""
        own = Path(self.home) / "assets" / "words.yaml"
        return own if own.exists() else INSTALLATION / "assets" / "words.yaml"

    @property
    def delete_at(self) -> Nanos | None:
        """When what people sent is deleted: as the day that the configuration names begins at the site."""
        day = self.settings.retention.delete_after
        if day is None:
            return None
        return round(datetime.combine(day, time(), ZoneInfo(self.settings.site.zone)).timestamp()) * SECOND

    @property
    def data(self) -> Path:
        """The data folder."""
        return _path(self.settings.storage.data, Path(self.home))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading the configuration came to."""

    configuration: Configuration | None
    """None when the file, or a playlist of the show that is on, has a problem."""
    problems: tuple[Problem, ...]
    """All there are, those of playlists that are not on too."""
    data: Path | None = None
    """The data folder that a faulty file names, when so much of it can be read."""
    fault: Exception | None = None
    """What went wrong in us while we read it: for the log, the operator can do nothing about it."""


def find(file: str | None) -> Path:
    """Return which configuration file is meant: the one named, else here, else as installed."""
    return places.find(file)


def load(file: Path, look: films.Look | None = None) -> Loaded:
    """Read *file* and the playlists beside it. A fault of ours is a problem like another: whoever runs keeps what is in force.

    *look* says what a film is; without it nobody opens one.
    """
    try:
        return _loaded(file, look)
    except OUR_FAULTS as error:
        why = f"cannot be understood: {type(error).__name__}: {error} (a fault of this program: tell its makers)"
        return Loaded(None, (Problem(repertoire.shown(file, file.parent), 1, "", why),), fault=error)


def _loaded(file: Path, look: films.Look | None) -> Loaded:
    document = read(file, repertoire.shown(file, file.parent))
    apart = _schedule_apart(document, file.parent)
    schedule = validate(apart, Schedule) if apart else None
    settings = validate(document, Settings)
    if settings and schedule:
        settings = settings.model_copy(update={"schedule": schedule})
    playlists, documents = repertoire.playlists(file.parent)
    own = [*document.problems, *_checked(document, settings, file.parent, documents)]
    if apart:
        own += apart.problems
    if settings:
        own += repertoire.unfed(document, settings.shows, playlists, documents)
    if settings and not own:
        own += _schedule_problems(settings, documents, *((apart, ()) if apart else (document, ("schedule",))))
    own = [_with_own_zone(problem, document) for problem in own]
    faults = [problem for each in documents.values() for problem in each.problems]
    listed = (*rolls.problems(playlists, documents), *films.problems(playlists, documents, look, _sources(settings)))
    unplayable = filming.unplayable(settings.streams, file.parent, look) if settings else ()
    listed += tuple(document.problem(path, message) for path, message in unplayable)
    problems = tuple(sorted({*own, *faults, *listed}))
    # A draft that nobody plays must not keep a feed from being taken out: what is on decides.
    needed = {settings.show, settings.schedule.fallback or settings.show} if settings else set[str]()
    is_playable = all(repertoire.is_sound(name, playlists, documents) for name in needed)
    if settings is None or own or not is_playable:
        return Loaded(None, problems, _data_named(document, file.parent))
    home = file.parent
    feeds = {name: placed(feed, home) for name, feed in settings.feeds.items()}
    core = settings.core.model_copy(update={"url": _place(settings.core.url, home)}) if settings.core else None
    network = settings.network
    if network.ca_file:
        network = network.model_copy(update={"ca_file": _place(network.ca_file, home)})
    console = consoling.placed(settings.console, home)
    streams = filming.placed(settings.streams, home)
    changes = {"feeds": feeds, "core": core, "network": network, "console": console, "streams": streams}
    changes |= {"fleet": belonging.placed(settings.fleet, home)}
    settled = settings.model_copy(update=changes)
    sound = {name: playlist for name, playlist in playlists.items() if repertoire.is_sound(name, playlists, documents)}
    return Loaded(Configuration(settings=settled, playlists=sound, home=str(home)), problems)


def with_data(configuration: Configuration, data: str | None) -> Configuration:
    """Return *configuration* with another data folder, when one is given."""
    if not data:
        return configuration
    storage = configuration.settings.storage.model_copy(update={"data": str(Path(data).expanduser().absolute())})
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"storage": storage})})


def keep_clean(configuration: Configuration) -> None:
    """Keep a copy in the data folder for the day that the file has a mistake in it.

    Raises:
        OperatorError: it could not be written.
    """
    path = configuration.data / LAST_CLEAN
    try:
        text = configuration.model_dump_json()
        if path.exists() and path.read_bytes() == text.encode():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.touch(mode=0o600)  # an address in it may have a password
        temporary.write_bytes(text.encode())
        temporary.rename(path)
    except OSError as error:
        raise OperatorError(f"{path} could not be written: {error.strerror}") from error
    except ValueError as error:
        raise OperatorError(f"{path} could not be written: {error}") from error


def last_clean(data: Path) -> Configuration | None:
    """Return the copy kept in *data*; None when there is none that can be used."""
    try:
        copy = Configuration.model_validate_json((data / LAST_CLEAN).read_text("utf-8"))
        _ = copy.rules  # an older version may have kept what this one cannot lay out
    except OUR_FAULTS:
        return None
    return copy


def _checked(
    document: Document,
    settings: Settings | None,
    home: Path,
    playlists: Mapping[str, Document],
) -> list[Problem]:
    """Find what no single field can know; *settings* is None when the file has other mistakes already."""
    problems: list[Problem] = []
    written = document.tree.get("show") if isinstance(document.tree, dict) else ""
    show = settings.show if settings else written
    if isinstance(show, str) and show and show not in playlists:
        problems.append(document.problem(("show",), f'there is no playlist "{show}".{did_you_mean(show, playlists)}'))
    ca_file = settings.network.ca_file if settings else None
    if ca_file and not _path(ca_file, home).is_file():
        problems.append(document.problem(("network", "ca_file"), f"there is no file {_path(ca_file, home)}"))
    for name, feed in settings.feeds.items() if settings else ():
        if feed.map and not _map(feed.map, home).is_file():
            known = ", ".join(sorted(file.stem for file in MAPS.glob("*.yaml")))
            problems.append(
                document.problem(("feeds", name, "map"), f"there is no map {_map(feed.map, home)} (those that came: {known})")
            )
    return problems + [document.problem(path, message) for path, message in (_together(settings, home) if settings else ())]


def _together(settings: Settings, home: Path) -> Iterator[outputting.Found]:
    """Find what is wrong with display, outputs and projectors only beside each other, and with the console's files."""
    yield from consoling.problems(settings.console, home)
    yield from consoling.unreviewed(settings.console, settings.feeds)
    yield from belonging.problems(settings.fleet, home, settings.feeds)
    display, outputs = settings.display, settings.outputs
    yield from outputting.problems(settings.canvas, outputs)
    yield from projecting.problems(settings.projectors, [output.id for output in outputs])
    if settings.canvas is not None and not outputs:
        yield ("canvas",), "is shared by outputs, and there are none: write `display: {size: 1920x1080}` for one display"
    alone = {"output": display.output is not None, "size": display.size is not None, "rotate": display.rotate != 0}
    for key in (key for key, is_written in alone.items() if outputs and is_written):
        yield ("display", key), "is for one display alone: with `outputs:`, each of them has its own"


def _schedule_apart(document: Document, home: Path) -> Document | None:
    """Return the file that `schedule: schedule.yaml` names, which is then no longer in *document*; None: there is none."""
    if not isinstance(document.tree, dict) or not isinstance(name := document.tree.get("schedule"), str) or not name:
        return None
    del document.tree["schedule"]
    if Path(name).name == name and name.endswith(".yaml"):
        if (home / name).exists():
            return _without_its_key(read(home / name, name))
        document.problems.append(document.problem(("schedule",), f"there is no file {name} beside this one"))
        return None
    message = f'write the schedule here, or name a file beside this one as schedule.yaml, not "{name}"'
    document.problems.append(document.problem(("schedule",), message))
    return None


def _without_its_key(document: Document) -> Document:
    """Return a schedule's file that begins with `schedule:` like one that does not: `schedule import` prints the key."""
    tree = document.tree
    if not isinstance(tree, dict) or list(tree) != ["schedule"]:
        return document
    lines = {path[1:]: line for path, line in document.lines.items() if path}
    return Document(document.name, tree["schedule"], lines, document.problems)


def _with_own_zone(problem: Problem, document: Document) -> Problem:
    """Return *problem* with the site's zone where its message asks for one."""
    site = document.tree.get("site") if isinstance(document.tree, dict) else None
    zone = site.get("zone") if isinstance(site, dict) else None
    if not isinstance(zone, str) or zone not in available_timezones():
        return problem
    return replace(problem, message=problem.message.replace(grammar.ANY_ZONE, f"[{zone}]"))


def _schedule_problems(
    settings: Settings, shows: Mapping[str, Document], written: Document, at: tuple[str, ...]
) -> list[Problem]:
    """Find what is wrong with a schedule that is sound line by line; it is *written* in a document, below *at*."""
    site = settings.site
    found = [*check.problems(settings.schedule, zone=site.zone, place=_place_of(site), show=settings.show, shows=shows)]
    slots = [(("slots", index, "show"), slot.show) for index, slot in enumerate(settings.schedule.slots)]
    found += filming.unnamed(settings.streams, slots)
    return [written.problem((*at, *path), message) for path, message in found]


def _sources(settings: Settings | None) -> frozenset[str] | None:
    return frozenset(settings.feeds).union(["core"] if settings.core else []) if settings else None


def _place_of(site: Site) -> Place | None:
    return None if site.latitude is None or site.longitude is None else Place(site.latitude, site.longitude)


def _data_named(document: Document, home: Path) -> Path | None:
    storage = document.tree.get("storage") if isinstance(document.tree, dict) else None
    data = storage.get("data") if isinstance(storage, dict) else None
    try:
        return _path(data, home) if isinstance(data, str) and data else None
    except RuntimeError:
        return None


def placed(feed: Feed, home: Path) -> Feed:
    """Return *feed* with its paths made whole: relative ones start at *home*."""
    return feed.model_copy(update={"url": _place(feed.url, home), "map": str(_map(feed.map, home)) if feed.map else ""})


def _map(name: str, home: Path) -> Path:
    """Return the file of a map: one that came with the program by its name, else one of the operator's own."""
    came = MAPS / f"{name}.yaml"
    return came if name.isidentifier() and came.exists() else _path(name, home)


def _place(url: str, home: Path) -> str:
    return url if is_address(url) else str(_path(url, home))


def _path(text: str, home: Path) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else home / path
