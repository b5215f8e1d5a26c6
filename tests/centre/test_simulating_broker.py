"""A small fleet against the real programs: Mosquitto as the centre sets it up, nginx before the feed, and what goes wrong."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from player.centre.simulating import mischief, serving
from player.centre.simulating.codec import Connack, Connect, Packet, Puback, Publish, Suback, Subscribe, Will
from player.centre.simulating.line import Broker as Reached
from player.centre.simulating.line import Line, Traffic
from player.centre.simulating.parts import Part, Plan, Scheduled
from player.centre.simulating.performing import Found
from player.centre.simulating.run import Outcome, simulate
from player.centre.simulating.stage import Wishes, put_up
from player.centre.simulating.tables import as_object, tell
from player.clock import SystemClock
from player.errors import OperatorError
from tests.fakes.broker import PATIENCE_S, Broker, broker, needs_mosquitto, until

PLAYERS: Final = 50
needs_nginx: Final = pytest.mark.skipif(serving.found("nginx") is None, reason="needs nginx, a cache: apt install nginx")


@dataclass
class Guest:
    """Somebody on a line, who keeps what is heard."""

    packets: list[Packet] = field(default_factory=list[Packet])
    line: Line | None = None
    why: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def opened(self, line: Line) -> None:
        """Have a line."""
        self.line = line

    def heard(self, packet: Packet) -> None:
        """Keep it."""
        self.packets.append(packet)
        self.news.set()

    def lost(self, line: Line, why: str) -> None:
        """Note why."""
        del line
        self.why = why
        self.news.set()

    def say(self, packet: Packet) -> None:
        """Say something."""
        assert self.line
        self.line.send(packet)

    async def end(self) -> None:
        """Wait until the line is gone."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.why:
                self.news.clear()
                await self.news.wait()

    async def hear(self, is_it: Callable[[Packet], bool]) -> Packet:
        """Return the first packet that is wanted, once it is here."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := [each for each in self.packets if is_it(each)]):
                self.news.clear()
                await self.news.wait()
        return found[0]


async def _come(at: Broker, hello: Connect) -> Guest:
    guest = Guest()
    await Reached("127.0.0.1", at.port).open(hello, guest, Traffic())
    await guest.hear(lambda packet: isinstance(packet, Connack) and packet.reason == 0)
    return guest


def _with_broker(folder: Path, act: Callable[[Broker], Awaitable[None]]) -> None:
    async def both(at: Broker) -> None:
        await act(at)

    with broker(folder) as at:
        asyncio.run(both(at))


@needs_mosquitto
def test_the_codec_speaks_with_a_real_broker(tmp_path: Path) -> None:
    """A message with all its properties goes through Mosquitto and comes out as it went in; it is acknowledged."""
    properties = (("message_expiry", 60), ("response_topic", "answers"), ("correlation", b"\x00\xff"), ("user", ("a", "b")))

    async def act(at: Broker) -> None:
        ear = await _come(at, Connect(client="ear"))
        ear.say(Subscribe(number=1, filters=(("talk/+", 1),)))
        assert await ear.hear(lambda packet: isinstance(packet, Suback)) == Suback(number=1, reasons=(1,))
        mouth = await _come(at, Connect(client="mouth"))
        mouth.say(Publish(topic="talk/ä", payload=b"x" * 4000, qos=1, number=7, properties=properties))
        assert await mouth.hear(lambda packet: isinstance(packet, Puback)) == Puback(number=7)
        heard = await ear.hear(lambda packet: isinstance(packet, Publish))
        assert isinstance(heard, Publish)
        assert (heard.topic, heard.payload, heard.qos) == ("talk/ä", b"x" * 4000, 1)
        assert set(properties) - {("message_expiry", 60)} <= set(heard.properties)
        for guest in (ear, mouth):
            guest.say(Puback(number=heard.number))
            assert guest.line
            guest.line.close()
        await asyncio.sleep(0)

    _with_broker(tmp_path, act)


@needs_mosquitto
def test_a_will_is_said_and_a_second_of_the_same_id_throws_the_first_out(tmp_path: Path) -> None:
    """What a real broker does with a cut line and with two of one id is read as it is."""

    async def act(at: Broker) -> None:
        ear = await _come(at, Connect(client="ear"))
        ear.say(Subscribe(number=1, filters=(("wills", 0),)))
        await ear.hear(lambda packet: isinstance(packet, Suback))
        first = await _come(at, Connect(client="twin", will=Will(topic="wills", payload=b"gone")))
        second = await _come(at, Connect(client="twin", will=Will(topic="wills", payload=b"gone")))
        await first.end()  # Mosquitto 2.0 closes it without a word; later ones say 0x8E before
        ear.packets.clear()
        assert second.line
        second.line.cut("a cable is pulled")
        said = await ear.hear(lambda packet: isinstance(packet, Publish))
        assert isinstance(said, Publish)
        assert said.payload == b"gone"
        assert ear.line
        ear.line.close()
        await asyncio.sleep(0)

    _with_broker(tmp_path, act)


def _simulated(wishes: Wishes, *parts: tuple[Part, float]) -> tuple[Outcome, Found]:
    planned = Plan(tuple(Scheduled(part, most_s) for part, most_s in parts), ())
    outcome = simulate(wishes, planned, clock=SystemClock(), say=lambda _: None)
    return outcome, outcome.evidence.found


@needs_mosquitto
@needs_nginx
def test_a_small_fleet_bears_everything_that_goes_wrong() -> None:
    """Restart, a third offline, wrong clocks, a misbehaving group, no origin: everybody confirms, nothing is lost or believed."""
    outcome, found = _simulated(
        Wishes(players=PLAYERS),
        (Part.WITHDRAWAL, PATIENCE_S),
        (Part.CLOCKS, PATIENCE_S),
        (Part.RASCALS, 3.0),
        (Part.ORIGIN, 2.0),
        (Part.THIRD, PATIENCE_S),
        (Part.RESTART, 10 * PATIENCE_S),
    )
    seen = outcome.evidence

    assert found.arrived == PLAYERS
    assert set(found.withdrawals) == {Part.WITHDRAWAL, Part.RASCALS, Part.THIRD}
    assert all(told.is_confirmed for told in found.withdrawals.values())
    assert len(found.withdrawals[Part.THIRD].expected) == PLAYERS - PLAYERS // 3
    assert found.wrong_clocks == (20, 20)
    assert found.right_clocks == (20, 20)
    assert (seen.forged, seen.tally.disbelieved, found.rascal_losses) == (0, 0, 0)
    assert found.mischief > 0
    assert found.down_failed == 0
    assert found.back == PLAYERS
    assert found.back_s is not None
    assert seen.tally.dropped == 0
    assert {"Mosquitto", "nginx", "simulated players"} <= outcome.peak.keys()
    assert as_object(outcome)["players"] == PLAYERS


@needs_mosquitto
def test_a_small_fleet_speaks_tls(capsys: pytest.CaptureFixture[str]) -> None:
    """With TLS everybody has a certificate of the centre's, and confirms; what came of it is told in tables."""
    from rich.console import Console

    outcome, found = _simulated(Wishes(players=12, has_tls=True), (Part.WITHDRAWAL, PATIENCE_S))

    assert found.arrived == 12
    assert found.withdrawals[Part.WITHDRAWAL].is_confirmed
    tell(outcome, Console(width=140))
    assert "players connected" in capsys.readouterr().out


