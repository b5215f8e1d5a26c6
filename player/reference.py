"""Secrets by reference: config.yaml says where a key is to be found, and the key itself is read when it is sent.

A `Secret` holds nothing but the reference, so whatever prints, stores or pickles one shows where to look and no more. `secret`
has how a configuration names one; without it, so that a small process may read a key as well.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player import log
from player.errors import OperatorError

MAX_BYTES: Final = 4096  # of the first line of a file; the longest keys that services hand out have about 2,000
MIN_CHARS: Final = 8  # no key is shorter, and hiding a shorter text in every line of the log would make the log unreadable

_ENV: Final = "env:"
_FILE: Final = "file:"
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SENDABLE: Final = re.compile(r"[\x21-\x7e]+")  # what a header carries as it is: neither spaces nor the ends of lines
_OTHERS: Final = stat.S_IRGRP | stat.S_IROTH
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # without NONBLOCK, opening a named pipe waits for ever

_log = log.get("secret")


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is to be found."""

    reference: str
    """`env:NAME`, or `file:/path`."""

    def __post_init__(self) -> None:
        if problem := wrong(self.reference):
            raise ValueError(problem)

    def __str__(self) -> str:
        return self.reference

    def __repr__(self) -> str:
        return self.reference

    def reveal(self, environ: Mapping[str, str] = os.environ, *, shortest: int = MIN_CHARS) -> str:
        """Return the secret as it is now: to be sent, and to be kept nowhere.

        From here on the log hides it, wherever a library's error may have put it; but not one that is shorter than keys are:
        devices take passwords of four letters, and whoever asks for one lets it into no message.

        Raises:
            OperatorError: it is not there, or nothing that could be sent.
        """
        is_file = self.reference.startswith(_FILE)
        text, is_exposed = self._from_file() if is_file else (self._from_environment(environ), False)
        if len(text) < shortest or not _SENDABLE.fullmatch(text):
            raise OperatorError(f"{self.reference} holds no key: {shortest} or more letters, digits and signs in one line")
        if len(text) >= MIN_CHARS and log.hide(text) and is_exposed:
            _log.warning("a key can be read by others on this machine", file=self.reference, todo="chmod 600 it")
        return text

    def _from_environment(self, environ: Mapping[str, str]) -> str:
        name = self.reference.removeprefix(_ENV)
        if name not in environ:
            raise OperatorError(f"{self.reference}: the environment of the player has no {name}")
        return environ[name].strip()

    def _from_file(self) -> tuple[str, bool]:
        path = Path(self.reference.removeprefix(_FILE)).expanduser()
        try:
            with open(path, "rb", opener=_opened) as file:
                mode = os.fstat(file.fileno()).st_mode
                line = file.readline(MAX_BYTES + 1) if stat.S_ISREG(mode) else b""
        except OSError as error:
            raise OperatorError(f"{self.reference} cannot be read: {error.strerror}") from error
        if len(line) > MAX_BYTES:
            raise OperatorError(f"{self.reference} holds no key: its first line is longer than {MAX_BYTES:,} bytes")
        return line.decode("latin-1").strip(), bool(mode & _OTHERS)


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS)


def wrong(reference: str) -> str:
    """Say how a reference is written, when this is none; never what was written, for that may be the key itself."""
    if reference.startswith(_ENV) and _VARIABLE.fullmatch(reference.removeprefix(_ENV)):
        return ""
    path = reference.removeprefix(_FILE)
    if reference.startswith(_FILE) and path.startswith(("/", "~/")) and path.isprintable():
        return ""
    return "write where the key is to be found, not the key: env:NAME, or file:/path with the key as its first line"
