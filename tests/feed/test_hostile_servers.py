"""Servers that lie about lengths, drip, flood, stall or cut the line: each is one clear line, soon, and costs little memory."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from player.clock import Clock, SystemClock
from player.errors import NetworkError
from player.feed.address import MAX_ADDRESSES, MAX_URL, AddressPolicy, RefusedAddressError, Resolve
from player.feed.body import TooLargeError
from player.feed.fetch import HttpFetcher, Response
from player.feed.wire import ENVELOPE_BYTES
from tests.fakes.authority import serving
from tests.fakes.hasty import HastyClock
from tests.fakes.script import Script, ScriptedServer, always, endless, page

LIMIT = 1000  # bytes that the tests ask for
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
SOCKETS = 12_000_000  # what the system may hold on its way between the two ends of a line


def ask(port: int, *, clock: Clock | None = None, deadline_s: float = 10, path: str = "feed.json") -> Response:
    """Ask the scripted server at *port*."""
    url = f"http://127.0.0.1:{port}/{path}"
    return HttpFetcher(AddressPolicy(url), clock=clock or SystemClock()).get(url, limit_bytes=LIMIT, deadline_s=deadline_s)


def refused(script: Script, **how: Any) -> str:
    """Why the answer of *script* is refused, in one line."""
    with ScriptedServer(script).serve() as port, pytest.raises(NetworkError) as caught:
        ask(port, **how)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"http://127.0.0.1:{port}/feed.json: ")
    return str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 10\r\n\r\n{}",
        OK + b"Content-Length: 10\r\n\r\n",
        OK + b"Content-Length: 10",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"9\r\n{}",
        CHUNKED,
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}" * 99, mtime=0)[:-5],
    ],
)
def test_half_an_answer_is_none(answer: bytes) -> None:
    """What ends before the end that it announced is an error, and never a short page or half a photo."""
    assert refused(always(answer))


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -1",
        b"Content-Length: 2x",
        b"Content-Length: 0x2",
        b"Content-Length: ",
        b"Content-Length: 2, 3",
        b"Content-Length: 2\r\nContent-Length: 2",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: identity",
        b"Content-Encoding: br",
        b"Content-Encoding: gzip, gzip",
        b"Content-Encoding: deflate",
        b"Content-Length: " + b"9" * 5000,
    ],
)
def test_a_length_that_can_be_read_in_two_ways_is_refused(headers: bytes) -> None:
    """An answer that does not say clearly where it ends, or how it is packed, is not guessed at."""
    assert refused(always(OK + headers + b"\r\n\r\n{}"))


@pytest.mark.parametrize(
    "chunk", [b"-1\r\n{}", b"-5\r\n{}", b"zz\r\n{}", b"\r\n", b"FFFFFFFFFFFFFFFFFF\r\n{}", b"2;" + b"x" * 99]
)
def test_nonsense_between_chunks_is_refused(chunk: bytes) -> None:
    """Negative, endless and meaningless lengths of chunks are a failed exchange."""
    assert refused(always(CHUNKED + chunk))


def test_chunks_are_joined() -> None:
    """What is sent in chunks, with extensions and trailers, is read as a whole."""
    with ScriptedServer(always(CHUNKED, b"1;a=b\r\n{\r\n", b"1\r\n}\r\n", b"0\r\nX-T: 1\r\n\r\n")).serve() as port:
        assert ask(port).body == b"{}"


@pytest.mark.parametrize(
    "answer",
    [b"{}", b"", b"\r\n\r\n", b"HTTP/2 200\r\n\r\n{}", b"HTTP/1.1 20\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"\x16\x03\x01"],
)
def test_what_is_no_http_is_refused(answer: bytes) -> None:
    """An answer without a status line, as HTTP/0.9 had it, or with one that means nothing, is no content."""
    assert refused(always(answer))


@pytest.mark.parametrize(
    "script",
    [
        endless(b"x" * 60_000, after=b"HTTP/1.1 "),
        endless(b"x" * 60_000, after=OK + b"X-Long: "),
        endless(b"X-Many: y\r\n" * 5000, after=OK),
        endless(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" * 2000),
        endless(b"x" * 60_000, after=OK + b"\r\n"),
        endless(b"f" * 60_000, after=CHUNKED),
        endless(b"x" * 60_000, after=CHUNKED + b"-1\r\n"),
        endless(b"0" * 60_000, after=CHUNKED + b"2;"),
        endless(b"X-Trailer: y\r\n" * 5000, after=CHUNKED + b"2\r\n{}\r\n0\r\n"),
        endless(b"x" * 60_000, after=OK + b"Content-Length: 999999999999\r\n\r\n"),
    ],
)
def test_a_flood_is_cut_off(script: Script) -> None:
    """However a server floods, what it gets rid of is bounded by what was asked for."""
    server = ScriptedServer(script)
    with server.serve() as port, pytest.raises(NetworkError):
        ask(port)

    assert server.sent < 2 * LIMIT + ENVELOPE_BYTES + SOCKETS


@pytest.mark.parametrize(
    "after", [b"", b"HTTP/1.1 2", OK, OK + b"X: ", OK + b"\r\n", CHUNKED, CHUNKED + b"5;", b"HTTP/1.1 100 C"]
)
def test_a_drip_cannot_outlast_the_deadline(after: bytes) -> None:
    """One byte at a time, in whatever part of the answer, is over when the time is over."""
    assert "did not answer in time" in refused(endless(b"0", after=after), clock=HastyClock(), deadline_s=60)


def test_interim_answers_are_passed_over() -> None:
    """A few "100 Continue" before the answer are no harm."""
    with ScriptedServer(always(b"HTTP/1.1 100 Continue\r\n\r\n" * 3, page(b"[]"))).serve() as port:
        assert ask(port).body == b"[]"


def test_a_server_that_answers_before_it_is_asked() -> None:
    """An answer that lies ready in the line is the answer, and nothing of it is left for another question."""
    server = ScriptedServer(always(page(b"[]")), waits=False)
    with server.serve() as port:
        assert ask(port).body == b"[]"
        assert ask(port).body == b"[]"


def test_a_bomb_within_a_bomb_stays_packed() -> None:
    """One layer of compression is undone, within the limit; what else is in it is the parser's, as bytes."""
    inner = gzip.compress(bytes(50_000_000))
    with ScriptedServer(always(page(gzip.compress(inner[:500]), "Content-Encoding: gzip"))).serve() as port:
        assert ask(port).body == inner[:500]
    assert "larger than 1,000 bytes" in refused(always(page(inner[:900], "Content-Encoding: gzip")))
    for more in (b"x", gzip.compress(b"[]")):
        packed = gzip.compress(b"{}") + more
        assert "goes on after its end" in refused(always(page(packed, "Content-Encoding: gzip")))


