"""Pages: templates filled in with sentences of the catalogue. Whatever is filled in is escaped, always."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from player.console.people.roles import Role, allows
from player.console.people.rows import Person
from player.console.strings import LANGUAGES, NAMES, Catalogue, direction

TEMPLATES: Final = Path(__file__).parent / "templates"


class Stationery:
    """The templates, each read once."""

    def __init__(
        self,
        strings: Catalogue,
        files: Mapping[str, str],
        folder: Path = TEMPLATES,
        *,
        has_review: Callable[[], bool] = lambda: False,
        has_fleet: bool = False,
        has_wall: bool = True,
    ) -> None:
        """Write in the sentences of *strings*; *files* are the addresses of style sheets and scripts by name.

        *has_review* says whether there is a review desk now; *has_fleet* and *has_wall* whether the console is of a centre, and
        whether a wall is here at all.
        """
        self.has_review = has_review
        self.has_fleet = has_fleet
        self.has_wall = has_wall
        self.strings = strings
        self.files = files
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,  # a slip in a template is an error of ours, not an empty place
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def written(self, template: str, fields: Mapping[str, object]) -> str:
        """Return a page as text."""
        return self._environment.get_template(template).render(fields)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page needs beside its own contents: whom it is for, in which language."""

    stationery: Stationery
    language: str
    csrf: str = ""
    person: Person | None = None
    path: str = ""
    """Of the row that is asked, so that a page can mark where one is."""

    def text(self, key: str, **fields: object) -> str:
        """Return a sentence."""
        return self.stationery.strings.text(key, self.language, **fields)

    def page(self, template: str, *, status: int = 200, **fields: object) -> HTMLResponse:
        """Return a page.

        A template has `t(key, **fields)` for sentences, `file(name)` for the address of a static file, `may(role)`, `language`,
        `direction`, `languages` (code and name), `person`, `has_review`, `has_fleet`, `has_wall`, `csrf`, `path`, `status`, and
        *fields*.
        """
        always: dict[str, object] = {
            "t": self.text,
            "file": self.stationery.files.__getitem__,
            "may": _may(self.person),
            "language": self.language,
            "direction": direction(self.language),
            "languages": [(code, NAMES[code]) for code in LANGUAGES],
            "person": self.person,
            "has_review": self.stationery.has_review(),
            "has_fleet": self.stationery.has_fleet,
            "has_wall": self.stationery.has_wall,
            "csrf": self.csrf,
            "path": self.path,
            "status": status,
        }
        return HTMLResponse(self.stationery.written(template, always | fields), status)


def _may(person: Person | None) -> Callable[[str], bool]:
    def may(role: str) -> bool:
        """Whether who reads the page may do what a role may, for buttons that others need not see."""
        return person is not None and allows(person.role, Role(role))

    return may
