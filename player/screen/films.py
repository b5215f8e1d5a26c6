"""Films and streams on the screen: asks the process `film` for them, and looks at the frames that it puts into shared memory.

Whatever becomes of that process, the show goes on: its sources are then lost, which is a state as any other. The frame loop never
touches the socket: that is another thread's (`film_link`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import sqrt
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import WorkerError
from player.film.ring import MovingFrame, RingReader
from player.film.talk import (
    Close,
    Ended,
    Failed,
    Is,
    Loud,
    Mute,
    News,
    Open,
    OpenFilm,
    Opening,
    OpenStream,
    Order,
    Ready,
    Sounds,
    State,
    Wanted,
)
from player.screen.cadence import Cadence, refresh_after
from player.screen.film_link import Link
from player.show.scene import Clip, Scene
from player.units import MILLISECOND, SECOND, Nanos

GONE: Final = Failed("the process that decodes films has ended")
UNKNOWN: Final = Failed("it was never opened")
BEHIND: Final[Nanos] = SECOND // 2  # a film whose newest frame is so old has a decoder that does not come along
STANDS: Final[Nanos] = 3 * SECOND // 2  # after that; with the fade of what comes instead, no face stands for three seconds
UNSEEN: Final[Nanos] = SECOND // 4  # nobody has looked at a film for so long: it is dark
LEAP: Final[Nanos] = 2 * SECOND  # on screen: its decoder then shows one picture and goes to the next whole one, seconds ahead
TELL_EVERY: Final[Nanos] = SECOND  # of what waits to be shown: its decoder takes a minute's silence for the end
LOUD_EVERY: Final[Nanos] = 40 * MILLISECOND  # in a fade; the ear hears no step between two that follow so soon
LOUD_STEP: Final = 0.02  # of full scale; smaller ones wait
TO_DARK: Final[Nanos] = 500 * MILLISECOND  # as long as a mute takes


@dataclass(slots=True, eq=False)
class _Source:
    """What is known of one source."""

    token: str
    """What it is called at the socket: no two ever have the same."""
    wanted: Wanted
    state: State
    joined: Nanos = 0
    """Of a stream: how far behind it was when it came last."""
    is_lost: bool = False
    """Whoever decoded it has ended, whatever it said of itself before."""
    reader: RingReader | None = None
    at: Nanos = 0
    """Which of its instants was on screen last."""
    told: Nanos | None = None
    """When that was said."""
    seen: tuple[Nanos, Nanos] | None = None
    frame: MovingFrame | None = None
    """What was seen then."""
    behind_since: Nanos | None = None
    """Of a film: since when (CLOCK_MONOTONIC) no frame is there for what is on screen."""
    cadence: Cadence = field(default_factory=Cadence)
    leapt: Nanos | None = None
    """To which instant of it the screen leapt, until there is a frame from there on: somebody had stopped this process."""
    loud: float = 0.0
    loud_told: Nanos = 0


class Films:
    """Sources by the names that the screen gives them; a `Moving` for renderers. Nothing here waits for anybody.

    `open`, `close`, `state` and `mute` are for any thread; `tick`, `frame` and `hear` are the frame loop's. It lives as long as
    the process: a new session of the screen finds its sources as they were.
    """

    def __init__(self, clock: Clock) -> None:
        """Nobody is looked for before a source is wanted, nor before `look_in`."""
        self._link = Link(self, clock)
        self._sources: dict[str, _Source] = {}
        self._by_token: dict[str, _Source] = {}
        self._count = 0
        self._monotonic: Nanos = 0
        self._refresh: Nanos = 0
        self._is_muted = False
        self._sounds = Sounds()

    # Any thread

    def start(self) -> None:
        """Begin."""
        self._link.start()

    def stop(self) -> None:
        """Let everything go."""
        self._link.stop()

    def look_in(self, folder: Path) -> None:
        """Look for the process `film` in the data *folder*."""
        self._link.look_in(folder)

    def open(self, source: str, wanted: Wanted) -> None:
        """Ask for a film or a stream (`talk.OpenFilm`, `talk.OpenStream`) and call it *source* from now on: a clip's `source`.

        Two cues with the same film are two sources. What is open under that name already is closed before.
        """
        self.close(source)
        self._count += 1
        token = f"{self._count} {source}"[:200]
        found = _Source(token, wanted, Opening(), at=wanted.begin if isinstance(wanted, OpenFilm) else 0)
        self._by_token[token] = self._sources[source] = found
        self._link.say(Mute(self._is_muted))  # it may have become quiet, or loud, while there was nothing to be heard
        self._link.say(Open(token, wanted))

    def close(self, source: str) -> None:
        """Let go of *source*; of one that is not there, nothing happens."""
        found = self._sources.pop(source, None)
        if found is not None:
            self._by_token.pop(found.token, None)
            self._link.say(Close(found.token))

    def state(self, source: str) -> State:
        """Return how *source* is (`talk.State`): Opening, Ready, Stalled, Ended, Failed; Failed for one that was never opened.

        Ended comes when the last frame is in memory, which for a short film is before the first one is shown: it counts as ready
        too; *at* says until which instant of the film there is something to be seen.
        """
        found = self._sources.get(source)
        return UNKNOWN if found is None else found.state

    def newest(self, source: str) -> Nanos | None:
        """Return when the frame of a stream that is to be seen was due (CLOCK_MONOTONIC), as of the tick; None: there is none."""
        found = self._sources.get(source)
        return None if found is None or found.frame is None else found.frame.due

    def is_lost(self, source: str) -> bool:
        """Whether nobody decodes *source* any more, or ever did: it was refused, or the process that did has ended."""
        found = self._sources.get(source)
        return found is None or found.is_lost or (isinstance(found.state, Failed) and found.reader is None)

    def stands(self, source: str) -> bool:
        """Whether the picture of a film stands still, for want of frames and not because it has ended."""
        found = self._sources.get(source)
        if found is None or found.behind_since is None or isinstance(found.state, Ended):
            return False
        return self._monotonic - found.behind_since > STANDS

    def mute(self, *, is_muted: bool) -> None:
        """Let nothing be heard, or everything again, within half a second."""
        if is_muted != self._is_muted:
            self._is_muted = is_muted
            if self._sources:
                self._link.say(Mute(is_muted))

    def told(self) -> dict[str, object]:
        """Return how all of it is, as plain data, for `status`."""
        return {
            "sources": self.told_of_sources(),
            "muted": self._is_muted,
            "device": self._sounds.device,
            "dropouts": self._sounds.dropouts,
            "device_why": self._sounds.why,
            "off_ms": round(self._sounds.off / MILLISECOND, 1),
        }

    def told_of_sources(self) -> list[dict[str, object]]:
        """Return how each source is, as plain data."""
        return [_told(source) for source in tuple(self._sources.values())]

    # The frame loop

    def tick(self, monotonic: Nanos) -> None:
        """Go on to the frame that will be seen at *monotonic*; before anything is drawn for it."""
        self._refresh, self._monotonic = refresh_after(self._refresh, monotonic - self._monotonic), monotonic
        for source in tuple(self._sources.values()):
            if source.reader is None:
                continue
            if isinstance(source.wanted, OpenStream):
                _follow(source, source.reader, monotonic)
            elif source.seen is not None and monotonic - source.seen[1] >= UNSEEN:
                # In the dark its cue goes on, too. A decoder that was left behind would then show one picture for seconds.
                at = source.at + monotonic - source.seen[1]
                source.seen = at, monotonic
                _look(source, source.reader, at, monotonic, 0)
            elif source.told is None or monotonic - source.told >= TELL_EVERY:
                source.told = monotonic
                source.reader.tell(source.at, monotonic)

    def frame(self, clip: Clip, at: Nanos) -> MovingFrame | None:
        """Return what of *clip* is to be seen *at* so long after its cue began, at the tick; None: nothing yet.

        NV12, BT.601, limited range, read-only, of exactly the clip's place; good until the next tick. Asked twice between two
        ticks it gives the same.
        """
        source = self._sources.get(clip.source)
        if source is None or source.reader is None:
            return None
        instant = (clip.begin + at, self._monotonic)
        if not isinstance(source.wanted, OpenStream) and source.seen != instant:
            source.seen = instant
            _look(source, source.reader, *instant, self._refresh)
        return source.frame

    def hear(self, scene: Scene | None, light: float) -> None:
        """Let every source be as loud as it is visible in *scene*, which is on screen at so much *light* (0 to 1)."""
        visible = _visible(scene) if scene is not None and light > 0 else {}
        for name, source in tuple(self._sources.items()):
            to = sqrt(visible.get(name, 0.0))
            if to == source.loud or not source.wanted.has_sound or source.reader is None:
                continue
            is_small = abs(to - source.loud) < LOUD_STEP and 0 < to < 1
            if is_small or (self._monotonic - source.loud_told < LOUD_EVERY and 0 < to < 1):
                continue
            source.loud, source.loud_told = to, self._monotonic
            self._link.say(Loud(source.token, to, self._monotonic, LOUD_EVERY if light > 0 else TO_DARK))

    # The link's thread

    def greeted(self) -> tuple[Order, ...]:
        """Return what whoever has just been reached is to know first."""
        return (Mute(self._is_muted),)

    def heard(self, news: News, memory: int) -> None:
        """Take in *news*; a source that was closed meanwhile is passed over."""
        if isinstance(news, Sounds):
            self._sounds = news
            return
        source = self._by_token.get(news.source)
        if source is None:
            return
        if isinstance(news, Is):
            if isinstance(news.state, Ready) and not (isinstance(source.state, Ready) and source.joined):
                source.joined = news.state.latency
            source.state = news.state
        else:
            source.reader = _reader(memory, source)

    def lost(self, sources: frozenset[str]) -> None:
        """Take in that *sources* are gone; what is in memory of them can still be seen."""
        self._sounds = Sounds()
        for token in sources:
            source = self._by_token.get(token)
            if source is None:
                continue
            source.is_lost = True
            if not isinstance(source.state, Failed):
                source.state = GONE


def _look(source: _Source, reader: RingReader, at: Nanos, monotonic: Nanos, refresh: Nanos) -> None:
    """Choose the frame of an instant, and say which one that is: sound goes by it, and so does its decoder."""
    # Where there is none, after a step back, the one before stays: the ring holds it until another one is chosen.
    source.frame = reader.newest(at + source.cadence.ahead) or source.frame
    if source.frame is not None:
        source.cadence = source.cadence.after(source.frame.pts, at, refresh)
    reader.tell(at, monotonic)
    if at - source.at > LEAP:
        source.leapt = at
    if source.leapt is not None and source.frame is not None and source.frame.pts >= source.leapt:
        source.leapt = None
    # A frame that stands for long is followed by one that is there already; nothing is there where nobody decodes.
    newest, is_over = reader.last_pts, reader.ends_at is not None
    is_behind = newest is not None and (at - newest > BEHIND or source.leapt is not None) and not is_over
    source.behind_since = None if not is_behind else monotonic if source.behind_since is None else source.behind_since
    source.at, source.told = at, monotonic


def _follow(source: _Source, reader: RingReader, monotonic: Nanos) -> None:
    """Choose the frame of a stream that is due, whether anybody looks or not: one that nobody takes stops it."""
    source.frame = reader.newest_due(monotonic) or source.frame
    if source.frame is not None:
        source.at = source.frame.pts + monotonic - source.frame.due
        reader.tell(source.at, monotonic)


def _visible(scene: Scene) -> dict[str, float]:
    """Return how much of the light of each source reaches the eye, 0 to 1: what lies above it takes its part."""
    visible: dict[str, float] = {}
    left = 1.0
    for layer in reversed(scene.layers):
        for clip in layer.composition.clips:
            visible[clip.source] = min(1.0, visible.get(clip.source, 0.0) + left * layer.opacity)
        left *= 1 - layer.opacity
    return visible


def _reader(memory: int, source: _Source) -> RingReader | None:
    try:
        reader = RingReader(memory)
    except WorkerError as error:
        source.state = Failed(str(error))
        return None
    if reader.size != source.wanted.size:
        source.state = Failed("its frames have another size than was asked for")
        return None
    return reader


def _told(source: _Source) -> dict[str, object]:
    wanted = source.wanted
    what = wanted.film if isinstance(wanted, OpenFilm) else wanted.stream
    state: dict[str, object] = {"state": type(source.state).__name__.lower(), **asdict(source.state)}
    if isinstance(source.state, Ready) and source.joined:
        state["drift"] = source.state.latency - source.joined
    return {"what": what, "is_live": isinstance(wanted, OpenStream), "on_screen": source.at, **state}
