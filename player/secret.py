"""Secrets in a configuration: text that says where the key is to be found, and never the key. `Secret(text)` reads it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from player.reference import MAX_BYTES, Secret, wrong

__all__ = ["MAX_BYTES", "Secret", "SecretRef"]


def _checked(reference: str) -> str:
    if problem := wrong(reference):
        raise ValueError(problem)
    return reference


SecretRef: TypeAlias = Annotated[str, Field(max_length=1000), AfterValidator(_checked)]
"""The reference of a secret as configuration holds it: text that may be shown and stored."""
