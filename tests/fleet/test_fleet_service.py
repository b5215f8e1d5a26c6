"""The fleet's process with a real broker and a real library: the centre hints and orders, the player obeys and tells."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from player.clock import SystemClock
from player.command.replies import done, written
from player.fleet import service, topics
from player.fleet.envelope import seal
from player.fleet.messages import Coming, Desired, Hint, Release, Withdrawn
from player.fleet.section import Fleet
from player.fleet.service import Belonging, Shelf, run
from player.fleet.topics import Kind
from player.fleet.wanted import Broker, Wanted
from player.heartbeat import Heartbeat
from player.library import programmes, retention
from player.library.library import open_library
from player.library.trusted_time import TrustedClock, trusted_clock
from player.settings import keep_clean, load
from player.units import MILLISECOND
from tests.fakes.broker import PATIENCE_S, Papers, Visitor, broker, needs_mosquitto, until
from tests.fakes.broker import Broker as Mosquitto
from tests.fakes.home import CLEAN, Home

ROOT: Final = Path(__file__).parents[2]
ID: Final = "oswiecim-1"
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EVENT: Final = topics.of_player(ID, Kind.EVENT)
STATUS: Final = topics.of_player(ID, Kind.STATUS)
REPORT: Final = topics.of_player(ID, Kind.REPORT)


class Centre(Visitor):
    """The centre, at the broker."""

    seq = 0

    def tell(self, topic: str, body: Any, *, retain: bool = False, off_ms: int = 0) -> bytes:
        """Say something, signed."""
        now = SystemClock().wall() // MILLISECOND + off_ms
        self.seq = max(self.seq + 1, now)
        payload = seal(body, to=topic, seq=self.seq, ts=now, key=KEY)
        self.say(topic, payload, retain=retain)
        return payload

    def order(self, verb: str, *, off_ms: int = 0, **arguments: str) -> bytes:
        """Order something."""
        expires = SystemClock().wall() // MILLISECOND + 60_000
        body = {"verb": verb, "arguments": arguments, "expires_at": expires}
        return self.tell(topics.command(ID, verb), body, off_ms=off_ms)

    def withdraw(self, number: int, item: str) -> None:
        """Withdraw an item everywhere."""
        now = SystemClock().wall() // MILLISECOND
        self.tell(topics.ALL_HINT, Hint(0, 7, (Withdrawn(number=number, item=item, at=now),)).body(), retain=True)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind that came."""
        return [found for payload in self.on(EVENT) if (found := json.loads(payload))["kind"] == kind]


class Player:
    """A player whose process is stepped in a thread, and whose screen answers when it is told to."""

    def __init__(self, folder: Path, where: Broker) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        key = folder / "centre.pub"
        key.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        self.wanted = Wanted(broker=where, player=ID, groups=("memorial",), centre=str(key), feed="campaign", site="Oświęcim")
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        self.screen = open_library(self.folder, writer="screen")
        self.belonging = Belonging(self.wanted, self.folder, clock=_clock())
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._thread.join()
        self.screen.close()

    def _run(self) -> None:
        clock = SystemClock()
        self.belonging.start()
        while not self.stopped.is_set():
            self.belonging.step(clock.monotonic())
            clock.wait(self.belonging.link.news, 20 * MILLISECOND)
            self.belonging.link.news.clear()
        self.belonging.close()

    def answers(self) -> list[str]:
        """Let the screen answer what waits for it; return what that was."""
        found = self.screen.orders.waiting("screen")
        for each in found:
            self.screen.orders.answer(each.id, str(done("dark")), at=0, reply=written(done("dark")))
        return [each.verb for each in found]

    def withdrawn(self) -> set[str]:
        """Return what is withdrawn here."""
        return {each.item for each in self.screen.orders.tombstones()}


def _clock() -> TrustedClock:
    return trusted_clock()


