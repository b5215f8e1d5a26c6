"""Mastodon: boosts to items. What is approved, what is not and why, what hostile servers try."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError
from player.feed import mastodon
from player.feed.item import Item, Page, Status
from player.feed.poll import poll
from player.feed.roll import MAX_PICTURES
from player.feed.trust import MODERATED, Policy, State, judge
from player.units import SECOND, Nanos
from tests.fakes.shelf import Shelf

PAYLOADS = Path(__file__).parent / "payloads" / "mastodon"
URL = "https://mastodon.example/api/v1/accounts/109334860508022726/statuses?limit=40"
BOOSTED: Nanos = 1_800_432_000 * SECOND  # 2027-01-20T08:00:00Z
ONE = "https://social.example/users/author_one/statuses/1"
THREE = "https://social.example/users/author_two/statuses/2"


def payload(name: str) -> Any:
    """A payload as the server's JSON, to be changed at will."""
    return json.loads((PAYLOADS / name).read_bytes())


def boost(**changes: Any) -> dict[str, Any]:
    """The boost of a post with one picture. *changes*: of the post; those whose name begins with outer_: of the boost."""
    outer = payload("boosts.json")[-1]
    outer["reblog"] |= {name: value for name, value in changes.items() if not name.startswith("outer_")}
    return outer | {name.removeprefix("outer_"): value for name, value in changes.items() if name.startswith("outer_")}


def page(*statuses: Any, url: str = URL) -> Page:
    """The parsed page of *statuses*."""
    return mastodon.parse(json.dumps(statuses).encode(), url=url)


def item(**changes: Any) -> Item:
    """The one item of a page with one boost."""
    (only,) = page(boost(**changes)).items
    return only


def picture(**changes: Any) -> dict[str, Any]:
    """One attachment."""
    return boost()["reblog"]["media_attachments"][0] | changes


def judged(found: Item) -> State:
    """What becomes of an item of a source that the operator vouches for."""
    return judge(found, policy=Policy(trust=MODERATED), min_approvals=1, now=BOOSTED + 86_400 * SECOND).state


def test_a_boost_is_read_whole() -> None:
    """Every field that we show arrives: words without markup and without the server's own little pictures, in our units."""
    assert item() == Item(
        id=ONE,
        image="https://files.mastodon.example/media_attachments/files/001/original/0000000000000001.jpg",
        status=Status.APPROVED,
        caption="From Zagreb & with love for all #WeRemember",
        credit="Author One",
        alt="A sheet of paper that says We Remember",
        language="hr",
        focal=(-0.27, 0.51),
        approved_at=BOOSTED,
        version="2027-01-20T07:00:00.000Z",
        width=4032,
        height=3024,
    )


def test_a_page_is_read() -> None:
    """Of a page with everything on it, what is boosted, public and harmless is approved; the rest is said."""
    got = mastodon.parse((PAYLOADS / "boosts.json").read_bytes(), url=URL)

    assert [each.id for each in got.items if judged(each) is State.APPROVED] == [THREE, f"{THREE}#2", f"{THREE}#3", ONE]
    assert got.complete
    assert got.withdrawn == ()
    assert [line.partition(": ")[2] for line in got.discarded] == [
        "no picture that may be fetched",
        "not public",
        "behind a warning",
        "marked as sensitive",
    ]


def test_each_picture_of_a_post_is_an_item() -> None:
    """A post's pictures have its words in common and ids of their own; a film among them is left out."""
    found = [each for each in page(*payload("boosts.json")).items if each.id.startswith(THREE)]

    assert [each.id for each in found] == [THREE, f"{THREE}#2", f"{THREE}#3"]
    assert {each.caption for each in found} == {"Three of us"}
    assert len({each.image for each in found}) == len(found)


def test_a_picture_keeps_its_id_when_another_cannot_be_fetched() -> None:
    """Pictures are counted as the post has them, so that ids do not slide when an address is bad."""
    got = page(boost(media_attachments=[picture(url=None), picture(), picture(url="ftp://x/y.jpg"), picture()]))

    assert [each.id for each in got.items] == [f"{ONE}#2", f"{ONE}#4"]


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"outer_account": {"id": "1", "acct": "organiser"}}, Status.UNKNOWN, "not boosted by the organiser's account"),
        ({"outer_account": None}, Status.UNKNOWN, "not boosted by the organiser's account"),
        ({"outer_account": {"id": "109334860508022726", "acct": "a@b.example"}}, Status.UNKNOWN, "lives on another server"),
        ({"visibility": "unlisted"}, Status.PENDING, "not public"),
        ({"visibility": "private"}, Status.PENDING, "not public"),
        ({"visibility": None}, Status.PENDING, "not public"),
        ({"outer_visibility": "private"}, Status.PENDING, "not public"),
        ({"sensitive": True}, Status.PENDING, "marked as sensitive"),
        ({"sensitive": "false"}, Status.PENDING, "marked as sensitive"),
        ({"sensitive": None}, Status.PENDING, "marked as sensitive"),
        ({"outer_sensitive": True}, Status.PENDING, "marked as sensitive"),
        ({"spoiler_text": "Eyes"}, Status.PENDING, "behind a warning"),
        ({"spoiler_text": None}, Status.PENDING, "behind a warning"),
        ({"account": {"limited": True}}, Status.PENDING, "limited or suspended"),
        ({"account": {"suspended": "yes"}}, Status.PENDING, "limited or suspended"),
        ({"outer_created_at": None}, Status.UNKNOWN, "when it was boosted cannot be read"),
        ({"outer_created_at": "yesterday"}, Status.UNKNOWN, "when it was boosted cannot be read"),
        ({"edited_at": "yesterday"}, Status.UNKNOWN, "when it was edited cannot be read"),
        ({"edited_at": 17}, Status.UNKNOWN, "when it was edited cannot be read"),
    ],
)
def test_what_is_not_clearly_approved_is_not(changes: dict[str, Any], status: Status, why: str) -> None:
    """Whatever is missing, unknown or in the way of an approval keeps a post from the wall, with a line that says why."""
    got = page(boost(**changes))

    assert [each.status for each in got.items] == [status]
    assert [why in line for line in got.discarded] == [True]


