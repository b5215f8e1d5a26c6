"""Walls.io: its fields, its moderation, its pages, and what may come instead of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.trust import MODERATED, Policy, State, judge
from player.feed.wallsio import parse
from tests.feed import hostile

SINCE = "https://api.walls.io/v1/posts/changed?since=0&limit=1000&include_inactive=1"
POSTS = "https://api.walls.io/v1/posts?limit=2&include_inactive=1"
POST = {"id": "7", "post_image_cdn": "https://cdn.example.org/7", "status": True, "is_marked_as_spam": False}


def answer(*posts: Any, **more: Any) -> bytes:
    """An answer with *posts*."""
    return json.dumps({"status": "success", "current_time": 1, "data": list(posts), **more}).encode()


def page(*posts: Any, url: str = SINCE) -> Page:
    """The page of *posts*."""
    return parse(answer(*posts), url=url)


def test_the_documented_answer_is_read_whole() -> None:
    """Every field arrives; what is active is approved, what is not withdraws only what was seen here, spam waits."""
    got = parse((hostile.PAYLOADS / "wallsio.json").read_bytes(), url=SINCE)

    assert got == Page(
        items=(
            Item(
                id="101",
                image="https://cdn.example.org/101",
                status=Status.APPROVED,
                caption="From Zagreb",
                credit="A. Person",
                language="hr",
                version="1800345600",
            ),
            Item(
                id="102",
                image="https://origin.example.org/102.jpg",
                status=Status.APPROVED,
                credit="bperson",
                version="1800345601",
            ),
            Item(id="104", image="https://cdn.example.org/104", status=Status.PENDING, caption="Spam"),
        ),
        withdrawn=(Withdrawal("103", "not active on its wall", if_seen=True),),
        discarded=('"105": no picture that may be fetched',),
        complete=True,
    )


def test_an_edit_is_another_version_and_stays_approved() -> None:
    """A moderator's word is of the post as it is now: a change is fetched anew, and does not wait for ever."""
    (before,) = page({**POST, "modified_timestamp": 1}).items
    (after,) = page({**POST, "modified_timestamp": 2}).items

    assert before.version != after.version
    assert judge(after, policy=Policy(trust=MODERATED), min_approvals=1, now=1).state is State.APPROVED


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": True}, Status.APPROVED),
        ({"status": True, "is_marked_as_spam": None}, Status.APPROVED),
        ({"status": True, "is_marked_as_spam": True}, Status.PENDING),
        ({"status": True, "is_marked_as_spam": "no"}, Status.UNKNOWN),
        ({"status": 1}, Status.UNKNOWN),
        ({"status": "true"}, Status.UNKNOWN),
        ({"status": None}, Status.UNKNOWN),
        ({"status": []}, Status.UNKNOWN),
    ],
)
def test_only_a_plain_true_is_an_approval(said: dict[str, Any], status: Status) -> None:
    """Whatever is not exactly the signal is none."""
    (only,) = page({"id": 7, "post_image_cdn": "https://cdn.example.org/7", **said}).items

    assert only.status is status


def test_a_key_given_twice_approves_nothing() -> None:
    """A second "true" does not hide a first "false"."""
    twice = b'{"status":"success","data":[{"id":"7","post_image":"https://cdn.example.org/7","status":false,"status":true}]}'
    (only,) = parse(twice, url=SINCE).items

    assert only.status is Status.UNKNOWN


def test_a_short_list_of_all_changes_is_the_whole_wall() -> None:
    """Since the beginning and not full: absence means something. Since a later time: it means nothing."""
    assert page(POST).complete
    assert page(POST).next_url is None
    assert not page(POST, url=SINCE.replace("since=0", "since=1800000000")).complete


def test_a_full_list_of_changes_goes_on_as_the_whole_wall() -> None:
    """The end of a full list is cut off, and no later time leads there: the wall is walked by id instead."""
    got = page(POST, {**POST, "id": "6"}, url=SINCE.replace("limit=1000", "limit=2"))

    assert got.next_url == POSTS
    assert got.complete


def test_both_spellings_of_the_address_are_known() -> None:
    """With .json at its end it is the same list, and leads to the same."""
    got = page(POST, url="https://api.walls.io/v1/posts/changed.json?since=0&limit=1&include_inactive=1")

    assert got.next_url == "https://api.walls.io/v1/posts.json?limit=1&include_inactive=1"
    with pytest.raises(FeedError, match="not the address of posts"):
        page(POST, url="https://api.walls.io/v1/ads?include_inactive=1")


def test_the_whole_wall_is_walked_by_id() -> None:
    """A full page leads to the posts before its smallest id; one that is not full is the last."""
    first = page({**POST, "id": "9"}, {**POST, "id": "10"}, url=POSTS)
    second = page({**POST, "id": "8"}, url=str(first.next_url))

    assert first.complete
    assert first.next_url == POSTS + "&before=9"
    assert second.next_url is None


@pytest.mark.parametrize(("limit", "posts"), [("", 50), ("&limit=x", 50), ("&limit=5000", 1000), ("&limit=0", 1)])
def test_what_is_full_follows_from_the_address(limit: str, posts: int) -> None:
    """Fifty posts are a page where no limit is asked for, and a thousand at most."""
    url = f"https://api.walls.io/v1/posts?include_inactive=1{limit}"
    many = [{**POST, "id": number + 1} for number in range(posts)]

    assert page(*many, url=url).next_url == f"{url}&before=1"
    assert page(*many[1:], url=url).next_url is None


