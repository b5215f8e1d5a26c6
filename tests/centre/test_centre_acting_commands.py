"""The commands of a centre that acts, over its own broker, by certificates: what a person types, and what it says."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from player.centre import ledger
from player.centre.collecting import COLLECTED, Collector, link_of
from player.centre.store import Store
from player.cli import main
from player.clock import SystemClock
from player.errors import LibraryError
from player.fleet.messages import Order
from player.publish.founding import Person
from player.publish.founding import found as found_studio
from player.publish.instants import nanos, read
from player.publish.proposals import said_by
from player.units import MILLISECOND
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.founded import Founded, founded
from tests.publish.atelier import SECRET, STRETCH, QuickDisk, facts

pytestmark = needs_mosquitto


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    """A centre with three players, and its broker."""
    with founded(tmp_path_factory.mktemp("fleet"), "a-1", "a-2", "a-3") as found:
        yield found


def fleet(centre: Founded, *words: str) -> Result:
    """Type `weremember fleet …`."""
    return CliRunner().invoke(main, ["fleet", *words, "--centre", str(centre.folder)])


def clock_is_wrong(_order: Order) -> tuple[bool, str]:
    """Refuse."""
    return False, "refused: the clock here is 61 min ahead of the centre's"


def test_withdrawn_everywhere(centre: Founded) -> None:
    """Two confirm, the third is away and named; said again it goes on; and how the feed comes to list it is said."""
    with centre.player("a-1"), centre.player("a-2"):
        done = fleet(centre, "withdraw", "p-17", "--reason", "family's wish")
    assert done.exit_code == 0, done.output
    first, second, *rest = done.output.splitlines()
    assert first.startswith("p-17 (every source): withdrawn by ")
    assert second.startswith("2 of 3 players have confirmed that it is off: half of those within ")
    assert rest[0] == "a-3: never heard of (it will act as soon as it is back, for the hint is retained)"
    assert """weremember publish withdraw --studio STUDIO --key YOUR.key --reason 'family'"'"'s wish' p-17""" in rest[-1]
    with Store(centre.folder) as store, link_of(centre.office) as link:
        collector = Collector(store, link, SystemClock())
        link.start()
        until(lambda: link.is_connected, "the broker")
        (taken,) = ledger.withdrawals(store)
        with centre.player("a-3"):
            until(lambda: collector.step(0.0) and len(ledger.confirmations(store, taken.number)) == 3, "its receipt")
        again = fleet(centre, "withdraw", "p-17", "--json")
    assert again.exit_code == 0, again.output
    told = json.loads(again.stdout)
    assert (told["players"], [each["id"] for each in told["waiting"]]) == (3, ["a-1", "a-2", "a-3"])
    assert "it had it off when it was withdrawn before" in told["waiting"][0]["why"]
    with centre.player("a-1"), centre.player("a-2"), centre.player("a-3"):
        once_more = fleet(centre, "withdraw", "p-17")
    assert "3 of 3 players have confirmed that it is off" in once_more.output
    listed = fleet(centre, "withdraw", "--list")
    assert listed.output.count("p-17: ") == 1
    assert "p-17: 3 of 3 players have confirmed that it is off" in listed.output


def test_a_source_that_is_not_known_is_withdrawn_both_ways(centre: Founded) -> None:
    """Before any player has reported: as SOURCE/ID and as an id, which is said; and what nobody has ends with status 1."""
    with centre.player("a-1") as one, centre.player("a-2"), centre.player("a-3"):
        done = fleet(centre, "withdraw", "campaign/p-30")
        said = {(each.source, each.item) for each in one.withdrawn}
    assert done.exit_code == 0, done.output
    assert done.output.startswith('no player has spoken of a source "campaign" yet. It is withdrawn in both meanings: p-30 of')
    assert {("campaign", "p-30"), ("*", "campaign/p-30")} <= said
    with centre.player("a-1", here=False), centre.player("a-2", here=False), centre.player("a-3", here=False):
        slip = fleet(centre, "withdraw", "p-31")
    assert slip.exit_code == 1
    assert "no player had anything of it, so nothing was taken down" in slip.output.splitlines()[1]


def test_one_that_does_not_confirm_is_a_problem(centre: Founded) -> None:
    """A player that is online and silent: exit status 1, and its name; and without a collector, that one is missing."""
    with Store(centre.folder) as store:
        store.note(COLLECTED, "")
    with centre.player("a-1", is_deaf=True):
        done = fleet(centre, "withdraw", "p-18", "--wait", "3s")
    assert done.exit_code == 1
    assert "a-1: online, no answer" in done.output
    assert "no collector is at work" in done.output


def test_the_publisher_signs_it_as_well(centre: Founded, tmp_path: Path) -> None:
    """With --publish the feed's list is signed first; when that fails, the players are told all the same."""
    people = [Person(name, SECRET) for name in ("anna", "ben", "cara")]
    studio = found_studio(tmp_path / "studio", people, SystemClock(), stretch=STRETCH, shelf=QuickDisk())
    studio.keep(facts("p-20", b"picture"), b"picture")
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    signs = ("--publish", str(studio.folder), "--key", str(studio.keys / "anna.key"), "--passphrase-file", str(secret))
    with centre.player("a-1") as one, centre.player("a-2"), centre.player("a-3"):
        done = fleet(centre, "withdraw", "p-20", *signs)
        told = {each.at for each in one.withdrawn if each.item == "p-20"}
        (entry,) = (each for draft in studio.pending.look().drafts for each in said_by(draft).entries)
        assert told == {nanos(read(entry.at)) // MILLISECOND}, "one reinstatement undoes both"
        assert done.exit_code == 0, done.output
        assert "the signer publishes it (weremember publish sign)" in done.output
        assert "The feed must list it" not in done.output
        other = fleet(centre, "withdraw", "p-21", *signs)
    assert other.exit_code == 1
    assert "the feed does not list it: p-21: no photo of this id is published or in the studio" in other.output
    assert "3 of 3 players have confirmed" in other.output


def test_without_the_broker_it_is_recorded(tmp_path: Path) -> None:
    """Nobody can be told: it is on record, and the line says what happens next; said again, it is told."""
    with founded(tmp_path, "b-1") as centre:
        centre.broker.kill()
        done = fleet(centre, "withdraw", "p-17")
        assert done.exit_code == 1
        assert "recorded; nobody has heard of it yet (the broker at 127.0.0.1:" in done.output
        assert "?." not in done.output
        assert "b-1: not told yet, never heard of" in done.output
        with Store(centre.folder) as store:
            assert [each.item for each in ledger.withdrawals(store)] == ["p-17"]
        refused = fleet(centre, "dark", "--player", "b-1")
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
        centre.broker.start()
        with centre.player("b-1"):
            assert fleet(centre, "withdraw", "p-17").exit_code == 0


def test_a_full_disk_at_the_centre_keeps_nothing_on_a_wall(centre: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre's file cannot even be opened: whoever is online is told all the same, and what is missing is said."""

    def fails(*_: object) -> None:
        raise LibraryError("fleet.sqlite: the disk does not answer")

    with monkeypatch.context() as patched, centre.player("a-1") as one:
        patched.setattr("player.centre.acting.Store", fails)
        done = fleet(centre, "withdraw", "campaign/p-40")
        until(lambda: {("campaign", "p-40"), ("*", "campaign/p-40")} <= {(e.source, e.item) for e in one.withdrawn}, "the hint")
    assert done.exit_code == 1
    assert "the players that are online were told to take it down" in done.output
    with centre.player("a-2") as other:
        assert "p-40" not in {each.item for each in other.withdrawn}, "not retained"
        assert fleet(centre, "withdraw", "campaign/p-40", "--wait", "3s").exit_code == 0


def test_a_stop_before_anybody_was_told_says_where_to_look(centre: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the command is still at its beginnings: one line, and never a bare word that it was aborted."""

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("player.centre.withdrawing.announce", stops)
    done = fleet(centre, "withdraw", "p-41")
    assert done.exit_code == 1
    assert "is said by weremember fleet withdraw --list" in done.output
    assert "p-41" in fleet(centre, "withdraw", "--list").output


def test_orders_are_answered_by_name(centre: Founded) -> None:
    """How many did it first, then who did not and why; exit status 1 as long as one did not."""
    with centre.player("a-1"), centre.player("a-2", answer=clock_is_wrong):
        done = fleet(centre, "go", "facade", "--for", "30m", "--player", "a-1", "--player", "a-2")
        one = fleet(centre, "extend", "30m", "--player", "a-1", "--json")
    assert done.exit_code == 1
    assert done.output.splitlines() == ["1 of 2: go", "a-2: refused: the clock here is 61 min ahead of the centre's"]
    assert (one.exit_code, json.loads(one.output)["done"]) == (0, 1)


def test_dark_for_all_wants_two_words(centre: Founded) -> None:
    """Nobody makes a whole fleet dark with one slip; in a script one --yes is not enough, two are."""
    with centre.player("a-1") as one, centre.player("a-2"), centre.player("a-3"):
        assert "say --yes --yes" in fleet(centre, "dark", "--all").output
        assert fleet(centre, "dark", "--all", "--yes").exit_code == 1
        assert one.orders == []
        assert fleet(centre, "dark", "--all", "--yes", "--yes").output.splitlines() == ["3 of 3: dark"]
        assert fleet(centre, "light", "--all", "--yes").exit_code == 0
        assert [order.verb for order in one.orders] == ["dark", "light"]


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (["withdraw"], 2, "name the photo"),
        (["withdraw", "p", "--list"], 2, "name the photo"),
        (["withdraw", "p", "--publish", "x"], 2, "go together"),
        (["withdraw", "p", "--wait", "soon"], 2, "write a length of time"),
        (["dark"], 1, "say whom you mean"),
        (["dim", "101", "--all"], 2, "say how bright"),
        (["extend", "30", "--all"], 2, 'Did you mean "30m"?'),
        (["light", "--player", "a-9"], 1, 'no player of this fleet is called "a-9"'),
        (["release", "7"], 1, "say when the group switches"),
        (["release", "7", "--group", "memorail", "--at", "2027-01-27T12:00Z"], 1, 'Did you mean "memorial"?'),
        (["release", "7", "--at", "noon"], 1, "write an instant"),
        (["release", "7", "--at", "2020-01-27T12:00Z"], 1, "is in the past"),
        (["release", "7", "--quorum", "0%"], 2, "such as 90%"),
        (["release", "7", "--drop"], 1, "no version 7 of memorial is announced"),
        (["release", "7", "--drop", "--quorum", "90%"], 2, "--drop takes back"),
        (["report", "--from", "2027-01-20", "--to", "2027-01-19"], 2, "is before"),
        (["report", "--from", "yesterday", "--to", "2027-01-19"], 2, "write a day as"),
        (["report", "--from", "2027-01-20", "--to", "2027-01-20", "--out", "x.pdf"], 2, ".html or a .csv"),
    ],
)
def test_a_slip_is_one_line(centre: Founded, words: list[str], status: int, why: str) -> None:
    """Whatever is wrong with what was typed: one line, and nothing is sent."""
    done = fleet(centre, *words)
    assert (done.exit_code, done.output.count("\n")) == (status, 1), done.output
    assert why in done.output


def test_the_report_is_written(centre: Founded, tmp_path: Path) -> None:
    """As a page, as a table, or as lines; of days on which nothing was heard it says so."""
    days = ("report", "--from", "2020-01-20", "--to", "2020-01-27")
    told = fleet(centre, *days).output
    assert "3 players at 1 site." in told
    page, table = tmp_path / "report.html", tmp_path / "report.csv"
    assert fleet(centre, *days, "--out", str(page)).exit_code == 0
    assert "Oświęcim" in page.read_text("utf-8")
    assert fleet(centre, *days, "--out", str(table)).exit_code == 0
    with table.open(newline="", encoding="utf-8") as lines:
        assert next(csv.reader(lines))[0] == "what"
    nowhere = fleet(centre, *days, "--out", str(tmp_path / "no" / "report.csv"))
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)


def test_no_centre_is_one_line(tmp_path: Path) -> None:
    """A folder without a centre: how one is made."""
    done = CliRunner().invoke(main, ["fleet", "dark", "--all", "--centre", str(tmp_path)])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "is no centre of a fleet" in done.output
