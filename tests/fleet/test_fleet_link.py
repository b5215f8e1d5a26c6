"""The connection to a real broker: up, lost and back, refused, thrown out, flooded, lied to. Nobody who uses it ever waits."""

from __future__ import annotations

import base64
import hashlib
import queue
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.fleet import connection, topics
from player.fleet.connection import MAX_PACKET
from player.fleet.link import MAX_HEARD, PER_SECOND, THROWN_OUT, Link
from player.fleet.outgoing import AT_LEAST_ONCE, Outgoing
from player.fleet.reconnect import Pace
from player.fleet.topics import Kind
from player.fleet.wanted import Broker
from player.units import SECOND
from tests.fakes.broker import Broker as Mosquitto
from tests.fakes.broker import Papers, Visitor, broker, free_port, needs_mosquitto, until

pytestmark = needs_mosquitto

ID: Final = "oswiecim-1"
STATUS: Final = topics.of_player(ID, Kind.STATUS)
ORDER: Final = topics.command(ID, "dark")


class Hasty(Pace):
    """A pace for tests: whoever is lost is back in a moment."""

    def after(self, failures: int, chance: float) -> int:
        """Return a moment."""
        del failures, chance
        return SECOND // 50


@contextmanager
def link_to(where: Mosquitto | Broker, *, papers: tuple[Path, Path] | None = None, ca: Path | None = None) -> Generator[Link]:
    """A player's connection."""
    if isinstance(where, Broker):
        at = where
    else:
        files = {"ca": str(ca or (where.papers.ca if where.papers else "")) or None}
        files |= {"certificate": str(papers[0]), "key": str(papers[1])} if papers else {}
        at = Broker("127.0.0.1", where.port, is_tls=where.papers is not None, **files)
    will = Outgoing(STATUS, b"gone", AT_LEAST_ONCE, retain=True)
    link = Link(at, ID, topics.heard_by(ID, ["memorial"]), will=will, pace=Hasty(ID), clock=SystemClock())
    with closing(link):
        link.start()
        yield link
    assert not link.is_at_work


def _heard(link: Link, most: int = 1) -> list[str]:
    found: list[str] = []

    def is_there() -> bool:
        while message := link.heard():
            found.append(message.payload.decode())
        return len(found) >= most

    until(is_there, "a message")
    return found


def test_what_is_said_arrives_and_what_comes_is_heard(tmp_path: Path) -> None:
    """Orders with where they are to be answered, hints for all and the group; and the other way, acknowledged by its token."""
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre, link_to(mosquitto) as link:
        centre.hear("wr/1/p/+/event")
        until(lambda: link.is_up)
        for topic in (topics.ALL_HINT, topics.group_hint("memorial"), ORDER, topics.command("krakow-1", "dark")):
            centre.say(topic, topic.encode())

        assert sorted(_heard(link, 3)) == sorted([topics.ALL_HINT, topics.group_hint("memorial"), ORDER])
        assert link.say(Outgoing("wr/1/p/oswiecim-1/event", b"hello", AT_LEAST_ONCE, token=7))
        until(lambda: link.acknowledged() == 7)
        until(lambda: centre.on("wr/1/p/oswiecim-1/event") == [b"hello"])


def test_a_broker_that_dies_is_found_again(tmp_path: Path) -> None:
    """Killed and started again at the same place, it has us back, and its retained words are heard anew."""
    with broker(tmp_path) as mosquitto, link_to(mosquitto) as link:
        until(lambda: link.is_up)
        mosquitto.kill()
        until(lambda: not link.is_up)
        assert not link.say(Outgoing(STATUS, b"x"))
        until(lambda: "nobody listens" in link.problem, "a reason")
        mosquitto.start()
        until(lambda: link.connections == 2)
        with Visitor(mosquitto.port) as centre:
            centre.say(topics.ALL_HINT, b"retained", retain=True)

        assert _heard(link) == ["retained"]


def test_orders_wait_for_a_short_absence(tmp_path: Path) -> None:
    """What the centre orders while a connection is being made again is delivered then: the broker keeps the session."""
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre:
        with link_to(mosquitto) as link:
            until(lambda: link.is_up)
        centre.say(ORDER, b"meanwhile")
        with link_to(mosquitto) as link:
            assert _heard(link) == ["meanwhile"]


def test_by_tls_and_certificates(tmp_path: Path) -> None:
    """With a certificate of the centre's, and the broker's believed by `ca`, it works as without."""
    papers = Papers(tmp_path / "papers")
    with broker(tmp_path, papers=papers) as mosquitto, link_to(mosquitto, papers=papers.sign(ID)) as link:
        until(lambda: link.is_up, link.problem)
        assert link.problem == ""


