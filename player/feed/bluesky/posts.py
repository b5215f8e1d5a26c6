"""One page of a curator's feed: what it reposts, as items (https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed).

Posts cannot be edited, so a repost stays an approval of what it was given for; ``cid``, the hash of the post, is the version.
Labels come from the author, from moderators, or stand on the author as a whole. Some withdraw a post for ever; any other keeps it
from the wall as long as it is there, for what such a word means is its labeller's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from player.errors import FeedError
from player.feed import loose
from player.feed.address import plain
from player.feed.bluesky import places
from player.feed.document import document
from player.feed.harvest import MAX_VERSION, Harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.place import absolute
from player.feed.roll import MAX_PICTURES, Listed, Posts, Question, chunked, is_usable, missing, picture_id
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, language_tag, shown
from player.units import Nanos

BLOCKING: Final = frozenset({"porn", "sexual", "nudity", "graphic-media", "!hide", "!warn", "!no-unauthenticated"})

_REPOST: Final = "app.bsky.feed.defs#reasonRepost"
_WITH_RECORD: Final = "app.bsky.embed.recordWithMedia#view"
_LISTS: Final = {"app.bsky.embed.images#view": "images", "app.bsky.embed.gallery#view": "items"}
"""By the type of what is embedded: where its pictures are."""


def parse(body: bytes, *, url: str) -> Page:
    """Return the page of reposts that *body*, fetched from *url*, holds.

    Raises:
        FeedError: It is no such page, or nobody could find the next one.
    """
    return read(body, url=url).page


def read(body: bytes, *, url: str) -> Listed:
    """As ``parse``, and which items each post became."""
    curator = places.curator_in(url)
    said = document(body, url=url, wanted="a Bluesky feed")
    entries = said.get("feed")
    if not isinstance(entries, list):
        raise FeedError(f"{plain(url)}: a Bluesky feed without a list of posts")
    harvest, posts = Harvest(), dict[str, tuple[str, ...]]()
    for number, value in enumerate(loose.listed(said.get("feed")), start=1):
        entry = loose.record(value)
        reason = loose.record(entry.get("reason"))
        if reason.get("$type") != _REPOST:
            continue  # the curator's own words
        repost = _Repost(loose.record(entry.get("post")), reason, curator, url, f"entry {number}")
        ids = repost.gather(harvest)
        if ids:
            posts[ids[0]] = ids
    page = harvest.page(next_url=places.next_page(said.get("cursor"), url), complete=True)
    return Listed(page, posts, is_first=places.is_first(url))


def questions(vanished: Posts, *, url: str, witness: str) -> tuple[Question, ...]:
    """Return what to ask in order to know which of the *vanished* posts are deleted.

    Args:
        vanished: From the roll, after a whole walk.
        url: Of any page of that walk.
        witness: The address of a post that the walk has listed.
    """
    parts = chunked(vanished, places.ASKED_AT_ONCE - 1)
    return tuple(Question(places.question_page(url, [witness, *part]), part, witness) for part in parts)


def missing_by_id(body: bytes, question: Question) -> tuple[Withdrawal, ...]:
    """Return withdrawals for the posts that *body*, the answer to *question*, does not list.

    Raises:
        FeedError: It is no such answer.
    """
    said = document(body, url=question.url, wanted="a list of Bluesky posts")
    return missing({loose.text(loose.record(each).get("uri")) for each in loose.listed(said.get("posts"))}, question)


@dataclass(frozen=True, slots=True)
class _Repost:
    """One reposted post."""

    post: dict[str, object]
    reason: dict[str, object]
    curator: str
    """Whose reposts count."""
    url: str
    place: str
    """How to name it when it has no name."""

    def gather(self, harvest: Harvest) -> tuple[str, ...]:
        """Put its pictures into *harvest*, or that it is withdrawn, or why it is neither; return the ids of its items."""
        uri = loose.text(self.post.get("uri"))
        if not uri.startswith("at://") or not is_usable(uri):
            harvest.lines.append(f"{self.place}: no id that can be used")
            return ()
        place = f"post {shown(uri.rpartition('/')[2])}"
        pictures = _pictures(self.post)
        ids = tuple(picture_id(uri, number) for number in range(1, max(1, len(pictures)) + 1))
        labels, is_all = _labels(self.post)
        blocking = sorted(labels & BLOCKING)
        if blocking:
            harvest.gone += [Withdrawal(item, f"labelled {blocking[0]}") for item in ids]
            harvest.lines.append(f"{place}: labelled {', '.join(blocking)}, so it is withdrawn")
            return ids
        status, why = self._status(labels, is_all=is_all)
        items = self._items(uri, status, pictures)
        harvest.items += items
        if not items:
            harvest.lines.append(f"{place}: no picture that may be fetched")
        elif why:
            harvest.lines.append(f"{place}: {why}")
        return ids if items else ()

    def _items(self, uri: str, status: Status, pictures: list[dict[str, object]]) -> list[Item]:
        record, author = loose.record(self.post.get("record")), loose.record(self.post.get("author"))
        caption = clean(loose.text(record.get("text")))
        credit = clean(loose.text(author.get("displayName")), MAX_CREDIT)
        language = next(iter(loose.listed(record.get("langs"))), "")
        images = [absolute(loose.text(picture.get("fullsize")), self.url) for picture in pictures]
        return [
            Item(
                id=picture_id(uri, number),
                image=image,
                status=status,
                caption=caption,
                credit=credit,
                alt=clean(loose.text(picture.get("alt")), MAX_ALT),
                language=language_tag(loose.text(language)),
                approved_at=self._reposted_at,
                version=self._cid,
            )
            for number, (picture, image) in enumerate(zip(pictures, images, strict=True), start=1)
            if image is not None
        ]

    def _status(self, labels: frozenset[str], *, is_all: bool) -> tuple[Status, str]:
        """Approved only where everything is there that says so, else the first reason why not."""
        by = loose.record(self.reason.get("by"))
        names = {loose.text(by.get("did")), loose.text(by.get("handle")).lower()}
        rows = (
            (self.curator not in names, Status.UNKNOWN, "not reposted by the curator"),
            (not is_all, Status.UNKNOWN, "its labels cannot be read, so it counts as not approved"),
            (bool(labels), Status.PENDING, f"labelled {', '.join(sorted(map(shown, labels)))}"),
            (self._reposted_at is None, Status.UNKNOWN, "when it was reposted cannot be read, so it counts as not approved"),
            (not self._cid, Status.UNKNOWN, "nothing says which version it is, so it counts as not approved"),
        )
        return next(((status, why) for is_so, status, why in rows if is_so), (Status.APPROVED, ""))

    @property
    def _cid(self) -> str:
        return clean(loose.text(self.post.get("cid")), MAX_VERSION)

    @property
    def _reposted_at(self) -> Nanos | None:
        return loose.moment(self.reason.get("indexedAt"))


def _pictures(post: dict[str, object]) -> list[dict[str, object]]:
    """The post's own pictures; those of a post that it quotes are not what was reposted."""
    embed = loose.record(post.get("embed"))
    if embed.get("$type") == _WITH_RECORD:
        embed = loose.record(embed.get("media"))
    listed = loose.listed(embed.get(_LISTS.get(loose.text(embed.get("$type")), "")))
    return [loose.record(each) for each in listed[:MAX_PICTURES]]


def _labels(post: dict[str, object]) -> tuple[frozenset[str], bool]:
    """Every label on a post, by its author, by moderators, or on its author; and whether all of them could be read."""
    holders = (
        post.get("labels"),
        _inside(post.get("author"), "labels"),
        _inside(_inside(post.get("record"), "labels", {}), "values"),
    )
    labels = [loose.record(label) for holder in holders for label in loose.listed(holder)]
    standing = [label.get("val") for label in labels if label.get("neg") is not True]  # true: it was taken back
    words = frozenset(word.strip().lower() for word in standing if isinstance(word, str))
    is_all = all(holder is None or isinstance(holder, list) for holder in holders)
    return words, is_all and all(isinstance(word, str) for word in standing)


def _inside(holder: object, key: str, default: object = None) -> object:
    """What *holder* has under *key*; a truth value, which is no list of anything, when it cannot be looked into."""
    return cast("dict[str, object]", holder).get(key, default) if isinstance(holder, dict) else False
