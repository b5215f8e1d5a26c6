"""Whether a stream goes on in another rendition: then the one that does not is broken, and not the stream."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from player.clock import Clock
from player.errors import FilmError, NetworkError, OperatorError
from player.film.live.fetched.lists import Lists
from player.film.live.listed.dash import Numbering
from player.film.live.listed.media import Media, Variant
from player.units import SECOND, Nanos

LOOK: Final[Nanos] = 2 * SECOND  # after which no further list is asked for: the one that is followed may be there again


class Seen(Enum):
    """What the others do."""

    NOTHING = auto()
    """There is none, none can be had, or they have ended."""
    STANDING = auto()
    """They list nothing new, as far as it is known yet."""
    GOING_ON = auto()
    """At least one does."""


class Others:
    """For the thread that fetches. Nothing here raises."""

    def __init__(self, lists: Lists, clock: Clock) -> None:
        self._lists = lists
        self._clock = clock
        self._newest: dict[str, int] = {}
        """By address of its list, at the last look."""
        self._numberings: dict[str, Numbering] = {}
        self._left: dict[str, int] = {}
        """Where lists stood when the others were seen to go on."""

    def look(self, rungs: Sequence[Variant], rung: int, newest: int) -> Seen:
        """Look at the lists of all but *rung*, the next lower first, until one goes on.

        Args:
            rungs: As `ladder` has them.
            rung: The one that is followed, and does not go on.
            newest: The number of its newest segment, -1: none. Where another list has later ones, that is at once enough.
        """
        began, found = self._clock.monotonic(), Seen.NOTHING
        for each in (*reversed(rungs[:rung]), *rungs[rung + 1 :]):
            media = self._media(each.url)
            if media is not None and media.segments and not media.has_ended:
                last = newest_of(media)
                before = self._newest.get(each.url, last)
                self._newest[each.url] = last
                if last > newest or last != before:
                    self._left[rungs[rung].url] = newest
                    return Seen.GOING_ON
                found = Seen.STANDING
            if self._clock.monotonic() - began > LOOK:
                break
        return found

    def was_left(self, url: str, media: Media) -> bool:
        """Whether a list still is what it was when the others went on without it: what it has was on long ago."""
        if self._left.get(url) == newest_of(media):
            return True
        self._left.pop(url, None)
        return False

    def _media(self, url: str) -> Media | None:
        try:
            return self._lists.media(url, self._numberings.setdefault(url, Numbering()))
        except (NetworkError, FilmError, OperatorError):
            return None


def newest_of(media: Media) -> int:
    """Return the number of the newest segment in a list; -1: there is none."""
    return media.segments[-1].number if media.segments else -1
