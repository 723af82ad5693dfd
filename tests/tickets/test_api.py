"""Tickets through the API: each verb, its refusals, lists and their limits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT

from tests.api import calling_as
from tests.factories import SystemFactory, UserFactory, a_ticket
from tickets import actions
from tickets.api import AttachmentOut, HistoryOut, MessageOut, TicketOut
from tickets.models import Message, Status, Ticket

TICKETS = "/api/v1/tickets/"
MOST_STATEMENTS = 21  # lower it when one is saved
REPORT = {
    "module": "krankengeld",
    "subject": "Zahllauf bricht ab",
    "text": "  Seit heute früh.\n\n",
    "customer_priority": 2,
}


def to(ticket, verb=""):
    return f"{TICKETS}{ticket.number}/{verb}/" if verb else f"{TICKETS}{ticket.number}/"


def test_a_member_opens_a_ticket_for_their_organisation(alice, module, system):
    given = {**REPORT, "system": "ALP-P1", "run_at": "2026-11-24T04:10:00+01:00"}

    response = calling_as(alice).post(TICKETS, given)

    assert response.status_code == 201
    shown = response.json()
    assert shown["organisation"] == "ALP"
    assert shown["system"] == "ALP-P1"
    assert shown["run_at"] == "2026-11-24T03:10:00Z"
    assert shown["opened_by"] == alice.name
    message = Ticket.objects.get(number=shown["number"]).messages.get()
    assert message.text == REPORT["text"]  # to the last blank
    assert message.channel == Message.Channel.API


def test_the_answer_to_an_opening_is_the_row_as_it_is_read_later(alice, module, system):
    rest = {
        "system": "ALP-P1",
        "caller": alice.email,
        "run_at": "2026-11-24T04:10:00+01:00",
        "subject": " Zahllauf\tbricht ab ",
        "external_number": " 47-11 ",
        "steps": "1. Starten",
        "already_checked": " Alles ",
        "confidential": True,
    }
    client = calling_as(alice)

    answer = client.post(TICKETS, {**REPORT, **rest}).json()

    assert answer == client.get(f"{TICKETS}{answer['number']}/").json()


def test_an_opening_costs_few_statements(alice, module, django_assert_max_num_queries):
    """Whatever is added to opening a ticket, every ticket pays for it."""
    client = calling_as(alice)
    client.post(TICKETS, REPORT)

    with django_assert_max_num_queries(MOST_STATEMENTS):
        response = client.post(TICKETS, REPORT, headers={"Idempotency-Key": "counted"})

    assert response.status_code == 201


def test_a_provider_names_the_insurer(paul, hansa, module):
    response = calling_as(paul).post(TICKETS, {**REPORT, "organisation": "HAN"})

    assert response.json()["organisation"] == "HAN"


def test_staff_open_a_ticket_for_a_caller(sam, alice, module):
    given = {**REPORT, "organisation": "ALP", "caller": alice.email}

    assert calling_as(sam).post(TICKETS, given).json()["caller"] == alice.name


def test_staff_name_the_customer(sam, module):
    response = calling_as(sam).post(TICKETS, REPORT)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "organisation"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"module": "unknown"}, "module"),
        ({"module": "kranken\0geld"}, "module"),
        ({"organisation": "HAN"}, "organisation"),  # there is one, but not for her
        ({"system": "HAN-P1"}, "system"),
        ({"caller": "mallory@hansa.example"}, "caller"),
        ({"subject": ""}, "subject"),
        ({"subject": " "}, "subject"),
        ({"subject": 7}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"customer_priority": 5}, "customer_priority"),
        ({"customer_priority": "2"}, "customer_priority"),
        ({"customer_priority": True}, "customer_priority"),
        ({"customer_priority": []}, "customer_priority"),
        ({"confidential": "on"}, "confidential"),
        ({"confidential": []}, "confidential"),
        ({"run_at": "yesterday"}, "run_at"),
        ({"run_at": "0001-01-01T00:00:00+14:00"}, "run_at"),
        ({"run_at": "9999-12-31T23:59:59-12:00"}, "run_at"),
    ],
)
def test_input_that_cannot_be_used_is_named(alice, mallory, module, given, field):
    SystemFactory(organisation=mallory.organisation, code="HAN-P1")

    response = calling_as(alice).post(TICKETS, {**REPORT, **given})

    assert response.status_code == 400, response.content
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Ticket.objects.exists()


def test_what_belongs_to_the_desk_cannot_be_given(alice, module, sam):
    """Mass assignment: every column of the row, sent along, changes nothing."""
    foreign = {field.name: 1 for field in Ticket._meta.fields if field.name not in REPORT}
    foreign |= {"status": "closed", "assignee": sam.email, "team": 1, "priority": 1, "number": 7}
    for own in ["organisation", "system", "caller", "run_at"]:
        foreign.pop(own)
    for text in ["external_number", "message_id", "job", "steps", "already_checked"]:
        foreign[text] = ""
    foreign["confidential"] = False

    response = calling_as(alice).post(TICKETS, {**REPORT, **foreign})

    ticket = Ticket.objects.get(number=response.json()["number"])
    assert ticket.number != 7
    assert ticket.status == Status.NEW
    assert ticket.assignee is None
    assert ticket.priority == REPORT["customer_priority"]
    assert ticket.resolved_at is None


ELSEWHERE = {"team": "Beiträge", "reason": "Theirs"}
FOUND = {"verdict": "settings_difference", "difference": "Off.", "differs_since": "2026-01-31"}
VERBS = [
    # verb, who may, in which state, input, the answer's key facts
    ("reply", "alice", "open_ticket", {"text": "More"}, {"visibility": "public"}),
    ("reply", "sam", "open_ticket", {"text": "More"}, {"visibility": "public"}),
    ("note", "sam", "open_ticket", {"text": "Hm"}, {"visibility": "internal"}),
    ("take", "sam", "new_ticket", {}, {"status": "open", "assignee": "Sam Winter"}),
    ("assign", "lea", "new_ticket", {"to": "sam@desk.example"}, {"assignee": "Sam Winter"}),
    (
        "hand_on",
        "sam",
        "open_ticket",
        {"team": "Beiträge", "reason": "Theirs"},
        {"team": "Beiträge"},
    ),
    ("wait_for_customer", "sam", "open_ticket", {"question": "?"}, {"status": "waiting_customer"}),
    ("resume", "sam", "waiting_ticket", {}, {"status": "open"}),
    ("resolve", "sam", "open_ticket", {"answer": "SP 4", **FOUND}, {"status": "resolved"}),
    ("diagnose", "sam", "open_ticket", FOUND, {"status": "open"}),
    ("confirm", "alice", "resolved_ticket", {}, {"status": "closed"}),
    ("reopen", "alice", "resolved_ticket", {"reason": "No"}, {"status": "open"}),
]
each_verb = pytest.mark.parametrize(("verb", "person", "state", "given", "told"), VERBS)


@pytest.fixture
def act(request, sam, other_team):
    """Bring a ticket into its state and call a verb on it."""

    def call(verb, person, state, given, **calling):
        ticket = request.getfixturevalue(state)
        user = request.getfixturevalue(person)
        return calling_as(user, **calling).post(to(ticket, verb), given)

    return call


@each_verb
def test_each_verb_works(act, verb, person, state, given, told):
    response = act(verb, person, state, given)

    assert response.status_code in (200, 201), response.content
    assert response.json().items() >= told.items()


@each_verb
def test_each_verb_is_invisible_to_another_customer(act, verb, person, state, given, told):
    assert act(verb, "mallory", state, given).status_code == 404


@each_verb
def test_each_verb_asks_for_the_scope_to_write(act, verb, person, state, given, told):
    response = act(verb, person, state, given, scopes=["tickets:read", "webhooks"])

    assert response.status_code == 403
    assert response.json()["code"] == "scope"


@each_verb
def test_each_verb_asks_for_a_right(act, verb, person, state, given, told):
    response = act(verb, "audrey", state, given)

    assert response.status_code == 403
    assert response.json()["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("verb", "person", "state", "given"),
    [
        ("reply", "alice", "resolved_ticket", {"text": "More"}),
        ("take", "sam", "resolved_ticket", {}),
        ("assign", "lea", "closed_ticket", {"to": "sam@desk.example"}),
        ("hand_on", "sam", "closed_ticket", ELSEWHERE),
        ("wait_for_customer", "sam", "waiting_ticket", {"question": "?"}),
        ("resume", "sam", "resolved_ticket", {}),
        ("resolve", "sam", "resolved_ticket", {"answer": "Again", **FOUND}),
        ("confirm", "alice", "open_ticket", {}),
        ("reopen", "alice", "open_ticket", {"reason": "No"}),
    ],
)
def test_a_verb_in_the_wrong_state_is_a_conflict(act, verb, person, state, given):
    response = act(verb, person, state, given)

    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("verb", ["reply", "note", "wait_for_customer", "resolve", "reopen"])
def test_a_verb_without_its_text_is_refused(act, verb):
    assert act(verb, "sam", "open_ticket", {}).status_code == 400


def test_a_reply_brings_files(open_ticket, alice):
    client = calling_as(alice)
    file = SimpleUploadedFile("protokoll.txt", b"RC=12 in step 4\n")
    given = {"text": "The log", "files": [file]}

    said = client.post(to(open_ticket, "reply"), given, content_type=MULTIPART_CONTENT).json()

    (shown,) = client.get(to(open_ticket, "attachments")).json()["results"]
    assert (shown["name"], shown["message"]) == ("protokoll.txt", said["id"])
    content = client.get(f"/api/v1/attachments/{shown['id']}/content/", headers={"Accept": "*/*"})
    assert content.getvalue() == b"RC=12 in step 4\n"
    assert "sandbox" in content.headers["Content-Security-Policy"]


def test_a_file_of_another_customer_does_not_exist(open_ticket, alice, mallory):
    file = SimpleUploadedFile("protokoll.txt", b"RC=12 in step 4\n")
    actions.reply(open_ticket, by=alice, text="Log", channel="portal", files=[file])
    address = f"/api/v1/attachments/{open_ticket.attachments.get().pk}/"

    assert calling_as(alice).get(address).status_code == 200
    assert calling_as(mallory).get(address).status_code == 404
    assert calling_as(mallory).get(f"{address}content/").status_code == 404


def test_a_file_that_is_not_acceptable_is_refused(open_ticket, alice):
    given = {"text": "The log", "files": [SimpleUploadedFile("run.exe", b"MZ\x90\0")]}

    response = calling_as(alice).post(
        to(open_ticket, "reply"), given, content_type=MULTIPART_CONTENT
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "files"
    assert open_ticket.messages.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"files": "protokoll.txt"}, "files"),
        ({"confidential": "on"}, "confidential"),
        ({"caller": ""}, "caller"),
        ({"run_at": ""}, "run_at"),
    ],
)
def test_a_form_is_read_as_strictly(alice, module, given, field):
    response = calling_as(alice).post(TICKETS, {**REPORT, **given}, MULTIPART_CONTENT)

    assert response.status_code == 400, response.content
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Ticket.objects.exists()


def test_internal_notes_and_their_files_stay_inside(open_ticket, sam, alice):
    actions.note(
        open_ticket,
        by=sam,
        text="CANARY",
        channel="office",
        files=[SimpleUploadedFile("canary.txt", b"CANARY")],
    )
    team, reason = sam.team, "CANARY"
    actions.hand_on(open_ticket, by=sam, team=team, reason=reason)
    addresses = [
        TICKETS,
        *(to(open_ticket, part) for part in ["", "messages", "history", "attachments"]),
    ]

    for address in addresses:
        assert b"CANARY" not in calling_as(alice).get(address).content.upper()
    assert b"CANARY" in calling_as(sam).get(to(open_ticket, "messages")).content


def test_only_listed_fields_are_shown(open_ticket, sam):
    """The field matrix: a column more or less is a decision, taken here."""
    client = calling_as(sam)
    assert set(client.get(to(open_ticket)).json()) == {
        *["number", "subject", "status", "priority", "customer_priority", "organisation"],
        "proposed_priority",
        *["module", "system", "team", "assignee", "opened_by", "caller", "external_number"],
        *["message_id", "job", "run_at", "steps", "already_checked", "confidential"],
        *["opened_at", "assigned_at", "unanswered_since", "resolved_at", "closes_at"],
        *["promised_at", "package_line", "package_level", "closed_at", "changed_at"],
    }
    for part, out in [("messages", MessageOut), ("history", HistoryOut)]:
        assert set(client.get(to(open_ticket, part)).json()["results"][0]) == set(out().fields)
    assert set(MessageOut().fields) == {"id", "at", "author", "visibility", "channel", "text"}
    assert set(HistoryOut().fields) == {
        *["id", "at", "kind", "by", "status", "assignee", "team", "reason"],
        *["priority_before", "priority"],
    }
    assert set(AttachmentOut().fields) == {
        *["id", "ticket", "message", "name", "size", "content_type", "sha256", "scan"],
        *["uploaded_by", "created_at"],
    }
    assert "file" not in AttachmentOut.columns().values()  # where it lies is nobody's business
    assert not [path for path in TicketOut.columns().values() if "email" in path]


def test_somebody_elses_email_does_not_tell_whether_it_exists(alice, module, mallory):
    client = calling_as(alice)
    answers = [
        client.post(TICKETS, {**REPORT, "caller": caller}).json()["errors"][0]["code"]
        for caller in [mallory.email, "nobody@hansa.example"]
    ]

    assert answers[0] == answers[1] == "does_not_exist"


def test_a_confidential_ticket_is_hidden_from_colleagues(alice, module, alpina):
    secret = a_ticket(by=alice, module=module, organisation=alpina, confidential=True)
    colleague = UserFactory(organisation=alpina, roles=["member"])

    assert calling_as(colleague).get(to(secret)).status_code == 404
    assert calling_as(alice).get(to(secret)).status_code == 200
