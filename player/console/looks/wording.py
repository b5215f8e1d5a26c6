"""Words that are safe to hand on, and sentences by their key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MAX_SHOWN: Final = 600  # characters of one text: a caption has 280, a description 500
MAX_NAME: Final = 120  # characters of a name of something

# Whoever writes into the library directly has passed no cleaning: what turns lines about, or cannot be seen, goes here as well.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the catalogue, and what is filled in."""

    key: str
    fields: Mapping[str, object] = field(default_factory=dict[str, object])


def plain(text: str, most: int = MAX_SHOWN) -> str:
    """Return *text* without what cannot be seen, cut at *most* characters. Markup is the template's business."""
    clean = _UNSEEN.sub("", text[: most + 1])
    return f"{clean[:most]}…" if len(text) > most else clean
