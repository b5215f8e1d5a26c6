"""Bluesky: reposts to items. What is approved, what a label withdraws, what hostile servers try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError, OperatorError
from player.feed import bluesky
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.poll import BrokenFeedError, poll, withdrawn_before
from player.feed.roll import MAX_PICTURES, Walker
from player.units import SECOND
from tests.fakes.shelf import Shelf

PAYLOADS = Path(__file__).parent / "payloads" / "bluesky"
URL = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=curator.example&limit=100"
REPOSTED = 1_800_432_000 * SECOND  # 2027-01-20T08:00:00Z
POST = "at://did:plc:2a3b4c5d6e7f8g9h0i1j2k3l/app.bsky.feed.post/3l6ab0000000"
ONE = f"{POST}1"
CURATOR = "did:plc:curator00000000000000000"


def payload(name: str) -> Any:
    """A payload as the server's JSON, to be changed at will."""
    return json.loads((PAYLOADS / name).read_bytes())


def repost(reason: Any = None, **changes: Any) -> dict[str, Any]:
    """The repost of a post with one picture; *changes* of the post."""
    entry = payload("reposts.json")["feed"][0]
    entry["post"] |= changes
    entry["reason"] |= reason or {}
    return entry


def page(*entries: Any, url: str = URL, **feed: Any) -> Page:
    """The parsed page of *entries*."""
    return bluesky.parse(json.dumps({"feed": list(entries), **feed}).encode(), url=url)


def item(**changes: Any) -> Item:
    """The one item of a page with one repost."""
    (only,) = page(repost(**changes)).items
    return only


def images(*pictures: Any) -> dict[str, Any]:
    """What a post with *pictures* embeds."""
    return {"$type": "app.bsky.embed.images#view", "images": list(pictures)}


def picture(**changes: Any) -> dict[str, Any]:
    """One picture."""
    return {"thumb": "https://cdn.example/t.jpg", "fullsize": "https://cdn.example/f.jpg", "alt": ""} | changes


def label(word: Any, **more: Any) -> dict[str, Any]:
    """One label."""
    return {"src": "did:plc:labeller", "uri": ONE, "val": word, "cts": "2027-01-20T08:30:00.000Z", **more}


def test_a_repost_is_read_whole() -> None:
    """Every field that we show arrives, in our units; the repost dates the approval."""
    assert item() == Item(
        id=ONE,
        image="https://cdn.example/img/feed_fullsize/plain/did:plc:2a3b4c5d6e7f8g9h0i1j2k3l/bafkrei0001@jpeg",
        status=Status.APPROVED,
        caption="From Zagreb \U0001f469\u200d\U0001f469\u200d\U0001f467",
        credit="Author One",
        alt="A sheet of paper that says We Remember",
        language="hr",
        approved_at=REPOSTED,
        version="bafyrei" + "1".zfill(52),
    )


def test_a_page_is_read() -> None:
    """Pictures come from images, galleries and beside quotes, never from what is quoted; own posts are passed over."""
    got = bluesky.parse((PAYLOADS / "reposts.json").read_bytes(), url=URL)

    assert [each.id.removeprefix(POST) for each in got.items] == ["1", "2", "2#2", "2#3", "3", "3#2", "4"]
    assert {each.status for each in got.items} == {Status.APPROVED}
    assert got.complete
    assert [each.image for each in got.items if "bafkrei0099" in each.image] == []
    assert [gone.item.removeprefix(POST) for gone in got.withdrawn] == ["8", "8#2"]
    assert [line.partition(": ")[2] for line in got.discarded] == [
        "no picture that may be fetched",
        "labelled graphic-media, so it is withdrawn",
        "no picture that may be fetched",
    ]


@pytest.mark.parametrize("word", ["porn", "sexual", "nudity", "graphic-media", "!hide", "!warn", "!no-unauthenticated", " PORN "])
@pytest.mark.parametrize("place", ["post", "author", "own"])
def test_a_blocking_label_withdraws(word: str, place: str) -> None:
    """Whoever set it, and wherever: the post and all its pictures are withdrawn."""
    entry = repost(embed=images(picture(), picture()))
    match place:
        case "post":
            entry["post"]["labels"] = [label("harmless", neg=True), label(word)]
        case "author":
            entry["post"]["author"]["labels"] = [label(word)]
        case _:
            entry["post"]["record"]["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": word}]}
    got = page(entry)

    assert got.items == ()
    assert got.withdrawn == tuple(Withdrawal(each, f"labelled {word.strip().lower()}") for each in (ONE, f"{ONE}#2"))


