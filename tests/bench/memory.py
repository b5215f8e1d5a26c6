"""Plays thousands of slides as fast as they can be made, and prints how much memory the process takes on the way.

    python tests/bench/memory.py [--slides 10000] [--config config.yaml] [--size 480x270]

Everything of the screen process but window and waiting: choosing, decoding, laying out, preparing, drawing a fade and
the rest, counting, forgetting. A small canvas makes it quick; what is kept by mistake is kept at any size.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import closing

from soak import ROOT, memory_mb, part

from player.clock import SystemClock
from player.library.library import open_library
from player.library.ranks import note_shown
from player.render.cpu import CpuRenderer
from player.screen.ledger import Ledger
from player.screen.loader import Loader
from player.screen.programme import programme_of
from player.screen.ready import Ready
from player.settings import Configuration, find, load, with_data
from player.show.director import Place
from player.show.plan import Cue, Plan, scene_at
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import SECOND, Size, parse_size

REPORTS = 10


def play(configuration: Configuration, slides: int, size: Size) -> None:
    """Play *slides* slides of the configured show, one after another, and report."""
    typesetter, clock, ledger = Typesetter(), SystemClock(), Ledger()
    renderer = CpuRenderer(size, typesetter)
    stage = stage_of(configuration, size)
    programme = programme_of(configuration, stage, lambda language, text: typesetter.fonts.speakable(language, text) is not None)
    loader = Loader(programme, renderer=renderer, measure=typesetter, ledger=ledger, clock=clock, remake=lambda _: None)
    place, plan, before = Place(), None, None
    seen: list[float] = []
    with closing(open_library(programme.data, writer="bench")) as library:
        for number in range(1, slides + 1):
            loader.ask(place)
            ready = loader.take()
            while not isinstance(ready, Ready):
                loader.step()
                ready = loader.take()
            cue = Cue(
                start=number * 10 * SECOND,
                length=10 * SECOND,
                fade=SECOND,
                slide=ready.choice.slide,
                composition=ready.composition,
                seed=ready.seed,
            )
            plan = plan.then(cue) if plan else Plan(size, (cue,))
            for after in (0.2, 0.5, 0.8, 3.0, 9.9):
                renderer.draw(scene_at(plan, cue.start + round(after * SECOND)))
            note_shown(library.connection, ready.picks, show="bench", at=number)
            ledger.close(ready.entry)
            if before:
                renderer.release(before)
            before, place = ready.composition, ready.choice.place
            if number % max(1, slides // REPORTS) == 0:
                seen.append(memory_mb(os.getpid()))
                print(f"{number:6} slides: PSS {seen[-1]:.1f} MB", flush=True)
    print(f"from {seen[0]:.1f} to {seen[-1]:.1f} MB; median of the second half {part(seen[len(seen) // 2 :], 0.5):.1f} MB")


def main() -> None:
    """Play and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slides", type=int, default=10_000)
    parser.add_argument("--config", default=str(ROOT / "config.yaml"))
    parser.add_argument("--size", type=parse_size, default="480x270")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "player", "ingest", "--once", "--config", options.config, "--data", folder]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        configuration = load(find(options.config)).configuration
        if configuration is None:
            raise SystemExit("the configuration has a mistake: weremember check")
        play(with_data(configuration, folder), options.slides, options.size)


if __name__ == "__main__":
    main()
