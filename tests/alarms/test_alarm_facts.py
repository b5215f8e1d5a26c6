"""Looking: at a library, the screen's word, the clock, the disk, and what signed feeds owe."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from player.alarms.facts import KIND, Lookout
from player.alarms.marks import News
from player.alarms.owed import BY_PEOPLE, expiries
from player.alarms.rules import HOUR, MINUTE, Alarm, Finding, Missed
from player.alarms.siblings import Siblings
from player.feed.signed.layout import LIFETIMES, SIGNED_BY_PEOPLE
from player.library import by_hand, journal
from player.library.tombstones import Record
from player.settings import Configuration, with_data
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.clock import OPENING, SteppedClock
from tests.fakes.home import Home
from tests.feed.signed.reader import begun
from tests.library.shelf import Shelf

TEXT = """feeds:
  wall: {kind: jsonfeed, url: 'https://wall.example/feed.json', trust: moderated}
  campaign: {kind: jsonfeed, url: 'https://campaign.example/', trust: signed}
show: one
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A site with two feeds."""
    return with_data(Home(tmp_path).clean(TEXT), str(tmp_path / "data"))


def lookout(configuration: Configuration, clock: SteppedClock, kernel: ClockState = ClockState.SYNCED) -> Lookout:
    """What looks, by the clock of the tests."""
    return Lookout(configuration, clock.trusted, kernel=lambda: kernel, siblings=Siblings(proc=configuration.data / "nothing"))


def says(configuration: Configuration, **said: object) -> None:
    """The screen says how it is, as it does: in a new file each time."""
    file = configuration.data / "status.json"
    file.with_suffix(".part").write_text(json.dumps(said))
    file.with_suffix(".part").replace(file)


def test_a_player_that_is_well(configuration: Configuration) -> None:
    """Photos, a fresh word of the screen, room on the disk."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", clock=clock)
    shelf.show("wall", ("a", b"A"))
    with closing(lookout(configuration, clock)) as looking:
        says(configuration, slide="photo")
        facts = looking.look()
    assert (facts.plate, facts.sources, facts.missed, facts.is_dark) == (False, {"wall": ""}, (), False)
    assert (facts.is_journal_whole, facts.lost, facts.unfinished, facts.folder) == (True, "", 0, "")
    assert (facts.is_clock_trusted, facts.screen_silent, facts.expiring, facts.signed) == (True, 0, {}, ("campaign",))
    assert (facts.steady, facts.is_over, facts.at) == (None, False, clock.wall())
    assert (facts.free_bytes or 0) > 0
    shelf.close()


def test_a_source_that_falls_silent(configuration: Configuration) -> None:
    """Its lease runs out, and with it what may be shown."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", "other", clock=clock)
    shelf.show("wall", ("a", b"A"))
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().sources == {"wall": "", "other": "not confirmed yet"}
        clock.advance(HOUR)
        facts = looking.look()
    assert facts.sources == {"other": "not confirmed yet", "wall": "lease expired"}
    assert facts.plate
    shelf.close()


def test_words_alone_where_there_are_no_sources(tmp_path: Path) -> None:
    """Are what the operator wanted."""
    configuration = with_data(Home(tmp_path).clean(), str(tmp_path / "data"))
    clock = SteppedClock()
    Shelf(configuration.data, clock=clock).close()
    with closing(lookout(configuration, clock)) as looking:
        looking.look()
        shelf = Shelf(configuration.data, clock=clock)
        shelf.library.connection.execute("UPDATE sources SET enabled=0")
        shelf.close()
        says(configuration, slide="plate")
        assert looking.look().plate is False


@pytest.mark.parametrize(
    ("said", "plate"),
    [({"slide": "plate"}, True), ({"slide": "plate", "dark": True}, False), ({"slide": "photo"}, False), ({}, False)],
)
def test_a_screen_that_shows_words_though_there_are_photos(
    configuration: Configuration, said: dict[str, object], *, plate: bool
) -> None:
    """Says so itself: perhaps it can read none of them. What it said long ago is nothing."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", clock=clock)
    shelf.show("wall", ("a", b"A"))
    with closing(lookout(configuration, clock)) as looking:
        says(configuration, **said)
        assert looking.look().plate is plate
        clock.advance(MINUTE)
        assert looking.look().plate is False
    shelf.close()


