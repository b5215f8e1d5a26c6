"""Whatever hashes a password waits among its own kind: a flood of it keeps nobody from anything else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from player.console.door import cookies
from player.console.lanes import PASSWORDS
from player.console.people.hashing import Hashing
from player.console.people.roles import Role
from player.console.table import TABLE
from tests.fakes.console import Console
from tests.fakes.people import OTHER, PASSWORD

T = TypeVar("T")

CREDENTIALS = {"name": "Olek", "password": PASSWORD}
HASHING = ("/log-in", "/api/log-in", "/set-up", "/account", "/people", "/people/password")


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console with people."""
    with Console(tmp_path) as console:
        console.add(Role.ADMIN)
        console.add(Role.OPERATOR)
        yield console


def test_what_hashes_does_so_among_its_own_kind(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """In threads for nothing else, and all such rows take turns among themselves; no other row hashes."""
    lanes: list[str] = []
    in_turn = Hashing.in_turn

    def noted(hashing: Hashing, work: Callable[[], T], by: str) -> T:
        lanes.append(threading.current_thread().name)
        return in_turn(hashing, work, by)

    def hashes(post: Callable[[], httpx.Response]) -> int:
        before = len(lanes)
        assert post().status_code in {200, 303}
        return len(lanes) - before

    admin, code = console.browser(Role.ADMIN), console.people.new_code().text
    monkeypatch.setattr(Hashing, "in_turn", noted)

    def form(path: str, fields: Mapping[str, str]) -> int:
        return hashes(lambda: admin.post(path, fields))

    assert form("/people", {"name": "Ewa", "role": "viewer", "password": PASSWORD})
    assert form("/people/password", {"name": "Ewa", "password": OTHER})
    assert form("/account", {"old": PASSWORD, "new": OTHER})
    assert not form("/people/role", {"name": "Ewa", "role": "operator"})
    assert not form("/people/remove", {"name": "Ewa"})
    assert hashes(lambda: console.browser().send("/api/log-in", CREDENTIALS))
    assert hashes(lambda: console.browser().post("/log-in", CREDENTIALS))
    assert hashes(lambda: console.browser().post("/set-up", {"name": "Eve", "password": PASSWORD, "code": code}))
    assert {name.partition("_")[0] for name in lanes} == {"passwords"}
    assert {route.path for route in TABLE if route.slow} == set(HASHING)


def test_a_flood_of_log_ins_keeps_nobody_from_anything_else(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred at once from two hundred places, while hashing takes for ever: pages, orders, dark and the list go on."""
    console.answers = {"dark": "dark", "next": "next"}
    release, in_turn = threading.Event(), Hashing.in_turn

    def stuck(hashing: Hashing, work: Callable[[], T], by: str) -> T:
        release.wait()
        return in_turn(hashing, work, by)

    admin = console.browser(Role.ADMIN)
    flood = [console.browser(address=f"192.0.2.{number}") for number in range(200)]
    tokens = [browser.csrf() for browser in flood]
    own = {"origin": console.origin, cookies.HEADER: admin.csrf()}
    console.between = 0
    monkeypatch.setattr(Hashing, "in_turn", stuck)

    async def attacked() -> tuple[list[int], list[int], list[int]]:
        asked = [
            asyncio.create_task(
                each.client.post("/log-in", data={**CREDENTIALS, "csrf": token}, headers={"origin": console.origin})
            )
            for each, token in zip(flood, tokens, strict=True)
        ]
        while sum(each.done() for each in asked) < 200 - 2 * PASSWORDS:  # noqa: ASYNC110 - what is refused says so by its end
            await asyncio.sleep(0.01)
        early = [each.result().status_code for each in asked if each.done()]
        statuses = [(await admin.client.get(path)).status_code for path in ("/people", "/account", "/log-in", "/health")]
        for path, fields in (
            ("/dark", {}),
            ("/orders", {"order": "next"}),
            ("/people/role", {"name": "Olek", "role": "viewer"}),
            ("/people/remove", {"name": "Olek"}),
        ):
            statuses.append((await admin.client.post(path, data=fields, headers=own)).status_code)
        release.set()
        return early, statuses, [(await each).status_code for each in asked]

    early, statuses, late = console.run(attacked())

    assert set(early) == {503}
    assert statuses == [200, 200, 200, 503, 200, 200, 303, 303]
    assert sum(status != 503 for status in late) <= 2 * PASSWORDS
