"""API tokens: made by their owner, shown once, dead when revoked."""

from datetime import timedelta
from itertools import count

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts import actions
from supportdesk.accounts.actions.tokens import MOST
from supportdesk.accounts.models import Scope, Token
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused

DAYS = timedelta(days=90)
NUMBERS = count()
TYPED = {"name": "Nightly export", "scopes": ["tickets:read"], "lasts": "90"}


def a_token(by, **facts):
    usual = {"name": f"Export {next(NUMBERS)}", "scopes": [Scope.TICKETS_READ], "lasts": DAYS}
    return actions.create_token(by=by, **{**usual, **facts})


def calls(secret):
    return Client(headers={"Authorization": f"Token {secret}"}).get("/api/v1/me/").status_code


def test_a_token_opens_the_api_until_it_is_revoked(alice):
    token, secret = a_token(alice)

    assert calls(secret) == 200
    assert abs(token.expiry - timezone.now() - DAYS) < timedelta(minutes=1)
    actions.revoke_token(token, by=alice)
    assert calls(secret) == 401
    assert [entry.verb for entry in Entry.objects.order_by("pk")] == [
        "token.created",
        "token.revoked",
    ]


def test_the_secret_is_kept_nowhere(alice):
    token, secret = a_token(alice)

    assert secret not in str(list(Token.objects.values())) + str(list(Entry.objects.values()))
    assert len(secret) == 64
    assert token.digest != secret


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": [Scope.TICKETS_READ, Scope.WEBHOOKS]}, "scopes"),
        ({"lasts": timedelta()}, "lasts"),
        ({"lasts": timedelta(days=-1)}, "lasts"),
        ({"lasts": timedelta(days=367)}, "lasts"),
    ],
)
def test_what_no_token_can_be_is_refused(alice, facts, field):
    with pytest.raises(Invalid) as refusal:
        a_token(alice, **facts)
    assert refusal.value.field == field
    assert not Token.objects.exists()


def test_who_manages_webhooks_may_let_a_token_do_so(carol):
    token, _secret = a_token(carol, scopes=[Scope.WEBHOOKS, Scope.TICKETS_READ])

    assert token.scopes == [Scope.TICKETS_READ, Scope.WEBHOOKS]


def test_nobody_revokes_somebody_elses_token_and_the_desk_makes_none(alice, carol, desk):
    token, secret = a_token(alice)

    with pytest.raises(Token.DoesNotExist):
        actions.revoke_token(token, by=carol)
    with pytest.raises(NotAllowed):
        a_token(desk)
    assert calls(secret) == 200


def test_a_revoked_token_is_not_revoked_again(alice):
    token, _secret = a_token(alice)
    actions.revoke_token(token, by=alice)

    with pytest.raises(Token.DoesNotExist):
        actions.revoke_token(token, by=alice)


@pytest.mark.django_db(transaction=True)
def test_tokens_are_not_hoarded_not_even_at_once(alice, at_once):
    for _n in range(MOST - 1):
        a_token(alice)

    outcomes = at_once(4, lambda: a_token(alice))

    assert outcomes.count(Refused) == 3
    assert Token.objects.count() == MOST


def test_living_tokens_are_told_apart_by_name(alice, carol):
    old, _secret = a_token(alice, name="Export")
    a_token(carol, name="Export")
    with pytest.raises(Invalid) as refused:
        a_token(alice, name=" Export ")
    assert refused.value.field == "name"

    Token.objects.filter(pk=old.pk).update(expiry=timezone.now())
    a_token(alice, name="Export")


# --- the page


def test_the_page_shows_the_secret_once(client, alice):
    client.force_login(alice)

    answer = client.post(reverse("tokens"), TYPED)

    secret = answer.context["secret"]
    assert f'value="{secret}"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert calls(secret) == 200
    later = client.get(reverse("tokens"))
    assert "Nightly export" in later.text
    assert secret not in later.text


def test_a_page_sent_twice_makes_one_token(client, alice):
    client.force_login(alice)
    first, again = (client.post(reverse("tokens"), TYPED) for _time in range(2))

    assert (first.status_code, again.status_code) == (200, 422)
    assert Token.objects.get().name == "Nightly export"


def test_wrong_input_is_said_and_what_was_typed_stays(client, alice):
    client.force_login(alice)

    answer = client.post(reverse("tokens"), {"name": "Night & day", "lasts": "30"})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"scopes"}
    assert 'value="Night &amp; day"' in answer.text
    assert '<option value="30" selected>' in answer.text
    assert not Token.objects.exists()


def test_the_page_revokes_ones_own_tokens_alone(client, alice, carol):
    token, secret = a_token(alice)
    address = reverse("token_revoke", args=[token.token_key])
    client.force_login(carol)
    assert client.post(address).status_code == 404
    client.force_login(alice)

    client.post(address)

    assert calls(secret) == 401


def test_a_scope_that_could_do_nothing_is_not_offered(client, alice, carol):
    for person, offered in [(alice, False), (carol, True)]:
        client.force_login(person)
        assert ('value="webhooks"' in client.get(reverse("tokens")).text) == offered
