"""Where webhooks may not go, whatever the address looks like."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from supportdesk.errors import Invalid
from supportdesk.messaging import guard

INSIDE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "localhost",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[ff02::1]",
]
STRANGE = [
    "http://198.51.99.7/",
    "ftp://198.51.99.7/",
    "file:///etc/passwd",
    "gopher://198.51.99.7/",
    "https://198.51.99.7:22/",
    "https://somebody@198.51.99.7/",
    "https://198.51.99.7\\@127.0.0.1/",
    "https://198.51.99.7 /",
    "https://198.51.99.7/\n",
    "https://198.51.99.7:99999/",
    "https:///path",
    "//198.51.99.7/",
    "",
]


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("form", ["https://{}/", "https://{}:8443/hook?x=1", "http://{}/"])
def test_the_inside_of_a_network_is_refused(host, form):
    with pytest.raises((guard.Forbidden, OSError)):
        guard.resolve(form.format(host))


@pytest.mark.parametrize("url", STRANGE)
def test_what_is_no_plain_public_https_address_is_refused(url):
    with pytest.raises((guard.Forbidden, OSError)):
        guard.resolve(url)


def test_a_public_address_is_pinned_to_what_was_checked():
    target = guard.resolve("https://8.8.4.4:8443/hook?x=1")

    assert (target.address, target.port, target.path) == ("8.8.4.4", 8443, "/hook?x=1")
    assert target.host_header == "8.8.4.4:8443"


@pytest.fixture
def named(monkeypatch) -> Callable[..., None]:
    """The network's name server, not our code: what a name resolves to."""

    def resolves_to(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)

    return resolves_to


def test_one_bad_address_among_good_ones_is_refused(named):
    named("8.8.4.4", "10.0.0.1")

    with pytest.raises(guard.Forbidden):
        guard.resolve("https://hooks.hansa.example/")


def test_every_refusal_says_the_same(named):
    named("10.0.0.1")
    words = set()
    for url in ["https://hooks.hansa.example/", "ftp://x.example/", "https://127.0.0.1:22/"]:
        with pytest.raises(Invalid) as refusal:
            guard.check(url)
        words.add(str(refusal.value))

    assert len(words) == 1
