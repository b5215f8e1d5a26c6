"""Films in feeds: which readers find them, and that nothing that was a photo becomes one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from player.feed import mapped, mastodon
from player.feed.entry import Heritage, entry
from player.feed.folder import scan
from player.feed.item import Item, Status
from player.feed.kinds import is_film
from player.feed.trust import SIGNED, Policy, State, judge
from player.units import SECOND
from tests.feed import documents, pages

VIDEO = {"url": "f.mp4", "mime_type": "video/mp4; codecs=avc1"}
PICTURE = {"url": "f.jpg", "mime_type": "image/jpeg"}
SHA = "ab" * 32


def listed(*attachments: dict[str, Any], **fields: Any) -> Item:
    """The one item of a JSON Feed that has these attachments."""
    (found,) = pages.page({"id": "p-1", "attachments": list(attachments), **fields}).items
    return found


@pytest.mark.parametrize("kind", ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "Video/MP4"])
def test_an_attachment_is_a_film_by_its_type(kind: str) -> None:
    """Its address, its size and its hash are the film's."""
    found = listed({"url": "f.bin", "mime_type": kind, "size_in_bytes": 7}, _we_remember={"status": "approved", "sha256": SHA})

    assert (found.is_film, found.image.endswith("/f.bin"), found.size_in_bytes) == (True, True, 7)
    assert (found.sha256, found.status) == (SHA, Status.APPROVED)


def test_what_has_a_picture_stays_a_photo() -> None:
    """Whether it stands in `image` or beside the film."""
    assert not listed(VIDEO, PICTURE).is_film
    assert not listed(VIDEO, image="f.png").is_film
    assert not listed(PICTURE).is_film


def test_the_largest_film_that_may_be_fetched_counts() -> None:
    """Renditions have one title; a stream, or sound, is no film."""
    small = VIDEO | {"title": "t", "url": "s.mp4", "size_in_bytes": 5_000_000}
    large = VIDEO | {"title": "t", "url": "l.mp4", "size_in_bytes": 500_000_000}
    huge = VIDEO | {"title": "t", "url": "h.mp4", "size_in_bytes": 5_000_000_000}
    assert listed(small, huge, large).image.endswith("/l.mp4")

    others = ("application/vnd.apple.mpegurl", "audio/mp4", "video/mp2t", "text/html")
    for kind in others:
        assert pages.page({"id": "p-1", "attachments": [{"url": "l", "mime_type": kind}]}).items == ()


def test_a_film_is_approved_as_a_photo_is() -> None:
    """By its item, for the bytes that are named; a film of a signed feed must name them."""
    assert listed(VIDEO, _we_remember={"status": "pending"}).status is Status.PENDING
    assert listed(VIDEO, _we_remember={"status": "approved", "sha256": "nonsense"}).status is Status.UNKNOWN

    said = {"id": "f", "_we_remember": {"status": "approved", "mime_type": "video/mp4", "sha256": SHA, "size_in_bytes": 7}}
    signed = Heritage("https://a.example/1.json", (), "", photos="https://a.example/photos/")
    found = entry(said, signed, [], "item 1")
    assert isinstance(found, Item)
    assert (found.is_film, found.image) == (True, f"https://a.example/photos/{SHA}")
    verdict = judge(found, policy=Policy(trust=SIGNED), min_approvals=2, approvals=2, now=SECOND)
    assert verdict.state is State.APPROVED
    unbound = entry(said | {"_we_remember": {"status": "approved", "mime_type": "video/mp4"}}, signed, lines := [], "item 1")
    assert (unbound, len(lines)) == (None, 1)


@pytest.mark.parametrize(
    "media",
    [
        '<enclosure url="f.mp4" type="video/mp4" length="7"/>',
        '<enclosure url="f.mp4"/>',
        '<media:content url="f.mp4" medium="video" fileSize="7"/>',
        '<media:group><media:content url="f.mp4" type="video/mp4"/></media:group>',
    ],
)
def test_rss_has_films(media: str) -> None:
    """Enclosed, or as Media RSS has them; a picture beside it wins."""
    found = documents.item(documents.ACTIVE, picture=media)
    beside = documents.item(documents.ACTIVE, picture=media + documents.PICTURE)

    assert (found.is_film, found.image.endswith("/f.mp4")) == (True, True)
    assert (beside.is_film, beside.image.endswith("/1.jpg")) == (False, True)


def test_a_map_may_say_where_films_lie(tmp_path: Path) -> None:
    """For posts without a picture; a map that says nothing leaves them out, as before."""
    small = "name: Small\nitems: posts[]\nid: id\nimage: image\nabsent_means: hidden\n"
    body = json.dumps({"posts": [{"id": 1, "video": "f.mp4"}, {"id": 2, "video": "g.mp4", "image": "g.jpg"}]}).encode()
    (tmp_path / "own.yaml").write_text(small)
    assert [each.id for each in mapped.parser(mapped.load(tmp_path / "own.yaml"))(body, url="https://a.example/p").items] == ["2"]

    (tmp_path / "own.yaml").write_text(small + "film: video\n")
    found = mapped.parser(mapped.load(tmp_path / "own.yaml"))(body, url="https://a.example/p").items
    assert [(each.id, each.is_film) for each in found] == [("1", True), ("2", False)]


def test_a_folder_has_films(tmp_path: Path) -> None:
    """By how their names end; subtitles beside them are no items."""
    for name in ("f.mp4", "g.WebM", "a.jpg", "f.he.vtt", "f.srt"):
        (tmp_path / name).write_bytes(b"bytes")
    now = (tmp_path / "f.mp4").stat().st_mtime_ns + 10 * SECOND

    found = scan(tmp_path, settled={}, now=now).snapshot.items
    assert [(each.id, each.is_film) for each in found] == [("a.jpg", False), ("f.mp4", True), ("g.WebM", True)]
    assert all(each.size_in_bytes == len(b"bytes") for each in found)


def test_mastodon_has_films() -> None:
    """A post with pictures has its pictures; one without has its films, numbered as pictures are."""
    url = "https://mastodon.example/api/v1/accounts/109334860508022726/statuses?limit=40"
    payload = Path(__file__).parent / "payloads" / "mastodon" / "boosts.json"

    def found(*kinds: str) -> list[tuple[str, bool]]:
        boost = json.loads(payload.read_bytes())[-1]
        (one, *_) = boost["reblog"]["media_attachments"]
        boost["reblog"]["media_attachments"] = [one | {"type": kind} for kind in kinds]
        page = mastodon.parse(json.dumps([boost]).encode(), url=url)
        return [(each.id.rpartition("/")[2], each.is_film) for each in page.items]

    (one,) = found("image")
    assert found("video") == [(one[0], True)]
    assert found("video", "image") == [one]
    assert found("gifv") == []


@pytest.mark.parametrize(
    ("address", "kind", "holds"),
    [
        ("https://a.example/f.mp4?x=1", "", True),
        ("f.MKV", "", True),
        ("f.mp4.jpg", "", False),
        ("mp4", "", False),
        ("f.mp4", "image/jpeg", False),
        ("f.mp4", "application/octet-stream", False),
    ],
)
def test_a_type_counts_before_an_address(address: str, kind: str, *, holds: bool) -> None:
    """A film that is called a picture is taken for a picture, and refused as one."""
    assert is_film(kind, address) is holds
