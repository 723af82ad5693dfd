"""The workbench: each button calls its verb, and a refusal keeps what was typed."""

import pytest
from django.urls import reverse

from supportdesk.audit.models import Entry
from tests.factories import UserFactory, a_ticket
from tickets import actions
from tickets.models import Draft, Message, Status, Ticket

OFFICE = Message.Channel.OFFICE


def page(ticket: Ticket) -> str:
    return reverse("admin:tickets_ticket_change", args=[ticket.number])


def press(ticket: Ticket, verb: str) -> str:
    return reverse(f"admin:tickets_ticket_{verb}", args=[ticket.number])


FOUND = {"verdict": "settings_difference", "difference": "Off.", "differs_since": "2026-01-31"}


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_an_agent_takes_and_answers_a_ticket(as_sam, sam, new_ticket):
    as_sam.post(press(new_ticket, "take"))
    answer = as_sam.post(press(new_ticket, "reply"), {"text": "I am looking into it."})

    assert answer.status_code == 302
    assert answer.url == page(new_ticket)
    assert now(new_ticket).assignee == sam
    message = new_ticket.messages.last()
    assert (message.text, message.is_public, message.channel) == (
        "I am looking into it.",
        True,
        OFFICE,
    )


@pytest.mark.parametrize(
    ("verb", "status", "public"),
    [
        ("reply", Status.OPEN, True),
        ("wait_for_customer", Status.WAITING_CUSTOMER, True),
        ("resolve", Status.RESOLVED, True),
        ("note", Status.OPEN, False),
    ],
)
def test_what_is_written_goes_through_the_tab_it_was_written_in(
    as_sam, open_ticket, verb, status, public
):
    as_sam.post(press(open_ticket, verb), {"text": "Which run was it?", **FOUND})

    assert now(open_ticket).status == status
    assert open_ticket.messages.last().is_public is public


def test_assigning_handing_on_resuming_and_reopening(
    as_sam, waiting_ticket, lea, sam, other_team, resolved_ticket
):
    colleague = UserFactory(name="Mira Yıldız", team=other_team)
    facts = {"team": other_team.pk, "to": colleague.pk, "reason": "Their module."}

    as_sam.post(press(resolved_ticket, "reopen"), {"text": "It came back."})
    as_sam.post(press(resolved_ticket, "assign"), {"to": lea.pk, "reason": ""})
    assert now(resolved_ticket).assignee == lea

    as_sam.post(press(resolved_ticket, "hand_on"), facts)
    assert now(resolved_ticket).assignee == colleague
    assert now(resolved_ticket).team == other_team


def test_waiting_ends_by_a_button(as_sam, waiting_ticket):
    as_sam.post(press(waiting_ticket, "resume"))

    assert now(waiting_ticket).status == Status.OPEN


def test_a_state_that_refuses_is_409_names_who_acted_and_keeps_the_text(
    as_sam, resolved_ticket, alice
):
    actions.confirm(resolved_ticket, by=alice)

    answer = as_sam.post(press(resolved_ticket, "reply"), {"text": "One more thing"})

    assert answer.status_code == 409
    refusal = answer.context["attempt"]
    assert refusal.last_step.by == alice
    assert "Alice Moser" in answer.content.decode()
    assert "One more thing" in answer.content.decode()


def test_an_empty_text_is_422_and_says_where(as_sam, open_ticket):
    answer = as_sam.post(press(open_ticket, "reply"), {"text": "  "})

    assert answer.status_code == 422
    assert answer.context["attempt"].form.errors.keys() == {"text"}
    assert open_ticket.messages.count() == 1


def test_a_missing_reason_keeps_what_was_chosen(as_sam, open_ticket, other_team):
    answer = as_sam.post(press(open_ticket, "hand_on"), {"team": other_team.pk, "reason": ""})

    assert answer.status_code == 422
    assert f'value="{other_team.pk}" selected' in answer.content.decode()


def test_a_role_without_the_verb_is_403(client, dev, open_ticket):
    client.force_login(dev)

    answer = client.post(press(open_ticket, "resolve"), {"text": "Done."})

    assert answer.status_code == 403
    assert now(open_ticket).status == Status.OPEN


@pytest.mark.parametrize("verb", ["take", "reply", "note", "draft"])
def test_an_invisible_ticket_is_404(client, alice, module, alpina, verb):
    hidden = a_ticket(by=alice, module=module, organisation=alpina, confidential=True)
    client.force_login(UserFactory())

    assert client.get(page(hidden)).status_code == 404
    assert client.post(press(hidden, verb), {"text": "Hello"}).status_code == 404


def test_numbers_nobody_gave_out_are_404(as_sam):
    for number in ("4711", "9" * 30, "abc"):
        assert as_sam.get(f"/office/tickets/ticket/{number}/change/").status_code == 404


def test_an_auditor_reads_everything_and_finds_no_button(client, audrey, open_ticket):
    client.force_login(audrey)

    answer = client.get(page(open_ticket))

    assert answer.status_code == 200
    assert answer.context["doing"] == answer.context["saying"] == []
    assert "<textarea" not in answer.content.decode()


