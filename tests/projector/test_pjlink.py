"""PJLink as bytes: what is sent, and what is made of whatever comes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import NetworkError
from player.projector import pjlink
from player.projector.pjlink import MAX_LINE_BYTES, Lamp, Level, Lines, Power, Refusal, Reply, Verb


def test_the_digest_is_the_standards_own_example() -> None:
    """Token and password of the standard's example give its digest."""
    assert pjlink.digest("498e4a67", "JBMIAProjectorLink") == "5d8409bc1c3fa39749434aa3a5c38682"


def test_a_command_is_what_the_standard_says() -> None:
    """Class 1 has %1, what only class 2 has has %2, and a digest stands in front."""
    assert pjlink.command(Verb.POWER, "1") == b"%1POWR 1\r"
    assert pjlink.command(Verb.FREEZE, "?") == b"%2FREZ ?\r"
    assert pjlink.command(Verb.POWER, "?", digested="ab") == b"ab%1POWR ?\r"


@pytest.mark.parametrize(
    ("line", "salt"),
    [
        (b"PJLINK 0", None),
        (b"pjlink 0", None),
        (b"PJLINK 1 498e4a67", "498e4a67"),
        (b"pjlink 1 498E4A67", "498E4A67"),
        (b"\xff\xfd\x18\x00PJLINK 0", None),
        (b"Welcome to PJLINK PJLINK 1 00000000 ", "00000000"),
    ],
)
def test_a_greeting_is_found_behind_junk_and_in_either_case(line: bytes, salt: str | None) -> None:
    """The salt stays in its own case: the digest depends on it."""
    found = pjlink.greeting(line)
    assert found is not None
    assert found.salt == salt


@pytest.mark.parametrize("line", [b"", b"PJLINK", b"PJLINK 2", b"PJLINK 1", b"PJLINK ERRA", b"HTTP/1.1 400", b"%1POWR=0"])
def test_what_is_no_greeting_is_none(line: bytes) -> None:
    """Neither an error nor a reply nor another protocol greets."""
    assert pjlink.greeting(line) is None


def test_a_wrong_password_is_told_from_all_else() -> None:
    """PJLINK ERRA, in either case."""
    assert pjlink.is_denied(b"PJLINK ERRA")
    assert pjlink.is_denied(b"xpjlink erra ")
    assert not pjlink.is_denied(b"PJLINK 0")
    assert not pjlink.is_denied(b"")


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"%1POWR=1", Reply("POWR", "1")),
        (b"%2POWR=1", Reply("POWR", "1")),
        (b"%1powr=ok", Reply("POWR", "ok")),
        (b"\x00\x1b%1POWR= 1 ", Reply("POWR", "1")),
        (b"%1NAME=50%%1POWR=0", Reply("POWR", "0")),
        (b"%1NAME=", Reply("NAME", "")),
        ("%1INF1=Größe\u202e\x9b".encode(), Reply("INF1", "Größe??")),
        (b"POWR=1", None),
        (b"%1POWR 1", None),
        (b"%1POW=1", None),
        (b"", None),
    ],
)
def test_a_reply_is_taken_as_it_comes(line: bytes, reply: Reply | None) -> None:
    """Of either class, in either case, with junk before it; anything else is none."""
    assert pjlink.reply(line) == reply


def test_a_name_with_a_percent_sign_is_a_name() -> None:
    """What is left of two replies without an end between them is let go all the same."""
    assert pjlink.reply(b"%1INF1=100% Projector") == Reply("INF1", "100% Projector")
    assert pjlink.reply(b"%1PO%1POWR=1") == Reply("POWR", "1")


def test_refusals_are_told_apart() -> None:
    """ERR1 to ERR4 in either case, and OK is none."""
    assert [Reply("POWR", f"err{n}").refusal for n in (1, 2, 3, 4)] == list(Refusal)
    assert Reply("POWR", "OK").refusal is None
    assert Reply("POWR", "ok").is_done
    assert Reply("POWR", "").refusal is None


@pytest.mark.parametrize(
    ("text", "lamps"),
    [
        ("1234 1", (Lamp(1234, is_on=True),)),
        ("1234 1 99 0", (Lamp(1234, is_on=True), Lamp(99, is_on=False))),
        ("1234", (Lamp(1234, None),)),
        ("1234 5678", (Lamp(1234, None), Lamp(5678, None))),
        ("1234 1 99", (Lamp(1234, None), Lamp(1, None), Lamp(99, None))),
        ("0 0", (Lamp(0, is_on=False),)),
        ("", None),
        ("ERR1", None),
        ("-1 1", None),
        ("1e3 1", None),
        ("9999999 1", None),
        (" ".join(["1 1"] * 9), None),
    ],
)
def test_odd_lamp_replies_are_made_the_best_of(text: str, lamps: tuple[Lamp, ...] | None) -> None:
    """Flags may be missing; what makes no sense is no lamp."""
    assert pjlink.lamps(text) == lamps


def test_faults_are_named() -> None:
    """ERST's six digits: which, and how bad; anything else is unknown, and not well."""
    assert pjlink.faults("000000") == {}
    assert pjlink.faults("010020") == {"lamp": Level.WARNING, "filter": Level.ERROR}
    assert pjlink.faults("0000000") == {}
    assert pjlink.faults("00000") is None
    assert pjlink.faults("00000x") is None


def test_the_small_answers() -> None:
    """Power, mute, input, signal and hours: known values, and None for all else."""
    assert [pjlink.power(text) for text in ("0", "1", "2", "3", "4", "")] == [*Power, None, None]
    assert [pjlink.mute(text) for text in ("31", "11", "21", "30", "x")] == [True, True, False, False, None]
    assert [pjlink.input_of(text) for text in ("31", "3a", "1", "ERR3")] == ["31", "3A", None, None]
    assert [pjlink.has_signal(text) for text in ("-", "*", "1920x1080", "?")] == [False, True, True, None]
    assert [pjlink.hours(text) for text in ("12", "x")] == [12, None]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_a_parser(data: bytes) -> None:
    """Whatever comes, every parser answers."""
    pjlink.greeting(data)
    pjlink.is_denied(data)
    found = pjlink.reply(data)
    text = found.text if found else data.decode("latin-1")
    for parse in (pjlink.power, pjlink.mute, pjlink.input_of, pjlink.faults, pjlink.lamps, pjlink.hours, pjlink.has_signal):
        parse(text)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda line: not set(line) & {10, 13}), max_size=8), st.data())
def test_lines_are_the_same_in_whichever_pieces_they_come(lines: list[bytes], data: st.DataObject) -> None:
    """Split anywhere or joined, with CR, LF or both, the lines are the lines."""
    whole = b"".join(line + data.draw(st.sampled_from([b"\r", b"\n", b"\r\n"])) for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    reader = Lines()
    assert [line for piece in pieces for line in reader.cut(piece)] == lines


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=30))
def test_no_stream_is_kept_beyond_a_line(pieces: list[bytes]) -> None:
    """However much comes without an end of line, no more than one line's bytes are held."""
    reader = Lines()
    with suppress(NetworkError):
        for piece in pieces:
            assert all(len(line) <= MAX_LINE_BYTES for line in reader.cut(piece))
            assert reader.held_bytes <= MAX_LINE_BYTES


def test_a_line_without_an_end_is_refused() -> None:
    """In words that say what is wrong."""
    with pytest.raises(NetworkError, match="does not speak PJLink"):
        list(Lines().cut(b"x" * (MAX_LINE_BYTES + 1)))
