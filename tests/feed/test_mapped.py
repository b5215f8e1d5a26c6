"""The declarative mapper: the maps that come with the program, what a map may say, and what services may say instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError, OperatorError
from player.feed import mapped
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.poll import Parse
from player.feed.trust import MODERATED, Policy, State, judge
from player.units import SECOND
from tests.feed import hostile

MAPS: Final = Path(__file__).parents[2] / "assets/maps"
CURATOR: Final = "https://api.curator.io/v1/feeds/FEED/posts?limit=100&status=all"
TAGGBOX: Final = "https://api.taggbox.com/api/v3/posts?limit=2"
JUICER: Final = "https://www.juicer.io/api/feeds/we-remember?per=100"
SMALL: Final = "name: Small\nitems: posts[]\nid: id\nimage: image\nabsent_means: hidden\n"
URL: Final = "https://api.example.org/posts?per=2"


def parser(name: str) -> Parse:
    """The parser of a map that came with the program."""
    return mapped.parser(mapped.load(MAPS / f"{name}.yaml"))


def example(name: str, url: str) -> Page:
    """The page of the documented answer."""
    return parser(name)((hostile.PAYLOADS / f"{name}.json").read_bytes(), url=url)


def own(tmp_path: Path, more: str = "", *, small: str = SMALL) -> Parse:
    """The parser of an operator's own map: a small one with *more* in it."""
    file = tmp_path / "own.yaml"
    file.write_text(small + more, "utf-8")
    return mapped.parser(mapped.load(file))


def answer(*posts: Any, **more: Any) -> bytes:
    """An answer with *posts*."""
    return json.dumps({"posts": list(posts), **more}).encode()


def test_curator_is_read_as_documented() -> None:
    """Status 1 is approved, 0 withdraws what was seen here, anything else is not approved; HTML becomes words."""
    got = example("curator", CURATOR)

    first, third = got.items
    assert (first.id, first.image, first.status) == ("362389745", "https://cdn.example.org/1.jpg?width=480", Status.APPROVED)
    assert (first.caption, first.credit) == ("From Zagreb", "A. Person")
    assert (third.id, third.status, third.caption, third.credit) == ("362389747", Status.UNKNOWN, "a < b", "cperson")
    assert got.withdrawn == (Withdrawal("362389746", "withdrawn at Curator.io", if_seen=True),)
    assert got.next_url == CURATOR + "&after=bmV4dA%3D%3D"
    assert got.complete


def test_curators_walk_ends_at_a_page_without_posts() -> None:
    """The service gives a cursor even on its last page."""
    last: dict[str, Any] = {"success": True, "pagination": {"after": "bmV4dA=="}, "posts": []}

    assert parser("curator")(json.dumps(last).encode(), url=CURATOR).next_url is None


def test_taggbox_is_read_as_documented() -> None:
    """The first picture among the media counts, the name before the handle, and only what is active is approved."""
    got = example("taggbox", TAGGBOX)

    first, second = got.items
    assert (first.id, first.image, first.status) == ("post_4421", "https://cdn.example.org/1.jpg", Status.APPROVED)
    assert (first.caption, first.credit, first.width, first.height) == ("From Zagreb", "A. Person", 1080, 1350)
    assert (second.status, second.credit) == (Status.UNKNOWN, "bperson")
    assert got.next_url == TAGGBOX + "&after=Y3Vyc29y%2B%2F%3D"
    assert got.complete


def test_juicer_is_read_as_documented() -> None:
    """In the list and not deleted is approved; deleted is withdrawn; who says nothing of deletion is not approved."""
    got = example("juicer", JUICER)

    first, third = got.items
    assert first == Item(
        id="378483666",
        image="https://cdn.example.org/1.jpg",
        status=Status.APPROVED,
        caption="From Zagreb",
        credit="A. Person",
        version=first.version,
        width=720,
        height=720,
    )
    assert third.status is Status.UNKNOWN
    assert got.withdrawn == (Withdrawal("378483667", "withdrawn at Juicer"),)
    assert got.next_url == JUICER + "&page=2"


