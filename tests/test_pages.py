"""What the pages for people show is true: commands and options that there are, a week that plays as it is printed there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import click
import pytest

from player.cli import main
from player.schedule.agenda import agenda
from player.settings import Configuration, load
from player.timesheet import table

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("README.md", "CHANGELOG.md", "config.yaml", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")))
COMMAND: Final = re.compile(r"(?:\./)?weremember ([a-z][^`\n|]*)")
OF_THE_SHELL: Final = {"test"}
"""What the file `weremember` does without the program."""


def _commands(page: str) -> Iterator[list[str]]:
    """Yield the words of each command that stands in a page as code, up to two spaces: then comes what it does."""
    text = (ROOT / page).read_text("utf-8")
    code = [*re.findall(r"```\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)]
    for part in code:
        for found in COMMAND.finditer(part):
            yield re.split(r"\s{2,}|\s#|[;>…]", found[1])[0].split()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_exists(page: str) -> None:
    """Its groups, its name and its options are those of the program."""
    for words in _commands(page):
        command: click.Command = main
        rest = list(words)
        while isinstance(command, click.Group) and rest and not (command is main and rest[0] in OF_THE_SHELL):
            name = rest.pop(0)
            assert name in command.commands, f"{page}: weremember {' '.join(words)}"
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--") and word != "--help"} <= known, f"{page}: {' '.join(words)}"


@pytest.fixture(scope="module")
def readme() -> str:
    """The first page."""
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def week(readme: str, tmp_path: Path) -> Configuration:
    """The week that stands there, as somebody copies it."""
    (text,) = [block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "schedule:" in block]
    file = tmp_path / "config.yaml"
    file.write_text(f"feeds: {{}}\n{text}", "utf-8")
    loaded = load(file)
    assert loaded.problems == ()
    assert loaded.configuration
    return loaded.configuration


def test_the_week_of_the_first_page_plays_as_it_is_printed_there(readme: str, week: Configuration) -> None:
    """Whoever copies it sees in `agenda`, at 80 columns, the day that stands below it."""
    rows = agenda(week.rules, date(2027, 1, 27), 1)
    printed = click.unstyle("\n".join(table(rows, week.rules, 80)))
    (shown,) = re.findall(r"```\n(Europe/Warsaw .*?)\n```", readme, re.DOTALL)
    assert shown == printed


def test_the_week_in_the_comments_of_the_configuration_is_that_of_the_first_page(tmp_path: Path, week: Configuration) -> None:
    """Taking out the signs before it is all that there is to do."""
    text = (ROOT / "config.yaml").read_text("utf-8")
    commented = re.search(r"# schedule:\n(?:#   .*\n)+", text)
    assert commented
    plain = re.sub(r"^# ", "", commented[0], flags=re.MULTILINE)
    place = "site: {name: Memorial, zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}\n"
    file = tmp_path / "other.yaml"
    file.write_text(f"feeds: {{}}\n{place}{plain}", "utf-8")
    loaded = load(file)
    assert loaded.problems == ()
    assert loaded.configuration
    assert loaded.configuration.rules == week.rules


@pytest.mark.parametrize("page", ["README.md", "docs/films.md", "docs/ceremony.md"])
def test_what_the_pages_say_of_films_and_ceremonies_can_be_copied(page: str, tmp_path: Path) -> None:
    """Slides and streams as they are printed there are without a mistake, but that the films themselves are missing."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    shows = [block for block in blocks if "slides:" in block]
    slots = [block for block in blocks if "\nstreams:" in block]
    (tmp_path / "playlists").mkdir()
    for number, show in enumerate(shows):
        (tmp_path / "playlists" / f"show{number}.yaml").write_text(show, "utf-8")
    (tmp_path / "playlists" / "exhibition.yaml").write_text("slides:\n  - words\n", "utf-8")
    (tmp_path / "playlists" / "names.txt").write_text("Anna\n", "utf-8")
    for number, slot in enumerate(slots):
        whole = slot if "schedule:" in slot else f"schedule:\n  slots:\n{slot}"
        (tmp_path / f"{number}.yaml").write_text(f"show: exhibition\nsite: {{zone: Europe/Warsaw}}\n{whole}", "utf-8")

        problems = load(tmp_path / f"{number}.yaml").problems

        assert all("is not there" in problem.message for problem in problems), problems
    assert slots or page == "docs/films.md"
    assert shows or page == "docs/ceremony.md"
