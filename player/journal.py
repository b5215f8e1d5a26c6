"""The journal for people: whether it is whole, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

from player.errors import LibraryError
from player.library import receipts
from player.library.database import connect
from player.library.journal import Line, lines
from player.library.journal import verify as verify_lines
from player.library.orders import ORDERS
from player.library.schema import LIBRARY
from player.settings import Configuration
from player.units import MILLISECOND, SECOND, Nanos

EMPTY = "empty"


def verify(configuration: Configuration, say: Callable[[str], None]) -> bool:
    """Read through the whole journal and *say* each writer's head, or the first fault; return whether it is whole.

    A head that was written down elsewhere proves that nothing before it was changed since.

    Raises:
        LibraryError: it cannot be read, or it is gone.
    """
    path = configuration.data / ORDERS.name
    if not path.exists():
        if (configuration.data / LIBRARY.name).exists():
            raise LibraryError(f"{ORDERS.name} is gone from {configuration.data}, and the journal with it")
        say(EMPTY)
        return True
    with closing(connect(path, ORDERS)) as connection:
        found = verify_lines(connection)
    if not found.lines and not found.fault:
        say(EMPTY)
    for writer, head in sorted(found.heads.items()):
        say(f"{writer}: {head.number} lines, the last is {head.hash}")
    if found.fault:
        say(f"{found.fault.writer}: line {found.fault.number} is {found.fault.what}")
    return not found.fault


def show(
    configuration: Configuration,
    say: Callable[[str], None],
    *,
    since: Nanos | None = None,
    kind: str | None = None,
    as_json: bool = False,
) -> None:
    """*Say* the lines of the journal, oldest first; those from *since* on and of one *kind*, if given.

    Raises:
        LibraryError: it cannot be read.
    """
    path = configuration.data / ORDERS.name
    if not path.exists():
        return
    zone = ZoneInfo(configuration.settings.site.zone)
    with closing(connect(path, ORDERS)) as connection:
        for line in lines(connection, since=since, kind=kind):
            say(_as_json(line) if as_json else _in_words(line, zone))


def _as_json(line: Line) -> str:
    fields = {"writer": line.writer, "number": line.number, "at": line.at, "kind": line.kind, "what": line.what}
    return json.dumps(fields, ensure_ascii=False)


def _in_words(line: Line, zone: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(line.at // SECOND, zone)
    when = f"{moment:%Y-%m-%d %H:%M:%S}.{line.at % SECOND // MILLISECOND:03}"
    receipt = receipts.from_line(line.what) if line.kind == receipts.KIND else None
    what = receipt.in_words(zone.key) if receipt else json.dumps(line.what, ensure_ascii=False)
    return f"{when} {line.writer} {line.number} {line.kind}: {what}"
