"""Withdrawals of the whole fleet: how far they have come, who has not confirmed and why; and withdrawing from the console."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest

from player.centre.standing import Rank
from player.console.at_centre import Fleet
from player.console.fleet import acting, progress
from player.console.people.roles import Role
from player.errors import LibraryError
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.fleet import Air, Rolls

MISSING = re.compile(r'href="/fleet/players/([a-z0-9-]+)"')


class Taking(Console):
    """A console at a centre with some players."""

    rolls: Rolls
    air: Air


@pytest.fixture
def console(tmp_path: Path) -> Generator[Taking]:
    """Two that are there, one that is away, one that was never heard of, and one that was revoked."""
    rolls, air = Rolls(tmp_path / "centre", OPENING), Air()
    for name in ("a", "b"):
        rolls.add(name)
    rolls.add("c", state="offline", rank=Rank.OFFLINE, seen=OPENING - 7200 * SECOND)
    rolls.add("d", state="", rank=Rank.NEVER)
    rolls.add("e", rank=Rank.REVOKED)
    with rolls.store.changing() as connection:
        connection.execute("UPDATE players SET revoked_at=1 WHERE id='e'")
    (tmp_path / "home").mkdir()
    with Taking(tmp_path / "home", fleet=Fleet(rolls.folder, voice=air.voice)) as console:
        console.rolls, console.air = rolls, air
        yield console
    rolls.close()


def test_progress_is_of_those_that_are_there_and_of_all(console: Taking) -> None:
    """Who was revoked is waited for by nobody; who is away is not counted as done."""
    console.rolls.withdraw(7)
    console.rolls.receipt(7, "a", OPENING + SECOND, gone=OPENING + 2 * SECOND)
    console.rolls.receipt(7, "b", None)
    page = console.browser(Role.VIEWER).get("/fleet/withdrawals/7").text

    assert "1 of 2 that are online have confirmed." in page
    assert "1 of all 4 have confirmed that it is off." in page
    assert "At 1 of 4 the last byte is gone." in page
    assert 'value="1" max="4"' in page
    assert MISSING.findall(page) == ["b", "c", "d"]
    assert "Its screen has not said that it is off." in page
    assert "Not heard of for 2 h. It acts as soon as it is back." in page
    assert "Never heard of." in page
    assert "not confirmed by all that are online" in page


def test_what_all_have_confirmed_is_whole(console: Taking) -> None:
    """First by those that are there, then by all; each has a word of its own, not a colour alone."""
    console.rolls.withdraw(7)
    for name in ("a", "b"):
        console.rolls.receipt(7, name, OPENING)
    browser = console.browser(Role.VIEWER)
    assert "off the walls of all that are online" in browser.get("/fleet/withdrawals").text

    for name in ("c", "d"):
        console.rolls.receipt(7, name, OPENING)
    page = browser.get("/fleet/withdrawals/7").text
    assert "off all walls" in page
    assert "Who has not confirmed" not in page


def test_of_two_players_with_one_id_neither_counts(console: Taking) -> None:
    """One of them may still show it."""
    console.rolls.withdraw(7)
    console.rolls.receipt(7, "a", OPENING)
    with console.rolls.store.changing() as connection:
        connection.execute("UPDATE players SET doubled_at=? WHERE id='a'", (OPENING,))

    found = progress.detail(console.rolls.store, 7, OPENING)

    assert found
    assert (found.progress.confirmed, found.progress.confirmed_online) == (0, 0)
    assert next((each.id, each.why) for each in found.missing) == ("a", "double")
    assert "Two players go by this id." in console.browser(Role.VIEWER).get("/fleet/withdrawals/7").text


def test_however_it_is_counted_it_is_the_same(console: Taking) -> None:
    """Players that are there, away, revoked and doubled, confirmed or not: as many as one counts by hand."""
    console.rolls.fill(60)
    console.rolls.withdraw(7)
    with console.rolls.store.changing() as connection:
        names = [name for (name,) in connection.execute("SELECT id FROM players ORDER BY id")]
        connection.execute("UPDATE players SET revoked_at=1 WHERE id LIKE '%7'")
        connection.execute("UPDATE players SET state='offline' WHERE id LIKE '%3'")
        connection.execute("UPDATE players SET doubled_at=? WHERE id LIKE '%1' OR id LIKE '%13'", (OPENING,))
    confirmed = names[::2]
    for number, name in enumerate(names):
        off = OPENING if name in confirmed else None
        console.rolls.receipt(7, name, off, gone=off if number % 4 else None)
    everybody = {name: found for name in names if (found := console.rolls.store.player(name)) and found.revoked_at is None}
    counts = [name for name in confirmed if name in everybody and not name.endswith(("1", "13"))]

    found = progress.detail(console.rolls.store, 7, OPENING)

    assert found
    assert found.progress.players == len(everybody)
    assert found.progress.confirmed == len(counts)
    assert found.progress.confirmed_online == sum(everybody[name].state == "online" for name in counts)
    assert {each.id for each in found.missing} == everybody.keys() - set(counts)


def test_many_who_have_not_confirmed_come_a_page_at_a_time(console: Taking) -> None:
    """Those that are there first, each once."""
    console.rolls.fill(250)
    console.rolls.withdraw(7)
    browser, seen, path = console.browser(Role.VIEWER), list[str](), "/fleet/withdrawals/7"
    while path:
        page = browser.get(path).text
        seen += MISSING.findall(page)
        more = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = more[1] if more else ""

    assert len(seen) == len(set(seen)) == 254
    states = [player.state == "online" for name in seen if (player := console.rolls.store.player(name))]
    assert states == sorted(states, reverse=True)


def test_what_nobody_had_is_no_success(console: Taking) -> None:
    """All confirm that it is off, for it never was there: that is not green, and the name is doubted."""
    console.rolls.withdraw(7)
    for name in "abcd":
        console.rolls.receipt(7, name, OPENING + SECOND, here=False)
    page = console.browser(Role.VIEWER).get("/fleet/withdrawals/7").text

    assert "no player had anything of it: is the name right?" in page
    assert "off all walls" not in page


def test_withdrawals_come_the_newest_first(console: Taking) -> None:
    """With a way to the older ones, and what a publisher or a person wrote is text."""
    for number in range(1, 16):
        console.rolls.withdraw(number, item=f"<i>photo</i>-{number}", reason="<b>because</b>")
    browser = console.browser(Role.VIEWER)

    first = browser.get("/fleet/withdrawals").text
    second = browser.get("/fleet/withdrawals?before=4").text

    assert re.findall(r'id="withdrawal-(\d+)"', first) == [str(each) for each in range(15, 3, -1)]
    assert re.findall(r'id="withdrawal-(\d+)"', second) == ["3", "2", "1"]
    assert "<i>photo" not in first
    assert "<b>because" not in first
    assert browser.get("/fleet/withdrawals/99").status_code == 404


def test_a_withdrawal_has_a_second_look_and_reaches_all(console: Taking) -> None:
    """What goes and from how many is shown first; then it is on record, told to all, and its progress is shown."""
    console.rolls.picture("a")
    browser = console.browser(Role.OPERATOR)

    look = browser.get("/fleet/withdraw?item=photo-7").text
    pressed = browser.post("/fleet/withdraw", {"item": "photo-7", "source": "*", "reason": "the author asks"})
    (number,) = (each for (each,) in rows(console, "SELECT w FROM withdrawals"))

    assert "*/photo-7" in look
    assert "It goes at 4 players." in look
    assert "2 of them are online." in look
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/fleet/withdrawals/{number}")
    assert rows(console, "SELECT source, item, reason, by FROM withdrawals") == [("*", "photo-7", "the author asks", "Olek")]
    (hint,) = console.air.said
    assert (hint.topic, hint.is_retained) == ("wr/1/all/hint", True)
    assert json.loads(hint.payload)["body"]["withdrawn"][0]["id"] == "photo-7"
    assert rows(console, "SELECT id FROM pictures") == []
    assert "photo-7" in browser.get(f"/fleet/withdrawals/{number}").text


def test_recorded_and_not_told_is_said_as_it_is(console: Taking) -> None:
    """Pressed again, it is told, under a number of its own: the list has it once."""
    console.air.is_deaf = True
    browser = console.browser(Role.OPERATOR)
    fields = {"item": "photo-7", "source": "*", "reason": "x"}

    untold = browser.post("/fleet/withdraw", fields)
    console.air.is_deaf = False
    again = browser.post("/fleet/withdraw", fields)

    assert untold.status_code == 503
    assert "It is on record, but the players could NOT be told." in untold.text
    assert 'value="photo-7"' in untold.text
    assert again.status_code == 303
    assert len(console.air.said) == 1
    (told,) = json.loads(console.air.said[0].payload)["body"]["withdrawn"]
    assert (told["w"],) == max(rows(console, "SELECT w FROM withdrawals"))
    assert browser.get("/fleet/withdrawals").text.count('id="withdrawal-') == 1


def test_a_name_with_an_unknown_source_goes_both_ways(console: Taking) -> None:
    """SOURCE/ID typed where only an id is asked for: withdrawn as both, for nobody may know the source yet."""
    console.browser(Role.OPERATOR).post("/fleet/withdraw", {"item": "museum/p-1", "source": "*", "reason": "x"})
    assert set(rows(console, "SELECT source, item FROM withdrawals")) == {("museum", "p-1"), ("*", "museum/p-1")}


def test_what_cannot_be_recorded_is_not_called_withdrawn(console: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not, and what to do now is said; the players are told nothing."""

    def fails(*_: object, **__: object) -> None:
        raise LibraryError("fleet.sqlite: disk full")

    monkeypatch.setattr(acting, "record", fails)
    pressed = console.browser(Role.OPERATOR).post("/fleet/withdraw", {"item": "x", "source": "*", "reason": "y"})

    assert pressed.status_code == 503
    assert "It is NOT withdrawn" in pressed.text
    assert "sqlite" not in pressed.text
    assert console.air.said == []


