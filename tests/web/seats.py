"""A session with people of several customers, who do not see each other; and one more of each of
its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from supportdesk.accounts.models import User
from tests.factories import (
    CourseFactory,
    LineFactory,
    TopicFactory,
    UserFactory,
    a_certificate,
    a_session,
)
from training.actions import (
    accept_contribution,
    add_material,
    contribute,
    enrol,
    prepare_meeting,
    propose_course,
    record_decision,
)
from training.models import Course, Material, Meeting, Proposal, Session

if TYPE_CHECKING:
    from tests.web.world import Owned, World


def rows(tom: User, *owners: Owned) -> dict[type[Model], Model]:
    """The members have its seats and a certificate, the coordinators wait."""
    session = a_session(
        CourseFactory(title="Zahlläufe", line=LineFactory()), by=tom, capacity=len(owners)
    )
    for owned in owners:
        (row,) = enrol(session, [owned.member], by=owned.member)
        a_certificate(row, name=f"{owned.member.name} {owned.marker}")
    for owned in owners:
        enrol(session, [owned.coordinator], by=owned.coordinator)
    for owned in owners:
        member, about = owned.member, owned.ticket.number
        propose_course(session.course, owned.organisation, member, by=tom, ticket=about)
    slides = SimpleUploadedFile("slides.pdf", b"%PDF-1.7 ...")
    material = add_material(session.course, by=tom, file=slides, version="1")
    found = {Session: session, Course: session.course, Material: material}
    return {**found, Meeting: _meeting(tom, *owners)}


def _meeting(tom: User, *owners: Owned) -> Meeting:
    """The members have handed in a topic each; the vote runs."""
    course = CourseFactory(title="Treffen", kind="user_meeting")
    session = a_session(course, by=tom, starts_at=timezone.now() + timedelta(days=50))
    until = session.starts_at
    facts = {"call_until": until, "votes_until": until, "budget": 10, "wishes": []}
    meeting = prepare_meeting(session, by=tom, **facts)
    for owned in owners:
        contribute(session, by=owned.member, title=f"{owned.marker} topic")
    return meeting


def one_more_session(house: World, n: int) -> Session:
    """Of the course the page is about, with a release, topics, trainers and somebody's seat."""
    house.row(Course).topics.add(TopicFactory())
    course = CourseFactory(line=LineFactory()) if n % 2 else house.row(Course)
    trainer = UserFactory(roles=["trainer"])
    session = a_session(course, by=trainer, trainers=[trainer], capacity=1)
    carol = house.people["carol"]
    if n % 4 < 2:
        enrol(session, [carol], by=carol)
    return session


def one_more_material(house: World, n: int) -> Material:
    """Of the course that the page is about, for one release or another."""
    slides = SimpleUploadedFile(f"slides-{n}.pdf", b"%PDF-1.7 ...")
    facts = {"file": slides, "version": "1", "line": LineFactory() if n % 2 else None}
    return add_material(house.row(Course), by=house.people["tom"], **facts)


def one_more_proposal(house: World, n: int) -> Proposal:
    """To a colleague of carol's, because of one ticket after the other."""
    colleague = UserFactory(organisation=house.alpina.organisation, roles=["member"])
    course, tom = CourseFactory(), house.people["tom"]
    return propose_course(course, house.alpina.organisation, colleague, by=tom, ticket=n + 1)


def one_more_contribution(house: World, n: int) -> None:
    """On the agenda, so that everybody reads it."""
    session = house.row(Meeting).session
    row = contribute(session, by=house.people["carol"], title=f"Topic {n}", text="Words")
    accept_contribution(row, by=house.people["tom"])


def one_more_decision(house: World, n: int) -> None:
    facts = {"what": f"Task {n}", "who": "Tom", "due_on": timezone.localdate()}
    record_decision(house.row(Meeting).session, by=house.people["tom"], **facts)


def one_more_certificate(house: World, n: int) -> None:
    """Of a colleague in the session that the page is about, and one more of carol's own."""
    carol = house.alpina.coordinator
    colleague = UserFactory(organisation=house.alpina.organisation, roles=["member"])
    (row,) = enrol(house.row(Session), [colleague], by=colleague)
    a_certificate(row)
    a_certificate(enrol(a_session(), [carol], by=carol)[0])


def one_more_enrolment(house: World, n: int) -> None:
    """A colleague who waits in the session that the page is about, and one in another."""
    alpina = house.alpina.organisation
    for session in (house.row(Session), one_more_session(house, n)):
        colleague = UserFactory(organisation=alpina, roles=["member"])
        enrol(session, [colleague], by=colleague)
