"""Coming in: the one-time code, logging in and out, other people, another password, by forms and by JSON."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.door import cookies
from player.console.people.roles import Role
from player.console.people.sessions import HOUR
from player.units import SECOND
from tests.fakes.console import NAMES, Console, token_in
from tests.fakes.people import OTHER, PASSWORD

ADA = {"name": "Ada", "password": PASSWORD}


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console that nobody has set up."""
    with Console(tmp_path) as console:
        yield console


def test_a_console_without_people_is_set_up_by_the_code(console: Console) -> None:
    """Every page leads to the set-up; whoever has the code is its administrator, and is in."""
    browser = console.browser()
    code = console.people.new_code()

    assert browser.get("/account").headers["location"] == "/set-up"
    assert browser.get("/log-in").headers["location"] == "/set-up"
    done = browser.post("/set-up", {**ADA, "code": code.text}, csrf=token_in(browser.get("/set-up")))

    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.get("/people").status_code == 200
    assert browser.get("/set-up").headers["location"] == "/log-in"


def test_a_code_sets_up_once(console: Console) -> None:
    """Whoever reads it in the journal afterwards has nothing of it."""
    code = console.people.new_code()
    console.browser().post("/set-up", {**ADA, "code": code.text})

    again = console.browser().post("/set-up", {"name": "Eve", "password": OTHER, "code": code.text})

    assert again.status_code == 422
    assert "The code is wrong, was used" in again.text


def test_whoever_opens_the_set_up_late_finds_a_code_in_the_journal(console: Console, caplog: pytest.LogCaptureFixture) -> None:
    """One that counts: the first has run out by its hour, or by a clock that was put right; once, however often it is opened."""
    browser = console.browser()

    def printed() -> list[str]:
        caplog.clear()
        with caplog.at_level("INFO", "weremember"):
            browser.get("/set-up")
        return [str(record.__dict__["fields"]["code"]) for record in caplog.records if "code" in record.__dict__["fields"]]

    assert len(printed()) == 1
    assert printed() == []
    console.clock.step(-HOUR)
    assert len(printed()) == 1
    console.clock.step(400 * 24 * HOUR)
    (code,) = printed()
    assert browser.post("/set-up", {**ADA, "code": code}).headers["location"] == "/"
    assert printed() == []


def test_a_code_that_was_made_on_purpose_can_be_typed_in(console: Console) -> None:
    """When nobody knows a password any more: `weremember console code` makes one, and the log-in leads to its form meanwhile."""
    console.add(Role.ADMIN)
    browser = console.browser()
    assert browser.get("/set-up").headers["location"] == "/log-in"
    assert "/set-up" not in browser.get("/log-in").text
    code = console.people.new_code()

    assert 'href="/set-up"' in browser.get("/log-in").text
    page = browser.get("/set-up")
    assert (page.status_code, "Nobody can log in yet" in page.text) == (200, False)
    assert "The code is wrong" in browser.post("/set-up", {"name": "Zofia", "password": PASSWORD, "code": "1"}).text
    assert browser.post("/set-up", {"name": "Zofia", "password": PASSWORD, "code": code.text}).status_code == 303
    assert browser.get("/people").status_code == 200
    assert browser.get("/set-up").headers["location"] == "/log-in"


def test_a_code_that_has_run_out_leads_nowhere(console: Console) -> None:
    """The form for it is gone with it."""
    console.add(Role.ADMIN)
    console.people.new_code()
    console.clock.advance(HOUR)

    assert console.browser().get("/set-up").headers["location"] == "/log-in"
    assert "/set-up" not in console.browser().get("/log-in").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "password1234"}, "one of the first"),
        ({"name": "-"}, 'class="problem">A name is'),
        ({"code": "1"}, "The code is wrong"),
    ],
)
def test_what_is_wrong_with_a_set_up_is_said(console: Console, fields: dict[str, str], said: str) -> None:
    """The form comes back with the reason and what was typed: the code of 24 digits, too, never the password."""
    code = console.people.new_code()

    page = console.browser().post("/set-up", {**ADA, "code": code.text, **fields})

    assert page.status_code == 422
    assert said in page.text
    assert f'value="{fields.get("name", "Ada")}"' in page.text
    assert f'value="{fields.get("code", code.text)}"' in page.text
    assert PASSWORD not in page.text


def test_logging_in_gives_another_session_each_time(console: Console) -> None:
    """The one that the browser had before counts no more, so nobody can plant one."""
    console.add(Role.ADMIN)
    browser = console.browser()
    browser.post("/log-in", ADA)
    first = browser.cookie(cookies.SESSION)
    done = browser.post("/log-in", ADA)
    second = browser.cookie(cookies.SESSION)

    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert done.headers["set-cookie"] == f"weremember-session={second}; Path=/; HttpOnly; SameSite=Strict"
    assert first != second
    assert console.people.whose(first) is None


