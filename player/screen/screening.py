"""The film that is up: when it is over, though its length says otherwise, and how far it has come, for the next start."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from player import log
from player.library.cues import StoredCue
from player.screen.clips import Clips
from player.screen.ready import Ready
from player.screen.writer import Writer
from player.show.director import Place
from player.show.plan import Cue
from player.show.scene import Composition
from player.show.slide import FilmSlide
from player.units import MILLISECOND, SECOND, Nanos

NOTED_EVERY: Final[Nanos] = 30 * SECOND  # after a power cut, half a minute of a film is seen again at most
ROUNDING: Final[Nanos] = 200 * MILLISECOND  # that a film may end before its length: containers round, and a frame has its time

_log = log.get("screen")


class Screening:
    """For the frame loop."""

    def __init__(self, clips: Clips | None, writer: Writer) -> None:
        """Without *clips* there are no films."""
        self._clips = clips
        self._writer = writer
        self._stored: StoredCue | None = None
        self._noted_at: Nanos = 0

    def begin(self, stored: StoredCue | None) -> None:
        """Take note of the cue of the newest slide, if it is one that is kept: of a film it is kept how far that came."""
        self._stored = stored if stored and "film" in stored.slide else None
        self._noted_at = stored.start if stored else 0

    def shift(self, by: Nanos) -> None:
        """Move in time: the clock was set."""
        self._noted_at += by

    def over(self, cue: Cue, t: Nanos, *, is_still: bool) -> Nanos | None:
        """Return when the film of *cue* is over, if that is earlier than the cue says; None: it is not.

        Where nothing may move, at once: a face that stands still in the middle of a word is no picture.
        """
        if self._clips is None or cue.length == 0 or not cue.composition.clips:
            return None
        self._note(cue, t)
        if is_still and isinstance(cue.slide, FilmSlide):
            return t
        found = self._clips.over(cue)
        if found is None or (at := max(found[0], cue.start)) >= cue.end - ROUNDING:
            return None
        if found[1]:
            _log.warning("a film broke off: the show goes on", why=found[1])
        return t if found[1] else at

    def stood(self, cue: Cue, t: Nanos) -> Nanos | None:
        """Return which instant of the film of *cue* is on screen at *t*; None where it is none, or has had its time."""
        if not isinstance(cue.slide, FilmSlide) or not cue.start <= t < cue.end:
            return None
        return cue.slide.film.begin + t - cue.start

    def interrupted(self, cue: Cue, up: Ready, t: Nanos, *, by: Ready) -> Place | None:
        """Return where the show of what is *up* goes on later, if its film gives way at *t* to what is not of that show."""
        stood = self.stood(cue, t)
        if stood is None or not up.is_own or (up.show == by.show and by.is_own):
            return None
        return up.place_within(stood)

    def refused(self, cue: Cue) -> bool:
        """Whether *cue* shows a film or a stream that may not be shown any more."""
        return self._clips is not None and self._clips.is_refused(cue)

    def is_whole(self, composition: Composition) -> bool:
        """Whether every film of a slide that is ready still is."""
        return self._clips is None or self._clips.is_whole(composition)

    def let_go(self, composition: Composition) -> None:
        """Let the films of *composition* go: nothing of it is up any more."""
        if self._clips:
            self._clips.let_go(composition)

    def _note(self, cue: Cue, t: Nanos) -> None:
        """Keep now and then how far the film has come."""
        stood = self.stood(cue, t)
        if self._stored and stood is not None and t >= self._noted_at + NOTED_EVERY:
            self._noted_at = t
            self._writer.store(replace(self._stored, slide=self._stored.slide | {"stood": stood}))
