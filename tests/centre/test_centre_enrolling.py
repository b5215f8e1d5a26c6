"""Who belongs to the fleet: bundles that a player can begin with, and papers that count no more."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from player.centre.collecting import COLLECTED
from player.centre.enrolling import Wish, enrol, farewell, revoke, tell_enrolled
from player.centre.founding import Office, opened
from player.centre.link import Link, Message, Papers
from player.centre.store import Store, Wanted
from player.cli import main
from player.errors import NetworkError, OperatorError
from player.publish.founding import Person, found
from player.settings import load
from player.units import SECOND
from tests.fakes.broker import free_port, needs_mosquitto, until
from tests.fakes.centre import enrolled, founded, papers_of, player_link, running, status
from tests.fakes.clock import OPENING, FakeClock

LATER = OPENING + 3600 * SECOND


def test_a_bundle_is_all_that_a_player_needs(tmp_path: Path) -> None:
    """Its configuration has no mistake in it, and every file that it names is there; the archive holds the same."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        wish = Wish(id="oswiecim-1", group="memorial", site="Oświęcim: the gate", feed="https://photos.example.org/")
        done = enrol(office, store, wish, OPENING)
    loaded = load(done.folder / "config.yaml")
    with tarfile.open(done.archive) as tar:
        entries = tar.getmembers()
        tar.extractall(tmp_path / "there", filter="data")

    assert not loaded.problems
    assert loaded.configuration is not None
    settings = loaded.configuration.settings
    assert settings.fleet is not None
    assert (settings.fleet.id, settings.fleet.groups) == ("oswiecim-1", ("memorial",))
    assert settings.fleet.broker == "mqtts://127.0.0.1:8883"
    assert settings.site.name == "Oświęcim: the gate"
    assert settings.feeds["campaign"].trust == "signed"
    for path in (path for path in done.folder.rglob("*") if path.is_file()):
        assert (tmp_path / "there" / "oswiecim-1" / path.relative_to(done.folder)).read_bytes() == path.read_bytes()
    assert {(entry.uid, entry.gid, entry.uname, entry.gname, entry.mtime) for entry in entries} == {(0, 0, "", "", 0)}
    assert {stat.filemode(entry.mode) for entry in entries if entry.name.endswith("-key.pem")} == {"?rw-------"}
    assert stat.S_IMODE(done.archive.stat().st_mode) == 0o600


def test_the_rest_of_a_configuration_is_the_templates(tmp_path: Path) -> None:
    """What a template says stays, its times and words as they were written, besides what only the centre knows."""
    office = founded(tmp_path)
    (tmp_path / "t.yaml").write_text(
        "site: {zone: Europe/Warsaw}\nfeeds: {}\nfleet: {share: 2/5, id: other}\n"
        'display: {fullscreen: "true"}\nschedule:\n  slots: [{id: day, show: wall, at: 09:00 to 17:00}]\n'
    )
    with Store(office.folder) as store:
        done = enrol(office, store, Wish(id="a", group="g", site="Here", template=tmp_path / "t.yaml"), OPENING)
    loaded = load(done.folder / "config.yaml")

    assert not loaded.problems
    assert loaded.configuration is not None
    settings = loaded.configuration.settings
    assert (settings.site.zone, settings.site.name) == ("Europe/Warsaw", "Here")
    assert settings.fleet is not None
    assert (settings.fleet.share, settings.fleet.id) == ("2/5", "a")
    assert settings.schedule.slots


def test_the_root_of_its_feed_travels_with_it(tmp_path: Path) -> None:
    """The publisher's root is in the bundle, and its page says how it is pinned; what is no root is refused."""
    office = founded(tmp_path)
    people = [Person(name, "a long passphrase") for name in ("anna", "jan", "rut")]
    root = found(tmp_path / "studio", people, FakeClock(), stretch=1).root_file
    with Store(office.folder) as store:
        done = enrol(office, store, Wish(id="a", group="g", feed="https://x.example/", root=root), OPENING)
        (tmp_path / "no.json").write_text("{}")
        with pytest.raises(OperatorError, match="is no root"):
            enrol(office, store, Wish(id="b", group="g", root=tmp_path / "no.json"), OPENING)
        assert store.player("b") is None

    assert (done.folder / "1.root.json").read_bytes() == root.read_bytes()
    assert "feed trust a/1.root.json" in (done.folder / "README").read_text()


