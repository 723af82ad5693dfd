"""Policies: whom a page reaches, and who would be called at any instant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oncall import simulator
from oncall.models import Policy, PolicyStep
from supportdesk.accounts.models import User
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import AuditedAdmin, MenuLine, PartOf, Section

EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2100))


class SimulateForm(DeskForm):
    policy = forms.ModelChoiceField(label=_("Policy"), queryset=Policy.objects.none())
    at = forms.DateTimeField(
        label=_("At"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = Policy.objects.all()  # type: ignore[attr-defined]


class StepsOf(PartOf):
    model = PolicyStep
    fields = ["position", "minutes", "schedules", "people"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = _colleagues(db_field, kwargs)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:  # here, before Django hides the input inside a wrapper
            field.widget.attrs["aria-label"] = str(field.label)
        return field


class PolicyAdmin(AuditedAdmin):
    section = Section.ON_CALL
    list_display = ["name", "repeat", "is_default"]
    fields = ["name", "is_default", "repeat", "last_resort"]
    inlines = [StepsOf]

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        lines = super().menu(request)
        if lines:
            lines.append(MenuLine(_("Who is called"), self.url("simulate"), self.section))
        return lines

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **_colleagues(db_field, kwargs))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.simulate)
        return [path("simulate/", view, name="oncall_policy_simulate"), *super().get_urls()]

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """ "25 December, 02:00": who, when, on what, if nobody answers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        first = Policy.objects.order_by("-is_default", "name").first()
        start = {"policy": first, "at": timezone.localtime()}
        form = SimulateForm(request.GET if "at" in request.GET else None, initial=start)
        calls = None
        if form.is_bound and form.is_valid():
            calls = simulator.calls(form.cleaned_data["policy"], form.cleaned_data["at"])
        return self.page(
            request,
            "admin/oncall/simulate.html",
            status=422 if form.errors else 200,
            title=gettext("Who is called"),
            form=form,
            calls=calls,
            policies=reverse("admin:oncall_policy_changelist"),
        )


def _colleagues(db_field: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Customers are never called."""
    if db_field.related_model is User:
        kwargs["queryset"] = User.objects.active().filter(organisation=None)
    return kwargs
