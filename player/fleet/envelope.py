"""What the centre says, signed: sealed there, opened at a player. Nothing is believed of one that another key has sealed.

`{"body":{…},"key":"16 hex","seq":n,"sig":"base64","to":"wr/1/…","ts":ms}`; `sig` is Ed25519 over `PREFIX` and the rest in the
canonical form of `wire.written`. It names the topic that it is for, so that none can be carried to another player.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from player.errors import OperatorError
from player.fleet import wire
from player.fleet.topics import MAX_TOPIC
from player.fleet.wire import Fields, Plain, WireError

PREFIX: Final = b"weremember fleet 1\n"
"""So that a signature for this can be taken for nothing else that the key may sign."""
KEY_DIGITS: Final = 16  # of the SHA-256 of the raw public key: to tell keys apart, not to prove anything
KEY_BYTES: Final = 32
_BEGIN: Final = b"-----BEGIN PUBLIC KEY-----"
_END: Final = b"-----END PUBLIC KEY-----"
_ED25519: Final = bytes.fromhex("302a300506032b6570032100")
"""What a SubjectPublicKeyInfo of this kind begins with (RFC 8410, 4). Read here: cryptography's reader of keys takes 2 MB."""
_SIGNATURE_CHARS: Final = 88  # base64 of 64 bytes
_NAMES: Final = frozenset({"body", "key", "seq", "sig", "to", "ts"})


@dataclass(frozen=True, slots=True)
class Opened:
    """What the centre said: its signature was right."""

    body: dict[str, object]
    seq: int
    ts: int
    """Milliseconds since 1970, by the centre's clock."""


def key_id(key: Ed25519PublicKey) -> str:
    """Return how *key* is called in an envelope."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:KEY_DIGITS]


def seal(body: Mapping[str, Plain], *, to: str, seq: int, ts: int, key: Ed25519PrivateKey) -> bytes:
    """Return *body* signed for the topic *to*.

    Raises:
        WireError: it is too long, or holds what cannot be signed.
    """
    told: dict[str, Plain] = {"body": body, "key": key_id(key.public_key()), "seq": seq, "to": to, "ts": ts}
    signature = key.sign(PREFIX + wire.written(told))
    payload = wire.written(told | {"sig": base64.b64encode(signature).decode("ascii")})
    wire.read(payload)  # what we would not take in ourselves is not sent
    return payload


def opened(payload: bytes, topic: str, key: Ed25519PublicKey) -> Opened:
    """Return what *payload* says, which came on *topic*.

    Raises:
        WireError: it is beyond a limit, not for this topic, or not signed by *key*.
    """
    found = wire.read(payload)
    if found.keys() != _NAMES:
        raise WireError("it is no envelope: it has other names than body, key, seq, sig, to and ts")
    fields = Fields(found, "the envelope")
    body = found["body"]
    if not isinstance(body, dict):
        raise WireError("body of the envelope is no object")
    seq, ts = fields.integer("seq"), fields.integer("ts")
    if fields.text("to", MAX_TOPIC) != topic:
        raise WireError("it is meant for another topic")
    if fields.text("key", KEY_DIGITS) != key_id(key):
        raise WireError("another key than the centre's has signed it")
    signed = {name: value for name, value in found.items() if name != "sig"}
    try:
        signature = base64.b64decode(fields.text("sig", _SIGNATURE_CHARS), validate=True)
        key.verify(signature, PREFIX + wire.written(cast("dict[str, Plain]", signed)))
    except (binascii.Error, ValueError) as error:
        raise WireError("its signature is no base64") from error
    except InvalidSignature as error:
        raise WireError("its signature is wrong") from error
    return Opened(cast("dict[str, object]", body), seq, ts)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """Return the centre's public key from the file that the centre made.

    Raises:
        OperatorError: it is none.
    """
    lines = [line.strip() for line in pem.splitlines()]
    try:
        begins, ends = lines.index(_BEGIN), lines.index(_END)
        found = base64.b64decode(b"".join(lines[begins + 1 : ends]), validate=True)
    except ValueError as error:
        raise OperatorError("it is no public key in PEM: copy centre.pub from the centre's folder") from error
    if len(found) != len(_ED25519) + KEY_BYTES or not found.startswith(_ED25519):
        raise OperatorError("it is a key of another kind than Ed25519: copy centre.pub from the centre's folder")
    return Ed25519PublicKey.from_public_bytes(found[len(_ED25519) :])
