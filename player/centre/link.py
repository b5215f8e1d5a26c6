"""The centre's one connection to the broker: MQTT 5 over TLS, by the certificate in its folder.

A thread of its own keeps it and comes back when it is lost; what arrives waits in a queue until somebody takes it. What must not
be lost (QoS 1) is acknowledged only when whoever took it says that it is kept, so that the broker keeps it until then. What
goes out is waited for until the broker has it.
"""

from __future__ import annotations

import queue
import socket
import ssl
import sys
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Self

from player import log
from player.errors import NetworkError, OperatorError

PORT: Final = 8883
MAX_WAITING: Final = 20_000  # messages; twice the reports of ten thousand players, 20 MB. Beyond that reports are let go
IN_FLIGHT: Final = 2_000  # messages that the broker sends before the first is acknowledged: one batch of the collector
MOST_WAITING: Final = MAX_WAITING + IN_FLIGHT  # beyond that also what must be kept has no room, and the connection ends
MAX_KEPT: Final = 8  # of what the broker keeps on the topics that are watched: each is soon overtaken by the next
KEEPALIVE_S: Final = 30
PATIENCE_S: Final = 10.0  # for the broker to answer somebody who waits at a terminal
CONNECT_S: Final = 5.0  # for a socket and its TLS
LEAVE_S: Final = 0.2  # between two requests to leave
AT_LEAST_S: Final = 1  # before the first attempt to come back
AT_MOST_S: Final = 5  # between two attempts: there is one centre, nobody is overrun by it
SESSION_S: Final = 7 * 86_400  # how long the broker keeps for the collector what it has not acknowledged
MISSING: Final = "weremember[fleet] is not installed: pip install 'weremember[fleet]'"

