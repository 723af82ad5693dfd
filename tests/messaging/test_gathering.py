"""Quiet hours and gathered mail: what waits, what passes, and nothing lost or said twice."""

from datetime import time

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supportdesk.accounts import actions as people
from supportdesk.errors import Invalid
from supportdesk.messaging import dispatch, notices
from supportdesk.messaging.models import Dispatch, Notice, Quiet
from tests.factories import UserFactory

NIGHT = "2026-11-30 22:00:00+01:00"
MORNING = "2026-12-01 06:00:00+00:00"


def tell(person, n: int = 1, **facts) -> None:
    words = {"joined": f"Person {n}", "link": f"https://desk.example/{n}", "text": f"Words {n}"}
    notices.tell(
        person, "invitation.accepted", "invitation/joined", key=f"t{n}", url="/", **words, **facts
    )


def rests(person, begins=None, ends=None, gathers_at=None) -> Quiet:
    return people.change_quiet(by=person, begins=begins, ends=ends, gathers_at=gathers_at)


def now_due() -> None:
    Dispatch.objects.filter(state="waiting").update(due_at=Now())


def confidential(ticket) -> None:
    """Out of sight of a member who did not open it."""
    other = UserFactory(organisation=ticket.organisation, roles=["member"])
    facts = {"confidential": True, "opened_by": other, "caller": None}
    type(ticket).objects.filter(pk=ticket.pk).update(**facts)


def everything_sent() -> None:
    while dispatch.deliver("mail"):
        pass


def test_mail_waits_for_the_end_of_the_quiet_hours_and_the_inbox_does_not(alice):
    rests(alice, time(20), time(7))

    with time_machine.travel(NIGHT, tick=False):
        tell(alice)

    assert Dispatch.objects.get().due_at.isoformat() == MORNING.replace(" ", "T")
    assert Notice.objects.filter(user=alice).count() == 1


def test_what_presses_and_whoever_said_nothing_wait_for_nothing(alice, carol, monkeypatch):
    rests(alice, time(20), time(7), time(8))

    with time_machine.travel(NIGHT, tick=False):
        monkeypatch.setattr(notices, "PRESSING", {"invitation.accepted"})
        tell(alice)
        tell(carol)

    assert Dispatch.objects.due().count() == 2
    assert not Dispatch.objects.filter(gathers=True).exists()


def test_a_day_comes_in_one_mail(alice, mail_server):
    rests(alice, gathers_at=time(8))
    for n in (1, 2, 3):
        tell(alice, n)
    now_due()

    everything_sent()

    [mail] = mail_server.taken
    assert mail["Subject"] == "3 messages from the support desk"
    assert mail["List-Unsubscribe"].endswith(reverse("profile") + ">")
    text = mail.get_body(("plain",)).get_content()
    for n in (1, 2, 3):
        assert f"Words {n}" in text
        assert f"https://desk.example/{n}" in text
    states = Dispatch.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "cancelled", "cancelled"]


def test_an_entry_for_the_calendar_keeps_quiet_hours_and_its_own_mail(alice):
    rests(alice, time(20), time(7), time(12))

    with time_machine.travel(NIGHT, tick=False):
        tell(alice, calendar={"text": "BEGIN:VCALENDAR", "method": "REQUEST"})

    letter = Dispatch.objects.get()
    assert letter.gathers is False
    assert letter.due_at.isoformat() == MORNING.replace(" ", "T")


def test_one_alone_comes_as_it_is(alice, mail_server):
    rests(alice, gathers_at=time(8))
    tell(alice)
    now_due()

    everything_sent()

    assert "messages" not in mail_server.taken[0]["Subject"]


def test_nobody_reads_of_another_in_a_gathering(alice, carol, mail_server):
    for person in (alice, carol):
        rests(person, gathers_at=time(8))
        tell(person, 1)
        tell(person, 2)
    now_due()

    everything_sent()

    assert sorted(mail["To"] for mail in mail_server.taken) == sorted([alice.email, carol.email])


