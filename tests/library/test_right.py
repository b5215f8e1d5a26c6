"""The right to show: every reason to say no, and the ladder of what remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from player.errors import LibraryError
from player.feed.trust import Policy
from player.library import photos, right, sources
from player.library.orders import Tombstone
from player.library.tombstones import WILDCARD
from player.units import SECOND, Digest, Nanos
from tests.library.shelf import HOUR, MODERATE, Shelf, item, sha


def lose_orders(shelf: Shelf) -> None:
    """As an open library is whose orders could not be read."""
    held = shelf.library.held_orders
    assert held is not None
    held.connection.close()
    shelf.library.held_orders = None
    shelf.library.lost = "orders.sqlite is gone"


def until(shelf: Shelf, at: Nanos) -> None:
    """Take the photo in with an end of its own."""
    shelf.take_in("wall", item("a", valid_until=at))


REASONS: list[tuple[str, Callable[[Shelf], object], str]] = [
    ("its source fell silent", lambda s: s.clock.advance(900 * SECOND), "lease expired"),
    ("the clock went back by an hour", lambda s: s.clock.step(-HOUR), "lease expired"),
    ("halted", lambda s: s.take_in("wall", item("a"), halt=True), "halted"),
    ("suddenly empty", lambda s: s.take_in("wall"), "halted"),
    ("the feed is over", lambda s: s.take_in("wall", item("a"), expired=True), "feed is over"),
    ("not configured any more", lambda s: s.declare("other"), "not in the configuration"),
    ("pending again", lambda s: s.take_in("wall", item("a", modified_at=2, approved_at=1)), "pending: modified after"),
    ("not listed any more", lambda s: s.take_in("wall", item("b")), "absent: its source does not list it"),
    ("withdrawn", lambda s: s.take_in("wall", withdrawn=["a"]), "withdrawn: author"),
    ("its end has passed", lambda s: (until(s, s.clock.wall() + SECOND), s.clock.advance(SECOND)), "its own end has passed"),
    ("orders lost", lose_orders, "orders.sqlite is gone"),
    ("other bytes were prepared", lambda s: s.library.connection.execute("UPDATE photos SET picture='x'"), "its bytes changed"),
    ("evicted", lambda s: photos.evict(s.library.connection, [s.key("wall", "a")], 0), "its bytes changed"),
    ("an unknown state", lambda s: s.library.connection.execute("UPDATE photos SET state='fine'"), "fine"),
    ("its row is gone", lambda s: s.library.connection.execute("DELETE FROM photos"), "not in the library"),
    ("its source is gone", lambda s: s.library.connection.execute("DELETE FROM sources"), "not in the library"),
    (
        "a tombstone alone",
        lambda s: s.library.orders.withdraw(Tombstone("wall", "a", None, "tomb"), phash=None, at=None, known_at=1),
        "withdrawn: tomb",
    ),
    (
        "a tombstone for every source",
        lambda s: s.library.orders.withdraw(Tombstone(WILDCARD, "a", None, "everywhere"), phash=None, at=None, known_at=1),
        "withdrawn: everywhere",
    ),
    (
        "a tombstone of the same bytes elsewhere",
        lambda s: s.library.orders.withdraw(Tombstone("other", "z", sha(b"A"), "twin"), phash=None, at=None, known_at=1),
        "withdrawn: twin",
    ),
]


@pytest.mark.parametrize(("happens", "reason"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_every_reason_to_refuse(shelf: Shelf, happens: Callable[[Shelf], object], reason: str) -> None:
    """A photo that may be drawn may not be drawn any more as soon as one of these holds, and it says why."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {}
    happens(shelf)
    refused = right.refusals(shelf.library, [photo], shelf.clock.wall())
    assert set(refused) == {photo.key}
    assert refused[photo.key].startswith(reason) or reason in refused[photo.key]


def test_a_library_that_cannot_be_read_allows_nothing(shelf: Shelf) -> None:
    """It is an error for whoever asks, never an empty answer."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    shelf.library.connection.execute("DROP TABLE photos")
    with pytest.raises(LibraryError, match="no such table"):
        right.refusals(shelf.library, [photo], shelf.clock.wall())


def test_nothing_is_asked_for_nothing(shelf: Shelf) -> None:
    """No photos, no refusals."""
    assert right.refusals(shelf.library, [], shelf.clock.wall()) == {}


def test_what_is_drawn_must_be_what_was_made(shelf: Shelf) -> None:
    """A photo held from another library, with the same key and another picture, is refused."""
    shelf.show("wall", ("a", b"A"))
    photo = replace(shelf.photo("wall", "a"), picture=Digest("0" * 64))
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "its bytes changed"}


def test_a_lease_runs_out_to_the_nanosecond(shelf: Shelf) -> None:
    """It counts from the last confirmation, and a new confirmation begins it anew."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    confirmed_at = sources.sources(shelf.library.connection)["wall"].confirmed_at or 0
    shelf.clock.advance(confirmed_at + 900 * SECOND - 1 - shelf.clock.wall())
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {}
    shelf.clock.advance(1)
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "lease expired"}
    sources.confirm_again(shelf.library.connection, "wall", shelf.clock.wall())
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {}


