"""The field matrix: who may read which field of the API. A field without a place here fails."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from oncall import actions as oncall
from oncall.models import Duty, Policy, Schedule
from releases.actions import plan_import
from supportdesk.accounts.actions import create_webhook, ping_webhook
from supportdesk.web.api.doors import Row
from tests.api import calling_as
from tests.factories import (
    MandateFactory,
    PackageFactory,
    UserFactory,
    a_defect,
    a_major_fault,
    a_package_file,
    a_session,
)
from tests.releases import fleet
from tickets import actions
from tickets.models import CheckPoint
from training.actions import enrol

PEOPLE = ["alice", "carol", "paul", "sam"]  # member, coordinator, provider's member, agent
TICKET = """number subject status priority customer_priority proposed_priority organisation
    module system team assignee opened_by caller external_number message_id job run_at steps
    already_checked confidential opened_at assigned_at unanswered_since promised_at package_line
    package_level resolved_at closes_at closed_at changed_at"""
DEFECT = """number title module area steps line level state correction promised_on reason
    tracker_key reported_by reported_at ended_at changed_at"""
PAGE = """id key title url state policy is_test alarms last_alarm_at opened_at goes_on_at
    acknowledged_by acknowledged_at ended_at"""
WEBHOOK = "id organisation name url is_active failures paused_until created_at"
ACCESS = """id ticket system asked_by asked_at purpose starts_at ends_at phase decided_by answer
    ended_by"""
IMPORT = """id system organisation line level state planned_for planned_by planned_at ended_by
    ended_at failure before_line before_level rolled_back_by rolled_back_at rolled_back_because"""
COURSE = "id kind title text audience line wants_approval free_until_days"
SESSION = """id course course_title title starts_at ends_at place language state capacity taken
    minimum waitlist_open booking_until cancelled_because"""
ENROLMENT = """id session course_title starts_at person organisation booked_by state offer_until
    was_late reason created_at"""
# What each address shows, and to whom. Nobody else sees a row there at all.
SHOWN = [
    ("me", "id email name organisation roles language scopes", PEOPLE),
    ("organisations", "code name kind is_active", PEOPLE),
    ("modules", "code name team criticality is_active", PEOPLE),
    ("lines", "name parent branch_level maintained_until", PEOPLE),
    ("systems", "id code organisation purpose line level inventory_at is_active", PEOPLE),
    (
        "deliveries",
        "id line level organisation wave delivered_at status successor",
        PEOPLE,
    ),
    ("deliveries/{delivery}/files", "id name size sha256", PEOPLE),
    ("imports", IMPORT, PEOPLE),
    ("imports/{import}", IMPORT, PEOPLE),
    ("courses", COURSE, PEOPLE),
    ("courses/{course}", COURSE, PEOPLE),
    ("sessions", SESSION, PEOPLE),
    ("sessions/{session}", SESSION, PEOPLE),
    ("enrolments", ENROLMENT, PEOPLE),
    ("enrolments/{enrolment}", ENROLMENT, PEOPLE),
    ("tickets", TICKET, PEOPLE),
    ("tickets/{ticket}", TICKET, PEOPLE),
    ("tickets/{ticket}/messages", "id at author visibility channel text", PEOPLE),
    (
        "tickets/{ticket}/history",
        "id at kind by status assignee team reason priority_before priority",
        PEOPLE,
    ),
    (
        "tickets/{ticket}/escalations",
        "reason level text raised_by raised_at decision ended_at end",
        PEOPLE,
    ),
    ("tickets/{ticket}/check_points", "id text", PEOPLE),
    ("access-requests", ACCESS, PEOPLE),
    ("access-requests/{access}", ACCESS, PEOPLE),
    ("access-requests/{access}/log", "id at kind by text", PEOPLE),
    (
        "tickets/{ticket}/attachments",
        "id ticket message name size content_type sha256 scan uploaded_by created_at",
        PEOPLE,
    ),
    ("duties", "id schedule position person starts_at ends_at confirmed_at", ["sam"]),
    ("pages", PAGE, ["sam"]),
    ("pages/{page}", PAGE, ["sam"]),
    ("pages/{page}/events", "id at kind by", ["sam"]),
    ("pages/{page}/hand_overs", "id at by note read_by read_at", ["sam"]),
    ("major-faults", "id title text declared_at ended_at", PEOPLE),
    ("major-faults/{fault}", "id title text declared_at ended_at", PEOPLE),
    ("major-faults/{fault}/updates", "id at text", PEOPLE),
    ("defects", DEFECT, ["sam"]),
    ("defects/{defect}", DEFECT, ["sam"]),
    ("defects/{defect}/comments", "id at by text", ["sam"]),
    ("webhooks", WEBHOOK, ["carol"]),
    ("webhooks/{webhook}", WEBHOOK, ["carol"]),
    (
        "webhooks/{webhook}/deliveries",
        "id webhook_id event state attempts error created_at sent_at",
        ["carol"],
    ),
]
# In the answer that makes it, and in no other.
ONCE = {"secret", "accepted", "lines", "outcome", "words"}


@pytest.fixture
def there(open_ticket, alice, carol, sam, system, paul, receiver):
    """A ticket with all that can be on it, the vendor's words too."""
    MandateFactory(provider=paul.organisation, insurer=alice.organisation)
    file = SimpleUploadedFile("lauf.log", b"RC=12\n")
    actions.reply(open_ticket, by=alice, text="Log", channel="portal", files=[file])
    actions.note(open_ticket, by=sam, text="CANARY", channel="office")
    actions.hand_on(open_ticket, by=sam, team=sam.team, reason="CANARY")
    actions.escalate(open_ticket, by=alice, reason="customer", text="Letters leave tonight.")
    actions.escalate(open_ticket, by=sam, reason="worst_case", text="CANARY")
    CheckPoint.objects.create(text="Read the log.")
    during = (timezone.now(), timezone.now() + timedelta(hours=1))
    schedule = Schedule.objects.create(name="Leistungen")
    Duty.objects.create(schedule=schedule, person=sam, during=during)
    access = actions.ask_access(
        open_ticket,
        by=sam,
        system=system,
        purpose="Read a log.",
        starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(hours=1),
    )
    webhook = create_webhook(carol.organisation, by=carol, name="ITSM", url=receiver.url)
    ping_webhook(webhook, by=carol)
    defect = a_defect(open_ticket.module, by=sam, title="CANARY")
    actions.comment_on_defect(defect, by=sam, text="CANARY")
    lead = UserFactory(name="CANARY", roles=["lead"])
    fault = a_major_fault(open_ticket.module, by=lead)
    actions.write_update(fault, by=lead, text="We look.")
    line = system.installed.line
    package = fleet.given_to(system.organisation, line, 9)
    plan = plan_import(system, package, by=carol, planned_for=timezone.localdate())
    session = a_session(link="https://CANARY.example/")
    place = enrol(session, [alice], by=alice)[0]
    rows = {
        "course": session.course,
        "session": session,
        "enrolment": place,
        "import": plan,
        "page": _page(sam, lead),
        "fault": fault,
        "defect": defect,
        "ticket": open_ticket,
        "webhook": webhook,
        "access": access,
        "delivery": _given(carol.organisation, line),
    }
    return {name: row.pk for name, row in rows.items()}


