"""Withdrawal: at once, everywhere, for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.errors import FeedError, LibraryError
from player.feed.item import Status, Withdrawal
from player.ingest.commit import drop_removed
from player.ingest.withdrawal import finish, withdraw
from player.library import journal, photos, right
from player.library.orders import Tombstone
from player.pictures.pool import Job
from player.units import Size
from tests.library.shelf import HOUR, Shelf, item, sha


def test_a_withdrawn_photo_is_gone_with_every_byte(shelf: Shelf) -> None:
    """Its rank, its files, its caption, credit, alt and address are gone from rows, files, free pages and write-ahead log."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", caption="Secret caption", credit="Secret credit", alt="Secret alt"))
    shelf.prepare()
    photo = shelf.photo("wall", "a")
    assert len(shelf.files()) == 2
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {}

    assert shelf.take_in("wall", withdrawn=["a"]).withdrawn == 1

    assert shelf.files() == set()
    assert shelf.ranked() == set()
    assert shelf.row("wall", "a", "state", "caption", "credit", "alt", "image", "picture", "original") == (
        *("withdrawn", "", "", "", ""),
        *(None, None),
    )
    assert b"Secret" not in shelf.bytes_on_disk()
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "withdrawn: author"}


def test_the_tombstone_comes_first(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the library fails after the record was written, the photo is refused; the next start ends what was begun."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    with monkeypatch.context() as patch:
        patch.setattr(photos, "withdraw", _failing)
        patch.setattr(photos, "files_only_of", _failing)
        with pytest.raises(LibraryError, match="no answer"):
            withdraw(shelf.library, "wall", [Withdrawal("a", "author")], shelf.clock.wall())
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "withdrawn: author"}
    assert shelf.files()

    shelf.reopen()
    finish(shelf.library)

    assert shelf.state("wall", "a") == "withdrawn"
    assert shelf.files() == set()


def test_files_that_could_not_be_deleted_are_tried_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row that names the files stays until they are gone, so that the next poll ends the work."""
    shelf.show("wall", ("a", b"A"))
    with monkeypatch.context() as patch:
        patch.setattr(shelf.library.files.__class__, "delete", _failing)
        with pytest.raises(LibraryError, match="no answer"):
            shelf.take_in("wall", withdrawn=["a"])
    assert shelf.files()

    shelf.take_in("wall", withdrawn=["a"])

    assert shelf.files() == set()
    assert shelf.state("wall", "a") == "withdrawn"


def test_the_same_bytes_are_refused_from_every_source(shelf: Shelf) -> None:
    """A photo of another source that was made of the same bytes goes at the same moment."""
    shelf.show("wall", ("a", b"same"))
    shelf.show("other", ("b", b"same"))
    twin = shelf.photo("other", "b")

    shelf.take_in("wall", withdrawn=["a"])

    assert right.refusals(shelf.library, [twin], shelf.clock.wall()) == {twin.key: "withdrawn: author"}
    assert shelf.files() == set()
    shelf.assert_whole()


@pytest.mark.parametrize("is_stated", [True, False], ids=["hash stated", "hash not stated"])
@pytest.mark.parametrize("source", ["wall", "other"])
def test_the_same_bytes_are_refused_under_a_new_id(shelf: Shelf, source: str, *, is_stated: bool) -> None:
    """Whether the feed names the hash (refused at once) or not (refused when they were fetched), nothing of them is kept."""
    shelf.show("wall", ("a", b"same"))
    shelf.take_in("wall", withdrawn=["a"])

    shelf.publish(("new", b"same"))
    shelf.take_in(source, item("new", b"same" if is_stated else None))
    assert shelf.prepare() == ([] if is_stated else [False])

    assert shelf.state(source, "new") == "withdrawn"
    assert shelf.files() == set()
    assert shelf.prepare() == []


def test_another_picture_of_the_same_look_stays(shelf: Shelf) -> None:
    """Two originals that come to the same prepared picture share its files; withdrawing one leaves the other's."""
    shelf.show("wall", ("a", b"A"))
    shelf.publish(("b", b"B"))
    shelf.pool.make = lambda _: shelf.pool.made_of(b"A")
    shelf.take_in("other", item("b"))
    shelf.prepare()
    assert shelf.photo("wall", "a").picture == shelf.photo("other", "b").picture

    shelf.take_in("wall", withdrawn=["a"])

    assert len(shelf.files()) == 2
    assert shelf.photo("other", "b")
    shelf.assert_whole()


