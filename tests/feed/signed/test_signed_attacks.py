"""What an attacker or an accident can do to a signed feed, as rows: each is refused, and nothing that was believed changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from tuf.api.metadata import MetaFile  # pyright: ignore[reportPrivateImportUsage]  tuf's documented place for it

from player.errors import FeedError, NetworkError, WeRememberError
from player.feed.signed.layout import (
    APPROVED,
    INDEX,
    LIST,
    POLICY,
    ROLES,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
)
from player.units import SECOND
from tests.fakes.pens import pen_of
from tests.fakes.repository import Repository
from tests.feed.signed.reader import Deed, begun, refused

HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
Cached: TypeAlias = Callable[[Path], Any]


def damage(cache: Path) -> None:
    """Write half of every file of the cache."""
    for path in cache.rglob("*.*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


CACHES: Final[dict[str, Cached]] = {"intact": lambda _: None, "deleted": shutil.rmtree, "damaged": damage}


@pytest.mark.parametrize("cached", CACHES.values(), ids=CACHES)
@pytest.mark.parametrize("role", [TIMESTAMP, SNAPSHOT, TARGETS, WITHDRAWN, APPROVED])
def test_no_role_goes_back(tmp_path: Path, role: str, cached: Cached) -> None:
    """A version below the highest that was believed is refused, though it is properly signed, with and without tuf's files."""
    reader = begun(tmp_path)
    for each in (TARGETS, WITHDRAWN, APPROVED):
        reader.repository.sign(each)
    reader.poll()
    cached(reader.cache)
    reader.repository.sign(role, version=1)

    refused(reader, r"went back|must be|Expected")


@pytest.mark.parametrize("cached", CACHES.values(), ids=CACHES)
def test_an_old_copy_of_everything_is_refused(tmp_path: Path, cached: Cached) -> None:
    """A server that shows yesterday's files, all in order, is not believed; neither is one that does so after a root rotation."""
    reader = begun(tmp_path)
    old = reader.repository.copy()
    reader.repository.withdraw("p-1")
    reader.repository.rotate(TIMESTAMP, [pen_of("new machine")])
    reader.poll()
    cached(reader.cache)
    reader.repository.served = old
    before = reader.marks

    refused(reader, r"went back|must be|signed by 0/1")
    assert reader.marks == before


def test_an_old_root_is_refused_when_the_newer_one_is_hidden(tmp_path: Path) -> None:
    """Without the cache the pinned root is all there is; the marks still know that there was a newer one."""
    reader = begun(tmp_path)
    reader.repository.rotate(ROOT, [pen_of(name) for name in ("Ada", "Ben", "Gil")])
    reader.poll()
    shutil.rmtree(reader.cache)
    del reader.repository.files["metadata/2.root.json"]

    refused(reader, "root went back from version 2 to 1")


def test_a_hidden_root_changes_nothing_while_the_cache_has_it(tmp_path: Path) -> None:
    """A root that was believed stays, whatever the server hides."""
    reader = begun(tmp_path)
    reader.repository.rotate(ROOT, [pen_of(name) for name in ("Ada", "Ben", "Gil")])
    reader.poll()
    del reader.repository.files["metadata/2.root.json"]
    reader.poll()

    assert reader.marks.versions[ROOT] == 2


@pytest.mark.parametrize("cached", CACHES.values(), ids=CACHES)
def test_the_signing_time_does_not_go_back(tmp_path: Path, cached: Cached) -> None:
    """A newer version that was signed earlier is an attack on our time, or a publisher without a clock."""
    reader = begun(tmp_path)
    cached(reader.cache)
    reader.repository.advance(-60 * SECOND)
    reader.repository.tick()
    reader.repository.advance(60 * SECOND)

    refused(reader, "signed before")


@pytest.mark.parametrize("role", ROLES)
def test_an_expired_role_is_refused(tmp_path: Path, role: str) -> None:
    """A role whose time is over is believed no longer, however fresh the rest is: a frozen feed ends."""
    reader = begun(tmp_path)
    reader.repository.sign(role, expires=reader.repository.now)
    if role == ROOT:
        reader.repository.tick()

    refused(reader, "expired")


