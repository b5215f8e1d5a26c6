"""RSS and Atom: items, approval, withdrawal, pages, and the words that people and attackers put into them."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

import pytest

from player.errors import FeedError
from player.feed import harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.syndication import parse
from player.feed.trust import MODERATED, Policy, State, judge
from player.units import SECOND
from tests.feed import hostile
from tests.feed.documents import ACTIVE, PICTURE, URL, item, page, rss

AT: Final = 1_800_432_000 * SECOND  # 2027-01-20T08:00:00Z


def test_rss_with_media_rss_is_read_whole() -> None:
    """Every field arrives: the best rendition, who and what, approval, end of validity, tombstones, completeness."""
    got = parse((hostile.PAYLOADS / "gallery.rss").read_bytes(), url=URL)

    assert got == Page(
        items=(
            Item(
                id="p-3",
                image="https://photos.example.org/3.jpg",
                status=Status.APPROVED,
                caption="From Zagreb",
                credit="Photo: A. Person",
                alt="Hands with a sheet",
                language="hr",
                version="1800345600 812345",
                valid_until=AT + 86_400 * SECOND,
                sha256="ab" * 32,
                width=4032,
                height=3024,
            ),
            Item(
                id="p-4",
                image="https://feed.example.org/photos/4.jpg",
                status=Status.UNSTATED,
                caption="Not stated",
                credit="B. Person",
                language="hr",
            ),
        ),
        withdrawn=(Withdrawal("p-1", "asked by its author", AT), Withdrawal("p-2"), Withdrawal("p-5", "a complaint")),
        complete=True,
    )


def test_atom_is_read_whole() -> None:
    """Bases, languages, texts of each type, inherited authors, all tombstones and the next page."""
    got = parse((hostile.PAYLOADS / "gallery.atom").read_bytes(), url="https://elsewhere.example.org/feed.atom")

    assert got == Page(
        items=(
            Item(
                id="tag:example.org,2027:3",
                image="https://feed.example.org/wall/photos/3.jpg",
                status=Status.APPROVED,
                caption="Z Krakowa",
                credit="The organiser",
                language="pl",
                version="1800345600 812345",
            ),
            Item(
                id="tag:example.org,2027:4",
                image="https://feed.example.org/wall/4.png",
                status=Status.UNSTATED,
                caption="1 < 2",
                credit="C. Person",
                language="he",
                version="1800345600",
            ),
        ),
        withdrawn=(Withdrawal("tag:example.org,2027:1", "", AT), Withdrawal("tag:example.org,2027:2", "", AT)),
        next_url="https://feed.example.org/wall/feed.atom?page=2",
    )


def test_what_is_not_stated_needs_the_operators_word() -> None:
    """A feed without any signal approves nothing by itself, and everything once the operator vouches for it."""
    unstated = item("<pubDate>Tue, 19 Jan 2027 08:00:00 GMT</pubDate>")

    assert judge(unstated, policy=Policy(trust=MODERATED), min_approvals=1, now=AT).state is State.PENDING
    vouched = Policy(trust=MODERATED, assume_approved=True)
    assert judge(unstated, policy=vouched, min_approvals=1, now=AT).state is State.APPROVED


def test_an_edit_is_another_version_and_stays_approved() -> None:
    """What is active is active as it is now: a change is fetched anew, and does not wait for ever."""
    before, after = (item(f"{ACTIVE}<pubDate>Tue, {day} Jan 2027 08:00:00 GMT</pubDate>") for day in (19, 20))

    assert before.version != after.version
    assert judge(after, policy=Policy(trust=MODERATED), min_approvals=1, now=AT).state is State.APPROVED


def _group(content: str = "", group: str = "", entry: str = "") -> str:
    inside = f'<media:content url="1.jpg" medium="image">{content}</media:content>'
    return f"<media:group>{inside}{group}</media:group>{entry}"


ADULT: Final = '<media:rating scheme="urn:simple">adult</media:rating>'
MILD: Final = '<media:rating scheme="urn:simple">nonadult</media:rating>'
CRUDE: Final = '<media:rating scheme="urn:icra">r (cz 1)</media:rating>'


@pytest.mark.parametrize(
    ("picture", "head", "status"),
    [
        (_group(), "", Status.UNSTATED),
        (_group(content=ACTIVE), "", Status.APPROVED),
        (_group(group=ACTIVE), "", Status.APPROVED),
        (_group(entry=ACTIVE), "", Status.APPROVED),
        (_group(entry='<media:status state=" Active "/>'), "", Status.APPROVED),
        (_group(entry='<media:status state="pending"/>'), "", Status.UNKNOWN),
        (_group(entry='<media:status state=""/>'), "", Status.UNKNOWN),
        (_group(entry="<media:status/>"), "", Status.UNKNOWN),
        (_group(entry='<media:status state="pending"/>' + ACTIVE), "", Status.UNKNOWN),
        (_group(content=ACTIVE, entry='<media:status state="pending"/>'), "", Status.UNKNOWN),
        (_group(), ACTIVE, Status.UNSTATED),
        (_group(content=ACTIVE), '<media:status state="blocked"/>', Status.UNKNOWN),
        (_group(entry=MILD), "", Status.UNSTATED),
        (_group(entry=ADULT), "", Status.UNKNOWN),
        (_group(entry=ACTIVE + ADULT), "", Status.UNKNOWN),
        (_group(content=ADULT, entry=ACTIVE), "", Status.UNKNOWN),
        (_group(content=MILD, entry=ACTIVE + ADULT), "", Status.UNKNOWN),
        (_group(entry=ACTIVE), ADULT, Status.UNKNOWN),
        (_group(entry=ACTIVE + CRUDE), "", Status.UNKNOWN),
        (_group(entry=ACTIVE + "<media:adult>true</media:adult>"), "", Status.UNKNOWN),
        (_group(entry=ACTIVE + "<media:rating/>"), "", Status.UNKNOWN),
        # A word that stands at another picture approves this one not.
        (_group(entry=f'<media:content url="2.jpg" medium="image">{ACTIVE}</media:content>'), "", Status.UNSTATED),
    ],
)
def test_approval_is_read_the_safe_way(picture: str, head: str, status: Status) -> None:
    """Active must stand at the picture or above it; whatever forbids counts wherever it stands; doubt approves nothing."""
    assert item(picture=picture, head=head).status is status


@pytest.mark.parametrize(
    "picture",
    [
        _group(entry='<media:status state="deleted" reason="no"/>'),
        _group(content=ACTIVE, entry='<media:status state="blocked" reason="no"/>'),
        _group(content='<media:status state="BLOCKED" reason="no"/>', entry=ACTIVE),
        _group(entry=ACTIVE + '<media:content url="2.jpg"><media:status state="deleted" reason="no"/></media:content>'),
        '<media:status state="deleted" reason="no"/>',
    ],
)
def test_a_blocked_or_deleted_item_is_withdrawn(picture: str) -> None:
    """Explicitly, whatever else is said of it, and also when it has no picture any more."""
    got = page(rss(f"<guid>p-1</guid>{picture}"))

    assert got.withdrawn == (Withdrawal("p-1", "no"),)
    assert not got.items


def test_a_tombstone_beats_the_entry_beside_it() -> None:
    """An id that is listed and deleted in one document is withdrawn, whatever the dates say."""
    gone = '<at:deleted-entry ref="p-1" when="2000-01-01T00:00:00Z"/>'
    got = page(rss(f"<guid>p-1</guid>{PICTURE}{ACTIVE}", head=gone))

    assert [each.status for each in got.items] == [Status.WITHDRAWN]


def test_a_tombstone_inside_an_entry_is_only_text() -> None:
    """Who may write an entry may not thereby withdraw another."""
    got = page(rss(f'<guid>p-1</guid>{PICTURE}<description><at:deleted-entry ref="p-2"/></description>'))

    assert not got.withdrawn


def test_a_tombstone_without_a_usable_id_is_told() -> None:
    """Nothing is withdrawn by it, and the operator learns of it."""
    assert page(rss(head='<at:deleted-entry ref=""/><at:deleted-entry/>')).discarded == (
        "deleted entry 1: no usable id",
        "deleted entry 2: no usable id",
    )


@pytest.mark.parametrize(
    ("head", "complete", "next_url"),
    [
        ("", False, None),
        ("<fh:complete/>", True, None),
        ("<fh:complete/><fh:archive/>", False, None),
        ("<fh:archive/>", False, None),
        ('<atom:link rel="next" href="?page=2"/>', False, "https://feed.example.org/wall/feed.xml?page=2"),
        ('<atom:link rel="prev-archive" href="/old.xml"/><fh:archive/>', False, "https://feed.example.org/old.xml"),
        ('<atom:link rel="prev-archive" href="/old"/><atom:link rel="next" href="/n"/>', False, "https://feed.example.org/n"),
        ('<atom:link rel="self" href="/self"/><atom:link href="/alternate"/>', False, None),
    ],
)
def test_pages_and_completeness_are_as_rfc_5005_says(head: str, complete: bool, next_url: str | None) -> None:  # noqa: FBT001 - a row
    """Only what says that it is complete is; the rest is a window, or a page with another behind it."""
    got = page(rss(head=head))

    assert (got.complete, got.next_url) == (complete, next_url)


@pytest.mark.parametrize(
    "link", ['href="file:///etc/passwd"', 'href="javascript:x"', "", 'href="/2"/><atom:link rel="next" href="/3"']
)
def test_a_next_page_that_cannot_be_followed_refuses_this_one(link: str) -> None:
    """What the next page withdraws would never be heard."""
    with pytest.raises(FeedError, match="next page"):
        page(rss(head=f'<atom:link rel="next" {link}/>'))


def _renditions(*attributes: str) -> str:
    return f"<media:group>{''.join(f'<media:content {each}/>' for each in attributes)}</media:group>"


@pytest.mark.parametrize(
    ("picture", "image"),
    [
        ('<media:content url="a.jpg" type="image/jpeg"/><media:content url="b.jpg" type="image/jpeg"/>', "a.jpg"),
        ('<media:content url="a.mp4" type="video/mp4"/><enclosure url="b.jpg" type="image/jpg"/>', "b.jpg"),
        ('<media:content url="a" medium="image"/>', "a"),
        ('<media:content url="a.PNG?x=1"/>', "a.PNG?x=1"),
        ('<media:content url="a.jpg" type="text/html"/><media:content url="b.jpg"/>', "b.jpg"),
        ('<enclosure url="a.mp3" type="audio/mpeg"/><enclosure url="b.webp" type="image/webp"/>', "b.webp"),
        (
            _renditions('url="a.jpg" width="10" height="10"', 'url="b.jpg" width="20" height="20"'),
            "b.jpg",
        ),
        (
            _renditions('url="a.png" type="image/png"', 'url="b.jpg" type="image/jpeg"'),
            "b.jpg",
        ),
        (
            _renditions('url="a.jpg" fileSize="99"', 'url="b.jpg" fileSize="99000000"'),
            "a.jpg",
        ),
        ('<media:group><media:content url="a.mp4" type="video/mp4"/></media:group><media:content url="b.jpg"/>', "b.jpg"),
        (
            '<media:group><media:content url="a.jpg"/></media:group><media:group><media:content url="b.jpg"/></media:group>',
            "a.jpg",
        ),
        ('<media:content url="javascript:x" medium="image"/><media:content url="b.jpg"/>', "b.jpg"),
    ],
)
def test_the_best_rendition_of_the_first_picture_counts(picture: str, image: str) -> None:
    """Of a group the largest that may be fetched; else the first alone; else the first enclosed."""
    assert item(picture=picture).image == f"https://feed.example.org/wall/{image}"


def test_media_rss_without_its_slash_is_media_rss() -> None:
    """Half of all feeds forget the slash at the end of the namespace, and their words count no less."""
    text = rss(f"<guid>p-1</guid>{PICTURE}<media:status state='blocked'/>").replace("mrss/", "mrss")

    assert page(text).withdrawn == (Withdrawal("p-1"),)


@pytest.mark.parametrize("address", hostile.IMAGES)
def test_no_picture_is_taken_from_such_an_address(address: str) -> None:
    """Programs, files and data in the place of a picture are left out."""
    got = page(rss(f'<guid>p-1</guid><media:content url="{address}" type="image/jpeg"/>'))

    assert not got.items
    assert got.discarded == ('"p-1": no picture that may be fetched',)


@pytest.mark.parametrize(
    ("base", "image"),
    [("https://b.example.org/c/", "https://b.example.org/c/1.jpg"), ("sub/", "https://feed.example.org/wall/sub/1.jpg")],
)
def test_relative_addresses_start_at_xml_base(base: str, image: str) -> None:
    """The base of the element counts; without one, the address that the feed came from."""
    got = page(rss(f"<guid>p-1</guid>{PICTURE}").replace("<channel>", f'<channel xml:base="{base}">'))

    assert [each.image for each in got.items] == [image]


def test_a_base_that_leads_nowhere_makes_relative_addresses_useless() -> None:
    """Only whole addresses count below it."""
    whole = PICTURE.replace("1.jpg", "https://photos.example.org/2.jpg")
    text = rss(f"<guid>p-1</guid>{PICTURE}", f"<guid>p-2</guid>{whole}").replace("<channel>", '<channel xml:base="file:///etc/">')

    assert [each.id for each in page(text).items] == ["p-2"]


def test_a_local_feed_stays_in_its_folder() -> None:
    """A feed on this machine names pictures inside its own folder and on the web, and nowhere else."""
    assert item(url="/srv/wall/feed.xml").image == "/srv/wall/1.jpg"
    outside = f"<guid>p-1</guid>{PICTURE.replace('1.jpg', '../1.jpg')}"
    assert page(rss(outside), "/srv/wall/feed.xml").discarded == ('"p-1": no picture that may be fetched',)


@pytest.mark.parametrize(
    ("ids", "line"),
    [
        ("", "entry 1: no id"),
        ("<link>https://example.org/1</link>", "entry 1: no id"),
        ("<guid> </guid>", "entry 1: no id"),
        ("<guid>a</guid><guid>b</guid>", "entry 1: more than one id"),
        (f"<guid>{'x' * 600}</guid>", "entry 1: "),
        ("<guid>a&#10;b</guid>", "entry 1: "),
    ],
)
def test_an_item_without_a_usable_id_is_left_out(ids: str, line: str) -> None:
    """What cannot be named cannot be withdrawn; its neighbour stays."""
    got = page(rss(ids + PICTURE, f"<guid>good</guid>{PICTURE}"))

    assert [each.id for each in got.items] == ["good"]
    assert got.discarded[0].startswith(line)


def test_the_same_id_twice_is_read_the_safe_way() -> None:
    """Equal twins are one; of two that differ none is approved."""
    one, other = f"<guid>p-1</guid>{PICTURE}{ACTIVE}", f"<guid>p-1</guid>{PICTURE.replace('1', '2')}{ACTIVE}"

    assert [each.status for each in page(rss(one, one)).items] == [Status.APPROVED]
    assert [each.status for each in page(rss(one, other)).items] == [Status.UNKNOWN]


@pytest.mark.parametrize(
    "broken",
    [
        '<media:hash algo="sha-256">abc</media:hash>',
        '<media:hash algo="SHA256"/>',
        f'<media:hash algo="sha-256">{"a" * 64}</media:hash><media:hash algo="sha-256">{"b" * 64}</media:hash>',
        "<dcterms:valid>end=soon</dcterms:valid>",
        "<dcterms:valid>start=2027-01-01;end=</dcterms:valid>",
    ],
)
def test_a_limit_that_cannot_be_read_is_no_approval(broken: str) -> None:
    """A hash or an end of validity that is there and means nothing leaves nothing approved."""
    assert item(ACTIVE + broken).status is Status.UNKNOWN


def test_other_hashes_say_nothing() -> None:
    """MD5 and SHA-1 prove nothing today; without an end, nothing ends."""
    got = item(
        f"{ACTIVE}<media:hash algo='md5'>abc</media:hash><media:hash>x</media:hash><dcterms:valid>start=2027</dcterms:valid>"
    )

    assert (got.sha256, got.valid_until, got.status) == (None, None, Status.APPROVED)


@pytest.mark.parametrize(
    ("title", "caption"),
    [
        ("<![CDATA[<b>From</b> Zagreb &eacute;]]>", "From Zagreb é"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Zagreb", "Zagreb"),
        ("<![CDATA[<script>alert(1)</script>]]>", "described"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("a&nbsp;b&hellip;", "a b…"),
        ("I &lt;3 you", "I <3 you"),
        ("&lt;img src=x onerror=alert(1)&gt;", "described"),
        ("", "described"),
        *[(escape(text), expected) for text, expected in hostile.XML_TEXTS],
    ],
)
def test_titles_become_words(title: str, caption: str) -> None:
    """HTML, with or without CDATA, is shown as its words; a title without words gives way to the description."""
    assert item(f"<title>{title}</title><description>described</description>").caption == caption


def test_a_name_of_ten_thousand_characters_is_one_line() -> None:
    """No name is longer than a line, whoever names it."""
    assert len(item(f"<media:credit>{'A ' * 5000}</media:credit>").credit) <= 120
    assert len(item(f'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{"A " * 5000}</dc:creator>').credit) <= 120


@pytest.mark.parametrize("author", ["nobody@example.org", "nobody@example.org (nobody@example.org)"])
def test_an_address_of_mail_is_shown_to_nobody(author: str) -> None:
    """RSS wants an address where the author is named; it is not put on a wall."""
    assert not item(f"<author>{author}</author>").credit


@pytest.mark.parametrize("when", ["Tue, 32 Jan 2027 99:00:00 GMT", "0000-00-00", "9" * 400, "gestern", "12027-01-01T00:00:00Z"])
def test_a_malformed_date_is_tolerated(when: str) -> None:
    """Whatever stands where a date should be, the item is there, and its version is bounded."""
    assert len(item(f"<pubDate>{when}</pubDate>").version) <= harvest.MAX_VERSION + 20
