"""Where a feed's relative addresses lead: below its URL, or, for a local feed, inside its own folder and nowhere else."""

from __future__ import annotations

import posixpath
import re
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from player.feed.address import MAX_URL, is_web

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def absolute(reference: str, base: str) -> str | None:
    """Return *reference* as an absolute URL or path, seen from the feed at *base*; None when it leads where it may not.

    A feed from the web leads to the web only. A local feed leads to the web, or to a path inside the folder that it lies in. That
    is judged by the letters alone; whether a link on the disk leads out is the fetcher's question.
    """
    reference = reference.strip()
    if not reference or len(reference) > MAX_URL or _CONTROL.search(reference):
        return None
    if is_web(base):
        return _below(reference, base)
    if is_web(reference):
        return _below(reference, reference)
    return _inside(unquote(reference), posixpath.dirname(base))


def _below(reference: str, base: str) -> str | None:
    try:
        url = reference if is_web(reference) else urljoin(base, reference)
        return url if is_web(url) and urlsplit(url).hostname else None
    except ValueError:
        return None


def _inside(path: str, folder: str) -> str | None:
    if _CONTROL.search(path) or path.startswith(("/", "~", "\\")) or _SCHEME.match(path):
        return None
    joined = posixpath.normpath(posixpath.join(folder, path))
    root = posixpath.normpath(folder)
    return joined if joined.startswith(root.rstrip("/") + "/") else None
