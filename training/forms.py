"""The shape of what customers ask the catalogue for, and for whom they book."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Line, Module
from supportdesk.accounts.models import User
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm
from training.models import ENDED, Course, Session, booked_for
from training.models.feedback import QUESTIONS, Points, question
from training.models.session import SessionQuerySet


class CatalogueForm(DeskForm):
    """Empty means all there is."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    module = forms.ModelChoiceField(Module.objects.none(), label=_("Module"), required=False)
    line = forms.ModelChoiceField(Line.objects.none(), label=_("For release"), required=False)
    where = forms.ChoiceField(
        label=_("Where"),
        choices=[("", _("All")), ("place", _("On site")), ("online", _("Online"))],
        required=False,
    )
    since = forms.DateField(label=_("Starting on"), widget=DayInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [("", _("All")), *Course.Kind.choices]
        fields["module"].queryset = Module.objects.all()
        fields["line"].queryset = Line.objects.all()
        for name in ("module", "line"):
            fields[name].empty_label = _("All")

    def chosen(self, rows: SessionQuerySet) -> SessionQuerySet:
        """Of these sessions those that are asked for; all of them where that makes no sense."""
        if not self.is_valid():
            return rows
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(course__kind=asked["kind"])
        if asked["module"]:
            about = Course.objects.filter(topics__modules=asked["module"])
            rows = rows.filter(course__in=about)
        if asked["line"]:
            rows = rows.filter(course__line=asked["line"])
        if asked["where"] == "online":
            rows = rows.exclude(link="")
        elif asked["where"] == "place":
            rows = rows.exclude(place="")
        if asked["since"]:
            day = timezone.make_aware(datetime.combine(asked["since"], time()))
            rows = rows.filter(during__startswith__gte=day)
        return rows

    @property
    def is_narrow(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


class People(forms.ModelMultipleChoiceField):
    """By name; of whom, where one books for more than one organisation."""

    widget = forms.CheckboxSelectMultiple
    names_organisation = False

    def label_from_instance(self, person: User) -> str:
        return f"{person.name} · {person.organisation}" if self.names_organisation else person.name


class BookForm(DeskForm):
    """For oneself by its own button, else for those who are ticked."""

    me = forms.BooleanField(required=False, widget=forms.HiddenInput)
    people = People(User.objects.none(), label=_("For whom"), required=False)

    def __init__(self, session: Session, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        offices = [] if by.is_vendor else booked_for(by)
        there = session.enrolments.exclude(state__in=ENDED).values("person")
        people: Any = self.fields["people"]
        people.queryset = (
            User.objects.active()
            .filter(organisation__in=offices)
            .exclude(pk=by.pk)
            .exclude(pk__in=there)
            .select_related("organisation")
            .order_by("organisation__name", "name", "pk")
        )
        people.names_organisation = len(offices) > 1
        self.books_for_others = bool(offices)

    def chosen(self) -> list[User]:
        if self.cleaned_data["me"]:
            return [self.by]
        return list(self.cleaned_data["people"])


class CheckInForm(DeskForm):
    code = forms.CharField(
        label=_("Code that is shown in the room"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class FeedbackForm(DeskForm):
    """Each question of the row, and room for words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUESTIONS:
            self.fields[name] = forms.TypedChoiceField(
                label=question(name),
                choices=Points.choices,
                coerce=int,
                widget=forms.RadioSelect,
            )
        self.fields["text"] = forms.CharField(
            label=question("text"),
            max_length=5_000,
            required=False,
            widget=forms.Textarea({"rows": 4, "class": "sd-input"}),
        )

    def answers(self) -> dict[str, Any]:
        points = {name: self.cleaned_data[name] for name in QUESTIONS}
        return {"points": points, "text": self.cleaned_data["text"]}
