"""What a person at a terminal is asked, and what a script gives instead: passphrases, and a yes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import click

from player.errors import OperatorError
from player.publish import disk

VARIABLE: Final = "WEREMEMBER_PASSPHRASE"


def passphrase(whose: str, file: Path | None, *, is_new: bool = False, option: str = "--passphrase-file") -> str:
    """Return the passphrase of *whose*: of the file, of the environment, or asked, unseen; twice when it is new.

    Raises:
        OperatorError: There is nobody to ask.
    """
    if file is not None:
        return disk.read(file).decode("utf-8", "replace").strip("\r\n")
    given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise OperatorError(f"no terminal to ask for the passphrase of {whose}: set {VARIABLE} or give {option} FILE")
    return str(click.prompt(f"Passphrase of {whose}", hide_input=True, confirmation_prompt=is_new, err=True))


def passphrases(people: Iterable[str], file: Path | None) -> Mapping[str, str]:
    """Return a passphrase for each of *people*: of lines ``NAME=…`` in *file*, of the environment, or asked."""
    if file is None:
        return {name: passphrase(name, None, is_new=True, option="--passphrases") for name in people}
    lines = disk.read(file).decode("utf-8", "replace").splitlines()
    given = {name.strip(): secret for name, equals, secret in (line.partition("=") for line in lines) if equals}
    absent = [name for name in people if name not in given]
    if absent:
        raise OperatorError(f"{file}: no line {absent[0]}=…")
    return {name: given[name] for name in people}


def is_agreed(question: str, *, yes: bool) -> bool:
    """Return whether the person agrees. A script must have said so beforehand.

    Raises:
        OperatorError: There is nobody to ask.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise OperatorError("no terminal to ask: look first, and then say --yes; nothing was signed")
    return click.confirm(question, err=True)
