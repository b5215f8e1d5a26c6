"""One page of an account's statuses: what it boosts, as items (https://docs.joinmastodon.org/entities/Status/).

A boost approves a post as it is at that moment, so it dates the approval. Posts can be edited afterwards, and their own servers
date the edits, as they like: a server that means ill sets an edit before the boost. When a picture was attached is known better,
for the organiser's server gives it an id that holds the time; an attachment later than the boost makes the whole post an edited
one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from player.errors import FeedError
from player.feed import loose
from player.feed.address import plain
from player.feed.document import listing
from player.feed.harvest import MAX_VERSION, Harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.mastodon import places
from player.feed.place import absolute
from player.feed.roll import MAX_PICTURES, Listed, Posts, Question, chunked, is_usable, missing, picture_id
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, from_html, language_tag
from player.units import MILLISECOND, SECOND, Nanos

_WANTED: Final = "a list of Mastodon statuses"
_SHORTCODE: Final = re.compile(r":([0-9A-Za-z_]{1,100}):")
_SEQUENCE_BITS: Final = 16  # of an id; the rest is milliseconds since 1970
_SAME_MOMENT: Final[Nanos] = 60 * SECOND  # between a boost's id and its date, on a server whose ids hold the time


def parse(body: bytes, *, url: str) -> Page:
    """Return the page of boosts that *body*, fetched from *url*, holds.

    Raises:
        FeedError: It is no such page, or nobody could find the next one.
    """
    return read(body, url=url).page


def read(body: bytes, *, url: str) -> Listed:
    """As ``parse``, and how the server calls each post and boost."""
    account = places.account_in(url)
    statuses = listing(body, url=url, wanted=_WANTED)
    harvest, posts, boosts = Harvest(), dict[str, tuple[str, ...]](), set[str]()
    for number, value in enumerate(statuses, start=1):
        outer = loose.record(value)
        if outer.get("reblog") is None and outer:
            continue  # the account's own words
        boost = _Boost(outer, account, url, f"status {number}")
        items = boost.items(harvest.lines)
        harvest.items += items
        boosts.add(_id(outer))
        if items:
            posts[_id(boost.inner)] = tuple(item.id for item in items)
    page = harvest.page(next_url=_next_url(statuses, url), complete=True)
    return Listed(page, _named(posts), frozenset(boosts - {""}), places.is_first(url))


def questions(vanished: Posts, *, url: str, witness: str) -> tuple[Question, ...]:
    """Return what to ask in order to know which of the *vanished* posts are deleted.

    Args:
        vanished: From the roll, after a whole walk.
        url: Of any page of that walk.
        witness: The server's name for a post that the walk has listed.
    """
    parts = chunked(vanished, places.ASKED_AT_ONCE - 1)
    return tuple(Question(places.question_page(url, [witness, *part]), part, witness) for part in parts)


def missing_by_id(body: bytes, question: Question) -> tuple[Withdrawal, ...]:
    """Return withdrawals for the posts that *body*, the answer to *question*, does not list.

    Raises:
        FeedError: It is no such answer.
    """
    statuses = listing(body, url=question.url, wanted=_WANTED)
    return missing({_id(loose.record(value)) for value in statuses}, question)


def _next_url(statuses: list[object], url: str) -> str | None:
    """The next page. Servers leave statuses out after they have counted them, so only an empty page is the last."""
    if not statuses:
        return None
    last = _id(loose.record(statuses[-1]))
    if not last:
        raise FeedError(f"{plain(url)}: its last status has no id, so the next page cannot be found")
    return places.next_page(url, last)


def _id(status: Mapping[str, object]) -> str:
    found = loose.identity(status.get("id")) or ""
    return found if places.is_id(found) else ""


def _named(posts: Mapping[str, tuple[str, ...]]) -> Posts:
    return {name: items for name, items in posts.items() if name}


@dataclass(frozen=True, slots=True)
class _Boost:
    """One boosted post."""

    outer: dict[str, object]
    account: str
    """Whose boosts count."""
    url: str
    place: str
    """How to name it when it has no name."""

    @property
    def inner(self) -> dict[str, object]:
        """The post itself."""
        return loose.record(self.outer.get("reblog"))

    @property
    def _attachments(self) -> list[dict[str, object]]:
        return [loose.record(each) for each in loose.listed(self.inner.get("media_attachments"))]

    def items(self, lines: list[str]) -> list[Item]:
        """Return an item for each picture of it, or for each film where it has no picture.

        *lines* receives why there is none, or why it is not approved.
        """
        inner = self.inner
        name, post = _id(inner), loose.text(inner.get("uri"))
        place = f"post {name}" if name else self.place
        if not is_usable(post):
            lines.append(f"{place}: no id that can be used")
            return []
        pictures = [each for each in self._attachments if each.get("type") == "image"]
        pictures = pictures or [each for each in self._attachments if each.get("type") == "video"]
        if len(pictures) > MAX_PICTURES:
            lines.append(f"{place}: more than {MAX_PICTURES} pictures; the first ones are taken")
        whole = self._whole(post)
        found = [self._picture(whole, number, each) for number, each in enumerate(pictures[:MAX_PICTURES], start=1)]
        items = [item for item in found if item is not None]
        status, why = self._status()
        if not items:
            lines.append(f"{place}: no picture that may be fetched")
        elif why:
            lines.append(f"{place}: {why}")
        return [replace(item, status=status) for item in items]

    def _whole(self, post: str) -> Item:
        """What all pictures of the post have in common."""
        inner = self.inner
        author = loose.record(inner.get("account"))
        return Item(
            id=post,
            image="",
            status=Status.UNKNOWN,
            caption=from_html(_plain_words(loose.text(inner.get("content")), inner)),
            credit=clean(_plain_words(loose.text(author.get("display_name")), author), MAX_CREDIT),
            language=language_tag(loose.text(inner.get("language"))),
            approved_at=self._boosted_at,
            modified_at=self._modified_at(),
            version=clean(loose.text(inner.get("edited_at")) or loose.text(inner.get("created_at")), MAX_VERSION),
        )

    def _picture(self, whole: Item, number: int, attachment: dict[str, object]) -> Item | None:
        image = absolute(loose.text(attachment.get("url")), self.url)
        if image is None:
            return None
        meta = loose.record(attachment.get("meta"))
        original, focus = loose.record(meta.get("original")), loose.record(meta.get("focus"))
        return replace(
            whole,
            id=picture_id(whole.id, number),
            image=image,
            alt=clean(loose.text(attachment.get("description")), MAX_ALT),
            focal=loose.focal([focus.get("x"), focus.get("y")]),
            width=loose.whole(original.get("width"), 1),
            height=loose.whole(original.get("height"), 1),
            is_film=attachment.get("type") == "video",
        )

    def _status(self) -> tuple[Status, str]:
        """Approved only where everything is there that says so, else the first reason why not."""
        outer, inner = self.outer, self.inner
        organiser, author = loose.record(outer.get("account")), loose.record(inner.get("account"))
        edited = inner.get("edited_at")
        rows = (
            (loose.identity(organiser.get("id")) != self.account, Status.UNKNOWN, "not boosted by the organiser's account"),
            (
                "@" in loose.text(organiser.get("acct")),
                Status.UNKNOWN,
                "the organiser's account lives on another server, which alone knows what is still boosted",
            ),
            (not all(each.get("visibility") == "public" for each in (outer, inner)), Status.PENDING, "not public"),
            (not all(each.get("sensitive") is False for each in (outer, inner)), Status.PENDING, "marked as sensitive"),
            (inner.get("spoiler_text") != "", Status.PENDING, "behind a warning"),
            (
                any(author.get(key) not in (None, False) for key in ("limited", "suspended")),
                Status.PENDING,
                "its author is limited or suspended by the server's moderators",
            ),
            (self._boosted_at is None, Status.UNKNOWN, "when it was boosted cannot be read, so it counts as not approved"),
            (
                edited is not None and loose.moment(edited) is None,
                Status.UNKNOWN,
                "when it was edited cannot be read, so it counts as not approved",
            ),
        )
        return next(((status, why) for is_so, status, why in rows if is_so), (Status.APPROVED, ""))

    @property
    def _boosted_at(self) -> Nanos | None:
        return loose.moment(self.outer.get("created_at"))

    def _modified_at(self) -> Nanos | None:
        """When it was edited, by its server's word; or when a picture came to it, where that was after the boost."""
        edited, boosted = loose.moment(self.inner.get("edited_at")), self._boosted_at
        if boosted is None or abs(_time_in(self.outer.get("id")) - boosted) > _SAME_MOMENT:
            return edited  # a server whose ids hold no time
        later = [at for each in self._attachments if (at := _time_in(each.get("id"))) > boosted]
        return max(later, default=edited)


def _time_in(number: object) -> Nanos:
    """The time that an id of Mastodon's holds; 1970 for what is no such id."""
    digits = loose.identity(number) or ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(2**63))):
        return 0
    return min(loose.MAX_NANOS, (int(digits) >> _SEQUENCE_BITS) * MILLISECOND)


def _plain_words(text: str, holder: dict[str, object]) -> str:
    """*text* without the server's own little pictures, which stand in it as `:names:` that mean nothing on a wall."""
    emojis = (loose.record(each).get("shortcode") for each in loose.listed(holder.get("emojis")))
    codes = {code for code in emojis if isinstance(code, str)}
    return _SHORTCODE.sub(lambda found: "" if found[1] in codes else found[0], text) if codes else text
