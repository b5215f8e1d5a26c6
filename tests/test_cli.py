"""Tests of the command line: what each command prints, where, and with which exit status."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from PIL import Image

from player import __version__, cli, supervisor
from player.places import RUN_DATA
from player.supervisor import Child
from player.units import MILLISECOND
from tests.fakes import corpus
from tests.fakes.publisher import Publisher
from tests.fakes.site import LONG_AGO, Site

ROOT: Final = Path(__file__).parents[1]
COMMANDS: Final = ("run", "screen", "ingest", "check", "render", "photos", "doctor", "bench", "reload", "withdraw", "reinstate")
TIMES: Final = ("agenda", "plan", "status")
ORDERS: Final = (
    *("dark", "light", "go", "auto", "extend", "end"),
    *("next", "previous", "hold", "resume", "dim", "identify"),
)
WALL: Final = ("outputs", "testcard", "calibrate", "projectors", "projector", "simulate", "report", "broadcast", "film")
GROUPS: Final = ("feed", "journal", "publish", "schedule", "alarm", "console", "fleet")
APART: Final = ("rehearse",)
"""With a configuration of its own."""
AT: Final = "2027-01-27T12:00:05Z"
PATIENCE_S: Final = 30


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a place with a configuration and no photos."""
    return Site(tmp_path)


@pytest.mark.parametrize("command", [*COMMANDS, *TIMES, *ORDERS, *WALL])
def test_every_command_explains_itself(command: str) -> None:
    """`--help` says what a command is for and which options it takes, these two among them, and is no error."""
    done = CliRunner().invoke(cli.main, [command, "--help"])

    assert done.exit_code == 0
    assert "--config FILE" in done.stdout
    assert "--data DIR" in done.stdout


def test_the_commands_are_these() -> None:
    """What the command line offers is what its users were promised."""
    assert set(cli.main.commands) == {*COMMANDS, *TIMES, *ORDERS, *WALL, *GROUPS, *APART}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("dance",), "No such command 'dance'. (weremember --help)"),
        (("--loud",), "No such option '--loud'"),
        (("photos", "--yaml"), "No such option '--yaml'"),
        (("photos", "all"), "unexpected extra argument (all)"),
        (("run", "--for", "soon"), "such as 9s, 1.5s, 5m or 2h"),
        (("run", "--for", "-3s"), "such as 9s"),
        (("run", "--for", "9" * 400 + "s"), "--for"),
        (("run", "--windowed", "wide"), "--windowed"),
        (("screen", "--windowed", "10x10"), "160 to 16384 pixels"),
        (("render", "--out", "a.png"), "Missing option '--at'"),
        (("render", "--from", AT, "--out", "a.mp4"), "Missing option '--until'"),
        (("render", "--until", AT, "--out", "a.mp4"), "Missing option '--from'"),
        (("render", "--at", AT, "--fps", "25", "--out", "a.png"), "leave --from, --until, --length, --show, --fps and"),
        (("render", "--from", AT, "--until", AT, "--out", "a.mp4"), "--until is not after --from"),
        (("render", "--from", AT, "--until", "2027-01-29T12:00", "--out", "a.mp4"), "a film is 24 hours long at most"),
        (("render", "--from", AT, "--until", "2027-01-27T18:00", "--out", "a.png"), "a film is an .mp4 file"),
        (("render", "--show", "facade", "--out", "a.mp4"), "Missing option '--until'"),
        (("render", "--length", "5s", "--out", "a.mp4"), "Missing option '--from'"),
        (("render", "--from", AT, "--until", AT, "--length", "5s", "--out", "a.mp4"), "--until and --length say the same"),
        (("render", "--show", "x", "--length", "5s", "--out", "a.mp4"), 'there is no show "x": there are '),
        (("render", "--from", AT, "--until", AT, "--fps", "0", "--out", "a.mp4"), "write pictures a second, 1 to 60"),
        (("render", "--at", "noon", "--out", "a.png"), 'not "noon"'),
        (("render", "--at", "2027-01-27", "--out", "a.png"), "with the hour: 2027-01-27T15:00"),
        (("render", "--at", "9999-12-31T23:59:59-14:00", "--out", "a.png"), "an instant from 2000 to 2200"),
        (("render", "--at", "0001-01-01T00:00:00+14:00", "--out", "a.png"), "an instant from 2000 to 2200"),
        (("render", "--at", AT, "--size", "0x0", "--out", "a.png"), "160 to 16384 pixels"),
        (("render", "--at", AT, "--size", "99999999x99999999", "--out", "a.png"), "160 to 16384 pixels"),
        (("render", "--at", AT, "--out", "."), "is a directory"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(site: Site, words: tuple[str, ...], says: str) -> None:
    """Whoever mistypes a command gets one line on stderr that says what is wrong and where help is."""
    done = CliRunner().invoke(cli.main, [*words, *(["--config", str(site.config)] if words[0] in COMMANDS else [])])

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("weremember: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("ingest",),
        ("ingest", "--once"),
        ("render", "--at", AT, "--out", "a.png"),
        ("photos",),
        ("photos", "--json"),
        ("doctor",),
        ("doctor", "--accept-loss"),
        ("bench",),
        ("reload",),
    ],
    ids=" ".join,
)
def test_a_faulty_configuration_is_refused(site: Site, words: tuple[str, ...]) -> None:
    """Every command but `run` and `screen` stops at a mistake, names the first and counts the rest, and does nothing."""
    site.configure("{wall: {kind: jsonfed, url: a, trust: moderated, evry: 5s}}")

    done = site.command(*words)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("weremember: config.yaml:2 feeds.wall.")
    assert done.stderr.endswith(" (and 1 more: weremember check)\n")
    assert not site.data.exists()


