"""What happened at a player, told in order and kept until the broker has it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.fleet import events as telling
from player.fleet.events import IN_FLIGHT, KINDS, LOOK_BACK, PATIENCE
from player.fleet.told import from_record
from player.library import programmes, untold
from player.library.library import Library, open_library
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import OPENING
from tests.fakes.overheard import Centre

MS: Final = OPENING // MILLISECOND


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """A library of a player."""
    opened = open_library(tmp_path / "data", writer="fleet")
    yield opened
    opened.close()


@pytest.fixture
def player(library: Library) -> Generator[Library]:
    """The same, as another process has it open."""
    opened = open_library(library.folder, writer="screen")
    yield opened
    opened.close()


@pytest.fixture
def centre(library: Library, player: Library) -> Centre:
    """Events that were heard before, so that what comes now is news."""
    found = Centre(library, player)
    assert found.all() == []
    return found


def test_a_missed_show_is_told_once(centre: Centre) -> None:
    """With when it was to begin, and why; and never again once the broker has it, not even after a restart."""
    centre.missed("facade")

    [told] = centre.all()

    assert {name: told[name] for name in ("kind", "show", "slot", "at", "why")} == {
        "kind": "show missed",
        "show": "facade",
        "slot": "evening",
        "at": MS,
        "why": "no power",
    }
    centre.begin()
    assert centre.all() == []


@pytest.mark.parametrize("kind", ["show begun", "joined late", "show ended"])
def test_what_a_show_did_is_told(centre: Centre, kind: str) -> None:
    """As it stands in the journal, with when; a show that is on without a slot has none."""
    centre.player.orders.note(kind, {"show": "facade", "slot": None, "start": None, "why": "put on by hand"}, at=OPENING + SECOND)

    [told] = centre.all()

    assert (told["kind"], told["show"], told["slot"], told["at"]) == (kind, "facade", "", MS + 1000)


def test_nobody_is_named_to_others(centre: Centre) -> None:
    """Orders, withdrawals with who made them, logins, plays: they stay in the journal of this machine."""
    orders = centre.player.orders
    for kind in ("people", "review", "plays", "reinstated", "alarm", "off screen", "rung", "retention", "command"):
        orders.note(kind, {"by": "anna", "name": "anna"}, at=OPENING)
    centre.withdraw("p-1", is_here=False)

    assert centre.all() == []
    assert set(KINDS) == {"receipt", "missed", "show begun", "joined late", "show ended"}


def test_a_withdrawal_is_told_when_the_wall_is_without_it_and_when_its_bytes_are_gone(centre: Centre) -> None:
    """Under the number that the centre gave it, and under the name it used: from every source."""
    receipt = centre.withdraw("p-1", "*")
    centre.events.obeyed(17, "*", "p-1", receipt.known_at)
    assert centre.hear() == []

    centre.off(receipt)
    [off] = centre.hear()
    centre.gone(receipt)
    [gone] = centre.hear()

    assert (off["w"], off["source"], off["item"], off["here"], off["was_up"]) == (17, "*", "p-1", True, True)
    assert off["off_at"] is not None
    assert off["gone_at"] is None
    assert (gone["w"], gone["off_at"], gone["gone_at"]) == (17, off["off_at"], centre.clock.wall() // MILLISECOND - 1000)
    centre.acknowledge()
    assert centre.all() == []


def test_bytes_that_go_first_are_no_receipt(centre: Centre) -> None:
    """Sent is not gone: until the screen has said that the wall is without it, nothing is told."""
    receipt = centre.withdraw("p-1", "*")
    centre.events.obeyed(17, "*", "p-1", receipt.known_at)
    centre.gone(receipt)
    assert centre.all() == []

    centre.off(receipt)

    [told] = centre.all()
    assert None not in {told["off_at"], told["gone_at"]}


def test_what_the_feed_withdrew_before_the_hint_came_is_answered_all_the_same(centre: Centre) -> None:
    """Told without a number at first, and under the centre's once that is known: it waits for each player by that."""
    receipt = centre.withdraw("p-1")
    centre.off(receipt)
    centre.gone(receipt)
    [first] = centre.all()
    centre.events.obeyed(17, "*", "p-1", centre.clock.wall())

    [second] = centre.all()

    assert (first["w"], first["source"]) == (None, "wall")
    assert (second["w"], second["source"], second["here"]) == (17, "*", True)
    assert second["gone_at"] == first["gone_at"]


