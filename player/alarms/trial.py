"""`weremember alarm test`: one letter to every address, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

from player.alarms.post import Letter
from player.alarms.sending import Courier, Sender, shown
from player.alarms.wording import MOST_NAME, NOWHERE, plain
from player.clock import Clock, SystemClock
from player.errors import OperatorError, WeRememberError
from player.settings import Configuration

TEST: Final = "test"


def try_all(
    configuration: Configuration, say: Callable[[str], None], *, sender: Sender | None = None, clock: Clock | None = None
) -> bool:
    """Tell every address that this is a test, and *say* what became of it; return whether all were told.

    Raises:
        OperatorError: nobody is to be told anything.
    """
    settings = configuration.settings
    if not settings.alarms:
        raise OperatorError("nobody is told anything: write `alarms: [{to: env:ALARM_URL}]` in config.yaml (docs/alarms.md)")
    where = plain(settings.site.name, MOST_NAME) or NOWHERE
    at = (clock or SystemClock()).wall()
    is_well = True
    with closing(sender or Courier(settings.network)) as courier:
        for target in settings.alarms:
            text = f"{where}: this is a test, and nothing is wrong. Here you will be told of: {', '.join(target.about)}."
            try:
                courier.send(Letter(to=target.to, alarm=TEST, state=TEST, text=text, at=at))
            except WeRememberError as error:
                is_well = False
                say(f"{shown(target.to)}: not told: {error}")
            else:
                say(f"{shown(target.to)}: told")
    return is_well
