"""The cache: it saves requests, and whatever becomes of it stops and misleads nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from player.feed.signed.cache import Cache
from player.feed.signed.feed import SignedFeed
from player.feed.signed.layout import ROLE_BYTES, SNAPSHOT, TIMESTAMP
from tests.fakes.pens import pen_of
from tests.fakes.repository import Repository
from tests.feed.signed.reader import Reader, begun

Damage: TypeAlias = Callable[[Path], Any]


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def _folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _huge(path: Path) -> None:
    os.truncate(path, ROLE_BYTES + 1)


DAMAGES: Final[dict[str, Damage]] = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "half": _half,
    "flipped": _flipped,
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a folder": _folder,
    "a pipe": _pipe,
    "a link": _link,
    "huge": _huge,
}


def full(tmp_path: Path) -> Reader:
    """A reader whose cache has a file of each kind."""
    reader = begun(tmp_path)
    reader.repository.rotate("root", [pen_of(name) for name in ("Ada", "Ben", "Gil")])
    reader.poll()
    _ = reader.requests
    return reader


def files(reader: Reader) -> list[Path]:
    """Every file of the cache."""
    return sorted(path for path in reader.cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_no_damage_to_one_file_is_noticed(tmp_path: Path, damage: Damage) -> None:
    """Each file in turn may be damaged in each way: the next poll brings what it would have, and the one after is idle again."""
    reader = full(tmp_path)
    places = [path.relative_to(reader.cache) for path in files(reader)]
    for place in places:
        damage(reader.cache / place)
        reader.held, reader.approved, reader.core = None, set(), set()
        reader.poll()
        assert (reader.approved, reader.core) == ({"p-1", "p-2", "p-3"}, {"core-1"}), place

    assert len(places) == 13


def _all_gone(cache: Path) -> None:
    shutil.rmtree(cache)


def _a_file(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_bytes(b"")


def _emptied(cache: Path) -> None:
    for path in cache.iterdir():
        shutil.rmtree(path)
        path.write_bytes(b"")


def _littered(cache: Path) -> None:
    for folder in (cache, cache / "metadata", cache / "metadata/root_history", cache / "targets"):
        (folder / "tmpabcdef").write_bytes(b"left over")
        (folder / "x").mkdir()
        (folder / "root.json").symlink_to("/etc/passwd")


@pytest.mark.parametrize("damage", [_all_gone, _a_file, _emptied, _littered])
def test_no_damage_to_the_folder_is_noticed(tmp_path: Path, damage: Damage) -> None:
    """The whole folder may be lost, replaced or littered; it is made again, and works."""
    reader = full(tmp_path)
    damage(reader.cache)
    reader.held, reader.approved = None, set()
    reader.poll()
    _ = reader.requests
    reader.poll()

    assert reader.approved == {"p-1", "p-2", "p-3"}
    assert len(reader.requests) == 2


def test_without_any_disk_everything_is_fetched(tmp_path: Path) -> None:
    """A folder that cannot be made costs requests and nothing else."""
    reader = full(tmp_path)
    nowhere = Path("/proc/self/nowhere")
    reader.feed = SignedFeed(reader.repository.base, root=reader.repository.root, cache=nowhere, fetcher=reader.repository)
    reader.held, reader.approved = None, set()
    reader.poll()

    assert reader.approved == {"p-1", "p-2", "p-3"}
    assert len(reader.requests) > 10


def test_another_feed_in_the_cache_misleads_nobody(tmp_path: Path) -> None:
    """What was fetched from another publisher, signed by others, is not believed and is replaced."""
    one = full(tmp_path / "one")
    strangers = Reader(Repository(officers=("X", "Y", "Z"), reviewers=("U", "V")), tmp_path / "strangers")
    for role in (TIMESTAMP, SNAPSHOT):
        strangers.repository.rotate(role, [pen_of("another machine")])
    strangers.repository.approve("theirs")
    shutil.copytree(one.cache, strangers.cache)
    strangers.poll()

    assert strangers.approved == {"theirs"}


def test_what_is_not_listed_any_more_is_not_kept(tmp_path: Path) -> None:
    """Old pages leave the cache with the publication that replaced them."""
    reader = full(tmp_path)
    before = len(files(reader))
    for number in range(5):
        reader.repository.approve(f"p-{number}", bytes([number]))
        reader.poll()

    assert len(files(reader)) <= before + 1


def test_the_cache_gives_back_only_what_was_asked_for(tmp_path: Path) -> None:
    """Bytes count with their hash and length, or not at all; writing twice is no error."""
    cache = Cache(tmp_path)
    cache.tidy()
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    cache.write(digest, b"abc")
    cache.write(digest, b"abc")
    cache.write("0" * 64, b"abc")

    assert cache.read(digest, 3) == b"abc"
    assert cache.read(digest, 2) is None
    assert cache.read(digest, 4) is None
    assert cache.read("0" * 64, 3) is None
    assert cache.read("1" * 64, 3) is None
