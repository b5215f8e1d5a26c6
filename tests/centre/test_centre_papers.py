"""Certificates and the list of those that count no more: what each is good for, and that OpenSSL agrees."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from player.centre import papers
from player.errors import OperatorError
from player.units import SECOND
from tests.fakes.clock import OPENING

CA = papers.authority("We Remember", OPENING)
BY = papers.opened(CA.certificate, CA.key)


def _certificate(paper: papers.Paper) -> x509.Certificate:
    return x509.load_pem_x509_certificate(paper.certificate)


def _uses(paper: papers.Paper) -> list[x509.ObjectIdentifier]:
    return list(_certificate(paper).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_a_players_certificate_names_it_and_cannot_serve() -> None:
    """Its common name is the id, and it is good for a client alone: whoever steals it is not the broker for the others."""
    paper = papers.client_paper(BY, "oswiecim-1", OPENING)

    subject = _certificate(paper).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [each.value for each in subject] == ["oswiecim-1"]
    assert _uses(paper) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert int(paper.serial, 16) == _certificate(paper).serial_number


@pytest.mark.parametrize("host", ["fleet.example.org", "192.168.1.9", "2001:db8::9"])
def test_the_brokers_certificate_is_for_its_host(host: str) -> None:
    """The name or address that players dial is in it, so that they believe it, and they believe no other."""
    names = _certificate(papers.broker_paper(BY, host, OPENING)).extensions.get_extension_for_class(x509.SubjectAlternativeName)

    found = [*names.value.get_values_for_type(x509.DNSName), *map(str, names.value.get_values_for_type(x509.IPAddress))]
    assert host in found
    assert "other.example.org" not in found


def test_a_player_whose_clock_was_lost_is_let_in() -> None:
    """Certificates and the list begin in 1970: a withdrawal must reach a machine that thinks it is then."""
    crl = x509.load_pem_x509_crl(papers.revocations(BY, []))
    begins = [_certificate(paper).not_valid_before_utc for paper in (CA, papers.client_paper(BY, "a", OPENING))]

    assert {*begins, crl.last_update_utc} == {datetime(1970, 1, 1, tzinfo=UTC)}


def test_a_list_that_nobody_renews_shuts_nobody_out() -> None:
    """The list of revoked certificates outlives every certificate."""
    crl = x509.load_pem_x509_crl(papers.revocations(BY, []))

    assert crl.next_update_utc is not None
    assert crl.next_update_utc > BY.certificate.not_valid_after_utc
    assert CA.ends_at > papers.client_paper(BY, "a", OPENING).ends_at > OPENING + 9 * 365 * 86_400 * SECOND


def test_the_list_holds_who_was_revoked_and_is_the_centres() -> None:
    """Each serial that was given is in it and no other, signed by the authority."""
    gone, kept = (papers.client_paper(BY, name, OPENING) for name in ("a", "b"))
    crl = x509.load_pem_x509_crl(papers.revocations(BY, [(gone.serial, OPENING)]))

    assert crl.is_signature_valid(BY.key.public_key())
    assert crl.get_revoked_certificate_by_serial_number(int(gone.serial, 16)) is not None
    assert crl.get_revoked_certificate_by_serial_number(int(kept.serial, 16)) is None


def test_openssl_takes_them_all(tmp_path: Path) -> None:
    """Files of a client and of the broker load into contexts of both ends, and a handshake in memory names the player."""
    client, server = papers.client_paper(BY, "a", OPENING), papers.broker_paper(BY, "fleet.example.org", OPENING)
    for name, paper in (("client", client), ("server", server)):
        (tmp_path / name).write_bytes(paper.certificate + paper.key)
    (tmp_path / "ca").write_bytes(CA.certificate + papers.revocations(BY, []))
    ours, theirs = ssl.create_default_context(cafile=tmp_path / "ca"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_verify_locations(tmp_path / "ca")
    theirs.verify_mode, theirs.verify_flags = ssl.CERT_REQUIRED, theirs.verify_flags | ssl.VERIFY_CRL_CHECK_LEAF
    ours.load_cert_chain(tmp_path / "client")
    theirs.load_cert_chain(tmp_path / "server")
    to, fro = ssl.MemoryBIO(), ssl.MemoryBIO()
    one, other = ours.wrap_bio(fro, to, server_hostname="fleet.example.org"), theirs.wrap_bio(to, fro, server_side=True)

    for end in (one, other, one, other):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue

    shown = other.getpeercert() or {}
    assert shown.get("subject") == ((("commonName", "a"),),)


def test_the_centres_key_is_read_as_it_was_written() -> None:
    """The private and the public file are of one key."""
    private, public = papers.signing_key()

    assert papers.opened_key(private).public_key() == load_pem_public_key(public)


@pytest.mark.parametrize("key", [b"", b"x", CA.key, CA.certificate])
def test_what_is_no_key_of_the_centre_is_refused_in_a_line(key: bytes) -> None:
    """A file that is damaged, or another kind of key, says to restore it."""
    with pytest.raises(OperatorError, match="restore it from a copy"):
        papers.opened_key(key)


def test_an_authority_with_another_ones_key_is_refused() -> None:
    """A certificate and a key of two centres are not taken for one."""
    other = papers.authority("Other", OPENING)

    with pytest.raises(OperatorError, match="do not belong together"):
        papers.opened(CA.certificate, other.key)
    with pytest.raises(OperatorError, match="restore them"):
        papers.opened(b"", other.key)
