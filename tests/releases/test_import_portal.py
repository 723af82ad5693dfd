"""The customers' page about imports: planned, confirmed, failed, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.models import Import, Installed, System
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Service
from tests.factories import PackageFactory, SystemFactory, UserFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(system, sp4, carol):
    """Into Alpina's system, which runs SP 3."""
    return actions.plan_import(system, sp4, by=carol, planned_for=timezone.localdate())


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


def page_of(client, system):
    return client.get(reverse("system_imports", args=[system.pk])).content.decode()


def test_a_coordinator_plans_and_confirms(as_carol, system, sp4):
    day = timezone.localdate() + timedelta(days=3)
    address = reverse("system_imports", args=[system.pk])
    assert ">2026.1 SP 4</option>" in page_of(as_carol, system)

    answer = as_carol.post(address, {"package": sp4.pk, "planned_for": str(day)}, follow=True)
    assert "Planned: 2026.1 SP 4" in answer.content.decode()
    plan = Import.objects.get()
    assert (plan.package, plan.planned_for) == (sp4, day)

    answer = as_carol.post(reverse("import_confirm", args=[plan.pk]), follow=True)
    page = answer.content.decode()
    assert "2026.1 SP 4 runs on ALP-P1 now." in page
    assert "Was 2026.1 SP 4 taken back?" in page
    assert Installed.objects.get(system=system).level == 4


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"planned_for": "2020-01-01"}, "Please choose a day that is not over."),
        ({"planned_for": "soon"}, "Enter a valid date."),
        ({"package": "0"}, "This package cannot be imported there now."),
    ],
    ids=str,
)
def test_what_cannot_be_planned_is_said_and_kept(as_carol, system, sp4, facts, words):
    given = {"package": sp4.pk, "planned_for": "2999-12-24", **facts}

    answer = as_carol.post(reverse("system_imports", args=[system.pk]), given)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{given["planned_for"]}"' in page
    assert not Import.objects.exists()


def test_only_what_may_follow_is_offered(as_carol, system, line, alpina, hansa, sp4):
    fleet.given_to(alpina, line, 3)
    fleet.given_to(hansa, line, 5)
    PackageFactory(line=line, level=6)

    page = page_of(as_carol, system)

    assert [n for n in (3, 4, 5, 6) if f"SP {n}</option>" in page] == [4]


def test_a_failure_needs_words_and_keeps_the_level(as_carol, planned, system):
    address = reverse("import_fail", args=[planned.pk])

    answer = as_carol.post(address, {"text": " "})
    assert answer.status_code == 422
    assert '<details class="sd-why" open>' in answer.content.decode()

    page = as_carol.post(address, {"text": "RC 12 in step 4."}, follow=True).content.decode()
    assert "RC 12 in step 4." in page
    assert "failed" in page
    assert Installed.objects.get(system=system).level == 3


def test_a_rollback_needs_a_reason_and_brings_back_the_level(as_carol, planned, system, carol):
    done = actions.confirm_import(planned, by=carol)
    address = reverse("import_roll_back", args=[done.pk])
    assert as_carol.post(address, {"why": ""}).status_code == 422

    page = as_carol.post(address, {"why": "It stood still."}, follow=True).content.decode()

    assert "It stood still." in page
    assert Installed.objects.get(system=system).level == 3
    assert "taken back?" not in page


def test_a_rollback_is_offered_for_what_runs_only(as_carol, planned, system, line, carol):
    actions.confirm_import(planned, by=carol)
    assert "taken back?" in page_of(as_carol, system)

    actions.report(system, by=carol, line=line, level=6, source="hand")

    assert "taken back?" not in page_of(as_carol, system)


def test_a_plan_is_dropped(as_carol, planned, system):
    as_carol.post(reverse("import_drop", args=[planned.pk]))

    assert Import.objects.get().state == "dropped"
    assert "Plan an import" in page_of(as_carol, system)


def test_a_plan_that_is_overtaken_says_so(as_carol, planned, system, line, carol):
    actions.report(system, by=carol, line=line, level=5, source="hand")

    answer = as_carol.post(reverse("import_confirm", args=[planned.pk]))

    assert answer.status_code == 422
    assert "is no later level" in answer.content.decode()


def test_a_withdrawn_package_is_warned_of(as_carol, planned, system, sp4, rita):
    actions.withdraw(sp4, by=rita, why="It prints twice.", successor=None)

    page = page_of(as_carol, system)

    assert "2026.1 SP 4 is withdrawn. Please do not import it." in page
    assert "It prints twice." in page
    assert "withdrawn" in as_carol.get(reverse("systems")).content.decode()


def test_a_member_reads_and_is_offered_nothing(client, alice, planned, system, carol):
    client.force_login(alice)
    actions.confirm_import(planned, by=carol)

    page = page_of(client, system)

    assert "2026.1 SP 4" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_my_systems_say_what_is_planned_and_what_nobody_confirmed(as_carol, planned, system):
    day = timezone.localdate() - timedelta(days=1)
    link = f'<a href="{reverse("system_imports", args=[system.pk])}">2026.1 SP 4</a>'
    page = as_carol.get(reverse("systems")).content.decode()
    assert link in page
    assert "not confirmed" not in page

    other = SystemFactory(organisation=system.organisation)
    facts = {"package": planned.package, "planned_by": planned.planned_by, "planned_for": day}
    Import.objects.create(system=other, **facts)

    assert "not confirmed" in as_carol.get(reverse("systems")).content.decode()


def test_a_level_too_old_to_count_on_is_not_said_to_run(as_carol, system):
    System.objects.filter(pk=system.pk).update(inventory_at=timezone.now() - timedelta(days=46))

    page = page_of(as_carol, system)

    assert "Last we heard 2026.1 SP 3, too long ago to count on." in page
    assert "SP 3 runs there" not in page


@pytest.mark.parametrize("carries", [[Service.IMPORTS], [Service.TICKETS]], ids=str)
def test_a_provider_has_the_page_within_its_mandate(client, nord, hansa, line, carries):
    Mandate.objects.update(carries=carries)
    system, package = SystemFactory(organisation=hansa), fleet.given_to(hansa, line, 4)
    client.force_login(UserFactory(organisation=nord, roles=[Role.COORDINATOR]))
    address = reverse("system_imports", args=[system.pk])
    may, day = carries == [Service.IMPORTS], timezone.localdate()

    answer = client.post(address, {"package": package.pk, "planned_for": str(day)})

    assert answer.status_code == (302 if may else 404)
    assert (address in client.get(reverse("systems")).content.decode()) == may


def test_the_office_lists_imports(client, rita, planned):
    client.force_login(rita)

    page = client.get(reverse("admin:releases_import_changelist")).content.decode()

    assert "ALP-P1" in page