_log = log.get("centre")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is."""

    host: str
    port: int = PORT

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Papers:
    """By what the broker knows us, and we know it: files in PEM."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be said."""

    topic: str
    payload: bytes
    is_retained: bool = False
    expiry_s: int | None = None
    """How long the broker keeps it for whoever is away; None: for ever."""
    correlation: bytes | None = None
    response_topic: str | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something that came."""

    topic: str
    payload: bytes
    is_retained: bool
    """Whether it is an old word that the broker repeats because we have just begun to listen."""
    number: int = 0
    """For `settle`; 0: nobody waits for it."""
    connection: int = 0


class Link:
    """The connection. Open it with a patience, or start it and let it come when the broker does."""

    def __init__(
        self,
        broker: Broker,
        papers: Papers | None,
        *,
        name: str,
        topics: tuple[str, ...] = (),
        keeps_session: bool = False,
    ) -> None:
        """Make ready.

        Args:
            broker: Where it is.
            papers: Certificates; None: without TLS, for a broker of this computer.
            name: The client's id at the broker. Two with one throw each other out.
            topics: What to listen to.
            keeps_session: Whether the broker keeps what comes while we are away; for one collector.

        Raises:
            OperatorError: paho is missing, or the papers cannot be used.
        """
        self._paho = _paho()
        self._broker = broker
        self._topics = topics
        self._keeps_session = keeps_session
        self._watched: tuple[str, ...] = ()
        self._kept: deque[bytes] = deque(maxlen=MAX_KEPT)
        self._waiting: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._news = threading.Condition()
        self._acknowledged: dict[int, str] = {}
        self._is_connected = False
        self._is_listening = False
        self._closing = threading.Event()
        self._connections = 0
        self._problem = ""
        self._thread: threading.Thread | None = None
        self._edge = log.Edge(_log, begins="the broker is lost", ends="the broker answers again")
        self.forgotten = 0
        """How many connections were made to a broker that knew nothing of our session: it may have lost what it was to keep."""
        self.let_go = 0
        """How many reports were let go because nobody took them in time."""
        client = self._paho.Client(name, _context(papers) if papers else None, patience_s=CONNECT_S)
        client.reconnect_delay_set(AT_LEAST_S, AT_MOST_S)
        client.is_forgetful = keeps_session
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_connected(self) -> bool:
        """Whether the broker hears us now."""
        return self._is_connected

    @property
    def is_listening(self) -> bool:
        """Whether the broker also knows what we listen to."""
        return self._is_connected and self._is_listening

    @property
    def connections(self) -> int:
        """How many there were so far."""
        return self._connections

    @property
    def problem(self) -> str:
        """Why it does not, in one line; empty: it does, or nobody knows yet."""
        return "" if self._is_connected else self._problem

    def watch(self, topic: str) -> None:
        """Hear also what the broker keeps on *topic*; before it is started."""
        self._watched = (*self._watched, topic)

    def kept(self) -> list[bytes]:
        """Return what the broker was heard to keep on the topics that are watched, the newest last."""
        found = list[bytes]()
        while self._kept:
            found.append(self._kept.popleft())
        return found

    def start(self) -> None:
        """Begin to connect, and go on trying for as long as it takes."""
        wishes = self._paho.of_connecting(in_flight=IN_FLIGHT, session_s=SESSION_S if self._keeps_session else 0)
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            KEEPALIVE_S,
            clean_start=not self._keeps_session,
            properties=wishes,
        )
        self._thread = threading.Thread(target=self._run, name="broker")
        self._thread.start()

    def open(self, patience_s: float = PATIENCE_S) -> Self:
        """Connect, and wait until it is so, and the broker knows what we listen to.

        Raises:
            NetworkError: it cannot be; the message says what to look at.
        """
        self.start()
        with self._news:
            self._news.wait_for(lambda: (self._is_connected and self._is_listening) or self._problem, patience_s)
            if self._is_connected and self._is_listening:
                return self
            problem = self._problem or f"the broker at {self._broker} does not answer: is mosquitto running?"
        self.close()
        raise NetworkError(problem)

    def close(self) -> None:
        """Leave."""
        self._closing.set()
        self._client.disconnect()
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(LEAVE_S)
            self._client.disconnect()  # an attempt that was under way has forgotten that it was to leave
        self._thread = None
        self._is_connected = False

    def publish(self, message: Message, *, patience_s: float = PATIENCE_S) -> None:
        """Say *message*, and wait until the broker has it.

        Raises:
            NetworkError: it has not said so; the message may arrive all the same, later.
        """
        self.publish_all((message,), patience_s=patience_s)

    def publish_all(self, messages: Iterable[Message], *, patience_s: float = PATIENCE_S) -> None:
        """Say all *messages*, and wait until the broker has them.

        Raises:
            NetworkError: it has not said so of every one; some may have arrived, or arrive later.
        """
        if not self._is_connected:
            raise NetworkError(self._problem or f"the broker at {self._broker} is not connected")
        sent = [self._sent(message) for message in messages]
        with self._news:
            is_whole = self._news.wait_for(lambda: all(number in self._acknowledged for number in sent), patience_s)
            found = [self._acknowledged.pop(number, "") for number in sent]
        if not is_whole:
            raise NetworkError(f"the broker at {self._broker} has not confirmed it: it may arrive later, or not at all")
        if refused := next(filter(None, found), ""):
            raise NetworkError(f"the broker at {self._broker} refuses it ({refused}): is its acl the one of this folder?")

    def take(self, most: int, patience_s: float) -> list[Arrived]:
        """Return at most *most* of what came, as soon as there is any; nothing after *patience_s*."""
        found = list[Arrived]()
        try:
            found.append(self._waiting.get(timeout=patience_s))
            while len(found) < most:
                found.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return found

    def settle(self, taken: Iterable[Arrived]) -> None:
        """Tell the broker that what was *taken* is kept: it need not be sent again."""
        for each in taken:
            if each.number and each.connection == self._connections:
                self._client.ack(each.number, 1)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._client.loop_forever(retry_first_connection=True)
            except self._paho.STRANGE as error:
                what = str(error) if isinstance(error, self._paho.TooMuchError) else type(error).__name__
                self._lost(f"the broker at {self._broker} sends what no broker should ({what}): is it one?")
                self._client.forget()
                self._closing.wait(AT_MOST_S)

    def _sent(self, message: Message) -> int:
        properties = self._paho.of_a_message(message.expiry_s, message.correlation, message.response_topic)
        told = self._client.publish(message.topic, message.payload, qos=1, retain=message.is_retained, properties=properties)
        return told.mid

    def _on_connect(self, client: Any, _data: object, flags: Any, code: Any, _properties: object) -> None:  # noqa: ANN401
        with self._news:
            self._connections += 1
            self.forgotten += not flags.session_present and not code.is_failure
            self._is_connected = not code.is_failure
            self._is_listening = not (self._topics or self._watched)
            self._problem = (
                f"the broker at {self._broker} refuses this centre ({code}): was its certificate made for it?"
                if code.is_failure
                else ""
            )
            self._news.notify_all()
        if self._keeps_session:
            self._edge.note("", holds=not self._is_connected, broker=self._broker, why=self._problem)
        if self._is_connected and (self._topics or self._watched):
            # What was said before is repeated at each connection, with a mark that it is old.
            client.subscribed(self._topics, self._watched)

    def _on_connect_fail(self, _client: object, _data: object) -> None:
        self._lost(_in_words(sys.exc_info()[1], self._broker))  # paho calls from within its handler of the error

    def _on_disconnect(self, _client: object, _data: object, _flags: object, code: object, _properties: object) -> None:
        never = f"the broker at {self._broker} ends the connection at once: is this centre's certificate one of its own?"
        self._lost(f"the broker at {self._broker} has ended the connection ({code})" if self._is_connected else never)

    def _lost(self, problem: str) -> None:
        with self._news:
            self._is_connected = self._is_listening = False
            self._problem = problem
            self._acknowledged.clear()
            self._news.notify_all()
        # Only a collector, which nobody looks at, has to say so in the log: a command says it in its own words.
        if self._keeps_session and not self._closing.is_set():
            self._edge.note("", holds=True, broker=self._broker, why=problem)

    def _on_message(self, _client: object, _data: object, message: Any) -> None:  # noqa: ANN401
        must_be_kept = message.qos > 0
        if not must_be_kept and self._waiting.qsize() >= MAX_WAITING:
            self.let_go += 1
            return
        if self._waiting.qsize() >= MOST_WAITING:  # nothing of it is acknowledged: a broker that is one sends it again
            raise self._paho.TooMuchError("more than anybody here can take in")
        try:
            topic = message.topic
        except UnicodeDecodeError:  # no topic of ours, and nobody waits for it
            topic = ""
        number = message.mid if must_be_kept else 0
        if topic in self._watched:
            if message.retain:  # as it was said: what is not retained has nothing to do with what is kept
                self._kept.append(bytes(message.payload))
            if number:
                self._client.ack(number, 1)
            return
        self._waiting.put(Arrived(topic, bytes(message.payload), message.retain, number, self._connections))

    def _on_subscribe(self, _client: object, _data: object, _number: int, _codes: object, _properties: object) -> None:
        with self._news:
            self._is_listening = True
            self._news.notify_all()

    def _on_publish(self, _client: object, _data: object, number: int, code: Any, _properties: object) -> None:  # noqa: ANN401
        with self._news:
            self._acknowledged[number] = str(code) if code.is_failure else ""
            self._news.notify_all()


def _paho() -> ModuleType:
    """Return what speaks MQTT: an extra, without which everything else goes on."""
    try:
        from player.centre import client  # noqa: PLC0415
    except ImportError as error:
        raise OperatorError(MISSING) from error
    return client


def _context(papers: Papers) -> ssl.SSLContext:
    """Return how we show who we are, and whom we believe."""
    try:
        made = ssl.create_default_context(cafile=papers.ca)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_cert_chain(papers.certificate, papers.key, password="")
    except ssl.SSLError as error:
        raise OperatorError(f"{papers.certificate}, its key and {papers.ca} are no certificates that go together") from error
    except OSError as error:
        raise OperatorError(f"the certificates in {papers.certificate.parent} cannot be read: {error.strerror}") from error
    return made


def _in_words(error: BaseException | None, broker: Broker) -> str:
    """Return why a connection could not be made."""
    kinds: tuple[tuple[type[OSError], str], ...] = (
        (ssl.SSLCertVerificationError, "shows a certificate that is not this centre's"),
        (ssl.SSLError, "speaks no TLS that this centre can answer"),
        (socket.gaierror, "has no address that is known: is the name right, and the network there?"),
        (ConnectionRefusedError, "does not answer: is mosquitto running?"),
        (TimeoutError, "does not answer: is mosquitto running, and its port let through?"),
    )
    what = next((words for kind, words in kinds if isinstance(error, kind)), "cannot be reached")
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    return f"the broker at {broker} {what}" + (f" ({reason})" if reason else "")
