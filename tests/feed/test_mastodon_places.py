"""The addresses of a Mastodon account, what its stream tells, and what became of posts that are boosted no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError, OperatorError
from player.feed import mastodon
from player.feed.item import Withdrawal
from player.feed.mastodon import Heard
from player.feed.roll import Roll, Walker
from player.feed.streaming import Event, events

PAYLOADS = Path(__file__).parent / "payloads" / "mastodon"
HOST = "https://mastodon.example"
ACCOUNT = "109334860508022726"
LOOKUP = f"{HOST}/api/v1/accounts/lookup?acct=organiser"
FIRST = f"{HOST}/api/v1/accounts/{ACCOUNT}/statuses?limit=40"
ONE = "https://social.example/users/author_one/statuses/1"
THREE = "https://social.example/users/author_two/statuses/2"


def payload(name: str) -> Any:
    """A payload as the server's JSON."""
    return json.loads((PAYLOADS / name).read_bytes())


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"{HOST}/@organiser", LOOKUP),
        (f"{HOST}/@organiser/", LOOKUP),
        (f"{HOST}/users/organiser", LOOKUP),
        (f"{HOST}/web/@organiser", LOOKUP),
        ("https://me:secret@mastodon.example:8443/@o", "https://mastodon.example:8443/api/v1/accounts/lookup?acct=o"),
        (f"{HOST}/api/v1/accounts/{ACCOUNT}", None),
        (f"{HOST}/api/v1/accounts/{ACCOUNT}/statuses?limit=5", None),
    ],
)
def test_a_profile_says_whom_to_ask(url: str, asked: str | None) -> None:
    """A profile needs its account's id to be asked for first; an address of the API has it."""
    assert mastodon.lookup_page(url) == asked


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"{HOST}/@organiser@other.example", "lives on another server"),
        (f"{HOST}/tags/weremember", "nothing else is"),
        (f"{HOST}/api/v1/timelines/tag/weremember", "nothing else is"),
        (f"{HOST}/", "nothing else is"),
        (f"{HOST}/@", "nothing else is"),
        (f"{HOST}/@organiser/117992875622400001", "nothing else is"),
        ("https://mastodon.example:port/@o", "not a usable address"),
        ("https://[broken/@o", "not a usable address"),
        ("mastodon.example/@organiser", "write the organiser's profile"),
        ("/home/feed.json", "write the organiser's profile"),
        ("ftp://mastodon.example/@organiser", "write the organiser's profile"),
    ],
)
def test_other_addresses_are_the_operator_s_to_mend(url: str, why: str) -> None:
    """Whatever is no account's own place is refused with what to write instead."""
    with pytest.raises(OperatorError, match=why):
        mastodon.lookup_page(url)


def test_the_account_is_found_by_its_name() -> None:
    """The answer to the question gives the id that the first page needs; case does not matter, and other fields neither."""
    body = (PAYLOADS / "account.json").read_bytes()
    account = mastodon.account_of(body, url=LOOKUP.replace("organiser", "Organiser"))

    assert account == ACCOUNT
    assert mastodon.first_page(f"{HOST}/@organiser", account) == FIRST


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"id": "1", "acct": "somebody"}, "not asked for"),
        ({"id": "1", "acct": "organiser@other.example"}, "not asked for"),
        ({"id": "1"}, "not asked for"),
        ({"id": "../2", "acct": "organiser"}, "does not describe an account"),
        ({"id": None, "acct": "organiser"}, "does not describe an account"),
        ({"error": "Record not found"}, "does not describe an account"),
        ([], "not a Mastodon account"),
    ],
)
def test_another_account_is_not_taken(found: Any, why: str) -> None:
    """An answer about anybody else is refused: all that is boosted would be approved by a stranger."""
    with pytest.raises(FeedError, match=why):
        mastodon.account_of(json.dumps(found).encode(), url=LOOKUP)


def test_the_first_page_needs_an_account() -> None:
    """An address in the API is enough; a profile alone is not."""
    assert mastodon.first_page(f"{HOST}/api/v1/accounts/{ACCOUNT}/statuses?tagged=x") == FIRST
    with pytest.raises(OperatorError, match="must be asked for first"):
        mastodon.first_page(f"{HOST}/@organiser")


def test_the_stream_is_the_account_s_own() -> None:
    """The stream lies beside the pages, and no password is in its address."""
    assert mastodon.stream_page("https://a:b@mastodon.example/@organiser") == f"{HOST}/api/v1/streaming/user"


def roll() -> Roll:
    """After a walk over the boosts of the payloads."""
    walker = Walker(mastodon.read)
    walker((PAYLOADS / "boosts.json").read_bytes(), url=FIRST)
    walker(b"[]", url=f"{FIRST}&max_id=1")
    return walker.roll


def heed(name: str, data: str) -> Heard:
    """What follows from one event."""
    return mastodon.heed(Event(name, data), roll=roll(), account=ACCOUNT)


def test_a_stream_is_heeded() -> None:
    """A new boost, an edit and a boost taken back are reasons to poll; a deleted post is withdrawn; the rest is passed over."""
    found = [mastodon.heed(event, roll=roll(), account=ACCOUNT) for event in events([(PAYLOADS / "stream.txt").read_bytes()])]

    assert found == [
        Heard(is_reason_to_poll=True),
        Heard(is_reason_to_poll=True),
        Heard((Withdrawal(ONE, "deleted where it was posted"),), is_reason_to_poll=True),
        Heard(),
        Heard(is_reason_to_poll=True),
        Heard(),
    ]


