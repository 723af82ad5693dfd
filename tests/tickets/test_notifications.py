"""Who is told what about a ticket, and what such a letter may hold."""

from collections.abc import Iterable
from datetime import time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, User
from supportdesk.messaging import notices, outbox
from supportdesk.messaging.models import Dispatch, Event, Notice, Preference, Quiet
from tests.factories import UserFactory, a_finding, a_ticket
from tickets import actions, mail
from tickets.models import Message, Ticket

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL
LETTERS = [
    *("opened", "in_work", "replied", "waiting", "resolved", "reopened", "closing_announced"),
    *("closed", "assigned", "confirmed", "noted", "unrouted", "blocked"),
]


def react() -> None:
    while outbox.react():
        pass
    assert not Event.objects.exclude(error="").exists()


@pytest.fixture
def told(db):
    """Ask who was told since the last time: pairs of letter and person."""
    seen: set[int] = set()

    def ask() -> set[tuple[str, User]]:
        react()
        rows = Notice.objects.exclude(pk__in=seen).select_related("user")
        seen.update(row.pk for row in rows)
        assert Notice.objects.count() == Dispatch.objects.count()  # by mail and in the inbox
        return {(row.dedupe_key.split(":")[0].removeprefix("ticket."), row.user) for row in rows}

    return ask


def test_the_customer_hears_who_works_on_it_once(told, new_ticket, sam, lea, alice):
    told()
    actions.assign(new_ticket, by=lea, to=sam)
    assert told() == {("in_work", alice), ("assigned", sam)}

    actions.assign(new_ticket, by=sam, to=lea)
    assert told() == {("assigned", lea)}


def test_whoever_takes_a_ticket_is_not_told_of_it(told, new_ticket, sam, alice):
    told()
    actions.take(new_ticket, by=sam)

    assert told() == {("in_work", alice)}


def test_an_answer_goes_to_the_other_side(told, open_ticket, sam, alice):
    told()
    actions.reply(open_ticket, by=sam, text="Please send the log.", channel=OFFICE)
    assert told() == {("replied", alice)}

    actions.reply(open_ticket, by=alice, text="Here.", channel=PORTAL)
    assert told() == {("replied", sam)}


def test_a_colleague_who_wrote_hears_the_answers_too(told, open_ticket, sam, alice, carol):
    actions.reply(open_ticket, by=carol, text="Same here.", channel=PORTAL)
    assert told() >= {("replied", alice), ("replied", sam)}

    actions.reply(open_ticket, by=sam, text="Thank you.", channel=OFFICE)
    assert told() == {("replied", alice), ("replied", carol)}


def test_the_way_to_the_end_is_told(told, open_ticket, sam, alice, desk):
    told()
    actions.wait_for_customer(open_ticket, by=sam, question="Which run?", channel=OFFICE)
    assert told() == {("waiting", alice)}
    actions.resume(open_ticket, by=sam)
    actions.resolve(
        open_ticket, by=sam, answer="Fixed in SP 4.", finding=a_finding(), channel=OFFICE
    )
    assert told() == {("resolved", alice)}
    actions.announce_closing(open_ticket, by=desk)
    assert told() == {("closing_announced", alice)}
    actions.reopen(open_ticket, by=alice, reason="It came back.", channel=PORTAL)
    assert told() == {("reopened", sam)}
    actions.resolve(open_ticket, by=sam, answer="Now.", finding=a_finding(), channel=OFFICE)
    told()
    actions.confirm(open_ticket, by=alice)
    assert told() == {("confirmed", sam), ("rate", alice)}


def test_closing_by_time_is_told(told, resolved_ticket, alice, desk):
    ticket = actions.announce_closing(resolved_ticket, by=desk)
    told()
    with time_machine.travel(ticket.closes_at, tick=False):
        actions.close(ticket, by=desk)
        assert told() == {("closed", alice)}


def test_what_is_over_before_anybody_was_told_is_not_told(told, resolved_ticket, sam, alice):
    """A worker that was away all day does not announce the solution of a reopened ticket."""
    actions.reopen(resolved_ticket, by=alice, reason="No.", channel=PORTAL)

    assert "resolved" not in {letter for letter, _person in told()}


def test_a_note_is_for_the_specialist_and_its_words_stay_inside(told, open_ticket, sam, dev, alice):
    told()
    actions.note(open_ticket, by=dev, text="Looks like K-118204.", channel=OFFICE)

    assert told() == {("noted", sam)}
    assert "K-118204" not in str(list(Dispatch.objects.values_list("content", flat=True)))


