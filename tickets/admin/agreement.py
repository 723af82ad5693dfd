"""Service agreements: who was promised what by contract, and what a change of it would move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Organisation
from supportdesk.web.fields import in_days
from supportdesk.web.office import AuditedAdmin, PartFormSet, PartOf, Section
from tickets import effect, promises
from tickets.models import AgreedTimes, Agreement, Priority
from tickets.promises import DAY, HOUR

TIMES = ["first_response", "answer", "next_word", "resolution"]
PREVIEW = "_preview"


class WorkingTime(forms.Field):
    """A length of working time in words: "4 h", "4:30", "2 d" of ten hours each."""

    widget = forms.TextInput

    IN_HOURS = re.compile(r"(\d{1,4})(?:[:.]([0-5]\d))?\s*(?:h|std\.?)?")
    IN_DAYS = re.compile(r"(\d{1,3})\s*(?:d|days?|t|tage?)")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, timedelta):
            return value
        if not value % DAY:
            return gettext("%(n)d d") % {"n": value // DAY}
        minutes = value // timedelta(minutes=1)
        return f"{minutes // 60}:{minutes % 60:02}"

    def to_python(self, value: Any) -> timedelta | None:
        if isinstance(value, timedelta) or value in self.empty_values:
            return value or None
        said = str(value).strip().lower()
        if found := self.IN_DAYS.fullmatch(said):
            return int(found[1]) * DAY
        if found := self.IN_HOURS.fullmatch(said):
            return int(found[1]) * HOUR + timedelta(minutes=int(found[2] or 0))
        raise ValidationError(_("Please write a time like 4 h, 4:30 or 2 d."))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class LineForm(forms.ModelForm):
    first_response = WorkingTime(label=_("first response"))
    answer = WorkingTime(label=_("our answer"))
    next_word = WorkingTime(label=_("next word"))
    resolution = WorkingTime(label=_("solution"))

    class Meta:
        model = AgreedTimes
        fields = ["priority", *TIMES, "closes_after"]

    def has_changed(self) -> bool:
        """A new line is written as it stands: what is published may change, a contract not."""
        return self.instance.pk is None or super().has_changed()


class LineFormSet(PartFormSet):
    """Four lines from the beginning, filled with what is published."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", list(_published()))
        super().__init__(*args, **kwargs)


class LineInline(PartOf):
    model = AgreedTimes
    form = LineForm
    formset = LineFormSet
    max_num = len(Priority)
    can_delete = False

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else self.max_num


@admin.register(Agreement)
class AgreementAdmin(AuditedAdmin):
    section = Section.CUSTOMERS
    event = "agreement.changed"
    list_display = ["organisation", "days", "hours", "around_the_clock"]
    list_select_related = ["organisation", "calendar"]
    fields = ["organisation", "during", "calendar", "around_the_clock"]
    search_fields = ["organisation__name", "organisation__code"]
    inlines = [LineInline]
    change_form_template = "admin/tickets/agreement/change_form.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Providers report for their customers and have no agreement of their own."""
        if db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(kind=Organisation.Kind.INSURER)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Asked for a preview, a form saves nothing and comes back as it was typed."""
        form = super().get_form(request, *args, **kwargs)
        if PREVIEW not in request.POST:
            return form
        return type("Previewed", (form,), {"is_valid": lambda self: bool(self.errors) and False})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if PREVIEW in request.POST:
            form = context["adminform"].form
            lines = [line for part in context["inline_admin_formsets"] for line in part.formset]
            if not form.errors and not any(line.errors for line in lines):
                context["effect"] = effect.of_agreement(
                    form.instance, [line.instance for line in lines], timezone.now()
                )
        return super().render_change_form(request, context, *args, **kwargs)

    def announced(self, row: Agreement) -> dict[str, Any]:
        return {"organisation": row.organisation_id}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A contract does not pass to another customer."""
        return ["organisation"] if obj else []

    @admin.display(description=_("valid"), ordering="during")
    def days(self, agreement: Agreement) -> str:
        return in_days(agreement.during)

    @admin.display(description=_("working hours"))
    def hours(self, agreement: Agreement) -> str:
        return str(agreement.calendar or gettext("those of the team"))


def _published() -> Iterator[dict[str, Any]]:
    for priority, pledge in promises.PUBLISHED.items():
        times = {clock.value: target for clock, target in pledge.targets.items()}
        yield {"priority": priority, **times, "closes_after": pledge.closes_after.days}
