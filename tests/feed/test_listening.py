"""Listening over real sockets on 127.0.0.1, to servers that behave badly in every way we know."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from player.clock import Clock, SystemClock
from player.errors import FeedError, NetworkError, WorkerError
from player.feed import wire
from player.feed.address import AddressPolicy, RefusedAddressError, Resolve, Token
from player.feed.fetch import AnsweredError, HttpFetcher
from player.feed.listening import FLOOD_WITHIN, MAX_BYTES, MAX_PAUSE_S, Listener, Patience, pause_after
from player.feed.streaming import MAX_EVENT, MAX_LINE, Event
from player.secret import Secret
from player.units import SECOND
from tests.fakes.authority import certify, serving
from tests.fakes.clock import FakeClock
from tests.fakes.crier import HEAD, PATIENCE_S, Connection, Crier

BEGUN = "begun"


class Ear:
    """A listener with what it heard: events, and each beginning of a stream."""

    def __init__(self, url: str, *, clock: Clock | None = None, web: HttpFetcher | None = None, silence_s: float = 90.0) -> None:
        self.heard: queue.Queue[Event | str] = queue.Queue()
        clock = clock or FakeClock()
        self.listener = Listener(
            "organiser",
            url,
            web=web or HttpFetcher(AddressPolicy(url), clock=SystemClock()),
            clock=clock,
            tell=self.heard.put,
            begun=lambda: self.heard.put(BEGUN),
            chance=random.Random(1),
            silence_s=silence_s,
        )

    def next(self) -> Event | str:
        """Wait for what comes next."""
        return self.heard.get(timeout=PATIENCE_S)

    def everything(self, count: int) -> list[Event | str]:
        """Wait for the next *count*."""
        return [self.next() for _ in range(count)]


@contextmanager
def listening(crier: Crier, *, silence_s: float = 90.0) -> Generator[Ear]:
    """An ear on *crier*; its pauses take no time."""
    with crier.serve() as url:
        ear = Ear(url, silence_s=silence_s)
        with ear.listener:
            yield ear
        assert not is_listening()


def is_listening() -> bool:
    """Whether any listener's thread is alive."""
    return any(thread.name.startswith("listening") for thread in threading.enumerate())


def fixed(address: str) -> Resolve:
    """A resolver that always gives *address*."""

    def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return [address]

    return resolve


def once(connection: Connection) -> None:
    """Begin, tell one thing, and say nothing more."""
    connection.begin()
    connection.send(b":)\n\nevent: delete\ndata: 17\n\n")
    connection.hold()


def test_events_are_told_as_they_come() -> None:
    """First that a stream has begun, then each event, while the connection stays open."""
    go_on = threading.Event()

    def script(connection: Connection) -> None:
        connection.begin()
        connection.send(b":)\n\n")
        connection.send(b"event: delete\nda")
        connection.send(b"ta: 17\n\n")
        assert go_on.wait(PATIENCE_S)
        connection.send(b":thump\nevent: update\r\ndata: {}\r\n\r\n")
        connection.hold()

    with listening(Crier(script)) as ear:
        assert ear.everything(2) == [BEGUN, Event("delete", "17")]
        go_on.set()
        assert ear.next() == Event("update", "{}")


def test_a_stream_without_chunks_is_not_held_back() -> None:
    """A server that just goes on sending is heard at once too, not when a buffer is full."""

    def script(connection: Connection) -> None:
        connection.begin(chunked=False)
        connection.send_raw(b"data: 1\n\n")
        connection.hold()

    with listening(Crier(script)) as ear:
        assert ear.everything(2) == [BEGUN, Event("message", "1")]


def test_the_request_says_what_it_must() -> None:
    """Events are asked for, uncompressed and not from a cache."""
    crier = Crier(once)
    with listening(crier) as ear:
        ear.everything(2)

    (request,) = crier.requests
    assert request.startswith("GET /api/v1/streaming/user HTTP/1.1\r\n")
    for line in ("Accept: text/event-stream", "Accept-Encoding: identity", "Cache-Control: no-cache"):
        assert f"\r\n{line}\r\n" in request
    assert "Authorization" not in request


