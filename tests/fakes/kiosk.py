"""A small Debian in a folder, for `deploy/kiosk.sh --root`: it never runs; packages and accounts are lines in files."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
LOG: Final = "commands.log"
INSTALLED: Final = "var/lib/dpkg/installed"
PI_WORDS: Final = "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootwait quiet splash\n"

_CHROOT: Final = r"""#!/bin/sh
# chroot DIR COMMAND...: what the few commands would do that kiosk.sh asks of the system below --root.
set -eu
root=$1
shift
printf '%s\n' "$*" >>"$root/../commands.log"
if [ "$1" = env ]; then
    shift
    while case $1 in *=*) true ;; *) false ;; esac do shift; done
fi
command=$1
shift
for last; do :; done
if [ "$command $last" = "$(cat "$root/../fails" 2>/dev/null)" ]; then echo "E: no route to host" >&2; exit 1; fi
case $command in
    dpkg) cat "$root/../machine" ;;
    dpkg-query) sed 's/$/:installed/' "$root/var/lib/dpkg/installed" | tr '\n' ' ' ;;
    apt-get)
        case " $* " in *' install '*) ;; *) exit 0 ;; esac
        while [ "$1" != --no-install-recommends ]; do shift; done
        shift
        printf '%s\n' "$@" >>"$root/var/lib/dpkg/installed" ;;
    getent) grep -q "^$2:" "$root/etc/$1" ;;
    id)
        case $1 in -u | -g) exec id "$1" ;; esac    # everything here belongs to whoever runs the test
        sed -n "/[:,]$last\(,\|\$\)/s/:.*//p" "$root/etc/group" | tr '\n' ' ' ;;
    useradd)
        echo "$last:x:990:990::/var/lib/$last:/usr/sbin/nologin" >>"$root/etc/passwd"
        echo "$last:x:990:" >>"$root/etc/group" ;;
    usermod) sed -i "s/^\($3:.*:\)\(.\)/\1\2/; /^$3:/s/:\$/:$last/; /^$3:/{/$last\$/!s/\$/,$last/}" "$root/etc/group" ;;
    groupadd) echo "$last:x:991:" >>"$root/etc/group" ;;
    gpasswd) sed -i "/^$last:/s/,\{0,1\}$2\$//" "$root/etc/group" ;;
    userdel) sed -i "/^$last:/d; s/:$last\$/:/; s/,$last\$//" "$root/etc/passwd" "$root/etc/group" ;;
    groupdel) sed -i "/^$last:/d" "$root/etc/group" ;;
    chown)
        case $1 in -R) shift ;; esac
        echo "$last $1" >>"$root/../owners" ;;
    stat)
        if [ ! -e "$root$last" ]; then exit 1; fi
        sed -n "s,^$last ,,p" "$root/../owners" | tail -n 1 | grep . || echo root:root ;;
    rm) exec rm -rf "$root$last" ;;
    apt-mark | runuser | /opt/weremember/*) ;;
    *) echo "nobody knows $command" >&2; exit 127 ;;
esac
"""

_TO_ROOT: Final = r"""#!/bin/sh
# chown -h root FILE..., chgrp -h root FILE...: writes down what would be root's.
place=$(cd "${0%/*}/.." && pwd -P)
echo "${0##*/}" >>"$place/commands.log"
shift 2
for file; do echo "${file#"$place/root"} root:root" >>"$place/owners"; done
"""
_SYNC: Final = r"""#!/bin/sh
# No test has a power cut; it is written down what would outlive one.
printf '%s\n' "$@" >>"${0%/*}/../synced"
"""


class FakeSystem:
    """A Debian that was just installed, with the program in /opt/weremember."""

    def __init__(self, place: Path, *, is_pi: bool = False, is_grub: bool = True) -> None:
        """Make it in *place*."""
        self.place = place
        self.root = place / "root"
        self.write("etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
        self.write("etc/group", "root:x:0:\nvideo:x:44:\naudio:x:29:pulse\ninput:x:105:\nrender:x:106:\n")
        self.write(INSTALLED, "python3\nca-certificates\nsystemd-timesyncd\n")
        self.write("etc/apt/apt.conf.d/20auto-upgrades", 'APT::Periodic::Unattended-Upgrade "0";\n')
        self.link("etc/systemd/system/default.target", "/usr/lib/systemd/system/graphical.target")
        self.link("etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service", _TIMESYNCD)
        (self.root / "usr/local/bin").mkdir(parents=True)
        (self.root / "root").mkdir()
        if is_pi:
            self.write("boot/firmware/cmdline.txt", PI_WORDS).chmod(0o755)
            self.write("boot/firmware/config.txt", "[all]\nenable_uart=1\n").chmod(0o755)
        elif is_grub:
            self.write("etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n')
        program = self.root / "opt/weremember"
        shutil.copytree(PROJECT / "deploy", program / "deploy")
        shutil.copy(PROJECT / "config.yaml", program)
        self.write("opt/weremember/weremember", "#!/bin/sh\n").chmod(0o755)
        (program / "assets").mkdir()
        self.machine("amd64")
        (place / "bin").mkdir()
        (place / "owners").touch()
        for name, text in (("chroot", _CHROOT), ("sync", _SYNC), ("chown", _TO_ROOT), ("chgrp", _TO_ROOT)):
            shim = place / "bin" / name
            shim.write_text(text, "utf-8")
            shim.chmod(0o755)

    def copy(self, place: Path) -> FakeSystem:
        """Return another one that is as this one is now."""
        other = object.__new__(FakeSystem)
        other.place, other.root = place, place / "root"
        shutil.copytree(self.place, place, symlinks=True)
        return other

    def write(self, path: str, text: str) -> Path:
        """Write a file of the system; return where it is from outside."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def link(self, path: str, target: str) -> None:
        """Make a link of the system."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def machine(self, name: str) -> None:
        """Say what dpkg calls the processor."""
        (self.place / "machine").write_text(f"{name}\n", "ascii")

    def fails(self, command: str) -> None:
        """Have a command fail: its name and its last word. Empty: none."""
        (self.place / "fails").write_text(command, "ascii")

    def read(self, path: str) -> str:
        """Return what a file of the system holds."""
        return (self.root / path).read_text("utf-8")

    @property
    def commands(self) -> str:
        """What was asked of the system below --root, a line each."""
        return (self.place / LOG).read_text("utf-8")

    def owner(self, path: str) -> str:
        """Return whom a file of the system was given to last: user and group."""
        given = [line.split() for line in (self.place / "owners").read_text("utf-8").splitlines()]
        return dict(given).get(f"/{path}", "")

    @property
    def synced(self) -> list[str]:
        """Paths from outside that were known to be on the disk at some time."""
        return (self.place / "synced").read_text("utf-8").splitlines()

    def kiosk(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the script that lies in the system, from outside."""
        script = self.root / "opt/weremember/deploy/kiosk.sh"
        environ = {**os.environ, "PATH": f"{self.place / 'bin'}:{os.environ['PATH']}", "LC_ALL": "C"}
        return subprocess.run(
            ["sh", str(script), "--root", str(self.root), *options], env=environ, capture_output=True, text=True, check=False
        )

    def tree(self) -> dict[str, tuple[str, int, str]]:
        """Return everything that is there, but for the list of packages: its kind, its mode, and its bytes or its target."""
        found: dict[str, tuple[str, int, str]] = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            mode = stat.S_IMODE(path.lstat().st_mode)
            if path.is_symlink():
                found[name] = "link", mode, str(path.readlink())
            elif path.is_dir():
                found[name] = "folder", mode, ""
            elif name != INSTALLED:
                found[name] = "file", mode, path.read_bytes().hex()
        return found


_TIMESYNCD: Final = "/usr/lib/systemd/system/systemd-timesyncd.service"