def _failing(*_: object, **__: object) -> set[str]:
    raise LibraryError("no answer")


def test_what_is_withdrawn_stays_withdrawn_whatever_a_feed_says_later(shelf: Shelf) -> None:
    """Listed as approved again, edited, with other bytes, after a restart and after an absence: it does not come back."""
    shelf.show("wall", ("a", b"A"))
    shelf.take_in("wall", withdrawn=["a"])
    shelf.publish(("a", b"other"))
    for listed in (item("a"), item("a", modified_at=5, approved_at=6), item("a", b"other")):
        shelf.take_in("wall", listed)
        assert shelf.prepare() == []
        shelf.take_in("wall", item("b"))
        shelf.reopen()
        assert shelf.state("wall", "a") == "withdrawn"
        assert shelf.files() == set()


def test_a_replayed_older_page_brings_nothing_back(shelf: Shelf) -> None:
    """A snapshot with a lower sequence is refused as a whole, but for what it withdraws."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    shelf.take_in("wall", item("b"), withdrawn=["a"])

    with pytest.raises(FeedError, match="went back"):
        shelf.take_in("wall", item("a"), item("b"), sequence=1, withdrawn=["b"])

    assert {shelf.state("wall", "a"), shelf.state("wall", "b")} == {"withdrawn"}


def test_a_new_library_beside_old_orders_brings_nothing_back(tmp_path: Path) -> None:
    """When `library.sqlite` is lost and filled again from the feed, the tombstones still hold."""
    shelf = Shelf(tmp_path, "wall")
    shelf.show("wall", ("a", b"A"))
    shelf.take_in("wall", withdrawn=["a"])
    shelf.close()
    for file in tmp_path.glob("library.sqlite*"):
        file.unlink()

    again = Shelf(tmp_path, "wall")
    again.sequence = shelf.sequence
    again.publish(("a", b"A"), ("b", b"A"))
    again.take_in("wall", item("a"), item("b"))
    again.prepare()

    assert again.state("wall", "a") == again.state("wall", "b") == "withdrawn"
    assert again.files() == set()
    again.close()


def test_an_older_copy_of_the_library_is_brought_up_to_date(shelf: Shelf) -> None:
    """A row that is approved in a library older than the orders is purged at the start, before anything is asked."""
    shelf.show("wall", ("a", b"A"))
    shelf.show("other", ("twin", b"A"))
    shelf.library.orders.withdraw(Tombstone("wall", "a", sha(b"A"), "author"), phash=None, at=None, known_at=1)

    finish(shelf.library)

    assert shelf.files() == set()
    assert shelf.state("other", "twin") == "withdrawn"


def test_withdrawn_before_it_was_ever_seen(shelf: Shelf) -> None:
    """A withdrawal of an unknown item is recorded; when the item comes it is not fetched."""
    shelf.take_in("wall", withdrawn=["a"])
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))

    assert shelf.prepare() == []
    assert shelf.web.asked == []


def test_a_tombstone_learns_the_bytes_when_they_become_known(shelf: Shelf) -> None:
    """A withdrawn item that names its hash binds those bytes, though they were never fetched."""
    shelf.take_in("wall", withdrawn=["a"])
    shelf.take_in("wall", item("a", b"A", status=Status.WITHDRAWN))

    shelf.publish(("b", b"A"))
    shelf.take_in("other", item("b"))
    assert shelf.prepare() == [False]
    assert shelf.state("other", "b") == "withdrawn"


def test_withdrawn_while_it_is_being_prepared(shelf: Shelf) -> None:
    """What the worker brings back is thrown away, and its bytes are bound from then on."""
    shelf.publish(("a", b"A"), ("b", b"A"))
    shelf.take_in("wall", item("a"))
    shelf.pool.meanwhile = lambda _: _withdraw(shelf, "wall", "a")
    assert shelf.prepare() == [False]
    assert shelf.files() == set()
    assert shelf.state("wall", "a") == "withdrawn"

    shelf.pool.meanwhile = _nothing
    shelf.take_in("other", item("b"))
    shelf.prepare()
    assert shelf.state("other", "b") == "withdrawn"
    assert shelf.files() == set()


def test_bytes_withdrawn_between_looking_and_keeping(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A twin that is withdrawn just before the row is written takes this photo with it, files and all."""
    shelf.show("other", ("b", b"A"))
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))
    keep = photos.keep_prepared

    def late(*given: object) -> bool:
        _withdraw(shelf, "other", "b")
        return keep(*given)  # pyright: ignore[reportArgumentType] - handed on as it came

    monkeypatch.setattr(photos, "keep_prepared", late)
    assert shelf.prepare() == [False]

    assert shelf.state("wall", "a") == "withdrawn"
    assert shelf.files() == set()
    shelf.assert_whole()


