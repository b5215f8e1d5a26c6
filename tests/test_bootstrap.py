"""Tests of the bootstrap, with a small project and no network: a builder and a `pytest` of a few lines, as local wheels.

Environments are really made, three of them, because that they work is what is to be shown; most tests share one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE_S = 120  # for a machine that is busy with other things

BUILDER = """
import zipfile
from pathlib import Path
def build_editable(folder, settings=None, metadata=None):
    name = "fakeplayer-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        info = "fakeplayer-1.0.dist-info/"
        wheel.writestr("fakeplayer.pth", str(Path.cwd()) + "\\n")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: fakeplayer\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: fake\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""
TELLS = """
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "pid": os.getpid(), "prefix": sys.prefix,
                  "home": os.environ["WEREMEMBER_HOME"]}), flush=True)
if sys.argv[1:] == ["wait"]:
    sys.stdin.read()
"""
"""Written so that a module named `json` beside the caller would be noticed."""


def make_wheel(folder: Path, name: str, module: str, text: str) -> str:
    """Write a wheel with one module into *folder*; return its line for a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        info = f"{name}-1.0.dist-info/"
        wheel.writestr(module, text)
        wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: fake\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def stub(path: Path, text: str) -> Path:
    """Write a program of the shell."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def pretend(path: Path, fact: str) -> Path:
    """Write a Python that believes *fact* about itself."""
    return stub(path, f"""exec '{sys.executable}' -c 'import sys; {fact}; exec(sys.argv[2])' "$@" """)


class Project:
    """A folder with the bootstrap and what it works on."""

    def __init__(self, root: Path, wheels: Path) -> None:
        self.root = root
        self.wheels = wheels
        (root / "player").mkdir(parents=True)
        (root / "player/__init__.py").touch()
        (root / "player/__main__.py").write_text(TELLS)
        (root / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["fakebuilder"]\nbuild-backend = "fakebuilder"\n'
            '[project]\nname = "fakeplayer"\nversion = "1.0"\n'
        )
        shutil.copy(ROOT / "weremember", root)
        self.lock.write_text(make_wheel(wheels, "fakebuilder", "fakebuilder.py", BUILDER))
        (root / "requirements-test.lock").write_text(make_wheel(wheels, "pytest", "pytest/__main__.py", TELLS))

    @property
    def lock(self) -> Path:
        """The lock."""
        return self.root / "requirements.lock"

    def environments(self) -> set[str]:
        """The names of the environments that are there."""
        return {path.name for path in self.root.glob(".venv-*") if path.is_dir()}

    def start(
        self, *arguments: str, script: Path | None = None, cwd: Path | None = None, **environ: str
    ) -> subprocess.Popen[str]:
        """Start the bootstrap; its own Python unless *environ* says otherwise."""
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.wheels),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "WEREMEMBER_PYTHON": sys.executable,
        }
        return subprocess.Popen(
            [script or self.root / "weremember", *arguments],
            env=settings | environ,
            cwd=cwd or self.wheels,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, script: Path | None = None, cwd: Path | None = None, **environ: str) -> Outcome:
        """Run the bootstrap to its end."""
        with self.start(*arguments, script=script, cwd=cwd, **environ) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
            return Outcome(process.pid, process.returncode, out, err)


class Outcome:
    """What a call of the bootstrap came to."""

    def __init__(self, pid: int, status: int, out: str, err: str) -> None:
        self.pid = pid
        self.status = status
        self.err = err.splitlines()
        self.told: dict[str, object] = json.loads(out) if out else {}


@pytest.fixture(scope="module")
def first_calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Outcome]]:
    """Return a project in a folder with a space, called for the first time twice at once, and what came of the calls.

    No Python is named; of those on the path the first is too old.
    """
    folder = tmp_path_factory.mktemp("bootstrap")
    (folder / "bin").mkdir()
    (folder / "wheels").mkdir()
    pretend(folder / "bin/python3", "sys.version_info = (3, 9, 0)")
    stub(folder / "bin/python3.14", f"exec '{sys.executable}' \"$@\"")
    project = Project(folder / "We Remember", folder / "wheels")
    (folder / "link").symlink_to(project.root / "weremember")
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    with (
        project.start("run", "--for", "2 s", "", "*", PATH=path, WEREMEMBER_PYTHON="") as one,
        project.start("photos", script=folder / "link", cwd=folder / "bin", PATH=path, WEREMEMBER_PYTHON="") as other,
    ):
        calls = [(process, *process.communicate(timeout=PATIENCE_S)) for process in (one, other)]
    return project, [Outcome(process.pid, process.returncode, out, err) for process, out, err in calls]


