"""Fetching over real sockets on 127.0.0.1, from servers that behave badly in every way we know."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.errors import NetworkError, OperatorError
from player.feed import wire
from player.feed.address import AddressPolicy, RefusedAddressError, Resolve
from player.feed.fetch import PAGE_BYTES, AnsweredError, HttpFetcher
from player.feed.item import Validators
from tests.fakes.authority import serving
from tests.fakes.hasty import HastyClock
from tests.fakes.publisher import Fault, Publisher


def fixed(*addresses: str) -> Resolve:
    """A resolver that always gives *addresses*."""

    def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    return resolve


def fetcher(url: str, *, hasty: bool = False, allow: tuple[str, ...] = ()) -> HttpFetcher:
    """A fetcher for the feed at *url*."""
    return HttpFetcher(AddressPolicy(url, allow), clock=HastyClock() if hasty else SystemClock())


def test_a_page_comes_with_its_validators() -> None:
    """A good answer has its bytes and its ETag, and asking again with it gives "unchanged"."""
    publisher = Publisher()
    with publisher.serve() as url:
        first = fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)
        again = fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10, validators=first.validators)

    assert (first.status, first.body, first.url) == (200, publisher.page(0), url)
    assert (again.status, again.body, again.is_unchanged) == (304, b"", True)


def test_requests_say_what_they_must() -> None:
    """Photos are asked for uncompressed, caches are told to look again, the name is in Host, and no cookie is sent."""
    publisher = Publisher()
    with publisher.serve() as url:
        fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10, identity=True)
        fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)

    assert [sent["Accept-Encoding"] for sent in publisher.headers] == ["identity", "gzip"]
    assert publisher.headers[0]["Host"] == url.split("/")[2]
    assert publisher.headers[0]["Cache-Control"] == "no-cache"
    assert "Cookie" not in publisher.headers[1]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.DRIP, "did not answer in time"),
        (Fault.DRIPPING_HEADERS, "did not answer in time"),
        (Fault.BOMB, "larger than 4,000,000 bytes"),
        (Fault.REDIRECT_LOOP, "redirected more than 3 times"),
        (Fault.REDIRECT_INSIDE, "inside this network"),
        (Fault.UNASKED_304, "304 without"),
        (Fault.HUGE, "larger than 4,000,000 bytes"),
        (Fault.TRUNCATED, "the exchange failed"),
        (Fault.OFFLINE, "the exchange failed"),
        (Fault.UNAUTHORISED, "answered 401"),
    ],
)
def test_bad_servers_are_one_clear_line(fault: Fault, message: str) -> None:
    """Whatever a server does ends as a NetworkError of one line that names the address."""
    publisher = Publisher()
    publisher.misbehave(fault)
    with publisher.serve() as url:
        is_slow = fault in {Fault.DRIP, Fault.DRIPPING_HEADERS}
        with pytest.raises(NetworkError, match=message) as caught:
            fetcher(url, hasty=is_slow).get(url, limit_bytes=PAGE_BYTES, deadline_s=60 if is_slow else 10)

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(("http://127.0.0.1", "http://169.254.169.254"))


def test_html_is_bytes_like_any_other() -> None:
    """The fetcher does not judge content; the parser will."""
    publisher = Publisher()
    publisher.misbehave(Fault.HTML)
    with publisher.serve() as url:
        assert fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10).body.startswith(b"<!DOCTYPE")


def test_retry_after_is_handed_on() -> None:
    """A server that asks for patience is obeyed by the scheduler, which is told for how long."""
    publisher = Publisher()
    publisher.misbehave(Fault.TOO_MANY)
    with publisher.serve() as url, pytest.raises(AnsweredError) as caught:
        fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)

    assert (caught.value.status, caught.value.retry_after_s) == (429, 120.0)


def test_three_redirects_are_followed() -> None:
    """Three hops lead to the content, and relative addresses in it start where it was found."""
    publisher = Publisher()
    publisher.redirects = {"/a": "/b", "/b": "c", "/c": "/feed.json"}
    with publisher.serve() as url:
        answer = fetcher(url).get(url.replace("feed.json", "a"), limit_bytes=PAGE_BYTES, deadline_s=10)

    assert answer.url == url
    assert publisher.requests == ["/a", "/b", "/c", "/feed.json"]


@pytest.mark.parametrize("location", ["https://10.0.0.1/", "https://[::ffff:7f00:1]/", "file:///etc/passwd", "https://[broken"])
def test_each_redirect_is_checked(location: str) -> None:
    """A redirect to an inside address, another scheme or nonsense is refused."""
    publisher = Publisher()
    publisher.redirects = {"/feed.json": location}
    with publisher.serve() as url, pytest.raises(NetworkError):
        fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)


def test_credentials_do_not_follow_a_redirect() -> None:
    """The password of the feed's URL is sent to the feed, and not to the host that it redirects to."""
    publisher, other = Publisher(), Publisher()
    with publisher.serve() as url, other.serve() as elsewhere:
        publisher.redirects = {"/feed.json": elsewhere}
        own = url.replace("http://", "http://ann:secret@")
        fetcher(own, allow=("127.0.0.1",)).get(own, limit_bytes=PAGE_BYTES, deadline_s=10)

    assert publisher.headers[0]["Authorization"].startswith("Basic ")
    assert "Authorization" not in other.headers[0]


