"""Photos as the console sees them, and their withdrawal."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest

from player import withdrawals
from player.console.looks import photos, withdrawing
from player.console.looks.photos import ON_A_PAGE
from player.console.looks.wording import MAX_SHOWN, plain
from player.errors import LibraryError, OrdersLostError
from player.ingest.withdrawal import tidy
from player.library import browsing
from player.library.browsing import Sought
from player.library.library import open_library
from player.library.sources import together
from player.library.words import sought
from player.log import Edge, get
from player.settings import with_data
from tests.fakes.home import CLEAN, Home
from tests.library.shelf import CORE_POLICY, Shelf, item

NASTY = '<script>alert("x")</script>\u202e\u0000 & <b>שלום</b>'


@pytest.fixture
def shelf(tmp_path: Path) -> Generator[Shelf]:
    """Three photos of the source "wall", one of "other" with the bytes of the first."""
    made = Shelf(tmp_path / "data", "wall", "other")
    made.show("wall", ("a", b"a"), ("b", b"b"), ("c", b"c"))
    made.publish(("twin", b"a"))
    made.take_in("other", item("twin"))
    made.prepare()
    yield made
    made.close()


def page(shelf: Shelf, text: str = "", **rest: int | None) -> photos.Page:
    """A page of those that somebody looks for."""
    wanted = Sought(words=sought(text))
    return photos.page(shelf.library, wanted, shelf.clock.wall(), name=text, **{"limit": ON_A_PAGE, **rest})  # pyright: ignore[reportArgumentType] - rows and a limit


def test_pages_lead_to_each_other(shelf: Shelf) -> None:
    """From the newest to the oldest and back again, each photo is met in its place."""
    first = page(shelf, limit=3)
    second = page(shelf, limit=3, before=first.older)

    assert [photo.item for photo in first.photos] == ["twin", "c", "b"]
    assert [photo.item for photo in second.photos] == ["a"]
    assert (first.newer, second.older) == (None, None)
    assert page(shelf, limit=3, after=second.newer).photos == first.photos
    beyond = page(shelf, before=1)
    assert beyond.photos == ()
    assert page(shelf, after=beyond.newer).photos[-1].item == "a"


def test_an_id_comes_first(shelf: Shelf) -> None:
    """Whoever pastes an id sees its photo, whatever else matches."""
    assert [photo.item for photo in page(shelf, "b").named] == ["b"]


def test_a_withdrawal_shows_before_its_row_is_changed(shelf: Shelf) -> None:
    """From the moment that it is on record nothing of a photo is shown here: no text, no picture, nor its twins."""
    key = shelf.key("wall", "a")
    withdrawing.withdraw(shelf.library, key, shelf.clock.wall(), everywhere=False, reason="asked", by="Olek")

    found = {photo.item: photo for photo in page(shelf).photos}

    for name in ("a", "twin"):
        assert (found[name].state, found[name].why, found[name].caption, found[name].size) == ("withdrawn", "asked", "", None)
    assert photos.picture(shelf.library, key, is_tile=True) is None
    assert photos.picture(shelf.library, shelf.key("other", "twin"), is_tile=False) is None
    assert photos.picture(shelf.library, shelf.key("wall", "b"), is_tile=True) == b"tile b"


def test_a_picture_is_what_the_library_made(shelf: Shelf) -> None:
    """What was damaged on the disk, or was never there, is not passed off as a photo."""
    key = shelf.key("wall", "b")
    assert photos.picture(shelf.library, key, is_tile=False) == b"picture b"
    assert photos.picture(shelf.library, 999, is_tile=False) is None
    photo = shelf.photo("wall", "b")
    shelf.library.files.path(photo.picture).write_bytes(b"something else")
    with pytest.raises(LibraryError, match="damaged"):
        photos.picture(shelf.library, key, is_tile=False)


def test_a_row_that_names_another_path_is_refused(shelf: Shelf) -> None:
    """Whatever somebody wrote into a row, no path is made of it."""
    key = shelf.key("wall", "b")
    with shelf.library.connection as connection:
        connection.execute("UPDATE photos SET tile='../../../../etc/passwd' WHERE key=?", (key,))
    with pytest.raises(LibraryError, match="not the name"):
        photos.picture(shelf.library, key, is_tile=True)


def test_a_state_is_that_of_the_search_for_it(shelf: Shelf) -> None:
    """Whatever stands on a photo's page is what a search for that state finds."""
    shelf.take_in("wall", item("waiting"), complete=False)
    shelf.take_in("wall", withdrawn=["b"], complete=False)
    with shelf.library.connection as connection:
        connection.execute("UPDATE sources SET halt=1 WHERE name='other'")
    now = shelf.clock.wall()

    by_search = {
        photo.item: state for state in browsing.STATES for photo in photos.page(shelf.library, Sought(state=state), now).photos
    }

    assert by_search == {photo.item: photo.state for photo in page(shelf).photos}
    assert set(by_search.values()) == {"approved", "preparing", "withdrawn", "expired"}


