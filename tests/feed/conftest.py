"""A certificate authority of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.authority import certify


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for feed.example, with its key, in one file that is also its own authority."""
    return certify("feed.example", tmp_path_factory.mktemp("tls") / "feed.pem")