def test_too_much_is_an_error_of_its_own() -> None:
    """Whoever knows the exact size can tell "more than that" from any other failure."""
    with ScriptedServer(always(page(bytes(LIMIT + 1)))).serve() as port, pytest.raises(TooLargeError):
        ask(port)


@pytest.mark.parametrize(
    "headers",
    [
        "Location: http://127.0.0.1:1/" + "a" * MAX_URL,
        "Location: http://127.0.0.1:9/a\r\nLocation: http://127.0.0.1:9/b",
        "Location: //[",
        "Location: javascript:alert(1)",
        "Location: \\\\10.0.0.1\\a",
        "Location: ",
    ],
)
def test_redirects_to_nowhere_are_refused(headers: str) -> None:
    """A flood of addresses, two at once, or none that can be read, ends the exchange."""
    with ScriptedServer(always(page(b"", headers, status="302 Found"))).serve() as port, pytest.raises(NetworkError):
        ask(port)


def test_a_redirect_away_from_https_is_refused(authority: Path) -> None:
    """From https nothing leads back to plain http, not even on this machine, listed or not."""
    with ScriptedServer(always(page())).serve() as plain_port:
        to = f"Location: http://localhost:{plain_port}/feed.json"
        server = ScriptedServer(always(page(b"", to, status="302 Found")), tls=serving(authority))
        with server.serve() as port, pytest.raises(NetworkError, match="redirected away from https"):
            secure(port, authority, allow=("localhost",))


