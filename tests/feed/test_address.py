"""The address policy: https and public addresses only, whatever form an address is wrapped in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import NetworkError
from player.feed.address import MAX_ADDRESSES, AddressPolicy, RefusedAddressError, Resolve, identity, plain, without_key
from player.feed.public import is_public

OWN = "https://feed.example/feed.json"


def fixed(*addresses: str) -> Resolve:
    """A resolver that always gives *addresses*."""

    def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    return resolve


def never(host: str, port: int) -> Sequence[str]:
    """A resolver that must not be asked."""
    raise AssertionError((host, port))


def literal(host: str, port: int) -> Sequence[str]:
    """A resolver for addresses written as numbers."""
    del port
    return [host]


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104  an address to refuse, not to listen on
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "nonsense",
    "198.18.0.1",
    "100.64.0.1",
    "192.0.0.192",
    "fd20:ce::254",
    "::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2001:470:1:2:0:5efe:10.0.0.1",
    "2001:470:1:2:200:5efe:10.0.0.1",
    "2606:4700::1111%eth0",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "0177.0.0.1",
    "127.1",
    "2130706433",
    "93.184.216.34 ",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_not_public(address: str) -> None:
    """No private, loopback, link-local, metadata or reserved address counts as public, wrapped in IPv6 or not."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"])
def test_public_addresses_are_public(address: str) -> None:
    """Addresses of the open internet pass, also through NAT64 as IPv6-only networks have it."""
    assert is_public(address)


@given(st.ip_addresses())
def test_every_address_gets_an_answer(address: object) -> None:
    """No address at all makes the check raise."""
    assert is_public(str(address)) in {True, False}


@pytest.mark.parametrize(
    "url",
    [
        "http://photos.example/a.jpg",
        "ftp://photos.example/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "https://",
        "https://:443/a",
        "https://photos.example:99999/",
        "https://photos.example\\@10.0.0.1/",
        "https://[::1/",
        "https://a b/",
        "//photos.example/a.jpg",
        "/etc/passwd",
        "https://x.example/" + "a" * 5000,
        "https://\ud800.example/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://1.2.3.4.5/",
        "https://feed.0x/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1111%25eth0]/",
        "https://[v1.x]/",
        "https://a%2eexample/",
        "https://a..example/",
        "https://-a.example/",
        "https://./",
        "https://a,b.example/",
        "https://" + "a." * 200 + "example/",
    ],
)
def test_what_is_not_https_is_refused(url: str) -> None:
    """Only https leaves this machine, and only to an address that can be read in one way."""
    with pytest.raises(RefusedAddressError):
        AddressPolicy(OWN).check(url, fixed("93.184.216.34"))


def test_every_answer_is_checked() -> None:
    """A name with one public and one private address is refused as a whole."""
    with pytest.raises(RefusedAddressError, match=r"inside this network.*network\.allow"):
        AddressPolicy(OWN).check("https://cdn.example/a.jpg", fixed("93.184.216.34", "10.0.0.1"))


def test_a_name_is_resolved_once() -> None:
    """The addresses that were checked are the ones handed on; nobody asks again."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(f"{host}:{port}")
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    to = AddressPolicy(OWN).check("https://cdn.example/a.jpg", rebinding)

    assert to.addresses == ("93.184.216.34",)
    assert asked == ["cdn.example:443"]


def test_no_address_is_an_error() -> None:
    """A name without any address is the network's failure."""
    with pytest.raises(NetworkError, match="no address"):
        AddressPolicy(OWN).check("https://cdn.example/", fixed())


def test_the_feeds_own_host_and_port_count_as_listed() -> None:
    """A feed on a private address may be asked for its pages and photos, at its own port and no other."""
    policy = AddressPolicy("https://10.0.0.5:8443/feed.json")

    assert policy.check("https://10.0.0.5:8443/1.jpg", literal).addresses == ("10.0.0.5",)
    with pytest.raises(RefusedAddressError):
        policy.check("https://10.0.0.5/1.jpg", literal)


