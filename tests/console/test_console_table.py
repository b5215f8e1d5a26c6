"""Every row of the table against everybody who should not get through: new rows are tried without a line here."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final

import httpx
import pytest

from player.console.at_centre import Fleet
from player.console.door.cookies import SESSION
from player.console.door.headers import ALWAYS
from player.console.fleet import table as of_fleet
from player.console.people.roles import Role, allows
from player.console.people.rows import Person
from player.console.routes import Route
from player.console.table import TABLE as OF_EVERY_CONSOLE
from tests.fakes.clock import OPENING
from tests.fakes.console import Browser, Console
from tests.fakes.fleet import Rolls
from tests.fakes.people import PASSWORD, entered

TABLE: Final = (*OF_EVERY_CONSOLE, *of_fleet.ROUTES)
"""All that a console may serve; the last ones at the centre of a fleet alone."""
BRACES: Final = re.compile(r"\{[a-z_]+\}")
CHANGING: Final = [route for route in TABLE if route.changes]
GUARDED: Final = [route for route in TABLE if route.needs]
LACKING: Final = [(route, role) for route in GUARDED for role in Role if not allows(role, route.needs)]
LENT: Final = {"/account", "/log-out", "/api/log-out"}
RESERVED: Final = {"dark", "light", "health"}


def name(value: object) -> str:
    """Return what a case is called."""
    return f"{value.method} {value.path}" if isinstance(value, Route) else str(value)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console that everybody knocks at."""
    centre = tmp_path_factory.mktemp("centre")
    Rolls(centre, OPENING).close()
    with Console(tmp_path_factory.mktemp("console"), fleet=Fleet(centre, has_wall=True)) as console:
        console.add(Role.ADMIN)
        console.answers = {"dark": "dark", "light": "light"}
        yield console


def asked(browser: Browser, route: Route, **headers: str) -> httpx.Response:
    """Ask for a row as badly as *headers* say; what must never go out without them is looked at here."""
    path = BRACES.sub("1", route.path)
    answer = browser.ask(route.method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    for header, value in ALWAYS.items():
        assert answer.headers[header] == value
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    return answer


def own(console: Console, browser: Browser) -> dict[str, str]:
    """Return what a button on a page of ours sends along."""
    return {"origin": console.origin, "x_csrf_token": browser.csrf()}


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_whoever_has_not_logged_in_gets_nothing(console: Console, route: Route) -> None:
    """Signed out, a page leads to the log-in, and everything else says 401: the API never with a redirect."""
    browser = console.browser()

    answer = asked(browser, route, **(own(console, browser) if route.changes else {}))

    if route.kind == "page":
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-in")
    else:
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
    if route.kind == "api":
        assert answer.json()["status"] == 401


@pytest.mark.parametrize(("route", "role"), LACKING, ids=name)
def test_a_role_that_does_not_do_is_refused(console: Console, route: Route, role: Role) -> None:
    """Somebody with a lesser role than a row needs is told so, and nothing happens."""
    browser = console.browser(role)

    answer = asked(browser, route, **(own(console, browser) if route.changes else {}))

    assert answer.status_code == 403


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_with_the_password_of_somebody_else_nothing_is_done_but_to_change_it(console: Console, route: Route) -> None:
    """Whatever the role: a page leads to one's own password, everything else is refused, and leaving is always allowed."""
    browser = console.browser()
    if "Lena" not in {each.person.name for each in console.people.register.listed()}:
        assert isinstance(console.people.register.add("Lena", Role.ADMIN, PASSWORD, by="a test"), Person)
    browser.set(SESSION, entered(console.people.log_in("Lena", PASSWORD, address="127.0.0.1")).token)

    answer = asked(browser, route, **(own(console, browser) if route.changes else {}))

    if route.path in LENT:
        assert answer.status_code not in {401, 403}
    elif route.kind == "page":
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("route", TABLE, ids=name)
def test_a_strange_host_is_refused_before_anything_else(console: Console, route: Route) -> None:
    """A name that nobody gave this machine is answered with 421, whoever asks: a page elsewhere may have it point here."""
    browser = console.browser(Role.ADMIN)

    answer = asked(browser, route, **own(console, browser), host="evil.example:8600")

    assert answer.status_code == 421


@pytest.mark.parametrize("route", CHANGING, ids=name)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8601"},
        {"origin": "http://localhost:8600"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://127.0.0.1:8600", "sec_fetch_site": "cross-site"},
        {},
    ],
    ids=str,
)
def test_what_changes_something_is_pressed_on_our_own_pages(console: Console, route: Route, headers: dict[str, str]) -> None:
    """An administrator's browser on another site's page, with the right cookie and the right token, changes nothing."""
    browser = console.browser(Role.ADMIN)

    answer = asked(browser, route, x_csrf_token=browser.csrf(), **headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("route", CHANGING, ids=name)
def test_what_changes_something_carries_the_token_of_its_page(console: Console, route: Route) -> None:
    """Without a token, or with one of another browser, an administrator on our own page changes nothing."""
    browser, other = console.browser(Role.ADMIN), console.browser(Role.ADMIN)
    browser.csrf()

    for token in ("", "0" * 129, other.csrf()):
        assert asked(browser, route, origin=console.origin, x_csrf_token=token).status_code == 403


@pytest.mark.parametrize("route", [route for route in TABLE if route.kind != "stream"], ids=name)  # those have no end
def test_whoever_may_gets_past_the_guard(console: Console, route: Route) -> None:
    """With the role, the origin and the token nothing is refused for want of them."""
    browser = console.browser(route.needs)

    answer = asked(browser, route, **(own(console, browser) if route.changes else {}))

    assert answer.status_code not in {401, 403, 405, 421, 500}


@pytest.mark.parametrize("route", TABLE, ids=name)
def test_other_methods_are_refused(console: Console, route: Route) -> None:
    """What a path has no row for is answered with 405 and with what there is."""
    answer = console.browser().ask("PATCH", BRACES.sub("1", route.path))

    assert answer.status_code == 405
    assert route.method in answer.headers["allow"]


def test_every_change_carries_a_token() -> None:
    """No row is excused from it."""
    assert not [name(route) for route in CHANGING if not route.csrf]


def test_dark_needs_nobody_and_light_somebody() -> None:
    """What the console promises of both, wherever they stand; and nothing else is served ahead of all others."""
    ends = {route: route.path.rpartition("/")[2] for route in TABLE}

    assert {end for route, end in ends.items() if route.reserved} == RESERVED
    for route, end in ends.items():
        if end in RESERVED:
            assert route.reserved
            assert route.needs is (Role.OPERATOR if end == "light" else None)


def test_no_two_rows_are_for_the_same() -> None:
    """Each method and path has one row, and each says what it is for."""
    rows = [(route.method, BRACES.sub("{}", route.path)) for route in TABLE]

    assert len(rows) == len(set(rows))
    assert all(route.says.endswith(".") for route in TABLE)
