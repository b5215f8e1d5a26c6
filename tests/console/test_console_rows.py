"""Finding rows, static files, and the pages that they are put on."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.responses import Response

from player.console import files, strings
from player.console.desk import Asked
from player.console.door.cookies import Cookies
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.rendering import Sheet, Stationery
from player.console.routes import Route
from player.console.rows import Rows
from player.schema import Frozen
from tests.fakes.console import Console


async def handler(asked: Asked) -> Response:
    """Never called."""
    raise AssertionError(asked)


ROWS = Rows(
    [
        Route("GET", "/photos/{key}", None, handler, kind="page", says="One."),
        Route("GET", "/photos/new", None, handler, kind="page", says="New."),
        Route("POST", "/photos/{key}/withdraw", None, handler, kind="form", says="Away."),
        Route("GET", "/a.b", None, handler, kind="page", says="Dot."),
    ]
)


def found(method: str, path: str) -> str | None:
    """Return which row a request is for."""
    route = ROWS.find(method, path).route
    return route.says if route else None


def test_a_row_is_found_by_its_path() -> None:
    """What is written out counts before what stands in braces; a dot is a dot; a part has no slash and an end."""
    assert found("GET", "/photos/7") == "One."
    assert found("HEAD", "/photos/7") == "One."
    assert found("GET", "/photos/new") == "New."
    assert ROWS.find("POST", "/photos/7/withdraw").given == {"key": "7"}
    for path in (
        "/photos/",
        "/photos/7/8",
        "/photos/7\n",
        "/a-b",
        "/photos/" + "x" * 201,
        "/photos/7/",
        "//photos/7",
        "photos/7",
        "",
    ):
        assert found("GET", path) is None
        assert ROWS.find("GET", path).methods == ()


def test_a_method_that_a_path_has_not_is_told_from_no_path() -> None:
    """With all that there are."""
    assert ROWS.find("DELETE", "/photos/7").methods == ("GET", "HEAD")
    assert ROWS.find("GET", "/photos/7/withdraw").methods == ("POST",)


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console."""
    with Console(tmp_path) as console:
        yield console


def test_a_static_file_may_be_kept_for_ever(console: Console) -> None:
    """Its address holds what it hashes to, so an update has another."""
    answer = console.browser().get(files.addresses()["console.css"])

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == files.FOR_EVER


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/000000000000/console.css", 404),
        ("/static/000000000000/nothing.css", 404),
        ("/static/000000000000/..%2f__init__.py", 404),
        ("/static/000000000000/%2e%2e", 422),
        ("/static/x/console.css", 422),
        ("/static/000000000000/console.css%00", 404),
    ],
)
def test_no_path_leads_to_another_file(console: Console, path: str, status: int) -> None:
    """Names are looked up among those that were read at the start; the disk is never asked."""
    assert console.browser().get(path).status_code == status


def test_static_files_are_read_by_their_kind(tmp_path: Path) -> None:
    """What is no style sheet, script or picture is not served, and a folder that is missing has none."""
    (tmp_path / "a.css").write_text("a {}")
    (tmp_path / "b.py").write_text("b")
    (tmp_path / "c.js").mkdir()

    assert list(files.files(tmp_path)) == ["a.css"]
    assert files.files(tmp_path / "nothing") == {}


def test_a_script_imports_what_it_was_read_with(tmp_path: Path) -> None:
    """By the address that holds the other's hash: an update of either is seen at once."""

    def read(text: str) -> tuple[bytes, str, str]:
        files.files.cache_clear()
        (tmp_path / "b.js").write_text(text)
        found = files.files(tmp_path)
        return found["a.js"].data, found["a.js"].address, found["b.js"].address

    (tmp_path / "a.js").write_text('import { listen } from "./b.js";')
    data, before, imported = read("1")
    assert data.decode() == f'import {{ listen }} from "{imported}";'
    assert read("2")[1] != before
    files.files.cache_clear()


def sheet(folder: Path, template: str, person: Person | None = None) -> Sheet:
    """Return a sheet whose only page is *template*."""
    (folder / "a.html").write_text(template)
    return Sheet(Stationery(strings.catalogue(), {}, folder), "en", person=person)


def test_whatever_is_filled_in_is_escaped(tmp_path: Path) -> None:
    """In every template, whatever it is called."""
    page = sheet(tmp_path, "<p title='{{ x }}'>{{ x }}</p>").page("a.html", x="<b>'\"&")

    assert page.body == b"<p title='&lt;b&gt;&#39;&#34;&amp;'>&lt;b&gt;&#39;&#34;&amp;</p>"


def test_a_slip_in_a_template_is_no_empty_place(tmp_path: Path) -> None:
    """What nobody gave is an error of ours, which a test finds."""
    with pytest.raises(UndefinedError):
        sheet(tmp_path, "{{ nothing }}").page("a.html")
    with pytest.raises(KeyError):
        sheet(tmp_path, '{{ t("no.key") }}').page("a.html")
    with pytest.raises(KeyError):
        sheet(tmp_path, '{{ file("no.css") }}').page("a.html")


@pytest.mark.parametrize(("role", "may"), [(None, b"no"), (Role.VIEWER, b"no"), (Role.ADMIN, b"yes")])
def test_a_page_shows_what_one_may_do(tmp_path: Path, role: Role | None, may: bytes) -> None:
    """Buttons for others are left out."""
    person = Person(1, "Ada", role) if role else None

    assert sheet(tmp_path, "{{ 'yes' if may('operator') else 'no' }}", person).page("a.html").body == may


def test_a_handler_is_given_what_its_row_takes(console: Console) -> None:
    """Whoever asks for anything else has made a mistake, and learns of it at the first try."""

    class Other(Frozen):
        """Something else."""

    route = console.desk.table[0]
    asked = Asked(console.desk, route, None, "en", "", Cookies(""))

    with pytest.raises(TypeError):
        asked.take(Other)
