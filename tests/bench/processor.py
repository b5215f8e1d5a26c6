"""How much of the processors a player's processes take, and how much others do meanwhile."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.units import SECOND, Nanos
from tests.fakes.player import Player, processes

TICKS: Final = os.sysconf("SC_CLK_TCK")
ATTACKER: Final = "tests.bench.attack"


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of processor time so far, by what they went into."""

    at: Nanos
    seconds: Mapping[str, float]

    def since(self, before: Usage) -> dict[str, float]:
        """Return how much it was since then, in per cent of one core."""
        passed = (self.at - before.at) / SECOND
        return {name: (spent - before.seconds.get(name, 0.0)) / passed * 100 for name, spent in self.seconds.items()}


def usage(player: Player) -> Usage:
    """Return what was used until now by the processes of *player*, by the display, by an attacker, by others, and stolen."""
    names = {pid: words[3] if words[3:] else "" for pid, words in processes(player.site)}
    spent: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):  # ended meanwhile
            pid, words = int(folder.name), (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            own = "bench" if pid == os.getpid() else "attacker" if ATTACKER in words else "Xvfb" if words[0] == "Xvfb" else ""
            if name := names.get(pid) or own:
                spent[name] = spent.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / TICKS
    first = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, soft, steal = (int(each) / TICKS for each in first[:8])
    spent["others"] = user + nice + system + irq + soft - sum(spent.values())
    spent["stolen"] = steal
    return Usage(SystemClock().monotonic(), spent)
