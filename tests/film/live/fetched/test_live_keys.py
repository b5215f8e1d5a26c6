"""Segments that are encrypted as a whole: read with the key that their playlist names, fetched as all else is."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from player.errors import FilmError, NetworkError
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.keys import opened
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import Answer, Station, segments

KEY = bytes(range(16))


def sealed(data: bytes, vector: bytes) -> bytes:
    """Return *data* as it is sent."""
    rest = 16 - len(data) % 16
    cipher = Cipher(algorithms.AES(KEY), modes.CBC(vector)).encryptor()
    return cipher.update(data + bytes([rest]) * rest) + cipher.finalize()


def line(key: Answer, uri: str = "/key") -> Fetching:
    """Return who fetches a stream that is encrypted."""
    clock = FakeClock()
    pieces = tuple(sealed(piece, number.to_bytes(16, "big")) for number, piece in enumerate(segments()))
    station = Station(clock, pieces)
    body = station.playlist().replace(b"#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{uri}"\n#EXTINF'.encode(), 1)
    station.odd |= {"/live.m3u8": body, "/key": key}
    return Fetching(Source("https://station.example/live.m3u8", station, SECOND, 100), clock=clock, ring=lambda: None)


def test_they_are_read() -> None:
    """Its number is the vector where none is said; the key is asked for once."""
    fetching = line(KEY)
    fetching.turn()
    fetching.turn()

    taken = [fetching.pieces.take(), fetching.pieces.take()]
    assert [piece.data for piece in taken if piece is not None] == list(segments()[5:7])


@pytest.mark.parametrize(
    ("key", "uri", "why"),
    [
        (b"\1" * 16, "/key", "cannot be decrypted|something else"),
        (b"<html>", "/key", "should be the key"),
        (403, "/key", "answered 403"),
        (KEY, "https://10.0.0.1/key", "refused"),
        (KEY, "skd://key", "refused"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(key: bytes | int, uri: str, why: str) -> None:
    """Another one, a page, one that is not given, one elsewhere: nothing is handed on."""
    fetching = line(key, uri)
    with pytest.raises((FilmError, NetworkError), match=why):
        fetching.turn()
    assert fetching.pieces.take() is None


def test_what_is_no_multiple_of_blocks_is_refused() -> None:
    """A segment that was cut."""
    with pytest.raises(FilmError, match="cannot be decrypted"):
        opened(sealed(b"x" * 100, bytes(16))[:-1], key=KEY, vector=bytes(16))


@pytest.mark.parametrize("first", [b"", bytes(15), bytes(16)])
def test_a_key_that_does_not_fit_is_asked_for_again(first: bytes) -> None:
    """An answer that was cut once, or a key that has changed, costs one segment and not the ceremony."""
    answers = [first, KEY]
    fetching = line(lambda: answers.pop(0) if len(answers) > 1 else answers[0])
    with pytest.raises(FilmError, match="key"):
        fetching.turn()
    fetching.turn()

    piece = fetching.pieces.take()
    assert piece is not None
    assert piece.data == segments()[6]
