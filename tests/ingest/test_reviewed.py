"""A source that people at this player approve, from what it lists to what may be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from player.feed.item import Item, Status
from player.feed.trust import REVIEWED, Policy, State, judge
from player.ingest import housekeeping
from player.ingest.reviewed import Reviewed
from player.ingest.withdrawal import complete, tidy
from player.library import listing, pending, photos, reviewing, right
from player.library.photo import Photo
from player.library.reviewing import Outcome, Reviewer
from player.library.tombstones import Record
from player.log import Edge, get
from player.units import SECOND
from tests.library.shelf import HOUR, Shelf, item, sha

POLICY: Final = Policy(trust=REVIEWED)
BUDGET: Final = 1_000_000
RITA: Final = Reviewer("rita", "Rita", "reviewer", 1, frozenset({"rita"}))
ADA: Final = Reviewer("ada", "Ada", "admin", 2, frozenset({"ada"}))


class Reviewing:
    """A library of which the source "wall" is reviewed."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.library = shelf.library
        shelf.library.connection.execute("UPDATE sources SET reviewers=2 WHERE name='wall'")
        self.reviewed = Reviewed(shelf.library)

    def list(self, *items: Item, **fields: Any) -> None:
        """Let the source list items."""
        self.shelf.take_in("wall", *items, policy=POLICY, **fields)

    def prepare(self, budget: int = BUDGET) -> int:
        """Prepare what waits for reviewers; return how many."""
        preparer = self.shelf.preparer()
        return len(list(preparer.work([*preparer.waiting(), *preparer.for_reviewers(self.shelf.clock.wall(), budget)])))

    def shows(self, **contents: bytes) -> None:
        """Let the source list photos, and prepare them."""
        self.shelf.publish(*contents.items())
        self.list(*(item(name) for name in contents))
        self.prepare()

    def approve(self, name: str, *people: Reviewer) -> list[Outcome]:
        """Let people approve what is there now."""
        row = pending.named(self.library.connection, [reviewing.Name("wall", name)])[0]
        return [
            reviewing.approve(self.library.orders, row.name, row.subject, needed=2, by=by, at=self.shelf.clock.wall())
            for by in people
        ]

    def reject(self, name: str, by: Reviewer = RITA) -> Outcome:
        """Let somebody reject it."""
        row = pending.named(self.library.connection, [reviewing.Name("wall", name)])[0]
        record = Record(source="wall", item=name, reason="hatred", digests=frozenset({row.sha256}), is_here=True)
        at = self.shelf.clock.wall()
        return reviewing.reject(self.library.orders, row.name, row.subject, record=record, by=by, at=at)

    def step(self) -> int:
        """Let ingest act on it."""
        self.shelf.clock.advance(SECOND)
        return self.reviewed.step(self.shelf.clock.wall())

    def approved(self, name: str) -> Photo:
        """Approve a photo, and return it as the screen has it."""
        self.approve(name, RITA, ADA)
        assert self.step() == 1
        return self.shelf.photo("wall", name)

    def why(self, photo: Photo) -> str:
        """Return why a photo may not be drawn; nothing: it may."""
        return right.refusals(self.library, [photo], self.shelf.clock.wall()).get(photo.key, "")


@pytest.fixture
def desk(shelf: Shelf) -> Reviewing:
    """A library with a reviewed source, and another one."""
    return Reviewing(shelf)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.APPROVED, State.PENDING),
        (Status.UNSTATED, State.PENDING),
        (Status.PENDING, State.PENDING),
        (Status.UNKNOWN, State.REFUSED),
        (Status.WITHDRAWN, State.WITHDRAWN),
    ],
)
def test_whatever_the_source_says_two_people_decide(status: Status, state: State) -> None:
    """Its own approval counts for nothing, its withdrawal for everything; what it is not sure of is shown to nobody."""
    verdict = judge(item("a", status=status), policy=POLICY, min_approvals=1, now=10**18)

    assert verdict.state is state
    assert judge(item("a", status=status, valid_until=1), policy=POLICY, min_approvals=1, now=10**18).state is (
        State.EXPIRED if state is State.PENDING else state
    )


@pytest.mark.parametrize(("least", "reviewers"), [(1, 2), (2, 2), (3, 3)])
def test_two_at_least_and_more_where_that_is_configured(least: int, reviewers: int) -> None:
    """`min_approvals` may ask for more."""
    assert Policy(trust=REVIEWED, min_approvals=least).reviewers == reviewers
    assert Policy(trust="moderated", min_approvals=least).reviewers == 0


def test_what_waits_is_prepared_and_never_drawn(desk: Reviewing) -> None:
    """It has a picture for reviewers, no place in the order, no photo for the screen, and says what it waits for."""
    desk.shows(a=b"A")

    assert desk.shelf.state("wall", "a") == "pending"
    assert desk.shelf.files()
    assert desk.shelf.ranked() == set()
    assert photos.photos(desk.library.connection, [desk.shelf.key("wall", "a")]) == {}
    (listed,) = listing.listed(desk.library, desk.shelf.clock.wall())
    assert (listed.state, listed.reason) == ("pending", "needs two reviewers")


