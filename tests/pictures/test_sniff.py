"""Formats by content, sizes by arithmetic, headers there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.pictures.sniff import describe, sniff
from player.pictures.wire import MAX_DETAIL, Answer, Format, Request, Verdict, contain
from player.units import Size
from tests.fakes import corpus

SIDES = st.integers(1, 60_000)
SIZES = st.builds(Size, SIDES, SIDES)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_format_is_known_by_its_content(form: str) -> None:
    """What Pillow writes in a format is known as that format."""
    assert sniff(corpus.encoded(corpus.sheet(), form)) is Format[form]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Format.AVIF),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Format.HEIC),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", None),
        (b"\0\0\0\x10ftypmp42\0\0\0\0heic", None),  # behind the end of its box
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_iso_files_are_told_apart_by_their_brands(data: bytes, form: Format | None) -> None:
    """AVIF, HEIC and films begin alike; the brands within the first box tell."""
    assert sniff(data) is form


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"hello, world\n", "text"),
        (b"<?xml version='1.0'?><svg xmlns='...'/>", "an SVG drawing"),
        (b"  <html><body>", "a web page"),
        (b"%PDF-1.7", "a PDF document"),
        (b"II*\0....", "a TIFF picture"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "a film"),
        (bytes(100), "of an unknown kind"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    """A publisher is told what was sent instead of a picture."""
    assert describe(data) == words


@given(SIZES, SIZES)
def test_contained_sizes_fit_and_never_grow(size: Size, bounds: Size) -> None:
    """A contained size is within the bounds, no larger than before, and never empty."""
    fitted = contain(size, bounds)

    assert 1 <= fitted.width <= min(size.width, bounds.width)
    assert 1 <= fitted.height <= min(size.height, bounds.height)


@given(SIZES)
def test_what_fits_is_left_alone(size: Size) -> None:
    """A size within the bounds stays as it is."""
    assert contain(size, size) == size


@given(st.builds(Answer, st.sampled_from(Verdict), SIZES, SIZES, SIZES, st.integers(0, 2**64 - 1), st.text()))
def test_an_answer_travels(sent: Answer) -> None:
    """An answer arrives as it was sent; its text arrives printable and short, whatever it was."""
    received = Answer.unpack(sent.pack())

    assert received[:5] == sent[:5]
    assert received.detail.isprintable()
    assert received.detail.isascii()
    assert len(received.detail) <= MAX_DETAIL


def test_a_request_travels() -> None:
    """A request arrives as it was sent."""
    request = Request(Format.AVIF, Size(2400, 1352), Size(480, 480), 123_456)

    assert Request.unpack(request.pack()) == request
