"""The console's own certificate: made when it is first needed, renewed in time, and known by its fingerprint.

Certificate and key lie in one file, so that they are replaced in one step and always belong together.
"""

from __future__ import annotations

import ipaddress
import os
import platform
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from player.errors import LibraryError
from player.library.library import set_aside
from player.units import SECOND, Nanos

FILE: Final = "console-tls.pem"
MODE: Final = 0o600
DAYS: Final = 825  # browsers take none that lasts longer
RENEW: Final = timedelta(days=30)  # before its end, for a player that nobody restarts
EARLIER: Final = timedelta(days=1)  # it begins before it is made: the clock of who looks may be behind
MAX_BYTES: Final = 100_000  # of the file; ours have 1,500
MAX_NAMES: Final = 60  # that it is made for; a machine with more addresses has them for something else
_TREE: Final = Path("/proc/net/fib_trie")
_SIXES: Final = Path("/proc/net/if_inet6")

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Own:
    """A certificate that is ready to be served."""

    file: Path
    """Certificate and key, in PEM."""
    fingerprint: str
    """SHA-256, as browsers show it: `3F:A0:…`."""
    is_new: bool
    """Whether browsers will ask again whether to believe it."""
    damage: str = ""
    """Why the one from before could not be used any more; empty: it could, or had done its time, or there was none."""
    aside: str = ""
    """Under which name that one is kept."""


def own(folder: Path, names: Iterable[str], now: Nanos) -> Own:
    """Return the certificate in *folder* that is good for *names* at *now*, made if need be.

    Args:
        folder: The data folder.
        names: Names and addresses that people reach the console by.
        now: The time of day.

    Raises:
        LibraryError: it could not be written, or a damaged one not be set aside.
    """
    path, at = folder / FILE, _instant(now)
    wanted = sorted(set(names))[:MAX_NAMES]
    kept, damage = _read(path)
    if kept is not None and is_good(kept, wanted, at):
        return Own(path, fingerprint(kept), is_new=False)
    aside = set_aside(path) if damage else ""
    made, pem = make(wanted, at)
    _write(path, pem)
    return Own(path, fingerprint(made), is_new=True, damage=damage, aside=aside)


def make(names: Iterable[str], at: datetime) -> tuple[x509.Certificate, bytes]:
    """Return a certificate for *names*, and it with its key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "We Remember console")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(title)
        .issuer_name(title)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .not_valid_after(at - EARLIER + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate, certificate.public_bytes(Encoding.PEM) + private


def is_good(certificate: x509.Certificate, names: Iterable[str], at: datetime) -> bool:
    """Whether *certificate* will do for *names* at *at* and for some weeks; a clock that was set back makes it too young."""
    is_in_time = certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc - RENEW
    return is_in_time and set(names) <= set(names_in(certificate))


def names_in(certificate: x509.Certificate) -> Iterator[str]:
    """Yield the names and addresses that *certificate* is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    yield from found.get_values_for_type(x509.DNSName)
    yield from (str(each) for each in found.get_values_for_type(x509.IPAddress))


def covered(path: Path) -> tuple[str, ...]:
    """Return the names and addresses that the certificate in the file *path*, which is one, is for.

    Raises:
        OSError: it cannot be read any more.
    """
    return tuple(names_in(x509.load_pem_x509_certificate(path.read_bytes()[:MAX_BYTES])))


def fingerprint(certificate: x509.Certificate) -> str:
    """Return what people compare: SHA-256 in pairs of digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what serves files of a certificate and its key.

    Raises:
        OSError: they cannot be served.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key, password=_no_password)
    return made


def trouble(certificate: Path, key: Path, now: Nanos) -> str:
    """Return why files that somebody gave cannot be served, as a sentence; empty: they can."""
    try:
        context(certificate, key)
        found = x509.load_pem_x509_certificate(certificate.read_bytes()[:MAX_BYTES])
    except ssl.SSLError as error:
        reason = "do not belong together" if "MISMATCH" in str(error) else "are not a certificate and its open key in PEM"
        return f"{certificate} and {key} {reason}"
    except OSError as error:
        return f"{error.filename or certificate} cannot be read: {error.strerror}"
    except ValueError as error:
        return f"{certificate} or {key} cannot be read: {error}"
    at = _instant(now)
    if at >= found.not_valid_after_utc:
        return f"{certificate} ended on {found.not_valid_after_utc:%Y-%m-%d}: have it renewed"
    if at < found.not_valid_before_utc:
        return f"{certificate} begins on {found.not_valid_before_utc:%Y-%m-%d}: is the clock right?"
    return ""


def names_of_machine() -> tuple[str, ...]:
    """Return what this machine is called, and its addresses, as far as the kernel tells."""
    host = platform.node().lower()
    called = {"localhost", "127.0.0.1", "::1", *({host, f"{host.partition('.')[0]}.local"} if _is_name(host) else ())}
    return tuple(sorted({*called, *(str(each) for each in (*addresses_v4(_text(_TREE)), *addresses_v6(_text(_SIXES))))}))


def addresses_v4(tree: str) -> Iterator[Address]:
    """Yield the addresses in the kernel's routing table *tree* that are this machine's own."""
    before = ""
    for line in tree.splitlines():
        if "/32 host LOCAL" in line:
            yield from _parsed(before)
        before = line.rpartition("|-- ")[2].strip()


def addresses_v6(lines: str) -> Iterator[Address]:
    """Yield the addresses in the kernel's list; not those that count on one cable alone, which no browser takes."""
    for line in lines.splitlines():
        digits = line.partition(" ")[0]
        for address in _parsed(":".join(digits[i : i + 4] for i in range(0, len(digits), 4))):
            if not address.is_link_local:
                yield address


def _parsed(text: str) -> Iterator[Address]:
    try:
        yield ipaddress.ip_address(text)
    except ValueError:
        return


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_name(host: str) -> bool:
    return bool(host) and host.isascii() and host.replace("-", "").replace(".", "").isalnum()


def _read(path: Path) -> tuple[x509.Certificate | None, str]:
    """Return the certificate in *path* when its key is there too and fits; else another is to be made, and why if that is odd."""
    try:
        with path.open("rb") as file:
            pem = file.read(MAX_BYTES)
        certificate = x509.load_pem_x509_certificate(pem)
        key = load_pem_private_key(pem[pem.index(b"-----BEGIN PRIVATE KEY") :], password=None)
        path.chmod(MODE)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"it cannot be read: {error.strerror}"
    except (ValueError, TypeError):
        return None, "it is no certificate with its key"
    is_ours = _public(key.public_key()) == _public(certificate.public_key())
    return (certificate, "") if is_ours else (None, "its key is another one's")


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return b""  # never ours
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, pem: bytes) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.part")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError as error:
        raise LibraryError(f"{path} could not be written: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""


def _no_password() -> str:
    """Answer OpenSSL, which would otherwise ask at the terminal for the password of a locked key."""
    return ""


def _instant(now: Nanos) -> datetime:
    return datetime.fromtimestamp(now // SECOND, UTC)
