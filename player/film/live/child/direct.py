"""What runs in the confined process of a stream that is one connection, or one file that is played as if it were live.

It speaks RTMP and RTSP itself, over one socket that it was given: its parent connects, checks and encrypts, and passes bytes on
both ways. Libraries insist on making connections themselves; the kernel's filter (`pictures.calls`) makes none, and says that it
did, with the number of that socket. So whatever a server makes it do, there is nobody else whom it could reach: every address
leads to the same one place. Names are never looked up: the address is a number already, of nothing.
"""

from __future__ import annotations

import os
from typing import Final

from player.clock import SystemClock
from player.film.confinement import STDIN, asked, put_up_walls, say
from player.film.live.child.arriving import Arriving, Open
from player.film.live.child.played import played, rings_of
from player.film.reading import FilmFile, OpenFilm, open_address, open_film
from player.film.wire import FIRST, Answer, Failed, Request
from player.pictures.wire import Level

UNFILTERED: Final = "RTMP and RTSP are played only where the kernel filters system calls (seccomp): give the HLS address"


def main() -> None:
    """Play what was asked for, and end the process."""
    say(_done())
    # Its other thread may wait for bytes for ever, and is not asked.
    os._exit(0)


def _done() -> Answer:
    request, filters, _ = asked()
    clock = SystemClock()
    rings = rings_of(request, clock)
    opener = _opener(request)
    is_file = request.film >= 0
    level = put_up_walls(filters, descriptors=FIRST + 1 if is_file else FIRST)
    if not is_file and not level & Level.SECCOMP:
        return Failed(UNFILTERED)  # libraries would reach for the network, and no descriptor is left for that
    most_behind = None if is_file else request.behind
    arriving = Arriving(opener, clock, has_sound=rings.samples is not None, most_behind=most_behind)
    arriving.start()
    return played(request, arriving.arrivals, rings, clock)


def _opener(request: Request) -> Open:
    if request.film >= 0:
        os.dup2(request.film, FIRST)
        return _again(FilmFile(FIRST))  # asks how long it is, which behind the walls nobody may
    os.dup2(request.relay, STDIN)
    return _once(request)


def _again(file: FilmFile) -> Open:
    """Return what opens *file* from its beginning, as often as it is asked."""

    def opened() -> OpenFilm:
        file.seek(0)
        return open_film(file, threads=0)

    return opened


def _once(request: Request) -> Open:
    """Return what opens the one connection there is, once."""
    addresses = [request.url]

    def opened() -> OpenFilm | None:
        return open_address(addresses.pop(), called=request.called) if addresses else None

    return opened
