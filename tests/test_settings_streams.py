"""`streams:` in config.yaml: addresses stay, files are found beside it, and what is missing is said without stopping anything."""

from __future__ import annotations

from pathlib import Path

from player.settings import load
from tests.fakes.home import Home

STREAMS = """feeds: {}
show: one
streams:
  ceremony: {url: rtmps://live.example/live/key}
  rehearsal: {url: films/rehearsal.mp4}
"""


def test_a_film_as_a_stream_is_found_beside_the_configuration(tmp_path: Path) -> None:
    """By its whole path; one that is missing is a problem with its line, and all the rest is played."""
    home = Home(tmp_path)
    assert home.problems(STREAMS) == [
        f"config.yaml:5 streams.rehearsal.url: there is no file {tmp_path}/films/rehearsal.mp4",
    ]
    assert load(home.file).configuration is not None
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "rehearsal.mp4").touch()
    streams = home.clean(STREAMS).settings.streams

    assert streams["ceremony"].url == "rtmps://live.example/live/key"
    assert streams["rehearsal"].url == f"{tmp_path}/films/rehearsal.mp4"
