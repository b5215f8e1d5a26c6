"""Who listens to streams: so many of one person, so many from one place, and always some for those who may act."""

from __future__ import annotations

import pytest

from player.console.audience import KEPT, MOST, OF_NETWORK, OF_ONE, Audience
from player.console.people.roles import Role
from player.console.people.rows import Person

VERA = Person(1, "Vera", Role.VIEWER)


def viewers(audience: Audience, *, address: str | None = None) -> int:
    """Let viewers come until there is room for none, from one *address* or each from their own; return how many came."""
    count = 0
    for number in range(2 * MOST):
        where, person = address or f"192.0.2.{number}", Person(100 + number, f"V{number}", Role.VIEWER)
        if not audience.has_room(person, where):
            break
        audience.enter(f"viewer {number}", person, where)
        count += 1
    return count


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_of_one_person_there_are_so_many(role: Role) -> None:
    """However often they have logged in, and from wherever; somebody else still has room."""
    audience, person = Audience(), Person(1, "Vera", role)
    for number in range(OF_ONE):
        assert audience.has_room(person, f"192.0.2.{number}")
        audience.enter(f"session {number % 4}", person, f"192.0.2.{number}")

    assert not audience.has_room(person, "192.0.2.99")
    assert audience.has_room(Person(2, "Olek", role), "192.0.2.99")


def test_people_who_only_look_leave_room_for_those_who_may_act() -> None:
    """However many they are, and wherever they come from."""
    audience = Audience()
    assert viewers(audience) == MOST - KEPT

    for number in range(KEPT):
        operator = Person(number, f"O{number}", Role.OPERATOR)
        assert audience.has_room(operator, "192.0.2.1")
        audience.enter(f"operator {number}", operator, "192.0.2.1")
    assert not audience.has_room(Person(99, "Ada", Role.ADMIN), "192.0.2.1")


def test_one_place_takes_no_other_places_room() -> None:
    """One network of version 6 is one place; an operator beside them is heard all the same."""
    audience = Audience()
    assert viewers(audience, address="2001:db8::1") == OF_NETWORK

    assert not audience.has_room(VERA, "2001:db8::2")
    assert audience.has_room(VERA, "2001:db8:0:1::1")
    assert audience.has_room(Person(2, "Olek", Role.OPERATOR), "2001:db8::1")


def test_who_leaves_is_forgotten() -> None:
    """With the last stream of a log-in."""
    audience = Audience()
    audience.enter("a", VERA, "192.0.2.1")
    audience.enter("a", VERA, "192.0.2.1")
    audience.leave("a")
    assert audience
    audience.leave("a")
    assert not audience
    assert audience.sessions() == {}
