"""Withdrawing by hand: at once and offline, with or without a player; and taking it back by name."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from player import withdrawals
from player.clock import Clock
from player.errors import LibraryError, OperatorError
from player.library import journal
from player.library.files import FileStore
from player.library.library import open_library
from player.library.tombstones import WILDCARD
from player.settings import Configuration, load, with_data
from player.units import SECOND, Nanos
from tests.fakes.showing import FRAME, Showing
from tests.library.shelf import Shelf

ADDRESS = "https://example.org/@user/1"


def configuration(folder: Path, data: Path) -> Configuration:
    """One feed, called wall."""
    file = folder / "config.yaml"
    (folder / "playlists").mkdir(exist_ok=True)
    (folder / "playlists" / "wall.yaml").write_text("title: Wall\nslides: [{photo: {}}]\n", "utf-8")
    file.write_text("feeds: {wall: {kind: folder, url: photos, trust: moderated}}\n", "utf-8")
    loaded = load(file)
    assert loaded.configuration, loaded.problems
    return with_data(loaded.configuration, str(data))


class Stage:
    """A library with a photo in each of two sources, and a configuration that names one of them."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder / "data", "wall", "other")
        self.configuration = configuration(folder, self.shelf.folder)
        self.said: list[str] = []
        self.shelf.show("wall", ("a", b"A"), ("b", b"B"))
        self.shelf.show("other", ("a", b"C"))

    def withdraw(self, *names: str, reason: str | None = None) -> bool:
        """As the command does."""
        return withdrawals.withdraw(self.configuration, names, reason, self.said.append, self.shelf.clock)

    def reinstate(self, *names: str, by: str = "Anna") -> bool:
        """As the command does."""
        return withdrawals.reinstate(self.configuration, names, by, self.said.append, self.shelf.clock)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """See Stage."""
    return Stage(tmp_path)


def test_without_a_player_it_is_done_by_this_very_process(stage: Stage) -> None:
    """Recorded, every byte deleted, half a receipt given, and said that no screen answered."""
    assert stage.withdraw("wall/a", reason="by her family")
    assert stage.shelf.state("wall", "a") == "withdrawn"
    assert stage.shelf.state("other", "a") == "approved"
    assert len(stage.shelf.files()) == 4
    assert stage.shelf.library.orders.withdrawn_items("wall", ["a"]) == {"a": "by her family"}
    assert stage.said[0] == "a (wall): withdrawn for ever"
    assert "not answered by a screen yet bytes gone 09:" in stage.said[1]
    assert "is the player running?" in stage.said[1]
    [line] = journal.lines(stage.shelf.library.orders.connection, kind="withdrawn")
    assert line.writer == "command line"
    assert line.what["by"]


def test_a_bare_id_goes_from_every_source(stage: Stage) -> None:
    """Also from those that come later."""
    assert stage.withdraw("a")
    assert stage.shelf.state("wall", "a") == stage.shelf.state("other", "a") == "withdrawn"
    assert stage.said[0] == "a (every source): withdrawn for ever"
    assert stage.shelf.library.orders.withdrawn_items("third", ["a"])


def test_what_was_never_here_is_refused_should_it_come(stage: Stage) -> None:
    """The record is made; there is no receipt to wait for, and nobody is told that something was taken down."""
    before = stage.shelf.clock.monotonic()
    assert not stage.withdraw("wall/unknown", ADDRESS)
    assert stage.said[:2] == [
        "unknown (wall): withdrawn; not seen here yet, and refused should it come",
        f"{ADDRESS} (every source): withdrawn; not seen here yet, and refused should it come",
    ]
    assert stage.shelf.clock.monotonic() == before


def test_a_mistyped_source_is_not_taken_for_done(stage: Stage) -> None:
    """It says what was probably meant, and that nothing was taken down."""
    assert not stage.withdraw("wal/a")
    assert any("nothing was taken down. Did you mean wall/a?" in line for line in stage.said)
    assert stage.shelf.state("wall", "a") == "approved"


def test_what_looks_the_same_is_the_same(stage: Stage) -> None:
    """Names of files from a Mac have their accents apart; whoever types one types it in one piece."""
    apart = unicodedata.normalize("NFD", "José.jpg")
    stage.shelf.show("wall", ("a", b"A"), (apart, b"J"))
    assert stage.withdraw("wall/José.jpg")
    assert stage.shelf.state("wall", apart) == "withdrawn"


def test_again_says_that_it_was_before(stage: Stage) -> None:
    """With the first reason, and without another receipt."""
    stage.withdraw("wall/a", reason="author")
    stage.said.clear()
    assert stage.withdraw("wall/a", reason="another")
    assert stage.said == ["a (wall): was withdrawn before: author"]


