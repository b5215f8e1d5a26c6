"""Tests of the script that makes a computer a wall: what it sets up, and that it does so once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from typing import Final

import pytest

from tests.fakes.kiosk import PROJECT, FakeSystem

UNITS: Final = "etc/systemd/system"
SERVICE: Final = f"{UNITS}/weremember.service"
UNCHANGED: Final = "kiosk: everything is as it should be; nothing was changed"


def test_a_second_run_changes_nothing_and_says_so(wall: FakeSystem) -> None:
    """What is as it should be is left alone, to the byte."""
    after_one = wall.tree()

    again = wall.kiosk()

    assert (again.returncode, again.stdout.strip(), again.stderr) == (0, UNCHANGED, "")
    assert wall.tree() == after_one


def test_a_rehearsal_names_what_a_run_then_does(pi: FakeSystem) -> None:
    """`--dry-run` changes nothing, and each of its lines is one of the real run."""
    fresh = pi.tree()

    said = pi.kiosk("--dry-run").stdout.splitlines()

    assert pi.tree() == fresh
    assert said.pop() == "kiosk: nothing was changed: this was --dry-run"
    did = pi.kiosk().stdout.splitlines()[:-1]
    assert [line.replace("kiosk: would ", "kiosk: ") for line in said] == did


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--undo",), ("--undo", "--dry-run")])
def test_every_message_is_one_clear_line(pi: FakeSystem, options: tuple[str, ...]) -> None:
    """Whatever it is asked to do, each line it prints says whose it is, and none goes to standard error."""
    pi.kiosk(*(() if "--undo" not in options else ("--display", "cage")))
    done = pi.kiosk(*options)
    assert done.stderr == ""
    assert all(line.startswith("kiosk: ") for line in done.stdout.splitlines())


def test_nothing_but_the_show_is_on_the_first_console(wall: FakeSystem) -> None:
    """No log-in on tty1, no desktop, no restart by three keys, no sleep; the service starts with the computer."""
    links = {name: target for name, (kind, _, target) in wall.tree().items() if kind == "link"}

    masked = ("getty@tty1.service", "ctrl-alt-del.target", "sleep.target", "suspend.target", "hibernate.target")
    assert {links[f"{UNITS}/{name}"] for name in masked} == {"/dev/null"}
    assert links[f"{UNITS}/default.target"].endswith("/multi-user.target")
    assert links[f"{UNITS}/multi-user.target.wants/weremember.service"] == f"/{SERVICE}"


def test_the_account_may_use_display_keyboard_and_sound(wall: FakeSystem) -> None:
    """The account exists, is in the four groups, and those who were in them still are."""
    groups = {name: members for name, _, _, members in (line.split(":") for line in wall.read("etc/group").splitlines())}
    assert [groups[name] for name in ("video", "input", "render", "audio")] == [*["weremember"] * 3, "pulse,weremember"]
    assert "/usr/sbin/nologin" in wall.read("etc/passwd")


def test_only_what_is_missing_is_installed(debian: FakeSystem) -> None:
    """Packages that are there are not asked for, and a computer that keeps its time in another way keeps that way."""
    debian.write("var/lib/dpkg/installed", "python3\nchrony\nxwayland\n")

    debian.kiosk()

    asked = next(line for line in debian.commands.splitlines() if " install " in line).split()
    assert "cage" in asked
    assert not {"python3", "xwayland", "systemd-timesyncd"} & set(asked)


def test_without_a_network_it_says_so_and_can_be_run_again(debian: FakeSystem) -> None:
    """When packages cannot be fetched it stops with a line that says what is missing; the next run goes on."""
    debian.fails("apt-get xwayland")

    failed = debian.kiosk()

    assert failed.returncode == 2
    assert failed.stderr.splitlines()[-1].startswith("kiosk: not installed: fontconfig ")
    debian.fails("")
    assert debian.kiosk().returncode == 0
    assert debian.kiosk().stdout.strip() == UNCHANGED


def test_the_kernel_of_a_pi_starts_without_a_word(pi: FakeSystem) -> None:
    """Its own words stay, the splash goes, ours are there once however often it runs."""
    pi.kiosk()
    pi.kiosk("--updates-at", "06:00")

    (line,) = pi.read("boot/firmware/cmdline.txt").splitlines()
    words = line.split()
    assert words[:4] == ["console=serial0,115200", "console=tty1", "root=PARTUUID=1-02", "rootwait"]
    assert "splash" not in words
    assert len(words) == len(set(words))
    assert {"quiet", "vt.global_cursor_default=0", "plymouth.enable=0"} <= set(words)
    assert pi.read("boot/firmware/config.txt").startswith("[all]\nenable_uart=1\n")
    assert pi.read("boot/firmware/config.txt").count("disable_splash=1") == 1


def test_grub_says_nothing_either(wall: FakeSystem) -> None:
    """GRUB gets the same words by a file of ours; its own file is not touched."""
    assert "plymouth.enable=0" in wall.read("etc/default/grub.d/weremember.cfg")
    assert wall.read("etc/default/grub") == 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n'


@pytest.mark.parametrize(("at", "installed_at"), [("05:00", "05:30"), ("08:09", "08:39"), ("23:45", "00:15")])
def test_updates_come_at_the_hour_that_is_said(debian: FakeSystem, at: str, installed_at: str) -> None:
    """They are fetched then, installed half an hour later, never made up for in the evening, and restart nothing."""
    debian.kiosk("--updates-at", at)

    fetch, install = (debian.read(f"{UNITS}/{name}.timer.d/weremember.conf") for name in ("apt-daily", "apt-daily-upgrade"))
    assert f"OnCalendar=*-*-* {at}\n" in fetch
    assert f"OnCalendar=*-*-* {installed_at}\n" in install
    assert "Persistent=false" in fetch
    assert "Persistent=false" in install
    assert 'Automatic-Reboot "false"' in debian.read("etc/apt/apt.conf.d/52weremember")


def test_no_file_is_left_half_filled_in(wall: FakeSystem) -> None:
    """What a file leaves open for the script is filled in everywhere, and no unfinished copy lies about."""
    ours = [name for name, (kind, _, _) in wall.tree().items() if kind == "file" and not name.startswith("opt/")]
    assert not [name for name in ours if name.endswith(".part")]
    assert not [name for name in ours if "@PROGRAM@" in wall.read(name) or "_AT@" in wall.read(name)]
    assert "/opt/weremember/weremember run" in wall.read(SERVICE)


def test_another_display_takes_the_place_of_the_first(wall: FakeSystem) -> None:
    """`--display kmsdrm` after cage leaves the one that is meant, and back again."""
    wall.kiosk("--display", "kmsdrm")
    assert [file.name for file in (wall.root / f"{SERVICE}.d").iterdir()] == ["10-kmsdrm.conf"]

    wall.kiosk("--display", "cage")

    assert [file.name for file in (wall.root / f"{SERVICE}.d").iterdir()] == ["10-cage.conf"]


def test_what_was_said_once_holds_for_every_later_run(debian: FakeSystem) -> None:
    """An update of the program runs it without options: several displays stay several, and updates keep their hour."""
    debian.kiosk("--display", "kmsdrm", "--updates-at", "09:30")

    assert debian.kiosk().stdout.strip() == UNCHANGED

    assert [file.name for file in (debian.root / f"{SERVICE}.d").iterdir()] == ["10-kmsdrm.conf"]
    assert "OnCalendar=*-*-* 10:00\n" in debian.read(f"{UNITS}/apt-daily-upgrade.timer.d/weremember.conf")


@pytest.mark.parametrize("options", [(), ("--undo",)])
def test_two_at_once_are_one_too_many(wall: FakeSystem, options: tuple[str, ...]) -> None:
    """While one is at work, another says so and changes nothing; a rehearsal need not wait."""
    before = wall.tree()
    other = os.open(wall.root / "root", os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = wall.kiosk(*options)
        rehearsed = wall.kiosk("--dry-run", *options)
    finally:
        os.close(other)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kiosk: another kiosk.sh is at work")
    assert rehearsed.returncode == 0
    assert wall.tree() == before


def test_a_run_that_was_cut_off_keeps_no_later_one_from_its_end(debian: FakeSystem) -> None:
    """What lies there half made is made anew, a file as a link."""
    debian.link(f"{UNITS}/sleep.target.part", "/dev/null")
    debian.link("etc/apt/apt.conf.d/52weremember.part", "/nowhere")

    assert debian.kiosk().returncode == 0

    assert (debian.root / f"{UNITS}/sleep.target").is_symlink()
    assert debian.read("etc/apt/apt.conf.d/52weremember").startswith("// Security updates")


def test_nothing_has_its_name_before_it_is_on_the_disk(debian: FakeSystem) -> None:
    """A power cut leaves the old file or the new one, whole, and the copy of the old one too."""
    path = "etc/systemd/journald.conf.d/weremember.conf"
    debian.write(path, "# somebody's own\n")

    debian.kiosk()
    assert {f"{debian.root}/{path}.part", f"{debian.root}/var/lib/weremember-kiosk/before/{path}.part"} <= set(debian.synced)

    (debian.place / "synced").unlink()
    debian.kiosk("--undo")
    assert f"{debian.root}/{path}.part" in debian.synced


def test_apt_asks_nobody_anything(wall: FakeSystem) -> None:
    """A question about a file that somebody changed would be seen by nobody and wait for ever: what is there stays."""
    assert all("--force-confold" in line for line in wall.commands.splitlines() if "apt-get" in line)


def test_grub_of_an_image_is_not_forgotten(debian: FakeSystem) -> None:
    """A system that does not run cannot tell its GRUB: that is said, though the run may break off right after it."""
    debian.fails("/opt/weremember/weremember --version")
    assert "kiosk: run update-grub in that system" in debian.kiosk().stdout


def test_what_somebody_changed_stays_as_it_is(wall: FakeSystem) -> None:
    """A second run overwrites no file that a person has edited since, and names it; the configuration is theirs anyway."""
    for path in (SERVICE, "etc/weremember/config.yaml"):
        wall.write(path, "# mine\n")

    done = wall.kiosk()

    assert wall.read(SERVICE) == wall.read("etc/weremember/config.yaml") == "# mine\n"
    assert f"left as it is, because somebody changed it: /{SERVICE}" in done.stdout


def test_a_newer_version_renews_what_is_its_own(wall: FakeSystem) -> None:
    """A file that nobody touched becomes what the newer program brings."""
    wall.write("opt/weremember/deploy/weremember.service", "# newer\n")

    wall.kiosk()

    assert wall.read(SERVICE) == "# newer\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--display", "x11"), "kiosk: --display is cage or kmsdrm, not x11"),
        (("--updates-at", "25:00"), "kiosk: --updates-at is an hour such as 05:00, not 25:00"),
        (("--updates-at",), "kiosk: --updates-at wants a value after it"),
        (("--now",), "kiosk: --now is not known here; deploy/kiosk.sh --help says what is"),
    ],
)
def test_what_it_does_not_understand_it_refuses(debian: FakeSystem, options: tuple[str, ...], sentence: str) -> None:
    """One line says what is wrong, and nothing is changed."""
    fresh = debian.tree()

    done = debian.kiosk(*options)

    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", sentence)
    assert debian.tree() == fresh


def test_another_system_is_refused(debian: FakeSystem) -> None:
    """It is made for two versions of Debian on 64 bits, and leaves everything else as it is."""
    debian.machine("armhf")
    assert "a 64-bit system is needed, and this is armhf" in debian.kiosk().stderr
    debian.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\n')
    assert "this is ubuntu 24.04" in debian.kiosk().stderr
    assert not (debian.root / "var/lib/weremember-kiosk").exists()


def test_what_a_system_says_of_itself_is_not_run(debian: FakeSystem) -> None:
    """Its description is read from a card or an image that may be anybody's: no word of it becomes a command here."""
    debian.write("etc/os-release", f"PRETTY_NAME=$(touch {debian.place}/ran)\nID='debian'\nVERSION_ID=\"13\"\n")

    assert debian.kiosk("--dry-run").returncode == 0

    assert not (debian.place / "ran").exists()


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="needs shellcheck")
def test_the_scripts_have_nothing_that_shells_stumble_over() -> None:
    """Shellcheck finds nothing."""
    scripts = ["-x", "deploy/kiosk.sh", "deploy/changes.sh", "weremember"]
    done = subprocess.run(["shellcheck", *scripts], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout == ""
