"""The section `fleet:` of config.yaml: its keys, and what is wrong with a value in words.

For those who read a configuration in earnest. The fleet's own process goes by `wanted`, which reads the last clean copy.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from player.fleet import topics
from player.fleet.installed import MISSING, is_installed
from player.fleet.messages import MAX_GROUPS, share_of
from player.schema import Frozen, Line, did_you_mean
from player.secret import SecretRef
from player.sections import FeedName, PathText

TLS: Final = "mqtts"
PLAIN: Final = "mqtt"
PORTS: Final = {TLS: 8883, PLAIN: 1883}
MAX_USER: Final = 128  # characters
MAX_HOST: Final = 253  # characters of a whole DNS name, RFC 1035

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PUBLIC_KEY: Final = b"-----BEGIN PUBLIC KEY-----"
_MAX_PEM: Final = 100_000  # bytes of a certificate with what leads to its root; six kilobytes in truth
_HOW: Final = "write where the broker is, such as mqtts://fleet.example.org:8883"

Found: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in the file, and what is wrong."""


def _broker(text: str) -> str:
    if "://" not in text:
        raise ValueError(f'{_HOW}, not "{text}". Did you mean "{TLS}://{text}"?')
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ValueError(f'{_HOW}, not "{text}"') from None
    if parts.scheme not in PORTS:
        meant = {"ssl": TLS, "tls": TLS, "https": TLS, "wss": TLS, "tcp": PLAIN, "http": PLAIN, "ws": PLAIN}.get(parts.scheme, "")
        hint = f' Did you mean "{meant}"?' if meant else did_you_mean(parts.scheme, PORTS)
        raise ValueError(f'{_HOW}, not "{text}".{hint}')
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "holds a name or a password, and this is no place for one: a player shows its certificate, and to a broker in this"
            " house it may give a name, as `user:` and `password: env:NAME`"
        )
    if parts.path.rstrip("/") or parts.query or parts.fragment or port == 0 or not _is_host(host):
        raise ValueError(f'{_HOW}, not "{text}"')
    if parts.scheme == PLAIN and not is_local(host):
        raise ValueError(
            f"{host} may be anywhere, and without TLS others could read and change what is said on the way:"
            f" write {TLS}://{host}, or the number of a broker in this house, such as {PLAIN}://192.168.1.20"
        )
    return _whole(parts, host, port)


def _whole(parts: SplitResult, host: str, port: int | None) -> str:
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port or PORTS[parts.scheme]}"


def _is_host(host: str) -> bool:
    found = _number(host)
    if found:
        return not found.is_unspecified and not found.is_multicast
    return 0 < len(host) <= MAX_HOST and all(_LABEL.fullmatch(label) for label in host.split("."))


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_local(host: str) -> bool:
    """Whether *host* is this computer, or an address that leads to no other house. A name may lead anywhere."""
    found = _number(host)
    return host == "localhost" or (found is not None and (found.is_private or found.is_loopback))


def _name(text: str) -> str:
    if not topics.is_name(text):
        better = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[: topics.MAX_NAME]
        hint = f' Did you mean "{better}"?' if topics.is_name(better) else ""
        raise ValueError(f'write small letters, digits and -, such as oswiecim-1, not "{text}".{hint}')
    return text


def _player(text: str) -> str:
    if _name(text) == topics.CENTRE:
        raise ValueError(f'"{topics.CENTRE}" is the centre\'s own name: call a player by where it stands, such as oswiecim-1')
    return text


def _share(text: str) -> str:
    if share_of(text) is None:
        raise ValueError(f'write which of how many sites this one is, such as 2/5, not "{text}"')
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


