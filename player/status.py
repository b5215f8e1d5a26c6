"""`weremember status`: how the player is at this moment, once, as JSON, or as a page that follows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from player.clock import Clock
from player.command import length_in_words
from player.errors import LibraryError
from player.library import right
from player.library.database import translated
from player.library.heard import heard, is_of_now
from player.library.library import Library, open_library
from player.library.right import Rung
from player.library.schema import LIBRARY
from player.library.sources import Source, Standing, sources, standing
from player.library.trusted_time import trusted_clock
from player.outlook import next_day
from player.repertoire import has_photos
from player.screen.upcoming import Upcoming
from player.settings import Configuration
from player.show.slide import Slide, named_on
from player.timekeeping import ClockState, clock_state
from player.units import MILLISECOND, SECOND, Nanos, as_clock

FEW: Final = 4  # photos that are named; a mosaic is counted
EVERY: Final[Nanos] = SECOND  # how often the page is made anew
PATIENCE: Final[Nanos] = 1500 * MILLISECOND  # within which a screen that runs says how it is
LOOK_EVERY: Final[Nanos] = 100 * MILLISECOND
WRITER: Final = "command line"
_CLOCKS: Final[Mapping[str, str]] = {
    ClockState.SYNCED.value: "",
    ClockState.HOLDOVER.value: ": the network has not been heard of for a while; believed all the same",
    ClockState.UNSYNCED.value: ": nobody has told this machine the time, so the fallback is on (weremember doctor)",
}


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


def look(configuration: Configuration, clock: Clock | None = None, upcoming: Upcoming | None = None) -> Status:
    """Return how the player of *configuration* is now. What cannot be read is said, and is no reason to fail.

    Whoever asks again and again has an *upcoming* of his own, which is slow the first time.
    """
    folder = configuration.data
    clock = clock or trusted_clock()
    now, screen = clock.wall(), heard(folder)
    bare = Status(at=now, is_running=is_of_now(screen, clock), clock=clock_state().value, screen=screen)
    if not folder.is_dir():
        return replace(bare, problem=f"there is no data folder {folder} yet")
    try:
        with closing(open_library(folder, writer=WRITER)) as library:
            return replace(
                bare,
                rung=right.ladder(library, now).rung.value,
                coming=tuple(map(_in_words, (upcoming or Upcoming()).slides(configuration, library, clock, screen))),
                photos=_photos(library),
                feeds=tuple(_feed(each, now) for each in sources(library.connection).values() if each.enabled),
                problem=library.lost,
            )
    except LibraryError as error:
        return replace(bare, problem=str(error))


def as_json(status: Status) -> str:
    """Return *status* as one JSON object; times are UTC nanoseconds, lengths in seconds."""
    return json.dumps(asdict(status), ensure_ascii=False, indent=1)


def print_status(
    configuration: Configuration, *, json_only: bool, console: Console | None = None, clock: Clock | None = None
) -> bool:
    """Print how the player is; return whether a screen runs."""
    console = console or Console(highlight=False)
    status = _from_now_on(configuration, clock or trusted_clock())
    if json_only:
        console.print(as_json(status), markup=False, soft_wrap=True)
    else:
        console.print(page(status, configuration))
    return status.is_running


def _from_now_on(configuration: Configuration, clock: Clock) -> Status:
    """Return how the player is after this call: whoever has just ordered something asks for what became of it."""
    asked, ends, never = clock.wall(), clock.monotonic() + PATIENCE, threading.Event()
    upcoming = Upcoming()
    while True:
        status = look(configuration, clock, upcoming)
        said_at = status.screen.get("at")
        is_news = isinstance(said_at, int) and said_at >= asked
        if is_news or not status.is_running or clock.monotonic() >= ends:
            return status
        clock.wait(never, LOOK_EVERY)


def is_terminal() -> bool:
    """Whether there is a page that can be made anew."""
    return Console().is_terminal


def watch(configuration: Configuration, clock: Clock, ended: threading.Event, console: Console | None = None) -> None:
    """Show a page that follows the player, until *ended*."""
    upcoming = Upcoming()
    with Live(page(look(configuration, None, upcoming), configuration), console=console, auto_refresh=False, screen=True) as live:
        while not clock.wait(ended, EVERY):
            live.update(page(look(configuration, None, upcoming), configuration), refresh=True)


def page(status: Status, configuration: Configuration) -> RenderableType:
    """Return *status* for people; times of day are those of the site."""
    site = configuration.settings.site
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for label, what in _rows(status, configuration):
        rows.add_row(label, escape(what))
    name = f"  {escape(site.name)}" if site.name else ""
    return Group(f"[bold]We Remember[/]{name}  {_time(status.at, site.zone)} {escape(site.zone)}", "", rows)


def _rows(status: Status, configuration: Configuration) -> list[tuple[str, str]]:
    said, site = status.screen, configuration.settings.site
    rows = [("screen", _screen(status))]
    if said:
        rows += [
            *([("by hand", by_hand)] if (by_hand := _by_hand(said)) else []),
            ("show", _show(said, site.zone)),
            ("slide", _slide(said, status.at)),
            *([("in step", in_step)] if (in_step := _in_step(said)) else []),
        ]
    rows += [("next" if not n else "", what) for n, what in enumerate(status.coming)]
    rows.append(("24 hours", next_day(configuration.rules, status.at)))
    if status.photos or status.feeds or has_photos(configuration.settings.shows, configuration.playlists):
        rows.append(("photos", ", ".join(f"{count} {state}" for state, count in status.photos.items()) or "none yet"))
        rows.append(("shown", Rung(status.rung).in_words if status.rung else "nothing that can be read"))
    else:
        rows.append(("photos", "in no show"))
    rows += [("feed" if not n else "", _fed(feed)) for n, feed in enumerate(status.feeds)]
    rows.append(("clock", _clock(status, site.clock)))
    frames = said.get("frames")
    if isinstance(frames, dict):
        rows.append(("frames", _frames(cast("dict[str, object]", frames))))
    rows += _films(said)
    rows += [("output", what) for what in _outputs(said)]
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
    return f"{said.get('show')}{slot}{end}: {said.get('why')}{following}"


def _slide(said: Mapping[str, object], now: Nanos) -> str:
    since = said.get("since")
    for_how_long = f", for {length_in_words(max(0, now - since))}" if isinstance(since, int) else ""
    names = cast("list[str]", said.get("named") or said.get("photos") or [])
    return _named(str(said.get("slide")), names) + for_how_long


def _in_step(said: Mapping[str, object]) -> str:
    """Return with whom the show is in step, or why it is not though it is to be; nothing where it goes by itself."""
    step, why = said.get("step"), said.get("no_step")
    if isinstance(step, dict):
        told = cast("dict[str, object]", step)
        return f"with {told.get('group')}, version {told.get('version')}"
    return f"no: {why}" if why else ""


def _by_hand(said: Mapping[str, object]) -> str:
    dim = said.get("dim")
    dark = "dark (dim 0)" if dim == 0 else "dark"  # a black wall is a dark one, whoever asks
    told = [word for word, is_so in ((dark, dim == 0 or said.get("dark")), ("held", said.get("held"))) if is_so]
    if dim not in (0, 100):
        told.append(f"dim {dim}")
    cards = said.get("cards")
    if isinstance(cards, dict):
        told += [f"test card {card} on {output}" for output, card in cast("dict[str, object]", cards).items()]
    if said.get("editing"):
        told.append(f"{said.get('editing')} is edited with keys")
    return ", ".join(told)


def _outputs(said: Mapping[str, object]) -> list[str]:
    """Return each output with its display, or with what is wrong."""
    outputs = said.get("outputs")
    if not isinstance(outputs, list):
        return []
    each = [cast("dict[str, object]", output) for output in cast("list[object]", outputs) if isinstance(output, dict)]
    return [f"{output.get('id')}: {output.get('why') or output.get('display') or 'no display'}" for output in each]


def _films(said: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return each film and stream with what it has come to, and what is heard."""
    films = said.get("films")
    told = cast("dict[str, object]", films) if isinstance(films, dict) else {}
    listed = told.get("sources")
    found = cast("list[object]", listed) if isinstance(listed, list) else []
    sources = [cast("dict[str, object]", source) for source in found if isinstance(source, dict)]
    lines = [("stream" if source.get("is_live") else "film", f"{source.get('what')}: {_moving(source)}") for source in sources]
    if sources and told.get("device"):
        muted = ", muted" if told.get("muted") else ""
        lines.append(("sound", f"on {told['device']}, {told.get('off_ms')} ms off, {told.get('dropouts')} dropouts{muted}"))
    elif sources and told.get("device_why"):
        why = str(told["device_why"])
        lines.append(("sound", f"none: {why[:1].lower()}{why[1:].removesuffix('.')}"))
    return lines