def test_after_a_break_a_new_stream_begins() -> None:
    """A connection that drops within an event tells nothing of it; the next beginning is told, so that somebody polls."""

    def drop(connection: Connection) -> None:
        connection.begin()
        connection.send(b"event: delete\ndata: 1")

    with listening(Crier(drop, drop, once)) as ear:
        assert ear.everything(4) == [BEGUN, BEGUN, BEGUN, Event("delete", "17")]


def _head(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode()


@pytest.mark.parametrize(
    "answer",
    [
        _head("401 Unauthorized"),
        _head("404 Not Found"),
        _head("503 Away", "Retry-After: 30"),
        _head("204 No Content"),
        _head("302 Found", "Location: /elsewhere"),
        _head("301 Moved", "Location: https://169.254.169.254/"),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>data: 1\n\n",
        b"HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n",
        HEAD + b"Content-Encoding: gzip\r\n\r\ndata: 1\n\n",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_stream_tells_nothing(answer: bytes) -> None:
    """Errors, redirects, pages and silence are no beginning; it is tried again, at the same address."""
    crier = Crier(lambda connection: connection.send_raw(answer), once)
    with listening(crier) as ear:
        assert ear.everything(2) == [BEGUN, Event("delete", "17")]

    assert {request.split()[1] for request in crier.requests} == {"/api/v1/streaming/user"}


@pytest.mark.parametrize("flood", [b"x" * MAX_LINE + b"xx", b"data: x\n" * (MAX_EVENT // 7 + 1)], ids=["line", "event"])
def test_an_endless_line_or_event_ends_the_stream(flood: bytes) -> None:
    """What is longer than anything honest is not waited for: the connection is given up and begun anew."""

    def script(connection: Connection) -> None:
        connection.begin()
        connection.send(flood)
        connection.hold()

    with listening(Crier(script, once)) as ear:
        assert ear.everything(3) == [BEGUN, BEGUN, Event("delete", "17")]


def test_silence_ends_the_stream() -> None:
    """A connection that is dead without saying so is given up after a while."""

    def script(connection: Connection) -> None:
        connection.send_raw(HEAD + b"\r\ndata: 1\n\n")
        connection.hold()

    with listening(Crier(script), silence_s=0.05) as ear:
        assert ear.everything(4) == [BEGUN, Event("message", "1")] * 2


def test_heartbeats_are_no_silence() -> None:
    """As long as something comes, be it a comment, the stream stays."""

    def script(connection: Connection) -> None:
        connection.begin()
        for _ in range(12):
            connection.send(b":thump\n")
            threading.Event().wait(0.1)
        connection.send(b"data: late\n\n")
        connection.hold()

    crier = Crier(script)
    with listening(crier, silence_s=1.0) as ear:
        assert ear.everything(2) == [BEGUN, Event("message", "late")]


def never(connection: Connection) -> None:
    """Take the request, and say nothing."""
    connection.hold()


def test_it_stops_while_nothing_comes() -> None:
    """Stopping wakes a thread that waits for the next event."""
    with listening(Crier(once)) as ear:
        ear.everything(2)


def test_it_stops_while_no_answer_comes() -> None:
    """Stopping wakes a thread that waits for the first word of an answer."""
    crier = Crier(never)
    with listening(crier):
        assert crier.wait_for_requests(1)


def test_it_stops_while_it_pauses() -> None:
    """Stopping ends a pause between two streams."""
    with Crier(lambda _: None).serve() as url:
        pass
    ear = Ear(url, clock=SystemClock())  # nobody is there any more
    with ear.listener:
        pass

    assert not is_listening()


def test_it_stops_within_tls(tmp_path: Path) -> None:
    """A thread that waits inside TLS is woken as well, and the address and the name are checked as for any page."""
    file = certify("mastodon.example", tmp_path / "mastodon.pem")
    crier = Crier(once, tls=serving(file))
    with crier.serve() as url:
        own = url.replace("127.0.0.1", "mastodon.example")
        web = HttpFetcher(AddressPolicy(own), clock=SystemClock(), ca_file=str(file), resolve=fixed("127.0.0.1"))
        ear = Ear(own, web=web)
        with ear.listener:
            assert ear.everything(2) == [BEGUN, Event("delete", "17")]

    assert not is_listening()


def test_the_key_goes_to_the_source_s_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is sent with the request for the source's own stream, and to nobody else's."""
    monkeypatch.setenv("ORGANISER_KEY", "k3y-of-the-organiser")
    key = Token(Secret("env:ORGANISER_KEY"))
    crier, other = Crier(once), Crier(once)
    with crier.serve() as url, other.serve() as elsewhere:
        policy = AddressPolicy(url, ("127.0.0.1",))
        for address in (url, elsewhere):
            ear = Ear(address, web=HttpFetcher(policy, clock=SystemClock(), token=key))
            with ear.listener:
                ear.everything(2)

    assert "\r\nAuthorization: Bearer k3y-of-the-organiser\r\n" in crier.requests[0]
    assert "Authorization" not in other.requests[0]


def test_an_inside_address_is_not_asked() -> None:
    """A stream follows the same rules for addresses as everything else."""
    web = HttpFetcher(AddressPolicy("https://a.example/"), clock=SystemClock(), resolve=fixed("192.168.1.1"))
    with pytest.raises(RefusedAddressError, match="inside this network"):
        next(web.stream("https://b.example/api/v1/streaming/user", limits=Patience(SystemClock())))


def test_a_listener_whose_thread_died_is_noticed() -> None:
    """It says so when its thread is not at work, and not when it was stopped."""
    listener = Ear("https://mastodon.example/").listener
    with pytest.raises(WorkerError, match="listens to organiser"):
        listener.check()

    with listening(Crier(once)) as ear:
        ear.everything(2)
        ear.listener.check()
    ear.listener.check()


def test_stopping_between_two_streams_is_not_missed() -> None:
    """A patience that was ended before anything began lets nothing begin."""
    patience = Patience(SystemClock())
    patience.end()

    with pytest.raises(TimeoutError):
        patience.left_s(1.0)


def test_a_flood_ends_the_stream() -> None:
    """More in a minute than any honest stream brings is no stream; spread over time it may be any amount."""
    clock = FakeClock()
    patience = Patience(clock)
    patience.open()
    for _ in range(5):
        patience.count(MAX_BYTES)
        clock.advance(FLOOD_WITHIN)

    patience.count(MAX_BYTES)
    with pytest.raises(wire.FloodError):
        patience.count(1)


def test_opening_takes_no_longer_than_a_page() -> None:
    """Until the answer has begun the usual deadline and size hold; then only silence counts."""
    clock = FakeClock()
    patience = Patience(clock, silence_s=90.0)
    clock.advance(9 * SECOND)
    assert patience.left_s(5.0) == 1.0
    with pytest.raises(wire.FloodError):
        patience.count(10_000_000)
    clock.advance(SECOND)
    with pytest.raises(TimeoutError):
        patience.left_s(5.0)

    patience.open()
    assert patience.left_s(5.0) == 90.0


def test_pauses_grow_with_full_jitter() -> None:
    """Each failure allows a longer pause, chance picks one below it, and a server that asks for patience gets it."""
    chance = random.Random(1)
    error = NetworkError("away")
    early = [pause_after(1, error, chance=chance) for _ in range(200)]
    late = [pause_after(50, error, chance=chance) for _ in range(200)]

    assert 0.5 * SECOND <= min(early) < max(early) <= 2 * SECOND
    assert max(late) <= MAX_PAUSE_S * SECOND
    assert len(set(late)) > 100
    assert pause_after(1, AnsweredError("later", status=503, retry_after_s=600.0), chance=chance) == 600 * SECOND
    assert pause_after(1, FeedError("nonsense"), chance=chance) <= 2 * SECOND
