"""`fleet status`: what is amiss comes first, from what a collector wrote or what the broker retains."""

from __future__ import annotations

import json
import threading
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from player.centre.collecting import Collector, alone, keep_on, link_of
from player.centre.standing import Known, Rank, judged
from player.centre.store import FINE, PAGE, Store, Wanted
from player.centre.watching import page, print_status, watch
from player.cli import main
from player.clock import SystemClock
from player.fleet.topics import Kind
from player.fleet.voices import ClockSaid, FeedState, Next, Report
from player.units import SECOND
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.centre import enrolled, founded, player_link, running, said, speak, status
from tests.fakes.clock import OPENING, FakeClock

WELL = Report(
    site="Here",
    show="wall",
    rung="live",
    feeds={"campaign": FeedState("live", 900, 7)},
    clock=ClockSaid("synced", 300, 900),
    version="0.1.0",
)


def _known(report: Report = WELL, *, state: str = "online", doubled_s: int | None = None, revoked: bool = False) -> Known:
    return Known(
        state=state,
        group="memorial",
        revoked_at=OPENING if revoked else None,
        last_seen=OPENING,
        doubled_at=None if doubled_s is None else OPENING - doubled_s * SECOND,
        report=report,
        report_at=OPENING,
        said_at=OPENING,
    )


@pytest.mark.parametrize(
    ("known", "rank", "words"),
    [
        (_known(), Rank.FINE, ""),
        (_known(Report(site="", errors=("not in step: its programme has not begun",))), Rank.FINE, ""),
        (_known(state="offline"), Rank.OFFLINE, "offline"),
        (Known(state=""), Rank.NEVER, "never heard of"),
        (_known(doubled_s=60), Rank.DOUBLED, "two players with this id"),
        (_known(doubled_s=3600), Rank.FINE, ""),
        (_known(revoked=True), Rank.STRANGER, "revoked, and yet online: reload the broker"),
        (_known(revoked=True, state="offline"), Rank.REVOKED, ""),
        (_known(Report(site="", rung="plate")), Rank.PLATE, "shows words alone"),
        (_known(Report(site="", rung="plate", is_dark=True)), Rank.FINE, ""),
        (_known(Report(site="", feeds={"f": FeedState("lease expired", 0, 1)})), Rank.LEASE, "f: lease expired"),
        (_known(Report(site="", feeds={"f": FeedState("feed is over", None, 1)})), Rank.FINE, ""),
        (_known(Report(site="", clock=ClockSaid("unsynced", None, None))), Rank.CLOCK, "clock not set"),
        (_known(Report(site="", clock=ClockSaid("own", None, None))), Rank.FINE, ""),
        (_known(Report(site="", groups=("memorial", "x"))), Rank.FINE, ""),
        (_known(Report(site="", groups=("x",))), Rank.NOT_READY, "not in memorial by its own configuration"),
        (_known(Report(site="", clock=ClockSaid("own", -35_000, None))), Rank.FINE, ""),
        (_known(Report(site="", clock=ClockSaid("synced", -35_000, 9))), Rank.CLOCK, "clock -35 ms off"),
        (_known(Report(site="", clock=ClockSaid("holdover", 20_000, 9))), Rank.FINE, ""),
        (
            _known(Report(site="", coming=Next("v2", is_ready=False, why="2 photos"))),
            Rank.NOT_READY,
            "not ready for v2: 2 photos",
        ),
        (_known(Report(site="", coming=Next("v2", is_ready=True))), Rank.FINE, ""),
        (_known(Report(site="", errors=("no display",))), Rank.ERRORS, "no display"),
        (
            _known(Report(site="", rung="plate", errors=("e",), clock=ClockSaid("unsynced", None, None)), doubled_s=1),
            Rank.DOUBLED,
            "two players with this id, shows words alone, clock not set, e",
        ),
    ],
)
def test_what_is_amiss_is_said_the_worst_first(known: Known, rank: Rank, words: str) -> None:
    """Each fault has its words and its place; nothing else is amiss with a player that is well, dark or over."""
    verdict = judged(known, OPENING)

    assert (verdict.rank, verdict.trouble) == (rank, words)


def test_a_verdict_says_until_when_it_holds() -> None:
    """Just before that instant nothing has changed, and at it something has."""
    verdict = judged(_known(doubled_s=0), OPENING)
    seen = [verdict.rank]
    while verdict.until is not None:
        assert judged(_known(doubled_s=0), verdict.until - 1).trouble == verdict.trouble
        verdict = judged(_known(doubled_s=0), verdict.until)
        seen.append(verdict.rank)

    assert seen == [Rank.DOUBLED, Rank.DOUBLED, Rank.LEASE]


@pytest.mark.parametrize(("report_s", "silent_s"), [(None, 1000), (300, 1000), (5, 115), (3600, 10_900)])
def test_silent_is_who_misses_reports_of_its_own(report_s: int | None, silent_s: int) -> None:
    """Three reports and some more, by how often a player says that one comes."""
    known = _known(Report(site="", report_s=report_s))

    assert judged(known, OPENING + silent_s * SECOND - 1).rank is Rank.FINE
    assert judged(known, OPENING + silent_s * SECOND).trouble == "online, but says nothing"


def test_a_clock_that_is_far_from_ours_is_said() -> None:
    """A player whose own time is ten minutes off refuses orders: that shows, whatever its kernel thinks."""
    known = Known(state="online", report=WELL, report_at=OPENING, said_at=OPENING - 600 * SECOND)

    assert judged(known, OPENING).trouble == "clock 10 min from ours"


