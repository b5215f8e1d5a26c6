"""Tests of the pieces that tests share."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def test_a_test_that_the_machine_cannot_run_is_named_with_its_reason(tmp_path: Path) -> None:
    """A skipped test stands in the summary, by name, with what is missing and how to get it."""
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_window.py").write_text('def test_window(needs):\n    needs("Xvfb")\n')

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={"PATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "not run here, because:" in done.stdout
    assert "needs Xvfb (Debian: sudo apt install xvfb): test_window.py::test_window" in done.stdout