@pytest.mark.parametrize(
    ("edited", "state"),
    [
        (None, State.APPROVED),
        ("2027-01-20T07:59:59.999Z", State.APPROVED),
        ("2027-01-20T08:00:00.001Z", State.PENDING),
        ("2999-01-01T00:00:00Z", State.PENDING),
    ],
)
def test_a_boost_approves_what_was_there_when_it_was_given(edited: str | None, state: State) -> None:
    """An edit before the boost was seen by whoever boosted; one after it makes the post pending until it is boosted anew."""
    assert judged(item(edited_at=edited)) is state


@pytest.mark.parametrize(
    ("attached", "state"),
    [("2027-01-20T07:59:00", State.APPROVED), ("2027-01-20T08:00:01", State.PENDING)],
)
def test_a_picture_swapped_with_a_false_date_is_found_out(attached: str, state: State) -> None:
    """A server that dates its edit before the boost is not believed: when a picture came is in the id that our server gave it."""
    number = str((loosely(attached) // 1_000_000) << 16)
    found = item(edited_at="2027-01-20T07:30:00Z", media_attachments=[picture(id=number)])

    assert judged(found) is state


def loosely(text: str) -> Nanos:
    """A moment of the day of the boost."""
    hours, minutes, seconds = map(int, text.partition("T")[2].split(":"))
    return BOOSTED + ((hours - 8) * 3600 + minutes * 60 + seconds) * SECOND


@pytest.mark.parametrize("number", ["999999999999999999", "01JHXYZ", None, -5, "9" * 30, "\u0661\u0662", True])
def test_ids_that_hold_no_time_prove_nothing(number: Any) -> None:
    """Other servers number otherwise: without the time in the boost's own id, an attachment's id is no date."""
    found = page(boost(outer_id="17", media_attachments=[picture(id=number)])).items

    assert [judged(each) for each in found] == [State.APPROVED]


def test_the_account_s_own_words_are_nothing_to_us() -> None:
    """What the organiser posts is no boost; it is passed over without a word."""
    got = page({"id": "5", "reblog": None, "media_attachments": [picture()]})

    assert (got.items, got.discarded) == ((), ())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"uri": None}, "no id that can be used"),
        ({"uri": "x" * 512}, "no id that can be used"),
        ({"uri": "https://x/\u202e1"}, "no id that can be used"),
        ({"uri": "https://x/\ud800"}, "no id that can be used"),
        ({"media_attachments": []}, "no picture that may be fetched"),
        ({"media_attachments": "none"}, "no picture that may be fetched"),
        ({"media_attachments": [picture(type="gifv"), picture(type="unknown"), picture(type=None)]}, "no picture"),
        ({"media_attachments": [picture(url="javascript:alert(1)")]}, "no picture that may be fetched"),
        ({"media_attachments": [picture(url="/etc/passwd\x00")]}, "no picture that may be fetched"),
    ],
)
def test_one_bad_post_never_costs_the_rest(changes: dict[str, Any], why: str) -> None:
    """A post that cannot be used is left out with a line; its neighbours stay."""
    got = page(boost(**changes), boost(uri="https://x.example/2"))

    assert [each.id for each in got.items] == ["https://x.example/2"]
    assert [why in line for line in got.discarded] == [True]


def test_a_post_with_too_many_pictures_is_cut() -> None:
    """More pictures than any network allows are not all taken."""
    got = page(boost(media_attachments=[picture()] * 100))

    assert len(got.items) == MAX_PICTURES
    assert "more than 20 pictures" in got.discarded[0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<p>a<script>alert(1)</script>b</p><style>x</style>", "a b"),
        ("<p>one</p><p>two</p>", "one two"),
        ("&lt;b&gt; &#x202e;turned&#8238; &amp;amp;", "<b> turned &amp;"),
        ("\u202egnirts\u2066\u200b", "gnirts"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("a\ud800b", "ab"),
        ("family \U0001f469\u200d\U0001f469\u200d\U0001f467!", "family \U0001f469\u200d\U0001f469\u200d\U0001f467!"),
        ("<" * 5000, None),
        ("<!DOCTYPE [" * 100, None),
        (["not", "text"], ""),
        (None, ""),
    ],
)
def test_words_are_made_harmless(given: Any, shown: str | None) -> None:
    """Markup, tricks of direction, control characters and half letters do not reach the wall; joined emoji stay whole."""
    caption = item(content=given).caption

    assert len(caption) <= 280
    assert shown is None or caption == shown


