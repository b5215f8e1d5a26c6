"""Paho, as the centre uses it. The only module of the centre that imports it: an extra, which `link` loads when it is needed."""

from __future__ import annotations

import socket
import ssl
from typing import Any, Final, cast

from paho.mqtt.client import Client as PahoClient
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from player.fleet.connection import IN_FLIGHT, MAX_PACKET, STRANGE

__all__ = ["STRANGE", "Client", "TooMuchError", "of_a_message", "of_connecting"]

MAX_UNSENT: Final = 10_000  # packets that the broker does not take from us: a batch of acknowledgements, and what is ordered


class TooMuchError(ConnectionError):
    """The broker sends more than it was told that we take."""


class Client(PahoClient):
    """A client of MQTT 5 that acknowledges what came only when it is told to, and leaves no socket open."""

    def __init__(self, name: str, context: ssl.SSLContext | None, *, patience_s: float) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True)
        self.connect_timeout = patience_s
        self._context = context
        self.is_forgetful = False
        """Whether what was not acknowledged is not said again by itself: by then it may be old, and go over what is newer."""
        if context is not None:
            cast("Any", self).tls_set_context(context)  # whose types paho does not say

    def subscribed(self, topics: tuple[str, ...], watched: tuple[str, ...] = ()) -> None:
        """Listen to *topics*, at least once each; of what is *watched* the broker says whether it is to be kept."""
        wishes = [(topic, SubscribeOptions(qos=1)) for topic in topics]
        self.subscribe([*wishes, *((topic, SubscribeOptions(qos=1, retainAsPublished=True)) for topic in watched)])

    def forget(self) -> None:
        """Close what is open, so that the next attempt begins anew."""
        self._sock_close()

    def _messages_reconnect_reset_out(self) -> None:
        """Before a connection: make ready what was said and not acknowledged on the one before, or forget it."""
        if self.is_forgetful:
            with self._out_message_mutex:
                self._out_messages.clear()
        super()._messages_reconnect_reset_out()

    def _sock_recv(self, bufsize: int) -> bytes:
        """Read of a packet what is missing; of one that is too long nothing at all, for it would be kept in memory as a whole."""
        if bufsize > MAX_PACKET or len(self._in_messages) > IN_FLIGHT or len(self._out_packet) > MAX_UNSENT:
            raise TooMuchError("more than it was told that we take")
        return super()._sock_recv(bufsize)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """Agree on TLS; where that fails, close what was opened, which paho forgets."""
        if self._context is None:
            raise ConnectionError("there is no TLS to agree on")
        sock = self._context.wrap_socket(tcp_sock, server_hostname=self.host, do_handshake_on_connect=False)
        try:
            sock.settimeout(self.connect_timeout)
            sock.do_handshake()
        except BaseException:
            sock.close()
            raise
        return sock


def of_connecting(*, in_flight: int, session_s: int) -> Properties:
    """Return the wishes with which one connects."""
    found = Properties(PacketTypes.CONNECT)
    found.ReceiveMaximum = in_flight
    found.MaximumPacketSize = MAX_PACKET
    if session_s:
        found.SessionExpiryInterval = session_s
    return found


def of_a_message(expiry_s: int | None, correlation: bytes | None, response_topic: str | None) -> Properties:
    """Return what goes with a message."""
    found = Properties(PacketTypes.PUBLISH)
    if expiry_s is not None:
        found.MessageExpiryInterval = expiry_s
    if correlation is not None:
        found.CorrelationData = correlation
    if response_topic is not None:
        found.ResponseTopic = response_topic
    return found