def test_what_was_never_here_is_answered_at_once(centre: Centre) -> None:
    """The centre counts those that have answered: one that never had the photo is among them."""
    centre.withdraw("p-1", "*", is_here=False)
    centre.events.obeyed(17, "*", "p-1", OPENING)

    [told] = centre.all()

    assert (told["w"], told["here"], told["was_up"], told["known_at"], told["off_at"], told["gone_at"]) == (
        17,
        False,
        False,
        MS,
        MS,
        MS,
    )


def test_an_item_of_several_sources_is_off_when_all_are(centre: Centre) -> None:
    """One that is off the wall from one feed may still be up from another."""
    one, other = centre.withdraw("p-1", "wall"), centre.withdraw("p-1", "second")
    centre.events.obeyed(17, "*", "p-1", centre.clock.wall())
    centre.off(one)
    assert [each for each in centre.hear() if each["w"] == 17] == []

    centre.off(other, was_up=False)

    [told] = [each for each in centre.hear() if each["w"] == 17]
    assert told["was_up"] is True


def test_a_source_and_what_it_brings_along_are_one(centre: Centre) -> None:
    """The copy for offline use is off the wall too before the centre hears so; another source's item of that name is another."""
    one, other = centre.withdraw("p-1", "wall"), centre.withdraw("p-1", "wall.core")
    centre.withdraw("p-1", "second")
    centre.events.obeyed(17, "wall", "p-1", centre.clock.wall())
    centre.off(one)
    assert [each for each in centre.hear() if each["w"] == 17] == []

    centre.off(other, was_up=False)

    assert [(each["source"], each["was_up"]) for each in centre.hear() if each["w"] == 17] == [("wall", True)]


def test_a_hint_that_comes_again_is_answered_once(centre: Centre) -> None:
    """It is retained, and comes at every connection; what was told outlives the process."""
    centre.withdraw("p-1", "*", is_here=False)
    centre.events.obeyed(17, "*", "p-1", OPENING)
    assert len(centre.all()) == 1

    centre.begin()
    centre.events.obeyed(17, "*", "p-1", OPENING + 9)

    assert centre.all() == []


def test_without_a_broker_for_a_day_everything_is_told_in_order(centre: Centre) -> None:
    """Twenty at a time; in the order of the journal, however the clock went."""
    for number in range(3 * IN_FLIGHT):
        centre.missed(f"show-{number}", OPENING + (number * 7 % 5) * SECOND)

    assert len(centre.hear()) == IN_FLIGHT
    assert centre.hear() == []
    centre.acknowledge()
    rest = centre.all()

    assert [each["show"] for each in rest] == [f"show-{number}" for number in range(IN_FLIGHT, 3 * IN_FLIGHT)]


def test_what_the_broker_has_not_acknowledged_is_sent_again(centre: Centre) -> None:
    """On another connection, and by another process: from the first that is missing."""
    for number in range(5):
        centre.missed(f"show-{number}")
    centre.hear()
    for each in (centre.under_way[0], centre.under_way[2]):
        assert each.token is not None
        centre.events.acknowledged(each.token)
    centre.hear()
    centre.events.again()
    again = centre.hear()
    centre.begin()

    restarted = centre.hear()

    assert [each["show"] for each in again] == [each["show"] for each in restarted] == [f"show-{n}" for n in (1, 2, 3, 4)]


