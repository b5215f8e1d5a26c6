"""One instant of a show as a picture: the same every time, from the library, without a window, writing nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from player.clock import Clock, SystemClock
from player.errors import OperatorError
from player.filming.instep import InStep
from player.filming.reels import Reels
from player.filming.slides import Planned, day_began, laid_out, opened, planned, stored, titled
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.schedule.desired import desired
from player.screen.clips import Clips
from player.screen.programme import programme_of
from player.settings import Configuration
from player.show.on_air import Manual, OnAir, on_air
from player.show.plan import Plan, scene_at
from player.show.remaining import slot_ends
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import Nanos, Size


def save(image: Image, out: Path) -> None:
    """Write a BGRA canvas as the picture that the file's name asks for.

    Raises:
        OperatorError: it cannot be written, or the name asks for no picture.
    """
    rgb = np.ascontiguousarray(image[:, :, 2::-1])
    try:
        Picture.fromarray(rgb).save(out, quality=92)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise OperatorError(f"{out} cannot be written: {reason}. Name a .png or .jpg file in a folder that exists") from error


def still(
    configuration: Configuration,
    at: Nanos,
    wanted: Size | None,
    clock: Clock,
    tell: Callable[[float], None],
) -> Image:
    """Return the canvas at *at* (UTC nanoseconds) of the show that is on then, BGRA; *tell* hears how far planning is, 0 to 1.

    The schedule says which, or that its title page is up; what is ordered by hand, and how bright the wall is, count for nothing.
    Cues that the screen stored are taken as they are; beyond them the show is planned from the counts as stored. The
    right to show is asked at the present moment.
    """
    typesetter = Typesetter()
    stage = stage_of(configuration, wanted)
    size = stage.canvas
    programme = programme_of(
        configuration,
        stage,
        lambda language, text: typesetter.fonts.speakable(language, text) is not None,
        typesetter.fonts.sets,
    )
    wanted_then = desired(at, configuration.rules)

    def ask(t: Nanos) -> OnAir:
        return on_air(desired(t, configuration.rules), Manual(), t)

    on = ask(at)
    bill = programme.bill(on.show)
    programme = replace(programme, show=bill.show, phrases=bill.phrases)
    since = max(day_began(at, configuration.settings.site.zone), wanted_then.start or 0)
    with opened(programme.data) as library, Reels(SystemClock()) as reels:
        in_step = InStep(library, programme, configuration.settings, clock)
        steps = in_step.steps(programme.show.id)
        slides = (titled(on.page, at),) if on.page else stored(library, programme, at, clock, steps)
        ends = slot_ends(wanted_then, lambda t: desired(t, configuration.rules), since)

        def by_its_own(t: Nanos) -> tuple[Planned, ...]:
            return planned(library, programme, t, since=since, ends=ends, clock=clock, tell=tell, steps=steps)

        slides = slides or in_step.slides(programme, at, ask, by_its_own) or by_its_own(at)
        renderer = CpuRenderer(size, typesetter, moving=reels, waits=True)
        clips = Clips(reels, programme.films, SystemClock())
        plan = Plan(size, tuple(laid_out(library, renderer, typesetter, programme, each, clips=clips) for each in slides))
        return renderer.draw(scene_at(plan, at))
