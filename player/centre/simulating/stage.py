"""What a simulation stands on: broker, cache, origin, centre and players, put up in a folder of ours and taken down again."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from player.centre import link
from player.centre.founding import PUBLIC_KEY, Office, found
from player.centre.simulating import serving
from player.centre.simulating.crowd import Crew, Order, player_name
from player.centre.simulating.desk import Desk
from player.centre.simulating.line import Broker
from player.centre.simulating.measuring import Use, use
from player.centre.simulating.mischief import PREFIX
from player.centre.simulating.origin import Feed, Origin
from player.centre.simulating.series import Sample
from player.centre.simulating.serving import HOST, Child, Program
from player.centre.simulating.tally import Tally, added
from player.centre.simulating.wearing import Wardrobe
from player.centre.store import Store
from player.clock import Clock
from player.errors import OperatorError, WorkerError
from player.units import Seconds

ONE_PROCESS: Final = 1_000  # players that one process carries without a second beside it
PROCESSES: Final = 2
PER_SECOND: Final = 150  # how fast all connect at the beginning: the order by which they come back later is six times as slow
GROUPS: Final = 10
RASCALS_IN: Final = 200  # one of so many misbehaves; at least five, one of each kind
FEWEST_RASCALS: Final = 5
MOST_RASCALS: Final = 50
SAMPLE_S: Final[Seconds] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to be simulated."""

    players: int
    seed: int = 1
    has_tls: bool = False


