"""WebVTT and SRT as they are found: what is said is read, what is wrong is named, and no file takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import OperatorError
from player.subtitles import MAX_BYTES, Subtitle, Subtitles, read
from player.subtitles.reading import MAX_CUES, MAX_FAULTS
from player.units import MILLISECOND, SECOND

WEBVTT = """WEBVTT - The testimony of Anna
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

STYLE
::cue { color: yellow }

NOTE taken out:
00:00:00.500 --> 00:00:00.900
Not this.

REGION
id:low

1 - the beginning
00:01.000 --> 00:02.500 align:start position:10%
<v Anna Maria>We were <i>told</i> to pack.</v>
<c.loud>One suitcase</c> <00:00:02.000>each &amp; no more.

00:00:03.000 --> 01:00:00.000 line:0
1 < 2 &lt;b&gt; &#1513;&nbsp;&lrm;!
<ruby>漢<rt>kan</rt>字<rt>ji</ruby>
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
<font color="#ffff00">We were told</font> {\\i1}to pack.{\\i0}
{\\an8}One suitcase each.

2
00:00:03,5 --> 00:00:04
Second.
3
00:00:05.000-->00:00:06.000 X1:100 X2:200
Third, without a line between.

4
00:00:07,000 --> 00:00:08,000

After an empty line.
"""


def _all(subtitles: Subtitles) -> list[Subtitle]:
    return sorted({each for said in subtitles.said for each in said}, key=lambda each: each.begin)


def _one(text: str) -> tuple[str, ...]:
    """Return the lines of a subtitle that reads *text*."""
    (found,) = _all(read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode(), name="a.vtt"))
    return found.lines


def test_webvtt_is_read_without_its_tags() -> None:
    """Voices, classes, karaoke, entities and ruby leave their words; styles, regions and notes leave nothing."""
    found = read(WEBVTT.encode(), name="film.vtt")

    assert not found.faults
    assert _all(found) == [
        Subtitle(SECOND, 2500 * MILLISECOND, ("We were told to pack.", "One suitcase each & no more.")),
        Subtitle(3 * SECOND, 3600 * SECOND, ("1 < 2 <b> ש \u200e!", "漢字"), is_high=True),
    ]


def test_srt_is_read_as_people_write_it() -> None:
    """Font tags and overrides, one digit of a second or none, no line between two, an empty line where none belongs."""
    found = read(SRT.encode(), name="film.srt")

    assert not found.faults
    assert [(each.begin / SECOND, each.end / SECOND, each.lines, each.is_high) for each in _all(found)] == [
        (1.0, 2.5, ("We were told to pack.", "One suitcase each."), True),
        (3.5, 4.0, ("Second.",), False),
        (5.0, 6.0, ("Third, without a line between.",), False),
        (7.0, 8.0, ("After an empty line.",), False),
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [WEBVTT, SRT], ids=["webvtt", "srt"])
def test_line_ends_and_marks_of_order_change_nothing(ends: str, encoding: str, text: str) -> None:
    """Files of Windows, of old Macs, and of Notepad are the same file."""
    written = text.replace("\n", ends).encode(encoding)

    assert read(written, name="film.srt") == read(text.encode(), name="film.srt")


@pytest.mark.parametrize(
    ("language", "page", "said"),
    [
        ("he", "cp1255", "אמא שלי אמרה"),
        ("pl-PL", "cp1250", "Zażółć gęślą jaźń"),
        ("ar", "cp1256", "قالت لي أمي"),
        ("ru", "cp1251", "Мы"),
    ],
)
def test_a_code_page_of_old_is_told_by_the_language(language: str, page: str, said: str) -> None:
    """What an old program wrote is read as its language was written, and a sentence asks for UTF-8."""
    found = read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n".encode(page), name=f"film.{language}.srt", language=language)

    assert _all(found)[0].lines == (said,)
    assert found.faults == (f"film.{language}.srt:1: is not UTF-8, so it is read as {page}. Save it as UTF-8.",)


def test_a_code_page_that_nothing_tells_is_refused() -> None:
    """Without a language nobody can tell Hebrew from Polish: the operator is asked for it, with the line."""
    written = "1\n00:00:01,000 --> 00:00:02,000\nשלום\n".encode("cp1255")

    with pytest.raises(OperatorError, match=r"^film.srt:3: is not UTF-8 text. Save it as UTF-8, or name its language"):
        read(written, name="film.srt")
    with pytest.raises(OperatorError, match=r"^film.el.srt:1: is neither UTF-8 nor cp1253 text."):
        read(b"\xff\xd2 --> \n", name="film.el.srt", language="el")


@pytest.mark.parametrize(
    ("timing", "fault"),
    [
        ("00:01.000 -->", "times are written as"),
        ("--> 00:01.000", "times are written as"),
        ("-00:00:01,000 --> 00:00:02,000", "times are written as"),
        ("99999:00:00.000 --> 00:02.000", "times are written as"),
        ("00:02.000 --> 00:01.000", "ends before it begins"),
        ("00:02.000 --> 00:02.000", "ends before it begins"),
    ],
)
def test_a_subtitle_with_impossible_times_is_left_out_and_named(timing: str, fault: str) -> None:
    """Its file and line are said in a sentence, and the rest is shown."""
    found = read(f"WEBVTT\n\n{timing}\nfoo\n\n00:03.000 --> 00:04.000\nbar\n".encode(), name="film.vtt")

    assert [each.lines for each in _all(found)] == [("bar",)]
    assert len(found.faults) == 1
    assert found.faults[0].startswith("film.vtt:3: ")
    assert fault in found.faults[0]


@pytest.mark.parametrize(
    ("said", "fault"),
    [("x" * 401, "401 characters"), ("a\nb\nc\nd\ne", "5 lines"), ("x" * 4_000_000, "4,000,000 characters")],
    ids=["long", "high", "endless"],
)
def test_a_subtitle_that_nobody_can_read_is_left_out_and_named(said: str, fault: str) -> None:
    """More than 400 characters or four lines are no subtitle."""
    found = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n\n00:03.000 --> 00:04.000\nbar\n".encode(), name="film.vtt")

    assert [each.lines for each in _all(found)] == [("bar",)]
    assert found.faults[0].startswith("film.vtt:3: ")
    assert fault in found.faults[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"^f.srt:1: has no subtitles: neither WebVTT nor SRT.$"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(1000), r"^f.srt:1: has no subtitles"),
        (b"<html>1 --> 2</html>", r"^f.srt:1: a subtitle's times are written as"),
        (bytes(MAX_BYTES + 1), r"^f.srt:1: is larger than 5 MB"),
        (b"1\n00:01 --> 00:02\na\n\n" * (MAX_CUES + 1), r"^f.srt:80002: has more than 20,000 subtitles"),
    ],
    ids=["empty", "a film", "a page", "too large", "too many"],
)
def test_what_is_no_file_of_subtitles_is_refused_in_a_sentence(content: bytes, message: str) -> None:
    """With the file and a line, before it costs anything."""
    with pytest.raises(OperatorError, match=message):
        read(content, name="f.srt")


def test_a_file_that_is_all_wrong_names_the_first_faults_alone() -> None:
    """Ten thousand sentences help nobody."""
    found = read(b"WEBVTT\n\n" + b"1 --> 0\na\n\n" * 10_000, name="f.vtt")

    assert len(found.faults) == MAX_FAULTS
    assert not found.said


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("a <b", ("a <b",)),
        ("a <3 b", ("a <3 b",)),
        ("<i>a", ("a",)),
        ("</i></b></c.x>a", ("a",)),
        ("<script>alert(1)</script>", ("alert(1)",)),
        ("&lt;i&gt;", ("<i>",)),
        ("Q&A &copy; &unknown;", ("Q&A © &unknown;",)),
        ("a\\Nb\\hc", ("a", "b c")),
        ("\u202eabc\x07\x1b[31m", ("\u202eabc[31m",)),
        ("  a \t b  ", ("a b",)),
        ("<00:01.500>a<00:02>b", ("ab",)),
        ("♪ la la ♪", ("♪ la la ♪",)),
    ],
)
def test_tags_go_and_text_stays(written: str, lines: tuple[str, ...]) -> None:
    """What is a tag leaves no trace; what only looks like one is what somebody said."""
    assert _one(written) == lines


def _read_or_refused(content: bytes) -> tuple[Subtitles | None, str]:
    try:
        return read(content, name="f", language="he"), ""
    except OperatorError as error:
        return None, str(error)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_any_bytes_are_subtitles_or_a_sentence(content: bytes) -> None:
    """Nothing else comes out of whatever lies in a file; and all that does is in order and within its limits."""
    for head in (b"", b"WEBVTT\n\n", b"1\n00:00:01,000 --> 00:00:02,000\n"):
        found, sentence = _read_or_refused(head + content)
        assert sentence.startswith("f:") or found
        assert not found or list(found.changes) == sorted(set(found.changes))
        assert not found or all(each.begin < each.end and each.lines for said in found.said for each in said)


@pytest.mark.parametrize(
    "content",
    [
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<rt>" * 1_200_000,
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"{\\" * 4900 + b"\n\n") * 100,
        b"1\n" + b"0" * 2_000_000 + b":00:00,000 --> ",
        b"-->" * 1_600_000,
        b"1\n00:01.000 -->" + b" " * 4_000_000,
        b"\n" * 1_000_000,
    ],
    ids=["tags", "overrides", "digits", "arrows", "spaces", "lines"],
)
def test_files_made_to_take_long_do_not(content: bytes) -> None:
    """Each is done in less than a second here; what takes quadratic time would not come back."""
    found, sentence = _read_or_refused(content)

    assert found or sentence
