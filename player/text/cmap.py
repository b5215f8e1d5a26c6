"""Which characters a font file has, read from its `cmap` table (OpenType 1.9, formats 4 and 12).

Asked before a language is promised to the wall: a box for a missing letter is worse than another language. Reads the
one table it needs, without a font library, because it runs before the first picture is up.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from pathlib import Path
from typing import Final

MAX_TABLE: Final = 8 << 20  # bytes; the largest CJK fonts have 1 MB, and a broken file may claim 4 GB
_UNICODE: Final = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))  # the full repertoire first


class CharacterMap:
    """The characters of one face: `ord(character) in characters`."""

    def __init__(self, path: Path, index: int = 0) -> None:
        """Read the face *index* of the file at *path*.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no OpenType font with a Unicode table.
        """
        try:
            table = _table(path, index)
            self._ranges = _ranges(table)
        except struct.error as error:
            raise ValueError(f"{path} is cut short: it is no whole font.") from error
        self._ends = [end for _, end in self._ranges]

    def __contains__(self, code: object) -> bool:
        """Return whether the font has a glyph for the code point *code*."""
        if not isinstance(code, int):
            return False
        i = bisect_left(self._ends, code)
        return i < len(self._ranges) and self._ranges[i][0] <= code


def _table(path: Path, index: int) -> bytes:
    with path.open("rb") as file:
        start = 0
        if file.read(4) == b"ttcf":
            file.seek(8)
            (count,) = struct.unpack(">I", file.read(4))
            if index >= count:
                raise ValueError(f"{path} holds {count} fonts, not {index + 1}.")
            file.seek(12 + 4 * index)
            (start,) = struct.unpack(">I", file.read(4))
        file.seek(start + 4)
        (tables,) = struct.unpack(">H", file.read(2))
        file.seek(start + 12)
        directory = file.read(16 * tables)
        for tag, _, offset, length in struct.iter_unpack(">4sIII", directory):
            if tag == b"cmap" and length <= MAX_TABLE:
                file.seek(offset)
                return file.read(length)
    raise ValueError(f"{path} has no table of characters.")


def _ranges(table: bytes) -> list[tuple[int, int]]:
    """Return the (first, last) code points that lead to a glyph, in ascending order."""
    (_, count) = struct.unpack_from(">HH", table)
    subtables = {
        (platform, encoding): offset for platform, encoding, offset in struct.iter_unpack(">HHI", table[4 : 4 + 8 * count])
    }
    for key in _UNICODE:
        if key not in subtables:
            continue
        offset = subtables[key]
        (form,) = struct.unpack_from(">H", table, offset)
        if form == 12:  # noqa: PLR2004 - the format's own number
            return _segmented_coverage(table[offset:])
        if form == 4:  # noqa: PLR2004 - the format's own number
            return _segment_mapping(table[offset:])
    raise ValueError("The font has no Unicode table of characters.")


def _segmented_coverage(table: bytes) -> list[tuple[int, int]]:
    """Format 12."""
    (groups,) = struct.unpack_from(">I", table, 12)
    ranges: list[tuple[int, int]] = []
    for first, last, glyph in struct.iter_unpack(">III", table[16 : 16 + 12 * groups]):
        if glyph:
            ranges.append((first, last))
        elif last > first:
            ranges.append((first + 1, last))
    return ranges


def _segment_mapping(table: bytes) -> list[tuple[int, int]]:
    """Format 4: segments with a delta, or with an array of glyphs in which 0 means there is none."""
    (twice,) = struct.unpack_from(">H", table, 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + twice)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 2 * twice)
    offsets_at = 16 + 3 * twice
    offsets = struct.unpack_from(f">{count}H", table, offsets_at)
    ranges: list[tuple[int, int]] = []
    for i in range(count):
        for code in range(starts[i], ends[i] + 1):
            glyph = code + deltas[i]
            if offsets[i]:
                at = offsets_at + 2 * i + offsets[i] + 2 * (code - starts[i])
                (raw,) = struct.unpack_from(">H", table, at)
                glyph = raw + deltas[i] if raw else 0
            if glyph & 0xFFFF and code != 0xFFFF:  # noqa: PLR2004 - the sentinel that ends every such table
                if ranges and ranges[-1][1] == code - 1:
                    ranges[-1] = (ranges[-1][0], code)
                else:
                    ranges.append((code, code))
    return ranges
