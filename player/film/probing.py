"""Asks a confined child what a film is, before anybody relies on it."""

from __future__ import annotations

import selectors
from collections.abc import Sequence

from player.clock import Clock
from player.errors import FilmError, InterruptedFilmError
from player.film.limits import PROBE_WALL
from player.film.process import FilmProcess
from player.film.wire import NONSENSE, Confined, Failed, Film, Request
from player.units import SECOND


def probe(film: int, clock: Clock, *, command: Sequence[str] | None = None) -> Film:
    """Return what is known of the file with descriptor *film*; its own place in the file is not moved.

    Raises:
        FilmError: It cannot be shown; the message is one sentence that says why and what to do.
        InterruptedFilmError: There was no answer: perhaps the film's fault, perhaps ours. Nobody should keep it.
        WorkerError: We failed, not the film.
    """
    deadline = clock.monotonic() + PROBE_WALL
    process = FilmProcess(Request(film=film), (film,), command)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process, selectors.EVENT_READ)
            while selector.select(max(0, deadline - clock.monotonic()) / SECOND):
                for answer in process.hear():
                    if isinstance(answer, Film):
                        return answer
                    if isinstance(answer, Failed):
                        raise FilmError(answer.why)
                    if not isinstance(answer, Confined):
                        raise FilmError(NONSENSE)
                if process.is_over:
                    raise process.fault()
        why = f"no answer within {PROBE_WALL // SECOND} s: the file may be damaged, or made to tire us; copy it again"
        raise InterruptedFilmError(why)
    finally:
        process.close()