def test_after_the_day_on_which_everything_is_deleted(tmp_path: Path) -> None:
    """Nobody is to be told of sources that nobody asks any more."""
    for day, is_over in (("2027-01-20", True), ("2027-01-21", False)):
        home = Home(tmp_path / day) if (tmp_path / day).mkdir() is None else None
        assert home
        configuration = with_data(home.clean(f"{TEXT}retention: {{delete_after: {day}}}\n"), str(tmp_path / "data"))
        assert lookout(configuration, SteppedClock()).look().is_over is is_over


def test_dark_by_hand_and_dark_by_the_schedule(configuration: Configuration) -> None:
    """What somebody ordered is in the orders, dimmed to nothing is as black; what the schedule wants is not, and is no alarm."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    with closing(lookout(configuration, clock)) as looking:
        says(configuration, dark=True)
        assert looking.look().is_dark is False
        for state, is_dark in (({"is_dark": True}, True), ({"is_dark": False, "level": 1}, False), ({"level": 0}, True)):
            by_hand.settle(shelf.library.orders.connection, state, light=0.0, at=OPENING)
            assert looking.look().is_dark is is_dark
    shelf.close()


@pytest.mark.parametrize(
    ("kernel", "own", "trusted"),
    [(ClockState.UNSYNCED, "network", False), (ClockState.UNSYNCED, "own", True), (ClockState.HOLDOVER, "network", True)],
)
def test_a_clock_that_nobody_keeps(tmp_path: Path, kernel: ClockState, own: str, *, trusted: bool) -> None:
    """Is no alarm where the site says that it keeps its own."""
    configuration = with_data(Home(tmp_path).clean(f"{TEXT}site: {{clock: {own}}}\n"), str(tmp_path / "data"))
    facts = lookout(configuration, SteppedClock(), kernel).look()
    assert (facts.is_clock_trusted, not facts.clock_fault) == (trusted, trusted)


def test_the_screen_knows_best_what_the_schedule_goes_by(configuration: Configuration) -> None:
    """As long as it speaks: it may have heard the time before the alarms began. A clock from before what was signed is wrong."""
    configuration.data.mkdir()
    clock = SteppedClock()
    with closing(lookout(configuration, clock, ClockState.UNSYNCED)) as looking:
        says(configuration, clock_trusted=True, clock_why="")
        assert looking.look().is_clock_trusted
        clock.advance(MINUTE)
        assert not looking.look().is_clock_trusted
    clock.step(-100 * 24 * HOUR)
    with closing(lookout(configuration, clock)) as looking:
        assert not looking.look().is_clock_trusted
        assert looking.look().clock_fault
        for said in ("[", "[" * 50_000, "[]", '{"clock_trusted": 1}'):
            (configuration.data / "status.json").write_text(said)
            assert not looking.look().is_clock_trusted


def test_a_missed_show(configuration: Configuration) -> None:
    """Is a line of the journal, for an hour; a line from a clock that was far ahead is none."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    orders = shelf.library.orders
    line: dict[str, object] = {"slot": "ceremony", "show": "film", "start": OPENING - HOUR, "why": "the clock was set"}
    orders.note("missed", line, at=OPENING)
    orders.note("missed", {"show": "later", "start": "noon"}, at=OPENING + MINUTE)
    orders.note("missed", {"show": "never"}, at=OPENING + 100 * HOUR)
    found = (
        Missed(show="film", start=OPENING - HOUR, why="the clock was set"),
        Missed(show="later", start=OPENING + MINUTE),
    )
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().missed == found
        clock.advance(HOUR + SECOND)
        assert looking.look().missed == found[1:]
        orders.connection.execute("UPDATE journal SET what='{' WHERE kind='missed'")
        assert looking.look().missed == ()
    shelf.close()


