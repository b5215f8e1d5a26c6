"""The console on a real socket: what comes by wire that no page would send, a full house, TLS, ports, reloads, the end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import http.client
import re
import socket
import ssl
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.console import service
from player.console.door import porch, wire
from player.console.door.headers import ALWAYS
from player.console.house import House
from player.console.people.answers import Entered, Refused
from player.console.people.roles import Role
from player.library import dark
from player.library.library import open_library
from player.library.trusted_time import TrustedClock
from player.settings import with_data
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.home import CLEAN, Home
from tests.fakes.people import PASSWORD, added, log_in, people_in
from tests.fakes.served import Served, free_port, heard, served, until

OWN: Final = b"Host: 127.0.0.1:%d\r\n"
FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n"
LONG: Final = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: " + b"x" * 70_000


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A console that stays open."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder) as each:
        open_library(folder / "data", writer="a test").close()
        yield each


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, so that no test waits for it."""
    monkeypatch.setattr(service, "TICK", SECOND // 50)
    monkeypatch.setattr(service, "TRIED_AGAIN", (SECOND // 50,))


def get(console: Served, path: str, **headers: str) -> http.client.HTTPResponse:
    """Ask as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def press_dark(console: Served) -> bytes:
    """Open the log-in page and press Dark on it, by hand; return the answer's first line."""
    with console.connected() as first:
        first.sendall(f"GET /set-up HTTP/1.1\r\nHost: 127.0.0.1:{console.port}\r\nConnection: close\r\n\r\n".encode())
        page = heard(first)
    guest, token = re.search(rb"weremember-guest=([^;]+);", page), re.search(rb'name="csrf" value="([^"]+)"', page)
    assert guest
    assert token
    body = b"csrf=" + token[1]
    with console.connected() as second:
        own = f"127.0.0.1:{console.port}".encode()
        second.sendall(
            b"POST /dark HTTP/1.1\r\nHost: " + own + b"\r\nOrigin: http://" + own + b"\r\nConnection: close\r\n"
            b"Cookie: weremember-guest=" + guest[1] + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        return heard(second).partition(b"\r\n")[0]


def test_it_is_open_and_says_who_nobody_need_know(console: Served) -> None:
    """A page comes, with what every answer carries, and without the name of the server."""
    answer = get(console, "/set-up")

    assert answer.status == 200
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["server"] is None


def test_what_is_no_http_gets_a_short_answer(console: Served) -> None:
    """With what every answer carries, and the line is cut."""
    for request in (
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n",
        LONG,
    ):
        with console.connected() as connection:
            connection.sendall(request + b"\r\n\r\n")
            answer = heard(connection)
        assert answer == b"" or answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431"}
        assert not answer or b"content-security-policy" in answer


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        (b"GET /set-up HTTP/1.1", OWN, 200),
        (b"HEAD /set-up HTTP/1.1", OWN, 200),
        (b"GET /set%2Dup HTTP/1.1", OWN, 200),
        (b"OPTIONS /dark HTTP/1.1", OWN, 405),
        (b"OPTIONS * HTTP/1.1", OWN, 404),
        (b"HEAD /dark HTTP/1.1", OWN, 405),
        (b"TRACE /set-up HTTP/1.1", OWN, 405),
        (b"get /set-up HTTP/1.1", OWN, 405),
        (b"GET //set-up HTTP/1.1", OWN, 404),
        (b"GET /set-up/ HTTP/1.1", OWN, 404),
        (b"GET /./set-up HTTP/1.1", OWN, 404),
        (b"GET /x/../set-up HTTP/1.1", OWN, 404),
        (b"GET /set-up%00 HTTP/1.1", OWN, 404),
        (b"GET /photos/..%2f..%2fconsole.sqlite HTTP/1.1", OWN, 404),
        (b"GET http://evil.example/set-up HTTP/1.1", OWN, 404),
        (b"CONNECT evil.example:443 HTTP/1.1", OWN, 404),
        (b"GET /set-up HTTP/1.1", b"Host: evil.example\r\n", 421),
        (b"GET /set-up HTTP/1.1", b"Host: localhost.:%d\r\n", 421),
        (b"GET /set-up HTTP/1.1", b"Host:\r\n", 421),
        (b"GET /set-up HTTP/1.0", b"", 421),
        (b"GET /set-up HTTP/1.1", b"", 400),
        (b"GET /set-up HTTP/1.1", OWN + b"Host: evil.example\r\n", 400),
        (b"GET /" + b"x" * 600 + b" HTTP/1.1", OWN, 404),
        (b"POST /dark HTTP/1.1", OWN, 403),
        (b"POST /dark HTTP/1.1", OWN + b"Sec-Fetch-Site: none\r\n", 403),
        (b"POST /dark HTTP/1.1", OWN + b"Origin: null\r\n", 403),
        (b"POST /dark HTTP/1.1", OWN + b"Content-Length: 1\r\nContent-Length: 2\r\n", 400),
        (b"POST /dark HTTP/1.1", OWN + b"Content-Length: -1\r\n", 400),
        (b"POST /dark HTTP/1.1", OWN + b"Transfer-Encoding: gzip, chunked\r\n", 400),
        (b"POST /log-in HTTP/1.1", OWN + b"Origin: http://127.0.0.1:%d\r\nContent-Length: 9999999\r\n" + FORM, 413),
    ],
)
def test_what_no_browser_sends_gets_a_short_answer(console: Served, request_line: bytes, headers: bytes, status: int) -> None:
    """Each with a status of its own, with what every answer carries, and without doing anything."""
    with console.connected() as connection:
        named = headers.replace(b"%d", str(console.port).encode())
        connection.sendall(request_line + b"\r\n" + named + b"Connection: close\r\n\r\n")
        answer = heard(connection)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-security-policy" in answer
    assert dark.demanded(console.home.folder / "data") is None


def test_a_body_in_pieces_is_counted_as_one(console: Served) -> None:
    """Whatever length it says, and however small its pieces are: past the bound nothing more is read."""
    with console.connected() as connection:
        own = f"127.0.0.1:{console.port}".encode()
        head = b"POST /log-in HTTP/1.1\r\nHost: " + own + b"\r\nOrigin: http://" + own + b"\r\n" + FORM
        connection.sendall(head + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(20):
                connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        assert heard(connection).startswith(b"HTTP/1.1 413 ")


def test_whoever_says_nothing_is_hung_up_on(console: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is whoever says it a letter at a time, or stops in the middle of what they send."""
    monkeypatch.setattr(wire, "ARRIVES_WITHIN", SECOND // 20)
    for said in (b"", b"GET /log-in HTTP/1.1\r\nHost: x", b"POST /dark HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\ncsr"):
        with console.connected() as connection:
            connection.sendall(said)
            heard(connection)  # it ends


def test_a_full_house_makes_room_for_dark(console: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many connections are held open without a word, or in the middle of one, the next one gets in."""
    monkeypatch.setattr(wire, "MOST", 6)
    monkeypatch.setattr("player.console.ordering.ANSWERED_WITHIN", SECOND // 5)
    held: list[socket.socket] = []
    for number in range(24):
        connection = console.connected()
        connection.sendall((b"", b"GET /", b"POST /dark HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")[number % 3])
        held.append(connection)

    assert press_dark(console)[9:12] in {b"200", b"202"}  # the orders may be slower than the file
    assert dark.demanded(console.home.folder / "data") is not None
    for connection in held:
        connection.close()


def test_a_stream_says_how_everything_is(console: Served) -> None:
    """Somebody who has logged in hears of it at once, as it was asked for, by a connection that stays open."""
    folder = console.home.folder / "data"
    people = people_in(folder, SystemClock())
    added(people, "Vera", Role.VIEWER)
    token = log_in(people, "Vera").token
    with console.connected() as connection:
        own = f"127.0.0.1:{console.port}"
        asked = f"GET /live?of=now&of=receipts HTTP/1.1\r\nHost: {own}\r\nCookie: weremember-session={token}\r\n\r\n"
        connection.sendall(asked.encode())
        heard_so_far = b""
        while not (b"event: now" in heard_so_far and b"event: receipts" in heard_so_far):
            part = connection.recv(65_536)
            assert part
            heard_so_far += part

    assert b"content-type: text/event-stream" in heard_so_far
    assert b"cache-control: no-store" in heard_so_far
    people.close()


def test_it_beats_while_it_answers_itself(console: Served) -> None:
    """Without a screen and with nobody logged in: that is not its fault."""
    before = console.beats.count

    until(lambda: console.beats.count > before + 2)


def test_it_does_not_beat_when_it_cannot_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The supervisor then starts it anew."""
    # Less than nothing: no answer is soon enough, that of a moment ahead neither, which its opening gives it.
    monkeypatch.setattr("player.console.house.SILENT_FOR", -10 * SECOND)
    with served(tmp_path) as each:
        until(lambda: "the console does not answer itself" in caplog.text)
        before = each.beats.count
        until(each.is_open)

        assert each.beats.count == before


def test_it_goes_by_a_new_configuration(tmp_path: Path) -> None:
    """Another port is another socket; what is no business of the socket leaves it open; a fault leaves all as it was."""
    with served(tmp_path) as each:
        with each.connected():
            each.write("", "site: {name: Somewhere}\n")
            each.reload.set()
            until(lambda: not each.reload.is_set())
            assert each.is_open()
            each.home.file.write_text("nonsense")
            each.reload.set()
            until(lambda: not each.reload.is_set())
            assert each.is_open()
        before, each.port = each.port, free_port()
        each.write("")
        each.reload.set()
        until(each.is_open)
        each.port = before
        assert not each.is_open()


def test_it_can_be_switched_off_and_on(tmp_path: Path) -> None:
    """Off, it lives on and listens to nobody."""
    with served(tmp_path, "enabled: false", is_open=False) as each:
        until(lambda: each.beats.count > 3)
        assert not each.is_open()
        each.write("")
        each.reload.set()
        until(each.is_open)


def test_a_port_that_is_taken_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line says which and what to do; the process lives on, and opens when the port is free."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with served(tmp_path, is_open=False) as each:
            each.port = int(other.getsockname()[1])
            each.write("")
            each.reload.set()
            until(lambda: "the console cannot be opened; it is tried again" in caplog.text)
            before = each.beats.count
            until(lambda: each.beats.count > before + 5)
            assert caplog.text.count("the console cannot be opened") == 1
            other.close()
            until(each.is_open)


def test_with_its_own_certificate_it_speaks_tls_alone(tmp_path: Path) -> None:
    """Browsers that believe the certificate get pages by it, and nobody gets one without."""
    with served(tmp_path, "tls: own") as each:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "data" / "console-tls.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", each.port, timeout=20, context=trusting)
        connection.request("GET", "/set-up")
        answer = connection.getresponse()
        assert answer.status == 200
        assert (answer.headers["set-cookie"] or "").startswith("__Host-weremember-guest=")
        connection.close()
        with each.connected() as plain:
            plain.sendall(b"GET /set-up HTTP/1.1\r\nHost: x\r\n\r\n")
            assert heard(plain).startswith(b"HTTP/1.1 400 ")


def test_it_says_where_it_is_found(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By each name and address that its certificate covers."""
    caplog.set_level("INFO")
    with served(tmp_path, "tls: own, hosts: wall.example") as each:
        until(lambda: "the console is open" in caplog.text)
        (line,) = (record for record in caplog.records if record.getMessage() == "the console is open")
        found: dict[str, object] = vars(line)["fields"]
        assert found["address"] == f"https://wall.example:{each.port}/ https://127.0.0.1:{each.port}/"


def test_whoever_never_shakes_hands_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets that open and say nothing are few at a time, and whoever speaks TLS gets in beside them."""
    monkeypatch.setattr(porch, "SHAKING", 4)
    monkeypatch.setattr(porch, "SHAKEN_WITHIN_S", 60.0)
    with served(tmp_path, "tls: own") as each:
        held = [each.connected() for _ in range(40)]
        for connection in held[:-4]:
            assert heard(connection) == b""  # it is hung up on
        trusting = ssl.create_default_context(cafile=str(tmp_path / "data" / "console-tls.pem"))
        welcome = http.client.HTTPSConnection("127.0.0.1", each.port, timeout=20, context=trusting)
        welcome.request("GET", "/set-up")
        assert welcome.getresponse().status == 200
        for connection in (welcome, *held):
            connection.close()


def test_when_no_file_is_left_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knocks meanwhile is taken in a moment later."""
    monkeypatch.setattr(porch, "NO_FILES_S", 0.001)
    with served(tmp_path) as each:
        real, failures = socket.socket.accept, [OSError(errno.EMFILE, "Too many open files")] * 3

        def accept(listening: socket.socket) -> tuple[socket.socket, object]:
            if failures:
                raise failures.pop()
            return real(listening)

        monkeypatch.setattr(socket.socket, "accept", accept)
        assert get(each, "/set-up").status == 200
        assert not failures


def test_a_code_from_a_terminal_counts_however_wrong_the_clock_is(tmp_path: Path) -> None:
    """On a machine that woke in 1970: the console trusts its clock no more than that, and people's all the same."""
    home, clock = Home(tmp_path), FakeClock(wall=5 * SECOND)
    configuration = with_data(home.clean(f"{CLEAN}console: {{port: {free_port()}}}\n"), str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    terminal = people_in(tmp_path / "data", clock)

    async def tried() -> Entered | Refused:
        house = House(configuration, TrustedClock(clock, boot="this one"))
        await house._warming  # pyright: ignore[reportPrivateUsage] - it says a code of its own, and the newest alone counts
        found = await asyncio.to_thread(
            lambda: house._desk.people.found(terminal.new_code().text, "Ada", PASSWORD, address="127.0.0.1")  # pyright: ignore[reportPrivateUsage] - what its form asks
        )
        await house.close()
        return found

    assert isinstance(asyncio.run(tried()), Entered)
    terminal.close()


def test_a_wrong_certificate_is_told_and_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Files that are none leave nobody without a console: its own stands in."""
    (tmp_path / "a.pem").write_text("nonsense")

    with served(tmp_path, f"tls: {{certificate: {tmp_path / 'a.pem'}, key: {tmp_path / 'a.pem'}}}"):
        assert "the console's certificate cannot be used, its own stands in" in caplog.text


def test_it_ends_whatever_is_open(tmp_path: Path) -> None:
    """Connections that say nothing, or half of something, do not keep it; `served` waits for the end."""
    with served(tmp_path) as each:
        silent, half = each.connected(), each.connected()
        half.sendall(b"POST /dark HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        each.stopped.set()
        each.thread.join(20)

        assert not each.thread.is_alive()
        silent.close()
        half.close()
