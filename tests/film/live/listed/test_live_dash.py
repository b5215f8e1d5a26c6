"""DASH manifests: what is read, which segments there are by the time that it is, and what is refused with which sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import FilmError
from player.film.live.listed.dash import Numbering, is_manifest, read
from player.film.live.listed.media import Media, Variant
from player.units import SECOND, Nanos, Size

URL = "https://live.example/a/live.mpd"
BEGIN = datetime(2027, 1, 27, 14, tzinfo=UTC)
NOW: Nanos = round(BEGIN.timestamp()) * SECOND
HEAD = '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="2027-01-27T14:00:00Z" '
TEMPLATE = (
    '<SegmentTemplate timescale="1000" duration="2000" initialization="$RepresentationID$.h"'
    ' media="$RepresentationID$_$Number%03d$.m4s"/>'
)
PICTURES = (
    '<AdaptationSet contentType="video">{}'
    '<Representation id="hi/1" mimeType="video/mp4" codecs="avc1.4d401e" width="1920" height="1080"'
    ' bandwidth="5000000" frameRate="30000/1001"/>'
    '<Representation id="lo" mimeType="video/mp4" codecs="avc1.4d401e" width="640" height="360" bandwidth="800000"/>'
    "</AdaptationSet>"
)
SOUND = '<AdaptationSet mimeType="audio/mp4" codecs="mp4a.40.2">{}<Representation id="s" bandwidth="64000"/></AdaptationSet>'


def live(inside: str, attributes: str = "") -> bytes:
    """Return a live manifest."""
    return f"{HEAD}{attributes}>{inside}</MPD>".encode()


def period(segments: str = TEMPLATE, sound: str = "") -> str:
    """Return a period of pictures, and of sound where that is addressed."""
    return f'<Period start="PT0S">{PICTURES.format(segments)}{SOUND.format(sound) if sound else ""}</Period>'


def listed(body: bytes, after: float, name: str = "pictures=lo") -> Media:
    """Return what there is so many seconds after the beginning."""
    return read(body, URL, called=URL).media(f"{URL}#{name}", NOW + round(after * SECOND))


def names(media: Media) -> list[str]:
    """Return the addresses of segments, as far as they are not all the same."""
    return [each.url.removeprefix("https://live.example/a/") for each in media.segments]


def test_renditions_are_read() -> None:
    """Those that we decode, each with its sound: the main one, the best of it; what helps some is not for everybody."""
    aside = SOUND.format('<Role schemeIdUri="x" value="description"/>' + TEMPLATE).replace('id="s"', 'id="d"')
    strange = PICTURES.format(TEMPLATE).replace("avc1", "dvh1").replace("hi/1", "x").replace('"lo"', '"y"')
    body = live(f'<Period start="PT0S">{aside}{strange}{PICTURES.format(TEMPLATE)}{SOUND.format(TEMPLATE)}</Period>')

    assert is_manifest(body)
    assert read(body, URL, called=URL).renditions == (
        Variant(url=f"{URL}#pictures=lo", bandwidth=800_000, size=Size(640, 360), sound=f"{URL}#sound=s"),
        Variant(
            url=f"{URL}#pictures=hi%2F1",
            bandwidth=5_000_000,
            size=Size(1920, 1080),
            rate=30_000 / 1001,
            sound=f"{URL}#sound=s",
        ),
    )


def test_numbers_go_with_the_time() -> None:
    """A segment is there half a second after it has ended; those that are no longer kept are not listed."""
    body = live(period(), 'timeShiftBufferDepth="PT10S"')
    assert names(listed(body, 2.4)) == []
    assert names(listed(body, 2.5)) == ["lo_001.m4s"]
    media = listed(body, 20.5)

    assert names(media) == [f"lo_{number:03}.m4s" for number in (6, 7, 8, 9, 10)]
    assert media.target == 2 * SECOND
    assert media.is_reckoned
    assert media.segments[0].head == "https://live.example/a/lo.h"
    assert media.segments[0].start == NOW + 10 * SECOND
    assert not media.has_ended
    assert listed(live(period(), 'mediaPresentationDuration="PT5S"'), 6).has_ended
    assert names(listed(live(period(), 'mediaPresentationDuration="PT5S"'), 6))[-1] == "lo_003.m4s"


def test_a_timeline_is_taken_at_its_word() -> None:
    """Times and repetitions, `-1` up to now; a beginning that its segments call otherwise is taken off."""
    said = (
        '<SegmentTemplate timescale="1000" presentationTimeOffset="5000" media="$Time$-$Number$-$Bandwidth$$$">'
        '<SegmentTimeline><S t="5000" d="2000" r="1"/><S d="1000"/><S t="11000" d="500" r="{}"/></SegmentTimeline>'
        "</SegmentTemplate>"
    )
    media = listed(live(period(said.format(1))), 0)
    assert names(media) == [f"{time}-{number}-800000$" for number, time in enumerate((5000, 7000, 9000, 11000, 11500), 1)]
    assert {each.offset for each in media.segments} == {-5 * SECOND}
    assert [(each.start or 0) - NOW for each in media.segments[:2]] == [0, 2 * SECOND]

    assert len(listed(live(period(said.format(-1))), 8).segments) == 3 + 3
    assert len(listed(live(period(said.format(10**9))), 8).segments) == 600


def test_lists_and_bases_are_read() -> None:
    """Addresses written out one by one; a base within a base."""
    said = (
        '<SegmentList timescale="1" duration="2" startNumber="5"><Initialization sourceURL="h"/>'
        '<SegmentURL media="five"/><SegmentURL media="six"/></SegmentList>'
    )
    body = live("<BaseURL>https://cdn.example/x/</BaseURL>" + period("<BaseURL>y/</BaseURL>" + said))
    media = listed(body, 0)

    assert [each.url for each in media.segments] == ["https://cdn.example/x/y/five", "https://cdn.example/x/y/six"]
    assert media.segments[0].head == "https://cdn.example/x/y/h"


def test_periods_follow_each_other() -> None:
    """Another one is a discontinuity; a representation that is called otherwise there is replaced by the best there is."""
    first = f'<Period id="a" start="PT0S">{PICTURES.format(TEMPLATE)}</Period>'
    second = f'<Period id="b" start="PT5S">{PICTURES.format(TEMPLATE).replace("lo", "other")}</Period>'
    media = listed(live(first + second), 10)

    assert names(media) == ["lo_001.m4s", "lo_002.m4s", "lo_003.m4s", "hi/1_001.m4s", "hi/1_002.m4s"]
    assert [each.is_new for each in media.segments] == [False, False, False, True, False]
    assert [each.era for each in media.segments] == [0, 0, 0, 5000, 5000]


def test_numbers_stay_while_the_list_moves() -> None:
    """By when segments begin; what does not touch what was there is far away, and what lies before it begins anew."""
    body = live(period(), 'timeShiftBufferDepth="PT10S"')
    numbering = Numbering()

    def numbers(after: float) -> list[int]:
        return [each.number for each in numbering.numbered(listed(body, after)).segments]

    assert numbers(20.5) == [0, 1, 2, 3, 4]
    assert numbers(24.5) == [2, 3, 4, 5, 6]
    assert numbers(22.5) == [1, 2, 3, 4, 5]
    assert numbers(60.5) == [1005, 1006, 1007, 1008, 1009]
    assert numbers(10.5) == [0, 1, 2, 3, 4]


def test_when_it_is_asked_for_again() -> None:
    """As often as it says, within reason, and where it says."""
    for said, seconds in (
        ('minimumUpdatePeriod="PT0S"', 1),
        ('minimumUpdatePeriod="PT3.5S"', 3.5),
        ("", 30),
        ('minimumUpdatePeriod="P1D"', 30),
    ):
        manifest = read(live("<Location>b.mpd?s=1</Location>" + period(), said), URL, called=URL)
        assert manifest.fresh == seconds * SECOND
        assert manifest.asked_next == "https://live.example/a/b.mpd?s=1"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<MPD", "damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><MPD>&a;</MPD>', "damaged"),
        (b"<x><MPD/></x>", "no manifest of a stream"),
        (live(""), "lists nothing yet"),
        (live("<a/>" * 100_001), "longer than any honest one"),
        (live("<a></a>" * 100_001), "longer than any honest one"),
        (live("<a " + " ".join(f'a{n}="1"' for n in range(101)) + "/>" + period()), "longer than any honest one"),
        (live(period().replace('"avc1.4d401e"', f'"{"avc1," * 2000}"')), "longer than any honest one"),
        (live(period().replace("<Representation", "<Representation/>" * 10_000 + "<Representation", 1)), "longer than any"),
        (live(f"<BaseURL>{'a' * 5000}/</BaseURL>" + period()), "longer than any honest one"),
        (live(period(TEMPLATE.replace("$Number%03d$", "$Number$" * 300))), "longer than any honest one"),
        (live(period().replace("hi/1", "x" * 201)), "longer than any honest one"),
        (live(period(TEMPLATE.replace("dur", 'presentationTimeOffset="99999999999999999" dur'))), "times that no stream has"),
        (live(period('<ContentProtection schemeIdUri="urn:x"/>' + TEMPLATE)), r"encrypted \(DRM\)"),
        (live(period("<SegmentBase indexRange='0-1'/>")), "parts of larger files"),
        (live(period('<SegmentList duration="2"><SegmentURL mediaRange="0-1"/></SegmentList>')), "parts of larger files"),
        (live(period('<SegmentTemplate media="a"/>')), "does not say how long"),
        (live(period(TEMPLATE.replace("2000", "90000"))), "longer than 30 s"),
        (live(f'<Period start="PT0S">{SOUND.format(TEMPLATE)}</Period>'), "has pictures"),
        (live("<BaseURL>https://[::1</BaseURL>" + period()), "malformed"),
    ],
)
def test_what_cannot_be_followed_is_said(body: bytes, why: str) -> None:
    """Each kind of nonsense has its sentence."""
    with pytest.raises(FilmError, match=why):
        listed(body, 10, read(body, URL, called=URL).renditions[0].url.partition("#")[2])


def test_one_that_was_over_before_is_over() -> None:
    """A film by DASH is no stream; all of it is listed, and that it has ended."""
    body = live(period(), 'mediaPresentationDuration="PT20S"').replace(b"dynamic", b"static")
    media = listed(body, -1000)

    assert len(media.segments) == 10
    assert media.has_ended


WORDS = st.sampled_from(
    [
        "-1",
        "0",
        "1",
        "99999999999999999",
        "1e9",
        "",
        "PT0S",
        "PT9H",
        "x",
        "-5",
        "$Number%099d$",
        "$Time$",
        "https://[",
        "2027-01-27",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.tuples(*[WORDS] * 6), st.integers(-(10**6), 10**9))
def test_nothing_else_ever_comes_of_it(words: tuple[str, ...], after: int) -> None:
    """Whatever a manifest says, it is values within their limits, or a sentence."""
    a, b, c, d, e, f = words
    segments = (
        f'<SegmentTemplate timescale="{a}" duration="{b}" startNumber="{c}" media="{d}" presentationTimeOffset="{e}">'
        f'<SegmentTimeline><S t="{f}" d="{b}" r="{a}"/><S d="{c}" r="{e}"/></SegmentTimeline></SegmentTemplate>'
    )
    for body in (
        live(period(segments), f'timeShiftBufferDepth="{d}"'),
        live(period(segments.partition("<SegmentTimeline")[0] + "</SegmentTemplate>")),
    ):
        try:
            found = listed(body, after)
        except FilmError:
            continue
        assert len(found.segments) <= 600
        assert all(0 < each.length <= 30 * SECOND for each in found.segments)


def test_a_timeline_is_kept_once_for_all_that_share_it() -> None:
    """Two thousand renditions of twenty thousand lines are read like one: a manifest of a megabyte fills no memory."""
    lines = '<S d="2000"/>' * 20_000
    said = TEMPLATE.replace("/>", f"><SegmentTimeline>{lines}</SegmentTimeline></SegmentTemplate>").replace('duration="2000"', "")
    many = "".join(f'<Representation id="{n}" bandwidth="{n}" mimeType="video/mp4"/>' for n in range(2000))
    manifest = read(live(period(said).replace("<Representation", many + "<Representation", 1)), URL, called=URL)

    (kinds,) = (each.pictures for each in manifest.periods)
    assert len(kinds) == 2002
    assert len({id(each.addressing.runs) for each in kinds}) == 1


def test_of_a_timeline_only_what_is_needed_is_listed() -> None:
    """Each of thousands of lines stands for a million segments: the newest are listed, by their right numbers."""
    lines = '<S d="2" r="999999"/>' * 5000 + '<S d="4" r="-1"/><S t="20000000000" d="2" r="1"/>'
    said = '<SegmentTemplate timescale="1" media="$Number$"><SegmentTimeline>' + lines + "</SegmentTimeline></SegmentTemplate>"
    manifest = read(live(period(said)), URL, called=URL)
    media = manifest.media(f"{URL}#pictures=lo", NOW)

    until = 5_000_000_000 + 2_500_000_000  # those of 2 s, then those of 4 s up to where the last line begins
    assert len(media.segments) == 600
    assert names(media)[-1] == str(until + 2)
    assert names(media)[0] == str(until + 2 - 599)
    assert [each.length for each in media.segments[-3:]] == [4 * SECOND, 2 * SECOND, 2 * SECOND]


def test_of_many_periods_the_newest_are_listed() -> None:
    """No more segments than of one."""
    every = "".join(period().replace("PT0S", f"PT{400 * n}S") for n in range(9))
    media = listed(live(every), 9 * 400)

    assert len(media.segments) == 600
    assert [each.number for each in Numbering().numbered(media).segments][-1] == 599
    assert media.segments[-1].era == 8 * 400_000
