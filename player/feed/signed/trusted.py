"""What tuf believes of one feed, judged by our time as well as by its signatures, and by the rules of roles.py.

tuf's client has no public way to be told the time, and forgets who signed. Both are in what it keeps as its set of trusted
metadata, which is private: it is met here and nowhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, cast

from tuf.api.exceptions import ExpiredMetadataError, RepositoryError
from tuf.api.metadata import (
    Metadata,
    Root,  # pyright: ignore[reportPrivateImportUsage]  this is tuf's documented place for it, and for the next three
    Snapshot,  # pyright: ignore[reportPrivateImportUsage]
    Targets,  # pyright: ignore[reportPrivateImportUsage]
    Timestamp,  # pyright: ignore[reportPrivateImportUsage]
)
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from player.errors import FeedError
from player.feed import loose
from player.feed.signed import layout, roles
from player.units import Nanos

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at: Nanos) -> datetime:
    """Return *at* as tuf counts time."""
    return _EPOCH + timedelta(microseconds=at // 1000)


def nanos_of(at: datetime) -> Nanos:
    """Return *at* as we count time."""
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


class Trusted(TrustedMetadataSet):
    """What tuf believes, judged by our time and by roles.py as well."""

    def __init__(self, root: bytes, now: datetime) -> None:
        super().__init__(root, EnvelopeType.METADATA)
        if "reference_time" not in vars(self):
            raise FeedError("this version of python-tuf keeps its time elsewhere, so expiry could not be judged: install another")
        self.reference_time = now
        self.signers: dict[str, tuple[str, ...]] = {}
        self.signed_at = _EPOCH
        self.machine_since = 0
        """The version of the root that last changed the keys of the publishing machine."""
        self._check(Root.type)
        roles.check_root(self.root)

    def update_root(self, data: bytes) -> Root:
        """Believe the next root; each one on the way to today's is judged, for each chooses the next."""
        before = self._machine()
        root = super().update_root(data)
        self._check(Root.type)
        roles.check_root(root)
        if self._machine() != before:
            self.machine_since = root.version
        return root

    def update_timestamp(self, data: bytes) -> Timestamp:
        """Believe a newer timestamp."""
        timestamp = super().update_timestamp(data)
        self._check(Timestamp.type)
        return timestamp

    def update_snapshot(self, data: bytes, trusted: bool | None = False) -> Snapshot:  # noqa: FBT001, FBT002  tuf's signature
        """Believe a snapshot, after the time that the timestamp tells.

        One from the cache, which tuf calls trusted, must have the bytes that the timestamp names as well, where it names any: a
        publisher that lost its count signs another thing in the same version.
        """
        del trusted
        self._learn_time()
        snapshot = super().update_snapshot(data, trusted=False)
        self._check(Snapshot.type)
        return snapshot

    def update_delegated_targets(self, data: bytes, role_name: str, delegator_name: str) -> Targets:
        """Believe targets or a delegated role, and keep who signed it, which tuf forgets."""
        believed = super().update_delegated_targets(data, role_name, delegator_name)
        self._check(role_name)
        if role_name == Targets.type:
            roles.check_targets(believed)
        else:
            roles.check_delegate(role_name, believed)
        metadata = Metadata[Targets].from_bytes(data)
        delegator = cast("Root | Targets", self[delegator_name])
        result = delegator.get_verification_result(role_name, metadata.signed_bytes, metadata.signatures)
        self.signers[role_name] = roles.people(result.signed.values())
        return believed

    def pass_to(self, now: datetime) -> None:
        """Let time pass; what was believed may have expired meanwhile."""
        self.reference_time = max(self.reference_time, now)
        self._learn_time()

    @property
    def end_of_timestamp(self) -> datetime:
        """When the timestamp ends: as it says, but not long after it was signed."""
        return min(self.timestamp.expires, self.signed_at + layout.MAX_TIMESTAMP)

    def _learn_time(self) -> None:
        """Take the signing time for our time, if it is later; root and timestamp must be valid then, too."""
        signed_at = loose.moment(self.timestamp.unrecognized_fields.get(layout.SIGNED_AT))
        if signed_at is None or instant(signed_at) > self.timestamp.expires:
            raise RepositoryError("timestamp.json does not say when it was signed, or says that it expired before")
        self.signed_at = instant(signed_at)
        self.reference_time = max(self.reference_time, self.signed_at)
        if self.root.is_expired(self.reference_time):
            raise ExpiredMetadataError("root.json is expired")
        if self.reference_time >= self.end_of_timestamp:
            raise ExpiredMetadataError("timestamp.json is expired")

    def _machine(self) -> tuple[frozenset[str], ...]:
        """The keys that sign the time, and versions."""
        return tuple(frozenset(self.root.roles[role].keyids) for role in (Timestamp.type, Snapshot.type))

    def _check(self, role: str) -> None:
        if self[role].version > loose.MAX_WHOLE:
            raise RepositoryError(f"{role} has a version that no publisher could count to")