def _printed(page_or_text: object) -> str:
    out = StringIO()
    Console(file=out, width=200, highlight=False).print(page_or_text)
    return out.getvalue()


def test_an_empty_fleet_says_what_to_do(tmp_path: Path) -> None:
    """Without players the page says how to enrol one, and not that all is well."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        text = _printed(page(office, store, Wanted(), OPENING, most=PAGE))

    assert "weremember fleet enrol" in text
    assert "all is well" not in text


def test_a_narrow_page_says_what_it_leaves_out(tmp_path: Path) -> None:
    """What has no room in a terminal of eighty columns is named, so that nobody thinks that it is not known."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        enrolled(office, store, "a")
        assert "a wider terminal has lease, clock, programme, group and version as well" in _printed(
            page(office, store, Wanted(), OPENING, most=PAGE, width=80)
        ).replace("\n", " ")


def test_a_page_of_ten_thousand_has_its_hundred(tmp_path: Path) -> None:
    """The page holds the worst, says how many more there are, and nothing that a player wrote is taken for a style."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        with store.changing() as connection:
            connection.executemany(
                "INSERT INTO players(id, grp, site, enrolled_at, serial, state, rank, trouble, report)"
                " VALUES(?, 'g', '[red]x[/]', 1, '', 'online', ?, ?, '')",
                [(f"p-{n:05}", 70 if n == 9_999 else FINE, "[bold" if n == 9_999 else "") for n in range(10_000)],
            )
        text = _printed(page(office, store, Wanted(), OPENING, most=PAGE))

    lines = text.splitlines()
    assert "10,000 players" in lines[0]
    assert "1 needs a look" in lines[0]
    assert "p-09999" in lines[3]
    assert "[bold" in lines[3]
    assert "[red]x[/]" in lines[3]
    assert "9,900 more" in lines[-1]


@needs_mosquitto
def test_without_a_collector_the_broker_is_asked(tmp_path: Path) -> None:
    """What the broker retains is shown by a command that nobody prepared; with a collector, what that one wrote."""
    with running(tmp_path) as (office, broker), Store(office.folder) as store:
        done = enrolled(office, store, "a", site="Here")
        enrolled(office, store, "b")
        with player_link(office, done, "a") as player:
            now = SystemClock().wall()
            speak(player, "a", Kind.STATUS, status(at=now), is_retained=True)
            speak(player, "a", Kind.REPORT, said(WELL, at=now), is_retained=True)
            out = StringIO()
            is_well = print_status(
                office,
                Wanted(),
                SystemClock(),
                is_json=False,
                is_whole=False,
                console=Console(file=out, width=180, highlight=False),
            )
            found = json.loads(CliRunner().invoke(main, ["fleet", "status", "--json", "--centre", str(office.folder)]).output)
            assert not is_well, "b was never heard of"
            assert "1 online" in out.getvalue()
            assert out.getvalue().index("\nb ") < out.getvalue().index("\na ")
            assert [(each["id"], each["trouble"]) for each in found["list"]] == [("b", "never heard of"), ("a", "")]
            assert found["list"][1]["report"]["show"] == "wall"
            stopped = threading.Event()
            with link_of(office) as link:
                link.start()
                collector = Collector(store, link, SystemClock())
                thread = threading.Thread(target=keep_on, args=(collector, SystemClock(), stopped))
                with alone(office.folder):
                    thread.start()
                    until(lambda: store.meta("collected_at"))
                    listed = CliRunner().invoke(main, ["fleet", "status", "--centre", str(office.folder)])
                    stopped.set()
                    thread.join()
            assert "not up to date" not in listed.output
        broker.kill()


def test_without_a_broker_what_was_heard_last_is_shown(tmp_path: Path) -> None:
    """Nobody answers: the page says so, and shows the players all the same; the exit status tells a program."""
    office = founded(tmp_path, port=1)
    with Store(office.folder) as store:
        enrolled(office, store, "a")
    result = CliRunner().invoke(main, ["fleet", "status", "--all", "--centre", str(office.folder)])

    assert result.exit_code == 1
    assert "not up to date" in result.output
    assert "never heard of" in result.output


def test_a_page_that_follows_needs_a_terminal(tmp_path: Path) -> None:
    """`--watch` into a file is refused in one line."""
    office = founded(tmp_path)
    result = CliRunner().invoke(main, ["fleet", "status", "--watch", "--centre", str(office.folder)])

    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_page_that_follows_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """On a terminal the page is drawn as high as there is room, and left in order; without a broker it says so."""
    office = founded(tmp_path, port=1)
    with Store(office.folder) as store:
        for n in range(30):
            enrolled(office, store, f"p-{n:02}")
    out, clock, over = StringIO(), FakeClock(), threading.Event()
    over.set()
    watch(office, Wanted(), clock, over, Console(file=out, width=120, height=20, force_terminal=True, highlight=False))

    assert "p-00" in out.getvalue()
    assert "p-29" not in out.getvalue()
    assert "not up to date" in out.getvalue()


def test_waiting_takes_no_longer_than_the_broker_has_to_say(tmp_path: Path) -> None:
    """A clock that does not move on its own: a page is made of what there is, at once."""
    office = founded(tmp_path, port=1)
    out = StringIO()
    assert not print_status(office, Wanted(), FakeClock(), is_json=True, is_whole=True, console=Console(file=out, width=80))
    assert json.loads(out.getvalue())["list"] == []
