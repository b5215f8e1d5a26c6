"""The query of an address: reading one parameter, and the same address with another value of it.

Everything else stays letter for letter as the operator wrote it: a server may have signed it.
"""

from __future__ import annotations

from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit


def parameter(url: str, name: str) -> str | None:
    """The last value of *name* in the query of *url*; None when it has none."""
    values = [value for key, value in _pairs(url) if key == name]
    return values[-1] if values else None


def with_parameter(url: str, name: str, value: str) -> str:
    """*url* with *name* once in its query, as *value*."""
    rest = _without(urlsplit(url).query, name)
    added = f"{quote(name, safe='')}={quote(value, safe='')}"
    return _with_query(url, f"{rest}&{added}" if rest else added)


def without_parameter(url: str, name: str) -> str:
    """*url* without *name* in its query."""
    return _with_query(url, _without(urlsplit(url).query, name))


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in urlsplit(url).query.split("&") if part)
    return [(unquote_plus(key), unquote_plus(value)) for key, _, value in parts]


def _without(query: str, name: str) -> str:
    return "&".join(part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) != name)


def _with_query(url: str, query: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=query, fragment=""))