VARIABLE = "BROKER_PASSWORD"


def _hashed(name: str, password: str) -> str:
    """Return a line of Mosquitto's file of passwords (mosquitto_passwd writes such)."""
    salt, rounds = b"twelve bytes", 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, 64)
    return f"{name}:$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n"


def test_a_broker_in_the_house_may_ask_for_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right one lets us in; a wrong one, or one that is not there, is said in a line that does not hold it."""
    passwords = tmp_path / "passwords"
    passwords.write_text(_hashed("wall", "hunter2"))
    passwords.chmod(0o644)
    folder = tmp_path / "broker"
    folder.mkdir()
    text = f"allow_anonymous false\npassword_file {passwords}\n"
    with broker(folder, text) as mosquitto:
        at = Broker("127.0.0.1", mosquitto.port, is_tls=False, user="wall", password=f"env:{VARIABLE}")
        for password, words in (("hunter2", ""), ("hunter3", "refuses this player"), (None, f"has no {VARIABLE}")):
            monkeypatch.delenv(VARIABLE, raising=False)
            if password:
                monkeypatch.setenv(VARIABLE, password)
            with link_to(at) as link:
                until(lambda link=link: link.is_up or link.problem, "an answer")
                assert link.is_up is not bool(words)
                assert words in link.problem
                assert "hunter" not in link.problem


def test_nobody_throws_it_out_by_coming_under_its_id(tmp_path: Path) -> None:
    """A broker asks no certificate about ids of clients, and the newer one stays: so a player's cannot be guessed."""
    papers = Papers(tmp_path / "papers")
    with broker(tmp_path, papers=papers) as mosquitto, link_to(mosquitto, papers=papers.sign(ID)) as link:
        until(lambda: link.is_up, link.problem)
        with Visitor(mosquitto.port, name=ID, papers=papers) as other:
            other.say(STATUS, b"it is me")
            assert link.say(Outgoing(STATUS, b"still here", AT_LEAST_ONCE, token=1))
            until(lambda: link.acknowledged() == 1)
        assert link.connections == 1


def _nobodys(papers: Papers, folder: Path) -> tuple[tuple[Path, Path], Path]:
    return Papers(folder / "others").sign(ID), papers.ca


def _expired(papers: Papers, _folder: Path) -> tuple[tuple[Path, Path], Path]:
    return papers.sign(ID, is_expired=True), papers.ca


def _another_broker(papers: Papers, folder: Path) -> tuple[tuple[Path, Path], Path]:
    return papers.sign(ID), Papers(folder / "others").ca


def _lost_file(papers: Papers, folder: Path) -> tuple[tuple[Path, Path], Path]:
    return (folder / "gone.pem", folder / "gone-key.pem"), papers.ca


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (_nobodys, "certificate:"),
        (_expired, "certificate:"),
        (_another_broker, "certificate that is not believed here"),
        (_lost_file, "No such file"),
    ],
)
def test_certificates_that_do_not_fit(
    tmp_path: Path, how: Callable[[Papers, Path], tuple[tuple[Path, Path], Path]], why: str
) -> None:
    """Another authority's, one that has expired, a broker that is not ours, a file that is gone: a line says what to look at."""
    papers = Papers(tmp_path / "papers")
    files, ca = how(papers, tmp_path)
    with broker(tmp_path, papers=papers) as mosquitto, link_to(mosquitto, papers=files, ca=ca) as link:
        until(lambda: why in link.problem, f"{why}, but {link.problem!r}")
        assert not link.is_up
        assert "\n" not in link.problem


def test_a_name_that_leads_nowhere_keeps_nobody_waiting() -> None:
    """A broker that nobody listens at, tried again and again: saying, hearing and leaving take no time."""
    with link_to(Broker("127.0.0.1", free_port(), is_tls=False)) as link:
        until(lambda: "nobody listens" in link.problem)
        assert not link.say(Outgoing(STATUS, b"x"))
        assert link.heard() is None


