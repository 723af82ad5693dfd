"""A small scanner that speaks clamd's protocol on a real socket and knows one virus."""

from __future__ import annotations

import socketserver
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.samples import EICAR


class Peer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > 2**20:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        if b"HANG UP" in content:
            return
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


@contextmanager
def serving(*, tcp: bool = False) -> Iterator[str]:
    """The address of a running scanner."""
    with tempfile.TemporaryDirectory() as folder:  # short: a socket's path has 107 bytes
        if tcp:
            server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Peer)
            url = f"tcp://127.0.0.1:{server.server_address[1]}"
        else:
            path = Path(folder) / "clamd"
            server = socketserver.ThreadingUnixStreamServer(str(path), Peer)
            url = f"unix:{path}"
        with server:
            thread = Thread(target=server.serve_forever, args=[0.02])
            thread.start()
            try:
                yield url
            finally:
                server.shutdown()
                thread.join()
