"""Which subtitles are for whom: by the languages that files name, `film.he.vtt`, and those that the audience speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def language_of(name: str) -> str:
    """Return the language that a file's name says: `he` of `film.he.vtt`, `pt-BR` of `film.pt-BR.srt`; else nothing."""
    said = PurePath(PurePath(name).stem).suffix.removeprefix(".")
    return said if _TAG.fullmatch(said) else ""


def chosen(tags: Sequence[str], languages: Sequence[str], most: int = 1) -> tuple[int, ...]:
    """Return which of the subtitles with these *tags* are shown, the first language first; none only where there are none.

    For each language of the audience: the same tag, else one of the same language (`pt` and `pt-BR`). When nobody's language is
    there: the one that names none, else the first, which whoever wrote the list thought of first.

    Args:
        tags: BCP 47 tags, as `language_of` returns them.
        languages: The audience's, the most important first; none: whatever there is, in its own order.
        most: How many at once, at least 1.
    """
    found: dict[int, None] = {}
    for language in languages or tags:
        whole = [i for i, tag in enumerate(tags) if tag.casefold() == language.casefold()]
        near = [i for i, tag in enumerate(tags) if _primary(tag) == _primary(language)]
        found.update(dict.fromkeys((whole or near)[:1]))
    if not found and tags:
        found[tags.index("") if "" in tags else 0] = None
    return tuple(found)[:most]


def _primary(tag: str) -> str:
    return tag.partition("-")[0].casefold()
