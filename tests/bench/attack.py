"""Asks a console for more than it likes, at a steady rate: `python -m tests.bench.attack`, as tests.bench.console starts it.

Pages, searches and thumbnails of people who have logged in, each from an address of their own; passwords guessed at from
everywhere, a new name each time; names and origins that are not ours; streams that nobody reads; bodies and headers that come a
letter at a time. Whom to be comes as JSON on standard input, what came of it goes as JSON to standard output.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlencode

from player import rank
from player.clock import SystemClock
from player.units import MILLISECOND, SECOND
from tests.bench.console_photos import FIRST, LAST, SAID

T = TypeVar("T")

HOST: Final = "127.0.0.1"
LOWEST: Final = 19
PATIENCE_S: Final = 20.0
UNREAD_S: Final = 15.0  # then another stream that nobody reads takes its place
SLOW_S: Final = 1.0  # between two letters
NARROW: Final = 2048  # bytes that the kernel takes in for whoever does not read
PAGES: Final = ("/", "/photos", "/agenda", "/wall", "/journal", "/review")
API: Final = ("/api/now", "/api/agenda", "/api/wall", "/api/journal", "/api/capacity", "/api/photos/counts", "/api/processes")
JUNK: Final = (b"GET /../../etc/passwd HTTP/1.1", b"\x16\x03\x01 GET /", b"GET /api/photos/999999999 HTTP/1.1", b"PUT / HTTP/1.1")


@dataclass(frozen=True, slots=True)
class Target:
    """The console, and whom to be there."""

    port: int
    sessions: tuple[str, ...]
    """Cookies of people who have logged in."""
    guest: str
    """The cookie of a browser of nobody."""
    token: str
    """What comes with its forms."""
    photos: int


class Attack:
    """Counts what came of it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._chance = random.Random(6)
        self._clock = SystemClock()
        self.came: dict[str, Counter[str]] = {}
        self.took: dict[str, list[float]] = {}
        self._ways: dict[str, tuple[int, Callable[[], Awaitable[str]]]] = {
            "pages": (12, lambda: self._get(self._one_of(PAGES))),
            "searches": (18, lambda: self._get(self._search())),
            "API": (15, lambda: self._get(self._one_of(API))),
            "thumbnails": (20, lambda: self._get(f"/api/photos/{self._chance.randrange(1, target.photos)}/tile")),
            "log-ins": (17, self._log_in),
            "wrong Host": (7, lambda: self._ask(self._anywhere(), _request("GET", "/", "console.evil.example"))),
            "wrong Origin": (4, self._from_elsewhere),
            "no HTTP": (3, lambda: self._ask(self._anywhere(), self._one_of(JUNK) + b"\r\nHost: x\r\nConnection: close\r\n\r\n")),
            "streams unread": (2, self._stream),
            "slow bodies": (1, lambda: self._slowly(b"%s\r\nContent-Length: 2000\r\n\r\n")),
            "slow headers": (1, lambda: self._slowly(b"%s\r\nX-Slow: ")),
        }

    async def run(self, rate: float, enough: asyncio.Event) -> float:
        """Ask *rate* times a second until there is enough; return how many a second it was in truth."""
        names, weights = list(self._ways), [weight for weight, _ in self._ways.values()]
        began, count, tasks = self._clock.monotonic(), 0, set[asyncio.Task[None]]()
        while not enough.is_set():
            now = (self._clock.monotonic() - began) / SECOND
            if now * rate < count:
                await asyncio.sleep(count / rate - now)
                continue
            count += 1
            task = asyncio.create_task(self._once(self._chance.choices(names, weights)[0]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        reached = count * SECOND / (self._clock.monotonic() - began)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return reached

    async def _once(self, name: str) -> None:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                came = await self._ways[name][1]()
        except TimeoutError:
            came = "silence"
        except OSError:
            came = "hung up"
        self.came.setdefault(name, Counter())[came] += 1
        self.took.setdefault(name, []).append((self._clock.monotonic() - began) / MILLISECOND)

    async def _ask(self, address: str, request: bytes) -> str:
        """Send a request; return the status of the answer, all of which was read."""
        reader, writer = await asyncio.open_connection(HOST, self._target.port, local_addr=(address, 0))
        try:
            writer.write(request)
            answer = await reader.read(64)
            while await reader.read(65_536):
                pass
        finally:
            writer.close()
        return answer[9:12].decode("ascii", "replace") or "hung up"

    async def _get(self, path: str) -> str:
        number = self._chance.randrange(len(self._target.sessions))
        cookie = f"Cookie: weremember-session={self._target.sessions[number]}"
        return await self._ask(f"127.0.1.{number + 1}", _request("GET", path, self._host, cookie))

    async def _log_in(self) -> str:
        name = f"{self._one_of(FIRST)}-{self._chance.randrange(10**9)}"
        return await self._post("/api/log-in", json.dumps({"name": name, "password": "a password that is none"}))

    async def _from_elsewhere(self) -> str:
        return await self._post("/orders/dim", "{}", origin="http://evil.example")

    async def _post(self, path: str, body: str, *, origin: str = "") -> str:
        lines = (
            f"Origin: {origin or f'http://{self._host}'}",
            "Content-Type: application/json",
            f"Content-Length: {len(body.encode())}",
            f"Cookie: weremember-guest={self._target.guest}",
            f"X-CSRF-Token: {self._target.token}",
        )
        return await self._ask(self._anywhere(), _request("POST", path, self._host, *lines) + body.encode())

    async def _stream(self) -> str:
        session = self._one_of(self._target.sessions)
        with await self._connected() as connection:
            loop = asyncio.get_running_loop()
            cookie = f"Cookie: weremember-session={session}"
            await loop.sock_sendall(connection, _request("GET", "/live?of=now&of=now-in-words&of=receipts", self._host, cookie))
            await asyncio.sleep(UNREAD_S)
        return "held"

    async def _slowly(self, template: bytes) -> NoReturn:
        loop = asyncio.get_running_loop()
        with await self._connected() as connection:
            await loop.sock_sendall(connection, template % f"POST /log-in HTTP/1.1\r\nHost: {self._host}".encode())
            while True:
                await asyncio.sleep(SLOW_S)
                await loop.sock_sendall(connection, b"x")

    async def _connected(self) -> socket.socket:
        found = socket.socket()
        found.setblocking(False)  # noqa: FBT003 - the name is socket's
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        found.bind((self._anywhere(), 0))
        await asyncio.get_running_loop().sock_connect(found, (HOST, self._target.port))
        return found

    @property
    def _host(self) -> str:
        return f"{HOST}:{self._target.port}"

    def _anywhere(self) -> str:
        """Return one of the sixteen million addresses that this machine has for itself."""
        return f"127.{self._chance.randrange(1, 255)}.{self._chance.randrange(256)}.{self._chance.randrange(1, 255)}"

    def _search(self) -> str:
        sought = {"text": self._one_of((*FIRST, *LAST, *SAID, "zebra", "anna remember"))}
        if state := self._one_of(("", "approved", "refused")):
            sought["state"] = state
        return f"{self._one_of(('/photos', '/api/photos'))}?{urlencode(sought)}"

    def _one_of(self, values: Sequence[T]) -> T:
        return self._chance.choice(values)


def _request(method: str, path: str, host: str, *lines: str) -> bytes:
    """Return the head of a request, after whose answer the connection is over."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", "")).encode()


async def _attack(rate: float) -> None:
    said, enough = json.loads(sys.stdin.readline()), asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), enough.set)  # nothing more comes but the end
    attack = Attack(Target(**said | {"sessions": tuple(said["sessions"])}))
    reached = await attack.run(rate, enough)
    json.dump({"rate": reached, "came": attack.came, "took": attack.took}, sys.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--last", action="store_true", help="take the processor only when nobody else wants it")
    asked = parser.parse_args()
    if asked.last:
        rank.give_way(LOWEST)
    asyncio.run(_attack(asked.rate))
