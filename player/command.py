"""What may be ordered: one vocabulary for keyboard, command line, console and fleet. Each makes the same frozen value.

Here are the words and the rows alone; what an order does is decided in `player.show.obeying`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeGuard

from player.errors import OperatorError
from player.units import SECOND, Nanos, parse_duration

MAX_LENGTH: Final[Nanos] = 31 * 24 * 3600 * SECOND  # a campaign is eight days; anything longer is a slip of the finger
MAX_DIGITS: Final = 19  # of a number in a row: what a length may be at most has sixteen
MAX_ECHO: Final = 40  # characters of what was not understood that are said again
BRIGHTEST: Final = 100
REFUSED: Final = "refused: "
"""What the answer to an order begins with that was not carried out."""
EVERYWHERE: Final = "*"
"""As the source of a withdrawal: every source."""


class Plain(StrEnum):
    """Orders of one word."""

    NEXT = "next"
    PREVIOUS = "previous"
    HOLD = "hold"
    RESUME = "resume"
    DARK = "dark"
    LIGHT = "light"
    END = "end"
    """The show that is on is over: the slot that runs, or what was put on by hand."""
    AUTO = "auto"
    """Back to the schedule, as if nobody had touched anything."""
    IDENTIFY = "identify"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class Go:
    """Put a show on."""

    show: str
    length: Nanos | None = None
    """None: until somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Extend:
    """Let the show that is on go on for longer than it would."""

    length: Nanos


@dataclass(frozen=True, slots=True)
class Dim:
    """How bright the picture is to be, 0 to 100."""

    level: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a photo down, at once and for ever."""

    item: str
    source: str = EVERYWHERE


Command: TypeAlias = Plain | Go | Extend | Dim | Withdraw

_PLAIN: Final = {plain.value: plain for plain in Plain}
_HOW: Final = {
    "go": "say which show: go SHOW, or go SHOW for 2h",
    "extend": "say for how long: extend 30m",
    "dim": "say how bright, 0 to 100: dim 60",
    "withdraw": "say which photo: withdraw SOURCE/ID, or an ID for every source",
}
VERBS: Final = (*_HOW, *_PLAIN)


def lasts(command: Command) -> bool:
    """Whether *command* is right whenever it is obeyed: it says how the wall is to be, and not what is to happen now."""
    return isinstance(command, Dim) or command in {Plain.DARK, Plain.LIGHT, Plain.AUTO}


def parse(words: Sequence[str], sources: Collection[str] = ()) -> Command:
    """Return the order that a person wrote, such as `go facade for 2h`.

    *sources* are those that a withdrawal may name before the first slash; ids may hold slashes, too.

    Raises:
        OperatorError: it is none; the message says how to write it.
    """
    match [word for word in words if word]:
        case [verb] if verb in _PLAIN:
            return _PLAIN[verb]
        case ["go", show] | ["go", show, "for"]:
            return Go(_named(show, "show"))
        case ["go", show, "for", *length]:
            return Go(_named(show, "show"), _length("".join(length)))
        case ["extend", *length] if length:
            return Extend(_length("".join(length)))
        case ["dim", level]:
            return Dim(_level(level))
        case ["withdraw", name]:
            source, slash, item = _named(name, "item").partition("/")
            return Withdraw(item, source) if slash and item and source in sources else Withdraw(name)
        case given:
            raise OperatorError(_wrong(given))


def row_of(command: Command) -> tuple[str, dict[str, str]]:
    """Return verb and arguments of *command*, as they stand in the library."""
    match command:
        case Go(show, length):
            return "go", {"show": show} | ({} if length is None else {"length_ns": str(length)})
        case Extend(length):
            return "extend", {"length_ns": str(length)}
        case Dim(level):
            return "dim", {"level": str(level)}
        case Withdraw(item, source):
            return "withdraw", {"item": item, "source": source}
        case Plain():
            return command.value, {}


def from_row(verb: str, arguments: Mapping[str, object]) -> Command:
    """Return the order in a row of the library, whatever somebody wrote into it.

    Raises:
        OperatorError: it is none that this version knows; the message says what is wrong with it, in a line.
    """
    match verb:
        case _ if verb in _PLAIN:
            return _PLAIN[verb]
        case "go":
            length = arguments.get("length_ns")
            return Go(_named(arguments.get("show"), "show"), None if length is None else _nanos(length))
        case "extend":
            return Extend(_nanos(arguments.get("length_ns")))
        case "dim":
            return Dim(_level(arguments.get("level")))
        case "withdraw":
            return Withdraw(_named(arguments.get("item"), "item"), _named(arguments.get("source") or EVERYWHERE, "source"))
        case _:
            raise OperatorError(f"unknown command {_echo(verb)}")


def in_words(command: Command) -> str:
    """Return *command* as a person would write it."""
    match command:
        case Go(show, length):
            return f"go {show}" + ("" if length is None else f" for {length_in_words(length)}")
        case Extend(length):
            return f"extend {length_in_words(length)}"
        case Dim(level):
            return f"dim {level}"
        case Withdraw(item, source):
            return f"withdraw {item}" if source == EVERYWHERE else f"withdraw {source}/{item}"
        case Plain():
            return command.value


def length_in_words(length: Nanos) -> str:
    """Return a length of time as `1 d 2 h`, `1 h 30 min`, `90 s`: whole seconds, at most two units."""
    seconds = round(length / SECOND)
    if seconds < 120:  # noqa: PLR2004 - below two minutes people count in seconds
        return f"{seconds} s"
    found: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            found.append(f"{number} {unit}")
    return " ".join(found[:2])


def _wrong(given: Sequence[str]) -> str:
    """Say what is wrong with words that are no order."""
    if not given:
        return f"say what is to be done: {', '.join(VERBS)}"
    verb, *rest = given
    if verb in _PLAIN:
        return f'{verb} takes no "{_echo(" ".join(rest))}"'
    return _HOW.get(verb, f"unknown command {_echo(verb)}")


def _echo(text: str) -> str:
    """Return the beginning of what somebody wrote, fit for a line of an answer."""
    shown = "".join(character if character.isprintable() else "?" for character in text[:MAX_ECHO])
    return shown + ("…" if len(text) > MAX_ECHO else "")


def _length(text: str) -> Nanos:
    try:
        length = parse_duration(text) * SECOND
    except ValueError as error:
        raise OperatorError(str(error)) from error
    return _bounded(round(min(length, MAX_LENGTH + SECOND)))  # digits without end are infinite


def _nanos(value: object) -> Nanos:
    if not _is_number(value):
        raise OperatorError("its length_ns is missing or no number of nanoseconds")
    return _bounded(int(value))


def _bounded(length: Nanos) -> Nanos:
    if not 0 < length <= MAX_LENGTH:
        days = MAX_LENGTH // (24 * 3600 * SECOND)
        raise OperatorError(f"a length of time is more than nothing and at most {days} days")
    return length


def _level(value: object) -> int:
    if not _is_number(value) or int(value) > BRIGHTEST:
        raise OperatorError(_HOW["dim"])
    return int(value)


def _is_number(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS


def _named(value: object, what: str) -> str:
    """Return a name that can be written down: what came in from outside may hold halves of characters."""
    if not isinstance(value, str) or not value or any("\ud800" <= character <= "\udfff" for character in value):
        raise OperatorError(f"its {what} is missing or no text")
    return value
