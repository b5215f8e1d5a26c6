"""The section `console:` of config.yaml: what is taken in, and every mistake with its line and the nearest right form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from player.console.door.listening import addresses
from player.console.section import Console, Tls
from player.settings import INSTALLATION, keep_clean, last_clean
from tests.fakes.home import CLEAN, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


def test_without_the_section_it_is_for_this_machine_alone(home: Home) -> None:
    """On, on loopback, without names, tokens or a review desk."""
    console = home.clean().settings.console
    assert console == Console()
    assert (console.enabled, console.host, console.port, console.is_loopback) == (True, "127.0.0.1", 8600, True)
    assert (addresses(console)[0], console.tls.is_on, console.reviewers) == ("http://127.0.0.1:8600/", False, False)


def test_all_of_it_is_taken_in_and_kept(home: Home) -> None:
    """Every key as a value, paths from where config.yaml lies; the last clean copy gives the same back."""
    for name in ("wall.pem", "wall-key.pem"):
        (home.folder / name).write_text("")
    configuration = home.clean(
        f"{CLEAN}console:\n  host: 0.0.0.0\n  port: 9443\n  hosts: [Wall.Example.org., 192.168.1.20]\n"
        "  tls: {certificate: wall.pem, key: wall-key.pem}\n  metrics_token: env:METRICS\n  reviewers: true\n"
        "storage: {data: data}\n"
    )
    console = configuration.settings.console
    assert console.hosts == ("wall.example.org", "192.168.1.20")
    assert console.tls == Tls(certificate=str(home.folder / "wall.pem"), key=str(home.folder / "wall-key.pem"))
    assert (addresses(console)[0], console.is_everywhere, console.reviewers) == ("https://wall.example.org:9443/", True, True)
    assert console.metrics_token == "env:METRICS"  # noqa: S105 - where it is to be found
    keep_clean(configuration)
    assert last_clean(configuration.data) == configuration


@pytest.mark.parametrize(
    ("text", "host", "url"),
    [
        ("host: localhost", "127.0.0.1", "http://127.0.0.1:8600/"),
        ("host: '::1'", "::1", "http://[::1]:8600/"),
        ("host: '[::1]'", "::1", "http://[::1]:8600/"),
        ("host: 192.168.1.20, tls: own", "192.168.1.20", "https://192.168.1.20:8600/"),
        ("tls: own, hosts: wall.local", "127.0.0.1", "https://wall.local:8600/"),
        ("tls: none", "127.0.0.1", "http://127.0.0.1:8600/"),
        ("enabled: false", "127.0.0.1", "http://127.0.0.1:8600/"),
    ],
)
def test_it_is_found_where_it_says(home: Home, text: str, host: str, url: str) -> None:
    """Its address as people type it."""
    console = home.clean(f"{CLEAN}console: {{{text}}}\n").settings.console
    assert (console.host, addresses(console)[0]) == (host, url)


PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "heard by everybody": ("host: 0.0.0.0", "3 console: 0.0.0.0 is reached from other machines, and without TLS"),
    "heard by some": ("host: 192.168.1.20, tls: none", "3 console: 192.168.1.20 is reached from other machines"),
    "heard by everybody there is": ("host: '::'", "3 console: :: is reached from other machines"),
    "an unknown key": ("prot: 80", '3 console.prot: unknown key. Did you mean "port"?'),
    "an unknown key of tls": ("tls: {certifcate: a}", '3 console.tls.certifcate: unknown key. Did you mean "certificate"?'),
    "a name to listen at": ("host: wall.local", "3 console.host: write the number of this machine, such as 192.168.1.20"),
    "all addresses": ("host: '*', tls: own", 'not "*". Did you mean "0.0.0.0"?'),
    "many machines": ("host: 224.0.0.1, tls: own", "3 console.host: 224.0.0.1 is the address of no single machine"),
    "a port for more rights": ("port: 443", '3 console.port: must be at least 1024, not "443"'),
    "no port": ("port: 70000", '3 console.port: must be at most 65535, not "70000"'),
    "an address as a name": ("hosts: ['https://wall.example.org/now']", 'Did you mean "wall.example.org"?'),
    "a port in a name": ("hosts: ['wall.local:8600']", 'not "wall.local:8600". Did you mean "wall.local"?'),
    "any name": ("hosts: ['*.example.org']", 'not "*.example.org". Did you mean "example.org"?'),
    "nobody's name": ("hosts: ['a b']", "3 console.hosts.0: write a name of this machine"),
    "a slip": ("tls: onw", "3 console.tls: write own, none, or {certificate"),
    "another word for it": ("tls: true", 'not "true". Did you mean "own"?'),
    "a certificate without its key": ("tls: {certificate: a.pem}", "3 console.tls: a certificate has a key: write `key:"),
    "a key without its certificate": ("tls: {key: a.pem}", "3 console.tls: a certificate has a key: write `certificate:"),
    "both kinds": ("tls: {own: true, certificate: a, key: b}", "3 console.tls: is either own, or has files"),
    "the token itself": ("metrics_token: hunter2hunter2", "3 console.metrics_token: write where the key is to be found"),
    "neither yes nor no": ("enabled: perhaps", '3 console.enabled: must be true or false, not "perhaps"'),
    "names without end": (f"hosts: [{', '.join(['a'] * 21)}]", "3 console.hosts: must have at most 20 entries"),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_every_mistake_is_one_clear_problem(home: Home, text: str, expected: str) -> None:
    """File, line, path, the reason, and the nearest right form where there is one; never a key that was written there."""
    (problem,) = home.problems(f"{CLEAN}console: {{{text}}}\n")
    assert problem.startswith("config.yaml:3 console")
    assert expected in problem
    assert "hunter2" not in problem


def test_files_that_are_not_there_are_named(home: Home) -> None:
    """Each at its own key."""
    found = home.problems(f"{CLEAN}console:\n  tls:\n    certificate: a.pem\n    key: ~/nothing/b.pem\n")
    assert found == [
        f"config.yaml:5 console.tls.certificate: there is no file {home.folder}/a.pem",
        f"config.yaml:6 console.tls.key: there is no file {Path.home()}/nothing/b.pem",
    ]


RAW = "show: one\nfeeds:\n  raw: {{{fields}, trust: reviewed}}\n{rest}"


@pytest.mark.parametrize(
    "fields",
    [
        "kind: jsonfeed, url: 'https://a.example/feed.json'",
        "kind: folder, url: in",
        "kind: rss, url: 'https://social.example/tags/weremember.rss'",
        "kind: mastodon, url: 'https://social.example/@memorial', min_approvals: 3",
    ],
)
def test_a_source_that_nobody_approves_needs_reviewers(home: Home, fields: str) -> None:
    """Raw sources, hashtags among them, are taken with a review desk, and refused without."""
    reviewed = home.clean(RAW.format(fields=fields, rest="console: {reviewers: true}\n"))
    assert reviewed.settings.feeds["raw"].trust == "reviewed"
    (problem,) = home.problems(RAW.format(fields=fields, rest=""))
    assert problem.startswith("config.yaml:3 feeds.raw.trust: reviewed needs the review desk: write `console: {reviewers: true}`")
    (problem,) = home.problems(RAW.format(fields=fields, rest="console: {reviewers: true, enabled: false}\n"))
    assert "write `console: {enabled: true}`" in problem


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("kind: mastodon, url: 'https://social.example/tags/x'", "feeds.raw.url: a hashtag, a search or a timeline"),
        ("kind: bluesky, url: 'https://bsky.example/search?q=x'", "feeds.raw.url: a hashtag, a search or a timeline"),
        ("kind: folder, url: in, assume_approved: true", "feeds.raw: either people review it here, or it is assumed"),
    ],
)
def test_what_review_does_not_make_good(home: Home, fields: str, expected: str) -> None:
    """Accounts are asked as accounts; and nothing is assumed of what people look at."""
    (problem,) = home.problems(RAW.format(fields=fields, rest="console: {reviewers: true}\n"))
    assert expected in problem


def test_whoever_reads_the_configuration_loads_no_console() -> None:
    """Every process does: what serves, hashes and draws pages stays out of it."""
    code = "import sys, player.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=INSTALLATION, capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "argon2", "cryptography", "jinja2", "sqlite3", "ssl"} & set(done.stdout.split())