def _moving(source: Mapping[str, object]) -> str:
    """Return what a film or stream has come to."""
    state, on_screen, latency, drift = (source.get(key) for key in ("state", "on_screen", "latency", "drift"))
    if state == "ready" and source.get("is_live"):
        behind = f", {latency / SECOND:.1f} s behind" if isinstance(latency, int) and latency else ""
        behind += f" ({drift / SECOND:+.1f} s since it came)" if behind and isinstance(drift, int) and drift else ""
        return "live" + behind + (f", {source['rendition']}" if source.get("rendition") else "")
    if state in {"ready", "ended"} and isinstance(on_screen, int) and not source.get("is_live"):
        return f"at {as_clock(on_screen)}" + (", whose file is cut short" if source.get("is_cut_short") else "")
    if state == "failed":
        why = source.get("why")
        return f"cannot be had: {why}; it is tried again and again" if source.get("is_live") else f"cannot be shown: {why}"
    words = {"stalled": "nothing comes of it; it is tried again and again", "opening": "being opened", "ended": "has ended"}
    return str(source.get("doing") or words.get(str(state), state))


def _named(kind: str, names: list[str]) -> str:
    if not names:
        return kind
    return f"{kind}: {', '.join(names)}" if len(names) <= FEW else f"{kind}: {len(names)} photos"


