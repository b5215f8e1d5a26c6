"""`weremember fleet status`: how every player is, the wrong ones first; once, as JSON, or as a page that follows them.

What a collector has written is shown. Where none runs, the broker is asked for what it retains: each player's last status and
report.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import chain
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from player.centre.collecting import CONNECTED, Collector, alone, is_collecting
from player.centre.enrolling import visitor
from player.centre.founding import Office
from player.centre.roll import parsed
from player.centre.store import MAX_PAGE, PAGE, Player, Store, Wanted
from player.clock import Clock
from player.command import length_in_words
from player.errors import NetworkError, OperatorError
from player.feed.text import clean
from player.fleet import topics
from player.fleet.topics import Kind
from player.fleet.voices import Report
from player.units import SECOND, Nanos

LISTEN: Final[Nanos] = 10 * SECOND  # at most, for what the broker retains; ten thousand reports take three
QUIET_S: Final = 0.7  # after which nothing more is expected
EVERY: Final[Nanos] = 2 * SECOND  # how often the page is made anew
_FRAME: Final = 9  # lines of the page that are no players
_TOPICS: Final = tuple(f"{topics.ROOT}/p/+/{kind}" for kind in (Kind.STATUS, Kind.REPORT))
MAX_CELL: Final = 200  # characters; a terminal shows fewer
_TITLES: Final = ("player", "site", "how it is", "show", "seen", "lease", "clock", "programme", "group", "version")
"""By what matters most: a narrow terminal shows the first."""
_HOW: Final = 2
_FITS: Final = ((100, 5), (150, 7))  # columns of a terminal below which so many are shown
_WIDEST: Final = (24, 24, 48, 16, 16, 12, 20, 24, 16, 12)  # characters, where every player is a line
_COLOURS: Final = (("two players", "red"), ("revoked", "red"), ("words alone", "red"), ("offline", "yellow"))


@contextmanager
def listening(office: Office, store: Store, clock: Clock) -> Generator[tuple[Collector | None, str]]:
    """Give what collects while the block runs, and why nothing can be heard; None: somebody else collects, or nobody can."""
    if is_collecting(store, clock.wall()):
        yield None, store.meta(CONNECTED)
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(office.folder))
            link = stack.enter_context(office.link(visitor(), topics=_TOPICS))
            link.open()
        except (NetworkError, OperatorError) as error:
            yield None, str(error)
        else:
            yield Collector(store, link, clock, is_passing=True), ""


def asked(collector: Collector | None, clock: Clock) -> None:
    """Take in what the broker retains."""
    ends = clock.monotonic() + LISTEN
    while collector is not None and clock.monotonic() < ends:
        if not collector.step(QUIET_S):
            return


def print_status(
    office: Office, wanted: Wanted, clock: Clock, *, is_json: bool, is_whole: bool, console: Console | None = None
) -> bool:
    """Print how the players are; return whether all is well."""
    console = console or Console(highlight=False)
    with closing(Store(office.folder)) as store:
        with listening(office, store, clock) as (collector, problem):
            asked(collector, clock)
        now = clock.wall()
        if is_json:
            print_json(store, wanted, now, problem, console)
        elif is_whole:
            for line in lines(store, wanted, now, problem):
                console.print(line, markup=False, soft_wrap=True)
        else:
            console.print(page(office, store, wanted, now, most=PAGE, problem=problem, width=console.width))
        return not problem and not store.count(replace(wanted, state="wrong"))


def print_json(store: Store, wanted: Wanted, now: Nanos, problem: str, console: Console) -> None:
    """Print every player as one JSON object, page by page; times are UTC nanoseconds, lengths in seconds."""
    counts = store.counts()
    head = {"at": now, "problem": problem, "players": counts.players, "online": counts.online, "wrong": counts.wrong}
    console.print(json.dumps(head)[:-1] + ', "list": [', markup=False, soft_wrap=True)
    comma = ""
    for player in every(store, wanted):
        console.print(comma + json.dumps(as_record(player), ensure_ascii=False), markup=False, soft_wrap=True)
        comma = ","
    console.print("]}", markup=False, soft_wrap=True)


def as_record(player: Player) -> dict[str, object]:
    """Return *player* for programs."""
    return {
        "id": player.id,
        "group": player.group,
        "site": player.site,
        "state": player.state,
        "trouble": player.trouble,
        "enrolled_at": player.enrolled_at,
        "revoked_at": player.revoked_at,
        "boot": player.boot,
        "version": player.version,
        "last_seen": player.last_seen,
        "report_at": player.report_at,
        "doubles": player.doubles,
        "report": dict(player.said),
    }


def every(store: Store, wanted: Wanted) -> Iterator[Player]:
    """Yield all players that are *wanted*, the worst first, a page at a time."""
    after = None
    while found := store.players(wanted, after, MAX_PAGE):
        yield from found
        after = found[-1].after


def watch(office: Office, wanted: Wanted, clock: Clock, ended: threading.Event, console: Console | None = None) -> None:
    """Show a page that follows the players, until *ended*."""
    console = console or Console(highlight=False)
    with closing(Store(office.folder)) as store, listening(office, store, clock) as (collector, problem):
        asked(collector, clock)

        def made() -> RenderableType:
            rows = max(1, console.height - _FRAME)
            why = problem if collector is None else collector.problem
            return page(office, store, wanted, clock.wall(), most=rows, problem=why, width=console.width)

        with Live(made(), console=console, auto_refresh=False, screen=True) as live:
            while not ended.is_set():
                if collector is None:
                    clock.wait(ended, EVERY)
                else:
                    _collect(collector, clock, ended)
                live.update(made(), refresh=True)


def _collect(collector: Collector, clock: Clock, ended: threading.Event) -> None:
    ends = clock.monotonic() + EVERY
    while clock.monotonic() < ends and not ended.is_set():
        collector.step(QUIET_S)


def is_terminal() -> bool:
    """Whether there is a page that can be made anew."""
    return Console().is_terminal


def lines(store: Store, wanted: Wanted, now: Nanos, problem: str = "") -> Iterator[str]:
    """Yield every player as a line of plain text: ten thousand take seconds, and a table of them would take a minute."""
    yield _summary(store, problem)
    if problem:
        yield f"not up to date: {problem}"
    for cells in chain((_TITLES,), (_cells(player, now) for player in every(store, wanted))):
        cut = (cell if len(cell) <= most else f"{cell[: most - 1]}…" for cell, most in zip(cells, _WIDEST, strict=True))
        yield "  ".join(f"{cell:<{most}}" for cell, most in zip(cut, _WIDEST, strict=True)).rstrip()


def page(
    office: Office, store: Store, wanted: Wanted, now: Nanos, *, most: int, problem: str = "", width: int = 200
) -> RenderableType:
    """Return at most so many players for people, in a page of *width* columns."""
    shown = store.players(wanted, limit=most)
    rest = store.count(wanted) - len(shown)
    columns = next((count for below, count in _FITS if width < below), len(_TITLES))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in _TITLES[:columns]:
        table.add_column(title, overflow="ellipsis", no_wrap=title in {"player", "lease", "seen"})
    for player in shown:
        cells = [escape(cell) for cell in _cells(player, now)]
        cells[_HOW] = f"[{_colour(player)}]{cells[_HOW]}[/]"
        table.add_row(*cells[:columns])
    parts: list[RenderableType] = [f"[bold]{escape(office.centre.name)}[/]  {_summary(store, problem)}"]
    if problem:
        parts.append(f"[yellow]not up to date:[/] {escape(problem)}")
    parts += ["", table] if shown else ["", _nobody(wanted)]
    if rest > 0:
        parts.append(f"[dim]and {rest:,} more: --all lists them[/]")
    if shown and columns < len(_TITLES):
        parts.append(f"[dim]a wider terminal has {_several(_TITLES[columns:])} as well[/]")
    return Group(*parts)


def _several(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _nobody(wanted: Wanted) -> str:
    return "no player is like that" if wanted != Wanted() else "no player yet: weremember fleet enrol ID --group GROUP"


def _summary(store: Store, problem: str) -> str:
    counts = store.counts()
    told = [f"{counts.players:,} {'player' if counts.players == 1 else 'players'}", f"{counts.online:,} online"]
    told += [f"{count:,} {what}" for count, what in ((counts.offline, "offline"), (counts.never, "never heard of")) if count]
    needs = "needs" if counts.wrong == 1 else "need"
    return ", ".join(told) + (
        f"; {counts.wrong:,} {needs} a look" if counts.wrong else "; all is well" if counts.players and not problem else ""
    )


def _cells(player: Player, now: Nanos) -> tuple[str, ...]:
    found = parsed(player.report)
    report = found[0] if found else None
    cells = (
        player.id,
        player.site,
        player.trouble or "well",
        _show(report),
        _ago(player.last_seen, now),
        _lease(report, player.report_at, now),
        _clock(report),
        f"{report.programme.version} {report.programme.hash8}" if report and report.programme else "",
        player.group,
        player.version,
    )
    return tuple(clean(cell, MAX_CELL) for cell in cells)  # words of strangers, and this may be a terminal


def _colour(player: Player) -> str:
    return next((colour for words, colour in _COLOURS if words in player.trouble), "yellow" if player.trouble else "green")


def _show(report: Report | None) -> str:
    if report is None:
        return ""
    if report.is_dark:
        return "dark"
    return f"{report.show or ''}{', in step' if report.programme else ''}"


def _lease(report: Report | None, at: Nanos | None, now: Nanos) -> str:
    leases = [feed.lease_s for feed in report.feeds.values() if feed.lease_s is not None] if report else []
    if not leases or at is None:
        return ""
    left = min(leases) * SECOND - (now - at)
    return length_in_words(left) if left > 0 else "due"


def _clock(report: Report | None) -> str:
    if report is None or report.clock is None:
        return ""
    off = report.clock.off_us
    return report.clock.state + (f" {off / 1000:+.1f} ms" if off is not None else "")


def _ago(at: Nanos | None, now: Nanos) -> str:
    return "never" if at is None else f"{length_in_words(max(0, now - at))} ago"
