"""Signed webhooks: genuine, whole and fresh, or refused."""

import pytest

from supportdesk.messaging import signing
from supportdesk.messaging.models import new_secret

AT, BODY = 1_795_000_000, b'{"ticket": 48211}'


@pytest.fixture
def secret():
    return new_secret()


def test_what_we_sign_is_genuine(secret):
    assert signing.is_genuine(secret, signing.headers([secret], "m1", AT, BODY), BODY, now=AT)


@pytest.mark.parametrize(
    ("header", "value"), [("webhook-id", "m2"), ("webhook-timestamp", str(AT + 1))]
)
def test_what_was_altered_is_not(secret, header, value):
    given = signing.headers([secret], "m1", AT, BODY)

    assert not signing.is_genuine(secret, {**given, header: value}, BODY, now=AT)
    assert not signing.is_genuine(secret, given, BODY + b" ", now=AT)
    assert not signing.is_genuine(new_secret(), given, BODY, now=AT)
    assert not signing.is_genuine(secret, {}, BODY, now=AT)


@pytest.mark.parametrize(
    ("late", "fresh"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_it_is_fresh_for_five_minutes(secret, late, fresh):
    given = signing.headers([secret], "m1", AT, BODY)

    assert signing.is_genuine(secret, given, BODY, now=AT + late) is fresh


def test_during_a_rotation_either_secret_will_do(secret):
    before = new_secret()
    given = signing.headers([secret, before], "m1", AT, BODY)

    assert signing.is_genuine(secret, given, BODY, now=AT)
    assert signing.is_genuine(before, given, BODY, now=AT)
