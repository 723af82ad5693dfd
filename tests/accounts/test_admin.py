"""Customers, mandates, teams and people in the back office."""

from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supportdesk.accounts.models import Mandate, Team, User
from supportdesk.audit.models import Entry
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
