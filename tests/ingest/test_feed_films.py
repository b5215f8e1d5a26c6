"""Films of feeds: fetched where a playlist names them, and then as much and as little to be shown as photos are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from player.feed.item import Status, Withdrawal
from player.feed.trust import REVIEWED, Policy
from player.film.wire import Film
from player.ingest import housekeeping
from player.ingest.films import RETRY
from player.ingest.reviewed import Reviewed
from player.ingest.withdrawal import complete, withdraw
from player.library import browsing, census, listing, pending, photos, ranks, reviewing, sources
from player.library.reviewing import Reviewer
from player.library.reviews import Name
from player.library.tombstones import WILDCARD
from player.units import SECOND
from tests.fakes.feed_films import CLIP, LIMIT, FilmShelf, clip, digests
from tests.library.shelf import Shelf, item, sha

OTHER = b"x" * len(CLIP)
PEOPLE = (
    Reviewer("rita", "Rita", "reviewer", 1, frozenset({"rita"})),
    Reviewer("ada", "Ada", "admin", 2, frozenset({"ada"})),
)


@pytest.fixture(name="cellar")
def _cellar(shelf: Shelf) -> FilmShelf:
    return FilmShelf(shelf)


def test_an_approved_film_that_is_named_is_fetched_and_kept(cellar: FilmShelf) -> None:
    """By its hash, with a picture of itself and what is known of it; nothing else is left."""
    cellar.offer(clip())

    assert cellar.here() is None
    assert cellar.fetch() == 1
    found = cellar.here()
    assert found is not None
    assert (found.file, found.photo.film) == (str(cellar.library.files.film(sha(CLIP))), sha(CLIP))
    assert isinstance(found.known.film, Film)
    assert cellar.files() == digests()
    assert cellar.library.files.film(sha(CLIP)).read_bytes() == CLIP
    assert cellar.fetch() == 0


def test_a_film_takes_no_part_among_photos(cellar: FilmShelf) -> None:
    """It has no place in the order of showing, waits with no photo, and is not counted as one."""
    cellar.offer(clip(), item("a", b"A"))
    assert photos.count_to_prepare(cellar.library.connection) == 1
    cellar.shelf.web.pictures["/a.jpg"] = b"A"
    cellar.shelf.prepare()
    cellar.fetch()

    assert cellar.shelf.ranked() == {cellar.shelf.key("wall", "a")}
    assert cellar.shelf.web.asked == ["/a.jpg"]
    known = sources.sources(cellar.library.connection).values()
    ranking = ranks.ranking(cellar.library.connection, tuple(known), now=cellar.shelf.clock.wall(), limit=9)
    assert {each.key for each in (*ranking.news, *ranking.unseen, *ranking.pool)} == cellar.shelf.ranked()


def test_a_film_that_nobody_fetches_is_not_waited_for(shelf: Shelf) -> None:
    """It is listed with the reason, and not among the photos that are being prepared."""
    cellar = FilmShelf(shelf, "another")
    cellar.offer(clip())
    (found,) = listing.listed(cellar.library, shelf.clock.wall())

    assert (found.state, found.reason) == ("pending", "a film: it is fetched when a playlist shows it")
    assert browsing.counts(cellar.library.connection)[browsing.PREPARING] == 0
    assert not census.census(cellar.library.connection).photos


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNSTATED, Status.UNKNOWN, Status.WITHDRAWN])
def test_what_is_not_approved_is_never_asked_for(cellar: FilmShelf, status: Status) -> None:
    """Whatever else its source says of it."""
    cellar.offer(clip(status=status))

    assert cellar.fetch() == 0
    assert (cellar.web.asked, cellar.here()) == ([], None)


def test_what_no_playlist_names_is_never_asked_for(shelf: Shelf) -> None:
    """A feed may list a thousand films; a gigabyte each would come for nothing."""
    cellar = FilmShelf(shelf, "another")
    cellar.offer(clip(), clip("another", None, status=Status.PENDING))

    assert cellar.fetch() == 0
    assert cellar.web.asked == []


def test_a_photo_is_no_film_because_a_playlist_says_so(cellar: FilmShelf) -> None:
    """What the feed lists as a picture is prepared as one."""
    cellar.offer(item("f", CLIP))

    assert cellar.fetch() == 0


def test_reviewers_see_a_film_before_it_is_shown(cellar: FilmShelf) -> None:
    """It is fetched for them and waits among what they look at; two approve these bytes; an edit sends it back."""
    library, now = cellar.library, cellar.shelf.clock.wall
    library.connection.execute("UPDATE sources SET reviewers=2 WHERE name='wall'")
    policy = Policy(trust=REVIEWED)
    cellar.web.films["/f.mp4"] = CLIP
    cellar.shelf.take_in("wall", clip(), policy=policy)
    assert cellar.fetch() == 1
    assert cellar.here() is None

    (row,) = pending.queue(library.connection, now())
    for by in PEOPLE:
        assert cellar.here() is None
        reviewing.approve(library.orders, row.name, row.subject, needed=2, by=by, at=now())
    Reviewed(library).step(now())
    assert cellar.here() is not None
    assert cellar.shelf.ranked() == set()

    cellar.shelf.take_in("wall", clip(caption="Other words"), policy=policy)
    assert cellar.here() is None


def changed(cellar: FilmShelf) -> None:
    """Put another file in its place."""
    path = cellar.library.files.film(sha(CLIP))
    path.unlink()
    path.write_bytes(OTHER)


GOES: list[tuple[str, Callable[[FilmShelf], object], bool]] = [
    ("withdrawn by its source", lambda c: c.shelf.take_in("wall", withdrawn=["f"]), True),
    ("withdrawn everywhere", lambda c: withdraw(c.library, WILDCARD, [Withdrawal("f")], c.shelf.clock.wall()), True),
    (
        "the same bytes withdrawn elsewhere",
        lambda c: withdraw(c.library, "other", [Withdrawal("z", sha256=sha(CLIP))], c.shelf.clock.wall()),
        True,
    ),
    ("not listed any more", lambda c: c.shelf.take_in("wall", item("b")), True),
    ("pending again", lambda c: c.shelf.take_in("wall", clip(status=Status.PENDING)), True),
    ("other bytes were approved", lambda c: c.shelf.take_in("wall", clip(content=OTHER)), True),
    ("it is a photo now", lambda c: c.shelf.take_in("wall", clip(is_film=False)), True),
    ("its source fell silent", lambda c: c.shelf.clock.advance(900 * SECOND), False),
    ("its source is halted", lambda c: c.shelf.take_in("wall", clip(), halt=True), False),
    ("its source is not configured any more", lambda c: c.shelf.declare("other"), False),
    ("its file is another one", changed, False),
    ("the time to keep it is over", lambda c: housekeeping.retain(c.library, 1, c.shelf.clock.wall()), True),
]


@pytest.mark.parametrize(("happens", "is_gone"), [row[1:] for row in GOES], ids=[row[0] for row in GOES])
def test_what_takes_a_photo_away_takes_a_film_away(
    cellar: FilmShelf,
    happens: Callable[[FilmShelf], object],
    is_gone: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """At once, and with its bytes where a photo's go as well."""
    cellar.offer(clip())
    cellar.fetch()
    assert cellar.here() is not None

    happens(cellar)

    assert cellar.here() is None
    assert (sha(CLIP) not in cellar.files()) is is_gone


