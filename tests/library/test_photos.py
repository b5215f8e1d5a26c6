"""Photos as rows: what is prepared next, what failures come to, and that the work done is kept."""

from __future__ import annotations

from typing import Any

import pytest

from player.errors import InterruptedPictureError, NetworkError, PictureError
from player.feed.fetch import Response
from player.library import photos
from player.library.photos import WHOLE
from player.units import SECOND, Size
from tests.library.shelf import BOUNDS, HOUR, Shelf, item, sha

PIXELS = BOUNDS.width * BOUNDS.height


def waiting(shelf: Shelf, pixels: int = PIXELS, limit: int = 10) -> list[str]:
    """The items to prepare, in order."""
    rows = photos.to_prepare(shelf.library.connection, now=shelf.clock.wall(), limit=limit, pixels=pixels)
    return [row.item for row in rows]


def test_news_first_then_first_come_first_served(shelf: Shelf) -> None:
    """What came while the show was on goes before what was there from the beginning."""
    shelf.take_in("wall", item("a"), item("b"))
    shelf.clock.advance(SECOND)
    shelf.take_in("wall", item("a"), item("b"), item("c"))
    assert waiting(shelf) == ["c", "a", "b"]
    assert waiting(shelf, limit=1) == ["c"]


def test_only_what_may_be_shown_is_prepared(shelf: Shelf) -> None:
    """Not what is pending, of a source that is not configured, or over."""
    shelf.take_in("wall", item("pending", modified_at=1), item("over", valid_until=shelf.clock.wall() + SECOND))
    shelf.take_in("other", item("a"))
    shelf.declare("wall")
    shelf.clock.advance(SECOND)
    assert waiting(shelf) == []


def test_a_network_failure_is_tried_again_after_a_minute(shelf: Shelf) -> None:
    """And the reason is told meanwhile."""
    shelf.take_in("wall", item("a"))
    assert shelf.prepare() == [False]
    assert shelf.row("wall", "a", "state", "reason") == ("approved", "/a.jpg: not there")
    assert waiting(shelf) == []
    shelf.clock.advance(60 * SECOND)
    shelf.publish(("a", b"A"))
    assert shelf.prepare() == [True]
    assert shelf.row("wall", "a", "state", "reason", "failures") == ("approved", "", 0)


def test_a_bad_picture_is_refused_for_good(shelf: Shelf) -> None:
    """Also when the feed lists it again and again: it is not fetched a second time until it is another version."""
    shelf.publish(("a", b"bad"))
    shelf.pool.faults[b"bad"] = PictureError("truncated")
    for _ in range(3):
        shelf.take_in("wall", item("a"))
        shelf.prepare()
        shelf.clock.advance(HOUR)
    assert shelf.row("wall", "a", "state", "reason") == ("refused", "truncated")
    assert shelf.web.asked.count("/a.jpg") == 1

    shelf.publish(("a", b"good"))
    shelf.take_in("wall", item("a", modified_at=1, approved_at=2))
    shelf.prepare()
    assert shelf.state("wall", "a") == "approved"
    assert shelf.prepared() == {shelf.key("wall", "a")}


def test_a_worker_that_dies_twice_refuses_the_picture(shelf: Shelf) -> None:
    """Once may be the machine's fault."""
    shelf.publish(("a", b"heavy"))
    shelf.pool.faults[b"heavy"] = InterruptedPictureError("the worker was killed")
    shelf.take_in("wall", item("a"))
    shelf.prepare()
    assert shelf.row("wall", "a", "state", "failures") == ("approved", 1)
    shelf.clock.advance(HOUR)
    shelf.prepare()
    assert shelf.row("wall", "a", "state", "failures") == ("refused", 2)
    shelf.clock.advance(HOUR)
    assert shelf.prepare() == []


def test_network_failures_do_not_count_against_the_picture(shelf: Shelf) -> None:
    """However many there were."""
    shelf.take_in("wall", item("a"))
    for _ in range(5):
        shelf.prepare()
        shelf.clock.advance(HOUR)
    assert shelf.row("wall", "a", "state", "failures") == ("approved", 0)


def test_bytes_that_were_not_approved_are_not_shown(shelf: Shelf) -> None:
    """A wrong hash or size leaves the item waiting, and says so; when the right bytes come they are taken."""
    for content, said in ((b"wrong", "bytes where"), (b"B", "not those that were approved")):
        shelf.publish(("a", content))
        shelf.take_in("wall", item("a", b"A"))
        assert shelf.prepare() == [False]
        assert said in shelf.row("wall", "a", "reason")[0]
        assert shelf.state("wall", "a") == "approved"
        shelf.clock.advance(HOUR)
    shelf.publish(("a", b"A"))
    assert shelf.prepare() == [True]


