"""What keeps the console from being as its section says: found before it runs, by the code that finds it when it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from player.console.door import listening
from player.console.section import Console
from player.errors import OperatorError
from player.secret import Secret
from player.units import Nanos

Fault = tuple[str, str]
"""A key of the section, and what is wrong on this machine with what it says."""


def faults(console: Console, now: Nanos) -> Iterator[Fault]:
    """Yield what is wrong with files, addresses and the environment at *now*; the section itself has no mistake."""
    if not console.enabled:
        return
    try:
        listening.bound(console.host, 0).close()  # any port: a console that runs has its own
    except OperatorError as error:
        yield "host", str(error)
    if console.tls.certificate is not None and console.tls.key is not None:
        from player.console.door import certificate  # noqa: PLC0415 - 8 MB that most do without

        trouble = certificate.trouble(Path(console.tls.certificate), Path(console.tls.key), now)
        if trouble:
            yield "tls", f"{trouble}; until then the player’s own stands in"
    if console.metrics_token is not None:
        try:
            Secret(console.metrics_token).reveal()
        except OperatorError as error:
            yield "metrics_token", f"as seen from here, {error}"