def test_check_prints_every_problem_with_its_place(site: Site) -> None:
    """`check` says file, line, path and what is wrong, for all files at once, and its status says that there is something."""
    site.configure("{wall: {kind: jsonfeed, url: a, trust: moderated, evry: 5s}}")
    (site.folder / "playlists" / "wall.yaml").write_text("hold: 4s\nslides:\n  - foto\n")

    done = site.command("check")

    assert done.exit_code == 1
    problems = done.stdout.splitlines()
    assert 'config.yaml:2 feeds.wall.evry: unknown key. Did you mean "every"?' in problems
    assert 'playlists/wall.yaml:3 slides.0.foto: unknown key. Did you mean "photo"?' in problems
    assert len(problems) == 2
    assert done.stderr == ""


def test_check_of_a_clean_configuration_says_so(site: Site) -> None:
    """`check` prints one line and status 0 when there is nothing to say, and makes no data folder."""
    done = site.command("check")

    assert (done.exit_code, done.stdout) == (0, f"{site.config}: no problem found\n")
    assert not site.data.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "config.yaml:1 "),
        (b"feeds:\n\tx: 1\n", "config.yaml:2 "),
        (b"feeds: {}\nfeeds: {}\n", "config.yaml:2 feeds: "),
        (b"\xff\xfe\x00", "config.yaml:1 "),
        (b"[" * 50_000, "config.yaml:1 "),
    ],
    ids=["empty", "tab", "twice", "not text", "brackets"],
)
def test_check_survives_any_file(site: Site, content: bytes, says: str) -> None:
    """However broken the file is, `check` names a line and what to do about it."""
    site.config.write_bytes(content)

    done = site.command("check")

    assert done.exit_code == 1
    assert done.stdout.startswith(says)


def test_a_library_that_is_not_there_is_empty(site: Site) -> None:
    """Before the first ingest `photos` lists nothing, in words and as JSON, and makes no folder."""
    assert json.loads(site.command("photos", "--json").stdout) == []
    assert site.command("photos").stdout == "No photos yet. `weremember ingest --once` fetches them.\n"
    assert not site.data.exists()

    site.command("ingest", "--once")

    assert json.loads(site.command("photos", "--json").stdout) == []