@pytest.mark.parametrize("item", ["", "   ", "a\u202eb", "x" * 301])
def test_what_names_nothing_is_refused(console: Taking, item: str) -> None:
    """Nothing is written down."""
    pressed = console.browser(Role.OPERATOR).post("/fleet/withdraw", {"item": item, "source": "*", "reason": "y"})

    assert pressed.status_code in {409, 422}
    assert rows(console, "SELECT w FROM withdrawals") == []


def test_a_viewer_withdraws_nothing(console: Taking) -> None:
    """And is not offered to; programs of a viewer's neither."""
    browser = console.browser(Role.VIEWER)

    assert '/fleet/withdraw"' not in browser.get("/fleet/withdrawals").text
    assert browser.get("/fleet/withdraw").status_code == 403
    assert browser.post("/fleet/withdraw", {"item": "x"}).status_code == 403
    assert browser.send("/api/fleet/withdrawals", {"item": "x"}).status_code == 403


def test_programs_withdraw_and_follow_it(console: Taking) -> None:
    """The number that comes back is that of the progress; a broker that is gone is a problem with its reason."""
    browser = console.browser(Role.OPERATOR)
    told = browser.send("/api/fleet/withdrawals", {"item": "photo-7", "reason": "x"})
    number = told.json()["number"]
    found = browser.get(f"/api/fleet/withdrawals/{number}").json()
    console.air.is_deaf = True
    untold = browser.send("/api/fleet/withdrawals", {"item": "photo-8"})

    assert told.status_code == 202
    assert (found["progress"]["players"], found["progress"]["confirmed"]) == (4, 0)
    assert untold.status_code == 503
    assert "mosquitto" in untold.json()["detail"]


def test_figures_say_how_many_are_open(console: Taking) -> None:
    """For Prometheus: players by state, and withdrawals that not all that are there have confirmed."""
    console.rolls.withdraw(7)
    told = console.browser().ask("GET", "/metrics").text

    assert 'weremember_fleet_players{state="online"} 2.0' in told
    assert 'weremember_fleet_players{state="offline"} 1.0' in told
    assert "weremember_fleet_withdrawals_open 1.0" in told
    assert "weremember_fleet_heard 0.0" in told


def rows(console: Taking, query: str) -> list[tuple[object, ...]]:
    """Return what stands in the centre's file."""
    with console.rolls.store.reading() as connection:
        return connection.execute(query).fetchall()