def _given(organisation, line):
    package = PackageFactory(line=line, level=10)
    a_package_file(package)
    return fleet.deliver(package, organisation)


def _page(taker, lead):
    policy = Policy.objects.create(name="CANARY")
    page = oncall.open_page("CANARY", "CANARY", by=lead, policy=policy)
    oncall.acknowledge(page, by=taker)
    oncall.hand_over(page, by=taker, note="CANARY")
    return page


@pytest.mark.parametrize(("address", "fields", "readers"), SHOWN, ids=[row[0] for row in SHOWN])
@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_reads_these_fields_and_no_others(
    request, there, person, address, fields, readers
):
    user = request.getfixturevalue(person)
    answer = calling_as(user).get(f"/api/v1/{address.format(**there)}/")

    body = answer.json()
    rows = body.get("results", [body] if answer.status_code == 200 else [])
    assert bool(rows) == (person in readers)
    assert all(row.keys() == set(fields.split()) for row in rows)
    if user.organisation:
        assert b"CANARY" not in answer.content
        assert b"@desk.example" not in answer.content


def test_every_field_of_every_row_stands_in_the_matrix(db):
    known = {field for _address, fields, _readers in SHOWN for field in fields.split()} | ONCE
    waiting, found = list(Row.__subclasses__()), set()
    while waiting:
        row = waiting.pop()
        waiting += row.__subclasses__()
        found |= set(row().fields)

    assert found - known == set()
