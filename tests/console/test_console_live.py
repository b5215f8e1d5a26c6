"""Streams of what goes on: one look for all who listen, and an end for everybody."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest
from starlette.responses import Response, StreamingResponse

from player.console import live
from player.console.audience import OF_ONE
from player.console.desk import Asked, Desk
from player.console.door.cookies import Cookies
from player.console.live import ALIVE, Topic
from player.console.people.gate import People
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.people.sessions import LIMITS
from player.console.refusal import RefusedError
from player.errors import LibraryError
from player.units import SECOND
from tests.fakes.console import Console
from tests.fakes.people import OTHER, added, log_in

NUMBERS: Final = itertools.count()


@dataclass(slots=True)
class Clockwork:
    """Something that goes on."""

    looks: int = 0
    fails: bool = False
    fault: Exception = field(default_factory=lambda: LibraryError("gone"))
    said: list[str] = field(default_factory=lambda: ["1"])

    async def look(self, desk: Desk, language: str) -> str:
        """Return how it is."""
        del desk
        self.looks += 1
        if self.fails:
            raise self.fault
        return f'{{"{language}": {self.said[0]}}}'


@pytest.fixture
def works() -> Clockwork:
    """Something that goes on."""
    return Clockwork()


@pytest.fixture
def console(tmp_path: Path, works: Clockwork) -> Generator[Console]:
    """A console that tells of it."""
    topics = (Topic("now", works.look), Topic("review", works.look, needs=Role.REVIEWER))
    with Console(tmp_path, topics=topics) as console:
        yield console


def asked(console: Console, *, role: Role = Role.VIEWER, language: str = "en") -> Asked:
    """Return what somebody asks who wants to listen, and has logged in for that."""
    name = f"Vera{next(NUMBERS)}"
    person = added(console.people, name, role)
    cookies = Cookies("g" * 43, log_in(console.people, name).token)
    return Asked(console.desk, live.ROUTES[0], person, language, "127.0.0.1", cookies)


def events(response: Response) -> AsyncIterator[str]:
    """Return what comes by a stream."""
    assert isinstance(response, StreamingResponse)
    return response.body_iterator.__aiter__()  # pyright: ignore[reportReturnType] - ours are all text


def test_whoever_listens_hears_how_it_is_and_what_changes(console: Console, works: Clockwork) -> None:
    """The state at once, then each change once."""

    async def listened() -> list[str]:
        heard = events(console.desk.live.stream(asked(console), ["now"]))
        first = [await anext(heard), await anext(heard)]
        works.said[0] = "2"
        return [*first, await anext(heard)]

    retry, now, then = console.run(listened())

    assert retry.startswith("retry: ")
    assert now == 'event: now\ndata: {"en": 1}\n\n'
    assert then == 'event: now\ndata: {"en": 2}\n\n'


def test_one_look_serves_all_who_speak_a_language(console: Console, works: Clockwork) -> None:
    """Thirty phones cost what one costs; with the last of them the looking ends."""

    async def listened() -> tuple[int, int]:
        stream = console.desk.live.stream
        streams = [events(stream(asked(console), ["now"])) for _ in range(10)]
        for heard in streams:
            await anext(heard)
            await anext(heard)
        during = works.looks
        for heard in streams:
            await heard.aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - they are generators
        await asyncio.sleep(0)
        after = works.looks
        for _ in range(5):
            await asyncio.sleep(0)
        return during, works.looks - after

    during, after = console.run(listened())

    assert during < 10 * 10
    assert after == 0


@pytest.mark.parametrize("fault", [LibraryError("gone"), ValueError("a slip of ours")])
def test_a_topic_that_fails_says_so_and_comes_back(
    console: Console, works: Clockwork, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Those who listen stay connected, whoever is at fault; it is told in the log once."""
    works.fault = fault

    async def listened() -> list[str]:
        heard = events(console.desk.live.stream(asked(console), ["now"]))
        said = [await anext(heard), await anext(heard)]
        works.fails = True
        said.append(await anext(heard))
        for _ in range(20):
            await asyncio.sleep(0)
        works.fails = False
        return [*said, await anext(heard)]

    now = 'event: now\ndata: {"en": 1}\n\n'
    assert console.run(listened())[1:] == [now, 'event: silent\ndata: "now"\n\n', now]
    assert caplog.text.count("has nothing to say") == 1
    assert caplog.text.count("a live part of the pages failed") == isinstance(fault, ValueError)


