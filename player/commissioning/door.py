"""`weremember report --out`: a wall judged before it opens, as a page to print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from player.clock import Clock, SystemClock
from player.commissioning.page import page
from player.commissioning.survey import Survey, survey
from player.errors import OperatorError
from player.progress import progress
from player.settings import Configuration
from player.units import Nanos


def report(
    configuration: Configuration, out: Path, *, now: Nanos, say: Callable[[str], None], clock: Clock | None = None
) -> Survey:
    """Write the commissioning report *out*, as of *now* (UTC), and say that it is there; half a minute for each show.

    Raises:
        OperatorError: it cannot be written, or a shape, a show or the schedule cannot be.
        LibraryError: the data folder cannot be read.
    """
    if not out.parent.is_dir():
        raise OperatorError(f"{out} cannot be written: there is no folder {out.parent}")
    with progress("Playing the shows through") as tell:
        found = survey(configuration, now=now, clock=clock or SystemClock(), tell=tell)
    try:
        out.write_text(page(found), "utf-8")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}") from error
    shows = ", ".join(each.show for each in found.rehearsed)
    say(f"{out}: {len(found.throws.outputs)} outputs; played through: {shows}. Open it in a browser, and print it.")
    return found
