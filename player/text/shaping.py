"""Whether this machine can shape text at all: Pillow brings HarfBuzz, and takes FriBidi from the system."""

from __future__ import annotations

import ctypes
from typing import Final

REMEDY: Final = "install libfribidi0 (sudo apt install libfribidi0): without it no text can be set, and the wall would stay black"
_FRIBIDI: Final = "libfribidi.so.0"


def trouble() -> str:
    """Return what to install when no text can be shaped; empty when it can."""
    try:
        ctypes.CDLL(_FRIBIDI)
    except OSError:
        from PIL import features  # noqa: PLC0415 - 40 ms before every start, for what is nearly always there

        return "" if features.check("raqm") and features.check("fribidi") else REMEDY
    return ""