def test_two_with_one_id(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They throw each other out a few times; then one says why in a line and leaves the broker to the other for minutes."""
    with broker(tmp_path) as mosquitto, link_to(mosquitto) as first:
        until(lambda: first.is_up)
        with link_to(mosquitto) as second:
            until(lambda: "another player with this id" in caplog.text)
            until(lambda: first.is_up != second.is_up)
            assert first.connections + second.connections <= 2 * THROWN_OUT + 1


def test_what_the_broker_says_for_us(tmp_path: Path) -> None:
    """Leaving properly, nothing is said in our name: the last word is our own."""
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre:
        with link_to(mosquitto) as link:
            until(lambda: link.is_up)
            link.say(Outgoing(STATUS, b"offline", AT_LEAST_ONCE, retain=True))
        centre.hear(STATUS)
        until(lambda: centre.on(STATUS))
        assert centre.on(STATUS) == [b"offline"]


def test_whoever_is_gone_without_a_word_is_told_to_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker says it in our name, and keeps it for whoever asks later; after a minute in truth, a second here."""
    monkeypatch.setattr(connection, "WILL_DELAY_S", 1)
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre:
        centre.hear(STATUS)
        lost = connection.Connection(ID, queue.Queue(), queue.SimpleQueue(), threading.Event().set)
        lost.begin(Broker("127.0.0.1", mosquitto.port, is_tls=False), Outgoing(STATUS, b"gone", AT_LEAST_ONCE, retain=True))

        def is_welcome() -> bool:
            lost.receive()
            return lost.is_welcome

        until(is_welcome)
        lost.end()

        until(lambda: centre.on(STATUS) == [b"gone"])


def test_a_million_bytes_are_not_delivered(tmp_path: Path) -> None:
    """A broker that keeps to the rules drops what is longer than we take, and goes on."""
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre, link_to(mosquitto) as link:
        until(lambda: link.is_up)
        centre.say(ORDER, bytes(1_000_000))
        centre.say(ORDER, b"next")
        assert _heard(link) == ["next"]
        assert link.connections == 1


def test_a_storm_is_read_slowly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of messages at once: no more wait than may, it is said once, and an order behind them still comes."""
    with broker(tmp_path) as mosquitto, Visitor(mosquitto.port) as centre, link_to(mosquitto) as link:
        until(lambda: link.is_up)
        for number in range(PER_SECOND * 2):
            centre.say(ORDER, str(number).encode())
        centre.say(ORDER, b"last")
        most = 0

        def is_last() -> bool:
            nonlocal most
            most = max(most, link._heard.qsize())  # pyright: ignore[reportPrivateUsage]
            message = link.heard()
            return message is not None and message.payload == b"last"

        until(is_last)
        assert most <= MAX_HEARD
        assert caplog.text.count("far too much") == 1


CONNACK: Final = bytes([0x20, 3, 0, 0, 0])
LIES: Final = {
    "a packet of 200 MB": bytes([0x30, 0xFF, 0xFF, 0xFF, 0x7F]),
    "a length without end": bytes([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    "a topic longer than its packet": bytes([0x30, 4, 0xFF, 0xFF, 1, 2]),
    "a topic that is no text": bytes([0x30, 6, 0, 2, 0xFF, 0xFE, 0, 1]),
    "properties that are none": bytes([0x30, 8, 0, 1, 97, 4, 0xFE, 0xFE, 0xFE, 0xFE]),
    "an acknowledgement of nothing": bytes([0x40, 2, 0xFF, 0xFF]),
    "an acknowledgement of half a number": bytes([0x40, 1, 0xFF]),
    "a packet of a kind that there is not": bytes([0x00, 0]),
    "a packet that only players send": bytes([0x10, 0]),
    "an empty message": bytes([0x30, 0]),
    "words of another protocol": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
@pytest.mark.parametrize("is_polite", [True, False])
def test_a_broker_that_lies(lie: bytes, *, is_polite: bool) -> None:
    """Whatever bytes come instead of a broker's, the connection is given up or goes on, and it is tried again."""
    stopped, visits = threading.Event(), [0]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not stopped.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                with peer:
                    peer.settimeout(5)
                    peer.recv(1000)
                    visits[0] += 1
                    peer.sendall((CONNACK if is_polite else b"") + lie)

        liar = threading.Thread(target=serve)
        liar.start()
        try:
            with link_to(Broker("127.0.0.1", server.getsockname()[1], is_tls=False)) as link:
                until(lambda: visits[0] >= 3, "another attempt")
                assert link.is_at_work
        finally:
            stopped.set()
            liar.join()


def test_a_packet_too_long_is_not_read() -> None:
    """Of a packet of 200 MB not a byte is kept: its length alone ends the connection."""
    broken = connection.Connection(ID, queue.Queue(), queue.SimpleQueue(), threading.Event().set)
    with pytest.raises(ConnectionError, match=str(MAX_PACKET)):
        broken._sock_recv(200_000_000)  # pyright: ignore[reportPrivateUsage]
