"""Projectors that speak PJLink, with everything that real ones do wrong: in memory by a clock of the tests, or on 127.0.0.1."""

from __future__ import annotations

import hashlib
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum, auto
from typing import Final, Self

from player.clock import Clock
from player.errors import NetworkError
from player.units import SECOND, Nanos, Seconds
from tests.fakes.clock import FakeClock

SALT: Final = "498e4a67"
HANG_UP: Final = None
BLOCK: Final = b"x" * 1_000_000
Sent = tuple[Nanos, bytes | None]
"""After how long, and what; None: it hangs up."""


class Quirk(Enum):
    """What real ones do."""

    SILENT = auto()
    """Takes connections and says nothing at all."""
    GREETS_LATE = auto()
    """After four seconds."""
    JUNK = auto()
    """Terminal control before the greeting, and a welcome."""
    LOWER = auto()
    CLASS_TWO_ANSWERS = auto()
    """%2 to a %1."""
    PIECES = auto()
    """Every byte by itself."""
    JOINED = auto()
    """Two answers at once, the first one of another question; and each answer twice."""
    FLOOD = auto()
    """Two gigabytes without an end of line."""
    CLOSES_EACH = auto()
    """After each answer."""
    CLOSES_AT_ONCE = auto()
    """It has one connection, and somebody else holds it."""
    ON_WHILE_WARMING = auto()
    """Says 1 while it warms up, and ERR3 to what it is told then."""
    OFF_WHILE_COOLING = auto()
    """Says 0 while it cools down; who switches it on then harms the lamp."""
    IGNORES_POWER = auto()
    """Says OK, and stays as it is."""
    MUTELESS = auto()
    """Never answers AVMT, asked or told."""
    UNKNOWN_MUTE = auto()
    """ERR1 to AVMT."""
    PICTURE_MUTE = auto()
    """ERR2 to 30 and 31: 10 and 11 alone."""
    SECRET_MUTE = auto()
    """Does as AVMT tells it, and ERR3 to the question."""
    OPENS_ON_INPUT = auto()
    """Shows its picture when the input changes."""
    DENIES = auto()
    """PJLINK ERRA, whatever the password."""
    REMEMBERS_MUTE = auto()
    """Comes on as dark as it went off."""
    CRLF = auto()
    """Lines end with CR and LF."""


