"""A stream that is fetched piece by piece, as its keeper sees it: the rendition that can be followed, joined where it is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from player import log
from player.clock import Clock
from player.feed.address import plain
from player.film.decoder import Wanted
from player.film.live.decoder import LiveDecoder
from player.film.live.fetched.feeding import Feeding
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.notes import Awaited, Behind, Fetched, Trouble
from player.film.live.listed.choosing import Chooser
from player.film.live.tuning import STEADY, Deed
from player.film.process import film_command
from player.film.wire import Answer, Begun, Paced
from player.units import Nanos

FAULT: Final = "what fetches it has failed and is begun anew"
FALLEN: Final = "a thread of a stream has ended by a fault of ours"
_CHILD: Final = "player.film.live.child.fed"

_log = log.get("film")


class FetchedDecoder(LiveDecoder):
    """One thread fetches for all of its children; another feeds the one that there is."""

    def __init__(self, source: Source, wanted: Wanted, *, clock: Clock, command: Sequence[str] | None = None) -> None:
        """Begin to fetch *source*; the rest as for any `LiveDecoder`. Nothing here waits for the network."""
        super().__init__(wanted, clock=clock, command=command or film_command(_CHILD))
        self._latency_wanted = source.latency
        self._feeding: Feeding | None = None
        self._chooser: Chooser | None = None
        self._begun: tuple[int, Nanos] | None = None
        self._seen_since: Nanos | None = None
        """Since when something of the child is seen."""
        self._rung = 0
        self._has_started = False
        self._source = replace(source, has_sound=wanted.has_sound, rate=wanted.rate)
        self._has_told_fault = False
        self._fetching = self._fetched()
        self._bell.ring()

    @property
    def latency(self) -> Nanos | None:
        """How long after it was listed what ends a segment is shown; None: not known."""
        edge = self._fetching.edge
        if self._begun is None or edge is None or edge[0] != self._begun[0]:
            return None
        return max(0, self._epoch + self._begun[1] + edge[1].length - edge[1].seen)

    @property
    def rendition(self) -> str:
        """Which of those that the stream has is played, in words; empty: there is but one."""
        return self._fetching.rendition

    def close(self) -> None:
        """End all of it and close the descriptors; more than once does no harm. Waits for no network: see `join`."""
        self._fetching.stop()
        super().close()

    def join(self) -> None:
        """After `close`: wait until what was being fetched has come or failed, ten seconds at most."""
        self._fetching.join()

    def _fetched(self) -> Fetching:
        """Begin to fetch."""
        made = Fetching(self._source, clock=self._clock, ring=self._bell.ring)
        made.start()
        return made

    def _look_after(self, now: Nanos) -> None:
        """See to it that both threads run: what they do not expect is a fault of ours, and no reason to stay dark."""
        is_fetched = not self._fetching.has_failed
        if is_fetched and (self._feeding is None or not self._feeding.has_failed):
            return
        if not self._has_told_fault:
            self._has_told_fault = True
            _log.error(FALLEN, stream=plain(self._source.url), thread="feeding" if is_fetched else "fetching")
        self._lost(FAULT, now)

    def _hear_source(self, now: Nanos) -> None:
        self._look_after(now)
        rungs = self._fetching.rungs
        if rungs and self._chooser is None:
            self._chooser = Chooser(rungs, now)
            self._rung = self._chooser.rung
            self._fetching.move(self._rung)
        elif rungs and self._chooser is not None:
            self._chooser.resize(rungs)
        while self._fetching.notes:
            note = self._fetching.notes.popleft()
            if isinstance(note, Trouble):
                self._tuning.trouble(note.why)
            elif self._chooser is None or note.rung != self._chooser.rung:
                continue  # what another rendition came to says nothing of this one
            elif isinstance(note, Fetched):
                self._chooser.fetched(note.took, note.length, now)
            elif isinstance(note, Awaited):
                self._chooser.awaited(now)
            elif isinstance(note, Behind):
                self._chooser.behind(now)
            else:
                self._chooser.unfetched(note.took, note.given, now, is_refused=note.is_refused)
        self._move()

    def _obey(self, deed: Deed, now: Nanos) -> None:
        latency = self.latency
        if deed is Deed.START and self._is_in_vain:
            self._give_up_child(now)
        if deed is Deed.START or (latency is not None and self._tuning.lags(latency, self._latency_wanted, now)):
            self._start(now)
        elif deed is Deed.REJOIN:
            self._fetching.rejoin()

    def _note(self, answer: Answer, now: Nanos) -> None:
        if isinstance(answer, Begun):
            run = self._feeding.run_of(answer.run) if self._feeding else None
            self._begun = None if run is None else (run, answer.at - answer.listed)
            self._seen_since = now if self._seen_since is None else self._seen_since
            if self._chooser is not None and not answer.listed:
                self._chooser.begun()
        elif isinstance(answer, Paced) and self._chooser is not None:
            is_left = self._chooser.paced(answer.frames, answer.late, now) and self._chooser.rung < self._rung
            self._move()
            if is_left:
                self._start(now)  # what it holds still is what it cannot follow

    def _end_said(self, now: Nanos) -> None:
        self._end()
        self._tuning.over(now)

    def _lost(self, why: str, now: Nanos) -> None:
        if self._process is not None and why != FAULT:
            self._give_up_child(now)
        super()._lost(why, now)

    @property
    def _is_in_vain(self) -> bool:
        """Whether its child was fed, and nothing was ever seen of it."""
        return self._feeding is not None and self._feeding.run_of(1) is not None and self._seen_since is None

    def _give_up_child(self, now: Nanos) -> None:
        """Let it be known that the child, which is ended now, has failed: another rendition may do better."""
        if self._chooser is not None:
            self._chooser.died(now, has_lasted=self._seen_since is not None and now - self._seen_since >= STEADY)
            self._move()

    def _move(self) -> None:
        """Fetch what was chosen."""
        if self._chooser is not None and self._chooser.rung != self._rung:
            self._rung = self._chooser.rung
            self._fetching.move(self._rung)

    def _start(self, now: Nanos) -> None:
        self._end()
        if self._fetching.has_failed:
            self._fetching, self._chooser = self._fetched(), None
        elif self._has_started:
            self._fetching.rejoin()
        self._has_started = True
        process = self._begin(self._request(), now, is_fed=True)
        if process is not None:
            self._feeding = Feeding(self._fetching.pieces, process.stdin, clock=self._clock, ring=self._bell.ring)

    def _let_go(self) -> None:
        self._begun = self._seen_since = None
        if self._feeding is not None:
            self._feeding.stop()
            self._feeding = None