def test_a_night_without_power_is_one_alarm(configuration: Configuration) -> None:
    """All that was missed is found at one go: the last show is named, the others are counted."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    for n in range(3):
        shelf.library.orders.note("missed", {"show": f"{n}", "start": OPENING - n, "why": "no power"}, at=OPENING + n * SECOND)
    with closing(lookout(configuration, clock)) as looking:
        (missed,) = tuple(looking.look().missed or ())
    assert (missed.show, missed.before, missed.in_words) == ("2", 2, "no power; and 2 before it")
    shelf.close()


def test_a_withdrawal_that_is_not_finished(configuration: Configuration) -> None:
    """After a minute it is late."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    shelf.library.orders.withdraw_all([Record(source="wall", item="a", reason="author", is_here=True)], known_at=OPENING)
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().unfinished == 0
        clock.advance(MINUTE + SECOND)
        assert looking.look().unfinished == 1
    shelf.close()


def test_a_journal_that_was_changed(configuration: Configuration) -> None:
    """Is found within the hour; and a line that is being written meanwhile is no fault."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    orders = shelf.library.orders
    orders.note("plays", {"n": 1}, at=OPENING)
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().is_journal_whole
        orders.connection.execute("UPDATE journal SET what='{}'")
        assert looking.look().is_journal_whole
        clock.advance(HOUR)
        facts = looking.look()
        assert (facts.is_journal_whole, facts.journal_fault) == (False, "line 1 of ingest: changed")
    shelf.close()


def test_what_begins_and_ends_stands_in_the_journal(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the next look; what a disk refuses, with the one after it, and with its own time."""
    monkeypatch.setattr("player.library.database.BUSY_S", 0.01)
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    finding = Finding(holds=True)
    news = [News(alarm=Alarm.PLATE, of="", begins=each, at=OPENING, finding=finding) for each in (True, False)]
    with closing(lookout(configuration, clock)) as looking:
        looking.note(news[:1], OPENING + SECOND)
        looking.look()
        looking.note(news[1:], OPENING + 2 * SECOND)
        with shelf.library.orders.connection as held:
            held.execute("BEGIN IMMEDIATE")  # somebody writes
            looking.look()
        looking.look()
        looking.look()

    lines = list(journal.lines(shelf.library.orders.connection, kind=KIND))
    assert [(line.writer, line.at, line.what["alarm"], line.what["begins"]) for line in lines] == [
        ("alarms", OPENING + SECOND, "plate", True),
        ("alarms", OPENING + 2 * SECOND, "plate", False),
    ]
    assert lines[1].what["end"] == OPENING
    shelf.close()


def test_orders_that_are_lost(configuration: Configuration) -> None:
    """Nobody knows what was withdrawn: that is said, and the rest is left open."""
    clock = SteppedClock()
    Shelf(configuration.data, clock=clock).close()
    (configuration.data / "orders.sqlite").unlink()
    for rest in configuration.data.glob("orders.sqlite-*"):
        rest.unlink()
    with closing(lookout(configuration, clock)) as looking:
        facts = looking.look()
    assert "orders.sqlite is gone" in (facts.lost or "")
    assert (facts.is_dark, facts.unfinished, facts.is_journal_whole) == (None, None, None)


def test_a_data_folder_that_was_replaced_is_opened_anew(configuration: Configuration) -> None:
    """An open file that was deleted would be as it was for ever."""
    clock = SteppedClock()
    Shelf(configuration.data, clock=clock).close()
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().sources == {"wall": "not confirmed yet"}
        configuration.data.rename(configuration.data.with_name("old"))
        Shelf(configuration.data, "other", clock=clock).close()
        assert looking.look().sources == {"other": "not confirmed yet"}


def test_a_folder_that_cannot_be_used(configuration: Configuration) -> None:
    """Is the disk's alarm; what can be looked at without it still is."""
    configuration.data.write_text("no folder")
    facts = lookout(configuration, SteppedClock()).look()
    assert facts.folder
    assert facts.is_clock_trusted
    assert facts.plate is None


def test_a_folder_that_is_gone_is_not_made_anew(configuration: Configuration) -> None:
    """Where a disk was pulled out, a new folder would hide that; the others' work of a first start is waited for."""
    facts = lookout(configuration, SteppedClock()).look()
    assert facts.folder == f"{configuration.data} does not answer (No such file or directory)"
    assert not configuration.data.exists()
    configuration.data.mkdir()
    facts = lookout(configuration, SteppedClock()).look()
    assert (facts.folder, facts.sources, facts.plate) == ("", None, None)
    assert not list(configuration.data.iterdir())