def test_the_token_is_in_nothing_that_comes_out() -> None:
    """A token in the address goes into no later page, no picture's address and no message."""
    secret = SINCE.replace("limit=1000", "limit=1") + "&access_token=SECRET"
    got = page({**POST, "post_image_cdn": "#top"}, {**POST, "id": 8, "post_image_cdn": "?x"}, url=secret)

    assert "SECRET" not in repr(got)
    with pytest.raises(FeedError) as caught:
        parse(b"{}", url=secret)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *[(body, r"^https://api\.walls\.io/") for body in hostile.BODIES],
        (b"[]", "not a list of posts"),
        (b"{}", "instead of success"),
        (json.dumps({"status": "error", "data": []}).encode(), "instead of success"),
        (json.dumps({"status": True, "data": []}).encode(), "instead of success"),
        (json.dumps({"status": "success"}).encode(), "without a list"),
        (json.dumps({"status": "success", "data": {"1": POST}}).encode(), "without a list"),
        (answer(POST)[:-20], "not JSON"),
        (b'{"status":"success","status":"success","data":[]}', "instead of success"),
    ],
)
def test_an_answer_that_cannot_be_believed_is_refused(bad: bytes, message: str) -> None:
    """Errors, log-in pages and halves of answers confirm nothing and withdraw nothing."""
    with pytest.raises(FeedError, match=message):
        parse(bad, url=SINCE)


def test_an_address_that_never_tells_of_withdrawals_is_refused() -> None:
    """Without include_inactive=1 a post that was taken down is only not there any more."""
    with pytest.raises(FeedError, match="include_inactive=1"):
        page(POST, url="https://api.walls.io/v1/posts/changed?since=0")


def test_a_full_page_without_ids_is_refused() -> None:
    """The rest of the wall would look as if it had been taken down."""
    with pytest.raises(FeedError, match="no ids"):
        page({"id": "a"}, {"id": "b"}, url=POSTS)


@pytest.mark.parametrize(
    "bad",
    [None, 7, "post", [], {}, {"id": None}, {"id": True}, {"id": ["7"]}, {"id": ""}, {"id": "x" * 600}, {"id": "a\nb"}],
)
def test_one_bad_post_never_fails_the_rest(bad: Any) -> None:
    """A post without a usable id is left out with a line; its neighbour stays."""
    got = page(bad, POST)

    assert [each.id for each in got.items] == ["7"]
    assert got.discarded == ("post 1: no usable id",)


@pytest.mark.parametrize("image", hostile.IMAGES)
def test_no_picture_is_taken_from_such_an_address(image: str) -> None:
    """Programs, files and data in the place of a picture are left out."""
    got = page({**POST, "post_image_cdn": image, "post_image": image})

    assert not got.items
    assert got.discarded == ('"7": no picture that may be fetched',)


@pytest.mark.parametrize(("text", "expected"), hostile.TEXTS)
def test_words_are_made_fit_for_a_wall(text: str, expected: str) -> None:
    """Controls, overrides and lone surrogates go; joiners that shape emoji, and marks of direction, stay."""
    (only,) = page({**POST, "comment": text, "external_fullname": text}).items

    assert (only.caption, only.credit) == (expected, expected)


def test_a_name_of_ten_thousand_characters_is_one_line() -> None:
    """No name is longer than a line."""
    (only,) = page({**POST, "external_fullname": "A " * 5000}).items

    assert len(only.credit) <= 120


def test_a_post_listed_twice_is_read_the_safe_way() -> None:
    """Equal twins are one; of two that differ none is approved; one that is not active is not approved either."""
    assert len(page(POST, POST).items) == 1
    assert page(POST, {**POST, "comment": "x"}).items[0].status is Status.UNKNOWN
    assert page(POST, {**POST, "status": False}).items[0].status is Status.PENDING


FIELDS = [
    "id",
    "status",
    "is_marked_as_spam",
    "post_image",
    "post_image_cdn",
    "comment",
    "external_fullname",
    "modified_timestamp",
]


def _document(data: list[Any], more: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": data, **more}


DOCUMENT = st.builds(
    _document,
    st.lists(hostile.some(FIELDS).map(lambda said: {**POST, **said}) | hostile.JSON, max_size=4),
    hostile.some(["status", "data", "current_time"]),
)


@given(DOCUMENT | hostile.JSON)
def test_any_json_is_a_page_or_a_feed_error(said: Any) -> None:
    """Whatever the service sends, parsing gives a page whose texts can be stored, or a FeedError, and nothing else."""
    for url in (SINCE, POSTS, "/srv/wall/posts.json"):
        try:
            hostile.assert_storable(parse(json.dumps(said).encode(), url=url))
        except FeedError:
            continue


@given(st.binary())
def test_any_bytes_are_refused_in_words(raw: bytes) -> None:
    """Bytes of any kind are a FeedError."""
    with pytest.raises(FeedError):
        parse(raw, url=SINCE)
