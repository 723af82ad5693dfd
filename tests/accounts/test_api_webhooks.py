"""Webhooks through the API: by coordinators, for their own organisation, the secret shown once."""

import pytest

from supportdesk.accounts.actions import create_webhook
from supportdesk.accounts.actions.webhooks import MOST
from supportdesk.accounts.models import Webhook
from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Endpoint
from tests.api import calling_as
from tests.factories import UserFactory

WEBHOOKS = "/api/v1/webhooks/"
VERBS = ["change", "rotate_secret", "switch_off", "switch_on", "ping", "remove"]


@pytest.fixture
def given(receiver) -> dict[str, str]:
    return {"name": "ITSM", "url": receiver.url}


@pytest.fixture
def webhook(carol, receiver) -> Webhook:
    return create_webhook(carol.organisation, by=carol, name="First", url=receiver.url)


def test_the_secret_is_shown_once(carol, given):
    client = calling_as(carol)

    made = client.post(WEBHOOKS, given)
    address = f"{WEBHOOKS}{made.json()['id']}/"
    rotated = client.post(f"{address}rotate_secret/")

    assert made.status_code == 201
    assert made.json()["organisation"] == "ALP"
    assert made.json()["secret"].startswith("whsec_")
    assert rotated.json()["secret"] == Endpoint.objects.get().secret != made.json()["secret"]
    for path in [WEBHOOKS, address, f"{address}deliveries/"]:
        assert b"whsec_" not in client.get(path).content
    changes = [client.post(f"{address}{verb}/") for verb in VERBS if verb != "rotate_secret"]
    assert [answer.status_code for answer in changes] == [200] * 4 + [204]
    assert b"whsec_" not in b"".join(answer.content for answer in changes)
    assert not Webhook.objects.exists()
    assert not Endpoint.objects.exists()


def test_each_change_leaves_its_line_without_the_secret(carol, given):
    client = calling_as(carol)
    address = f"{WEBHOOKS}{client.post(WEBHOOKS, given).json()['id']}/"
    secret = Endpoint.objects.get().secret
    for verb in VERBS:
        client.post(f"{address}{verb}/")

    entries = Entry.objects.filter(subject_type="accounts.webhook").order_by("pk")
    assert [entry.verb.removeprefix("webhook.") for entry in entries] == [
        *["created", "changed", "secret_rotated", "switched_off", "switched_on", "pinged"],
        "deleted",
    ]
    assert secret not in str([entry.facts for entry in entries])


@pytest.mark.parametrize(
    "url",
    [
        "http://alpina.example/hook",
        "https://127.0.0.1/hook",
        "https://localhost/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "ftp://alpina.example/",
        "no address",
    ],
)
def test_an_address_inside_a_network_is_refused(carol, settings, url):
    settings.WEBHOOK_TEST_NETWORKS = []

    response = calling_as(carol).post(WEBHOOKS, {"name": "Inside", "url": url})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "url"
    assert not Endpoint.objects.exists()


def test_names_are_taken_once_and_there_are_not_many(carol, webhook, given):
    client = calling_as(carol)
    assert client.post(WEBHOOKS, {**given, "name": "First"}).status_code == 400
    for number in range(MOST - 1):
        assert client.post(WEBHOOKS, {**given, "name": f"No. {number}"}).status_code == 201

    assert client.post(WEBHOOKS, given).status_code == 409


def test_another_organisations_webhooks_do_not_exist(webhook, mallory, paul, given):
    provider = UserFactory(organisation=paul.organisation, roles=["coordinator"])
    for stranger in [mallory, provider]:
        client = calling_as(stranger)
        assert client.get(WEBHOOKS).json()["results"] == []
        assert client.get(f"{WEBHOOKS}{webhook.pk}/deliveries/").status_code == 404
        for verb in VERBS:
            assert client.post(f"{WEBHOOKS}{webhook.pk}/{verb}/").status_code == 404
        answer = client.post(WEBHOOKS, {**given, "organisation": "ALP"})
        assert answer.status_code == 400
    # A mandate lets a provider act in tickets, not register systems for the insurer.
    assert calling_as(provider).post(WEBHOOKS, {**given, "organisation": "HAN"}).status_code == 404
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize("person", ["alice", "sam", "lea", "dev"])
def test_who_manages_no_webhooks_sees_none(request, person, webhook, given):
    client = calling_as(request.getfixturevalue(person))

    assert client.get(WEBHOOKS).json()["results"] == []
    assert client.post(WEBHOOKS, {**given, "organisation": "ALP"}).status_code == 403
    assert client.post(f"{WEBHOOKS}{webhook.pk}/ping/").status_code == 404


def test_the_auditor_looks_and_the_administrator_acts(webhook, audrey, ada, given):
    address = f"{WEBHOOKS}{webhook.pk}/"

    assert calling_as(audrey).get(address).status_code == 200
    assert calling_as(audrey).post(f"{address}switch_off/").status_code == 403
    assert calling_as(ada).post(f"{address}switch_off/").json()["is_active"] is False
    assert calling_as(ada).post(WEBHOOKS, {**given, "organisation": "ALP"}).status_code == 201


def test_the_scope_is_asked_for(carol, webhook, given):
    client = calling_as(carol, scopes=["tickets:read", "tickets:write", "product:read"])

    for answer in [client.get(WEBHOOKS), client.post(WEBHOOKS, given)]:
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope"


def test_the_office_lists_them(client, ada, sam, webhook):
    client.force_login(ada)
    page = client.get("/office/accounts/webhook/")

    assert page.status_code == 200
    assert webhook.endpoint.url.encode() in page.content
    assert webhook.endpoint.secret.encode() not in page.content
    client.force_login(sam)
    assert client.get("/office/accounts/webhook/").status_code == 403
