"""Withdrawals and verdicts: behind nobody who looks, in the name of somebody who still may, and truly told when it takes long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from player.console.lanes import SlowError
from player.console.people.roles import Role
from player.errors import LibraryError
from player.library import reviews
from player.library.library import Library
from tests.fakes.console import NAMES, Browser, Console
from tests.fakes.people import OTHER, PASSWORD
from tests.fakes.reviewed import Reviewed, looked

PATIENCE_S: Final = 20.0
CROWD: Final = 12  # more than take their turns at once
RITA: Final = NAMES[Role.REVIEWER]


class Late(ThreadPoolExecutor):
    """A thread whose turn comes late: something happens meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(1)
        self._meanwhile = meanwhile

    def submit(self, fn: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Let it happen, then take the work."""
        self._meanwhile()
        return super().submit(fn, *args, **more)


@pytest.fixture
def console(tmp_path: Path) -> Generator[Reviewed]:
    """A photo waits for reviewers."""
    with Reviewed(tmp_path) as console:
        console.publish("a")
        yield console
        console.site.ingest.close()


@contextmanager
def busy(*lanes: Executor) -> Generator[None]:
    """Keep threads busy for the block."""
    done = threading.Event()
    for lane in lanes:
        lane.submit(done.wait, PATIENCE_S)
    try:
        yield
    finally:
        done.set()


def withdrawn(console: Reviewed) -> bool:
    """Whether the photo is withdrawn."""
    return bool(console.site.ingest.orders.withdrawn_items("wall", ["a"]))


def pressed(browser: Browser, found: tuple[int, str], what: str, token: str) -> int:
    """Press a button of a page that is open; return how that went."""
    key, mark = found
    if what == "withdraw":
        return browser.post(f"/photos/{key}/withdrawal", {"reason": "hate"}, csrf=token).status_code
    fields = {"key": str(key), "mark": mark, "verdict": what, "reason": "hate"}
    return browser.post("/review/verdict", fields, csrf=token).status_code


@pytest.mark.parametrize("what", ["withdraw", "reject"])
def test_what_takes_a_photo_away_waits_behind_nobody_who_looks(console: Reviewed, what: str) -> None:
    """All threads that read and search are busy, and all turns are taken: it is recorded at once all the same."""
    rita, vera, lanes = console.browser(Role.REVIEWER), console.browser(Role.VIEWER), console.desk.lanes
    found = looked(rita)
    assert found
    token = rita.csrf()
    path = f"/photos/{found[0]}/withdrawal" if what == "withdraw" else "/review/verdict"
    fields = {"reason": "hate"} if what == "withdraw" else {"key": str(found[0]), "mark": found[1], "verdict": what}

    async def amid_lookers() -> int:
        looking = [asyncio.create_task(vera.client.get("/agenda")) for _ in range(CROWD)]
        await asyncio.sleep(0)
        answer = await rita.client.post(path, data={"csrf": token, **fields}, headers={"origin": console.origin})
        assert not [each for each in looking if each.done()]
        for each in looking:
            each.cancel()
        return answer.status_code

    with busy(lanes.reading, lanes.reading, lanes.searching):
        assert console.run(amid_lookers()) == 303
        assert withdrawn(console)


def test_what_looks_cannot_write(console: Reviewed) -> None:
    """The connections of whoever reads and searches refuse every change."""

    def change(library: Library) -> None:
        library.orders.note("odd", {}, at=0)

    for look in (console.desk.reader.read, console.desk.reader.search):
        with pytest.raises(LibraryError):
            console.run(look(change))


MEANWHILE: Final[dict[str, Callable[[Console], object]]] = {
    "removed": lambda console: console.people.register.remove(RITA, by="Ada"),
    "demoted": lambda console: console.people.register.give_role(RITA, Role.VIEWER, by="Ada"),
    "helped": lambda console: console.people.register.give_password(RITA, OTHER, by="Ada"),
    "another": lambda console: (
        console.people.register.remove(RITA, by="Ada"),
        console.people.register.add(RITA, Role.REVIEWER, PASSWORD, by="Ada"),
    ),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize("what", ["approve", "reject", "withdraw"])
def test_who_may_no_more_when_their_turn_comes_writes_nothing(console: Reviewed, what: str, meanwhile: str) -> None:
    """Rita has pressed and the disk is slow; nor is somebody she who has got her name since."""
    console.add(Role.ADMIN)
    rita = console.browser(Role.REVIEWER)
    found = looked(rita)
    assert found
    token = rita.csrf()
    console.desk.lanes.writing = Late(lambda: MEANWHILE[meanwhile](console))

    assert pressed(rita, found, what, token) == 401
    assert reviews.newest(console.site.ingest.orders.connection) == 0
    assert not withdrawn(console)


def test_what_takes_long_may_be_done_all_the_same_and_says_so(console: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A withdrawal, a new password: nobody is told that it failed, for it may come to its end."""
    olek = console.browser(Role.OPERATOR)
    token = olek.csrf()
    run = console.desk.lanes.run

    async def slow(lane: Executor, work: Callable[[], Any], **more: Any) -> Any:
        if lane in {console.desk.lanes.writing, console.desk.lanes.passwords}:
            await run(lane, work, **more)
            raise SlowError("the data folder does not answer in time")
        return await run(lane, work, **more)

    monkeypatch.setattr(console.desk.lanes, "run", slow)
    withdrawal = olek.post(f"/photos/{console.key('a')}/withdrawal", {"reason": "hate"}, csrf=token)
    password = olek.post("/account", {"old": PASSWORD, "new": OTHER}, csrf=token)

    for answer in (withdrawal, password):
        assert (answer.status_code, "may still be done" in answer.text) == (503, True)
    assert withdrawn(console)
