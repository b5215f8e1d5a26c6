"""A folder as a feed: when a file counts, what is said about it, and what is left alone."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from player.errors import NetworkError
from player.feed.folder import SETTLED, Scan, Stamp, scan
from player.feed.item import Item, Status
from player.units import SECOND, Nanos

OLD = 1_700_000_000 * SECOND
NOW = 1_800_000_000 * SECOND


def put(folder: Path, name: str, content: bytes = b"picture", *, mtime: Nanos = OLD) -> Path:
    """Lay a file into *folder*, last changed at *mtime*."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(mtime, mtime))
    return path


def look(folder: Path, stamps: dict[str, Stamp] | None = None, now: Nanos = NOW) -> Scan:
    """Scan *folder*."""
    return scan(folder, settled=stamps or {}, now=now)


def ids(found: Scan) -> list[str]:
    """The ids of all items."""
    return [each.id for each in found.snapshot.items]


def test_a_file_is_an_approved_item(tmp_path: Path) -> None:
    """The operator vouches for what lies in the folder; its version is size, time and hash."""
    put(tmp_path, "a/b.jpg", b"picture")
    found = look(tmp_path)

    assert found.snapshot.items == (
        Item(
            id="a/b.jpg",
            image=str(tmp_path / "a/b.jpg"),
            status=Status.APPROVED,
            modified_at=OLD,
            sha256=hashlib.sha256(b"picture").hexdigest(),
            size_in_bytes=7,
        ),
    )
    assert found.snapshot.complete
    assert found.device == tmp_path.stat().st_dev


@pytest.mark.parametrize(("age", "counts"), [(SETTLED, True), (SETTLED - 1, False), (-400 * SECOND, False)])
def test_a_file_settles(tmp_path: Path, age: Nanos, *, counts: bool) -> None:
    """A file that may still be written to waits; a date in the future is no proof of rest."""
    put(tmp_path, "old.jpg")
    put(tmp_path, "new.jpg", mtime=NOW - age)
    found = look(tmp_path)

    assert ("new.jpg" in ids(found)) is counts
    assert found.waiting == (() if counts else ("new.jpg",))


def test_a_file_from_the_future_settles_by_being_watched(tmp_path: Path) -> None:
    """A camera's wrong clock delays a picture by two seconds, not by a year."""
    put(tmp_path, "a.jpg", mtime=NOW + 10**9 * SECOND)
    first = look(tmp_path)
    soon = look(tmp_path, first.stamps, NOW + SETTLED - 1)
    later = look(tmp_path, soon.stamps, NOW + SETTLED)

    assert (ids(first), ids(soon), ids(later)) == ([], [], ["a.jpg"])
    assert not first.snapshot.complete


def test_a_clock_set_back_hides_nothing(tmp_path: Path) -> None:
    """What has settled stays settled when the machine's clock is set back."""
    put(tmp_path, "a.jpg", mtime=NOW - SETTLED)
    found = look(tmp_path)

    assert ids(look(tmp_path, found.stamps, OLD)) == ["a.jpg"]
    watched = look(tmp_path, {}, OLD)
    assert ids(look(tmp_path, watched.stamps, OLD + SETTLED)) == ["a.jpg"]


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a file whose size or time changed is read again."""
    put(tmp_path, "a.jpg")
    found = look(tmp_path)

    def never(path: str) -> str:
        raise AssertionError(path)

    monkeypatch.setattr("player.feed.folder._hash", never)

    assert look(tmp_path, found.stamps).snapshot == found.snapshot


def test_a_changed_file_is_another_version(tmp_path: Path) -> None:
    """A file that is written anew waits, and comes back with its new hash."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "b.jpg")
    first = look(tmp_path)
    put(tmp_path, "a.jpg", b"another", mtime=NOW)
    second = look(tmp_path, first.stamps, NOW + SECOND)
    third = look(tmp_path, second.stamps, NOW + 3 * SECOND)

    assert (ids(second), second.waiting) == (["b.jpg"], ("a.jpg",))
    assert third.snapshot.items[0].sha256 == hashlib.sha256(b"another").hexdigest()


@pytest.mark.parametrize("name", ["a.jpg.yaml", "a.yaml", "a.jpg.yml", "a.yml"])
def test_a_sidecar_gives_the_words(tmp_path: Path, name: str) -> None:
    """A ``.yaml`` beside a picture gives its words, all read as text."""
    put(tmp_path, "a.jpg")
    put(tmp_path, name, b"caption: 'Zagreb,  1944'\ncredit: yes\nalt: no\nlanguage: hr\ncountry: no\nfocal: [0.5, -1]\n")
    (item,) = look(tmp_path).snapshot.items

    assert (item.caption, item.credit, item.alt) == ("Zagreb, 1944", "yes", "no")
    assert (item.language, item.country, item.focal) == ("hr", "NO", (0.5, -1.0))