def test_edited_while_it_is_being_prepared(shelf: Shelf) -> None:
    """What was made of the old version is thrown away; the new version is prepared next."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))

    def edit(_: Job) -> None:
        shelf.publish(("a", b"new"))
        shelf.take_in("wall", item("a", modified_at=1, approved_at=2))

    shelf.pool.meanwhile = edit
    assert shelf.prepare() == [False]
    assert shelf.files() == set()
    shelf.pool.meanwhile = _nothing
    assert shelf.prepare() == [True]
    assert shelf.row("wall", "a", "original") == (sha(b"new"),)
    shelf.assert_whole()


def test_both_renditions_go_after_the_wall_grew(shelf: Shelf) -> None:
    """What was made for a smaller canvas goes when the larger one is kept, so that a withdrawal leaves nothing behind."""
    shelf.show("wall", ("a", b"A"))
    shelf.pool.make = lambda _: shelf.pool.made_of(b"A, larger")
    assert shelf.prepare(bounds=Size(4800, 2700)) == [True]
    shelf.assert_whole()
    assert len(shelf.files()) == 2


def test_a_withdrawal_that_cannot_be_recorded_acts_all_the_same(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a full disk the photo goes, the poll fails, and the record with its bytes follows when there is room."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    with monkeypatch.context() as patch:
        patch.setattr(type(shelf.library.orders), "withdraw_all", _failing)
        with pytest.raises(LibraryError, match="no answer"):
            shelf.take_in("wall", withdrawn=["a"])
    assert shelf.files() == set()
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) != {}

    shelf.take_in("wall", withdrawn=["a"])

    assert shelf.library.orders.withdrawn_bytes([sha(b"A")]) == {sha(b"A"): "author"}


def test_a_withdrawal_is_journalled_once(shelf: Shelf) -> None:
    """Its line says source, item, bytes and reason; a feed that repeats it adds none, and the chain holds."""
    shelf.show("wall", ("a", b"A"))
    for _ in range(3):
        shelf.take_in("wall", item("b"), withdrawn=["a"])
    connection = shelf.library.orders.connection
    lines = connection.execute("SELECT writer, what FROM journal WHERE kind='withdrawn'").fetchall()
    assert len(lines) == 1
    assert lines[0][0] == "ingest"
    assert all(said in lines[0][1] for said in ('"item":"a"', '"source":"wall"', sha(b"A"), '"reason":"author"'))
    assert journal.verify(connection).fault is None


def test_removed_sources_take_their_photos_with_them(shelf: Shelf) -> None:
    """A source that the configuration does not name any more is purged, without a tombstone."""
    shelf.show("wall", ("a", b"A"))
    shelf.clock.advance(HOUR)
    shelf.declare("other")
    assert drop_removed(shelf.library) == 1
    assert shelf.files() == set()
    assert shelf.library.orders.tombstones() == []


def _withdraw(shelf: Shelf, source: str, name: str) -> None:
    withdraw(shelf.library, source, [Withdrawal(name, "author")], shelf.clock.wall())


def _nothing(_: Job) -> None:
    """Nothing happens meanwhile."""
