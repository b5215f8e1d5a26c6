"""Programmes as rows: what the centre said last counts, what is in force stays until the next one is, and no more are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest

from player.library import programmes
from player.library.programmes import LATEST, MAX_GROUPS, State
from player.units import SECOND, Nanos
from tests.library.shelf import Shelf

NOW: Nanos = 1_700_000_000 * SECOND
SOON: Nanos = NOW + 900 * SECOND
LATER: Nanos = NOW + 1800 * SECOND


@pytest.fixture
def library(tmp_path: Path) -> Generator[sqlite3.Connection]:
    """The library's connection."""
    shelf = Shelf(tmp_path / "data")
    yield shelf.library.connection
    shelf.close()


def name(version: str) -> str:
    """Return the hash of the document of *version*."""
    return version.rjust(64, "0")


def announce(library: sqlite3.Connection, version: str, begins: Nanos, *, at: Nanos = NOW, group: str = "memorial") -> None:
    """Announce a version."""
    programmes.announce(library, group, version=version, digest=name(version), activate_at=begins, size=7, at=at)


def commit(library: sqlite3.Connection, version: str, begins: Nanos, *, at: Nanos = NOW, group: str = "memorial") -> bool:
    """Commit a version."""
    return programmes.commit(library, group, version=version, digest=name(version), activate_at=begins, at=at)


def take(library: sqlite3.Connection, *versions: str) -> None:
    """Have the documents of *versions* fetched."""
    for version in versions:
        programmes.took(library, "memorial", name(version), f"body of {version}".encode())


def versions(library: sqlite3.Connection) -> list[str]:
    """Return which there are."""
    return [known.version for known in programmes.every(library)]


def test_what_is_announced_is_fetched_and_not_shown(library: sqlite3.Connection) -> None:
    """Not even after its time: only what is committed counts."""
    announce(library, "1", SOON)
    (known,) = programmes.to_fetch(library)
    assert (known.group, known.version, known.size, known.state, known.missing) == ("memorial", "1", 7, State.ANNOUNCED, None)

    take(library, "1")

    assert programmes.to_fetch(library) == ()
    assert programmes.body(library, "memorial", name("1")) == b"body of 1"
    assert programmes.in_force(library, "memorial", LATER) is None
    assert programmes.coming(library, "memorial", NOW) is None


def test_what_is_committed_is_in_force_from_its_time_on(library: sqlite3.Connection) -> None:
    """And as soon as it is here; in its own group."""
    announce(library, "1", SOON)
    assert commit(library, "1", SOON)
    assert programmes.in_force(library, "memorial", LATER) is None

    take(library, "1")

    assert programmes.in_force(library, "memorial", SOON - 1) is None
    assert programmes.in_force(library, "other", SOON) is None
    coming, on = programmes.coming(library, "memorial", NOW), programmes.in_force(library, "memorial", SOON)
    assert coming is not None
    assert coming == on
    assert (coming.version, coming.is_committed) == ("1", True)


def test_a_commit_may_come_before_the_announcement(library: sqlite3.Connection) -> None:
    """Retained messages come in any order; either says enough to fetch it."""
    commit(library, "1", SOON)
    assert [known.size for known in programmes.to_fetch(library)] == [0]

    announce(library, "1", SOON, at=NOW + 1)
    assert [(known.size, known.is_committed) for known in programmes.to_fetch(library)] == [(7, True)]


def test_told_again_nothing_changes(library: sqlite3.Connection) -> None:
    """Whoever connects again hears the same again: nothing is fetched, looked into or dated anew."""
    announce(library, "1", SOON)
    commit(library, "1", SOON)
    take(library, "1")
    programmes.note_missing(library, "memorial", name("1"), 0, "")
    before = programmes.every(library)

    announce(library, "1", SOON, at=NOW + 5)
    assert commit(library, "1", SOON, at=NOW + 5)

    assert programmes.every(library) == before
    assert before[0].is_ready


def test_the_last_commit_is_the_only_one_to_come(library: sqlite3.Connection) -> None:
    """A release that is taken back by another one does not come after that, though it would begin later."""
    for version, begins in (("1", LATER), ("2", SOON)):
        commit(library, version, begins)
        take(library, version)

    on = programmes.in_force(library, "memorial", LATER + SECOND)
    assert on is not None
    assert on.version == "2"