def test_two_different_people_bring_it_to_the_wall(desk: Reviewing) -> None:
    """After the first one it says what it lacks; after the second it has its place, as news, and may be drawn."""
    desk.shows(a=b"A")

    assert desk.approve("a", RITA, RITA) == [Outcome.DONE, Outcome.ALREADY]
    assert desk.step() == 0
    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs one more reviewer")
    assert desk.approve("a", ADA) == [Outcome.DONE]
    assert desk.step() == 1
    assert desk.shelf.row("wall", "a", "state", "reason", "is_news") == ("approved", "", 1)
    assert desk.why(desk.shelf.photo("wall", "a")) == ""
    assert desk.step() == 0
    desk.shelf.assert_whole()


def test_a_place_in_the_order_is_no_right(desk: Reviewing) -> None:
    """Whatever stands in the library, the verdicts are asked: of these bytes, and of the words that go with them."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    others = (
        replace(photo, caption="x"),
        replace(photo, credit="x"),
        replace(photo, language="pl"),
        replace(photo, country="HR"),
    )
    assert {desk.why(other) for other in others} == {"pending: needs two reviewers"}
    desk.library.connection.execute("UPDATE photos SET original=?", (sha(b"other"),))
    assert desk.why(photo) == "pending: needs two reviewers"
    desk.library.connection.execute("UPDATE photos SET original=NULL")
    assert desk.why(photo) == "pending: needs two reviewers"


def test_listed_again_it_stays_approved(desk: Reviewing) -> None:
    """The same item at every poll changes nothing."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    desk.list(item("a"))

    assert desk.why(photo) == ""


def test_another_caption_is_reviewed_anew(desk: Reviewing) -> None:
    """It is off the wall with the poll that brought it; back with the old words, the old approvals count."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    desk.list(item("a", caption="Hatred"))
    assert desk.why(photo).startswith("pending")
    desk.prepare()
    assert desk.step() == 0
    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs two reviewers")
    desk.list(item("a"))
    desk.prepare()
    assert desk.shelf.state("wall", "a") == "approved"


def test_bytes_swapped_between_two_approvals_are_approved_by_nobody(desk: Reviewing) -> None:
    """Each saw another picture: neither has two."""
    desk.shows(a=b"A")
    desk.approve("a", RITA)
    desk.shelf.publish(("a", b"other"))
    desk.list(item("a", version="2"))
    desk.prepare()

    desk.approve("a", ADA)

    assert desk.step() == 0
    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs one more reviewer")


def test_fetched_again_with_other_bytes_it_waits_again(desk: Reviewing) -> None:
    """An approved photo that was evicted, or is made anew for a larger wall, must be the one that was approved."""
    desk.shows(a=b"A")
    desk.approved("a")
    photos.evict(desk.library.connection, [desk.shelf.key("wall", "a")], 0)
    desk.shelf.publish(("a", b"other"))

    desk.shelf.prepare()

    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs two reviewers")
    assert desk.shelf.ranked() == set()


def test_absent_and_back_the_approvals_stand(desk: Reviewing) -> None:
    """They are of the bytes, not of the day."""
    desk.shows(a=b"A", b=b"B")
    desk.approved("a")
    desk.list(item("b"))
    assert desk.shelf.state("wall", "a") == "absent"

    desk.list(item("a"), item("b"))
    desk.prepare()

    assert desk.why(desk.shelf.photo("wall", "a")) == ""


def test_a_rejection_takes_an_approved_photo_down_and_its_bytes_with_it(desk: Reviewing) -> None:
    """At once by right, within seconds from the disk, for good: listed again, or under another name, it does not come back."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    assert desk.reject("a") is Outcome.DONE
    assert desk.why(photo) == "withdrawn: rejected at review: hatred"
    desk.step()
    tidy(desk.library, desk.shelf.clock, Edge(get("a test"), begins="", ends=""))
    assert desk.shelf.files() == set()
    desk.list(item("a", caption="again"), item("z", b"A"))
    desk.prepare()
    assert (desk.shelf.state("wall", "a"), desk.shelf.state("wall", "z")) == ("withdrawn", "withdrawn")


@pytest.mark.parametrize("is_purged", [False, True])
def test_a_rejection_taken_back_begins_anew(desk: Reviewing, *, is_purged: bool) -> None:
    """Whether its bytes are gone already or not; the approval of before counts no more."""
    desk.shows(a=b"A")
    desk.approve("a", ADA)
    desk.step()
    desk.reject("a")
    desk.step()
    if is_purged:
        tidy(desk.library, desk.shelf.clock, Edge(get("a test"), begins="", ends=""))

    assert reviewing.undo(desk.library.orders, RITA, desk.shelf.clock.wall())
    desk.step()
    desk.list(item("a"))
    desk.prepare()

    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs two reviewers")
    assert desk.approved("a")


