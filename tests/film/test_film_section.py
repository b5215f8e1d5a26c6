"""`streams:` of the configuration: what is taken, and what is said of what cannot be played."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from player.film.section import Spoken, Stream, placed, unnamed, unplayable
from player.film.wire import Failed


def test_a_stream_is_an_address_and_little_more() -> None:
    """Its hosts in one spelling; how far behind; what is usual for the rest."""
    stream = Stream.model_validate(
        {"url": "https://live.example/c.m3u8?key=1", "hosts": ["CDN.example.", "*.edge.example", "2001:db8::1"], "latency": "6s"}
    )

    assert stream.hosts == ("cdn.example", "*.edge.example", "2001:db8::1")
    assert (stream.latency, stream.most, stream.sound) == (6.0, None, True)
    assert Stream(url="http://127.0.0.1:8080/c.m3u8").latency == 8.0


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("url", "rtmp://live.example/app", "name the application and the stream too, as in rtmp://live.example/live/ceremony"),
        ("url", "srt://live.example:9", "srt is not played: give the stream's HLS, DASH, RTMP or RTSP address"),
        ("url", "rtsp:///1", "write the address of a stream"),
        ("url", "rtsp://camera.example/1 2", "write it as it goes over the wire"),
        ("url", "rtsp://camera.example/" + "1" * 500, "has 522 characters; servers of RTMP and RTSP understand 500"),
        ("url", "http://live.example/c.m3u8", "only https is fetched from other machines"),
        ("url", "file:///etc/passwd", "write the address of a stream"),
        ("url", "ceremony.m3u8", "write the whole address of a playlist"),
        ("url", "https://[::1/c.m3u8", "is no address"),
        ("hosts", ["https://cdn.example"], "write the name of a host"),
        ("hosts", ["a*.example"], "write the name of a host"),
        ("latency", "2m", "less than or equal to 60"),
        ("most", "0", "greater than 0"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_what_cannot_be_is_said(key: str, value: object, why: str) -> None:
    """Each mistake has its sentence."""
    with pytest.raises(ValidationError, match=re.escape(why)):
        Stream.model_validate({"url": "https://live.example/c.m3u8", key: value})


def test_a_show_that_waits_for_no_stream_is_found() -> None:
    """With what was probably meant; a playlist called live is none."""
    shows = [(("a",), "live ceremny else film"), (("b",), "live ceremony else film"), (("c",), "live"), (("d",), "wall")]

    (found,) = unnamed({"ceremony"}, shows)

    assert found == (("a",), 'there is no stream "ceremny". Did you mean "ceremony"?')
    assert "Name it under `streams:`" in next(unnamed((), shows))[1]


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("https://live.example/c.m3u8", Spoken.WEB),
        ("https://live.example/c.mpd", Spoken.WEB),
        ("RTMPS://live.example/live/key?token=1", Spoken.TALK),
        ("rtsp://me:word@camera.example:8554/1", Spoken.TALK),
        ("rehearsal.mp4", Spoken.FILE),
        ("/media/a: film.mp4", Spoken.FILE),
    ],
)
def test_an_address_says_how_a_stream_is_had(url: str, how: Spoken) -> None:
    """Playlists are fetched, servers are spoken to, and what is no address is a film."""
    assert Stream(url=url).spoken is how


def test_a_film_as_a_stream_lies_beside_the_configuration(tmp_path: Path) -> None:
    """Its path is made whole; that there is no such file is said, and addresses stay as they are."""
    (tmp_path / "here.mp4").touch()
    web = Stream(url="https://live.example/c.m3u8")
    streams = {"a": Stream(url="here.mp4"), "b": Stream(url="gone.mp4"), "c": web}

    assert {name: each.url for name, each in placed(streams, tmp_path).items()} == {
        "a": f"{tmp_path}/here.mp4",
        "b": f"{tmp_path}/gone.mp4",
        "c": web.url,
    }
    gone = (("streams", "b", "url"), f"there is no file {tmp_path}/gone.mp4")
    assert list(unplayable(streams, tmp_path)) == [gone]
    no_film = (("streams", "a", "url"), f"{tmp_path}/here.mp4: it is empty")
    assert list(unplayable(streams, tmp_path, lambda _: Failed("it is empty"))) == [no_film, gone]
