"""Where a stream by one connection comes from: its address, in the three spellings that are needed of it. Pure.

Written by the operator, it is asked about as the web's, for that is what the rules for feeds know; the child is given a number in
place of the name; and the server of an RTMP stream is told the name that it knows itself by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from player.feed import wire
from player.feed.address import AddressPolicy, Resolve

PORTS: Final = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "rtsps": 322}
"""What is spoken, and where it is spoken when an address does not say."""


@dataclass(frozen=True, slots=True)
class Far:
    """Where a stream comes from by one connection."""

    url: str = field(repr=False)
    """rtmp, rtmps, rtsp or rtsps; a secret, for whoever knows it can often send as well."""
    policy: AddressPolicy
    """Judges it, as `judged` spells it."""
    ca_file: str | None = None
    """`network.ca_file`."""
    resolve: Resolve = field(default=wire.resolve)

    @property
    def scheme(self) -> str:
        """What is spoken."""
        return urlsplit(self.url).scheme.lower()

    @property
    def port(self) -> int:
        """Where."""
        return urlsplit(self.url).port or PORTS[self.scheme]

    @property
    def host(self) -> str:
        """The name or number of its server, as written; that of IPv6 without its brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def judged(self) -> str:
        """What the policy is asked about: it knows the web's addresses alone, and judges host and port."""
        return judged(self.url)

    def inner(self, address: str) -> str:
        """Return what the child is to open: unencrypted, and by *address*, so that no name need be looked up."""
        split = urlsplit(self.url)
        user = f"{split.netloc.rpartition('@')[0]}@" if "@" in split.netloc else ""
        scheme = self.scheme.removesuffix("s")
        return split._replace(scheme=scheme, netloc=f"{user}{_authority(address, self.port)}").geturl()

    @property
    def called(self) -> str:
        """What the server of an RTMP stream is told that it was asked for: its application, by its own name (tcUrl)."""
        steps = urlsplit(self.url).path.lstrip("/").split("/")
        # As FFmpeg cuts addresses: app/key, app/instance/key; a colon (mp4:key) begins what is played.
        count = 0 if len(steps) == 1 else 1 if len(steps) == 2 or ":" in steps[1] else 2  # noqa: PLR2004  as it says above
        return f"{self.scheme}://{_authority(self.host, self.port)}/{'/'.join(steps[:count])}"


def judged(url: str) -> str:
    """Return the web's address of the host and port of *url*, for a policy to judge."""
    split = urlsplit(url)
    return f"https://{_authority(split.hostname or '', split.port or PORTS[split.scheme.lower()])}/"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