@pytest.mark.parametrize(
    ("name", "query", "header"), [("curator", "api_key", None), ("taggbox", None, "bearer"), ("juicer", "api_key", None)]
)
def test_each_map_says_where_its_token_goes(name: str, query: str | None, header: str | None) -> None:
    """The fetcher learns from the map where to put the token."""
    token = mapped.load(MAPS / f"{name}.yaml").token

    assert token is not None
    assert (token.query, token.header) == (query, header)


@pytest.mark.parametrize("name", ["curator", "taggbox", "juicer"])
def test_each_map_explains_how_maps_are_written(name: str) -> None:
    """Whoever opens one of them finds what every key means."""
    head = (MAPS / f"{name}.yaml").read_text("utf-8").partition("\nname:")[0]

    assert all(line.startswith("#") for line in head.strip().splitlines())
    assert all(key in head for key in mapped.Map.model_fields if key != "name")


def test_an_edit_is_another_version_and_stays_approved() -> None:
    """A list of what is approved now is an approval of what is in it now: an edited picture is fetched anew, and shown."""
    document = json.loads((hostile.PAYLOADS / "taggbox.json").read_bytes())
    before = example("taggbox", TAGGBOX).items[0]
    document["body"]["posts"][0]["modified_at"] = "2027-01-20T08:00:00.000Z"
    after = parser("taggbox")(json.dumps(document).encode(), url=TAGGBOX).items[0]

    assert before.version != after.version
    assert judge(after, policy=Policy(trust=MODERATED), min_approvals=1, now=1).state is State.APPROVED


def test_a_version_of_any_shape_stays_the_same_while_it_is() -> None:
    """Objects, lists and keys given twice are compared by what they say, and an unchanged one is not fetched again."""
    twice = b'{"posts": {"items": [{"id": 1, "image": "https://a.example.org/1.jpg", "edit": {"a": [1], "b": 2, "b": 3}}]}}'
    one, other = (parser("juicer")(twice, url=JUICER).items[0].version for _ in range(2))

    assert one == other != ""


def test_the_token_is_in_nothing_that_comes_out() -> None:
    """A token in the address goes into no later page, no picture's address and no message."""
    secret = CURATOR + "&api_key=SECRET"
    post = {"id": 1, "status": 1, "image": "#top"}
    got = parser("curator")(answer(post, success=True, pagination={"after": "x"}), url=secret)

    assert got.next_url
    assert "SECRET" not in repr(got)
    with pytest.raises(FeedError) as caught:
        parser("curator")(b"{}", url=secret)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *[(body, r"^https://api\.curator\.io/") for body in hostile.BODIES],
        (b"[]", "not an answer of Curator.io"),
        (b"{}", "success"),
        (answer(success=False), "success"),
        (answer(success=1), "success"),
        (json.dumps({"success": True}).encode(), "without a list at posts"),
        (json.dumps({"success": True, "posts": {"a": 1}}).encode(), "without a list at posts"),
        (b'{"success": true, "posts": [], "posts": []}', "without a list at posts"),
        (answer({}, success=True)[:-5], "not JSON"),
    ],
)
def test_an_answer_that_cannot_be_believed_is_refused(bad: bytes, message: str) -> None:
    """Errors, log-in pages and halves of answers confirm nothing and withdraw nothing."""
    with pytest.raises(FeedError, match=message):
        parser("curator")(bad, url=CURATOR)


@pytest.mark.parametrize(
    "paging",
    [None, {}, {"has_more": 1, "next_cursor": "x"}, {"has_more": True}, {"has_more": True, "next_cursor": ["x"]}]
    + [{"has_more": True, "next_cursor": bad} for bad in ("", "a\nb", "x" * 5000, None, True)],
)
def test_a_next_page_that_cannot_be_asked_for_refuses_this_one(paging: Any) -> None:
    """The rest of the list would look as if it had been taken down."""
    document: dict[str, Any] = {"status": True, "body": {"posts": [], "paging": paging}}

    with pytest.raises(FeedError, match="next page"):
        parser("taggbox")(json.dumps(document).encode(), url=TAGGBOX)


