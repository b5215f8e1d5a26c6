"""One stream played from its first packet to its end, whichever way it comes."""

from __future__ import annotations

from player.clock import Clock
from player.errors import FilmError
from player.film.confinement import say
from player.film.live.child.arrivals import HUNGRY, Arrivals
from player.film.live.child.playing import LivePlaying, Rings
from player.film.live.child.timeline import LiveTimeline
from player.film.ring import RingWriter
from player.film.samples import SamplesWriter, sample_at
from player.film.wire import Answer, Failed, Request


def rings_of(request: Request, clock: Clock) -> Rings:
    """Return the rings that *request* names, mapped."""
    now = clock.monotonic() - request.epoch
    return Rings(
        frames=RingWriter(request.ring),
        samples=SamplesWriter(request.samples, sample_at(now)) if request.samples >= 0 else None,
        epoch=request.epoch,
    )


def played(request: Request, arrivals: Arrivals, rings: Rings, clock: Clock, *, sound: Arrivals | None = None) -> Answer:
    """Play what arrives, with *sound* that may come apart, and return how it ended."""
    playing = LivePlaying(
        arrivals,
        rings,
        timeline=LiveTimeline(last=request.begin or None),
        rate=request.rate,
        cores=request.cores,
        clock=clock,
        say=say,
        sound=sound,
    )
    try:
        ended: Answer | None = None
        while ended is None:
            ended = playing.turn()
    except FilmError as error:
        return Failed(str(error))
    except MemoryError:
        return Failed(HUNGRY)
    return ended
