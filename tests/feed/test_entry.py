"""One item of a JSON Feed: its status, words, dates, names and picture, read the safe way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.feed.item import Status
from player.feed.loose import MAX_NANOS
from player.feed.text import clean, from_html
from player.units import SECOND
from tests.feed.pages import AT, URL, item, ours, page


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": "approved"}, Status.APPROVED),
        ({"status": " Approved "}, Status.UNKNOWN),
        ({"status": "pending"}, Status.PENDING),
        ({"status": "rejected"}, Status.WITHDRAWN),
        ({"status": "removed"}, Status.WITHDRAWN),
        ({"status": "deleted"}, Status.WITHDRAWN),
        ({"status": "withdrawn"}, Status.WITHDRAWN),
        ({"status": "publish"}, Status.UNKNOWN),
        ({"status": None}, Status.UNKNOWN),
        ({"status": True}, Status.UNKNOWN),
        ({"status": ["approved"]}, Status.UNKNOWN),
        ({}, Status.UNSTATED),
        (["approved"], Status.UNKNOWN),
        ("approved", Status.UNKNOWN),
        (None, Status.UNKNOWN),
        ({"status": "approved", "valid_until": "soon"}, Status.UNKNOWN),
        ({"status": "approved", "valid_until": 1800000000}, Status.UNKNOWN),
        ({"status": "approved", "approved_at": "yesterday"}, Status.UNKNOWN),
        ({"status": "approved", "sha256": "abc"}, Status.UNKNOWN),
        ({"status": "approved", "sha256": ["a" * 64]}, Status.UNKNOWN),
        ({"status": "approved", "valid_until": None, "sha256": None}, Status.APPROVED),
        ({"status": "withdrawn", "valid_until": "soon"}, Status.WITHDRAWN),
    ],
)
def test_only_a_clear_approval_is_one(said: Any, status: Status) -> None:
    """Unknown words, wrong types and limits that cannot be read are no approval; saying nothing is told apart."""
    assert item(_we_remember=said).status is status


def test_without_our_extension_nothing_is_stated() -> None:
    """A plain JSON Feed carries no approval at all; other extensions are ignored."""
    assert item(_theirs={"status": "approved"}).status is Status.UNSTATED


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-01-20T08:00:00Z", AT),
        ("2027-01-20t08:00:00z", AT),
        ("2027-01-20T09:00:00+01:00", AT),
        ("2027-01-20T08:00:00", AT),
        ("2027-01-20T08:00:00.123456789Z", AT + 123_456_000),
        ("1999-12-31T23:59:59Z", 946_684_799 * SECOND),
        ("0001-01-01T00:00:00+14:00", -MAX_NANOS),
        ("9999-12-31T23:59:59-14:00", MAX_NANOS),
        ("20 January 2027", None),
        ("2027-13-45T99:00:00Z", None),
        ("\ud800", None),
        ("٢٠٢٧-01-20", None),
        ("", None),
        ("1" * 5000, None),
        (1800432000, None),
        (None, None),
        ({}, None),
    ],
)
def test_dates_are_tolerated(written: Any, read: int | None) -> None:
    """A malformed date is no date and costs nothing else; one without a zone is UTC; far ones are what can be stored."""
    assert item(date_modified=written).modified_at == read


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001  hypothesis wants naive bounds
def test_dates_of_all_years_agree(moment: datetime) -> None:
    """Every date reads back as the moment it was written for."""
    aware = moment.replace(tzinfo=UTC)
    read = item(date_modified=aware.isoformat()).modified_at

    assert read is not None
    assert abs(read / SECOND - aware.timestamp()) < 0.001


@pytest.mark.parametrize(
    ("fields", "feed", "credit"),
    [
        ({"authors": [{"name": "Ana"}], "author": {"name": "Old"}}, {}, "Ana"),
        ({"author": {"name": "Old"}}, {}, "Old"),
        ({"authors": [], "author": {"name": "Old"}}, {}, "Old"),
        ({}, {"authors": [{"name": "Feed"}]}, "Feed"),
        ({}, {"author": {"name": "Feed"}}, "Feed"),
        ({"authors": [{"name": "Ana"}, {"name": "Ben"}, {"name": 7}, "x", {"name": "Ana"}]}, {}, "Ana, Ben"),
        ({"authors": "Ana", "author": "Ben"}, {"authors": [{"name": "Feed"}]}, "Feed"),
    ],
)
def test_authors_beat_author_and_are_inherited(fields: dict[str, Any], feed: dict[str, Any], credit: str) -> None:
    """Names come from authors, else author, else the feed; and only because show_name says so."""
    for show, shown in ((True, credit), (False, ""), ("true", ""), (None, "")):
        one = {"id": "a", "image": "a.jpg", **fields, "_we_remember": {"show_name": show}}
        assert page(one, **feed).items[0].credit == shown


def test_a_credit_wins_over_names() -> None:
    """What the feed asks to be written is written, whether names may be shown or not."""
    assert item(authors=[{"name": "Ana"}], _we_remember={"credit": "Archive", "show_name": True}).credit == "Archive"
    assert item(authors=[{"name": "Ana"}], _we_remember={"credit": "Archive"}).credit == "Archive"


@pytest.mark.parametrize(
    ("own", "feeds", "language"), [("hr", "en", "hr"), (None, "en", "en"), (7, "yi-Hebr", "yi-Hebr"), ("??", "x" * 99, "")]
)
def test_the_language_is_inherited(own: Any, feeds: str, language: str) -> None:
    """An item without a usable language has its feed's."""
    assert page({"id": "a", "image": "a.jpg", "language": own}, language=feeds).items[0].language == language


