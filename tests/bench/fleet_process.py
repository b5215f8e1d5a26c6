"""What the fleet's process costs a player: memory, processor, and bytes a day: `python -m tests.bench.fleet_process`.

    python -m tests.bench.fleet_process [--seconds 120]

The real process, with a real Mosquitto by TLS and certificates, a screen's word that changes as a wall's does, and a centre that
signs. Every byte goes through a relay on loopback that counts; TCP's and IP's own heads are not in it. First at rest; then one of
each message is weighed; then a thousand messages a second come that nobody signed. A day is put together from these: a report
every five minutes, a picture every hour, twenty changes with a report and an event each, one new connection, and the keepalive.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from player.clock import SystemClock
from player.fleet import topics
from player.fleet.envelope import seal
from player.fleet.messages import Desired, Order
from player.fleet.topics import Kind
from player.fleet.wire import Plain
from player.library import record_file, sources
from player.library.heard import STATUS, dated
from player.library.library import Library, open_library
from player.screen.preview import write_previews
from player.settings import Configuration, Settings, keep_clean
from player.show.playlist import Playlist
from player.units import MILLISECOND, SECOND, Nanos
from tests.bench.soak import memory_mb
from tests.fakes.broker import Papers, Visitor, broker, needs_mosquitto, until

NAME: Final = "oswiecim-1"
TICKS: Final = os.sysconf("SC_CLK_TCK")
DAY_S: Final = 86_400
CHANGES: Final = 20  # of a day: shows, dark, a feed that is late; each is a report and an event
REPORTS: Final = 3  # that are weighed
SLIDE_S: Final = 10
FLOOD: Final = 1000  # messages a second
AROUND: Final = 30  # bytes about a message: a record of TLS 1.3, and what MQTT 5 writes before a topic and a payload
PIECE: Final = 65_536


class Relay:
    """Hands on what comes to a port, both ways, and counts."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.up = self.down = 0
        """Bytes from the player, and to it."""
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def count(self) -> int:
        """Bytes in both directions."""
        return self.up + self.down

    def close(self) -> None:
        """End it."""
        for each in (self._server, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._server, *self._open):
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += (near, far)
                for one, other, is_up in ((near, far, True), (far, near, False)):
                    self._threads.append(threading.Thread(target=self._hand_on, args=(one, other), kwargs={"is_up": is_up}))
                    self._threads[-1].start()

    def _hand_on(self, one: socket.socket, other: socket.socket, *, is_up: bool) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                self.up, self.down = self.up + len(piece) * is_up, self.down + len(piece) * (not is_up)
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


