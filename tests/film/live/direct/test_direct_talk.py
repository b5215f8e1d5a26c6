"""Streams by one connection: RTMP and RTSP are spoken in a confined child, and reach one server and nobody else."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.film import process
from player.film.decoder import Wanted
from player.film.live.decoder import Live, LiveState
from player.film.live.direct import relay
from player.film.live.direct.decoder import DirectDecoder
from player.film.live.direct.far import Far
from player.film.live.hosts import far_for
from player.film.process import film_command
from player.film.wire import Failed
from player.pictures.wire import Filters
from player.units import SECOND
from tests.fakes.authority import certify, serving
from tests.fakes.clock import PacedClock
from tests.fakes.talking import SONG, Script, Talker, metadata, rtmp, rtsp, saying
from tests.film.live.direct.test_direct import SIZE, Seat


def test_rtmp_is_seen_live() -> None:
    """Its pictures come, with sound; the server is asked by the name that the operator wrote."""
    talker = Talker(rtmp())
    with talker.serve() as port:
        seat = Seat(far_for(f"rtmp://localhost:{port}/live/key?token=1", (), allow=()), is_heard=True)
        seat.watch(lambda: len(seat.seen) >= 5 and Live(None, "") in seat.states)
        seat.close()
    said = bytes(talker.said).replace(b"\xc3", b"")
    assert f"rtmp://localhost:{port}/live".encode() in said
    assert b"key?token=1" in said


def test_rtsp_is_seen_live() -> None:
    """Its pictures come by the connection on which it was asked for."""
    talker = Talker(rtsp())
    with talker.serve() as port:
        seat = Seat(far_for(f"rtsp://localhost:{port}/ceremony", (), allow=()))
        seat.watch(lambda: len(seat.seen) >= 5 and Live(None, "") in seat.states)
        seat.close()
    assert b"PLAY rtsp://127.0.0.1:" in talker.said


@pytest.mark.parametrize(("scheme", "script"), [("rtmps", rtmp()), ("rtsps", rtsp())])
def test_encrypted_ones_are_seen(tmp_path: Path, scheme: str, script: Script) -> None:
    """The certificate is checked against the name, by the operator's own authority."""
    file = certify("localhost", tmp_path / "station.pem")
    talker = Talker(script, trusted=serving(file))
    with talker.serve() as port:
        seat = Seat(far_for(f"{scheme}://localhost:{port}/live/key", (), allow=(), ca_file=str(file)))
        seat.watch(lambda: len(seat.seen) >= 5 and Live(None, "") in seat.states)
        seat.close()


def test_one_that_comes_back_is_joined_again() -> None:
    """A server that ends the connection after half a second of film is asked again; what it gave is shown to its end."""
    talker = Talker(rtmp(replace(SONG, frames=12), lingers=False), rtmp())
    with talker.serve() as port:
        seat = Seat(far_for(f"rtmp://localhost:{port}/live/key", (), allow=()))
        seat.watch(lambda: talker.count >= 2 and len(seat.seen) >= 18)
        seat.close()
    assert 11 in seat.seen[:13]
    assert not any(isinstance(state, Failed) for state in seat.states)


def why_failed(source: Far) -> str:
    """Return why a stream was given up after its child had ended, in a time of its own."""
    clock = PacedClock()
    decoder = DirectDecoder(source, Wanted(size=SIZE), clock=clock, behind=SECOND)
    states: list[LiveState] = []
    never, has_begun = threading.Event(), False
    try:
        for _ in range(3000):
            states += decoder.hear()
            if states:
                break
            has_begun = has_begun or decoder.pid is not None
            if has_begun and decoder.pid is None:
                clock.advance(16 * SECOND)
            never.wait(0.002)
    finally:
        decoder.close()
        decoder.join()
    (state,) = states
    assert isinstance(state, Failed)
    return state.why


WEB_PAGE = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>" + b"no such thing" * 300


@pytest.mark.parametrize(
    ("scheme", "script", "why"),
    [
        ("rtmp", rtmp(status="NetStream.Play.StreamNotFound"), "its server does not give it"),
        ("rtsp", rtsp(status="404 Not Found"), "its server does not give it (Server returned 404 Not Found)"),
        ("rtsp", rtsp(sdp=b"v=0\r\ns=nothing\r\n"), "it has no moving pictures"),
        ("rtmp", saying(WEB_PAGE), "its server does not give it"),
        ("rtmp", saying(b"", then_lingers=False), relay.CLOSED),
        ("rtmp", rtmp(None, tail=metadata(3000), lingers=False), relay.CLOSED),
    ],
)
def test_what_is_no_stream_is_given_up_in_words(scheme: str, script: Script, why: str) -> None:
    """After fifteen seconds, with what its server said, as far as that can be known."""
    talker = Talker(script)
    with talker.serve() as port:
        told = why_failed(far_for(f"{scheme}://localhost:{port}/live/key", (), allow=()))
    assert why in told
    assert "key" not in told


