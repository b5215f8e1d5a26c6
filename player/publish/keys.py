"""Keys: a person's in a file locked by a passphrase, the machine's in a file of its own; and the signatures they leave."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from player.errors import OperatorError
from player.feed.signed.layout import PERSON
from player.publish import disk
from player.publish.standard import Key, Signature, SSlibKey

MIN_PASSPHRASE: Final = 8  # characters; the key file may be copied from a lost stick and tried at leisure
STRETCH: Final = 17  # scrypt with n = 2^17: half a second and 128 MiB for each guess. PKCS #8 alone would cost 2,048 hashes
FINGERPRINT: Final = 16  # hexadecimal digits: few enough to be read out, too many for another key to be made with the same
_BLOCK: Final = 8  # scrypt's r, as RFC 7914 recommends it
_MEMORY: Final = 1 << 30  # bytes that scrypt may take, far above what the stretch needs
_MAX_STRETCH: Final = 20  # a file that asks for more than a gigabyte is none of ours
_HEADER: Final = re.compile(rb"weremember-key: scrypt (\d{1,2}) ([0-9a-f]{32})\r?\n")
_LOCKED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_NO_PEM: Final = "Unable to load PEM file"
_PERSON: Final = re.compile(r"[\w](?:[\w .'-]{0,38}[\w.])?")


@dataclass(frozen=True, slots=True)
class Pen:
    """A private key that is open, and whose it is."""

    person: str
    key: Key
    private: Ed25519PrivateKey

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of *payload*."""
        return Signature(self.key.keyid, self.private.sign(payload).hex())


def check_person(name: str) -> str:
    """Return *name* when it can name a person and a file; ValueError says what it may be."""
    if not _PERSON.fullmatch(name):
        raise ValueError(f"a person's name is 1 to 40 letters, digits, spaces, dots or hyphens, not {name!r}")
    return name


def new_pen(person: str) -> Pen:
    """Make a key for *person*."""
    return _pen(person, Ed25519PrivateKey.generate())


def machine_pen() -> Pen:
    """Make a key for the machine that publishes."""
    return _pen("", Ed25519PrivateKey.generate())


def locked_file(pen: Pen, passphrase: str, *, stretch: int = STRETCH) -> bytes:
    """Return the key file of *pen*, which *passphrase* opens: PKCS #8 in PEM below a line that says how it was stretched."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise OperatorError(f"the passphrase of {pen.person} is too short: at least {MIN_PASSPHRASE} characters")
    salt = secrets.token_bytes(16)
    lock = BestAvailableEncryption(_stretched(passphrase, salt, stretch))
    return f"weremember-key: scrypt {stretch} {salt.hex()}\n".encode() + _pem(pen, lock)


def open_file(data: bytes, person: str, passphrase: str, *, where: str) -> Pen:
    """Return the pen in a person's key file.

    Raises:
        OperatorError: The passphrase is another one, or the file is no key.
    """
    found = check_file(data, where=where)
    secret = _stretched(passphrase, bytes.fromhex(found[2].decode()), int(found[1]))
    return _pen(person, _loaded(data[found.end() :], secret, where))


def check_file(data: bytes, *, where: str) -> re.Match[bytes]:
    """Return the first line of a person's key file; OperatorError when it is none: known before a passphrase is asked."""
    found = _HEADER.match(data)
    if found is None or int(found[1]) > _MAX_STRETCH or not data[found.end() :].startswith(_LOCKED):
        raise OperatorError(f"{where}: not a key file of this publisher (a person's ends in .key; .pub is to hand over)")
    return found


def open_machine_file(data: bytes, *, where: str) -> Pen:
    """Return the pen in the machine's own key file; OperatorError when it holds none."""
    return _pen("", _loaded(data, None, where))


def machine_file(pen: Pen) -> bytes:
    """Return the key file of the machine. It is not locked: a machine that restarts at night has nobody to ask.

    What it can do alone is small: say, an hour at a time, that nothing is newer. It can approve nothing. A withdrawal it can hide
    from players until the list of withdrawals that they know has run out: 14 days at most, for it cannot renew that list.
    """
    return _pem(pen, NoEncryption())


def public_file(key: Key) -> bytes:
    """Return the file by which a person hands over the public half of a key."""
    return (json.dumps({"keyid": key.keyid, **key.to_dict()}, indent=1, ensure_ascii=False) + "\n").encode()


def read_public(data: bytes, *, where: str) -> Key:
    """Return the key in a public file; OperatorError when it holds none."""
    try:
        said = cast("dict[str, object]", json.loads(data))
        public = said["keyval"]
        person = check_person(str(said[PERSON])) if PERSON in said else ""  # the machine's has no name
        raw = str(cast("dict[str, object]", public)["public"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"{where}: not a public key file of this publisher ({error})") from error
    return _key(person, raw)


def read_named(words: str) -> Key:
    """Return the public key of ``NAME=FILE``; OperatorError when it is none, or somebody else's."""
    name, equals, file = words.partition("=")
    if not equals:
        raise OperatorError(f"{words}: write NAME=FILE.pub")
    key = read_public(disk.read(Path(file)), where=file)
    if person_of(key) != name:
        raise OperatorError(f"{file}: is the key of {person_of(key) or 'a machine'}, not of {name}")
    return key


def person_of(key: Key) -> str:
    """Return whose *key* is; nothing for the machine's."""
    return str(key.unrecognized_fields.get(PERSON, ""))


def fingerprint(key: Key) -> str:
    """Return the digits by which people compare *key* on the telephone."""
    return key.keyid[:FINGERPRINT]


def names(keys: Iterable[Key]) -> tuple[str, ...]:
    """Return the people of *keys*, each once, in order."""
    return tuple(dict.fromkeys(person_of(key) for key in keys))


def _pen(person: str, private: Ed25519PrivateKey) -> Pen:
    return Pen(person, _key(person, private.public_key().public_bytes_raw().hex()), private)


def _key(person: str, public: str) -> Key:
    """Return the public key; its id is made of the key alone, so that one key cannot have two ids."""
    keyid = hashlib.sha256(b"ed25519:" + bytes.fromhex(public)).hexdigest()
    return SSlibKey(keyid, "ed25519", "ed25519", {"public": public}, {PERSON: person} if person else {})


def _pem(pen: Pen, lock: KeySerializationEncryption) -> bytes:
    return pen.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def _loaded(pem: bytes, secret: bytes | None, where: str) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(pem, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # Of 256 wrong passphrases one leaves what looks unlocked, and is no key then.
        is_locked = bool(secret) and _LOCKED in pem and not str(error).startswith(_NO_PEM)
        why = "the passphrase is wrong" if is_locked else "not a key file of this publisher"
        raise OperatorError(f"{where}: {why}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise OperatorError(f"{where}: another kind of key (ours are Ed25519)")
    return private


def _stretched(passphrase: str, salt: bytes, stretch: int) -> bytes:
    n = 1 << stretch
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=_BLOCK, p=1, maxmem=_MEMORY, dklen=32).hex().encode()