@pytest.mark.parametrize(
    ("role", "length"),
    [(TIMESTAMP, HOUR), (SNAPSHOT, DAY), (WITHDRAWN, 14 * DAY), (APPROVED, 14 * DAY), (TARGETS, 180 * DAY), (ROOT, 180 * DAY)],
)
def test_each_role_lives_as_long_as_it_was_signed_for(tmp_path: Path, role: str, length: int) -> None:
    """A second before its end all is well, at its end it is over, when nobody but this role's signers have failed to sign."""
    reader = begun(tmp_path)
    repository = reader.repository
    others = [each for each in (TARGETS, WITHDRAWN, APPROVED, SNAPSHOT, TIMESTAMP) if each != role]
    repository.advance(length - SECOND)
    if role == ROOT:
        repository.sign(ROOT, expires=repository.now + SECOND)
    for each in others:
        if not (role == TIMESTAMP or (role == SNAPSHOT and each != TIMESTAMP)):
            repository.sign(each)
    reader.poll()
    repository.advance(SECOND)

    refused(reader, "expired")


@pytest.mark.parametrize("cached", CACHES.values(), ids=CACHES)
def test_a_frozen_feed_is_confirmed_until_its_lease_ends(tmp_path: Path, cached: Cached) -> None:
    """A server that shows the same files for ever is believed until the timestamp expires; each poll grants only what is left."""
    reader = begun(tmp_path)
    cached(reader.cache)
    leases: list[float] = []
    for _ in range(4):
        leases.append(reader.refresh().lease_s)
        reader.repository.advance(HOUR // 4)

    assert leases == [3600, 2700, 1800, 900]
    refused(reader, "expired")


def _swap(repository: Repository, role: str) -> None:
    """Serve, as the newest version of *role*, the bytes of the one before."""
    repository.sign(role)
    version = repository.signed[role].version
    repository.files[f"metadata/{version}.{role}.json"] = repository.files[f"metadata/{version - 1}.{role}.json"]


MIXED: Final[dict[str, tuple[Deed, str, type[WeRememberError]]]] = {
    "an older snapshot by a newer name": (lambda r: _swap(r, SNAPSHOT), "Expected snapshot version", FeedError),
    "older targets by a newer name": (lambda r: _swap(r, TARGETS), "Expected targets", FeedError),
    "older approvals by a newer name": (lambda r: _swap(r, APPROVED), "Expected approved", FeedError),
    "older withdrawals by a newer name": (lambda r: _swap(r, WITHDRAWN), "Expected withdrawn", FeedError),
    "a snapshot that names approvals that are not there": (
        lambda r: r.sign(SNAPSHOT, change=lambda s: s.meta.update({"approved.json": MetaFile(9)})),
        "404",
        NetworkError,
    ),
    "a snapshot without withdrawals": (
        lambda r: r.sign(SNAPSHOT, change=lambda s: s.meta.pop("withdrawn.json")),
        "missing info|not part of snapshot",
        FeedError,
    ),
    "an index of another publication": (
        lambda r: r.document(APPROVED, INDEX, r.files[r.path_of(APPROVED, INDEX)]),
        "of another publication",
        FeedError,
    ),
    "one role in the place of another": (
        lambda r: r.instead.update({"metadata/timestamp.json": r.files["metadata/1.targets.json"]}),
        "Expected 'timestamp'",
        FeedError,
    ),
}


@pytest.mark.parametrize(("deed", "match", "error"), MIXED.values(), ids=MIXED)
def test_publications_are_not_mixed(tmp_path: Path, deed: Deed, match: str, error: type[WeRememberError]) -> None:
    """Files of different publications, each properly signed, are not believed together."""
    reader = begun(tmp_path)
    deed(reader.repository)

    refused(reader, match, error)


def _skip_root(repository: Repository) -> None:
    repository.sign(ROOT, version=3)
    repository.files["metadata/2.root.json"] = repository.files["metadata/3.root.json"]


SIGNED_BADLY: Final[dict[str, tuple[Deed, str]]] = {
    "one of two approvals": (lambda r: r.sign(APPROVED, by=("Dov",)), "approved was signed by 1/2"),
    "one approver and a stranger": (lambda r: r.sign(APPROVED, by=("Dov", pen_of("Mal"))), "signed by 1/2"),
    "one approver twice, by another id": (lambda r: r.sign(APPROVED, by=("Dov", r.pens[APPROVED][0].twin())), "signed by 1/2"),
    "one approver with a new key": (lambda r: r.sign(APPROVED, by=("Dov", pen_of("Dov", 2))), "signed by 1/2"),
    "two officers for reviewers": (lambda r: r.sign(APPROVED, by=[pen_of("Ada"), pen_of("Ben")]), "signed by 0/2"),
    "nobody": (lambda r: r.sign(WITHDRAWN, by=()), "withdrawn was signed by 0/1"),
    "a stranger withdraws": (lambda r: r.sign(WITHDRAWN, by=[pen_of("Mal")]), "withdrawn was signed by 0/1"),
    "one officer": (lambda r: r.sign(TARGETS, by=("Ada",)), "targets was signed by 1/2"),
    "another machine": (lambda r: r.sign(TIMESTAMP, by=[pen_of("other machine")]), "timestamp was signed by 0/1"),
    "another machine's snapshot": (lambda r: r.sign(SNAPSHOT, by=[pen_of("other machine")]), "snapshot was signed by 0/1"),
    "a root of one officer": (lambda r: r.sign(ROOT, by=("Ada",)), "root was signed by 1/2"),
    "a root of new officers alone": (
        lambda r: r.rotate(ROOT, [pen_of(n) for n in ("X", "Y", "Z")], by=[pen_of("X"), pen_of("Y")]),
        "root was signed by 0/2",
    ),
    "a root that its new officers did not sign": (
        lambda r: r.rotate(ROOT, [pen_of(n) for n in ("X", "Y", "Z")], by=[pen_of("Ada"), pen_of("Ben")]),
        "root was signed by 0/2",
    ),
    "a root that leaves a version out": (_skip_root, "Expected root version 2"),
}


@pytest.mark.parametrize(("deed", "match"), SIGNED_BADLY.values(), ids=SIGNED_BADLY)
def test_too_few_signatures_are_none(tmp_path: Path, deed: Deed, match: str) -> None:
    """A role counts with as many of its own keys as it must have, and no others."""
    reader = begun(tmp_path)
    deed(reader.repository)

    refused(reader, match)


LISTS: Final[dict[str, tuple[Deed, str, type[WeRememberError]]]] = {
    "gone from the server": (
        lambda r: (r.withdraw("p-1"), r.files.pop(r.path_of(WITHDRAWN, LIST))),
        "404",
        NetworkError,
    ),
    "not signed": (lambda r: r.sign(WITHDRAWN, change=lambda s: s.targets.clear()), "list.json is missing", FeedError),
    "no object": (lambda r: r.document(WITHDRAWN, LIST, b"[]"), "not a list of withdrawals", FeedError),
    "no list": (lambda r: r.document(WITHDRAWN, LIST, b'{"schema":1,"withdrawn":{}}'), "not a list", FeedError),
    "nothing in it": (lambda r: r.document(WITHDRAWN, LIST, b'{"schema":1}'), "without its list", FeedError),
    "of a later schema": (lambda r: r.document(WITHDRAWN, LIST, b'{"schema":2,"withdrawn":[]}'), "update", FeedError),
    "not JSON": (lambda r: r.document(WITHDRAWN, LIST, b"{"), "not JSON", FeedError),
    "no policy": (lambda r: r.sign(TARGETS, change=lambda s: s.targets.pop(POLICY)), "policy.json is missing", FeedError),
}


@pytest.mark.parametrize(("deed", "match", "error"), LISTS.values(), ids=LISTS)
def test_without_a_list_of_withdrawals_nothing_is_confirmed(
    tmp_path: Path, deed: Deed, match: str, error: type[WeRememberError]
) -> None:
    """A list that is missing or cannot be read is not an empty list: already the first step fails."""
    reader = begun(tmp_path)
    deed(reader.repository)
    with pytest.raises(error, match=match):
        reader.refresh()


INDEXES: Final[dict[str, tuple[Deed, str]]] = {
    "names too few": (lambda r: (r.index_fields.update(pages=["page-0001.json"]), r.sign(APPROVED)), "does not name the pages"),
    "names too many": (
        lambda r: (r.index_fields.update(pages=[f"page-000{n}.json" for n in (1, 2, 3)]), r.sign(APPROVED)),
        "does not name the pages",
    ),
    "names one twice": (lambda r: (r.index_fields.update(pages=["page-0001.json"] * 2), r.sign(APPROVED)), "names a page twice"),
    "names no page": (
        lambda r: (r.index_fields.update(pages=["page-0001.json", "../page-0002.json"]), r.sign(APPROVED)),
        "names a page twice, or what is no page",
    ),
    "has no list": (lambda r: (r.index_fields.update(pages=None), r.sign(APPROVED)), "without its list of pages"),
    "has no sequence": (lambda r: (r.index_fields.update(sequence=None), r.sign(APPROVED)), "of another publication"),
    "is ahead": (lambda r: (r.index_fields.update(sequence=99), r.sign(APPROVED)), "of another publication"),
}


@pytest.mark.parametrize(("deed", "match"), INDEXES.values(), ids=INDEXES)
def test_the_list_of_pages_is_the_pages_that_were_signed(tmp_path: Path, deed: Deed, match: str) -> None:
    """Neither a page more nor a page less: what is listed, and at which count, must be what two people signed."""
    reader = begun(tmp_path)
    deed(reader.repository)

    refused(reader, match)
