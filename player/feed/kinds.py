"""Which kinds of picture and of film are taken from feeds: by their media type, or by how an address ends."""

from __future__ import annotations

import re
from typing import Final

PICTURES: Final = (
    "image/jpeg",
    "image/webp",
    "image/png",
    "image/avif",
    "image/heic",
    "image/gif",
)  # the better first, at equal size
FILMS: Final = ("video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/matroska", "video/x-m4v")
"""The containers that are played; any of them may hold any codec, so none is better."""
FILM_BYTES: Final = 1_000_000_000  # a quarter of an hour at 8 Mbit/s, where the configuration says nothing else
_FILM_SUFFIX: Final = re.compile(r"(?i)\.(mp4|m4v|webm|mov|mkv)([?#]|$)")


def kind_of(said: str) -> str:
    """Return a media type as it is written here: without parameters, in small letters."""
    return said.partition(";")[0].strip().lower()


def is_film(kind: str, address: str) -> bool:
    """Whether it is a film: by its media type; without one by how its address, or path, ends."""
    return kind in FILMS if kind else bool(_FILM_SUFFIX.search(address))
