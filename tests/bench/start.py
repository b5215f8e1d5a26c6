"""How long from the command to the plate, to the first photo, from an approval to its pixels, and from a withdrawal to none.

    python tests/bench/start.py [--times 5]

A player of its own on an X server without a display, fed by a feed file with one photo of one colour.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageGrab
from soak import display, part

RED = (200, 30, 40)
PHOTOS = 3  # one alone would not follow itself
EVERY_S = 1.0
GIVE_UP_S = 20.0


def write_feed(folder: Path, sequence: int, *, approved: bool, withdrawn: bool = False) -> None:
    """Write the feed, in one step."""
    ids = [f"red-{number}" for number in range(PHOTOS)]
    items = [{"id": name, "image": f"{name}.jpg", "_we_remember": {"status": "approved"}} for name in ids]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "bench",
        "_we_remember": {
            "schema": 1,
            "complete": True,
            "sequence": sequence,
            "withdrawn": [{"id": name, "reason": "bench"} for name in ids] if withdrawn else [],
        },
        "items": items if approved else [],
    }
    part_file = folder / "feed.part"
    part_file.write_text(json.dumps(feed), "utf-8")
    part_file.rename(folder / "feed.json")


def write_project(folder: Path) -> Path:
    """Write a configuration, a playlist and a photo; return the configuration."""
    (folder / "playlists").mkdir()
    (folder / "playlists" / "wall.yaml").write_text("slides: [photo]\n", "utf-8")
    for number in range(PHOTOS):
        Image.new("RGB", (1600, 1067 + number), RED).save(folder / f"red-{number}.jpg")
    config = folder / "config.yaml"
    feed = f"{{kind: jsonfeed, url: feed.json, trust: moderated, every: {EVERY_S:.0f}s}}"
    config.write_text(f"feeds:\n  bench: {feed}\nstorage: {{data: data}}\n", "utf-8")
    return config


def is_lit(picture: Image.Image) -> bool:
    """Whether anything but black is on the screen."""
    return bool(np.asarray(picture).max() > 100)


def is_red(picture: Image.Image) -> bool:
    """Whether the photo's colour is in the middle of the screen, even faintly."""
    red, green, blue = np.asarray(picture)[picture.height // 2 - 60, picture.width // 2, :3].astype(int).tolist()
    return bool(red > 40 and red > 2 * green and red > 2 * blue)


def wait_for(what: Callable[[Image.Image], bool], server: str, began: float) -> float:
    """Return the seconds since *began* until *what* holds of the screen."""
    while time.monotonic() - began < GIVE_UP_S:
        if what(ImageGrab.grab(xdisplay=server)):
            return time.monotonic() - began
        time.sleep(0.004)
    return float("nan")


def one_run(environment: dict[str, str], command: list[str]) -> tuple[float, float, float]:
    """Return the seconds to the plate and to the photo, and how long the end took."""
    began = time.monotonic()
    player = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    plate = wait_for(is_lit, environment["DISPLAY"], began)
    photo = wait_for(is_red, environment["DISPLAY"], began)
    ending = time.monotonic()
    player.terminate()
    player.wait()
    return plate, photo, time.monotonic() - ending


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, display("1920x1080") as environment:
        folder = Path(name)
        config = write_project(folder)
        player = [sys.executable, "-m", "player"]
        write_feed(folder, 1, approved=True)
        subprocess.run([*player, "ingest", "--once", "--config", str(config)], env=environment, check=True, capture_output=True)
        for command in ("screen", "run"):
            runs = [one_run(environment, [*player, command, "--config", str(config)]) for _ in range(options.times)]
            plates, photos, ends = (sorted(column) for column in zip(*runs, strict=True))
            middle = [part(column, 0.5) for column in (plates, photos, ends)]
            print(f"{command}, medians: plate {middle[0]:.2f} s, first photo {middle[1]:.2f} s, end {middle[2]:.2f} s")
        measure_changes(environment, folder, config, options.times)


def measure_changes(environment: dict[str, str], folder: Path, config: Path, times: int) -> None:
    """Approve and withdraw while the player runs. Each round has a data folder of its own: a withdrawal is for ever."""
    approvals: list[float] = []
    withdrawals: list[float] = []
    for round_number in range(times):
        write_feed(folder, 1, approved=False)
        data = folder / f"data-{round_number}"
        command = [sys.executable, "-m", "player", "run", "--config", str(config), "--data", str(data)]
        player = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        wait_for(is_lit, environment["DISPLAY"], time.monotonic())
        time.sleep(4)
        write_feed(folder, 2, approved=True)
        approvals.append(wait_for(is_red, environment["DISPLAY"], time.monotonic()))
        time.sleep(3)
        write_feed(folder, 3, approved=False, withdrawn=True)
        withdrawals.append(wait_for(lambda picture: not is_red(picture), environment["DISPLAY"], time.monotonic()))
        player.terminate()
        player.wait()
    print(
        f"polled every {EVERY_S:.0f} s, approval to first pixel: median {part(approvals, 0.5):.2f} s, most {max(approvals):.2f}"
    )
    print(f"withdrawal to gone: median {part(withdrawals, 0.5):.2f} s, most {max(withdrawals):.2f}")


if __name__ == "__main__":
    main()
