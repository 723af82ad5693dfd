"""Mailboxes on a real server: whatever is cut off where, no mail is lost and none comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from runner.places import PROJECT
from supportdesk.errors import NotAllowed
from supportdesk.intake import imap
from tests.imap.conftest import Server
from tests.intake.mails import mail
from tickets.models import Mailbox, RawMail, Ticket
from tickets.models.raw_mail import Because, State
from tickets.postman import Postman, account, fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(dovecot: Server, module: Any, settings: Any) -> Mailbox:
    settings.MAILBOX_PASSWORDS = {"support": "secret", "other": "secret"}
    return a_box(dovecot, module, "support")


def a_box(dovecot: Server, module: Any, code: str, **facts: Any) -> Mailbox:
    return Mailbox.objects.create(
        code=code,
        address=dovecot.user(),
        module=module,
        host="127.0.0.1",
        port=dovecot.port,
        tls=False,
        **facts,
    )


def test_mail_is_fetched_sorted_and_not_fetched_again(dovecot, box, alice, desk):
    raw = [mail(f"Meldung {number}", message_id=f"<{number}@a.example>") for number in range(5)]
    dovecot.deliver(box.address, *raw)
    Postman().go_round()
    assert Ticket.objects.count() == 5
    assert {bytes(row.raw) for row in RawMail.objects.all()} == {
        one.replace(b"\n", b"\r\n") for one in raw
    }
    assert fetch(box, by=desk) == 0
    box.refresh_from_db()
    assert box.fetched_at


def test_people_who_look_into_the_mailbox_take_nothing_away(dovecot, box, alice, desk):
    dovecot.deliver(box.address, mail())
    with dovecot.client(box.address) as reader:
        reader.flag(reader.uids(), "\\Seen", True)
    assert fetch(box, by=desk) == 1
    with dovecot.client(box.address) as reader:
        assert len(reader.uids("SEEN")) == 1


def test_cut_off_between_storing_and_marking_it_comes_again_and_is_one(
    dovecot, box, alice, desk, monkeypatch
):
    dovecot.deliver(box.address, mail("Eins"), mail("Zwei", message_id="<2@a.example>"))
    with monkeypatch.context() as cut:
        cut.setattr(imap, "MARK", "no(t a flag")  # the server refuses it after the first was kept
        cut.setattr(imap.BaseMailBox, "uids", lambda box, criteria: ["1", "2"])
        assert fetch(box, by=desk) == 0
    assert RawMail.objects.count() == 1
    box.refresh_from_db()
    assert box.error
    assert fetch(box, by=desk) == 2
    Postman().go_round()
    assert (RawMail.objects.count(), Ticket.objects.count()) == (2, 2)


def test_a_server_that_numbers_its_mails_anew_brings_none_twice(dovecot, box, alice, desk):
    dovecot.deliver(box.address, mail("Eins"))
    Postman().go_round()
    folder = dovecot.place / "mail" / box.address
    for index in folder.glob("dovecot*"):  # the keywords' names go with them: all are new again
        index.unlink()
    assert fetch(box, by=desk) == 1
    Postman().go_round()
    assert (RawMail.objects.count(), Ticket.objects.count()) == (1, 1)


def test_the_same_mail_in_two_mailboxes_is_one(dovecot, box, alice, module):
    other = a_box(dovecot, module, "other", purpose=Mailbox.Purpose.ESCALATION)
    dovecot.deliver(box.address, b"Delivered-To: a@desk.example\r\n" + mail())
    dovecot.deliver(other.address, b"Delivered-To: b@desk.example\r\n" + mail())
    Postman().go_round()
    assert Ticket.objects.get().escalations.count() == 1


def test_a_pile_of_mail_does_not_keep_the_postman_from_his_round(
    dovecot, box, alice, module, monkeypatch
):
    urgent = a_box(dovecot, module, "other", purpose=Mailbox.Purpose.ESCALATION)
    dovecot.deliver(box.address, *[mail(f"Meldung {n}") for n in range(8)])
    monkeypatch.setattr("tickets.postman.ROUND", 0.001)  # one mail in each
    assert Postman().go_round()
    dovecot.deliver(urgent.address, mail("Zahllauf steht!"))
    Postman().go_round()
    row = RawMail.objects.get(mailbox=urgent)
    assert row.ticket.escalations.open().exists()
    assert RawMail.objects.filter(state=State.RECEIVED).exists()


def test_too_large_a_mail_is_fetched_to_its_limit_and_waits(dovecot, box, settings):
    settings.MAIL_MOST_BYTES = 1000
    dovecot.deliver(box.address, mail("x" * 5000))
    Postman().go_round()
    row = RawMail.objects.get()
    assert (row.size, row.state, row.because) == (1000, State.QUARANTINED, Because.TOO_LARGE)


def test_one_mailbox_that_fails_keeps_the_others_from_nothing(dovecot, box, alice, module):
    broken = a_box(dovecot, module, "aaa")  # has no password
    dovecot.deliver(box.address, mail())
    Postman().go_round()
    broken.refresh_from_db()
    assert broken.error
    assert broken.fetched_at is None
    assert Ticket.objects.count() == 1


def test_a_server_that_is_away_is_said(dovecot, box, desk):
    box.port = 1
    box.save()
    assert fetch(box, by=desk) == 0
    assert "Refused" in Mailbox.objects.get(pk=box.pk).error
    assert account(box).password == "secret"


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_postman_killed_ten_times_loses_nothing_and_doubles_nothing(
    dovecot, box, alice, desk, settings
):
    words = [mail(f"Meldung {n}", message_id=f"<{n}@a.example>") for n in range(60)]
    twice, hostile = words[:12], [mail(f"Eve {n}", **{"from": "e@evil.example"}) for n in range(6)]
    dovecot.deliver(box.address, *words, *twice, *hostile)
    environ = {
        **os.environ,
        "DATABASE_URL": _here(settings),
        "MAILBOX_PASSWORDS": '{"support": "secret"}',
    }
    for _kill in range(10):
        before = done_so_far()
        postman = subprocess.Popen(
            [sys.executable, "manage.py", "intake"], cwd=PROJECT, env=environ
        )
        while done_so_far() < min(before + 10, 128):
            assert postman.poll() is None
            time.sleep(0.02)
        postman.send_signal(signal.SIGKILL)
        postman.wait()
    assert 0 < RawMail.objects.exclude(state=State.RECEIVED).count() < 66  # died in the middle
    RawMail.objects.filter(state=State.RECEIVED).update(due_at="2020-01-01T00:00Z")
    Postman().go_round()
    assert RawMail.objects.count() == 66
    assert {row.state for row in RawMail.objects.all()} <= {State.OPENED, State.QUARANTINED}
    opened = RawMail.objects.filter(state=State.OPENED).count()
    held_back = RawMail.objects.filter(because=Because.TOO_MANY).count()
    assert opened + held_back == 60
    assert Ticket.objects.count() == opened


def done_so_far() -> int:
    """What was stored, and what was sorted."""
    return RawMail.objects.count() + RawMail.objects.exclude(state=State.RECEIVED).count()


def _here(settings: Any) -> str:
    """The tests' own database, for a process beside us."""
    facts = settings.DATABASES["default"]
    who = f"{facts['USER']}:{facts['PASSWORD']}@" if facts["USER"] else ""
    return f"postgres://{who}{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def test_the_desk_alone_stores_and_marks(dovecot, box, sam):
    dovecot.deliver(box.address, mail())
    with pytest.raises(NotAllowed):
        fetch(box, by=sam)
    with dovecot.client(box.address) as reader:
        assert reader.uids(f"UNKEYWORD {imap.MARK}")
