"""The machine that publishes: in what order it writes, what it renews, and what it refuses."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import threading
from contextlib import suppress
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from player.clock import Clock
from player.errors import OperatorError
from player.publish import rounds, ruling
from player.publish.disk import Disk, locked
from player.publish.rounds import keep_signing
from player.publish.signer import LOCK, Signing, sign_once
from player.publish.studio import Studio
from player.publish.tidying import GRACE
from tests.fakes.clock import FakeClock
from tests.publish.atelier import Atelier, DyingDisk, Player, PowerCut, Seen

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_the_time_is_signed_anew_and_nothing_else_is(atelier: Atelier) -> None:
    """A round with nothing to publish writes a new timestamp; the snapshot stays until half its life is over."""
    before = atelier.sign().published

    after = atelier.sign().published

    assert after.timestamp.signed.version == before.timestamp.signed.version + 1
    assert after.snapshot.signed.version == before.snapshot.signed.version
    assert after.signed_at > before.signed_at


def test_the_snapshot_is_renewed_at_half_its_life(atelier: Atelier, player: Player) -> None:
    """Twelve hours before it would run out there is a new one, so a signer that stops overnight is no disaster."""
    atelier.wait(12 * HOUR)

    assert atelier.sign().published.snapshot.signed.version == 2
    assert player.look().shown == set()


def test_a_clock_that_was_set_back_signs_nothing(atelier: Atelier) -> None:
    """Players never take an earlier time; the signer says so in one line, and people's signatures are refused alike."""
    atelier.add("a")
    atelier.sign()
    before = atelier.studio.published().timestamp.signed.version
    atelier.clock.step(-round(HOUR.total_seconds()) * 1_000_000_000)

    with pytest.raises(OperatorError, match=r"clock says .*, but something was signed at .*: set the clock"):
        atelier.sign()
    with pytest.raises(OperatorError, match="set the clock; nothing is signed until then"):
        atelier.approve("anna", "a")

    assert atelier.studio.published().timestamp.signed.version == before
    assert not atelier.studio.pending.all()


def test_a_clock_years_ahead_signs_nothing(atelier: Atelier) -> None:
    """A date beyond the root's end would make every player forget the feed: it is refused."""
    atelier.wait(3650 * DAY)

    with pytest.raises(OperatorError, match=r"the root ran out on .*, or this machine's clock is wrong"):
        atelier.sign()


def test_a_root_that_ran_out_can_be_renewed_and_all_goes_on(atelier: Atelier, player: Player) -> None:
    """After a long sleep people sign what they owe, and players that still run believe the feed again."""
    atelier.wait(200 * DAY)
    for person in ("anna", "ben"):
        atelier.settle(person)

    atelier.sign()

    assert player.look().shown == set()


def test_two_signers_do_not_work_at_once(atelier: Atelier) -> None:
    """The second says who is at work; the lock is freed by the system, however the first ends."""
    with (
        locked(atelier.folder / LOCK, "another signer"),
        pytest.raises(OperatorError, match="another signer is at work in this studio already"),
    ):
        atelier.sign()
    atelier.sign()


def test_without_its_photo_a_list_waits(atelier: Atelier, player: Player) -> None:
    """Where a photo has not been synced yet, or was swapped, the approval waits and it is said; nothing is published without."""
    atelier.add("a")
    atelier.both_approve("a")
    photo = atelier.studio.photo(atelier.studio.new_photos(atelier.studio.published())["a"].sha256)
    good = photo.read_bytes()
    photo.write_bytes(b"swapped")

    assert "waits: the photo of a is not in" in atelier.sign().warnings[0]
    assert player.look().shown == set()

    photo.write_bytes(good)
    atelier.sign()
    assert player.look().shown == {"a"}


def test_without_the_machines_key_nothing_is_signed(atelier: Atelier) -> None:
    """On a person's own machine there is no signer: one line says where it runs."""
    (atelier.studio.keys / "online.key").unlink()

    with pytest.raises(OperatorError, match="does not hold the keys of timestamp and snapshot"):
        atelier.sign()


def _history(atelier: Atelier) -> None:
    """Everything at once: an approval, a withdrawal, a ruling and a new machine key are ready to be published."""
    atelier.add("a", "b", "c", "d")
    atelier.both_approve("a", "b", "c")
    atelier.sign()
    atelier.withdraw("cara", "b")
    atelier.both_approve("d")
    ruling.set_core(atelier.desk("anna"), ["a"])
    ruling.set_core(atelier.desk("ben"), ["a"])
    ruling.rotate_machine(atelier.desk("anna"), "timestamp")
    for person in ("ben", "cara"):
        atelier.settle(person)
    atelier.wait()


OLD = Seen(frozenset("abc"), frozenset(), halt=False)
NEW = Seen(frozenset("abcd"), frozenset("b"), halt=False)


