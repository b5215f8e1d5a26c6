"""What a display says of itself, from bytes that may be anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.screen.edid import BLOCK, parse
from player.units import Size
from tests.fakes.displays import edid as block


def test_a_projector_says_who_it_is() -> None:
    """Its name, its serial number and the size that it likes are found."""
    edid = parse(block(number=4711))
    assert edid is not None
    assert (edid.maker, edid.product, edid.number) == ("EPS", 0xA04F, 4711)
    assert (edid.name, edid.serial, edid.size) == ("EPSON PJ", "X4Z1", Size(1920, 1080))


def test_one_without_texts_is_known_by_its_numbers() -> None:
    """Maker and product make a name, the number a serial."""
    edid = parse(block(name=None, serial=None, number=4711, size=None))
    assert edid is not None
    assert (edid.name, edid.serial, edid.size) == ("EPS A04F", "4711", None)


def test_a_number_that_all_of_them_have_is_none() -> None:
    """Makers who do not number their displays write 0x01010101: no two of them shall be taken for one."""
    edid = parse(block(serial=None, number=0x01010101))
    assert edid is not None
    assert edid.serial == ""


def test_an_interlaced_size_is_that_of_the_whole_picture() -> None:
    """1080i is told as 540 lines."""
    edid = parse(block(size=Size(1920, 540), flags=0x80))
    assert edid is not None
    assert edid.size == Size(1920, 1080)


def test_a_text_of_thirteen_letters_has_no_end() -> None:
    """And one with an end is cut there; nothing that cannot be printed comes through."""
    long, dirty = parse(block(name="SAMSUNG 49C90")), parse(block(name="A\x1b[31mB\xe9"))
    assert long is not None
    assert dirty is not None
    assert long.name == "SAMSUNG 49C90"
    assert dirty.name == "A[31mB"


def test_what_is_damaged_is_none() -> None:
    """A wrong sum, a short block, another beginning: nothing is made of them."""
    sound = block()
    assert parse(sound[:-1] + bytes([sound[-1] ^ 1])) is None
    assert parse(sound[:100]) is None
    assert parse(b"") is None
    assert parse(b"\x01" + sound[1:-1] + bytes([(sound[-1] - 1) % 256])) is None


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever comes over a cable, with a right checksum or a wrong one."""
    parse(data)
    body = (b"\x00" + b"\xff" * 6 + b"\x00" + data).ljust(BLOCK, b"\0")[: BLOCK - 1]
    edid = parse(body + bytes([-sum(body) % 256]))
    assert edid is not None
    assert edid.name.isprintable()
    assert edid.serial.isprintable()
