"""Systems to set up, and to take it back from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fakes.kiosk import FakeSystem

if not shutil.which("sha256sum"):
    pytest.skip("needs the programs of a Debian: sha256sum", allow_module_level=True)


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> FakeSystem:
    """A computer that was set up: half a second each time, so it is done once."""
    system = FakeSystem(tmp_path_factory.mktemp("first"))
    assert system.kiosk().returncode == 0
    return system


@pytest.fixture
def wall(tmp_path: Path, _first: FakeSystem) -> FakeSystem:
    """A computer with GRUB that was set up."""
    return _first.copy(tmp_path / "copy")


@pytest.fixture
def debian(tmp_path: Path) -> FakeSystem:
    """A computer with GRUB."""
    return FakeSystem(tmp_path)


@pytest.fixture
def pi(tmp_path: Path) -> FakeSystem:
    """A Raspberry Pi."""
    return FakeSystem(tmp_path, is_pi=True)
