"""What may be ordered: one vocabulary for keyboard, command line, console and fleet. Each makes the same frozen value.

Here are the words and the rows alone; what an order does is decided in `player.show.obeying`.
"""

from player.command.orders import (
    BRIGHTEST,
    BRING_LIGHT,
    BY_FILE,
    BY_KEY,
    EVERYWHERE,
    MAX_LENGTH,
    REFUSED,
    UNATTENDED,
    Calibrate,
    Command,
    Dim,
    Extend,
    Go,
    Plain,
    ShowCard,
    Withdraw,
    lasts,
)
from player.command.rows import from_row, row_of
from player.command.words import VERBS, in_words, length_in_words, parse

__all__ = [
    "BRIGHTEST",
    "BRING_LIGHT",
    "BY_FILE",
    "BY_KEY",
    "EVERYWHERE",
    "MAX_LENGTH",
    "REFUSED",
    "UNATTENDED",
    "VERBS",
    "Calibrate",
    "Command",
    "Dim",
    "Extend",
    "Go",
    "Plain",
    "ShowCard",
    "Withdraw",
    "from_row",
    "in_words",
    "lasts",
    "length_in_words",
    "parse",
    "row_of",
]
