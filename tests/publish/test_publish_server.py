"""The file server of a publication, over real sockets on 127.0.0.1."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from player.clock import Clock, SystemClock
from player.errors import OperatorError
from player.publish.server import ANSWERING, ASKING, HOST, MAX_AT_ONCE, Server, serve
from tests.fakes.clock import FakeClock

TIMESTAMP = b'{"signatures":[{"keyid":"' + b"0" * 64 + b'","sig":"' + b"0" * 128 + b'"}],"signed":{}}'
PATIENCE_S = 10  # for whatever must happen and takes milliseconds


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A published folder, beside a file that is nobody's business."""
    (tmp_path / "key.pem").write_bytes(b"secret")
    folder = tmp_path / "public"
    (folder / "metadata").mkdir(parents=True)
    (folder / "photos").mkdir()
    (folder / "metadata" / "timestamp.json").write_bytes(TIMESTAMP)
    (folder / "photos" / ("a" * 64)).write_bytes(bytes(range(256)) * 1000)
    return folder


@contextmanager
def serving(folder: Path, clock: Clock | None = None, port: int = 0) -> Generator[Server]:
    """Serve *folder* for a while."""
    server = Server(folder, clock=clock or SystemClock(), port=port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    """Ask once; the path goes out as it is."""
    connection = HTTPConnection(HOST, server.port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def said(server: Server, request: bytes) -> bytes:
    """Send *request* on a new connection, and return every byte that comes."""
    told = b""
    # Closed before all of the request was read, a connection may end with a reset.
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_S) as wire, suppress(ConnectionError):
        wire.sendall(request)
        while piece := wire.recv(65_536):
            told += piece
    return told


def test_a_file_comes_as_it_is_with_its_length(public: Path) -> None:
    """GET gives the bytes and their number, HEAD the number alone, and no program's name."""
    with serving(public) as server:
        answer, body = ask(server, "/photos/" + "a" * 64)
        head, nothing = ask(server, "/photos/" + "a" * 64, "HEAD")

    assert (answer.status, body) == (HTTPStatus.OK, bytes(range(256)) * 1000)
    assert answer.headers["Content-Length"] == head.headers["Content-Length"] == "256000"
    assert (head.status, nothing) == (HTTPStatus.OK, b"")
    assert answer.headers["Server"] is None


def test_a_file_that_is_known_is_not_sent_again(public: Path) -> None:
    """Asked with its ETag, the answer is 304 without a body; after an atomic replacement it is sent anew."""
    with serving(public) as server:
        first, _ = ask(server, "/metadata/timestamp.json")
        known = first.headers["ETag"]
        again, nothing = ask(server, "/metadata/timestamp.json", **{"If-None-Match": f'"other", W/{known}'})
        (public / "metadata" / ".new").write_bytes(TIMESTAMP.swapcase())
        (public / "metadata" / ".new").replace(public / "metadata" / "timestamp.json")
        new, body = ask(server, "/metadata/timestamp.json", **{"If-None-Match": known})

    assert (again.status, nothing, again.headers["ETag"]) == (HTTPStatus.NOT_MODIFIED, b"", known)
    assert (new.status, body) == (HTTPStatus.OK, TIMESTAMP.swapcase())


def test_an_idle_poll_costs_little(public: Path) -> None:
    """The two answers of an idle poll, a root that is not there and a timestamp of 600 bytes, are 1.5 KB at most."""
    (public / "metadata" / "timestamp.json").write_bytes(b"x" * 600)
    with serving(public) as server:
        missing = said(server, b"GET /metadata/2.root.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        timestamp = said(server, b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert missing.startswith(b"HTTP/1.1 404 ")
    assert missing.endswith(b"\r\n\r\n")
    assert len(missing) + len(timestamp) <= 1500


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/metadata",
        "/metadata/",
        "/../key.pem",
        "/metadata/../../key.pem",
        "/%2e%2e/key.pem",
        "/metadata/%2e%2e/%2e%2e/key.pem",
        "/metadata\\timestamp.json",
        "/metadata/timestamp.json?x",
        "/metadata/timestamp.json/",
        "/metadata/.half",
        "/metadata/timestamp.json%00",
        "/link",
        "/away/key.pem",
        "/pipe",
        "/nothing",
        "http://127.0.0.1/key.pem",
    ],
)
def test_nothing_but_files_below_the_folder_is_found(public: Path, path: str) -> None:
    """No way up, no escape, no link, no folder, no pipe and no half-written file leads anywhere."""
    (public / "metadata" / ".half").write_bytes(b"half")
    (public / "link").symlink_to(public.parent / "key.pem")
    (public / "away").symlink_to(public.parent)
    os.mkfifo(public / "pipe")
    with serving(public) as server:
        answer = said(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_line",
    [b"POST /x HTTP/1.1", b"DELETE /metadata/timestamp.json HTTP/1.1", b"nonsense", b"GET /x HTTP/9.9", b"GET /" + b"x" * 70_000],
    ids=["post", "delete", "nonsense", "version", "endless"],
)
def test_anything_else_is_refused_in_few_words(public: Path, request_line: bytes) -> None:
    """Another method, or what is no HTTP, gets a status and no page."""
    with serving(public) as server:
        answer = said(server, request_line + b"\r\n\r\n")

    assert answer == b"" or answer.split(b" ")[1] in {b"400", b"414", b"501", b"505"}
    assert b"<" not in answer


