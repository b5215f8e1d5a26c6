"""Which output gets which display: decided from what displays say of themselves, and from what was so before.

A display is never given twice. Outputs that are slices of one LED wall share one: they name the same display, and each its
own place on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from player.output.identity import Identity, Likeness
from player.output.section import Output
from player.output.spot import Spot
from player.screen.displays import Found
from player.units import Size

_ANY: Likeness = Likeness(serial=False, name=False, size=False, number=False)
Rank: TypeAlias = tuple[bool, bool, bool, bool, bool]
"""Serial is so; was bound before; name, size, number are so."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The displays of a machine, given away."""

    displays: Mapping[str, Found] = field(default_factory=dict[str, Found])
    """By output id."""
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    """Outputs without one, each with the reason in words."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one display is wanted for: an output, or all slices of one LED wall."""

    display: Identity | None
    outputs: tuple[Output, ...]


def bound(outputs: Sequence[Output], found: Sequence[Found], *, before: Binding) -> Binding:
    """Return which output has which display.

    What was bound *before* stays, though numbers move when another display goes; but a display whose serial is the one that is
    written comes first. Then name and size count, then the name, the size, and at last the number. Of what is alike, the
    output that is written first gets the display that the system counts first.
    """
    claims = _claims(outputs)
    pairs = sorted(_pairs(claims, found, before), key=lambda pair: tuple(not each for each in pair[0]))
    given: dict[int, Found] = {}
    taken: set[int] = set()
    for _, claim, display in pairs:
        if claim not in given and display not in taken:
            given[claim] = found[display]
            taken.add(display)
    displays: dict[str, Found] = {}
    missing: dict[str, str] = {}
    for i, claim in enumerate(claims):
        for output in claim.outputs:
            why = _taken(claim, claims, given) if i not in given else ""
            why = why or _why_not(output, given.get(i), found)
            if why:
                missing[output.id] = why
            else:
                displays[output.id] = given[i]
    return Binding(displays, missing)


def spot_of(output: Output, size: Size) -> Spot:
    """Return where on a display of *size* an output is: its own place, else all of it."""
    return output.place or Spot(0, 0, size.width, size.height)


def _claims(outputs: Sequence[Output]) -> list[_Claim]:
    claims: list[_Claim] = []
    for output in outputs:
        shared = next((i for i, claim in enumerate(claims) if output.place and _shares(claim, output)), None)
        if shared is None:
            claims.append(_Claim(output.display, (output,)))
        else:
            claims[shared] = _Claim(output.display, (*claims[shared].outputs, output))
    return claims


def _shares(claim: _Claim, output: Output) -> bool:
    return claim.display == output.display and claim.outputs[0].place is not None


def _pairs(claims: Sequence[_Claim], found: Sequence[Found], before: Binding) -> Iterator[tuple[Rank, int, int]]:
    """Yield every display that a claim could have, with how good that would be; the first claims and displays first."""
    for i, claim in enumerate(claims):
        were = {each.key for output in claim.outputs if (each := before.displays.get(output.id))}
        for j, display in enumerate(found):
            was = display.key in were
            likeness = _likeness(claim.display, display, was=was)
            if likeness is not None:
                yield (likeness.serial, was, likeness.name, likeness.size, likeness.number), i, j


def _likeness(identity: Identity | None, display: Found, *, was: bool) -> Likeness | None:
    if identity is None:
        return _ANY
    if was:  # it may be counted otherwise now, since another one went
        identity = identity.model_copy(update={"index": None})
    names = {name for name in (display.name, display.socket) if name}
    return identity.likeness(names=names, serial=display.serial, size=display.size, index=display.index)


def _taken(claim: _Claim, claims: Sequence[_Claim], given: Mapping[int, Found]) -> str:
    """Return who has the display that *claim* names, in words; empty when it is not there.

    One that is another's only because it was before is not meant: its number moved.
    """
    for taker, display in given.items():
        if claim.display and all(_likeness(each.display, display, was=False) for each in (claim, claims[taker])):
            has_it = " and ".join(output.id for output in claims[taker].outputs)
            return f"its display ({_written(claim.display)}) is there, but it is bound to {has_it}: {display}"
    return ""


def _why_not(output: Output, display: Found | None, found: Sequence[Found]) -> str:
    """Return why *output* has no display, in words; empty when it has *display*."""
    if display is None:
        wanted = f" ({_written(output.display)})" if output.display else ""
        there = "; ".join(str(each) for each in found) or "none"
        return f"its display{wanted} is not there; there are: {there}"
    spot = spot_of(output, display.size)
    if spot.right > display.size.width or spot.bottom > display.size.height:
        return f"its place reaches to {spot.right}, {spot.bottom}, beyond its display: {display}"
    return ""


def _written(identity: Identity) -> str:
    size = f"{identity.size.width}x{identity.size.height}" if identity.size else ""
    number = f"index {identity.index}" if identity.index is not None else ""
    return " ".join(part for part in (identity.name, identity.serial, size, number) if part)
