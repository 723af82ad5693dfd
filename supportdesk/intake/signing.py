"""The signed part of an address that a letter is answered to: which ticket, and whose letter.

It stands in Reply-To as support+48211-<signature>@...: 160 bits over ticket and person, in letters
that survive a mail server which changes their case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator

BYTES = 20
TOKEN = re.compile(r"(\d{1,18})-([a-z2-7]{32})\Z")


def token(key: bytes, number: int, person: int) -> str:
    signed = f"reply:{number}:{person}".encode()
    digest = hmac.digest(key, signed, hashlib.sha256)[:BYTES]
    return f"{number}-{base64.b32encode(digest).decode().lower()}"


def plus_address(mailbox: str, extension: str) -> str:
    local, _at, domain = mailbox.rpartition("@")
    return f"{local}+{extension}@{domain}"


def found_in(recipients: Iterable[str]) -> Iterator[tuple[int, str]]:
    """What looks like a token in these addresses, with the ticket it names. Not yet checked."""
    for address in recipients:
        extension = address.partition("@")[0].partition("+")[2].lower()
        if match := TOKEN.match(extension):
            yield int(match[1]), extension


def is_genuine(key: bytes, number: int, person: int, given: str) -> bool:
    return hmac.compare_digest(token(key, number, person).encode(), given.encode())
