"""The thread that follows programmes: there where a player is in a group, and gone when it is told to go."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from player.clock import Clock, SystemClock
from player.errors import WorkerError
from player.feed.folder import scan
from player.feed.trust import MODERATED, SIGNED, Policy
from player.ingest.asking import SourceConfig
from player.ingest.housekeeping import retain
from player.ingest.programme_thread import FollowingProgrammes, address, terms_of
from player.library import programmes
from player.library.library import open_library
from player.library.programmes import State
from player.settings import Configuration, with_data
from player.show.programme import digest, written
from player.units import MILLISECOND, SECOND
from tests.fakes.home import Home
from tests.fakes.home import feed as configured
from tests.ingest.following import DOCUMENT, GROUP, items
from tests.library.shelf import Shelf

CLOCK: Final = SystemClock()
NAME: Final = "0" * 64
GROUPS: Final = "fleet: {broker: 'mqtt://127.0.0.1:1883', id: site-1, groups: [memorial]}\n"
PATIENCE: Final = 1000  # looks, of ten milliseconds each


def configuration(folder: Path, more: str = GROUPS) -> Configuration:
    """A feed that is a file, and a show in step."""
    home = Home(folder)
    home.playlist("one", "sync: memorial\nslides: [photo]\n")
    (folder / "feed").mkdir()
    text = configured(f"kind: jsonfeed, trust: moderated, url: {folder / 'feed' / 'feed.json'}") + more
    return with_data(home.clean(text), str(folder / "data"))


@pytest.mark.parametrize(
    ("url", "trust", "expected"),
    [
        ("https://a.example/feed.json", MODERATED, "https://a.example/programmes/"),
        ("https://a.example/wall/feed.json?key=1", MODERATED, "https://a.example/wall/programmes/"),
        ("https://a.example/wall/", MODERATED, "https://a.example/wall/programmes/"),
        ("https://a.example/wall", SIGNED, "https://a.example/wall/programmes/"),
        ("https://a.example/wall/", SIGNED, "https://a.example/wall/programmes/"),
    ],
)
def test_programmes_lie_beside_their_feed(url: str, trust: str, expected: str) -> None:
    """Where its own pages are asked for; named by their hash alone."""
    source = SourceConfig("wall", "jsonfeed", url, 30.0, Policy(trust=trust))

    assert address(source, NAME) == f"{expected}{NAME}.json"


def test_programmes_lie_in_a_folder_beside_a_file_or_in_it(tmp_path: Path) -> None:
    """As feeds do that come on a disk."""
    policy = Policy(trust=MODERATED)
    (tmp_path / "feed.json").write_text("{}")

    for url in (tmp_path / "feed.json", tmp_path):
        assert address(SourceConfig("wall", "folder", str(url), 30.0, policy), NAME) == f"{tmp_path}/programmes/{NAME}.json"


def test_what_the_configuration_says_of_programmes(tmp_path: Path) -> None:
    """Who it is, with whom, of which feeds, and which shows are in step."""
    terms = terms_of(configuration(tmp_path))

    assert terms is not None
    assert (terms.player, terms.groups, terms.is_near, terms.sources) == ("site-1", {"memorial"}, True, {"wall"})
    assert [(name, show.sync) for name, show in terms.shows.items()] == [("one", "memorial")]


@pytest.mark.parametrize("more", ["", "fleet: {broker: 'mqtt://127.0.0.1:1883', id: site-1}\n"])
def test_a_player_in_no_group_has_no_thread(tmp_path: Path, more: str) -> None:
    """Nobody announces anything to it."""
    count = threading.active_count()
    with FollowingProgrammes(configuration(tmp_path, more), CLOCK) as following:
        following.check()
        assert threading.active_count() == count


def wait_for(state: State, data: Path, clock: Clock) -> None:
    """Wait until the one programme there is has come so far."""
    with closing(open_library(data, writer="test")) as library:
        for _ in range(PATIENCE):
            if [known.state for known in programmes.every(library.connection)] == [state]:
                return
            clock.wait(threading.Event(), 10 * MILLISECOND)
    raise AssertionError(f"it is not {state}")


def test_a_programme_beside_a_feed_is_fetched(tmp_path: Path) -> None:
    """From the announcement to the document in the library, by the thread and the fetcher of the feed."""
    chosen = configuration(tmp_path)
    now = CLOCK.wall() // SECOND * SECOND
    body = written(replace(DOCUMENT, epoch=now, show="one", items=items("a")))
    (tmp_path / "feed" / "programmes").mkdir()
    (tmp_path / "feed" / "programmes" / f"{digest(body)}.json").write_bytes(body)
    with closing(open_library(chosen.data, writer="test")) as library:
        programmes.commit(library.connection, GROUP, version="7", digest=digest(body), activate_at=now, at=now)

    with FollowingProgrammes(chosen, CLOCK) as following:
        wait_for(State.HERE, chosen.data, CLOCK)
        following.check()

    assert not [thread for thread in threading.enumerate() if thread.name == "following programmes"]


def test_a_thread_that_ended_by_itself_is_a_fault(tmp_path: Path) -> None:
    """The process is begun anew then, as for the other threads."""
    following = FollowingProgrammes(configuration(tmp_path), CLOCK)
    with pytest.raises(WorkerError, match="ended by itself"):
        following.check()


def test_programmes_go_when_the_time_to_keep_photos_is_over(shelf: Shelf) -> None:
    """Their documents name people; what is announced again names nobody, and nothing is deleted for it."""
    connection, now = shelf.library.connection, shelf.clock.wall()
    body = written(replace(DOCUMENT, items=items("a-very-special-name")))
    announce = partial(
        programmes.announce, connection, GROUP, version="7", digest=digest(body), activate_at=DOCUMENT.epoch, size=1
    )
    announce(at=now)
    programmes.took(connection, GROUP, digest(body), body)
    shelf.show("wall", ("a", b"A"))

    assert retain(shelf.library, now, now)

    assert programmes.every(connection) == ()
    assert b"a-very-special-name" not in shelf.bytes_on_disk()
    announce(at=now)
    assert retain(shelf.library, now, now) is None
    assert len(programmes.every(connection)) == 1


def test_a_folder_of_photos_with_programmes_in_it_has_the_same_photos(tmp_path: Path) -> None:
    """Nobody takes a document for one, nor for what belongs to one."""
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / f"{NAME}.json").write_bytes(written(DOCUMENT))
    (tmp_path / "a.jpg").write_bytes(b"A")

    found = scan(tmp_path, settled={}, now=CLOCK.wall() + 3600 * SECOND)

    assert ([item.id for item in found.snapshot.items], found.snapshot.discarded) == (["a.jpg"], ())