@contextmanager
def world(folder: Path, text: str = "") -> Generator[tuple[Mosquitto, Centre, Player]]:
    """A broker, a centre that hears everything, and a player that is up."""
    with broker(folder / "broker", text) as mosquitto, Centre(mosquitto.port, "centre", is_kept=bool(text)) as centre:
        centre.hear(*topics.said_by_all())
        with Player(folder / "data", Broker("127.0.0.1", mosquitto.port, is_tls=False)) as player:
            until(lambda: centre.on(STATUS), "a status")
            yield mosquitto, centre, player


@needs_mosquitto
def test_a_player_says_that_it_is_there_and_how_it_is(tmp_path: Path) -> None:
    """Online, retained, with how often it began; a report; and offline as it leaves."""
    with world(tmp_path) as (_, centre, _player):
        until(lambda: centre.on(REPORT), "a report")
    with broker(tmp_path / "again") as mosquitto, Centre(mosquitto.port, "centre") as centre:
        centre.hear(STATUS)
        with Player(tmp_path / "data", Broker("127.0.0.1", mosquitto.port, is_tls=False)):
            until(lambda: centre.on(STATUS))
        until(lambda: len(centre.on(STATUS)) == 2)
        said = [json.loads(payload) for payload in centre.on(STATUS)]

    assert [each["state"] for each in said] == ["online", "offline"]
    assert [each["boot"] for each in said] == [2, 2]
    assert said[0]["session"] == said[1]["session"]


@needs_mosquitto
def test_a_withdrawal_arrives_and_its_receipt_goes_back(tmp_path: Path) -> None:
    """On record at once; the feed is to be fetched; and the centre hears under its own number how far it has come."""
    with world(tmp_path) as (_, centre, player):
        centre.withdraw(7, "p-17")
        until(lambda: player.withdrawn() == {"p-17"}, "a withdrawal")
        until(lambda: [each["w"] for each in centre.events("receipt")] == [7], "a receipt")
        until(lambda: [each.verb for each in player.screen.orders.waiting("ingest")] == ["fetch"], "a fetch")

        assert centre.events("receipt")[0]["here"] is False


@needs_mosquitto
def test_an_order_arrives_and_its_answer_goes_back(tmp_path: Path) -> None:
    """Left for the screen, answered once it has answered; played back, answered the same and done once."""
    with world(tmp_path) as (_, centre, player):
        payload = centre.order("dark")
        until(lambda: player.answers() == ["dark"], "an order")
        until(lambda: centre.events("answer"), "an answer")
        centre.say(topics.command(ID, "dark"), payload)
        until(lambda: len(centre.events("answer")) == 2, "the same answer")

        first, second = ({key: each[key] for key in ("to", "ok", "text")} for each in centre.events("answer"))
        assert first == second
        assert first["ok"]
        assert player.answers() == []


@needs_mosquitto
def test_orders_that_count_for_nothing(tmp_path: Path) -> None:
    """An hour off, forged, another player's, in the wrong order, or no JSON at all: nothing is done, and the next is obeyed."""
    with world(tmp_path) as (_, centre, player):
        centre.order("dark", off_ms=-3_600_000)
        until(lambda: "clock" in str(centre.events("answer")), "a word about the clock")
        body: dict[str, Any] = {"verb": "dark", "arguments": {}, "expires_at": 2**52}
        forged = seal(body, to=topics.command(ID, "dark"), seq=2**52, ts=0, key=Ed25519PrivateKey.generate())
        others = seal(body, to=topics.command("krakow-1", "dark"), seq=2**52, ts=0, key=KEY)
        for payload in (forged, others, b"[" * 4000, b"{}", b"\xff" * 100, bytes(5000)):
            centre.say(topics.command(ID, "dark"), payload)
        older = centre.order("next")
        until(lambda: player.answers() == ["next"], "an order")
        centre.order("hold")
        until(lambda: player.answers() == ["hold"], "another order")
        centre.say(topics.command(ID, "next"), older)
        until(lambda: len(centre.events("answer")) == 4, "all answers")

        assert player.answers() == []


