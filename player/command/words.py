"""Orders as people write and read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from player.command.orders import EVERYWHERE, UNATTENDED, Calibrate, Command, Dim, Extend, Go, Plain, ShowCard, Withdraw
from player.command.reading import echo, evening, length_of, level_of, named
from player.errors import OperatorError
from player.units import SECOND, Nanos

_OFF: Final = "off"
_PLAIN: Final = {plain.value: plain for plain in Plain}
_HOW: Final = {
    "go": "say which show: go SHOW, or go SHOW for 2h",
    "extend": "say for how long: extend 30m",
    "dim": "say how bright, 0 to 100: dim 60",
    "withdraw": "say which photo: withdraw SOURCE/ID, or an ID for every source",
    "testcard": "say which test card: testcard grid, testcard grid on left for 5m, or testcard off",
    "calibrate": "say calibrate, calibrate on left, calibrate on left for 1h, or calibrate off",
}
VERBS: Final = (*_HOW, *_PLAIN)


def parse(words: Sequence[str], sources: Collection[str] = ()) -> Command:
    """Return the order that a person wrote, such as `go facade for 2h`.

    *sources* are those that a withdrawal may name before the first slash; ids may hold slashes, too.

    Raises:
        OperatorError: it is none; the message says how to write it.
    """
    match [word for word in words if word]:
        case [verb] if verb in _PLAIN:
            return _PLAIN[verb]
        case ["go", show, *rest] if rest[:1] in ([], ["for"]):
            return Go(named(show, "show"), length_of("".join(rest[1:])) if rest[1:] else None)
        case ["extend", *length] if length:
            return Extend(length_of("".join(length)))
        case ["dim", level]:
            return Dim(level_of(level))
        case ["withdraw", name]:
            source, slash, item = named(name, "item").partition("/")
            return Withdraw(item, source) if slash and item and source in sources else Withdraw(name)
        case given:
            found = _setting_up(given)
            if found is None:
                raise OperatorError(_wrong(given))
            return found


def in_words(command: Command) -> str:
    """Return *command* as a person would write it."""
    match command:
        case Go(show, length):
            return f"go {show}" + ("" if length is None else f" for {length_in_words(length)}")
        case Extend(length):
            return f"extend {length_in_words(length)}"
        case Dim(level):
            return f"dim {level}"
        case Withdraw(item, source):
            return f"withdraw {item}" if source == EVERYWHERE else f"withdraw {source}/{item}"
        case ShowCard() | Calibrate():
            return _set_up_in_words(command)
        case Plain():
            return command.value


def length_in_words(length: Nanos) -> str:
    """Return a length of time as `1 d 2 h`, `1 h 30 min`, `90 s`: whole seconds, at most two units."""
    seconds = round(length / SECOND)
    if seconds < 120:  # noqa: PLR2004 - below two minutes people count in seconds
        return f"{seconds} s"
    found: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            found.append(f"{number} {unit}")
    return " ".join(found[:2])


def _setting_up(words: Sequence[str]) -> ShowCard | Calibrate | None:
    """Return the order that shows a test card or lets keys edit; None when it is neither."""
    match words:
        case ["testcard", name, *rest]:
            output, length = _on_for(rest, "testcard")
            return ShowCard(None if name == _OFF else named(name, "card"), output, length)
        case ["calibrate", "off"]:
            return Calibrate(is_over=True)
        case ["calibrate", *rest]:
            return Calibrate(*_on_for(rest, "calibrate"))
        case _:
            return None


def _on_for(words: Sequence[str], verb: str) -> tuple[str | None, Nanos]:
    """Return which output and for how long, of `on OUTPUT for 5m` or a part of it."""
    output: str | None = None
    rest = words
    if words[:1] == ["on"] and words[1:]:
        output, rest = named(words[1], "output"), words[2:]
    if not rest:
        return output, UNATTENDED
    if rest[0] != "for" or not rest[1:]:
        raise OperatorError(_HOW[verb])
    return output, evening(length_of("".join(rest[1:])))


def _set_up_in_words(command: ShowCard | Calibrate) -> str:
    on = f" on {command.output}" if command.output else ""
    length = f" for {length_in_words(command.length)}"
    match command:
        case ShowCard(name):
            return f"testcard {name}{on}{length}" if name else f"testcard {_OFF}{on}"
        case Calibrate(is_over=is_over):
            return f"calibrate {_OFF}" if is_over else f"calibrate{on}{length}"


def _wrong(given: Sequence[str]) -> str:
    """Say what is wrong with words that are no order."""
    if not given:
        return f"say what is to be done: {', '.join(VERBS)}"
    verb, *rest = given
    if verb in _PLAIN:
        return f'{verb} takes no "{echo(" ".join(rest))}"'
    return _HOW.get(verb, f"unknown command {echo(verb)}")
