"""The shape of what trainers write: when and where, how many, who was there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.models import Line
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Language, User
from supportdesk.web.forms import DeskForm
from training.actions import Plan
from training.models import Certificate, Course, Enrolment, Session, State

MOST_SEATS = 1_000


class WallTime(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**kwargs)


class SessionForm(DeskForm):
    """What a Plan holds."""

    starts_at = WallTime(label=_("Begins"))
    ends_at = WallTime(label=_("Ends"))
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS, initial=12)
    minimum = forms.IntegerField(
        label=_("Takes place from"), min_value=0, max_value=MOST_SEATS, initial=4
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link to join"), max_length=500, required=False, assume_scheme="https"
    )
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Empty: that of the course.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    trainers = forms.ModelMultipleChoiceField(
        User.objects.active().holding(Role.TRAINER, Role.AGENT, Role.LEAD).order_by("name"),
        label=_("Given by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    booking_until = WallTime(label=_("Booking until"), required=False)
    waitlist_open = forms.BooleanField(label=_("Waiting list"), required=False, initial=True)
    offer_hours = forms.IntegerField(
        label=_("An offer lasts (hours)"), min_value=1, max_value=1_000, initial=48
    )

    @classmethod
    def of(cls, session: Session) -> SessionForm:
        names = [name for name in cls.base_fields if name != "trainers"]
        facts = {name: getattr(session, name) for name in names}
        return cls(initial={**facts, "trainers": [one.pk for one in session.trainers.all()]})

    def plan(self) -> Plan:
        facts = {name: self.cleaned_data[name] for name in self.fields if name != "course"}
        return Plan(**{**facts, "trainers": list(facts["trainers"])})


class NewSessionForm(SessionForm):
    course = forms.ModelChoiceField(Course.objects.filter(is_active=True), label=_("Course"))
    field_order = ["course"]


class SeatsForm(DeskForm):
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS)


class WhyForm(DeskForm):
    reason = forms.CharField(
        label=_("Why"), widget=forms.Textarea({"rows": 2}), max_length=2_000,
        help_text=_("Everybody concerned reads it."),
    )  # fmt: skip


class OneForm(DeskForm):
    """Whom a decision is about, and what is said to them."""

    enrolment = forms.ModelChoiceField(Enrolment.objects.none())
    reason = forms.CharField(max_length=2_000, required=False)

    def __init__(self, session: Session, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["enrolment"]
        field.queryset = session.enrolments.filter(state=State.REQUESTED)


class RevokeForm(DeskForm):
    certificate = forms.ModelChoiceField(Certificate.objects.none())
    reason = forms.CharField(max_length=2_000)

    def __init__(self, session: Session, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["certificate"]
        field.queryset = Certificate.objects.filter(enrolment__session=session)


class MaterialForm(DeskForm):
    file = forms.FileField(label=_("File"), max_length=200)
    line = forms.ModelChoiceField(
        Line.objects.all(), label=_("For release"), required=False, empty_label=_("All")
    )
    version = forms.CharField(label=_("Version"), max_length=20)


class AttendanceForm(DeskForm):
    """One answer per person with a seat; nobody need be answered for at once."""

    def __init__(self, rows: list[Enrolment], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = [(State.ATTENDED, _("came")), (State.NO_SHOW, _("did not come"))]
        for row in rows:
            self.fields[f"row_{row.pk}"] = forms.ChoiceField(
                label=row.person.name,
                choices=answers,
                initial=row.state,
                required=False,
                widget=forms.RadioSelect,
            )

    def those(self, state: State) -> set[int]:
        given = self.cleaned_data.items()
        return {int(name.removeprefix("row_")) for name, said in given if said == state}