@needs_mosquitto
def test_what_happens_without_a_broker_is_told_afterwards(tmp_path: Path) -> None:
    """The broker is gone; what the journal takes down meanwhile comes when it is back, in order and once."""
    kept = f"persistence true\npersistence_location {tmp_path}/\n"  # the centre was away as well
    with world(tmp_path, kept) as (mosquitto, centre, player):
        mosquitto.stop()
        until(lambda: not player.belonging.link.is_up)
        for name in ("first", "second", "third"):
            what: dict[str, object] = {"slot": "evening", "show": name, "start": 1, "why": "no power"}
            player.screen.orders.note("missed", what, at=SystemClock().wall())
        mosquitto.start()
        until(lambda: len(centre.events("show missed")) >= 3, "what happened")

        assert [each["show"] for each in centre.events("show missed")] == ["first", "second", "third"]


@needs_mosquitto
def test_what_is_desired_is_heard_at_once(tmp_path: Path) -> None:
    """How many players there are counts from then on, and a report says how often one comes."""
    with world(tmp_path) as (_, centre, player):
        centre.tell(topics.of_player(ID, Kind.DESIRED), Desired(10_000, 7).body(), retain=True)
        until(lambda: player.belonging.link.pace.players == 10_000)
        until(lambda: any(json.loads(each)["report_s"] == 7 for each in centre.on(REPORT)), "a report")


def _set_aside(player: Player) -> None:
    """Let the library be found damaged and begun anew, as the screen does at its next start."""
    player.screen.close()
    for path in player.folder.glob("library.sqlite*"):
        path.unlink()
    player.screen = open_library(player.folder, writer="screen")


def _wipe(player: Player) -> None:
    """Let nothing of anybody be kept any more."""
    retention.wipe(player.screen)


@needs_mosquitto
@pytest.mark.parametrize("loses", [_set_aside, _wipe])
def test_a_library_that_begins_anew_hears_of_programmes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loses: Callable[[Player], None]
) -> None:
    """What was announced and committed is written down once more, on the same connection: the broker is asked for it."""
    monkeypatch.setattr(service, "MISS_EVERY", 100 * MILLISECOND)
    release = Release("v1", "ab" * 32, SystemClock().wall() // MILLISECOND + 3_600_000)
    with world(tmp_path) as (_, centre, player):
        centre.tell(topics.group_hint("memorial"), Hint(0, coming=Coming(release, 9)).body(), retain=True)
        centre.tell(topics.commit("memorial"), release.body(), retain=True)

        def is_known() -> bool:
            found = programmes.every(player.screen.connection)
            return [(each.hash, each.is_committed, each.size) for each in found] == [(release.hash, True, 9)]

        until(is_known, "the programme")
        connections = player.belonging.link.connections
        loses(player)
        assert not is_known()
        until(is_known, "the programme once more")
        assert player.belonging.link.connections == connections


@needs_mosquitto
def test_orders_that_begin_anew_hear_of_withdrawals_again(tmp_path: Path) -> None:
    """Somebody deletes the databases of a player that runs: what the centre has withdrawn is withdrawn again."""
    with world(tmp_path) as (_, centre, player):
        centre.withdraw(7, "p-17")
        until(lambda: player.withdrawn() == {"p-17"}, "a withdrawal")
        player.screen.close()
        for path in player.folder.glob("*.sqlite*"):
            path.unlink()
        player.screen = open_library(player.folder, writer="screen")
        until(lambda: player.withdrawn() == {"p-17"}, "the withdrawal once more")


@needs_mosquitto
def test_a_storm_changes_nothing(tmp_path: Path) -> None:
    """Hundreds of forged messages, and a withdrawal behind them: it is obeyed, and no queue has grown."""
    with world(tmp_path) as (_, centre, player):
        for number in range(120):
            centre.say(topics.command(ID, "dark"), b'{"n":%d}' % number)
        centre.withdraw(7, "p-17")
        until(lambda: player.withdrawn() == {"p-17"}, "a withdrawal")

        assert player.answers() == []


@needs_mosquitto
def test_its_process_goes_by_the_configuration(tmp_path: Path) -> None:
    """It begins with the last clean copy, begins anew when that is another one, and ends when it is told to."""
    papers = Papers(tmp_path / "papers")
    certificate, key = papers.sign(ID)
    home = Home(tmp_path)
    with broker(tmp_path / "broker", papers=papers) as mosquitto, Centre(mosquitto.port, "centre", papers) as centre:
        centre.hear(STATUS, topics.of_player("krakow-1", Kind.STATUS), REPORT)

        def configured(name: str) -> None:
            fleet = Fleet(broker=mosquitto.address, id=name, certificate=str(certificate), key=str(key), ca=str(papers.ca))
            configuration = home.clean(f"{CLEAN}storage: {{data: data}}\n")
            keep_clean(configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"fleet": fleet})}))

        configured(ID)
        stopped, again = threading.Event(), threading.Event()

        def serve() -> None:
            run(str(home.file), None, clock=_clock(), heartbeat=Heartbeat(None), stopped=stopped, reload=again)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            until(lambda: centre.on(STATUS), "a status")
            configured("krakow-1")
            until(lambda: centre.on(topics.of_player("krakow-1", Kind.STATUS)), "a status by another name")
            until(lambda: len(centre.on(STATUS)) == 2, "a farewell")
        finally:
            stopped.set()
            thread.join()
        assert not thread.is_alive()