def test_nobody_found_goes_to_the_leads_of_the_team(told, new_ticket, lea, desk, other_team):
    UserFactory(roles=[Role.LEAD], team=other_team)
    told()
    new_ticket.routed_at = timezone.now()
    new_ticket.save(update_fields=["routed_at"])
    outbox.emit("ticket.unrouted", ticket=new_ticket.pk, by=desk.pk)

    assert told() == {("unrouted", lea)}


def test_a_ticket_opened_by_the_desk_is_told_to_the_caller(told, sam, alice, module, alpina):
    a_ticket(by=sam, module=module, organisation=alpina, caller=alice)

    assert told() == {("opened", alice)}


def test_a_ticket_for_nobody_in_particular_is_told_to_the_coordinators(
    told, sam, carol, module, alpina
):
    a_ticket(by=sam, module=module, organisation=alpina)

    assert told() == {("opened", carol)}


def test_when_the_mandate_ends_the_provider_hears_nothing_and_the_insurer_does(
    told, paul, sam, mallory, module, hansa
):
    ticket = actions.take(a_ticket(by=paul, module=module, organisation=hansa), by=sam)
    actions.reply(ticket, by=sam, text="Please send the log.", channel=OFFICE)
    assert told() == {("in_work", paul), ("replied", paul)}

    Mandate.objects.update(during=DateRange(None, timezone.localdate()))
    actions.reply(ticket, by=sam, text="Still there?", channel=OFFICE)

    assert told() == {("replied", mallory)}


def test_people_who_left_are_not_told(told, open_ticket, sam, alice, carol):
    told()
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    actions.reply(open_ticket, by=sam, text="Done?", channel=OFFICE)

    assert told() == {("replied", carol)}


def test_a_specialist_who_left_is_stood_in_for_by_the_lead(told, open_ticket, sam, alice, lea):
    told()
    sam.is_active = False
    sam.save(update_fields=["is_active"])
    actions.reply(open_ticket, by=alice, text="Hello?", channel=PORTAL)

    assert told() == {("replied", lea)}


def test_a_confidential_ticket_keeps_its_words_and_its_subject(told, alice, sam, module, alpina):
    ticket = a_ticket(
        by=alice, module=module, organisation=alpina, confidential=True, subject="Fall Hartwig"
    )
    Ticket.objects.filter(pk=ticket.pk).update(assignee=sam, assigned_at=timezone.now())
    told()
    actions.reply(ticket, by=alice, text="Versicherte Hartwig", channel=PORTAL)

    assert told() == {("replied", sam)}
    letters = str(list(Dispatch.objects.values_list("content", flat=True)))
    assert "Hartwig" not in letters + str(list(Notice.objects.values_list("title", flat=True)))


def test_malware_is_told_to_whoever_sent_it(told, open_ticket, alice, desk, settings, tmp_path):
    settings.MEDIA_ROOT, settings.CLAMD_URL = tmp_path, "unix:/nowhere"
    message = actions.reply(
        open_ticket,
        by=alice,
        text="Here.",
        channel=PORTAL,
        files=[SimpleUploadedFile("lauf.log", b"rc=8")],
    )
    told()
    actions.record_scan(message.attachments.get(), by=desk, malware="Eicar")

    assert told() == {("blocked", alice)}


def test_a_repeated_event_tells_nobody_twice(open_ticket, sam, alice):
    message = actions.reply(open_ticket, by=sam, text="Please send the log.", channel=OFFICE)
    react()
    before = Notice.objects.count(), Dispatch.objects.count()
    outbox.emit("ticket.replied", ticket=open_ticket.pk, by=sam.pk, message=message.pk)
    react()

    assert before == (Notice.objects.count(), Dispatch.objects.count())


def test_each_person_chooses_mail_and_inbox_by_event(open_ticket, sam, alice):
    react()
    Notice.objects.all().delete()
    Dispatch.objects.all().delete()
    Preference.objects.create(user=alice, event="ticket.replied", mail=False, inbox=True)
    Preference.objects.create(user=alice, event="ticket.resolved", mail=True, inbox=False)
    actions.reply(open_ticket, by=sam, text="Please send the log.", channel=OFFICE)
    react()
    assert (alice.notices.count(), Dispatch.objects.count()) == (1, 0)

    actions.resolve(open_ticket, by=sam, answer="Fixed.", finding=a_finding(), channel=OFFICE)
    react()
    assert (alice.notices.count(), Dispatch.objects.count()) == (1, 1)


def test_every_event_people_are_told_of_can_be_switched_off(open_ticket):
    assert {"ticket.replied", "ticket.resolved", "ticket.unrouted"} <= set(notices.EVENTS)


