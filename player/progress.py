"""A progress bar for whatever takes more than a second, on a terminal; nothing at all elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from player.clock import SystemClock
from player.units import SECOND

AFTER: Final = SECOND  # what is quicker needs no bar


@contextmanager
def progress(what: str) -> Generator[Callable[[float], None]]:
    """Yield a function to be told how far *what* has come, 0 to 1."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that only a terminal needs to spend
    from rich.progress import Progress  # noqa: PLC0415 - as above

    clock = SystemClock()
    began = clock.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0, visible=False)

        def tell(done: float) -> None:
            bar.update(task, completed=done, visible=clock.monotonic() - began > AFTER)

        yield tell
