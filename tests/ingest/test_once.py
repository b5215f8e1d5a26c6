"""One round by hand, with real folders, real pictures and real workers: what it prints and whether it is all well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from player.clock import Clock
from player.errors import OrdersLostError
from player.feed.fetch import Fetcher, Response
from player.ingest.asking import SourceConfig
from player.ingest.configured import fetcher_of
from player.ingest.once import run_once
from player.library.library import open_library
from player.library.listing import listed
from player.library.trusted_time import TrustedClock
from player.sections import Core, Feed, Storage
from player.settings import Configuration, Settings
from player.show.playlist import Playlist
from player.units import SECOND
from tests.fakes import corpus
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import Fault, Publisher


class Round:
    """A data folder, a publisher and a folder of pictures."""

    def __init__(self, place: Path) -> None:
        self.clock = FakeClock()
        self.trusted = TrustedClock(self.clock, boot="this one")
        self.publisher = Publisher()
        self.photos = place / "photos"
        self.photos.mkdir()
        self.core = place / "core"
        self.data = place / "data"
        self.feeds = {"wall": Feed(kind="jsonfeed", url=self.publisher.url, trust="moderated")}
        self.said: list[str] = []
        self.films: list[str] = []
        """Items that a playlist shows."""

    def folder(self, name: str = "folder") -> None:
        """Have the folder of pictures as a source."""
        self.feeds[name] = Feed(kind="folder", url=str(self.photos), trust="moderated")

    def run(self, *, core: bool = False) -> bool:
        """Do a round; what it says is in *said*."""
        self.said.clear()
        settings = Settings(
            feeds=self.feeds, core=Core(url=str(self.core)) if core else None, storage=Storage(data=str(self.data))
        )
        playlists = {each: Playlist.model_validate({"slides": [{"film": {"item": each}}]}) for each in self.films}
        configuration = Configuration(settings=settings, playlists=playlists, home="/")
        return run_once(configuration, self.trusted, self.said.append)

    def states(self) -> dict[str, str]:
        """What `photos` would say."""
        library = open_library(self.data, writer="test")
        found = {photo.id: photo.state for photo in listed(library, self.clock.wall())}
        library.close()
        return found

    def files(self) -> int:
        """How many prepared files there are."""
        return len(list(self.data.glob("pictures/??/*.jpg")))


@pytest.fixture
def once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Round:
    """A round with one feed from memory."""
    made = Round(tmp_path)

    def fetcher(source: SourceConfig, settings: Settings, clock: Clock) -> Fetcher:
        return made.publisher if source.url == made.publisher.url else fetcher_of(source, settings, clock)

    monkeypatch.setattr("player.ingest.configured.fetcher_of", fetcher)
    return made


def test_a_round_prepares_and_counts(once: Round) -> None:
    """Approved, refused and withdrawn, per source; all was read, so all is well."""
    once.publisher.add("good", corpus.jpeg(800, 600))
    once.publisher.add("bad", b"no picture at all")
    once.publisher.add("gone", corpus.jpeg(64, 64))
    once.publisher.add("waiting", corpus.jpeg(80, 64), status="pending")
    once.publisher.withdraw("gone")
    assert once.run() is False
    assert once.said == ["wall: 1 approved, 1 refused, 1 withdrawn"]
    assert once.states() == {"good": "approved", "bad": "refused", "waiting": "pending", "gone": "withdrawn"}
    assert once.files() == 2

    once.publisher.withdraw("good")
    assert once.run() is False
    assert once.said == ["wall: 0 approved, 1 refused, 2 withdrawn"]
    assert once.files() == 0


def test_a_round_fetches_the_films_that_are_named(once: Round, caplog: pytest.LogCaptureFixture) -> None:
    """And no other; what is no film is looked at in earnest, told, and not kept."""
    once.folder()
    once.films = ["folder/f.mp4"]
    for name in ("f.mp4", "g.mp4"):
        (once.photos / name).write_bytes(b"no film at all")
    assert once.run() is False
    assert once.states() == {"f.mp4": "pending", "g.mp4": "pending"}
    assert not list(once.data.glob("pictures/??/*"))
    told = [record.__dict__["fields"] for record in caplog.records if record.message == "film not ready, tried again later"]
    assert [each["item"] for each in told] == ["f.mp4"]


def test_a_source_that_cannot_be_read_is_a_problem(once: Round) -> None:
    """The others are read all the same, and the line says which and why."""
    once.folder()
    (once.photos / "a.jpg").write_bytes(corpus.jpeg())
    once.publisher.misbehave(Fault.BROKEN)
    assert once.run() is True
    assert once.said[:2] == ["wall: 0 approved, 0 refused, 0 withdrawn", "folder: 1 approved, 0 refused, 0 withdrawn"]
    assert once.said[2].startswith("wall: could not be read: https://publisher.example/feed.json: answered 503")


def test_a_missing_folder_is_a_source_that_could_not_be_read(once: Round) -> None:
    """No fault of the configuration, and nobody else's."""
    once.folder()
    once.photos.rmdir()
    assert once.run() is True
    assert "folder: could not be read:" in once.said[-1]


