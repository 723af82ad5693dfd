"""Critical periods: by rule, and by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oncall.forms import WallTime
from oncall.models import CriticalPeriod
from supportdesk.web.office import AuditedAdmin, Section
from supportdesk.web.templatetags.desk import moment
from supportdesk.worktime.arithmetic import resolve


class CriticalRuleAdmin(AuditedAdmin):
    section = Section.ON_CALL
    event = "critical.changed"
    list_display = ["rule", "is_active"]


class PeriodForm(forms.ModelForm):
    starts = WallTime(label=pgettext_lazy("time", "From"))
    ends = WallTime(label=pgettext_lazy("time", "Until"))

    class Meta:
        model = CriticalPeriod
        fields = ["kind", "name", "starts", "ends", "modules"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None and row.pk:
            typed = {
                "starts": timezone.localtime(row.span.start).replace(tzinfo=None),
                "ends": timezone.localtime(row.span.end).replace(tzinfo=None),
            }
            kwargs["initial"] = {**typed, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("starts"), given.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end lies before the beginning."))
        return given

    def _post_clean(self) -> None:
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        if starts and ends and starts < ends:
            zone = timezone.get_default_timezone()
            edges = (resolve(edge, zone) for edge in (starts, ends))
            self.instance.during = DateTimeTZRange(*edges)
        super()._post_clean()  # type: ignore[misc]


class CriticalPeriodAdmin(AuditedAdmin):
    section = Section.ON_CALL
    event = "critical.changed"
    form = PeriodForm
    list_display = ["name", "kind", "begins", "lasts_until"]
    list_filter = ["kind"]

    @admin.display(description=_("from"), ordering="during")
    def begins(self, period: CriticalPeriod) -> Any:
        return moment(period.span.start)

    @admin.display(description=_("until"))
    def lasts_until(self, period: CriticalPeriod) -> Any:
        return moment(period.span.end)
