"""Tests of `sudo weremember` on a kiosk: it reads the keys of services as systemd does, and runs nothing as root."""

from __future__ import annotations

import os
import pwd
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from tests.fakes.kiosk import PROJECT

COMMAND: Final = PROJECT / "deploy/kiosk/usr/local/bin/weremember"
PARTS: Final[dict[str, Any]] = runpy.run_path(str(COMMAND), run_name="read")
keys: Final[Callable[[str], dict[str, str]]] = PARTS["keys"]
GENERATOR: Final = Path("/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator")
CASES: Final = {
    'A="abc def"': {"A": "abc def"},
    "A='abc def'\nB=c": {"A": "abc def", "B": "c"},
    "A=abc def  \n": {"A": "abc def"},
    " A = b": {"A": "b"},
    'A="b" "c"\'d\' e"f"': {"A": 'bcde"f"'},
    'A=b"c"': {"A": 'b"c"'},
    'A="b\\"c\\$d\\e\\\nf"': {"A": 'b"c$d\\ef'},
    "A='b\\c'": {"A": "b\\c"},
    "A=b\\ \\\nc\\\\d": {"A": "b c\\d"},
    'A="two\nlines"\nB=\'': {"A": "two\nlines", "B": ""},
    "A=b#c;d\n# E=f\n;G=h\n": {"A": "b#c;d"},
    "A=a=b==\r\nB=c": {"A": "a=b==", "B": "c"},
    "A=b\nA=c": {"A": "c"},
    "A=": {"A": ""},
    "A=$B `C` $(touch ran)": {"A": "$B `C` $(touch ran)"},
    "no assignment\nA B=1\nexport C=d\n-E=f\nG=h": {"G": "h"},
    "A=b\\": {"A": "b"},
    'A="b\\': {"A": "b"},
}


class Became(Exception):  # noqa: N818 - it is none: whoever becomes another program comes to no end here
    """What the command became."""


@pytest.mark.parametrize("text", CASES)
def test_keys_are_read_by_the_rules_of_systemd(text: str) -> None:
    """Quotes, backslashes, comments and the ends of lines mean what they mean in the service."""
    assert keys(text) == CASES[text]


@pytest.mark.skipif(not GENERATOR.exists(), reason="needs systemd's own reader of such files")
@pytest.mark.parametrize("text", [text for text in CASES if "$" not in text and "\n#" not in text])
def test_systemd_reads_them_so(tmp_path: Path, text: str) -> None:
    """Its reader of environment.d, which has the same rules but for variables and empty values, says the same."""
    (tmp_path / "environment.d").mkdir()
    (tmp_path / "environment.d/keys.conf").write_text(text, "utf-8", newline="")
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([GENERATOR], env=environ, capture_output=True, text=True, check=True)

    assert _told(done.stdout) == {name: value for name, value in CASES[text].items() if value}


def _told(lines: str) -> dict[str, str]:
    """Return what it printed: in quotes where that is needed, with C's backslashes."""
    signs, found = {"n": "\n", "t": "\t", "r": "\r"}, dict[str, str]()
    for line in lines.splitlines():
        name, _, value = line.partition("=")
        if name in {"A", "B", "G"}:
            is_quoted = value.startswith('"')
            found[name] = re.sub(r"\\(.)", lambda sign: signs.get(sign[1], sign[1]), value[1:-1]) if is_quoted else value
    return found


@pytest.mark.parametrize(
    "name", ["PATH", "IFS", "ENV", "BASH_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "1A", "A-B", "Ä"]
)
def test_what_says_how_programs_begin_is_no_key(name: str) -> None:
    """Such a name is left out, and the others count all the same."""
    assert keys(f"{name}=x\nWALL_KEY=y\n") == {"WALL_KEY": "y"}


def test_nothing_is_roots_any_more_before_a_key_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The account's groups and numbers are taken first; keys are in the environment, and in no list of arguments."""
    (tmp_path / "environment").write_text('WALL_KEY="abc def"\nHOME=/root\n', "utf-8")
    did = _stand_in(monkeypatch, tmp_path, argv=["weremember", "status", "--json"])

    with pytest.raises(Became) as found:
        PARTS["main"]()

    program, argv, environ = found.value.args
    assert did == [("cd", "/etc/weremember"), ("initgroups", "weremember", 990), ("setgid", 990), ("setuid", 990)]
    assert argv == [program, "status", "--json"]
    assert program.endswith("/weremember")
    wanted = {"WALL_KEY": "abc def", "HOME": "/var/lib/weremember", "LOGNAME": "ada", "PATH": "/usr/bin"}
    assert wanted.items() <= environ.items()


@pytest.mark.parametrize(("holds", "said"), [(None, ""), (b"A=\xff\n", "cannot be read")])
def test_keys_that_are_not_there_keep_nobody_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], holds: bytes | None, said: str
) -> None:
    """Without a file, or with one that is no text, the program runs as the service does; of the second a line is said."""
    if holds is not None:
        (tmp_path / "environment").write_bytes(holds)
    _stand_in(monkeypatch, tmp_path, argv=["weremember"])

    with pytest.raises(Became):
        PARTS["main"]()

    assert said in capsys.readouterr().err


def _stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, *, argv: list[str]) -> list[tuple[object, ...]]:
    """Have root's acts written down instead of done; return the list."""
    did: list[tuple[object, ...]] = []

    def noted(word: str) -> Callable[..., None]:
        return lambda *given: did.append((word, *given))

    def found(_: str) -> pwd.struct_passwd:
        return pwd.struct_passwd(("weremember", "x", 990, 990, "", "/var/lib/weremember", "/usr/sbin/nologin"))

    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(os, "environ", {"PATH": "/usr/bin", "SUDO_USER": "ada", "HOME": "/root"})
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chdir", noted("cd"))
    monkeypatch.setattr(pwd, "getpwnam", found)
    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, noted(name))
    monkeypatch.setattr(os, "execve", _become)
    return did


def _become(program: str, argv: list[str], environ: Mapping[str, str]) -> NoReturn:
    raise Became(program, argv, dict(environ))
