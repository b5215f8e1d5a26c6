"""Telling: one letter to one address, within a time limit, by a process that can be ended whatever it does."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from player.alarms.messenger import FAILED, REFUSED
from player.alarms.post import Letter
from player.errors import NetworkError, OperatorError
from player.secret import Secret
from player.sections import COMMAND, Network
from player.units import Seconds

DEADLINE_S: Final[Seconds] = 30.0  # importing apprise takes two, on a small Arm ten; mail servers greet after seconds
TITLE: Final = "We Remember"
WHAT, STATE = "WEREMEMBER_ALARM", "WEREMEMBER_STATE"
"""What a program of the operator's finds in its environment; the sentence comes by its standard input."""


class Sender(Protocol):
    """What tells people."""

    def send(self, letter: Letter) -> None:
        """Tell it, and return once it is told.

        Raises:
            NetworkError: it could not be told now.
            OperatorError: it cannot be told so.
        """
        ...

    def close(self) -> None:
        """Break off what is on its way."""
        ...


class Courier:
    """Sends by apprise, or runs the operator's program. Safe to use from several threads."""

    def __init__(self, network: Network, *, environ: Mapping[str, str] = os.environ, deadline_s: Seconds = DEADLINE_S) -> None:
        """Send through the *network* as the configuration has it."""
        self._environ = dict(environ)
        if network.proxy:
            self._environ |= {"HTTP_PROXY": network.proxy, "HTTPS_PROXY": network.proxy}
        if network.ca_file:
            self._environ["REQUESTS_CA_BUNDLE"] = network.ca_file
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def send(self, letter: Letter) -> None:
        """See ``Sender``."""
        if letter.to.startswith(COMMAND):
            words = shlex.split(letter.to.removeprefix(COMMAND))
            status = self._run(words, letter.text.encode(), {WHAT: letter.alarm, STATE: letter.state})
            if status:
                raise OperatorError(f"{words[0]} ended with {_in_words(status)}")
            return
        address = Secret(letter.to).reveal(self._environ)
        order = json.dumps({"to": address, "title": TITLE, "text": letter.text}).encode()
        status = self._run((sys.executable, "-m", "player.alarms.messenger"), order, {})
        if status == REFUSED:
            raise OperatorError(f"{letter.to} holds no address that apprise knows (its documentation lists them)")
        if status == FAILED:
            raise NetworkError("the service did not take it")
        if status:
            raise NetworkError(f"the messenger ended with {_in_words(status)}")

    def close(self) -> None:
        """See ``Sender``."""
        with self._lock:
            self._is_closed = True
            for process in self._alive:
                _kill(process)

    def _run(self, words: Sequence[str], given: bytes, told: Mapping[str, str]) -> int:
        """Run a program without a shell, and return its status; it and all that it started are ended at the deadline."""
        process = self._started(words, {**self._environ, **told})
        try:
            process.communicate(given, timeout=self._deadline_s)
        except subprocess.TimeoutExpired:
            raise NetworkError(f"{words[0]} took longer than {self._deadline_s:g} s, and was ended") from None
        finally:
            _kill(process)
            with suppress(OSError, ValueError):  # the pipe may hold what nobody read
                process.communicate()
            with self._lock:
                self._alive.discard(process)
        return process.returncode

    def _started(self, words: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise NetworkError("not told: the player ends")
            try:
                process = subprocess.Popen(  # noqa: S603 - what the operator wrote in the configuration, without a shell
                    words,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environ,
                    start_new_session=True,
                )
            except OSError as error:
                raise OperatorError(f"{words[0]} cannot be started: {error.strerror}") from error
            self._alive.add(process)
            return process


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started, unless it has ended by itself: then its number may be another's."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _in_words(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit {status}"