def test_a_turned_page_replaces_the_one_before() -> None:
    """The parameter that turns the page is in the address once, and the rest of it stays as it was written."""
    document: dict[str, Any] = {"posts": {"current_page": "2", "items": [{}]}}

    got = parser("juicer")(json.dumps(document).encode(), url="https://www.juicer.io/api/feeds/w?page=2&per=%31&x")

    assert got.next_url == "https://www.juicer.io/api/feeds/w?per=%31&x&page=3"


@pytest.mark.parametrize(
    ("conditions", "said", "status"),
    [
        ("", {"state": "ok"}, Status.UNSTATED),
        ("approved_when: {state: ok}", {"state": "ok"}, Status.APPROVED),
        ("approved_when: {state: ok}", {"state": "OK"}, Status.UNKNOWN),
        ("approved_when: {state: ok}", {}, Status.UNKNOWN),
        ("approved_when: {state: ok}", {"state": ["ok"]}, Status.UNKNOWN),
        ("approved_when: {state: [ok, fine]}", {"state": "fine"}, Status.APPROVED),
        ("approved_when: {state: ok, spam: false}", {"state": "ok"}, Status.UNKNOWN),
        ("approved_when: {state: ok, spam: false}", {"state": "ok", "spam": False}, Status.APPROVED),
        ("approved_when: [{state: ok}, {by.staff: true}]", {"by": {"staff": True}}, Status.APPROVED),
        ("approved_when: {state: 1}", {"state": 1}, Status.APPROVED),
        ("approved_when: {state: 1}", {"state": "1"}, Status.APPROVED),
        ("approved_when: {state: 1}", {"state": True}, Status.UNKNOWN),
        ("approved_when: {gone: null}", {"gone": None}, Status.APPROVED),
        ("approved_when: {gone: null}", {}, Status.UNKNOWN),
        ("approved_when: {by: set}", {"by": "staff"}, Status.APPROVED),
        ("approved_when: {by: set}", {"by": None}, Status.UNKNOWN),
    ],
)
def test_an_approval_is_exactly_what_the_map_calls_one(
    tmp_path: Path, conditions: str, said: dict[str, Any], status: Status
) -> None:
    """All conditions of a group hold, to the letter; a map without any leaves it to the operator to vouch."""
    (only,) = own(tmp_path, conditions)(answer({"id": 1, "image": "/1.jpg", **said}), url=URL).items

    assert only.status is status


def test_a_key_given_twice_approves_nothing(tmp_path: Path) -> None:
    """A second "ok" does not hide a first "pending"."""
    twice = b'{"posts": [{"id": 1, "image": "/1.jpg", "state": "pending", "state": "ok"}]}'
    (only,) = own(tmp_path, "approved_when: {state: ok}")(twice, url=URL).items

    assert only.status is Status.UNKNOWN


def test_a_withdrawal_beats_an_approval(tmp_path: Path) -> None:
    """What is both approved and withdrawn is withdrawn."""
    parse = own(tmp_path, "approved_when: {state: ok}\nwithdrawn_when: [{gone: set}, {state: removed}]\n")

    assert parse(answer({"id": 1, "state": "ok", "gone": "today"}), url=URL).withdrawn == (Withdrawal("1", "withdrawn at Small"),)
    assert parse(answer({"id": 1, "state": "removed"}), url=URL).withdrawn == (Withdrawal("1", "withdrawn at Small"),)