@pytest.mark.parametrize(
    ("entry", "url", "allowed"),
    [
        ("nas.example", "https://nas.example/1.jpg", True),
        ("NAS.example.", "https://nas.example:8443/1.jpg", True),
        ("nas.example:8443", "https://nas.example:8443/1.jpg", True),
        ("nas.example:8443", "https://nas.example/1.jpg", False),
        ("nas.example", "https://evil.nas.example/1.jpg", False),
        ("fd00::5", "https://[fd00::5]/1.jpg", True),
        ("[fd00::5]:8443", "https://[fd00::5]:8443/1.jpg", True),
        ("[broken", "https://nas.example/1.jpg", False),
    ],
)
def test_listed_hosts_may_be_inside(entry: str, url: str, allowed: bool) -> None:  # noqa: FBT001  a row of the table
    """``network.allow`` names hosts, or hosts with a port, that may be private; nothing more than that."""
    policy = AddressPolicy(OWN, (entry,))
    if allowed:
        assert policy.check(url, fixed("10.0.0.5")).addresses
    else:
        with pytest.raises(RefusedAddressError):
            policy.check(url, fixed("10.0.0.5"))


def test_plain_http_stays_on_this_machine() -> None:
    """Plain http is for a feed on loopback; being listed does not carry it over a network."""
    assert AddressPolicy("http://localhost:8000/f.json").check("http://localhost:8000/1.jpg", fixed("::1", "127.0.0.1"))
    with pytest.raises(RefusedAddressError, match="only https"):
        AddressPolicy("http://10.0.0.5/f.json").check("http://10.0.0.5/f.json", literal)
    with pytest.raises(RefusedAddressError):
        AddressPolicy(OWN).check("http://localhost:8000/1.jpg", fixed("127.0.0.1"))


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "[::1]", "router", "printer.local", "metadata.google.internal", "2130706433", "0x7f.1", "127.1"]
)
def test_through_a_proxy_names_are_judged(host: str) -> None:
    """Where a proxy resolves, names and numbers that are inside by themselves are refused."""
    with pytest.raises(RefusedAddressError):
        AddressPolicy(OWN).check(f"https://{host}/", literal, proxied=True)


def test_through_a_proxy_nothing_is_resolved() -> None:
    """The proxy resolves public names; our own machine is still asked directly."""
    assert AddressPolicy(OWN).check("https://cdn.example/", never, proxied=True).addresses == ()
    own = AddressPolicy("http://127.0.0.1:8000/f.json")
    assert own.check("http://127.0.0.1:8000/f.json", literal, proxied=True).addresses == ("127.0.0.1",)


def test_credentials_are_for_their_own_host() -> None:
    """The password in a feed's URL goes to its own scheme, host and port, and to nobody else."""
    policy = AddressPolicy("https://ann:s%40fe@feed.example/feed.json")

    def public(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["93.184.216.34"]

    own = policy.check("https://ann:s%40fe@feed.example/feed.json", public)
    assert policy.credentials_for(own) == ("ann", "s@fe")
    assert "fe@" not in own.url
    assert policy.credentials_for(policy.check("https://feed.example/1.jpg", public)) == ("ann", "s@fe")
    assert policy.credentials_for(policy.check("https://feed.example:8443/1.jpg", public)) is None
    assert policy.credentials_for(policy.check("https://ann:s%40fe@cdn.example/1.jpg", public)) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:secret@feed.example/a?token=1", "https://feed.example/a?…"),
        ("https://[::1/?token=1", "a malformed address"),
        ("https://ann:se/cret@feed.example/", "a malformed address"),
        ("/photos/feed.json", "/photos/feed.json"),
    ],
)
def test_messages_name_no_secrets(url: str, shown: str) -> None:
    """Neither passwords nor tokens in a query reach a message."""
    assert plain(url) == shown


