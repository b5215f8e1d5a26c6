"""The section `console:` of config.yaml: its keys, and what is wrong with a value in words."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from player.loopback import is_loopback
from player.schema import Frozen, did_you_mean
from player.secret import SecretRef
from player.sections import Feed, PathText

PORT: Final = 8600
LOOPBACK: Final = "127.0.0.1"
MAX_HOSTS: Final = 20  # names of one machine; a list of hundreds is of machines
MAX_NAME: Final = 253  # characters of a whole DNS name, RFC 1035

_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_WORDS: Final = ("own", "none")
_TLS: Final = "write own, none, or {certificate: /path/of/it.pem, key: /path/of/its-key.pem}"

Found: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in the file, and what is wrong."""


def _host(text: str) -> str:
    if text == "localhost":
        return LOOPBACK
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        hint = ' Did you mean "0.0.0.0"?' if text in {"*", "all", "any"} else ""
        raise ValueError(
            f'write the number of this machine, such as 192.168.1.20, or 0.0.0.0 for all that it has, not "{text}".{hint}'
        ) from None
    if address.is_multicast:
        raise ValueError(f"{text} is the address of no single machine")
    return str(address)


def _name(text: str) -> str:
    name = text.lower().removesuffix(".")
    if _is_address(name.removeprefix("[").removesuffix("]")):
        return str(ipaddress.ip_address(name.removeprefix("[").removesuffix("]")))
    if len(name) > MAX_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        bare = re.sub(r"^[a-z]+://|[/?#].*$|:\d*(?=$|/)|^\*\.", "", name).partition("/")[0]
        is_better = bare != name and all(_LABEL.fullmatch(label) for label in bare.split("."))
        hint = f' Did you mean "{bare}"?' if is_better else ""
        raise ValueError(
            f'write a name of this machine as it stands in an address, such as wall.example.org, not "{text}".{hint}'
        )
    return name


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _several(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


def _tls(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in _WORDS:
        meant = {"self": "own", "self-signed": "own", "true": "own", "false": "none", "off": "none", "no": "none"}.get(value)
        hint = f' Did you mean "{meant}"?' if meant else did_you_mean(value, _WORDS) if value else ""
        raise ValueError(f'{_TLS}, not "{value}".{hint}')
    return {"own": value == "own"}


class Tls(Frozen):
    """How the console is kept from being listened to."""

    own: bool = False
    """By a certificate that the player makes itself: browsers ask once whether to believe it."""
    certificate: PathText | None = None
    """By one that somebody made: a file in PEM, with what leads to its root."""
    key: PathText | None = None

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            missing = "key" if self.key is None else "certificate"
            raise ValueError(f"a certificate has a key: write `{missing}: /path/of/it.pem` too, or `tls: own`")
        if self.own and self.certificate is not None:
            raise ValueError("is either own, or has files: leave one of them out")
        return self

    @property
    def is_on(self) -> bool:
        """Whether there is any."""
        return self.own or self.certificate is not None


class Console(Frozen):
    """The operator's pages."""

    enabled: bool = True
    host: Annotated[str, AfterValidator(_host)] = LOOPBACK
    """Where it listens: a number of this machine; 0.0.0.0, all of them. Beyond this machine only with TLS."""
    port: int = Field(default=PORT, ge=1024, le=65_535)
    """From 1024 on: those below are for programs with more rights than ours."""
    hosts: Annotated[
        tuple[Annotated[str, AfterValidator(_name)], ...], Field(max_length=MAX_HOSTS), BeforeValidator(_several)
    ] = ()
    """Names that people reach it by, besides its numbers."""
    tls: Annotated[Tls, BeforeValidator(_tls)] = Tls()
    metrics_token: SecretRef | None = None
    """Where the token is to be found by which Prometheus reads the metrics from elsewhere; never the token itself."""
    reviewers: bool = False
    """Whether there is a review desk, for people with the role of a reviewer."""

    @model_validator(mode="after")
    def _is_heard_by_nobody(self) -> Self:
        if not self.is_loopback and not self.tls.is_on:
            raise ValueError(
                f"{self.host} is reached from other machines, and without TLS passwords could be read on the way:"
                f" write `tls: own`, or `host: {LOOPBACK}`"
            )
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def is_everywhere(self) -> bool:
        """Whether it listens at every address that the machine has."""
        return ipaddress.ip_address(self.host).is_unspecified

    def url(self, name: str) -> str:
        """Where to find it by *name*, for people."""
        return f"{'https' if self.tls.is_on else 'http'}://{f'[{name}]' if ':' in name else name}:{self.port}/"


def placed(console: Console, home: Path) -> Console:
    """Return *console* with its paths made whole: relative ones start at *home*."""
    tls = console.tls
    if tls.certificate is None or tls.key is None:
        return console
    files = {"certificate": str(_path(tls.certificate, home)), "key": str(_path(tls.key, home))}
    return console.model_copy(update={"tls": tls.model_copy(update=files)})


def problems(console: Console, home: Path) -> Iterator[Found]:
    """Yield what is wrong with the files that it names, with where that stands from the file's top."""
    for key, text in (("certificate", console.tls.certificate), ("key", console.tls.key)):
        if text is not None and not _path(text, home).is_file():
            yield ("console", "tls", key), f"there is no file {_path(text, home)}"


def unreviewed(console: Console, feeds: Mapping[str, Feed]) -> Iterator[Found]:
    """Yield sources whose photos people at this player are to approve, where nobody can."""
    if console.reviewers and console.enabled:
        return
    missing = "reviewers: true" if console.enabled else "enabled: true"
    why = f"reviewed needs the review desk: write `console: {{{missing}}}`, or moderated if somebody approves each item already"
    for name, feed in feeds.items():
        if feed.trust == "reviewed":
            yield ("feeds", name, "trust"), why


def _path(text: str, home: Path) -> Path:
    return home / Path(text).expanduser()
