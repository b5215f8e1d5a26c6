"""What the tests of pages in a real browser share."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from tests.fakes.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")  # no longer: while it runs, no other test in this process can have an event loop
def browser() -> Generator[Browser]:
    """A browser for all tests of a file."""
    with chromium() as browser:
        yield browser
