"""Tests of what systemd is told."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from player.notify import Notifier


def test_a_state_arrives_as_one_datagram(tmp_path: Path) -> None:
    """Each word of a state is a line of one datagram; a line break within a value cannot make another."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        with Notifier.from_environment({"NOTIFY_SOCKET": str(path)}) as notifier:
            assert notifier.tell(READY="1", STATUS="presenting\nMAINPID=1")

        assert systemd.recv(1000) == b"READY=1\nSTATUS=presenting MAINPID=1"


def test_an_abstract_address_is_understood() -> None:
    """An address that begins with `@` is a name in the abstract space."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("")  # the kernel chooses an abstract name
        name = bytes(systemd.getsockname())
        with Notifier("@" + name[1:].decode()) as notifier:
            assert notifier.tell(WATCHDOG="1")

        assert systemd.recv(1000) == b"WATCHDOG=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "vsock:2:1234"}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_systemd_nothing_happens(environ: dict[str, str]) -> None:
    """No service manager, one that we cannot speak to, or one that is gone: telling does nothing and says so."""
    with Notifier.from_environment(environ) as notifier:
        assert not notifier.tell(READY="1")


def test_a_busy_service_manager_is_not_waited_for(tmp_path: Path) -> None:
    """When systemd does not read, the show is not held up."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        with Notifier(str(path)) as notifier:
            told = [notifier.tell(WATCHDOG="1") for _ in range(5000)]

    assert told[0]
    assert not told[-1]