def fixed(*addresses: str) -> Resolve:
    """A resolver that always gives *addresses*."""

    def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    return resolve


def secure(port: int, authority: Path, **policy: Any) -> Response:
    """Ask feed.example, which is the server at *port*, over TLS."""
    url = f"https://feed.example:{port}/feed.json"
    web = HttpFetcher(AddressPolicy(url, **policy), clock=SystemClock(), ca_file=str(authority), resolve=fixed("127.0.0.1"))
    return web.get(url, limit_bytes=LIMIT, deadline_s=10)


@pytest.mark.parametrize("polite", [True, False])
def test_a_cut_line_is_no_end(authority: Path, *, polite: bool) -> None:
    """Over TLS an answer that only the end of the line ends counts only when the server itself ended it."""
    server = ScriptedServer(always(OK + b"\r\n{}"), tls=serving(authority), polite=polite)
    with server.serve() as port:
        if polite:
            assert secure(port, authority).body == b"{}"
        else:
            with pytest.raises(NetworkError):
                secure(port, authority)


def test_a_stalled_handshake_is_over_with_the_deadline() -> None:
    """A server that takes the connection and says nothing of TLS holds nobody beyond the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(NetworkError, match="did not answer in time"):
            HttpFetcher(AddressPolicy(url), clock=SystemClock()).get(url, limit_bytes=LIMIT, deadline_s=0.2)


def test_a_dripping_proxy_cannot_outlast_the_deadline() -> None:
    """Nor can the configured proxy, before the tunnel stands."""
    url = "https://feed.example/feed.json"
    for script in (endless(b"x", after=b"HTTP/1.1 200 OK\r\n"), endless(b"x")):
        with ScriptedServer(script).serve() as port:
            web = HttpFetcher(AddressPolicy(url), clock=HastyClock(), proxy=f"127.0.0.1:{port}")
            with pytest.raises(NetworkError, match="did not answer in time"):
                web.get(url, limit_bytes=LIMIT, deadline_s=60)


def test_whoever_answers_must_be_whom_we_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that ends at another address than the checked one is dropped before anything is sent."""
    connect = socket.socket.connect
    server = ScriptedServer(always(page()))
    with server.serve() as port:

        def elsewhere(self: socket.socket, _: tuple[str, int]) -> None:
            connect(self, ("127.0.0.1", port))

        monkeypatch.setattr(socket.socket, "connect", elsewhere)
        url = f"http://localhost:{port}/feed.json"
        web = HttpFetcher(AddressPolicy(url), clock=SystemClock(), resolve=fixed("127.0.0.9"))
        with pytest.raises(NetworkError, match="another address than the one that was checked"):
            web.get(url, limit_bytes=LIMIT, deadline_s=10)

    assert [head for head in server.requests if head] == []


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        (("Date: Wed, 27 Jan 2027 14:00:00 GMT",), "2027-01-27T14:00:00+00:00"),
        (("Date: Wed, 27 Jan 2027 14:00:00 GMT", "Age: 90"), "2027-01-27T14:01:30+00:00"),
        (("Date: Wed, 27 Jan 2027 14:00:00 GMT", "Age: -1"), "2027-01-27T14:00:00+00:00"),
        (("Date: Fri, 31 Dec 9999 23:59:59 GMT", "Age: 9"), None),
        (("Date: yesterday",), None),
        ((), None),
    ],
)
def test_what_time_it_is_by_an_answer(headers: tuple[str, ...], served: str | None) -> None:
    """What a cache gives is as old as it says; nonsense is no time."""
    with ScriptedServer(always(page(b"{}", *headers))).serve() as port:
        url = f"http://127.0.0.1:{port}/"
        answer = HttpFetcher(AddressPolicy(url), clock=SystemClock()).get(url, limit_bytes=LIMIT, deadline_s=10)

    assert (answer.served and answer.served.isoformat()) == served


