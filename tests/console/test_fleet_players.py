"""The page of all players: the worst first, a page at a time, filtered, and safe whatever players say."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest

from player.centre import collecting
from player.centre.standing import Rank
from player.console.at_centre import Fleet
from player.console.fleet import roster
from player.console.fleet.pages import players
from player.console.people.roles import Role
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.fleet import Rolls

ROW = re.compile(r'<tr role="row" id="player-([a-z0-9-]+)"')
HOSTILE = '<script>alert(1)</script>\u202e"><img src=x onerror=alert(2)>'


@pytest.fixture
def rolls(tmp_path: Path) -> Generator[Rolls]:
    """A centre's file."""
    rolls = Rolls(tmp_path / "centre", OPENING)
    yield rolls
    rolls.close()


@pytest.fixture
def console(rolls: Rolls, tmp_path: Path) -> Generator[Console]:
    """A console of it."""
    (tmp_path / "home").mkdir()
    with Console(tmp_path / "home", fleet=Fleet(rolls.folder)) as console:
        yield console


def listed(console: Console, path: str = "/fleet") -> list[str]:
    """Return which players a page has."""
    answer = console.browser(Role.VIEWER).get(path)
    assert answer.status_code == 200, answer.text
    return ROW.findall(answer.text)


def test_the_wrong_ones_come_first(console: Console, rolls: Rolls) -> None:
    """Whoever opens the page at night sees first what somebody has to do something about."""
    rolls.add("well")
    rolls.add("gone", state="offline", rank=Rank.OFFLINE, trouble="offline")
    rolls.add("words-only", rank=Rank.PLATE, trouble="shows words alone", rung="plate")

    assert listed(console) == ["words-only", "gone", "well"]


def test_a_hundred_at_a_time_and_nobody_twice(console: Console, rolls: Rolls) -> None:
    """Following the page's own way to more, one comes by every player once, whatever its site is called."""
    rolls.fill(230)
    browser, seen, path = console.browser(Role.VIEWER), list[str](), "/fleet"
    while path:
        page = browser.get(path).text
        seen += ROW.findall(page)
        more = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = more[1].replace("&amp;", "&") if more else ""

    assert len(seen) == len(set(seen)) == 230


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=WARSZ", ["b"]),
        ("text=oswiecim", ["c", "a"]),
        ("group=museum", ["b"]),
        ("site=Warszawa", ["b"]),
        ("state=offline", ["c"]),
        ("state=wrong", ["c"]),
        ("state=online", ["a", "b"]),
        ("text=&group=&site=&state=", ["c", "a", "b"]),
        ("revoked=true&state=never", []),
    ],
)
def test_filters(console: Console, rolls: Rolls, query: str, found: list[str]) -> None:
    """By words in any case and without accents, by group, site and state; what is left empty is no filter."""
    rolls.add("a")
    rolls.add("b", site="Warszawa", group="museum")
    rolls.add("c", state="offline", rank=Rank.OFFLINE)

    assert listed(console, f"/fleet?{query}") == found


@pytest.mark.parametrize("query", ["state=odd", "after=x", "limit=0", "group=../x", "other=1", "after=1.a%2Fb.x"])
def test_what_no_page_asks_is_refused(console: Console, query: str) -> None:
    """Whatever stands in the address."""
    assert console.browser(Role.VIEWER).get(f"/fleet?{query}").status_code == 422


def test_what_players_say_is_text(console: Console, rolls: Rolls) -> None:
    """Sites, shows, versions and errors of strangers are written out, cut, and cannot turn a line about."""
    long = HOSTILE * 40
    rolls.add("a", site=HOSTILE, show=long, slide=HOSTILE, errors=[long], rank=Rank.ERRORS, trouble=long)
    rolls.event("a", "show begun", json.dumps({"show": HOSTILE}))
    rolls.outage("a", OPENING - 90 * SECOND, None)
    browser = console.browser(Role.OPERATOR)

    for path in ("/fleet", "/fleet/rows?ids=a", "/fleet/players/a"):
        text = browser.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "\u202e" not in text, path
        assert "&lt;script&gt;" in text, path
        assert len(text) < 40_000, path


def test_rows_in_sight_look_again(console: Console, rolls: Rolls) -> None:
    """Only those that are asked for come, in the order of the page; one that is gone is left out."""
    for name in ("a", "b", "c"):
        rolls.add(name)

    assert listed(console, "/fleet/rows?ids=c,a,nobody") == ["c", "a"]
    assert console.browser(Role.VIEWER).get("/fleet/rows?ids=a,../b").status_code == 422
    many = ",".join(["a"] * 51)
    assert console.browser(Role.VIEWER).get(f"/fleet/rows?ids={many}").status_code == 422


