"""Whether the library that speaks to a broker is here, and how to get it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

MISSING: Final = "the library that speaks to a broker is not installed: .venv/bin/pip install 'paho-mqtt>=2.1'"


def is_installed() -> bool:
    """Whether it is."""
    return find_spec("paho") is not None
