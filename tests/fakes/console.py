"""A console in memory: the real application over a folder of a test, browsers that press its buttons, a screen that answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx

from player.command.replies import Reply, written
from player.console import app
from player.console.at_centre import Fleet
from player.console.desk import Desk
from player.console.door import cookies
from player.console.door.origin import names_of
from player.console.lanes import PATIENCE, Lanes
from player.console.live import Topic
from player.console.people.notes import Notes
from player.console.people.roles import Role
from player.library.library import open_library
from player.settings import Configuration, with_data
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.home import CLEAN, Home
from tests.fakes.people import PASSWORD, added, entered, people_in

T = TypeVar("T")

PORT: Final = 8600
NAMES: Final = {Role.VIEWER: "Vera", Role.OPERATOR: "Olek", Role.REVIEWER: "Rita", Role.ADMIN: "Ada"}
_TOKEN: Final = re.compile(r'name="csrf" value="([0-9a-f.]+)"')


class PatientLanes(Lanes):
    """Threads that may take their time: tests share their machine, and none is about how fast that is."""

    async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = PATIENCE, is_done_late: bool = False) -> T:
        """Wait fifty times as long."""
        return await super().run(lane, work, within=50 * within, is_done_late=is_done_late)


class Console:
    """One console. Each request comes a second after the one before, so that nobody comes too often who does not mean to."""

    def __init__(
        self,
        folder: Path,
        *,
        text: str = CLEAN,
        scheme: str = "http",
        topics: Iterable[Topic] = (),
        has_library: bool = True,
        fleet: Fleet | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.between: Nanos = SECOND
        self.home = Home(folder)
        self.data = folder / "data"
        self.configuration: Configuration = with_data(self.home.clean(text), str(self.data))
        self.answers: dict[str, str | Reply] = {}
        """What the screen says to each verb, an older one in English alone; to others it says nothing."""
        self.people = people_in(self.data, self.clock, notes=Notes(self.data, self.clock) if has_library else None)
        self.data.mkdir()
        if has_library:
            open_library(self.data, writer="a test").close()
        self.desk: Desk = app.furnish(
            lambda: self.configuration,
            clock=self.clock,
            names=names_of((), port=PORT, scheme=scheme),
            people=self.people,
            topics=topics,
            lanes=PatientLanes(),
            pause=self._pause,
            fleet=fleet,
        )
        self.app = app.build(self.desk)
        self.origin = f"{scheme}://127.0.0.1:{PORT}"
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.run(app.clear(self.desk))
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do *work* in the console's own loop."""
        return self._runner.run(work)

    def browser(self, role: Role | None = None, *, address: str = "127.0.0.1") -> Browser:
        """Return a browser, of somebody with a *role* who has logged in, or of nobody."""
        browser = Browser(self, address)
        if role is not None:
            self.add(role)
            token = entered(self.people.log_in(NAMES[role], PASSWORD, address=address)).token
            browser.set(cookies.SESSION, token)
        return browser

    def add(self, role: Role) -> None:
        """Let there be somebody with a *role*."""
        if NAMES[role] not in {each.person.name for each in self.people.register.listed()}:
            added(self.people, NAMES[role], role)

    def orders(self) -> list[tuple[str, str, str | None]]:
        """Return what was ordered so far, by whom, and what came of it."""
        with closing(open_library(self.data, writer="a test")) as library:
            return library.orders.connection.execute("SELECT verb, by, result FROM commands ORDER BY id").fetchall()

    async def _pause(self, seconds: float) -> None:
        self.clock.advance(round(seconds * SECOND))
        if self.answers:
            with closing(open_library(self.data, writer="screen")) as library:
                for command in library.orders.waiting("screen"):
                    said = self.answers.get(command.verb)
                    if said is not None:
                        reply = written(said) if isinstance(said, Reply) else None
                        library.orders.answer(command.id, str(said), reply=reply, at=self.clock.wall())
        await asyncio.sleep(0)


class Browser:
    """Somebody at a browser: it keeps cookies, and says where it presses."""

    def __init__(self, console: Console, address: str) -> None:
        self._console = console
        transport = httpx.ASGITransport(console.app, raise_app_exceptions=False, client=(address, 50_000))
        self._client = httpx.AsyncClient(transport=transport, base_url=console.origin)
        self.client = self._client

    def set(self, name: str, value: str) -> None:
        """Put a cookie of ours into the browser."""
        is_secure = self._console.desk.is_secure
        self._client.cookies.set(cookies.name_of(name, is_secure=is_secure), value, domain="127.0.0.1", path="/")

    def cookie(self, name: str) -> str:
        """Return a cookie of ours; empty: there is none."""
        return self._client.cookies.get(cookies.name_of(name, is_secure=self._console.desk.is_secure)) or ""

    def ask(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **rest: Any) -> httpx.Response:
        """Ask as it is written, with nothing that a page would add."""
        self._console.clock.advance(self._console.between)
        return self._console.run(self._client.request(method, path, headers=dict(headers or {}), **rest))

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path, headers={"accept": "text/html", **headers})

    def csrf(self) -> str:
        """Return the token of the page that is open."""
        return str(self.ask("GET", "/api/session").json()["csrf"])

    def post(self, path: str, fields: Mapping[str, str] | None = None, *, csrf: str | None = None) -> httpx.Response:
        """Press a button of a page that was just opened, or of an older one, whose token was *csrf*."""
        token = self.csrf() if csrf is None else csrf
        return self.ask("POST", path, data={"csrf": token, **(fields or {})}, headers={"origin": self._console.origin})

    def send(self, path: str, body: object = None, *, method: str = "POST") -> httpx.Response:
        """Ask as a program does: JSON, with the token in a header."""
        headers = {"origin": self._console.origin, cookies.HEADER: self.csrf()}
        return self.ask(method, path, headers=headers, **({} if body is None else {"json": body}))


def token_in(page: httpx.Response) -> str:
    """Return the token that the forms of a page carry."""
    found = _TOKEN.search(page.text)
    assert found
    return found[1]


Made = Callable[[], Console]