def test_every_state_of_a_photo_is_listed_with_its_reason(site: Site) -> None:
    """Approved, pending, refused, withdrawn, absent and expired photos each say in words why they are so."""
    publisher = Publisher()
    publisher.add("good", corpus.jpeg(320, 240))
    publisher.add("waits", corpus.jpeg(321, 240), status="pending")
    publisher.add("new word", corpus.jpeg(322, 240), status="splendid")
    publisher.add("a letter", b"Dear all, this is no picture")
    publisher.add("taken back", corpus.jpeg(323, 240))
    publisher.add("left out", corpus.jpeg(324, 240))
    site.publish(publisher)
    first = site.command("ingest", "--once")
    publisher.withdraw("taken back", "author")
    publisher.remove("left out")
    site.publish(publisher)
    second = site.command("ingest", "--once")

    assert (first.exit_code, first.stdout) == (0, "wall: 3 approved, 1 refused, 0 withdrawn\n")
    assert (second.exit_code, second.stdout) == (0, "wall: 1 approved, 1 refused, 1 withdrawn\n")
    photos = site.photos()
    assert {name: photo["state"] for name, photo in photos.items()} == {
        "good": "approved",
        "waits": "pending",
        "new word": "pending",
        "a letter": "refused",
        "taken back": "withdrawn",
        "left out": "absent",
    }
    assert all(photo["reason"] for name, photo in photos.items() if name != "good")
    assert photos["good"].keys() == {"id", "source", "state", "reason", "sha256", "width", "height", "shown"}
    assert (photos["good"]["source"], photos["good"]["shown"], photos["good"]["reason"]) == ("wall", 0, "")
    assert (photos["good"]["width"], photos["good"]["height"]) == (320, 240)

    publisher.halt = True
    publisher.edit("good", at=LONG_AGO)  # any change: a new publication
    site.publish(publisher)
    site.command("ingest", "--once")

    assert site.photos()["good"]["state"] == "expired"
    assert "halt" in site.photos()["good"]["reason"]
    table = site.command("photos").stdout
    assert "wall: 1 expired" in table
    assert "taken back" in table


def test_ingest_says_when_a_source_could_not_be_read(site: Site) -> None:
    """One dead source makes the status 1 and is named with its reason; the others are read all the same."""
    publisher = Publisher()
    publisher.add("good", corpus.jpeg())
    site.publish(publisher)
    site.configure(
        "{away: {kind: folder, url: nowhere, trust: moderated}, wall: {kind: jsonfeed, url: feed/feed.json, trust: moderated}}"
    )

    done = site.command("ingest", "--once")

    assert done.exit_code == 1
    assert "wall: 1 approved, 0 refused, 0 withdrawn" in done.stdout
    assert "away: could not be read: " in done.stdout
    assert site.command("doctor").exit_code == 1


def test_ingest_refuses_to_work_without_its_record_of_withdrawals(site: Site) -> None:
    """While withdrawals cannot be read nothing is fetched, and the one line says which command helps."""
    publisher = Publisher()
    publisher.add("good", corpus.jpeg())
    site.publish(publisher)
    site.command("ingest", "--once")
    site.damage_orders()

    for words in (("ingest", "--once"), ("reload",)):
        done = site.command(*words)

        assert done.exit_code == 1
        assert done.stderr.splitlines()[-1].startswith("weremember: orders.sqlite is damaged")
        assert "weremember doctor" in done.stderr
    assert site.photos()["good"]["state"] == "expired"


def test_an_instant_is_drawn_the_same_every_time(site: Site) -> None:
    """`render` draws the same bytes twice, as PNG and at the size asked for, and writes nothing into the library."""
    publisher = Publisher()
    for number in range(3):
        publisher.add(f"photo {number}", corpus.encoded(corpus.scene(seed=number)))
    site.publish(publisher)
    site.command("ingest", "--once")
    before = site.photos()
    # Of the morning: the show of a day is gone through from its beginning.
    words = ("render", "--at", "2027-01-27T00:40:05", "--size", "320x180", "--out")

    first = site.command(*words, str(site.folder / "a.png"))
    second = site.command(*words, str(site.folder / "b.png"))

    assert (first.exit_code, first.stderr, second.exit_code) == (0, "", 0)
    picture = (site.folder / "a.png").read_bytes()
    assert picture == (site.folder / "b.png").read_bytes()
    assert _size(picture) == (320, 180)
    assert site.photos() == before


