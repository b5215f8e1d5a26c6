"""What runs in the confined process of a stream that is fetched: fed by a pipe, without network, files or other descriptors."""

from __future__ import annotations

import os
from typing import Final

from player.clock import SystemClock
from player.film.confinement import asked, put_up_walls, say
from player.film.live.child.beside import opened
from player.film.live.child.demuxing import Demuxing
from player.film.live.child.played import played, rings_of
from player.film.live.child.records import Records
from player.film.live.child.runs import Runs
from player.film.live.wire import Track
from player.film.wire import Answer

PIPES: Final = 3  # descriptors that it keeps


def main() -> None:
    """Play what comes by the standard input, and end the process."""
    say(_done())
    # Its other threads may wait for bytes for ever, and are not asked.
    os._exit(0)


def _done() -> Answer:
    request, filters, pipe = asked()
    clock = SystemClock()
    rings = rings_of(request, clock)
    put_up_walls(filters, descriptors=PIPES)
    records, is_heard = Records(pipe), rings.samples is not None
    pictures = Demuxing(Runs(records), clock, has_sound=is_heard)
    pictures.start()
    if not is_heard:
        return played(request, pictures.arrivals, rings, clock)
    sound = Demuxing(Runs(records, Track.SOUND), clock, has_sound=True, opener=opened)
    sound.start()
    return played(request, pictures.arrivals, rings, clock, sound=sound.arrivals)
