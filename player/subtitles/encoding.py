"""The bytes of a subtitle file as text: UTF-8 or UTF-16, else the code page that its language was written in before those."""

from __future__ import annotations

import codecs
from typing import Final

from player.errors import OperatorError

_PAGES: Final = {
    "cp1250": "pl cs sk hu sl hr bs ro sq",
    "cp1251": "ru uk be bg mk sr",
    "cp1252": "en de fr es it pt nl da sv no nb nn fi is ca eu gl ga cy lb",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he yi",
    "cp1256": "ar fa ur",
    "cp1257": "lt lv et",
    "cp1258": "vi",
    "cp932": "ja",
    "cp949": "ko",
    "gb18030": "zh",
}
LEGACY: Final = {language: page for page, languages in _PAGES.items() for language in languages.split()}
"""What old programs on Windows wrote a language in. Without the language, nobody can tell one code page from another."""


def decoded(content: bytes, *, name: str, language: str) -> tuple[str, str]:
    """Return the text of *content*, and the code page that it is in if that was a guess; else nothing.

    Raises:
        OperatorError: it is no text, or in a code page that its name does not tell.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), ""
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line, cause = content.count(b"\n", 0, error.start) + 1, error
    page = LEGACY.get(language.partition("-")[0].casefold())
    if page is None:
        raise OperatorError(
            f"{name}:{line}: is not UTF-8 text. Save it as UTF-8, or name its language, as in film.he.srt."
        ) from cause
    try:
        return content.decode(page), page
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OperatorError(f"{name}:{line}: is neither UTF-8 nor {page} text. Save it as UTF-8.") from error
