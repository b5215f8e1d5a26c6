"""Certificates by which broker, centre and players know each other, and the list of those that count no more: bytes to bytes.

P-256 with SHA-256: Mosquitto with OpenSSL 3 and Python's ssl verify Ed25519 certificates as well, but whatever else may stand
before a broker one day (a load balancer, another broker, a module that keeps the key) often does not. What the centre signs
with (`signing_key`) is Ed25519, and no certificate.

They begin in 1970: a player whose clock was lost must still be told of withdrawals. The list does not run out: a broker lets
nobody in by one that has.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from player.errors import OperatorError
from player.units import SECOND, Nanos

BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(2200, 1, 1, tzinfo=UTC)  # when the next list of revoked ones is due
YEARS_OF_CA: Final = 30
YEARS: Final = 10  # of all others: longer than any campaign, and a stolen one is revoked, not waited for
_YEAR: Final = timedelta(days=365)
MAX_NAME: Final = 64  # characters of a common name, RFC 5280


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes
    serial: str
    """Its number, in hexadecimal digits."""
    ends_at: Nanos


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def authority(name: str, now: Nanos) -> Paper:
    """Return a new authority called *name*."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(f"{name} fleet"[:MAX_NAME])
    made = _certificate(subject, key, None, key, (), ends=_instant(now) + YEARS_OF_CA * _YEAR)
    return _paper(made, key)


def opened(certificate: bytes, key: bytes) -> Authority:
    """Return the authority whose files these are.

    Raises:
        OperatorError: they are none, or do not belong together.
    """
    try:
        found, private = x509.load_pem_x509_certificate(certificate), load_pem_private_key(key, None)
    except (ValueError, TypeError) as error:
        raise OperatorError(f"ca.pem and ca-key.pem are not this centre's: restore them from a copy ({error})") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != found.public_key():
        raise OperatorError("ca.pem and ca-key.pem do not belong together: restore them from a copy")
    return Authority(found, private)


def broker_paper(by: Authority, host: str, now: Nanos) -> Paper:
    """Return the certificate of the broker that players reach at *host*, a name or an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = tuple(_general(name) for name in dict.fromkeys((host, "localhost", "127.0.0.1", "::1")))
    made = _certificate(_named(host[:MAX_NAME]), key, by, by.key, names, ends=_instant(now) + YEARS * _YEAR, is_server=True)
    return _paper(made, key)


def client_paper(by: Authority, name: str, now: Nanos) -> Paper:
    """Return the certificate by which the broker knows *name*: a player's id, or the centre."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _paper(_certificate(_named(name), key, by, by.key, (), ends=_instant(now) + YEARS * _YEAR), key)


def revocations(by: Authority, serials: Iterable[tuple[str, Nanos]]) -> bytes:
    """Return the list of certificates that count no more: each with its serial, and since when."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(BEGIN)
        .next_update(NEVER)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
    )
    for serial, at in serials:
        gone = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(_instant(at)).build()
        builder = builder.add_revoked_certificate(gone)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def signing_key() -> tuple[bytes, bytes]:
    """Return a new key by which the centre signs what it says: private and public, in PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def opened_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the key by which the centre signs.

    Raises:
        OperatorError: it is none.
    """
    try:
        found = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise OperatorError(f"centre.key is no key: restore it from a copy ({error})") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise OperatorError("centre.key is a key of another kind than Ed25519: restore it from a copy")
    return found


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: Authority | None,
    by: ec.EllipticCurvePrivateKey,
    names: Sequence[x509.GeneralName],
    *,
    ends: datetime,
    is_server: bool = False,
) -> x509.Certificate:
    is_authority = issuer is None
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not is_authority:
        # A player's certificate cannot serve: whoever takes one over must not be the broker for the others.
        use = ExtendedKeyUsageOID.SERVER_AUTH if is_server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(by, hashes.SHA256())


def _paper(made: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Paper:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ends_at = round(made.not_valid_after_utc.timestamp()) * SECOND
    return Paper(made.public_bytes(Encoding.PEM), private, f"{made.serial_number:x}", ends_at)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _instant(at: Nanos) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)
