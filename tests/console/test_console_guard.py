"""The guard and what stands around it: bounds, crowds, floods, our own faults."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, Response

from player.console import app
from player.console.desk import Asked
from player.console.door import cookies
from player.console.door.crowd import Crowd
from player.console.door.guard import ANSWERED_WITHIN
from player.console.door.headers import ALWAYS
from player.console.door.intake import FORM
from player.console.door.limits import REQUESTS, Rate, Requests
from player.console.house import answers
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Handler, Route
from player.errors import LibraryError, OperatorError, OrdersLostError
from player.units import SECOND
from tests.fakes.console import PORT, Console, token_in
from tests.fakes.people import PASSWORD


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console with an administrator."""
    with Console(tmp_path) as console:
        console.add(Role.ADMIN)
        yield console


def serving(console: Console, handler: Handler, *, kind: str = "page", path: str = "/tried") -> None:
    """Let *console* serve one more row."""
    row = Route("GET", path, None, handler, kind=kind, says="Tried.")  # pyright: ignore[reportArgumentType] - a word of a test
    console.app = app.build(replace(console.desk, table=(*console.desk.table, row)))


async def fails(asked: Asked) -> Response:
    """Fail as no handler should."""
    raise ValueError(f"a secret of {asked.address}")


def test_what_is_not_in_the_table_is_not_there(console: Console) -> None:
    """Every other path is a calm page, a problem in JSON, or a line: as whoever asks can read it."""
    browser = console.browser()

    for path in ("/nothing", "/static/../../../etc/passwd", "/..%2f..%2fetc/passwd", "/log-in/", "/" + "x" * 5000):
        page = browser.get(path)
        assert page.status_code == 404
        assert "There is no such page." in page.text
        assert 'action="/dark"' in page.text
    assert browser.get("/api/nothing").json()["title"] == "Not Found"
    assert browser.ask("GET", "/nothing").text == "There is no such page.\n"


def test_a_fault_of_ours_is_a_calm_page(console: Console, caplog: pytest.LogCaptureFixture) -> None:
    """It says that the wall is not touched, carries what every answer carries, tells nobody why, and the journal once."""
    serving(console, fails)
    browser = console.browser()

    for _ in range(3):
        page = browser.get("/tried")
        assert page.status_code == 500
        assert "The wall is not touched by that." in page.text
        assert "secret" not in page.text
        assert {name: page.headers[name] for name in ALWAYS} == ALWAYS
        assert page.headers["cache-control"] == "no-store"
    assert [record.message for record in caplog.records] == ["a page failed; the show is not touched by that"]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (LibraryError("library.sqlite was written by a newer version"), 503, "was written by a newer version"),
        (OrdersLostError("orders.sqlite is gone"), 503, "orders.sqlite is gone"),
        (OperatorError("there is no show <b>"), 409, "there is no show &lt;b&gt;"),
        (RefusedError(404), 404, "There is no such page."),
    ],
)
def test_what_a_handler_cannot_do_is_said(console: Console, error: Exception, status: int, said: str) -> None:
    """Errors of ours are answered with their own words, and markup in them is text."""

    async def raises(asked: Asked) -> Response:
        del asked
        raise error

    serving(console, raises)
    page = console.browser().get("/tried")

    assert page.status_code == status
    assert said in page.text


