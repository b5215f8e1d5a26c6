"""Asking a feed once, to see what would be shown of it and what not, and why. Nothing is kept, and no photo is fetched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from player.anchoring import read_root
from player.clock import Clock
from player.errors import OperatorError, WeRememberError
from player.feed.address import plain
from player.feed.item import Item, Reinstatement, Snapshot, Withdrawal
from player.feed.signed.feed import Marks
from player.feed.trust import MODERATED, SIGNED, Reception, State, judge, receive
from player.ingest.asking import Answer, Before, SourceConfig
from player.ingest.configured import asker_of, sources_of
from player.sections import Feed
from player.settings import Configuration, Settings, placed
from player.units import Nanos

MAX_ROWS: Final = 200  # on a terminal
MAX_TEXT: Final = 48  # characters of an id or a caption in a cell

_STYLES: Final = {State.APPROVED: "green", State.WITHDRAWN: "red", State.PENDING: "cyan"}


@dataclass(frozen=True, slots=True)
class Line:
    """What would become of one item."""

    item: Item
    state: State
    reason: str


@dataclass(slots=True)
class Seen:
    """What one asking brought."""

    lines: list[Line] = field(default_factory=list[Line])
    withdrawn: list[Withdrawal] = field(default_factory=list[Withdrawal])
    reinstated: list[Reinstatement] = field(default_factory=list[Reinstatement])
    discarded: list[str] = field(default_factory=list[str])
    reception: Reception | None = None
    is_complete: bool = False
    signed_by: tuple[str, ...] = ()
    error: WeRememberError | None = None

    @property
    def shown(self) -> int:
        """How many items would be shown."""
        return sum(line.state is State.APPROVED for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A feed as it was typed."""

    url: str
    kind: str
    map: str = ""
    token: str | None = None
    assume_approved: bool = False
    root: Path | None = None
    """The file of the root of a signed feed."""


def see_and_print(asked: Asked, configuration: Configuration, clock: Clock) -> bool:
    """Ask the feed once and print what was seen; return whether it could be read.

    Raises:
        OperatorError: What was typed names no feed.
    """
    root = read_root(asked.root) if asked.root else None
    settings = _settings(asked, configuration.settings)
    (source,) = sources_of(settings)
    seen = see(source, settings, clock, root=root)
    print_seen(seen, source)
    if seen.error:
        Console(stderr=True).print(f"weremember: {seen.error}", markup=False, soft_wrap=True)
    return seen.error is None


def _settings(asked: Asked, settings: Settings) -> Settings:
    """Return *settings* with this feed alone, checked as those of config.yaml are."""
    written = {
        "kind": asked.kind,
        "url": asked.url,
        "trust": SIGNED if asked.root else MODERATED,
        "map": asked.map,
        "token": asked.token,
        "assume_approved": asked.assume_approved,
    }
    try:
        feed = Feed.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OperatorError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error
    return settings.model_copy(update={"feeds": {"feed": placed(feed, Path.cwd())}, "core": None})


def see(source: SourceConfig, settings: Settings, clock: Clock, *, root: bytes | None = None) -> Seen:
    """Ask *source* once, as the player would for the first time; *root* is that of a signed feed."""
    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="weremember-") as folder:
        asker = asker_of(source, settings, clock, Path(folder))
        for answer in asker.ask(Before(root=root, marks=Marks({}))):
            _take(seen, answer, clock.wall())
    return seen


def _take(seen: Seen, answer: Answer, now: Nanos) -> None:
    seen.error = answer.error or seen.error
    seen.withdrawn += answer.withdrawn
    seen.reinstated += answer.reinstated
    seen.signed_by = answer.signed_by or seen.signed_by
    snapshot = answer.polled.snapshot if answer.polled else None
    if snapshot is None:
        return
    seen.withdrawn += snapshot.withdrawn
    seen.discarded += snapshot.discarded
    seen.is_complete = snapshot.complete
    try:
        seen.reception = receive(snapshot, policy=answer.source.policy, last_sequence=None)
    except WeRememberError as error:
        seen.error = error
        return
    seen.lines += _judged(snapshot, answer.source, seen.reception, seen, now)


def _judged(snapshot: Snapshot, source: SourceConfig, reception: Reception, seen: Seen, now: Nanos) -> list[Line]:
    back = {(each.item, each.withdrawn_at) for each in seen.reinstated}
    gone = {each.item: each for each in seen.withdrawn if (each.item, each.at) not in back}
    lines: list[Line] = []
    for item in snapshot.items:
        verdict = judge(item, policy=source.policy, min_approvals=reception.min_approvals, approvals=reception.approvals, now=now)
        if item.id in gone:
            lines.append(Line(item, State.WITHDRAWN, gone[item.id].reason or "withdrawn by its publisher"))
        else:
            lines.append(Line(item, verdict.state, verdict.reason))
    return lines


def print_seen(seen: Seen, source: SourceConfig) -> None:
    """Print what was seen as a table: first what would be shown, then what not."""
    console = Console()
    if seen.lines:
        console.print(_table(seen.lines))
    for line in seen.discarded[:MAX_ROWS]:
        console.print(f"left out: {line}", markup=False)
    if seen.withdrawn:
        console.print(f"withdrawn: {len(seen.withdrawn)}; none of them can come back by this feed alone")
    if seen.reception:
        console.print(_summary(seen, source), markup=False)
    if seen.reception and seen.reception.alarm:
        console.print(f"nothing would be shown now: {seen.reception.alarm}", markup=False)


def _table(lines: Sequence[Line]) -> Table:
    table = Table("shown", "id", "caption", "picture", "why not", box=None, pad_edge=False)
    ordered = sorted(lines, key=lambda line: line.state is not State.APPROVED)
    for line in ordered[:MAX_ROWS]:
        style = _STYLES.get(line.state, "yellow")
        word = "yes" if line.state is State.APPROVED else line.state.value
        cells = (_short(line.item.id), _short(line.item.caption), _short(plain(line.item.image)), line.reason)
        table.add_row(f"[{style}]{word}[/]", *(cell.replace("[", r"\[") for cell in cells))
    if len(ordered) > MAX_ROWS:
        table.add_row("…", f"and {len(ordered) - MAX_ROWS:,} more", "", "", "")
    return table


def _summary(seen: Seen, source: SourceConfig) -> str:
    reception = seen.reception
    lease = reception.lease_s if reception and reception.lease_s is not None else 0.0
    parts = [
        f"{seen.shown:,} of {len(seen.lines):,} would be shown",
        f"{'a complete list: absence hides' if seen.is_complete else 'a window: absence means nothing'}",
        f"its word counts for {lease:,.0f} s without being confirmed",
    ]
    if seen.signed_by:
        parts.append(f"signed by {', '.join(seen.signed_by)}")
    return f"{source.name}: " + "; ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
