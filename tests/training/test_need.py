"""What has to be learnt: the rule of the heat map, the proposal, and who is ready for a release."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.errors import NotAllowed, Refused
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import CourseFactory, LineFactory, a_session
from tickets import actions as tickets
from tickets.models import Verdict
from training import actions, readiness
from training.models import Proposal
from training.need import heat


def test_topics_and_customers_with_most_errors_come_first():
    found = heat([("Runs", "A", 1), ("Runs", "B", 9), ("Files", "B", 3), ("Old", "A", 0)])

    assert found.customers == ["B", "A"]
    assert [(row.topic, row.total) for row in found.rows] == [("Runs", 10), ("Files", 3)]
    assert [(cell.count, cell.shade) for cell in found.rows[0].cells] == [(9, 5), (1, 1)]


def test_customers_beyond_the_columns_still_count_in_the_total():
    (row,) = heat([("Runs", "A", 5), ("Runs", "B", 1)], most=1).rows
    assert (len(row.cells), row.total) == (1, 6)


def test_without_errors_there_is_nothing_to_show():
    assert heat([]).rows == []


@pytest.fixture
def mistaken(open_ticket, sam, topic):
    """A ticket that would not have come with a course on its topic."""
    finding = tickets.Finding(Verdict.HANDLING_ERROR, topic=topic)
    return tickets.diagnose(open_ticket, by=sam, finding=finding)


@pytest.mark.django_db
def test_a_click_on_a_handling_error_proposes_the_course_to_who_met_it(
    client, mistaken, course, sam, alice, mallory
):
    client.force_login(sam)
    page = client.get(reverse("admin:tickets_ticket_change", args=[mistaken.number]))
    assert "Propose “Payments for beginners”" in page.content.decode()
    address = reverse("admin:tickets_ticket_propose_course", args=[mistaken.number])
    assert client.post(address, {"course": course.pk}).status_code == 302
    assert client.post(address, {"course": course.pk}).status_code == 409
    while outbox.react():
        pass

    letters = Dispatch.objects.filter(dedupe_key__contains="training.proposed")
    assert [letter.recipient for letter in letters] == [alice]
    assert "Payments for beginners" in letters[0].content["subject"]
    for reader, sees in ((alice, True), (mallory, False)):
        client.force_login(reader)
        shown = client.get(reverse("trainings")).content.decode()
        assert (f"because of ticket {mistaken.number}" in shown) == sees


@pytest.mark.django_db
def test_another_cause_or_another_topic_proposes_nothing(open_ticket, mistaken, course, sam, alice):
    with pytest.raises(Refused, match="something else"):
        tickets.propose_course(mistaken, by=sam, course=CourseFactory())
    tickets.withdraw_verdict(mistaken, by=sam, reason="It was not")
    with pytest.raises(Refused, match="handling error"):
        tickets.propose_course(mistaken, by=sam, course=course)
    with pytest.raises(NotAllowed):
        tickets.propose_course(mistaken, by=alice, course=course)
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_the_office_sees_the_need_and_the_next_session(client, topic, session, alpina, tom):
    today = timezone.localdate()
    for cause in ("handling_error", "handling_error", "wish"):
        actions.count_cause(topic, alpina, cause=cause, on=today)
    client.force_login(tom)
    page = client.get(reverse("admin:training_causecount_need")).content.decode()

    assert ">2</td>" in page
    assert ">3</td>" not in page
    assert reverse("admin:training_session_change", args=[session.pk]) in page


@pytest.mark.django_db
def test_each_person_counts_once_and_only_for_this_release(held, alpina, crowd, tom):
    line = held.course.line = LineFactory()
    held.course.save()
    again = a_session(CourseFactory(line=line), by=tom, capacity=9)
    actions.enrol(again, [crowd[0], crowd[7]], by=tom)

    found = readiness.of(line, [alpina.pk])[alpina.pk]
    assert (found.trained, found.booked) == (7, 1)
    assert readiness.of(LineFactory(name="2030.1"), [alpina.pk]) == {}


@pytest.mark.django_db
def test_coordinators_read_who_is_ready_from_the_import_plan(
    client, held, system, carol, mallory, crowd
):
    line = held.course.line = LineFactory()
    held.course.save()
    address = reverse("trainings_readiness", args=[line.pk])
    client.force_login(carol)
    assert crowd[0].name in client.get(address).content.decode()
    client.force_login(mallory)
    assert crowd[0].name not in client.get(address).content.decode()
