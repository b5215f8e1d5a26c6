"""The sockets: real connections on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from player.clock import SystemClock
from player.errors import NetworkError
from player.projector.call import Call
from player.projector.keeper import Keeper, call_of, visitor_of
from player.projector.pjlink import Verb
from player.projector.section import Projector
from player.projector.steps import Do
from player.projector.visit import Deed
from player.projector.wanted import Aim, Goal
from player.projector.wire import Wire, wake
from player.units import SECOND
from tests.fakes.projector import Device, Emulator, Quirk

CLOCK = SystemClock()
LONG = 10 * SECOND


def device(*quirks: Quirk, password: str | None = None) -> Device:
    """A projector that needs no time for anything."""
    return Device(CLOCK, *quirks, warm_s=0, cool_s=0, password=password)


def calling(port: int, stopped: threading.Event | None = None, host: str = "127.0.0.1") -> Call:
    """What asks it."""
    return call_of(host, port, None, clock=CLOCK, stopped=stopped or threading.Event())


@pytest.mark.parametrize("quirk", [None, Quirk.JUNK, Quirk.PIECES, Quirk.JOINED, Quirk.CLOSES_EACH, Quirk.CRLF], ids=str)
def test_a_projector_is_asked_over_tcp(quirk: Quirk | None) -> None:
    """The same conversation as in memory."""
    with Emulator(device(*([quirk] if quirk else []))) as there:
        call = calling(there.port)
        assert [call.ask(Verb.POWER).text, call.ask(Verb.POWER, "1").text, call.ask(Verb.POWER).text] == ["0", "OK", "1"]
        call.close()


def test_a_password_of_four_letters_is_read_from_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Projectors take shorter ones than feeds do."""
    monkeypatch.setenv("PJ_TEST", "beam")
    with Emulator(device(password="beam")) as there:  # noqa: S106 - the fake's
        call = call_of("127.0.0.1", there.port, "env:PJ_TEST", clock=CLOCK, stopped=threading.Event())
        assert call.ask(Verb.POWER).text == "0"
        call.close()


def test_a_flood_is_hung_up_on() -> None:
    """Two gigabytes without an end of line: some kilobytes are read."""
    with Emulator(device(Quirk.FLOOD)) as there, pytest.raises(NetworkError, match="does not speak PJLink"):
        calling(there.port).ask(Verb.POWER)


def test_the_second_caller_of_one_that_takes_one_is_told_so() -> None:
    """And served once the first has hung up."""
    with Emulator(device(), one_at_a_time=True) as there:
        first, second = calling(there.port), calling(there.port)
        first.ask(Verb.POWER)
        with pytest.raises(NetworkError, match="another control"):
            second.ask(Verb.POWER)
        first.close()
        answered = False
        for _ in range(100):
            try:
                answered = second.ask(Verb.POWER).text == "0"
                break
            except NetworkError:
                CLOCK.wait(threading.Event(), SECOND // 100)
        assert answered
        second.close()


def test_nobody_there_is_one_sentence() -> None:
    """A closed port, on both kinds of address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NetworkError, match="takes no connection"):
        calling(port).ask(Verb.POWER)
    with pytest.raises(NetworkError, match=r"takes no connection|cannot be"):
        calling(port, host="::1").ask(Verb.POWER)


def test_an_interface_that_is_gone_is_one_sentence() -> None:
    """An address that names it cannot even be tried: one of our errors, and no end of the process."""
    with pytest.raises(NetworkError, match="cannot be"):
        Wire("fe80::1%gone", 4352, clock=CLOCK, stopped=threading.Event())


def test_waiting_ends_when_the_player_does() -> None:
    """A silent projector does not keep the process from ending."""
    stopped = threading.Event()
    with Emulator(device(Quirk.SILENT)) as there:
        wire = Wire("127.0.0.1", there.port, clock=CLOCK, stopped=stopped)
        timer = threading.Timer(0.05, stopped.set)
        timer.start()
        with pytest.raises(NetworkError, match="the player ends"):
            wire.receive(CLOCK.monotonic() + LONG)
        timer.join()
        wire.close()


def test_a_deadline_holds() -> None:
    """Nothing comes: a TimeoutError, and the wire is still there."""
    with Emulator(device(Quirk.SILENT)) as there:
        wire = Wire("127.0.0.1", there.port, clock=CLOCK, stopped=threading.Event())
        with pytest.raises(TimeoutError):
            wire.receive(CLOCK.monotonic() + SECOND // 100)
        wire.close()
        wire.close()


def test_a_magic_packet_is_what_a_network_card_waits_for() -> None:
    """Six times 255, then the hardware address sixteen times."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as card:
        card.bind(("127.0.0.1", 0))
        card.settimeout(5)
        wake("00:26:AB:12:34:56", "127.0.0.1", port=card.getsockname()[1])
        assert card.recv(200) == b"\xff" * 6 + bytes.fromhex("0026ab123456") * 16


def test_a_packet_that_cannot_be_sent_is_one_of_our_errors() -> None:
    """A machine without a network, or here a port that there is not."""
    with pytest.raises(NetworkError, match="cannot be woken"):
        wake("00:26:AB:12:34:56", "127.0.0.1", port=0)


def test_a_keeper_does_as_it_is_told_and_ends_when_it_is_told() -> None:
    """A real thread, a real socket: off, on, open; what was done is told; a visit that hangs is broken off."""
    deeds: list[Deed] = []
    stopped, opened = threading.Event(), threading.Event()

    def done(_name: str, deed: Deed) -> None:
        deeds.append(deed)
        if deed.do is Do.UNMUTE:
            opened.set()

    there = Emulator(device())
    there.device.is_on = there.device.is_muted = True
    with there:
        projector = Projector(host="127.0.0.1", port=there.port)
        visitor = visitor_of(projector, clock=CLOCK, stopped=stopped, lit_at=None)
        keeper = Keeper("left", visitor, clock=CLOCK, stopped=stopped, done=done)
        keeper.want(Goal(Aim.OPEN, ""))
        keeper.start()
        assert opened.wait(10)
        keeper.check()
        stopped.set()
        keeper.end()
    assert deeds == [Deed(Do.UNMUTE, "OK")]
    assert not there.device.is_muted


def test_our_own_fault_in_a_thread_is_not_swallowed() -> None:
    """The process ends with it, and is started anew."""

    class Broken:
        """A visitor with a mistake in it."""

        known = visitor_of(Projector(host="127.0.0.1"), clock=CLOCK, stopped=threading.Event(), lit_at=None).known

        def visit(self, aim: Aim, *, latest: Callable[[], Aim] | None = None) -> tuple[Deed, ...]:
            """Fall over."""
            del latest
            raise ZeroDivisionError(aim)

        def pause(self) -> int:
            """Never."""
            return 0

    stopped = threading.Event()
    keeper = Keeper("left", Broken(), clock=CLOCK, stopped=stopped, done=lambda _name, _deed: None)
    keeper.want(Goal(Aim.OPEN, ""))
    keeper.start()
    keeper.end()
    with pytest.raises(ZeroDivisionError):
        keeper.check()