def test_pictures_copied_a_moment_ago_are_taken(once: Round) -> None:
    """Nobody comes back for them later, so the round waits until they have settled."""
    once.feeds.clear()
    once.folder()
    (once.photos / "a.jpg").write_bytes(corpus.jpeg())
    import os

    os.utime(once.photos / "a.jpg", ns=(once.clock.wall(), once.clock.wall()))
    assert once.run() is False
    assert once.said == ["folder: 1 approved, 0 refused, 0 withdrawn"]


def test_a_picture_taken_out_of_a_folder_is_purged(once: Round) -> None:
    """And comes back when it is put in again; withdrawn by the feed it does not, under whatever name."""
    once.folder()
    picture = corpus.jpeg(800, 600)
    for name in ("a.jpg", "b.jpg"):
        (once.photos / name).write_bytes(picture if name == "a.jpg" else corpus.jpeg(640, 480))
    once.run()
    (once.photos / "a.jpg").unlink()
    once.run()
    assert once.states() == {"a.jpg": "absent", "b.jpg": "approved"}
    assert once.files() == 2

    (once.photos / "a.jpg").write_bytes(picture)
    once.clock.advance(10 * SECOND)
    once.run()
    assert once.states()["a.jpg"] == "approved"

    once.publisher.add("same", picture)
    once.run()
    once.publisher.withdraw("same")
    once.run()
    (once.photos / "again.jpg").write_bytes(picture)
    once.run()
    states = once.states()
    assert (states["a.jpg"], states["again.jpg"], states["b.jpg"]) == ("withdrawn", "withdrawn", "approved")
    assert once.files() == 2


def test_the_core_set_is_a_source(once: Round) -> None:
    """With its own line."""
    once.core.mkdir()
    (once.core / "c.jpg").write_bytes(corpus.jpeg())
    assert once.run(core=True) is False
    assert once.said == ["wall: 0 approved, 0 refused, 0 withdrawn", "core: 1 approved, 0 refused, 0 withdrawn"]


def test_unreachable_photos_are_tried_once_in_a_round(once: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the round takes, it comes to its end."""
    for number in range(12):
        once.publisher.add(f"i{number}", corpus.jpeg())
    once.publisher.pictures.clear()
    get = once.publisher.get

    def slow(url: str, **options: Any) -> Response:
        if len(once.publisher.requests) < 50:  # an endless round would be cut short here, and counted
            once.clock.advance(100 * SECOND)
        return get(url, **options)

    monkeypatch.setattr(once.publisher, "get", slow)
    assert once.run() is False
    assert len([path for path in once.publisher.requests if path.startswith("/photos/")]) == 12


def test_lost_withdrawals_stop_the_round(once: Round) -> None:
    """Nothing is asked; the error says what is lost."""
    once.run()
    (once.data / "orders.sqlite").unlink()
    once.publisher.requests.clear()
    with pytest.raises(OrdersLostError, match="is gone"):
        once.run()
    assert once.publisher.requests == []


def test_a_library_damaged_deep_inside_is_started_anew(once: Round) -> None:
    """In the same round: what can be fetched again is."""
    once.publisher.add("a", corpus.jpeg())
    once.run()
    path = once.data / "library.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert once.run() is False
    assert once.said == ["wall: 1 approved, 0 refused, 0 withdrawn"]
    assert list(once.data.glob("library.sqlite.damaged-*"))


def test_no_sources_are_no_problem(once: Round) -> None:
    """`feeds: {}` is a show of words alone."""
    once.feeds.clear()
    assert once.run() is False
    assert once.said == []
