"""What streams tell of: how everything is, how far withdrawals have come, and what waits for reviewers.

The same JSON as the API's; and what pages write in words, as they word it themselves.
"""

from __future__ import annotations

from typing import Final

from player.console.api import shapes
from player.console.desk import Desk
from player.console.live import Topic
from player.console.looks import asking
from player.console.pages import journal, review
from player.console.pages import now as now_page
from player.console.pages import receipts as receipts_page

RECEIPTS: Final = 20  # a page that waits for one waits for the newest


async def now(desk: Desk, language: str) -> str:
    """Return how everything is."""
    del language  # sentences are keys here; whoever shows them has them in theirs
    return shapes.NowGiven(await asking.now_of(desk)).model_dump_json()


async def receipts(desk: Desk, language: str) -> str:
    """Return the last receipts."""
    del language
    return shapes.ReceiptsGiven(receipts=await asking.latest_receipts(desk, limit=RECEIPTS)).model_dump_json()


TOPICS: Final[tuple[Topic, ...]] = (
    Topic("now", now),
    Topic("receipts", receipts),
    now_page.TOPIC,
    receipts_page.TOPIC,
    journal.TOPIC,
    review.TOPIC,
)
"""A room that has something live adds its own here."""
