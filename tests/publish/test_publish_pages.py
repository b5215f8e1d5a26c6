"""Which page an item goes on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from player.feed.signed.layout import MAX_PAGE_BYTES, MAX_PAGE_ITEMS
from player.publish import documents
from player.publish.documents import Record
from player.publish.pages import Page, after
from tests.publish.atelier import facts


def _item(number: int, length: int = 0) -> Record:
    return {**documents.item_of(facts(f"p-{number}"), "2027-01-20T09:00:00Z"), "content_text": "x" * length}


def _nothing(_: Record) -> bool:
    return False


def test_a_page_is_sealed_at_two_hundred_items() -> None:
    """The 201st item begins another page, and the first is not touched again."""
    first = after((), adds=[_item(n) for n in range(MAX_PAGE_ITEMS)], is_gone=_nothing, title="T")

    second = after(first, adds=[_item(1000)], is_gone=_nothing, title="T")

    assert [len(page.items) for page in second] == [MAX_PAGE_ITEMS, 1]
    assert second[0] is first[0]
    assert [page.name for page in second] == ["page-0001.json", "page-0002.json"]


def test_long_captions_seal_a_page_earlier() -> None:
    """No page is larger than 64 KiB, unless a single item is."""
    pages = after((), adds=[_item(n, 5000) for n in range(40)], is_gone=_nothing, title="T")

    assert all(len(documents.page("T", page.items)) <= MAX_PAGE_BYTES for page in pages)
    assert len(pages) == 4


def test_a_sealed_page_is_not_filled_up_again() -> None:
    """Where something was withdrawn from a sealed page, new items still go to the end: who has that page keeps it."""
    full = after((), adds=[_item(n) for n in range(250)], is_gone=_nothing, title="T")
    thinner = after(full, adds=(), is_gone=lambda item: item["id"] == "p-3", title="T")

    grown = after(thinner, adds=[_item(1000)], is_gone=_nothing, title="T")

    assert grown[0] is thinner[0]
    assert len(grown[0].items) == MAX_PAGE_ITEMS - 1


def test_a_page_with_nothing_left_on_it_is_dropped() -> None:
    """And its number is not given to another page while a later one is there."""
    pages = after((), adds=[_item(n) for n in range(201)], is_gone=_nothing, title="T")
    gone = {f"p-{n}" for n in range(200)}

    left = after(pages, adds=(), is_gone=lambda item: item["id"] in gone, title="T")

    assert [page.name for page in left] == ["page-0002.json"]


_STEPS = st.lists(st.tuples(st.integers(0, 450), st.sets(st.integers(0, 999), max_size=20)), max_size=5)


@settings(max_examples=40, deadline=None)
@given(_STEPS)
def test_every_item_is_on_one_page_and_only_open_pages_grow(steps: list[tuple[int, set[int]]]) -> None:
    """Whatever is added and withdrawn: what is approved is listed once, in order, and sealed pages that lost nothing stay."""
    pages: tuple[Page, ...] = ()
    expected: list[str] = []
    number = 0
    for count, gone in steps:
        names = {f"p-{n}" for n in gone}
        adds = [_item(n) for n in range(number, number + count)]
        number += count

        new = after(pages, adds=adds, is_gone=lambda item, names=names: item["id"] in names, title="T")

        expected = [name for name in expected if name not in names] + [documents.id_of(item) for item in adds]
        assert [documents.id_of(item) for page in new for item in page.items] == expected
        assert all(0 < len(page.items) <= MAX_PAGE_ITEMS for page in new)
        for page in pages[:-1]:
            if not any(documents.id_of(item) in names for item in page.items):
                assert any(page is each for each in new)
        pages = new