@needs_mosquitto
def test_as_a_process_it_comes_and_goes(tmp_path: Path) -> None:
    """Started as `run` starts it: online; and told to end, offline, and gone without a fault."""
    home = Home(tmp_path)
    with broker(tmp_path / "broker") as mosquitto, Centre(mosquitto.port, "centre") as centre:
        centre.hear(STATUS)
        home.clean(f"{CLEAN}storage: {{data: data}}\nfleet: {{broker: '{mosquitto.address}', id: {ID}}}\n")
        configuration = load(home.file).configuration
        assert configuration
        keep_clean(configuration)
        words = [sys.executable, "-m", "player", "fleetlink", "--config", str(home.file)]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                until(lambda: centre.on(STATUS), "a status")
                process.terminate()
                said, _ = process.communicate(timeout=PATIENCE_S)
            finally:
                process.kill()
        until(lambda: len(centre.on(STATUS)) == 2, "a farewell")

    assert process.returncode == 0
    assert [json.loads(each)["state"] for each in centre.on(STATUS)] == ["online", "offline"]
    assert "Traceback" not in said


def test_a_library_that_is_replaced_is_opened_anew(tmp_path: Path) -> None:
    """Whoever sets the files aside is not deaf to us, nor we to them."""
    shelf = Shelf(tmp_path / "data", _clock())
    first = shelf()
    (tmp_path / "data").rename(tmp_path / "aside")
    shelf.check()
    second = shelf()
    shelf.close()

    assert first is not second
    assert (tmp_path / "data" / "orders.sqlite").exists()


def test_its_process_loads_nothing_that_is_heavy() -> None:
    """Neither the schema, nor YAML, nor whatever draws or decodes: it shares a small machine with the show."""
    words = "import sys, player.cli.program, player.fleet.service, player.library.trusted_time; print('\\n'.join(sys.modules))"
    out = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.partition(".")[0] for name in out}
    assert "paho" in rooms
    assert not rooms & {"pydantic", "yaml", "PIL", "numpy", "pygame", "cv2", "requests", "rich", "tuf", "zoneinfo", "decimal"}


def test_a_library_that_cannot_be_opened_harms_nothing(tmp_path: Path) -> None:
    """A data folder that is a file: the process lives, says so in its reports, and tries again."""
    folder = tmp_path / "data"
    folder.write_text("no folder")
    found = Belonging(Wanted(broker=Broker("127.0.0.1", 1, is_tls=False), player=ID), folder, clock=_clock())
    found.start()
    try:
        for _ in range(3):
            found.step(SystemClock().monotonic())
    finally:
        found.close()
