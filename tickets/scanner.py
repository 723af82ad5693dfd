"""The virus scanner: ClamAV's clamd, over its socket."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

TIMEOUT = 60  # seconds without a word from clamd
CHUNK = 2**16


class NoVerdict(Exception):
    """The scanner gave no clear answer about this file. That never means clean."""


class ScannerDown(NoVerdict):
    """Nobody answered at all."""


@dataclass(frozen=True)
class Verdict:
    """`malware` is the name clamd gives it, empty for a clean file."""

    malware: str = ""


def scan(content: IO[bytes], url: str) -> Verdict:
    """Stream the content through clamd (INSTREAM). Anything but its two clear answers is no
    verdict, "size limit exceeded" included: what clamd did not read to the end, it did not scan.
    """
    try:
        with _connected(url) as connection:
            _send(content, connection)
            answer = _answer(connection)
    except OSError as error:
        raise ScannerDown(str(error)) from error
    if answer == "stream: OK":
        return Verdict()
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    raise NoVerdict(answer) if answer else ScannerDown("no answer")


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT)
        connection.connect(parts.path)
        return connection
    return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=TIMEOUT)


def _send(content: IO[bytes], connection: socket.socket) -> None:
    connection.sendall(b"zINSTREAM\0")
    try:
        while chunk := content.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return  # clamd hangs up once it has refused: its answer says why


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (part := connection.recv(4096)):
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
