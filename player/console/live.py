"""What goes on by itself, as server-sent events: one stream for each page that is open, and one look for all of them together.

Whoever reads slowly misses what came between, and who does not read at all is let go. So is who has logged out, was removed or
has another role: that is asked every second. While nobody can say how something is, that is said: an event `silent`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from pydantic import Field
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

from player import log
from player.console.audience import Audience, Session
from player.console.desk import Asked, Desk
from player.console.people.gate import People
from player.console.people.roles import Role, allows
from player.console.people.rows import Person
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.errors import WeRememberError
from player.schema import Frozen
from player.units import SECOND, Nanos

READ_WITHIN: Final[Nanos] = 10 * SECOND  # an event is a kilobyte; a phone that takes longer has gone
QUIET: Final[Nanos] = 15 * SECOND  # then a sign of life is sent: whoever stands between does not hang up, and pages do not worry
LASTS: Final[Nanos] = 60 * SECOND  # then the browser comes again by itself
ASKED_EVERY: Final[Nanos] = SECOND  # whether they who listen still may
ASKED_WITHIN: Final[Nanos] = SECOND  # it takes a millisecond; whoever cannot be asked after is let go, and comes again
RECONNECT_MS: Final = 1000
LATER_S: Final = 10
MAX_TOPICS: Final = 8

SILENT: Final = "silent"
"""The event of a topic of which nobody can say how it is; what was said before is not of now."""
ALIVE: Final = "event: alive\ndata: {}\n\n"

Look: TypeAlias = "Callable[[Desk, str], Awaitable[str]]"

_log = log.get("console")


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that goes on: what its events are called, and what says how it is now."""

    name: str
    look: Look
    """Returns one line of JSON for everybody who speaks a language."""
    every: Nanos = SECOND
    needs: Role = Role.VIEWER


class Topics(Frozen):
    """Which topics a stream is about."""

    of: tuple[str, ...] = Field(min_length=1, max_length=MAX_TOPICS)


@dataclass(slots=True)
class _Feed:
    """One topic in one language: somebody looks while anybody listens."""

    topic: Topic
    event: str = ""
    """As it is sent; empty: nobody has looked yet."""
    listeners: int = 0
    task: asyncio.Task[None] | None = None

    def tell(self, event: str) -> bool:
        """Let this be how it is; return whether that is news."""
        is_news, self.event = event != self.event, event
        return is_news


