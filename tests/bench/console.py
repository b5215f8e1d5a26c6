"""What the console costs the show, and how fast it is itself, at rest and attacked: `python -m tests.bench.console`.

A whole player on an X server in memory, with 100,000 photos, all of which can be shown and move. It is measured at rest; then
attacked, 200 requests a second, by a program of the lowest rank; then by one of the usual rank, which takes processor time that
the show may want, and that no console can give back. Frames are what the screen counts in status.json: rounds of its loop; late,
those begun more than a frame after their time; missing, how many fewer rounds there were than the rate makes in that time. Black
is read back from the X server, which takes some milliseconds. Where other programs are busy, the share of others says so.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final, cast

import httpx

from player.clock import SystemClock
from player.console.door import cookies
from player.library import dark
from player.library.heard import heard
from player.units import MILLISECOND, SECOND, Nanos, Size, parse_size
from tests.bench import console_browser
from tests.bench.attack import HOST
from tests.bench.console_place import Place, place
from tests.bench.processor import usage
from tests.bench.soak import memory_mb, part
from tests.fakes.display import FakeDisplay, display
from tests.fakes.player import ROOT

PATHS: Final = ("/", "/photos", "/photos?text=remember", "/photos?text=ringelblum", "/agenda", "/wall", "/journal", "/review")
MOMENT: Final[Nanos] = 4 * SECOND  # until an attack is in full swing
BETWEEN: Final[Nanos] = SECOND
GLANCE: Final[Nanos] = 2 * MILLISECOND
GIVE_UP: Final[Nanos] = 10 * SECOND
RESTARTS: Final = 3
LIT: Final = 40  # of 255
SHARE: Final = 0.2  # of the screen


@dataclass(slots=True)
class Phase:
    """What was measured while the same things went on."""

    name: str
    frames: dict[str, float] = field(default_factory=dict[str, float])
    black: list[float] = field(default_factory=list[float])
    answered: list[float] = field(default_factory=list[float])
    pages: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    ages: list[float] = field(default_factory=list[float])
    memory: list[float] = field(default_factory=list[float])
    processor: dict[str, float] = field(default_factory=dict[str, float])
    refused: Counter[str] = field(default_factory=Counter[str])
    """What somebody who means well was not given, and why."""


class Bench:
    """One player, and what is asked of it."""

    def __init__(self, at: Place, screen: FakeDisplay, *, seconds: int, times: int, fps: int) -> None:
        self._at, self._screen = at, screen
        self._seconds, self._times, self._fps = seconds, times, fps
        self._clock = SystemClock()
        self._never = threading.Event()
        self._client = httpx.Client(base_url=at.url, timeout=30)
        self._admin = 0

    def wait(self, length: Nanos) -> None:
        """Let time pass."""
        self._clock.wait(self._never, length)

    def phase(self, name: str) -> Phase:
        """Measure everything but what a browser sees."""
        found = Phase(name)
        self._frames(found)
        self._ages(found)
        self.pages(found)
        self._black(found)
        return found

    def pages(self, found: Phase, times: int = 8) -> None:
        """Time whole pages, as people who come for the first time in a while."""
        for _ in range(times):
            for path in PATHS:
                began = self._clock.monotonic()
                if self._get(found, path):
                    found.pages.setdefault(path, []).append((self._clock.monotonic() - began) / MILLISECOND)

    def restarted(self) -> None:
        """Have the console begin anew."""
        before = self._at.player.child("console")
        subprocess.run(["kill", str(before)], check=True)
        self._at.site.until(lambda: self._at.player.child("console") not in {0, before}, "there is another console")
        self._at.site.until(self._is_open, "it is open")

    @contextmanager
    def attacked(self, rate: float, *, last: bool) -> Generator[list[dict[str, object]]]:
        """Have the console attacked during the block; afterwards there is what came of it."""
        told: list[dict[str, object]] = []
        target = self._at.target
        said = {name: getattr(target, name) for name in ("port", "sessions", "guest", "token", "photos")}
        command = [sys.executable, "-m", "tests.bench.attack", f"--rate={rate}", *(["--last"] if last else [])]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as attacker:
            assert attacker.stdin
            assert attacker.stdout
            print(json.dumps(said), file=attacker.stdin, flush=True)
            self.wait(MOMENT)
            try:
                yield told
            finally:
                attacker.stdin.close()  # it has had enough
                told.append(json.loads(attacker.stdout.read()))

    def darken(self, found: Phase) -> tuple[float, float]:
        """Press the button; return the milliseconds to a black wall, and to the answer."""
        answered: list[Nanos] = []
        began = self._clock.monotonic()

        def press() -> None:
            self._post(found, "/api/dark", cookies.Cookies(self._at.target.guest, "", ""))
            answered.append(self._clock.monotonic())

        finger = threading.Thread(target=press)
        before = dark.demanded(self._at.site.data)
        finger.start()
        # The screen takes the file away at once: between two glances it may have come and gone.
        while dark.demanded(self._at.site.data) == before and not answered and self._clock.monotonic() < began + GIVE_UP:
            self.wait(GLANCE)  # reading the screen back takes a whole core, which the console now needs
        while self._screen.pixels().any():
            if self._clock.monotonic() > began + GIVE_UP:
                raise SystemExit("it did not become dark")
        black = self._clock.monotonic()
        finger.join()
        return (black - began) / MILLISECOND, (answered[0] - began) / MILLISECOND

    def lighten(self, found: Phase) -> None:
        """Make it light, and wait for that."""
        self._post(found, "/api/light", cookies.Cookies(self._at.target.guest, self._at.admins[0], ""))
        self._at.site.until(lambda: bool((self._screen.pixels().max(axis=2) > LIT).mean() > SHARE), "the picture is up again")

    def _frames(self, found: Phase) -> None:
        """Let the show go on, and ask nothing."""
        pid = self._at.player.child("console")
        found.memory.append(memory_mb(pid))
        before, used = self._counted(), usage(self._at.player)
        ends = self._clock.monotonic() + self._seconds * SECOND
        while self._clock.monotonic() < ends:
            self.wait(BETWEEN)
            found.memory.append(memory_mb(pid))
        after = self._counted()
        found.processor = usage(self._at.player).since(used)
        passed = (after["at"] - before["at"]) / SECOND
        rounds = after["frames"] - before["frames"]
        found.frames = {
            "rounds": rounds,
            "late": after["late"] - before["late"],
            "missing": max(0.0, passed * self._fps - rounds),
            "over 33 ms of work": after["over"] - before["over"],
            "mean work, ms": (after["work_s"] - before["work_s"]) / rounds * 1000,
        }

    def _counted(self) -> dict[str, float]:
        said = heard(self._at.site.data)
        frames = cast("Mapping[str, object]", said["frames"])
        edges, counts = cast("tuple[list[int], list[int]]", frames["histogram"])
        over = sum(count for edge, count in zip([*edges[1:], 1000], counts[1:], strict=True) if edge > 33)
        numbers = {name: float(cast("float", frames[name])) for name in ("frames", "late", "work_s")}
        return {"at": float(cast("int", said["at"])), "over": float(over), **numbers}

    def _ages(self, found: Phase) -> None:
        """How old the picture is that the first page would show: its mark says when it was kept, a moment after it was up."""
        for number in range(2 * self._times):
            self.wait((200 + 37 * number % 500) * MILLISECOND)
            if (now := self._get(found, "/api/now")) and self._get(found, "/api/picture"):
                found.ages.append((self._clock.wall() - now.json()["picture"]["taken_at"]) / SECOND)

    def _black(self, found: Phase) -> None:
        for number in range(self._times):
            self.wait((1000 + 531 * number % 2000) * MILLISECOND)
            black, answered = self.darken(found)
            found.black.append(black)
            found.answered.append(answered)
            self.lighten(found)

    def _get(self, found: Phase, path: str) -> httpx.Response | None:
        """Ask as one administrator after the other, so that none comes too often; None: it was refused."""
        self._admin = (self._admin + 1) % len(self._at.admins)
        try:
            answer = self._client.get(path, headers={"Cookie": f"{cookies.SESSION}={self._at.admins[self._admin]}"})
        except httpx.TransportError as error:
            found.refused[f"{path} {type(error).__name__}"] += 1
            return None
        if answer.status_code != HTTPStatus.OK:
            found.refused[f"{path} {answer.status_code}"] += 1
            return None
        return answer

    def _post(self, found: Phase, path: str, brought: cookies.Cookies) -> None:
        """Press a button, again and again until it is heard, as a browser does with a connection that was hung up on."""
        headers = {
            "Cookie": f"{cookies.GUEST}={brought.guest}; {cookies.SESSION}={brought.session}",
            cookies.HEADER: brought.csrf(),
            "Origin": self._at.url,
            "Content-Type": "application/json",
        }
        ends = self._clock.monotonic() + GIVE_UP
        while self._clock.monotonic() < ends:
            with closing(HTTPConnection(HOST, self._at.port, timeout=GIVE_UP // SECOND)) as connection:
                try:
                    connection.request("POST", path, "{}", headers)
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, HTTPException) as error:
                    found.refused[f"{path} {type(error).__name__}"] += 1
                    continue
            if answer.status < HTTPStatus.BAD_REQUEST:
                return
            found.refused[f"{path} {answer.status}"] += 1
        raise SystemExit(f"{path}: no answer")

    def _is_open(self) -> bool:
        try:
            return self._client.get("/health").status_code == HTTPStatus.OK
        except httpx.TransportError:
            return False


def table(phases: Sequence[Phase]) -> None:
    """Print what was measured, each phase beside the first one."""
    rows: list[tuple[str, list[float]]] = []

    def row(name: str, of: Callable[[Phase], float]) -> None:
        rows.append((name, [of(phase) for phase in phases]))

    for key in phases[0].frames:
        row(f"frames: {key}", lambda phase, key=key: phase.frames[key])
    for name, share in (("median", 0.5), ("p95", 0.95), ("worst", 1.0)):
        row(f"dark: black after, ms, {name}", lambda phase, share=share: part(phase.black, share))
    row("dark: answered after, ms, median", lambda phase: part(phase.answered, 0.5))
    for path in phases[0].pages:
        for name, share in (("median", 0.5), ("worst", 1.0)):
            row(f"{path}, ms, {name}", lambda phase, path=path, share=share: part(phase.pages.get(path, []), share))
    for name, share in (("median", 0.5), ("p95", 0.95), ("worst", 1.0)):
        row(f"age of the picture, s, {name}", lambda phase, share=share: part(phase.ages, share))
    row("console, PSS MB, median", lambda phase: statistics.median(phase.memory))
    row("console, PSS MB, most", lambda phase: max(phase.memory))
    for name in phases[0].processor:
        row(f"processor, % of one core: {name}", lambda phase, name=name: phase.processor.get(name, 0.0))
    print("".join([f"{'':44}", *(f"{phase.name:>24}" for phase in phases)]))
    for name, values in rows:
        ratios = ["", *(f"({value / values[0]:.2f}x)" if values[0] else "" for value in values[1:])]
        print("".join([f"{name:44}", *(f"{value:15.2f} {ratio:>8}" for value, ratio in zip(values, ratios, strict=True))]))
    for phase in phases:
        print(f"refused to somebody who means well, {phase.name}: {dict(phase.refused) or 'nothing'}")


def print_attack(name: str, told: dict[str, object]) -> None:
    """Print what came of an attack."""
    print(f"{name}: {told['rate']:.0f} requests/s in truth")
    took = cast("Mapping[str, list[float]]", told["took"])
    for kind, came in cast("Mapping[str, Mapping[str, int]]", told["came"]).items():
        said = ", ".join(f"{what} {count}" for what, count in sorted(came.items()))
        print(f"  {kind:14} median {part(took[kind], 0.5):7.0f} ms, p95 {part(took[kind], 0.95):7.0f} ms: {said}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=60, help="of a show whose frames are counted")
    parser.add_argument("--times", type=int, default=15, help="that it is made dark")
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second of the attack")
    parser.add_argument("--size", type=parse_size, default=Size(1920, 1080))
    parser.add_argument("--fps", type=int, default=60)
    parser.add_argument("--no-browser", action="store_true")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        display(asked.size) as screen,
        place(Path(folder), screen, photos=asked.photos, fps=asked.fps) as at,
    ):
        bench = Bench(at, screen, seconds=asked.seconds, times=asked.times, fps=asked.fps)
        phases = [bench.phase("at rest")]
        for name, last in (("attacked, lowest", True), ("attacked, as usual", False)):
            with bench.attacked(asked.rate, last=last) as told:
                phases.append(bench.phase(name))
            print_attack(name, told[0])
            bench.wait(20 * SECOND)
        table(phases)
        print(f"console, PSS MB, 20 s after: {memory_mb(at.player.child('console')):.1f}")
        begun(bench)
        if not asked.no_browser:
            browse(bench, at, asked.times)


def begun(bench: Bench) -> None:
    """Print how fast pages are of a console that has just begun."""
    cold = Phase("cold")
    for _ in range(RESTARTS):
        bench.restarted()
        bench.pages(cold, 1)
    for path, took in cold.pages.items():
        print(f"{path} of a console that has just begun, ms: {said(took, 0)}")


def browse(bench: Bench, at: Place, times: int) -> None:
    """Print what a browser sees, at rest."""
    for path, took in console_browser.loads(at, times // 2 + 1).items():
        print(f"Chromium, {path} loaded, ms: {said(took, 0)}")
    print(f"Chromium, age of the picture, s: {said(console_browser.ages(at, 2 * times), 2)}")
    phase = Phase("followed")
    after = console_browser.follows(at, lambda: bench.darken(phase), lambda: bench.lighten(phase), times)
    print(f"Chromium, picture black after the wall was, s: {said(after, 2)}")


def said(values: Sequence[float], digits: int) -> str:
    """Return what is to be said of *values*."""
    return f"median {part(values, 0.5):.{digits}f}, p95 {part(values, 0.95):.{digits}f}, worst {max(values):.{digits}f}"


if __name__ == "__main__":
    main()
