"""What one answered poll does to the library: approvals, edits, absences, halts, sequences, ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.errors import FeedError
from player.feed.item import Item, Status, Withdrawal
from player.ingest.commit import Committer
from player.library import photos, sources
from player.units import SECOND
from tests.library.shelf import HOUR, MODERATE, Shelf, item, sha


def test_absence_in_a_complete_snapshot_hides_and_purges(shelf: Shelf) -> None:
    """Without a tombstone: what a later snapshot lists again is prepared again, and is no news."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    assert shelf.take_in("wall", item("b")).absent == 1
    assert shelf.row("wall", "a", "state", "picture") == ("absent", None)
    assert shelf.library.orders.tombstones() == []
    shelf.assert_whole()

    shelf.take_in("wall", item("a"), item("b"))
    shelf.prepare()
    assert shelf.row("wall", "a", "state", "is_news", "caption") == ("approved", 0, "Caption of a")
    shelf.assert_whole()


def test_absence_in_an_incomplete_snapshot_means_nothing(shelf: Shelf) -> None:
    """A sliding window forgets what it does not show any more; the wall does not."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    assert shelf.take_in("wall", item("b"), complete=False).absent == 0
    assert shelf.state("wall", "a") == "approved"


def test_absence_concerns_its_own_source(shelf: Shelf) -> None:
    """Another source's photos of the same names stay."""
    shelf.show("wall", ("a", b"A"))
    shelf.show("other", ("a", b"A"))
    shelf.take_in("other", item("b"))
    assert (shelf.state("wall", "a"), shelf.state("other", "a")) == ("approved", "absent")


def test_a_complete_snapshot_that_is_suddenly_empty_halts(shelf: Shelf) -> None:
    """It purges nothing; with photos in it again the show goes on as it was."""
    shelf.show("wall", ("a", b"A"))
    reception = shelf.take_in("wall").reception
    assert reception.is_halted
    assert "suddenly empty" in reception.alarm
    assert sources.standing(sources.sources(shelf.library.connection)["wall"], shelf.clock.wall()) is sources.Standing.HALTED
    assert len(shelf.files()) == 2

    shelf.take_in("wall", item("a"))
    assert sources.standing(sources.sources(shelf.library.connection)["wall"], shelf.clock.wall()) is sources.Standing.LIVE
    shelf.assert_whole()


def test_the_last_photo_may_be_withdrawn(shelf: Shelf) -> None:
    """A snapshot that is empty because all was withdrawn explicitly is no alarm."""
    shelf.show("wall", ("a", b"A"))
    assert not shelf.take_in("wall", withdrawn=["a"]).reception.is_halted


def test_an_empty_feed_is_no_alarm_at_first(shelf: Shelf) -> None:
    """Nothing is taken away by it."""
    assert not shelf.take_in("wall").reception.is_halted


def test_a_halt_purges_nothing_and_still_withdraws(shelf: Shelf) -> None:
    """Explicit withdrawals count in every case; absences do not."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"), ("c", b"C"))
    received = shelf.take_in("wall", item("c"), halt=True, withdrawn=["a"])
    assert received.reception.is_halted
    assert [shelf.state("wall", name) for name in "abc"] == ["withdrawn", "approved", "approved"]


def test_a_feed_that_is_over_confirms_nothing(shelf: Shelf) -> None:
    """It is not taken in, but for its withdrawals."""
    shelf.show("wall", ("a", b"A"))
    shelf.take_in("wall", item("new"), expired=True, withdrawn=["a"])
    assert photos.keys_of(shelf.library.connection, "wall", ["new"]) == {}
    assert shelf.state("wall", "a") == "withdrawn"


EDITS = {
    "bytes": item("a", b"new", modified_at=5),
    "date alone": item("a", modified_at=5),
    "words": item("a", caption="new words", modified_at=5),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_an_edited_item_is_pending_until_it_is_approved_again(shelf: Shelf, edit: Item) -> None:
    """Its old bytes go at once; approved after the edit it is fetched and shown again."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", modified_at=1, approved_at=2))
    shelf.prepare()
    assert len(shelf.files()) == 2

    shelf.take_in("wall", replace(edit, approved_at=2))
    assert shelf.state("wall", "a") == "pending"
    assert shelf.files() == set()
    assert shelf.prepare() == []

    shelf.publish(("a", b"new"))
    shelf.take_in("wall", replace(edit, approved_at=6))
    assert shelf.prepare() == [True]
    assert shelf.row("wall", "a", "original") == (sha(b"new"),)
    shelf.assert_whole()


