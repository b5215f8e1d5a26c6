"""The system's own fonts, as fontconfig lists them. A machine without fontconfig has none, and that is no fault."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TIMEOUT_S: Final = 5.0  # a cold fontconfig cache takes 1-2 s on a small board; the show must not wait for a broken one
_FORMAT: Final = r"%{file}\t%{index}\t%{family}\t%{weight}\t%{slant}\t%{width}\t%{variable}\n"
_REGULAR: Final = 80  # fontconfig's number for it
_NORMAL_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Installed:
    """One upright face of normal width, regular or variable in weight."""

    family: str
    path: Path
    index: int
    variable: bool


@cache
def installed_fonts() -> tuple[Installed, ...]:
    """Return the upright regular faces that fontconfig knows, asked once; none when there is no fontconfig."""
    program = shutil.which("fc-list")
    if program is None:
        return ()
    try:
        listing = subprocess.run(  # noqa: S603 - a fixed command, found on the PATH, with no argument from outside
            [program, "--format", _FORMAT], capture_output=True, check=True, timeout=TIMEOUT_S
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return read_listing(listing.decode("utf-8", "replace").splitlines())


def read_listing(lines: Sequence[str]) -> tuple[Installed, ...]:
    """Return what *lines* of `fc-list` name, one entry per family, sorted so that the order is the same everywhere."""
    best: dict[str, tuple[tuple[int, str, int], Installed]] = {}
    for line in lines:
        fields = line.split("\t")
        if len(fields) != len(_FORMAT.split(r"\t")):
            continue
        path, index, families, weight, slant, width, variable = fields
        is_variable = variable == "True"
        if slant != "0" or not _spans(width, _NORMAL_WIDTH) or not index.isdigit():
            continue
        if not (_spans(weight, _REGULAR) if is_variable else weight == str(_REGULAR)):
            continue
        # The upper half of a face's index names an instance of a variable font; we set the axes ourselves.
        entry = (0 if is_variable else 1, path, int(index) & 0xFFFF)
        for family in families.split(","):
            found = Installed(family, Path(path), entry[2], is_variable)
            if family not in best or entry < best[family][0]:
                best[family] = (entry, found)
    return tuple(found for _, (_, found) in sorted(best.items()))


def _spans(value: str, wanted: int) -> bool:
    """Return whether *value*, a number or a range such as ``[0 210]``, holds *wanted*."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", value)]
    return bool(numbers) and numbers[0] <= wanted <= numbers[-1]
