"""The words in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.errors import OperatorError
from player.text.phrases import Wording, load_wordings, phrases

ASSET = Path(__file__).parents[2] / "assets" / "words.yaml"


def written(tmp_path: Path, text: str) -> Path:
    """Write *text* to a file."""
    path = tmp_path / "words.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_words_come_in_the_order_of_the_file() -> None:
    """English first, then Hebrew, as a show goes through them."""
    wordings = load_wordings(ASSET)
    assert wordings[0] == Wording("en", "We Remember", checked=True)
    assert wordings[1].language == "he"
    assert len({wording.language for wording in wordings}) == len(wordings) > 40


def test_only_checked_words_are_used_unless_a_show_says_otherwise() -> None:
    """Words that no native reader has checked are left out."""
    wordings = load_wordings(ASSET)
    assert [wording.language for wording in phrases(wordings, only_checked=True)] == ["en"]
    assert phrases(wordings, only_checked=False) == wordings


def test_a_show_may_choose_languages() -> None:
    """Chosen languages keep the order of the file; an unknown one is an error."""
    wordings = load_wordings(ASSET)
    chosen = phrases(wordings, only_checked=False, languages=["pl", "he"])
    assert [wording.language for wording in chosen] == ["he", "pl"]
    with pytest.raises(OperatorError, match="tlh"):
        phrases(wordings, only_checked=False, languages=["tlh"])


def test_no_is_a_language_and_not_a_falsehood(tmp_path: Path) -> None:
    """YAML would read `no` as false; here every scalar is text."""
    assert load_wordings(written(tmp_path, "no: {text: Vi husker}\n")) == (Wording("no", "Vi husker", checked=False),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("- en\n", 1),
        ("en: {text: We Remember}\nen: {text: Again}\n", 2),
        ("en: We Remember\n", 1),
        ("en: {text: We Remember, chekced: true}\n", 1),
        ("en: {text: We Remember, checked: maybe}\n", 1),
        ("en: {text: ''}\n", 1),
        ("en: {checked: true}\n", 1),
        ("en: {text: [We, Remember]}\n", 1),
        ("en: {text: a, text: b}\n", 1),
        ("English: {text: We Remember}\n", 1),
        ("? [a]\n: {text: We Remember}\n", 1),
        ("en: {text: We Remember}\n\t", 2),
        (f"en: {{text: {'x' * 81}}}\n", 1),
    ],
)
def test_every_mistake_is_named_with_its_file_and_line(tmp_path: Path, text: str, line: int) -> None:
    """A person can find what to mend."""
    path = written(tmp_path, text)
    with pytest.raises(OperatorError) as caught:
        load_wordings(path)
    assert str(caught.value).startswith(f"{path}:{line} ")


def test_a_missing_file_is_the_operators_to_mend(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(OperatorError, match=r"nowhere\.yaml"):
        load_wordings(tmp_path / "nowhere.yaml")
