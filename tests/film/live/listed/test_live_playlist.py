"""HLS playlists: what is read, and what is refused with which sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import FilmError
from player.film.live.listed.media import Key, Media, Segment, Variant
from player.film.live.listed.playlist import parse
from player.units import MILLISECOND, SECOND, Size

URL = "https://live.example/a/master.m3u8?key=1"
MASTER = b"""#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.4d401e,mp4a.40.2"
low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,FRAME-RATE=50.000
https://cdn.example/high.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"
sound.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="dvh1.05.01"
strange.m3u8
"""
MEDIA = b"""#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-MAP:URI="head.mp4"
#EXTINF:6.006,a title
a.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2027-01-27T14:00:00Z
#EXTINF:5.5
/b.m4s
no-length.m4s
"""


def test_renditions_are_read() -> None:
    """Those with pictures that we decode, whatever hosts they name; sound alone and unknown codecs are left out."""
    assert parse(MASTER, URL) == (
        Variant(url="https://live.example/a/low/index.m3u8", bandwidth=800_000, size=Size(640, 360)),
        Variant(url="https://cdn.example/high.m3u8", bandwidth=5_000_000, size=Size(1920, 1080), rate=50.0),
    )


def test_segments_are_read() -> None:
    """With number, length, what comes before them, and where instants begin anew."""
    head = "https://live.example/a/head.mp4"
    assert parse(MEDIA, URL) == Media(
        segments=(
            Segment(number=41, url="https://live.example/a/a.m4s", length=6006 * MILLISECOND, head=head),
            Segment(
                number=42,
                url="https://live.example/b.m4s",
                length=5500 * MILLISECOND,
                head=head,
                is_new=True,
                era=1,
                start=1_801_058_400 * SECOND,
            ),
        ),
        target=6 * SECOND,
        has_ended=False,
    )


def test_sound_that_comes_apart_is_chosen() -> None:
    """The default of the rendition's group, else one that may be chosen by itself, else the first; or what is in the pictures."""
    body = b"""#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",LANGUAGE="fr",URI="fr.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",LANGUAGE="de",AUTOSELECT=YES,URI="de.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",LANGUAGE="fr",AUTOSELECT=YES,URI="fr.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",LANGUAGE="en",DEFAULT=YES
#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="c",URI="c.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
one
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="b"
two
#EXT-X-STREAM-INF:BANDWIDTH=3,AUDIO="c"
three
"""
    found = parse(body, URL)

    assert isinstance(found, tuple)
    assert [each.sound for each in found] == ["https://live.example/a/de.m3u8", "", ""]


def test_keys_and_stretches_are_read() -> None:
    """Each segment has the key that holds where it stands, its vector said or its number; and which stretch it is in."""
    body = b"""#EXTM3U
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-PROGRAM-DATE-TIME:2027-01-27T14:00:00.5+00:00
#EXTINF:2,
plain.ts
#EXT-X-KEY:METHOD=AES-128,URI="key?1"
#EXT-X-MAP:URI="head"
#EXTINF:2,
b.ts
#EXT-X-KEY:METHOD=AES-128,URI="/key",IV=0X0102
#EXT-X-DISCONTINUITY
#EXTINF:2,
c.ts
#EXT-X-KEY:METHOD=NONE
#EXTINF:2,
d.ts
"""
    found = parse(body, URL)

    assert isinstance(found, Media)
    assert found.has_eras
    assert [each.era for each in found.segments] == [3, 3, 4, 4]
    begin = round(1_801_058_400.5 * SECOND)
    assert [each.start for each in found.segments] == [begin, begin + 2 * SECOND, None, None]
    second, third = (
        Key("https://live.example/a/key?1", bytes(15) + b"\x08"),
        Key("https://live.example/key", bytes(14) + b"\1\2"),
    )
    assert [each.key for each in found.segments] == [None, second, third, None]
    assert {each.head_key for each in found.segments[1:]} == {second}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!DOCTYPE html><html>", "it is a web page, not a stream: ask for its playback address, .m3u8 or .mpd"),
        (b"", "it is no playlist of a stream"),
        (b"\x47" * 1000, "it is no playlist"),
        (b"#EXTM3U\n" + b"#\n" * 20_001, "longer than any honest one"),
        (b"#EXTM3U\n#" + b"x" * 9000, "longer than any honest one"),
        (b"#EXTM3U\n", "lists no segments"),
        (b"#EXTM3U\n#EXTINF:3600,\nfilm.ts\n", "segments are longer than 30 s"),
        (b'#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"\n#EXTINF:6,\na.ts\n', "it is encrypted"),
        (b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="a",KEYFORMAT="com.apple"\n#EXTINF:6,\na.ts\n', "it is encrypted"),
        (b"#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:6,\na.ts\n", "it is encrypted"),
        (b"#EXTM3U\n#EXTINF:6,\n#EXT-X-BYTERANGE:100@0\na.ts\n", "parts of larger files"),
        (b'#EXTM3U\n#EXT-X-MAP:URI="a",BYTERANGE="100@0"\n', "parts of larger files"),
        (b'#EXTM3U\n#EXT-X-STREAM-INF:CODECS="mp4a.40.2"\na.m3u8\n', "none of its renditions has pictures"),
        (b"#EXTM3U\n#EXTINF:6,\nhttp://[::1\n", "malformed address"),
    ],
)
def test_what_cannot_be_followed_is_said(body: bytes, why: str) -> None:
    """Each kind of nonsense has its sentence."""
    with pytest.raises(FilmError, match=why):
        parse(body, URL)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*MASTER.splitlines(), *MEDIA.splitlines(), b"#EXTINF:1e9,", b"#EXTINF:-1,", b"\xff\xfe", b"#EXT-X-ENDLIST"]
        )
        | st.binary(max_size=30)
    )
)
def test_nothing_else_ever_comes_of_it(lines: list[bytes]) -> None:
    """Whatever a playlist says, it is values within their limits, or a sentence."""
    try:
        found = parse(b"\n".join([b"#EXTM3U", *lines]), URL)
    except FilmError:
        found = None
    if isinstance(found, Media):
        assert all(0 < segment.length <= 30 * SECOND for segment in found.segments)
        assert [segment.number for segment in found.segments] == sorted(segment.number for segment in found.segments)


def test_numbers_are_said_once() -> None:
    """A second sequence number half-way is left: segments would be numbered with a hole, or twice."""
    body = MEDIA.replace(b"#EXT-X-DISCONTINUITY\n", b"#EXT-X-MEDIA-SEQUENCE:900\n")
    found = parse(body, URL)

    assert isinstance(found, Media)
    assert [each.number for each in found.segments] == [41, 42]


@pytest.mark.parametrize("line", [b"A" * 8000, b',A="' * 2000, b",A" * 4000, b"A=" * 4000, b"=" * 8000])
def test_lines_that_are_made_to_tire_us_are_read_in_one_go(line: bytes) -> None:
    """Four million letters of attributes cost no more than as many of anything else."""
    body = MASTER + (b"#EXT-X-MEDIA:" + line + b"\n") * 490

    assert len(parse(body, URL)) == 2  # pyright: ignore[reportArgumentType]  renditions, as above


def test_too_many_lines_are_not_even_split() -> None:
    """Nor those that end by a carriage return."""
    for end in (b"\n", b"\r", b"\r\n"):
        with pytest.raises(FilmError, match="longer than any honest one"):
            parse(b"#EXTM3U" + end * 3_000_000, URL)
