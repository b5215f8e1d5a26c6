"""What runs in the confined process of one film: it is told what to do by a pipe, looks at the film or plays it, and ends."""

from __future__ import annotations

import os

from player.clock import SystemClock
from player.errors import FilmError
from player.film.confinement import asked, put_up_walls, say
from player.film.examining import examine
from player.film.hearing import Hearing
from player.film.limits import PROBE_CPU_S
from player.film.playing import Playing
from player.film.reading import FilmFile, OpenFilm, open_film
from player.film.ring import RingWriter
from player.film.samples import SamplesWriter, sample_at
from player.film.wire import FIRST, Answer, Ended, Failed, Ready, Request
from player.pictures.sandbox import Allowance


def main() -> None:
    """Answer one request on the standard pipes, and end the process."""
    answer = _done()
    if answer is not None:
        say(answer)
    # As for pictures: nothing is left to tidy up, and threads of decoders need not be asked.
    os._exit(0)


def _done() -> Answer | None:
    request, filters, _ = asked()
    is_played = request.ring >= 0
    ring = RingWriter(request.ring) if is_played else None
    samples = SamplesWriter(request.samples, sample_at(request.begin)) if request.samples >= 0 else None
    os.dup2(request.film, FIRST)
    file = FilmFile(FIRST)  # asks how long it is, which behind the walls nobody may
    cpu_s, niceness = (None, 0) if is_played else (PROBE_CPU_S, Allowance().niceness)
    put_up_walls(filters, descriptors=FIRST + 1, cpu_s=cpu_s, niceness=niceness)
    try:
        if ring is None:
            return examine(file)
        return _play(open_film(file, threads=0), request, ring, samples)
    except FilmError as error:
        return Failed(str(error))
    except MemoryError:
        return Failed("it needs more memory than a film may: save it smaller")


def _play(film: OpenFilm, request: Request, ring: RingWriter, samples: SamplesWriter | None) -> Answer:
    film.spread(request.cores)
    hearing = None
    if samples is not None and film.audio is not None:
        hearing = Hearing(samples, origin=film.origin, length=film.length, end=request.end)
    playing = Playing(film, ring, hearing, begin=request.begin, end=request.end, rate=request.rate, clock=SystemClock())
    playing.start()
    ended: Ended | None = None
    is_told = False
    while ended is None:
        ended = playing.turn()
        if playing.has_begun and not is_told:
            is_told = True
            say(Ready(hearing is not None))
    return ended