def test_compressed_pages_are_read() -> None:
    """Gzip within the limit is undone; damaged, cut short or in another encoding it is refused."""
    assert _through("gzip", gzip.compress(b"[1]")) == b"[1]"
    for encoding, body in (("gzip", b"nonsense"), ("gzip", gzip.compress(bytes(9999))[:-9]), ("br", b"x"), ("gzip, gzip", b"x")):
        with pytest.raises(NetworkError):
            _through(encoding, body)


def _through(encoding: str, body: bytes) -> bytes:
    publisher = Publisher()
    headers = {"Content-Encoding": encoding}
    with publisher.serve_raw(headers, body) as url:
        return fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10).body


@pytest.mark.parametrize(
    ("modified", "kept"),
    [("Wed, 20 Jan 2027 08:00:00 GMT", True), ("Wed, 20 Jan 2027 08:59:59 GMT", False), ("yesterday", True), (None, True)],
)
def test_validators_of_the_very_second_are_dropped(modified: str | None, kept: bool) -> None:  # noqa: FBT001  a row of the table
    """Content that changed in the second it was served in may change again within it, unnoticed; so it is asked for anew."""
    headers = {"Date": "Wed, 20 Jan 2027 09:00:00 GMT", "ETag": '"1"'} | ({"Last-Modified": modified} if modified else {})
    with Publisher().serve_raw(headers, b"{}") as url:
        answer = fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)

    assert (answer.etag == '"1"') is kept


def test_a_date_as_retry_after() -> None:
    """Retry-After may be a date; it is counted from now, and bounded."""
    with (
        Publisher().serve_raw({"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}, b"", status=503) as url,
        pytest.raises(AnsweredError) as caught,
    ):
        fetcher(url, hasty=True).get(url, limit_bytes=PAGE_BYTES, deadline_s=60)

    assert caught.value.retry_after_s == 60.0


@pytest.mark.parametrize("etag", ["x" * 600, "caf\u00e9"])
def test_odd_etags_are_not_kept(etag: str) -> None:
    """What could not be sent back as it came is not kept."""
    with Publisher().serve_raw({"ETag": etag}, b"{}") as url:
        assert fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10).validators == Validators()


def test_a_flood_of_headers_is_refused() -> None:
    """More headers than http.client takes are a failed exchange."""
    with Publisher().serve_raw({f"X-{number}": "y" for number in range(300)}, b"{}") as url, pytest.raises(NetworkError):
        fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10)


def test_nobody_listening() -> None:
    """A refused connection says so; with several addresses each is tried."""
    asked = "http://localhost:9/feed.json"
    with pytest.raises(NetworkError, match="Connection refused"):
        HttpFetcher(AddressPolicy(asked), clock=SystemClock(), resolve=fixed("127.0.0.2", "127.0.0.1")).get(
            asked, limit_bytes=1, deadline_s=10
        )


def test_the_second_address_is_tried() -> None:
    """When the first address of a name does not answer, the next checked one does."""
    with Publisher().serve() as url:
        own = url.replace("127.0.0.1", "localhost")
        got = HttpFetcher(AddressPolicy(own), clock=SystemClock(), resolve=fixed("127.0.0.9", "127.0.0.1")).get(
            own, limit_bytes=PAGE_BYTES, deadline_s=10
        )

    assert got.status == 200


def test_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies in the environment change nothing; only the configuration's count."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Publisher().serve() as url:
        assert fetcher(url).get(url, limit_bytes=PAGE_BYTES, deadline_s=10).status == 200


