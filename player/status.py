"""`weremember status`: how the player is at this moment, once, as JSON, or as a page that follows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from player.clock import Clock
from player.command import length_in_words
from player.errors import LibraryError
from player.library import cues, right
from player.library.database import translated
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.library.sources import Source, Standing, sources, standing
from player.library.trusted_time import trusted_clock
from player.screen.chooser import Chooser, place_after
from player.screen.ledger import Ledger
from player.screen.programme import LAST_WORDS
from player.screen.writer import STATUS
from player.settings import Configuration
from player.show.director import Place
from player.show.slide import Slide, photos_of
from player.timekeeping import clock_state
from player.units import SECOND, Nanos

AHEAD: Final = 5  # slides
FRESH: Final[Nanos] = 5 * SECOND  # a screen that runs says how it is each second
FEW: Final = 4  # photos that are named; a mosaic is counted
MAX_BYTES: Final = 65_536  # of what the screen says of itself: it is 1 kB
EVERY: Final[Nanos] = SECOND  # how often the page is made anew
WRITER: Final = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source and its word."""

    name: str
    standing: str
    confirmed_s: float | None
    """How long ago it was confirmed; None: never."""
    lease_left_s: float | None
    """None: it has no lease, or its word does not count."""
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How everything is."""

    at: Nanos
    is_running: bool
    """The screen has said something within the last seconds."""
    clock: str
    """How far the time of day may be believed."""
    screen: Mapping[str, object] = field(default_factory=dict[str, object])
    """What it said of itself last."""
    rung: str = ""
    coming: tuple[str, ...] = ()
    """The next slides of the show, as the order stands now."""
    photos: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many are in which state."""
    feeds: tuple[Feed, ...] = ()
    problem: str = ""
    """Why the library could not be read; empty when it was."""


def look(configuration: Configuration, clock: Clock | None = None) -> Status:
    """Return how the player of *configuration* is now. What cannot be read is said, and is no reason to fail."""
    folder = configuration.data
    clock = clock or trusted_clock()
    now, screen = clock.wall(), _said(folder)
    said_at = screen.get("at")
    is_running = isinstance(said_at, int) and abs(now - said_at) < FRESH
    bare = Status(at=now, is_running=is_running, clock=clock_state().value, screen=screen)
    if not folder.is_dir():
        return replace(bare, problem=f"there is no data folder {folder} yet")
    try:
        with closing(open_library(folder, writer=WRITER)) as library:
            return replace(
                bare,
                rung=right.ladder(library, now).rung.value,
                coming=_coming(configuration, library, clock, str(screen.get("show") or "")),
                photos=_photos(library),
                feeds=tuple(_feed(each, now) for each in sources(library.connection).values() if each.enabled),
                problem=library.lost,
            )
    except LibraryError as error:
        return replace(bare, problem=str(error))


def as_json(status: Status) -> str:
    """Return *status* as one JSON object; times are UTC nanoseconds, lengths in seconds."""
    return json.dumps(asdict(status), ensure_ascii=False, indent=1)


