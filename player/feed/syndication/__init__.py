"""RSS 2.0 with Media RSS, and Atom, with RFC 5005 (complete, paged, archived) and RFC 6721 (tombstones): one parser for both.

    bytes ─► tree ─► head and entries ─► media: picture, status, rating, hash ─┐
                └──► words: a flat copy of titles and dates, read by feedparser ┴─► Item

The tree decides: which entries there are, which picture, whether it is approved, what is withdrawn. Words are only words.
"""

from player.feed.syndication.feed import parse

__all__ = ["parse"]