class Fleet(Frozen):
    """This player among others: a broker (MQTT) by which a centre hints and orders, and hears how it is."""

    broker: Annotated[str, AfterValidator(_broker)]
    """`mqtts://host:port`; `mqtt://` on this computer or a private address alone."""
    id: Annotated[str, AfterValidator(_player)]
    """What it is called among all of them: the name in its certificate."""
    certificate: PathText | None = None
    """In PEM, as the centre made it."""
    key: PathText | None = None
    ca: PathText | None = None
    """What the broker's certificate leads to; None: whom the system believes."""
    user: Annotated[Line, Field(min_length=1, max_length=MAX_USER)] | None = None
    """Its name at a broker in this house that asks for one, such as Home Assistant's."""
    password: SecretRef | None = None
    """With `user`: where it is to be found."""
    centre: PathText | None = None
    """Whose signature counts: the centre's public key. None: nobody orders anything from afar."""
    groups: Annotated[
        tuple[Annotated[str, AfterValidator(_name)], ...], Field(max_length=MAX_GROUPS), BeforeValidator(_several)
    ] = ()
    """Players that show something together."""
    share: Annotated[str, AfterValidator(_share)] | None = None
    """Which of how many sites, for a show in step that begins with other people at each."""
    programmes: FeedName | None = None
    """Beside which feed the programmes of shows in step lie; None: the first."""
    home_assistant: bool = False
    """Whether Home Assistant is told of it: on a broker in this house alone."""

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            missing = "key" if self.key is None else "certificate"
            raise ValueError(f"a certificate has a key: write `{missing}: fleet/{self.id}.pem` too")
        if not self.is_tls and (self.certificate or self.ca):
            raise ValueError(f"certificates count with TLS alone: write {TLS}:// in `broker`, or leave them out")
        if self.is_tls and not self.is_in_house and self.certificate is None:
            raise ValueError(
                "a broker elsewhere must know who comes: write `certificate:` and `key:`, as `weremember fleet enrol` made them"
            )
        if (self.user is None) != (self.password is None):
            missing = "password: env:NAME" if self.password is None else "user: NAME"
            raise ValueError(f"a name at the broker has a password: write `{missing}` too")
        if self.user is not None and not self.is_in_house:
            raise ValueError(
                "user and password are for a broker of this computer or in this house: a fleet's broker knows a player by its"
                " certificate"
            )
        if self.home_assistant and not self.is_in_house:
            raise ValueError(
                "home_assistant is for a broker of this computer or in this house: a fleet's broker is no place for it"
            )
        if len(set(self.groups)) < len(self.groups):
            raise ValueError("a group is named twice")
        return self

    @property
    def is_tls(self) -> bool:
        """Whether what is said is kept from others."""
        return self.broker.startswith(f"{TLS}://")

    @property
    def is_in_house(self) -> bool:
        """Whether the broker is this computer or has a private address."""
        return is_local(urlsplit(self.broker).hostname or "")


def placed(fleet: Fleet | None, home: Path) -> Fleet | None:
    """Return *fleet* with its paths made whole: relative ones start at *home*."""
    if fleet is None:
        return None
    return fleet.model_copy(update={key: str(home / Path(text).expanduser()) for key, text in _files(fleet)})


def problems(fleet: Fleet | None, home: Path, feeds: Collection[str]) -> Iterator[Found]:
    """Yield what is wrong with the files and feeds that it names, with where that stands from the file's top."""
    if fleet is None:
        return
    for key, text in _files(fleet):
        path = home / Path(text).expanduser()
        if why := _wrong_file(path, is_key=key == "centre"):
            yield ("fleet", key), why
    if fleet.programmes is not None and fleet.programmes not in feeds:
        yield ("fleet", "programmes"), f'there is no feed "{fleet.programmes}".{did_you_mean(fleet.programmes, feeds)}'


def uninstalled(fleet: Fleet | None) -> str:
    """Say how to install what is missing for *fleet*; empty: nothing is."""
    return MISSING if fleet is not None and not is_installed() else ""


def _files(fleet: Fleet) -> Iterator[tuple[str, str]]:
    for key in ("certificate", "key", "ca", "centre"):
        text = getattr(fleet, key)
        if text is not None:
            yield key, text


def _wrong_file(path: Path, *, is_key: bool) -> str:
    try:
        with path.open("rb") as file:
            found = file.read(_MAX_PEM)
    except FileNotFoundError:
        return f"there is no file {path}"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if is_key and _PUBLIC_KEY not in found:
        return f"{path} holds no public key: copy centre.pub from the centre's folder"
    return "" if b"-----BEGIN " in found else f"{path} is no file in PEM"
