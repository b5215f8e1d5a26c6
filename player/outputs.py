"""`weremember outputs`: the displays that are there and who has which, as lines that can be copied into config.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from player.output.section import Output
from player.screen.binding import Binding, bound
from player.screen.displays import Found, heads, named
from player.screen.edid import parse
from player.screen.panes import Panes, SdlPanes
from player.settings import Configuration
from player.units import Size

NONE: Final = (
    "no display can be seen from here: run it where the player runs, with its DISPLAY or WAYLAND_DISPLAY, or on its console"
)
UNASKED: Final = "# No display server answers here: this is what the kernel says, in the sizes that the displays like best."
_USUAL: Final = Size(1920, 1080)
_PLAIN: Final = re.compile(r"[A-Za-z][\w.-]*(?: [\w.-]+)*", re.ASCII)
"""What YAML takes as text without quotes, in a group too."""
_NOT_OF_AN_ID: Final = re.compile(r"[^a-z0-9]+")


def list_displays(
    configuration: Configuration, say: Callable[[str], None], *, as_json: bool = False, panes: Panes | None = None
) -> bool:
    """Say which displays there are, which output has each, and which outputs have none; return whether all is well."""
    asked = panes or SdlPanes(lambda _: iter(()))
    seen = asked.look()
    asked.close()
    there = seen or told_by_kernel()
    outputs = configuration.settings.outputs
    binding = bound(outputs, there, before=Binding())
    if as_json:
        say(json.dumps(_as_object(there, binding), ensure_ascii=False, indent=1))
    else:
        for line in in_words(outputs, there, binding, is_asked=bool(seen)):
            say(line)
    return bool(there) and not binding.missing


def told_by_kernel() -> tuple[Found, ...]:
    """Return the displays that the kernel knows of; where it knows no size, the usual one."""
    found: list[Found] = []
    for i, head in enumerate(heads()):
        edid = parse(head.edid)
        size = (edid.size if edid else None) or _USUAL
        found.append(named(Found(i, head.socket, "", size), head))
    return tuple(found)


def in_words(outputs: Sequence[Output], there: Sequence[Found], binding: Binding, *, is_asked: bool = True) -> Iterator[str]:
    """Yield a section `outputs:` of all displays, with who has each as a comment."""
    if not there:
        yield f"# {NONE}"
    elif not is_asked:
        yield UNASKED
    names = _names(there, binding)
    for i, display in enumerate(there):
        if i == 0:
            yield "outputs:"
        have = _outputs_of(display, binding)
        whose = f"output {' and '.join(have)}" if have else "no output" if outputs else "not in the configuration yet"
        yield f"  - {{id: {names[i]}, display: {_written(display, there)}}}   # {_where(display)}: {whose}"
    yield from (f"# output {key}: {why}" for key, why in binding.missing.items())


def _as_object(there: Sequence[Found], binding: Binding) -> dict[str, object]:
    displays = [
        {
            "name": each.name,
            "serial": each.serial,
            "size": f"{each.size.width}x{each.size.height}",
            "index": each.index,
            "socket": each.socket,
            "rate": each.rate,
            "left": each.left,
            "top": each.top,
            "outputs": _outputs_of(each, binding),
        }
        for each in there
    ]
    return {"displays": displays, "missing": dict(binding.missing)}


def _outputs_of(display: Found, binding: Binding) -> list[str]:
    return [key for key, each in binding.displays.items() if each.key == display.key and each.index == display.index]


def _names(there: Sequence[Found], binding: Binding) -> list[str]:
    """Return a name for each: its output's, else one made of what it is called, no two alike."""
    names: list[str] = []
    taken = {*binding.displays, *binding.missing}
    for display in there:
        have = _outputs_of(display, binding)
        plain = _NOT_OF_AN_ID.sub("-", (display.socket or display.name).lower()).strip("-")
        name = plain if plain[:1].isalpha() else f"display-{display.index}"
        number = 1
        while name in taken or name in names:
            number += 1
            name = f"{plain or 'display'}-{number}"
        names.append(have[0] if have else name)
    return names


def _written(display: Found, there: Sequence[Found]) -> str:
    """Return how a display is written in the configuration: by what it says of itself, by its number where that is not enough."""
    fields = {"name": _quoted(display.name)} if _is_a_name(display) else {}
    if display.serial:
        fields["serial"] = _quoted(display.serial)
    fields["size"] = f"{display.size.width}x{display.size.height}"
    alike = [each for each in there if (each.name, each.serial, each.size) == (display.name, display.serial, display.size)]
    if len(alike) > 1 or "name" not in fields:
        fields["index"] = str(display.index)
    return f"{{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}"


def _is_a_name(display: Found) -> bool:
    """Whether it has a name that is more than the system's number for it."""
    return bool(display.name) and display.name != str(display.index)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _where(display: Found) -> str:
    rate = f"{display.rate:g} Hz" if display.rate else ""
    socket = f"on {display.socket}" if display.socket else f"number {display.index}"
    return ", ".join(filter(None, (socket, rate, f"at {display.left}, {display.top}")))
