"""Where photos come from is said when it changes, and not each time the configuration is read again."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from player.library.right import Rung
from player.screen.ledger import Ledger
from player.screen.watch import Arrivals, Watch
from player.screen.welcome import Welcome
from player.screen.writer import Writer
from tests.fakes.clock import FakeClock


class Found:
    """A watch that finds what it is told to."""

    def __init__(self) -> None:
        self.rung = Rung.LIVE

    def arrivals(self) -> Arrivals:
        """Find it."""
        return Arrivals(self.rung)


def test_a_new_session_repeats_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its writer is the one from before, which knows what was said, in the log and in the journal."""
    caplog.set_level("INFO")
    clock, found = FakeClock(), Found()
    writer = Writer(tmp_path, ledger=Ledger(), clock=clock)

    def session() -> Rung | None:
        """Look once, as each session does at its start."""
        welcome = Welcome(cast("Watch", found), writer, clock)
        welcome.look(0)
        return welcome.rung

    assert [session(), session()] == [Rung.LIVE, Rung.LIVE]
    assert caplog.text.count("showing") == 1
    found.rung = Rung.CORE
    assert [session(), session()] == [Rung.CORE, Rung.CORE]
    assert caplog.text.count("showing") == 2
