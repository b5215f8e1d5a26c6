"""PJLink, classes 1 and 2 (JBMIA, 2013 and 2017): bytes out, bytes in. Touches no network, reads no clock, never fails on bytes.

Why not a library: two of those on PyPI were tried against the emulator of the tests in November 2026. pypjlink2 1.2.2 (2020,
after pypjlink of 2016) reads for ever when a projector hangs up within an answer, and checks what comes by `assert`. aiopjlink
1.0.5 (2022, MIT) has deadlines and its own errors, but takes no %2 to a %1, no answer of another question before the right one,
no CR LF, no mute of the picture alone and no lamp without its flag, and UnicodeDecodeError, ConnectionResetError and IndexError
come out of it for junk, for who hangs up, and for an empty line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from player.errors import NetworkError

PORT: Final = 4352
MAX_LINE_BYTES: Final = 512  # a reply has 136 at most; whoever sends more without an end speaks something else
MAX_LAMPS: Final = 8  # as the standard has it
QUESTION: Final = "?"


class Verb(StrEnum):
    """What is asked or told."""

    POWER = "POWR"
    INPUT = "INPT"
    INPUTS = "INST"
    MUTE = "AVMT"
    ERRORS = "ERST"
    LAMPS = "LAMP"
    CLASS = "CLSS"
    MAKER = "INF1"
    MODEL = "INF2"
    FREEZE = "FREZ"
    SIGNAL = "IRES"
    FILTER = "FILT"


OF_CLASS_2: Final = frozenset({Verb.FREEZE, Verb.SIGNAL, Verb.FILTER})


class Power(Enum):
    """What POWR says."""

    OFF = "0"
    ON = "1"
    COOLING = "2"
    WARMING = "3"


class Refusal(Enum):
    """Why a projector does not do what it was told, or does not say what it was asked."""

    UNKNOWN = "ERR1"
    """It has no such command."""
    VALUE = "ERR2"
    """It has no such value."""
    NOT_NOW = "ERR3"
    """Not now: while it warms up, cools down, or is off."""
    FAILURE = "ERR4"
    """It is broken, or calls it so."""


class Level(Enum):
    """How bad a fault is."""

    FINE = "0"
    WARNING = "1"
    ERROR = "2"


FAULTS: Final = ("fan", "lamp", "temperature", "cover", "filter", "other")
"""What ERST tells of, in its order."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a projector says first."""

    salt: str | None
    """Random, for the digest; None: it asks for no password."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a projector answered."""

    verb: str
    text: str

    @property
    def is_done(self) -> bool:
        """Whether it did as it was told."""
        return self.text.upper() == "OK"

    @property
    def refusal(self) -> Refusal | None:
        """Why not, if it refused."""
        return next((each for each in Refusal if each.value == self.text.upper()), None)


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp, or what shines in its place."""

    hours: int
    is_on: bool | None
    """None: it does not say."""


_GREETING: Final = re.compile(rb"PJLINK\s+(?:0|1\s+([\x21-\x7e]{1,64}))\s*", re.IGNORECASE)
_DENIED: Final = re.compile(rb"PJLINK\s+ERRA\s*", re.IGNORECASE)
_REPLY: Final = re.compile(rb"%[0-9]([A-Z0-9]{4})=([\x20-\x7e\x80-\xff]*)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
_INPUT: Final = re.compile(r"[1-9][0-9A-Z]")
_MUTED: Final = {"11": True, "31": True, "10": False, "30": False, "20": False, "21": False}
"""By what AVMT says, whether the picture is away; 20 and 21 are of sound alone."""


def digest(salt: str, password: str) -> str:
    """Return what stands before the first command of a connection where a password is asked for (PJLink 5.1, figure 5.2)."""
    return hashlib.md5(f"{salt}{password}".encode(), usedforsecurity=False).hexdigest()


def command(verb: Verb, argument: str, *, digested: str = "") -> bytes:
    """Return a command, or with `QUESTION` a question, as it goes over the wire."""
    return f"{digested}%{2 if verb in OF_CLASS_2 else 1}{verb.value} {argument}\r".encode("ascii")


def greeting(line: bytes) -> Greeting | None:
    """Return the greeting that *line* ends with; None: it is something else. Whatever stands before it is let go."""
    at = line.upper().rfind(b"PJLINK")
    found = _GREETING.fullmatch(line[at:]) if at >= 0 else None
    if not found:
        return None
    return Greeting(found[1].decode("ascii") if found[1] else None)


def is_denied(line: bytes) -> bool:
    """Whether *line* says that the password is wrong, or missing."""
    at = line.upper().rfind(b"PJLINK")
    return at >= 0 and _DENIED.fullmatch(line[at:]) is not None


def reply(line: bytes) -> Reply | None:
    """Return the reply that *line* ends with, of whichever class and in whichever case; None: it is something else."""
    starts = (at for at in range(len(line) - 1, -1, -1) if line[at : at + 1] == b"%")  # a model may be called 100%
    found = next((each for each in (_REPLY.fullmatch(line, at) for at in starts) if each), None)
    if not found:
        return None
    text = "".join(letter if letter.isprintable() else "?" for letter in found[2].decode("utf-8", "replace"))
    return Reply(found[1].decode("ascii").upper(), text.strip())


class Lines:
    """What comes over the wire, cut into lines, in whichever pieces it came; ends are CR, LF or both."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def held_bytes(self) -> int:
        """How much of a line has come that has no end yet."""
        return len(self._rest)

    def cut(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that *data* completes; empty ones are let go.

        Raises:
            NetworkError: a line has no end.
        """
        *lines, self._rest = re.split(rb"[\r\n]", self._rest + data)
        if len(self._rest) > MAX_LINE_BYTES:
            raise NetworkError("sends a line without an end: it does not speak PJLink")
        yield from (line for line in lines if line and len(line) <= MAX_LINE_BYTES)


def power(text: str) -> Power | None:
    """Return what POWR said; None: it makes no sense."""
    return next((each for each in Power if each.value == text), None)


def mute(text: str) -> bool | None:
    """Return whether the picture is away, by what AVMT said; None: it makes no sense."""
    return _MUTED.get(text)


def input_of(text: str) -> str | None:
    """Return what INPT said, such as 31; None: it makes no sense."""
    return text.upper() if _INPUT.fullmatch(text.upper()) else None


def faults(text: str) -> dict[str, Level] | None:
    """Return what ERST said is wrong, and how badly; None: it makes no sense."""
    known = {each.value: each for each in Level}
    if len(text) < len(FAULTS) or any(letter not in known for letter in text[: len(FAULTS)]):
        return None
    found = {name: known[letter] for name, letter in zip(FAULTS, text, strict=False)}
    return {name: level for name, level in found.items() if level is not Level.FINE}


def lamps(text: str) -> tuple[Lamp, ...] | None:
    """Return what LAMP said: hours, and 0 or 1 for each; None: it makes no sense.

    Some leave the flag out, for one lamp or for all.
    """
    words = text.split()
    if not words or len(words) > 2 * MAX_LAMPS or not all(_NUMBER.fullmatch(word) for word in words):
        return None
    flags = words[1::2]
    if len(words) % 2 == 0 and all(flag in {"0", "1"} for flag in flags):
        return tuple(Lamp(int(hours), flag == "1") for hours, flag in zip(words[::2], flags, strict=True))
    return tuple(Lamp(int(hours), None) for hours in words[:MAX_LAMPS])


def hours(text: str) -> int | None:
    """Return what FILT said, in hours; None: it makes no sense."""
    return int(text) if _NUMBER.fullmatch(text) else None


def has_signal(text: str) -> bool | None:
    """Return whether IRES said that a picture arrives; None: it makes no sense."""
    if text == "-":
        return False
    return True if text == "*" or re.fullmatch(r"[0-9]{1,5}\s*[xX]\s*[0-9]{1,5}", text) else None
