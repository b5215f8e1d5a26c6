"""What the screen plays: a show, the languages that it can speak here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from player import log
from player.errors import OperatorError
from player.films import items, named, with_films
from player.rolls import with_readings
from player.settings import Configuration
from player.show.director import wish
from player.show.layout import names_on
from player.show.playlist import NamesStep, Show, WordsChoice
from player.show.slide import Phrase, Stage
from player.text.phrases import Wording, load_wordings, phrases

_log = log.get("screen")

LAST_WORDS = Phrase("We Remember", "en")
"""What is said where no file says anything."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A show, and the words in it."""

    show: Show
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything of a configuration that shows need."""

    data: Path
    show: Show
    """The one that is on when nothing else is wanted."""
    phrases: tuple[Phrase, ...]
    stage: Stage
    bills: tuple[Bill, ...] = ()
    """All shows, in their order; empty: that one alone."""
    films: frozenset[str] = frozenset()
    """All films that may be opened, by file or as SOURCE/ID: those that the configuration names."""
    streams: Mapping[str, object] = field(default_factory=dict[str, object])
    """The streams that may be opened, by name; what is said of them matters only as far as it changes."""

    def bill(self, name: str) -> Bill:
        """Return a show by its name, with its words; where there is none of that name, the one that is on then."""
        return next((bill for bill in self.bills if bill.show.id == name), Bill(self.show, self.phrases))

    @property
    def has_photos(self) -> bool:
        """Whether there are photos in any show."""
        return any(wish(step).want for bill in self.bills for step in bill.show.steps)

    @property
    def paced(self) -> frozenset[str]:
        """The shows with a list of names that is read over its slot."""
        kinds = ((bill.show.id, step.kind) for bill in self.bills for step in bill.show.steps)
        return frozenset(show for show, kind in kinds if isinstance(kind, NamesStep) and kind.over == "slot")

    @property
    def shows(self) -> tuple[str, ...]:
        """The names of all shows, in their order: the first nine have a key."""
        return tuple(bill.show.id for bill in self.bills) or (self.show.id,)


def programme_of(
    configuration: Configuration,
    stage: Stage,
    speaks: Callable[[str, str], bool],
    has: Callable[[str, str], bool] | None = None,
) -> Programme:
    """Return what *configuration* plays on *stage*.

    Args:
        configuration: Its files of names are read.
        stage: Where.
        speaks: Whether one font says all of a (language, text): in other languages nothing is said.
        has: Whether fonts have all of a (language, text): other names are left out. None: as *speaks* says of each letter.
    """
    spoken: dict[WordsChoice, tuple[Phrase, ...]] = {}
    a_page = names_on(stage)

    def bill(name: str | None) -> Bill:
        show = with_readings(configuration.show(name), a_page, has=has or speaks)
        choice = configuration.words_of(show)
        show = with_films(show, choice.languages or (), configuration.data)
        if choice not in spoken:  # most shows make the same choice, and reading all languages takes its time
            spoken[choice] = phrases_of(configuration, show, speaks)
        return Bill(show, spoken[choice])

    on = bill(None)
    bills = tuple(bill(name) for name in sorted(configuration.playlists))
    playlists = tuple(configuration.playlists.values())
    films = frozenset((*named(playlists), *("/".join(each) for each in items(playlists))))
    return Programme(configuration.data, on.show, on.phrases, stage, bills, films, configuration.settings.streams)


def phrases_of(configuration: Configuration, show: Show, speaks: Callable[[str, str], bool]) -> tuple[Phrase, ...]:
    """Return the words of *show*, in the order of their turn; English at least."""
    choice = configuration.words_of(show)
    try:
        wordings: tuple[Wording, ...] = load_wordings(configuration.words_file)
    except OperatorError as error:
        _log.error("the words cannot be read: English alone is shown", why=str(error))
        return (LAST_WORDS,)
    known = {wording.language for wording in wordings}
    languages = [language for language in choice.languages or known if language in known]
    chosen = phrases(wordings, only_checked=choice.only_checked is not False, languages=languages)
    spoken = tuple(Phrase(w.text, w.language) for w in chosen if speaks(w.language, w.text))
    return spoken or (LAST_WORDS,)
