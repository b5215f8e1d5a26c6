"""How requests are turned away: a calm page for people, a problem in JSON (RFC 9457) for programs, one line for all else."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from player.console.strings import direction
from player.errors import WeRememberError

if TYPE_CHECKING:
    from player.console.rendering import Sheet

PROBLEM: Final = "application/problem+json"
SCHEME: Final = 'Session realm="We Remember"'
"""For 401, which must name one (RFC 9110, 15.5.2); a browser that does not know it asks nobody for anything."""

Manner: TypeAlias = Literal["page", "json", "line"]


class RefusedError(WeRememberError):
    """A request is not carried out; whoever asked must ask otherwise. The message is a sentence's key in the catalogue."""

    def __init__(
        self,
        status: int,
        key: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        because: str = "",
        count: int = 0,
    ) -> None:
        """Refuse with *status*.

        Args:
            status: As HTTP counts them.
            key: Of the sentence that says why; else the status's own.
            headers: That go with it.
            fields: What is wrong with which field, for programs.
            because: Why, in words that come from elsewhere, such as the library's.
            count: The number that the sentence has in it, if it has one.
        """
        super().__init__(key or f"refused.s{status}")
        self.status = status
        self.key = key or f"refused.s{status}"
        self.headers = dict(headers or {})
        self.fields = dict(fields or {})
        self.because = because
        self.count = count


def refused(error: RefusedError, sheet: Sheet, manner: Manner) -> Response:
    """Return the answer that says so, in the language of *sheet*."""
    sentence = sheet.text(error.key, count=error.count)
    if manner == "page":
        response: Response = sheet.page(
            "refused.html",
            status=error.status,
            sentence=sentence,
            because=error.because,
            title_key=_title(error.status),
        )
    elif manner == "json":
        told: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(error.status).phrase,
            "status": error.status,
            "detail": f"{sentence} {error.because}".strip(),
        }
        told |= {"fields": error.fields} if error.fields else {}
        response = JSONResponse(told, error.status, media_type=PROBLEM)
    else:
        response = PlainTextResponse(f"{sentence}\n", error.status)
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def bare(sheet: Sheet) -> Response:
    """Return the page that says that we are at fault: made without a template, for it may be one that failed."""
    title, sentence, back = (escape(sheet.text(key)) for key in ("refused.ours", "refused.s500", "console.back"))
    style = sheet.stationery.files.get("console.css", "")
    link = f'<link rel="stylesheet" href="{style}">' if style else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{sheet.language}" dir="{direction(sheet.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>{link}</head>'
        f'<body><main><h1>{title}</h1><p>{sentence}</p><p><a href="/">{back}</a></p></main></body></html>',
        500,
    )


def _title(status: int) -> str:
    """Return the heading's key: whose turn it is."""
    return "refused.ours" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused.theirs"
