"""The question after closing: asked of those the ticket is for, answered once, counted per team."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import UserFactory, a_ticket
from tickets import actions, rating_page
from tickets.figures import content
from tickets.models import Rating

pytestmark = pytest.mark.django_db


def work_off():
    while outbox.react():
        pass


def link(ticket, person, score=4):
    _label, address = rating_page.links(ticket, person)[score - 1]
    return address[address.index("/rating/") :]


def letters(name, person):
    return Dispatch.objects.filter(dedupe_key__startswith=f"ticket.{name}:", recipient=person)


def test_whoever_confirms_is_asked_once(resolved_ticket, alice, carol):
    actions.confirm(resolved_ticket, by=alice)
    work_off()

    letter = letters("rate", alice).get()
    assert letter.content["text"].count("/rating/") == 5
    assert not letters("rate", carol).exists()


def test_a_ticket_closed_by_time_asks_in_the_letter_that_says_so(resolved_ticket, alice, desk):
    row = resolved_ticket
    row.closes_at = row.closing_announced_at = row.resolved_at
    row.save(update_fields=["closes_at", "closing_announced_at"])
    actions.close(row, by=desk)
    work_off()

    assert letters("closed", alice).get().content["text"].count("/rating/") == 5


def test_a_link_only_chooses_and_the_button_says_it(client, closed_ticket, alice):
    address = link(closed_ticket, alice, 4)

    page = client.get(address).content.decode()
    assert not Rating.objects.exists()
    assert 'value="4"' in page.partition("checked")[0][-200:]

    done = client.post(address, {"score": "5", "comment": " Quick. "})
    row = Rating.objects.get()
    assert done.status_code == 200
    assert (row.person, row.score, row.comment) == (alice, 5, "Quick.")


@pytest.mark.parametrize("typed", [{}, {"score": "9"}, {"score": "x", "comment": "Kept words"}])
def test_bad_answers_are_refused_and_lose_nothing(client, closed_ticket, alice, typed):
    answer = client.post(link(closed_ticket, alice), typed)

    assert answer.status_code == 422
    assert typed.get("comment", "") in answer.content.decode()


def test_an_answer_can_be_changed_for_two_weeks(closed_ticket, alice):
    row = actions.rate(closed_ticket, by=alice, score=2)
    actions.rate(closed_ticket, by=alice, score=4)
    assert Rating.objects.get().score == 4

    Rating.objects.update(at=row.at - timedelta(days=15))
    with pytest.raises(Refused):
        actions.rate(closed_ticket, by=alice, score=1)


def test_only_those_it_is_for_are_asked(closed_ticket, carol, mallory):
    assert rating_page.links(closed_ticket, carol) == []
    with pytest.raises(NotAllowed):
        actions.rate(closed_ticket, by=carol, score=5)
    with pytest.raises(type(closed_ticket).DoesNotExist):
        actions.rate(closed_ticket, by=mallory, score=5)


def test_open_tickets_are_not_rated_and_scores_are_five(closed_ticket, alice, module, alpina):
    other = a_ticket(by=alice, module=module, organisation=alpina)
    with pytest.raises(WrongState):
        actions.rate(other, by=alice, score=5)
    with pytest.raises(Invalid):
        actions.rate(closed_ticket, by=alice, score=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(ticket=closed_ticket, person=alice, score=0)


def test_a_link_of_somebody_who_left_or_a_forged_one_opens_nothing(client, closed_ticket, alice):
    address = link(closed_ticket, alice)
    forged = reverse("rating", args=[address.split("/")[2][:-2] + "xx"])
    assert client.get(forged).status_code == 410

    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert client.post(address, {"score": "5"}).status_code == 410
    assert not Rating.objects.exists()


def test_satisfaction_is_counted_per_team_where_enough_have_answered(closed_ticket, team):
    def rated(*scores):
        for score in scores:
            Rating.objects.create(ticket=closed_ticket, person=UserFactory(), score=score)
        return content.table(content.counted(Rating.objects.all())).lines

    assert rated(5, 4, 1, 2) == []
    [line] = rated(5)
    assert (line.name, line.numbers, line.share) == (team.name, [5, 3], 60)
