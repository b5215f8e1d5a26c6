"""Live streams of slots: opened ahead of them, watched while they are on, closed when nothing needs them any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from player import log
from player.film.talk import Ended, Failed, Opening, OpenStream, Ready, Stalled, State
from player.schedule.desired import Wanted
from player.show.plan import Plan
from player.show.reception import Air, Received, Reception
from player.units import SECOND, Nanos, Size

AHEAD: Final[Nanos] = 30 * SECOND  # before a slot without a preroll its stream is opened: it has to connect and to buffer
AGAIN: Final[Nanos] = SECOND  # before a stream that was lost is asked for anew: the process that decodes it is back by then
LONGEST_PAUSE: Final[Nanos] = 10 * SECOND  # each time twice as long, up to this

_log = log.get("screen")


class Sources(Protocol):
    """What opens streams by name. None of it waits for anybody."""

    def open(self, source: str, wanted: OpenStream) -> None:
        """Ask for a stream, and call it *source* from now on."""
        ...

    def state(self, source: str) -> State:
        """Return how it is."""
        ...

    def newest(self, source: str) -> Nanos | None:
        """Return when the frame was due that is to be seen of it (CLOCK_MONOTONIC); None: there is none."""
        ...

    def is_lost(self, source: str) -> bool:
        """Whether nobody decodes it any more, or ever did."""
        ...

    def close(self, source: str) -> None:
        """Let it go; of one that is not there, nothing happens."""
        ...


@dataclass(slots=True, eq=False)
class _Open:
    """A stream that is open."""

    source: str
    wanted: OpenStream
    section: object
    asked: Nanos
    """When, the last time (CLOCK_MONOTONIC)."""
    reception: Reception
    pause: Nanos = AGAIN
    """Before it is asked for again."""
    start: Nanos | None = None
    """When its slot begins or began, in the show's time; None: it is no slot's any more."""
    is_hindered: bool = False
    """It was said why it cannot be had."""


class Airing:
    """For the frame loop. It lives as long as the process: a new session finds its streams as they are."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._streams: Mapping[str, object] = {}
        self._size = Size(2, 2)
        self._rate = 60.0
        self._open: dict[str, _Open] = {}
        self._leaving: set[str] = set()
        """Sources that nothing needs but what is fading out."""

    def go_by(self, streams: Mapping[str, object], size: Size, rate: float) -> None:
        """Open *streams* alone from now on, as the configuration has them, with frames of *size*, *rate* of them in a second."""
        self._streams, self._size, self._rate = streams, size, rate
        for name, each in tuple(self._open.items()):
            if streams.get(name) != each.section or each.wanted.size != size:
                self._drop(name)

    def air(self, wanted: Wanted) -> tuple[Air, str]:
        """Return what of *wanted* is on, the other show where it has no stream; and what the stream is called as a source."""
        found = self._open.get(wanted.live) if wanted.live else None
        if found is None:
            return (Air.PAGE if wanted.live in self._streams else Air.OTHERWISE), ""
        return found.reception.air, found.source

    @property
    def alive(self) -> frozenset[str]:
        """The streams for which a slot goes on past its end."""
        return frozenset(name for name, each in self._open.items() if each.reception.is_alive)

    def look(self, near: Collection[Wanted], monotonic: Nanos) -> None:
        """Open the streams of what is *near*, on now or soon; let the others go."""
        starts: dict[str, Nanos | None] = {}
        for wanted in near:
            if wanted.live is not None and wanted.live in self._streams:
                starts.setdefault(wanted.live, wanted.start)
        for name in self._open.keys() - starts.keys():
            self._drop(name)
        for name, start in starts.items():
            if name not in self._open:
                self._begin(name, monotonic)
            self._open[name].start = start

    def step(self, t: Nanos, monotonic: Nanos, plan: Plan) -> bool:
        """Take in how all of them are at *t*, while *plan* is up; return whether something else is to be on."""
        if self._leaving:
            shown = {clip.source for cue in plan.cues for clip in cue.composition.clips}
            for source in self._leaving - shown:
                self._sources.close(source)
            self._leaving &= shown
        changed = [name for name, each in self._open.items() if self._is_other(name, each, t, monotonic)]
        return bool(changed)

    def close(self) -> None:
        """Let all of them go."""
        for name in tuple(self._open):
            self._drop(name)
        for source in self._leaving:
            self._sources.close(source)
        self._leaving.clear()

    def _begin(self, name: str, monotonic: Nanos) -> None:
        wanted = OpenStream(stream=name, size=self._size, rate=self._rate, has_sound=True)
        self._open[name] = _Open(_called(name, monotonic), wanted, self._streams[name], monotonic, Reception(monotonic))
        self._sources.open(self._open[name].source, wanted)
        _log.info("a stream is opened", stream=name)

    def _drop(self, name: str) -> None:
        self._leaving.add(self._open.pop(name).source)
        _log.info("a stream is let go", stream=name)

    def _is_other(self, name: str, each: _Open, t: Nanos, monotonic: Nanos) -> bool:
        state, is_lost = self._sources.state(each.source), self._sources.is_lost(each.source)
        received = Received(
            newest=self._sources.newest(each.source),
            is_lost=is_lost,
            has_ended=isinstance(state, Ended),
            is_given_up=isinstance(state, Failed) and not is_lost,
        )
        before = each.reception.air, each.reception.is_alive
        each.reception.tick(monotonic, received, start=None if each.start is None else each.start - t + monotonic)
        if is_lost and monotonic - each.asked >= each.pause:
            self._ask_again(name, each, monotonic)
        elif isinstance(state, Ready):
            each.pause, each.is_hindered = AGAIN, False
        elif isinstance(state, Failed) and not each.is_hindered:
            each.is_hindered = True
            _log.warning("a stream cannot be had", stream=name, why=state.why, todo="weremember status")
        if each.reception.air is not before[0]:
            is_on = each.reception.air is Air.STREAM
            if is_on:
                _log.info("a stream comes", stream=name)
            else:
                _log.info("a stream does not come", stream=name, why=_why(state))
        return (each.reception.air, each.reception.is_alive) != before

    def _ask_again(self, name: str, each: _Open, monotonic: Nanos) -> None:
        """Ask for a stream that was lost, by another name: what can still be seen of it stays until something else is up."""
        self._leaving.add(each.source)
        each.source, each.asked, each.pause = _called(name, monotonic), monotonic, min(2 * each.pause, LONGEST_PAUSE)
        self._sources.open(each.source, each.wanted)


def _called(stream: str, monotonic: Nanos) -> str:
    """Return a name of its own for a source: what fades out may be of the same stream."""
    return f"live {stream} {monotonic}"


def _why(state: State) -> str:
    match state:
        case Failed(why=why):
            return why
        case Ended():
            return "it has ended"
        case Opening() | Stalled():
            return "nothing comes of it"
        case Ready():
            return "its picture stands still"
