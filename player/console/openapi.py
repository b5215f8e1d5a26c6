"""What the API is, as OpenAPI 3.1, made from the table itself, so that it names what is served and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final, cast

from pydantic import BaseModel
from starlette.responses import Response

from player import __version__
from player.console.desk import Asked
from player.console.door import cookies
from player.console.refusal import PROBLEM
from player.console.routes import Route

PATH: Final = "/api/openapi.json"
PREFIX: Final = "/api/"
_BRACES: Final = re.compile(r"\{([a-z_]+)\}")
_REFERENCE: Final = "#/components/schemas/{model}"
_SESSION: Final = "session"
_TYPES: Final = {"csv": "text/csv", "json": "application/json"}
_PROBLEM: Final[Mapping[str, object]] = {
    "type": "object",
    "description": "Why not (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_TOKEN: Final[Mapping[str, object]] = {
    "name": cookies.HEADER,
    "in": "header",
    "required": True,
    "description": "The token that /api/session gives.",
    "schema": {"type": "string"},
}
_REFUSALS: Final[Mapping[str, str]] = {
    "400": "It is not to be read.",
    "401": "Nobody is logged in.",
    "403": "Not with this role, from another site, or without the token.",
    "404": "There is no such thing.",
    "405": "There is no such method here.",
    "409": "It cannot be done now.",
    "413": "The body is too long.",
    "414": "The query is too long.",
    "415": "The body is no JSON.",
    "422": "It is not what is taken here.",
    "429": "Too often: Retry-After says how long to wait.",
    "503": "The data folder does not answer.",
}


def described(table: Iterable[Route], *, is_secure: bool) -> dict[str, object]:
    """Return the description of all rows of the API that are not hidden."""
    schemas: dict[str, object] = {"Problem": dict(_PROBLEM)}
    paths: dict[str, dict[str, object]] = {}
    for route in table:
        if route.path.startswith(PREFIX) and not route.hidden and route.kind != "stream":
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "We Remember: the operator's console",
            "version": __version__,
            "description": "Times are UTC nanoseconds, lengths of time are in seconds, unless their names say otherwise.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                _SESSION: {"type": "apiKey", "in": "cookie", "name": cookies.name_of(cookies.SESSION, is_secure=is_secure)}
            },
        },
    }


async def openapi(asked: Asked) -> Response:
    """Say what the API is."""
    desk = asked.desk
    content = json.dumps(described(desk.table, is_secure=desk.is_secure), ensure_ascii=False, separators=(",", ":"))
    return Response(content, media_type="application/json")


def _operation(route: Route, schemas: dict[str, object]) -> dict[str, object]:
    parameters, body = _taken(route, schemas)
    if route.changes and route.csrf:
        parameters.append(dict(_TOKEN))
    found: dict[str, object] = {
        "operationId": _name(route),
        "summary": route.says,
        "responses": _responses(route, schemas),
        "security": [{_SESSION: []}] if route.needs else [],
    }
    if route.needs:
        found["description"] = f"Needs the role {route.needs.value}, or one that may do more."
    if parameters:
        found["parameters"] = parameters
    if body:
        is_needed = bool(body.get("required"))
        found["requestBody"] = {"required": is_needed, "content": {"application/json": {"schema": body}}}
    return found


def _taken(route: Route, schemas: dict[str, object]) -> tuple[list[object], dict[str, object]]:
    """Return the parameters of a row, and the schema of its body."""
    if route.takes is None:
        return [], {}
    schema = _schema(route.takes, schemas, mode="validation")
    properties = cast("dict[str, dict[str, object]]", schema.get("properties", {}))
    needed = cast("list[str]", schema.get("required", []))
    in_path = _BRACES.findall(route.path)
    parameters: list[object] = [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": name in in_path or name in needed,
            "schema": _without_none(each),
        }
        for name, each in properties.items()
        if name in in_path or not route.changes
    ]
    if not route.changes:
        return parameters, {}
    rest = {name: each for name, each in properties.items() if name not in in_path}
    body: dict[str, object] = {"type": "object", "properties": rest, "additionalProperties": False}
    if named := [name for name in needed if name in rest]:
        body["required"] = named
    return parameters, body if rest else {}


def _without_none(schema: Mapping[str, object]) -> dict[str, object]:
    """Return what a value in an address may be: there, none is written by leaving it out."""
    kinds = cast("list[Mapping[str, object]]", schema.get("anyOf", []))
    kept = [kind for kind in kinds if kind.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**rest, **kept[0]} if len(kept) == 1 else dict(schema)


def _responses(route: Route, schemas: dict[str, object]) -> dict[str, object]:
    problem = {PROBLEM: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    found: dict[str, object] = {code: {"description": why, "content": problem} for code, why in _REFUSALS.items()}
    if route.gives is not None:
        _schema(route.gives, schemas, mode="serialization")
        content: dict[str, object] = {"application/json": {"schema": {"$ref": _REFERENCE.format(model=route.gives.__name__)}}}
        found["200"] = {"description": route.says, "content": content}
        if route.changes:
            found["202"] = {"description": "It is under way.", "content": content}
            found["409"] = {"description": "The screen refuses, or it cannot be done now.", "content": {**content, **problem}}
    elif route.kind == "api":
        found["200"] = {"description": route.says, "content": {"application/json": {"schema": {"type": "object"}}}}
    else:
        kind = _TYPES.get(route.path.rpartition(".")[2], "image/*")
        found["200"] = {"description": route.says, "content": {kind: {}}}
    return dict(sorted(found.items()))


def _schema(model: type[BaseModel], schemas: dict[str, object], *, mode: str) -> dict[str, object]:
    """Return a model's schema; what it refers to, and it itself when it is given, goes among the *schemas*."""
    is_given = mode == "serialization"
    schema = cast(
        "dict[str, object]",
        model.model_json_schema(ref_template=_REFERENCE, mode="serialization" if is_given else "validation"),
    )
    schemas |= cast("dict[str, object]", schema.pop("$defs", {}))
    if is_given:
        schemas[model.__name__] = schema
    return schema


def _name(route: Route) -> str:
    words = re.findall(r"[a-z0-9]+", route.path.removeprefix(PREFIX).replace("{", " ").replace("}", " "))
    return "_".join([route.method.lower(), *words])


ROUTES: Final = (Route("GET", PATH, None, openapi, kind="api", says="What the API is, as OpenAPI 3.1."),)
