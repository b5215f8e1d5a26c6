"""What was withdrawn by mistake comes back: by the feed's word for that very withdrawal, or by the operator's name."""

from __future__ import annotations

from player.feed.item import Reinstatement, Withdrawal
from player.ingest.withdrawal import complete, finish, reinstate, release, withdraw
from player.library import right, sources
from player.library.tombstones import WILDCARD
from player.units import SECOND
from tests.library.shelf import Shelf, item

DATE = 1_800_000_000 * SECOND


def take(shelf: Shelf, name: str, *, at: int | None = DATE, source: str = "wall") -> None:
    """Withdraw, at a date."""
    withdraw(shelf.library, source, [Withdrawal(name, "author", at)], shelf.clock.wall(), clock=shelf.clock)


def give(shelf: Shelf, name: str, at: int = DATE) -> bool:
    """Take the withdrawal of that date back."""
    return reinstate(shelf.library, "wall", Reinstatement(name, at), by="the feed wall", now=shelf.clock.wall())


def is_drawable(shelf: Shelf, name: str, source: str = "wall") -> bool:
    """Whether the photo is prepared and may be drawn."""
    if shelf.key(source, name) not in shelf.prepared():
        return False
    return not right.refusals(shelf.library, [shelf.photo(source, name)], shelf.clock.wall())


def test_a_reinstated_photo_comes_back_with_the_next_full_snapshot(shelf: Shelf) -> None:
    """Not before; then it is fetched and prepared anew, and may be drawn. Its source is asked for everything."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    sources.confirm(
        shelf.library.connection,
        "wall",
        sources.Confirmation(at=shelf.clock.wall(), lease_s=900, halt=False, expired=False, validators={"url": ("tag", None)}),
    )
    take(shelf, "a")
    assert give(shelf, "a")
    assert shelf.state("wall", "a") == "absent"
    assert sources.sources(shelf.library.connection)["wall"].validators == "{}"
    assert shelf.files() == shelf.wanted()

    shelf.take_in("wall", item("a"), item("b"))
    assert shelf.prepare() == [True]

    assert is_drawable(shelf, "a")
    shelf.assert_whole()


def test_the_list_that_still_has_it_changes_nothing(shelf: Shelf) -> None:
    """The withdrawn list keeps its entry for ever: with the date that was taken back it neither binds nor purges."""
    shelf.show("wall", ("a", b"A"))
    take(shelf, "a")
    give(shelf, "a")
    shelf.take_in("wall", item("a"))
    shelf.prepare()
    for _ in range(3):
        take(shelf, "a")
        assert not give(shelf, "a")
        finish(shelf.library)
        complete(shelf.library, shelf.clock)
        assert is_drawable(shelf, "a")
    take(shelf, "a", at=DATE + 1)
    assert shelf.state("wall", "a") == "withdrawn"
    assert shelf.files() == set()
    shelf.take_in("wall", item("a"))
    assert shelf.prepare() == []


def test_a_twin_with_the_same_bytes_comes_back_as_well(shelf: Shelf) -> None:
    """It went because of the bytes alone, and nothing else forbids it; one that was withdrawn itself does not."""
    shelf.show("wall", ("a", b"same"))
    shelf.show("other", ("b", b"same"), ("c", b"same"))
    take(shelf, "c", source="other", at=None)
    take(shelf, "a")
    give(shelf, "a")
    assert [shelf.state("other", name) for name in "bc"] == ["withdrawn", "withdrawn"]
    shelf.library.orders.lift("other", "c", None, by="operator", at=shelf.clock.wall())
    assert release(shelf.library, "other", "c") == 3
    shelf.take_in("other", item("b"), item("c"))
    shelf.take_in("wall", item("a"))
    shelf.prepare()
    assert is_drawable(shelf, "a")
    assert is_drawable(shelf, "b", "other")


def test_what_the_operator_withdrew_no_feed_gives_back(shelf: Shelf) -> None:
    """A withdrawal for every source is not the feed's to take back."""
    shelf.show("wall", ("a", b"A"))
    take(shelf, "a", source=WILDCARD)
    give(shelf, "a")
    shelf.take_in("wall", item("a"))
    assert shelf.prepare() == []
    assert shelf.state("wall", "a") == "withdrawn"


def test_cut_short_it_is_done_the_next_time(shelf: Shelf) -> None:
    """Recorded as taken back, and the rows not yet let go: the feed's next word ends it."""
    shelf.show("wall", ("a", b"A"))
    take(shelf, "a")
    shelf.library.orders.lift("wall", "a", DATE, by="the feed wall", at=shelf.clock.wall())
    assert shelf.state("wall", "a") == "withdrawn"
    assert not give(shelf, "a")
    assert shelf.state("wall", "a") == "absent"


def test_a_photo_that_lost_its_tombstone_stays_away(shelf: Shelf) -> None:
    """Only what was taken back by somebody comes back: a row that nobody speaks of any more does not."""
    shelf.show("wall", ("a", b"A"))
    take(shelf, "a")
    for table in ("tombstones", "withdrawals", "bound"):
        shelf.library.orders.connection.execute("DELETE FROM TABLE".replace("TABLE", table))
    assert release(shelf.library, "wall", "a") == 0
    shelf.take_in("wall", item("a"))
    assert shelf.prepare() == []
