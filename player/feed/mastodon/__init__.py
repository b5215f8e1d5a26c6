"""Mastodon: what the organiser's account boosts. Pure; asks nobody.

    places      the addresses of one account: its profile, its page of boosts, its stream, questions by id
    statuses    one page of boosts to items
    news        what a stream tells: a withdrawal, a reason to poll now, or nothing that concerns us

Other servers that speak the same API (GoToSocial, Pleroma, Pixelfed) are read too; they have no test server here.
"""

from player.feed.mastodon.news import Heard, heed
from player.feed.mastodon.places import account_in, account_of, first_page, lookup_page, stream_page
from player.feed.mastodon.statuses import missing_by_id, parse, questions, read

__all__ = [
    "Heard",
    "account_in",
    "account_of",
    "first_page",
    "heed",
    "lookup_page",
    "missing_by_id",
    "parse",
    "questions",
    "read",
    "stream_page",
]
