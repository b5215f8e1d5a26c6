"""Segments that are encrypted as a whole, by AES-128 (RFC 8216, 4.3.2.4): made readable with a key that everybody may fetch."""

from __future__ import annotations

from typing import Final

from player.errors import FilmError

KEY_BYTES: Final = 16
_BLOCK_BITS: Final = 128


def opened(data: bytes, *, key: bytes, vector: bytes) -> bytes:
    """Return what *data* says; FilmError when *key* is none, or not the one of it."""
    # Brings a library that most streams have no need of.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415 - as above

    if len(key) != KEY_BYTES:
        raise FilmError("what should be the key of a segment is something else")
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    unpadding = PKCS7(_BLOCK_BITS).unpadder()
    try:
        return unpadding.update(cipher.update(data) + cipher.finalize()) + unpadding.finalize()
    except ValueError as error:
        raise FilmError("a segment of it cannot be decrypted with its key") from error