class Screen:
    """Says once a second how a wall is, as the screen does, and keeps pictures of it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._clock = SystemClock()
        self._stopped = threading.Event()
        self.show = "facade"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        wall = np.random.default_rng(7).integers(0, 256, (135, 240, 3), np.uint8).repeat(4, 0).repeat(4, 1)
        second = 0
        while not self._clock.wait(self._stopped, SECOND):
            second += 1
            write_previews(self._library.folder, wall, self._clock.wall())
            record_file.write(self._library.folder / STATUS, dated(self._said(second), self._clock.monotonic()))
            if second % SLIDE_S == 0:  # as a cue that is stored: the process sees that the library has moved
                self._library.connection.execute("UPDATE sources SET confirmed_at=?", (self._clock.wall(),))

    def _said(self, second: int) -> dict[str, object]:
        return {
            "at": self._clock.wall(),
            "show": self.show,
            "slot": "evening",
            "rung": "live",
            "slide": "photo",
            "photos": [f"campaign/2026-01-27-{second // SLIDE_S:016}"],
            "dark": False,
            "dim": 100,
            "clock_trusted": True,
            "frames": {"frames": second * 60, "late": second // 7, "median_ms": 6.25, "p99_ms": 11.5},
            "films": {},
            "outputs": [{"id": f"output-{number}", "display": "", "why": "x" * 60, "size": [1920, 1080]} for number in range(4)],
        }


@dataclass
class Bench:
    """One player's process, and the centre."""

    pid: int
    relay: Relay
    centre: Visitor
    key: Ed25519PrivateKey
    library: Library
    screen: Screen
    clock: SystemClock
    _seq: int = 0

    def order(self, topic: str, body: dict[str, Plain]) -> None:
        """Say something that is signed."""
        ts = self.clock.wall() // MILLISECOND
        self._seq = max(self._seq + 1, ts)
        payload = seal(body, to=topic, seq=self._seq, ts=ts, key=self.key)
        self.centre.say(topic, payload, retain=topic.endswith(Kind.DESIRED))

    def wait(self, length: Nanos) -> None:
        """Let time pass."""
        self.clock.wait(threading.Event(), length)

    def heard(self, kind: Kind) -> int:
        """Return how many messages came of a *kind*."""
        return len(self.centre.on(topics.of_player(NAME, kind)))

    def said(self) -> int:
        """Return how many bytes everything came to that the player has said so far."""
        return sum(len(each.payload) + len(each.topic) + AROUND for each in list(self.centre.messages))

    def weighed(self, kind: Kind, cause: Callable[[], None], count: int = 1) -> float:
        """Return how many bytes go by until *count* more of a *kind* have come, for each."""
        before, known = self.relay.count, self.heard(kind)
        cause()
        until(lambda: self.heard(kind) >= known + count, f"a {kind}")
        self.wait(SECOND // 2)
        return (self.relay.count - before) / (self.heard(kind) - known)

    def spent_s(self) -> float:
        """Return how much processor time the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def phase(self, name: str, seconds: int, cause: Callable[[], None]) -> float:
        """Print what the process takes while something goes on; return bytes a second."""
        spent, bytes_before, began = self.spent_s(), self.relay.count, self.clock.monotonic()
        cause()
        self.wait(seconds * SECOND - (self.clock.monotonic() - began))
        passed = (self.clock.monotonic() - began) / SECOND
        share, rate = (self.spent_s() - spent) / passed * 100, (self.relay.count - bytes_before) / passed
        resident = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        print(f"{name}: RSS {resident:.1f} MB, PSS {memory_mb(self.pid):.1f} MB, {share:.2f} % of a core, {rate:.1f} bytes/s")
        return rate


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=120, help="of rest; the flood takes half of it")
    asked = parser.parse_args()
    if needs_mosquitto.args[0]:
        sys.exit(str(needs_mosquitto.kwargs["reason"]))
    with tempfile.TemporaryDirectory() as folder, begun(Path(folder)) as bench:
        measure(bench, asked.seconds)


def measure(bench: Bench, seconds: int) -> None:
    """Rest, weigh, flood; and put a day together."""
    until(lambda: bench.heard(Kind.REPORT), "the first report")
    bench.wait(20 * SECOND)  # with the picture of the show that began
    connection = bench.relay.count
    known = bench.said()
    rest = bench.phase("at rest", seconds, lambda: None) * seconds - (bench.said() - known)
    desired = topics.of_player(NAME, Kind.DESIRED)
    bench.order(desired, Desired(report_s=5).body())
    bench.wait(6 * SECOND)
    report = bench.weighed(Kind.REPORT, lambda: None, REPORTS)
    bench.order(desired, Desired(report_s=300).body())
    bench.wait(3 * SECOND)
    event = bench.weighed(Kind.EVENT, lambda: note(bench))
    picture = bench.weighed(Kind.PICTURE, lambda: look(bench))
    keepalive = max(0.0, rest) / seconds * DAY_S
    day = keepalive + (288 + CHANGES) * report + 24 * picture + CHANGES * event + connection
    print(f"bytes: a report {report:.0f}, an event {event:.0f}, a picture that was asked for {picture:.0f}, a start {connection}")
    print(f"a day: {day / 1e6:.2f} MB, of which keepalive {keepalive / 1e6:.2f} MB")
    bench.phase("flooded", seconds // 2, lambda: flood(bench, seconds // 2))
    bench.phase("at rest again", max(10, seconds // 4), lambda: None)


def note(bench: Bench) -> None:
    """Let a show be missed."""
    bench.library.orders.note(
        "missed", {"slot": "s", "show": "facade", "start": bench.clock.wall(), "why": "x"}, at=bench.clock.wall()
    )


def look(bench: Bench) -> None:
    """Ask for a picture."""
    expires = bench.clock.wall() // MILLISECOND + 60_000
    bench.order(topics.command(NAME, "look"), Order("look", expires, {}).body())


def flood(bench: Bench, seconds: int) -> None:
    """Say much that is not signed, to where the player listens."""
    ends = bench.clock.monotonic() + seconds * SECOND
    payload = b'{"body":{"spread":0},"key":"0123456789abcdef","seq":1,"sig":"' + b"A" * 86 + b'==","to":"wr/1/all/hint","ts":1}'
    while bench.clock.monotonic() < ends:
        for topic in (topics.ALL_HINT, topics.command(NAME, "go")):
            for _ in range(FLOOD // 20):
                bench.centre.say(topic, payload, qos=0)
        bench.wait(SECOND // 10)


@contextmanager
def begun(folder: Path) -> Generator[Bench]:
    """Run the process, and everything around it."""
    papers, key, data = Papers(folder / "papers"), Ed25519PrivateKey.generate(), folder / "data"
    certificate, secret = papers.sign(NAME)
    public = folder / "centre.pub"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with broker(folder / "broker", papers=papers) as found, closing(Relay(found.port)) as relay:
        fleet = {"broker": f"mqtts://127.0.0.1:{relay.port}", "id": NAME, "groups": ["memorial"], "centre": str(public)}
        files = {"certificate": str(certificate), "key": str(secret), "ca": str(papers.ca)}
        settings = Settings.model_validate({"fleet": fleet | files, "storage": {"data": str(data)}})
        playlists = {"wall": Playlist.model_validate({"slides": ["words"]})}
        keep_clean(Configuration(settings=settings, playlists=playlists, home=str(folder)))
        (folder / "config.yaml").write_text(f"fleet: {{id: {NAME}}}\n", "utf-8")
        with (
            closing(open_library(data, writer="screen")) as library,
            Visitor(found.port, "centre", papers) as centre,
            closing(Screen(declared(library))) as screen,
        ):
            centre.hear(*topics.said_by_all())
            with process(folder) as running:
                yield Bench(running.pid, relay, centre, key, library, screen, SystemClock())


def declared(library: Library) -> Library:
    """Return *library* with three feeds."""
    sources.declare(library.connection, {name: name for name in ("campaign", "museum", "core")})
    library.connection.execute("UPDATE sources SET lease_s=604800, confirmed_at=?", (SystemClock().wall(),))
    return library


@contextmanager
def process(folder: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run the fleet's process alone."""
    words = ["fleetlink", "--config", str(folder / "config.yaml"), "--data", str(folder / "data")]
    with subprocess.Popen([sys.executable, "-m", "player", *words]) as running:
        try:
            yield running
        finally:
            running.terminate()


if __name__ == "__main__":
    main()