def test_what_may_not_be_read_any_more_drops_out_also_after_a_failure(
    alice, new_ticket, mail_server
):
    rests(alice, gathers_at=time(8))
    tell(alice, 1)
    tell(alice, 2, subject=new_ticket)
    now_due()
    mail_server.after_data = "451 later"
    assert dispatch.deliver("mail")
    assert Dispatch.objects.filter(state="waiting").count() == 1  # gathered, and not lost

    confidential(new_ticket)
    mail_server.after_data = "250 taken"
    now_due()
    everything_sent()

    text = mail_server.taken[-1].get_body(("plain",)).get_content()
    assert "Words 1" in text
    assert "Words 2" not in text


def test_the_first_that_drops_out_takes_nothing_else_along(alice, new_ticket, mail_server):
    rests(alice, gathers_at=time(8))
    tell(alice, 1, subject=new_ticket)
    tell(alice, 2)
    now_due()
    confidential(new_ticket)

    everything_sent()

    text = mail_server.taken[-1].get_body(("plain",)).get_content()
    assert "Words 2" in text
    assert "Words 1" not in text


def test_where_nothing_is_left_nothing_goes(alice, new_ticket, mail_server):
    rests(alice, gathers_at=time(8))
    tell(alice, 1, subject=new_ticket)
    tell(alice, 2, subject=new_ticket)
    now_due()
    row = Dispatch.objects.earliest("pk")
    confidential(new_ticket)

    everything_sent()

    row.refresh_from_db()
    assert row.state == "cancelled"
    assert mail_server.taken == []


@pytest.mark.django_db(transaction=True)
def test_many_senders_gather_each_letter_once(alice, carol, at_once, mail_server):
    for person in (alice, carol):
        rests(person, gathers_at=time(8))
        for n in range(20):
            tell(person, n)
    now_due()

    at_once(6, everything_sent)

    assert len(mail_server.taken) == 2
    for mail in mail_server.taken:
        lines = mail.get_body(("plain",)).get_content().split()
        links = [line for line in lines if line.startswith("https://desk.example/")]
        assert sorted(links) == sorted(f"https://desk.example/{n}" for n in range(20))


def test_a_gathering_of_many_costs_no_query_for_each(alice, new_ticket, mail_server):
    def queries(n: int) -> int:
        Dispatch.objects.all().delete()
        for i in range(n):
            tell(alice, i)
        now_due()
        with CaptureQueriesContext(
            connection,
        ) as spent:
            everything_sent()
        return len(spent)

    rests(alice, gathers_at=time(8))
    assert queries(50) <= queries(2) + 1


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [(time(20), None, "ends"), (None, time(7), "begins"), (time(7), time(7), "ends")],
)
def test_half_an_hour_of_rest_is_refused(alice, begins, ends, field):
    with pytest.raises(Invalid) as refusal:
        rests(alice, begins, ends)

    assert refusal.value.field == field


def test_the_database_knows_it_too(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Quiet.objects.create(user=alice, begins=time(7))
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.create(
            dedupe_key="x", channel="mail", address="x", urgent=True, gathers=True, recipient=alice
        )


def test_the_profile_takes_and_shows_it(client, alice):
    client.force_login(alice)

    client.post(reverse("profile_quiet"), {"begins": "20:00", "ends": "07:00", "gathers_at": ""})

    assert (alice.quiet.begins, alice.quiet.ends) == (time(20), time(7))
    assert 'value="20:00"' in client.get(reverse("profile")).text


def test_the_profile_says_what_is_missing_and_keeps_the_rest(client, alice):
    client.force_login(alice)

    answer = client.post(reverse("profile_quiet"), {"begins": "20:15", "ends": "8 Uhr"})

    assert answer.status_code == 422
    assert 'value="20:15"' in answer.text
    assert 'value="8 Uhr"' in answer.text
    assert not Quiet.objects.exists()
