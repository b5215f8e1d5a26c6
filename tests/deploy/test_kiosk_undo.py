"""Tests that the script takes back everything it did, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.fakes.kiosk import FakeSystem

DATA: Final = "var/lib/weremember"
KEPT: Final = "var/lib/weremember-kiosk"


@pytest.mark.parametrize(("is_pi", "is_grub"), [(True, False), (False, True), (False, False)])
def test_an_undo_leaves_the_computer_as_it_was(tmp_path: Path, *, is_pi: bool, is_grub: bool) -> None:
    """Every file, link and folder, its mode and its bytes, is as before the first run, on a Pi as with GRUB or another loader."""
    system = FakeSystem(tmp_path, is_pi=is_pi, is_grub=is_grub)
    system.write("etc/systemd/journald.conf.d/weremember.conf", "# somebody's own, by chance of the same name\n")
    system.link("etc/systemd/system/sleep.target", "/dev/null")
    fresh = system.tree()
    system.kiosk()
    system.kiosk("--display", "kmsdrm")
    assert system.tree() != fresh

    done = system.kiosk("--undo")

    assert (done.returncode, done.stderr) == (0, "")
    assert system.tree() == fresh


def test_an_undo_after_a_run_that_broke_off_leaves_the_computer_as_it_was(debian: FakeSystem) -> None:
    """A run that ended in the middle, at any command that it gives, can be taken back like a whole one."""
    fresh = debian.tree()
    for command in (
        "useradd weremember",
        "usermod weremember",
        "chown /etc/weremember/config.yaml.part",
        "runuser /opt/weremember/player/__main__.py",
        "/opt/weremember/weremember --version",
    ):
        debian.fails(command)
        assert debian.kiosk().returncode != 0, command
        debian.fails("")

        assert debian.kiosk("--undo").returncode == 0
        assert debian.tree() == fresh, command


def test_a_line_that_a_power_cut_tore_off_harms_no_other(wall: FakeSystem) -> None:
    """What follows half a line in the list of what was done is a line of its own, and is taken back like the rest."""
    manifest = wall.root / KEPT / "manifest"
    with manifest.open("a", encoding="utf-8") as file:
        file.write("path /etc/systemd")

    wall.kiosk("--display", "kmsdrm")

    lines = manifest.read_text("utf-8").splitlines()
    assert "path /etc/systemd" not in lines
    assert any(line.startswith("path /etc/systemd/system/weremember.service.d/10-kmsdrm.conf ") for line in lines)


def test_an_undo_that_broke_off_can_be_done_again(debian: FakeSystem) -> None:
    """What it had put back stays so, and the rest follows."""
    fresh = debian.tree()
    debian.kiosk()
    debian.fails("userdel weremember")
    assert debian.kiosk("--undo").returncode != 0
    debian.fails("")

    assert debian.kiosk("--undo").returncode == 0

    assert debian.tree() == fresh


def test_what_somebody_changed_is_left_and_named(debian: FakeSystem) -> None:
    """A file that was edited since is neither lost nor overwritten; what was there before lies ready."""
    debian.write("etc/apt/apt.conf.d/52weremember", "// before\n")
    debian.kiosk()
    debian.write("etc/weremember/config.yaml", "# mine\n")
    debian.write("etc/apt/apt.conf.d/52weremember", "// mine\n")

    done = debian.kiosk("--undo")

    assert "/etc/weremember/config.yaml (as it was before: not there)" in done.stdout
    assert f"(as it was before: /{KEPT}/before/etc/apt/apt.conf.d/52weremember)" in done.stdout
    assert debian.read("etc/weremember/config.yaml") == "# mine\n"
    assert [line.split()[:2] for line in debian.read(f"{KEPT}/manifest").splitlines()] == [
        ["path", "/etc/apt/apt.conf.d/52weremember"],
        ["path", "/etc/weremember/config.yaml"],
    ]
    assert debian.read(f"{KEPT}/before/etc/apt/apt.conf.d/52weremember") == "// before\n"


def test_an_undo_leaves_nothing_to_a_number_that_another_account_may_get(debian: FakeSystem) -> None:
    """What is only cache goes; what else belonged to the account, wherever it lies, is root's before the account is removed."""
    debian.kiosk()
    left = [f"{DATA}/orders.sqlite", "srv/photos/a.jpg", "etc/weremember/environment"]
    for path in (*left, "var/cache/weremember/mesa/a", "proc/1/stat"):
        debian.write(path, "of the player")

    done = debian.kiosk("--undo")

    assert f"kept: /{DATA}" in done.stdout
    assert not (debian.root / "var/cache/weremember").exists()
    assert {debian.owner(path) for path in left} == {"root:root"}
    assert [debian.read(path) for path in left] == ["of the player"] * 3
    assert debian.owner("proc/1/stat") == ""
    assert "\nchown\nchgrp\nuserdel weremember\n" in debian.commands


def test_what_an_undo_kept_for_root_is_given_back(debian: FakeSystem) -> None:
    """Withdrawals and an edited configuration outlive an undo, and a later set-up lets the player have them again."""
    debian.kiosk()
    debian.write(f"{DATA}/orders.sqlite", "withdrawals")
    debian.write("etc/weremember/config.yaml", "# mine\n")
    debian.kiosk("--undo")

    done = debian.kiosk()

    assert "kiosk: give /var/lib/weremember to weremember:weremember\n" in done.stdout
    assert (debian.owner(DATA), debian.owner("etc/weremember")) == ("weremember:weremember", "root:weremember")
    assert debian.read("etc/weremember/config.yaml") == "# mine\n"
    assert "nothing was changed" in debian.kiosk().stdout


def test_an_account_that_somebody_removed_ends_no_undo(debian: FakeSystem) -> None:
    """Whose number may be another account's by now: nobody's files are touched, and the rest is taken back."""
    fresh = debian.tree()
    debian.kiosk()
    for path in ("etc/passwd", "etc/group"):
        debian.write(path, bytes.fromhex(fresh[path][2]).decode())

    assert debian.kiosk("--undo").returncode == 0

    assert debian.owner("etc/passwd") == ""
    assert debian.tree() == fresh


def test_a_rehearsed_undo_changes_nothing(pi: FakeSystem) -> None:
    """`--undo --dry-run` names what would be put back, and leaves it."""
    pi.kiosk()
    set_up = pi.tree()

    said = pi.kiosk("--undo", "--dry-run").stdout

    assert "kiosk: would put back /boot/firmware/cmdline.txt\n" in said
    assert pi.tree() == set_up


def test_packages_that_were_there_before_are_not_given_up(debian: FakeSystem) -> None:
    """Only what the script asked for is left to autoremove; nothing is removed by force."""
    debian.kiosk()
    debian.kiosk("--undo")

    given_up = {line.split()[-1] for line in debian.commands.splitlines() if line.startswith("apt-mark -qq auto")}
    assert "cage" in given_up
    assert not {"python3", "ca-certificates", "systemd-timesyncd"} & given_up
    assert " remove " not in debian.commands


def test_an_undo_of_nothing_says_so(debian: FakeSystem) -> None:
    """A computer that was never set up has nothing to take back."""
    fresh = debian.tree()

    done = debian.kiosk("--undo")

    assert (done.returncode, "there is nothing to undo" in done.stdout) == (0, True)
    assert debian.tree() == fresh
