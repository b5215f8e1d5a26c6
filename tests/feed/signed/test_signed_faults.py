"""What a server can answer instead of a signed feed: too much, too slowly, something else, or other bytes by the same name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from player.errors import NetworkError, WeRememberError
from player.feed.fetch import AnsweredError
from player.feed.signed.layout import APPROVED, DOCUMENT_BYTES, INDEX, LIST, POLICY, ROOT_BYTES, TARGETS, TIMESTAMP, WITHDRAWN
from tests.fakes.repository import ENDLESS, Repository
from tests.feed.signed.reader import Deed, begun, refused

PAGE: Final = "approved/page-0001.json"
PATHS: Final = ("2.root", "timestamp", "snapshot", "targets", "withdrawn", "approved", POLICY, LIST, INDEX, PAGE)


def _place(repository: Repository, what: str) -> str:
    """Return where *what* lies."""
    if what in repository.signed and what != TIMESTAMP:
        return f"metadata/{repository.signed[what].version}.{what}.json"
    if "." not in what or what == "2.root":
        return f"metadata/{what}.json"
    return repository.path_of(next(r for r in (TARGETS, WITHDRAWN, APPROVED) if what in repository.signed[r].targets), what)


def _all_new(repository: Repository) -> None:
    """Change every document and sign every role anew."""
    repository.policy["x"] = 1
    repository.withdraw("gone too")
    repository.sign(TARGETS)
    repository.approve("p-1", b"another")


@pytest.mark.parametrize("what", PATHS)
def test_endless_data_ends_at_the_limit(tmp_path: Path, what: str) -> None:
    """No file is read further than its role or its signed length allows."""
    reader = begun(tmp_path)
    _all_new(reader.repository)
    reader.repository.instead[_place(reader.repository, what)] = ENDLESS
    reader.repository.received = 0

    refused(reader, "larger than", NetworkError)
    assert reader.repository.received < DOCUMENT_BYTES + ROOT_BYTES


@pytest.mark.parametrize("what", PATHS)
@pytest.mark.parametrize("status", [None, 401, 429, 503])
def test_what_cannot_be_fetched_is_the_network(tmp_path: Path, what: str, status: int | None) -> None:
    """A server that is slow, or answers something else, confirms nothing; when it asks us to wait, that is handed on."""
    reader = begun(tmp_path)
    _all_new(reader.repository)
    trouble = NetworkError("too slow") if status is None else AnsweredError("busy", status=status, retry_after_s=30.0)
    reader.repository.instead[_place(reader.repository, what)] = trouble
    with pytest.raises(NetworkError) as caught:
        reader.poll()

    assert isinstance(caught.value, AnsweredError) == (status is not None)
    assert not isinstance(caught.value, AnsweredError) or (caught.value.status, caught.value.retry_after_s) == (status, 30.0)


@pytest.mark.parametrize("what", [each for each in PATHS if each != "2.root"])
@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"signed":{"_type":"root"}}'])
def test_what_is_served_instead_is_refused(tmp_path: Path, what: str, body: bytes) -> None:
    """A log-in page, half a file or rubbish in the place of any file is not believed, whatever it holds."""
    reader = begun(tmp_path)
    _all_new(reader.repository)
    reader.repository.instead[_place(reader.repository, what)] = body

    refused(reader, ".", WeRememberError)


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"{}"])
def test_rubbish_in_the_place_of_a_newer_root_is_refused(tmp_path: Path, body: bytes) -> None:
    """A server that answers everything with its log-in page does not make us overlook a newer root."""
    reader = begun(tmp_path)
    reader.repository.instead["metadata/2.root.json"] = body

    refused(reader, "Failed to deserialize")


def _length(repository: Repository, more: int) -> None:
    def change(signed: Any) -> None:
        signed.targets[PAGE].length += more

    repository.approve("p-1", b"another")
    repository.sign(APPROVED, change=change)


BYTES: Final[dict[str, tuple[Deed, str]]] = {
    "other bytes of the same length": (
        lambda r: r.instead.update({r.path_of(APPROVED, PAGE): bytes(r.signed[APPROVED].targets[PAGE].length)}),
        "Observed hash",
    ),
    "fewer bytes": (
        lambda r: r.instead.update({r.path_of(APPROVED, PAGE): r.files[r.path_of(APPROVED, PAGE)][:-1]}),
        "Observed length",
    ),
    "a page of another publication": (
        lambda r: r.instead.update({r.path_of(APPROVED, PAGE): r.files[r.path_of(APPROVED, "approved/page-0002.json")]}),
        "larger than|Observed",
    ),
    "the hash right and the length too long": (lambda r: _length(r, 1), "Observed length"),
    "the hash right and the length too short": (lambda r: _length(r, -1), "larger than"),
}


@pytest.mark.parametrize(("deed", "match"), BYTES.values(), ids=BYTES)
def test_bytes_are_those_that_were_signed(tmp_path: Path, deed: Deed, match: str) -> None:
    """A page counts with exactly the hash and the length that were signed."""
    reader = begun(tmp_path)
    reader.repository.approve("p-1", b"other")
    deed(reader.repository)

    refused(reader, match, WeRememberError)
