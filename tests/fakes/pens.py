"""Keys of a signed feed's people, and the hands that sign with them; honest ones and twins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import (
    Signature,  # pyright: ignore[reportPrivateImportUsage]  this is the documented place for both
    SSlibKey,  # pyright: ignore[reportPrivateImportUsage]
)

from player.feed.signed.layout import PERSON

MACHINE: Final = "machine"
"""Who signs snapshot and timestamp; it is nobody."""


@dataclass(frozen=True, slots=True)
class Pen:
    """A key, and the hand that signs with it."""

    key: SSlibKey
    private: Ed25519PrivateKey

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of *payload*."""
        return Signature(self.key.keyid, self.private.sign(payload).hex())

    def twin(self, *, person: str | None = None, keyid: str = "f" * 64) -> Pen:
        """The same key in other clothes: another id, its digits in capitals, and perhaps another name."""
        public = self.key.keyval["public"].upper()
        fields = self.key.unrecognized_fields if person is None else {PERSON: person}
        return Pen(SSlibKey(keyid, "ed25519", "ed25519", {"public": public}, dict(fields)), self.private)


def pen_of(person: str, number: int = 1) -> Pen:
    """The key of *person*, the same in every run; *number* counts the keys that one person has."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{person} {number}".encode()).digest())
    key = SSlibKey.from_crypto(private.public_key())
    if person != MACHINE:
        key.unrecognized_fields[PERSON] = person
    return Pen(key, private)
