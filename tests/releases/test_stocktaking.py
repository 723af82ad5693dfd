"""A list of levels, at all its doors: what it would change, and that it changes nothing before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.inventory import MOST_BYTES, read
from releases.models import Installed, System
from releases.stocktaking import Outcome, compare
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Scope, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed
from tests.api import calling_as
from tests.factories import LineFactory, SystemFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = "system;line;level\n"
ADDRESS = "/api/v1/inventories/"


@pytest.fixture
def systems(alpina, hansa):
    """Alpina's four on SP 3, one of them retired, and one of Hansa's."""
    LineFactory(name="2026.2")
    for code in ("ALP-P1", "ALP-T1", "ALP-E1"):
        SystemFactory(organisation=alpina, code=code)
    SystemFactory(organisation=alpina, code="ALP-OLD", is_active=False)
    SystemFactory(organisation=hansa, code="HAN-P1")


LIST = (
    f"{HEAD}ALP-P1;2026.1;SP 4\nalp-t1;2026.1;3\nALP-E1;2026.1;2\nHAN-P1;2026.1;9\n"
    "ALP-OLD;2026.1;4\nALP-X1;2026.1;4\nALP-P2;1999.9;4\n"
)


def levels():
    return dict(Installed.objects.values_list("system__code", "level"))


def test_a_dry_run_says_what_would_change_and_changes_nothing(systems, carol):
    before = levels()

    found = compare(read(LIST.encode()), by=carol)

    said = {one.said.system: (one.outcome, one.words) for one in found}
    unknown = (Outcome.UNKNOWN, "We know of no such system of yours.")
    assert said == {
        "ALP-P1": (Outcome.CHANGED, "2026.1 SP 3 → 2026.1 SP 4"),
        "alp-t1": (Outcome.SAME, "2026.1 SP 3, known anew as of today"),
        "ALP-E1": (Outcome.CHANGED, "2026.1 SP 3 → 2026.1 SP 2, which is lower"),
        **dict.fromkeys(["HAN-P1", "ALP-OLD", "ALP-X1", "ALP-P2"], unknown),
    }
    assert levels() == before
    assert not Entry.objects.exists()


def test_what_is_accepted_is_kept_and_known_anew(systems, carol):
    old = timezone.now() - timedelta(days=46)
    System.objects.update(inventory_at=old)

    actions.take_inventory(read(LIST.encode()), by=carol)

    now = timezone.now()
    assert levels() == {"ALP-P1": 4, "ALP-T1": 3, "ALP-E1": 2, "ALP-OLD": 3, "HAN-P1": 3}
    known = {one.code for one in System.objects.all() if one.is_known(now)}
    assert known == {"ALP-P1", "ALP-T1", "ALP-E1"}
    assert set(System.objects.filter(code__in=known).values_list("inventory_source")) == {("file",)}
    assert Entry.objects.filter(verb="system.reported").count() == 3


def test_an_unknown_line_and_a_system_without_a_level(systems, carol, alpina):
    Installed.objects.filter(system__code="ALP-P1").delete()
    text = f"{HEAD}ALP-P1;2026.2;0\nALP-T1;1999.9;4\n"

    first, second = compare(read(text.encode()), by=carol)

    assert (first.outcome, first.words) == (Outcome.CHANGED, "Not known → 2026.2 SP 0")
    assert (second.outcome, second.words) == (Outcome.REFUSED, "There is no such line.")


def test_who_may_report_no_level_takes_no_inventory(systems, alice):
    with pytest.raises(NotAllowed):
        actions.take_inventory(read(f"{HEAD}ALP-X1;2026.1;4".encode()), by=alice)


@pytest.mark.parametrize("carries", [[Service.IMPORTS], [Service.TICKETS]], ids=str)
def test_a_provider_reports_within_its_mandate(systems, nord, carries):
    Mandate.objects.update(carries=carries)
    pia = UserFactory(organisation=nord, roles=[Role.COORDINATOR])

    actions.take_inventory(read(LIST.encode()), by=pia)

    assert levels()["HAN-P1"] == (9 if carries == [Service.IMPORTS] else 3)
    assert levels()["ALP-P1"] == 3


def test_a_script_sees_first_and_accepts_then(systems, carol):
    script = calling_as(carol, scopes=[Scope.IMPORTS])

    dry = script.post(ADDRESS, {"content": LIST})
    assert (dry.status_code, dry.json()["accepted"], levels()["ALP-P1"]) == (200, False, 3)
    done = script.post(ADDRESS, {"content": LIST, "accept": True})

    assert done.json()["accepted"] is True
    assert done.json()["lines"] == dry.json()["lines"]
    assert dry.json()["lines"][0] == {
        "number": 2,
        "system": "ALP-P1",
        "outcome": "changed",
        "words": "2026.1 SP 3 → 2026.1 SP 4",
    }
    assert levels()["ALP-P1"] == 4


def test_a_script_is_told_what_cannot_be_read(systems, carol, alice):
    answer = calling_as(carol).post(ADDRESS, {"content": "[{", "accept": True})

    assert answer.status_code == 400
    assert "It begins like JSON, but is none." in str(answer.json()["errors"])
    assert calling_as(alice).post(ADDRESS, {"content": LIST}).status_code == 403
    reader = calling_as(carol, scopes=[Scope.PRODUCT_READ])
    assert reader.post(ADDRESS, {"content": LIST}).status_code == 403


def test_a_file_is_shown_first_and_kept_when_accepted(systems, client, carol):
    client.force_login(carol)
    file = SimpleUploadedFile("stand.csv", LIST.encode())

    page = client.post(reverse("inventory"), {"file": file}).content.decode()
    assert "2026.1 SP 3 → 2026.1 SP 4" in page
    assert "Keep 3 levels" in page
    assert levels()["ALP-P1"] == 3

    answer = client.post(reverse("inventory"), {"content": LIST, "accept": "1"}, follow=True)
    assert "Kept: 2 changed, 1 as before, 4 lines left out." in answer.content.decode()
    assert levels()["ALP-P1"] == 4


def test_the_second_step_carries_the_whole_list(systems, client, carol):
    client.force_login(carol)
    text = f'{HEAD}ALP-P1;2026.1;4\n"<b>";2026.1;4\n'

    page = client.post(reverse("inventory"), {"file": SimpleUploadedFile("a.csv", text.encode())})

    form = page.content.decode().partition("<textarea")[2].partition("</textarea>")[0]
    assert "ALP-P1;2026.1;4\n&quot;&lt;b&gt;&quot;;2026.1;4" in form


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "There is nothing in it."),
        ({"content": "ALP-P1 runs SP 4"}, "The columns system, line and level are needed"),
        ({"content": "x" * (MOST_BYTES + 1)}, "It is larger than 256 KB."),
    ],
    ids=["nothing", "no columns", "large"],
)
def test_what_cannot_be_read_is_said_and_kept(systems, client, carol, facts, words):
    client.force_login(carol)

    answer = client.post(reverse("inventory"), facts)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert facts.get("content", "") in answer.content.decode()


def test_members_have_neither_the_page_nor_the_link(systems, client, alice):
    client.force_login(alice)

    assert client.get(reverse("inventory")).status_code == 403
    assert reverse("inventory") not in client.get(reverse("systems")).content.decode()
