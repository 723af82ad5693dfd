"""The office's lists of events, messages and the record: who reads them, and "try again"."""

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Dispatch, Event

LISTS = ["messaging_event", "messaging_dispatch", "audit_entry"]


def changelist(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def a_message(key: str, **facts: object) -> Dispatch:
    given = {"channel": "mail", "address": f"{key}@alpina.example", "state": "dead", **facts}
    return Dispatch.objects.create(dedupe_key=key, content={"text": "Geheimes Wort"}, **given)


def an_event(**facts: object) -> Event:
    return Event.objects.create(name="test.happened", **{"dead_at": timezone.now(), **facts})


def try_again(client, name: str, rows: list) -> str:
    chosen = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    return client.post(changelist(name), chosen, follow=True).content.decode()


@pytest.mark.parametrize("name", ["messaging_event", "messaging_dispatch"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("ada", 200), ("audrey", 200), ("sam", 403), ("lea", 403), ("rita", 403), ("alice", 403)],
)
def test_administrators_and_auditors_read_them_and_nobody_else(client, request, who, status, name):
    client.force_login(request.getfixturevalue(who))

    assert client.get(changelist(name)).status_code == status


@pytest.mark.parametrize(("who", "status"), [("audrey", 200), ("ada", 403), ("sam", 403)])
def test_the_record_is_read_by_auditors_only(client, request, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(changelist("audit_entry")).status_code == status


@pytest.mark.parametrize(("name", "make"), [("event", an_event), ("dispatch", a_message)])
def test_what_was_given_up_is_tried_again_row_by_row(client, ada, name, make):
    facts = {} if name == "event" else {"key": "x"}
    dead = make(**facts)
    waiting = make(dead_at=None) if name == "event" else make("y", state="waiting")
    client.force_login(ada)

    html = try_again(client, f"messaging_{name}", [dead, waiting])

    assert "1 is tried again." in html
    assert f"{waiting}: " in html  # the one refused is named, with its reason
    dead.refresh_from_db()
    assert dead.attempts == 0
    assert getattr(dead, "dead_at", None) is None
    assert Entry.objects.filter(verb=f"{name}.retried", by=ada).count() == 1


@pytest.mark.parametrize(("name", "make"), [("event", an_event), ("dispatch", a_message)])
def test_an_auditor_sees_what_was_given_up_and_has_no_button(client, audrey, name, make):
    dead = make() if name == "event" else make("x")
    client.force_login(audrey)
    page = client.get(changelist(f"messaging_{name}")).content.decode()
    assert str(dead.pk) in page
    assert 'value="try_again"' not in page

    try_again(client, f"messaging_{name}", [dead])

    dead.refresh_from_db()
    assert not Entry.objects.filter(verb=f"{name}.retried").exists()


def test_a_message_is_shown_without_its_text(client, ada):
    row = a_message("x")
    client.force_login(ada)

    for page in [
        changelist("messaging_dispatch"),
        reverse("admin:messaging_dispatch_change", args=[row.pk]),
    ]:
        html = client.get(page).content.decode()
        assert "x@alpina.example" in html
        assert "Geheimes Wort" not in html


def test_nothing_in_the_record_can_be_changed_from_the_office(client, audrey, new_ticket):
    entry = Entry.objects.latest("pk")
    client.force_login(audrey)
    page = reverse("admin:audit_entry_change", args=[entry.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"verb": "nothing.happened"}).status_code == 403
    assert client.get(reverse("admin:audit_entry_add")).status_code == 403
    delete = reverse("admin:audit_entry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Entry.objects.filter(pk=entry.pk, verb=entry.verb).exists()


def fill(name: str, reader, rows: int) -> None:
    for n in range(rows):
        if name == "messaging_event":
            an_event(error="ValueError")
        elif name == "messaging_dispatch":
            a_message(f"{n}-{rows}", recipient=reader)
        else:
            Entry.objects.create(verb="x.done", subject_type="x.x", subject_id=n, by_id=reader.pk)


@pytest.mark.parametrize("name", LISTS)
def test_fifty_rows_cost_as_many_queries_as_one(
    client, ada, audrey, name, django_assert_max_num_queries
):
    reader = audrey if name == "audit_entry" else ada
    client.force_login(reader)
    fill(name, reader, 1)
    client.get(changelist(name))
    with django_assert_max_num_queries(15) as with_one:
        assert client.get(changelist(name)).status_code == 200

    fill(name, reader, 49)

    with django_assert_max_num_queries(len(with_one)):
        page = client.get(changelist(name))
    assert len(page.context["cl"].result_list) == 50