def test_a_caption_full_of_markup_is_plain_and_bounded(shelf: Shelf) -> None:
    """What turns lines about or cannot be seen is gone, markup stays what it is, and a megabyte is cut."""
    assert plain(NASTY) == '<script>alert("x")</script> & <b>שלום</b>'
    key = shelf.key("wall", "c")
    with shelf.library.connection as connection:
        connection.execute(
            "UPDATE photos SET caption=?, credit=?, alt=?, reason=?, language=?, country=? WHERE key=?",
            (*([NASTY + "x" * 1_000_000] * 6), key),
        )

    found = photos.detail(shelf.library, key, shelf.clock.wall())

    assert found is not None
    assert all(len(text) <= MAX_SHOWN + 1 and "\u202e" not in text for text in astuple(found.photo) if isinstance(text, str))


def test_a_photos_page_says_where_it_was(shelf: Shelf) -> None:
    """Its plays, the others of its bytes, and no page of what there is not."""
    found = photos.detail(shelf.library, shelf.key("wall", "a"), shelf.clock.wall())

    assert found is not None
    assert [photo.item for photo in found.twins] == ["twin"]
    assert (found.plays, found.receipts, found.has_more_plays) == ((), (), False)
    assert photos.detail(shelf.library, 999, 0) is None


def test_a_second_look_names_all_that_goes(shelf: Shelf) -> None:
    """What a withdrawal takes is shown before: the photo, and whatever has its bytes."""
    key = shelf.key("wall", "a")

    found = withdrawing.preview(shelf.library, key, shelf.clock.wall(), everywhere=False)

    assert found is not None
    assert [photo.item for photo in found.photos] == ["a", "twin"]
    assert (found.count, found.is_withdrawn) == (2, False)
    assert withdrawing.preview(shelf.library, 999, 0, everywhere=True) is None


def test_a_withdrawal_is_on_record_and_its_receipt_grows(shelf: Shelf) -> None:
    """By whom and why stands in the journal at once; the bytes go with ingest's next round, and the receipt says both."""
    key, now = shelf.key("wall", "a"), shelf.clock.wall()

    given = withdrawing.withdraw(shelf.library, key, now, everywhere=False, reason=" asked\n by  her ", by="Olek")
    again = withdrawing.withdraw(shelf.library, key, now + 1, everywhere=False, reason="once more", by="Ada")
    assert given is not None
    shelf.library.orders.off_screen(given, at=now + 5)
    tidy(shelf.library, shelf.clock, Edge(get("a test"), begins="", ends=""))

    assert again == given
    assert len(given) == 1
    (line,) = shelf.library.orders.connection.execute("SELECT what FROM journal WHERE kind='withdrawn' AND what LIKE '%Olek%'")
    assert '"reason":"asked by her"' in line[0]
    found = photos.detail(shelf.library, key, now)
    assert found is not None
    (done,) = found.receipts
    assert done.gone_at is not None
    assert shelf.state("wall", "a") == shelf.state("other", "twin") == "withdrawn"
    assert shelf.files() == shelf.wanted()


