"""Which display is meant, whatever number the system gives it today."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final, NamedTuple, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from player.schema import Frozen
from player.units import Size, parse_size

MAX_INDEX: Final = 15  # what the graphics cards of one machine drive, from 0


def _size(value: object) -> object:
    return None if value == "auto" else parse_size(value) if isinstance(value, str) else value


SizeText: TypeAlias = Annotated[Size | None, BeforeValidator(_size)]


class Likeness(NamedTuple):
    """What of what is written is so of a display; of two, the greater is the better."""

    serial: bool
    name: bool
    size: bool
    number: bool


class Identity(Frozen):
    """Which display: what it says of itself; its number only where it says nothing, or the same as another."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    """What it calls itself, or the socket that it hangs on: `EPSON PJ`, `HDMI-1`."""
    serial: str | None = Field(default=None, min_length=1, max_length=100)
    size: SizeText = None
    index: Annotated[int, Field(ge=0, le=MAX_INDEX)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.given:
            raise ValueError("which display? Write its name, such as `display: {name: EPSON PJ, serial: X4Z1}`")
        return self

    @property
    def given(self) -> dict[str, object]:
        """What is written."""
        every = {"name": self.name, "serial": self.serial, "size": self.size, "index": self.index}
        return {key: value for key, value in every.items() if value is not None}

    def likeness(self, *, names: Collection[str], serial: str, size: Size, index: int) -> Likeness | None:
        """Return how well a display that is there is the one that is meant; None when it is another one.

        A name must be so, and a serial that the display tells: a twin must not take over masks that were made for its
        brother. Where a name or a serial is so, the size need not be: displays change it while they run, and cables lose
        serials. A number tells twins apart, and must be so too.

        Args:
            names: What the display calls itself, and its socket.
            serial: Empty where it tells none.
            size: In pixels, as it is now.
            index: The system's number for it, from 0.
        """
        found = Likeness(
            serial=self.serial is not None and self.serial == serial,
            name=self.name is not None and self.name in names,
            size=self.size is not None and self.size == size,
            number=self.index is not None and self.index == index,
        )
        is_known = found.serial or found.name
        is_another = (
            (self.name is not None and not found.name and not found.serial)
            or (self.serial is not None and not found.serial and (bool(serial) or not found.name))
            or (self.size is not None and not found.size and not is_known)
            or (self.index is not None and not found.number)
        )
        return None if is_another else found

    def covers(self, other: Identity) -> bool:
        """Whether every display that fits *other* fits this one too."""
        return self.given.items() <= other.given.items()
