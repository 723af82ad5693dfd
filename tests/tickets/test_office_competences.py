"""The matrix of competences: one form, only what changed is written, each change audited."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed
from tests.factories import CompetenceFactory, ModuleFactory
from tickets import actions
from tickets.models import Competence

MATRIX = reverse("admin:tickets_competence_changelist")


@pytest.fixture
def as_lea(client, lea):
    client.force_login(lea)
    return client


def cell(person, module) -> str:
    return f"{person.pk}.{module.pk}"


def test_a_lead_sets_and_takes_back_levels(as_lea, lea, competent_sam, module, team):
    other = ModuleFactory(team=team)
    shown = as_lea.get(MATRIX).context["shown"]

    as_lea.post(
        MATRIX,
        {"shown": shown, cell(competent_sam, module): "", cell(competent_sam, other): "2"},
    )

    held = Competence.objects.get()
    assert (held.person, held.module, held.level) == (competent_sam, other, 2)
    entries = Entry.objects.filter(verb="competence.changed").order_by("facts__was")
    assert {(e.facts["module"], e.facts["was"], e.facts["now"]) for e in entries} == {
        (module.code, 3, None),
        (other.code, None, 2),
    }
    assert all(entry.by == lea for entry in entries)


def test_cells_left_alone_do_not_undo_what_another_lead_saved_meanwhile(
    as_lea, lea, competent_sam, module
):
    shown = as_lea.get(MATRIX).context["shown"]
    actions.set_competence(competent_sam, module, 1, by=lea)

    as_lea.post(MATRIX, {"shown": shown, cell(competent_sam, module): "3"})

    assert Competence.objects.get().level == 1


@pytest.mark.parametrize("level", ["9", "x", "-1"])
def test_a_level_that_does_not_exist_changes_nothing_it_should_not(
    as_lea, competent_sam, module, level
):
    shown = json.dumps({cell(competent_sam, module): 3})

    as_lea.post(MATRIX, {"shown": shown, cell(competent_sam, module): level})

    assert not Competence.objects.exclude(level__in=[1, 2, 3]).exists()


@pytest.mark.parametrize("shown", ["", "[]", "{", "[" * 20_000, '{"a": {}}'])
def test_a_broken_form_is_no_error(as_lea, competent_sam, module, shown):
    answer = as_lea.post(MATRIX, {"shown": shown, cell(competent_sam, module): "3"})

    assert answer.status_code == 302
    assert Competence.objects.get().level == 3


def test_an_agent_reads_the_matrix_and_changes_nothing(client, competent_sam, module):
    client.force_login(competent_sam)

    page = client.get(MATRIX)
    answer = client.post(MATRIX, {"shown": "{}", cell(competent_sam, module): "1"})

    assert page.status_code == 200
    assert not page.context["may_configure"]
    assert answer.status_code == 403
    assert Competence.objects.get().level == 3


def test_holes_are_counted(as_lea, competent_sam, module, team):
    ModuleFactory(name="Zahlungsverkehr", team=team)

    assert as_lea.get(MATRIX).context["covered"] == [1, 0]


def test_the_matrix_costs_the_same_for_one_and_for_many(as_lea, competent_sam, team, lea):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_lea.get(MATRIX)
        return len(queries)

    small = cost()
    for _n in range(20):
        CompetenceFactory(person__team=team, module=ModuleFactory(team=team))
    assert cost() == small <= 14


def test_only_leads_set_competences(sam, lea, alice, module):
    with pytest.raises(NotAllowed):
        actions.set_competence(sam, module, 2, by=sam)
    with pytest.raises(Invalid):
        actions.set_competence(alice, module, 2, by=lea)
    with pytest.raises(Invalid):
        actions.set_competence(sam, module, 4, by=lea)


def test_setting_what_is_already_so_leaves_no_trace(competent_sam, lea, module):
    actions.set_competence(competent_sam, module, 3, by=lea)

    assert not Entry.objects.filter(verb="competence.changed").exists()
