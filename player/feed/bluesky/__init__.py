"""Bluesky: what a curator's account reposts. Pure; asks nobody.

places      the addresses of one account: its page of reposts, and questions by id
posts       one page of reposts to items
"""

from player.feed.bluesky.places import first_page
from player.feed.bluesky.posts import missing_by_id, parse, questions, read

__all__ = ["first_page", "missing_by_id", "parse", "questions", "read"]
