"""One conversation: the greeting, the password, and question after question; whatever comes that was not asked for is let go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from player.clock import Clock
from player.errors import NetworkError, OperatorError, WeRememberError
from player.projector import pjlink
from player.projector.pjlink import QUESTION, Greeting, Lines, Reply, Verb
from player.units import SECOND, Nanos

GREETING_WITHIN: Final[Nanos] = 6 * SECOND  # some are late when they have just begun to warm up
REPLY_WITHIN: Final[Nanos] = 5 * SECOND  # the standard says two; some need more while they are busy
MAX_BYTES: Final = 16_384  # of one answer with all the junk before it: a hundred replies of the longest kind


def always() -> bool:
    """It is wanted."""
    return True


class Pipe(Protocol):
    """A connection to a projector."""

    def send(self, data: bytes) -> None:
        """Send.

        Raises:
            NetworkError: it is closed.
        """
        ...

    def receive(self, until: Nanos) -> bytes:
        """Return what has come, as soon as something has; nothing once it is closed.

        Raises:
            TimeoutError: nothing came until an instant (monotonic).
            NetworkError: the connection failed, or the player ends.
        """
        ...

    def close(self) -> None:
        """Close it; never fails."""
        ...


class SilentError(NetworkError):
    """Connected and greeted, and one question had no answer."""


class OvertakenError(WeRememberError):
    """By the time that it could be sent nobody wanted it any more; it was not sent."""


class _ClosedError(NetworkError):
    """The other end closed the connection."""


class Call:
    """Asks one projector. A connection is made when it is needed, and made again where it was closed between two questions."""

    def __init__(self, dial: Callable[[], Pipe], clock: Clock, *, password: Callable[[], str] | None = None) -> None:
        """Make connections with *dial*; *password* is asked for where the projector does."""
        self._dial = dial
        self._clock = clock
        self._password = password
        self._pipe: Pipe | None = None
        self._lines = Lines()
        self._waiting: deque[bytes] = deque()
        self._digested = ""
        self._has_answered = False

    def ask(self, verb: Verb, argument: str = QUESTION, *, still: Callable[[], bool] = always) -> Reply:
        """Return what is answered.

        Args:
            verb: What it is about.
            argument: What it is told; or that it is asked.
            still: Whether that is still wanted: asked right before it is sent, for connecting may take ten seconds.

        Raises:
            NetworkError: nothing is answered, or nothing that could be understood; the connection is closed then.
            OperatorError: the password is wrong, or there is none.
            OvertakenError: it was not wanted any more, and not sent.
        """
        try:
            try:
                return self._asked(verb, argument, still)
            except _ClosedError:
                if not self._has_answered:
                    raise
                self.close()  # most hang up after a while, and some after each answer
                return self._asked(verb, argument, still)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._pipe:
            self._pipe.close()
        self._pipe = None
        self._has_answered = False

    def _asked(self, verb: Verb, argument: str, still: Callable[[], bool]) -> Reply:
        pipe = self._connected()
        self._waiting.clear()  # what came before the question is no answer to it
        if not still():
            raise OvertakenError(verb.value)
        try:
            pipe.send(pjlink.command(verb, argument, digested=self._digested))
        except NetworkError as error:
            raise _ClosedError(str(error)) from error
        until, left = self._clock.monotonic() + REPLY_WITHIN, MAX_BYTES
        while True:
            line, left = self._line(pipe, until, left, SilentError(f"does not answer {verb.value}"))
            if pjlink.is_denied(line):
                raise OperatorError("refuses the password" if self._digested else "asks for a password, and none is configured")
            found = pjlink.reply(line)
            if found and found.verb == verb.value and (found.refusal or found.is_done == (argument != QUESTION)):
                self._digested = ""  # once is enough; some take it for junk the second time
                self._has_answered = True
                return found

    def _connected(self) -> Pipe:
        if self._pipe is None:
            self._lines, self._waiting = Lines(), deque()
            self._pipe = self._dial()
            greeting = self._greeted(self._pipe)
            self._digested = ""
            if greeting.salt is not None and self._password:
                self._digested = pjlink.digest(greeting.salt, self._password())
        return self._pipe

    def _greeted(self, pipe: Pipe) -> Greeting:
        until, left = self._clock.monotonic() + GREETING_WITHIN, MAX_BYTES
        while True:
            line, left = self._line(pipe, until, left, NetworkError("does not greet: it is busy, or does not speak PJLink"))
            found = pjlink.greeting(line)
            if found:
                return found
            if pjlink.is_denied(line):
                raise OperatorError("refuses the password")

    def _line(self, pipe: Pipe, until: Nanos, left: int, silence: NetworkError) -> tuple[bytes, int]:
        """Return the next line, and how many bytes may still come before the right one."""
        while not self._waiting:
            try:
                data = pipe.receive(until)
            except TimeoutError as error:
                raise silence from error
            if not data:
                raise _ClosedError("hangs up: another control may hold its only connection")
            left -= len(data)
            if left < 0:
                raise NetworkError("sends more than any answer has: it does not speak PJLink")
            self._waiting.extend(self._lines.cut(data))
        return self._waiting.popleft(), left
