"""The programs that a simulation runs: Mosquitto and nginx, unprivileged or as we are, in a folder of ours, gone at the end."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from player.centre import brokering
from player.centre.founding import Office
from player.centre.simulating.measuring import Use, use
from player.errors import OperatorError
from player.units import Seconds

STARTING_S: Final[Seconds] = 20.0  # until a program listens
ENDING_S: Final[Seconds] = 10.0  # until one that was asked to end is killed
LOOK_S: Final[Seconds] = 0.05
HOST: Final = "127.0.0.1"
SPARE: Final = 200  # files a program has open besides its connections
_TLS: Final = (
    "cafile",
    "certfile",
    "keyfile",
    "crlfile",
    "tls_version",
    "require_certificate",
    "use_identity_as_username",
)
_PLACES: Final = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"


def found(program: str) -> str | None:
    """Return where *program* is, also where only administrators look."""
    return shutil.which(program) or shutil.which(program, path=_PLACES)


def free_port() -> int:
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def make_room(players: int) -> None:
    """Let this process and those that it starts open as many files as the machine allows.

    Raises:
        OperatorError: that is not enough for so many connections.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < players + SPARE:
        raise OperatorError(
            f"a process may have {hard} files open here, and the broker needs {players + SPARE}: "
            f"simulate at most {max(0, hard - SPARE)} players, or raise it (ulimit -n)"
        )


class Program:
    """A program that listens on a port."""

    def __init__(self, name: str, command: Sequence[str], port: int, log: Path) -> None:
        self.name = name
        self.port = port
        self._command = command
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._used = Use()
        """By those of its processes that have ended."""

    async def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            OperatorError: it does not.
        """
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(STARTING_S):
                while self._process.returncode is None:
                    if await self._listens():
                        return
                    await asyncio.sleep(LOOK_S)
        await self.stop()
        words = self._log.read_text("utf-8", "replace").strip().splitlines()
        raise OperatorError(f"{self.name} does not start: {words[-1] if words else 'it says nothing'}")

    async def stop(self) -> None:
        """End it as its service would: what it keeps is written."""
        process, self._process = self._process, None
        if process is None:
            return
        self._used = Use((self._used + use(process.pid)).cpu_s, 0.0)
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(ENDING_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    def use(self) -> Use:
        """Return what it has used, over restarts."""
        return self._used + use(self._process.pid) if self._process else self._used

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return True


def mosquitto(folder: Path, program: str, office: Office, *, has_tls: bool) -> Program:
    """Return Mosquitto with the configuration and the list that the centre in *office* wrote for it; it keeps all in *folder*.

    Changed is only what a simulation has to: the address, who it runs as, where its files are, and, without TLS, that it believes
    whoever says who they are.
    """
    folder.mkdir()
    file = folder / "mosquitto.conf"
    file.write_text(broker_text(brokering.configuration(office.centre, office.folder), folder, office, has_tls=has_tls), "utf-8")
    return Program("Mosquitto", (program, "-c", str(file)), office.centre.broker.port, folder / "mosquitto.log")


def broker_text(text: str, folder: Path, office: Office, *, has_tls: bool) -> str:
    """Return the configuration of the simulation's broker, from the *text* of a real one."""
    port = office.centre.broker.port
    acl = folder / brokering.ACL
    acl.write_text(brokering.access(), "utf-8")
    acl.chmod(0o600)
    own = {"listener": f"listener {port} {HOST}", "acl_file": f"acl_file {acl}"}
    own |= {} if has_tls else {"allow_anonymous": "allow_anonymous true"} | dict.fromkeys(_TLS, "")
    lines = [own.get(line.partition(" ")[0], line) for line in text.splitlines()]
    as_we_are = ["user root"] if os.geteuid() == 0 else []
    return "\n".join([*as_we_are, *lines, f"persistence_location {folder}/", "log_dest stdout", ""])


def nginx(folder: Path, program: str, origin: int) -> Program:
    """Return nginx as a cache before the origin at the port *origin*; it keeps everything in *folder*."""
    folder.mkdir()
    port = free_port()
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = folder / "nginx.conf"
    file.write_text(
        f"""{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder / "nginx.pid"};
error_log {folder / "error.log"};
events {{ worker_connections 2048; }}
http {{
{temporary}
log_format short '$msec $status $upstream_cache_status $bytes_sent';
access_log {folder / "access.log"} short buffer=32k flush=1s;
proxy_cache_path {folder / "cache"} keys_zone=feed:1m max_size=64m inactive=1d use_temp_path=off;
server {{
    listen {HOST}:{port} backlog=1024;
    keepalive_requests 1000000;
    location / {{
        proxy_pass http://{HOST}:{origin};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_connect_timeout 2s;
        proxy_read_timeout 5s;
        proxy_cache feed;
        proxy_cache_lock on;
        proxy_cache_revalidate on;
        proxy_cache_background_update on;
        proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;
    }}
}}
}}
""",
        "ascii",
    )
    return Program("nginx", (program, "-p", str(folder), "-c", str(file)), port, folder / "said.log")


class Child:
    """A process of ours with light players in it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._process = process

    @classmethod
    async def start(cls, first_line: bytes, log: Path) -> Child:
        """Start one, and say what it is to be."""
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "player.centre.simulating.crowd",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for us: it leaves in good order, and ends this one
            )
        child = cls(process)
        child.say(first_line)
        return child

    def say(self, line: bytes) -> None:
        """Say a line; nothing happens when it is gone."""
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(line + b"\n")

    async def hear(self) -> bytes:
        """Return the next line; empty when it is gone."""
        return await self._process.stdout.readline() if self._process.stdout else b""

    async def stop(self) -> None:
        """End it: its input ends, and so does it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(ENDING_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
