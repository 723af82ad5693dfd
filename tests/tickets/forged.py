"""Sixty mails of somebody who wants into a ticket that is not theirs, by every sign there is.

Each is the header lines of one mail. {number}, {sent}, {token} (alice's own) and {bad_token} (one
letter off) stand for what an attacker may have seen of alice's ticket.
"""

from __future__ import annotations

from collections.abc import Iterator

STRANGER = "eve@evil.example"
SENDERS = {  # how a From field may try to look like alice, who is alice@alpina.example
    "somebody else": f"Eve <{STRANGER}>",
    "her address as a name": f'"alice@alpina.example" <{STRANGER}>',
    "her address as a bare name": f"alice@alpina.example <{STRANGER}>",
    "a domain that looks like hers": "Alice Moser <alice@a1pina.example>",
    "a longer domain": "Alice Moser <alice@alpina.example.evil.example>",
    "a cyrillic letter": "Alice Moser <аlice@alpina.example>",
    "two addresses": f"alice@alpina.example, {STRANGER}",
    "a bracket in the address": "alice@alpina.example)eve@evil.example",
    "a comment that hides": f"alice@alpina.example(x) <{STRANGER}>",
    "another customer's coordinator": "Mallory Harms <mallory@hansa.example>",
}
SIGNS = {  # how it may claim to belong
    "the number": "Subject: Re: [#{number}] Frage",
    "a reference": "References: <x@y.example> {sent}",
    "an answer": "In-Reply-To: {sent}",
    "the token": "To: support+{token}@desk.example",
    "a token one letter off": "To: support+{bad_token}@desk.example\nSubject: [#{number}]",
    "Reply-To": "Reply-To: alice@alpina.example\nIn-Reply-To: {sent}",
}


def mails() -> Iterator[tuple[str, str]]:
    for who, sender in SENDERS.items():
        for how, sign in SIGNS.items():
            copied = "Cc: eve@evil.example, spy@evil.example\n" if how == "an answer" else ""
            yield f"{who}, by {how}", f"From: {sender}\n{copied}{sign}\n"
