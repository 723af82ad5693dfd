"""Webhooks in the portal: coordinators look after those of their own organisation."""

import pytest
from django.urls import reverse

from supportdesk.accounts import actions
from supportdesk.accounts.models import Webhook
from supportdesk.messaging.models import Dispatch


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def webhook(carol, receiver) -> Webhook:
    return actions.create_webhook(carol.organisation, by=carol, name="ITSM", url=receiver.url)


def to(verb, row):
    return reverse(verb, args=[row.pk])


def test_a_coordinator_registers_a_system_and_sees_its_secret_once(as_carol, receiver):
    typed = {"name": "ITSM", "url": receiver.url}
    shown = as_carol.post(reverse("webhooks"), typed, follow=True)
    row = Webhook.objects.get()

    assert shown.redirect_chain == [(to("webhook", row), 302)]
    assert row.endpoint.secret in shown.text
    assert row.endpoint.secret not in as_carol.get(to("webhook", row)).text
    assert "ITSM" in as_carol.get(reverse("webhooks")).text


def test_an_address_inside_is_refused_at_its_field_with_what_was_typed(as_carol):
    answer = as_carol.post(reverse("webhooks"), {"name": "ITSM", "url": "https://127.0.0.1/x"})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"url"}
    assert "https://127.0.0.1/x" in answer.text
    assert not Webhook.objects.exists()


def test_a_changed_name_and_a_refused_one(as_carol, webhook, carol, receiver):
    actions.create_webhook(carol.organisation, by=carol, name="Taken", url=receiver.url)
    typed = {"name": "Taken", "url": receiver.url}
    refused = as_carol.post(to("webhook_change", webhook), typed)
    as_carol.post(to("webhook_change", webhook), {**typed, "name": "Free"})

    webhook.refresh_from_db()
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"name"})
    assert webhook.name == "Free"


def test_a_new_secret_is_shown_once_even_when_the_page_is_loaded_again(as_carol, webhook):
    before = webhook.endpoint.secret
    shown = as_carol.post(to("webhook_rotate", webhook), follow=True)
    webhook.endpoint.refresh_from_db()

    assert before != webhook.endpoint.secret
    assert webhook.endpoint.secret in shown.text
    assert webhook.endpoint.secret not in as_carol.get(to("webhook", webhook)).text


def test_a_test_message_stands_among_the_last_ones(as_carol, webhook):
    shown = as_carol.post(to("webhook_ping", webhook), follow=True)

    assert [row.content["event"] for row in shown.context["deliveries"]] == ["ping"]
    assert Dispatch.objects.get().endpoint == webhook.endpoint


def test_switched_off_and_on_again(as_carol, webhook):
    as_carol.post(to("webhook_off", webhook))
    webhook.endpoint.refresh_from_db()
    assert not webhook.endpoint.is_active
    assert as_carol.post(to("webhook_ping", webhook)).status_code == 409

    as_carol.post(to("webhook_on", webhook))
    webhook.endpoint.refresh_from_db()
    assert webhook.endpoint.is_active


def test_removed_for_good(as_carol, webhook):
    answer = as_carol.post(to("webhook_remove", webhook), follow=True)

    assert "“ITSM” is removed." in answer.text
    assert not Webhook.objects.exists()
