"""The figures of a campaign are made of what the centre's file holds: shows, outages, counts and receipts, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from player.centre import ledger
from player.centre.campaign import Day, Member, Outage, Said, Span, figures
from player.centre.recollecting import heard
from player.centre.store import Store
from player.fleet.happenings import Receipt, Shown, Turn
from player.units import MILLISECOND, SECOND
from tests.fakes.acting import enrol

START = 1_800_000_000 * SECOND
HOUR = 3600 * SECOND
SPAN = Span(START, START + 24 * HOUR)
DAYS = ("2027-01-15", "2027-01-16")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file with two players, and one that was revoked."""
    with Store(tmp_path) as found:
        enrol(found, "a", "b", "gone")
        with found.changing() as connection:
            connection.execute("UPDATE players SET revoked_at=1 WHERE id='gone'")
            connection.execute("UPDATE players SET state='online', last_seen=? WHERE id='a'", (START + HOUR,))
        yield found


def happened(store: Store, player: str, turn: Turn, at: int, *, told: int | None = None, what: str | None = None) -> None:
    """Let a player have said something of the show facade, as the collector writes it."""
    body = json.dumps(Shown(turn, "facade", "nights", at // MILLISECOND).body()) if what is None else what
    with store.changing() as connection:
        given = (player, at if told is None else told, turn.value, body)
        connection.execute("INSERT INTO events(id, at, kind, what) VALUES(?,?,?,?)", given)


def test_shows_count_by_the_time_that_players_say(store: Store) -> None:
    """An event that was told hours late counts when it happened; one without a time that can be, when it was told."""
    happened(store, "a", Turn.BEGUN, START + HOUR, told=START + 5 * HOUR)
    happened(store, "a", Turn.ENDED, START + 2 * HOUR, told=START + 5 * HOUR)
    happened(store, "b", Turn.MISSED, START + HOUR, what='{"show":"facade","at":7}')
    found = heard(store, SPAN, DAYS)
    assert found.said == (
        Said("a", "show begun", "facade", START + HOUR),
        Said("a", "show ended", "facade", START + 2 * HOUR),
        Said("b", "show missed", "facade", START + HOUR),
    )
    (show,) = figures(found, SPAN, SPAN.end).shows
    assert (show.length, show.begun, show.missed) == (HOUR, 1, 1)


def test_what_cannot_be_read_is_passed_over(store: Store) -> None:
    """No JSON, no show, another kind, a player that is revoked: nothing of it counts."""
    for what in ("{", "[]", '{"show":7}', '{"show":""}', "[" * 3000):
        happened(store, "a", Turn.BEGUN, START + HOUR, what=what)
    happened(store, "gone", Turn.BEGUN, START + HOUR)
    happened(store, "a", Turn.BEGUN, SPAN.end + HOUR)
    assert heard(store, SPAN, DAYS).said == ()


def test_counts_are_of_the_days_asked_for(store: Store) -> None:
    """Of the notes that the collector keeps, those within the days; what is no count is none."""
    good = {"photos": 5, "people": 4, "ever": 9}
    store.note("shown/a/2027-01-15", json.dumps(good))
    store.note("shown/a/2027-01-14", json.dumps(good))
    store.note("shown/gone/2027-01-15", json.dumps(good))
    store.note("shown/b/2027-01-15", json.dumps(good | {"people": -1}))
    store.note("shown/b/2027-01-16", json.dumps(good | {"people": True}))
    store.note("shownless", "x")
    found = heard(store, SPAN, DAYS)
    assert found.days == (Day("a", "2027-01-15", 5, 4, 9),)
    assert found.members == (
        Member("a", "Oświęcim", START + HOUR, is_online=True),
        Member("b", "Oświęcim", None, is_online=False),
    )


def test_outages_and_withdrawals_of_these_days(store: Store) -> None:
    """Outages that touch the days, withdrawals that were ordered within them, each once, with who confirmed."""
    with store.changing() as connection:
        rows = [("a", START - HOUR, START + HOUR), ("a", START - 3 * HOUR, START - 2 * HOUR), ("b", START + HOUR, None)]
        connection.executemany("INSERT INTO outages VALUES(?,?,?)", rows)
    ledger.withdraw(store, source="campaign", item="old", reason="", by="anna", at=START - HOUR)
    taken = ledger.withdraw(store, source="campaign", item="p-17", reason="family", by="anna", at=START + HOUR)
    off = (START + HOUR) // MILLISECOND + 800
    receipt = Receipt(
        number=taken.number, source="campaign", item="p-17", known_at=off, off_at=off, gone_at=None, was_up=True, is_here=True
    )
    ledger.keep_receipts(store, [("a", receipt)])
    again = ledger.withdraw(store, source="campaign", item="p-17", reason="family", by="anna", at=START + 2 * HOUR)
    assert not figures(heard(store, SPAN, DAYS), SPAN, SPAN.end).withdrawals[0].taken.confirmed, "not the last one"
    ledger.keep_receipts(store, [("a", replace(receipt, number=again.number))])
    found = heard(store, SPAN, DAYS)
    assert found.outages == (Outage("a", START - HOUR, START + HOUR), Outage("b", START + HOUR))
    (speed,) = figures(found, SPAN, SPAN.end).withdrawals
    assert (speed.taken.name, speed.median, speed.slowest, speed.missing) == (
        "campaign/p-17",
        800 * MILLISECOND,
        ("a", 800 * MILLISECOND),
        ("b",),
    )


def test_sources_are_those_that_players_report(store: Store) -> None:
    """SOURCE/ID is understood for every feed that any player has said something of; a report that is none says nothing."""
    with store.changing() as connection:
        connection.execute("""UPDATE players SET report='{"feeds":{"campaign":{},"museum":{}}}' WHERE id='a'""")
        connection.execute("UPDATE players SET report='{nonsense' WHERE id='b'")
    assert ledger.sources(store) == ("campaign", "museum")
