"""Live streams, looked at by what the screen says: which of them is to be on and does not come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, cast

MISSING: Final = frozenset({"no_stream"})
"""Keys of the screen's reasons that say so; while a title page bridges a break, nobody need be told."""


def streams(said: Mapping[str, object], names: Collection[str]) -> dict[str, bool] | None:
    """Return whether each of the streams called *names* is missed; None where nobody can say.

    Args:
        said: What the screen says of itself.
        names: Those in the configuration.
    """
    if not isinstance(said.get("reasons"), list):
        return None
    missed = {str(each.get("stream")) for each in _records(said.get("reasons")) if each.get("key") in MISSING}
    return {name: name in missed and name not in _ended(said) for name in names}


def _ended(said: Mapping[str, object]) -> set[str]:
    """Return the streams that have ended by themselves."""
    films = said.get("films")
    listed = cast("dict[str, object]", films).get("sources") if isinstance(films, dict) else None
    return {str(each.get("what")) for each in _records(listed) if each.get("is_live") and each.get("state") == "ended"}


def _records(values: object) -> list[dict[str, object]]:
    found = cast("list[object]", values) if isinstance(values, list) else []
    return [cast("dict[str, object]", each) for each in found if isinstance(each, dict)]
