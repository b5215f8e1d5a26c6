"""The documents that RSS and Atom come in: encodings, bombs, halves, depth, and anything at all."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError
from player.feed.syndication import parse
from tests.feed import hostile
from tests.feed.documents import PICTURE, URL, atom, page, rss


@pytest.mark.parametrize(
    ("declared", "really"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("us-ascii", "utf-8"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("x-unknown", "utf-8"),
        ("punycode", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("gb18030", "gb18030"),
    ],
)
def test_encodings_are_read_also_where_they_are_wrongly_declared(declared: str, really: str) -> None:
    """What the bytes are counts more than what they are said to be."""
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + rss(f"<guid>p-1</guid><title>Żółć ü</title>{PICTURE}")
    if really == "cp1252":
        text = text.replace("Żółć ", "")
    (only,) = parse(text.encode(really), url=URL).items

    assert only.caption == ("ü" if really == "cp1252" else "Żółć ü")


BOMB: Final = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE: Final = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *[(body, r"^https://feed\.example\.org/wall/feed\.xml: ") for body in hostile.BODIES],
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "not XML"),
        (b"<rss/>", "neither RSS 2.0 nor Atom"),
        (b"<opml/>", "neither RSS 2.0 nor Atom"),
        (b"<rss><channel/><channel/></rss>", "neither RSS 2.0 nor Atom"),
        (b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "neither RSS 2.0 nor Atom"),
        (rss("<guid>p-1</guid>").encode()[:-20], "not XML"),
        (rss("<guid>p-1</guid>").encode() + b"<more/>", "not XML"),
        (rss("<guid>&unheard;</guid>").encode(), "not XML"),
        (rss("<guid>p-1</guid>\x00").encode(), "not XML"),
        (rss("<guid>p-1</guid>&#0;").encode(), "not XML"),
        ((BOMB + rss("<guid>&b;</guid>")).encode(), "entities"),
        ((OUTSIDE + rss("<guid>&a;</guid>")).encode(), "entities"),
        (b"<?xml version='1.0'?>" + rss("<guid>p-1</guid>").encode("utf-16"), "not XML"),
    ],
)
def test_a_document_that_cannot_be_believed_is_refused(bad: bytes, message: str) -> None:
    """Log-in pages, halves of documents and entity bombs confirm nothing and withdraw nothing."""
    with pytest.raises(FeedError, match=message):
        parse(bad, url=URL)


def test_no_message_tells_the_token() -> None:
    """The query of the address, where tokens live, is in no message."""
    with pytest.raises(FeedError) as caught:
        parse(b"", url=URL + "?token=SECRET")

    assert "SECRET" not in str(caught.value)


def test_deep_nesting_is_only_text() -> None:
    """A hundred thousand elements inside one another neither stop the parser nor cost the neighbour."""
    deep = "<b>" * 100_000 + "x" + "</b>" * 100_000
    got = page(rss(f"<guid>p-1</guid><title>{deep}</title>{PICTURE}", f"<guid>p-2</guid>{PICTURE}"))

    assert [each.id for each in got.items] == ["p-1", "p-2"]


def test_too_many_items_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page has a bound of items."""
    monkeypatch.setattr("player.feed.syndication.feed.MAX_ITEMS", 2)
    with pytest.raises(FeedError, match="more than 2"):
        page(rss("", "", ""))


def test_the_words_of_one_entry_are_never_anothers() -> None:
    """Entries that feedparser would count otherwise, inside others or in other namespaces, shift no caption."""
    nested = f"<guid>p-1</guid>{PICTURE}<item><title>inner</title></item><atom:entry><atom:title>inner</atom:title></atom:entry>"
    second = f"<guid>p-2</guid><title>second</title>{PICTURE}"
    got = page(rss(nested, second, head="<item/><textInput><title>input</title></textInput>"))

    assert [(each.id, each.caption) for each in got.items] == [("p-1", ""), ("p-2", "second")]


TAGS: Final = st.sampled_from(
    ["guid", "title", "description", "author", "pubDate", "enclosure", "item", "language", "fh:complete", "dcterms:valid"]
) | st.sampled_from(
    ["atom:id", "atom:entry", "atom:link", "atom:content", "atom:title", "atom:author", "atom:name", "at:deleted-entry"]
    + [f"media:{name}" for name in ("group", "content", "status", "rating", "hash", "credit")],
)
NAMES: Final = st.sampled_from(
    ["url", "href", "type", "rel", "state", "algo", "ref", "when", "fileSize", "width", "xml:base", "xml:lang", "medium"]
)
VALUES: Final = (
    st.sampled_from(["image/jpeg", "1.jpg", "//[", "http://[::1/", "active", "blocked", "next", "enclosure", "html", "xhtml"])
    | st.sampled_from(["sha-256", "0", "9" * 30, "2027-01-20T08:00:00Z", "start=;end=x", "<b>&bogus;<!-- ", "<![CDATA[ ]]>"])
    | st.sampled_from(["a@b (c)", "\u202e", "Tue, 19 Jan 2027 08:00 XYZ"])
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)
)


def _element(tag: str, attributes: dict[str, str], inside: list[str]) -> str:
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(inside)}</{tag}>"


ELEMENTS: Final = st.recursive(
    VALUES.map(escape),
    lambda inner: st.builds(_element, TAGS, st.dictionaries(NAMES, VALUES, max_size=3), st.lists(inner, max_size=4)),
    max_leaves=12,
)


@given(st.lists(ELEMENTS, max_size=4), ELEMENTS)
def test_any_xml_is_a_page_or_a_feed_error(inside: list[str], head: str) -> None:
    """Whatever is in a feed, parsing gives a page whose texts can be stored, or a FeedError, and nothing else."""
    for document in (rss(*inside, head=head), atom(*inside, head=head)):
        for url in (URL, "/srv/wall/feed.xml"):
            try:
                hostile.assert_storable(page(document, url))
            except FeedError:
                continue


INSIDE: Final = st.binary(max_size=40).map(lambda raw: rss("").encode().replace(b"<item></item>", raw))


@given(st.binary() | st.text().map(str.encode) | INSIDE)
def test_any_bytes_are_a_page_or_a_feed_error(raw: bytes) -> None:
    """Bytes of any kind are refused in words, or hold an empty feed."""
    try:
        got = parse(raw, url=URL)
    except FeedError:
        return
    assert not got.items
