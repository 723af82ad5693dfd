"""A session with people of several customers, who do not see each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Model

from supportdesk.accounts.models import User
from tests.factories import CourseFactory, a_certificate, a_session
from training.actions import enrol
from training.models import Course, Session

if TYPE_CHECKING:
    from tests.web.world import Owned


def rows(tom: User, *owners: Owned) -> dict[type[Model], Model]:
    """The members have its seats and a certificate, the coordinators wait."""
    session = a_session(CourseFactory(title="Zahlläufe"), by=tom, capacity=len(owners))
    for owned in owners:
        (row,) = enrol(session, [owned.member], by=owned.member)
        a_certificate(row, name=f"{owned.member.name} {owned.marker}")
    for owned in owners:
        enrol(session, [owned.coordinator], by=owned.coordinator)
    return {Session: session, Course: session.course}
