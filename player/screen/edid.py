"""What a display says of itself: the first block of its EDID (VESA E-EDID 1.4), from bytes that may be anything.

A block comes over a cable, through splitters and extenders that lose it, shorten it or send somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.units import Size

BLOCK: Final = 128  # bytes; what follows are extensions, which say nothing that is needed here
_HEADER: Final = bytes.fromhex("00ffffffffffff00")
_DESCRIPTORS: Final = (54, 72, 90, 108)  # where the four of 18 bytes begin
_DESCRIPTOR: Final = 18
_NAME, _SERIAL = 0xFC, 0xFF
_NO_NUMBERS: Final = frozenset({0, 1, 0x01010101, 0xFFFFFFFF})  # what makers write who do not number their displays
_INTERLACED: Final = 0x80


@dataclass(frozen=True, slots=True)
class Edid:
    """Who made a display, and which one it is."""

    maker: str
    """Three letters; empty where they are none."""
    product: int
    number: int
    """Its serial number as a number; 0 where it has none."""
    text_name: str
    text_serial: str
    size: Size | None
    """What it likes to show."""

    @property
    def name(self) -> str:
        """What it calls itself, else its maker's letters and product number."""
        return self.text_name or (f"{self.maker} {self.product:04X}" if self.maker else "")

    @property
    def serial(self) -> str:
        """Its serial number as it would be on its sticker; empty where it has none."""
        return self.text_serial or (str(self.number) if self.number else "")


def parse(data: bytes) -> Edid | None:
    """Return what an EDID says; None when it is damaged, or none at all."""
    block = data[:BLOCK]
    if len(block) < BLOCK or not block.startswith(_HEADER) or sum(block) % 256:
        return None
    descriptors = [block[at : at + _DESCRIPTOR] for at in _DESCRIPTORS]
    number = int.from_bytes(block[12:16], "little")
    return Edid(
        maker=_maker(int.from_bytes(block[8:10], "big")),
        product=int.from_bytes(block[10:12], "little"),
        number=0 if number in _NO_NUMBERS else number,
        text_name=_text(descriptors, _NAME),
        text_serial=_text(descriptors, _SERIAL),
        size=_preferred(descriptors[0]),
    )


def _maker(packed: int) -> str:
    letters = "".join(chr(64 + (packed >> shift & 31)) for shift in (10, 5, 0))
    return letters if letters.isalpha() and letters.isascii() else ""


def _text(descriptors: list[bytes], tag: int) -> str:
    """Return the text of the first descriptor with *tag*: 13 characters, ended by a new line where it is shorter."""
    for each in descriptors:
        if each[:3] == b"\0\0\0" and each[3] == tag:
            text = each[5:].split(b"\n")[0].decode("ascii", "replace")
            return " ".join("".join(c for c in text if c.isprintable() and c.isascii()).split())
    return ""


def _preferred(timing: bytes) -> Size | None:
    """Return the size of the first timing, which by the standard is the one that is preferred."""
    if timing[:2] == b"\0\0":
        return None
    width = timing[2] | (timing[4] & 0xF0) << 4
    height = timing[5] | (timing[7] & 0xF0) << 4
    if timing[17] & _INTERLACED:
        height *= 2
    return Size(width, height) if width and height else None
