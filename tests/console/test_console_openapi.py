"""The API keeps what its description promises, whatever is sent to it."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any, Final, cast

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi import checks as promises

from player.console.at_centre import Fleet
from player.console.door import cookies
from player.console.fleet import table as of_fleet
from player.console.openapi import PATH, PREFIX, described
from player.console.people.roles import Role
from player.console.table import TABLE as OF_EVERY_CONSOLE
from tests.fakes.clock import OPENING
from tests.fakes.console import Browser, Console
from tests.fakes.fleet import Air, Rolls
from tests.library.shelf import Shelf, item

EXAMPLES: Final = 5  # of each row, sound and unsound, by somebody and by nobody: four hundred requests in all
TABLE: Final = (*OF_EVERY_CONSOLE, *of_fleet.ROUTES)
SCHEMATHESIS: Final[Any] = schemathesis  # what it says of its own types leads to packages that nobody needs here
SCHEMA: Final = SCHEMATHESIS.openapi.from_dict(described(TABLE, is_secure=False))
OPERATIONS: Final[dict[str, Any]] = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
ELSEWHERE: Final = {"POST /api/log-in", "POST /api/log-out"}
"""Who tries these is somebody else afterwards: the tests of logging in try them."""
TAKING: Final = {f"{route.method} {route.path}" for route in TABLE if route.takes}
SOUND, UNSOUND = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
TRIED: Final = [
    *((label, role, SOUND) for label in OPERATIONS if label not in ELSEWHERE for role in (Role.ADMIN, None)),
    *((label, Role.ADMIN, UNSOUND) for label in OPERATIONS if label in TAKING - ELSEWHERE),
]
CHECKS: Final[list[Any]] = [
    cast("Any", checks).not_a_server_error,
    *(cast("Any", promises).__dict__[f"{what}_conformance"] for what in ("status_code", "content_type", "response_schema")),
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console over a few photos, whose screen answers a few orders."""
    rolls, air = Rolls(tmp_path_factory.mktemp("centre"), OPENING), Air()
    rolls.fill(3)
    rolls.close()
    fleet = Fleet(rolls.folder, has_wall=True, voice=air.voice)
    with Console(tmp_path_factory.mktemp("console"), fleet=fleet) as made:
        shelf = Shelf(made.data, "wall", clock=made.clock)
        shelf.publish(("a", b"a"), ("b", b"b"))
        shelf.take_in("wall", item("a"), item("b", caption="<b>\u05e9"))
        shelf.prepare()
        shelf.close()
        made.answers = dict.fromkeys(("next", "hold", "resume", "auto", "dark", "light", "dim", "go", "extend", "end"), "done")
        yield made


def sent(browser: Browser, case: Any, headers: dict[str, str]) -> httpx.Response:
    """What is answered to a request that was thought up."""
    body: dict[str, bytes] = {}
    kind: dict[str, str] = {}
    if case.body is not NOT_SET:
        body["content"] = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
        kind["content-type"] = "application/json"
    return browser.ask(case.method, case.formatted_path, params=case.query or None, headers={**headers, **kind}, **body)


@pytest.mark.parametrize(("label", "role", "mode"), TRIED, ids=lambda value: str(getattr(value, "value", value or "nobody")))
def test_every_row_keeps_to_its_description(console: Console, label: str, role: Role | None, mode: GenerationMode) -> None:
    """Sound and unsound requests get the statuses, the kinds and the shapes that are promised, and never our own fault."""
    browser = console.browser(role)
    headers = {"origin": console.origin, cookies.HEADER: browser.csrf()}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        answer = sent(browser, case, headers)
        if answer.status_code == 503:  # the picture that there is not, a screen that does not answer
            assert answer.headers["content-type"].startswith("application/problem+json")
        case.validate_response(answer, checks=CHECKS)
        if role is None and OPERATIONS[label].definition.raw["security"]:
            assert answer.status_code in {401, 404, 414, 429}

    tried()


def test_the_description_is_served_to_everybody(console: Console) -> None:
    """It is the one that was tried here, and it tells nothing of this player."""
    answer = console.browser().ask("GET", PATH)

    assert answer.json() == described(TABLE, is_secure=False)
    assert str(console.data) not in answer.text


def test_it_names_what_is_served_and_nothing_else() -> None:
    """Every row of the API that is not hidden is in it, pages and figures are not, and no two have one name."""
    told = cast("dict[str, dict[str, dict[str, object]]]", described(TABLE, is_secure=True)["paths"])

    rows = {(route.method.lower(), route.path) for route in TABLE if route.path.startswith(PREFIX) and not route.hidden}
    assert {(method, path) for path, methods in told.items() for method in methods} == rows
    assert "/metrics" not in told
    names = [operation["operationId"] for methods in told.values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    """What a shape refers to is among the shapes."""
    whole = described(TABLE, is_secure=True)
    shapes = cast("dict[str, dict[str, object]]", whole["components"])["schemas"]

    def references(value: object) -> Generator[str]:
        if isinstance(value, dict):
            found = cast("dict[str, object]", value)
            if isinstance(there := found.get("$ref"), str):
                yield there
            for each in found.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in cast("list[object]", value):
                yield from references(each)

    assert {there.rpartition("/")[2] for there in references(whole)} <= shapes.keys()


def test_no_two_shapes_have_one_name() -> None:
    """Or the description of one row would be about what another one gives."""
    seen: dict[str, object] = {}
    for route in (each for each in TABLE if each.gives and each.path.startswith(PREFIX) and not each.hidden):
        assert route.gives
        schema = route.gives.model_json_schema(mode="serialization")
        inner = cast("dict[str, object]", schema.pop("$defs", {}))
        for name, shape in {**inner, route.gives.__name__: schema}.items():
            assert seen.setdefault(name, shape) == shape, name