def test_a_changed_sidecar_is_read_again(tmp_path: Path) -> None:
    """Words may be mended while the picture stays as it is; an unchanged sidecar is not parsed twice."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "a.yaml", b"caption: one")
    first = look(tmp_path)
    put(tmp_path, "a.yaml", b"caption: three", mtime=NOW)
    second = look(tmp_path, first.stamps)

    assert [found.snapshot.items[0].caption for found in (first, second)] == ["one", "three"]
    assert look(tmp_path, first.stamps).stamps["a.jpg"].note != first.stamps["a.jpg"].note


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"caption: [", "not YAML (line"),
        (b"\tcaption: x", "not YAML"),
        (b"\xff\xfe\xff", "not YAML"),
        (b"[" * 5_000, "not YAML"),
        (b"caption: x\n" * 10_000, "larger than 65,536 bytes"),
        (b"- caption", "not a list of keys and values"),
        (b"captoin: x", "unknown key captoin"),
        (b"focal: [2, 0]", "focal is not"),
        (b"focal: [a, b]", "focal is not"),
        (b"? [a, b]\n: x", "not YAML"),
        (b"!!python/object/apply:os.system ['true']", "not a list of keys and values"),
        (b"a: &a [x]\nb: *a", "unknown key"),
    ],
)
def test_a_bad_sidecar_costs_only_the_words(tmp_path: Path, content: bytes, line: str) -> None:
    """The picture counts, without caption, and the operator is told, at each scan."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "a.jpg.yaml", content)
    first = look(tmp_path)

    for found in (first, look(tmp_path, first.stamps)):
        assert ids(found) == ["a.jpg"]
        assert found.snapshot.items[0].caption == ""
        assert len(found.snapshot.discarded) == 1
        assert line in found.snapshot.discarded[0]


def test_an_empty_sidecar_says_nothing(tmp_path: Path) -> None:
    """A sidecar without content is no fault."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "a.yaml", b"# later\n")

    assert look(tmp_path).snapshot.discarded == ()


def test_what_systems_leave_behind_is_not_shown(tmp_path: Path) -> None:
    """Hidden files, thumbnails of a NAS and the bin are no pictures of the operator."""
    put(tmp_path, "a.jpg")
    for litter in (
        ".hidden.jpg",
        "._a.jpg",
        ".Trash-1000/b.jpg",
        "@eaDir/a.jpg/thumb.jpg",
        "__MACOSX/a.jpg",
        "$RECYCLE.BIN/x.jpg",
        "Thumbs.db",
    ):
        put(tmp_path, litter)

    assert ids(look(tmp_path)) == ["a.jpg"]


def test_links_stay_inside(tmp_path: Path) -> None:
    """A link inside the folder is followed; one that leads out, to a folder, to nowhere or in a circle is not."""
    outside = put(tmp_path, "outside/secret.jpg")
    inside = tmp_path / "inside"
    put(inside, "a.jpg")
    (inside / "b.jpg").symlink_to("a.jpg")
    (inside / "out.jpg").symlink_to(outside)
    (inside / "dir").symlink_to(outside.parent)
    (inside / "loop.jpg").symlink_to("loop.jpg")
    (inside / "gone.jpg").symlink_to("nothing.jpg")
    (inside / "self").symlink_to(".")
    found = look(inside)

    assert ids(found) == ["a.jpg", "b.jpg"]
    assert any("leads out of the folder" in line for line in found.snapshot.discarded)


def test_a_folder_that_is_itself_a_link_is_followed(tmp_path: Path) -> None:
    """The operator may name a folder by a link."""
    put(tmp_path, "real/a.jpg")
    (tmp_path / "link").symlink_to("real")

    assert look(tmp_path / "link").snapshot.items[0].image == str(tmp_path / "link/a.jpg")


def test_odd_files_are_named_and_left_out(tmp_path: Path) -> None:
    """A pipe, a file too large, a name that is not text: each is a line, and the rest counts."""
    put(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    put(tmp_path, "line\nbreak.jpg")
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(26_000_000)
    with open(os.fsencode(tmp_path) + b"/\xff.jpg", "wb") as file:  # noqa: PTH123  the name is not text
        file.write(b"picture")
    found = look(tmp_path)

    assert ids(found) == ["a.jpg"]
    assert len(found.snapshot.discarded) == 4


@pytest.mark.parametrize("state", ["missing", "empty", "a file", "only litter"])
def test_a_folder_that_cannot_be_read_confirms_nothing(tmp_path: Path, state: str) -> None:
    """A missing or empty folder is an unplugged disk: nothing is confirmed, nothing withdrawn."""
    there = tmp_path / "photos"
    if state == "empty":
        there.mkdir()
    elif state == "a file":
        there.write_bytes(b"")
    elif state == "only litter":
        put(there, ".hidden")
    with pytest.raises(NetworkError, match="photos: the folder"):
        look(there)


def test_a_folder_read_in_part_makes_absence_mean_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be read the others are confirmed, and none is taken for removed."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "b.jpg")

    def failing(path: str) -> str:
        if path.endswith("a.jpg"):
            raise OSError(5, "Input/output error")
        return "b" * 64

    monkeypatch.setattr("player.feed.folder._hash", failing)
    found = look(tmp_path)

    assert (ids(found), found.snapshot.complete) == (["b.jpg"], False)
    assert found.snapshot.discarded == ('"a.jpg": cannot be read (Input/output error)',)


def test_depth_and_number_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders nested too deeply are left out; with too many files the rest is left out, and absence means nothing."""
    put(tmp_path, "a.jpg")
    put(tmp_path, "/".join("x" * 10) + "/b.jpg")
    assert ids(look(tmp_path)) == ["a.jpg"]

    put(tmp_path, "c.jpg")
    monkeypatch.setattr("player.feed.folder.MAX_FILES", 1)
    found = look(tmp_path)
    assert (ids(found), found.snapshot.complete) == (["a.jpg"], False)
