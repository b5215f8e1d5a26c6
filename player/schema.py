"""YAML as operators write it, to frozen values, or every problem at once with its line.

Every scalar is read as text (YAML takes 17:00 for 1020 and `on` for true) and typed by the schema.
"""

from __future__ import annotations

import difflib
import re
import typing
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, TypeVar, cast

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from player.units import Seconds, parse_duration

MAX_FILE_BYTES: Final = 1_000_000  # a playlist of ten thousand slides fits; a photo named .yaml does not
_MAX_DEPTH: Final = 30  # no file of ours is a third as deep; a thousand brackets are a mistake or worse
_MAX_NODES: Final = 300_000  # keys, values and lists; ten lines with & and * can stand for a thousand million
_MAX_GIVEN: Final = 60  # characters of a wrong value that a message repeats

_SIZE: Final = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*(B|KB|MB|GB|TB)", re.IGNORECASE)
_CONTROLS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_UNIT_BYTES: Final = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "TB": 1000**4}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in a file that a person must mend."""

    file: str
    line: int
    path: str
    """As a person would type it: ``feeds.wall.every``; empty when the file as a whole is meant."""
    message: str

    def __str__(self) -> str:
        """Return `file:line path: message`, fit for a terminal: what cannot be printed is written out."""
        return _printable(f"{self.file}:{self.line} {self.path + ': ' if self.path else ''}{self.message}")


class Frozen(BaseModel):
    """A part of a file: frozen, and nothing in it that the schema does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _SIZE.fullmatch(value.strip())
    if not match:
        raise ValueError(f'write a size with its unit, such as 500 MB or 4 GB, not "{value}"')
    return int(float(match[1]) * _UNIT_BYTES[match[2].upper()])


def _one_line(text: str) -> str:
    """Keep a text that is one line without anything that would move a cursor, ring a bell or colour a terminal."""
    line = text.rstrip("\n")  # which `title: |` puts there
    found = next((character for character in line if unicodedata.category(character) in _CONTROLS), None)
    if found:
        raise ValueError(f'has a character that is no letter or sign ("{_printable(found)}"): take it out')
    return line


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


Line: TypeAlias = Annotated[str, AfterValidator(_one_line)]
"""A text of one line, to be shown to people."""
Duration: TypeAlias = Annotated[Seconds, BeforeValidator(_duration)]
ByteCount: TypeAlias = Annotated[int, BeforeValidator(_bytes)]

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"


@dataclass(slots=True)
class Document:
    """A YAML file as text values, and the line of every path in it."""

    name: str
    """As problems call it."""
    tree: Tree = ""
    lines: dict[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])
    problems: list[Problem] = field(default_factory=list[Problem])

    def problem(self, path: Iterable[str | int], message: str) -> Problem:
        """Return a problem at *path*, or at the nearest line above it that is written in the file."""
        parts = tuple(str(part) for part in path)
        return Problem(self.name, self.line(parts), ".".join(parts), message)

    def line(self, path: tuple[str, ...]) -> int:
        """Return the line of *path*, or of what encloses it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(path: Path, name: str) -> Document:
    """Read the YAML file at *path*; whatever is wrong with it as YAML is in the document's problems."""
    document = Document(name)
    if path.exists() and not path.is_file():
        document.problems.append(Problem(name, 1, "", "is not a file"))  # a pipe would keep whoever opens it waiting
        return document
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        document.problems.append(Problem(name, 1, "", f"cannot be read: {error.strerror}"))
        return document
    except UnicodeDecodeError as error:
        document.problems.append(Problem(name, 1, "", f"is not UTF-8 text (byte {error.start}): save it as UTF-8"))
        return document
    if len(content) > MAX_FILE_BYTES:
        document.problems.append(Problem(name, 1, "", f"is larger than {MAX_FILE_BYTES // 1000} kB"))
        return document
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        if node is None:
            document.problems.append(Problem(name, 1, "", "is empty"))
        else:
            document.tree = _Builder(document).tree(node, ())
    except _TooMuchError as error:
        document.problems = [error.problem]
    except yaml.MarkedYAMLError as error:
        document.problems.append(_yaml_problem(name, text, error))
    except RecursionError:
        document.problems.append(Problem(name, 1, "", "is nested too deeply"))
    except yaml.YAMLError as error:
        document.problems.append(Problem(name, 1, "", f"is not YAML: {str(error).splitlines()[0]}"))
    return document


def validate(document: Document, model: type[Model]) -> Model | None:
    """Return *document* as a *model*, or None with every reason in its problems."""
    if document.problems and not document.tree:
        return None
    try:
        found = model.model_validate(document.tree)
    except ValidationError as error:
        errors = error.errors()
        for details in errors:
            # A list is too short because its lines are faulty: they are told of, the list is not.
            is_echo = details["type"] == "too_short" and any(_is_below(other["loc"], details["loc"]) for other in errors)
            if not is_echo:
                document.problems.append(_schema_problem(document, details, model))
        return None
    return None if document.problems else found


def _is_below(path: tuple[int | str, ...], other: tuple[int | str, ...]) -> bool:
    return len(path) > len(other) and path[: len(other)] == other


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a suggestion to put after a message, or nothing."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" Known: {', '.join(names)}." if names else ""