def test_everywhere_is_every_source_and_every_one_that_comes(shelf: Shelf) -> None:
    """An id withdrawn everywhere is refused from a source that is configured later."""
    shelf.take_in("other", item("b"), complete=False)
    withdrawing.withdraw(shelf.library, shelf.key("wall", "b"), shelf.clock.wall(), everywhere=True, reason="", by="Olek")

    assert shelf.library.orders.withdrawn_items("yet another", ["b"]) == {"b": withdrawing.REASON}


def test_the_core_set_of_a_source_is_meant_with_it(tmp_path: Path) -> None:
    """What is withdrawn in a signed source is withdrawn in the set that it brings for offline use."""
    shelf = Shelf(tmp_path / "data", "wall", "wall.core")
    shelf.show("wall", ("a", b"a"))
    withdrawing.withdraw(shelf.library, shelf.key("wall", "a"), shelf.clock.wall(), everywhere=False, reason="", by="Olek")

    assert shelf.library.orders.withdrawn_items("wall.core", ["a"])
    shelf.close()


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_what_the_core_set_shows_is_meant_in_its_source(tmp_path: Path, *, is_by_hand: bool) -> None:
    """An operator withdraws what they see, at the console or by its name: its source does not bring it back in other bytes."""
    shelf = Shelf(tmp_path / "data", "wall", "wall.core")
    shelf.show("wall", ("a", b"large"))
    shelf.publish(("a", b"small"))
    shelf.take_in("wall.core", item("a", b"small"), policy=CORE_POLICY)
    shelf.prepare()
    if is_by_hand:
        configuration = with_data(Home(tmp_path).clean(CLEAN), str(shelf.folder))
        withdrawals.withdraw(configuration, ["wall.core/a"], None, lambda _: None, shelf.clock)
    else:
        key = shelf.key("wall.core", "a")
        withdrawing.withdraw(shelf.library, key, shelf.clock.wall(), everywhere=False, reason="", by="Olek")

    orders = shelf.library.orders
    assert all(orders.withdrawn_items(source, ["a"]) for source in ("wall", "wall.core"))
    assert not orders.withdrawn_items("other", ["a"])
    shelf.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("wall", ("wall", "wall.core")), ("wall.core", ("wall.core", "wall")), ("b", ("b",)), ("core", ("core",)), ("*", ("*",))],
)
def test_a_source_and_its_core_set_go_together(name: str, expected: tuple[str, ...]) -> None:
    """From either; the operator's own set, and every source at once, have no other."""
    assert together(name, ["wall", "wall.core", "b", "core"]) == expected


def test_without_orders_nobody_is_shown_or_named(shelf: Shelf) -> None:
    """Withdrawn, then the orders are lost before ingest deleted it: no picture, no tile and no words, by any way, of anybody."""
    key = shelf.key("wall", "a")
    withdrawing.withdraw(shelf.library, key, shelf.clock.wall(), everywhere=False, reason="hate", by="Olek")
    for path in shelf.folder.glob("orders.sqlite*"):
        path.unlink()
    with closing(open_library(shelf.folder, writer="console")) as library:
        now = shelf.clock.wall()
        assert library.lost
        assert photos.picture(library, key, is_tile=False) is photos.picture(library, key, is_tile=True) is None
        detail = photos.detail(library, key, now)
        assert detail
        found = photos.page(library, Sought(), now, name="a")
        for photo in (detail.photo, *detail.twins, *found.photos, *found.named):
            assert (photo.size, photo.caption, photo.credit, photo.alt) == (None, "", "", "")


def test_without_orders_only_the_core_set_counts(shelf: Shelf) -> None:
    """A library whose withdrawals are lost shows no photo as approved, and takes no withdrawal."""
    key = shelf.key("wall", "a")
    (shelf.folder / "orders.sqlite").unlink()
    with closing(open_library(shelf.folder, writer="console")) as library:
        found = photos.page(library, Sought(), shelf.clock.wall())
        assert {photo.state for photo in found.photos} == {"expired"}
        assert photos.page(library, Sought(state="approved"), shelf.clock.wall()).photos == ()
        with pytest.raises(OrdersLostError):
            withdrawing.withdraw(library, key, 0, everywhere=False, reason="", by="Olek")
