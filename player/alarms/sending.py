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

from player.alarms.messenger import FAILED, REFUSED, UNABLE
from player.alarms.post import Letter
from player.errors import NetworkError, OperatorError
from player.secret import Secret
from player.sections import COMMAND, Network
from player.units import Seconds

DEADLINE_S: Final[Seconds] = (
    60.0  # importing apprise takes a second, on a small busy Arm twenty; mail servers greet after seconds
)
PARTING_S: Final[Seconds] = 0.8  # at the end of the player: what has been told all but for the answer would be told twice
TITLES: Final = {
    "begins": ("We Remember: alarm", "warning"),
    "ends": ("We Remember: over", "success"),
    "test": ("We Remember: test", "info"),
}
"""By state: the title, and what apprise calls such news; some services choose a colour or a sound by it."""
_ANSWERS: Final = {
    "401": ": it does not know the key",
    "403": ": the key may not do that",
    "404": ": there is nothing at that address",
    "429": ": it was asked too often",
}
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
        self._changed = threading.Condition()
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def send(self, letter: Letter) -> None:
        """See ``Sender``."""
        if letter.to.startswith(COMMAND):
            words = shlex.split(letter.to.removeprefix(COMMAND))
            status, _ = self._run(words, f"{letter.text}\n".encode(), {WHAT: letter.alarm, STATE: letter.state})
            if status:
                raise OperatorError(f"{words[0]} ended with {_in_words(status)}")
            return
        address = Secret(letter.to).reveal(self._environ)
        title, kind = TITLES[letter.state]
        order = json.dumps({"to": address, "title": title, "kind": kind, "text": letter.text}).encode()
        status, answer = self._run((sys.executable, "-m", "player.alarms.messenger"), order, {}, hears=True)
        if status == REFUSED:
            raise OperatorError(f"{letter.to} holds no address that apprise knows (docs/alarms.md shows how they are written)")
        if status == UNABLE:
            raise OperatorError("apprise is not installed: start the player by ./weremember, which installs it")
        if status == FAILED:
            raise NetworkError(_refusal(answer))
        if status:
            raise NetworkError(f"the messenger ended with {_in_words(status)}")

    def close(self) -> None:
        """See ``Sender``."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._alive, PARTING_S)
            for process in self._alive:
                _kill(process)

    def _run(self, words: Sequence[str], given: bytes, told: Mapping[str, str], *, hears: bool = False) -> tuple[int, bytes]:
        """Run a program without a shell; return its status, and what it said if that is heard.

        It and all that it started are ended at the deadline.
        """
        process = self._started(words, {**self._environ, **told}, hears=hears)
        said = b""
        try:
            said, _ = process.communicate(given, timeout=self._deadline_s)
        except subprocess.TimeoutExpired:
            raise NetworkError(f"{_who(words)} took longer than {self._deadline_s:g} s, and was ended") from None
        finally:
            _kill(process)
            with suppress(OSError, ValueError):  # the pipe may hold what nobody read
                process.communicate()
            with self._changed:
                self._alive.discard(process)
                self._changed.notify_all()
        return process.returncode, said or b""

    def _started(self, words: Sequence[str], environ: Mapping[str, str], *, hears: bool) -> subprocess.Popen[bytes]:
        with self._changed:
            if self._is_closed:
                raise NetworkError("not told: the player ends")
            try:
                process = subprocess.Popen(  # noqa: S603 - what the operator wrote in the configuration, without a shell
                    words,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE if hears else subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environ,
                    start_new_session=True,
                )
            except OSError as error:
                raise OperatorError(f"{words[0]} cannot be started: {error.strerror}") from error
            self._alive.add(process)
            return process


def shown(to: str) -> str:
    """Return a target fit for a screen or a log: a program without its arguments, among which a key may be."""
    if not to.startswith(COMMAND):
        return to
    return f"{COMMAND}{shlex.split(to.removeprefix(COMMAND))[0]}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started, unless it has ended by itself: then its number may be another's."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _refusal(answer: bytes) -> str:
    status = answer.decode("ascii", "replace")
    if not (status.isascii() and status.isdigit()):
        return "the service could not be reached, or did not take it"
    return f"the service answered {status}{_ANSWERS.get(status, '')}"


def _who(words: Sequence[str]) -> str:
    return "the service" if words[0] == sys.executable else words[0]


def _in_words(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit {status}"
