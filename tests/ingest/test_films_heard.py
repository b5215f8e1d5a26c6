"""How loud films of feeds are: heard once, and again later when we failed and not the film."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film import measuring
from player.film.known import packed, unpacked
from player.ingest.hearing import LONGEST_PAUSE, PAUSE, Hearing
from player.library import films
from tests.fakes.feed_films import CLIP, FilmShelf, clip
from tests.fakes.films_shown import film_of
from tests.library.shelf import Shelf, sha

TARGET = -23.0


class Ears:
    """A library with films in it, and what hears them."""

    def __init__(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock, self.stopped = shelf.clock, threading.Event()
        self.cellar = FilmShelf(shelf, "f", "g")
        self.cellar.offer(clip())
        self.cellar.offer(clip(), clip("g", b"another film"), content=b"another film")
        self.cellar.fetch()
        self.answer: Callable[[], float | None] = lambda: 3.0
        self.asked = 0
        self.target: float | None = TARGET
        monkeypatch.setattr(measuring, "gain_of", self._heard)
        self.hearing = Hearing(shelf.library, target=self.target, clock=shelf.clock, stopped=self.stopped)

    def all(self) -> int:
        """Hear what there is to be heard now; return how many films that were."""
        self.asked = 0
        while self.hearing.step():
            assert self.asked < 5
        return self.asked

    def gains(self) -> set[float | None]:
        """What is known of the films."""
        found = [unpacked(text) for text in films.every(self.cellar.library.connection).values()]
        return {each.gain_db for each in found if each}

    def _heard(self, *_: object, **__: object) -> float | None:
        self.asked += 1
        return self.answer()


@pytest.fixture(name="ears")
def _ears(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Ears:
    return Ears(shelf, monkeypatch)


def _raising(error: Exception) -> Callable[[], float]:
    def answer() -> float:
        raise error

    return answer


def test_each_film_is_heard_once(ears: Ears) -> None:
    """And what came of it is kept with it."""
    assert (ears.all(), ears.all(), ears.gains()) == (2, 0, {3.0})


@pytest.mark.parametrize("error", [WorkerError("killed"), InterruptedFilmError("killed"), OSError("no descriptor")])
def test_a_failure_of_ours_is_no_measurement(ears: Ears, error: Exception) -> None:
    """It is tried again later, and later each time: else the film would be as loud as it came for ever."""
    ears.answer = _raising(error)
    pause = PAUSE
    for _ in range(12):
        assert (ears.all(), ears.all(), ears.gains()) == (2, 0, {None})
        ears.clock.advance(pause - 1)
        assert ears.all() == 0
        ears.clock.advance(1)
        pause = min(2 * pause, LONGEST_PAUSE)

    ears.answer = lambda: 3.0
    assert (ears.all(), ears.gains()) == (2, {3.0})


def test_a_film_that_cannot_be_heard_stays_as_it_is(ears: Ears) -> None:
    """By its own fault, so that it is not asked for again."""
    ears.answer = _raising(FilmError("its sound is damaged"))
    assert (ears.all(), ears.all(), ears.gains()) == (2, 0, {0.0})


def test_one_film_that_kills_its_decoder_does_not_keep_the_others_waiting(ears: Ears) -> None:
    """The next one is heard in the same step."""

    def killed() -> float:
        ears.answer = lambda: 3.0
        raise WorkerError("killed")

    ears.answer = killed
    assert ears.hearing.step()
    assert ears.gains() == {None, 3.0}


def test_nothing_is_heard_while_the_player_ends(ears: Ears) -> None:
    """A hearing that is broken off says nothing of the film, and no other one begins."""

    def ended() -> None:
        ears.stopped.set()

    ears.answer = ended
    assert (ears.all(), ears.gains()) == (1, {None})


def test_a_film_without_sound_is_not_heard(ears: Ears) -> None:
    """There is nothing to be measured."""
    connection = ears.cellar.library.connection
    known = unpacked(films.every(connection)[sha(CLIP)])
    assert known is not None
    films.note(connection, sha(CLIP), packed(replace(known, film=film_of(has_sound=False))))
    assert ears.all() == 1
