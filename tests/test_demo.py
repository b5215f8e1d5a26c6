"""The demonstration's pictures and their feed, as they are committed, and the room that draws them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from player.demo.card import words
from player.demo.catalogue import DRAWINGS, Drawing
from player.demo.publish import entry, feed

FOLDER = Path(__file__).parents[1] / "assets" / "demo"
MOST_BYTES = 5_000_000  # what a clone of the repository may carry for the demonstration
SMALL = 0.15  # of full size: enough to see that a drawing is the same twice

Json = dict[str, Any]


@pytest.fixture(scope="module")
def listing() -> Json:
    """The committed feed."""
    return cast("Json", json.loads((FOLDER / "feed.json").read_text(encoding="utf-8")))


def drawing_named(name: str) -> Drawing:
    """Return the drawing whose file name ends with *name*."""
    return next(drawing for drawing in DRAWINGS if drawing.name.endswith(name))


def test_the_feed_is_a_json_feed_with_our_extension(listing: Json) -> None:
    """The committed feed is JSON Feed 1.1, complete, of two approvals, and not halted."""
    ours = listing["_we_remember"]

    assert listing["version"] == "https://jsonfeed.org/version/1.1"
    assert listing["title"]
    assert ours["schema"] == 1
    assert ours["complete"] is True
    assert ours["halt"] is False
    assert ours["min_approvals"] == 2


def test_every_picture_is_there_and_is_what_the_feed_says(listing: Json) -> None:
    """Each item's file has the hash, the length, the type and the size that the feed states, and an alt text."""
    for item in listing["items"]:
        data = (FOLDER / item["image"]).read_bytes()
        ours = item["_we_remember"]
        with Image.open(FOLDER / item["image"]) as picture:
            assert (picture.format, picture.size) == ("JPEG", (ours["width"], ours["height"]))
        assert hashlib.sha256(data).hexdigest() == ours["sha256"]
        assert len(data) == ours["size_in_bytes"]
        assert ours["alt"]
        assert item["content_text"]


def test_ids_are_unique_and_none_is_withdrawn(listing: Json) -> None:
    """No id is used twice, and no listed item is among the withdrawn."""
    ids = [item["id"] for item in listing["items"]]

    assert len(set(ids)) == len(ids)
    assert not set(ids) & {gone["id"] for gone in listing["_we_remember"]["withdrawn"]}


def test_one_item_waits_and_the_others_have_two_reviewers(listing: Json) -> None:
    """Exactly one item is pending; every other is approved by two reviewers, no earlier than its last change."""
    pending = [item for item in listing["items"] if item["_we_remember"]["status"] == "pending"]
    approved = [item for item in listing["items"] if item["_we_remember"]["status"] == "approved"]

    assert len(pending) == 1
    assert len(approved) == 20
    for item in approved:
        assert len(set(item["_we_remember"]["approved_by"])) == 2
        assert item["_we_remember"]["approved_at"] >= item["date_modified"]


def test_the_shapes_are_mixed(listing: Json) -> None:
    """There are portraits for pairs, pictures of a screen's own shape, a square and a panorama."""
    shapes = [item["_we_remember"]["width"] / item["_we_remember"]["height"] for item in listing["items"]]

    assert sum(shape < 1 for shape in shapes) >= 7
    assert sum(abs(shape - 16 / 9) < 0.01 for shape in shapes) == 2
    assert 1.0 in shapes
    assert max(shapes) > 2.1


def test_the_folder_stays_small_and_holds_nothing_else(listing: Json) -> None:
    """The folder holds the feed and its pictures, and no more than 5 MB."""
    files = {path.name for path in FOLDER.iterdir()}

    assert files == {"feed.json", *(item["image"] for item in listing["items"])}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MOST_BYTES


def test_the_committed_feed_is_what_the_room_would_write(listing: Json) -> None:
    """From the committed pictures the room writes exactly the committed feed."""
    entries = [entry(drawing, (FOLDER / f"{drawing.name}.jpg").read_bytes()) for drawing in DRAWINGS]

    assert json.loads(json.dumps(feed(entries))) == listing


@pytest.mark.parametrize("drawing", [d for d in DRAWINGS if not d.name.endswith("line")], ids=lambda d: cast("Drawing", d).name)
def test_an_alt_text_quotes_the_words_as_they_are_drawn(drawing: Drawing) -> None:
    """What an alt text quotes is the phrase in the drawing's language, letter by letter."""
    assert f"“{words()[drawing.language]}”" in drawing.alt


@pytest.mark.parametrize("name", ["meadow", "city"])
def test_drawing_twice_is_the_same(name: str) -> None:
    """One drawing, drawn twice, is the same to the last pixel, and is not a blank."""
    first, second = (drawing_named(name).picture(SMALL) for _ in range(2))

    assert np.array_equal(first, second)
    assert first.std() > 10
