"""A calibration as a value and as bytes: how every output is shaped, when and by whom, under a checksum.

Pure: files are the shelf's. What cannot be read is refused as a whole, for half a calibration is a wrong picture on a wall.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import dist
from typing import Annotated, Final, NoReturn, cast

from pydantic import Field, TypeAdapter, ValidationError

from player.calibration.soundness import check_shape
from player.errors import GeometryError, OperatorError
from player.output.refusals import MAX_MASKS
from player.output.scaling import scaled
from player.output.section import MAX_OUTPUTS
from player.output.shape import Mask, Shape
from player.units import MAX_SIDE, Nanos, Size

VERSION: Final = 1
MAX_BYTES: Final = 8_000_000  # sixteen outputs with a mesh of 17x17 and eighty windows each come to 2 MB
MAX_WORDS: Final = 200  # characters of who and what: a line in a list
_MOST_MASKS: Final = 2 * MAX_MASKS  # as many by hand as there may be, and as many that the configuration has
_SAME_PX: Final = 0.01  # a tenth of the finest step of a key, and far more than scaling there and back rounds off
_MARK: Final = "weremember_calibration"


class UnreadableError(OperatorError):
    """A file is no calibration that this version can use; the message says why, to follow "it is"."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The shape of one output, and the size in pixels that it was made for."""

    shape: Shape
    size: Size
    configured: tuple[Mask, ...] = ()
    """The masks that the configuration had then, for that size: what differs from them was done by hand."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How all outputs were shaped at one moment."""

    number: Annotated[int, Field(ge=1)]
    """Its place in the history. Never the time decides that: a machine's clock may begin in 1970."""
    at: Nanos
    """By the machine's clock, for people."""
    by: str
    what: str
    """What was changed."""
    outputs: Annotated[Mapping[str, Kept], Field(max_length=MAX_OUTPUTS)]
    """By the output's id."""


_SCHEMA: Final = TypeAdapter(Calibration)


def to_bytes(calibration: Calibration) -> bytes:
    """Return *calibration* as a file has it."""
    named = replace(calibration, by=_line(calibration.by), what=_line(calibration.what))
    body = cast("object", _SCHEMA.dump_python(named, mode="json"))
    whole = {_MARK: VERSION, "sha256": _checksum(body), "calibration": body}
    return json.dumps(whole, separators=(",", ":"), allow_nan=False).encode("ascii")


def from_bytes(content: bytes) -> Calibration:
    """Return the calibration in *content*.

    Raises:
        UnreadableError: truncated, damaged, of a newer version, or with a shape that cannot be shown.
    """
    body = _body(content)
    try:
        found = _SCHEMA.validate_python(body)
    except ValidationError as error:
        raise UnreadableError("not what a calibration is made of") from error
    for name, kept in found.outputs.items():
        if not all(1 <= side <= MAX_SIDE for side in kept.size):
            raise UnreadableError(f"for an output {name} of no possible size")
        if len(kept.shape.masks) > _MOST_MASKS:
            raise UnreadableError(f"not to be shown on {name}: it has {len(kept.shape.masks)} masks")
        try:
            check_shape(kept.shape)
        except GeometryError as error:
            raise UnreadableError(f"not to be shown on {name}: {error}") from error
    return found


def in_force(kept: Kept | None, configured: Shape, size: Size) -> Shape:
    """Return the shape that counts on an output of *size*: what was edited there, else what is *configured* for that size.

    Masks are gone through one by one: what a hand has made, changed or removed stays so, and all others are as configured now.
    Locked ones are the configuration's alone: whatever was kept before them, they stand, and no kept one outlives them.
    """
    if kept is None:
        return configured
    shape = scaled(kept.shape, kept.size, size)
    return replace(shape, masks=_masks_in_force(kept, shape.masks, configured.masks))


def _masks_in_force(kept: Kept, mine: tuple[Mask, ...], configured: tuple[Mask, ...]) -> tuple[Mask, ...]:
    """Return the masks that count, of those that were kept, now in their new size, and those that are configured."""
    now, then = {mask.id: mask for mask in configured}, {mask.id: mask for mask in kept.configured}
    found: dict[str, Mask] = {}
    for was, mask in zip(kept.shape.masks, mine, strict=True):
        is_locked = "lock" in (mask.kind, now[mask.id].kind if mask.id in now else "")
        if not is_locked and not _is_as(was, then.get(mask.id)):
            found[mask.id] = mask
        elif mask.id in now:
            found[mask.id] = now[mask.id]
    for mask in configured:
        if mask.kind == "lock" or mask.id not in then:
            found.setdefault(mask.id, mask)
    return tuple(found.values())


def _is_as(mask: Mask, other: Mask | None) -> bool:
    """Whether two masks are the same to the eye."""
    return (
        other is not None
        and (mask.kind, len(mask.points)) == (other.kind, len(other.points))
        and abs(mask.feather_px - other.feather_px) < _SAME_PX
        and all(dist(a, b) < _SAME_PX for a, b in zip(mask.points, other.points, strict=True))
    )


def _body(content: bytes) -> object:
    if len(content) > MAX_BYTES:
        raise UnreadableError("far too long")
    try:
        whole: object = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("truncated or damaged") from error
    if not isinstance(whole, dict):
        raise UnreadableError("truncated or damaged")
    parts = cast("dict[str, object]", whole)
    version = parts.get(_MARK)
    if not isinstance(version, int) or isinstance(version, bool):
        raise UnreadableError("no calibration")
    if version > VERSION:
        raise UnreadableError("made by a newer version of the player")
    body = parts.get("calibration")
    if parts.get("sha256") != _checksum(body):
        raise UnreadableError("damaged: its checksum is wrong")
    return body


def _checksum(body: object) -> str:
    """Return the SHA-256 of *body* in one form, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _line(text: str) -> str:
    """Return *text* as one line that every reader takes."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())[:MAX_WORDS]
