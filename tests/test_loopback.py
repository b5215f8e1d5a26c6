"""Which addresses are this very machine."""

from __future__ import annotations

import pytest

from player.loopback import is_loopback


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1"])
def test_this_machine_is_known(address: str) -> None:
    """However its address is written, also as a socket for both kinds of addresses writes it."""
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    ["192.0.2.1", "0.0.0.1", "::", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:192.0.2.1", "127.1", "localhost", "[::1]", ""],
)
def test_nothing_else_is_this_machine(address: str) -> None:
    """Not what is sent over a network on its way, nor a name, nor what no program takes for an address."""
    assert not is_loopback(address)
