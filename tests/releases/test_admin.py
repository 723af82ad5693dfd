"""The product as configuration: who may change it, and what a change leaves behind."""

from django.urls import reverse

from releases.models import Correction, Module
from supportdesk.audit.models import Entry


def change(module: Module) -> str:
    return reverse("admin:releases_module_change", args=[module.pk])


def form_of(module: Module, **changed: object) -> dict[str, object]:
    facts = {
        "code": module.code,
        "name": module.name,
        "team": module.team_id,
        "criticality": module.criticality,
        "is_active": "on",
    }
    return {**facts, **changed}


def test_a_change_leaves_a_line_naming_old_and_new(client, ada, module):
    client.force_login(ada)

    answer = client.post(change(module), form_of(module, name="Pflege"))

    assert answer.status_code == 302
    assert Module.objects.get().name == "Pflege"
    entry = Entry.objects.get(subject_type="releases.module")
    assert entry.verb == "module.changed"
    assert entry.by == ada
    assert entry.facts == {"changed": {"name": ["Krankengeld", "Pflege"]}}


def test_adding_and_deleting_leave_lines_too(client, ada, team):
    client.force_login(ada)
    facts = {"code": "neu", "name": "Neu", "team": team.pk, "criticality": 2, "is_active": "on"}

    client.post(reverse("admin:releases_module_add"), facts)
    added = Module.objects.get(code="neu")
    client.post(reverse("admin:releases_module_delete", args=[added.pk]), {"post": "yes"})

    assert not Module.objects.exists()
    lines = Entry.objects.filter(subject_type="releases.module").order_by("pk")
    assert [line.verb for line in lines] == ["module.added", "module.deleted"]
    assert lines[1].facts == {"was": "Neu"}


def test_an_agent_sees_modules_but_changes_none(client, sam, module):
    client.force_login(sam)

    answer = client.post(change(module), form_of(module, name="Pflege"))

    assert answer.status_code == 403
    assert Module.objects.get().name == "Krankengeld"


def test_a_row_that_does_not_exist_is_404(client, ada):
    client.force_login(ada)

    assert client.get(reverse("admin:releases_module_change", args=[4711])).status_code == 404


def test_a_correction_keeps_its_keys_in_upper_case_and_its_author(client, dev, module):
    client.force_login(dev)
    facts = {
        "module": module.pk,
        "symptom": "Doppelte Anweisung",
        "object_keys": "zkg01, ZKG01,se38",
    }

    client.post(reverse("admin:releases_correction_add"), facts)

    made = Correction.objects.get()
    assert made.object_keys == ["SE38", "ZKG01"]
    assert made.author == dev