@pytest.fixture
def project(first_calls: tuple[Project, list[Outcome]]) -> Project:
    """Return the project that is set up."""
    return first_calls[0]


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """Return a project that is not set up."""
    (tmp_path / "wheels").mkdir()
    return Project(tmp_path / "project", tmp_path / "wheels")


def test_one_command_sets_up_and_runs(first_calls: tuple[Project, list[Outcome]]) -> None:
    """The first call makes the environment and becomes the program, with every argument as it was given."""
    project, (call, _) = first_calls

    assert call.status == 0
    assert call.told["argv"] == ["run", "--for", "2 s", "", "*"]
    assert call.told["pid"] == call.pid  # signals reach the program itself
    assert call.told["home"] == str(project.root)
    assert str(call.told["prefix"]).startswith(str(project.root / ".venv-"))


def test_two_first_calls_do_not_trample(first_calls: tuple[Project, list[Outcome]]) -> None:
    """Of two calls at once, one sets up and says so in one line, the other waits for it; both run."""
    project, (one, other) = first_calls

    assert [one.status, other.status] == [0, 0]
    assert one.err + other.err == [f"weremember: Setting up in {project.root} (about a minute, once)"]
    assert one.told["prefix"] == other.told["prefix"]
    assert project.environments() == {(project.root / ".venv").readlink().name}


def test_it_may_be_called_by_a_link_from_anywhere(first_calls: tuple[Project, list[Outcome]]) -> None:
    """Called by a link from another folder, it finds its own place and leaves the caller's folder as it is."""
    project, (_, call) = first_calls

    assert call.told["home"] == str(project.root)
    assert call.told["cwd"] == str(project.wheels.with_name("bin"))


def test_the_next_call_is_quiet(project: Project, tmp_path: Path) -> None:
    """What is set up runs without a word, and does not mistake the caller's files for the program's."""
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong file')")
    (tmp_path / "player.py").write_text("raise SystemExit('the wrong file')")

    call = project.call("doctor", cwd=tmp_path)

    assert (call.status, call.err, call.told["argv"]) == (0, [], ["doctor"])


def test_the_tests_come_with_what_they_want(project: Project, tmp_path: Path) -> None:
    """`test` installs what the tests want, once, and runs them from the project's root, on all cores unless told otherwise."""
    first = project.call("test", "-k", "a b", cwd=tmp_path)
    second = project.call("test")

    assert first.err == ["weremember: Installing what the tests want (about a minute, once)"]
    assert (first.status, first.told["argv"], first.told["cwd"]) == (
        0,
        ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder", "-k", "a b"],
        str(project.root),
    )
    assert (second.status, second.err) == (0, [])


def test_a_changed_lock_is_followed_and_a_running_show_keeps_its_own(project: Project) -> None:
    """A changed lock makes a new environment. The old one goes, unless something runs from it; what was left half made goes."""
    old = (project.root / ".venv").readlink().name
    (project.root / ".venv-0123456789abcdef").mkdir()
    (project.root / ".venv-my-own-project1").mkdir()
    with project.start("wait") as show:
        assert show.stdout is not None
        show.stdout.readline()
        project.lock.write_text(project.lock.read_text() + "\n# changed\n")

        call = project.call("doctor")
        new = (project.root / ".venv").readlink().name

        assert call.status == 0
        assert str(call.told["prefix"]).endswith(new)
        assert project.environments() == {old, new, ".venv-my-own-project1"}
        show.communicate()

    project.lock.write_text(project.lock.read_text().removesuffix("\n# changed\n"))
    assert project.call("doctor").status == 0  # back to the old one, which is still there: nothing to make
    assert project.environments() == {old, ".venv-my-own-project1"}