def _silence(listener: socket.socket, filling: list[socket.socket]) -> str:
    """Return the address of a server that answers nothing, not even to who knocks: it has as many guests as it takes."""
    for _ in range(4):
        guest = socket.socket()
        guest.settimeout(0)
        guest.connect_ex(listener.getsockname())
        filling.append(guest)
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("where", ["connecting", "reading", "looking up"])
def test_who_has_the_scissors_ends_an_exchange_at_once(where: str) -> None:
    """From another thread, whatever is waited for; and nothing is begun afterwards."""
    filling: list[socket.socket] = []
    looked, answer = threading.Event(), threading.Event()

    def looking(_: str, __: int) -> Sequence[str]:
        looked.set()
        answer.wait(10)
        return ("127.0.0.1",)

    with socket.socket() as listener, contextlib.ExitStack() as after:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = _silence(listener, filling) if where == "connecting" else f"http://127.0.0.1:{listener.getsockname()[1]}/"
        after.callback(answer.set)
        for guest in filling:
            after.callback(guest.close)
        web = HttpFetcher(
            AddressPolicy(url), clock=SystemClock(), resolve=looking if where == "looking up" else fixed("127.0.0.1")
        )
        ended: list[str] = []

        def get() -> None:
            with pytest.raises(NetworkError) as why:
                web.get(url, limit_bytes=LIMIT, deadline_s=60)
            ended.append(str(why.value))

        thread = threading.Thread(target=get)
        thread.start()
        if where == "looking up":
            looked.wait(10)
        elif where == "reading":
            after.enter_context(contextlib.closing(listener.accept()[0]))
        web.cut()
        thread.join(2.5)
        assert not thread.is_alive()
        assert ended
        with pytest.raises(NetworkError):
            web.get(url, limit_bytes=LIMIT, deadline_s=60)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    """The system's resolver cannot be interrupted; a poll does not wait for it beyond the deadline."""
    answers = threading.Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        del host, port
        answers.wait(10)
        return []

    url = "https://feed.example/feed.json"
    try:
        with pytest.raises(NetworkError, match="not resolved in time"):
            HttpFetcher(AddressPolicy(url), clock=SystemClock(), resolve=hanging).get(url, limit_bytes=LIMIT, deadline_s=0.1)
    finally:
        answers.set()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], NetworkError),
        ([f"93.184.{n}.1" for n in range(MAX_ADDRESSES + 1)], NetworkError),
        ([f"93.184.{n}.1" for n in range(20)] + ["10.0.0.1"], RefusedAddressError),
        (["93.184.216.34", "::1"], RefusedAddressError),
        (["not an address"], RefusedAddressError),
    ],
)
def test_odd_answers_of_the_resolver(answers: list[str], error: type[NetworkError]) -> None:
    """No answer, far too many, or one private among many public ones: nobody is connected to."""
    web = HttpFetcher(AddressPolicy("https://feed.example/"), clock=SystemClock(), resolve=fixed(*answers))
    with pytest.raises(error):
        web.get("https://cdn.example/1.jpg", limit_bytes=LIMIT, deadline_s=10)


def test_a_certificate_that_names_nobody_is_refused(authority: Path) -> None:
    """Over TLS the name counts, also when a number is connected to."""
    with ScriptedServer(always(page()), tls=serving(authority)).serve() as port:
        url = f"https://127.0.0.1:{port}/"
        web = HttpFetcher(AddressPolicy(url), clock=SystemClock(), ca_file=str(authority))
        with pytest.raises(NetworkError, match="certificate is not accepted"):
            web.get(url, limit_bytes=LIMIT, deadline_s=10)


def test_old_tls_is_refused(authority: Path) -> None:
    """Versions of TLS from before 1.2 are not spoken."""
    context = serving(authority)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with ScriptedServer(always(page()), tls=context).serve() as port, pytest.raises(NetworkError):
        secure(port, authority)