@pytest.mark.parametrize(
    ("text", "source", "item"),
    [
        ("wall/a", "wall", "a"),
        ("wall/2027/a.jpg", "wall", "2027/a.jpg"),
        (f"wall/{ADDRESS}", "wall", ADDRESS),
        ("core/a", "core", "a"),
        ("a", WILDCARD, "a"),
        ("elsewhere/a", WILDCARD, "elsewhere/a"),
        (ADDRESS, WILDCARD, ADDRESS),
    ],
)
def test_what_a_name_means(text: str, source: str, item: str) -> None:
    """SOURCE/ID where that is a source; else an id, slashes and all."""
    assert withdrawals.name_of(text, ["wall", "core"]) == withdrawals.Name(source, item)


@pytest.mark.parametrize("text", ["", "  ", "wall/", "wall/ "])
def test_a_name_without_an_id_is_refused(text: str) -> None:
    """Nothing would be withdrawn by it."""
    with pytest.raises(OperatorError, match="SOURCE/ID"):
        withdrawals.name_of(text, ["wall"])


def test_before_the_first_run_it_is_kept(tmp_path: Path) -> None:
    """There is no data folder yet: it is made, and the withdrawal holds from the first run on."""
    said: list[str] = []
    assert not withdrawals.withdraw(configuration(tmp_path, tmp_path / "data"), ["wall/a"], None, said.append)
    library = open_library(tmp_path / "data", writer="ingest")
    assert library.orders.withdrawn_items("wall", ["a"]) == {"a": "by the operator"}
    library.close()


def test_what_cannot_be_deleted_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is withdrawn all the same, and the command does not claim more."""
    monkeypatch.setattr(FileStore, "delete", _refusing)
    assert not stage.withdraw("wall/a")
    assert stage.shelf.library.orders.withdrawn_items("wall", ["a"])
    assert any("not every byte is gone yet (no answer)" in line for line in stage.said)


def _refusing(*_: object) -> None:
    raise LibraryError("no answer")


class Accompanied:
    """A clock that lets the screen do a frame whenever the command waits."""

    def __init__(self, clock: Clock, meanwhile: Callable[[], None]) -> None:
        self.wall, self.monotonic = clock.wall, clock.monotonic
        self._meanwhile = meanwhile

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Let a frame pass."""
        del length
        self._meanwhile()
        return until.is_set()


def test_with_a_player_running_the_receipt_is_printed(tmp_path: Path) -> None:
    """The screen takes it off at its next frame and answers; the command says the whole receipt."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        show.play_until(lambda: len(show.up) == 1 and not show.is_fading)
        name = next(iter(show.up))
        said: list[str] = []
        clock = Accompanied(show.clock, lambda: show.frame(FRAME))
        assert withdrawals.withdraw(configuration(tmp_path, show.folder), [f"wall/{name}"], None, said.append, clock)
        assert name not in show.up | show.held
        assert said[0] == f"{name} (wall): withdrawn for ever"
        assert f"withdrawn {name} known 09:00:" in said[1]
        assert " off screen 09:00:" in said[1]
        assert " bytes gone 09:00:" in said[1]


def test_reinstated_by_name_it_may_return(stage: Stage) -> None:
    """Whatever withdrew it; the journal keeps who did it, and ingest is asked to read its sources anew."""
    stage.withdraw("wall/a")
    stage.said.clear()
    assert stage.reinstate("wall/a")
    assert stage.said == ["a (wall): reinstated by Anna; returns when its source lists it in full"]
    assert stage.shelf.state("wall", "a") == "absent"
    assert [command.verb for command in stage.shelf.library.orders.waiting("ingest")] == ["reload"]
    [line] = journal.lines(stage.shelf.library.orders.connection, kind="reinstated")
    assert line.what["by"] == "Anna"


def test_what_stands_under_another_name_is_said(stage: Stage) -> None:
    """Withdrawn everywhere, it does not return because one source's withdrawal was taken back."""
    stage.withdraw("wall/a", "a")
    stage.said.clear()
    assert stage.reinstate("wall/a")
    assert stage.said == ["a (wall): reinstated by Anna; may come; still withdrawn as a"]
    assert stage.reinstate("a")
    assert not stage.reinstate("a")
    assert stage.said[-1] == "a (every source): is not withdrawn"


def test_a_reinstatement_needs_a_name(stage: Stage) -> None:
    """Somebody answers for it."""
    stage.withdraw("wall/a")
    with pytest.raises(OperatorError, match="--by NAME"):
        stage.reinstate("wall/a", by=" ")
