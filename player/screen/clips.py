"""The films of slides as sources: opened while a slide is made ready, let go when nothing of it is up any more."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count, takewhile
from typing import Final, Protocol

from player.clock import Clock
from player.film.talk import Ended, Failed, OpenFilm, Opening, State, Wanted
from player.films import dialogue
from player.show.layout import Measure, lay_out_dialogue
from player.show.plan import Cue
from player.show.scene import Clip, Composition
from player.show.slide import FilmSlide, LiveSlide, Stage
from player.units import MILLISECOND, SECOND, Nanos, Size

READY_WITHIN: Final[Nanos] = 4 * SECOND  # for a film to have its first picture; 4K in H.265 takes one, on a machine at work two
LOOK: Final[Nanos] = 20 * MILLISECOND
GIVEN_UP: Final = "something else is wanted by now"


class Sources(Protocol):
    """What opens moving pictures by name. None of it waits for anybody."""

    def open(self, source: str, wanted: Wanted) -> None:
        """Ask for a film, and call it *source* from now on."""
        ...

    def state(self, source: str) -> State:
        """Return how it is."""
        ...

    def stands(self, source: str) -> bool:
        """Whether its picture stands still, for want of frames."""
        ...

    def close(self, source: str) -> None:
        """Let it go; of one that is not there, nothing happens."""
        ...


class Clips:
    """Knows which films may be opened. For the loader's thread, and what says so for the frame loop's."""

    def __init__(
        self,
        sources: Sources | None,
        named: frozenset[str],
        clock: Clock,
        *,
        fps: float = 60.0,
        streams: Collection[str] = (),
    ) -> None:
        """Open what the configuration names.

        *sources*: what opens it, if anything does; *named*: films, or SOURCE/ID; *fps*: of the output; *streams*: that may be up.
        """
        self._sources = sources
        self._named = named
        self._streams = streams
        self._clock = clock
        self._fps = fps
        self._count = count()

    def made_ready(
        self, slide: FilmSlide, composition: Composition, *, stage: Stage, measure: Measure, given_up: threading.Event
    ) -> Composition | str:
        """Return *composition* with the film of *slide* opened, and what is said in it; or why it cannot be shown.

        Waits for its first picture, unless *given_up*: for the loader's thread.
        """
        if self._sources is None or not self.may_show(slide):
            return "the configuration names no such film" if self._sources else "there is nobody to decode it"
        film, (clip, *others) = slide.film, composition.clips
        # A name of its own, by the time as well: what is up may be of a session before this one.
        clip = replace(clip, source=f"film {self._clock.monotonic()}.{next(self._count)}")
        self._sources.open(clip.source, _wanted(slide, clip, self._fps))
        said = dialogue(film.subtitles)  # laid out while the film is opened
        found = lay_out_dialogue(said, part=(film.begin, film.end), place=clip.place, stage=stage, measure=measure)
        spoken = tuple(takewhile(lambda _: not given_up.is_set(), found))
        why = self._why_not(clip.source, given_up)
        if why:
            self._sources.close(clip.source)
            return why
        return replace(composition, clips=(clip, *others), spoken=spoken)

    def is_whole(self, composition: Composition) -> bool:
        """Whether nothing of *composition* has failed since it was made ready."""
        films = tuple(_films(composition))
        if self._sources is None:
            return not films
        return not any(isinstance(self._sources.state(clip.source), Failed) for clip in films)

    def let_go(self, composition: Composition) -> None:
        """Close the sources of *composition*."""
        if self._sources is not None:
            for clip in _films(composition):
                self._sources.close(clip.source)

    def over(self, cue: Cue) -> tuple[Nanos, str] | None:
        """Return when the film of *cue* is over, and why if it failed; None while nothing is known but its length."""
        for clip in _films(cue.composition):
            state = self._sources.state(clip.source) if self._sources else Failed("")
            if isinstance(state, Failed):
                return cue.start, state.why
            if self._sources and self._sources.stands(clip.source):
                return cue.start, "its picture stands still"
            if isinstance(state, Ended):
                return cue.start + max(0, state.at - clip.begin), ""
        return None

    def is_refused(self, cue: Cue) -> bool:
        """Whether *cue* shows a film or a stream that the configuration does not name any more: somebody took it out."""
        slide = cue.slide
        if isinstance(slide, LiveSlide):
            return slide.stream not in self._streams
        return isinstance(slide, FilmSlide) and not self.may_show(slide)

    def may_show(self, slide: FilmSlide) -> bool:
        """Whether the configuration names the film of *slide*."""
        photo = slide.photo
        return (f"{photo.source}/{photo.item}" if photo else slide.film.file) in self._named

    def _why_not(self, source: str, given_up: threading.Event) -> str:
        """Wait until *source* can be shown; return why it cannot, else nothing."""
        if self._sources is None:
            return GIVEN_UP
        deadline = self._clock.monotonic() + READY_WITHIN
        if given_up.is_set():
            return GIVEN_UP
        while isinstance(state := self._sources.state(source), Opening):
            if self._clock.monotonic() >= deadline:
                return f"no picture of it within {READY_WITHIN // SECOND} s"
            if self._clock.wait(given_up, LOOK):
                return GIVEN_UP
        return state.why if isinstance(state, Failed) else ""


def _films(composition: Composition) -> Iterator[Clip]:
    """Yield what of it is a film: streams are opened, watched and closed by the slots that they belong to."""
    return (clip for clip in composition.clips if not clip.is_live)


def _wanted(slide: FilmSlide, clip: Clip, fps: float) -> OpenFilm:
    film = slide.film
    return OpenFilm(
        film=film.file,
        size=Size(round(clip.place.width), round(clip.place.height)),
        begin=film.begin,
        end=film.end,
        rate=fps,
        has_sound=film.has_sound,
        gain_db=film.gain_db,
    )
