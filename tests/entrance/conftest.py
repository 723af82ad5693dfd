"""Everything at the door is rate limited: each test counts for itself. And it hashes a lot."""

import pytest


@pytest.fixture(autouse=True)
def counted_alone(own_counters, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