@pytest.mark.parametrize(
    ("unit", "said"),
    [("iso", "2027-01-20T08:00:00Z"), ("seconds", 1_800_432_000), ("seconds", "1800432000"), ("milliseconds", 1_800_432_000_000)],
)
def test_dates_are_read_as_the_map_says(tmp_path: Path, unit: str, said: Any) -> None:
    """ISO 8601, seconds or milliseconds; an edit after the approval is then seen as one."""
    parse = own(tmp_path, f"dates: {unit}\napproved_at: a\nmodified_at: m\nvalid_until: v\napproved_when: {{id: 1}}\n")
    (only,) = parse(answer({"id": 1, "image": "/1.jpg", "a": said, "m": said, "v": None}), url=URL).items

    assert (only.approved_at, only.modified_at, only.valid_until) == (1_800_432_000 * SECOND, 1_800_432_000 * SECOND, None)
    assert only.status is Status.APPROVED


@pytest.mark.parametrize(
    ("field", "said"), [("v", "soon"), ("v", 7), ("v", []), ("a", True), ("h", "ab"), ("h", 7), ("h", "x" * 64)]
)
def test_a_limit_that_cannot_be_read_is_no_approval(tmp_path: Path, field: str, said: Any) -> None:
    """An end of validity, a date of approval or a hash that is there and means nothing leaves nothing approved."""
    parse = own(tmp_path, "approved_at: a\nvalid_until: v\nsha256: h\napproved_when: {id: 1}\n")
    got = parse(answer({"id": 1, "image": "/1.jpg", field: said}), url=URL)

    assert [each.status for each in got.items] == [Status.UNKNOWN]
    assert "cannot be read" in got.discarded[0]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("imagee: x\n", 'own.yaml:6 imagee: unknown key. Did you mean "image"?'),
        ("token: {query: api_key, header: bearer}\n", "own.yaml:6 token: write either query: NAME or header: bearer"),
        ("token: {}\n", "write either query: NAME or header: bearer"),
        ("token: {query: a&b}\n", 'own.yaml:6 token.query: "a&b" cannot be the name of a parameter'),
        ("token: {header: basic}\n", "token.header: must be 'bearer'"),
        ("caption: a..b\n", '"" is no step of a path'),
        ("caption: a[]b\n", '"a[]b" is no step of a path'),
        ("caption: a[].b\n", "[] means every element"),
        ("caption: a[]\n", "[] can only stand in items"),
        ("caption: " + ".".join("a" * 20) + "\n", "at most 12 steps"),
        ("modified_at: m\n", "modified_at needs approved_at"),
        ("next: {query: p}\n", "write either cursor: or page:"),
        ("next: {query: p, page: p, cursor: c}\n", "write either cursor: or page:"),
        ("dates: minutes\n", "dates: must be 'iso', 'seconds' or 'milliseconds'"),
        ("approved_when: {}\n", "approved_when"),
        ("approved_when: yes\n", "approved_when"),
        ("approved_when: {a: {b: c}}\n", "approved_when"),
        ("withdrawn_only_if_seen: maybe\n", "must be true or false"),
        ("id: other\n", "given twice"),
        ("caption: [unclosed\n", "is not YAML"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused_in_words(tmp_path: Path, more: str, problem: str) -> None:
    """Each mistake is told with its file, its line and what to write instead."""
    with pytest.raises(OperatorError) as caught:
        own(tmp_path, more)

    assert problem in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "own.yaml:"))


@pytest.mark.parametrize("key", ["name", "items", "id", "image", "absent_means"])
def test_what_every_map_must_say(tmp_path: Path, key: str) -> None:
    """Without its name, its list, an id, a picture and what absence means no map is read."""
    rest = "".join(line for line in SMALL.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    with pytest.raises(OperatorError, match=f"{key}: is missing"):
        own(tmp_path, small=rest)


def test_items_must_be_a_list(tmp_path: Path) -> None:
    """The path of the items ends in []."""
    with pytest.raises(OperatorError, match=r"items: must end in \[\], as in posts\[\]"):
        own(tmp_path, small=SMALL.replace("posts[]", "posts"))


def test_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A file that cannot be read is the operator's to mend."""
    with pytest.raises(OperatorError, match="cannot be read"):
        mapped.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "bad", [None, 7, "post", [], {}, {"id": None}, {"id": True}, {"id": ["7"]}, {"id": ""}, {"id": "x" * 600}, {"id": "a\nb"}]
)
def test_one_bad_item_never_fails_the_rest(tmp_path: Path, bad: Any) -> None:
    """An item without a usable id is left out with a line; its neighbour stays."""
    got = own(tmp_path)(answer(bad, {"id": 7, "image": "/7.jpg"}), url=URL)

    assert [each.id for each in got.items] == ["7"]
    assert got.discarded == ("item 1: no usable id",)


