"""What is damaged in a studio is said loudly: a withdrawal is never lost in silence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.publish import instants, report, ruling
from player.publish.report import Status
from tests.publish.atelier import Atelier, DyingDisk, PowerCut


def _status(atelier: Atelier) -> Status:
    return report.status(atelier.studio, instants.moment(atelier.clock.wall()))


def _folder(atelier: Atelier, role: str) -> Path:
    (folder,) = (atelier.folder / "pending" / role).iterdir()
    return folder


def _truncate_list(folder: Path) -> None:
    (folder / "documents" / "withdrawn" / "list.json").write_bytes(b'{"schema":1,')


def _truncate_metadata(folder: Path) -> None:
    path = folder / f"{folder.parent.name}.json"
    path.write_bytes(path.read_bytes()[:100])


def _lose_metadata(folder: Path) -> None:
    (folder / f"{folder.parent.name}.json").unlink()


def _lose_recipe(folder: Path) -> None:
    (folder / "made-from.json").unlink()


def _lose_signatures(folder: Path) -> None:
    shutil.rmtree(folder / "signatures")


def _truncate_signature(folder: Path) -> None:
    (folder / "signatures" / "anna.json").write_bytes(b'{"person":')


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _be_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("conflict")


def _be_called_otherwise(folder: Path) -> None:
    folder.rename(folder.with_name(f"{folder.name} (copy)"))


@pytest.mark.parametrize(
    "damage",
    [
        _truncate_list,
        _truncate_metadata,
        _lose_metadata,
        _lose_recipe,
        _lose_signatures,
        _truncate_signature,
        _empty,
        _be_a_file,
        _be_called_otherwise,
    ],
)
def test_a_damaged_withdrawal_is_said_until_it_is_made_good(atelier: Atelier, damage: Callable[[Path], None]) -> None:
    """Sign and status name the draft and what to do, again and again, and status alarms; whole again, the photo goes."""
    atelier.add("a")
    atelier.both_approve("a")
    atelier.sign()
    atelier.withdraw("anna", "a")
    folder = _folder(atelier, "withdrawn")
    whole = atelier.folder / "whole"
    shutil.copytree(folder, whole)
    damage(folder)

    (line,) = atelier.sign().damaged
    assert atelier.sign().damaged == (line,)
    assert line.startswith(f"pending/withdrawn/{folder.name}")
    assert "copy it again, or withdraw again" in line or "copy it again, or sign again" in line
    stands = _status(atelier)
    assert stands.is_alarming
    assert report.status_lines(stands)[0] == line
    assert atelier.desk("ben").damaged == (line,)

    shutil.rmtree(atelier.folder / "pending")
    shutil.copytree(whole, folder)
    signing = atelier.sign()
    assert "published the withdrawal of a" in signing.news
    assert not signing.damaged
    assert not atelier.has_bytes("a")


def test_every_roles_damaged_draft_is_said(atelier: Atelier) -> None:
    """Approvals, decisions and roots that cannot be read are named too."""
    atelier.add("a")
    atelier.approve("anna", "a")
    ruling.rotate(atelier.desk("anna"), "approved", removes=["cara"])
    ruling.rotate_machine(atelier.desk("anna"), "timestamp")
    for role in ("approved", "targets", "root"):
        _truncate_metadata(_folder(atelier, role))

    told = "\n".join(_status(atelier).damaged)

    assert [role in told for role in ("pending/approved/2-", "pending/targets/2-", "pending/root/2-")] == [True] * 3


@pytest.mark.parametrize("place", ["pending", "pending/withdrawn"])
def test_a_file_in_place_of_a_folder_is_said(atelier: Atelier, place: str) -> None:
    """A conflict of two synchronised folders can leave a file where the drafts were."""
    path = atelier.folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("conflict")

    (line,) = _status(atelier).damaged

    assert "cannot be read (Not a directory)" in line


@pytest.mark.parametrize("path", ["timestamp.json", "1.snapshot.json", "1.targets.json", "1.withdrawn.json", "1.root.json"])
def test_damaged_metadata_is_said_with_what_mends_it(atelier: Atelier, path: str) -> None:
    """Truncated, overwritten or gone: one line names the file and where a good one is; copied back, all goes on."""
    file = atelier.studio.public / "metadata" / path
    good = file.read_bytes()
    for bad in (good[: len(good) // 2], b"{}", good.replace(b'"sig"', b'"gis"'), None):
        if bad is None:
            file.unlink()
        else:
            file.write_bytes(bad)
        if path != "1.root.json" or bad is None:
            with pytest.raises(OperatorError, match=r"copy public/.*metadata/.* back from the web server") as told:
                _status(atelier)
            assert path in str(told.value)
    file.write_bytes(good)
    atelier.sign()


def test_a_damaged_page_is_said_with_what_mends_it(atelier: Atelier) -> None:
    """What metadata lists can be copied back in the same way."""
    (file,) = (atelier.studio.public / "targets" / "withdrawn").glob("*.list.json")
    file.write_text("{}")

    with pytest.raises(OperatorError, match=r"copy public/targets/withdrawn/.*list.json back from the web server"):
        _status(atelier)


def test_a_copy_of_a_whole_role_under_another_name_is_said(atelier: Atelier) -> None:
    """What a synchronised folder calls "withdrawn (conflict)" holds drafts that nobody would meet; litter holds none."""
    (atelier.folder / "pending" / "withdrawn (conflict)\n").mkdir(parents=True)
    (atelier.folder / "pending" / ".stfolder").mkdir()
    (atelier.folder / "pending" / "Thumbs.db").write_text("")

    (line,) = _status(atelier).damaged

    assert line.startswith("pending/withdrawn (conflict): is nothing that belongs there")


def test_a_withdrawal_whose_signature_is_false_is_said(atelier: Atelier) -> None:
    """A signature file that was overwritten with another one that can be read counts for nothing, and that is said."""
    atelier.add("a")
    atelier.withdraw("anna", "a")
    (path,) = (_folder(atelier, "withdrawn") / "signatures").iterdir()
    path.write_text(f'{{"keyid": "{atelier.key_of("anna").keyid}", "sig": "{"00" * 64}"}}')

    assert "is signed by nobody who may withdraw" in atelier.sign().warnings[0]
    assert _status(atelier).is_alarming

    atelier.withdraw("ben", "a")
    atelier.sign()
    assert not atelier.sign().warnings


@pytest.mark.parametrize("changes", range(8))
def test_a_power_cut_while_drafts_are_dropped_raises_no_alarm(atelier: Atelier, changes: int) -> None:
    """Half of a draft that has done its work is not taken for a damaged one, and the next run removes it."""
    atelier.add("a")
    atelier.withdraw("anna", "a")
    (draft,) = atelier.studio.pending.all()
    try:
        atelier.on(DyingDisk(changes)).pending.drop(draft)
    except PowerCut:
        assert not atelier.studio.pending.look().damaged

    atelier.sign()

    assert not list((atelier.folder / "pending").rglob("*.dropped"))
    assert not atelier.studio.pending.all()