def test_names_in_other_scripts_are_written_in_ascii() -> None:
    """What is resolved, connected to and checked is one spelling of the name."""
    to = AddressPolicy(OWN).check("https://Пример.example./a", fixed("93.184.216.34"))

    assert to.host == "xn--e1afmkfd.example"
    assert to.host_header == "xn--e1afmkfd.example"


@pytest.mark.parametrize(
    "host",
    [
        "localhost.",
        "LOCALHOST",
        "localhost\u3002",
        "\u2113ocalhost",
        "\uff4cocalhost",
        "loc\u00adalhost",
        "x.localhost",
        "localhost.localdomain",
    ],
)
def test_no_spelling_of_this_machine_gets_by(host: str) -> None:
    """Dots at the end, letters that look alike to Unicode and letters that are none: it is this machine, and it is refused."""
    for proxied in (False, True):
        with pytest.raises(RefusedAddressError):
            AddressPolicy(OWN).check(f"https://{host}/", fixed("127.0.0.1"), proxied=proxied)


@pytest.mark.parametrize(
    "host",
    [
        "\uff11\uff10.0.0.1",
        "10\u30020\u30020\u30021",
        "10.0.0.1.",
        "[::ffff:10.0.0.1]",
        "10\u20240\u20240\u20241",
        "\u2460\u24ea.0.0.1",
    ],
)
def test_no_spelling_of_an_inside_number_gets_by(host: str) -> None:
    """Digits and dots of other scripts are read as what they become, and judged as that."""
    for proxied in (False, True):
        with pytest.raises(RefusedAddressError):
            AddressPolicy(OWN).check(f"https://{host}/", literal, proxied=proxied)


def test_one_spelling_is_compared() -> None:
    """A listed number counts however it is written, and no other number does."""
    policy = AddressPolicy(OWN, ("fd00::5",))
    assert policy.check("https://[FD00:0:0::0005]/", literal).host == "fd00::5"
    with pytest.raises(RefusedAddressError):
        policy.check("https://[fd00::6]/", literal)


def test_every_answer_is_looked_at_however_many() -> None:
    """The last of many answers counts as much as the first; more than any server has are refused."""
    many = [f"93.184.216.{n}" for n in range(MAX_ADDRESSES - 1)]
    assert len(AddressPolicy(OWN).check("https://cdn.example/", fixed(*many, *many)).addresses) == len(many)
    with pytest.raises(RefusedAddressError):
        AddressPolicy(OWN).check("https://cdn.example/", fixed(*many, "10.0.0.1"))
    with pytest.raises(NetworkError, match="which no web server has"):
        AddressPolicy(OWN).check("https://cdn.example/", fixed(*many, "93.184.217.1", "93.184.217.2"))


def test_what_the_library_keeps_of_an_address_holds_no_secret() -> None:
    """Feeds that differ stay different, a changed password changes nothing, and neither it nor a token is kept."""
    one = identity("https://ann:hush@feed.example/a?token=hush")
    other = identity("https://ann:hush@feed.example/a?token=other")

    assert one == identity("https://ann:changed@feed.example/a?token=hush")
    assert one != other
    assert "hush" not in one
    assert identity("https://feed.example/a") == "https://feed.example/a"
    assert identity("/photos/feed.json") == "/photos/feed.json"
    assert "hush" not in identity("https://ann:hu/sh@feed.example/a?hush")


def test_our_key_is_cut_out_of_addresses() -> None:
    """The parameter that carries our key is cut out where it is ours or empty; all else stays as it was written."""
    assert without_key("https://a.example/?x=%20&key=k%2B1&y", "key", "k+1") == "https://a.example/?x=%20&y"
    assert without_key("https://a.example/?key=&y=2", "key", "k") == "https://a.example/?y=2"
    assert without_key("https://a.example/?key=other", "key", "k") == "https://a.example/?key=other"
