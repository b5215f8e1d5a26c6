"""What `weremember photos` says of each photo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from player.errors import PictureError
from player.feed.item import Status
from player.library import photos
from player.library.listing import listed
from player.units import SECOND
from tests.library.shelf import HOUR, Shelf, item, sha


def bad(shelf: Shelf) -> None:
    """A picture that cannot be decoded."""
    shelf.publish(("b", b"bad"))
    shelf.pool.faults[b"bad"] = PictureError("truncated")
    shelf.take_in("wall", item("a"), item("b"))
    shelf.prepare()
    shelf.take_in("wall", item("b"))


def lose_orders(shelf: Shelf) -> None:
    """As an open library is whose orders could not be read."""
    held = shelf.library.held_orders
    assert held is not None
    held.connection.close()
    shelf.library.held_orders = None
    shelf.library.lost = "orders.sqlite is gone"


ROWS: list[tuple[str, Callable[[Shelf], object], str, str]] = [
    ("prepared", lambda _: None, "approved", ""),
    ("not prepared", lambda s: s.take_in("wall", item("a", modified_at=1, approved_at=1)), "pending", "not prepared yet"),
    (
        "could not be fetched",
        lambda s: (s.web.pictures.clear(), s.take_in("wall", item("a", b"x")), s.prepare()),
        "pending",
        "not there",
    ),
    ("not approved", lambda s: s.take_in("wall", item("a", status=Status.PENDING)), "pending", "not approved yet"),
    ("evicted", lambda s: photos.evict(s.library.connection, [s.key("wall", "a")], HOUR), "pending", "evicted"),
    ("withdrawn", lambda s: s.take_in("wall", withdrawn=["a"]), "withdrawn", "author"),
    ("absent", lambda s: s.take_in("wall", item("b")), "absent", "does not list it any more"),
    ("its source removed", lambda s: s.declare("other"), "absent", "not in the configuration"),
    ("lease", lambda s: s.clock.advance(HOUR), "expired", "lease expired"),
    ("halt", lambda s: s.take_in("wall", item("a"), halt=True), "expired", "halted"),
    ("over", lambda s: s.take_in("wall", item("a", valid_until=1)), "expired", "it was approved until"),
    ("orders lost", lose_orders, "expired", "orders.sqlite is gone"),
]


@pytest.mark.parametrize(("happens", "state", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_every_state_in_words(shelf: Shelf, happens: Callable[[Shelf], object], state: str, reason: str) -> None:
    """Approved means prepared and to be shown now; everything else has its reason."""
    shelf.show("wall", ("a", b"A"))
    happens(shelf)
    found = next(each for each in listed(shelf.library, shelf.clock.wall()) if each.id == "a")
    assert found.state == state
    assert reason in found.reason
    assert bool(found.reason) == bool(reason)


def test_refused_pictures_say_why(shelf: Shelf) -> None:
    """In the words of whoever refused them."""
    bad(shelf)
    found = {each.id: each for each in listed(shelf.library, shelf.clock.wall())}
    assert (found["b"].state, found["b"].reason) == ("refused", "truncated")


def test_an_end_that_passes_between_polls(shelf: Shelf) -> None:
    """It is expired from that moment, though its row is tidied later."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", valid_until=shelf.clock.wall() + SECOND))
    shelf.prepare()
    shelf.clock.advance(SECOND)
    (found,) = listed(shelf.library, shelf.clock.wall())
    assert (found.state, found.reason) == ("expired", "it was approved until then")


def test_withdrawals_of_what_was_never_here_are_listed(shelf: Shelf) -> None:
    """A tombstone without a row is a withdrawn photo, too."""
    shelf.take_in("wall", item("b"), withdrawn=["a"])
    found = {each.id: each for each in listed(shelf.library, shelf.clock.wall())}
    assert (found["a"].source, found["a"].state, found["a"].reason) == ("wall", "withdrawn", "author")
    assert found["a"].width is None


def test_what_is_known_of_a_photo(shelf: Shelf) -> None:
    """The hash is that of the original, the size that of the prepared picture."""
    shelf.show("wall", ("a", b"A"))
    shelf.shown(shelf.key("wall", "a"))
    (found,) = listed(shelf.library, shelf.clock.wall())
    assert (found.id, found.source, found.sha256, found.shown) == ("a", "wall", sha(b"A"), 1)
    assert (found.width, found.height) == shelf.pool.size