def test_what_is_in_force_stays_until_the_next_one_is(library: sqlite3.Connection) -> None:
    """Whatever is announced, refused or committed meanwhile; then it goes, with all that began before."""
    commit(library, "1", NOW)
    take(library, "1")
    for version in ("2", "3", "4", "5"):
        announce(library, version, SOON, at=NOW + int(version))
    assert versions(library) == ["1", "4", "5"]
    commit(library, "5", SOON, at=NOW + 9)
    assert programmes.prune(library, SOON) == 0
    on = programmes.in_force(library, "memorial", LATER)
    assert on is not None
    assert on.version == "1"

    take(library, "5")

    assert programmes.prune(library, SOON - 1) == 0
    assert programmes.prune(library, SOON) == 2
    assert versions(library) == ["5"]


def test_what_is_committed_is_not_crowded_out(library: sqlite3.Connection) -> None:
    """However much is announced after it."""
    commit(library, "1", SOON)
    for version in ("2", "3", "4", "5"):
        announce(library, version, LATER, at=NOW + int(version))

    assert versions(library) == ["1", "4", "5"]


def test_an_announcement_from_before_what_is_in_force_is_not_kept(library: sqlite3.Connection) -> None:
    """It can never count any more."""
    commit(library, "2", SOON)
    take(library, "2")
    announce(library, "1", NOW, at=SOON)

    assert versions(library) == ["2"]


def test_an_announcement_that_nobody_committed_is_not_kept(library: sqlite3.Connection) -> None:
    """It was taken back, and is none either when a broker tells it again. A commit counts whenever it comes."""
    announce(library, "1", SOON)
    assert programmes.prune(library, SOON + LATEST - 1) == 0
    assert programmes.prune(library, SOON + LATEST) == 1
    announce(library, "1", SOON, at=SOON + LATEST)
    assert versions(library) == []

    commit(library, "1", SOON, at=SOON + LATEST)
    assert versions(library) == ["1"]


def test_a_word_against_the_document_is_no_word(library: sqlite3.Connection) -> None:
    """When a programme begins stands in its document: another time changes neither it nor what is to come."""
    for version, begins in (("1", NOW), ("2", SOON)):
        announce(library, version, begins)
        commit(library, version, begins)
        take(library, version)
    before = programmes.every(library)

    assert not commit(library, "2", LATER, at=NOW + 1)
    announce(library, "1", LATER, at=NOW + 1)

    assert programmes.every(library) == before


def test_another_time_is_looked_into_anew_while_nothing_is_here(library: sqlite3.Connection) -> None:
    """What was refused for its time may be right now."""
    announce(library, "1", SOON)
    programmes.refused(library, "memorial", name("1"), "w" * 1000)
    (known,) = programmes.every(library)
    assert (known.state, known.is_ready, len(known.why)) == (State.REFUSED, False, 200)
    assert programmes.to_fetch(library) == ()

    announce(library, "1", SOON, at=NOW + 1)
    assert programmes.to_fetch(library) == ()
    assert commit(library, "1", LATER, at=NOW + 1)
    assert [known.why for known in programmes.to_fetch(library)] == [""]


def test_readiness_is_news_once(library: sqlite3.Connection) -> None:
    """Whoever writes it each second writes only what changed; ready is what was looked into, and lacks nothing."""
    announce(library, "1", SOON)
    take(library, "1")
    told = [
        (programmes.note_missing(library, "memorial", name("1"), missing, why), programmes.every(library)[0].is_ready)
        for missing, why in ((7, "seven"), (7, "seven"), (3, ""), (3, ""), (0, ""), (None, "no playlist"))
    ]

    assert told == [(True, False), (False, False), (True, True), (False, True), (True, True), (True, False)]


def test_groups_are_apart_and_not_without_measure(library: sqlite3.Connection) -> None:
    """What one group does is no matter to another; beyond so many the ones that were heard of first go."""
    for number in range(MAX_GROUPS + 4):
        announce(library, "1", SOON, at=NOW + number, group=f"g-{number:02}")

    assert [known.group for known in programmes.every(library)] == [f"g-{number:02}" for number in range(4, MAX_GROUPS + 4)]