def facts(ticket: Ticket, reader: User, **more: object) -> dict[str, object]:
    return {
        "ticket": ticket,
        "reader": reader,
        "actor": reader,
        "text": "",
        "link": "https://desk.example/tickets/1/",
        "attachment": {"name": "lauf.log"},
        "reopens_until": timezone.now(),
        **more,
    }


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_letter_has_a_subject_and_both_bodies(letter, language, resolved_ticket, alice):
    given = facts(resolved_ticket, alice, text="Nach Lauf\nrc=8")
    with translation.override(language):
        subject, text, html = (
            render_to_string(f"mail/ticket/{letter}.{part}", given)
            for part in ("subject.txt", "txt", "html")
        )

    assert subject.strip().startswith(f"[#{resolved_ticket.number}] ")
    assert "\n" not in subject.strip()
    assert subject.strip().endswith(resolved_ticket.subject)
    assert f'<html lang="{language}">' in html
    for body in (text, html):
        assert "https://desk.example/tickets/1/" in body
        assert "rc=8" in body
    assert "<" not in text


@pytest.mark.parametrize("letter", LETTERS)
def test_letters_escape_in_html_and_only_there(letter, resolved_ticket, alice):
    hostile = '<script>alert(1)</script> & "Ümläut" {{ 7 }}'
    alice.name, resolved_ticket.subject = hostile, hostile
    given = facts(resolved_ticket, alice, text=hostile, attachment={"name": hostile})

    html = render_to_string(f"mail/ticket/{letter}.html", given)
    text = render_to_string(f"mail/ticket/{letter}.txt", given)
    subject = render_to_string(f"mail/ticket/{letter}.subject.txt", given)

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert hostile in text
    assert subject.strip().endswith(hostile)


def test_each_side_is_led_through_its_own_door(open_ticket, alice, sam):
    assert mail.address(open_ticket, alice) == f"/tickets/{open_ticket.number}/"
    assert mail.address(open_ticket, sam).startswith("/office/tickets/ticket/")


def test_every_letter_is_tested():
    used: Iterable[str] = set()
    for reaction in {
        r for rs in outbox.REACTIONS.values() for r in rs if r.__module__ == "tickets.reactions"
    }:
        used |= {name for name in LETTERS if name in reaction.__code__.co_consts}

    assert used == set(LETTERS)


@pytest.mark.parametrize(("priority", "waits"), [(1, False), (2, True)])
def test_a_standstill_respects_nobodys_quiet_hours(open_ticket, sam, alice, priority, waits):
    Quiet.objects.create(user=alice, gathers_at=time(8))
    Ticket.objects.filter(pk=open_ticket.pk).update(priority=priority)

    actions.reply(open_ticket, by=sam, text="We are on it.", channel=OFFICE)
    react()

    letter = Dispatch.objects.get(recipient=alice, dedupe_key__startswith="ticket.replied")
    assert letter.gathers is waits


def the_letter(name: str, to: User) -> dict[str, str]:
    letters = Dispatch.objects.filter(dedupe_key__startswith=f"ticket.{name}:", recipient=to)
    return letters.get().content


@pytest.fixture
def a_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return SimpleUploadedFile("<b>lauf.log", b"rc=8\n")


def test_files_are_links_that_ask_who_opens_them(open_ticket, sam, alice, a_file, client):
    actions.reply(open_ticket, by=sam, text="See the log.", channel=OFFICE, files=[a_file])
    react()
    file = open_ticket.attachments.get()
    words = the_letter("replied", alice)

    assert f"{file.name} (5" in words["text"]
    assert reverse("attachment", args=[file.pk]) in words["text"]
    assert reverse("attachment", args=[file.pk]) in words["html"]
    assert "<b>lauf" not in words["html"]
    assert "rc=8" not in str(words)
    assert client.get(reverse("attachment", args=[file.pk])).status_code == 302


@pytest.mark.parametrize("confidential", [True, False], ids=["confidential", "internal"])
def test_of_files_that_stay_inside_no_letter_tells(
    open_ticket, sam, alice, dev, a_file, confidential
):
    if confidential:
        Ticket.objects.filter(pk=open_ticket.pk).update(confidential=True)
        actions.reply(open_ticket, by=sam, text="x", channel=OFFICE, files=[a_file])
    else:
        note = actions.note(open_ticket, by=dev, text="x", channel=OFFICE, files=[a_file])
        # Whatever reaction should ever hand a note to a letter for customers:
        mail.Letter("replied", "ticket.replied", open_ticket, dev, "x", note).to([alice])
    react()

    letters = Dispatch.objects.filter(dedupe_key__regex="replied|noted")
    assert letters
    assert not any("lauf.log" in str(row.content) for row in letters)