def test_that_nobody_collects_is_said(console: Console, rolls: Rolls) -> None:
    """A list that nobody keeps up must not look as if all were well; nor one whose broker is gone."""
    rolls.add("a")
    browser = console.browser(Role.VIEWER)
    unheard = browser.get("/fleet").text
    rolls.store.note(collecting.COLLECTED, str(console.clock.wall()))
    heard = browser.get("/fleet").text
    rolls.store.note(collecting.CONNECTED, "the broker <at> localhost does not answer")
    lost = browser.get("/fleet").text

    assert "Nobody collects what players say" in unheard
    assert "Nobody collects" not in heard
    assert "Nothing is heard of any player" in lost
    assert "the broker &lt;at&gt; localhost" in lost


def test_the_worst_source_is_told(console: Console, rolls: Rolls) -> None:
    """Of several, the one whose word does not count; else the one that soonest will not."""
    feeds = {"a": {"standing": "live", "lease_s": 7200}, "b": {"standing": "live", "lease_s": 300}}
    rolls.add("a", feeds=feeds)
    rolls.add("b", feeds=feeds | {"c": {"standing": "halted", "lease_s": 90_000}})
    rolls.add("c", feeds={"x": 7, "y": {"standing": 3, "lease_s": "1"}})
    found = {each.id: each for each in roster.rows(rolls.store, ["a", "b", "c"])}

    assert (found["a"].standing, found["a"].lease_s) == ("live", 300)
    assert found["b"].standing == "halted"
    assert (found["c"].standing, found["c"].lease_s) == ("", None)
    assert "halted" in console.browser(Role.VIEWER).get("/fleet").text


def test_the_page_says_when_its_order_has_changed(console: Console, rolls: Rolls) -> None:
    """Its mark is another one as soon as more are wrong, and the same while none are."""
    rolls.add("a")
    before, again = (console.run(players.line(console.desk, "en")) for _ in range(2))
    rolls.add("b", state="offline", rank=Rank.OFFLINE)
    after = console.run(players.line(console.desk, "en"))

    assert before == again
    assert after.split('"at"')[0] != before.split('"at"')[0]


def test_without_a_wall_the_first_page_is_that_of_players(console: Console, rolls: Rolls) -> None:
    """At a centre without a screen nothing is said of a wall, and dark means all of them, after a second look."""
    rolls.add("a")
    browser = console.browser(Role.OPERATOR)

    first, page = browser.get("/"), browser.get("/fleet").text

    assert (first.status_code, first.headers["location"]) == (303, "/fleet")
    assert 'href="/photos"' not in page
    assert 'action="/dark"' not in page
    assert 'href="/fleet/orders/look?order=dark"' in page
    assert 'href="/fleet/orders/look?order=dark"' not in console.browser(Role.VIEWER).get("/fleet").text


def test_a_wall_beside_the_centre_keeps_its_button(rolls: Rolls, tmp_path: Path) -> None:
    """Which then says that it is about the wall here; a console without a fleet says what it always did."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with Console(tmp_path / "one", fleet=Fleet(rolls.folder, has_wall=True)) as console:
        assert "Make the wall here dark" in console.browser(Role.VIEWER).get("/fleet").text
    with Console(tmp_path / "two") as console:
        browser = console.browser(Role.VIEWER)
        assert "Make the wall dark" in browser.get("/").text
        assert 'href="/fleet"' not in browser.get("/").text
        assert browser.get("/fleet").status_code == 404


def test_a_file_that_cannot_be_read_is_said(console: Console, rolls: Rolls) -> None:
    """And once it can be, the page is there again."""
    rolls.add("a")
    centre = console.desk.centre
    assert centre
    rolls.close()
    file = rolls.folder / "fleet.sqlite"
    content = file.read_bytes()
    file.write_bytes(b"no database" * 100)
    for name in ("fleet.sqlite-wal", "fleet.sqlite-shm"):
        (rolls.folder / name).unlink(missing_ok=True)

    broken = console.browser(Role.VIEWER).get("/fleet")
    file.write_bytes(content)

    assert broken.status_code == 503
    assert listed(console) == ["a"]


@pytest.mark.parametrize("language", ["en", "pl", "he"])
def test_every_language_has_the_page(console: Console, rolls: Rolls, language: str) -> None:
    """Each state has its word, and nothing is missing in a sentence."""
    rolls.fill(60)
    rolls.add("gone", state="offline", rank=Rank.OFFLINE)
    browser = console.browser(Role.OPERATOR)

    for path in ("/fleet", "/fleet/players/gone", "/fleet/orders", "/fleet/withdrawals", "/fleet/withdraw"):
        answer = browser.get(path, **{"accept-language": language})
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text
        assert "{" not in re.sub(r"<[^>]*>", "", answer.text)
