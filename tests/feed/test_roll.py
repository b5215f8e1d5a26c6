"""The roll of posts that are passed on: ids, whole walks, and questions by id."""

from __future__ import annotations

from player.feed.item import Page
from player.feed.roll import MAX_PICTURES, Listed, Roll, is_usable, picture_id


def listed(*names: str, is_first: bool = True, is_last: bool = True) -> Listed:
    """A page that lists posts called *names*."""
    page = Page(items=(), next_url=None if is_last else "https://x/next")
    return Listed(page, {name: (f"item {name}",) for name in names}, frozenset(f"boost {name}" for name in names), is_first)


def test_pictures_of_a_post_have_ids_of_their_own() -> None:
    """The first has the post's own id, so that a post of one picture is named as its network names it."""
    ids = [picture_id("at://x/1", number) for number in range(1, 4)]

    assert ids == ["at://x/1", "at://x/1#2", "at://x/1#3"]


def test_a_post_is_usable_only_when_all_its_pictures_can_be_named() -> None:
    """An id so long that its last picture had none is refused as a whole: the post could not be withdrawn whole."""
    length = 512 - len(f"#{MAX_PICTURES}")

    assert is_usable("x" * length)
    assert not is_usable("x" * (length + 1))
    assert not is_usable("")


def test_only_a_whole_walk_changes_the_roll() -> None:
    """Until the last page is read the last whole walk stands."""
    before = Roll().after(listed("1", "2"))
    during = before.after(listed("1", is_last=False))
    after = during.after(listed("3", is_first=False))

    assert (during.posts, during.boosts) == (before.posts, before.boosts)
    assert set(after.posts) == {"1", "3"}
    assert after.boosts == {"boost 1", "boost 3"}
    assert after.vanished == {"2": ("item 2",)}


def test_what_vanished_is_told_once() -> None:
    """After the next walk it is neither listed nor vanished any more."""
    roll = Roll().after(listed("1", "2")).after(listed("1")).after(listed("1"))

    assert (set(roll.posts), roll.vanished, roll.items_of("2")) == ({"1"}, {}, ())


def test_what_comes_back_has_not_vanished() -> None:
    """A post that is passed on again is listed like any other."""
    roll = Roll().after(listed("1")).after(listed()).after(listed("1"))

    assert (roll.items_of("1"), roll.vanished) == (("item 1",), {})
