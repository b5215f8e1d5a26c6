"""Two people decide: nobody is two, however many accounts they have made, and nobody approves what they were not given."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.looks.seen import Seen
from player.console.people.roles import Role
from player.library import reviews
from tests.fakes.console import NAMES, Browser
from tests.fakes.people import FIRST, OTHER
from tests.fakes.reviewed import Reviewed, decided, looked

COUNTS_AS_ONE = "Your approval adds nothing"


@pytest.fixture
def console(tmp_path: Path) -> Generator[Reviewed]:
    """A photo waits for reviewers."""
    with Reviewed(tmp_path) as console:
        console.publish("a")
        yield console
        console.site.ingest.close()


def made(console: Reviewed, by: Browser, name: str, role: str = "reviewer") -> Browser:
    """Let an administrator add somebody, who takes another password; return their browser."""
    assert by.post("/people", {"name": name, "role": role, "password": FIRST}).status_code == 303
    return settled(console, name)


def settled(console: Reviewed, name: str) -> Browser:
    """Let somebody in who was given a password, and have them take another."""
    browser = console.browser()
    browser.get("/log-in")
    assert browser.post("/log-in", {"name": name, "password": FIRST}).status_code == 303
    assert browser.post("/account", {"old": FIRST, "new": OTHER}).status_code == 303
    return browser


def test_one_administrator_alone_is_not_two_people(console: Reviewed) -> None:
    """Ada approves, adds Eve, changes Eve's password in her name, and approves as Eve: one person has looked."""
    ada = console.browser(Role.ADMIN)
    decided(ada)
    eve = made(console, ada, "Eve")

    assert COUNTS_AS_ONE in eve.get("/review").text
    assert decided(eve).status_code == 303

    assert console.state("a") == "pending"
    assert "with a password from other hands" in ada.get(f"/photos/{console.key('a')}").text
    rita = console.browser(Role.REVIEWER)
    assert COUNTS_AS_ONE not in rita.get("/review").text
    decided(rita)
    assert console.state("a") == "approved"


def test_nor_are_two_whom_she_has_added(console: Reviewed) -> None:
    """Nor one whom another administrator of hers has added, or given another password."""
    ada = console.browser(Role.ADMIN)
    ben = made(console, ada, "Ben", "admin")
    eve = made(console, ben, "Eve")
    console.add(Role.REVIEWER)
    assert ada.post("/people/password", {"name": NAMES[Role.REVIEWER], "password": FIRST}).status_code == 303
    rita = settled(console, NAMES[Role.REVIEWER])

    for browser in (ben, eve, rita, ada):
        decided(browser)

    assert len(reviews.said(console.site.ingest.orders.connection, "wall", ["a"])["a"]) == 4
    assert console.state("a") == "pending"


def test_a_password_from_the_machine_makes_two_of_them(console: Reviewed) -> None:
    """Whoever is there can do all of it anyway; so can another administrator, for whoever they did not add."""
    ada = console.browser(Role.ADMIN)
    made(console, ada, "Eve")
    console.people.register.give_password("Eve", FIRST, by="somebody at the machine")

    decided(ada)
    decided(settled(console, "Eve"))

    assert console.state("a") == "approved"


def test_who_has_been_given_a_password_changes_it_before_anything_else(console: Reviewed) -> None:
    """Every page leads there, programs are told, and dark needs nobody's password."""
    console.people.register.add("Eve", Role.ADMIN, FIRST, by="somebody at the machine")
    eve = console.browser()
    eve.get("/log-in")
    eve.post("/log-in", {"name": "Eve", "password": FIRST})

    for path in ("/", "/review", "/people", "/photos"):
        assert eve.get(path).headers["location"] == "/account"
    assert "Somebody else gave you this password" in eve.get("/account").text
    assert eve.ask("GET", "/api/now").status_code == 403
    assert eve.send("/api/light").status_code == 403
    assert eve.post("/people", {"name": "Ben", "role": "admin", "password": OTHER}).status_code == 403
    console.answers = {"dark": "dark"}
    assert eve.post("/dark").status_code == 200
    assert eve.post("/account", {"old": FIRST, "new": FIRST}).status_code == 422

    assert eve.post("/account", {"old": FIRST, "new": OTHER}).status_code == 303
    assert eve.get("/people").status_code == 200
    assert "Somebody else gave you" not in eve.get("/account").text


def test_a_name_given_to_somebody_else_takes_nothing_back(console: Reviewed) -> None:
    """Rita rejects and is removed; whoever is called Rita next is another person."""
    rita = console.browser(Role.REVIEWER)
    decided(rita, "reject", reason="hatred")
    console.people.register.remove(NAMES[Role.REVIEWER], by="Ada")
    other = console.browser(Role.REVIEWER)

    assert 'id="back"' not in other.get("/review").text
    assert other.post("/review/undo").headers["location"] == "/review?told=late"


def test_what_one_person_was_given_another_was_not(console: Reviewed) -> None:
    """And what was forgotten for want of room is given again."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    found = looked(rita)
    assert found
    answer = ada.send(f"/api/review/{found[0]}/verdict", {"mark": found[1], "verdict": "approve"})
    assert (answer.status_code, answer.json()) == (409, {"outcome": "unseen"})

    seen = Seen(most=2)
    for mark in ("a", "b", "a", "c"):
        seen.note(1, mark)
    assert [seen.has(1, mark) for mark in "abc"] == [True, False, True]
    assert not seen.has(2, "a")
