"""Plays the configured show for minutes on a real window and says how even it was.

    python tests/bench/soak.py [--minutes 10] [--config config.yaml] [--size 1920x1080] [--fps 60]

Starts an X server without a display (Xvfb), fills a library of its own with `ingest --once`, runs the screen process
with a trace of every frame, and prints the work of a frame, the intervals between presented frames and the memory. A film in the
whole player: tests/bench/film_wall.py.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATE_MS = 34.0
PAUSE_MS = 100.0  # between a still slide and the next fade nothing is presented: that is no interval


@contextmanager
def display(size: str) -> Generator[dict[str, str]]:
    """Yield an environment whose DISPLAY is an X server of *size*."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", f"{size}x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    try:
        yield {**os.environ, "DISPLAY": f":{number}", "PYTHONPATH": str(ROOT)}
    finally:
        server.terminate()
        server.wait()


def memory_mb(pid: int) -> float:
    """Return the proportional set size of a process in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0


def part(values: Sequence[float], share: float) -> float:
    """Return the value below which *share* of *values* lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def stalls_ms(environment: dict[str, str], minutes: float) -> subprocess.Popen[str]:
    """Start a process that does nothing but sleep 2 ms at a time: when it is late, the machine was, not the player."""
    program = (
        "import sys, time\n"
        "ends = time.monotonic() + float(sys.argv[1])\nlast = time.monotonic()\n"
        "while last < ends:\n"
        "    time.sleep(0.002)\n    now = time.monotonic()\n"
        "    if now - last > 0.010: print(f'{now:.4f} {(now - last) * 1000:.1f}', flush=True)\n"
        "    last = now\n"
    )
    arguments = [sys.executable, "-c", program, str(minutes * 60)]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)


def report(trace: Path, minutes: float, stalls: list[tuple[float, float]]) -> None:
    """Print what the trace says."""
    rows = [tuple(map(int, line.split(","))) for line in trace.read_text("ascii").splitlines()[1:]]
    work = [spent / 1e6 for _, spent in rows]
    times = [at / 1e9 for at, _ in rows]
    gaps = [(b, (b - a) * 1000) for a, b in itertools.pairwise(times) if (b - a) * 1000 < PAUSE_MS]
    intervals = [gap for _, gap in gaps]
    late = [(at, gap) for at, gap in gaps if gap > LATE_MS]
    ours = [(at, gap) for at, gap in late if not any(at - gap / 1000 - 0.05 < s < at + 0.05 for s, _ in stalls)]
    print(f"frames {len(rows)}")
    print(f"work of a frame, ms: median {part(work, 0.5):.2f}  p99 {part(work, 0.99):.2f}  most {max(work):.1f}")
    print(f"interval, ms: median {part(intervals, 0.5):.2f}  p99 {part(intervals, 0.99):.2f}  most {max(intervals):.1f}")
    print(f"intervals over {LATE_MS:.0f} ms: {len(late)} ({len(late) / minutes:.2f} a minute)")
    print(f"of these without a stall of the machine at that moment: {len(ours)}")
    print(f"stalls of the machine over 10 ms seen by an idle process meanwhile: {len(stalls)}")


def main() -> None:
    """Run the soak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--config", default=str(ROOT / "config.yaml"))
    parser.add_argument("--size", default="1920x1080")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, display(options.size) as environment:
        trace = Path(folder) / "trace.csv"
        common = ["--config", options.config, "--data", folder]
        player = [sys.executable, "-m", "player"]
        subprocess.run([*player, "ingest", "--once", *common], env=environment, check=True)
        idle = stalls_ms(environment, options.minutes)
        screen = subprocess.Popen([*player, "screen", *common, "--trace", str(trace)], env=environment)
        began = os.times()
        time.sleep(options.minutes * 60)
        pss = memory_mb(screen.pid)
        screen.terminate()
        screen.wait()
        used = os.times()
        heard = idle.communicate()[0]
        stalls = [(float(at), float(length)) for at, length in (line.split() for line in heard.splitlines())]
        report(trace, options.minutes, stalls)
        cpu = used.children_user + used.children_system - began.children_user - began.children_system
        print(f"screen process: PSS {pss:.0f} MB, CPU {cpu / (options.minutes * 60) * 100:.1f} % of one core")


if __name__ == "__main__":
    main()
