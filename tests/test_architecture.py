"""The direction of the arrows: who may import whom, and which few modules may touch the world.

Found by reading the source, so that an import inside a function or for type checkers alone counts as well.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.arrows import DOORS, MAY_IMPORT
from tests.touches import ELSEWHERE, EXCEPT_EXCEPTION, IO, MAX_LINES, MAY_TOUCH, NAMES_THAT_SAY_NOTHING

ROOT: Final = Path(__file__).parents[1]
CLEANING: Final = {"player.feed.text"}
"""Takes out of a line what cannot be seen, whoever wrote it: it knows no feed."""
PLAYER: Final = ROOT / "player"
FILES: Final = tuple(sorted(PLAYER.rglob("*.py")))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES: Final = {_name(path): path for path in FILES}


@cache
def _imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Return the line and the full name of whatever is imported anywhere in a file."""
    return tuple(_found_imports(path))


def _found_imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{_place(path)}:{node.lineno} imports by a relative name: write it out"
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield node.lineno, whole if whole in NAMES or not module.startswith("player") else module


def _is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def _row(name: str) -> str:
    """Return the row of the table that holds for the module called *name*."""
    if name in MAY_IMPORT:
        return name
    return max((room for room in MAY_IMPORT if room != "player" and _is_in(name, room)), key=len, default="")


@pytest.mark.parametrize("path", FILES, ids=_place)
def test_nothing_imports_what_lies_to_its_right(path: Path) -> None:
    """Each room imports itself and what its row of the table names, also inside functions and for type checkers."""
    row = _row(_name(path))
    assert row, f"{_place(path)} is in no row of MAY_IMPORT: say there what it may import"
    allowed = MAY_IMPORT[row]

    wrong = [
        f"{_place(path)}:{line} imports {name}"
        for line, name in _imports(path)
        if _is_in(name, "player")
        and name != "player"  # of which there is a docstring and the version
        and not _is_in(name, row if row != "player" else "player.__init__")
        and not any(_is_in(name, room) for room in allowed)
    ]

    assert not wrong


def test_the_table_names_nothing_that_is_gone() -> None:
    """Every row of the table is a module or a folder that exists."""
    assert not [room for room in MAY_IMPORT if room not in NAMES]


def test_nothing_but_the_command_line_imports_a_door() -> None:
    """What brings rooms together for one command is a dead end: no room leans on it."""
    # feed_check reads a root as anchoring does; the publisher's own commands have a demonstration; a wall is judged by stills.
    known = (
        "player.cli",
        "player.__main__",
        "player.fleetlink",
        "player.feed_check",
        "player.publish.commands",
        "player.commissioning",
        "player.simulating",
    )
    wrong = [
        f"{_place(path)}:{line} imports {name}"
        for path in FILES
        if not any(_is_in(_name(path), room) for room in known)
        for line, name in _imports(path)
        if name in DOORS and name != _name(path)
    ]

    assert not wrong, wrong


def _reaches(start: str) -> set[str]:
    """Return every module of ours that importing *start* may bring in, however deep."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in NAMES:
            continue
        seen.add(name)
        waiting += [found for _, found in _imports(NAMES[name])]
    return seen


@pytest.mark.parametrize(
    ("start", "never"),
    [
        ("player.screen.service", ("player.feed", "player.pictures", "player.ingest")),
        # Of outputs it may know how they are written: that is in the configuration.
        ("player.ingest.service", ("player.screen", "player.render", "player.output.maps", "player.text.typeset")),
        (
            "player.console.service",
            ("player.feed", "player.pictures", "player.ingest", "player.screen", "player.render", "player.text.typeset"),
        ),
        ("player.projector.service", ("player.feed", "player.pictures", "player.screen", "player.render", "player.output.maps")),
        ("player.pictures.worker", ("player.library", "player.feed", "player.ingest", "player.settings")),
        ("player.film.child", ("player.library", "player.feed", "player.ingest", "player.settings", "player.screen")),
        ("player.film.live.child.fed", ("player.library", "player.feed", "player.ingest", "player.settings", "player.screen")),
        ("player.film.live.child.direct", ("player.library", "player.feed", "player.ingest", "player.settings", "player.screen")),
        ("player.supervisor", ("player.feed", "player.pictures", "player.library", "player.screen", "player.render")),
    ],
)
def test_a_process_cannot_reach_what_it_never_touches(start: str, never: tuple[str, ...]) -> None:
    """Nothing that a process imports imports, however deep, what the process is kept away from."""
    reached = _reaches(start) - CLEANING

    assert not [name for name in reached if any(_is_in(name, room) for room in never)]


def test_the_screen_process_has_no_network_in_it() -> None:
    """After everything that the screen imports, no library that speaks to a network is loaded."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, player.screen.service; print('\\n'.join(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.split()

    assert "player.screen.loop" in loaded
    assert not [name for name in loaded if any(_is_in(name, room) for room in ("requests", "urllib3", "ssl", "http"))]


@pytest.mark.parametrize(("what", "who"), MAY_TOUCH.items(), ids=lambda value: " ".join(value)[:40])
def test_only_these_few_touch_the_world(what: tuple[str, ...], who: dict[str, str]) -> None:
    """Clocks, networks, processes and databases are reached from where the table says, and an unused excuse is struck."""
    found = {_place(path) for path in FILES for _, name in _imports(path) if any(_is_in(name, module) for module in what)}
    touched = {excused for excused in who if any(place.startswith(excused) for place in found)}

    assert touched == set(who)
    assert not {place for place in found if not place.startswith(tuple(who))}


