"""What speaks for itself, packet by packet: what piled up is left out, and a file begins again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
from av.packet import Packet

from player.errors import FilmError
from player.film.live.child.arrivals import Arrival, Arrivals, Through
from player.film.live.child.arriving import EMPTY, Arriving, Open
from player.film.reading import FilmFile, OpenFilm, open_film
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.films import Recipe, film, opened

RECIPE = Recipe(frames=50, key_every=10, has_sound=True)


def opener(descriptor: int, times: int = 1) -> Open:
    """Return what opens a film so often."""
    films = iter([FilmFile(descriptor) for _ in range(times)])

    def one() -> OpenFilm | None:
        file = next(films, None)
        return None if file is None else open_film(file, threads=1)

    return one


def all_of(arrivals: Arrivals) -> Iterator[Arrival]:
    """Take all that is there."""
    while (arrival := arrivals.take()) is not None:
        yield arrival


def instants(arrived: list[Arrival]) -> list[float]:
    """Return when the pictures among them are to be decoded, in seconds."""
    packets = [cast("Any", each) for each in arrived if isinstance(each, Packet)]
    return [float(each.dts * each.time_base) for each in packets if each.stream.type == "video"]


def test_what_piled_up_is_left_out_up_to_a_picture_that_needs_no_other() -> None:
    """Of two seconds that wait where half a second may, the last 0.4 s are left, with the sound beside them."""
    with opened(film(RECIPE)) as descriptor:
        arriving = Arriving(opener(descriptor), FakeClock(), has_sound=True, most_behind=SECOND // 2)
        arriving.run()
        first, *rest, last = all_of(arriving.arrivals)

    assert isinstance(first, OpenFilm)
    assert isinstance(rest[0], Packet)
    assert rest[0].is_keyframe
    assert len(instants(rest)) == 10
    assert len(rest) < 60
    assert last == Through(None)


def test_how_much_waits_is_known() -> None:
    """Of two films of two seconds, all but what was taken, and no jump between them; nothing of nothing."""
    frame = SECOND // 25
    with opened(film(RECIPE)) as descriptor:
        arriving = Arriving(opener(descriptor, 2), FakeClock(), has_sound=True, most_behind=10 * SECOND)
        assert arriving.arrivals.waiting() == 0
        arriving.run()
        arrivals = arriving.arrivals
        assert abs(arrivals.waiting() - 98 * frame) <= frame
        while (arrival := arrivals.take()) is not None and not instants([arrival]):
            pass
        assert abs(arrivals.waiting() - 97 * frame) <= frame
        list(all_of(arrivals))
        assert arrivals.waiting() == 0


def test_what_may_wait_comes_whole_as_often_as_it_is_opened() -> None:
    """Every picture, twice; sound only where it is wanted."""
    with opened(film(RECIPE)) as descriptor:
        arriving = Arriving(opener(descriptor, 2), FakeClock(), has_sound=False, most_behind=10 * SECOND)
        arriving.run()
        arrived = list(all_of(arriving.arrivals))

    assert sum(isinstance(each, OpenFilm) for each in arrived) == 2
    assert len(instants(arrived)) == 100
    assert len(arrived) == 103


def test_who_has_enough_waits_until_some_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a server is slowed down, and memory is not filled."""
    monkeypatch.setattr("player.film.live.child.arriving.MAX_WAITING", 5)
    monkeypatch.setattr("player.film.live.child.arrivals.PAUSE", MILLISECOND)
    taken: list[Arrival] = []
    with opened(film(RECIPE)) as descriptor:
        arriving = Arriving(opener(descriptor), FakeClock(), has_sound=True, most_behind=10 * SECOND)
        arriving.start()
        arrivals = arriving.arrivals
        while not any(isinstance(each, Through) for each in taken):
            arrivals.came.wait(0.05)
            found = list(all_of(arrivals))
            taken += found
    assert len(instants(taken)) == 50
    assert threading.active_count() >= 1


def test_what_cannot_be_opened_or_has_nothing_is_said() -> None:
    """A file without one picture would else be begun again for ever."""

    def nothing(**_: object) -> Iterator[tuple[None, None]]:
        return iter(())

    class Hollow:
        packets = staticmethod(nothing)

    def hollow() -> OpenFilm:
        return cast("OpenFilm", Hollow())

    def broken() -> OpenFilm:
        raise FilmError("no")

    def huge() -> OpenFilm:
        raise MemoryError

    for each, why in ((hollow, EMPTY), (broken, "no"), (huge, "it needs more memory than a stream may")):
        arriving = Arriving(each, FakeClock(), has_sound=True, most_behind=SECOND)
        arriving.run()
        assert list(all_of(arriving.arrivals))[-1] == Through(why)
