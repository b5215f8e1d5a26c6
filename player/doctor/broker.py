"""Whether the broker of a fleet answers, and takes this player's certificate: by a connection that says nothing.

Not by a word of MQTT: another one with this player's id would throw out the player that runs.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from player.fleet.section import Fleet

PATIENCE_S: Final = 5.0
VERDICT_S: Final = 1.0  # TLS 1.3 has the broker judge a certificate after its own greeting: until then it says nothing
_WORDS: Final[dict[type[OSError], str]] = {
    socket.gaierror: "has no address that is known here: is the name right, and the network there?",
    ConnectionRefusedError: "does not listen: is it running?",
    TimeoutError: "does not answer: is port {port} open in every firewall on the way?",
}


def unreached(fleet: Fleet) -> str:
    """Return why the broker is not reached, as the end of a sentence that begins with its address; empty: it is."""
    parts = urlsplit(fleet.broker)
    host, port = parts.hostname or "", parts.port or 0
    try:
        with closing(socket.create_connection((host, port), PATIENCE_S)) as connection:
            if fleet.is_tls:
                _greet(fleet, connection, host)
    except ssl.SSLCertVerificationError as error:
        return f"shows a certificate that is not believed here ({error.verify_message}): look at fleet.ca"
    except ssl.SSLError as error:
        why = (error.reason or "no TLS").lower().replace("_", " ")
        return f"and this player do not agree ({why}): look at fleet.certificate and fleet.key"
    except OSError as error:
        words = next((words for kind, words in _WORDS.items() if isinstance(error, kind)), "cannot be reached: {why}")
        return words.format(port=port, why=error.strerror or error)
    return ""


def _greet(fleet: Fleet, connection: socket.socket, host: str) -> None:
    """Let the broker see who comes, as far as TLS goes.

    Raises:
        OSError: it does not want us, or we do not believe it.
    """
    context = ssl.create_default_context(cafile=fleet.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if fleet.certificate:
        context.load_cert_chain(fleet.certificate, fleet.key)
    with closing(context.wrap_socket(connection, server_hostname=host)) as greeted:
        greeted.settimeout(VERDICT_S)
        try:
            if not greeted.recv(1):
                raise ConnectionResetError(None, "it ends the connection at once")
        except TimeoutError:
            return  # it waits for us to say something: we are welcome
