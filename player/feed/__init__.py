"""Feeds: bytes in, items out. Fetching, parsing and trust are files apart; no parser can open a socket."""