@pytest.mark.parametrize("name", ["", "A", "a/b", "../a", "a b", "-a", "ä", "a" * 64, "centre", "+", "#", "a\n"])
def test_a_name_that_could_be_a_path_or_a_topic_is_none(tmp_path: Path, name: str) -> None:
    """Whatever is no small word is refused as an id, and nothing is written."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        with pytest.raises(OperatorError):
            enrol(office, store, Wish(id=name, group="g"), OPENING)
        assert not store.players(Wanted(revoked=True))
    assert not list((office.folder / "bundles").iterdir())


@pytest.mark.parametrize("text", ["[1, 2]", "site: x", "a: [", "fleet: [a]", "x: &a [*a]", ""])
def test_a_template_that_is_none_costs_nothing(tmp_path: Path, text: str) -> None:
    """A template that is no configuration is refused in a line, and the player is not enrolled."""
    office = founded(tmp_path)
    (tmp_path / "t.yaml").write_text(text)
    with Store(office.folder) as store:
        with pytest.raises(OperatorError):
            enrol(office, store, Wish(id="a", group="g", site="s", template=tmp_path / "t.yaml"), OPENING)
        assert store.player("a") is None


def test_one_that_is_enrolled_gets_new_papers_only_when_that_is_said(tmp_path: Path) -> None:
    """Enrolling again is refused; with `again` the old certificate is revoked, and the id is not refused at the broker."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        first = enrolled(office, store, "a")
        before = (first.folder / "fleet/a.pem").read_bytes()
        with pytest.raises(OperatorError, match="--again"):
            enrolled(office, store, "a")
        assert (first.folder / "fleet/a.pem").read_bytes() == before
        done = enrol(office, store, Wish(id="a", group="other"), LATER, again=True)
        with store.reading() as connection:
            gone = connection.execute("SELECT count(*) FROM papers WHERE revoked_at IS NOT NULL").fetchone()
        assert (done.is_again, gone) == (True, (1,))
        assert (found_again := store.player("a")) is not None
        assert (found_again.group, found_again.revoked_at) == ("other", None)

    assert (done.folder / "fleet/a.pem").read_bytes() != before
    assert "user a\n" not in (office.folder / "mosquitto/acl").read_text()


