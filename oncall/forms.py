"""What is typed about rosters: shape only, the verbs decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oncall import actions
from oncall.models import Change, Rotation, Schedule
from oncall.spans import Span
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm
from supportdesk.worktime.arithmetic import resolve
from supportdesk.worktime.models import Hours

TURNS = 8  # of a rotation, with two people each
KINDS = [Change.Kind.REPLACE, Change.Kind.ADD, Change.Kind.REMOVE, Change.Kind.EXCLUSIVE]
SHOWN_KINDS = [*KINDS, Change.Kind.ABSENCE, Change.Kind.TEMPORARY]
SHIFTS = 6  # of a temporary plan


FROM, UNTIL = pgettext_lazy("time", "From"), pgettext_lazy("time", "Until")


class WallTime(forms.DateTimeField):
    """A local time without a zone: the schedule's own clock makes it an instant."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):  # which has every time once
            found = super().to_python(value)
        return found.replace(tzinfo=None) if found else None


class PeopleChoice(forms.ModelChoiceField):
    """Those who may be on call."""

    def __init__(self, **kwargs: Any) -> None:
        roles = [role for role, rights in access.MAY.items() if "duty.swap" in rights]
        people = User.objects.active().filter(roles__overlap=roles).order_by("name")
        super().__init__(people, **kwargs)


class ChangeForm(DeskForm):
    schedule = forms.ModelChoiceField(Schedule.objects, label=_("Schedule"))
    kind = forms.ChoiceField(
        label=_("What changes"), choices=[(kind, kind.label) for kind in SHOWN_KINDS]
    )
    person = PeopleChoice(label=_("Who is concerned"), required=False)
    stand_in = PeopleChoice(
        label=_("Who steps in"),
        required=False,
        help_text=_("Only where somebody steps in for somebody."),
    )
    starts = WallTime(label=FROM)
    ends = WallTime(label=UNTIL)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _people()
        for number in range(1, SHIFTS + 1):
            who = PeopleChoice(label=_("On duty"), required=False)
            who.widget.choices = choices
            self.fields[f"who_{number}"] = who
            self.fields[f"from_{number}"] = WallTime(label=FROM, required=False)
            self.fields[f"until_{number}"] = WallTime(label=UNTIL, required=False)
            for name in ("who", "from", "until"):
                self.fields[f"{name}_{number}"].widget.attrs["class"] = "sd-input"

    def plain(self) -> Iterator[Any]:
        """All fields but those of a temporary plan, for the page."""
        return (field for field in self if not field.name[-1].isdigit())

    def shifts(self) -> Iterator[tuple[int, Any, Any, Any]]:
        for n in range(1, SHIFTS + 1):
            yield n, self[f"who_{n}"], self[f"from_{n}"], self[f"until_{n}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for n in range(1, SHIFTS + 1):
            who, start, end = (given.get(f"{name}_{n}") for name in ("who", "from", "until"))
            if (who or start or end) and not (who and start and end and start < end):
                self.add_error(
                    f"who_{n}", _("A shift needs somebody, a beginning and a later end.")
                )
        return given

    def wish(self) -> actions.Wish:
        given = self.cleaned_data
        kind = Change.Kind(given["kind"])
        person = None if kind == Change.Kind.TEMPORARY else given["person"]
        stand_in = given["stand_in"] if kind == Change.Kind.REPLACE else None
        instead = list(self._instead()) if kind == Change.Kind.TEMPORARY else []
        span = self._span(given["starts"], given["ends"])
        return actions.Wish(kind, span, person, stand_in, reason=given["reason"], instead=instead)

    def _instead(self) -> Iterator[tuple[User, Span]]:
        for n in range(1, SHIFTS + 1):
            who, start, end = (
                self.cleaned_data[f"{name}_{n}"] for name in ("who", "from", "until")
            )
            if who:
                yield who, self._span(start, end)

    def _span(self, start: datetime, end: datetime) -> Span:
        clock = self.cleaned_data["schedule"].clock
        return Span(resolve(start, clock), resolve(end, clock))

    def enter(self, by: User) -> Change:
        return actions.change_plan(self.cleaned_data["schedule"], self.wish(), by=by)


class RotationForm(DeskForm):
    """Daily and weekly rotations; the rule knows more units than this form."""

    schedule = forms.ModelChoiceField(Schedule.objects, label=_("Schedule"))
    name = forms.CharField(label=_("Name"), max_length=80)
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Ends before"), widget=DayInput, required=False)
    hands_off_at = forms.TimeField(
        label=_("Hand-off"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("On the schedule's own clock, summer and winter."),
    )
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=366, initial=1)
    unit = forms.ChoiceField(label=_("Unit"), choices=Rotation.Unit.choices, initial="week")
    layer = forms.IntegerField(
        label=_("Layer"),
        min_value=0,
        max_value=9,
        initial=0,
        help_text=_("A higher layer hides lower ones where it is on duty."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=Hours.Weekday.choices,
        initial=list(Hours.Weekday.values),
        widget=forms.CheckboxSelectMultiple,
    )
    counts_days = forms.BooleanField(label=_("Only these weekdays count as turns"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _people()
        for name, label in _turn_names():
            field = PeopleChoice(label=label, required=False)
            field.widget.choices = choices
            field.widget.attrs["class"] = "sd-input"
            self.fields[name] = field

    def turns(self) -> Iterator[tuple[int, Any, Any]]:
        """Each turn's number with its two fields, for the page."""
        for number in range(1, TURNS + 1):
            yield number, self[f"turn_{number}_1"], self[f"turn_{number}_2"]

    def asked(self) -> actions.Turns:
        given = dict(self.cleaned_data)
        groups = []
        for number in range(1, TURNS + 1):
            pair = [given.pop(f"turn_{number}_{place}") for place in (1, 2)]
            if people := list(dict.fromkeys(filter(None, pair))):
                groups.append([actions.Place(person) for person in people])
        given.pop("schedule")
        return actions.Turns(groups=groups, **given)

    def enter(self, by: User, rotation: Rotation | None = None) -> Rotation:
        schedule = rotation.schedule if rotation else self.cleaned_data["schedule"]
        return actions.set_rotation(schedule, self.asked(), by=by, rotation=rotation)


def _people() -> list[Any]:
    """Asked for once, not once for each of many fields."""
    people: Any = PeopleChoice(required=False).choices
    return list(people)


def _turn_names() -> Iterator[tuple[str, Any]]:
    for number in range(1, TURNS + 1):
        yield f"turn_{number}_1", _("Turn %(n)d") % {"n": number}
        yield f"turn_{number}_2", _("Turn %(n)d, together with") % {"n": number}


def as_typed(rotation: Rotation) -> dict[str, Any]:
    names = ["name", "starts_on", "ends_on", "hands_off_at", "every", "unit", "layer", "weekdays"]
    typed = {name: getattr(rotation, name) for name in [*names, "counts_days"]}
    typed["schedule"] = rotation.schedule_id
    places: dict[int, int] = {}
    for member in rotation.members.all():
        places[member.group] = places.get(member.group, 0) + 1
        typed[f"turn_{member.group + 1}_{places[member.group]}"] = member.person_id
    return typed
