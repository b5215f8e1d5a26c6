"""Argon2id within bounds: a flood of log-ins costs one thread of the lowest rank, 19 MB, and whoever floods.

A name that there is not costs what one costs that there is.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from argon2 import extract_parameters
from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from player.console.door.limits import network_of
from player.errors import WeRememberError

T = TypeVar("T")

AT_ONCE: Final = 1  # hashes: 19 MB of the console's 120, and never more than one core
MAX_WAITING: Final = 8  # who would wait longer than half a second is told to try again
MAX_OF_ONE: Final = 3  # of one address, done or waiting: it alone cannot fill the queue
RANK: Final = 19  # the lowest: frames come first
_SALT_BYTES: Final = 16  # RFC 9106, 3.1
_HASH_BYTES: Final = 32  # RFC 9106, 4
_LANES: Final = 1  # one thread for each: the show needs the others
_MAX_MEMORY_KIB: Final = 65_536  # what a file may ask for: another's hash must not take a gigabyte
_MAX_PASSES: Final = 10
_VERSION: Final = 19  # of Argon2 itself


class BusyError(WeRememberError):
    """So many log in at this moment that one more would have to wait too long."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash takes."""

    memory_kib: int
    passes: int


COST: Final = Cost(19_456, 4)
"""OWASP's 19 MiB with twice its passes: about 50 ms on a small desktop, twice that on a Raspberry Pi 5."""


class Hashing:
    """Hashes and checks, few at once. Every call waits for its turn: call from a thread that may."""

    def __init__(self, cost: Cost = COST) -> None:
        self._cost = cost
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2", initializer=_rank_last)
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()

    def new(self, password: bytes, *, by: str) -> str:
        """Return what is kept of *password*, for somebody at the address *by*.

        Raises:
            BusyError: too many ask, or there is no memory for it now.
        """
        return self.in_turn(lambda: self._hash(password), by)

    def check(self, kept: str | None, password: bytes, *, by: str) -> bool:
        """Whether *password* is the one that *kept* was made of; None costs as much and is never right.

        Raises:
            BusyError: too many ask, or there is no memory for it now.
        """
        usable = kept if kept is not None and _is_ours(kept) else None
        decoy = usable or self._decoy()
        return self.in_turn(lambda: _verify(decoy, password), by) and usable is not None

    def is_dated(self, kept: str) -> bool:
        """Whether *kept* was made at another cost, and is to be made anew while its password is known."""
        found = extract_parameters(kept)
        return (found.memory_cost, found.time_cost) != (self._cost.memory_kib, self._cost.passes)

    @property
    def busy(self) -> int:
        """How many are being done, or wait."""
        with self._lock:
            return self._busy.total()

    def in_turn(self, work: Callable[[], T], by: str) -> T:
        """Return what *work* gives, done when its turn comes.

        Raises:
            BusyError: too many ask.
        """
        network = network_of(by)
        with self._lock:
            if self._busy.total() >= AT_ONCE + MAX_WAITING or self._busy[network] >= MAX_OF_ONE:
                raise BusyError("too many log in at this moment: try again in a few seconds")
            self._busy[network] += 1
        try:
            return self._pool.submit(work).result()
        finally:
            with self._lock:
                self._busy[network] -= 1
                self._busy += Counter()  # forgets those at nought

    def close(self) -> None:
        """Take no more, and wait for those that are being done."""
        self._pool.shutdown(cancel_futures=True)

    def _hash(self, password: bytes) -> str:
        cost = self._cost
        salt = secrets.token_bytes(_SALT_BYTES)
        try:
            kept = hash_secret(password, salt, cost.passes, cost.memory_kib, _LANES, _HASH_BYTES, Type.ID)
        except HashingError as error:
            raise BusyError(f"no password can be hashed now: {error}") from error
        return kept.decode("ascii")

    def _decoy(self) -> str:
        """Return what looks like a kept password, and is none."""
        salt, rest = (_base64(secrets.token_bytes(count)) for count in (_SALT_BYTES, _HASH_BYTES))
        return f"$argon2id$v={_VERSION}$m={self._cost.memory_kib},t={self._cost.passes},p={_LANES}${salt}${rest}"


def _verify(kept: str, password: bytes) -> bool:
    try:
        return verify_secret(kept.encode("ascii"), password, Type.ID)
    except VerifyMismatchError:
        return False
    except VerificationError as error:
        raise BusyError(f"no password can be checked now: {error}") from error


def _is_ours(kept: str) -> bool:
    """Whether a text is a hash that may be worked on: what a damaged or strange file holds is not."""
    try:
        found = extract_parameters(kept)
    except (InvalidHashError, ValueError):
        return False
    is_small = found.memory_cost <= _MAX_MEMORY_KIB and found.time_cost <= _MAX_PASSES and found.parallelism == _LANES
    return is_small and found.type is Type.ID and kept.isascii()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


def _rank_last() -> None:
    """Let this thread alone give way to all others (Linux ranks threads one by one)."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), RANK)