@needs_mosquitto
def test_without_nginx_the_origin_serves_the_feed_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache here: the origin answers, it is said, and what only a cache can hold is not tried."""
    here = serving.found

    def found(program: str) -> str | None:
        return None if program == "nginx" else here(program)

    monkeypatch.setattr(serving, "found", found)

    outcome, _ = _simulated(Wishes(players=12))

    assert "nginx is not installed" in outcome.notes[0]
    assert outcome.evidence.requests is None


def test_without_a_broker_it_says_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Mosquitto: one line that says what to install."""
    monkeypatch.setattr(serving, "found", _nothing)

    with pytest.raises(OperatorError, match="apt install mosquitto"):
        _simulated(Wishes(players=12))


def _nothing(*_: object) -> None:
    """Find nothing, change nothing."""


def _few(_: int) -> tuple[int, int]:
    """Allow few open files."""
    return 1024, 1024


@needs_mosquitto
def test_nothing_is_left_when_it_is_ended() -> None:
    """Ctrl-C in the middle: one sentence, and no process or folder of it stays."""
    code = (
        # Where tests run in the background, a shell may have had Ctrl-C ignored for all that it starts.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from player.centre.simulating.run import simulate\n"
        "from player.centre.simulating.parts import plan\nfrom player.centre.simulating.stage import Wishes\n"
        "from player.clock import SystemClock\nfrom player.errors import OperatorError\nimport sys\n"
        "try: simulate(Wishes(players=20), plan(20, 600, ()), clock=SystemClock(), say=lambda line:"
        " (sys.stdout.write(line + chr(10)), sys.stdout.flush()))\n"
        "except OperatorError as error: sys.stdout.write(f'said: {error}')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if line.startswith("nothing happens"):
            break
    below = _below(process.pid)
    assert below
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=PATIENCE_S)

    assert rest.startswith("said: ended before it was over")
    until(lambda: not any(Path(f"/proc/{each}").exists() for each in below), "the end of all processes")


def _below(pid: int) -> list[int]:
    """Return the processes that *pid* has started, and theirs."""
    own = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*own, *(each for child in own for each in _below(child))]


@needs_mosquitto
def test_a_broker_is_told_what_the_centre_tells_its_own() -> None:
    """The simulation's configuration is the centre's but for addresses, files, and, without TLS, who is believed."""

    async def texts() -> list[str]:
        async with put_up(Wishes(players=12), SystemClock()) as stage:
            folder = stage.office.folder.parent / "broker"
            assert (folder / "acl").stat().st_mode & 0o777 == 0o600
            return [(folder / "mosquitto.conf").read_text(), (folder / "acl").read_text()]

    conf, acl = asyncio.run(texts())

    assert re.search(r"^listener \d+ 127\.0\.0\.1$", conf, re.MULTILINE)
    assert "max_queued_messages" in conf
    assert "require_certificate" not in conf
    assert ("user root" in conf) is (os.geteuid() == 0)
    assert "pattern write wr/1/p/%u/event" in acl


def test_too_many_players_for_the_open_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """More connections than a process may have open: said before anything is started, with how many are possible."""
    monkeypatch.setattr(serving.resource, "getrlimit", _few)
    monkeypatch.setattr(serving.resource, "setrlimit", _nothing)

    with pytest.raises(OperatorError, match="at most 824 players"):
        serving.make_room(10_000)


def test_the_misbehaving_say_what_no_player_may() -> None:
    """Their foreign messages carry a mark, so that one that comes through is known for what it is."""
    assert mischief.name_of(7).startswith(mischief.PREFIX)
    assert len(mischief.DEEDS) == 5