@pytest.mark.parametrize("labels", [[label("porn"), "odd"], [{"val": 17}, label("porn")], [label("x"), label("!hide")]])
def test_a_blocking_label_counts_among_whatever_else(labels: list[Any]) -> None:
    """Labels that cannot be read beside it do not save a post."""
    assert page(repost(labels=labels)).withdrawn != ()


def test_a_blocked_post_without_pictures_is_withdrawn_by_its_own_name() -> None:
    """Its pictures may be gone from the answer; the first of them is withdrawn all the same."""
    assert [gone.item for gone in page(repost(labels=[label("porn")], embed=None)).withdrawn] == [ONE]


def test_a_label_that_was_taken_back_is_none() -> None:
    """A negated label says that it is gone."""
    assert item(labels=[label("porn", neg=True)]).status is Status.APPROVED


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"labels": [label("spam")]}, Status.PENDING, 'labelled "spam"'),
        ({"labels": [label("porn", neg="yes"), label(None)]}, None, ""),
        ({"labels": "none"}, Status.UNKNOWN, "its labels cannot be read"),
        ({"labels": [label(None)]}, Status.UNKNOWN, "its labels cannot be read"),
        ({"labels": ["porn"]}, Status.UNKNOWN, "its labels cannot be read"),
        ({"author": {"labels": {}}}, Status.UNKNOWN, "its labels cannot be read"),
        ({"author": None}, Status.UNKNOWN, "its labels cannot be read"),
        ({"record": None}, Status.UNKNOWN, "its labels cannot be read"),
        ({"record": {"labels": []}}, Status.UNKNOWN, "its labels cannot be read"),
        ({"record": {"labels": {"values": "porn"}}}, Status.UNKNOWN, "its labels cannot be read"),
        ({"cid": None}, Status.UNKNOWN, "which version"),
        ({"cid": 17}, Status.UNKNOWN, "which version"),
        ({"reason": {"by": {"did": "did:plc:other", "handle": "other.example"}}}, Status.UNKNOWN, "not reposted by the curator"),
        ({"reason": {"by": None}}, Status.UNKNOWN, "not reposted by the curator"),
        ({"reason": {"indexedAt": None}}, Status.UNKNOWN, "when it was reposted cannot be read"),
        ({"reason": {"indexedAt": "now"}}, Status.UNKNOWN, "when it was reposted cannot be read"),
    ],
)
def test_what_is_not_clearly_approved_is_not(changes: dict[str, Any], status: Status | None, why: str) -> None:
    """Whatever is missing, unknown or in the way of an approval keeps a post from the wall, with a line that says why."""
    got = page(repost(**changes))

    assert [each.status for each in got.items] == ([] if status is None else [status])
    assert [why in line for line in got.discarded] == [True]


@pytest.mark.parametrize("actor", ["curator.example", "Curator.Example", CURATOR])
def test_the_curator_is_known_by_handle_or_did(actor: str) -> None:
    """Either name of the account makes its reposts approvals."""
    url = URL.replace("curator.example", actor)

    assert [each.status for each in page(repost(), url=url).items] == [Status.APPROVED]


