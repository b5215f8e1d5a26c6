"""What the wall of a rehearsal shows, told in a line whenever that changes: by what the player says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from player.clock import Clock
from player.library.heard import heard
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND // 5
_SLIDES: Final[Mapping[str, str]] = {
    "title": "title page",
    "live": "the ceremony",
    "film": "the film",
    "words": "the words",
    "candle": "a candle",
}
"""What a person sees, by what the screen calls it; of the ground before the first slide nothing is said."""
_STREAM: Final[Mapping[str, str]] = {
    "awaited": "the stream is awaited",
    "live": "the stream is live",
    "no_stream": "the stream does not come",
}
_OVER: Final = "the stream has ended"
_NO_SLOT: Final = "there is no ceremony at this time"


class Watch:
    """Looks into the data folder of a player."""

    def __init__(self, data: Path, clock: Clock, say: Callable[[str], None]) -> None:
        """Look into *data*, and *say* what there is."""
        self._data, self._clock, self._say = data, clock, say
        self._next: Nanos = 0
        self._told = ""

    def look(self) -> None:
        """Look, not more often than it is of use."""
        now = self._clock.monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_EVERY
        shown = on_the_wall(heard(self._data))
        if shown and shown != self._told:
            self._told = shown
            self._say(f"{time_of_day(self._clock.wall())}  {shown}")


def on_the_wall(said: Mapping[str, object]) -> str:
    """Return what a screen *said* that it shows, and why, for whoever has never seen a schedule; empty: nothing worth a line."""
    slide = _SLIDES.get(str(said.get("slide")), "")
    return f"{slide}: {_why(said)}" if slide else ""


def time_of_day(at: Nanos) -> str:
    """Return an instant, UTC, as this computer's own time of day: what the person beside it reads on their wrist."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone():%H:%M:%S}"


def _why(said: Mapping[str, object]) -> str:
    keys = [str(each.get("key")) for each in _listed(said.get("reasons"))]
    words = next((_STREAM[key] for key in keys if key in _STREAM), "")
    if words == _STREAM["no_stream"] and _has_ended(said):
        return _OVER
    if words:
        return words
    return "the ceremony has not begun yet" if said.get("slide") == "title" else _NO_SLOT


def _has_ended(said: Mapping[str, object]) -> bool:
    films = said.get("films")
    sources = _listed(cast("Mapping[str, object]", films).get("sources")) if isinstance(films, dict) else []
    return any(each.get("is_live") and each.get("state") == "ended" for each in sources)


def _listed(value: object) -> list[Mapping[str, object]]:
    found = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Mapping[str, object]", each) for each in found if isinstance(each, dict)]
