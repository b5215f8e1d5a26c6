"""Posts that an organiser passes on: what networks have in common whose sign of approval is a boost or a repost.

A post may hold several pictures, each an item of its own; what happens to the post happens to all of them. Servers name posts by
numbers of their own, in what they say was deleted and in questions by id: the roll remembers which items those are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from player.errors import FeedError
from player.feed.item import Page, Withdrawal
from player.feed.text import usable_id

MAX_PICTURES: Final = 20  # of one post; Bluesky's galleries hold as many, Mastodon takes up to 16 from other servers

Posts: TypeAlias = Mapping[str, tuple[str, ...]]
"""By the server's own name for a post: the ids of the items that it became."""


def picture_id(post: str, number: int) -> str:
    """Return the id of a post's picture, counted from 1; the first has the post's own."""
    return post if number == 1 else f"{post}#{number}"


def is_usable(post: str) -> bool:
    """Whether *post* and all its pictures can be named."""
    return usable_id(post) and usable_id(picture_id(post, MAX_PICTURES))


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a walk, with how its server calls what is on it."""

    page: Page
    posts: Posts
    boosts: frozenset[str] = frozenset()
    """The server's names for the acts of passing on, where those have names."""
    is_first: bool = True
    """A walk begins with it."""


@dataclass(frozen=True, slots=True)
class Roll:
    """What the last whole walk listed, and what it did not list any more. Grows by ``after``; nothing in it is asked or known."""

    posts: Posts = field(default_factory=dict[str, tuple[str, ...]])
    boosts: frozenset[str] = frozenset()
    vanished: Posts = field(default_factory=dict[str, tuple[str, ...]])
    """What the walk before had listed and this one has not: hidden now, and worth a question whether it still exists."""
    pages: tuple[Listed, ...] = ()
    """Of the walk that is under way."""

    def after(self, listed: Listed) -> Roll:
        """Return the roll after one more page."""
        pages = (listed,) if listed.is_first else (*self.pages, listed)
        if listed.page.next_url is not None:
            return Roll(self.posts, self.boosts, self.vanished, pages)
        posts = {name: items for page in pages for name, items in page.posts.items()}
        gone = {name: items for name, items in self.posts.items() if name not in posts}
        return Roll(posts, frozenset(name for page in pages for name in page.boosts), gone)

    def items_of(self, name: str) -> tuple[str, ...]:
        """Return the items of the post that its server calls *name*; none when it is not ours."""
        return self.posts.get(name) or self.vanished.get(name, ())


class Reads(Protocol):
    """A parser that also says how the server calls its posts."""

    def __call__(self, body: bytes, *, url: str) -> Listed:
        """Return what *body*, fetched from *url*, lists; raises FeedError."""
        ...


@dataclass(slots=True)
class Walker:
    """A parser for `poll` that keeps the roll of one source up to date while it is walked."""

    read: Reads
    roll: Roll = field(default_factory=Roll)

    def __call__(self, body: bytes, *, url: str) -> Page:
        """See ``Parse``."""
        listed = self.read(body, url=url)
        self.roll = self.roll.after(listed)  # another thread may be reading the old one, which stays as it is
        return listed.page


@dataclass(frozen=True, slots=True)
class Question:
    """Whether posts that are listed no more still exist, asked by id."""

    url: str
    asked: Posts
    witness: str
    """The name of a post that is listed now. An answer without it says nothing: servers in trouble answer with an empty list."""


def chunked(asked: Posts, size: int) -> Iterable[Posts]:
    """Yield *asked* in parts of at most *size*."""
    names = list(asked)
    for start in range(0, len(names), size):
        yield {name: asked[name] for name in names[start : start + size]}


def missing(found: AbstractSet[str], question: Question) -> tuple[Withdrawal, ...]:
    """Return withdrawals for what was asked and not found.

    Raises:
        FeedError: The answer lacks the witness too, so that nothing follows from it.
    """
    if question.witness not in found:
        raise FeedError("a question by id was answered without a post that is listed now: nothing follows from it")
    return withdrawals((items for name, items in question.asked.items() if name not in found), "deleted where it was posted")


def withdrawals(posts: Iterable[Sequence[str]], reason: str) -> tuple[Withdrawal, ...]:
    """Return a withdrawal for every picture of *posts*."""
    return tuple(Withdrawal(item, reason) for items in posts for item in items)