def test_a_revoked_player_leaves_the_list_and_its_key_the_folder(tmp_path: Path) -> None:
    """Revoked, a player is counted no more, its bundle is gone, and revoking it again says so."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        done = enrolled(office, store, "a")
        enrolled(office, store, "b")
        revoke(office, store, "a", LATER)
        assert [player.id for player in store.players(Wanted())] == ["b"]
        assert store.counts().players == 1
        assert {player.id for player in store.players(Wanted(revoked=True))} == {"a", "b"}
        for name, words in (("a", "was revoked before"), ("c", "no player c was enrolled")):
            with pytest.raises(OperatorError, match=words):
                revoke(office, store, name, LATER)

    assert not done.folder.exists()
    assert not done.archive.exists()
    assert "user a\ntopic deny #" in (office.folder / "mosquitto/acl").read_text()


@needs_mosquitto
def test_a_revoked_player_is_put_out_by_a_reload(tmp_path: Path) -> None:
    """After the reload that is asked for, one that is still connected is deaf and mute, and it is not let in again."""
    with running(tmp_path) as (office, broker), Store(office.folder) as store:
        a, b = enrolled(office, store, "a"), enrolled(office, store, "b")
        papers = papers_of(a, "a")
        copies = type(papers)(*(tmp_path / name for name in ("ca.pem", "a.pem", "a-key.pem")))
        for copy, path in ((copies.ca, papers.ca), (copies.certificate, papers.certificate), (copies.key, papers.key)):
            copy.write_bytes(path.read_bytes())
        topics = ("wr/1/p/a/cmd/#", "wr/1/all/hint")
        with player_link(office, a, "a", *topics) as lost, player_link(office, b, "b", "wr/1/all/hint") as other:
            lost.publish(Message("wr/1/p/a/status", status(), is_retained=True))
            revoke(office, store, "a", LATER)
            broker.install()
            broker.reload()
            with office.link("centre", topics=("wr/1/p/+/status",)).open() as centre:
                centre.publish_all(farewell("a"))
                until(lambda: _is_refused(lost), "the reload")
                centre.publish(Message("wr/1/p/a/cmd/dark", b"{}"))
                centre.publish(Message("wr/1/all/hint", b"{}"))
                until(lambda: other.take(1, 0.1), "the hint at the other one")
            assert not lost.take(5, 0.2)
            with pytest.raises(NetworkError, match="ends the connection at once"):
                Link(office.centre.broker, copies, name="another").open()
            with office.link("centre", topics=("wr/1/p/+/status",)).open() as centre:
                assert not centre.take(5, 0.3), "nothing of it is retained"


def _is_refused(link: Link) -> bool:
    try:
        link.publish(Message("wr/1/p/a/event", b"{}"))
    except NetworkError:
        return True
    return False


@needs_mosquitto
def test_new_papers_leave_the_old_ones_outside(tmp_path: Path) -> None:
    """After enrolling again and a reload, the old certificate is not let in, the new one is."""
    with running(tmp_path) as (office, broker), Store(office.folder) as store:
        old = enrolled(office, store, "a")
        kept = tmp_path / "old"
        (old.folder / "fleet").rename(kept)
        done = enrol(office, store, Wish(id="a", group="g"), LATER, again=True)
        broker.install()
        broker.reload()
        papers = papers_of(done, "a")
        stolen = type(papers)(kept / "ca.pem", kept / "a.pem", kept / "a-key.pem")

        with player_link(office, done, "a") as link:
            link.publish(Message("wr/1/p/a/status", status()))
            until(lambda: not _is_let_in(office, stolen), "the reload")
            link.publish(Message("wr/1/p/a/status", status()))


def _is_let_in(office: Office, papers: Papers) -> bool:
    try:
        Link(office.centre.broker, papers, name="x").open().close()
    except NetworkError:
        return False
    return True


def test_the_commands_do_all_of_it(tmp_path: Path) -> None:
    """`fleet init`, `enrol` and `revoke` make a centre and a bundle, say what to type, and are one line where they refuse."""
    run, folder = CliRunner(), tmp_path / "c"
    made = run.invoke(main, ["fleet", "init", str(folder), "--broker", f"127.0.0.1:{free_port()}", "--players", "50"])
    first = run.invoke(main, ["fleet", "enrol", "a-1", "--group", "g", "--site", "Here", "--centre", str(folder)])
    twice = run.invoke(main, ["fleet", "enrol", "a-1", "--group", "g", "--centre", str(folder)])
    again = run.invoke(main, ["fleet", "enrol", "a-1", "--group", "g", "--again", "--centre", str(folder)])
    gone = run.invoke(main, ["fleet", "revoke", "a-1"], env={"WEREMEMBER_CENTRE": str(folder)})
    nowhere = run.invoke(main, ["fleet", "revoke", "a-1", "--centre", str(tmp_path)])
    wrong = run.invoke(main, ["fleet", "init", str(tmp_path / "d"), "--broker", "a b"])

    assert made.exit_code == 0, made.output
    assert "systemctl restart mosquitto" in made.output
    assert opened(folder).centre.players == 50
    assert "a-1.tar.gz" in first.output
    assert (twice.exit_code, twice.output.count("\n")) == (1, 1)
    assert "systemctl reload mosquitto" in again.output
    assert "is revoked" in gone.output
    assert "is mosquitto running?" in gone.output
    assert gone.exit_code == 0
    assert "fleet init" in nowhere.output
    assert wrong.exit_code == 2
    assert not (tmp_path / "d").exists()


@needs_mosquitto
def test_who_is_enrolled_finds_word_at_the_broker(tmp_path: Path) -> None:
    """Said at once where nobody collects; where somebody does, it is left to them."""
    clock = FakeClock()
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        done = enrolled(office, store, "a")
        assert tell_enrolled(office, store, "a", clock) == "word for a is left at the broker"
        with player_link(office, done, "a", "wr/1/p/a/desired") as player:
            until(lambda: player.take(1, 0.1), "what is desired")
        store.note(COLLECTED, str(clock.wall()))
        assert tell_enrolled(office, store, "a", clock) == "the collector that runs leaves word for a at the broker"
