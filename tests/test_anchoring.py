"""`weremember feed trust`: the one thing that a person carries to the player by hand."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from player.library import anchors
from player.library.library import open_library
from tests.fakes.repository import Repository
from tests.fakes.site import Site

SIGNED = "{kind: jsonfeed, url: public, trust: signed}"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place with one signed feed."""
    made = Site(tmp_path)
    made.configure(f"{{wall: {SIGNED}, folder: {{kind: folder, url: photos, trust: moderated}}}}")
    (tmp_path / "root.json").write_bytes(Repository().root)
    return made


def trust(site: Site, *words: str) -> tuple[int, str]:
    """Give the command; return its status and what it said."""
    done = site.command("feed", "trust", *words)
    return done.exit_code, done.output


def test_it_pins_the_root_and_prints_its_fingerprint(site: Site) -> None:
    """Which the publisher's people read out."""
    root = site.folder / "root.json"

    status, said = trust(site, str(root))

    assert status == 0
    assert hashlib.sha256(root.read_bytes()).hexdigest() in said
    with closing(open_library(site.data, writer="test")) as library:
        pinned = anchors.pinned(library.orders.connection, "wall")
        (kind,) = library.orders.connection.execute("SELECT kind FROM journal").fetchone()
        (command,) = library.orders.waiting("ingest")
    assert command.verb == "reload"  # what runs would go on by the root before
    assert pinned
    assert pinned.content == root.read_bytes()
    assert kind == "root pinned"


def test_pinning_it_again_changes_nothing(site: Site) -> None:
    """What was believed is believed on."""
    root = str(site.folder / "root.json")
    trust(site, root)
    assert "nothing changed" in trust(site, root)[1]


def test_another_root_replaces_it_and_says_so(site: Site) -> None:
    """Whoever does that begins anew."""
    trust(site, str(site.folder / "root.json"))
    (site.folder / "other.json").write_bytes(Repository(officers=("Ida", "Jon", "Kay")).root)
    assert "in place of another" in trust(site, str(site.folder / "other.json"))[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.json",), "none.json cannot be read"),
        (("root.json", "--feed", "nobody"), 'there is no feed "nobody"'),
        (("root.json", "--feed", "folder"), "is not a signed one: write trust: signed first"),
        (("config.yaml",), "config.yaml"),
    ],
)
def test_what_is_wrong_is_one_line(site: Site, words: tuple[str, ...], says: str) -> None:
    """And nothing is pinned."""
    status, said = trust(site, str(site.folder / words[0]), *words[1:])
    assert status == 1
    assert says in said
    assert said.count("\n") == 1


def test_which_feed_must_be_said_when_there_are_two(site: Site) -> None:
    """And when there is none, that is said."""
    site.configure(f"{{wall: {SIGNED}, second: {SIGNED}}}")
    assert "which feed? --feed wall or second" in trust(site, str(site.folder / "root.json"))[1]
    site.configure("{}")
    assert "no feed in the configuration has trust: signed" in trust(site, str(site.folder / "root.json"))[1]
