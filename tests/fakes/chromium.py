"""A real browser, where the machine has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS: Final = ("chromium-headless-shell", "chromium")
"""The first that the machine has: without all that belongs to windows it starts in half the time."""


@contextmanager
def chromium() -> Generator[Browser]:
    """Run Chromium without a window until the block is over; skip the test where it, or what moves it, is missing."""
    program = next((found for each in PROGRAMS if (found := shutil.which(each))), None)
    if program is None:
        pytest.skip("needs chromium (Debian: sudo apt install chromium-headless-shell)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("needs playwright (pip install playwright)")
    is_root = os.geteuid() == 0  # whom Chromium refuses its sandbox
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"] if is_root else [])
        try:
            yield browser
        finally:
            browser.close()
