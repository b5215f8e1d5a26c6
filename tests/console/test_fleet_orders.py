"""Orders to players from the console: answered as they answer, asked twice before all walls are dark, in the name of who asks."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from player.centre import ledger
from player.centre.standing import Rank
from player.console.at_centre import Fleet
from player.console.people.roles import Role
from player.fleet import topics
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.fleet import Air, Rolls


class Ordering(Console):
    """A console at a centre with two players in one group, and one elsewhere that is away."""

    rolls: Rolls
    air: Air

    def told(self) -> list[tuple[str, str]]:
        """Return which players were ordered what."""
        found = [topics.parse(each.topic) for each in self.air.said]
        return [(each.player, each.verb) for each in found if each and each.verb]


@pytest.fixture
def console(tmp_path: Path) -> Generator[Ordering]:
    """Such a console."""
    rolls, air = Rolls(tmp_path / "centre", OPENING), Air()
    for name in ("a", "b"):
        rolls.add(name)
    rolls.add("c", group="museum", groups=["museum"], state="offline", rank=Rank.OFFLINE)
    (tmp_path / "home").mkdir()
    with Ordering(tmp_path / "home", fleet=Fleet(rolls.folder, voice=air.voice)) as console:
        console.rolls, console.air = rolls, air
        yield console
    rolls.close()


@pytest.mark.parametrize(
    ("answer", "status", "how", "said"),
    [
        ((True, "it is dark"), 200, "ok", "it is dark"),
        ((False, "refused: <b>the clocks</b> are 7 min apart"), 409, "refused", "&lt;b&gt;the clocks&lt;/b&gt; are 7 min apart"),
        (None, 202, "waiting", "online, no answer"),
    ],
)
def test_one_player_is_ordered_and_its_answer_shown(
    console: Ordering, answer: tuple[bool, str] | None, status: int, how: str, said: str
) -> None:
    """Where it was pressed, and in the list on its page, as text; what is not answered is never called done."""
    if answer:
        console.air.answers["a"] = answer

    pressed = console.browser(Role.OPERATOR).post("/fleet/players/a/orders", {"order": "dark"})

    assert pressed.status_code == status
    assert f'data-answer="{how}"' in pressed.text
    assert said in pressed.text
    assert console.told() == [("a", "dark")]
    page = console.browser(Role.VIEWER).get("/fleet/players/a").text
    assert ", by Olek" in page
    assert {"ok": "done", "refused": "refused", "waiting": "not answered yet"}[how] in page
    assert (said in page) == (answer is not None)


def test_a_player_that_is_away_is_not_ordered_for_later(console: Ordering) -> None:
    """That it was not done is said, and nothing waits at the broker for tomorrow."""
    pressed = console.browser(Role.OPERATOR).post("/fleet/players/c/orders", {"order": "dark"})

    assert pressed.status_code == 409
    assert "it will not be done later" in pressed.text
    assert console.told() == []


def test_what_goes_along_is_as_at_a_terminal(console: Ordering) -> None:
    """A show and its minutes, a level, a picture: signed for that player, and expiring soon."""
    browser = console.browser(Role.OPERATOR)
    browser.post("/fleet/players/a/orders", {"order": "go", "show": "evening", "minutes": "30"})
    browser.post("/fleet/players/a/orders", {"order": "dim", "level": "40"})
    browser.post("/fleet/players/a/orders", {"order": "look"})

    bodies = [json.loads(each.payload)["body"] for each in console.air.said]
    assert [(each["verb"], each["arguments"]) for each in bodies] == [
        ("go", {"show": "evening", "length_ns": str(1800 * SECOND)}),
        ("dim", {"level": "40"}),
        ("look", {}),
    ]
    assert all(each.expiry_s and each.expiry_s <= 300 and not each.is_retained for each in console.air.said)
    page = browser.get("/fleet/players/a").text
    assert "evening, 30 min" in page


@pytest.mark.parametrize(
    "fields",
    [{"order": "withdraw"}, {"order": "go"}, {"order": "dim"}, {"order": "testcard"}, {}, {"order": "go", "show": "a\nb"}],
)
def test_what_may_not_be_ordered_from_afar_is_refused(console: Ordering, fields: dict[str, str]) -> None:
    """Nothing is sent."""
    assert console.browser(Role.OPERATOR).post("/fleet/players/a/orders", fields).status_code == 422
    assert console.told() == []


def test_there_is_no_such_player(console: Ordering) -> None:
    """Said calmly."""
    assert console.browser(Role.OPERATOR).post("/fleet/players/nobody/orders", {"order": "dark"}).status_code == 404
    assert console.browser(Role.OPERATOR).get("/fleet/players/nobody").status_code == 404


def test_dark_for_all_is_asked_twice(console: Ordering) -> None:
    """The first look leads to a second one, and only that has the button; a program, too, must say that it is sure."""
    browser = console.browser(Role.OPERATOR)
    first, second = (browser.get(f"/fleet/orders/look?order=dark{sure}").text for sure in ("", "&sure=true"))

    assert 'method="post" action="/fleet/orders"' not in first
    assert 'method="post" action="/fleet/orders"' in second
    assert "3 walls." in first
    assert "2 of them are online." in second
    assert browser.post("/fleet/orders", {"order": "dark"}).status_code == 409
    assert browser.send("/api/fleet/orders", {"order": "dark"}).status_code == 409
    assert console.told() == []

    done = browser.post("/fleet/orders", {"order": "dark", "sure": "true"})
    assert (done.status_code, done.headers["location"]) == (303, "/fleet/orders")
    assert console.told() == [("a", "dark"), ("b", "dark")]


def test_a_group_is_asked_once_and_nobody_else_is_ordered(console: Ordering) -> None:
    """As at a terminal."""
    console.air.answers = {"a": (True, "light"), "b": (False, "no")}
    browser = console.browser(Role.OPERATOR)

    look = browser.get("/fleet/orders/look?order=light&group=memorial").text
    browser.post("/fleet/orders", {"order": "light", "group": "memorial"})
    page = browser.get("/fleet/orders").text

    assert 'method="post" action="/fleet/orders"' in look
    assert console.told() == [("a", "light"), ("b", "light")]
    assert "all 2 have answered" in page
    assert page.count("by Olek") == 3
    assert browser.get("/fleet/orders/look?order=dark&group=nobody").status_code == 409


def test_a_broker_that_is_gone_is_said(console: Ordering) -> None:
    """Of one player where it was pressed, of several in the list of what is under way; nothing is called done."""
    console.air.is_deaf = True
    browser = console.browser(Role.OPERATOR)

    one = browser.post("/fleet/players/a/orders", {"order": "dark"})
    browser.post("/fleet/orders", {"order": "auto"})
    program = browser.send("/api/fleet/orders", {"order": "auto"})

    assert one.status_code == 409
    assert "is mosquitto running?" in one.text
    assert "is mosquitto running?" in browser.get("/fleet/orders").text
    assert (program.status_code, program.json()["how"]) == (409, "refused")


def test_a_viewer_orders_nothing(console: Ordering) -> None:
    """And is offered nothing."""
    browser = console.browser(Role.VIEWER)

    assert '/orders"' not in browser.get("/fleet/players/a").text
    assert browser.get("/fleet/orders").status_code == 403
    assert browser.post("/fleet/players/a/orders", {"order": "dark"}).status_code == 403
    assert browser.post("/fleet/orders", {"order": "dark", "sure": "true"}).status_code == 403
    assert console.told() == []


def test_programs_order_as_people_do(console: Ordering) -> None:
    """And read what was answered."""
    console.air.answers["a"] = (True, "next")
    browser = console.browser(Role.OPERATOR)

    answer = browser.send("/api/fleet/players/a/orders", {"order": "next"})

    assert (answer.status_code, answer.json()) == (200, {"how": "ok", "said": "next"})
    (order,) = browser.get("/api/fleet/orders").json()["orders"]
    assert (order["id"], order["verb"], order["by"], order["ok"]) == ("a", "next", "Olek", True)


def test_an_order_that_was_never_answered_is_not_called_under_way_for_ever(console: Ordering) -> None:
    """After five minutes nobody delivers it any more."""
    ledger.order(console.rolls.store, [(1, "a")], verb="next", arguments={}, by="Ada", at=OPENING - 301 * SECOND)

    assert "never answered" in console.browser(Role.VIEWER).get("/fleet/players/a").text
