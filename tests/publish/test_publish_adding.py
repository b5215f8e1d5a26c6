"""Adding photos: what is kept of them, and what is not."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from player.errors import OperatorError
from player.publish import adding
from player.publish.adding import Added
from tests.publish.atelier import Atelier

SECRET_PLACE = b"52.0947 N 23.0 E"


def _photo(path: Path, seed: int = 1, *, tail: bytes = b"") -> Path:
    chance = random.Random(seed)
    image = Image.frombytes("RGB", (8, 6), chance.randbytes(8 * 6 * 3)).resize((160, 120))
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = SECRET_PLACE.decode()
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue() + tail)
    return path


def _add(atelier: Atelier, *sources: Path) -> Added:
    return adding.add(atelier.studio, sources, atelier.clock, lambda _: None)


def test_a_photo_is_kept_upright_and_without_anything_else(atelier: Atelier, tmp_path: Path) -> None:
    """Turned as its EXIF says, then without EXIF and without what was appended: only the picture is left."""
    _photo(tmp_path / "in" / "one.jpg", tail=b"PK\x03\x04 an archive")

    (facts,) = _add(atelier, tmp_path / "in").new

    body = atelier.studio.photo(facts.sha256).read_bytes()
    assert SECRET_PLACE not in body
    assert b"PK" not in body[-64:]
    with Image.open(io.BytesIO(body)) as kept:
        assert kept.size == (facts.width, facts.height) == (120, 160)
        assert not kept.getexif()


def test_the_words_come_from_the_file_beside_it(atelier: Atelier, tmp_path: Path) -> None:
    """The same sidecar that the player reads; changed before the approval, adding again takes it anew."""
    _photo(tmp_path / "one.jpg")
    words = tmp_path / "one.jpg.yaml"
    words.write_text("caption: From Zagreb\nalt: A sheet of paper\nlanguage: hr\ncountry: hr\nfocal: [0.1, -0.3]\n")
    (facts,) = _add(atelier, tmp_path / "one.jpg").new
    assert (facts.caption, facts.alt, facts.language, facts.country) == ("From Zagreb", "A sheet of paper", "hr", "HR")
    assert facts.focal == (0.1, -0.3)
    atelier.approve("anna", facts.id)

    words.write_text("caption: From Split\n")
    again = _add(atelier, tmp_path / "one.jpg")

    assert (again.known, again.reworded) == (1, (facts.id,))
    assert not atelier.approve("ben", facts.id).complete


def test_adding_twice_adds_once_and_an_interruption_is_made_good(atelier: Atelier, tmp_path: Path) -> None:
    """A file that is there is known, whatever it is called now; what was not taken before is taken."""
    _photo(tmp_path / "in" / "1.jpg", 1)
    first = _add(atelier, tmp_path / "in")
    _photo(tmp_path / "in" / "2.jpg", 2)
    (tmp_path / "in" / "1.jpg").rename(tmp_path / "in" / "renamed.jpg")

    second = _add(atelier, tmp_path / "in")

    assert (len(first.new), len(second.new), second.known) == (1, 1, 1)
    assert first.new[0].id.startswith("p-")
    assert len(first.new[0].id) == 14


def test_what_is_refused_is_listed_with_its_reason(atelier: Atelier, tmp_path: Path) -> None:
    """A text, a picture that was there under other metadata, and one that was withdrawn: each has a line, the rest is added."""
    _photo(tmp_path / "in" / "1.jpg", 1)
    (first,) = _add(atelier, tmp_path / "in").new
    atelier.withdraw("anna", first.id)
    atelier.sign()
    (tmp_path / "in" / "letter.jpg").write_text("Dear all")
    (tmp_path / "in" / ".hidden.jpg").write_text("nothing")
    _photo(tmp_path / "in" / "2.jpg", 2)
    _photo(tmp_path / "in" / "3.jpg", 2, tail=b"something else")
    _photo(tmp_path / "in" / "4.jpg", 1, tail=b"something else")

    added = _add(atelier, tmp_path / "in")

    assert len(added.new) == 1
    lines = "\n".join(sorted(added.refused))
    assert '"1.jpg": withdrawn as ' in lines
    assert 'jpg": the same picture as p-' in lines
    assert '"4.jpg": the same picture was withdrawn' in lines
    assert '"letter.jpg": not a picture that can be shown: it is text' in lines
    assert len(added.refused) == 4


def test_a_folder_that_is_not_there_is_one_line(atelier: Atelier, tmp_path: Path) -> None:
    """A wrong path is said before anything is looked at."""
    with pytest.raises(OperatorError, match="no such file or folder"):
        _add(atelier, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("words", "line", "caption"),
    [
        ("caption: [\n", '"good.jpg": added without its words: good.yaml: not YAML', ""),
        (
            "caption: Hi\ncountry: Croatia\n",
            '"good.jpg": added with the rest of its words: good.yaml: country is not a code',
            "Hi",
        ),
    ],
)
def test_words_that_cannot_be_read_do_not_refuse_the_photo(
    atelier: Atelier, tmp_path: Path, words: str, line: str, caption: str
) -> None:
    """The photo counts as added, and what became of its words is said beside the name of their file."""
    _photo(tmp_path / "good.jpg")
    (tmp_path / "good.yaml").write_text(words)

    added = _add(atelier, tmp_path / "good.jpg")

    assert ([facts.caption for facts in added.new], added.refused) == ([caption], ())
    assert added.wordless[0].startswith(line)


def test_an_empty_folder_is_said(atelier: Atelier, tmp_path: Path) -> None:
    """Whoever names the wrong folder is not told that all went well."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "only.yaml").write_text("caption: x")

    with pytest.raises(OperatorError, match="in: holds no file to add"):
        _add(atelier, tmp_path / "in")