def print_status(configuration: Configuration, *, json_only: bool, console: Console | None = None) -> bool:
    """Print how the player is; return whether a screen runs."""
    console = console or Console()
    status = look(configuration)
    if json_only:
        console.print(as_json(status), markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(page(status, configuration.settings.site.zone))
    return status.is_running


def watch(configuration: Configuration, clock: Clock, ended: threading.Event, console: Console | None = None) -> None:
    """Show a page that follows the player, until *ended*."""
    zone = configuration.settings.site.zone
    with Live(page(look(configuration), zone), console=console, auto_refresh=False, screen=True) as live:
        while not clock.wait(ended, EVERY):
            live.update(page(look(configuration), zone), refresh=True)


def page(status: Status, zone: str) -> RenderableType:
    """Return *status* for people; times of day are those of *zone*."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column()
    for label, what in _rows(status, zone):
        rows.add_row(label, escape(what))
    return Group(f"[bold]We Remember[/]  {_time(status.at, zone)} {escape(zone)}", "", rows)


def _rows(status: Status, zone: str) -> list[tuple[str, str]]:
    said = status.screen
    rows = [("screen", _screen(status))]
    if said:
        rows += [
            ("show", _show(said, zone)),
            ("slide", _slide(said, status.at)),
            *([("by hand", by_hand)] if (by_hand := _by_hand(said)) else []),
        ]
    rows += [("next" if not n else "", what) for n, what in enumerate(status.coming)]
    rows.append(("photos", ", ".join(f"{count} {state}" for state, count in status.photos.items()) or "none yet"))
    rows.append(("showing", status.rung or "nothing that can be read"))
    rows += [("feed" if not n else "", _fed(feed)) for n, feed in enumerate(status.feeds)]
    rows.append(("clock", status.clock))
    frames = said.get("frames")
    if isinstance(frames, dict):
        rows.append(("frames", _frames(cast("dict[str, object]", frames))))
    if status.problem:
        rows.append(("problem", status.problem))
    return rows


def _screen(status: Status) -> str:
    said_at = status.screen.get("at")
    if not isinstance(said_at, int):
        return "has never run here"
    if status.is_running:
        return "runs"
    return f"does not run: last heard of {length_in_words(max(0, status.at - said_at))} ago"


def _show(said: Mapping[str, object], zone: str) -> str:
    until = said.get("until_by_hand") if said.get("by_hand") else None
    end = f" until {_time(until, zone)}" if isinstance(until, int) else ""
    slot = f", slot {said['slot']}" if said.get("slot") else ""
    following = f"; then {said['next']}" if said.get("next") not in {None, said.get("show")} else ""
    return f"{said.get('show')}{slot}{end} ({said.get('why')}){following}"


def _slide(said: Mapping[str, object], now: Nanos) -> str:
    since = said.get("since")
    for_how_long = f", for {length_in_words(max(0, now - since))}" if isinstance(since, int) else ""
    names = cast("list[str]", said.get("photos") or [])
    return _named(str(said.get("slide")), names) + for_how_long


def _by_hand(said: Mapping[str, object]) -> str:
    told = [word for word in ("dark", "held") if said.get(word)]
    if said.get("dim") != 100:  # noqa: PLR2004 - percent
        told.append(f"dim {said.get('dim')}")
    return ", ".join(told)


def _named(kind: str, names: list[str]) -> str:
    if not names:
        return kind
    return f"{kind}: {', '.join(names)}" if len(names) <= FEW else f"{kind}: {len(names)} photos"


def _fed(feed: Feed) -> str:
    confirmed = "never confirmed" if feed.confirmed_s is None else f"confirmed {feed.confirmed_s:.0f} s ago"
    lease = "" if feed.lease_left_s is None else f", lease for {feed.lease_left_s:.0f} s more"
    return f"{feed.name}: {feed.standing}, {confirmed}{lease}" + (f"; {feed.problem}" if feed.problem else "")


def _frames(frames: Mapping[str, object]) -> str:
    if not frames.get("frames"):
        return "none yet"
    return (
        f"{frames.get('median_ms')} ms in the median, {frames.get('p99_ms')} ms at p99, {frames.get('most_ms')} ms at most;"
        f" {frames.get('late')} of {frames.get('frames')} late since the start"
    )


def _said(folder: Path) -> dict[str, object]:
    try:
        with (folder / STATUS).open("rb") as file:
            found: object = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _coming(configuration: Configuration, library: Library, clock: Clock, show: str) -> tuple[str, ...]:
    """Choose the next slides as the screen would, and forget it."""
    name = show if show in configuration.playlists else configuration.settings.show
    ledger = Ledger()
    chooser = Chooser(library, show=configuration.show(name), phrases=(LAST_WORDS,), ledger=ledger, clock=clock)
    cue = cues.last(library.connection, name)
    place, found = place_after(cue) if cue else Place(), list[str]()
    for _ in range(AHEAD):
        choice = chooser.next(place)
        if choice.slide is None:
            break
        ledger.add(choice.picks)
        place = choice.place
        found.append(_in_words(choice.slide))
    return tuple(found)


def _in_words(slide: Slide) -> str:
    kind = type(slide).__name__.removesuffix("Slide").lower()
    return _named(kind, [f"{photo.source}/{photo.item}" for photo in photos_of(slide)])


def _photos(library: Library) -> dict[str, int]:
    with translated(LIBRARY.name):
        rows = library.connection.execute(
            "SELECT CASE WHEN state='approved' AND picture IS NULL THEN 'being prepared' ELSE state END, count(*)"
            " FROM photos GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return dict(rows)


def _feed(source: Source, now: Nanos) -> Feed:
    word = standing(source, now)
    age = None if source.confirmed_at is None else (now - source.confirmed_at) / SECOND
    left = source.lease_s - age if word is Standing.LIVE and source.lease_s is not None and age is not None else None
    return Feed(name=source.name, standing=word.value, confirmed_s=age, lease_left_s=left, problem=source.problem or "")


def _time(at: Nanos, zone: str) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)):%H:%M:%S}"
