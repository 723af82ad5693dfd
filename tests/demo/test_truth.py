"""The demo's rows are such as the verbs themselves would have left."""

import io
import json
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F, Q
from django.utils import timezone

from demo import cast
from supportdesk.accounts.access import Role, may
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch, Event, Notice
from supportdesk.messaging.notices import EVENTS
from supportdesk.worktime.models import Absence
from tests.demo.test_demo import MONDAY_NOON
from tickets import content, hindsight, routing, why
from tickets.models import (
    NEXT,
    Attachment,
    HistoryEntry,
    MajorFault,
    Message,
    RoutingDecision,
    Status,
    Ticket,
)

RIGHT = {  # the verb behind each kind of step
    "opened": "ticket.open",
    "routed": "ticket.route",
    "unrouted": "ticket.route",
    "handed_on": "ticket.hand_on",
    "regraded": "ticket.change_priority",
    "waiting": "ticket.wait_for_customer",
    "resumed": "ticket.reply",
    "diagnosed": "ticket.diagnose",
    "to_dev": "ticket.diagnose",
    "fixed": "defect.fix",
    "resolved": "ticket.resolve",
    "confirmed": "ticket.confirm",
    "reopened": "ticket.reopen",
    "closed": "ticket.close",
}


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """Loaded once; these tests only read."""
    with django_db_blocker.unblock():
        with time_machine.travel(MONDAY_NOON, tick=False):
            call_command("demo", tickets=2500, stdout=io.StringIO())
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def monday(year, db, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


def lives() -> dict[int, list[HistoryEntry]]:
    found = defaultdict(list)
    for step in HistoryEntry.objects.select_related("by", "assignee").order_by("at", "pk"):
        found[step.ticket_id].append(step)
    return found


def test_every_life_follows_next(monday):
    for steps in lives().values():
        assert [step.kind for step in steps].count("opened") == 1
        assert (steps[0].kind, steps[0].status) == ("opened", Status.NEW)
        for before, after in pairwise(steps):
            if before.status != after.status:
                assert Status(after.status) in NEXT[Status(before.status)]


def test_every_step_was_made_by_somebody_who_may(monday):
    for steps in lives().values():
        for step in steps:
            assert may(step.by, RIGHT[step.kind]), (step.by, step.kind)
            if step.assignee:
                assert step.assignee.is_any(Role.AGENT, Role.LEAD)


def test_nothing_happens_before_its_ticket_or_after_today(monday):
    now = timezone.now()
    for rows in [Message.objects, HistoryEntry.objects, RoutingDecision.objects]:
        assert not rows.filter(Q(at__lt=F("ticket__opened_at")) | Q(at__gt=now)).exists()
    assert not Ticket.objects.filter(changed_at__gt=now).exists()


def test_whoever_took_a_ticket_was_the_rules_choice(monday):
    chosen = dict(
        RoutingDecision.objects.filter(chosen__isnull=False).values_list("ticket", "chosen")
    )
    routed = dict(HistoryEntry.objects.filter(kind="routed").values_list("ticket", "assignee"))

    assert len(routed) > 2000
    assert chosen == routed
    for decision in RoutingDecision.objects.order_by("?")[:200]:
        again = routing.decide(routing.Situation.from_json(decision.situation))
        assert json.loads(json.dumps(again.as_json())) == decision.decision


def test_every_ticket_in_work_can_say_why(monday):
    for ticket in Ticket.objects.unresolved().exclude(routed_at=None):
        told = why.of(ticket)
        assert told is not None
        assert told.people or told.reason


def test_the_present_rule_changes_nothing_of_the_demo(monday):
    answers = list(hindsight.asked_again(timezone.now() - timedelta(days=400)))

    assert answers
    assert [one for one in answers if one is None or one.then != one.now] == []


def test_standstills_of_the_night_were_the_leads_at_first(monday):
    decisions = RoutingDecision.objects.filter(reason=routing.OUT_OF_HOURS)

    assert decisions.exists()
    assert set(decisions.values_list("ticket__priority", flat=True)) == {1}


def test_nobody_is_given_work_while_away(monday):
    given = RoutingDecision.objects.filter(chosen__isnull=False, situation__in_hours=True)
    away = [
        decision.pk
        for decision in given
        if Absence.objects.on(timezone.localdate(decision.at))
        .filter(person=decision.chosen_id)
        .exists()
    ]

    assert given.count() > 1000
    assert away == []


def test_every_list_has_something_to_show(monday):
    now = timezone.now()
    assert set(Ticket.objects.values_list("status", flat=True)) >= {
        "open",
        "waiting_customer",
        "waiting_development",
        "waiting_delivery",
        "resolved",
        "closed",
    }
    assert Ticket.objects.filter(confidential=True).exists()
    hansa = Ticket.objects.filter(organisation__code="HAN")
    assert hansa.filter(opened_by__organisation__code="NORD").exists()
    assert hansa.filter(caller__organisation__code="HAN").exists()
    assert Ticket.objects.filter(closing_announced_at__lte=now, status="resolved").exists()
    for email, _role in cast.LOGINS[:4]:
        assert Notice.objects.filter(user__email=email, read_at=None).exists(), email


def test_one_major_fault_is_over_and_one_is_open(monday):
    over, small = MajorFault.objects.order_by("declared_at")
    assert over.reviewed_at
    assert over.review
    assert over.decisions
    assert small.is_open
    for fault in (over, small):
        assert fault.modules.exists()
        assert may(fault.declared_by, "majorfault.handle")
        begin, end = fault.declared_at, fault.ended_at or timezone.now()
        assert all(begin <= update.at <= end for update in fault.updates.all())


def test_notices_are_of_tickets_their_reader_sees(monday):
    for notice in Notice.objects.select_related("user"):
        assert notice.event in EVENTS
        assert f"[#{notice.about_id}]" in notice.title
        assert Notice.objects.visible_to(notice.user).filter(pk=notice.pk).exists()


def test_nobody_gets_mail_for_what_was_before_the_desk_opened(monday):
    assert not Dispatch.objects.unsent().exists()
    # Those of pages are the verbs' own, and every call was called off.
    assert not Event.objects.exclude(name__startswith="page.").exists()


def test_enclosed_files_are_what_they_say(monday):
    assert Attachment.objects.count() >= 10
    for attachment in Attachment.objects.select_related("message"):
        assert attachment.uploaded_by_id == attachment.message.author_id
        with attachment.file.open("rb") as file:
            found = content.examined(file, attachment.name)
            file.seek(0)
            assert len(file.read()) == attachment.size
        assert attachment.content_type in found


def test_deputies_are_colleagues(monday):
    specialists = User.objects.filter(team__isnull=False)

    assert not specialists.filter(deputy=None).exists()
    assert not specialists.exclude(deputy__team=F("team")).exists()
    assert not specialists.filter(deputy=F("pk")).exists()
