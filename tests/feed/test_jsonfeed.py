"""JSON Feed pages: every rule that readers get wrong, and every bad input, as rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError
from player.feed import harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.jsonfeed import parse
from player.units import SECOND
from tests.feed.pages import AT, URL, VERSION, body, page


def test_the_documented_example_is_read_whole() -> None:
    """Every field of the format arrives, in our units."""
    got = page(
        {
            "id": "p-18",
            "image": "https://photos.example/18.jpg",
            "content_text": "From Zagreb",
            "date_modified": "2027-01-19T08:00:00Z",
            "language": "hr",
            "authors": [{"name": "Ana"}],
            "_we_remember": {
                "status": "approved",
                "approved_at": "2027-01-20T08:00:00Z",
                "approved_by": ["reviewer-1", "reviewer-4"],
                "valid_until": "2027-01-21T08:00:00Z",
                "alt": "A sheet of paper",
                "focal": [0.1, -0.3],
                "credit": "Photo: Ana",
                "country": "hr",
                "show_name": False,
                "sha256": "AB" * 32,
                "size_in_bytes": 812345,
                "width": 4032,
                "height": 3024,
            },
        },
        ours={
            "schema": 1,
            "complete": True,
            "sequence": 412,
            "generated_at": "2027-01-20T08:00:00Z",
            "lease_s": 900,
            "min_approvals": 2,
            "halt": False,
            "withdrawn": [{"id": "p-17", "at": "2027-01-20T08:00:00Z", "reason": "author"}],
        },
    )

    assert got == Page(
        items=(
            Item(
                id="p-18",
                image="https://photos.example/18.jpg",
                status=Status.APPROVED,
                caption="From Zagreb",
                credit="Photo: Ana",
                alt="A sheet of paper",
                language="hr",
                country="HR",
                focal=(0.1, -0.3),
                approved_by=("reviewer-1", "reviewer-4"),
                approved_at=AT,
                modified_at=AT - 86_400 * SECOND,
                valid_until=AT + 86_400 * SECOND,
                sha256="ab" * 32,
                size_in_bytes=812345,
                width=4032,
                height=3024,
            ),
        ),
        withdrawn=(Withdrawal("p-17", "author", AT),),
        complete=True,
        sequence=412,
        generated_at=AT,
        lease_s=900.0,
        min_approvals=2,
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf  <rss/>", "a web page"),
        (b"not json", "not JSON"),
        (b'{"version":', "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b"[]", "not a JSON Feed"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (body() + b"x", "not JSON"),
        (b"{}", "not a JSON Feed 1.1"),
        (json.dumps({"version": VERSION + ".2", "items": []}).encode(), "not a JSON Feed 1.1"),
        (json.dumps({"version": ["\ud800"], "items": []}).encode(), "not a JSON Feed 1.1"),
        (json.dumps({"version": VERSION}).encode(), "without a list of items"),
        (json.dumps({"version": VERSION, "items": {"a": 1}}).encode(), "without a list of items"),
        (body(ours=[]), "_we_remember is not an object"),
        (body(ours={"schema": 2}), "schema"),
        (body(ours={"withdrawn": "p-1"}), "withdrawn is not a list"),
        (body(ours={"sequence": "412"}), "sequence is not a whole number"),
        (body(ours={"sequence": -1}), "sequence is not a whole number"),
        (body(ours={"min_approvals": "two"}), "min_approvals is not a whole number"),
        (body(ours={"lease_s": -5}), "lease_s is not a number of seconds"),
        (body(next_url=7), "next_url"),
        (body(next_url="file:///etc/passwd"), "next_url"),
    ],
)
def test_a_page_that_cannot_be_believed_is_refused(bad: bytes, message: str) -> None:
    """What concerns the whole feed is understood or the page is refused, with the address and without its secrets."""
    with pytest.raises(FeedError, match=message) as caught:
        parse(bad, url="https://ann:secret@feed.example/f.json?token=secret")

    assert str(caught.value).startswith("https://feed.example/f.json?…: ")


def test_too_many_items_are_refused() -> None:
    """A page has a bound of items."""
    with pytest.raises(FeedError, match="more than 50,000"):
        parse(b'{"version": "%s", "items": [%s]}' % (VERSION.encode(), b",".join([b"1"] * (harvest.MAX_ITEMS + 1))), url=URL)


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ({"image": "1.jpg"}, "item 1: no id"),
        ({"id": "", "image": "1.jpg"}, "item 1: no id"),
        ({"id": None, "image": "1.jpg"}, "item 1: no id"),
        ({"id": True, "image": "1.jpg"}, "item 1: no id"),
        ({"id": ["p"], "image": "1.jpg"}, "item 1: no id"),
        ("nonsense", "item 1: no id"),
        (None, "item 1: no id"),
        ({"id": "\ud800", "image": "1.jpg"}, "item 1: its id"),
        ({"id": "a\nb", "image": "1.jpg"}, "item 1: its id"),
        ({"id": "x" * 600, "image": "1.jpg"}, "item 1: its id"),
        ({"id": "p-1"}, '"p-1": no picture'),
        ({"id": "p-1", "image": 7}, '"p-1": no picture'),
        ({"id": "p-1", "image": "file:///etc/passwd"}, '"p-1": no picture'),
        ({"id": "p-1", "image": "data:image/png;base64,AA"}, '"p-1": no picture'),
        ({"id": "p-1", "image": "https://h.example/\ud800"}, '"p-1": no picture'),
        ({"id": "p-1", "image": "https://h.example/" + "a" * 5000}, '"p-1": no picture'),
        ({"id": "p-1", "image": "https://[broken"}, '"p-1": no picture'),
    ],
)
def test_one_bad_item_never_fails_the_rest(bad: Any, line: str) -> None:
    """A useless item is left out with a line that says why; its neighbour stays."""
    got = page(bad, {"id": "good", "image": "2.jpg"})

    assert [each.id for each in got.items] == ["good"]
    assert len(got.discarded) == 1
    assert got.discarded[0].startswith(line)


def test_five_thousand_digits_cost_one_item() -> None:
    """A number too long to be one is an over-long id and not a slow feed."""
    digits = b"7" * 5000
    got = parse(b'{"version":"%s","items":[{"id":%s},{"id":8,"image":"a.jpg"}]}' % (VERSION.encode(), digits), url=URL)

    assert [each.id for each in got.items] == ["8"]


@pytest.mark.parametrize(
    ("number", "text"),
    [("18", "18"), ("18.0", "18"), ("1.5", "1.5"), ("123456789012345678901", "123456789012345678901"), ("-3", "-3")],
)
def test_numeric_ids_become_text(number: str, text: str) -> None:
    """An id may be a number; it is the text that JavaScript would make of it."""
    got = parse(b'{"version":"%s","items":[{"id":%s,"image":"a.jpg"}]}' % (VERSION.encode(), number.encode()), url=URL)

    assert [each.id for each in got.items] == [text]


def test_nan_and_infinity_are_nothing() -> None:
    """Numbers that are none are as if they were not there."""
    raw = b'{"version":"%s","items":[{"id":"a","image":"a.jpg","_we_remember":{"focal":[NaN,1e999],"width":Infinity}},'
    raw += b'{"id":1e999}]}'
    (only,) = parse(raw % VERSION.encode(), url=URL).items

    assert (only.focal, only.width) == (None, None)


def test_a_withdrawn_item_needs_no_picture() -> None:
    """An item that only says that it is withdrawn is a withdrawal, although nothing else of it could be used."""
    assert page({"id": 17, "_we_remember": {"status": "withdrawn"}}).withdrawn == (Withdrawal("17"),)


def test_withdrawals_are_read_in_every_shape() -> None:
    """A list of withdrawals may hold objects or bare ids; what has no id is complained of; the rest counts."""
    got = page(ours={"withdrawn": [{"id": 17, "at": "soon"}, "p-2", 3, {}, None, {"id": "p-2", "reason": "again"}]})

    assert got.withdrawn == (Withdrawal("17"), Withdrawal("p-2"), Withdrawal("3"))
    assert got.discarded == ("withdrawal 4: no usable id", "withdrawal 5: no usable id")


def test_a_withdrawal_beats_the_item_itself() -> None:
    """An id that is listed and withdrawn on one page is withdrawn."""
    got = page({"id": "p-1", "image": "1.jpg", "_we_remember": {"status": "approved"}}, ours={"withdrawn": ["p-1"]})

    assert [each.status for each in got.items] == [Status.WITHDRAWN]


APPROVED = {"id": "p-1", "image": "1.jpg", "_we_remember": {"status": "approved"}}


@pytest.mark.parametrize(
    ("twin", "status", "lines"),
    [
        (APPROVED, Status.APPROVED, 0),
        ({**APPROVED, "image": "2.jpg"}, Status.UNKNOWN, 1),
        ({**APPROVED, "_we_remember": {"status": "pending"}}, Status.UNKNOWN, 1),
        ({**APPROVED, "_we_remember": {"status": "withdrawn"}}, Status.WITHDRAWN, 0),
    ],
)
def test_duplicate_ids_are_read_the_safe_way(twin: dict[str, Any], status: Status, lines: int) -> None:
    """Equal twins are one; a withdrawn one wins; of twins that disagree none is approved, in either order."""
    for pair in ((APPROVED, twin), (twin, APPROVED)):
        got = page(*pair)
        assert [each.status for each in got.items] == [status]
        assert len(got.discarded) == lines


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ours": {"halt": True}}, {"halt": True}),
        ({"ours": {"halt": "yes"}}, {"halt": True}),
        ({"ours": {"halt": None}}, {"halt": False}),
        ({"ours": {"complete": "true"}}, {"complete": False}),
        ({"ours": {"generated_at": "soon"}}, {"generated_at": None}),
        ({"expired": True}, {"expired": True}),
        ({"expired": False}, {"expired": False}),
        ({"next_url": "page-2.json"}, {"next_url": "https://feed.example/wall/page-2.json"}),
        ({"next_url": ""}, {"next_url": None}),
        ({"version": "https://jsonfeed.org/version/1"}, {"complete": False}),
    ],
)
def test_feed_fields_are_read_the_safe_way(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """Doubt stops the show, and never makes absence mean something."""
    got = parse(body(**fields), url=URL)

    assert {key: getattr(got, key) for key in expected} == expected


def test_complaints_are_bounded() -> None:
    """A page of nothing but useless items says so two hundred times, and then how many more."""
    got = page(*[{}] * 1000)

    assert len(got.discarded) == harvest.MAX_LINES + 1
    assert got.discarded[-1] == "and 800 more"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OURS = [
    "status",
    "approved_at",
    "approved_by",
    "valid_until",
    "alt",
    "focal",
    "credit",
    "country",
    "show_name",
    "sha256",
    "width",
]
FIELDS = ["id", "image", "content_text", "content_html", "title", "date_modified", "language", "authors", "author", "attachments"]
LEVEL = ["schema", "complete", "sequence", "generated_at", "lease_s", "min_approvals", "halt", "withdrawn"]


def _some(names: list[str], value: st.SearchStrategy[Any] = JSON) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), value, max_size=4)


def _item(fields: dict[str, Any], said: Any, name: Any) -> dict[str, Any]:
    return {"id": name, "image": "1.jpg", **fields, "_we_remember": said}


def _feed(fields: dict[str, Any], said: Any, items: list[Any]) -> dict[str, Any]:
    return {"version": VERSION, "items": items, **fields, "_we_remember": said}


ITEM = st.builds(_item, _some(FIELDS), _some(OURS) | JSON, JSON)
FEED = st.builds(
    _feed, _some(["next_url", "expired", "language", "authors", "items"]), _some(LEVEL), st.lists(ITEM | JSON, max_size=4)
)


@given(FEED | JSON)
def test_any_json_is_a_page_or_a_feed_error(document: Any) -> None:
    """Whatever a publisher sends, parsing gives a page whose texts can be stored, or a FeedError, and nothing else."""
    for url in (URL, "/srv/wall/feed.json"):
        try:
            got = parse(json.dumps(document).encode(), url=url)
        except FeedError:
            continue
        repr(got).encode("utf-8")
        for each in got.items:
            assert "".join([each.id, each.image, each.caption, each.credit, each.alt, *each.approved_by]).encode("utf-8")
        assert len({each.id for each in got.items}) == len(got.items)


@given(st.binary())
def test_any_bytes_are_a_page_or_a_feed_error(raw: bytes) -> None:
    """Bytes of any kind are refused in words."""
    with pytest.raises(FeedError):
        parse(raw, url=URL)


def test_a_key_given_twice_says_nothing() -> None:
    """A second "approved" does not hide a first "pending", nor a second "false" a first halt."""
    item = '{"id": "a", "image": "https://a.example/1.jpg", "_we_remember": {"status": "pending", "status": "approved"}}'
    feed = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}], "_we_remember": {{"halt": true, "halt": false}}}}'
    )
    page = parse(feed.encode(), url="https://a.example/feed.json")
    assert page.items[0].status is Status.UNKNOWN
    assert page.halt