class Live:
    """All streams of the process, and what looks for them."""

    def __init__(self, topics: Iterable[Topic] = (), *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Offer *topics*; tests *pause* in no time."""
        self._topics = {topic.name: topic for topic in topics}
        self._pause = pause
        self._feeds: dict[tuple[str, str], _Feed] = {}
        self._audience = Audience()
        self._asking: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._is_closed = False
        self._mute = log.Edge(_log, begins="a live part of the pages has nothing to say", ends="it speaks again")

    def close(self) -> None:
        """Let everybody go."""
        self._is_closed = True
        if self._asking:
            self._asking.cancel()
        self._stir()

    def stream(self, asked: Asked, names: Iterable[str]) -> Response:
        """Return the events of topics, as they come.

        Raises:
            RefusedError: there is no such topic, it is not for who asks, or there are too many streams.
        """
        topics = [self._topic(name, asked) for name in dict.fromkeys(names)]
        if self._is_closed or not self._audience.has_room(asked.person, asked.address):
            raise RefusedError(503, headers={"retry-after": str(LATER_S)})
        return _Events(self._events(asked, topics), media_type="text/event-stream")

    async def _events(self, asked: Asked, topics: Sequence[Topic]) -> AsyncGenerator[str]:
        clock = asked.desk.clock
        ends = clock.monotonic() + LASTS
        seen: dict[str, str] = {}
        session = self._entered(asked)
        try:
            feeds = [self._joined(topic, asked) for topic in topics]
            yield f"retry: {RECONNECT_MS}\n\n"
            while not (self._is_closed or session.is_over) and clock.monotonic() < ends:
                changed = self._changed
                for feed in feeds:
                    name, event = feed.topic.name, feed.event
                    if event and seen.get(name) != event:
                        seen[name] = event
                        yield event
                if not await _comes(changed):
                    yield ALIVE
        finally:
            for topic in topics:
                self._left(topic, asked)
            self._gone(asked.cookies.session)

    def _topic(self, name: str, asked: Asked) -> Topic:
        topic = self._topics.get(name)
        if topic is None:
            raise RefusedError(404)
        if not allows(asked.person.role if asked.person else None, topic.needs):
            raise RefusedError(403, "refused.role")
        return topic

    def _entered(self, asked: Asked) -> Session:
        if self._asking is None:
            self._asking = asyncio.create_task(self._keep_asking(asked.desk))
        return self._audience.enter(asked.cookies.session, asked.person, asked.address)

    def _gone(self, token: str) -> None:
        self._audience.leave(token)
        if not self._audience and self._asking:
            self._asking.cancel()
            self._asking = None

    async def _keep_asking(self, desk: Desk) -> None:
        """Ask every second whose the sessions are: of all at once, and whoever listens waits for nothing."""
        while True:
            await self._pause(ASKED_EVERY / SECOND)
            asked = self._audience.sessions()
            whose = partial(_whose, desk.people, asked)
            try:
                found = await desk.lanes.run(desk.lanes.people, whose, within=ASKED_WITHIN)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody listens on credit
                self._excuse("sessions", error)
                found = {}
            else:
                self._mute.note("sessions", holds=False, topic="sessions")
            for token, session in asked.items():
                if found.get(token) != session.person:
                    session.is_over = True
                    self._stir()

    def _joined(self, topic: Topic, asked: Asked) -> _Feed:
        feed = self._feeds.get((topic.name, asked.language))
        if feed is None:
            feed = _Feed(topic)
            feed.task = asyncio.create_task(self._keep_looking(feed, asked.desk, asked.language))
            self._feeds[topic.name, asked.language] = feed
        feed.listeners += 1
        return feed

    def _left(self, topic: Topic, asked: Asked) -> None:
        feed = self._feeds[topic.name, asked.language]
        feed.listeners -= 1
        if not feed.listeners and feed.task:
            feed.task.cancel()
            del self._feeds[topic.name, asked.language]

    async def _keep_looking(self, feed: _Feed, desk: Desk, language: str) -> None:
        while True:
            if feed.tell(await self._looked(feed.topic, desk, language)):
                self._stir()
            await self._pause(feed.topic.every / SECOND)

    async def _looked(self, topic: Topic, desk: Desk, language: str) -> str:
        """Return how it is, as the event that says so; a fault of ours ends no topic."""
        try:
            said = await topic.look(desk, language)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who listen go on listening
            self._excuse(topic.name, error)
            return f"event: {SILENT}\ndata: {json.dumps(topic.name)}\n\n"
        self._mute.note(topic.name, holds=False, topic=topic.name)
        return f"event: {topic.name}\ndata: {said}\n\n"

    def _excuse(self, name: str, error: Exception) -> None:
        """Say once why nothing can be said, and where that came from if it is our fault."""
        is_news = self._mute.note(name, holds=True, topic=name, why=str(error))
        if is_news and not isinstance(error, WeRememberError):
            _log.crash("a live part of the pages failed; it is tried again", error, topic=name)

    def _stir(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class _Events(StreamingResponse):
    """A stream that lets go of whoever does not read."""

    async def stream_response(self, send: Send) -> None:
        """Send what comes, each within its time."""

        async def sending(message: Message) -> None:
            async with asyncio.timeout(READ_WITHIN / SECOND):
                await send(message)

        try:
            await super().stream_response(sending)
        except TimeoutError:
            return  # uvicorn closes a connection whose answer is not whole


async def live(asked: Asked) -> Response:
    """Return the events of some topics, as they come."""
    return asked.desk.live.stream(asked, asked.take(Topics).of)


async def _comes(event: asyncio.Event) -> bool:
    """Wait for *event*, and return whether it came before it was time for a sign of life."""
    try:
        async with asyncio.timeout(QUIET / SECOND):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _whose(people: People, tokens: Iterable[str]) -> dict[str, Person | None]:
    return {token: people.whose(token, is_act=False) for token in tokens}


ROUTES: Final = (
    Route("GET", "/live", Role.VIEWER, live, kind="stream", says="What goes on, as server-sent events.", takes=Topics),
)
