"""The centre's connection: it comes back by itself, says what is wrong in a line, and is never held up by whoever answers."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from player.centre.link import Broker, Link, Message
from player.errors import NetworkError, OperatorError
from tests.fakes.broker import free_port, needs_mosquitto, until
from tests.fakes.centre import founded, running


@contextmanager
def _answering(content: bytes) -> Generator[int]:
    """Listen, and say *content* to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over, open_ones = threading.Event(), list[socket.socket]()

        def serve() -> None:
            while not over.is_set():
                try:
                    found, _ = server.accept()
                except TimeoutError:
                    continue
                open_ones.append(found)
                try:
                    found.sendall(content)
                except OSError:
                    continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()
            for each in open_ones:
                each.close()


@needs_mosquitto
def test_a_connection_comes_back_with_its_broker(tmp_path: Path) -> None:
    """The broker is killed and started again: it is heard of, what is retained is told again, and messages go out."""
    with running(tmp_path) as (office, broker), office.link("centre", topics=("wr/1/#",)).open() as link:
        link.publish(Message("wr/1/all/hint", b"1", is_retained=True))
        until(lambda: link.take(1, 0.1), "what was said")
        broker.stop()
        until(lambda: link.problem, "the end of the connection")
        with pytest.raises(NetworkError):
            link.publish(Message("wr/1/all/hint", b"2"))
        broker.start()
        until(lambda: link.is_connected, "the connection")
        until(lambda: [each.payload for each in link.take(5, 0.1) if each.is_retained] == [b"1"], "what is retained")
        link.publish(Message("wr/1/all/hint", b"3"))


@needs_mosquitto
def test_what_was_not_settled_is_sent_again(tmp_path: Path) -> None:
    """Messages that were taken and not kept come again to whoever keeps the session; those that were kept do not."""
    with running(tmp_path) as (office, _), office.link("other").open() as other:
        with office.link("centre", topics=("wr/1/p/+/event",), keeps_session=True).open() as link:
            for content in (b"kept", b"not kept"):
                other.publish(Message("wr/1/p/a/event", content))
            taken = link.take(1, 5)
            link.settle(taken)
            assert [each.payload for each in taken + link.take(1, 5)] == [b"kept", b"not kept"]
            other.publish(Message("wr/1/p/a/event", b"later"))
            until(lambda: link.take(1, 0.1), "the later one")
        with office.link("centre", topics=("wr/1/p/+/event",), keeps_session=True).open() as link:
            came = list[bytes]()
            until(lambda: came.extend(each.payload for each in link.take(5, 0.1)) or len(came) == 2, "what was not kept")

    assert came == [b"not kept", b"later"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\xff\xff\xff\xff\xff",
        b"\x20\x02\x00\x87",
        b"\x20\x03\x00\x00\x05",
        b"\xf0\x00",
    ],
)
def test_whoever_is_no_broker_is_a_line(content: bytes) -> None:
    """Silence, a web server, or anything else at the port: the attempt ends with a line, and so does the connection's thread."""
    with _answering(content) as port, pytest.raises(NetworkError, match=f"127.0.0.1:{port}"):
        Link(Broker("127.0.0.1", port), None, name="x").open(1.0)

    assert not [thread for thread in threading.enumerate() if thread.name == "broker"]


def test_leaving_takes_no_longer_than_an_attempt() -> None:
    """A connection that was never made is left at once."""
    link = Link(Broker("127.0.0.1", free_port()), None, name="x")
    link.start()
    link.close()

    assert not link.is_connected


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where paho is not installed a command says so in one line; nothing else of the centre needs it."""
    office = founded(tmp_path)
    monkeypatch.delitem(sys.modules, "player.centre.client", raising=False)
    for name in {"paho.mqtt", "paho.mqtt.client"} | {name for name in sys.modules if name.startswith("paho.mqtt.")}:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("player.centre.client", None, raising=False)
    monkeypatch.delattr("player.centre.client", raising=False)

    with pytest.raises(OperatorError, match="is not installed"):
        office.link("x")


def test_papers_that_cannot_be_used_are_a_line(tmp_path: Path) -> None:
    """Certificates that are missing, or not each other's, are named."""
    office = founded(tmp_path)
    (office.folder / "centre-client-key.pem").write_bytes((office.folder / "broker-key.pem").read_bytes())
    with pytest.raises(OperatorError, match="go together"):
        office.link("x")
    (office.folder / "ca.pem").unlink()
    with pytest.raises(OperatorError, match="cannot be read"):
        office.link("x")