def test_when_a_renewal_fails_the_old_one_runs(project: Project) -> None:
    """When what the lock names cannot be had, the old one runs and says so in one line; not every start tries again."""
    before = project.lock.read_text()
    project.lock.write_text(re.sub(r"sha256:\w+", f"sha256:{'0' * 64}", before))
    try:
        first, second = project.call("run"), project.call("run")
    finally:
        project.lock.write_text(before)
    third = project.call("run")

    assert (first.status, second.status, third.status) == (0, 0, 0)
    assert first.told["prefix"] == second.told["prefix"] == third.told["prefix"]
    assert first.err[1].startswith("weremember: Could not renew the environment, running with the one from before: ")
    assert "DO NOT MATCH THE HASHES" in (project.root / ".venv-setup.log").read_text()
    assert len(first.err) == 2
    assert len(second.err) == 1
    assert "the last try failed less than an hour ago" in second.err[0]
    assert third.err == []


def test_a_first_set_up_that_fails_says_why(bare: Project) -> None:
    """With nothing to fall back on, the last words of what failed and one line tell why; nothing half made is left."""
    broken = f'[ "$1" != -m ] || {{ mkdir -p "$3/bin"; echo \'the disk is full\' >&2; exit 1; }}\nexec \'{sys.executable}\' "$@"'

    call = bare.call("run", WEREMEMBER_PYTHON=str(stub(bare.wheels / "python3", broken)))

    assert call.status == 2
    assert call.err[1:] == [
        "the disk is full",
        f"weremember: Could not set up: what went wrong is at the end of {bare.root}/.venv-setup.log",
    ]
    assert bare.environments() == set()


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            "sys.version_info = (3, 9, 0)",
            "needs Python 3.11 to 3.14 with venv. On Debian or Raspberry Pi OS: sudo apt install python3 python3-venv",
        ),
        ('sys.modules["ensurepip"] = None', "no venv. On Debian or Raspberry Pi OS: sudo apt install python3-venv"),
        ("sys.maxsize = 2**31 - 1", "is a 32-bit program; a 64-bit system is needed"),
    ],
)
def test_a_python_that_does_not_suit_is_one_line(bare: Project, fact: str, said: str) -> None:
    """An old Python, one without venv, one of 32 bits: one line that says what to install, and nothing is made."""
    call = bare.call("run", WEREMEMBER_PYTHON=str(pretend(bare.wheels / "python3", fact)))

    assert call.status == 2
    assert len(call.err) == 1
    assert call.err[0].endswith(said)
    assert bare.environments() == set()


def test_without_any_python_it_is_one_line(bare: Project) -> None:
    """A machine without Python gets one line too."""
    call = bare.call("run", WEREMEMBER_PYTHON=str(bare.wheels / "nothing"))

    assert call.status == 2
    assert len(call.err) == 1
    assert "sudo apt install python3 python3-venv" in call.err[0]


def test_an_environment_of_somebody_else_is_left_alone(bare: Project) -> None:
    """A `.venv` that a person made is not touched; the line says to move it."""
    (bare.root / ".venv").mkdir()

    call = bare.call("run")

    assert call.status == 2
    assert call.err == [f"weremember: {bare.root}/.venv was not made by this program. Move it away and run this again"]


def locked(name: str) -> dict[str, set[str]]:
    """Return the packages of one of the project's locks, each with its versions."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_is_whole(name: str) -> None:
    """Every package of a lock has hashes, and nothing in it names a server or a folder of the machine that made it."""
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert all(" --hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--index|--find-links|--extra", re.sub(r"^ *#.*", "", text, flags=re.MULTILINE))
    assert not re.search(r"://|index-url|find-links|/root|/home|/tmp", text)


def test_the_locks_agree() -> None:
    """The tests run with exactly what the program runs with, and more."""
    program, tests = locked("requirements.lock"), locked("requirements-test.lock")

    assert {name: tests.get(name) for name in program} == program


def test_the_locks_have_what_the_project_asks_for() -> None:
    """Every dependency of the project stands in the lock; a forgotten one would be missing on every new machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for name, wanted in {
        "requirements.lock": project["project"]["dependencies"] + project["dependency-groups"]["install"],
        "requirements-test.lock": project["project"]["optional-dependencies"]["test"],
    }.items():
        names = {re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0].lower() for line in wanted}

        assert names <= set(locked(name))
