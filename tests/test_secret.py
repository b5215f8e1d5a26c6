"""Secrets: by reference in the configuration, read late, sent to one place, shown nowhere."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from player import log
from player.clock import SystemClock
from player.errors import NetworkError, OperatorError, WeRememberError
from player.feed.address import AddressPolicy, Token
from player.feed.fetch import HttpFetcher, Response
from player.secret import MAX_BYTES, Secret, SecretRef
from tests.fakes.script import Script, ScriptedServer, always, page

KEY = "k3y/with+signs=&more"
VARIABLE = "WEREMEMBER_TEST_KEY"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key in the environment, and the log as it was afterwards."""
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.setattr(log, "_hidden", {})
    root, ours = logging.getLogger(), logging.getLogger("weremember")
    before = (list(root.handlers), root.level, ours.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.captureWarnings(capture=False)


@pytest.fixture
def heard() -> io.StringIO:
    """What the log says."""
    stream = io.StringIO()
    log.set_up(verbose=True, stream=stream, environ={})
    return stream


class Model(BaseModel):
    """A part of a configuration."""

    token: SecretRef


def in_file(folder: Path, content: bytes, mode: int = 0o600) -> Secret:
    """A secret in a file."""
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return Secret(f"file:{path}")


def test_a_secret_is_read_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment or the first line of a file, each time anew: a key that was changed counts at once."""
    secret = in_file(tmp_path, b"  first-key \r\nsecond line\n")
    assert secret.reveal() == "first-key"
    in_file(tmp_path, b"second-key")
    assert secret.reveal() == "second-key"
    assert Secret(f"env:{VARIABLE}").reveal() == KEY
    monkeypatch.setenv(VARIABLE, "another-key")
    assert Secret(f"env:{VARIABLE}").reveal() == "another-key"


def test_a_secret_shows_only_where_it_is_found() -> None:
    """Neither text, nor a copy, nor a pickle, nor JSON of one holds more than the reference, also after it was read."""
    secret = Secret(f"env:{VARIABLE}")
    secret.reveal()
    model = Model(token=secret.reference)
    shown = [str(secret), repr(secret), f"{secret}", repr([secret]), repr(copy.deepcopy(secret)), repr(Token(secret))]
    shown += [model.model_dump_json(), repr(model), json.dumps(secret.reference)]

    assert str(secret) == repr(secret) == f"env:{VARIABLE}"
    assert not [text for text in shown if KEY in text]
    assert KEY.encode() not in pickle.dumps(secret)


@pytest.mark.parametrize(
    "written", [KEY, "", "env:", "env:1A", "env:A B", f"env:A={KEY}", "file:", "file:key", "ENV:A", "file:/a\0b", "file:/a\nb"]
)
def test_a_key_in_the_configuration_is_refused(written: str) -> None:
    """What is no reference is refused with a line that says how to write one, and that does not repeat what was written."""
    with pytest.raises(ValidationError) as caught:
        Model(token=written)
    (problem,) = caught.value.errors()

    assert problem["msg"].endswith(
        "write where the key is to be found, not the key: env:NAME, or file:/path with the key as its first line"
    )
    assert KEY not in problem["msg"]
    with pytest.raises(ValueError, match="env:NAME"):
        Secret(written)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n" + KEY.encode(), b"short", b"two words in it", b"x" * (MAX_BYTES + 1), b"caf\xc3\xa9-au-lait", b"key\0with-nul"],
)
def test_what_cannot_be_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty first line, one that is too short or too long, or that a header cannot carry: the operator is told, without it."""
    with pytest.raises(OperatorError, match="holds no key") as caught:
        in_file(tmp_path, content).reveal()
    assert content.decode("latin-1").strip() not in str(caught.value) or not content


def test_a_missing_key_is_the_operators(tmp_path: Path) -> None:
    """A variable or a file that is not there, a folder, and a pipe without an end are one line each."""
    os.mkfifo(tmp_path / "pipe")
    for reference in ("env:NO_SUCH_VARIABLE", f"file:{tmp_path}/gone", f"file:{tmp_path}", f"file:{tmp_path}/pipe"):
        with pytest.raises(OperatorError) as caught:
            Secret(reference).reveal()
        assert str(caught.value).startswith(reference)


@pytest.mark.parametrize(("mode", "is_told"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_told_of_once(tmp_path: Path, heard: io.StringIO, mode: int, *, is_told: bool) -> None:
    """A key that others on the machine can read still counts, and the log says so, once."""
    secret = in_file(tmp_path, b"first-key", mode)
    secret.reveal()
    secret.reveal()

    assert heard.getvalue().count("read by others") == is_told


def ask(script: Script, token: Token, *, path: str = "/feed.json?a=1") -> tuple[Response, list[bytes]]:
    """Ask a server that follows *script*, with *token*; return its answer and what it was asked."""
    server = ScriptedServer(script)
    with server.serve() as port:
        url = f"http://127.0.0.1:{port}{path}"
        web = HttpFetcher(AddressPolicy(url), clock=SystemClock(), token=token)
        return web.get(url, limit_bytes=1000, deadline_s=10), server.requests


BEARER = Token(Secret(f"env:{VARIABLE}"))
QUERY = Token(Secret(f"env:{VARIABLE}"), "access_token")
SENT = b"access_token=k3y%2Fwith%2Bsigns%3D%26more"


def test_a_token_is_sent_as_the_service_wants_it() -> None:
    """As a bearer, or as a parameter beside those that the address has already; and the answer's address does not hold it."""
    answer, (head,) = ask(always(page()), BEARER)
    assert f"Authorization: Bearer {KEY}".encode() in head
    assert b"access_token" not in head
    answer, (head,) = ask(always(page()), QUERY)
    assert head.startswith(b"GET /feed.json?a=1&" + SENT + b" HTTP/1.1")
    assert b"Authorization" not in head
    assert answer.url.endswith("/feed.json?a=1")


def test_a_token_that_an_address_repeats_is_sent_once() -> None:
    """A next page's address that was written with our key, or with an empty one, is asked with it once."""
    for written in (b"k3y%2Fwith%2Bsigns%3D%26more", b"k3y/with%2Bsigns=%26more", b""):
        _, (head,) = ask(always(page()), QUERY, path=f"/feed.json?access_token={written.decode()}&b=2")
        assert head.startswith(b"GET /feed.json?b=2&" + SENT + b" HTTP/1.1")


@pytest.mark.parametrize("token", [BEARER, QUERY])
def test_a_token_never_follows_elsewhere(token: Token) -> None:
    """Not to another port, not from there back home, and not to a photo on another host."""
    other = ScriptedServer(always(page()))
    with other.serve() as there:
        moved = page(b"", f"Location: http://127.0.0.1:{there}/feed.json", status="302 Found")
        home = ScriptedServer(always(moved))
        with home.serve() as here:
            url = f"http://127.0.0.1:{here}/feed.json"
            web = HttpFetcher(AddressPolicy(url, ("127.0.0.1",)), clock=SystemClock(), token=token)
            web.get(url, limit_bytes=1000, deadline_s=10)
            web.get(f"http://127.0.0.1:{there}/1.jpg", limit_bytes=1000, deadline_s=10, identity=True)
            assert b"k3y" in home.requests[0]
            assert b"k3y" not in b"".join(other.requests)

            back = ScriptedServer(always(page(b"", f"Location: {url}", status="302 Found")))
            with back.serve() as away:
                web.get(f"http://127.0.0.1:{away}/1.jpg", limit_bytes=1000, deadline_s=10)
            assert b"k3y" not in b"".join(home.requests[1:])


def test_a_redirect_with_our_key_in_it_is_cut_or_refused() -> None:
    """A server that writes our key into a redirect gets it again only where it belongs; anywhere else the redirect is refused."""
    heads: list[bytes] = []

    def script(head: bytes) -> list[bytes]:
        heads.append(head)
        if len(heads) == 1:
            return [page(b"", "Location: /b?" + SENT.decode(), status="302 Found")]
        return [page(b"", "Location: /c/" + KEY, status="302 Found")]

    with pytest.raises(NetworkError, match="leads to an address with our key in it") as caught:
        ask(script, QUERY)
    assert heads[1].startswith(b"GET /b?" + SENT + b" ")
    assert "k3y" not in str(caught.value)


def test_an_answer_does_not_bring_our_key_along() -> None:
    """What a service repeats of our key, in the address of a next page say, is left out before anybody can store it."""
    body = b'{"next_url":"/b?page=2&' + SENT + b'"}'
    answer, _ = ask(always(page(body)), QUERY)

    assert answer.body == b'{"next_url":"/b?page=2&access_token="}'


def test_no_error_and_no_trace_shows_a_token(heard: io.StringIO) -> None:
    """Errors name the address without it; a whole trace, with all that libraries put into theirs, is logged without it."""
    for script in (always(), always(page(status="503 No")), always(page(b"{}", "Content-Encoding: br"))):
        for token in (BEARER, QUERY):
            with pytest.raises(WeRememberError) as caught:
                ask(script, token)
            assert "k3y" not in str(caught.value)
            log.get("ingest").crash("broken", caught.value)
    with pytest.raises(ValueError, match="k3y") as foreign:
        int(f"GET /feed.json?x={KEY} and {SENT!r}")
    log.get("ingest").crash("broken", foreign.value, url=f"https://a.example/{KEY}")

    assert "k3y" in "".join(traceback.format_exception(foreign.value))
    assert "k3y" not in heard.getvalue()
    assert "***" in heard.getvalue()


def test_a_missing_key_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its key a feed is not asked, and the reason is the operator's to mend."""
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(OperatorError, match=f"env:{VARIABLE}"):
        ask(always(page()), QUERY)


def test_the_longer_of_two_secrets_is_hidden_whole(heard: io.StringIO) -> None:
    """One secret that begins like another does not leave the other's end to be seen."""
    log.hide("beginning")
    assert log.hide("beginning-and-end")
    assert not log.hide("beginning-and-end")
    log.get("ingest").info("x", said="beginning-and-end")

    assert "end" not in heard.getvalue()
    assert (
        log.without_secrets("with beginning-and-end and https://ann:hush@a.example/?b=c")
        == "with *** and https://***@a.example/?b=***"
    )
