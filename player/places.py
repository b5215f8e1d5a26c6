"""Where things lie unless somebody says otherwise: known before any configuration is read."""

from __future__ import annotations

from typing import Final

DEFAULT_DATA: Final = "~/.local/share/weremember"
"""The data folder."""
LAST_CLEAN: Final = "last-clean.json"
"""In the data folder: the configuration as it was when it last had no mistake in it."""
