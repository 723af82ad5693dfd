"""The customers' page about their systems."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.models import Doubt, System
from tests.factories import CorrectionFactory, PackageFactory, SystemFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def lacking(rita, alpina):
    """Alpina's system on SP 3, and a correction in SP 4, which Alpina has been given."""
    system = SystemFactory(organisation=alpina, code="ALP-P1")
    correction = CorrectionFactory(symptom="Doppelte Anweisung", object_keys=["ZKG01"])
    line = system.installed.line
    actions.assess(correction, line, by=rita, intervals=[(2, 4)])
    actions.release_correction(correction, by=rita)
    fleet.deliver(PackageFactory(line=line, level=4), alpina)
    return system, correction


def test_a_system_shows_what_it_lacks_with_the_numbers(client, alice, lacking):
    client.force_login(alice)

    page = client.get(reverse("systems")).content.decode()

    assert "Doppelte Anweisung" in page
    assert "Fixed in SP 4, which is delivered. The system is on SP 3." in page
    assert "Line 2026.1: affected from SP 2, fixed in SP 4. Installed: SP 3." in page


def test_a_stale_inventory_is_shown_as_unknown_never_as_fine(client, alice, lacking):
    system, _correction = lacking
    System.objects.filter(pk=system.pk).update(inventory_at=timezone.now() - timedelta(days=46))
    client.force_login(alice)

    page = client.get(reverse("systems")).content.decode()

    assert "cannot be judged" in page
    assert "Nothing is missing" not in page
    assert "Doppelte Anweisung" not in page


def test_a_stranger_sees_neither_system_nor_correction(client, mallory, lacking):
    client.force_login(mallory)

    page = client.get(reverse("systems")).content.decode()

    assert "ALP-P1" not in page
    assert "Doppelte Anweisung" not in page


def test_a_report_of_the_level_changes_what_is_missing(client, carol, lacking):
    system, _correction = lacking
    client.force_login(carol)
    facts = {"line": system.installed.line_id, "level": 4}

    answer = client.post(reverse("system_report", args=[system.pk]), facts, follow=True)

    assert "Nothing is missing" in answer.content.decode()


def test_a_wrong_level_is_said_and_kept(client, carol, lacking):
    system, _correction = lacking
    client.force_login(carol)
    facts = {"line": system.installed.line_id, "level": "SP4"}

    answer = client.post(reverse("system_report", args=[system.pk]), facts)

    assert answer.status_code == 422
    assert 'value="SP4"' in answer.content.decode()


def test_a_doubt_is_raised_from_the_page(client, alice, lacking):
    system, correction = lacking
    client.force_login(alice)
    facts = {"correction": correction.pk, "text": "We have it on SP 4 too."}

    client.post(reverse("system_doubt", args=[system.pk]), facts)

    assert Doubt.objects.get().verdict == "delivered_not_imported"


def test_a_new_ticket_hears_of_what_fits_while_it_is_written(client, alice, mallory, lacking):
    system, _correction = lacking
    asked = {"system": system.pk, "message_id": "zkg01"}
    client.force_login(alice)
    page = client.post(reverse("ticket_new_verdicts"), asked).content.decode()
    client.force_login(mallory)
    other = client.post(reverse("ticket_new_verdicts"), asked).content.decode()

    assert "Fixed in SP 4, which is delivered. The system is on SP 3." in page
    assert other.strip() == ""
