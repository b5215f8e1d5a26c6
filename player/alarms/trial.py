"""`weremember alarm test`: one letter to every address, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

from player.alarms.post import Letter
from player.alarms.sending import Courier, Sender
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
        raise OperatorError("nobody is told anything: write `alarms: [{to: env:ALARM_URL}]` in config.yaml")
    where = f"{settings.site.name}: " if settings.site.name else ""
    at = (clock or SystemClock()).wall()
    is_well = True
    with closing(sender or Courier(settings.network)) as courier:
        for target in settings.alarms:
            text = f"{where}This is a test. Here you will be told of: {', '.join(target.about)}."
            try:
                courier.send(Letter(to=target.to, alarm=TEST, state=TEST, text=text, at=at))
            except WeRememberError as error:
                is_well = False
                say(f"{target.to}: not told: {error}")
            else:
                say(f"{target.to}: told")
    return is_well