@pytest.mark.parametrize(
    ("fields", "caption"),
    [
        ({"content_text": "Text", "content_html": "<p>Html"}, "Text"),
        ({"content_text": " ", "content_html": "<p>Html"}, "Html"),
        (
            {"content_html": "<p>One<br>two</p><p>thr<b>ee</b><script>evil()</script> &amp; f&ouml;ur"},
            "One two three & föur",
        ),
        ({"content_html": "<![bad <!-- <p>x"}, ""),
        ({"title": "Title", "summary": "Summary"}, "Title"),
        ({"summary": "Summary"}, "Summary"),
        ({"content_text": ["x"], "title": {"a": 1}}, ""),
        ({"content_text": "a\n\n b\tc\x00\x07"}, "a b c"),
        ({"content_text": "ab\u202egnp.exe\u2066x"}, "abgnp.exex"),
        ({"content_text": "\u0645\u06cc\u200c\u0622\u06cc\u0645"}, "\u0645\u06cc\u200c\u0622\u06cc\u0645"),
        ({"content_text": "\U0001f469\u200d\U0001f469\u200d\U0001f467"}, "\U0001f469\u200d\U0001f469\u200d\U0001f467"),
        ({"content_text": "e\u0301 \ud800 \ue000"}, "\u00e9"),
        ({"content_text": "Z" + "\u0335" * 500}, "Z" + "\u0335" * 4),
    ],
)
def test_captions_are_plain(fields: dict[str, Any], caption: str) -> None:
    """A caption is one line of plain NFC text without tricks of direction; joiners that letters and emoji need stay."""
    assert item(**fields).caption == caption


def test_captions_end_between_words() -> None:
    """A long caption is shortened to 280 characters with an ellipsis, never inside a joined emoji."""
    long = item(content_text="we remember " * 100).caption
    emoji = item(content_text="x" + "\U0001f469\u200d" * 500).caption

    assert len(long) <= 280
    assert long.endswith(" we…")
    assert len(emoji) <= 280
    assert not emoji.endswith("\u200d…")


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_cleaned_text_is_clean(text: str, limit: int) -> None:
    """Whatever comes in, what comes out is bounded, storable, on one line, and stays as it is when cleaned again."""
    for out in (clean(text, limit), from_html(text, limit)):
        assert len(out) <= limit
        assert out == " ".join(out.split())
        assert not any("\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069" or letter < " " for letter in out)
        out.encode("utf-8")


