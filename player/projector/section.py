"""The section `projectors:` of config.yaml: its keys, and what is wrong with a value in words."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from player.schema import Duration, Frozen, did_you_mean
from player.secret import SecretRef
from player.units import Seconds

MAX_PROJECTORS: Final = 32  # sixteen outputs, two projectors on each; every one has a thread
PORT: Final = 4352  # PJLink's
HOUR_S: Final[Seconds] = 3600.0

_NAME: Final = re.compile(r"[A-Za-z0-9][\w-]{0,63}", re.ASCII)
_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_INPUT: Final = re.compile(r"[1-6][1-9A-Z]")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f'a projector is named with letters, digits, - and _, not "{text}"')
    return text


def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(
            f'write its number, such as 192.168.1.20, not "{text}": at night nobody may be there to look up a name'
        ) from None
    if address.is_unspecified or address.is_multicast:
        raise ValueError(f"{text} is the address of no single projector")
    return str(address)


def _mac(text: str) -> str:
    if not _MAC.fullmatch(text):
        raise ValueError(f'write the address on the sticker, such as 00:26:AB:12:34:56, not "{text}"')
    return text.upper().replace("-", ":")


def _input(text: str) -> str:
    if not _INPUT.fullmatch(text.upper()):
        raise ValueError(f'write an input as PJLink counts them, such as 31 for the first digital one, not "{text}"')
    return text.upper()


def _never(value: object) -> object:
    return None if value == "never" else value


class Projector(Frozen):
    """How one projector, or display, is switched on and off."""

    kind: Literal["pjlink", "wol"] = "pjlink"
    """`wol`: it is woken by a magic packet, and falls asleep by itself."""
    host: Annotated[str, AfterValidator(_address)] | None = None
    """Its address, a number. For `wol`, where the packet goes to; None: to all in the network."""
    port: int = Field(default=PORT, ge=1, le=65_535)
    password: SecretRef | None = None
    """Where PJLink's password is to be found; never the password itself."""
    mac: Annotated[str, AfterValidator(_mac)] | None = None
    """Its hardware address. With `pjlink`, for those whose network sleeps in standby."""
    input: Annotated[str, AfterValidator(_input)] | None = None
    """As PJLink counts them: 31 is the first digital one. None: as it is."""
    early: Annotated[Duration, Field(ge=0, le=2 * HOUR_S)] = 600.0
    """How long before a show it is switched on, dark: it warms up, and its colours settle."""
    off_after: Annotated[Duration, Field(ge=0, le=2 * HOUR_S)] = 300.0
    """How long after a show, dark, it is switched off."""
    cool: Annotated[Duration, Field(ge=0, le=HOUR_S / 2)] = 120.0
    """How long its lamp is left alone after it went out."""
    between: Literal["off", "shown"] = "off"
    """What it is while no slot is on: `shown`, on, for a fallback that people are to see."""
    off_in_dark: Annotated[Annotated[Duration, Field(ge=60, le=24 * HOUR_S)] | None, BeforeValidator(_never)] = 2 * HOUR_S
    """It is switched off where the schedule has it dark for longer; None: only ever dark."""
    lamp_hours: int | None = Field(default=None, ge=1, le=200_000)
    """When a lamp is to be changed, for an alarm; None: nobody is told."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.kind == "pjlink" and self.host is None:
            raise ValueError("where is it? Write `host: 192.168.1.20`")
        if self.kind == "wol" and self.mac is None:
            raise ValueError("what is woken? Write `mac: 00:26:AB:12:34:56`")
        if self.kind == "wol" and self.host is not None and ":" in self.host:
            raise ValueError("a magic packet goes to an address such as 192.168.1.255")
        if self.kind == "wol" and (self.password or self.input or self.lamp_hours):
            raise ValueError("a display that is only woken has no password, input or lamp_hours: `kind: pjlink` has")
        return self


Name: TypeAlias = Annotated[str, AfterValidator(_name)]
Projectors: TypeAlias = Annotated[dict[Name, Projector], Field(max_length=MAX_PROJECTORS)]
"""`projectors:`, by the id of the output that each shows; a second one that lies on the first is `left-2`."""


def problems(projectors: Mapping[str, Projector], outputs: Collection[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what is wrong with all of them together, with where it stands from the file's top.

    Args:
        projectors: As they were read.
        outputs: The ids under `outputs:`; none where there is only one display.
    """
    held: dict[tuple[str | None, int], str] = {}
    for name, each in projectors.items():
        if outputs and name not in outputs and name.rpartition("-")[0] not in outputs:
            yield ("projectors", name), f'there is no output "{name}".{did_you_mean(name, outputs)}'
        if each.kind == "pjlink":
            first = held.setdefault((each.host, each.port), name)
            if first != name:
                yield ("projectors", name, "host"), f'is the address of "{first}" too: each projector has its own'
