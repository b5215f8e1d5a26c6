"""What an installed program finds: everything that it reads beside its own code goes along."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_file_that_is_no_code_is_named_as_part_of_its_package() -> None:
    """Templates, style sheets and scripts: a new folder of them is forgotten by nobody."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    known = {
        path
        for package, patterns in named.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }

    files = {path for path in (ROOT / "player").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert files - known == set()