def test_what_decides_touches_nothing() -> None:
    """The show is pure: no files, clocks, threads or networks, and chance only from a seed in the data."""
    for path in sorted((PLAYER / "show").rglob("*.py")):
        for line, name in _imports(path):
            assert not any(_is_in(name, module) for module in IO), f"{_place(path)}:{line} imports {name}"
        for call in _calls(path):
            name = _called(call)
            is_seeded = name == "random.Random" and bool(call.args)
            assert not name.startswith("random.") or is_seeded, f"{_place(path)}:{call.lineno}"
            assert name != "open", f"{_place(path)}:{call.lineno} opens a file"


@cache
def _calls(path: Path) -> tuple[ast.Call, ...]:
    return tuple(node for node in _nodes(path) if isinstance(node, ast.Call))


@cache
def _called(call: ast.Call) -> str:
    """Return what is called, as it is written."""
    return ast.unparse(call.func)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"datetime\.now|datetime\.utcnow|date\.today|time\.localtime", "clock.py alone reads clocks"),
        (r"os\.(fork|forkpty|system|popen|exec\w+|spawn\w+|posix_spawn\w*)", "processes are started by ward.py and child.py"),
        (r"ProcessPoolExecutor", "processes are started by ward.py and child.py"),
        (r"(pygame\.)?display\.set_mode", "the screen opens pygame.Window, so that there can be several"),
        (r"(__builtins__\.)?(eval|exec|compile)", "no text becomes a program"),
        (r"yaml\.(load_all|safe_load|full_load|unsafe_load)", "17:00 is a time and `on` a word: yaml.load with BaseLoader"),
        (r"print", "what people read is written by click, rich or the log"),
        (r"breakpoint|time\.sleep", "waits are the clock's"),
    ],
)
def test_nobody_calls_what_the_design_rules_out(pattern: str, reason: str) -> None:
    """A few calls appear nowhere in the player, because there is one right place or way for what they do."""
    found = [
        f"{_place(path)}:{call.lineno} {_called(call)}"
        for path in FILES
        for call in _calls(path)
        if re.fullmatch(pattern, _called(call))
    ]

    assert not found, f"{reason}: {found}"


def test_no_thread_is_left_to_die_with_the_process() -> None:
    """Every thread is stopped and joined: none is a daemon."""
    found = [
        f"{_place(path)}:{call.lineno}"
        for path in FILES
        for call in _calls(path)
        if any(k.arg == "daemon" for k in call.keywords)
    ]

    assert not found, found


def _handlers(path: Path) -> Iterator[tuple[ast.ExceptHandler, set[str]]]:
    for node in _nodes(path):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            yield node, {ast.unparse(each) if each else "everything" for each in caught}


def test_only_the_seams_catch_everything() -> None:
    """`except Exception` stands at ingest's two seams alone; whoever catches more than that raises it again."""
    for path in FILES:
        for handler, caught in _handlers(path):
            where = f"{_place(path)}:{handler.lineno}"
            if "Exception" in caught:
                assert _place(path) in EXCEPT_EXCEPTION, where
            if caught & {"everything", "BaseException"}:
                last = handler.body[-1]
                assert isinstance(last, ast.Raise), where
                assert last.exc is None, where


def test_rooms_stay_small() -> None:
    """No file is longer than 400 lines, and none has a name that says nothing."""
    everything = [*FILES, *sorted((ROOT / "tests").rglob("*.py"))]
    long = {_place(path): lines for path in everything if (lines := len(path.read_text("utf-8").splitlines())) > MAX_LINES}

    assert not long
    assert not [_place(path) for path in everything if NAMES_THAT_SAY_NOTHING & set(path.relative_to(ROOT).with_suffix("").parts)]


def test_opening_a_folder_does_no_work() -> None:
    """An `__init__.py` holds a docstring, the door and constants: nothing happens when it is imported."""
    for path in FILES:
        if path.name != "__init__.py":
            continue
        docstring, *rest = _tree(path).body
        assert ast.get_docstring(_tree(path)), _place(path)
        assert isinstance(docstring, ast.Expr)
        for node in rest:
            is_constant = isinstance(node, ast.Assign | ast.AnnAssign) and not any(
                isinstance(n, ast.Call) for n in ast.walk(node)
            )
            is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            is_lazy_door = isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
            is_idle = is_constant or is_for_types or is_lazy_door or isinstance(node, ast.ImportFrom)
            assert is_idle, f"{_place(path)}:{node.lineno} does work"


def test_every_module_says_what_it_is_for() -> None:
    """Each file begins with a sentence."""
    assert not [_place(path) for path in FILES if not ast.get_docstring(_tree(path))]


def test_every_dependency_has_its_reason() -> None:
    """Each requirement stands below a comment; only parts of one family share one."""
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    first, last = lines.index("dependencies = ["), lines.index("[project.scripts]")
    for number in range(first, last):
        found = re.match(r'(?:\s+|[\w-]+ = \[)"(\w+)', lines[number])
        above = number - 1
        while found and re.match(rf'\s+"{found[1]}\W|(?!dependencies)[\w-]+ = \[$', lines[above]):
            above -= 1
        assert not found or lines[above].lstrip().startswith("#"), f"pyproject.toml:{number + 1} {lines[number]}"


def test_the_repository_knows_no_other_place() -> None:
    """No file names a folder outside the repository that only its makers had."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("needs a git checkout (this is a copy without one)")
    files = [ROOT / name.decode() for name in done.stdout.split(b"\0") if name]

    assert not [_place(path) for path in files if path.is_file() and ELSEWHERE.search(path.read_bytes())]
