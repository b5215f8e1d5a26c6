"""Streams on the screen: which frame is seen, when one moved last, and whether anybody decodes it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.film.talk import Failed, OpenStream, Ready, Stalled
from player.show.scene import Clip
from player.units import MILLISECOND, SECOND
from tests.fakes.film_house import PLACE, SIZE, House, grey


@pytest.fixture
def house(tmp_path: Path) -> Generator[House]:
    """Give a house in which both run."""
    found = House(tmp_path)
    yield found
    found.close()


def test_a_stream_shows_what_is_due(house: House) -> None:
    """Frames of a stream come at their own instants, whatever its cue says; where the picture is follows from that."""
    stream = house.opened(OpenStream(stream="ceremony", size=SIZE))
    clip = Clip("a", PLACE, 0, is_live=True)
    now = house.tick()
    assert grey(house, 0, clip) is None
    stream.put(7 * SECOND, 70, due=now)
    stream.put(8 * SECOND, 80, due=now + SECOND)
    house.tick(0)

    assert grey(house, 0, clip) == 70
    now = house.tick(SECOND + 10 * MILLISECOND)
    assert grey(house, 0, clip) == 80
    assert stream.writer.position == (8 * SECOND - 30 * MILLISECOND + 40 * MILLISECOND, now)

    stream.coming = [Stalled(now), Ready(has_sound=False, latency=SECOND, rendition="720p")]
    house.meet()
    assert house.films.state("a") == Ready(has_sound=False, latency=SECOND, rendition="720p")


def test_a_stream_that_nobody_looks_at_goes_on(house: House) -> None:
    """What is due is taken all the time, or there would be no room for what comes: a title page may be up meanwhile."""
    stream = house.opened(OpenStream(stream="ceremony", size=SIZE))
    for n in range(40):
        assert stream.writer.has_room()
        stream.put(n * 40 * MILLISECOND, n, due=house.clock.monotonic())
        house.tick()

    assert grey(house, 0, Clip("a", PLACE, 0, is_live=True)) == 39


def test_it_is_known_when_a_stream_moved_last_and_whether_anybody_decodes_it(house: House) -> None:
    """By the frame that is to be seen; a stream that was given up for now is not lost, one that was refused is."""
    assert house.films.is_lost("a")
    stream = house.opened(OpenStream(stream="ceremony", size=SIZE))
    due = house.tick()
    assert house.films.newest("a") is None
    stream.put(7 * SECOND, 70, due=due)
    house.tick(0)
    house.tick(SECOND)
    assert house.films.newest("a") == due
    stream.coming = [Failed("nothing came of it")]
    house.meet()
    assert not house.films.is_lost("a")

    house.cellar.broken.add("nowhere")
    house.films.open("b", OpenStream(stream="nowhere", size=SIZE))
    house.meet()
    assert isinstance(house.films.state("b"), Failed)
    assert house.films.is_lost("b")
    house.end()
    house.meet()
    assert house.films.is_lost("a")
    assert house.films.newest("a") == due


def test_status_says_how_far_a_stream_has_drifted_since_it_came(house: House) -> None:
    """From how far behind it was when it was joined last: after a stall, that is another beginning."""
    stream = house.opened(OpenStream(stream="ceremony", size=SIZE))
    for state, drift in (
        (Ready(has_sound=False, latency=6 * SECOND), 0),
        (Ready(has_sound=False, latency=8 * SECOND), 2 * SECOND),
        (Stalled(0), None),
        (Ready(has_sound=False, latency=7 * SECOND), 0),
    ):
        stream.coming = [state]
        house.meet()
        (told,) = house.films.told_of_sources()
        assert told.get("drift") == drift
