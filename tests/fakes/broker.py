"""A real broker on loopback: Mosquitto, with certificates where a test wants them, killed and started again as it likes."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PROGRAM: Final = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
PATIENCE_S: Final = 20.0
"""For what comes as soon as it can: longer only means that it never comes."""
_MOMENT: Final = 0.01

needs_mosquitto: Final = pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto, a broker: apt install mosquitto")


def until(is_so: Callable[[], object], what: str = "it") -> None:
    """Wait until *is_so*, and fail when it never is."""
    waited = threading.Event()
    for _ in range(round(PATIENCE_S / _MOMENT)):
        if is_so():
            return
        waited.wait(_MOMENT)
    pytest.fail(f"{what} never came")


class Papers:
    """An authority of a test's own, and what it has signed. Elliptic keys: they are made in a moment."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self._certificate = _certificate(self._name, self._name, self._key, self._key, is_authority=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self._certificate.public_bytes(Encoding.PEM))
        self.server = self.sign("broker")

    def sign(self, name: str, *, is_expired: bool = False) -> tuple[Path, Path]:
        """Return the files of a certificate for *name* and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(_named(name), self._name, key, self._key, is_expired=is_expired)
        certificate, secret = self._folder / f"{name}.pem", self._folder / f"{name}-key.pem"
        certificate.write_bytes(made.public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, secret

    def text(self) -> str:
        """Return what a listener needs, so that names are those of the certificates."""
        certificate, key = self.server
        files = f"cafile {self.ca}\ncertfile {certificate}\nkeyfile {key}\n"
        return f"{files}require_certificate true\nuse_identity_as_username true\n"


class Broker:
    """Mosquitto as a process, at one port for its whole life."""

    def __init__(self, folder: Path, text: str, papers: Papers | None) -> None:
        self.folder = folder
        self.papers = papers
        self.port = free_port()
        self.address = f"{'mqtts' if papers else 'mqtt'}://127.0.0.1:{self.port}"
        self._file = folder / "mosquitto.conf"
        as_we_are = "user root\n" if os.geteuid() == 0 else ""
        listener = f"listener {self.port} 127.0.0.1\n{papers.text() if papers else ''}"
        is_open = "" if "allow_anonymous" in text else "allow_anonymous true\n"
        self._file.write_text(f"{as_we_are}{listener}{is_open}{text}", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        assert PROGRAM
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._file)], stdout=log, stderr=subprocess.STDOUT)
        until(self._listens, f"the broker ({self.log()[-300:]})")

    def kill(self) -> None:
        """End it without a word to anybody."""
        self._end(subprocess.Popen[bytes].kill)

    def stop(self) -> None:
        """End it as its service does: what it keeps is written."""
        self._end(subprocess.Popen[bytes].terminate)

    def restart(self) -> None:
        """Kill it and start it again, at the same port."""
        self.kill()
        self.start()

    def reload(self) -> None:
        """Let it read its lists again, as SIGHUP does."""
        assert self._process
        self._process.send_signal(1)

    def log(self) -> str:
        """Return what it has said."""
        path = self.folder / "mosquitto.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process
        return self._process.pid

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process:
            how(self._process)
            self._process.wait(PATIENCE_S)
            self._process = None

    def _listens(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


@contextmanager
def broker(folder: Path, text: str = "", *, papers: Papers | None = None) -> Generator[Broker]:
    """Run a broker in *folder* with *text* at the end of its configuration; with *papers*, by TLS and certificates alone."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Broker(folder, text, papers)
    found.start()
    try:
        yield found
    finally:
        found.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Message:
    """What came."""

    topic: str
    payload: bytes
    is_retained: bool
    properties: Any = None


@dataclass
class Visitor:
    """Anybody at the broker: says what it is told to, and keeps what it hears."""

    port: int
    name: str = "visitor"
    papers: Papers | None = None
    is_kept: bool = False
    """Whether the broker keeps what comes for it while it is away."""
    messages: list[Message] = field(default_factory=list[Message])

    def __enter__(self) -> Self:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        self._client = Client(CallbackAPIVersion.VERSION2, self.name, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._hear
        self._client.on_subscribe = self._subscribed
        self._granted = 0
        if self.papers:
            certificate, key = self.papers.sign(self.name)
            context = ssl.create_default_context(cafile=str(self.papers.ca))
            context.load_cert_chain(certificate, key)
            cast("Any", self._client).tls_set_context(context)
        wishes = Properties(PacketTypes.CONNECT)
        if self.is_kept:
            wishes.SessionExpiryInterval = 3600
        self._client.connect("127.0.0.1", self.port, clean_start=not self.is_kept, properties=wishes)
        self._client.loop_start()
        until(self._client.is_connected, "a connection")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        with suppress(OSError):
            sock = self._client.socket()
            if sock:
                sock.close()

    def hear(self, *topics: str, qos: int = 1) -> None:
        """Listen to *topics*, and wait until the broker knows."""
        wanted = self._granted + len(topics)
        for topic in topics:
            self._client.subscribe(topic, qos)
        until(lambda: self._granted >= wanted, "a subscription")

    def say(self, topic: str, payload: bytes | None, *, qos: int = 1, retain: bool = False, properties: Any = None) -> None:
        """Publish, and wait until the broker has it."""
        self._client.publish(topic, payload, qos, retain, properties).wait_for_publish(PATIENCE_S)

    def on(self, topic: str) -> list[bytes]:
        """Return what came on *topic*."""
        return [each.payload for each in list(self.messages) if each.topic == topic]

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        self.messages.append(Message(message.topic, message.payload, message.retain, message.properties))

    def _subscribed(self, _client: Any, _data: Any, _mid: Any, codes: list[Any], _properties: Any) -> None:
        self._granted += len(codes)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool = False,
    is_expired: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3))
        .not_valid_after(now + timedelta(days=-1 if is_expired else 2))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(by, hashes.SHA256())
    )