def test_without_the_kernels_filters_nobody_is_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where calls cannot be filtered, a library would open connections itself: it is said, and not tried."""

    def none(**_: bool) -> Filters:
        return Filters()

    monkeypatch.setattr(process, "filters_for", none)
    talker = Talker(rtmp())
    with talker.serve() as port:
        assert "only where the kernel filters system calls" in why_failed(
            far_for(f"rtmp://localhost:{port}/live/key", (), allow=())
        )
    assert not talker.said


def test_ten_connections_leave_nothing_behind() -> None:
    """Children that die at once are started again, each with a connection of its own; both are gone afterwards."""
    before, threads = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    clock, never = PacedClock(), threading.Event()
    talker = Talker(saying(b""))
    with talker.serve() as port:
        far = far_for(f"rtmp://localhost:{port}/live/key", (), allow=())
        command = (*film_command()[:4], "raise SystemExit(1)")
        decoder = DirectDecoder(far, Wanted(size=SIZE), clock=clock, behind=SECOND, command=command)
        for _ in range(4000):
            decoder.hear()
            if decoder.pid is None:
                clock.advance(SECOND // 4)
            never.wait(0.001)
            if talker.count >= 10:
                break
        decoder.close()
        decoder.join()
    assert talker.count >= 10
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert threading.active_count() <= threads  # one that looked up a name before may have ended meanwhile


def test_a_server_that_resets_connections_is_asked_until_it_bears_one() -> None:
    """One that is started again sends them away at first; then its stream has a child that holds on to it."""

    def reset(link: socket.socket, _talker: Talker) -> None:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a close that is a reset

    clock, never = PacedClock(), threading.Event()
    talker = Talker(*[reset] * 5, saying(b""))
    with talker.serve() as port:
        far = far_for(f"rtmp://localhost:{port}/live/key", (), allow=())
        command = (*film_command()[:4], "import time; time.sleep(60)")
        decoder = DirectDecoder(far, Wanted(size=SIZE), clock=clock, behind=SECOND, command=command)
        for _ in range(4000):
            decoder.hear()
            never.wait(0.001)
            if talker.count < 6:
                clock.advance(SECOND // 4)
            elif decoder.pid is not None:
                break
        for _ in range(20):
            decoder.hear()
            never.wait(0.001)
        assert decoder.pid is not None
        decoder.close()
        decoder.join()
    assert talker.count == 6


def why_ended(far: Far, *, silence: int = 0) -> str:
    """Return why a connection ended that nobody reads from, *silence* after it was made."""
    clock = PacedClock()
    rung = threading.Event()
    made = relay.Relay(far, clock=clock, ring=rung.set)
    made.start()
    assert rung.wait(5)
    assert bool(made.address) == bool(silence)
    clock.advance(silence)
    made.join()
    made.stop()
    return made.why


def test_a_server_that_says_nothing_is_left() -> None:
    """A connection on which nothing comes for ten seconds is ended by who made it."""
    with Talker(saying(b"")).serve() as port:
        why = why_ended(far_for(f"rtmp://localhost:{port}/live/key", (), allow=()), silence=11 * SECOND)

    assert why == "nothing came from localhost for 10 s"


@pytest.mark.parametrize(
    ("url", "resolved", "why"),
    [
        ("rtmp://one.example/live/key", ["10.0.0.1"], "one.example is inside this network; list it under network.allow"),
        ("rtsps://one.example/a", [], "rtsps://one.example:322/: one.example has no address"),
        ("rtmp://two.example/live/key", ["1.1.1.1"], "leads to two.example; list it under the stream's hosts"),
        ("rtmp://127.0.0.1:9/live/key", ["127.0.0.1"], "rtmp://127.0.0.1: no connection to port 9"),
    ],
)
def test_an_address_is_judged_before_anybody_is_asked(url: str, resolved: list[str], why: str) -> None:
    """Only hosts that are listed, only public addresses but the stream's own; then it is connected to what was checked."""
    far = far_for(url, ("one.example",), allow=())
    if "127.0.0.1" not in url:  # as if another stream's address had led there
        far = replace(far, policy=replace(far.policy, own="https://other.example/"))

    def resolve(_host: str, _port: int) -> list[str]:
        return resolved

    assert why in why_ended(replace(far, resolve=resolve))


def test_a_certificate_of_another_is_refused(tmp_path: Path) -> None:
    """As for feeds, there is no way around it; and a file of certificates that is none stops it before it begins."""
    file = certify("other.example", tmp_path / "other.pem")
    with Talker(rtmp(), trusted=serving(file)).serve() as port:
        url = f"rtmps://localhost:{port}/live/key"
        why = why_ended(far_for(url, (), allow=(), ca_file=str(file)))
    assert why.startswith("rtmps://localhost: its certificate is refused (Hostname mismatch")
    decoder = DirectDecoder(
        far_for(url, (), allow=(), ca_file=str(tmp_path / "none")), Wanted(size=SIZE), clock=PacedClock(), behind=0
    )
    assert decoder.hear() == []
    decoder.close()
    with pytest.raises(OperatorError, match=r"network\.ca_file: .* cannot be used"):
        relay.Relay(far_for(url, (), allow=(), ca_file=str(tmp_path / "none")), clock=PacedClock(), ring=lambda: None)


@pytest.mark.parametrize(
    ("url", "inner", "called"),
    [
        ("rtmp://a.example/live/key", "rtmp://1.2.3.4:1935/live/key", "rtmp://a.example:1935/live"),
        ("rtmps://a.example/live/one/key?t=1", "rtmp://1.2.3.4:443/live/one/key?t=1", "rtmps://a.example:443/live/one"),
        ("rtmp://a.example:99/vod/mp4:a/b", "rtmp://1.2.3.4:99/vod/mp4:a/b", "rtmp://a.example:99/vod"),
        ("rtsps://me:word@a.example/1", "rtsp://me:word@1.2.3.4:322/1", "rtsps://a.example:322/"),
    ],
)
def test_the_child_is_told_a_number(url: str, inner: str, called: str) -> None:
    """Names are not looked up in the child; a server of RTMP hears its own name all the same."""
    far = far_for(url, (), allow=())

    assert (far.inner("1.2.3.4"), far.called) == (inner, called)
    assert far_for("rtsp://[::1]/a", (), allow=()).inner("::1") == "rtsp://[::1]:554/a"
