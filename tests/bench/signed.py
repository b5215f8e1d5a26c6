"""What a signed feed costs: `python -m tests.bench.signed [--items 100000]`.

Reads a feed of that many items from local files into a new library, then one more approval and an idle poll over HTTP from the
publisher's own server, counting requests and bytes.
"""

from __future__ import annotations

import argparse
import socket
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from player.clock import SystemClock
from player.ingest.intake import Intake
from player.library import anchors
from player.library.library import Library, open_library
from player.library.trusted_time import trusted_clock
from player.publish.server import Server
from player.sections import Feed
from player.settings import Configuration, Settings
from tests.fakes.repository import Repository


class Meter:
    """Stands before the server and counts what passes: connections, and bytes of answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests = 0
        self.received = 0
        self.bodies = 0
        self._thread = threading.Thread(target=self._run, name="meter")
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.requests += 1
            with client, socket.create_connection(("127.0.0.1", self._port)) as server:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(65536)
                server.sendall(head)
                answer = b""
                while piece := server.recv(65536):
                    answer += piece
                client.sendall(answer)
                self.received += len(answer)
                self.bodies += len(answer.partition(b"\r\n\r\n")[2])

    def close(self) -> None:
        """End."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def intake_of(library: Library, url: str, root: bytes) -> Intake:
    """Return an intake with the feed as its only source."""
    if anchors.pinned(library.orders.connection, "wall") is None:
        anchors.pin(library.orders.connection, "wall", anchors.Root(root, 1), by="bench", at=1)
    feed = Feed.model_validate({"kind": "jsonfeed", "url": url, "trust": "signed"})
    made = Intake(Configuration(settings=Settings(feeds={"wall": feed}), playlists={}, home="/"), library, trusted_clock(library))
    made.declare()
    return made


def ask(intake: Intake) -> float:
    """Ask the feed once and take in what it answers; return how many seconds that took."""
    began = time.perf_counter()
    turn = intake.turns["wall"]
    for answer in turn.asker.ask(intake.before(turn.asker.source)):
        error = intake.take_in(answer)
        if error:
            raise SystemExit(str(error))
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    items = parser.parse_args().items
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="signed-") as folder:
        public = Path(folder) / "public"
        repository = Repository(now=clock.wall())
        repository.approve_all(f"p-{number:012x}" for number in range(items))
        for path in [path for path in repository.files if path.startswith("photos/")]:
            del repository.files[path]  # a hundred thousand little files would only take time
        repository.write(public)
        with closing(open_library(Path(folder) / "local", writer="bench")) as library:
            took = ask(intake_of(library, str(public), repository.root))
            (count,) = library.connection.execute("SELECT count(*) FROM photos WHERE state='approved'").fetchone()
            print(f"{count:,} items verified and in the library, from local files: {took:.1f} s")
        server = Server(public, clock=clock)
        server.start()
        meter = Meter(server.port)
        with closing(open_library(Path(folder) / "web", writer="bench")) as library:
            intake = intake_of(library, f"http://127.0.0.1:{meter.port}/", repository.root)
            ask(intake)
            over_http(intake, repository, public, meter)
        meter.close()
        server.stop()


def over_http(intake: Intake, repository: Repository, public: Path, meter: Meter) -> None:
    """One approval, then polls that find nothing new."""
    for what in ("one more approval", "idle poll, the time signed anew", "idle poll"):
        if what == "one more approval":
            repository.approve("one-more", b"one more")
        elif "anew" in what:
            repository.tick()
        repository.write(public)
        meter.requests = meter.received = meter.bodies = 0
        took = ask(intake)
        print(f"{what}: {meter.requests} requests, bodies {meter.bodies:,} B, {meter.received:,} B in all, {took * 1000:.0f} ms")


if __name__ == "__main__":
    main()