def test_the_folder_may_be_a_link_that_is_turned_over(public: Path, tmp_path: Path) -> None:
    """The folder's own name is looked up at each request."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.json").write_bytes(b"other")
    current = tmp_path / "current"
    current.symlink_to(public)
    with serving(current) as server:
        before, _ = ask(server, "/index.json")
        current.unlink()
        current.symlink_to(other)
        after, body = ask(server, "/index.json")

    assert before.status == HTTPStatus.NOT_FOUND
    assert (after.status, body) == (HTTPStatus.OK, b"other")


def test_it_listens_to_this_machine_alone(public: Path) -> None:
    """The address it listens on is 127.0.0.1, and so is the one it gives."""
    with serving(public) as server:
        assert server.url == f"http://127.0.0.1:{server.port}/"
        with pytest.raises(OperatorError, match=str(server.port)):
            Server(public, clock=SystemClock(), port=server.port)
    with pytest.raises(OperatorError, match="not a folder"):
        Server(public / "nowhere", clock=SystemClock())


def test_who_does_not_ask_is_cut(public: Path) -> None:
    """A client that drips its request is cut when its time is up, and others are answered meanwhile."""
    clock = FakeClock()
    with serving(public, clock) as server, socket.create_connection((HOST, server.port), timeout=PATIENCE_S) as slow:
        slow.sendall(b"GET /metadata/timestamp.json HTTP/1.1\r\n")
        other, _ = ask(server, "/metadata/timestamp.json")  # accepted after the slow one, which thus has a place
        clock.advance(ASKING)

        assert other.status == HTTPStatus.OK
        assert slow.recv(100) == b""


def test_who_does_not_take_the_answer_is_cut(public: Path) -> None:
    """A client that reads a photo slower than a player would wait for is cut."""
    clock = FakeClock()
    (public / "photos" / "large").write_bytes(bytes(20_000_000))
    with serving(public, clock) as server, socket.create_connection((HOST, server.port), timeout=PATIENCE_S) as slow:
        slow.sendall(b"GET /photos/large HTTP/1.1\r\n\r\n")
        first = slow.recv(1000)
        clock.advance(ANSWERING)
        while rest := slow.recv(65_536):
            first += rest

    assert first.startswith(b"HTTP/1.1 200 ")
    assert len(first) < 20_000_000


def test_there_is_room_for_so_many_and_then_again(public: Path) -> None:
    """With every place taken a newcomer is closed unanswered; when places are free again, it is answered."""
    clock = FakeClock()
    with serving(public, clock) as server:
        taken = [socket.create_connection((HOST, server.port), timeout=PATIENCE_S) for _ in range(MAX_AT_ONCE)]
        with socket.create_connection((HOST, server.port), timeout=PATIENCE_S) as late:
            turned_away = late.recv(100)
        clock.advance(ASKING)
        ends = [wire.recv(100) for wire in taken]
        for wire in taken:
            wire.close()
        while (answer := said(server, b"GET /metadata/timestamp.json HTTP/1.1\r\n\r\n")) == b"":
            pass  # the last of them is about to leave

    assert turned_away == b""
    assert ends == [b""] * MAX_AT_ONCE
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_stopping_leaves_no_thread_and_no_port(public: Path) -> None:
    """After `stop`, although a client holds a connection, every thread has ended and the port can be taken again."""
    before = set(threading.enumerate())
    with serving(public) as server, socket.create_connection((HOST, server.port), timeout=PATIENCE_S):
        ask(server, "/metadata/timestamp.json")
        assert {"publication server", "publication answer"} <= {thread.name for thread in threading.enumerate()}

    assert set(threading.enumerate()) == before
    with serving(public, port=server.port) as again:
        assert ask(again, "/metadata/timestamp.json")[0].status == HTTPStatus.OK


def test_one_that_was_never_started_can_be_stopped(public: Path) -> None:
    """`stop` gives the port back even when nothing was ever answered."""
    server = Server(public, clock=SystemClock())
    server.stop()

    Server(public, clock=SystemClock(), port=server.port).stop()


def test_it_serves_until_it_is_stopped(public: Path) -> None:
    """`serve` tells the address at which it answers, and returns when it is stopped, leaving no thread."""
    before = set(threading.enumerate())
    stopped = threading.Event()
    told: list[str] = []

    def say(line: str) -> None:
        told.append(line)
        stopped.set()

    serve(public, port=0, clock=SystemClock(), stopped=stopped, say=say)

    assert "http://127.0.0.1:" in told[0]
    assert set(threading.enumerate()) == before
