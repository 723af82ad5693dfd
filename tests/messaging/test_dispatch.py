"""Messages leave once, come again under the same name when that is unsure, and are never lost."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from supportdesk.accounts.models import User
from supportdesk.messaging import actions, dispatch, hints
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.tasks import dispatch_urgent, dispatch_waiting, webhooks_waiting

HEAD = {"position": 7, "head": "ab12"}


def a_mail(person, key="head:7", **facts) -> Dispatch:
    return dispatch.mail(person, "audit/head", key=key, **HEAD, **facts)


def due_again(row: Dispatch) -> None:
    Dispatch.objects.filter(pk=row.pk).update(due_at=Now())


def test_a_mail_is_written_once_per_person_and_key(alice, carol):
    assert a_mail(alice) == a_mail(alice)
    a_mail(carol)

    assert Dispatch.objects.count() == 2


def test_a_mail_is_rendered_in_the_language_of_its_reader(alice, carol, settings, tmp_path):
    (tmp_path / "mail").mkdir()
    for part in ["subject.txt", "txt", "html"]:
        template = "{% load i18n %}{% get_current_language as here %}{{ here }}\n{{ recipient }}"
        (tmp_path / "mail" / f"hello.{part}").write_text(template)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    alice.language, carol.language = "de", "en"

    german, english = (dispatch.mail(p, "hello", key="x").content for p in [alice, carol])

    assert german == {
        "subject": f"de {alice}",
        "text": f"de\n{alice}\n",
        "html": f"de\n{alice}",
    }
    assert english["subject"] == f"en {carol}"


def test_a_sent_mail_says_what_it_is(alice, mail_server):
    row = a_mail(alice)

    assert dispatch_waiting() == 1

    row.refresh_from_db()
    assert (row.state, row.attempts, row.lease) == ("sent", 1, None)
    [sent] = mail_server.taken
    assert sent["To"] == alice.email
    assert sent["Message-ID"] == f"<{row.idempotency_key}@localhost>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert "7:ab12" in sent.get_body().get_content()
    assert dispatch_waiting() == 0


def test_urgent_mail_has_its_own_way(alice):
    row = a_mail(alice, pace=dispatch.URGENT)

    assert dispatch_waiting() == 0
    assert dispatch_urgent() == 1
    assert Dispatch.objects.get(pk=row.pk).state == "sent"
    assert len(django_mail.outbox) == 1


@pytest.mark.parametrize(
    ("answer", "state"), [("451 busy", "waiting"), ("550 no such person", "dead")]
)
def test_a_refused_recipient_waits_or_is_given_up(alice, mail_server, answer, state):
    mail_server.after_rcpt = answer
    row = a_mail(alice)

    dispatch_waiting()

    row.refresh_from_db()
    assert (row.state, row.attempts) == (state, 1)
    assert answer[:3] in row.error
    assert alice.email not in row.error


def test_a_line_cut_after_data_means_the_same_message_again(alice, mail_server):
    row = a_mail(alice)
    mail_server.after_data = ""
    dispatch_waiting()
    assert Dispatch.objects.get(pk=row.pk).state == "waiting"

    mail_server.after_data = "250 taken"
    due_again(row)
    dispatch_waiting()

    assert Dispatch.objects.get(pk=row.pk).state == "sent"
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_is_away_is_asked_once_a_run(alice, carol, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    a_mail(alice)
    a_mail(carol)

    dispatch_waiting()

    assert sorted(Dispatch.objects.values_list("attempts", flat=True)) == [0, 1]


def test_nobody_waits_behind_a_mail_server_that_hangs(alice, carol, endpoint, receiver):
    hanging = a_mail(alice)
    Dispatch.objects.filter(pk=hanging.pk).update(
        state="sending", lease=uuid.uuid4(), due_at=Now() + timedelta(minutes=1)
    )
    waiting = a_mail(carol)
    urgent = a_mail(carol, key="page:1", pace=dispatch.URGENT)
    hook = dispatch.webhook(endpoint, "ticket.opened", {"ticket": 7}, key="7")

    dispatch_waiting()
    dispatch_urgent()

    states = Dispatch.objects.in_bulk()
    assert states[waiting.pk].state == "waiting"
    assert (states[urgent.pk].state, states[hook.pk].state) == ("sent", "sent")


def test_watchman_sends_webhooks_apart_from_mail(alice, endpoint, receiver, settings):
    letter = a_mail(alice)
    hook = dispatch.webhook(endpoint, "ticket.opened", {"ticket": 7}, key="7")
    duties = [import_string(duty) for duty in settings.WATCHMAN_DUTIES]

    webhooks_waiting()

    states = Dispatch.objects.in_bulk()
    assert (states[letter.pk].state, states[hook.pk].state) == ("waiting", "sent")
    assert webhooks_waiting in duties
    assert dispatch_waiting not in duties


@pytest.mark.parametrize("urgent", [True, False])
def test_what_is_tried_again_wakes_those_who_send_it(
    alice, ada, urgent, django_capture_on_commit_callbacks
):
    row = a_mail(alice, pace=dispatch.Pace(urgent=urgent))
    Dispatch.objects.filter(pk=row.pk).update(state="dead")

    with django_capture_on_commit_callbacks() as callbacks:
        actions.retry_dispatch(row, by=ada)

    [hint] = [callback.args[0] for callback in callbacks]
    assert hint == hints.to_send(urgent=urgent)
    assert hint[1] == ("urgent" if urgent else "celery")


def test_a_lease_that_ran_out_is_sent_again_and_the_late_result_is_ignored(alice, monkeypatch):
    row = a_mail(alice)
    real, seen = dispatch.CHANNELS["mail"].send, []

    def slow(sending):
        seen.append(sending.pk)
        real(sending)
        if len(seen) == 1:  # it took so long that the lease ran out and somebody else sent it
            due_again(row)
            dispatch.deliver("mail")

    monkeypatch.setattr(dispatch.CHANNELS["mail"], "send", slow)
    dispatch.deliver("mail")

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    ids = {sent.extra_headers["Message-ID"] for sent in django_mail.outbox}
    assert (len(django_mail.outbox), len(ids)) == (2, 1)


def test_what_kills_its_senders_is_given_up(alice):
    row = a_mail(alice)
    Dispatch.objects.filter(pk=row.pk).update(attempts=dispatch.MAX_ATTEMPTS)

    dispatch_waiting()

    assert Dispatch.objects.get(pk=row.pk).state == "dead"
    assert django_mail.outbox == []


def test_a_closed_account_gets_no_more_mail(alice):
    row = a_mail(alice)
    alice.is_active = False
    alice.save()

    dispatch_waiting()

    assert Dispatch.objects.get(pk=row.pk).state == "cancelled"
    assert django_mail.outbox == []


def test_pauses_double_up_to_an_hour_and_are_short_for_urgent_ones():
    pauses = [dispatch._pause(Dispatch(attempts=n)).total_seconds() for n in range(1, 24)]
    urgent = [dispatch._pause(Dispatch(attempts=n, urgent=True)) for n in range(1, 24)]

    assert all(15 * 2**n * 0.7 <= pause <= 15 * 2**n * 1.3 for n, pause in enumerate(pauses[:7]))
    assert 2520 <= max(pauses) <= 4680
    assert sum(pauses) > 12 * 3600
    assert max(urgent) <= timedelta(seconds=156)


def test_mail_for_the_terminal_is_readable_there(alice, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    row = a_mail(alice)

    dispatch_waiting()

    assert (row.channel, Dispatch.objects.get(pk=row.pk).state) == ("console", "sent")
    assert f"To: {alice.email}" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_mail_once(alice, settings, at_once):
    settings.MAIL_SENDERS = 6
    for n in range(30):
        a_mail(alice, key=f"head:{n}")

    at_once(6, dispatch_waiting)
    dispatch_waiting()

    assert Dispatch.objects.filter(state="sent", attempts=1).count() == 30
    assert len({sent.extra_headers["Message-ID"] for sent in django_mail.outbox}) == 30
    assert len(django_mail.outbox) == 30


def test_a_letter_given_back_goes_again_and_may_be_given_back_again(alice, ada, mail_server):
    letter, desk = a_mail(alice), User.objects.desk()
    assert dispatch.deliver("mail")
    assert actions.record_return(letter, by=desk, diagnosis="mailbox full")

    actions.retry_dispatch(letter, by=ada)

    assert dispatch.deliver("mail")
    first, second = (message["Message-ID"] for message in mail_server.taken)
    assert first == second  # whoever has it already can tell
    assert actions.record_return(letter, by=desk, diagnosis="still full")
