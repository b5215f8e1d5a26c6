"""The process that tells one address one thing, by apprise, and ends: `python -m player.alarms.messenger`.

Apprise brings a hundred services, two seconds of imports and 50 MB with it, and some of them have no time limit of their own:
here it costs nothing while all is well, and can be ended from outside. The address comes by a pipe, where nobody sees it.
What goes back is one number, the HTTP status that the service answered with: its own words may repeat what was sent to it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from typing import Final, Protocol, cast

MAX_BYTES: Final = 64_000  # of an order
SENT, REFUSED, FAILED, UNABLE = 0, 3, 4, 5
"""How it ends; UNABLE: apprise is not there."""
NICE: Final = 5  # two seconds of imports must not cost the show many frames, and must come to an end on a busy machine

_STATUS: Final = re.compile(r"\berror=([1-5][0-9]{2})\b")


class Post(Protocol):
    """What is used of apprise, whose own types are loose."""

    def add(self, services: str) -> bool:
        """Take an address; return whether it is one."""
        ...

    def notify(self, body: str, title: str, notify_type: str, *, body_format: str) -> object:
        """Send; what is returned is true when all went well."""
        ...


class _Ear(logging.Handler):
    """Hears apprise say which status a service answered with, and forgets the rest."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.status = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of the status, if there is one."""
        found = _STATUS.search(record.getMessage())
        self.status = found[1] if found else self.status


def main() -> int:
    """Carry out an order, `{"to": …, "title": …, "kind": …, "text": …}`; print the service's status, return how it went."""
    os.nice(NICE)
    order = cast("dict[str, str]", json.loads(sys.stdin.buffer.read(MAX_BYTES)))
    try:
        import apprise  # noqa: PLC0415 - whoever only looks at this file's numbers must not pay for it
    except ImportError:
        return UNABLE
    ear = _Ear()
    logging.getLogger("apprise").addHandler(ear)
    asset = apprise.AppriseAsset(app_id="We Remember", app_desc="We Remember", app_url="", theme=None)
    post = cast("Post", apprise.Apprise(asset=asset))
    if not post.add(order["to"]):
        return REFUSED
    # Said to be plain text, it is escaped for services that read marks in it.
    if post.notify(order["text"], order["title"], order["kind"], body_format=apprise.NotifyFormat.TEXT):
        return SENT
    sys.stdout.write(ear.status)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
