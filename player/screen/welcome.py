"""Who may come: where photos come from now, and which newcomer has not been let in yet."""

from __future__ import annotations

from typing import Final

from player import log
from player.clock import Clock
from player.library.right import Rung
from player.screen.ready import Ready
from player.screen.watch import Arrivals, Watch
from player.screen.writer import Writer
from player.units import SECOND, Nanos

WELCOME_EVERY: Final[Nanos] = SECOND // 4  # how often newcomers are looked for while the library is being written

_log = log.get("screen")


class Welcome:
    """Looks out for newcomers, and says once where photos come from when that has changed."""

    def __init__(self, watch: Watch, writer: Writer, clock: Clock, *, has_photos: bool = True) -> None:
        """*has_photos*: whether any show has photos in it; where none has, nothing is said of them."""
        self._watch = watch
        self._has_photos = has_photos
        self._writer = writer
        self._clock = clock
        self.rung: Rung | None = None
        """As it was found last: the writer outlives sessions, and knows what was said."""
        self._next: Nanos = 0
        self._welcomed: int | None = None

    def shift(self, by: Nanos) -> None:
        """Go on in time: the clock was set."""
        self._next += by

    def look(self, t: Nanos) -> Arrivals | None:
        """Return who may come; None while it is too early to look again."""
        if t < self._next:
            return None
        self._next = t + WELCOME_EVERY
        arrivals = self._watch.arrivals()
        if arrivals.rung is not self.rung:
            self.rung = arrivals.rung
            if self._writer.rung(self.rung.value, at=self._clock.wall()) and self._has_photos:
                say = _log.info if self.rung is Rung.LIVE else _log.warning
                say("showing", rung=self.rung.value, what=self.rung.in_words)
        return arrivals

    def let_in(self, news: int | None) -> None:
        """Take note that the next slide is asked for with *news* in mind; nobody is let in twice."""
        self._welcomed = news

    def is_due(self, news: int | None, ready: Ready | None, *, debut_is_due: bool) -> bool:
        """Whether the photo *news* is to take the place of what is *ready*."""
        if news in {None, self._welcomed} or not debut_is_due or ready is None:
            return False
        return bool(ready.picks) and not any(pick.is_debut for pick in ready.picks)