def test_an_approval_taken_back_takes_it_down(desk: Reviewing) -> None:
    """Off by right at once, out of the order a second later, with its bytes kept for the others."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    assert reviewing.undo(desk.library.orders, ADA, desk.shelf.clock.wall())

    assert desk.why(photo) == "pending: needs one more reviewer"
    desk.step()
    assert desk.shelf.ranked() == set()
    assert desk.shelf.files()


def test_a_source_that_comes_to_be_reviewed_has_nothing_approved(shelf: Shelf) -> None:
    """What the operator vouched for yesterday waits today, and is off the wall at once."""
    shelf.show("wall", ("a", b"A"))
    photo = shelf.photo("wall", "a")
    desk = Reviewing(shelf)

    assert desk.why(photo) == "pending: needs two reviewers"
    desk.step()
    assert shelf.state("wall", "a") == "pending"
    assert shelf.ranked() == set()


def test_the_lease_is_that_of_any_source(desk: Reviewing) -> None:
    """Two people's approval is no longer word than the source's own silence."""
    desk.shows(a=b"A")
    photo = desk.approved("a")

    desk.shelf.clock.advance(900 * SECOND)

    assert desk.why(photo) == "lease expired"


def test_only_so_many_wait_at_the_same_time(desk: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest first; the next one comes when one of them is decided."""
    monkeypatch.setattr(pending, "MOST", 3)
    desk.shelf.publish(*((f"p{number}", b"%d" % number) for number in range(5)))
    desk.list(*(item(f"p{number}") for number in range(5)))

    assert (desk.prepare(), desk.prepare()) == (3, 0)
    queue = pending.queue(desk.library.connection, desk.shelf.clock.wall())
    assert [row.item for row in queue] == ["p0", "p1", "p2"]
    assert pending.count_unprepared(desk.library.connection) == 2
    desk.approved("p0")
    assert desk.prepare() == 1


def test_what_waits_never_crowds_out_what_is_shown(desk: Reviewing) -> None:
    """It takes a quarter of the budget at most, and nothing where the budget is used up."""
    desk.shelf.publish(*((f"p{number}", b"%d" % number * 50) for number in range(9)))
    desk.list(*(item(f"p{number}") for number in range(9)))
    connection, now = desk.library.connection, desk.shelf.clock.wall()

    assert pending.to_prepare(connection, now=now, limit=9, budget=BUDGET, stored=lambda: BUDGET) == []
    assert desk.prepare(BUDGET) == 9
    desk.list(*(item(f"p{number}") for number in range(10)))
    assert pending.to_prepare(connection, now=now, limit=9, budget=100, stored=lambda: 0) == []


def test_ten_thousand_that_wait(desk: Reviewing) -> None:
    """Are taken in, are prepared a few at a time, and hold up nobody who is approved."""
    desk.list(*(item(f"p{number}") for number in range(10_000)))
    desk.shelf.publish(("mine", b"M"))
    desk.shelf.take_in("other", item("mine"))
    preparer = desk.shelf.preparer()

    rows = [*preparer.waiting(), *preparer.for_reviewers(desk.shelf.clock.wall(), BUDGET)]

    assert rows[0].item == "mine"
    assert len(rows) == 17
    assert pending.count_unprepared(desk.library.connection) == 10_000


def test_a_picture_that_cannot_be_fetched_is_tried_again(desk: Reviewing) -> None:
    """And says why meanwhile."""
    desk.list(item("a"))
    assert desk.prepare() == 1
    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "/a.jpg: not there")
    assert desk.prepare() == 0

    desk.shelf.publish(("a", b"A"))
    desk.shelf.clock.advance(60 * SECOND)

    assert desk.prepare() == 1
    assert desk.shelf.row("wall", "a", "state", "reason") == ("pending", "needs two reviewers")


def test_one_whose_end_has_passed_waits_no_more(desk: Reviewing) -> None:
    """And its bytes go."""
    desk.shelf.publish(("a", b"A"))
    desk.list(item("a", valid_until=desk.shelf.clock.wall() + HOUR))
    desk.prepare()
    desk.shelf.clock.advance(HOUR)

    assert pending.queue(desk.library.connection, desk.shelf.clock.wall()) == []
    assert housekeeping.expire(desk.library, desk.shelf.clock.wall()) == 1
    assert desk.shelf.files() == set()


def test_withdrawn_while_it_waits_nothing_of_it_is_left(desk: Reviewing) -> None:
    """By its publisher, before anybody has decided."""
    desk.shows(a=b"A")

    desk.list(withdrawn=["a"])
    complete(desk.library, desk.shelf.clock)

    assert desk.shelf.files() == set()
    assert desk.shelf.state("wall", "a") == "withdrawn"


def test_a_moderated_source_prepares_nothing_that_is_pending(shelf: Shelf) -> None:
    """What waits there waits for its publisher, and is fetched by nobody."""
    shelf.take_in("wall", item("a", status=Status.PENDING))
    preparer = shelf.preparer()

    assert [*preparer.waiting(), *preparer.for_reviewers(shelf.clock.wall(), BUDGET)] == []
