"""One connection to the broker, from its beginning to its end: the only place that knows paho (MQTT 5) and certificates.

What the broker may send is bounded here: a packet too long is not read, and ends the connection. What paho comes to when a broker
sends what none should is an error of ours, in a line.
"""

from __future__ import annotations

import queue
import socket
import ssl
import struct
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from player.errors import NetworkError, OperatorError
from player.fleet import topics
from player.fleet.outgoing import Outgoing
from player.fleet.wanted import Broker
from player.reference import Secret

KEEPALIVE_S: Final = 60  # what most routers remember a quiet connection for
CONNECT_S: Final = 10.0  # for a socket, and again for its TLS
WILL_DELAY_S: Final = 60  # whoever is back within it was never away
SESSION_S: Final = 300  # how long the broker keeps orders for us: as long as the last of them may be obeyed
IN_FLIGHT: Final = 16  # messages of ours that the broker has not acknowledged; Mosquitto takes 20
MAX_PACKET: Final = 8192  # bytes: the longest message with its topic and properties, and as much again
MAX_UNSENT: Final = 64  # packets that the broker does not take from us: until it does, nothing more is read
_TAKEN_OVER: Final = 0x8E  # MQTT 5, 3.14.2.1: another client with our id
STRANGE: Final = (
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
    MQTTException,
)
"""What paho comes to when a broker sends what no broker should."""
_WORDS: Final[dict[type[OSError], str]] = {
    socket.gaierror: "{} has no address that is known here: is the name right, and the network there?",
    ConnectionRefusedError: "nobody listens at {}",
    TimeoutError: "{} does not answer",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came, from whoever."""

    topic: str
    payload: bytes


def client_id(player: str, broker: Broker) -> str:
    """Return as whom *player* comes to *broker*: under its id alone where it has no key, or one that cannot be read."""
    try:
        return topics.client_id(player, Path(broker.key).read_bytes()) if broker.key else player
    except OSError:  # the connection says why
        return player


class Connection(Client):
    """Paho's client, used once."""

    def __init__(self, name: str, heard: queue.Queue[Incoming], taken: queue.SimpleQueue[int], tell: Callable[[], None]) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        self.connect_timeout = CONNECT_S
        self.on_connect = self._welcomed
        self.on_disconnect = self._parted
        self.on_message = self._brought
        self.on_publish = self._took
        self._into = heard
        self._done = taken
        self._tell = tell
        self._listens: tuple[tuple[str, ...], int] | None = None
        self._tokens: dict[int, int | None] = {}
        self.is_welcome = False
        self.is_taken_over = False
        self.farewell = ""
        """What the broker said when it ended the connection."""
        self.refusal = ""
        """Why something that we said was not taken."""
        self._context: ssl.SSLContext | None = None
        self._fault: OSError | None = None
        """What broke it."""

    @property
    def has_room(self) -> bool:
        """Whether one more may be on its way."""
        return len(self._tokens) < IN_FLIGHT and len(self._out_packet) < MAX_UNSENT

    @property
    def is_quiet(self) -> bool:
        """Whether everything that was said has arrived."""
        return not self._tokens and not self._out_packet

    @property
    def is_choked(self) -> bool:
        """Whether the broker takes nothing from us: were we to read on, the acknowledgements would pile up."""
        return len(self._out_packet) >= MAX_UNSENT

    @contextmanager
    def translated(self, broker: Broker) -> Generator[None]:
        """Let whatever breaks in it be an error of ours.

        Raises:
            NetworkError: something broke; what, is in a line.
        """
        try:
            yield
        except STRANGE as error:
            raise NetworkError(in_words(self._fault or error, broker, was_up=self.is_welcome)) from error

    def opened(self) -> socket.socket:
        """Return what is read from and written to.

        Raises:
            OSError: the connection has ended.
        """
        sock = self.socket()
        if sock is None:
            raise self._ended()
        return cast("socket.socket", sock)

    def begin(self, broker: Broker, will: Outgoing) -> None:
        """Connect, and ask to be taken in.

        Raises:
            NetworkError: the password that we have for it cannot be read.
        """
        if broker.is_tls:
            context = ssl.create_default_context(cafile=broker.ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if broker.certificate:
                context.load_cert_chain(broker.certificate, broker.key)
            self._context = context
            _loose(self).tls_set_context(context)
        if broker.user and broker.password:
            self.username_pw_set(broker.user, _revealed(broker.password))
        wills = Properties(PacketTypes.WILLMESSAGE)
        wills.WillDelayInterval = WILL_DELAY_S
        self.will_set(will.topic, will.payload, will.qos, will.retain, wills)
        wishes = Properties(PacketTypes.CONNECT)
        wishes.SessionExpiryInterval = SESSION_S
        wishes.MaximumPacketSize = MAX_PACKET
        wishes.ReceiveMaximum = IN_FLIGHT
        self.connect(broker.host, broker.port, KEEPALIVE_S, clean_start=False, properties=wishes)

    def listen(self, topics: Sequence[str], times: int = 0) -> None:
        """Listen to *topics*, unless we do already, for that many *times*: at each the broker repeats what it retains."""
        if (topics, times) == self._listens:
            return
        options = SubscribeOptions(qos=1)
        _loose(self).subscribe([(topic, options) for topic in topics])
        self._listens = tuple(topics), times

    def tell(self, message: Outgoing) -> None:
        """Send a message."""
        info = self.publish(message.topic, message.payload, message.qos, message.retain)
        if message.qos:
            self._tokens[info.mid] = message.token

    def receive(self) -> None:
        """Read what has come."""
        self._check(self.loop_read())
        if len(self._in_messages) > IN_FLIGHT:
            raise ConnectionError("it begins more than it was told that we take")

    def flush(self) -> None:
        """Write what waits."""
        self._check(self.loop_write())

    def tend(self) -> None:
        """See whether the broker is still there."""
        self._check(self.loop_misc())

    def end(self) -> None:
        """Close what is open."""
        self._reset_sockets()

    def _check(self, code: MQTTErrorCode) -> None:
        if code not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_AGAIN):
            raise self._ended()

    def _ended(self) -> OSError:
        return self._fault or ConnectionError(self.farewell or "it has ended the connection")

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """Agree on TLS; where that fails, leave nothing open, as paho does."""
        if self._context is None:
            raise ConnectionError("there is no TLS to agree on")
        sock = self._context.wrap_socket(tcp_sock, server_hostname=self.host, do_handshake_on_connect=False)
        try:
            sock.settimeout(CONNECT_S)
            sock.do_handshake()
        except BaseException:
            sock.close()
            raise
        return sock

    def _sock_recv(self, bufsize: int) -> bytes:
        """Read of a packet what is missing; of one that is too long nothing at all, for it would be kept in memory as a whole."""
        try:
            if bufsize > MAX_PACKET:
                raise ConnectionError(f"it sends a packet of {bufsize} bytes, and {MAX_PACKET} are the most")
            return super()._sock_recv(bufsize)
        except BlockingIOError:
            raise
        except OSError as error:
            self._fault = error
            raise

    def _welcomed(self, _client: object, _data: object, _flags: object, code: Any, _properties: object) -> None:  # noqa: ANN401
        if code.is_failure:
            self.farewell = f"it refuses this player: {code}"
        self.is_welcome = not code.is_failure

    def _parted(self, _client: object, _data: object, flags: Any, code: Any, _properties: object) -> None:  # noqa: ANN401
        if flags.is_disconnect_packet_from_server:
            self.is_taken_over = code.value == _TAKEN_OVER
            self.farewell = f"it has ended the connection: {code}"

    def _brought(self, _client: object, _data: object, message: MQTTMessage) -> None:
        with suppress(UnicodeDecodeError, queue.Full):  # no topic of ours; or a broker that heeds nothing
            self._into.put_nowait(Incoming(message.topic, bytes(message.payload)))
        self._tell()

    def _took(self, _client: object, _data: object, number: int, code: Any, _properties: object) -> None:  # noqa: ANN401
        token = self._tokens.pop(number, None)
        if token is not None and not code.is_failure:
            self._done.put(token)
            self._tell()
        elif code.is_failure:
            self.refusal = str(code)


def _revealed(reference: str) -> str:
    try:
        return Secret(reference).reveal(shortest=1)
    except (OperatorError, ValueError) as error:
        raise NetworkError(f"the password for the broker: {error}") from error


def _loose(client: Client) -> Any:  # noqa: ANN401
    """Return *client* for those of its methods whose types paho does not say."""
    return client


def in_words(error: BaseException, broker: Broker, *, was_up: bool) -> str:
    """Return what is wrong with the broker, or with what we show it."""
    if isinstance(error, ssl.SSLError):
        why = (error.reason or "no TLS").lower().replace("_", " ")
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{broker} shows a certificate that is not believed here ({error.verify_message}): look at `ca:`"
        return f"{broker} and this player do not agree ({why}): look at `certificate:` and `key:`"
    if isinstance(error, ConnectionResetError | BrokenPipeError) and not was_up and broker.is_tls:
        return f"{broker} ends the connection at once: is this player's certificate revoked, or another centre's?"
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words.format(broker)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else f"{broker}: "
        return f"{where}{error.strerror or error}"
    return f"{broker} sends what no broker should ({type(error).__name__})"