@pytest.mark.parametrize("kind", ["app.bsky.feed.defs#reasonPin", "reasonRepost", None, 17])
def test_what_is_no_repost_is_passed_over(kind: Any) -> None:
    """The curator's own posts, pinned ones and whatever comes later are no approvals."""
    assert page(repost(reason={"$type": kind})).items == ()
    assert page({"post": repost()["post"]}).discarded == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"uri": None}, "no id that can be used"),
        ({"uri": "https://x/1"}, "no id that can be used"),
        ({"uri": "at://" + "x" * 512}, "no id that can be used"),
        ({"uri": "at://x/\u202e"}, "no id that can be used"),
        ({"embed": None}, "no picture that may be fetched"),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [picture()]}}, "no picture that may be fetched"),
        ({"embed": {"$type": ["x"], "images": [picture()]}}, "no picture that may be fetched"),
        ({"embed": {"$type": "app.bsky.embed.gallery#view", "items": {}}}, "no picture that may be fetched"),
        ({"embed": images(picture(fullsize="file:///etc/passwd"))}, "no picture that may be fetched"),
        ({"embed": images(picture(fullsize=None), 17, [])}, "no picture that may be fetched"),
    ],
)
def test_one_bad_post_never_costs_the_rest(changes: dict[str, Any], why: str) -> None:
    """A post that cannot be used is left out with a line; its neighbours stay."""
    got = page(repost(**changes), repost(uri=f"{POST}2"))

    assert [each.id for each in got.items] == [f"{POST}2"]
    assert [why in line for line in got.discarded] == [True]


def test_pictures_are_bounded_and_keep_their_places() -> None:
    """No more than a gallery holds are taken; a bad one among them leaves its number free."""
    got = page(repost(embed=images(picture(), picture(fullsize=""), *[picture()] * 50)))

    assert len(got.items) == MAX_PICTURES - 1
    assert [each.id for each in got.items[:2]] == [ONE, f"{ONE}#3"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>not markup</b>", "<b>not markup</b>"),
        ("\u202egnirts\u2066\u200b", "gnirts"),
        ("a\x00b\x07c\x1b[31m\nd", "abc[31m d"),
        ("a\ud800b", "ab"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        (["not", "text"], ""),
        (None, ""),
    ],
)
def test_words_are_made_harmless(given: Any, shown: str) -> None:
    """Tricks of direction, control characters and half letters do not reach the wall; joined emoji stay whole."""
    found = item(record={"text": given}, author={"displayName": given})

    assert (found.caption, found.credit) == (shown, shown)


def test_names_are_bounded() -> None:
    """A name of ten thousand characters is one line, and a description is no novel."""
    long = "N" * 10_000
    found = item(record={"text": long, "langs": [long]}, author={"displayName": long}, embed=images(picture(alt=long)), cid=long)

    assert (len(found.caption), len(found.credit), len(found.alt), found.language) == (280, 120, 500, "")
    assert len(found.version) <= 64


def test_a_walk_follows_the_cursor_to_its_end() -> None:
    """Pages are joined until one has no cursor, empty ones on the way included; then absence means something."""
    second, third = f"{URL}&cursor=a%26b%23", f"{URL}&cursor=2"
    shelf = Shelf(
        {
            URL: {"feed": [repost()], "cursor": "a&b#"},
            second: {"feed": [], "cursor": "2"},
            third: {"feed": [repost(uri=f"{POST}2")]},
        },
    )
    got = poll(URL, parse=bluesky.parse, fetcher=shelf, validators={}).snapshot

    assert got is not None
    assert [each.id for each in got.items] == [ONE, f"{POST}2"]
    assert got.complete
    assert shelf.requests == [URL, second, third]


def test_a_broken_walk_still_withdraws() -> None:
    """A label on an early page acts although a later page cannot be read."""
    shelf = Shelf({URL: {"feed": [repost(labels=[label("porn")])], "cursor": "2"}, f"{URL}&cursor=2": {"feed": 17}})
    with pytest.raises(BrokenFeedError) as caught:
        poll(URL, parse=bluesky.parse, fetcher=shelf, validators={})

    assert [gone.item for gone in withdrawn_before(caught.value)] == [ONE]


@pytest.mark.parametrize("cursor", ["", 17, [], "a\nb", "\ud800", "x" * 5000, False])
def test_a_cursor_that_cannot_be_followed_refuses_the_page(cursor: Any) -> None:
    """Half a walk must not pass for a whole one."""
    with pytest.raises(FeedError, match="its cursor cannot be followed"):
        page(repost(), cursor=cursor)


