"""What comes with a request, as values: the body within its bound, fields of path, query and body, checked by the row's model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, cast, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.types import Receive

from player.console.door.cookies import FIELD
from player.console.refusal import RefusedError
from player.console.routes import Route

MAX_BODY: Final = 65_536  # bytes; the longest form has a reason of a thousand characters
MAX_FIELDS: Final = 64  # of a query or a form
MAX_QUERY: Final = 4096  # bytes
MAX_TOLD: Final = 10  # wrong fields that are named
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_PLURAL: Final = (list, tuple, set, frozenset)


async def body_of(receive: Receive, stated: str | None) -> bytes:
    """Return the body of a request, whose Content-Length is *stated*.

    Raises:
        RefusedError: it is too long, or ends before its end.
    """
    if stated is not None and (not stated.isascii() or not stated.isdecimal() or int(stated[:MAX_TOLD]) > MAX_BODY):
        raise RefusedError(413)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise RefusedError(400)
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise RefusedError(413)
        if not message.get("more_body", False):
            return bytes(body)


def fields_of(body: bytes, content_type: str, route: Route) -> dict[str, object]:
    """Return the fields of a body: of a form, or of an object in JSON where the row is of the API.

    Raises:
        RefusedError: it is neither.
    """
    if not body:
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON and route.kind == "api":
        return _object(body)
    if kind == FORM and route.kind == "form":
        return pairs(body)
    raise RefusedError(415)


def pairs(text: bytes) -> dict[str, object]:
    """Return the fields of a query or a form: what is left empty is left out, what comes more than once is a list.

    Raises:
        RefusedError: they are none.
    """
    try:
        found = parse_qsl(text.decode("ascii"), keep_blank_values=False, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise RefusedError(400) from error
    several: dict[str, list[str]] = {}
    for name, value in found:
        several.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in several.items()}


def given(route: Route, path: Mapping[str, str], query: bytes, body: Mapping[str, object]) -> BaseModel | None:
    """Return what a handler is given; None for a row that takes nothing.

    Raises:
        RefusedError: it is not what the row takes.
    """
    model = route.takes
    if model is None:
        return None
    if len(query) > MAX_QUERY:
        raise RefusedError(414)
    asked = pairs(query)
    rest = {name: value for name, value in body.items() if name != FIELD}
    if set(path) & set(asked) or (set(path) | set(asked)) & set(rest):
        raise RefusedError(400)
    fields = {**asked, **rest, **path}
    for name, value in fields.items():
        is_plural = name in model.model_fields and get_origin(model.model_fields[name].annotation) in _PLURAL
        if is_plural and isinstance(value, str):
            fields[name] = [value]
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)[:MAX_TOLD]
        raise RefusedError(422, fields={".".join(map(str, each["loc"])) or "?": each["msg"] for each in told}) from error
    except RecursionError as error:
        raise RefusedError(422) from error


def _object(body: bytes) -> dict[str, object]:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400) from error
    if not isinstance(found, dict):
        raise RefusedError(422)
    return cast("dict[str, object]", found)