def test_a_larger_wall_has_small_pictures_made_again(shelf: Shelf) -> None:
    """They stay up meanwhile; what is as large as its original is left alone."""
    shelf.show("wall", ("a", b"A"))
    shelf.pool.original_size = shelf.pool.size
    shelf.publish(("b", b"B"))
    shelf.take_in("wall", item("a"), item("b"))
    shelf.prepare()
    shelf.pool.original_size = Size(4000, 3000)
    assert waiting(shelf) == []
    larger = Size(4800, 2700)
    assert waiting(shelf, larger.width * larger.height) == ["a"]
    assert shelf.prepared() == {shelf.key("wall", "a"), shelf.key("wall", "b")}
    assert shelf.prepare(bounds=larger) == [True]
    assert waiting(shelf, larger.width * larger.height) == []
    shelf.assert_whole()


def test_a_larger_wall_without_a_network_is_tried_once_a_minute(shelf: Shelf) -> None:
    """And not again and again at once; what there is stays up."""
    shelf.show("wall", ("a", b"A"))
    larger = Size(4800, 2700)
    shelf.web.pictures.clear()
    assert shelf.prepare(bounds=larger) == [False]
    assert waiting(shelf, larger.width * larger.height) == []
    shelf.clock.advance(60 * SECOND)
    assert waiting(shelf, larger.width * larger.height) == ["a"]
    shelf.assert_whole()


def test_a_picture_that_is_bad_the_second_time_stays_as_it_is(shelf: Shelf) -> None:
    """What was prepared for the smaller wall is still what was approved; it is not asked for again."""
    shelf.show("wall", ("a", b"A"))
    shelf.pool.faults[b"A"] = PictureError("truncated")
    larger = Size(4800, 2700)
    assert shelf.prepare(bounds=larger) == [False]
    assert shelf.row("wall", "a", "state", "prepared_for") == ("approved", WHOLE)
    shelf.clock.advance(HOUR)
    assert shelf.prepare(bounds=larger) == []
    shelf.assert_whole()


def test_a_failure_says_nothing_of_what_changed_meanwhile(shelf: Shelf) -> None:
    """Withdrawn while its picture was refused, an item stays withdrawn."""
    shelf.publish(("a", b"bad"))
    shelf.pool.faults[b"bad"] = PictureError("truncated")
    shelf.take_in("wall", item("a"))
    (job,) = photos.to_prepare(shelf.library.connection, now=shelf.clock.wall(), limit=1, pixels=PIXELS)
    shelf.take_in("wall", withdrawn=["a"])
    photos.note_failure(shelf.library.connection, job, reason="truncated", final=True, counts=False, retry_at=None)
    assert shelf.row("wall", "a", "state", "reason") == ("withdrawn", "author")


def test_a_full_disk_puts_a_picture_off(shelf: Shelf) -> None:
    """It is tried again after a minute, not at once: else the same picture would be fetched for ever."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))
    shelf.library.files.folder.write_text("in the way")
    assert shelf.prepare() == [False]
    assert "could not be kept" in shelf.row("wall", "a", "reason")[0]
    assert shelf.prepare() == []
    shelf.library.files.folder.unlink()
    shelf.clock.advance(60 * SECOND)
    assert shelf.prepare() == [True]


def test_a_fetcher_that_breaks_costs_one_picture(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw stops neither the other pictures nor the thread."""
    shelf.publish(("b", b"B"))
    shelf.take_in("wall", item("a"), item("b"))
    get = shelf.web.get

    def broken(url: str, **options: Any) -> Response:
        if url == "/a.jpg":
            raise RecursionError
        return get(url, **options)

    monkeypatch.setattr(shelf.web, "get", broken)
    assert shelf.prepare() == [False, True]
    assert "RecursionError" in shelf.row("wall", "a", "reason")[0]


def test_photos_are_read_as_they_were_made(shelf: Shelf) -> None:
    """Only prepared ones, with all that a show needs to know."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", credit="Who", language="hr", country="HR", focal=(0.5, -0.5)), item("b"))
    shelf.prepare()
    keys = [shelf.key("wall", "a"), shelf.key("wall", "b"), 999]
    found = photos.photos(shelf.library.connection, keys)
    assert list(found) == keys[:1]
    photo = found[keys[0]]
    assert (photo.source, photo.item, photo.caption, photo.credit) == ("wall", "a", "Caption of a", "Who")
    assert (photo.language, photo.country, photo.focal, photo.size) == ("hr", "HR", (0.5, -0.5), shelf.pool.size)
    assert (photo.picture, photo.tile) == (sha(b"picture A"), sha(b"tile A"))
    assert not photo.is_portrait


def test_failures_of_unknown_rows_are_none(shelf: Shelf) -> None:
    """A row that is gone has no failures."""
    assert photos.failures(shelf.library.connection, 99) == 0


def test_the_reason_of_a_network_error_is_kept(shelf: Shelf) -> None:
    """What `weremember photos` tells is what happened."""
    shelf.publish(("a", b"A"))
    shelf.pool.faults[b"A"] = NetworkError("no route")
    shelf.take_in("wall", item("a"))
    shelf.prepare()
    assert shelf.row("wall", "a", "reason") == ("no route",)
