"""The two cookies and the token made of them."""

from __future__ import annotations

import pytest

from player.console.door import cookies
from player.console.door.cookies import Cookies

GUEST, OTHER, SESSION = "g" * 43, "h" * 43, "s" * 43


def test_a_token_is_of_one_browser_and_one_log_in() -> None:
    """The token of a page is right for the browser and the session that it was made for, and for no other."""
    mine = Cookies(GUEST, SESSION)
    token = mine.csrf()

    assert mine.is_token(token, of_session=True)
    assert not Cookies(OTHER, SESSION).is_token(token, of_session=False)
    assert not Cookies(GUEST, "t" * 43).is_token(token, of_session=True)
    assert not Cookies(GUEST).is_token(token, of_session=True)


def test_a_page_from_before_the_log_in_can_still_make_the_wall_dark() -> None:
    """What needs no log-in takes a token from before it, from after it, and from after it ended."""
    for made_in in (Cookies(GUEST), Cookies(GUEST, SESSION)):
        for pressed_in in (Cookies(GUEST), Cookies(GUEST, SESSION), Cookies(GUEST, "t" * 43)):
            assert pressed_in.is_token(made_in.csrf(), of_session=False)


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", GUEST, "\ud800"])
def test_no_token_is_none(token: str) -> None:
    """Whatever else is sent is no token, and breaks nothing."""
    assert not Cookies(GUEST, SESSION).is_token(token, of_session=False)
    assert not Cookies("").is_token(token, of_session=False)


def test_with_tls_no_other_program_can_set_them() -> None:
    """The name begins with __Host-, and so it must be secure, for all paths and for this host alone."""
    line = cookies.setting(cookies.SESSION, SESSION, is_secure=True)

    assert line == f"__Host-weremember-session={SESSION}; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert cookies.read(f"weremember-session={SESSION}", is_secure=True).session == ""
    assert cookies.read(f"__Host-weremember-session={SESSION}", is_secure=True).session == SESSION


def test_on_loopback_they_have_their_plain_names() -> None:
    """Without TLS a browser takes no __Host- cookie; one that is taken away ends at once."""
    assert "Max-Age=0" in cookies.setting(cookies.SESSION, "", is_secure=False)
    assert "Secure" not in cookies.setting(cookies.GUEST, GUEST, is_secure=False, is_kept=True)


@pytest.mark.parametrize("value", ["short", "x" * 44, "x" * 42 + "=", "x" * 42 + "ü", ""])
def test_what_has_not_the_form_of_a_token_is_not_looked_at(value: str) -> None:
    """It is as if there were no cookie."""
    assert cookies.read(f"weremember-guest={value}", is_secure=False).guest == ""


def test_new_names_are_of_the_right_form() -> None:
    """What is handed out is taken back."""
    guest = cookies.new_guest()

    assert cookies.read(f"a=b; weremember-guest={guest}", is_secure=False).guest == guest
    assert cookies.new_guest() != guest