def _fed(feed: Feed) -> str:
    confirmed = "never confirmed" if feed.confirmed_s is None else f"confirmed {_length(feed.confirmed_s)} ago"
    lease = "" if feed.lease_left_s is None else f", lease for {_length(feed.lease_left_s)} more"
    return f"{feed.name}: {feed.standing}, {confirmed}{lease}" + (f"; {feed.problem}" if feed.problem else "")


def _length(seconds: float) -> str:
    return length_in_words(round(max(0.0, seconds) * SECOND))


def _clock(status: Status, kept: str) -> str:
    """Return how far the time of day is believed, by the screen that runs, else by the kernel, and what follows."""
    said: Mapping[str, object] = status.screen if status.is_running else {}
    whose = "the site's own" if kept == "own" else str(said.get("clock") or status.clock)
    if said.get("clock_trusted"):
        return f"{whose}, believed"
    if said.get("clock_why"):
        return f"{whose}: {said['clock_why']}, so the fallback is on"
    return whose if kept == "own" else f"{whose}{_CLOCKS[status.clock]}"


def _frames(frames: Mapping[str, object]) -> str:
    if not frames.get("frames"):
        return "none yet"
    return (
        f"{frames.get('median_ms')} ms median, {frames.get('p99_ms')} ms p99, {frames.get('most_ms')} ms most;"
        f" {frames.get('late')} of {frames.get('frames')} late"
    )


def _in_words(slide: Slide) -> str:
    kind = type(slide).__name__.removesuffix("Slide").lower()
    return _named(kind, named_on(slide))


def _photos(library: Library) -> dict[str, int]:
    with translated(LIBRARY.name):
        rows = library.connection.execute(
            "SELECT CASE WHEN state='approved' AND is_film=1 THEN iif(picture IS NULL, 'films not fetched', 'films')"
            " WHEN state='approved' AND picture IS NULL THEN 'being prepared' ELSE state END, count(*)"
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
