"""Light players ask for their feed: each at its own moment of five minutes, by ETag, and sooner when a hint says so.

What comes is parsed by the player's own parser, once for all of a process: a feed that is the same bytes is the same feed.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import Final

from player.centre.simulating.asking import Asking
from player.centre.simulating.light import LightPlayer, World
from player.centre.simulating.origin import PATH
from player.errors import FeedError, NetworkError
from player.feed.jsonfeed import parse
from player.units import Seconds

PERIOD_S: Final[Seconds] = 300.0
JITTER: Final = 0.1  # of it, either way
_NEW: Final = 200
_SAME: Final = 304


class Polling:
    """The feeds of all players of a process."""

    def __init__(self, asking: Asking, world: World) -> None:
        self._asking = asking
        self._world = world
        self._etag = ""
        self._etags: dict[str, str] = {}
        self._sequences: dict[str, int] = {}
        """By ETag: the sequence of a feed that was parsed and believed."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def prime(self) -> None:
        """Take the feed in, as players have that did not begin just now."""
        with suppress(NetworkError, FeedError):
            answer = await self._asking.get(PATH)
            self._etag = self._believed(answer.etag, answer.body, "")

    def begin(self, player: LightPlayer) -> None:
        """Poll for *player* from now on."""
        self._etags[player.name] = self._etag
        player.on_hint = self.soon
        self._in(player, player.phase(PERIOD_S))

    def soon(self, player: LightPlayer, delay_s: Seconds) -> None:
        """Poll earlier, in *delay_s*."""
        if player.poll_soon is None or player.poll_soon.when() > asyncio.get_running_loop().time() + delay_s:
            self._in(player, delay_s)

    async def stop(self) -> None:
        """Leave what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._asking.close()

    def _in(self, player: LightPlayer, delay_s: Seconds) -> None:
        if player.poll_soon is not None:
            player.poll_soon.cancel()
        player.poll_soon = asyncio.get_running_loop().call_later(delay_s, self._start, player)

    def _start(self, player: LightPlayer) -> None:
        self._in(player, PERIOD_S * (1 - JITTER + 2 * JITTER * self._world.chance.random()))
        if player.has_network:
            task = asyncio.get_running_loop().create_task(self._poll(player))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _poll(self, player: LightPlayer) -> None:
        tally = self._world.tally
        before = self._etags.get(player.name, "")
        tally.polls += 1
        try:
            answer = await self._asking.get(PATH, before)
            tally.poll_bytes += answer.bytes_both_ways
            if answer.status == _SAME:
                tally.polls_same += 1
            elif answer.status == _NEW:
                self._etags[player.name] = self._believed(answer.etag, answer.body, before)
                tally.polls_new += 1
            else:
                tally.polls_failed += 1
        except (NetworkError, FeedError):
            tally.polls_failed += 1
        tally.polls_behind += self._sequence(self._etags.get(player.name, "")) < (player.feed_wanted or 0)

    def _believed(self, etag: str, body: bytes, before: str) -> str:
        """Return *etag* when its feed is believed: what is malformed, or older than what this player had, counts for nothing."""
        if etag not in self._sequences:
            if etag.strip('"') != hashlib.sha256(body).hexdigest()[:32]:
                raise FeedError(f"{PATH}: the bytes are not those that its ETag names")
            self._sequences[etag] = parse(body, url=f"http://127.0.0.1{PATH}").sequence or 0
        if self._sequence(etag) < self._sequence(before):
            raise FeedError(f"{PATH}: it is older than what was believed before")
        return etag

    def _sequence(self, etag: str) -> int:
        return self._sequences.get(etag, 0)
