"""Release notes for one customer: own tickets first, nothing that is confidential, no markup."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from releases import actions, notes
from supportdesk.accounts.models import Service
from tests.factories import (
    CorrectionFactory,
    MandateFactory,
    ModuleFactory,
    UserFactory,
    a_ticket,
)
from tests.releases import fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought(sp4):
    def bring(**facts):
        row = CorrectionFactory(released_at=timezone.now(), **facts)
        fleet.assess(row, sp4.line, [(2, 4)])
        return row

    return bring


@pytest.fixture
def delivery(sp4):
    return sp4.deliveries.get()


def wants(correction, ticket):
    actions.note_interest(correction, ticket.organisation, ticket.number, open=True)


def own(delivery, reader):
    return [(one.correction, one.tickets) for one in notes.of(delivery, reader).own]


def test_own_tickets_come_first_and_the_rest_by_module(brought, delivery, alice, module):
    later = ModuleFactory(name="Zahlungen")
    mine, other = brought(module=later), brought(module=later)
    first = brought(module=module)
    ticket = a_ticket(by=alice, organisation=alice.organisation, module=module)
    wants(mine, ticket)

    found = notes.of(delivery, alice)

    assert own(delivery, alice) == [(mine, [ticket.number])]
    assert [(one.name, [entry.correction for entry in rest]) for one, rest in found.modules] == [
        (module.name, [first]),
        ("Zahlungen", [other]),
    ]


def test_what_is_not_released_or_not_in_it_is_not_there(brought, sp4, delivery, alice):
    brought(module=ModuleFactory()).__class__.objects.update(released_at=None)
    fleet.assess(CorrectionFactory(released_at=timezone.now()), sp4.line, [(2, 5)])

    found = notes.of(delivery, alice)

    assert (found.own, found.modules, found.elsewhere) == ([], [], 0)
    assert "no corrections" in notes.markdown(found)


def test_tickets_of_others_are_not_named(brought, delivery, alice, mallory, module):
    correction = brought(module=module)
    wants(correction, a_ticket(by=mallory, organisation=mallory.organisation, module=module))

    assert own(delivery, alice) == []


def test_a_confidential_ticket_is_named_to_nobody(brought, delivery, alice, carol, module):
    correction = brought(module=module)
    secret = a_ticket(by=alice, organisation=alice.organisation, module=module, confidential=True)
    wants(correction, secret)

    for person in (alice, carol):  # both may read the ticket itself
        assert own(delivery, person) == []
        assert rf"\#{secret.number}" not in notes.markdown(notes.of(delivery, person))


def test_who_only_imports_sees_no_tickets(brought, delivery, alice, alpina, module):
    correction = brought(module=module)
    wants(correction, a_ticket(by=alice, organisation=alice.organisation, module=module))
    mandate = MandateFactory(insurer=alpina, carries=[Service.IMPORTS])
    reader = UserFactory(organisation=mandate.provider, roles=["member"])

    assert own(delivery, reader) == []


def test_of_modules_they_do_not_use_only_the_number_stands_there(
    brought, delivery, alice, system, module
):
    brought(module=module)
    brought(module=ModuleFactory(name="Zahlungen"))
    system.modules.add(module)

    found = notes.of(delivery, alice)

    assert [one for one, _rest in found.modules] == [module]
    assert found.elsewhere == 1
    assert "1 correction of modules" in notes.elsewhere(found)


def test_no_word_of_ours_becomes_markup(brought, delivery, alice, module):
    brought(module=module, symptom="# [x](http://y) *a*\n- b", solution="<b>`c`</b>")

    text = notes.markdown(notes.of(delivery, alice))

    assert r"\# \[x\]\(http://y\) \*a\* \- b – \<b\>\`c\`\</b\>" in text


def test_the_page_and_the_text_say_the_same(client, brought, delivery, alice, module, mallory):
    correction = brought(module=module, symptom="Prints twice", cause="Our secret")
    ticket = a_ticket(by=alice, organisation=alice.organisation, module=module)
    wants(correction, ticket)
    client.force_login(alice)
    address = reverse("delivery_notes", args=[delivery.pk])

    page = client.get(reverse("delivery", args=[delivery.pk])).content.decode()
    answer = client.get(address)

    text = b"".join(answer).decode()
    assert answer["Content-Disposition"] == f'attachment; filename="{delivery.package.line}-SP4.md"'
    for form in (page, text):
        assert "Prints twice" in form
        assert str(ticket.number) in form
        assert "Our secret" not in form
    assert address in page
    client.force_login(mallory)
    assert client.get(address).status_code == 404
