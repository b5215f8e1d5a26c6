"""The publisher: an organiser's photos in, a signed feed of static files out (docs/signed-feed.md).

Pure: pages (which page an item goes on), proposals (the next version of a role, the same for all who make it), evidence (who
approved what), gone (what is withdrawn), choosing (what can be published), owing (whose signature is next).
Shells: studio (the working folder), drafts, founding, adding, desk (somebody who signs), approving, withdrawing, ruling,
settling, signer (the machine), tidying; commands, asking and report speak to people.
"""
