"""Looking: at a library, the screen's word, the clock, the disk, and what signed feeds owe."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from player.alarms.facts import Lookout, expiries
from player.alarms.rules import HOUR, MINUTE
from player.library import by_hand
from player.library.tombstones import Record
from player.settings import Configuration, with_data
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.clock import OPENING, SteppedClock
from tests.fakes.home import Home
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
    return Lookout(configuration, clock.trusted, kernel=lambda: kernel)


def test_a_player_that_is_well(configuration: Configuration) -> None:
    """Photos, a fresh word of the screen, room on the disk."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", clock=clock)
    shelf.show("wall", ("a", b"A"))
    (configuration.data / "status.json").write_text(json.dumps({"at": OPENING - SECOND}))
    with closing(lookout(configuration, clock)) as looking:
        facts = looking.look()
    assert (facts.plate, facts.silent, facts.missed, facts.is_dark) == (False, {}, {}, False)
    assert (facts.journal_fault, facts.unfinished, facts.folder, facts.is_clock_trusted) == ("", 0, "", True)
    assert (facts.screen_at, facts.expiring) == (OPENING - SECOND, {})
    assert (facts.free_bytes or 0) > 0
    shelf.close()


def test_a_source_that_falls_silent(configuration: Configuration) -> None:
    """Its lease runs out, and with it what may be shown."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, "wall", "other", clock=clock)
    shelf.show("wall", ("a", b"A"))
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().silent == {"other": "not confirmed yet"}
        clock.advance(HOUR)
        facts = looking.look()
    assert facts.silent == {"other": "not confirmed yet", "wall": "lease expired"}
    assert facts.plate
    shelf.close()


def test_words_alone_where_there_are_no_sources(tmp_path: Path) -> None:
    """Are what the operator wanted."""
    configuration = with_data(Home(tmp_path).clean(), str(tmp_path / "data"))
    with closing(lookout(configuration, SteppedClock())) as looking:
        assert looking.look().plate is False


def test_what_was_done_by_hand_and_missed(configuration: Configuration) -> None:
    """Dark by hand is in the orders; a missed show is a line of the journal, for an hour."""
    clock = SteppedClock()
    shelf = Shelf(configuration.data, clock=clock)
    orders = shelf.library.orders
    by_hand.settle(orders.connection, {"is_dark": True}, light=0.0, at=OPENING)
    orders.note("missed", {"slot": "ceremony", "show": "film"}, at=OPENING)
    with closing(lookout(configuration, clock, ClockState.UNSYNCED)) as looking:
        facts = looking.look()
        assert (facts.is_dark, facts.missed, facts.is_clock_trusted) == (True, {"ceremony": "film"}, False)
        clock.advance(HOUR + SECOND)
        assert looking.look().missed == {}
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
        assert looking.look().journal_fault == ""
        orders.connection.execute("UPDATE journal SET what='{}'")
        assert looking.look().journal_fault == ""
        clock.advance(HOUR)
        assert (looking.look().journal_fault or "").startswith("broken at ")
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
    assert "orders.sqlite is gone" in (facts.journal_fault or "")
    assert (facts.is_dark, facts.unfinished) == (None, None)


def test_a_data_folder_that_was_replaced_is_opened_anew(configuration: Configuration) -> None:
    """An open file that was deleted would be as it was for ever."""
    clock = SteppedClock()
    Shelf(configuration.data, clock=clock).close()
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().silent == {"wall": "not confirmed yet"}
        configuration.data.rename(configuration.data.with_name("old"))
        Shelf(configuration.data, "other", clock=clock).close()
        assert looking.look().silent == {"other": "not confirmed yet"}


def test_a_folder_that_cannot_be_used(configuration: Configuration) -> None:
    """Is the disk's alarm; what can be looked at without it still is."""
    configuration.data.write_text("no folder")
    facts = lookout(configuration, SteppedClock()).look()
    assert facts.folder
    assert facts.is_clock_trusted
    assert facts.plate is None


@pytest.mark.parametrize("said", ["", "{", "[]", '{"at": "noon"}', "null"])
def test_a_screen_has_a_minute_to_say_something(configuration: Configuration, said: str) -> None:
    """Then nothing, or nonsense, is never."""
    clock = SteppedClock()
    configuration.data.mkdir()
    (configuration.data / "status.json").write_text(said)
    with closing(lookout(configuration, clock)) as looking:
        assert looking.look().screen_at is None
        clock.advance(2 * MINUTE)
        assert looking.look().screen_at == 0


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
