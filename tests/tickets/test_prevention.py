"""A ticket that nobody had to write: counted once, and the words stay."""

import pytest
from django.urls import reverse
from django.utils import timezone

from releases.models import Correction
from supportdesk.accounts.models import Mandate, Organisation, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed
from tests.factories import CorrectionFactory, SystemFactory
from tests.releases import fleet
from tickets import actions
from tickets.models import Draft, Prevented, Ticket

SOLVED, LOOK = reverse("ticket_new_solved"), reverse("ticket_new_verdicts")
WORDS = {"subject": "Krankengeld doppelt angewiesen", "text": "Nach Storno zweimal überwiesen."}


@pytest.fixture
def correction(module, system, alpina):
    """In SP 4, which Alpina has been given; its system runs SP 3."""
    facts = {"symptom": "Storno weist doppelt an", "solution": "SP 4 einspielen."}
    row = CorrectionFactory(module=module, released_at=timezone.now(), **facts)
    fleet.assess(row, system.installed.line, [(2, 4)])
    fleet.given_to(alpina, system.installed.line, 4)
    return row


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


def test_it_is_counted_with_what_it_was_about(correction, alice, system, alpina):
    row = actions.prevent_ticket(correction, by=alice, system=system)

    assert (row.organisation, row.on) == (alpina, timezone.localdate())
    assert row.verdict == "delivered_not_imported"
    assert Entry.objects.filter(verb="ticket.prevented", by=alice).count() == 1


def test_once_per_person_correction_and_day(correction, alice, carol, system):
    first = actions.prevent_ticket(correction, by=alice, system=system)
    again = actions.prevent_ticket(correction, by=alice, system=system)
    actions.prevent_ticket(correction, by=carol, system=system)

    assert first == again
    assert Prevented.objects.count() == 2
    assert Entry.objects.filter(verb="ticket.prevented").count() == 2


@pytest.mark.django_db(transaction=True)
def test_clicked_six_times_at_once_it_is_one(correction, alice, system, at_once):
    at_once(6, lambda: actions.prevent_ticket(correction, by=alice, system=system))

    assert Prevented.objects.count() == 1


def test_what_runs_there_already_solves_nothing(correction, alice, system, alpina):
    newer = SystemFactory(organisation=alpina, runs=(system.installed.line, 4))

    with pytest.raises(Invalid) as refusal:
        actions.prevent_ticket(correction, by=alice, system=newer)

    assert "SP 4" in str(refusal.value)


def test_a_fault_without_a_fix_is_not_solved(correction, alice, system):
    correction.validity.all().delete()
    fleet.assess(correction, system.installed.line, [(2, None)])

    with pytest.raises(Invalid):
        actions.prevent_ticket(correction, by=alice, system=system)


def test_only_customers_prevent_and_only_for_what_they_see(correction, system, mallory, sam):
    with pytest.raises(type(system).DoesNotExist):
        actions.prevent_ticket(correction, by=mallory, system=system)
    with pytest.raises(NotAllowed):
        actions.prevent_ticket(correction, by=sam, system=system)


def test_an_unreleased_correction_is_nothing_to_them(correction, alice, system):
    Correction.objects.update(released_at=None)

    with pytest.raises(Correction.DoesNotExist):
        actions.prevent_ticket(correction, by=alice, system=system)


def test_a_provider_counts_for_its_customer_while_the_mandate_carries_tickets(
    correction, system, paul, hansa
):
    theirs = SystemFactory(organisation=hansa, runs=(system.installed.line, 3))

    row = actions.prevent_ticket(correction, by=paul, system=theirs)
    assert row.organisation == hansa
    Mandate.objects.update(carries=[Service.IMPORTS])
    with pytest.raises(Organisation.DoesNotExist):
        actions.prevent_ticket(correction, by=paul, system=theirs)


def test_customers_see_their_own_only(correction, alice, mallory, system, sam):
    actions.prevent_ticket(correction, by=alice, system=system)

    seen = [Prevented.objects.visible_to(one).count() for one in (alice, mallory, sam)]
    assert seen == [1, 0, 1]


def test_beside_the_form_it_is_offered(as_alice, correction, system, module):
    asked = {"system": system.pk, "module": module.pk, **WORDS}

    said = as_alice.post(LOOK, asked).content.decode()

    assert "Storno weist doppelt an" in said
    assert f'formaction="{SOLVED}"' in said
    assert "No, send my ticket" in said


def test_said_to_solve_it_no_ticket_is_opened_and_the_words_stay(as_alice, correction, system):
    facts = {"system": system.pk, "correction": correction.pk, **WORDS}

    answer = as_alice.post(SOLVED, facts, follow=True)

    assert f"{correction} solves it" in answer.content.decode()
    assert (Prevented.objects.count(), Ticket.objects.count()) == (1, 0)
    assert Draft.objects.get().content["text"] == WORDS["text"]


@pytest.mark.parametrize("given", [{}, {"correction": "K-1"}, {"correction": "9" * 30}])
def test_nonsense_is_refused_and_loses_nothing(as_alice, system, given):
    answer = as_alice.post(SOLVED, {"system": system.pk, **WORDS, **given})

    assert answer.status_code == 422
    assert WORDS["text"] in answer.content.decode()
    assert not Prevented.objects.exists()


def test_without_scripts_a_button_looks_and_loses_nothing(as_alice, correction, system):
    facts = {"system": system.pk, "look": "yes", **WORDS}

    said = as_alice.post(reverse("ticket_new"), facts).content.decode()

    assert "Storno weist doppelt an" in said
    assert WORDS["text"] in said
    assert not Ticket.objects.exists()


def test_without_scripts_it_says_that_nothing_fits(as_alice, system):
    facts = {"system": system.pk, "look": "yes", **WORDS}

    said = as_alice.post(reverse("ticket_new"), facts).content.decode()

    assert "No correction is known that fits." in said
