"""A configuration's text with a few keys set in it: what else a person wrote, comments and all, stays as it is. Pure.

Where a key stands is known from the YAML parser's own marks. Whoever splices reads the result again and compares: a text that
would say anything else than it did is not used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias, cast

import yaml

from player.errors import OperatorError
from player.schema import Tree

_WIDTH: Final = 120  # columns of what is written
_Pair: TypeAlias = tuple[yaml.Node, yaml.Node]


def with_fleet(text: str, where: str, fleet: Mapping[str, Tree], *, heading: str) -> str:
    """Return *text* with the block `fleet:` as given, in place of its own, or below a *heading* at its end.

    Raises:
        OperatorError: the text, which problems call *where*, is not written as lines of `key: value`.
    """
    written = yaml.safe_dump({"fleet": dict(fleet)}, allow_unicode=True, sort_keys=False, width=_WIDTH)
    own = _pair(_top(text, where), "fleet")
    if own is None:
        return f"{_ended(text)}\n# {heading}\n{written}"
    end = _line_end(text, max(map(_end, own)))
    return text[: own[0].start_mark.index] + written.rstrip() + (text[end:] or "\n")


def with_key(text: str, where: str, path: tuple[str, str], value: str | Mapping[str, str]) -> str:
    """Return *text* with the key *path* (a group, and a key in it) set to *value*.

    Raises:
        OperatorError: the text is not written as lines of `key: value`, or the group is none.
    """
    group, key = path
    entry = f"{key}: {_flow(value)}"
    found = _pair(_top(text, where), group)
    if found is None:
        return f"{_ended(text)}{group}:\n  {entry}\n"
    node = found[1]
    if isinstance(node, yaml.ScalarNode) and not node.value and not node.style:
        at = node.end_mark.index
        return f"{text[:at]} {{{entry}}}{text[at:]}"
    if not isinstance(node, yaml.MappingNode):
        raise OperatorError(f"{where}: {group} must be a group of `key: value` lines")
    own = _pair(node, key)
    if own is not None:
        begin, end = own[1].start_mark.index, _end(own[1])
        rest = text[end:] if text[end - 1] != "\n" else f"\n{text[end:]}"  # behind a text of several lines
        return f"{text[:begin]}{'' if text[begin - 1].isspace() else ' '}{_flow(value)}{rest}"
    if node.flow_style:
        at = node.end_mark.index - 1
        return f"{text[:at].rstrip(' ')}{', ' if node.value else ''}{entry}{text[at:]}"
    at = _line_end(text, _end(node))
    return f"{text[:at]}\n{' ' * node.start_mark.column}{entry}{text[at:]}"


def tree_of(text: str, where: str) -> dict[str, Tree]:
    """Return what *text* says, every value as a text.

    Raises:
        OperatorError: it says nothing that could be read.
    """
    try:
        found = cast("Tree", yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - of texts, lists and groups, and no objects
        found = cast("Tree", json.loads(json.dumps(found)))  # with & and *, two places would be one object
    except (yaml.YAMLError, RecursionError, ValueError):
        found = ""
    if not isinstance(found, dict):
        raise OperatorError(_no_lines(where))
    return found


def _no_lines(where: str) -> str:
    return f"{where}: nothing can be added to it as it is written: write it as lines of `key: value`, without braces around all"


def _top(text: str, where: str) -> yaml.MappingNode:
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise OperatorError(_no_lines(where)) from error
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise OperatorError(_no_lines(where))
    return node


def _pair(node: yaml.MappingNode, key: str) -> _Pair | None:
    pairs = cast("list[_Pair]", node.value)
    return next((pair for pair in pairs if pair[0].value == key), None)


def _end(node: yaml.Node) -> int:
    """Return where *node* ends; the mark of one without braces is where the next begins, behind all comments."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return node.end_mark.index
    last = cast("list[yaml.Node | _Pair]", node.value)[-1]
    return max(map(_end, last)) if isinstance(last, tuple) else _end(last)


def _line_end(text: str, index: int) -> int:
    """Return where the line ends that *index* is in, or just behind."""
    if text[index - 1 : index] == "\n":
        return index - 1
    found = text.find("\n", index)
    return len(text) if found < 0 else found


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _flow(value: str | Mapping[str, str]) -> str:
    """Return *value* on one line: YAML reads a text in quotes as JSON writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"{{{', '.join(f'{key}: {json.dumps(each, ensure_ascii=False)}' for key, each in value.items())}}}"