def test_a_withdrawal_is_complete_when_the_film_is_gone(cellar: FilmShelf) -> None:
    """The receipt is written once no byte of it is left."""
    cellar.offer(clip())
    cellar.fetch()
    withdraw(cellar.library, "wall", [Withdrawal("f")], cellar.shelf.clock.wall())

    assert complete(cellar.library, cellar.shelf.clock) == 1
    assert cellar.files() == set()


def test_two_films_with_the_same_bytes_share_a_file(shelf: Shelf) -> None:
    """It stays until the last of them goes."""
    cellar = FilmShelf(shelf, "f", "g")
    cellar.offer(clip(), clip("g"))
    assert cellar.fetch() == 2
    assert cellar.here() is not None

    cellar.shelf.take_in("wall", clip("g"))
    assert cellar.here(Name("wall", "g")) is not None
    cellar.shelf.take_in("wall", item("b"))
    assert cellar.files() == set()


class Fault(NamedTuple):
    """A film that is not what it should be."""

    what: str
    film: dict[str, Any]
    content: bytes
    state: str
    reason: str


FAULTS = [
    Fault("other bytes", {}, OTHER, "approved", "not those that were approved"),
    Fault("fewer bytes", {}, CLIP[:-1], "approved", "20 bytes where 21 were approved"),
    Fault("more bytes", {}, CLIP + b"x", "approved", "more bytes than the 21"),
    Fault("nothing", {}, b"", "approved", "0 bytes where 21"),
    Fault("said to be too large", {"size_in_bytes": LIMIT + 1}, CLIP, "approved", "at most 1,000"),
    Fault("too large", {"content": None}, b"x" * (LIMIT + 1), "approved", "larger than 1,000"),
    Fault("no film", {"content": None}, b"<html>", "refused", "it is no film"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[each.what for each in FAULTS])
def test_what_is_not_as_it_was_approved_is_not_kept(cellar: FilmShelf, fault: Fault) -> None:
    """The reason is said, nothing of it is left on the disk, and it is not asked for again at once."""
    cellar.faults[b"<html>"] = "it is no film"
    cellar.offer(clip(**fault.film), content=fault.content)

    assert cellar.fetch() == 1
    assert cellar.fetch() == 0
    cellar.shelf.clock.advance(RETRY)
    cellar.shelf.take_in("wall", clip(**fault.film))
    cellar.fetch()

    state, reason = cellar.shelf.row("wall", "f", "state", "reason")
    assert (state, fault.reason in reason) == (fault.state, True), reason
    assert (cellar.here(), cellar.files()) == (None, set())


def test_one_that_is_too_large_is_not_fetched_again_within_the_hour(cellar: FilmShelf) -> None:
    """Each try would cost a gigabyte to learn the same."""
    cellar.offer(clip(content=None), content=b"x" * (LIMIT + 1))
    cellar.fetch()
    cellar.shelf.clock.advance(3600 * SECOND)

    assert cellar.fetch() == 0


def test_a_picture_of_it_that_cannot_be_made_refuses_it(cellar: FilmShelf) -> None:
    """Nobody could review what nobody can see."""
    cellar.offer(clip())
    cellar.faults[CLIP] = "8K is not played"
    for _ in range(2):
        cellar.fetch()
        cellar.shelf.clock.advance(RETRY)

    assert cellar.shelf.state("wall", "f") == "refused"
    assert (cellar.looked, cellar.files()) == (2, set())


def test_a_film_withdrawn_while_it_comes_is_not_kept(cellar: FilmShelf) -> None:
    """The last piece had come, and so had the withdrawal."""
    cellar.offer(clip())
    cellar.web.meanwhile = lambda: withdraw(cellar.library, "wall", [Withdrawal("f")], cellar.shelf.clock.wall())

    assert cellar.fetch() == 1
    assert (cellar.shelf.state("wall", "f"), cellar.files(), cellar.looked) == ("withdrawn", set(), 0)


def test_a_film_withdrawn_while_it_is_looked_at_is_not_kept(cellar: FilmShelf) -> None:
    """Its picture was made already; its bytes, which nobody had named, are bound as well."""
    cellar.offer(clip(content=None))

    def take(_: object) -> None:
        withdraw(cellar.library, "wall", [Withdrawal("f")], cellar.shelf.clock.wall())

    cellar.shelf.pool.meanwhile = take

    assert cellar.fetch() == 1
    assert (cellar.here(), cellar.files()) == (None, set())
    assert cellar.library.orders.withdrawn_bytes([sha(CLIP)])


def test_a_film_edited_while_it_comes_is_fetched_anew(cellar: FilmShelf) -> None:
    """What came first is not taken for it."""
    cellar.offer(clip())

    def edit(_: object) -> None:
        cellar.shelf.pool.meanwhile = lambda _: None
        cellar.web.films["/f.mp4"] = OTHER
        cellar.shelf.take_in("wall", clip(content=OTHER))

    cellar.shelf.pool.meanwhile = edit

    assert cellar.fetch() == 2
    found = cellar.here()
    assert found is not None
    assert (found.photo.film, cellar.files()) == (sha(OTHER), digests(OTHER))
