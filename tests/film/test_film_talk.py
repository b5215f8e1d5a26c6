"""What screen and process say to each other about films: all of it comes over as it was said, and nothing else does."""

from __future__ import annotations

import json

import pytest

from player.errors import WorkerError
from player.film.talk import (
    MOST,
    Close,
    Ended,
    Failed,
    Given,
    Is,
    Loud,
    Mute,
    News,
    Open,
    OpenFilm,
    Opening,
    OpenStream,
    Order,
    Ready,
    Sounds,
    Stalled,
    news_of,
    order_of,
    packed,
)
from player.units import SECOND, Size

FILM = OpenFilm(film="/films/ä\n.mp4", size=Size(1920, 1080), begin=1, end=2 * SECOND, rate=59.94, has_sound=True, gain_db=-3.5)
GOOD = json.loads(packed(Open("1 a", FILM)))


@pytest.mark.parametrize(
    "order",
    [
        Open("1 a", FILM),
        Open("1 a", OpenFilm(film="a", size=Size(2, 2))),
        Open("2 b", OpenStream(stream="ceremony", size=Size(1920, 1080), has_sound=True)),
        Close("1 a"),
        Loud("1 a", 0.5, 7 * SECOND, SECOND),
        Mute(is_muted=True),
    ],
)
def test_orders_come_over(order: Order) -> None:
    """What the screen wants is what the process reads."""
    assert order_of(packed(order)) == order


@pytest.mark.parametrize(
    "news",
    [
        Given("1 a"),
        Is("1 a", Opening("buffering")),
        Is("1 a", Ready(has_sound=True, latency=SECOND, rendition="720p")),
        Is("1 a", Stalled(5)),
        Is("1 a", Ended(5, is_cut_short=True)),
        Is("1 a", Failed("its decoder crashed")),
        Sounds("HDMI", 3, -SECOND),
        Sounds(why="there is no such device"),
    ],
)
def test_news_come_over(news: News) -> None:
    """What the process says is what the screen reads."""
    assert news_of(packed(news)) == news


def test_the_longest_path_fits() -> None:
    """A message has room for any path that the kernel takes, escaped."""
    assert len(packed(Open("1 a" * 50, OpenFilm(film="\x01" * 2000, size=Size(2, 2))))) < MOST


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"say": "Given", "source": "a"}',
        b'{"say": "Close"}',
        b'{"say": "Close", "source": 7}',
        json.dumps({"say": "Close", "source": "a" * 1000}).encode(),
        b'{"say": "Loud", "source": "a", "to": 1.5, "begin": 0, "length": 0}',
        b'{"say": "Loud", "source": "a", "to": NaN, "begin": 0, "length": 0}',
        b'{"say": "Loud", "source": "a", "to": 1, "begin": 0, "length": -1}',
        b'{"say": "Mute", "is_muted": 1}',
        b"[" * 10_000,
        *(
            json.dumps(GOOD | {"wanted": GOOD["wanted"] | wrong}).encode()
            for wrong in (
                {"size": [3840 * 2, 2160]},
                {"size": [1920]},
                {"size": [1920.0, 1080]},
                {"begin": -1},
                {"begin": True},
                {"end": 0},
                {"rate": 0},
                {"rate": "60"},
                {"gain_db": 1e9},
                {"has_sound": None},
                {"film": None},
                {"kind": "OpenDoor"},
            )
        ),
    ],
)
def test_nonsense_is_no_order(message: bytes) -> None:
    """A screen gone mad orders nothing."""
    with pytest.raises(WorkerError, match="makes no sense"):
        order_of(message)


@pytest.mark.parametrize("word", ["a", "\n", "\ud800", "\U0001f56f"])
def test_words_that_are_too_long_are_cut(word: str) -> None:
    """A reason may name a path of 4000 letters: its ends come over, whatever it is written in, and no film ends for it."""
    long = word * 5000
    for said in (
        Is("1 a", Failed(long)),
        Is("1 a", Opening(long)),
        Is("1 a", Ready(has_sound=True, rendition=long)),
        Sounds(long),
    ):
        message = packed(said)

        assert len(message) <= MOST
        assert word * 150 in str(news_of(message)) or repr(word)[1:-1] * 150 in str(news_of(message))


def test_of_words_that_are_too_long_both_ends_come_over() -> None:
    """What it is about, and what is wrong with it."""
    news = news_of(packed(Is("1 a", Failed(f"https://live.example/{'a' * 900}: answered 404"))))

    assert isinstance(news, Is)
    assert isinstance(news.state, Failed)
    assert news.state.why.startswith("https://live.example/aaa")
    assert news.state.why.endswith("aaa: answered 404")


def test_a_path_as_long_as_any_comes_over() -> None:
    """4096 bytes, none of which is a letter."""
    film = OpenFilm(film="\udcff" * 4096, size=Size(2, 2))
    message = packed(Open("a" * 400, film))

    assert len(message) <= MOST
    assert order_of(message) == Open("a" * 400, film)
