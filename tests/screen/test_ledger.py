"""What was decided and is not written yet."""

from __future__ import annotations

import threading

from player.library.photo import Pick
from player.screen.ledger import Ledger


def pick(key: int) -> Pick:
    """Return a pick."""
    return Pick(key, "wall", 1, is_debut=False)


def test_picks_are_counted_in_the_order_of_their_decision_until_they_are_closed() -> None:
    """Open entries give their picks, oldest first; a closed one gives none; closing twice is closing."""
    ledger = Ledger()
    first, second, third = (ledger.add((pick(n), pick(n + 10))) for n in range(3))
    assert [p.key for p in ledger.picks()] == [0, 10, 1, 11, 2, 12]
    ledger.close(second)
    ledger.close(second)
    assert [p.key for p in ledger.picks()] == [0, 10, 2, 12]
    ledger.close(first)
    ledger.close(third)
    assert ledger.picks() == ()


def test_two_threads_may_use_it_at_once() -> None:
    """The loader adds while the writer closes: nothing is lost, nothing is left."""
    ledger = Ledger()

    def work() -> None:
        for n in range(500):
            number = ledger.add((pick(n),))
            assert pick(n) in ledger.picks()
            ledger.close(number)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.picks() == ()
