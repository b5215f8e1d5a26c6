"""What the kernel says of processes, as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

PARENT: Final = 100


class Kernel:
    """The children of one parent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parent = PARENT
        self.children({})

    def runs(self, **numbers: int) -> None:
        """Let there be processes of the player, and no others."""
        self.children({number: f"python -m player {name} --data /d" for name, number in numbers.items()})

    def children(self, words: Mapping[int, str]) -> None:
        """Let there be children, by number, with the words that started each."""
        task = self.folder / str(PARENT) / "task" / str(PARENT)
        task.mkdir(parents=True, exist_ok=True)
        (task / "children").write_text("".join(f"{number} " for number in words))
        for number, each in words.items():
            (self.folder / str(number)).mkdir(exist_ok=True)
            (self.folder / str(number) / "cmdline").write_bytes(each.replace(" ", "\0").encode() + b"\0")
