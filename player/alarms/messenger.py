"""The process that tells one address one thing, by apprise, and ends: `python -m player.alarms.messenger`.

Apprise brings a hundred services, two seconds of imports and 50 MB with it, and some of them have no time limit of their own:
here it costs nothing while all is well, and can be ended from outside. The address comes by a pipe, where nobody sees it.
"""

from __future__ import annotations

import json
import sys
from typing import Final, Protocol, cast

MAX_BYTES: Final = 64_000  # of an order
SENT, REFUSED, FAILED = 0, 3, 4
"""How it ends."""


class Post(Protocol):
    """What is used of apprise, whose own types are loose."""

    def add(self, services: str) -> bool:
        """Take an address; return whether it is one."""
        ...

    def notify(self, body: str, title: str) -> object:
        """Send; what is returned is true when all went well."""
        ...


def main() -> int:
    """Read an order, `{"to": …, "title": …, "text": …}`, carry it out and return how it went."""
    order = cast("dict[str, str]", json.loads(sys.stdin.buffer.read(MAX_BYTES)))
    import apprise  # noqa: PLC0415 - whoever only looks at this file's numbers must not pay for it

    asset = apprise.AppriseAsset(app_id="We Remember", app_desc="We Remember", app_url="", theme=None)
    post = cast("Post", apprise.Apprise(asset=asset))
    if not post.add(order["to"]):
        return REFUSED
    return SENT if post.notify(order["text"], order["title"]) else FAILED


if __name__ == "__main__":
    sys.exit(main())