@pytest.mark.parametrize(
    "url",
    [
        "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=weremember",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=a%20b",
        "https://bsky.app/profile/curator.example",
    ],
)
def test_nothing_but_an_account_s_feed_is_read(url: str) -> None:
    """A search is refused as a whole, whatever it lists."""
    with pytest.raises(FeedError, match="nothing else here is an approval"):
        page(repost(), url=url)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"error":"InvalidRequest"}', b'{"feed":{}}', b"{" * 9, b'{"feed":[],"feed":[]}']
)
def test_what_is_no_feed_confirms_nothing(body: bytes) -> None:
    """An error or nonsense is an error, and no empty feed."""
    with pytest.raises(FeedError, match=r"https://public\.api\.bsky\.app"):
        bluesky.parse(body, url=URL)


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("https://bsky.app/profile/curator.example", URL),
        ("https://bsky.app/profile/curator.example/", URL),
        (f"https://bsky.app/profile/{CURATOR}", URL.replace("curator.example", CURATOR.replace(":", "%3A"))),
        (URL.replace("limit=100", "limit=5&cursor=7"), URL),
        (
            URL.replace("public.api.bsky.app", "me:secret@api.example:8443"),
            URL.replace("public.api.bsky.app", "api.example:8443"),
        ),
    ],
)
def test_the_first_page_is_found(url: str, first: str) -> None:
    """A profile or an address of the API leads to the newest reposts."""
    assert bluesky.first_page(url) == first


@pytest.mark.parametrize(
    "url",
    [
        "https://bsky.app/hashtag/weremember",
        "https://bsky.app/profile/curator",
        "https://bsky.app/profile/curator.example/post/3l6ab",
        "https://bsky.app/profile/a%2Fb.example",
        "bsky.app/profile/curator.example",
        "https://[broken",
        "/home/feed.json",
    ],
)
def test_other_addresses_are_the_operator_s_to_mend(url: str) -> None:
    """Whatever is no account's own place is refused with what to write instead."""
    with pytest.raises(OperatorError):
        bluesky.first_page(url)


def test_a_post_missing_by_id_is_withdrawn_with_all_its_pictures() -> None:
    """What the server does not list when asked for it by id is deleted; an answer without the witness says nothing."""
    (question,) = bluesky.questions({f"{POST}2": (f"{POST}2", f"{POST}2#2")}, url=URL, witness=ONE)

    assert question.url.startswith("https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts?uris=at%3A%2F%2F")
    gone = bluesky.missing_by_id((PAYLOADS / "by_id.json").read_bytes(), question)
    assert gone == tuple(Withdrawal(each, "deleted where it was posted") for each in (f"{POST}2", f"{POST}2#2"))
    for body in (b'{"posts":[]}', b"{}", b'{"posts":"none"}'):
        with pytest.raises(FeedError):
            bluesky.missing_by_id(body, question)


def test_questions_are_asked_in_parts() -> None:
    """No question names more posts than the server answers for, the witness among them."""
    asked = bluesky.questions({f"at://x/{number}": ("i",) for number in range(60)}, url=URL, witness=ONE)

    assert [len(question.asked) for question in asked] == [24, 24, 12]
    assert max(question.url.count("uris=") for question in asked) == 25


def test_the_roll_remembers_the_items_of_a_post() -> None:
    """After a whole walk a post leads to its items; what vanished since is told."""
    walker = Walker(bluesky.read)
    walker(json.dumps({"feed": payload("reposts.json")["feed"]}).encode(), url=URL)
    walker((PAYLOADS / "last.json").read_bytes(), url=URL)

    assert walker.roll.vanished[f"{POST}2"] == (f"{POST}2", f"{POST}2#2", f"{POST}2#3")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["feed", "cursor", "x"]), anything) | anything)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """Whatever a server sends is a page or a FeedError, never anything else."""
    try:
        got = bluesky.read(json.dumps(value).encode(), url=URL)
    except FeedError:
        return
    assert all(isinstance(each, Item) for each in got.page.items)


@given(
    st.dictionaries(st.sampled_from(sorted(repost()["post"])), anything),
    st.dictionaries(st.sampled_from(["by", "indexedAt"]), anything),
)
def test_any_repost_is_read_or_left_out(changes: dict[str, Any], reason: dict[str, Any]) -> None:
    """Whatever types the fields have, nothing is raised, and nothing with a label is approved."""
    got = page(repost(reason, **changes))

    for each in got.items:
        assert each.status is not Status.APPROVED or (not changes.get("labels") and "by" not in reason)