def test_a_page_that_takes_too_long_is_given_up(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten seconds it is said that the data folder does not answer."""

    async def hangs(asked: Asked) -> Response:
        del asked
        await asyncio.Event().wait()
        raise AssertionError

    assert ANSWERED_WITHIN == 10 * SECOND
    monkeypatch.setattr("player.console.door.guard.ANSWERED_WITHIN", SECOND // 100)
    serving(console, hangs)

    assert console.browser().get("/tried").status_code == 503


def test_head_is_answered_wherever_get_is(console: Console) -> None:
    """With the same headers."""
    assert console.browser().ask("HEAD", "/log-in").status_code == 200


@pytest.mark.parametrize("headers", [{"x": "y" * 17_000}, {f"x-{number}": "y" for number in range(80)}])
def test_too_many_headers_are_refused(console: Console, headers: dict[str, str]) -> None:
    """More than any browser sends, in number or in length."""
    assert console.browser().ask("GET", "/log-in", headers=headers).status_code == 431


def test_a_browser_gets_its_name_once(console: Console) -> None:
    """With the first page; what is no page, and who has one, gets none."""
    browser = console.browser()

    assert "set-cookie" not in browser.get("/health").headers
    first = browser.get("/log-in").headers["set-cookie"]
    assert first.startswith("weremember-guest=")
    assert first.endswith("; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000")
    assert "set-cookie" not in browser.get("/log-in").headers


def test_with_tls_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    """They are called __Host-, and are sent by TLS alone."""
    with Console(tmp_path, scheme="https") as console:
        console.add(Role.ADMIN)
        page = console.browser().get("/log-in")

        assert page.headers["set-cookie"].startswith("__Host-weremember-guest=")
        assert page.headers["set-cookie"].endswith("; Secure")


def test_dark_asks_nobody_who_they_are(console: Console) -> None:
    """From the log-in page, by somebody who has never logged in, in one press."""
    console.answers = {"dark": "dark"}
    browser = console.browser()
    page = browser.get("/log-in")

    answer = browser.post("/dark", csrf=token_in(page))

    assert (answer.status_code, "The wall is going dark." in answer.text) == (200, True)
    assert console.orders() == [("dark", "console, not signed in", "dark")]


def test_dark_works_from_a_page_that_outlived_its_log_in(console: Console) -> None:
    """The session of an open page ended: dark all the same; light asks for a log-in."""
    console.answers = {"dark": "dark", "light": "light"}
    browser = console.browser(Role.OPERATOR)
    token = browser.csrf()
    console.people.log_out(browser.cookie(cookies.SESSION))

    assert browser.post("/light", csrf=token).status_code == 401
    assert browser.post("/dark", csrf=token).status_code == 200


def test_light_is_for_somebody_who_may(console: Console) -> None:
    """An operator's name stands beside the order."""
    console.answers = {"light": "light"}

    assert console.browser(Role.OPERATOR).post("/light").status_code == 200
    assert console.orders() == [("light", "Olek", "light")]


def test_a_flood_of_requests_does_not_keep_anybody_from_dark(console: Console) -> None:
    """From an address that asks for everything at once, pages are refused and dark is not."""
    console.answers = {"dark": "dark"}
    browser = console.browser()
    token = browser.csrf()
    console.between = 0

    statuses = [browser.get("/log-in").status_code for _ in range(100)]

    assert statuses.count(429) > 50
    assert "retry-after" in browser.get("/log-in").headers
    assert browser.post("/dark", csrf=token).status_code == 200


@pytest.mark.parametrize("role", [None, Role.OPERATOR])
def test_dark_is_never_limited_away(console: Console, role: Role | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By form or by API, logged in or not, however often: hundreds of presses in no time are answered, as one order."""
    console.answers = {"dark": "dark"}
    browser = console.browser(role)
    token = browser.csrf()
    headers = {"origin": console.origin, cookies.HEADER: token}
    console.between = 0

    async def flood() -> set[int]:
        asked = [browser.client.post(("/dark", "/api/dark")[i % 2], headers=headers) for i in range(1000)]
        return {answer.status_code for answer in await asyncio.gather(*asked)}

    monkeypatch.setattr("player.console.door.guard.NAMED_WITHIN", 8 * SECOND)  # a busy machine that runs tests
    assert console.run(flood()) == {200}
    assert [verb for verb, _, _ in console.orders()] == ["dark"]


def test_health_can_be_asked_too_often(console: Console) -> None:
    """It looks at the disk each time: a flood of it is told to wait, as a flood of all else but dark is."""
    browser = console.browser()
    console.between = 0

    assert 429 in {browser.get("/health").status_code for _ in range(200)}
    assert console.run(answers(console.app, PORT, "http"))  # the console itself is not meant


def test_dark_does_not_wait_for_a_name(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nobody can be looked up, dark is ordered all the same, and by nobody."""
    monkeypatch.setattr("player.console.door.guard.NAMED_WITHIN", SECOND // 100)
    console.answers = {"dark": "dark"}
    browser = console.browser(Role.OPERATOR)
    token, release = browser.csrf(), threading.Event()
    console.desk.lanes.reserved.submit(release.wait)

    answer = browser.post("/dark", csrf=token)

    release.set()
    assert answer.status_code == 200
    assert console.orders() == [("dark", "console, not signed in", "dark")]


def test_whoever_sends_slowly_keeps_nobody_waiting(console: Console) -> None:
    """A hundred forms that never come to their end: others get their pages, and log in."""
    wide = Rate(1000, SECOND)
    console.app = app.build(replace(console.desk, limits=Requests(dict.fromkeys(REQUESTS, wide), wide)))
    browser, slow = console.browser(address="192.0.2.8"), console.browser()
    token, slow_token = browser.csrf(), slow.csrf()
    console.between = 0

    async def never() -> AsyncIterator[bytes]:
        yield b"csrf="
        await asyncio.Event().wait()

    async def crowd() -> tuple[int, int]:
        headers = {"origin": console.origin, "content-type": FORM, cookies.HEADER: slow_token}
        paths = ("/log-in", "/language") * 50
        sent = [asyncio.create_task(slow.client.post(path, content=never(), headers=headers)) for path in paths]
        await asyncio.sleep(0.1)
        page = await browser.client.get("/log-in")
        form = {"csrf": token, "name": "Ada", "password": PASSWORD}
        entered = await browser.client.post("/log-in", data=form, headers={"origin": console.origin})
        for each in sent:
            each.cancel()
        await asyncio.gather(*sent, return_exceptions=True)
        return page.status_code, entered.status_code

    assert console.run(crowd()) == (200, 303)


def test_when_the_house_is_full_dark_still_gets_in(console: Console) -> None:
    """While eight pages hang and as many wait as may, others are told to come back, and dark is done."""
    console.answers = {"dark": "dark"}
    release = asyncio.Event()

    async def hangs(asked: Asked) -> Response:
        del asked
        await release.wait()
        return PlainTextResponse("done")

    serving(console, hangs, kind="file")
    browser, other = console.browser(), console.browser(address="192.0.2.8")
    token = other.csrf()

    async def crowd() -> tuple[int, int, list[int]]:
        hanging = [asyncio.create_task(browser.client.get("/tried")) for _ in range(72)]
        await asyncio.sleep(0.05)
        refused = await other.client.get("/log-in")
        dark = await other.client.post("/dark", data={"csrf": token}, headers={"origin": console.origin})
        release.set()
        return refused.status_code, dark.status_code, [(await each).status_code for each in hanging]

    refused, dark, others = console.run(crowd())

    assert (refused, dark) == (503, 200)
    assert others == [200] * 72


def test_a_turn_is_given_back_whatever_happens() -> None:
    """By whoever fails, and by whoever gives up waiting."""

    async def tried() -> int:
        crowd = Crowd(at_once=1, waiting=1)
        with pytest.raises(ValueError, match="no"):
            async with crowd.turn(is_reserved=False):
                raise ValueError("no")
        async with crowd.turn(is_reserved=False):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0), crowd.turn(is_reserved=False):
                    raise AssertionError
        async with crowd.turn(is_reserved=False):
            return 1

    assert asyncio.run(tried()) == 1


def test_a_file_that_nobody_can_read_keeps_people_out_and_dark_in(console: Console) -> None:
    """When it cannot be told who somebody is, pages say so, and dark needs nobody's name."""
    console.answers = {"dark": "dark"}
    browser = console.browser(Role.ADMIN)
    token = browser.csrf()
    file = console.data / "console.sqlite"
    console.people.close()
    for path in console.data.glob("console.sqlite*"):
        path.unlink()
    file.mkdir()

    assert browser.get("/people").status_code in {303, 503}
    assert browser.post("/dark", csrf=token).status_code == 200


def test_the_language_follows_the_browser_until_somebody_chooses(console: Console) -> None:
    """Polish for a Polish browser; Hebrew, from right to left, once it is chosen; never a page elsewhere."""
    browser = console.browser()

    assert '<html lang="pl" dir="ltr">' in browser.ask("GET", "/log-in", headers={"accept-language": "pl"}).text
    assert browser.post("/language", {"language": "he", "to": "/log-in"}).headers["location"] == "/log-in"
    assert '<html lang="he" dir="rtl">' in browser.get("/log-in").text
    for to in ("https://evil.example", "//evil.example", "/nothing", "/log-in\r\nx: y"):
        assert browser.post("/language", {"language": "he", "to": to}).status_code == 422


def test_nothing_of_a_request_is_markup(console: Console) -> None:
    """What somebody types comes back as text."""
    page = console.browser().post("/log-in", {"name": '"><script>alert(1)</script>', "password": "x" * 20})

    assert page.status_code == 401
    assert "<script>" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    ("path", "headers", "stays"),
    [
        ("/?every=600", {}, False),
        ("/?every=600", {"sec-fetch-dest": "document"}, False),
        ("/photos", {"sec-fetch-dest": "empty"}, False),
        ("/photos", {"sec-fetch-dest": "document"}, True),
        ("/api/now", {}, True),
    ],
)
def test_what_nobody_does_keeps_no_session_alive(console: Console, path: str, headers: dict[str, str], *, stays: bool) -> None:
    """A page that loads itself, and what scripts ask, is over with the shift; people and their programs stay."""
    viewer = console.browser(Role.VIEWER)
    console.between = 600 * SECOND

    answers = [viewer.ask("GET", path, headers=headers).status_code for _ in range(6 * 13)]

    assert (answers[0], answers[-1] == 200) == (200, stays)