def test_what_a_broker_never_acknowledges_is_sent_again(centre: Centre) -> None:
    """It refused it, or it was let go on its way: on a connection that holds for weeks nobody would say so."""
    centre.missed("one")
    [first] = centre.hear()
    centre.missed("two")
    for _ in range(PATIENCE // SECOND - 1):
        assert [each["show"] for each in centre.hear()] in ([], ["two"])

    again = centre.hear() + centre.hear()

    assert [each["show"] for each in again] == ["one", "two"]
    assert again[0]["seq"] > first["seq"]


def test_of_too_many_shows_the_oldest_are_given_up_and_that_is_said(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with how many; a receipt among them is told all the same, and what comes meanwhile as well."""
    monkeypatch.setattr(telling, "MAX_SHOWS", 10)
    receipt = centre.withdraw("p-1")
    centre.missed("first")
    centre.off(receipt)
    centre.gone(receipt)
    for number in range(30):
        centre.missed(f"show-{number}")

    told = centre.hear()
    centre.missed("late")
    centre.acknowledge()
    told += centre.all()

    assert [each for each in told if each["kind"] == "gap"] == [told[0]]
    assert told[0]["lost"] == 21
    assert sum(each["kind"] == "receipt" for each in told) == 1
    assert [each["show"] for each in told if each["kind"] == "show missed"] == [*(f"show-{n}" for n in range(20, 30)), "late"]


def test_a_player_that_is_new_in_a_fleet_tells_the_last_day_alone(library: Library, player: Library) -> None:
    """What happened before is nobody's news; nor after the cursor was lost with the library."""
    new = Centre(library, player)
    new.missed("long ago", OPENING - LOOK_BACK - SECOND)
    new.missed("last night", OPENING - 9 * 3600 * SECOND)

    assert [each["show"] for each in new.all()] == ["last night"]


def test_a_new_record_of_orders_is_told_from_its_beginning(centre: Centre, tmp_path: Path) -> None:
    """When the old one was lost, the lines are counted anew: the cursor of the old ones says nothing of them."""
    for _ in range(5):
        centre.missed("before")
    centre.all()
    other = open_library(tmp_path / "other", writer="screen")
    untold.keep(other.connection, untold.cursor(centre.library.connection))
    centre.library = centre.player = other
    centre.begin()
    centre.missed("after")

    assert [each["show"] for each in centre.all()] == ["after"]
    other.close()


def test_a_line_that_somebody_changed_holds_nobody_up(centre: Centre) -> None:
    """It is passed over, and what comes after it is told."""
    centre.missed("one")
    centre.missed("two")
    centre.missed("three")
    centre.player.orders.connection.execute("UPDATE journal SET what='{' WHERE seq=1")
    centre.player.orders.connection.execute("UPDATE journal SET what='[7]' WHERE seq=3")

    assert [each["show"] for each in centre.all()] == ["two"]
    assert centre.all() == []
    record = untold.cursor(centre.library.connection)
    assert from_record(record) is not None


def test_a_library_that_cannot_be_read_is_waited_for(centre: Centre) -> None:
    """Nothing is lost, and nothing fails."""
    centre.missed("one")
    centre.is_open = False
    assert centre.hear() == []

    centre.is_open = True

    assert [each["show"] for each in centre.all()] == ["one"]


def test_readiness_is_told_when_it_changes(centre: Centre) -> None:
    """Once it was looked into, and again when it is ready, not with each photo that comes; nor again after a restart."""
    ingest, digest = centre.player.connection, "ab" * 32
    programmes.announce(ingest, "memorial", version="7", digest=digest, activate_at=OPENING + SECOND, size=7, at=OPENING)
    programmes.took(ingest, "memorial", digest, b"{}")
    assert centre.all() == []
    programmes.note_missing(ingest, "memorial", digest, 12, "12 photos are missing")
    [not_ready] = centre.all()
    programmes.note_missing(ingest, "memorial", digest, 11, "11 photos are missing")
    assert centre.all() == []
    programmes.note_missing(ingest, "memorial", digest, 0, "")
    centre.missed("one")
    ready = centre.all()
    centre.begin()

    assert (not_ready["kind"], not_ready["why"]) == ("not ready", "12 photos are missing")
    assert [each["kind"] for each in ready] == ["ready", "show missed"]
    assert centre.all() == []
