"""The one error tree. The branch says who must act; the message says what to do.

Foreign exceptions are translated once, at the seam where they appear, and keep their cause.
"""

from __future__ import annotations


class WeRememberError(Exception):
    """Something that a person, a publisher, a network or we must mend."""


class OperatorError(WeRememberError):
    """The operator can mend this: configuration, playlists, disk, display."""


class PublisherError(WeRememberError):
    """The feed's publisher must mend this: malformed feeds, refused pictures."""


class FeedError(PublisherError):
    """A feed, as a whole, cannot be believed. Nothing in it confirms or withdraws anything."""


class PictureError(PublisherError):
    """A picture is refused; the message says why, in words for `weremember photos`."""


class NetworkError(WeRememberError):
    """The network or a server failed. Confirms nothing and withdraws nothing; tried again later."""


class LibraryError(WeRememberError):
    """The data folder cannot be used as it is."""


class OrdersLostError(LibraryError):
    """The file that remembers withdrawals cannot be read: only core photos and the plate may be shown."""
