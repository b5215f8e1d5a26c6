"""A reviewed folder with real pictures and real workers, from the configuration to the wall's right to show."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from player.console.looks import review
from player.library import alike, pending, right
from player.library.library import Library, open_library
from player.library.reviewing import Outcome, Reviewer
from player.library.verdicts import Verdict
from player.sections import Feed
from tests.fakes import corpus
from tests.ingest.test_once import Round

RITA: Final = Reviewer("rita", "Rita", "reviewer", 1, frozenset({"rita"}))
ADA: Final = Reviewer("ada", "Ada", "admin", 2, frozenset({"ada"}))


@pytest.fixture
def once(tmp_path: Path) -> Round:
    """A round with a folder that anybody may send to; two different pictures lie in it."""
    made = Round(tmp_path)
    made.feeds = {"sent": Feed(kind="folder", url=str(made.photos), trust="reviewed")}
    for number, name in enumerate(("a.jpg", "b.jpg")):
        (made.photos / name).write_bytes(drawn(number))
    return made


def drawn(number: int, *, quality: int = 90, width: int = 640) -> bytes:
    """Return a picture that looks like no other number's, saved as one likes."""
    return corpus.encoded(corpus.scene(seed=number).resize((width, width * 3 // 4)), quality=quality)


@contextmanager
def opened(once: Round) -> Generator[Library]:
    """Open the library as the console does."""
    with closing(open_library(once.data, writer="console")) as library:
        yield library


def decide(once: Round, item: str, verdict: Verdict, by: Reviewer) -> Outcome:
    """Let somebody decide on what they see of an item."""
    at = once.clock.wall()
    with opened(once) as library:
        row = next(row for row in pending.queue(library.connection, at) if row.item == item)
        return review.decide(library, row.key, review.mark_of(row), verdict, by=by, at=at, reason="hatred")


def test_from_the_folder_to_the_wall(once: Round) -> None:
    """Prepared and waiting after the first round, approved by two, on the wall's list after the second."""
    assert once.run() is False
    assert once.said == ["sent: 0 approved, 2 pending, 0 refused, 0 withdrawn"]
    assert once.files() == 4
    with opened(once) as library:
        assert right.ladder(library, once.clock.wall()).sources == ()

    assert [decide(once, "a.jpg", Verdict.APPROVE, by) for by in (RITA, ADA)] == [Outcome.DONE, Outcome.DONE]
    once.run()

    assert once.said == ["sent: 1 approved, 1 pending, 0 refused, 0 withdrawn"]
    with opened(once) as library:
        assert [source.name for source in right.ladder(library, once.clock.wall()).sources] == ["sent"]


def test_what_was_rejected_and_is_saved_anew_carries_a_warning(once: Round) -> None:
    """Other bytes, another size, the same picture: reviewers are told why the first one went; of others they are not."""
    once.run()
    assert decide(once, "a.jpg", Verdict.REJECT, RITA) is Outcome.DONE
    (once.photos / "again.jpg").write_bytes(drawn(0, quality=60, width=500))
    once.run()

    with opened(once) as library:
        rows = {row.item: row for row in pending.queue(library.connection, once.clock.wall())}
        near = {item: alike.alike(library.orders.connection, row.phash) for item, row in rows.items()}

    assert set(rows) == {"b.jpg", "again.jpg"}
    assert [each.reason for each in near["again.jpg"]] == ["rejected at review: hatred"]
    assert near["b.jpg"] == ()
    assert once.states()["a.jpg"] == "withdrawn"


def test_a_source_that_is_reviewed_no_more_is_judged_anew(once: Round) -> None:
    """The operator's word for it counts from then on; back again, what nobody reviewed waits."""
    once.run()
    once.feeds = {"sent": Feed(kind="folder", url=str(once.photos), trust="moderated")}
    once.run()
    assert once.states() == {"a.jpg": "approved", "b.jpg": "approved"}

    once.feeds = {"sent": Feed(kind="folder", url=str(once.photos), trust="reviewed")}
    once.run()

    assert once.states() == {"a.jpg": "pending", "b.jpg": "pending"}