def test_a_power_cut_at_any_point_leaves_a_whole_publication(tmp_path: Path) -> None:
    """Stopped before any one of its changes, the signer leaves the old publication or the new one; the next run finishes it."""
    atelier = Atelier(tmp_path)
    known = Player(atelier, tmp_path / "known")
    _history(atelier)
    assert known.look() == OLD
    for name in ("studio", "known"):
        shutil.copytree(tmp_path / name, tmp_path / "kept" / name)
    wall = atelier.clock.wall()
    seen: list[Seen] = []
    is_finished = False
    while not is_finished:
        for name in ("studio", "known"):
            shutil.rmtree(tmp_path / name)
            shutil.copytree(tmp_path / "kept" / name, tmp_path / name)
        player, atelier.clock = copy(known), FakeClock(wall)
        with suppress(PowerCut):
            sign_once(atelier.on(DyingDisk(len(seen))), atelier.clock)
            is_finished = True
        seen.append(player.look())
        if len(seen) % 4 == 1:  # what costs as much as all the rest, for one point in four
            assert Player(atelier, tmp_path / f"new-{len(seen)}").look() == seen[-1]
            atelier.sign()
            assert player.look() == NEW

    assert len(seen) > 20
    assert set(seen) == {OLD, NEW}
    assert seen == sorted(seen, key=lambda each: each == NEW)


def test_a_full_disk_is_one_line_and_loses_nothing(atelier: Atelier, player: Player) -> None:
    """When the disk refuses, what was published stays, no half file has a name, and the next run goes on."""
    atelier.add("a")
    atelier.both_approve("a")
    atelier.wait()

    class Full(Disk):
        """Every file that grows is refused."""

        def sync(self, descriptor: int) -> None:
            """Raise what a full disk does."""
            del descriptor
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OperatorError, match=r"cannot be written \(the disk is full\); what was there is still there"):
        sign_once(atelier.on(Full()), atelier.clock)

    assert player.look().shown == set()
    assert not list(atelier.folder.rglob("*.part"))
    atelier.sign()
    assert player.look().shown == {"a"}


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path) -> None:
    """Written, waited for, renamed, and the folder waited for: what is named is whole, also after a power cut."""
    steps: list[str] = []
    there = tmp_path / "file"

    class Watched(Disk):
        """Says when it waits."""

        def sync(self, descriptor: int) -> None:
            """Note whether the file has its name yet."""
            del descriptor
            steps.append("named" if there.exists() else "not yet named")

    Watched().write(there, b"body")

    assert steps == ["not yet named", "named"]
    assert there.read_bytes() == b"body"


def test_old_files_stay_for_slow_readers_and_then_go(atelier: Atelier, player: Player) -> None:
    """What nothing names any more is there for two hours; what is named, and every root, is never touched."""
    atelier.add("a", "b")
    atelier.both_approve("a")
    old = set(_files(atelier))
    atelier.sign()
    atelier.both_approve("b")
    atelier.sign()
    assert old <= set(_files(atelier))

    atelier.wait(GRACE)
    atelier.sign()
    atelier.sign()

    left = [name for name in _files(atelier) if name.startswith("metadata")]
    assert sorted(left) == sorted(
        f"metadata/{name}.json" for name in ("1.root", "timestamp", "3.snapshot", "1.targets", "3.approved", "1.withdrawn")
    )
    assert player.look().shown == {"a", "b"}


def test_the_signer_goes_on_after_trouble_and_hurries_for_a_signature(atelier: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its rounds an error is said once and the next round tries again; a new signature does not wait for the round."""
    atelier.add("a")
    stopped, said = threading.Event(), list[str]()
    wait, lock, ran = atelier.clock.wait, atelier.folder / LOCK, list[int]()
    blocker = lock.open("w") if not lock.exists() else lock.open("r+")
    fcntl.flock(blocker, fcntl.LOCK_EX)

    def waited(until: threading.Event, length: int) -> bool:
        ran.append(length)
        if len(ran) == 3:
            blocker.close()
        if len(ran) == 200:
            atelier.both_approve("a")
        if said:
            stopped.set()
        return wait(until, length)

    monkeypatch.setattr(atelier.clock, "wait", waited)
    keep_signing(atelier.studio, atelier.clock, every=300_000_000_000, stopped=stopped, say=said.append)

    assert said == ["published approved 2, signed by anna, ben, 1 photos more, 0 fewer"]
    assert len(ran) == 201


def test_a_signature_that_comes_while_the_signer_works_does_not_wait(atelier: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lands in the folder after it was read, and before the round ended, begins the next round at once."""
    atelier.add("a")
    atelier.approve("anna", "a")
    stopped, said, began = threading.Event(), list[str](), atelier.clock.monotonic()

    def signs(studio: Studio, clock: Clock) -> Signing:
        done = sign_once(studio, clock)
        if not said and not done.news:
            atelier.approve("ben", "a")
        return done

    def say(line: str) -> None:
        said.append(line)
        stopped.set()

    monkeypatch.setattr(rounds, "sign_once", signs)
    keep_signing(atelier.studio, atelier.clock, every=300_000_000_000, stopped=stopped, say=say)

    assert said
    assert atelier.clock.monotonic() == began


def _files(atelier: Atelier) -> list[str]:
    public: Any = atelier.studio.public
    return [path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()]
