"""Whose time counts: the caller's and the publisher's, never the system's, and never backwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from player.errors import FeedError
from player.feed.signed.layout import APPROVED, ROOT, SIGNED_AT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.feed.signed.trusted import Trusted, instant, nanos_of
from player.units import SECOND
from tests.fakes.repository import Repository
from tests.feed.signed.reader import Reader, begun, refused

HOUR = 3600 * SECOND
DAY = 24 * HOUR
YEAR = 365 * DAY


def test_tuf_still_keeps_its_time_where_we_set_it() -> None:
    """The private field exists in tuf's own set, and is what expiry is judged by: should it vanish, this fails first."""
    repository = Repository()
    theirs = TrustedMetadataSet(repository.root, EnvelopeType.METADATA)
    ours = Trusted(repository.root, instant(repository.now))

    assert "reference_time" in vars(theirs)
    assert nanos_of(ours.reference_time) == repository.now


def test_without_that_field_nothing_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tuf that keeps its time elsewhere is refused with a sentence, not trusted with the system's clock."""

    def begin(self: Any, root_data: bytes, envelope_type: object) -> None:
        del self, root_data, envelope_type

    reader = begun(tmp_path)
    monkeypatch.setattr(TrustedMetadataSet, "__init__", begin)
    with pytest.raises(FeedError, match=r"keeps its time elsewhere|trusted_set"):
        Trusted(reader.repository.root, instant(0))


def test_a_clock_at_1970_believes_the_publisher(tmp_path: Path) -> None:
    """A machine without a clock gives the date it was built; the signing time counts then, and is remembered."""
    repository = Repository()
    repository.approve("p-1")
    reader = Reader(repository, tmp_path)
    built = repository.now - 90 * DAY
    refreshed = reader.refresh(built)
    reader.poll(built)

    assert refreshed.marks.signed_at == repository.now
    assert refreshed.lease_s == 3600
    assert reader.approved == {"p-1"}


@pytest.mark.parametrize("role", [ROOT, SNAPSHOT, TARGETS, WITHDRAWN, APPROVED])
def test_what_had_expired_when_the_timestamp_was_signed_is_expired(tmp_path: Path, role: str) -> None:
    """A clock that is behind does not revive a role: the timestamp itself says that it is later."""
    reader = begun(tmp_path)
    reader.repository.sign(role, expires=reader.repository.now + HOUR)
    reader.repository.advance(2 * HOUR)
    reader.repository.tick()
    with pytest.raises(FeedError, match="expired"):
        reader.poll(reader.repository.now - 30 * DAY)


def test_a_clock_ten_years_ahead_refuses_everything(tmp_path: Path) -> None:
    """All has expired then; nothing is believed, and nothing is learned from it that would outlast the mended clock."""
    reader = begun(tmp_path)
    with pytest.raises(FeedError, match="expired"):
        reader.poll(reader.repository.now + 10 * YEAR)
    reader.poll()

    assert reader.marks.signed_at == reader.repository.now


def test_a_clock_that_goes_back_does_not_turn_time_back(tmp_path: Path) -> None:
    """An old copy, valid at the time that the clock now shows, is refused: a later signing time is remembered."""
    reader = begun(tmp_path)
    old, then = reader.repository.copy(), reader.repository.now
    reader.repository.advance(3 * HOUR)
    reader.repository.sign(SNAPSHOT)
    reader.poll()
    reader.repository.served = old
    with pytest.raises(FeedError, match=r"expired|went back|must be"):
        reader.poll(then)
    reader.repository.served = None
    reader.poll(then - DAY)

    assert reader.marks.signed_at == reader.repository.now


def test_the_remembered_time_counts_against_an_early_clock(tmp_path: Path) -> None:
    """The lease is counted from the newest signing time, not from a clock that went back behind it."""
    reader = begun(tmp_path)

    assert reader.refresh(reader.repository.now - DAY).lease_s == 3600


def test_time_that_passes_between_the_steps_counts(tmp_path: Path) -> None:
    """When fetching took so long that the timestamp expired meanwhile, the list is not believed."""
    reader = begun(tmp_path)
    refreshed = reader.refresh()
    with pytest.raises(FeedError, match="expired"):
        reader.feed.listed(refreshed, reader.held, now=reader.repository.now + HOUR)


@pytest.mark.parametrize("said", [None, "soon", 7, "2027-01-20T10:00:01Z", "2099-01-01T00:00:00Z"])
def test_a_timestamp_says_when_it_was_signed(tmp_path: Path, said: object) -> None:
    """Without a date that can be read, or with one after its own end, a timestamp is refused."""
    reader = begun(tmp_path)
    reader.repository.sign(TIMESTAMP, change=lambda signed: signed.unrecognized_fields.update({SIGNED_AT: said}))

    refused(reader, "when it was signed")


def test_a_timestamp_for_ten_years_counts_for_a_day(tmp_path: Path) -> None:
    """Whoever stole the machine's key once cannot freeze the feed for longer by one far expiry."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.sign(TIMESTAMP, expires=repository.now + 10 * YEAR)
    repository.sign(SNAPSHOT, expires=repository.now + 10 * YEAR, alone=True)
    repository.signed[TIMESTAMP].snapshot_meta.version = repository.signed[SNAPSHOT].version
    repository.sign(TIMESTAMP, expires=repository.now + 10 * YEAR)
    reader.poll(repository.now + DAY - SECOND)

    with pytest.raises(FeedError, match="expired"):
        reader.poll(repository.now + DAY)
