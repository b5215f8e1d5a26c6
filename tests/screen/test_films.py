"""Films on the screen: over the real socket and real shared memory, with the two ends of it in one thread."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import logging
from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import pytest

from player.film.talk import Ended, Failed, OpenFilm, Opening, Ready
from player.screen.film_link import FIRST_RETRY, LAST_RETRY, QUIET
from player.screen.films import GONE, TELL_EVERY, UNKNOWN, Films
from player.show.scene import Clip, Composition, Fill, Layer, Scene
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.film_house import CLIP, FILM, FULL, HEARD, PLACE, SIZE, House, grey
from tests.fakes.loudspeaker import loudness_of


@pytest.fixture
def house(tmp_path: Path) -> Generator[House]:
    """Give a house in which both run."""
    found = House(tmp_path)
    yield found
    found.close()


def scene(*layers: tuple[str, float]) -> Scene:
    """Return layers of a film each, bottom first, with their opacities."""
    return Scene(
        SIZE,
        tuple(
            Layer(
                Composition(SIZE, Fill((0, 0, 0)), clips=(Clip(name, PLACE, 0, is_live=False),) if name else ()), opacity=opacity
            )
            for name, opacity in layers
        ),
        0,
    )


def test_a_film_is_asked_for_and_seen(house: House) -> None:
    """It is opening, then ready; each instant of its cue shows the newest frame whose time has come, and nothing before that."""
    assert house.films.state("a") == UNKNOWN
    house.films.open("a", FILM)
    assert house.films.state("a") == Opening()
    house.meet()
    film = house.cellar.kept[-1]
    house.tick()
    assert film.wanted == FILM
    assert grey(house, 0) is None

    film.put(5 * SECOND, 50)
    film.put(6 * SECOND, 60)
    film.coming = [Ready(has_sound=False)]
    house.meet()

    assert house.films.state("a") == Ready(has_sound=False)
    house.tick()
    assert [grey(house, at) for at in (0, SECOND - 1, SECOND)] == [50, 50, 60]


def test_what_is_asked_twice_between_two_ticks_is_the_same_frame(house: House) -> None:
    """Whether to draw is decided by the frame that is then drawn, though another one came in between."""
    film = house.opened()
    film.put(5 * SECOND, 50)
    house.tick()
    first = house.films.frame(CLIP, SECOND)
    film.put(6 * SECOND, 60)

    assert house.films.frame(CLIP, SECOND) is first
    house.tick()
    assert grey(house, SECOND) == 60


def test_a_step_back_shows_no_hole(house: House) -> None:
    """Memory has no frame of before: the one that is up stays, and what lies beneath is not seen."""
    film = house.opened()
    film.put(6 * SECOND, 60)
    house.tick()
    assert grey(house, SECOND) == 60

    assert grey(house, 0) == 60


def test_a_film_without_frames_stands_still_and_one_whose_frames_are_far_apart_does_not(house: House) -> None:
    """For a second and a half nothing is there for the instant on screen: then it is said. Its end is no standing still."""
    film = house.opened()
    film.put(5 * SECOND, 50)
    film.put(15 * SECOND, 60)
    house.tick()
    for at in range(10):
        grey(house, at * SECOND)
        house.tick(SECOND)
        assert not house.films.stands("a")
    for passed, stands in ((0, False), (SECOND, False), (SECOND, True)):
        house.tick(passed)
        grey(house, 12 * SECOND + passed)
        assert house.films.stands("a") is stands
    film.put(18 * SECOND, 70)
    house.tick()
    grey(house, 13 * SECOND)
    assert not house.films.stands("a")


def test_its_decoder_hears_where_the_picture_is(house: House) -> None:
    """Each frame says which instant of the film is seen at which tick; what waits for its cue is told to wait, every second."""
    film = house.opened()
    now = house.tick()
    assert film.writer.position == (5 * SECOND, now)
    house.tick(TELL_EVERY // 2)
    assert film.writer.position == (5 * SECOND, now)
    now = house.tick(TELL_EVERY)
    assert film.writer.position == (5 * SECOND, now)

    grey(house, SECOND)
    assert film.writer.position == (6 * SECOND, now)


def test_in_the_dark_a_film_goes_on(house: House) -> None:
    """Its decoder comes along though nobody looks: with the light there is the frame of that instant, and no wait for it."""
    film = house.opened()
    film.put(5 * SECOND, 50)
    house.tick()
    assert grey(house, 0) == 50
    for second in range(1, 31):
        now = house.tick(SECOND)
        assert film.writer.position == ((5 + second) * SECOND, now)
        film.put((5 + second) * SECOND, second)
    house.tick()
    assert grey(house, 30 * SECOND) == 30
    assert not house.films.stands("a")


def test_a_film_that_was_leapt_on_stands_still_until_there_is_a_frame_from_there_on(house: House) -> None:
    """Its decoder shows a picture of before, with the next whole one seconds ahead: that is a face that stands still."""
    film = house.opened()
    film.put(5 * SECOND, 50)
    house.tick()
    assert grey(house, 0) == 50
    house.clock.advance(20 * SECOND)
    film.put(35 * SECOND, 60)
    for passed, stands in ((0, False), (SECOND, False), (SECOND, True)):
        house.tick(passed)
        grey(house, 20 * SECOND + passed)
        assert house.films.stands("a") is stands
    house.tick()
    assert grey(house, 30 * SECOND) == 60
    assert not house.films.stands("a")


def test_a_film_that_cannot_be_had_says_why(house: House) -> None:
    """One that is refused has failed, one that ended has ended, and another screen's source is nobody's."""
    house.cellar.broken.add(FILM.film)
    house.films.open("a", FILM)
    house.meet()
    assert house.films.state("a") == Failed("/films/a.mp4 is no film")

    house.cellar.broken.clear()
    film = house.opened()
    film.coming = [Ready(has_sound=False), Ended(9 * SECOND, is_cut_short=True)]
    house.meet()
    assert house.films.state("a") == Ended(9 * SECOND, is_cut_short=True)
    assert house.films.frame(Clip("b", PLACE, 0, is_live=False), 0) is None


def test_what_is_closed_is_over(house: House) -> None:
    """Its decoder ends, its frames are seen no more, and a new one by the same name is another source."""
    first = house.opened()
    first.put(5 * SECOND, 50)
    second = house.opened()
    house.tick()

    assert first.is_closed
    assert grey(house, 0) is None
    house.films.close("a")
    house.films.close("a")
    house.meet()
    assert second.is_closed
    assert house.films.state("a") == UNKNOWN


def test_a_process_that_ends_is_a_state_and_the_picture_stays(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Its films have failed, their last frame is still there to fade out with; what is opened next finds the new process."""
    caplog.set_level(logging.INFO)
    film = house.opened()
    film.put(5 * SECOND, 50)
    house.tick()
    assert grey(house, 0) == 50
    house.end()
    house.meet()
    assert house.films.state("a") == GONE
    house.tick()
    assert grey(house, SECOND) == 50

    house.films.open("b", FILM)
    house.films.close("a")
    house.clock.advance(FIRST_RETRY)
    house.meet()
    assert house.films.state("b") == Opening()
    assert not caplog.records  # at every start the screen is there first
    house.clock.advance(QUIET)
    house.meet()
    house.begin()
    house.clock.advance(LAST_RETRY)
    house.meet()

    assert house.cellar.kept[-1] is not film
    assert not house.cellar.kept[-1].is_closed
    assert [record.message for record in caplog.records] == ["films cannot be had", "films can be had again"]


