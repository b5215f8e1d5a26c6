"""How fast the console finds photos: `python -m tests.bench.console_photos [--photos 100000]`.

Fills a library of its own with so many rows, as ingest writes them but for their files, and looks through it: the first page, one
deep in the middle, one that hardly anybody is on, and words that are rare, frequent or nobody's.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from player.library import browsing, photos, sources
from player.library.browsing import Believed, Sought
from player.library.database import transaction
from player.library.library import Library, open_library
from player.library.photos import Entry
from player.library.schema import LIBRARY
from player.library.words import sought
from player.units import SECOND, Nanos

BEGAN: Final[Nanos] = 1_800_000_000 * SECOND
TOGETHER: Final = 10_000  # rows of a transaction: nobody waits for this library
PAGE: Final = 48
TIMES: Final = 7
FIRST: Final = ("Anna", "Jan", "Łukasz", "Miriam", "דוד", "Sofia", "Peter", "Olha", "John", "Marek")
LAST: Final = ("Kowalska", "Nowak", "Levi", "Smith", "Müller", "Novák", "Cohen", "Wójcik", "Rossi", "Silva")
SAID: Final = (
    *("we", "remember", "those", "who", "were", "taken", "and", "the", "names", "that", "remain", "in", "our", "town", "near"),
    *("old", "station", "candle", "stone", "memory", "family", "children", "school", "street", "river", "winter", "snow"),
)
COUNTRIES: Final = ("PL", "IL", "US", "DE", "FR", "CZ", "NL", "HU")
LANGUAGES: Final = ("en", "pl", "he", "de")
RARE: Final = "Ringelblum"  # of one photo in a hundred thousand


def main() -> int:
    """Fill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the library there, and use it again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = asked.folder or Path(folder)
        with closing(open_library(place, writer="bench")) as library:
            began = time.perf_counter()
            made = fill(library, asked.photos)
            if made:
                print(f"{made:,} rows in {time.perf_counter() - began:.1f} s")
        with closing(open_library(place, writer="bench")) as library:
            size = (place / LIBRARY.name).stat().st_size
            print(f"{asked.photos:,} photos, library of {size / 1e6:,.0f} MB")
            for name, look in looks(library):
                print(f"  {name:<44} {_measured(look)}")
    return 0


def fill(library: Library, count: int, *, began: Nanos = BEGAN) -> int:
    """Bring *library* to *count* photos of two sources, which came from *began* on; return how many it took."""
    connection = library.connection
    if not {"wall", "museum"} <= sources.sources(connection).keys():
        sources.declare(connection, {"wall": "https://wall.example/feed.json", "museum": "https://museum.example/feed.json"})
        with transaction(connection, LIBRARY.name):
            connection.execute("UPDATE sources SET confirmed_at=?, lease_s=900", (began,))
    there = int(connection.execute("SELECT count(*) FROM photos").fetchone()[0])
    connection.execute("PRAGMA synchronous=OFF")
    for start in range(there, count, TOGETHER):
        _fill_part(library, start, min(TOGETHER, count - start), began)
    return count - there


def _fill_part(library: Library, start: int, count: int, began: Nanos) -> None:
    chance = random.Random(start)
    middle = start + count * 9 // 10
    for source, part in (("wall", range(start, middle)), ("museum", range(middle, start + count))):
        photos.commit(library.connection, source, [_entry(number, chance, began) for number in part], {})
    with transaction(library.connection, LIBRARY.name):
        library.connection.execute(
            "UPDATE photos SET original=sha256, picture=sha256, tile=substr(sha256, 2) || '0', width=1200, height=800,"
            " tile_width=480, tile_height=320, bytes=450000, prepared_for=1, shown=key%5, last_shown=entered+key"
            " WHERE key>? AND state='approved'",
            (start,),
        )
        library.connection.execute(
            "INSERT INTO ranks SELECT key, source, 0, shown>0, 0, entered, shown, entered, NULL FROM photos"
            " WHERE key>? AND picture IS NOT NULL",
            (start,),
        )


def _entry(number: int, chance: random.Random, began: Nanos) -> Entry:
    digest = f"{number:064x}"
    name = RARE if number % 100_000 == 7 else chance.choice(LAST)
    return Entry(
        item=f"https://social.example/@somebody/{number}",
        state="refused" if number % 50 == 0 else "approved",
        reason="",
        version=digest[:32],
        facts=digest[32:],
        image=f"https://cdn.example/{digest[:40]}.jpg",
        sha256=digest,
        size_in_bytes=2_000_000,
        caption=" ".join(chance.choices(SAID, k=chance.randrange(3, 22))),
        credit=f"{chance.choice(FIRST)} {name}",
        alt="",
        language=chance.choice(LANGUAGES),
        country="IS" if number % 100_000 == 9 else chance.choice(COUNTRIES),
        focal_x=None,
        focal_y=None,
        valid_until=None,
        is_news=False,
        entered=began + number,
    )


def looks(library: Library) -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield what is looked for, and how; each returns how many it found."""
    connection = library.connection
    (middle,) = connection.execute("SELECT max(key)/2 FROM photos").fetchone()
    believed = Believed(("wall", "museum"), BEGAN)

    def page(wanted: Sought, before: int | None = None, after: int | None = None) -> int:
        found = browsing.search(connection, wanted, believed, limit=PAGE, before=before, after=after)
        return len(browsing.rows(connection, found.keys))

    yield "first page", lambda: page(Sought())
    yield "deep page, older", lambda: page(Sought(), before=middle)
    yield "deep page, newer", lambda: page(Sought(), after=middle)
    yield "approved", lambda: page(Sought(state="approved"))
    yield "refused", lambda: page(Sought(state="refused"))
    yield "expired: nobody", lambda: page(Sought(state="expired"))
    yield "a country of one in 100,000", lambda: page(Sought(country="IS"))
    yield "shown 100 times: nobody", lambda: page(Sought(shown_least=100))
    yield "words: frequent", lambda: page(Sought(words=sought("remember")))
    yield "words: an author of one in 100,000", lambda: page(Sought(words=sought(RARE)))
    yield "words: nobody's", lambda: page(Sought(words=sought("zebra")))
    yield "words: two, and a country nobody is of", lambda: page(Sought(words=sought("anna remember"), country="XX"))
    yield "counts by state", lambda: len(browsing.counts(connection))
    yield "languages and countries", lambda: len(browsing.languages(connection) + browsing.countries(connection))


def _measured(look: Callable[[], int]) -> str:
    taken: list[float] = []
    found = 0
    for _ in range(TIMES):
        began = time.perf_counter()
        found = look()
        taken.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(taken):8.1f} ms median {max(taken):8.1f} most, {found:>3} found"


if __name__ == "__main__":
    sys.exit(main())
