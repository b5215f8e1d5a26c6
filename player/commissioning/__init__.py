"""A wall judged before anybody stands before it: what it receives, how even that is, and its shows played through for it."""

from player.commissioning.door import report

__all__ = ["report"]
