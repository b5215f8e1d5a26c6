"""What comes with a request, bounded and checked before any handler sees it."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from player.console.desk import Asked
from player.console.door import intake
from player.console.refusal import RefusedError
from player.console.routes import Kind, Route
from player.schema import Frozen


class Wanted(Frozen):
    """What the rows of these tests take."""

    key: int
    state: tuple[str, ...] = ()
    reason: str = "none"


async def handler(asked: Asked) -> None:
    """Never called."""


def row(kind: Kind = "form", takes: type[Frozen] | None = Wanted) -> Route:
    """Return a row."""
    return Route("POST", "/photos/{key}", None, handler, kind=kind, says="A row.", takes=takes)  # pyright: ignore[reportArgumentType] - never called


def status(error: pytest.ExceptionInfo[RefusedError]) -> int:
    """Return what a request was refused with."""
    return error.value.status


def body(*parts: bytes, stated: str | None = None, ends: bool = True) -> bytes:
    """Return the body that comes in *parts*."""
    messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False} if ends else {"type": "http.disconnect"})

    async def receive() -> Message:
        return messages.pop(0)

    return asyncio.run(intake.body_of(receive, stated))


def test_a_body_comes_in_parts() -> None:
    """It is whole when the last part is there, up to 64 KiB."""
    assert body(b"a", b"b") == b"ab"
    assert len(body(b"x" * intake.MAX_BODY)) == intake.MAX_BODY


@pytest.mark.parametrize("stated", ["65537", "99999999999999999999999", "-1", "1e3", "", "٣"])
def test_a_body_that_says_it_is_too_long_is_not_read(stated: str) -> None:
    """It is refused by its Content-Length, and so is a length that is none."""
    with pytest.raises(RefusedError) as error:
        body(stated=stated)

    assert status(error) == 413


def test_a_body_that_is_too_long_is_refused() -> None:
    """Whatever it said of itself."""
    with pytest.raises(RefusedError) as error:
        body(b"x" * intake.MAX_BODY, b"x", stated="1")

    assert status(error) == 413


def test_half_a_body_is_none() -> None:
    """Who hangs up in the middle has ordered nothing."""
    with pytest.raises(RefusedError) as error:
        body(b"key=1", ends=False)

    assert status(error) == 400


def test_fields_of_path_query_and_body_are_one_value() -> None:
    """A name that comes more than once, or once where several may, is a list; what is left empty is left out."""
    given = intake.given(row(), {"key": "7"}, b"state=a&state=b&empty=", {"reason": "since", "csrf": "x"})

    assert given == Wanted(key=7, state=("a", "b"), reason="since")
    assert intake.given(row(), {"key": "7"}, b"state=a", {}) == Wanted(key=7, state=("a",))


@pytest.mark.parametrize(
    ("query", "fields", "code"),
    [
        (b"key=8", {}, 400),
        (b"", {"key": "8"}, 400),
        (b"reason=a", {"reason": "b"}, 400),
        (b"reason=a&reason=b", {}, 422),
        (b"other=1", {}, 422),
        (b"", {"state": {"a": 1}}, 422),
        (b"reason=%ff", {}, 400),
        (b"\xff", {}, 400),
        (b"&".join([b"state=a"] * 65), {}, 400),
        (b"reason=" + b"x" * 5000, {}, 414),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(query: bytes, fields: dict[str, object], code: int) -> None:
    """Two places that say the same name, a name that nobody asked for, bytes that are no text, and too many of them."""
    with pytest.raises(RefusedError) as error:
        intake.given(row(), {"key": "7"}, query, fields)

    assert status(error) == code


@pytest.mark.parametrize("key", ["x", "1.5", "٣x", "../../etc/passwd", "1 OR 1=1"])
def test_no_part_of_a_path_is_more_than_its_model_says(key: str) -> None:
    """A number is a number."""
    with pytest.raises(RefusedError) as error:
        intake.given(row(), {"key": key}, b"", {})

    assert status(error) == 422
    assert "key" in error.value.fields


def test_a_row_that_takes_nothing_is_given_nothing() -> None:
    """Whatever comes along."""
    assert intake.given(row(takes=None), {}, b"a=b", {"c": "d"}) is None


@pytest.mark.parametrize(
    ("kind", "content", "raw", "code"),
    [
        ("form", "application/json", b"{}", 415),
        ("form", "multipart/form-data; boundary=x", b"--x--", 415),
        ("form", "", b"a=b", 415),
        ("api", "application/x-www-form-urlencoded", b"a=b", 415),
        ("api", "text/plain", b"{}", 415),
        ("api", "application/json", b"[1]", 422),
        ("api", "application/json", b"{", 400),
        ("api", "application/json", b"[" * 60_000, 400),
        ("api", "application/json", b'"\xff"', 400),
    ],
)
def test_a_body_in_another_form_is_refused(kind: Kind, content: str, raw: bytes, code: int) -> None:
    """Forms for people, JSON for programs: no page elsewhere can send the second without being asked about it first."""
    with pytest.raises(RefusedError) as error:
        intake.fields_of(raw, content, row(kind))

    assert status(error) == code


def test_no_body_has_no_form() -> None:
    """A button without fields need not say what it is."""
    assert intake.fields_of(b"", "", row("api")) == {}
    assert intake.fields_of(b'{"a": 1}', "application/json; charset=utf-8", row("api")) == {"a": 1}