def test_new_words_for_the_same_bytes_keep_the_picture(shelf: Shelf) -> None:
    """Where the hash names the bytes, a re-approved caption costs nothing."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", b"A"))
    shelf.prepare()
    shelf.take_in("wall", item("a", b"A", caption="new", modified_at=5, approved_at=6))
    assert shelf.photo("wall", "a").caption == "new"
    assert shelf.prepare() == []


def test_other_approved_bytes_replace_the_old_ones_at_once(shelf: Shelf) -> None:
    """Approved anew with another hash, the old picture is gone before the new one is fetched."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", b"A"))
    shelf.prepare()
    shelf.take_in("wall", item("a", b"new", modified_at=5, approved_at=6))
    assert shelf.files() == set()
    assert shelf.ranked() == set()


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNKNOWN, Status.UNSTATED])
def test_only_approved_is_prepared(shelf: Shelf, status: Status) -> None:
    """Whatever else a source says, or does not say, is pending."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", status=status))
    assert shelf.state("wall", "a") == "pending"
    assert shelf.prepare() == []


def test_the_operator_may_vouch_for_a_source_without_a_signal(shelf: Shelf) -> None:
    """`assume_approved: true` takes what is not stated for approved, and nothing else."""
    policy = replace(MODERATE, assume_approved=True)
    shelf.take_in("wall", item("a", status=Status.UNSTATED), item("b", status=Status.UNKNOWN), policy=policy)
    assert (shelf.state("wall", "a"), shelf.state("wall", "b")) == ("approved", "pending")


@pytest.mark.parametrize(
    ("configured", "stated", "people", "state"),
    [
        (2, None, ("x", "y"), "approved"),
        (2, None, ("x", "X"), "pending"),
        (1, 2, ("x",), "pending"),
        (2, 1, ("x",), "pending"),
        (1, None, (), "approved"),
    ],
)
def test_how_many_must_approve(shelf: Shelf, configured: int, stated: int | None, people: tuple[str, ...], state: str) -> None:
    """The larger of the configuration's number and the feed's, counted in distinct people."""
    policy = replace(MODERATE, min_approvals=configured)
    shelf.take_in("wall", item("a", approved_by=people), policy=policy, min_approvals=stated)
    assert shelf.state("wall", "a") == state


def test_a_sequence_that_goes_back_is_refused(shelf: Shelf) -> None:
    """Nothing of it counts and nothing is confirmed; the same number again is no step back."""
    shelf.show("wall", ("a", b"A"))
    before = sources.sources(shelf.library.connection)["wall"]
    shelf.clock.advance(SECOND)
    for sequence in (0, None):
        with pytest.raises(FeedError, match="sequence went back"):
            shelf.take_in("wall", item("b"), sequence=sequence)
    assert sources.sources(shelf.library.connection)["wall"] == before
    assert shelf.state("wall", "a") == "approved"
    shelf.take_in("wall", item("a"), sequence=shelf.library.orders.sequence(f"wall {before.address}"))


def test_another_address_counts_for_itself(shelf: Shelf) -> None:
    """A source that the operator moved has its own sequence, and what only the old address listed is hidden."""
    shelf.sequence = 100
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    sources.declare(shelf.library.connection, {"wall": "https://elsewhere.example/feed.json"})
    shelf.take_in("wall", item("b"), sequence=1, complete=False)
    assert (shelf.state("wall", "a"), shelf.state("wall", "b")) == ("absent", "approved")
    shelf.declare("wall")
    with pytest.raises(FeedError, match="went back"):
        shelf.take_in("wall", item("a"), sequence=1)


def test_a_folder_may_take_the_place_of_a_feed(shelf: Shelf) -> None:
    """It has no sequence, which is no step back for another address."""
    shelf.show("wall", ("a", b"A"))
    sources.declare(shelf.library.connection, {"wall": "/home/photos"})
    shelf.take_in("wall", item("x"), sequence=None)
    assert shelf.state("wall", "x") == "approved"


def test_the_first_reading_is_no_news(shelf: Shelf) -> None:
    """Only what comes later is."""
    shelf.take_in("wall", item("a"))
    shelf.take_in("wall", item("a"), item("b"), item("c", status=Status.PENDING))
    shelf.take_in("wall", item("a"), item("b"), item("c"))
    assert [shelf.row("wall", name, "is_news")[0] for name in "abc"] == [0, 1, 1]


def test_what_has_not_changed_is_not_written(shelf: Shelf) -> None:
    """A snapshot like the one before costs no row."""
    items = [item(f"i{number}") for number in range(1000)]
    assert shelf.take_in("wall", *items).changed == 1000
    assert shelf.take_in("wall", *items).changed == 0
    assert shelf.take_in("wall", *items[:-1], item("i999", caption="new")).changed == 1


def test_an_approval_ends_when_it_says(shelf: Shelf) -> None:
    """Over before it came it is expired; with a later end it is approved again."""
    shelf.publish(("a", b"A"))
    now = shelf.clock.wall()
    shelf.take_in("wall", item("a", valid_until=now))
    assert shelf.state("wall", "a") == "expired"
    shelf.take_in("wall", item("a", valid_until=now + HOUR))
    assert shelf.prepare() == [True]
    shelf.take_in("wall", item("a", valid_until=now + 1))
    assert shelf.state("wall", "a") == "expired"
    shelf.assert_whole()


def test_one_bad_item_never_fails_the_rest(shelf: Shelf) -> None:
    """What SQLite refuses to store costs that item alone, wherever it stands."""
    bad = item("bad", caption="\ud800")
    huge = item("huge", size_in_bytes=2**70)
    received = shelf.take_in("wall", item("a"), bad, item("b"), huge, item("c"))
    assert received.changed == 3
    assert [shelf.state("wall", name) for name in "abc"] == ["approved"] * 3
    assert photos.keys_of(shelf.library.connection, "wall", ["bad", "huge"]) == {}


def test_an_unstorable_id_leaves_the_connection_fit(shelf: Shelf) -> None:
    """Should a parser ever let one through, the next snapshot is taken in as if nothing had been."""
    with pytest.raises(UnicodeEncodeError):
        Committer(shelf.library, shelf.clock)._absences(  # pyright: ignore[reportPrivateUsage] - no door leads here with such an id
            "wall", ["a", "\ud800"]
        )
    assert not shelf.library.connection.in_transaction
    shelf.take_in("wall", item("a"))
    shelf.take_in("wall", item("b"))
    assert shelf.state("wall", "a") == "absent"


def test_the_reason_of_a_withdrawal_is_the_publishers(shelf: Shelf) -> None:
    """Also when the item itself is listed beside it."""
    shelf.show("wall", ("a", b"A"))
    shelf.take_in("wall", item("a", status=Status.WITHDRAWN), withdrawn=["a"])
    assert shelf.library.orders.withdrawn_items("wall", ["a"]) == {"a": "author"}
    shelf.take_in("wall", item("b", status=Status.WITHDRAWN))
    assert shelf.library.orders.withdrawn_items("wall", ["b"]) == {"b": "withdrawn by its publisher"}


def test_withdrawals_stand_at_the_time_that_they_were_known(shelf: Shelf) -> None:
    """The publisher's own time is kept beside ours."""
    from player.ingest.withdrawal import withdraw

    withdraw(shelf.library, "wall", [Withdrawal("a", "author", 5)], 7)
    connection = shelf.library.orders.connection
    assert connection.execute("SELECT at, known_at FROM tombstones").fetchall() == [(5, 7)]
