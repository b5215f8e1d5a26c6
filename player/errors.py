"""The one error tree. The branch says who must act; the message says what to do.

Foreign exceptions are translated once, at the seam where they appear, and keep their cause.
"""

from __future__ import annotations


class WeRememberError(Exception):
    """Something that a person, a publisher, a network or we must mend."""


class OperatorError(WeRememberError):
    """The operator can mend this: configuration, playlists, disk, display."""


class GeometryError(OperatorError):
    """A shape on the wall cannot be: folded, crossed or without area. The last good one stays."""


class PublisherError(WeRememberError):
    """The feed's publisher must mend this: malformed feeds, refused pictures."""


class FeedError(PublisherError):
    """A feed, as a whole, cannot be believed. Nothing in it confirms or withdraws anything."""


class PictureError(PublisherError):
    """A picture is refused; the message says why, in words for `weremember photos`."""


class FilmError(PublisherError):
    """A film is refused or cannot be decoded any further; the message says why and what to do."""


class InterruptedFilmError(FilmError):
    """Whoever decoded a film was ended, or took too long: perhaps the film's fault, perhaps the machine's. Nobody keeps it."""


class InterruptedPictureError(PictureError):
    """The worker did not survive this picture: perhaps the picture's fault, perhaps the machine's. Refused the second time."""


class WorkerError(WeRememberError):
    """A process of ours could not be started or was stopped. No picture's fault; tried again later."""


class NetworkError(WeRememberError):
    """The network or a server failed. Confirms nothing and withdraws nothing; tried again later."""


class LibraryError(WeRememberError):
    """The data folder cannot be used as it is."""


class OrdersLostError(LibraryError):
    """The file that remembers withdrawals cannot be read: only core photos and the plate may be shown."""


class DrawError(WeRememberError):
    """We must mend this: a scene asks for what was not prepared, or cannot be drawn. The last picture stays."""


class DeviceLostError(WeRememberError):
    """We must begin again: the GPU no longer draws what it is told. The process ends, and the next one shows the plate first."""