def test_names_are_bounded() -> None:
    """A name of ten thousand characters is one line, and a description is no novel."""
    found = item(account={"display_name": "N" * 10_000}, media_attachments=[picture(description="d" * 10_000)])

    assert (len(found.credit), len(found.alt)) == (120, 500)


def test_only_the_server_s_own_little_pictures_are_taken_out() -> None:
    """A word between colons that is no emoji of the post stays, as does the time of day."""
    assert item(content=":blobheart: at 12:30:45 :other:").caption == "at 12:30:45 :other:"


def test_every_page_but_an_empty_one_has_a_next() -> None:
    """Servers leave statuses out after counting: a short page is not the last, and an empty one is."""
    got = page(boost(outer_id="17"), {"id": "16", "reblog": None}, url=URL + "&max_id=99&since_id=3")

    assert got.next_url == URL + "&max_id=16"
    assert page().next_url is None
    assert page().complete


@pytest.mark.parametrize("last", [{}, {"id": None}, {"id": "../1"}, {"id": "1&max_id=2"}, "status", {"id": ["1"]}])
def test_a_page_whose_next_cannot_be_found_is_refused(last: Any) -> None:
    """Half a walk must not pass for a whole one: what is on the rest would look taken back."""
    with pytest.raises(FeedError, match="the next page cannot be found"):
        page(boost(), last)


def test_a_walk_goes_to_the_empty_page() -> None:
    """Polling follows the pages to the end and joins them; what is listed nowhere is absent from a complete snapshot."""
    second, third = f"{URL}&max_id=30", f"{URL}&max_id=20"
    pages = Shelf({URL: [boost(outer_id="30")], second: [boost(outer_id="20", uri="https://x.example/2")], third: []})
    got = poll(URL, parse=mastodon.parse, fetcher=pages, validators={}).snapshot

    assert got is not None
    assert [each.id for each in got.items] == [ONE, "https://x.example/2"]
    assert got.complete
    assert list(got.withdrawn) == []
    assert pages.requests == [URL, second, third]


def test_a_disabled_timeline_lists_nothing() -> None:
    """A server that answers with an empty list has a complete page without items; what that means is not the parser's to say."""
    assert page() == Page(items=(), complete=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://mastodon.example/api/v1/timelines/tag/weremember",
        "https://mastodon.example/api/v1/timelines/public",
        "https://mastodon.example/api/v2/search?q=%23weremember",
        "https://mastodon.example/api/v1/accounts/1/followers",
        "https://mastodon.example/api/v1/accounts/1/2/statuses",
    ],
)
def test_nothing_but_an_account_s_statuses_is_read(url: str) -> None:
    """A hashtag, a timeline or a search is refused as a whole, whatever it lists."""
    with pytest.raises(FeedError, match="nothing else here is an approval"):
        page(boost(), url=url)


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[", b'{"error":"x"}', b"[" * 100_000, b"\xff", b"null", b"17"])
def test_what_is_no_list_of_statuses_confirms_nothing(body: bytes) -> None:
    """A log-in page, an error or nonsense is an error, and no empty feed."""
    with pytest.raises(FeedError, match=r"https://mastodon\.example"):
        mastodon.parse(body, url=URL)


def test_a_key_given_twice_says_nothing() -> None:
    """A second "sensitive": false cannot hide a first true."""
    body = json.dumps([boost()]).replace('"sensitive": false', '"sensitive": true, "sensitive": false')

    assert [each.status for each in mastodon.parse(body.encode(), url=URL).items] == [Status.PENDING]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(string.digits),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@given(st.lists(anything, max_size=4) | anything)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """Whatever a server sends is a page or a FeedError, never anything else."""
    try:
        got = mastodon.read(json.dumps(value).encode(), url=URL)
    except FeedError:
        return
    assert all(isinstance(each, Item) for each in got.page.items)


@given(st.dictionaries(st.sampled_from([*boost()["reblog"], *(f"outer_{key}" for key in boost())]), anything))
def test_any_boost_is_read_or_left_out(changes: dict[str, Any]) -> None:
    """Whatever types the fields have, nothing is raised but a FeedError, and nothing is approved but what clearly is."""
    status = boost(**changes)
    try:
        got = page(status)
    except FeedError:
        return
    for each in got.items:
        inner = status["reblog"]
        is_public = inner["visibility"] == status["visibility"] == "public"
        is_harmless = inner["sensitive"] is status["sensitive"] is False and inner["spoiler_text"] == ""
        assert each.status is not Status.APPROVED or (is_public and is_harmless and each.approved_at is not None)
