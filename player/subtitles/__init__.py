"""Subtitles: WebVTT and SRT to what is said when, and which of several languages are shown. Pure: bytes come from elsewhere."""

from player.subtitles.languages import chosen, language_of
from player.subtitles.reading import MAX_BYTES, read
from player.subtitles.timeline import Subtitle, Subtitles, next_change, shown

__all__ = ["MAX_BYTES", "Subtitle", "Subtitles", "chosen", "language_of", "next_change", "read", "shown"]
