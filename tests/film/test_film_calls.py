"""Of the kernel a film's decoder may ask what a picture's may with threads, and read its film besides."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import player
from player.pictures.calls import ALLOW, KILL, Guard, answers
from player.pictures.filters import MACHINES, program
from player.pictures.sandbox import CPU_S, MEMORY_BYTES, Allowance


def test_a_film_is_read_by_its_descriptor_alone() -> None:
    """Reading at a place is killed for pictures; for films it is let through on the descriptor on which the film lies."""
    picture, film = answers(may_thread=True), answers(may_thread=True, may_read_at=True)

    assert picture["pread64"] == KILL
    rule = film.pop("pread64")
    assert isinstance(rule, Guard)
    assert (rule.argument, rule.fits, rule.then, rule.otherwise) == (0, (3,), ALLOW, KILL)
    assert film == {name: answer for name, answer in picture.items() if name != "pread64"}


def test_only_who_is_watched_has_no_end_of_work() -> None:
    """A picture has its seconds; a film that is played may take as long as it lasts, everything else is limited alike."""
    picture, film = Allowance(), Allowance(cpu_s=None)

    assert (picture.cpu_s, picture.memory_bytes) == (CPU_S, MEMORY_BYTES)
    assert set(picture.limits) - set(film.limits) == {limit for limit in picture.limits if limit[1] == CPU_S}


PRISONER = """
import errno, os, signal, socket, sys
sys.path[:0] = sys.argv[1:2]
from player.pictures.filters import filters_for
from player.pictures.sandbox import Allowance, confine
from player.pictures.wire import Level
level = confine(filters_for(may_thread=True, may_converse=True), may_thread=True, allowance=Allowance(cpu_s=None)).level
if not level & Level.SECCOMP:
    os.write(1, b"no filters here")
    os._exit(0)
for address in (("192.0.2.1", 1935), ("192.0.2.2", 80)):
    one = socket.socket()
    one.connect(address)
    one.sendall(b"%d:%s;" % (one.fileno(), address[0].encode()))
assert one.recv(100) == b"welcome"
try:
    socket.socket(socket.AF_UNIX)
except OSError as error:
    assert error.errno == errno.EAFNOSUPPORT
os.write(1, b"done")
one.sendmsg([b"descriptors go this way"])
"""


def test_whoever_it_connects_to_it_reaches_one_end() -> None:
    """A connection to anybody is the socket that it was given; others are refused, and sending descriptors is death."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"welcome")
        root = str(Path(player.__file__).parent.parent)
        child = subprocess.run(
            [sys.executable, "-c", PRISONER, root], stdin=theirs.fileno(), capture_output=True, check=False, timeout=20
        )
        if child.stdout == b"no filters here":
            pytest.skip("the kernel has no filters here")
        assert child.stdout == b"done", child.stderr
        assert ours.recv(100) == b"0:192.0.2.1;0:192.0.2.2;"
        assert child.returncode == -signal.SIGSYS


def test_only_who_converses_has_these_calls() -> None:
    """For everybody else they are death; on both machines alike."""
    film, live = answers(may_thread=True, may_read_at=True), answers(may_thread=True, may_read_at=True, may_converse=True)
    changed = {name for name, answer in live.items() if answer != film[name]}

    assert {film[name] for name in changed} == {KILL}
    assert changed >= {"socket", "connect", "sendto", "recvfrom", "poll", "ppoll"}
    for machine in MACHINES.values():
        code = program(machine, may_thread=True, may_converse=True)
        assert len(code) > len(program(machine, may_thread=True))
