"""The organisation's page: everybody reads it, coordinators look after it."""

from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supportdesk.accounts import actions
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Invitation, Mandate, User
from tests.factories import MandateFactory, OrganisationFactory, UserFactory

TYPED = {
    "email": "neu@alpina.example",
    "name": "Nele Neumann",
    "roles": ["member"],
    "language": "de",
}


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


def page(client):
    return client.get(reverse("organisation"))


def to(verb, row):
    return reverse(verb, args=[row.pk])


def test_a_coordinator_invites_from_the_page(as_carol, alice):
    answer = as_carol.post(reverse("organisation_invite"), TYPED, follow=True)

    assert answer.redirect_chain == [(reverse("organisation"), 302)]
    assert "Nele Neumann gets a letter" in answer.text
    assert [row.email for row, _state in answer.context["invitations"]] == ["neu@alpina.example"]
    assert Invitation.objects.get().language == "de"


def test_a_refused_invitation_stands_at_its_field_with_all_that_was_typed(as_carol):
    answer = as_carol.post(
        reverse("organisation_invite"),
        {**TYPED, "email": "neu@mail.test", "roles": ["coordinator"]},
    )

    assert answer.status_code == 422
    assert answer.context["invite"].errors.keys() == {"email"}
    assert "alpina.example" in answer.context["invite"].errors["email"][0]
    for typed in ['value="neu@mail.test"', 'value="Nele Neumann"']:
        assert typed in answer.text
    assert answer.context["invite"]["roles"].value() == ["coordinator"]


def test_an_open_invitation_is_sent_again_and_withdrawn(as_carol, carol, alpina):
    row = actions.invite(
        by=carol, organisation=alpina, email="n@alpina.example", name="Nele", roles=["member"]
    )

    as_carol.post(to("invitation_resend", row))
    assert Invitation.objects.get().digest != row.digest
    as_carol.post(to("invitation_withdraw", row))

    assert Invitation.objects.get().withdrawn_at
    assert page(as_carol).context["invitations"] == []
    assert as_carol.post(to("invitation_withdraw", row)).status_code == 409


def test_a_coordinator_gives_roles_disables_and_enables(as_carol, alice):
    shown = as_carol.get(to("colleague", alice))
    assert 'value="member" id="id_roles_0" checked' in shown.text.replace("  ", " ")

    as_carol.post(to("colleague_grant", alice), {"roles": ["member", "coordinator"]})
    assert User.objects.get(pk=alice.pk).roles == ["member", "coordinator"]
    as_carol.post(to("colleague_disable", alice))
    assert not User.objects.get(pk=alice.pk).is_active
    assert "Enable the account" in as_carol.get(to("colleague", alice)).text
    as_carol.post(to("colleague_enable", alice))
    assert User.objects.get(pk=alice.pk).is_active


def test_no_role_at_all_is_said_at_the_field(as_carol, alice):
    answer = as_carol.post(to("colleague_grant", alice), {})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"roles"}


def test_the_last_coordinator_reads_why_not(as_carol, carol):
    answer = as_carol.post(to("colleague_grant", carol), {"roles": ["member"]})

    assert answer.status_code == 409
    assert "last" in answer.text


def test_a_member_reads_the_page_and_does_nothing(as_alice, alice, carol, alpina):
    gone = UserFactory(organisation=alpina, roles=["member"], is_active=False)
    row = actions.invite(
        by=carol, organisation=alpina, email="n@alpina.example", name="Nele", roles=["member"]
    )

    shown = page(as_alice)

    assert shown.status_code == 200
    assert {"Alice Moser", "Carol Brandt"} <= {p.name for p in shown.context["colleagues"]}
    assert gone not in shown.context["colleagues"]
    assert "n@alpina.example" not in shown.text
    assert "<form" not in shown.text.split('id="main"')[1].split("</main>")[0]
    assert as_alice.get(to("colleague", carol)).status_code == 403
    assert as_alice.post(reverse("organisation_invite"), TYPED).status_code == 403
    for verb in ("colleague_disable", "colleague_enable"):
        assert as_alice.post(to(verb, carol)).status_code == 403
    assert as_alice.post(to("colleague_grant", carol), {"roles": ["member"]}).status_code == 403
    for verb in ("invitation_resend", "invitation_withdraw"):
        assert as_alice.post(to(verb, row)).status_code == 403


def test_another_customers_rows_are_not_there(client, mallory, alice, carol, alpina):
    row = actions.invite(
        by=carol, organisation=alpina, email="n@alpina.example", name="Nele", roles=["member"]
    )
    client.force_login(mallory)

    for verb in ("colleague_disable", "colleague_enable", "colleague_grant"):
        assert client.post(to(verb, alice), {"roles": ["member"]}).status_code == 404
    for verb in ("invitation_resend", "invitation_withdraw"):
        assert client.post(to(verb, row)).status_code == 404
    assert client.get(to("colleague", alice)).status_code == 404
    assert "alpina" not in page(client).text.lower()


def test_a_provider_sees_its_own_people_and_the_mandates_it_holds_today(client, paul, nord, hansa):
    UserFactory(name="Hansa Harms", organisation=hansa, roles=["member"])
    past = MandateFactory(
        provider=nord,
        insurer=OrganisationFactory(name="Ehemals BKK"),
        during=DateRange(date(2020, 1, 1), date(2021, 1, 1)),
    )
    Mandate.objects.exclude(pk=past.pk).update(carries=["trainings"])
    client.force_login(paul)

    shown = page(client)

    assert [p.name for p in shown.context["colleagues"]] == ["Paul Petersen"]
    assert "Hansa BKK" in shown.text
    assert "Trainings" in shown.text
    assert "Ehemals BKK" not in shown.text


def test_an_insurer_sees_the_mandates_it_gave_and_no_other(client, mallory, nord, hansa):
    given = MandateFactory(insurer=hansa, during=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    other = MandateFactory(provider=nord)
    client.force_login(mallory)

    shown = page(client)

    assert {m.provider for m in shown.context["mandates"]} == {nord, given.provider}
    assert "until" in shown.text or "–" in shown.text
    assert other.insurer.name not in shown.text


def test_staff_look_after_people_in_the_office(client, ada, alice):
    client.force_login(ada)

    assert page(client).url == reverse("admin:accounts_user_changelist")
    assert client.post(reverse("organisation_invite"), TYPED).status_code == 404
    assert client.get(to("colleague", alice)).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_fifty(as_carol, carol, alpina):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(as_carol)
        return len(queries)

    def invited(n):
        return actions.invite(
            by=carol,
            organisation=alpina,
            email=f"p{n}@alpina.example",
            name="Nele",
            roles=["member"],
        )

    invited(0)
    MandateFactory(insurer=alpina)
    few = cost()
    for n in range(1, 51):
        UserFactory(organisation=alpina, roles=[Role.MEMBER])
        invited(n)
        MandateFactory(insurer=alpina)
    assert cost() == few
    assert few <= 12


def test_strangers_see_nothing(client, alice, db):
    assert page(client).status_code == 302
    assert client.get(to("colleague", alice)).status_code == 302