@pytest.mark.parametrize(
    ("fields", "focal"),
    [
        ([0.1, -0.3], (0.1, -0.3)),
        ([1, -1], (1.0, -1.0)),
        ([2, 0], None),
        ([0.1], None),
        ([0, 0, 0], None),
        ([True, 0], None),
        ("0,0", None),
    ],
)
def test_focal_is_a_point_or_nothing(fields: Any, focal: tuple[float, float] | None) -> None:
    """A focal point is a pair of numbers in -1..1."""
    assert ours(focal=fields).focal == focal


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size_in_bytes", "812345"),
        ("size_in_bytes", -1),
        ("width", 0),
        ("width", True),
        ("width", 1.5),
        ("height", 10**30),
        ("country", "Croatia"),
    ],
)
def test_wrong_types_cost_one_field(field: str, value: Any) -> None:
    """A field of the wrong type is as if it were not there, and the item stays approved."""
    got = ours(**{field: value})

    assert getattr(got, field) in (None, "")
    assert got.status is Status.APPROVED


def test_approvers_are_distinct() -> None:
    """One reviewer spelled twice is one; a bare name counts; what is no name does not."""
    assert ours(approved_by=["Ana", "ana ", "Ben", 7, "", None]).approved_by == ("ana", "Ben")
    assert ours(approved_by="Ana").approved_by == ("Ana",)
    assert ours(approved_by={"Ana": 1}).approved_by == ()


ATTACHMENTS = [
    {"url": "film.mp4", "mime_type": "video/mp4", "size_in_bytes": 99},
    {"url": "small.jpg", "mime_type": "image/jpeg", "title": "One", "size_in_bytes": 1000},
    {"url": "large.jpg", "mime_type": "image/jpeg", "title": "One", "size_in_bytes": 2000},
    {"url": "huge.png", "mime_type": "image/png", "title": "One", "size_in_bytes": 99_000_000},
    {"url": "other.jpg", "mime_type": "image/jpeg", "title": "Two", "size_in_bytes": 5000},
    {"url": "javascript:x", "mime_type": "image/jpeg", "title": "One", "size_in_bytes": 3000},
    "nonsense",
]


def test_attachments_with_one_title_are_renditions() -> None:
    """Without an image, the best rendition of the first attached picture is taken, never another picture or one too large."""
    (only,) = page({"id": "a", "attachments": ATTACHMENTS}).items

    assert only.image == "https://feed.example/wall/large.jpg"
    assert only.size_in_bytes == 2000
    assert item(attachments=ATTACHMENTS).image == "https://feed.example/wall/1.jpg"


@pytest.mark.parametrize(
    ("base", "image", "there"),
    [
        (URL, "1.jpg", "https://feed.example/wall/1.jpg"),
        (URL, "/1.jpg", "https://feed.example/1.jpg"),
        (URL, "//cdn.example/1.jpg", "https://cdn.example/1.jpg"),
        (URL, "HTTPS://cdn.example/1.jpg", "HTTPS://cdn.example/1.jpg"),
        ("/srv/wall/feed.json", "1.jpg", "/srv/wall/1.jpg"),
        ("/srv/wall/feed.json", "a/../b%20c.jpg", "/srv/wall/b c.jpg"),
        ("/srv/wall/feed.json", "100%.jpg", "/srv/wall/100%.jpg"),
        ("/srv/wall/feed.json", "https://cdn.example/1.jpg", "https://cdn.example/1.jpg"),
    ],
)
def test_images_are_found_from_where_the_feed_lies(base: str, image: str, there: str) -> None:
    """Relative addresses start at the feed's own; for a local feed they are paths inside its folder."""
    assert item(base, image=image).image == there


@pytest.mark.parametrize(
    "image",
    [
        "../secret.jpg",
        "a/../../secret.jpg",
        "%2e%2e/secret.jpg",
        "/etc/passwd",
        "file:///etc/passwd",
        "~/x.jpg",
        "a\x00b",
        ".",
        "a/..",
    ],
)
def test_a_local_feed_cannot_leave_its_folder(image: str) -> None:
    """No path of a local feed leads out of the folder that it lies in."""
    assert page({"id": "a", "image": image}, url="/srv/wall/feed.json").items == ()