def test_nobody_is_looked_for_in_vain_for_ever_faster(house: House) -> None:
    """Without the process it is tried after 0.25, 0.5, 1, 2, 4, 4 s; without a film, never."""
    house.end()
    house.meet()
    assert house.films._link._next == 0
    house.films.open("a", FILM)
    tries: list[Nanos] = []
    for _ in range(20 * 8):
        before = house.films._link._next
        house.meet()
        if house.films._link._next != before:
            tries.append(house.clock.monotonic())
        house.clock.advance(FIRST_RETRY // 2)

    gaps = [(later - earlier) / SECOND for earlier, later in pairwise(tries)]
    assert gaps[:6] == [0.25, 0.5, 1, 2, 4, 4]


def test_frames_of_another_size_are_a_failure(house: House) -> None:
    """A process gone mad is not believed."""
    house.films.open("a", FILM)
    house.films._link.step(0)
    house.films._sources["a"].wanted = OpenFilm(film=FILM.film, size=Size(32, 18))
    house.meet()

    assert house.films.state("a") == Failed("its frames have another size than was asked for")


def test_a_film_is_as_loud_as_it_is_visible(house: House) -> None:
    """It fades in with its picture, by power; what covers it takes its part; a dark wall is silent."""
    film = house.opened(HEARD)
    film.hum(4 * 48_000)
    clip = Clip("a", PLACE, 0, is_live=False)
    heard: list[float] = []
    began = house.clock.monotonic()
    for opacity, above, light in ((0.0, 0.0, 1.0), (0.25, 0.0, 1.0), (1.0, 0.0, 1.0), (1.0, 0.75, 1.0), (1.0, 0.0, 0.0)):
        for _ in range(30):
            now = house.tick(20 * MILLISECOND)
            house.films.frame(clip, now - began)
            house.films.hear(scene(("", 1.0), ("a", opacity), ("", above)), light)
            house.meet()
            house.mixers[-1].step()
        heard.append(round(float(loudness_of(house.shop.sold[-1].heard[-4000:])[2000]), 2) if house.shop.sold else 0.0)

    assert heard == pytest.approx([0.0, 0.5 * FULL, FULL, 0.5 * FULL, 0.0], abs=0.03)


def test_what_is_told_of_loudness_is_little(house: House) -> None:
    """While nothing fades nothing is said; in a fade, 25 times a second; both ends of it are exact."""
    house.opened(HEARD)
    said: list[float] = []
    house.films._link.say = lambda order: said.append(getattr(order, "to", -1.0))
    for n in range(121):
        house.tick(SECOND // 60)
        house.films.hear(scene(("a", min(1.0, n / 60))), 1.0)

    assert said[-1] == 1.0
    assert 18 <= len(said) <= 26


def test_muted_is_muted_for_whoever_comes_next(house: House) -> None:
    """In quiet times nothing is heard, also of a process that was started anew meanwhile."""
    house.opened(HEARD)
    house.films.mute(is_muted=True)
    house.films.mute(is_muted=True)
    house.meet()
    assert house.mixers[-1]._mute.level.last == 0.0
    house.end()
    house.begin()
    house.meet()
    house.clock.advance(LAST_RETRY)
    house.opened(HEARD, "b")

    assert len(house.mixers) == 2
    assert house.mixers[-1]._mute.level.last == 0.0


def test_a_quiet_time_that_began_while_no_film_was_there_holds_for_the_next(house: House) -> None:
    """And its end does: the process has been there all the time, and knew of neither."""
    house.opened()
    house.films.close("a")
    for is_muted in (True, False):
        house.films.mute(is_muted=is_muted)
        house.opened()
        assert house.desk is not None
        assert house.desk._is_muted is is_muted
        house.films.close("a")
        house.meet()


def test_status_says_how_it_is(house: House) -> None:
    """Each source with its state and where it is; what is heard, on what, and how far off the picture."""
    film = house.opened(HEARD)
    film.coming = [Ready(has_sound=True)]
    house.meet()
    told = house.films.told()

    assert told["sources"] == [
        {
            "what": "/films/a.mp4",
            "is_live": False,
            "on_screen": 0,
            "state": "ready",
            "has_sound": True,
            "latency": 0,
            "rendition": "",
        }
    ]
    assert (told["muted"], told["device"], told["dropouts"], told["off_ms"]) == (False, "", 0, 0.0)


def test_its_thread_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """It waits for nothing that it could not be called away from."""
    films = Films(FakeClock())
    films.start()
    films.look_in(tmp_path)
    films.open("a", FILM)
    films.stop()

    assert films._link._thread is not None
    assert not films._link._thread.is_alive()


def test_a_message_that_makes_no_sense_ends_no_film(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """It is passed over, and said once; what follows it is heard."""
    film = house.opened()
    assert house.desk is not None
    assert house.desk._screen is not None
    for nonsense in (b"{", b"null", b'{"say": "Is", "source": "a", "state": {"kind": "Failed"}}'):
        house.desk._screen.send(nonsense)
    film.coming = [Ready(has_sound=False)]
    house.meet()

    assert house.films.state("a") == Ready(has_sound=False)
    assert not film.is_closed
    assert [record.message for record in caplog.records] == ["the process of films says nonsense, which is passed over"]


def test_what_nobody_has_heard_is_taken_back(house: House) -> None:
    """While the process is away, films that came and went leave nothing to be said; the newest is asked for when it is back."""
    house.end()
    house.films.open("b", FILM)
    for _ in range(1000):
        house.films.open("a", FILM)
        house.films.close("a")
    house.films.mute(is_muted=True)
    house.meet()
    house.begin()
    house.clock.advance(LAST_RETRY)
    house.meet()
    assert [kept.wanted for kept in house.cellar.kept] == [FILM]
    assert house.desk is not None
    assert house.desk._is_muted
