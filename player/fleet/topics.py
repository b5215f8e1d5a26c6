"""The names of what is said, and where: `wr/1/…`. Builds them, and takes apart what came in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ROOT: Final = "wr/1"
MAX_NAME: Final = 63  # characters of an id or a group: what a DNS label and a certificate's CN hold
_DIGITS: Final = 16  # of a hash: 64 bits, which nobody tries out at a broker
MAX_TOPIC: Final = 200  # characters; the longest of ours has 90
CENTRE: Final = "centre"
"""Who the centre is at the broker; no player can be called so."""
ALL_HINT: Final = f"{ROOT}/all/hint"
_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{MAX_NAME - 1}}}")


class Kind(StrEnum):
    """What a topic is for."""

    HINT = "hint"
    COMMIT = "commit"
    DESIRED = "desired"
    COMMAND = "cmd"
    STATUS = "status"
    REPORT = "report"
    EVENT = "event"
    PICTURE = "picture"


OF_A_PLAYER: Final = (Kind.DESIRED, Kind.STATUS, Kind.REPORT, Kind.EVENT, Kind.PICTURE)
SAID_BY_PLAYERS: Final = (Kind.STATUS, Kind.REPORT, Kind.EVENT, Kind.PICTURE)
OF_A_GROUP: Final = (Kind.HINT, Kind.COMMIT)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart."""

    kind: Kind
    player: str = ""
    """Whose it is; empty: a group's, or everybody's."""
    group: str = ""
    verb: str = ""
    """Of a command."""

    @property
    def is_for_all(self) -> bool:
        """Whether it is every player's."""
        return not self.player and not self.group


def client_id(name: str, secret: bytes) -> str:
    """Return by what *name*, whose private key is *secret*, is known to the broker as a client.

    A broker throws out whoever has an id that somebody else comes with, and asks no certificate about it: this cannot be guessed.
    Who has a copy of the key has the same one, and is found out by that.
    """
    return f"{name}-{hashlib.sha256(secret).hexdigest()[:_DIGITS]}"


def is_name(text: str) -> bool:
    """Whether *text* can be the id of a player or the name of a group."""
    return _NAME.fullmatch(text) is not None


def group_hint(group: str) -> str:
    """Return where hints for *group* are."""
    return f"{ROOT}/g/{_named(group)}/{Kind.HINT}"


def commit(group: str) -> str:
    """Return where *group* is told which programme is in force."""
    return f"{ROOT}/g/{_named(group)}/{Kind.COMMIT}"


def of_player(player: str, kind: Kind) -> str:
    """Return the topic of *player* for what has one: desired, status, report, event, picture."""
    return f"{ROOT}/p/{_named(player)}/{kind}"


def command(player: str, verb: str) -> str:
    """Return where *player* is ordered to do what *verb* says."""
    return f"{ROOT}/p/{_named(player)}/{Kind.COMMAND}/{_named(verb)}"


def device(player: str) -> str:
    """Return where Home Assistant looks for how a device is to be shown."""
    return f"homeassistant/device/{_named(player)}/config"


def heard_by(player: str, groups: Sequence[str]) -> tuple[str, ...]:
    """Return what a player listens to; no two of them fit the same topic, for those would be delivered twice."""
    each = [topic for group in dict.fromkeys(groups) for topic in (group_hint(group), commit(group))]
    return (ALL_HINT, *each, of_player(player, Kind.DESIRED), f"{ROOT}/p/{_named(player)}/{Kind.COMMAND}/+")


def said_by_all() -> tuple[str, ...]:
    """Return what the centre listens to."""
    return tuple(f"{ROOT}/p/+/{kind}" for kind in SAID_BY_PLAYERS)


def parse(text: str) -> Topic | None:
    """Return *text* taken apart; None: it is no topic of ours."""
    if len(text) > MAX_TOPIC:
        return None
    match text.removeprefix(f"{ROOT}/").split("/") if text.startswith(f"{ROOT}/") else []:
        case ["all", Kind.HINT.value]:
            return Topic(Kind.HINT)
        case ["g", group, kind] if is_name(group) and kind in OF_A_GROUP:
            return Topic(Kind(kind), group=group)
        case ["p", player, kind] if is_name(player) and kind in OF_A_PLAYER:
            return Topic(Kind(kind), player=player)
        case ["p", player, Kind.COMMAND.value, verb] if is_name(player) and is_name(verb):
            return Topic(Kind.COMMAND, player=player, verb=verb)
        case _:
            return None


def _named(name: str) -> str:
    """Return *name*; what is none would be a wildcard, or another's topic.

    Raises:
        ValueError: our own mistake: names are checked where they come in.
    """
    if not is_name(name):
        raise ValueError(f"{name!r} is no name of a player or a group")
    return name