def test_a_wrong_password_says_neither_which_nor_more(console: Console) -> None:
    """For a name that there is and for one that there is not the page is the same."""
    console.add(Role.ADMIN)
    browser = console.browser()

    pages = [browser.post("/log-in", {"name": name, "password": OTHER}) for name in ("Ada", "Eve")]

    assert [page.status_code for page in pages] == [401, 401]
    assert all("The name or the password is wrong." in page.text for page in pages)


def test_guessing_is_slow(console: Console) -> None:
    """After some failures from one place the page says how long to wait."""
    console.add(Role.ADMIN)
    browser = console.browser()
    statuses = [browser.post("/log-in", {"name": "Ada", "password": OTHER}).status_code for _ in range(15)]

    page = browser.post("/log-in", ADA)

    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert "Try again in a minute" in page.text or "minutes" in page.text


def test_logging_out_ends_the_session(console: Console) -> None:
    """In the browser and in the file."""
    browser = console.browser(Role.VIEWER)
    token = browser.cookie(cookies.SESSION)

    done = browser.post("/log-out")

    assert (done.status_code, done.headers["location"]) == (303, "/log-in")
    assert browser.cookie(cookies.SESSION) == ""
    assert console.people.whose(token) is None


def test_a_session_ends_by_itself(console: Console) -> None:
    """An administrator who leaves is forgotten after half an hour; an operator's shift is longer."""
    console.between = 0
    admin, operator = console.browser(Role.ADMIN), console.browser(Role.OPERATOR)

    console.clock.advance(31 * 60 * SECOND)

    assert admin.get("/account").status_code == 303
    assert operator.get("/account").status_code == 200


def test_another_password_ends_all_other_sessions(console: Console) -> None:
    """The browser that changed it goes on with a new one."""
    one, other = console.browser(Role.OPERATOR), console.browser(Role.OPERATOR)

    assert one.post("/account", {"old": OTHER, "new": OTHER}).status_code == 401
    assert one.post("/account", {"old": PASSWORD, "new": "short"}).status_code == 422
    assert one.post("/account", {"old": PASSWORD, "new": OTHER}).status_code == 303

    assert one.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_an_administrator_says_who_may_log_in(console: Console) -> None:
    """Adds, promotes, helps and removes; what cannot be is said above the list."""
    browser = console.browser(Role.ADMIN)
    olek = {"name": "Olek"}

    assert browser.post("/people", {**olek, "role": "viewer", "password": PASSWORD}).headers["location"] == "/people"
    assert "Somebody has this name already." in browser.post("/people", {**olek, "role": "viewer", "password": PASSWORD}).text
    assert browser.post("/people/role", {**olek, "role": "operator"}).status_code == 303
    assert browser.post("/people/password", {**olek, "password": OTHER}).status_code == 303
    assert console.browser().post("/log-in", {**olek, "password": OTHER}).status_code == 303
    assert "last here 2027-01-20" in browser.get("/people").text
    assert browser.post("/people/remove", olek).status_code == 303
    assert "This is the only one" in browser.post("/people/remove", {"name": "Ada"}).text
    refused = browser.post("/people", {"name": "Dorota/W", "role": "reviewer", "password": PASSWORD}).text
    assert 'value="Dorota/W"' in refused
    assert '<option value="reviewer" selected>run the show and review photos (reviewer)</option>' in refused
    assert PASSWORD not in refused
    assert browser.post("/people", {**olek, "role": "king", "password": PASSWORD}).status_code == 422


def test_whoever_forgot_the_password_is_told_who_helps(console: Console) -> None:
    """Before they try; and whoever was given one is told which of the two fields wants it."""
    admin = console.browser(Role.ADMIN)
    admin.post("/people", {"name": "Dorota Wiśniewska", "role": "viewer", "password": OTHER})
    browser = console.browser()
    assert "An administrator, or somebody at the machine, gives you a new one." in browser.get("/log-in").text

    browser.post("/log-in", {"name": "dorota wiśniewska", "password": OTHER})
    lent = browser.get("/account").text

    assert re.findall(r'<label for="(?:old|new)">([^<]+)', lent) == ["The password you were given", "A password of your own"]
    assert "The password you have now" in admin.get("/account").text


def test_programs_log_in_by_json(console: Console) -> None:
    """With the token of the session that they ask for, and with another one afterwards."""
    console.add(Role.OPERATOR)
    browser = console.browser()

    refused = browser.send("/api/log-in", {"name": "Olek", "password": OTHER})
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    found = browser.send("/api/log-in", {"name": NAMES[Role.OPERATOR], "password": PASSWORD}).json()
    assert (found["name"], found["role"]) == ("Olek", "operator")
    assert browser.ask("GET", "/api/session").json() == found
    assert browser.send("/api/log-out").json()["name"] is None
    again = browser.send("/api/log-out")
    assert (again.status_code, again.json()["detail"]) == (401, "Log in first.")