def test_whoever_comes_later_is_not_told_what_held_before(console: Console, works: Clockwork) -> None:
    """While nobody can look, a new listener hears that, and not the last word as if it were of now."""

    async def listened() -> str:
        first = events(console.desk.live.stream(asked(console), ["now"]))
        await anext(first)
        await anext(first)
        works.fails = True
        await anext(first)
        second = events(console.desk.live.stream(asked(console), ["now"]))
        await anext(second)
        return await anext(second)

    assert console.run(listened()) == 'event: silent\ndata: "now"\n\n'


def test_a_stream_of_which_nothing_is_new_gives_signs_of_life(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an event, for a browser tells no script of anything less."""
    monkeypatch.setattr(live, "QUIET", SECOND // 100)

    async def listened() -> str:
        heard = events(console.desk.live.stream(asked(console), ["now"]))
        await anext(heard)
        await anext(heard)
        return await anext(heard)

    assert console.run(listened()) == ALIVE
    assert ALIVE.startswith("event: alive\ndata: ")


def test_a_stream_ends_after_a_minute(console: Console) -> None:
    """The browser comes again, and is asked anew who it is."""

    async def listened() -> list[str]:
        heard = events(console.desk.live.stream(asked(console), ["now"]))
        await anext(heard)
        await anext(heard)
        console.clock.advance(2 * live.LASTS)
        console.desk.live._stir()  # pyright: ignore[reportPrivateUsage] - as if another topic had changed
        return [each async for each in heard]

    assert console.run(listened()) == []


def test_all_streams_end_with_the_console(console: Console) -> None:
    """And no more begin."""

    async def listened() -> list[str]:
        heard = events(console.desk.live.stream(asked(console), ["now"]))
        await anext(heard)
        await anext(heard)
        console.desk.live.close()
        with pytest.raises(RefusedError):
            console.desk.live.stream(asked(console), ["now"])
        return [each async for each in heard]

    assert console.run(listened()) == []


@pytest.mark.parametrize(("names", "status"), [(["nothing"], 404), (["review"], 403), (["now", "review"], 403)])
def test_a_topic_is_for_those_who_may(console: Console, names: list[str], status: int) -> None:
    """And there are no others."""

    async def refused() -> int:
        with pytest.raises(RefusedError) as error:
            console.desk.live.stream(asked(console), names)
        return error.value.status

    assert console.run(refused()) == status


def test_whoever_leaves_makes_room(console: Console) -> None:
    """Of one person there are so many streams, by however many log-ins, and another when one has ended."""

    async def listened() -> int:
        one = asked(console)
        again = replace(one, cookies=Cookies("g" * 43, log_in(console.people, one.by).token))
        begun = list[AsyncIterator[str]]()
        for each in [one, again] * (OF_ONE // 2):
            begun.append(events(console.desk.live.stream(each, ["now"])))
            await anext(begun[-1])
        with pytest.raises(RefusedError):
            console.desk.live.stream(again, ["now"])
        await begun[0].aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - they are generators
        begun[0] = events(console.desk.live.stream(again, ["now"]))
        console.desk.live.close()
        for heard in begun[1:]:
            await heard.aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - they are generators
        return len(begun)

    assert console.run(listened()) == OF_ONE


def test_whoever_does_not_read_is_let_go(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone that has gone away holds no place."""
    monkeypatch.setattr(live, "READ_WITHIN", 10_000_000)

    async def stuck(message: object) -> None:
        del message
        await asyncio.Event().wait()

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    async def listened() -> None:
        response = console.desk.live.stream(asked(console), ["now"])
        await response({"type": "http", "asgi": {"spec_version": "2.3"}}, never, stuck)  # pyright: ignore[reportArgumentType] - as loose as ASGI

    console.run(listened())


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note whose log-ins were asked after; nothing else ends a stream."""
    monkeypatch.setattr(live, "LASTS", 10**6 * SECOND)
    whose, found = People.whose, list[str]()

    def noted(people: People, token: str, *, is_act: bool = True) -> Person | None:
        if not is_act:
            found.append(token)
        return whose(people, token, is_act=is_act)

    monkeypatch.setattr(People, "whose", noted)
    return found


def let_go(console: Console, change: Callable[[Asked], object]) -> str:
    """Listen twice by one log-in, and make a *change*; return the token once both are let go, and another is not."""

    async def listened() -> str:
        first, other = asked(console, role=Role.OPERATOR), asked(console)
        heard = [events(console.desk.live.stream(each, ["now"])) for each in (first, first, other)]
        for each in heard:
            await anext(each)
            await anext(each)
        change(first)
        assert [[said async for said in each] for each in heard[:2]] == [[], []]
        console.desk.live.close()
        assert [said async for said in heard[2]] == []
        return first.cookies.session

    return console.run(listened())


@pytest.mark.parametrize("change", ["log_out", "remove", "give_role", "give_password", "forget"])
def test_whoever_may_no_longer_listen_hears_no_more(console: Console, change: str, questions: list[str]) -> None:
    """Logged out, removed, with another role or password, or away for too long: at the next question, though nothing changes."""
    people, by = console.people, "Ada"
    changes: dict[str, Callable[[Asked], object]] = {
        "log_out": lambda who: people.log_out(who.cookies.session),
        "remove": lambda who: people.register.remove(who.by, by=by),
        "give_role": lambda who: people.register.give_role(who.by, Role.VIEWER, by=by),
        "give_password": lambda who: people.register.give_password(who.by, OTHER, by=by),
        "forget": lambda _: console.clock.step(LIMITS[Role.OPERATOR].idle),
    }
    before: list[int] = []

    def changed(who: Asked) -> None:
        changes[change](who)
        before.append(len(questions))

    token = let_go(console, changed)

    assert questions[before[0] :].count(token) <= 2  # one may have been under way


def test_whoever_cannot_be_asked_after_is_let_go(console: Console, questions: list[str]) -> None:
    """While the file of the people cannot be read, nobody listens on credit."""

    def lose(_: Asked) -> None:
        console.people.close()
        for path in console.data.glob("console.sqlite*"):
            path.unlink()
        (console.data / "console.sqlite").mkdir()

    assert let_go(console, lose) in questions


def test_whoever_cannot_be_asked_after_by_a_fault_of_ours_is_let_go(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the asking goes on."""
    asking: list[str] = []

    def slip(_: People, token: str, *, is_act: bool = True) -> Person | None:
        del is_act
        asking.append(token)
        raise ValueError("a slip of ours")

    def fall(_: Asked) -> None:
        monkeypatch.setattr(People, "whose", slip)

    assert let_go(console, fall) in asking


def test_one_question_serves_all_streams(console: Console, questions: list[str]) -> None:
    """Each log-in is asked after once in a round, however many streams it has; with the last of them the asking ends."""

    async def listened() -> list[str]:
        ones = [asked(console), asked(console)]
        streams = [events(console.desk.live.stream(each, ["now"])) for each in ones * 4]
        for heard in streams:
            await anext(heard)
        for _ in range(10_000):
            if len(questions) >= 6:
                break
            await asyncio.sleep(0.001)
        for heard in streams:
            await heard.aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - they are generators
        await asyncio.sleep(0.05)
        after = len(questions)
        await asyncio.sleep(0.05)
        assert len(questions) == after
        return [each.cookies.session for each in ones]

    one, other = console.run(listened())
    assert questions[:6] == [one, other] * 3


def test_two_languages_are_two_looks(console: Console) -> None:
    """Everybody hears their own."""

    async def listened() -> list[str]:
        heard = [events(console.desk.live.stream(asked(console, language=each), ["now"])) for each in ("pl", "he")]
        for each in heard:
            await anext(each)
        return [await anext(each) for each in heard]

    assert console.run(listened()) == ['event: now\ndata: {"pl": 1}\n\n', 'event: now\ndata: {"he": 1}\n\n']
