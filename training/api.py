"""Trainings through the API: what is offered, and the places of the people one books for."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from releases.import_api import Level
from supportdesk.accounts import access
from supportdesk.accounts.models import Scope, User
from supportdesk.errors import Invalid
from supportdesk.web.api.doors import DeskViewSet, Row, creates, verb
from supportdesk.web.api.fields import Named
from supportdesk.web.api.filters import LARGEST, Filters, IdFilter, MomentFilter
from training import actions
from training.models import Course, Enrolment, Session, SessionState, State, booked_for
from training.models.session import SessionQuerySet


class CourseOut(Row):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Course.Kind.choices)
    title = serializers.CharField()
    text = serializers.CharField()
    audience = serializers.ChoiceField(
        Course.Audience.choices, help_text="The level of support its people work in."
    )
    line = serializers.CharField(
        source="line.name", allow_null=True, help_text="The release it accompanies."
    )
    wants_approval = serializers.BooleanField()
    free_until_days = serializers.IntegerField(
        help_text="Cancelling is free until so many days before it begins."
    )


class SessionOut(Row):
    id = serializers.IntegerField()
    course = serializers.IntegerField(source="course_id")
    course_title = serializers.CharField(source="course.title")
    title = serializers.CharField(help_text="Empty: that of the course.")
    starts_at = serializers.DateTimeField(source="during.startswith")
    ends_at = serializers.DateTimeField(source="during.endswith")
    place = serializers.CharField(help_text="Empty: online. Who has a seat gets the link.")
    language = serializers.CharField()
    state = serializers.ChoiceField(SessionState.choices)
    capacity = serializers.IntegerField()
    taken = serializers.IntegerField(help_text="Booked or offered.")
    minimum = serializers.IntegerField(help_text="It takes place from so many on.")
    waitlist_open = serializers.BooleanField()
    booking_until = serializers.DateTimeField(allow_null=True)
    cancelled_because = serializers.CharField()


class EnrolmentOut(Row):
    id = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    course_title = serializers.CharField(source="session.course.title")
    starts_at = serializers.DateTimeField(source="session.during.startswith")
    person = serializers.CharField(source="person.email")
    organisation = serializers.CharField(source="organisation.code")
    booked_by = serializers.CharField(source="booked_by.name")
    state = serializers.ChoiceField(State.choices)
    offer_until = serializers.DateTimeField(
        allow_null=True, help_text="Accept it before, or it goes to the next in line."
    )
    was_late = serializers.BooleanField(help_text="Given back after the free time.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class Bookable(Named):
    """Oneself and the people one books for; anybody else does not exist."""

    default_error_messages = {"does_not_exist": gettext_lazy("You book for nobody of this name.")}

    def get_queryset(self) -> QuerySet:
        by = self.context["request"].user
        people = User.objects.active().exclude(organisation=None)
        if by.is_vendor:
            return people
        return people.filter(pk=by.pk) | people.filter(organisation__in=booked_for(by))


class EnrolIn(serializers.Serializer):
    session = Level(min_value=1, max_value=LARGEST, help_text="Its id.")
    person = Bookable(
        slug_field="email",
        queryset=User.objects.none(),
        required=False,
        help_text="By e-mail address; left out, oneself.",
    )


class SessionFilter(Filters):
    course = IdFilter("course_id")
    line = django_filters.CharFilter("course__line__name")
    module = django_filters.CharFilter(method="about", help_text="Its code.")
    state = django_filters.ChoiceFilter(choices=SessionState.choices)
    starts_after = MomentFilter("during__startswith", "gt")
    starts_before = MomentFilter("during__startswith", "lt")

    class Meta(Filters.Meta):
        model = Session
        fields: list[str] = []

    def about(self, rows: SessionQuerySet, name: str, code: str) -> SessionQuerySet:
        """Each once, however many of its topics the module has."""
        return rows.filter(course__in=Course.objects.filter(topics__modules__code=code))


class EnrolmentFilter(Filters):
    state = django_filters.MultipleChoiceFilter(choices=State.choices, distinct=False)
    person = django_filters.CharFilter("person__email")

    class Meta(Filters.Meta):
        model = Enrolment
        fields: list[str] = []


class TrainingDoor(DeskViewSet):
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TRAININGS
    scope_to_write = Scope.TRAININGS


class CourseViewSet(TrainingDoor):
    """What can be learnt."""

    queryset = Course.objects.all()
    out = CourseOut


class SessionViewSet(TrainingDoor):
    """When and where a course is held, and how many seats are taken."""

    queryset = Session.objects.all()
    out = SessionOut
    filterset_class = SessionFilter


class EnrolmentViewSet(TrainingDoor):
    """Your places in sessions, and those of the people you book for."""

    queryset = Enrolment.objects.all()
    out = EnrolmentOut
    filterset_class = EnrolmentFilter
    orderings = ["-id", "id"]

    @creates(EnrolIn)
    def create(self, session: int, person: User | None = None) -> Enrolment:
        """A seat where one is free, else the waiting list; `state` says which."""
        access.require(self.me, "session.enrol")
        row = Session.objects.visible_to(self.me).filter(pk=session).first()
        if row is None:
            raise Invalid(_("We know of no such session."), "session")
        return actions.enrol(row, [person or self.me], by=self.me)[0]

    @verb()
    def cancel(self, enrolment: Enrolment) -> Enrolment:
        """Give the place back. The next in line is offered a free seat at once."""
        return actions.cancel(enrolment, by=self.me)

    @verb()
    def accept(self, enrolment: Enrolment) -> Enrolment:
        """Take the seat that is offered, together with the party one came with."""
        return actions.accept_offer(enrolment, by=self.me)

    @verb()
    def refuse(self, enrolment: Enrolment) -> Enrolment:
        """Give the offer back, so that the next in line need not wait."""
        return actions.refuse_offer(enrolment, by=self.me)


router = SimpleRouter()
router.register("courses", CourseViewSet)
router.register("sessions", SessionViewSet)
router.register("enrolments", EnrolmentViewSet)
urlpatterns = router.urls
