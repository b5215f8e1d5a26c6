"""What stands in for a ceremony, a flame with words beneath it, and for a film, words alone: drawn as the wall draws them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

from player.filming.mp4 import Mp4
from player.filming.rate import instants
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.show.layout import lay_out
from player.show.plan import Cue, Plan, scene_at
from player.show.slide import CandleSlide, Pace, Phrase, Stage, WordsSlide
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos, Size

SIZE: Final = Size(1280, 720)  # drawn and sent in a tenth of a core, beside a player that needs the rest
RATE: Final = Fraction(25)
FILM: Final[Nanos] = 12 * SECOND  # drawn within as long on two cores, and the rehearsal waits for it
_LONG: Final[Nanos] = 24 * 3600 * SECOND


class Easel:
    """Draws one picture after the other."""

    def __init__(self, size: Size = SIZE) -> None:
        """Draw pictures of *size*."""
        self.size = size
        self._typesetter = Typesetter()
        self._renderer = CpuRenderer(size, self._typesetter)
        self._words = ""
        self._plan = Plan(size, ())

    def picture(self, words: str, at: Nanos, *, has_flame: bool = True) -> Image:
        """Return the flame *at* an instant, with *words* beneath it, or those alone: BGRA, sRGB, good until the next one."""
        if words != self._words or not self._plan.cues:
            self._words = words
            phrase = Phrase(words, "en")
            self._put_up(CandleSlide(phrase=phrase) if has_flame else WordsSlide(phrase=phrase, second=None))
        return self._renderer.draw(scene_at(self._plan, at))

    def _put_up(self, slide: CandleSlide | WordsSlide) -> None:
        stage, pace = Stage(self.size), Pace(_LONG, 0)
        composition = lay_out(slide, stage=stage, pace=pace, measure=self._typesetter, seed=1)
        for cue in self._plan.cues:
            self._renderer.release(cue.composition)
        self._renderer.prepare(composition, {})
        cue = Cue(start=0, length=_LONG, fade=0, slide=slide, composition=composition, seed=1)
        self._plan = Plan(self.size, (cue,))


def film(out: Path, words: str, tell: Callable[[float], None], length: Nanos = FILM) -> None:
    """Draw a film of *words* and its own seconds, which nobody takes for a ceremony; *tell* hears how far it is, 0 to 1.

    Raises:
        OperatorError: it cannot be written.
    """
    easel = Easel()
    made = Mp4(out, easel.size, RATE)
    try:
        for at in instants(0, length, RATE):
            made.add(easel.picture(f"{words}, {at // SECOND}", at, has_flame=False).copy())
            tell(at / length)
        made.finish()
        made.name()
    finally:
        made.close()
