"""Pictures made and shown by the graphics card, on all displays of a wall or on one.

Whatever keeps it from doing so at the start is an OperatorError, and the processor draws. What happens later is a
DeviceLostError: this process ends, and the next one begins with the plate.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

import pygame

from player.calibration.kept import kept_shapes
from player.clock import Clock
from player.errors import DeviceLostError, DrawError, OperatorError
from player.output.section import Output
from player.render.gl.context import name_of, takes_gl, translated
from player.render.gl.renderer import UPLOAD_BUDGET, GlRenderer
from player.render.gl.sdl import Home
from player.render.ink import Coverer
from player.render.protocol import Moving
from player.screen.easel import Look
from player.screen.facade import Facade
from player.screen.gl_choice import NO_DISPLAY
from player.screen.gl_panes import DisplaysChangedError, GlPanes, OnePane, three_quarters
from player.screen.gl_projecting import GlProjecting
from player.screen.gl_tries import MOST, Tries
from player.screen.governing import Seen
from player.screen.keyboard import Key, key_of
from player.screen.window import Pressed, Wanted, flip_by_copying, has_display
from player.show.scene import Scene
from player.units import MILLISECOND, SECOND, Nanos, Size

CHECK_EVERY: Final[Nanos] = SECOND  # whether the graphics card still draws what it is told
QUIET_BUDGET: Final[Nanos] = 8 * MILLISECOND  # for uploads, of a frame in which nothing moved: half of one at 60 a second

_ONLY: Final = "display"
"""The one output of a wall for which none are written."""


class GlEasel:
    """An `Easel` of the graphics card. All calls belong into the thread that made it."""

    def __init__(
        self, facade: Facade, renderer: GlRenderer, projecting: GlProjecting, *, home: Home, tries: Tries, clock: Clock
    ) -> None:
        """Draw with *renderer* and *projecting* on the windows of *facade*; *home* and *tries* end with it."""
        self.facade = facade
        self.renderer = renderer
        self._projecting = projecting
        self._home = home
        self._tries = tries
        self._clock = clock
        self._check_at: Nanos = clock.monotonic() + CHECK_EVERY
        self._is_quiet = False
        self._has_failed = False

    @property
    def canvas(self) -> Size:
        """The façade's."""
        return self.facade.canvas

    @property
    def fps(self) -> float:
        """The façade's."""
        return self.facade.fps

    @property
    def again_at(self) -> Nanos | None:
        """The façade's."""
        return self.facade.again_at

    def draw(self, scene: Scene | None, light: float, look: Look | None = None) -> None:
        """Draw *scene*; see `Easel`.

        Raises:
            DrawError: it cannot be drawn; what is up stays.
            DeviceLostError: the graphics card does not draw any more.
        """
        with self._minded():
            self._projecting.draw(
                self.facade.frames(is_lit=scene is not None and light > 0),
                scene,
                light,
                self._clock.monotonic(),
                over=self.facade.overlay,
                look=look,
            )

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames it would show; see `Easel`."""
        return self.renderer.serials(scene)

    def flip(self) -> None:
        """Show what was drawn, on all displays at once."""
        self._is_quiet = False
        with self._minded():
            self.facade.flip()

    def rest(self) -> None:
        """Bring to the graphics card what was prepared, and see whether it is still in its senses."""
        budget, self._is_quiet = QUIET_BUDGET if self._is_quiet else UPLOAD_BUDGET, True
        with self._minded():
            self.renderer.upload(budget)
            if self._clock.monotonic() >= self._check_at:
                self._check_at = self._clock.monotonic() + CHECK_EVERY
                self.renderer.check()

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what happened at any window."""
        with self._minded():
            yield from self.facade.pressed()

    def close(self) -> None:
        """Take everything off the displays, whatever part of it fails."""
        with ExitStack() as stack:
            stack.callback(self._home.close)
            stack.callback(self.facade.close)
            stack.callback(self._let_go)
            self.renderer.close()
            if not self._has_failed:
                self._tries.end()

    def _let_go(self) -> None:
        with suppress(DeviceLostError), translated():  # then nothing of it is left to be freed
            self._projecting.close()

    @contextmanager
    def _minded(self) -> Generator[None]:
        """When the process is about to end, let whoever waits for the graphics card go at once.

        Whatever it ends by is held against the graphics card: one that makes every start fail must be left alone at last. Only
        a picture that cannot be drawn ends nothing, and other displays are no fault of anybody's.
        """
        is_over = is_fault = True
        try:
            with translated():
                yield
            is_over = False
        except (DrawError, GeneratorExit):
            is_over = False
            raise
        except DisplaysChangedError:
            is_fault = False
            raise
        finally:
            if is_over:
                self._has_failed = is_fault
                self.renderer.close()


def open_easel(
    wanted: Wanted, letters: Coverer, clock: Clock, seen: Seen | None = None, moving: Moving | None = None
) -> tuple[GlEasel, str]:
    """Return an easel of the graphics card, and what that is called; the first picture opens the windows.

    *seen* is what was on the wall before; films show what *moving* has of them.

    Raises:
        OperatorError: it is not to draw, or cannot: the processor does.
        DeviceLostError: it cannot.
    """
    if not pygame.display.get_init():  # whoever asks lets SDL go again, and with it what is open
        if not has_display():
            raise OperatorError(NO_DISPLAY)
        pygame.display.init()
    tries = Tries(wanted.notes, clock)
    if tries.failed() >= MOST:
        raise OperatorError(f"the graphics card failed {MOST} times within ten minutes; one of the next starts tries it again")
    with translated(), ExitStack() as stack:
        tries.begin()
        stack.callback(tries.end)
        home = Home()
        stack.callback(home.close)
        name = name_of(home.pane.context)
        if not takes_gl(wanted.renderer, home.pane.context):
            flip_by_copying()
            raise OperatorError(f"{name} is no graphics card but a processor that plays one")
        facade = _facade(wanted, home, clock, seen)
        stack.callback(facade.close)
        context, enter = home.pane.context, home.pane.enter
        renderer = GlRenderer(facade.canvas, letters, context, now=clock.monotonic, linear=True, enter=enter, moving=moving)
        projecting = GlProjecting(renderer, home, facade.governing, is_mapped=bool(wanted.outputs))
        stack.pop_all()
    return GlEasel(facade, renderer, projecting, home=home, tries=tries, clock=clock), name


def _facade(wanted: Wanted, home: Home, clock: Clock, seen: Seen | None) -> Facade:
    """Return the displays of the outputs that are wanted, or the one display as if it were an output that changes nothing."""
    if wanted.outputs:
        return Facade(
            wanted.outputs,
            GlPanes(key_of, home),
            clock,
            canvas=wanted.canvas,
            fps=wanted.fps,
            cap=wanted.cap,
            shapes=kept_shapes(wanted.data) if wanted.data else Output.shape,
            paints=False,
            seen=seen,
        )
    window = None if wanted.fullscreen else wanted.size or three_quarters(wanted.output)
    panes = OnePane(GlPanes(key_of, home, is_framed=window is not None), wanted.output, window)
    return Facade((Output(id=_ONLY, rotate=wanted.rotate),), panes, clock, fps=wanted.fps, paints=False)
