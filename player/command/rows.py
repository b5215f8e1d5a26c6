"""Orders as rows of the library: a verb, and its arguments as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from player.command.orders import EVERYWHERE, UNATTENDED, Calibrate, Command, Dim, Extend, Go, Plain, ShowCard, Withdraw
from player.command.reading import echo, evening, level_of, named, nanos_of
from player.errors import OperatorError
from player.units import Nanos

_PLAIN: Final = {plain.value: plain for plain in Plain}
_YES: Final = "true"


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
        case ShowCard() | Calibrate():
            return _row_of_setting_up(command)
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
            return Go(named(arguments.get("show"), "show"), None if length is None else nanos_of(length))
        case "extend":
            return Extend(nanos_of(arguments.get("length_ns")))
        case "dim":
            return Dim(level_of(arguments.get("level")))
        case "withdraw":
            return Withdraw(named(arguments.get("item"), "item"), named(arguments.get("source") or EVERYWHERE, "source"))
        case "testcard" | "calibrate":
            return _setting_up(verb, arguments)
        case _:
            raise OperatorError(f"unknown command {echo(verb)}")


def _row_of_setting_up(command: ShowCard | Calibrate) -> tuple[str, dict[str, str]]:
    where = {"output": command.output} if command.output is not None else {}
    where |= {"length_ns": str(command.length)}
    match command:
        case ShowCard(name):
            return "testcard", where | ({"card": name} if name is not None else {})
        case Calibrate(is_over=is_over):
            return "calibrate", where | ({"over": _YES} if is_over else {})


def _setting_up(verb: str, arguments: Mapping[str, object]) -> ShowCard | Calibrate:
    card, output = (arguments.get(key) for key in ("card", "output"))
    on = None if output is None else named(output, "output")
    length: Nanos = evening(nanos_of(arguments["length_ns"])) if "length_ns" in arguments else UNATTENDED
    if verb == "testcard":
        return ShowCard(None if card is None else named(card, "card"), on, length)
    return Calibrate(on, length, is_over=arguments.get("over") == _YES)
