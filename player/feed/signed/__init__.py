"""Signed feeds (docs/signed-feed.md): python-tuf verifies; what it leaves open is refused here; bytes become items at the end."""