@dataclass(slots=True)
class Stage:
    """Everything that is up."""

    wishes: Wishes
    clock: Clock
    office: Office
    broker: Program
    cache: Program | None
    origin: Origin
    desk: Desk
    children: list[Child]
    samples: list[Sample] = field(default_factory=list[Sample])
    peak: dict[str, Use] = field(default_factory=dict[str, Use])
    """By program: the most memory, and all its processor time."""
    _latest: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def access_log(self) -> Path | None:
        """What nginx wrote of requests."""
        return self.office.folder.parent / "nginx" / "access.log" if self.cache else None

    def tally(self) -> Tally:
        """Return how all players stand, as they said last."""
        return added(list(self._latest.values()))

    def say(self, order: Order, **more: object) -> None:
        """Order all processes of players to do something."""
        line = json.dumps({"do": order, **more}).encode()
        for child in self.children:
            child.say(line)

    async def until(self, is_so: Callable[[], bool], most_s: Seconds) -> bool:
        """Wait until *is_so*, at most *most_s*; return whether it was."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                while not is_so():
                    self._news.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.1):
                            await self._news.wait()
        return is_so()

    async def hear(self, number: int) -> None:
        """Take in what the process *number* says, until it is gone.

        Raises:
            WorkerError: it ended by itself.
        """
        while line := await self.children[number].hear():
            self._latest[number] = json.loads(line)
            self._news.set()
        raise WorkerError(f"a process of simulated players has ended: {_last_line(self.office.folder.parent / 'players.log')}")

    async def sample(self) -> None:
        """Write down every second how things stand, for ever."""
        while True:
            self.look()
            await asyncio.sleep(SAMPLE_S)

    def look(self) -> None:
        """Write down how things stand."""
        tally = self.tally()
        self.samples.append(
            Sample(
                at=self.clock.monotonic(),
                online=tally.online,
                connects=tally.connects,
                receipts=sum(len(told.off) for told in self.desk.told.values()),
                polls=tally.polls,
                origin=self.origin.requests,
            )
        )
        ours = sum((use(child.pid) for child in self.children), Use())
        programs = {"Mosquitto": self.broker.use(), "simulated players": ours, "centre and origin": use_here()}
        programs |= {"nginx": self.cache.use()} if self.cache else {}
        for name, now in programs.items():
            before = self.peak.get(name, Use())
            self.peak[name] = Use(max(before.cpu_s, now.cpu_s), max(before.memory_mb, now.memory_mb))


def use_here() -> Use:
    """Return what this process uses itself, without the programs it started."""
    return use(0, children=False)


@asynccontextmanager
async def put_up(wishes: Wishes, clock: Clock) -> AsyncGenerator[Stage]:
    """Put everything up; whatever happens, nothing of it is left at the end.

    Raises:
        OperatorError: a program is missing, or does not start.
    """
    mosquitto = serving.found("mosquitto")
    if mosquitto is None:
        raise OperatorError("a real broker is needed for this: apt install mosquitto")
    serving.make_room(wishes.players)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weremember-fleet-")))
        where = link.Broker(HOST, serving.free_port())
        office = await asyncio.to_thread(found, folder / "centre", where, clock.wall(), name="Simulation", players=wishes.players)
        broker = serving.mosquitto(folder / "broker", mosquitto, office, has_tls=wishes.has_tls)
        stack.push_async_callback(broker.stop)
        await broker.start()
        feed = Feed()
        feed.publish(clock.wall())
        origin = Origin(feed)
        await origin.start()
        stack.push_async_callback(origin.stop)
        cache = None
        if (nginx := serving.found("nginx")) is not None:
            cache = serving.nginx(folder / "nginx", nginx, origin.port)
            stack.push_async_callback(cache.stop)
            await cache.start()
        store = stack.enter_context(Store(office.folder))
        wardrobe = Wardrobe(str(office.folder)) if wishes.has_tls else None
        reached = Broker(where.host, where.port, wardrobe.context if wardrobe else None)
        desk = Desk(office, store, clock, reached)
        stack.push_async_callback(desk.close)
        await desk.open()
        stage = Stage(wishes, clock, office, broker, cache, origin, desk, [])
        await stack.enter_async_context(_working(desk.keep_writing()))
        for crew in crews(wishes, office, cache.port if cache else origin.port):
            child = await Child.start(json.dumps(asdict(crew)).encode(), folder / "players.log")
            stack.push_async_callback(child.stop)
            stage.children.append(child)
            await stack.enter_async_context(_working(stage.hear(len(stage.children) - 1)))
        await stack.enter_async_context(_working(stage.sample()))
        yield stage


def crews(wishes: Wishes, office: Office, feed_port: int) -> list[Crew]:
    """Return what each process of players is to be."""
    processes = 1 if wishes.players <= ONE_PROCESS else PROCESSES
    rascals = range(1, 1 + min(MOST_RASCALS, max(FEWEST_RASCALS, wishes.players // RASCALS_IN)))
    edges = [wishes.players * number // processes for number in range(processes + 1)]
    return [
        Crew(
            first=edges[number] + 1,
            last=edges[number + 1],
            players=wishes.players,
            groups=GROUPS,
            rascals=tuple(rascals[number::processes]),
            host=office.centre.broker.host,
            port=office.centre.broker.port,
            feed_port=feed_port,
            centre=(office.folder / PUBLIC_KEY).read_text("ascii"),
            per_second=PER_SECOND / processes,
            seed=wishes.seed,
            papers=str(office.folder) if wishes.has_tls else "",
        )
        for number in range(processes)
    ]


def everybody(players: int) -> frozenset[str]:
    """Return the ids of all players that behave."""
    return frozenset(player_name(number) for number in range(1, players + 1))


def is_rascal(name: str) -> bool:
    """Whether *name* is one of the group that misbehaves."""
    return name.startswith(PREFIX)


@asynccontextmanager
async def _working(work: Any) -> AsyncGenerator[None]:  # noqa: ANN401  a coroutine of any result
    """Let *work* go on beside the block; when it fails, the block is ended, and fails with it."""
    owner = asyncio.current_task()
    is_over = False

    def ended(task: asyncio.Task[None]) -> None:
        if not is_over and owner is not None and not task.cancelled():
            owner.cancel()

    task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(ended)
    try:
        yield
    except asyncio.CancelledError:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error from None
        raise
    finally:
        is_over = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it says nothing"
