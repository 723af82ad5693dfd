"""Mail that comes in: what becomes of it, and that none is lost or comes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.errors import NotAllowed
from supportdesk.intake import sandbox
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import MandateFactory, OrganisationFactory
from tests.intake.mails import bounce, lines, mail, parts
from tests.tickets import forged
from tickets import actions, reply_address
from tickets.models import BlockedSender, Escalation, Message, RawMail, Status, Ticket
from tickets.models.raw_mail import Because, State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reply_address")]
ADDRESS = "support@desk.example"


def letters(ticket: Ticket, reader: User) -> list[Dispatch]:
    while outbox.react():
        pass
    return list(Dispatch.objects.filter(about_id=ticket.pk, recipient=reader).order_by("pk"))


def answered(letter: Dispatch) -> dict[str, str]:
    """The fields a mail program would set in an answer to this letter."""
    return {
        "in_reply_to": f"<{letter.idempotency_key}@desk.example>",
        "to": letter.content["headers"].get("Reply-To", ADDRESS),
        "message_id": f"<a{letter.pk}@client.example>",
    }


def test_a_known_sender_opens_a_ticket_and_is_told_so_once(arrive, alice, alpina):
    row = arrive(mail("Der Lauf bricht ab.\n-- \nAlice Moser\n"))
    assert (row.state, row.sender, row.subject) == (State.OPENED, alice.email, "Lauf bricht ab")
    ticket = row.ticket
    assert (ticket.opened_by, ticket.organisation, ticket.priority) == (alice, alpina, 3)
    message = ticket.messages.get()
    assert message.channel == Message.Channel.MAIL
    assert message.own_words == "Der Lauf bricht ab."
    assert message.folded.startswith("-- \nAlice")
    receipt = [one for one in letters(ticket, alice) if "received" in one.dedupe_key]
    assert len(receipt) == 1
    assert f"[#{ticket.pk}]" in receipt[0].content["subject"]


@pytest.mark.parametrize("how", ["number", "reference", "reply address"])
def test_a_participant_answers(arrive, open_ticket, alice, sam, how):
    actions.reply(open_ticket, by=sam, text="Welcher Lauf?", channel="office")
    letter = letters(open_ticket, alice)[-1]
    whole = answered(letter)
    fields = {
        "number": {"subject": f"AW: [#{open_ticket.pk}] Krankengeld"},
        "reference": {"in_reply_to": whole["in_reply_to"]},
        "reply address": {"to": whole["to"]},
    }[how]
    row = arrive(mail("Der von heute.", **fields))
    assert (row.state, row.ticket, row.message.author) == (State.JOINED, open_ticket, alice)
    assert row.message.is_public


def test_answers_carry_on_the_thread(arrive, open_ticket, alice, sam):
    actions.reply(open_ticket, by=sam, text="Welcher Lauf?", channel="office")
    arrive(mail("Der von heute.", **answered(letters(open_ticket, alice)[-1])))
    actions.reply(open_ticket, by=sam, text="Danke.", channel="office")
    headers = letters(open_ticket, alice)[-1].content["headers"]
    theirs = RawMail.objects.get().internet_id
    assert headers["In-Reply-To"] == theirs
    assert headers["References"].endswith(theirs)


def test_a_reply_brings_a_resolved_ticket_back(arrive, resolved_ticket, alice):
    letter = letters(resolved_ticket, alice)[-1]
    row = arrive(mail("Leider nicht gelöst.", **answered(letter)))
    row.ticket.refresh_from_db()
    assert (row.state, row.ticket.status) == (State.JOINED, Status.OPEN)


def test_an_answering_machine_brings_nothing_back_and_stops_no_clock(
    arrive, resolved_ticket, alice
):
    letter = letters(resolved_ticket, alice)[-1]
    row = arrive(mail("Ich bin im Urlaub.", auto_submitted="auto-replied", **answered(letter)))
    resolved_ticket.refresh_from_db()
    assert (row.state, resolved_ticket.status) == (State.JOINED, Status.RESOLVED)
    assert row.message.visibility == Message.Visibility.INTERNAL
    assert resolved_ticket.unanswered_since is None


def test_after_the_window_a_follow_up_is_a_new_ticket(arrive, closed_ticket, alice):
    long_ago = timezone.now() - timedelta(days=15)
    Ticket.objects.filter(pk=closed_ticket.pk).update(closed_at=long_ago)
    row = arrive(mail("Wieder da.\n-- \nAlice", subject=f"AW: [#{closed_ticket.pk}] Krankengeld"))
    assert row.state == State.OPENED
    assert row.ticket != closed_ticket
    message = row.ticket.messages.get()
    assert f"#{closed_ticket.pk}" in message.text
    assert message.own_words.endswith("Wieder da.")


def test_staff_write_to_the_customer_only_by_answering_their_own_letter(
    arrive, open_ticket, alice, sam
):
    row = arrive(mail("Intern.", subject=f"[#{open_ticket.pk}]", **{"from": sam.email}))
    assert row.message.visibility == Message.Visibility.INTERNAL
    actions.reply(open_ticket, by=alice, text="Und?", channel="portal")
    fields = answered(letters(open_ticket, sam)[-1])
    row = arrive(mail("Kommt.", **{**fields, "from": sam.email}))
    assert row.message.visibility == Message.Visibility.PUBLIC
    theirs = answered(letters(open_ticket, alice)[-1])
    row = arrive(mail("Falsch.", **{**theirs, "from": sam.email, "message_id": "<z@z.example>"}))
    assert row.message.visibility == Message.Visibility.INTERNAL


@pytest.mark.parametrize(("name", "header"), list(forged.mails()))
def test_forged_mail_leaves_a_ticket_as_it_is(arrive, open_ticket, alice, mallory, name, header):
    letter = letters(open_ticket, alice)[-1]
    before = Ticket.objects.values().get(pk=open_ticket.pk)
    token = reply_address.headers(open_ticket, alice)["Reply-To"].split("+")[1].split("@")[0]
    seen = {
        "number": open_ticket.pk,
        "sent": f"<{letter.idempotency_key}@desk.example>",
        "token": token,
        "bad_token": token[:-1] + ("a" if token[-1] != "a" else "b"),
    }
    told = Dispatch.objects.count()
    row = arrive(lines(*header.format(**seen).strip().split("\n"), body=b"Lasst mich herein."))
    while outbox.react():
        pass
    assert row.state == State.QUARANTINED
    assert Ticket.objects.values().get(pk=open_ticket.pk) == before
    assert open_ticket.messages.count() == 1
    assert not Dispatch.objects.filter(address__contains="evil").exists()
    assert not Dispatch.objects.filter(recipient__organisation__isnull=False)[told:].exists()


def test_a_stranger_waits_and_is_told_nothing(arrive):
    row = arrive(mail(**{"from": "Eve <eve@evil.example>"}))
    assert (row.state, row.because) == (State.QUARANTINED, Because.UNKNOWN_SENDER)
    assert not Dispatch.objects.filter(address="eve@evil.example").exists()


def test_a_disabled_person_is_a_stranger(arrive, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert arrive(mail()).because == Because.UNKNOWN_SENDER


def test_the_word_of_our_own_mail_server_counts_and_no_other(arrive, alice, settings):
    settings.MAIL_AUTHENTICATED_BY = ["MX.desk.example"]
    verdict = "mx.desk.example; dmarc=fail header.from=alpina.example; spf=pass"
    assert arrive(mail(authentication_results=verdict)).because == Because.FORGED
    foreign = mail("Zwei.", authentication_results=verdict.replace("mx.desk", "mx.evil"))
    assert arrive(foreign).state == State.OPENED


def test_automatic_mail_without_a_ticket_is_only_kept(arrive, alice):
    row = arrive(mail(auto_submitted="auto-generated"))
    assert (row.state, row.because) == (State.FILED, Because.AUTOMATIC)


def test_whoever_wants_no_automatic_answer_gets_none(arrive, alice):
    row = arrive(mail(x_auto_response_suppress="All"))
    assert row.state == State.OPENED
    assert not [one for one in letters(row.ticket, alice) if "received" in one.dedupe_key]


def test_receipts_to_one_address_end(arrive, alice):
    for number in range(12):
        row = arrive(mail(f"Meldung {number}"))
        letters(row.ticket, alice)
    receipts = Dispatch.objects.filter(dedupe_key__startswith="ticket.received:")
    assert receipts.count() == 10


def test_a_flood_from_one_address_waits(arrive, alice, monkeypatch):
    monkeypatch.setattr("tickets.actions.intake.MOST_PER_HOUR", 2)
    states = [arrive(mail(f"Meldung {number}")).because for number in range(3)]
    assert states == ["", "", Because.TOO_MANY]


def test_a_bounce_is_no_message_but_tells_the_specialist(arrive, open_ticket, alice, sam):
    actions.reply(open_ticket, by=sam, text="Welcher Lauf?", channel="office")
    letter = letters(open_ticket, alice)[-1]
    said = bounce(f"<{letter.idempotency_key}@desk.example>", alice.email)
    row = arrive(said)
    letter.refresh_from_db()
    assert (row.state, row.because, row.ticket) == (State.FILED, Because.BOUNCE, open_ticket)
    assert letter.returned_at is not None
    noted = open_ticket.messages.latest("pk")
    assert noted.visibility == Message.Visibility.INTERNAL
    assert alice.email in noted.text
    arrive(said.replace(b"No such user", b"No such  user"))
    assert open_ticket.messages.latest("pk") == noted


def test_a_report_on_a_letter_that_is_not_ours_changes_nothing(arrive, open_ticket):
    row = arrive(bounce("<11111111-1111-4111-8111-111111111111@desk.example>", "a@b.example"))
    assert (row.state, row.ticket) == (State.FILED, None)
    assert open_ticket.messages.count() == 1


def test_a_delay_is_only_kept(arrive, open_ticket, alice):
    letter = letters(open_ticket, alice)[-1]
    arrive(bounce(f"<{letter.idempotency_key}@desk.example>", alice.email, "4.4.1"))
    letter.refresh_from_db()
    assert letter.returned_at is None


def test_an_escalation_opens_one_on_the_ticket_it_names(arrive, open_ticket, alice, urgent):
    row = arrive(mail("Zahllauf steht!", subject=f"[#{open_ticket.pk}]"), urgent)
    raised = open_ticket.escalations.get()
    assert (row.state, raised.raised_by, raised.reason) == (
        State.JOINED,
        alice,
        Escalation.Reason.CUSTOMER,
    )
    arrive(mail("Immer noch!", subject=f"[#{open_ticket.pk}]"), urgent)
    assert open_ticket.escalations.count() == 1


def test_an_escalation_about_nothing_known_is_a_severe_ticket_before_a_lead(
    arrive, alice, lea, urgent
):
    row = arrive(mail("Zahllauf steht!"), urgent)
    assert (row.state, row.ticket.priority) == (State.OPENED, 2)
    assert row.ticket.escalations.open().count() == 1
    assert letters(row.ticket, lea)


def test_the_same_mail_in_two_mailboxes_is_one_and_the_urgent_one_counts(
    arrive, alice, support, urgent
):
    raw = mail("Zahllauf steht!")
    first = arrive(b"Delivered-To: support@desk.example\r\n" + raw, support)
    second = arrive(b"Delivered-To: eskalation@desk.example\r\n" + raw, urgent)
    assert first == second
    assert Ticket.objects.count() == 1
    assert second.ticket.escalations.open().count() == 1
    arrive(raw, urgent)
    assert second.ticket.escalations.count() == 1


def test_an_escalation_overtakes_what_has_piled_up(desk, alice, support, urgent):
    for number in range(5):
        actions.receive(mail(f"Meldung {number}"), by=desk, mailbox=support)
    late = actions.receive(mail("Zahllauf steht!"), by=desk, mailbox=urgent)
    assert actions.sort_next(by=desk)
    late.refresh_from_db()
    assert late.ticket.escalations.open().exists()


def test_a_repeated_message_id_with_other_words_is_another_mail(arrive, alice):
    assert arrive(mail("Eins.")) != arrive(mail("Zwei."))
    assert Ticket.objects.count() == 2


def test_mails_without_message_id_are_told_apart(arrive, alice):
    assert arrive(mail("Eins.", message_id="")) == arrive(mail("Eins.", message_id=""))
    assert arrive(mail("Eins.", message_id="")) != arrive(mail("Zwei.", message_id=""))


def test_a_mail_that_kills_its_reader_waits_for_a_person_after_three_times(
    arrive, desk, support, alice, monkeypatch
):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)
    row = actions.receive(mail("Gift."), by=desk, mailbox=support)
    for _try in range(3):
        RawMail.objects.update(due_at=timezone.now())
        assert actions.sort_next(by=desk)
    assert not actions.sort_next(by=desk)
    row.refresh_from_db()
    assert (row.state, row.because) == (State.QUARANTINED, Because.UNREADABLE)
    assert bytes(row.raw) == mail("Gift.")


def test_a_reader_that_died_is_counted_before_it_reads(desk, support):
    row = actions.receive(mail(), by=desk, mailbox=support)
    RawMail.objects.filter(pk=row.pk).update(attempts=3)
    assert not actions.sort_next(by=desk)
    row.refresh_from_db()
    assert row.because == Because.UNREADABLE


def test_what_the_ticket_refuses_waits(arrive, open_ticket, alice, monkeypatch):
    User.objects.filter(pk=alice.pk).update(roles=[])
    row = arrive(mail(subject=f"[#{open_ticket.pk}]"))
    assert (row.state, row.because) == (State.QUARANTINED, Because.REFUSED)
    assert row.error


def test_a_provider_reports_for_its_only_customer_and_is_asked_where_there_are_two(
    arrive, paul, nord, hansa
):
    assert arrive(mail("Eins.", **{"from": paul.email})).ticket.organisation == hansa
    MandateFactory(provider=nord, insurer=OrganisationFactory())
    assert arrive(mail("Zwei.", **{"from": paul.email})).because == Because.WHICH_CUSTOMER


def test_blocked_senders_are_kept_and_not_read(arrive, alice, sam):
    BlockedSender.objects.create(address=alice.email, reason="Schleife", by=sam)
    assert arrive(mail()).state == State.REJECTED


def test_files_come_along_and_those_we_do_not_take_are_named(arrive, alice):
    text = b"Content-Type: text/plain\r\n\r\nSiehe Anlage."
    log = lines("Content-Disposition: attachment; filename=lauf.log", body=b"Zeile 1")
    tool = lines("Content-Disposition: attachment; filename=tool.exe", body=b"MZ\x00\x01")
    head = lines("From: alice@alpina.example", "Subject: Lauf").removesuffix(b"\r\n")
    row = arrive(head + parts("mixed", text, log, tool))
    assert [file.name for file in row.message.attachments.all()] == ["lauf.log"]
    assert "tool.exe" in row.message.text


def test_people_in_copy_become_nothing(arrive, alice, mallory):
    row = arrive(mail(cc=f"{mallory.email}, eve@evil.example"))
    people = User.objects.count()
    assert not letters(row.ticket, mallory)
    assert User.objects.count() == people
    assert not User.objects.filter(email="eve@evil.example").exists()


def test_only_the_desk_takes_mail_in(sam, support):
    with pytest.raises(NotAllowed):
        actions.receive(mail(), by=sam)
    with pytest.raises(NotAllowed):
        actions.sort_next(by=sam)
