"""Defects in the back office: the list, the page with its tickets, and handing over to it."""

import pytest
from django.urls import reverse

from tests.factories import CorrectionFactory, a_defect
from tickets import actions
from tickets.actions import Finding
from tickets.models import Defect, Status, Ticket

LIST = reverse("admin:tickets_defect_changelist")


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


@pytest.fixture
def as_dev(client, dev):
    client.force_login(dev)
    return client


@pytest.fixture
def defect(module, sam):
    return a_defect(module, by=sam, title="Krankengeld doppelt angewiesen nach Storno")


def verdict(ticket: Ticket) -> str:
    return reverse("admin:tickets_ticket_verdict", args=[ticket.pk])


def page(defect: Defect, verb: str = "change") -> str:
    return reverse(f"admin:tickets_defect_{verb}", args=[defect.pk])


def test_a_new_defect_is_reported_from_the_ticket(as_sam, open_ticket):
    facts = {"defect_title": "Books twice", "defect_steps": "Cancel.", "level": ""}

    as_sam.post(verdict(open_ticket), {"verdict": "software_defect", **facts})

    open_ticket.refresh_from_db()
    assert open_ticket.status == Status.WAITING_DEVELOPMENT
    assert open_ticket.diagnosis.defect.title == "Books twice"


def test_what_the_customer_reported_is_not_typed_again(as_sam, open_ticket, system):
    Ticket.objects.update(steps="Cancel, then pay.", system=system)

    shown = as_sam.get(verdict(open_ticket)).content.decode()

    assert "Cancel, then pay.</textarea>" in shown
    assert f'value="{open_ticket.subject}"' in shown
    assert f'<option value="{system.installed.line_id}" selected>' in shown


def test_a_similar_defect_is_offered_first(as_sam, open_ticket, defect, module, sam):
    a_defect(module, by=sam, title="Bescheid ohne Absender")

    shown = as_sam.get(verdict(open_ticket)).content.decode()

    assert shown.index("similar to this ticket") < shown.index(defect.title)
    assert shown.index(defect.title) < shown.index("Bescheid ohne Absender")


def test_a_known_defect_is_chosen(as_sam, open_ticket, defect):
    as_sam.post(verdict(open_ticket), {"verdict": "software_defect", "defect": defect.pk})

    open_ticket.refresh_from_db()
    assert open_ticket.diagnosis.defect == defect


def test_the_list_finds_by_number_title_and_state(as_sam, defect, module, sam, dev):
    other = a_defect(module, by=sam, title="Anderes")
    actions.reject_defect(other, by=dev, reason="No.")

    for query, found in [
        ("", [True, False]),
        ("?state=all", [True, True]),
        ("?state=rejected", [False, True]),
        (f"?q=d-{defect.pk}", [True, False]),
        ("?q=doppelt", [True, False]),
        ("?state=nonsense&module=x", [True, False]),
    ]:
        shown = as_sam.get(LIST + query).content.decode()
        assert [defect.title in shown, "Anderes" in shown] == found, query


def test_the_page_says_how_many_confidential_tickets_it_hides(as_dev, defect, open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    Ticket.objects.update(confidential=True, subject="Qgeheim")

    shown = as_dev.get(page(defect)).content.decode()

    assert "1 confidential ticket besides" in shown
    assert "Qgeheim" not in shown


def test_development_accepts_and_rejects_with_a_reason(as_dev, defect):
    as_dev.post(page(defect, "accept"), {"tracker_key": "LEI-1"})
    answer = as_dev.post(page(defect, "reject"), {"reason": ""})
    assert answer.status_code == 422
    as_dev.post(page(defect, "reject"), {"reason": "By design."})

    defect.refresh_from_db()
    assert (defect.state, defect.reason) == ("rejected", "By design.")
    assert as_dev.post(page(defect, "accept"), {}).status_code == 409


def test_a_specialist_informs_all_and_reads_when_there_is_nobody(as_sam, defect):
    answer = as_sam.post(page(defect, "inform"), {"text": "It comes with SP 5."})

    assert answer.status_code == 409
    assert "No ticket waits on this defect." in answer.content.decode()
    assert "It comes with SP 5.</textarea>" in answer.content.decode()


def test_development_names_the_correction_by_its_number(as_dev, defect):
    correction = CorrectionFactory(module=defect.module)
    for wrong in ("K-x", "999999999999999999999", "K-999999"):
        answer = as_dev.post(page(defect, "fix"), {"correction": wrong})
        assert "There is no such correction." in answer.content.decode()

    as_dev.post(page(defect, "fix"), {"correction": f"k-{correction.pk}"})

    defect.refresh_from_db()
    assert (defect.state, defect.correction) == ("fixed", correction)


def test_a_missing_correction_and_a_wish_are_said_in_the_form(as_sam, open_ticket, system):
    correction = CorrectionFactory(module=open_ticket.module)
    facts = {"correction": str(correction), "system": system.pk}
    as_sam.post(verdict(open_ticket), {"verdict": "missing_correction", **facts})
    open_ticket.refresh_from_db()
    assert open_ticket.diagnosis.correction == correction

    facts = {"wish_title": "Sort by day", "wish_text": "The list."}
    as_sam.post(verdict(open_ticket), {"verdict": "wish", **facts})
    open_ticket.refresh_from_db()
    assert open_ticket.diagnosis.wish.title == "Sort by day"
