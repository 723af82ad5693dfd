"""Customers, mandates, teams and people in the back office."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts import actions
from supportdesk.accounts.models import Invitation, Mandate, Organisation, Team, User
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed
from supportdesk.messaging.actions import record_return
from supportdesk.messaging.models import Dispatch
from tests.factories import MandateFactory, OrganisationFactory, UserFactory


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def change(row) -> str:
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def test_a_mandate_is_given_for_days_and_for_what_it_carries(as_ada, ada, alpina):
    nord = OrganisationFactory(kind="provider")
    facts = {
        "provider": nord.pk,
        "insurer": alpina.pk,
        "during_0": "2026-01-01",
        "during_1": "2026-12-31",
        "carries": ["tickets", "trainings"],
    }

    as_ada.post(reverse("admin:accounts_mandate_add"), facts)

    mandate = Mandate.objects.get()
    assert mandate.during == DateRange(date(2026, 1, 1), date(2027, 1, 1))
    assert mandate.carries == ["tickets", "trainings"]
    assert Entry.objects.get(verb="mandate.added").by == ada


def test_a_mandate_ends_by_its_last_day_and_the_record_says_so(as_ada):
    mandate = MandateFactory()
    facts = {"provider": mandate.provider_id, "insurer": mandate.insurer_id}

    as_ada.post(
        change(mandate),
        {**facts, "during_0": "2020-01-01", "during_1": "2026-11-24", "carries": mandate.carries},
    )

    mandate.refresh_from_db()
    assert mandate.during.upper == date(2026, 11, 25)
    assert Entry.objects.get(verb="mandate.changed").facts["changed"].keys() == {"during"}


def test_two_mandates_of_the_same_pair_do_not_overlap(as_ada):
    mandate = MandateFactory()
    facts = {"provider": mandate.provider_id, "insurer": mandate.insurer_id}

    answer = as_ada.post(
        reverse("admin:accounts_mandate_add"),
        {**facts, "during_0": "2026-01-01", "carries": ["tickets"]},
    )

    assert answer.context["adminform"].form.errors
    assert Mandate.objects.count() == 1


def test_an_insurer_is_given_no_mandate(as_ada, alpina, hansa):
    facts = {"provider": hansa.pk, "insurer": alpina.pk, "during_0": "2026-01-01"}

    answer = as_ada.post(reverse("admin:accounts_mandate_add"), {**facts, "carries": ["tickets"]})

    assert "provider" in answer.context["adminform"].form.errors
    with pytest.raises(IntegrityError, match="only providers"):
        MandateFactory(provider=hansa, insurer=alpina)


def test_a_provider_that_holds_mandates_becomes_no_insurer(as_ada):
    provider = MandateFactory().provider
    facts = {"name": provider.name, "code": provider.code, "state": "NW", "is_active": "on"}

    answer = as_ada.post(change(provider), {**facts, "kind": "insurer"})

    assert "kind" in answer.context["adminform"].form.errors
    with pytest.raises(IntegrityError, match="only providers"):
        Organisation.objects.filter(pk=provider.pk).update(kind="insurer")


def test_a_provider_without_mandates_becomes_an_insurer(as_ada):
    provider = OrganisationFactory(kind="provider")
    facts = {"name": provider.name, "code": provider.code, "state": "NW", "is_active": "on"}

    as_ada.post(change(provider), {**facts, "kind": "insurer"})

    provider.refresh_from_db()
    assert provider.kind == "insurer"


def test_mandates_are_not_for_agents(client, sam):
    client.force_login(sam)

    assert client.get(reverse("admin:accounts_mandate_changelist")).status_code == 403


def test_an_organisation_that_has_people_is_not_deleted(as_ada, alice, alpina):
    address = reverse("admin:accounts_organisation_delete", args=[alpina.pk])

    answer = as_ada.post(address, {"post": "yes"})

    assert answer.status_code == 200
    assert User.objects.get(pk=alice.pk).organisation == alpina


def test_teams_are_configured_and_audited(as_ada, calendar):
    as_ada.post(reverse("admin:accounts_team_add"), {"name": "Pflege", "calendar": calendar.pk})

    assert Team.objects.filter(name="Pflege").exists()
    assert Entry.objects.filter(verb="team.added").count() == 1


def test_a_colleagues_team_and_deputy_change_but_no_form_gives_a_role(as_ada, sam, lea, other_team):
    facts = {"name": "Sam Winter", "language": "en", "team": other_team.pk, "deputy": lea.pk}

    answer = as_ada.post(
        change(sam), {**facts, "roles": ["admin"], "is_active": "", "email": "x@desk.example"}
    )

    assert answer.status_code == 302
    sam.refresh_from_db()
    assert (sam.team, sam.deputy) == (other_team, lea)
    assert (sam.roles, sam.is_active, sam.email) == (["agent"], True, "sam@desk.example")
    changed = Entry.objects.get(verb="user.changed").facts["changed"]
    assert changed.keys() == {"team", "deputy"}


def test_a_customer_is_put_into_no_team(as_ada, alice, team):
    answer = as_ada.post(change(alice), {"name": "Alice", "language": "en", "team": team.pk})

    assert answer.status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.team) == ("Alice", None)


def test_people_are_neither_added_nor_deleted_by_a_form(as_ada, sam):
    assert as_ada.get(reverse("admin:accounts_user_add")).status_code == 403
    address = reverse("admin:accounts_user_delete", args=[sam.pk])
    assert as_ada.post(address, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=sam.pk).exists()


def test_a_lead_sees_people_and_changes_none(client, lea, sam):
    client.force_login(lea)

    assert client.get(change(sam)).status_code == 200
    assert client.post(change(sam), {"name": "Somebody"}).status_code == 403


def test_the_list_of_people_costs_the_same_for_one_and_for_fifty(as_ada, team, alpina):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_ada.get(reverse("admin:accounts_user_changelist"))
        return len(queries)

    few = cost()
    for n in range(50):
        UserFactory(team=team) if n % 2 else UserFactory(organisation=alpina, roles=["member"])
    assert cost() == few


# --- people and invitations: buttons that call verbs


def act(verb, row):
    return reverse(f"admin:accounts_{row._meta.model_name}_{verb}", args=[row.pk])


def test_an_admin_gives_roles_disables_and_enables_by_buttons(as_ada, ada, sam):
    page = as_ada.get(change(sam)).text
    assert f'action="{act("disable", sam)}"' in page

    as_ada.post(act("grant", sam), {"roles": ["agent", "lead"]})
    as_ada.post(act("disable", sam))
    sam.refresh_from_db()
    assert (sam.roles, sam.is_active) == (["agent", "lead"], False)
    assert f'action="{act("enable", sam)}"' in as_ada.get(change(sam)).text
    as_ada.post(act("enable", sam))

    assert [entry.verb for entry in Entry.objects.order_by("pk")] == [
        "user.granted",
        "user.disabled",
        "user.enabled",
    ]


def test_a_refused_button_says_why_on_the_same_page(as_ada, ada):
    answer = as_ada.post(act("disable", ada), follow=True)

    assert answer.redirect_chain == [(change(ada), 302)]
    assert "Nobody closes their own account" in answer.text
    answer = as_ada.post(act("grant", ada), {"roles": []}, follow=True)
    assert "at least one role" in answer.text


def test_the_buttons_are_not_for_leads_and_auditors(client, lea, audrey, sam):
    for person in (lea, audrey):
        client.force_login(person)
        assert act("disable", sam) not in client.get(change(sam)).text
        for verb in ("grant", "disable", "enable", "reset_mfa"):
            assert client.post(act(verb, sam), {"roles": ["admin"]}).status_code == 403
    sam.refresh_from_db()
    assert (sam.roles, sam.is_active) == (["agent"], True)


def test_a_lost_second_factor_is_taken_away_by_a_button(as_ada, sam):
    answer = as_ada.post(act("reset_mfa", sam), follow=True)
    assert "has no second factor" in answer.text
    Authenticator.objects.create(user=sam, type=Authenticator.Type.TOTP, data={})

    as_ada.post(act("reset_mfa", sam))

    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(verb="user.mfa_reset").count() == 1


def test_the_desk_itself_has_no_buttons(as_ada, desk):
    assert act("disable", desk) not in as_ada.get(change(desk)).text
    assert as_ada.post(act("disable", desk)).status_code == 403


INVITE = reverse("admin:accounts_invitation_add")


def test_an_admin_invites_staff_and_customers(as_ada, alpina):
    typed = {"name": "Nele", "language": "de"}

    as_ada.post(INVITE, {**typed, "email": "new@desk.example", "roles": ["agent"]})
    as_ada.post(
        INVITE,
        {**typed, "email": "n@alpina.example", "roles": ["member"], "organisation": alpina.pk},
    )

    assert {row.organisation: row.roles for row in Invitation.objects.all()} == {
        None: ["agent"],
        alpina: ["member"],
    }


def test_no_role_is_ticked_before_one_knows_where_somebody_belongs(as_ada):
    assert " checked" not in as_ada.get(INVITE).text


def test_roles_that_do_not_fit_are_said_and_what_was_typed_stays(as_ada, alpina):
    answer = as_ada.post(
        INVITE,
        {
            "name": "Nele <b>",
            "email": "n@alpina.example",
            "roles": ["agent"],
            "language": "de",
            "organisation": alpina.pk,
        },
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"roles"}
    assert 'value="Nele &lt;b&gt;"' in answer.text
    assert not Invitation.objects.exists()


@pytest.fixture
def invitation(carol, alpina):
    return actions.invite(
        by=carol, organisation=alpina, email="n@alpina.example", name="Nele", roles=["member"]
    )


def test_an_invitation_is_sent_again_and_withdrawn_in_the_office(as_ada, invitation):
    assert act("resend", invitation) in as_ada.get(change(invitation)).text

    as_ada.post(act("resend", invitation))
    as_ada.post(act("withdraw", invitation))

    after = Invitation.objects.get()
    assert after.digest != invitation.digest
    assert after.withdrawn_at
    page = as_ada.get(change(invitation)).text
    assert act("resend", invitation) not in page
    assert "withdrawn" in page
    answer = as_ada.post(act("withdraw", invitation), follow=True)
    assert "cannot become" in answer.text


def test_the_office_never_shows_a_link_or_its_digest(as_ada, audrey, client, invitation):
    pages = [reverse("admin:accounts_invitation_changelist"), change(invitation)]
    pages += [reverse(f"admin:messaging_{kind}_changelist") for kind in ("event", "dispatch")]
    pages += [reverse("admin:messaging_dispatch_change", args=[Dispatch.objects.get().pk])]
    link = re.search(r"/invitation/([\w-]+)/", Dispatch.objects.get().content["text"])[1]
    client.force_login(audrey)

    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert link not in answer.text
        assert invitation.digest not in answer.text


def test_auditors_read_invitations_and_agents_do_not(client, audrey, sam, invitation):
    client.force_login(audrey)
    assert client.get(change(invitation)).status_code == 200
    assert client.get(INVITE).status_code == 403
    for verb in ("resend", "withdraw"):
        assert client.post(act(verb, invitation)).status_code == 403
    client.force_login(sam)
    assert client.get(reverse("admin:accounts_invitation_changelist")).status_code == 403


def test_the_list_of_invitations_costs_the_same_for_one_and_for_fifty(as_ada, carol, alpina):
    def invite(n):
        address = f"p{n}@alpina.example"
        actions.invite(by=carol, organisation=alpina, email=address, name="Nele", roles=["member"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_ada.get(reverse("admin:accounts_invitation_changelist"))
        return len(queries)

    invite(0)
    few = cost()
    for n in range(1, 50):
        invite(n)
    assert cost() == few


def test_a_person_whose_last_letter_came_back_is_marked(as_ada, ada, alice, desk):
    letter = Dispatch.objects.create(
        dedupe_key="a",
        channel="mail",
        recipient=alice,
        address=alice.email,
        state="sent",
        sent_at=timezone.now(),
    )
    assert "No such user" not in as_ada.get(change(alice)).text
    assert record_return(letter, by=desk, diagnosis="550 No such user")
    assert not record_return(letter, by=desk, diagnosis="550 Again")
    assert "550 No such user" in as_ada.get(change(alice)).text
    with pytest.raises(NotAllowed):
        record_return(letter, by=ada, diagnosis="550")