def test_render_without_a_library_draws_words_and_leaves_no_folder(site: Site) -> None:
    """Before the first photo there are words alone, and looking makes nothing."""
    done = site.command("render", "--at", "2027-01-27T12:00:05", "--size", "320x180", "--out", str(site.folder / "a.jpg"))

    assert done.exit_code == 0
    assert _size((site.folder / "a.jpg").read_bytes()) == (320, 180)
    assert not site.data.exists()


@pytest.mark.parametrize("name", ["nowhere/a.png", "a.xyz", "a"])
def test_render_says_which_file_it_could_not_write(site: Site, name: str) -> None:
    """A path that cannot be written is one line with what to do."""
    done = site.command("render", "--at", AT, "--size", "320x180", "--out", str(site.folder / name))

    assert done.exit_code == 1
    assert done.stderr.startswith(f"weremember: {site.folder / name} cannot be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [("photos",), ("ingest", "--once"), ("reload",)])
def test_a_data_folder_that_is_a_file_is_one_line(site: Site, words: tuple[str, ...]) -> None:
    """Where the data folder should be lies a file: each command says so in one line."""
    site.data.write_text("a file")

    done = site.command(*words)

    assert done.exit_code == 1
    assert done.stderr.startswith("weremember: ")
    assert done.stderr.count("\n") == 1
    assert "data" in done.stderr


def test_a_configuration_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    """A wrong `--config` is named."""
    done = CliRunner().invoke(cli.main, ["photos", "--config", str(tmp_path / "other.yaml")])

    assert done.exit_code == 1
    assert done.stderr.startswith("weremember: other.yaml:1 cannot be read: ")
    assert done.stderr.count("\n") == 1


def test_run_starts_its_processes_with_what_it_was_given(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` passes on where things are; without a terminal no key ends it; ingest goes by the last clean copy."""
    started: list[tuple[tuple[Child, ...], int | None]] = []

    def note(children: tuple[Child, ...], *, clock: object, ends_after: int | None, environ: dict[str, str]) -> int:
        del clock
        assert environ[RUN_DATA] == str(site.data)
        assert site.command("run").stderr.startswith(
            f"weremember: a player already runs with this data folder (pid {os.getpid()})"
        )
        started.append((children, ends_after))
        return 0

    monkeypatch.setattr(supervisor, "run", note)
    done = site.command("run", "--for", "1.5s", "--windowed", "640x360")

    assert done.exit_code == 0
    [((screen, ingest, projector, console, film, broadcast, fleet, alarms), ends_after)] = started
    where = ["--config", str(site.config), "--data", str(site.data)]
    assert ends_after == 1500 * MILLISECOND
    assert list(screen.argv) == [sys.executable, "-m", "player", "screen", *where, "--windowed", "640x360"]
    assert list(ingest.argv) == [sys.executable, "-m", "player", "ingest", "--forgiving", *where]
    assert list(projector.argv) == [sys.executable, "-m", "player", "projector", *where]
    assert list(console.argv) == [sys.executable, "-m", "player", "console", "serve", *where]
    assert list(film.argv) == [sys.executable, "-m", "player", "film", *where]
    assert list(broadcast.argv) == [sys.executable, "-m", "player", "broadcast", *where]
    assert list(fleet.argv) == [sys.executable, "-m", "player", "fleetlink", *where]
    assert list(alarms.argv) == [sys.executable, "-m", "player", "alarm", "watch", *where]
    assert [child.presents for child in started[0][0]] == [True, *[False] * 7]


def _size(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as image:
        return image.size


def _real(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "player", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


def test_as_a_program_it_says_its_version_and_keeps_its_streams_apart(site: Site) -> None:
    """As a real process: results on stdout, errors on stderr, and the status for a script."""
    version = _real("--version")
    listed = _real("photos", "--json", "--config", str(site.config))
    wrong = _real("photos", "--jsn")

    assert (version.returncode, version.stdout) == (0, f"weremember {__version__}\n")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "[]\n", "")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


def test_ingest_alone_ends_when_it_is_told_to(site: Site) -> None:
    """`ingest` works until SIGTERM, and then ends well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "player", "ingest", "--config", str(site.config)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with process:
        try:
            site.until((site.data / "library.sqlite").exists, "ingest makes the data folder")
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()

    assert process.returncode == 0
    assert b"Traceback" not in errors