class Device:
    """One projector: what it is, and what it says."""

    def __init__(
        self,
        clock: Clock,
        *quirks: Quirk,
        warm_s: Seconds = 40.0,
        cool_s: Seconds = 90.0,
        password: str | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.quirks = set(quirks)
        self.warm = round(warm_s * SECOND)
        self.cool = round(cool_s * SECOND)
        self.password = password
        self.answers = {
            "CLSS": "1", "LAMP": "1234 1", "ERST": "000000", "INF1": "Maker", "INF2": "Model", "INST": "11 31"
        } | dict(answers or {})  # fmt: skip
        self.input = "11"
        self.is_muted = False
        self.is_frozen = False
        self.is_on = False
        self.turned_at: Nanos = clock.monotonic() - 10**15
        self.slow: Nanos = 0
        """Before each answer."""
        self.told: list[str] = []
        """What it did as it was told."""
        self.asked: list[str] = []
        """Every command and question."""
        self.hot_strikes = 0
        """How often its lamp was lit before it had cooled down."""
        self.most_at_once = 0
        self.connections = 0

    @property
    def power(self) -> str:
        """What it truly is, as POWR counts."""
        since = self.clock.monotonic() - self.turned_at
        if self.is_on:
            return "3" if since < self.warm else "1"
        return "2" if since < self.cool else "0"

    @property
    def is_lit(self) -> bool:
        """Whether light of its own is on the wall."""
        return self.power == "1" and not self.is_muted

    def switch(self, *, on: bool) -> None:
        """Switch it, as its remote control does."""
        if on == self.is_on:
            return
        if on and self.power == "2":
            self.hot_strikes += 1
        self.is_on = on
        self.turned_at = self.clock.monotonic()
        if on and Quirk.REMEMBERS_MUTE not in self.quirks:
            self.is_muted = False

    def do(self, verb: str, argument: str) -> str | None:
        """Return what it answers; None: nothing."""
        self.asked.append(f"{verb} {argument}")
        if argument == "?":
            return self._say(verb)
        answer = self._obey(verb, argument)
        if answer == "OK":
            self.told.append(f"{verb} {argument}")
        return answer

    def _say(self, verb: str) -> str | None:
        if verb in self.answers:
            return self.answers[verb]
        if verb == "FREZ" and self.answers["CLSS"] == "2":
            return str(int(self.is_frozen))
        say = {"POWR": self._say_power, "AVMT": self._say_mute, "INPT": self._say_input}.get(verb)
        return say() if say else "ERR1"

    def _say_power(self) -> str:
        lies = {"3": (Quirk.ON_WHILE_WARMING, "1"), "2": (Quirk.OFF_WHILE_COOLING, "0")}
        quirk, lie = lies.get(self.power, (None, ""))
        return lie if quirk in self.quirks else self.power

    def _say_mute(self) -> str | None:
        if Quirk.MUTELESS in self.quirks:
            return None
        if Quirk.UNKNOWN_MUTE in self.quirks:
            return "ERR1"
        is_secret = self.power != "1" or Quirk.SECRET_MUTE in self.quirks
        return "ERR3" if is_secret else f"{self._sound}{int(self.is_muted)}"

    def _say_input(self) -> str:
        return self.input if self.power == "1" else "ERR3"

    def _obey(self, verb: str, argument: str) -> str | None:
        obey = {"POWR": self._turn, "AVMT": self._mute, "INPT": self._choose, "FREZ": self._freeze}.get(verb)
        return obey(argument) if obey else "ERR1"

    def _turn(self, argument: str) -> str:
        if self.power in {"2", "3"} and Quirk.OFF_WHILE_COOLING not in self.quirks:
            return "ERR3"
        if Quirk.IGNORES_POWER not in self.quirks:
            self.switch(on=argument == "1")
        return "OK"

    def _mute(self, argument: str) -> str | None:
        if Quirk.MUTELESS in self.quirks:
            return None
        if Quirk.UNKNOWN_MUTE in self.quirks or self.power != "1":
            return "ERR1" if Quirk.UNKNOWN_MUTE in self.quirks else "ERR3"
        if argument[0] not in self._sounds:
            return "ERR2"
        self.is_muted = argument.endswith("1")
        return "OK"

    def _choose(self, argument: str) -> str:
        if self.power != "1" or argument not in self.answers["INST"].split():
            return "ERR3" if self.power != "1" else "ERR2"
        self.input = argument
        self.is_muted = self.is_muted and Quirk.OPENS_ON_INPUT not in self.quirks
        return "OK"

    def _freeze(self, argument: str) -> str:
        if self.answers["CLSS"] != "2":
            return "ERR1"
        self.is_frozen = argument == "1"
        return "OK"

    @property
    def _sounds(self) -> str:
        return "1" if Quirk.PICTURE_MUTE in self.quirks else "13"

    @property
    def _sound(self) -> str:
        return "1" if Quirk.PICTURE_MUTE in self.quirks else "3"


class Session:
    """One connection to a device: bytes in, bytes out, with the time that each takes."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._rest = b""
        self._is_known = device.password is None
        device.connections += 1

    def opened(self) -> list[Sent]:
        """What comes before anything was asked."""
        quirks = self._device.quirks
        if Quirk.SILENT in quirks:
            return []
        if Quirk.CLOSES_AT_ONCE in quirks:
            return [(0, HANG_UP)]
        line = f"PJLINK 1 {SALT}" if self._device.password is not None else "PJLINK 0"
        junk = b"\xff\xfd\x18\x00Welcome!\r\n\x1b[2J" if Quirk.JUNK in quirks else b""
        late = 4 * SECOND if Quirk.GREETS_LATE in quirks else 0
        return self._cut(junk + self._line(line), late)

    def heard(self, data: bytes) -> list[Sent]:
        """What comes once *data* has been sent to it."""
        *lines, self._rest = (self._rest + data).split(b"\r")
        return [each for line in lines for each in self._heard(line)]

    def _heard(self, line: bytes) -> list[Sent]:
        quirks = self._device.quirks
        if Quirk.SILENT in quirks:
            return []
        if Quirk.FLOOD in quirks:
            return [(0, BLOCK)] * 2000  # two gigabytes, and one megabyte of memory
        digest, _, rest = line.partition(b"%")
        if not self._is_known:
            expected = hashlib.md5(f"{SALT}{self._device.password}".encode(), usedforsecurity=False).hexdigest()
            self._is_known = digest.decode() == expected and Quirk.DENIES not in quirks
            if not self._is_known:
                return [(0, self._line("PJLINK ERRA")), (0, HANG_UP)]
        words = rest[1:].decode().split(" ", 1)
        answer = self._device.do(words[0], words[1])
        if answer is None:
            return []
        class_ = "2" if Quirk.CLASS_TWO_ANSWERS in quirks else rest[:1].decode()
        told = self._line(f"%{class_}{words[0]}={answer}")
        if Quirk.JOINED in quirks:
            told = self._line("%1NAME=wall") + told + told
        return self._cut(told, self._device.slow) + ([(0, HANG_UP)] if Quirk.CLOSES_EACH in quirks else [])

    def _line(self, text: str) -> bytes:
        quirks = self._device.quirks
        shown = text.lower() if Quirk.LOWER in quirks else text
        return shown.encode() + (b"\r\n" if Quirk.CRLF in quirks else b"\r")

    def _cut(self, data: bytes, late: Nanos) -> list[Sent]:
        if Quirk.PIECES in self._device.quirks:
            return [(late if i == 0 else 0, bytes([byte])) for i, byte in enumerate(data)]
        return [(late, data)]


class Cable:
    """A `Pipe` to a device in memory: waiting moves the clock of the test."""

    def __init__(self, device: Device, clock: FakeClock) -> None:
        """Connect.

        Raises:
            NetworkError: it is unplugged.
        """
        if "unplugged" in device.answers:
            raise NetworkError("does not answer: is it plugged in, and is its network on in standby?")
        self._clock = clock
        self._session = Session(device)
        self._coming = deque(self._dated(self._session.opened()))
        self._is_open = True

    def send(self, data: bytes) -> None:
        """See ``Pipe``."""
        has_hung_up = bool(self._coming) and self._coming[-1][1] is HANG_UP
        if self._is_open and not has_hung_up:
            self._coming.extend(self._dated(self._session.heard(data)))

    def receive(self, until: Nanos) -> bytes:
        """See ``Pipe``."""
        if not self._is_open:
            return b""
        if not self._coming or self._coming[0][0] > until:
            self._clock.advance(max(0, until - self._clock.monotonic()))
            raise TimeoutError
        at, data = self._coming.popleft()
        self._clock.advance(max(0, at - self._clock.monotonic()))
        self._is_open = data is not None
        return data or b""

    def close(self) -> None:
        """See ``Pipe``."""
        self._is_open = False

    def _dated(self, sent: list[Sent]) -> list[Sent]:
        now = self._clock.monotonic()
        return [(now + late, data) for late, data in sent]


class Emulator:
    """A device on 127.0.0.1, which takes any number of connections one after the other, or together."""

    def __init__(self, device: Device, *, one_at_a_time: bool = False) -> None:
        self.device = device
        self._one_at_a_time = one_at_a_time
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0)
        self.port: int = self._socket.getsockname()[1]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="emulator")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        """All connections in one thread; what is late is sent late, without waiting for it."""
        with selectors.DefaultSelector() as post:
            post.register(self._socket, selectors.EVENT_READ)
            callers: dict[socket.socket, tuple[Session, deque[Sent]]] = {}
            while not self._ended.is_set():
                for key, _ in post.select(0.01):
                    if key.fileobj is self._socket:
                        self._accept(post, callers)
                    elif isinstance(key.fileobj, socket.socket):
                        self._read(key.fileobj, callers[key.fileobj])
                now = self.device.clock.monotonic()
                for caller, (_, coming) in list(callers.items()):
                    if not self._write(caller, coming, now):
                        post.unregister(caller)
                        del callers[caller]
                        caller.close()
            for caller in callers:
                caller.close()

    def _accept(self, post: selectors.BaseSelector, callers: dict[socket.socket, tuple[Session, deque[Sent]]]) -> None:
        caller, _ = self._socket.accept()
        if self._one_at_a_time and callers:
            caller.close()
            return
        caller.settimeout(0)
        post.register(caller, selectors.EVENT_READ)
        session = Session(self.device)
        callers[caller] = (session, deque(self._dated(session.opened())))
        self.device.most_at_once = max(self.device.most_at_once, len(callers))

    def _read(self, caller: socket.socket, to: tuple[Session, deque[Sent]]) -> None:
        session, coming = to
        with suppress(BlockingIOError):
            try:
                data = caller.recv(4096)
            except ConnectionError:
                data = b""
            coming.extend(self._dated(session.heard(data)) if data else [(0, HANG_UP)])

    def _write(self, caller: socket.socket, coming: deque[Sent], now: Nanos) -> bool:
        """Send what is due; return whether the connection goes on."""
        while coming and coming[0][0] <= now:
            data = coming[0][1]
            if data is None:
                return False
            try:
                sent = caller.send(data)
            except BlockingIOError:
                return True
            except OSError:
                return False
            coming.popleft()
            if sent < len(data):
                coming.appendleft((now, data[sent:]))
                return True
        return True

    def _dated(self, sent: list[Sent]) -> list[Sent]:
        now = self.device.clock.monotonic()
        return [(now + late, data) for late, data in sent]


def plugged(device: Device, clock: FakeClock) -> Callable[[], Cable]:
    """What connects to *device*."""
    return lambda: Cable(device, clock)