def _yaml_problem(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    at = lines[line - 1] if line <= len(lines) else ""
    if "\t" in at[: len(at) - len(at.lstrip())] or "'\\t'" in (error.problem or ""):
        return Problem(name, line, "", "a tab: indent with spaces")
    return Problem(name, line, "", f"is not YAML: {', '.join(filter(None, (error.context, error.problem)))}")


class _TooMuchError(Exception):
    """The file stands for more than anybody writes."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class _Builder:
    """Turns what YAML found into text values, noting where each stands and what is wrong with it."""

    document: Document
    count: int = 0

    def tree(self, node: yaml.Node, path: tuple[str, ...]) -> Tree:
        """Return *node*, which stands at *path*; an alias counts as often as it is written out."""
        self.count += 1
        if len(path) > _MAX_DEPTH:
            raise _TooMuchError(self.document.problem(path[:3], "is nested too deeply"))
        if self.count > _MAX_NODES:
            raise _TooMuchError(self.document.problem(path[:3], "is too long, or repeats itself too often with & and *"))
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.tree(child, (*path, str(i))) for i, child in enumerate(cast("list[yaml.Node]", node.value))]
        if isinstance(node, yaml.MappingNode):
            return self._group(cast("list[tuple[yaml.Node, yaml.Node]]", node.value), path)
        return str(cast("object", node.value))

    def _group(self, pairs: list[tuple[yaml.Node, yaml.Node]], path: tuple[str, ...]) -> dict[str, Tree]:
        document = self.document
        found: dict[str, Tree] = {}
        for key_node, child in pairs:
            again = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            below = (*path, key)
            if not key:
                document.problems.append(Problem(document.name, again, ".".join(path), "a key must be a word"))
            elif key in found:
                first = document.line(below)
                document.problems.append(Problem(document.name, again, ".".join(below), f"given twice, first in line {first}"))
            else:
                document.lines[below] = again
                found[key] = self.tree(child, below)
        return found


def _schema_problem(document: Document, details: ErrorDetails, model: type[BaseModel]) -> Problem:
    path = tuple(str(part) for part in details["loc"] if part != "[key]")
    kind = details["type"]
    context = details.get("ctx") or {}
    if kind == "extra_forbidden":
        return document.problem(path, f"unknown key.{did_you_mean(path[-1], _fields(model, path[:-1]))}")
    if kind == "value_error":
        return document.problem(path, str(context["error"]))
    given = _given(document, path)
    shown = "this" if given is None else f'"{given[:_MAX_GIVEN]}"'
    words = {
        "missing": "is missing",
        "bool_parsing": f"must be true or false, not {shown}",
        "bool_type": f"must be true or false, not {shown}",
        "int_parsing": f"must be a whole number, not {shown}",
        "int_parsing_size": f"must be a whole number, not {shown}",
        "int_type": f"must be a whole number, not {shown}",
        "float_parsing": f"must be a number, not {shown}",
        "float_type": f"must be a number, not {shown}",
        "finite_number": f"must be a number, not {shown}",
        "string_type": "must be text",
        "dict_type": "must be a group of `key: value` lines",
        "model_type": "must be a group of `key: value` lines",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "too_short": f"must have at least {context.get('min_length')}",
        "too_long": f"must have at most {context.get('max_length')} entries",
        "string_too_short": "must not be empty",
        "string_too_long": f"must be at most {context.get('max_length')} letters long",
        "literal_error": f"must be {context.get('expected')}, not {shown}",
        "greater_than_equal": f"must be at least {_limit(context.get('ge'), given)}, not {shown}",
        "less_than_equal": f"must be at most {_limit(context.get('le'), given)}, not {shown}",
    }
    return document.problem(path, words.get(kind, details["msg"]))


def _given(document: Document, path: tuple[str, ...]) -> str | None:
    """Return the text that stands at *path* in the file; None when there is none, or a group or list."""
    here = document.tree
    for part in path:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here if isinstance(here, str) else None


def _limit(value: object, given: str | None) -> str:
    """Return a limit as the operator would write it: in seconds or megabytes where those were given."""
    if not isinstance(value, int | float):
        return str(value)
    if given and _SIZE.fullmatch(given.strip()):
        return f"{value / 1_000_000:g} MB"
    return f"{value:g} s" if given and given.strip()[-1:].isalpha() else f"{value:g}"


def _fields(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    """Name the keys that may stand at *path*, walking through groups, lists and dictionaries of models."""
    here: Any = model
    for part in path:
        here = _below(here, part)
    here = _model_within(here)
    fields = here.model_fields.items() if here else ()
    return [known.validation_alias if isinstance(known.validation_alias, str) else name for name, known in fields]


def _below(annotation: Any, part: str) -> Any:  # noqa: ANN401 - annotations are of any kind
    """Return what stands at *part* of something annotated so: a group's key, a dictionary's or a list's entry."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        known = annotation.model_fields.get(part)
        return known.annotation if known else None
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return inner[1]
    if typing.get_origin(annotation) in {tuple, list}:
        return inner[0]
    return next((found for each in inner if (found := _below(each, part)) is not None), None)


def _model_within(annotation: Any) -> Any:  # noqa: ANN401 - annotations are of any kind
    """Return the model inside `X | None`, `dict[str, X]`, `tuple[X, ...]` or an annotated X."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        found = _model_within(inner)
        if found is not None:
            return found
    return None
