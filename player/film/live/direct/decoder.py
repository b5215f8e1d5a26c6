"""A stream that is one connection, or a file that is played as one, as its keeper sees it.

Its child reads by itself, so nothing is fetched or chosen here: it is started, heard, and started again when nothing comes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from player.clock import Clock
from player.errors import FilmError, OperatorError
from player.film.decoder import Wanted
from player.film.keeping import opened
from player.film.live.decoder import LiveDecoder
from player.film.live.direct.far import Far
from player.film.live.direct.relay import Relay
from player.film.live.tuning import Deed
from player.film.process import film_command
from player.film.wire import UNGIVEN, Answer, Paced
from player.units import Nanos

_CHILD: Final = "player.film.live.child.direct"
BROKEN: Final = "its connection has ended"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A file in place of a stream: it is played from its beginning when it is opened, and again and again."""

    file: Path


Direct: TypeAlias = Far | Rehearsed


class DirectDecoder(LiveDecoder):
    """Each of its children has a connection of its own, or begins the file anew."""

    def __init__(
        self, source: Direct, wanted: Wanted, *, clock: Clock, behind: Nanos, command: Sequence[str] | None = None
    ) -> None:
        """Begin to connect to *source*, at the first `hear`; the rest as for any `LiveDecoder`.

        *behind*: how much may wait to be shown before it leaps to the newest.
        """
        super().__init__(wanted, clock=clock, command=command or film_command(_CHILD))
        self._source = source
        self._behind = behind
        self._relay: Relay | None = None
        self._left: list[Relay] = []
        self._waiting: Nanos | None = None

    @property
    def latency(self) -> Nanos | None:
        """How far behind what has arrived it is shown; None: not known yet. When that was taken, such a stream does not say."""
        return self._waiting

    def join(self) -> None:
        """After `close`: wait until no thread of it is left; a second at most, unless a name is being looked up."""
        for relay in self._left:
            relay.join()
        self._left.clear()

    def _hear_source(self, now: Nanos) -> None:
        """Start the child once there is a connection; it waits for nothing then."""
        relay, far = self._relay, self._source
        if relay is None or self._process is not None or not isinstance(far, Far):
            return
        if relay.address:
            asked = replace(
                self._request(), relay=relay.end, url=far.inner(relay.address), called=far.called, behind=self._behind
            )
            self._begin(asked, now)
            relay.let_go()
        elif not relay.is_alive:
            self._lost(BROKEN, now)

    def _obey(self, deed: Deed, now: Nanos) -> None:
        if deed is not Deed.NOTHING:
            self._start(now)

    def _note(self, answer: Answer, now: Nanos) -> None:
        """There is but one rendition, and it comes as it comes."""
        del now
        if isinstance(answer, Paced):
            self._waiting = answer.waiting

    def _end_said(self, now: Nanos) -> None:
        # Nobody ends such a stream in so many words: a server that goes home and a cut cable look the same.
        self._lost(BROKEN, now)

    def _lost(self, why: str, now: Nanos) -> None:
        # Of a connection that failed, who made it knows more than who read from it.
        relay = self._relay
        self._end()
        if relay is not None and relay.why and (why == BROKEN or why.startswith(UNGIVEN)):
            why = relay.why
        super()._lost(why, now)

    def _start(self, now: Nanos) -> None:
        self._end()
        try:
            if isinstance(self._source, Far):
                self._relay = Relay(self._source, clock=self._clock, ring=self._bell.ring)
                self._relay.start()
                return
            film = opened(self._source.file)
        except (FilmError, OperatorError) as error:
            self._tuning.lost(str(error), now)
            return
        try:
            self._begin(replace(self._request(), film=film), now)
        finally:
            os.close(film)

    def _let_go(self) -> None:
        self._waiting = None
        relay, self._relay = self._relay, None
        if relay is not None:
            relay.stop()
            self._left = [each for each in self._left if each.is_alive]
            self._left.append(relay)