def test_a_deleted_post_is_withdrawn_with_all_its_pictures() -> None:
    """One number withdraws each item that the post became, in quotation marks or not."""
    number = "117992875622400002"

    for data in (number, f'"{number}"', f" {number}\n"):
        assert [gone.item.rpartition("/")[2] for gone in heed("delete", data).withdrawn] == ["2", "2#2", "2#3"]


def test_a_post_that_had_just_vanished_is_withdrawn_too() -> None:
    """A deletion that is told after the walk that missed the post is no less one."""
    walker = Walker(mastodon.read, roll())
    walker(b"[]", url=FIRST)

    heard = mastodon.heed(Event("delete", "117992875622400001"), roll=walker.roll, account=ACCOUNT)

    assert [gone.item for gone in heard.withdrawn] == [ONE]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("delete", "1", False),
        ("delete", "", False),
        ("update", '{"id": "1", "account": {"id": "2"}, "reblog": null}', False),
        ("update", f'{{"id": "1", "account": {{"id": "{ACCOUNT}"}}, "reblog": null}}', False),
        ("update", f'{{"id": "1", "account": {{"id": "{ACCOUNT}"}}, "reblog": {{"id": "9"}}}}', True),
        ("update", '{"id": "1", "account": {"id": "2"}, "reblog": {"id": "117992875622400002"}}', True),
        ("status.update", '{"id": "117992875622400002"}', True),
        ("status.update", '{"id": "1"}', False),
        ("status.update", "nonsense", True),
        ("status.update", "\ud800", True),
        ("announcement", "{}", False),
        ("", "", False),
    ],
)
def test_only_what_concerns_the_boosts_hastens(name: str, data: str, expected: bool) -> None:  # noqa: FBT001  a row of the table
    """A busy account's daily life does not make us poll; what cannot be understood does."""
    assert heed(name, data) == Heard(is_reason_to_poll=expected)


@given(st.sampled_from(["update", "delete", "status.update", "x"]), st.text())
def test_any_event_is_heeded(name: str, data: str) -> None:
    """Whatever a stream says is a withdrawal of ours, a reason to poll, or nothing."""
    assert heed(name, data).withdrawn == ()


def test_the_roll_remembers_whom_a_number_names() -> None:
    """After a whole walk the server's numbers lead to items, boosts are known, and what vanished since is told."""
    walker = Walker(mastodon.read)
    walker(json.dumps(payload("boosts.json")).encode(), url=FIRST)
    assert walker.roll == Roll(pages=walker.roll.pages)  # half a walk tells nothing

    walker(b"[]", url=f"{FIRST}&max_id=1")
    three, one = (status["reblog"]["id"] for status in payload("boosts.json")[-2:])
    assert walker.roll.items_of(three) == (THREE, f"{THREE}#2", f"{THREE}#3")
    assert payload("boosts.json")[-1]["id"] in walker.roll.boosts

    walker(json.dumps(payload("boosts.json")[:-2]).encode(), url=FIRST)
    walker(b"[]", url=f"{FIRST}&max_id=1")
    assert walker.roll.vanished == {three: (THREE, f"{THREE}#2", f"{THREE}#3"), one: (ONE,)}


def test_a_walk_that_broke_off_is_forgotten() -> None:
    """The next walk starts with a clean roll, whatever was read of the one before."""
    walker = Walker(mastodon.read)
    walker(json.dumps(payload("boosts.json")).encode(), url=FIRST)
    walker(json.dumps(payload("boosts.json")[-1:]).encode(), url=FIRST)
    walker(b"[]", url=f"{FIRST}&max_id=1")

    assert list(walker.roll.posts.values()) == [(ONE,)]


def test_a_post_missing_by_id_is_withdrawn_with_all_its_pictures() -> None:
    """What the server does not list when asked for it by id is deleted: an explicit withdrawal of each picture."""
    (question,) = mastodon.questions({"2": (THREE, f"{THREE}#2")}, url=FIRST, witness=payload("by_id.json")[0]["id"])

    assert question.url == f"https://mastodon.example/api/v1/statuses?id%5B%5D={question.witness}&id%5B%5D=2"
    assert mastodon.missing_by_id((PAYLOADS / "by_id.json").read_bytes(), question) == (
        Withdrawal(THREE, "deleted where it was posted"),
        Withdrawal(f"{THREE}#2", "deleted where it was posted"),
    )


def test_an_answer_without_the_witness_withdraws_nothing() -> None:
    """A server in trouble that answers every question with an empty list must not wipe out what it once listed."""
    (question,) = mastodon.questions({"2": (THREE,)}, url=FIRST, witness="1")

    for body in (b"[]", b"{}", b'[{"id":"2"}]'):
        with pytest.raises(FeedError):
            mastodon.missing_by_id(body, question)
    assert mastodon.missing_by_id(b'[{"id":"1"},{"id":"2"}]', question) == ()


def test_questions_are_asked_in_parts() -> None:
    """No question names more statuses than a server answers for, the witness among them."""
    asked = mastodon.questions({str(number): (f"i{number}",) for number in range(100, 150)}, url=FIRST, witness="1")

    assert [len(question.asked) for question in asked] == [19, 19, 12]
    assert all(question.url.count("id%5B%5D") <= 20 for question in asked)
