"""The words "We Remember" in every language, from `assets/words.yaml`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

from player.errors import OperatorError

MAX_TEXT: Final = 80  # characters; more would not be words that a wall can carry
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TRUTH: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words in one language."""

    language: str
    """BCP 47 tag."""
    text: str
    checked: bool
    """Whether a native reader has said that these are the right words."""


def load_wordings(path: Path) -> tuple[Wording, ...]:
    """Return the words in *path*, in the order of the file.

    Raises:
        OperatorError: the file cannot be read or says something that is no wording; the message names file and line.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path}: cannot be read ({error}). Put the file back.") from error
    except yaml.YAMLError as error:
        mark = cast("yaml.Mark | None", getattr(error, "problem_mark", None))
        line = mark.line + 1 if mark else 1
        raise OperatorError(f"{path}:{line} this is no YAML: {error}") from error
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise OperatorError(f"{path}:1 needs one line per language, such as `en: {{text: We Remember, checked: true}}`.")
    wordings: dict[str, Wording] = {}
    for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", root.value):
        wording = _wording(path, key, value)
        if wording.language in wordings:
            raise OperatorError(f"{path}:{_line(key)} {wording.language}: given twice. Keep one of them.")
        wordings[wording.language] = wording
    return tuple(wordings.values())


def phrases(
    wordings: Collection[Wording], *, only_checked: bool, languages: Collection[str] | None = None
) -> tuple[Wording, ...]:
    """Return those of *wordings* that a show may use, in their own order.

    Args:
        wordings: All that there are.
        only_checked: Leave out what no native reader has checked.
        languages: The languages that the show asks for; None for all.

    Raises:
        OperatorError: *languages* names one that there are no words for.
    """
    unknown = sorted(set(languages or ()) - {wording.language for wording in wordings})
    if unknown:
        raise OperatorError(f"there are no words for {', '.join(unknown)}. Add them to assets/words.yaml.")
    return tuple(
        wording
        for wording in wordings
        if (wording.checked or not only_checked) and (languages is None or wording.language in languages)
    )


def _wording(path: Path, key: yaml.Node, value: yaml.Node) -> Wording:
    at = f"{path}:{_line(key)} "
    language = str(key.value)
    if not isinstance(key, yaml.ScalarNode) or not _TAG.fullmatch(language):
        raise OperatorError(f"{at}{language}: is no language tag, such as `en` or `pt-BR`.")
    fields = _fields(f"{at}{language}", value)
    text, checked = fields.get("text", "").strip(), fields.get("checked", "false")
    if not 0 < len(text) <= MAX_TEXT:
        raise OperatorError(f"{at}{language}.text: needs 1 to {MAX_TEXT} characters.")
    if checked not in _TRUTH:
        raise OperatorError(f"{at}{language}.checked: is true or false, not {checked!r}.")
    return Wording(language, text, _TRUTH[checked])


def _fields(at: str, value: yaml.Node) -> dict[str, str]:
    if not isinstance(value, yaml.MappingNode):
        raise OperatorError(f"{at}: needs `{{text: ..., checked: ...}}`.")
    fields: dict[str, str] = {}
    for name, content in cast("list[tuple[yaml.Node, yaml.Node]]", value.value):
        if name.value not in {"text", "checked"}:
            raise OperatorError(f'{at}.{name.value}: unknown key. There are "text" and "checked".')
        if not isinstance(content, yaml.ScalarNode):
            raise OperatorError(f"{at}.{name.value}: must be one piece of text.")
        if name.value in fields:
            raise OperatorError(f"{at}.{name.value}: given twice. Keep one of them.")
        fields[str(name.value)] = str(content.value)
    return fields


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
