"""Server-sent events: the rules of the format as rows, cut into pieces anywhere, and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError
from player.feed.streaming import MAX_EVENT, MAX_LINE, Event, events

STREAM = Path(__file__).parent / "payloads" / "mastodon" / "stream.txt"


def heard(*pieces: bytes) -> list[Event]:
    """The events of a stream that came in *pieces*."""
    return list(events(pieces))


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"event: delete\ndata: 17\n\n", [Event("delete", "17")]),
        (b"event:delete\ndata:17\n\n", [Event("delete", "17")]),
        (b"data:  two spaces\n\n", [Event("message", " two spaces")]),
        (b"data: a\ndata: b\n\n", [Event("message", "a\nb")]),
        (b"data\n\n", [Event("message", "")]),
        (b"event: empty\n\ndata: x\n\n", [Event("message", "x")]),
        (b"event: one\nevent: two\ndata: x\n\n", [Event("two", "x")]),
        (b":thump\n\n:thump\n", []),
        (b"id: 1\nretry: 5\nunknown: x\ndata: x\n\n", [Event("message", "x")]),
        (b"\xef\xbb\xbfdata: x\n\n", [Event("message", "x")]),
        (b"data: \xef\xbb\xbfx\n\n", [Event("message", "\ufeffx")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [Event("message", text) for text in "abc"]),
        (b"data: a: b\n\n", [Event("message", "a: b")]),
        (b"data: \xff\xfe\n\n", [Event("message", "\ufffd\ufffd")]),
        (b"data: whole\n\ndata: cut o", [Event("message", "whole")]),
        (b"data: not ended\n", []),
        (b"", []),
    ],
)
def test_the_rules_of_the_format(stream: bytes, expected: list[Event]) -> None:
    """Fields, comments, line ends, the mark of byte order and what is cut off mean what the standard says."""
    assert heard(stream) == expected


@given(st.lists(st.sampled_from([b"data: a\xc3\xa9", b"event: x", b":c", b"", b"\n", b"\r", b"\r\n", b"da", b"ta:1"])), st.data())
def test_pieces_may_be_cut_anywhere(parts: list[bytes], data: st.DataObject) -> None:
    """How the bytes were cut on their way changes nothing, not even within a CR LF or a letter."""
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert heard(*pieces) == heard(stream) == heard(*(bytes([byte]) for byte in stream))


def test_an_event_comes_as_soon_as_it_is_whole() -> None:
    """Nothing waits for more than the blank line that ends an event."""

    def pieces() -> Iterator[bytes]:
        yield b"data: 1\n\nda"
        raise AssertionError("asked for more than was needed")

    assert next(events(pieces())) == Event("message", "1")


@pytest.mark.parametrize("piece", [b"data: " + bytes(10_000), bytes(100_000), b":" * 100_000])
def test_an_endless_line_is_refused(piece: bytes) -> None:
    """A line without an end is refused at its bound, not kept for ever."""
    with pytest.raises(FeedError, match="a line of more than"):
        list(events(repeat(piece, MAX_LINE // len(piece) + 2)))


def test_a_long_line_in_one_piece_is_refused_too() -> None:
    """It makes no difference that a line too long came whole."""
    with pytest.raises(FeedError, match="a line of more than"):
        heard(b"data: " + b"x" * MAX_LINE + b"\n\n")


def test_an_endless_event_is_refused() -> None:
    """Lines of data without a blank one between are refused at their bound."""
    with pytest.raises(FeedError, match="an event of more than"):
        list(events(repeat(b"data: " + b"x" * 1000 + b"\n", MAX_EVENT // 1000 + 1)))


def test_many_comments_are_no_flood() -> None:
    """A stream that only says that it is alive may do so for ever."""
    assert heard(*repeat(b":thump\n\n", 200_000), b"data: 1\n\n") == [Event("message", "1")]


def test_a_stream_of_mastodons() -> None:
    """The greeting, the heartbeats and the events of a server are told apart."""
    names = [event.name for event in heard(STREAM.read_bytes())]

    assert names == ["update", "status.update", "delete", "notification", "delete", "filters_changed"]


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    """Whatever comes is events or nothing."""
    assert all(isinstance(event.data, str) for event in heard(*pieces))