def test_a_screen_has_a_minute_to_say_something(configuration: Configuration) -> None:
    """What it said before we began is nothing; its silence is counted by monotonic time, whatever the clock does."""
    configuration.data.mkdir()
    says(configuration, at=OPENING - 24 * HOUR)
    clock = SteppedClock()
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().screen_silent is None
        clock.advance(MINUTE)
        assert looking.look().screen_silent == MINUTE
        says(configuration)
        clock.step(24 * HOUR)
        assert looking.look().screen_silent == 0
        clock.advance(MINUTE)
        clock.step(-48 * HOUR)
        assert looking.look().screen_silent == MINUTE
        (configuration.data / "status.json").unlink()
        assert looking.look().screen_silent == MINUTE


def test_time_is_learned_from_what_was_signed(configuration: Configuration) -> None:
    """Else what ingest has confirmed by it would be of our future, and count for nothing."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", clock=clock)
    with closing(lookout(configuration, clock)) as looking:
        looking.look()
        shelf.library.orders.connection.execute(
            "INSERT INTO signed_times VALUES('wall',?,'this one',?)", (OPENING + 24 * HOUR, clock.monotonic())
        )
        assert looking.look().at == OPENING + 24 * HOUR
    shelf.close()


def role(folder: Path, feed: str, name: str, expires: object) -> None:
    """A role as a feed's reader keeps it."""
    metadata = folder / f"{feed}-{'0' * 16}" / "metadata"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / f"{name}.json").write_text(json.dumps({"signed": {"expires": expires}}))


def test_what_people_owe_a_signed_feed(configuration: Configuration) -> None:
    """Root, targets, approvals and withdrawals; what a machine signs anew every few minutes is nobody's debt."""
    signed = configuration.data / "signed"
    soon = datetime(2027, 1, 22, 9, tzinfo=UTC)
    role(signed, "campaign", "approved", f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    role(signed, "campaign", "timestamp", f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    role(signed, "campaign", "root", f"{soon + timedelta(100):%Y-%m-%dT%H:%M:%SZ}")
    role(signed, "campaign", "withdrawn", 7)
    role(signed, "wall", "approved", f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    clock = SteppedClock()
    with closing(lookout(configuration, clock)) as looking:
        facts = looking.look()
        assert facts.signed == ("campaign",)
        assert facts.expiring == {"campaign, approved": OPENING + 48 * HOUR, "campaign, root": OPENING + 2448 * HOUR}
        role(signed, "campaign", "approved", "2027-02-05T09:00:00Z")
        assert looking.look().expiring == facts.expiring
        clock.advance(HOUR)
        assert (looking.look().expiring or {})["campaign, approved"] == OPENING + 16 * 24 * HOUR


def test_a_newer_publisher_counts(tmp_path: Path) -> None:
    """Another root has another folder; the one that was written last is the one that is read."""
    role(tmp_path, "a", "root", "2027-01-22T09:00:00Z")
    os.utime(tmp_path / f"a-{'0' * 16}", (1, 1))
    other = tmp_path / f"a-{'1' * 16}" / "metadata"
    other.mkdir(parents=True)
    (other / "root.json").write_text('{"signed": {"expires": "2027-01-20T09:00:00Z"}}')
    (tmp_path / "a-b-0000000000000000").mkdir()
    assert expiries(tmp_path, "a") == {"root": OPENING}
    assert expiries(tmp_path / "nowhere", "a") == {}


def test_what_a_reader_of_a_signed_feed_really_keeps(tmp_path: Path) -> None:
    """Is what is looked at: every role that people sign is found, with the end that was signed last."""
    reader = begun(tmp_path)
    for version in range(2, 12):
        reader.repository.sign("root", expires=reader.repository.now + version * 24 * HOUR)
    reader.poll()
    folder = tmp_path / "signed"
    folder.mkdir()
    reader.cache.rename(folder / f"campaign-{'a' * 16}")
    found = expiries(folder, "campaign")
    assert set(found) == set(BY_PEOPLE) == set(SIGNED_BY_PEOPLE)
    now = reader.repository.now
    days = {name: (end - now) // (24 * HOUR) for name, end in found.items()}
    assert days == {name: LIFETIMES[name].days for name in SIGNED_BY_PEOPLE} | {"root": 11}