@pytest.mark.parametrize("image", [*hostile.IMAGES, None, 7, ["https://a.example.org/1.jpg"]])
def test_no_picture_is_taken_from_such_an_address(tmp_path: Path, image: Any) -> None:
    """Programs, files, data and things of other types in the place of a picture are left out."""
    got = own(tmp_path)(answer({"id": 7, "image": image}), url=URL)

    assert not got.items
    assert got.discarded == ('"7": no picture that may be fetched',)


@pytest.mark.parametrize(("text", "expected"), hostile.TEXTS)
def test_words_are_made_fit_for_a_wall(tmp_path: Path, text: str, expected: str) -> None:
    """Controls, overrides and lone surrogates go; joiners that shape emoji, and marks of direction, stay."""
    (only,) = own(tmp_path, "caption: [none, c]\ncredit: c\nalt: c\n")(answer({"id": 7, "image": "/7", "c": text}), url=URL).items

    assert (only.caption, only.credit, only.alt) == (expected, expected, expected)


def test_a_script_in_a_caption_is_left_out() -> None:
    """HTML is shown as its words, and a script has none."""
    post = {"id": 1, "status": 1, "is_html": 1, "image": "/1.jpg", "text": "<script>alert(1)</script>Zagreb<img onerror=x src=y>"}
    (only,) = parser("curator")(answer(post, success=True), url=CURATOR).items

    assert only.caption == "Zagreb"


def test_a_name_of_ten_thousand_characters_is_one_line(tmp_path: Path) -> None:
    """No name is longer than a line."""
    (only,) = own(tmp_path, "credit: c")(answer({"id": 7, "image": "/7", "c": "A " * 5000}), url=URL).items

    assert len(only.credit) <= 120


def test_a_local_file_is_one_page(tmp_path: Path) -> None:
    """A file of the service's answer beside its pictures can be tried without the service."""
    got = own(tmp_path, "next: {query: p, page: p}")(answer({"id": 7, "image": "7.jpg"}, p=1), url="/srv/wall/posts.json")

    assert [each.image for each in got.items] == ["/srv/wall/7.jpg"]
    assert got.next_url is None


FIELDS: Final = ["id", "status", "image", "text", "is_html", "user_full_name", "active", "media", "content", "edit", "deleted_at"]
ITEM: Final = hostile.some(FIELDS).map(lambda said: {"id": 1, "image": "/1.jpg", **said})
PARSERS: Final = {name: parser(name) for name in ("curator", "taggbox", "juicer")}


@given(st.lists(ITEM | hostile.JSON, max_size=4), hostile.some(["has_more", "next_cursor"]) | hostile.JSON, hostile.JSON)
def test_any_json_is_a_page_or_a_feed_error(items: list[Any], paging: Any, other: Any) -> None:
    """Whatever a service sends, parsing gives a page whose texts can be stored, or a FeedError, and nothing else."""
    for name, url, said in (
        ("curator", CURATOR, {"success": True, "posts": items, "pagination": paging}),
        ("taggbox", TAGGBOX, {"status": True, "body": {"posts": items, "paging": paging}}),
        ("juicer", JUICER, {"posts": {"items": items, "current_page": paging}}),
        ("juicer", JUICER, other),
    ):
        try:
            hostile.assert_storable(PARSERS[name](json.dumps(said).encode(), url=url))
        except FeedError:
            continue


@given(st.binary())
def test_any_bytes_are_refused_in_words(raw: bytes) -> None:
    """Bytes of any kind are a FeedError."""
    with pytest.raises(FeedError):
        PARSERS["curator"](raw, url=CURATOR)
