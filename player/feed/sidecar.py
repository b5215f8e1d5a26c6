"""The optional ``.yaml`` beside a picture: caption, credit, alt, language, country, focal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import yaml

from player.feed import loose
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, country_code, language_tag

MAX_BYTES: Final = 65_536  # a caption and a few words; anything larger is another kind of file
SUFFIXES: Final = (".yaml", ".yml")
_KEYS: Final = frozenset({"caption", "credit", "alt", "language", "country", "focal"})


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a picture, cleaned."""

    caption: str = ""
    credit: str = ""
    alt: str = ""
    language: str = ""
    country: str = ""
    focal: tuple[float, float] | None = None


def words(body: bytes) -> tuple[Words, str]:
    """Return what the sidecar *body* says, and what is wrong with it (empty when nothing is). Never raises."""
    if len(body) > MAX_BYTES:
        return Words(), f"larger than {MAX_BYTES:,} bytes"
    try:
        # The loader in Python: the one in C recurses without a limit, and 64 kB of brackets end the process.
        read: object = yaml.load(body, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader builds nothing but text, lists, mappings
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return Words(), "not YAML" + (f" (line {mark.line + 1})" if isinstance(mark, yaml.Mark) else "")
    if read is None or read == "":
        return Words(), ""
    if not isinstance(read, dict):
        return Words(), "not a list of keys and values"
    said = cast("dict[object, object]", read)
    unknown = sorted(clean(key, 20) if isinstance(key, str) else "?" for key in said if key not in _KEYS)
    point = _focal(said.get("focal"))
    fault = f"unknown key {unknown[0]}" if unknown else ""
    country = loose.text(said.get("country"))
    if country and not country_code(country):
        fault = "country is not a code of two letters, such as HR"
    if "focal" in said and point is None:
        fault = "focal is not a pair of numbers from -1 to 1"
    return Words(
        caption=clean(loose.text(said.get("caption"))),
        credit=clean(loose.text(said.get("credit")), MAX_CREDIT),
        alt=clean(loose.text(said.get("alt")), MAX_ALT),
        language=language_tag(loose.text(said.get("language"))),
        country=country_code(country),
        focal=point,
    ), fault


def _focal(value: object) -> tuple[float, float] | None:
    """The point, whose numbers YAML's BaseLoader leaves as text."""
    try:
        return loose.focal([float(loose.text(part)) for part in loose.listed(value)])
    except ValueError:
        return None
