"""Secrets in addresses: shown once, and kept as a digest."""

from __future__ import annotations

import hashlib
import secrets


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> tuple[str, str]:
    """The secret, shown once, and what we keep of it."""
    secret = secrets.token_urlsafe(32)
    return secret, digest_of(secret)