def test_the_status_is_nowhere_edited(client, ada, lea, open_ticket):
    for person in (ada, lea):
        client.force_login(person)
        client.post(page(open_ticket), {"status": "closed", "subject": "Changed"})
        assert now(open_ticket).status == Status.OPEN
        assert now(open_ticket).subject == open_ticket.subject
        address = reverse("admin:tickets_ticket_delete", args=[open_ticket.number])
        assert client.post(address, {"post": "yes"}).status_code == 403


def test_a_refused_button_says_why(as_sam, open_ticket):
    offers = {offer.name: offer for offer in as_sam.get(page(open_ticket)).context["doing"]}

    assert offers["take"].why_not
    assert not offers["assign"].why_not
    assert str(offers["take"].why_not) in as_sam.get(page(open_ticket)).content.decode()


def test_a_draft_is_kept_shown_and_gone_when_sent(as_sam, sam, open_ticket):
    as_sam.post(press(open_ticket, "draft"), {"text": "Half a thought", "mode": "note"})
    seen = as_sam.get(page(open_ticket))

    assert "Half a thought" in seen.content.decode()
    assert seen.context["mode"] == "note"
    assert Draft.objects.get().author == sam

    as_sam.post(press(open_ticket, "note"), {"text": "A whole thought"})
    assert not Draft.objects.exists()


def test_an_emptied_draft_is_thrown_away(as_sam, open_ticket):
    as_sam.post(press(open_ticket, "draft"), {"text": "Half", "mode": "reply"})
    as_sam.post(
        press(open_ticket, "draft"), {"text": "", "mode": "reply"}, headers={"HX-Request": "true"}
    )

    assert not Draft.objects.exists()


def test_a_colleagues_draft_stays_theirs(as_sam, client, lea, open_ticket):
    as_sam.post(press(open_ticket, "draft"), {"text": "Half a thought"})
    client.force_login(lea)

    assert "Half a thought" not in client.get(page(open_ticket)).content.decode()


def test_previous_and_next_follow_the_list(as_sam, sam, alice, module, alpina):
    first, second, third = (
        actions.take(a_ticket(by=alice, module=module, organisation=alpina), by=sam)
        for _n in range(3)
    )

    found = as_sam.get(page(second), {"list": "mine"}).context["neighbours"]

    assert (found.place, found.previous, found.next) == (2, first.number, third.number)
    assert as_sam.get(page(second)).context["neighbours"] is None
    answer = as_sam.post(press(second, "note") + "?list=mine", {"text": "Seen."})
    assert answer.url == page(second) + "?list=mine"


def test_the_customer_card_says_whom_to_call_and_what_they_run(
    as_sam, open_ticket, carol, system, hansa
):
    carol.phone = "030 23125 031"
    carol.save()
    card = as_sam.get(page(open_ticket)).context["customer"]

    assert list(card["coordinators"]) == [carol]
    assert list(card["systems"]) == [system]
    assert card["open"] == {"all": 1, "gravest": 0}


def test_a_long_ticket_costs_no_more_queries_than_a_short_one(
    as_sam, sam, open_ticket, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(36) as short:
        as_sam.get(page(open_ticket))
    for n in range(50):
        actions.note(open_ticket, by=sam, text=f"Note {n}", channel=OFFICE)
    with django_assert_num_queries(len(short.captured_queries)):
        as_sam.get(page(open_ticket))


def test_history_shows_the_audit_record(as_sam, open_ticket):
    answer = as_sam.get(reverse("admin:tickets_ticket_history", args=[open_ticket.number]))

    assert [entry.verb for entry in answer.context["entries"]] == ["ticket.taken", "ticket.opened"]


def test_a_ticket_is_opened_for_a_caller(as_sam, sam, alpina, carol, module, system):
    add = reverse("admin:tickets_ticket_add")
    assert as_sam.get(add).context["form"] is None
    asked = f"{add}?organisation={alpina.pk}"
    facts = {
        "caller": carol.pk,
        "system": system.pk,
        "module": module.pk,
        "subject": "Zahllauf bricht ab",
        "text": "ZL-2207 in Schritt 40",
        "customer_priority": 2,
        "run_at": "2026-11-20T02:14",
    }

    answer = as_sam.post(asked, facts)

    ticket = Ticket.objects.get()
    assert answer.url == page(ticket)
    assert (ticket.opened_by, ticket.caller, ticket.organisation) == (sam, carol, alpina)
    assert ticket.messages.get().channel == OFFICE
    assert Entry.objects.filter(verb="ticket.opened").count() == 1


def test_a_caller_of_another_customer_is_422(as_sam, alpina, mallory, module):
    asked = f"{reverse('admin:tickets_ticket_add')}?organisation={alpina.pk}"
    facts = {"caller": mallory.pk, "module": module.pk, "subject": "x", "text": "y"}

    answer = as_sam.post(asked, {**facts, "customer_priority": 2})

    assert answer.status_code == 422
    assert "caller" in answer.context["form"].errors
    assert not Ticket.objects.exists()


def test_a_developer_opens_none(client, dev):
    client.force_login(dev)

    assert client.get(reverse("admin:tickets_ticket_add")).status_code == 403
