"""What the pages offer is what the verbs accept: asked of every verb in every state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supportdesk.errors import Refused
from tests.factories import a_finding
from tickets import actions, possible
from tickets.models import REOPEN_WINDOW, Message, Status, Ticket

OFFICE = Message.Channel.OFFICE
CALLS = {
    "reply": lambda ticket, by, **_: actions.reply(ticket, by=by, text="Hello", channel=OFFICE),
    "note": lambda ticket, by, **_: actions.note(ticket, by=by, text="Hello", channel=OFFICE),
    "take": lambda ticket, by, **_: actions.take(ticket, by=by),
    "assign": lambda ticket, by, lea, **_: actions.assign(ticket, by=by, to=lea),
    "hand_on": lambda ticket, by, team, **_: actions.hand_on(
        ticket, by=by, team=team, reason="Theirs."
    ),
    "wait_for_customer": lambda ticket, by, **_: actions.wait_for_customer(
        ticket, by=by, question="Which?", channel=OFFICE
    ),
    "resume": lambda ticket, by, **_: actions.resume(ticket, by=by),
    "diagnose": lambda ticket, by, **_: actions.diagnose(
        ticket, by=by, finding=a_finding(note="Anew.")
    ),
    "resolve": lambda ticket, by, **_: actions.resolve(
        ticket, by=by, answer="Fixed", finding=a_finding(), channel=OFFICE
    ),
    "reopen": lambda ticket, by, **_: actions.reopen(ticket, by=by, reason="Again", channel=OFFICE),
}
STATES = ["new_ticket", "open_ticket", "waiting_ticket", "resolved_ticket", "closed_ticket"]


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("state", STATES)
def test_a_verb_is_offered_exactly_where_it_succeeds(request, state, verb, sam, lea, other_team):
    ticket: Ticket = request.getfixturevalue(state)
    said = possible.why_not(verb, ticket, by=sam, at=timezone.now())

    try:
        CALLS[verb](ticket, sam, lea=lea, team=other_team)
        refusal = ""
    except Refused as error:
        refusal = str(error)

    assert said == refusal


def test_only_the_resolved_are_confirmed(resolved_ticket, open_ticket, alice):
    at = timezone.now()
    assert not possible.why_not("confirm", resolved_ticket, by=alice, at=at)
    open_ticket.status = Status.OPEN
    assert possible.why_not("confirm", open_ticket, by=alice, at=at)


def test_what_closed_long_ago_does_not_come_back(closed_ticket, alice):
    late = timezone.now() + REOPEN_WINDOW + timedelta(minutes=1)

    assert possible.why_not("reopen", closed_ticket, by=alice, at=late)
