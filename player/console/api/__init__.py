"""The same looks and orders as the pages have, as JSON: what comes in, what goes out, and the rows of the table for it.

Times are UTC nanoseconds, lengths of time are in seconds, unless their names say otherwise.
"""

from player.console.api import acting, looking, reviewing

__all__ = ["ROUTES"]

ROUTES = (*looking.ROUTES, *acting.ROUTES, *reviewing.ROUTES)
