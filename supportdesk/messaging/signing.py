"""How a receiver knows that a webhook is ours, whole and fresh (Standard Webhooks 1.0).

The signature covers id, time and body. Receivers refuse times more than five minutes away and
remember ids: a message may come twice, never altered. During a rotation both secrets sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

WINDOW = 300  # seconds between our clock and the receiver's


def headers(secrets: Iterable[str], message_id: str, at: int, body: bytes) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(sign(secret, message_id, at, body) for secret in secrets),
    }


def sign(secret: str, message_id: str, at: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def is_genuine(secret: str, given: Mapping[str, str], body: bytes, *, now: int) -> bool:
    """The check a receiver makes; the documentation quotes it."""
    at = given.get("webhook-timestamp", "")
    if not at.isascii() or not at.isdigit() or abs(now - int(at)) > WINDOW:
        return False
    ours = sign(secret, given.get("webhook-id", ""), int(at), body).encode()
    signatures = given.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(ours, theirs.encode()) for theirs in signatures)
