"""Where webhooks may go: public addresses only, judged by what the name resolves to.

A name that resolves to the inside of a network must not be called, whatever it looks like
(SSRF), and must not resolve to something else between the check and the call (DNS rebinding):
callers connect to the very address returned here.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from supportdesk.errors import Invalid

Address = IPv4Address | IPv6Address
CONSTANT = 0.2  # seconds a refusal takes: its time must not tell what the network looks like

# What `is_global` lets through, or has judged differently from version to version.
INSIDE = [
    ip_network(net)
    for net in [
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "168.63.129.16/32",  # Azure's platform service answers on a public address
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/16",  # mapped and compatible IPv4, loopback
        "64:ff9b::/32",  # NAT64
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    ]
]


class Forbidden(Exception):
    """One text for all reasons: it must not help to explore our network."""


@dataclass(frozen=True)
class Target:
    """A checked URL, and the address to connect to."""

    secure: bool
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


def check(url: str) -> None:
    """Before an address is stored: Invalid, with one text and after one time for every reason."""
    started = time.monotonic()
    try:
        resolve(url)
    except (Forbidden, OSError):
        time.sleep(max(0.0, started + CONSTANT - time.monotonic()))
        raise Invalid(
            _("This address cannot be used. It must be a public https address."), "url"
        ) from None


def resolve(url: str) -> Target:
    """The target of a call. OSError when the name cannot be resolved now."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode()
    except ValueError as error:
        raise Forbidden from error
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or _odd(url):
        raise Forbidden
    address = _address(host, port, secure=secure)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port, path, address)


def _odd(url: str) -> bool:
    """Control characters, spaces and backslashes are read differently by different parsers."""
    return any(sign <= " " or sign in "\\\x7f" or not sign.isascii() for sign in url)


def _address(host: str, port: int, *, secure: bool) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if all(_ours_to_test(address) for address in addresses):
        return str(addresses[0])
    # One bad address among good ones is no accident.
    if not secure or port not in settings.WEBHOOK_PORTS or not all(map(_is_public, addresses)):
        raise Forbidden
    return str(addresses[0])


def _ours_to_test(address: Address) -> bool:
    return any(address in ip_network(net) for net in settings.WEBHOOK_TEST_NETWORKS)


def _is_public(address: Address) -> bool:
    inside = any(address in network for network in INSIDE)
    return address.is_global and not address.is_multicast and not inside
