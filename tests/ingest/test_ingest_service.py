"""The ingest process: what it does when what it stands on is taken away, and that it hears its commands."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.errors import WorkerError
from player.feed.fetch import Fetcher
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.ingest import service
from player.ingest.service import Preparing, set_damaged_aside
from player.library import programmes
from player.library.library import Library, identities, open_library
from player.library.trusted_time import TrustedClock
from player.settings import load
from player.show.programme import digest, written
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import Publisher
from tests.ingest.following import DOCUMENT, GROUP, Origin, items

CONFIG = "feeds:\n  wall: {{kind: jsonfeed, url: {url}, trust: moderated, every: 1s}}\nstorage: {{data: data}}\nshow: one\n"


class Place:
    """A configuration with one feed from memory."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.publisher = publisher
        self.config = folder / "config.yaml"
        self.data = folder / "data"
        (folder / "playlists").mkdir()
        (folder / "playlists" / "one.yaml").write_text("slides: [photo]\n")
        self.configure()

    def configure(self, rest: str = "") -> None:
        """Write the configuration."""
        self.config.write_text(CONFIG.format(url=self.publisher.url) + rest)

    @contextmanager
    def running(self) -> Generator[threading.Event]:
        """Run ingest in a thread; give what makes it read the configuration again."""
        stopped, reload = threading.Event(), threading.Event()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                service.run(
                    InForce(self.config, None),
                    clock=TrustedClock(SystemClock(), boot=""),
                    heartbeat=Heartbeat(None),
                    stopped=stopped,
                    reload=reload,
                )
            except BaseException as error:
                failed.append(error)
                raise

        thread = threading.Thread(target=work, name="ingest")
        thread.start()
        try:
            yield reload
        finally:
            stopped.set()
            thread.join(10)
            assert not thread.is_alive()
            assert failed == []

    def states(self) -> dict[str, str]:
        """Item by item, as another process reads them."""
        if identities(self.data) is None:
            return {}
        with closing(open_library(self.data, writer="test")) as library:
            return dict(library.connection.execute("SELECT item, state FROM photos").fetchall())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place with a photo that cannot be fetched: pictures are not what is tried here."""
    made = Place(tmp_path, Publisher())
    made.publisher.add("a", b"A")
    made.publisher.approve("a", at="2020-01-27T08:00:00Z")  # in the past of any machine's clock
    made.publisher.pictures.clear()

    def fetcher(*_: object) -> Fetcher:
        return made.publisher

    monkeypatch.setattr("player.ingest.configured.fetcher_of", fetcher)
    return made


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds, for twenty seconds at most."""
    clock, never = SystemClock(), threading.Event()
    end = clock.monotonic() + 20 * SECOND
    while not holds():
        assert clock.monotonic() < end, what
        clock.wait(never, 20 * MILLISECOND)


def test_a_deleted_data_folder_is_made_anew_and_filled_again(place: Place) -> None:
    """Within seconds, though the old files can still be read through their handles."""
    with place.running():
        until(lambda: place.states() == {"a": "approved"}, "first reading")
        gone = place.data.rename(place.data.with_name("gone"))
        shutil.rmtree(gone, ignore_errors=True)  # what runs may tidy up there at the same moment
        until(lambda: place.states() == {"a": "approved"}, "reading into the new folder")


def test_commands_are_answered_and_reload_reads_again(place: Place) -> None:
    """A command is a row; an unknown one is told so. What the configuration does not name any more is hidden."""
    with place.running():
        until(lambda: place.states() == {"a": "approved"}, "first reading")
        place.config.write_text("feeds: {}\nstorage: {data: data}\nshow: one\n")
        with closing(open_library(place.data, writer="test")) as library:
            orders = library.orders
            dance = orders.post("ingest", "dance", {}, by="Ada", at=1)
            again = orders.post("ingest", "reload", {}, by="Ada", at=1)
            until(lambda: orders.result(again) == "read again", "answer")
            assert orders.result(dance) == "unknown command dance"
        until(lambda: place.states() == {"a": "absent"}, "reload")


def test_a_source_is_asked_before_its_time(place: Place) -> None:
    """`fetch` by a source's name: asked soon, though its turn comes in an hour; of one that there is not it is said so."""
    place.config.write_text(place.config.read_text().replace("every: 1s", "every: 1h"))
    with place.running():
        until(lambda: place.states() == {"a": "approved"}, "first reading")
        place.publisher.add("b", b"B")
        place.publisher.approve("b", at="2020-01-27T08:00:00Z")
        with closing(open_library(place.data, writer="test")) as library:
            orders = library.orders
            wrong = orders.post("ingest", "fetch", {"source": "wal"}, by="the centre", at=1)
            right = orders.post("ingest", "fetch", {"source": "wall"}, by="the centre", at=1)
            until(lambda: orders.result(right) == "asked soon", "answer")
            assert orders.result(wrong) == 'there is no source "wal"'
        until(lambda: place.states().keys() == {"a", "b"}, "another reading")


def test_programmes_of_its_groups_are_fetched_beside_the_feed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the process itself, once they are announced; how far this player is with them is written down."""
    origin, body = Origin(), written(replace(DOCUMENT, items=items("a")))
    folder = place.publisher.url.rpartition("/")[0]
    origin.bodies[f"{folder}/programmes/{digest(body)}.json"] = body

    def fetcher(*_: object) -> Origin:
        return origin

    monkeypatch.setattr("player.ingest.programme_thread.fetcher_of", fetcher)
    place.configure("fleet: {broker: 'mqtt://127.0.0.1:1883', id: site-1, groups: [memorial]}\n")
    with closing(open_library(place.data, writer="test")) as library:
        programmes.commit(
            library.connection,
            GROUP,
            version="7",
            digest=digest(body),
            activate_at=DOCUMENT.epoch,
            at=DOCUMENT.epoch - 3600 * SECOND,
        )

    def why() -> str:
        with closing(open_library(place.data, writer="test")) as library:
            return programmes.every(library.connection)[0].why

    with place.running():
        until(lambda: why() == 'it has no playlist "wall"', "the programme")


def test_a_faulty_configuration_is_read_again_when_it_changes(place: Place) -> None:
    """Without a clean copy nothing is done until then, and nobody needs to say so."""
    place.configure("nonsense: 1\n")
    with place.running():
        place.configure()
        until(lambda: place.states() == {"a": "approved"}, "reading after it was mended")


def test_a_thread_that_has_ended_is_noticed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A player that prepares nothing any more must not look alive: the process ends, and is started anew."""
    configuration = load(place.config).configuration
    assert configuration is not None

    def nothing(_: Preparing) -> None:
        """As if it had ended."""

    monkeypatch.setattr(Preparing, "_run", nothing)
    with Preparing(configuration, TrustedClock(FakeClock(), boot="")) as preparing:
        until(lambda: "preparing" not in {thread.name for thread in threading.enumerate()}, "its end")
        with pytest.raises(WorkerError, match="has ended by itself"):
            preparing.check()


def test_damage_is_set_aside_once(place: Place) -> None:
    """By whoever meets it first; the next one finds a sound library."""
    place.data.mkdir()
    with closing(open_library(place.data, writer="test")):
        pass
    assert not set_damaged_aside(place.data)
    (place.data / "library.sqlite").write_bytes(b"damaged" * 1000)
    assert set_damaged_aside(place.data)
    assert not set_damaged_aside(place.data)
    assert isinstance(open_and_close(place.data), Library)


def open_and_close(folder: Path) -> Library:
    """Open the library and close it."""
    library = open_library(folder, writer="test")
    library.close()
    return library
