"""Telling: by a program of the operator's or by apprise, within a time limit, never with the address in sight."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from player import log
from player.alarms import sending
from player.alarms.post import Letter
from player.alarms.sending import Courier, shown
from player.alarms.trial import try_all
from player.clock import SystemClock
from player.errors import NetworkError, OperatorError, WeRememberError
from player.sections import Network
from player.units import SECOND
from tests.fakes.home import Home


def letter(to: str, text: str = "Words alone are shown") -> Letter:
    """Something to tell."""
    return Letter(to=to, alarm="plate", state="begins", text=text, at=0)


def program(folder: Path, text: str) -> str:
    """A program of the operator's, as a target."""
    path = folder / "ring it"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{text}\n")
    path.chmod(0o755)
    return f"command:'{path}' --loud 'two words' $HOME;"


def test_a_program_is_given_the_sentence_and_the_alarm(tmp_path: Path) -> None:
    """Its arguments as they are written: no shell looks at them."""
    told = "(sys.argv[1:], sys.stdin.read(), os.environ['WEREMEMBER_ALARM'], os.environ['WEREMEMBER_STATE'])"
    to = program(tmp_path, f"open({str(tmp_path / 'out')!r}, 'w').write(repr({told}))")
    Courier(Network()).send(letter(to))
    expected = (["--loud", "two words", "$HOME;"], "Words alone are shown\n", "plate", "begins")
    assert (tmp_path / "out").read_text() == repr(expected)


def test_a_program_that_fails_or_is_not_there(tmp_path: Path) -> None:
    """Says how it ended."""
    with pytest.raises(OperatorError, match="ring it ended with exit 7"):
        Courier(Network()).send(letter(program(tmp_path, "sys.exit(7)")))
    with pytest.raises(OperatorError, match=r"/nowhere/ring cannot be started: No such file or directory"):
        Courier(Network()).send(letter("command:/nowhere/ring"))


def test_a_program_that_reads_nothing_is_told_all_the_same(tmp_path: Path) -> None:
    """However long the sentence is."""
    Courier(Network()).send(letter(program(tmp_path, "os.close(0)"), "x" * 10**6))


def test_a_program_that_talks_without_end_costs_nothing(tmp_path: Path) -> None:
    """Nobody keeps what it says; it ends at the deadline, or by itself."""
    Courier(Network()).send(letter(program(tmp_path, "[sys.stdout.write('x' * 10**6) for _ in range(200)]")))
    with pytest.raises(NetworkError, match="took longer"):
        Courier(Network(), deadline_s=0.3).send(letter("command:/usr/bin/yes"))


