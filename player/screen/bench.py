"""The loader's bench: a slide is laid out, its pictures are decoded, and all that drawing needs is made ready."""

from __future__ import annotations

from collections.abc import Callable

from player import log
from player.errors import DrawError, LibraryError
from player.library.library import Library
from player.library.photo import Photo
from player.render.protocol import Image, Renderer
from player.screen.chooser import Choice, Chooser
from player.screen.clips import Clips
from player.screen.decoding import decoded
from player.show.layout import Measure, lay_out, plate
from player.show.scene import Composition
from player.show.slide import FilmSlide, Pace, Slide, Stage, photos_of
from player.units import Digest

_log = log.get("screen")


class Bench:
    """For the loader's thread alone."""

    def __init__(
        self, stage: Stage, *, renderer: Renderer, measure: Measure, clips: Clips, remake: Callable[[Photo], None]
    ) -> None:
        """Work for *stage*; *remake* is told of photos whose files are not what they should be."""
        self.stage, self.measure = stage, measure
        self._renderer, self._clips, self._remake = renderer, clips, remake

    def laid_out(self, slide: Slide | None, pace: Pace, seed: int) -> Composition:
        """Return where everything of *slide* stands; None is the plate."""
        if slide is None:
            return plate(self.stage, self.measure)
        return lay_out(slide, stage=self.stage, pace=pace, measure=self.measure, seed=seed)

    def prepare(self, library: Library, chooser: Chooser, choice: Choice, composition: Composition) -> bool:
        """Make *composition* ready to be drawn; False when that cannot be done: what is on it is then left out for a while."""
        images = self._images(library, chooser, choice, composition)
        try:
            if images is not None:
                self._renderer.prepare(composition, images)
                return True
        except DrawError as error:
            _log.error("a slide left out: it cannot be drawn", slide=type(choice.slide).__name__, why=str(error))
            for pick in choice.picks:
                chooser.leave_out(pick.key)
            if isinstance(choice.slide, FilmSlide):
                chooser.leave_out_film(choice.slide.film.file)
        self._clips.let_go(composition)
        return False

    def plate(self, pace: Pace, seed: int) -> Composition:
        """Return the plate, ready to be drawn.

        Raises:
            DrawError: a graphics card has no room for it, or draws no frames.
        """
        composition = self.laid_out(None, pace, seed)
        self._renderer.prepare(composition, {})
        return composition

    def _images(self, library: Library, chooser: Chooser, choice: Choice, composition: Composition) -> dict[Digest, Image] | None:
        """Return the decoded pictures of *composition*; None when one cannot be used, which is then left out."""
        images: dict[Digest, Image] = {}
        for digest in composition.photos:
            try:
                images[digest] = decoded(library.files.read(digest))
            except LibraryError as error:
                self._leave_out(chooser, choice, digest, error)
                return None
        return images

    def _leave_out(self, chooser: Chooser, choice: Choice, digest: Digest, error: LibraryError) -> None:
        for photo in photos_of(choice.slide) if choice.slide else ():
            if digest in {photo.picture, photo.tile}:
                chooser.leave_out(photo.key)
                self._remake(photo)
                _log.warning("photo left out: its file cannot be used", source=photo.source, item=photo.item, why=str(error))