@pytest.mark.parametrize(
    ("configured", "stated", "expected"),
    [(None, None, 900), (None, 60, 60), (120, None, 120), (120, 60, 60), (120, 600, 120), (None, 1e6, 86_400)],
)
def test_whose_lease_counts(shelf: Shelf, configured: float | None, stated: float | None, expected: float) -> None:
    """The operator's, which the feed may shorten; else the feed's; else 15 minutes; never more than a day."""
    policy = replace(MODERATE, lease_s=configured)
    shelf.take_in("wall", item("a"), lease_s=stated, policy=policy)
    assert sources.sources(shelf.library.connection)["wall"].lease_s == expected


def test_the_core_set_has_no_lease(shelf: Shelf) -> None:
    """Confirmed once, it may be shown for ever; withdrawals apply to it like to any other."""
    shelf.declare("wall", "core")
    shelf.show("core", ("c", b"C"))
    photo = shelf.photo("core", "c")
    shelf.clock.advance(1000 * 24 * HOUR)
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {}
    shelf.library.orders.withdraw(Tombstone("wall", "z", sha(b"C"), "author"), phash=None, at=None, known_at=1)
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "withdrawn: author"}


def ladder(shelf: Shelf) -> tuple[str, list[str]]:
    """The rung and its sources."""
    found = right.ladder(shelf.library, shelf.clock.wall())
    return found.rung, sorted(source.name for source in found.sources)


def trouble(shelf: Shelf, name: str) -> None:
    """As a poll that failed leaves a source."""
    sources.note_problem(shelf.library.connection, name, "does not answer")


LADDER: list[tuple[str, Callable[[Shelf], object], tuple[str, list[str]]]] = [
    ("all is well", lambda _: None, ("live", ["other", "wall"])),
    ("one is halted", lambda s: s.take_in("wall", item("wall-a"), halt=True), ("live", ["other"])),
    ("one has nothing prepared", lambda s: s.take_in("wall", item("b"), withdrawn=["wall-a"]), ("live", ["other"])),
    ("one is not configured", lambda s: s.declare("wall", "core"), ("live", ["wall"])),
    ("one does not answer", lambda s: trouble(s, "wall"), ("live", ["other", "wall"])),
    ("none answers", lambda s: (trouble(s, "wall"), trouble(s, "other")), ("stale", ["other", "wall"])),
    (
        "one that answers has nothing",
        lambda s: (s.take_in("wall", withdrawn=["wall-a"]), trouble(s, "other")),
        ("stale", ["other"]),
    ),
    (
        "it answers again",
        lambda s: (trouble(s, "wall"), trouble(s, "other"), s.take_in("wall", item("wall-a"))),
        ("live", ["other", "wall"]),
    ),
    ("all are silent", lambda s: s.clock.advance(HOUR), ("core", ["core"])),
    ("orders lost", lose_orders, ("core", ["core"])),
    ("silent, and no core set", lambda s: (s.declare("wall", "other"), s.clock.advance(HOUR)), ("plate", [])),
    ("orders lost, and no core set", lambda s: (s.declare("wall", "other"), lose_orders(s)), ("plate", [])),
    ("nothing is prepared", lambda s: s.library.connection.execute("DELETE FROM ranks"), ("plate", [])),
    ("nothing is configured", lambda s: s.declare(), ("plate", [])),
    ("all ends have passed", lambda s: s.library.connection.execute("UPDATE ranks SET valid_until=1"), ("plate", [])),
]


@pytest.mark.parametrize(("happens", "expected"), [row[1:] for row in LADDER], ids=[row[0] for row in LADDER])
def test_the_ladder(shelf: Shelf, happens: Callable[[Shelf], object], expected: tuple[str, list[str]]) -> None:
    """Live photos, else what is still leased of sources that do not answer, else the core set, else the plate."""
    shelf.declare("wall", "other", "core")
    for name in ("wall", "other", "core"):
        shelf.show(name, (f"{name}-a", name.encode()))
    happens(shelf)
    assert ladder(shelf) == expected


def test_an_unconfirmed_source_is_on_no_rung(shelf: Shelf) -> None:
    """Rows without a confirmation are not shown: the poll that wrote them did not come to its end."""
    shelf.show("wall", ("a", b"A"))
    shelf.library.connection.execute("UPDATE sources SET confirmed_at=NULL")
    assert ladder(shelf) == ("plate", [])
    photo = shelf.photo("wall", "a")
    assert right.refusals(shelf.library, [photo], shelf.clock.wall()) == {photo.key: "not confirmed yet"}


def test_sources_keep_their_word_over_a_declaration(shelf: Shelf) -> None:
    """Declared again with the same address a source is still confirmed; with another address it has confirmed nothing."""
    shelf.show("wall", ("a", b"A"))
    shelf.declare("wall")
    assert ladder(shelf) == ("live", ["wall"])
    sources.declare(shelf.library.connection, {"wall": "https://elsewhere.example/feed.json"})
    assert ladder(shelf) == ("plate", [])


def test_policies_name_their_trust() -> None:
    """There is no policy without a word of trust."""
    with pytest.raises(Exception, match="trust"):
        Policy(trust="hashtag")
