"""Which row of the table a request is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from player.console.routes import Route

GET: Final = "GET"
HEAD: Final = "HEAD"
MAX_PATH: Final = 500  # characters; the longest of ours has a hundred
_BRACES: Final = re.compile(r"\{([a-z_]+)\}")
_PART: Final = r"[^/\x00-\x1f\x7f]{1,200}"


@dataclass(frozen=True, slots=True)
class Found:
    """What the table has at a path."""

    route: Route | None
    """None: nothing for this method."""
    given: Mapping[str, str]
    """What stood in the braces."""
    methods: tuple[str, ...] = ()
    """All that there are at this path."""


class Rows:
    """The table, laid out for being looked up."""

    def __init__(self, table: Iterable[Route]) -> None:
        self._rows = [(_pattern(route.path), route) for route in table]

    def find(self, method: str, path: str) -> Found:
        """Return the row for a request; one without methods: there is nothing at this path."""
        if len(path) > MAX_PATH:
            return Found(None, {})
        here = [(found, route) for pattern, route in self._rows if (found := pattern.fullmatch(path))]
        exact = [(found, route) for found, route in here if not found.groupdict()] or here  # /photos/new before /photos/{key}
        methods = {str(route.method) for _, route in exact}
        if GET in methods:
            methods.add(HEAD)
        asked = GET if method == HEAD else method
        for found, route in exact:
            if route.method == asked:
                return Found(route, found.groupdict(), tuple(sorted(methods)))
        return Found(None, {}, tuple(sorted(methods)))


def _pattern(path: str) -> re.Pattern[str]:
    parts = _BRACES.split(path)
    return re.compile("".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>{_PART})" for i, part in enumerate(parts)))