def test_resolving_nothing_is_an_error() -> None:
    """A name that cannot be is the network's failure, in one line."""
    with pytest.raises(NetworkError, match=r"a\.\.b: the name cannot be resolved: nobody knows it"):
        wire.resolve("a..b", 443)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (socket.EAI_NONAME, "nobody knows it"),
        (socket.EAI_AGAIN, "no name server answers"),
        (socket.EAI_FAIL, "out of order"),
        (None, "nobody could be asked"),
    ],
)
def test_why_a_name_has_no_address_is_said_in_words(number: int | None, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of errors are for who writes programs."""

    def ask(*_: object, **__: object) -> object:
        raise OSError if number is None else socket.gaierror(number, "out of order")

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    with pytest.raises(NetworkError, match=f"^live.example: the name cannot be resolved: {why}$"):
        wire.resolve("live.example", 443)


def test_a_missing_authority_file_is_the_operators() -> None:
    """A configured ca_file that is not there is said at start."""
    with pytest.raises(OperatorError, match=r"network\.ca_file"):
        HttpFetcher(AddressPolicy(), clock=SystemClock(), ca_file="/nowhere/ca.pem")


def _tls(pem: Path, seen: Callable[[str | None], None]) -> ssl.SSLContext:
    context = serving(pem)

    def noted(sock: ssl.SSLObject | ssl.SSLSocket, name: str | None, context: ssl.SSLContext) -> None:
        del sock, context
        seen(name)

    context.sni_callback = noted
    return context


def test_the_checked_address_is_connected_to_and_the_name_is_verified(authority: Path) -> None:
    """DNS rebinding finds nothing: one look-up, a connection to its answer, while SNI, Host and certificate keep to the name."""
    asked: list[str] = []
    names: list[str | None] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        del port
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    publisher = Publisher()
    with publisher.serve(_tls(authority, names.append)) as url:
        own = url.replace("127.0.0.1", "feed.example")
        web = HttpFetcher(AddressPolicy(own), clock=SystemClock(), ca_file=str(authority), resolve=rebinding)
        assert web.get(own, limit_bytes=PAGE_BYTES, deadline_s=10).status == 200

    assert (asked, names) == (["feed.example"], ["feed.example"])
    assert publisher.headers[0]["Host"] == own.split("/")[2]


def test_a_certificate_for_another_name_is_refused(authority: Path) -> None:
    """The certificate must be the name's own, although the connection goes to a number."""
    names: list[str | None] = []
    with Publisher().serve(_tls(authority, names.append)) as url:
        own = url.replace("127.0.0.1", "other.example")
        web = HttpFetcher(AddressPolicy(own), clock=SystemClock(), ca_file=str(authority), resolve=fixed("127.0.0.1"))
        with pytest.raises(NetworkError, match="certificate is not accepted"):
            web.get(own, limit_bytes=PAGE_BYTES, deadline_s=10)


def test_an_unknown_authority_is_refused(authority: Path) -> None:
    """Without ca_file only the usual authorities count."""
    names: list[str | None] = []
    with Publisher().serve(_tls(authority, names.append)) as url:
        own = url.replace("127.0.0.1", "feed.example")
        web = HttpFetcher(AddressPolicy(own), clock=SystemClock(), resolve=fixed("127.0.0.1"))
        with pytest.raises(NetworkError, match="certificate is not accepted"):
            web.get(own, limit_bytes=PAGE_BYTES, deadline_s=10)


def test_a_photo_on_an_inside_address_is_refused() -> None:
    """A feed cannot point us at the network it is shown in."""
    web = HttpFetcher(AddressPolicy("https://feed.example/f.json"), clock=SystemClock(), resolve=fixed("192.168.1.1"))
    with pytest.raises(RefusedAddressError, match="inside this network"):
        web.get("https://router.example/admin", limit_bytes=1, deadline_s=10)


def test_a_proxy_carries_https_only() -> None:
    """Through the configured proxy a tunnel to the name is asked for; a refusal is one line."""
    proxy = Publisher()
    with proxy.serve() as url:
        web = HttpFetcher(AddressPolicy("https://feed.example/f.json"), clock=SystemClock(), proxy=url.removesuffix("/feed.json"))
        with pytest.raises(NetworkError, match=r"https://feed\.example/f\.json"):
            web.get("https://feed.example/f.json", limit_bytes=1, deadline_s=10)


def test_through_a_proxy_the_name_is_still_verified(authority: Path) -> None:
    """A tunnel through the configured proxy ends at a certificate for the name, which this machine never resolves."""
    names: list[str | None] = []
    publisher = Publisher()
    with publisher.serve(_tls(authority, names.append)) as url, tunnel(int(url.split(":")[2].split("/")[0])) as proxy:
        own = "https://feed.example/feed.json"
        web = HttpFetcher(AddressPolicy(own), clock=SystemClock(), proxy=proxy, ca_file=str(authority), resolve=fixed())
        got = web.get(own, limit_bytes=PAGE_BYTES, deadline_s=10)

    assert (got.status, names) == (200, ["feed.example"])


@contextmanager
def tunnel(port: int) -> Generator[str]:
    """A proxy that answers one CONNECT by a way to *port* of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            client.recv(65536)
            client.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
            back = threading.Thread(target=carry, args=(server, client))
            back.start()
            carry(client, server)
            back.join()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(5)
        listener.close()