def test_a_program_is_shown_without_its_arguments() -> None:
    """A key may be among them; a reference is shown as it is."""
    assert shown("command:'/opt/ring it' --token geheim") == "command:/opt/ring it"
    assert shown("env:ALARM_URL") == "env:ALARM_URL"


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """At the deadline."""
    pids = tmp_path / "pids"
    script = tmp_path / "hang"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $$ $! > '{pids}'\nwait\n")
    script.chmod(0o755)
    with pytest.raises(NetworkError, match="took longer than 1 s, and was ended"):
        Courier(Network(), deadline_s=1.0).send(letter(f"command:{script}"))
    clock, never = SystemClock(), threading.Event()
    for pid in map(int, pids.read_text().split()):
        for _ in range(500):  # whoever was killed goes when the kernel finds the time
            if _is_alive(pid):
                clock.wait(never, SECOND // 100)
        assert not _is_alive(pid)


@pytest.mark.parametrize(("length", "is_told"), [(0.2, True), (60, False)])
def test_closing_waits_a_moment_for_what_is_on_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: float, *, is_told: bool
) -> None:
    """What is all but told must not be told twice; what takes longer is broken off, and nothing else is begun."""
    monkeypatch.setattr(sending, "PARTING_S", 30 if is_told else 0.1)
    courier = Courier(Network())
    failed: list[WeRememberError] = []
    to = program(tmp_path, f"open({str(tmp_path / 'up')!r}, 'w'); time.sleep({length})")

    def tell() -> None:
        try:
            courier.send(letter(to))
        except WeRememberError as error:
            failed.append(error)

    thread = threading.Thread(target=tell)
    thread.start()
    clock, never = SystemClock(), threading.Event()
    while not (tmp_path / "up").exists():
        assert thread.is_alive()
        clock.wait(never, SECOND // 100)
    courier.close()
    thread.join()
    assert [str(each).rpartition(" ended with ")[2] for each in failed] == ([] if is_told else ["signal 9"])
    with pytest.raises(NetworkError, match="the player ends"):
        courier.send(letter(to))


def test_an_address_that_is_not_there(tmp_path: Path) -> None:
    """Which reference, and never what another one holds."""
    with pytest.raises(OperatorError, match="the environment of the player has no ALARM_URL"):
        Courier(Network(), environ={}).send(letter("env:ALARM_URL"))
    with pytest.raises(OperatorError, match="nowhere cannot be read"):
        Courier(Network()).send(letter(f"file:{tmp_path}/nowhere"))


@contextmanager
def webhook(status: int) -> Generator[tuple[str, list[dict[str, object]]]]:
    """A service that takes messages, and what it was sent."""
    taken: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
            del format, args

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"json://127.0.0.1:{server.server_port}/secret-part", taken
        finally:
            server.shutdown()
            thread.join()


def test_apprise_takes_it_to_a_service(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Under our own name; a refusal of the service is the network's fault, a strange address the operator's."""
    reference = tmp_path / "key"
    with webhook(200) as (address, taken):
        reference.write_text(address)
        Courier(Network()).send(letter(f"file:{reference}", "Memorial: Words alone — אנחנו & <b>*"))
    assert [(each["title"], each["message"], each["type"]) for each in taken] == [
        ("We Remember: alarm", "Memorial: Words alone — אנחנו & <b>*", "warning")
    ]
    with webhook(500) as (address, taken), pytest.raises(NetworkError, match=r"the service answered 500$"):
        Courier(Network(), environ={**os.environ, "URL": address}).send(letter("env:URL"))
    assert taken
    with pytest.raises(NetworkError, match="could not be reached, or did not take it"):
        Courier(Network(), environ={**os.environ, "URL": address}).send(letter("env:URL"))
    with pytest.raises(OperatorError, match="env:URL holds no address that apprise knows"):
        Courier(Network(), environ={**os.environ, "URL": "nonsense-secret"}).send(letter("env:URL"))
    assert "secret" not in capfd.readouterr().err


def test_plain_words_stay_plain_where_marks_mean_something() -> None:
    """A service that reads HTML is sent what shows the sentence as it is."""
    with webhook(200) as (address, taken):
        Courier(Network(), environ={**os.environ, "URL": f"{address}?format=html"}).send(letter("env:URL", "a <b>*c*</b>"))
    assert [each["message"] for each in taken] == ["a&nbsp;&lt;b&gt;*c*&lt;/b&gt;"]


def test_a_service_that_hangs_is_left(tmp_path: Path) -> None:
    """It never answers: at the deadline, however far that came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        (tmp_path / "key").write_text(f"json://127.0.0.1:{server.getsockname()[1]}/?rto=600")
        with pytest.raises(NetworkError, match=r"the service took longer than 0\.5 s, and was ended"):
            Courier(Network(), deadline_s=0.5).send(letter(f"file:{tmp_path / 'key'}"))


class Fake:
    """Tells nobody; one address fails."""

    def __init__(self) -> None:
        self.told: list[Letter] = []
        self.is_closed = False

    def send(self, letter: Letter) -> None:
        """As a Sender."""
        if letter.to == "env:BAD":
            raise NetworkError("nobody there")
        self.told.append(letter)

    def close(self) -> None:
        """As a Sender."""
        self.is_closed = True


def test_the_test_tells_every_address(tmp_path: Path) -> None:
    """And says what became of each."""
    home = Home(tmp_path)
    fake, said = Fake(), list[str]()
    configuration = home.clean(
        "feeds: {}\nshow: one\nsite: {name: Hall}\nalarms: [{to: env:BAD}, {to: env:A, from: [disk, dark]}]\n"
    )
    assert not try_all(configuration, said.append, sender=fake)
    assert said == ["env:BAD: not told: nobody there", "env:A: told"]
    assert [(each.text, each.state) for each in fake.told] == [
        ("Hall: this is a test, and nothing is wrong. Here you will be told of: disk, dark.", "test")
    ]
    assert fake.is_closed
    assert try_all(home.clean("feeds: {}\nshow: one\nalarms: [{to: env:A}]\n"), said.append, sender=Fake())
    with pytest.raises(OperatorError, match="nobody is told anything"):
        try_all(home.clean(), said.append)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(autouse=True)
def _nothing_stays_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test revealed is no secret of the next one."""
    monkeypatch.setattr(log, "_hidden", {})
