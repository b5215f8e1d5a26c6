"""`centre.yaml`, the one file of a centre that people write: its values, and what is wrong with them."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from player.centre.link import Broker
from player.errors import OperatorError
from player.schema import Frozen, Line, read, validate

FILE: Final = "centre.yaml"
MAX_PLAYERS: Final = 50_000  # what one Mosquitto is for; beyond that EMQX speaks the same protocol
PLAYERS: Final = 1_000
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_NAME: Final = 253  # characters of a whole DNS name, RFC 1035
_MAX_PORT: Final = 65_535
_WRITE: Final = "write the broker as its name or address, such as fleet.example.org or 192.168.1.9:8883"


def parse_broker(text: str) -> Broker:
    """Return the broker that *text* names: `HOST`, `HOST:PORT`, `[2001:db8::9]:PORT`.

    Raises:
        ValueError: it names none; the message says how to write one.
    """
    words = text.strip().lower().removeprefix("mqtts://").removesuffix("/")
    bare = words.removeprefix("[").removesuffix("]")
    if _is_address(bare):
        return Broker(str(ipaddress.ip_address(bare)))
    host, colon, port = words.rpartition(":")
    host = (host if colon else words).removeprefix("[").removesuffix("]").removesuffix(".")
    if not (_is_address(host) or (len(host) <= _MAX_NAME and all(_LABEL.fullmatch(label) for label in host.split(".")))):
        raise ValueError(f'{_WRITE}, not "{text}"')
    if not colon:
        return Broker(host)
    if not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= _MAX_PORT):
        raise ValueError(f'{_WRITE}: "{port}" is no port')
    return Broker(str(ipaddress.ip_address(host)) if _is_address(host) else host, int(port))


def _broker(value: object) -> object:
    return parse_broker(value) if isinstance(value, str) else value


class Centre(Frozen):
    """A centre."""

    name: Line = "We Remember"
    """Of the fleet, for people."""
    broker: Annotated[Broker, BeforeValidator(_broker)]
    """As players reach it. Its certificate was made for this host: another one needs another centre."""
    players: int = Field(default=PLAYERS, ge=1, le=MAX_PLAYERS)
    """How many are expected: what the broker makes room for, and over how long they come back."""


def load(folder: Path) -> Centre:
    """Return what `centre.yaml` in *folder* says.

    Raises:
        OperatorError: there is none, or every problem in it with its line.
    """
    path = folder / FILE
    try:
        is_there = path.exists()
    except OSError as error:
        raise OperatorError(f"{folder} cannot be read: {error.strerror}; a centre is its owner's alone") from error
    if not is_there:
        raise OperatorError(
            f"{folder} is no centre of a fleet: name its folder by --centre DIR, or once for all by WEREMEMBER_CENTRE"
            f" (weremember fleet init DIR --broker HOST makes one)"
        )
    document = read(path, str(path))
    found = validate(document, Centre)
    if found is None:
        raise OperatorError("\n".join(str(problem) for problem in document.problems))
    return found


def written(centre: Centre) -> str:
    """Return the file that says *centre*."""
    return (
        "# The centre of a fleet of players: made by `weremember fleet init`. Everything else in this folder is written by the\n"
        "# program, and nothing but this file is meant for people to change. Keep a copy of the whole folder in a safe place:\n"
        "# whoever has it can order every player, and without it nobody can.\n"
        f"name: {_quoted(centre.name)}\n"
        f"broker: {_quoted(str(centre.broker))}    # as players reach it; its certificate was made for this host\n"
        f"players: {centre.players}    # how many are expected; what is written for the broker at the next `enrol` follows it\n"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
