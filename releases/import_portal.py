"""The customers' page about the imports of a system: planned, ended, and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from releases import actions, offers
from releases.forms import FailedForm, PlanImportForm, RollBackForm
from releases.models import Import, System
from supportdesk.accounts import access
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn

SHOWN = 30  # ended imports of a system; older ones the API lists


@require_http_methods(["GET", "POST"])
def imports(request: SignedIn, pk: int) -> HttpResponse:
    system = get_object_or_404(System.objects.kept_by(request.user).with_level(), pk=pk)
    if request.method == "GET":
        if request.user.is_vendor:
            return redirect("admin:releases_import_changelist")
        return _page(request, system)
    access.require(request.user, "import.plan")
    form = PlanImportForm(system, request.POST)
    facts = form.cleaned_data if form.is_valid() else {}
    planned = attempt(form, lambda: actions.plan_import(system, by=request.user, **facts))
    if planned is None:
        return _page(request, system, planning=form, status=422)
    messages.success(request, _("Planned. Please tell us here how it went."))
    return redirect("system_imports", system.pk)


@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    row = _row(request, pk, "import.confirm")
    actions.confirm_import(row, by=request.user)
    return _done(request, row, _("%(package)s runs on %(system)s now."))


@require_POST
def drop(request: SignedIn, pk: int) -> HttpResponse:
    row = _row(request, pk, "import.plan")
    actions.drop_import(row, by=request.user)
    return _done(request, row, _("The plan is dropped."))


@require_POST
def fail(request: SignedIn, pk: int) -> HttpResponse:
    row = _row(request, pk, "import.confirm")
    form = FailedForm(request.POST)
    done = attempt(form, lambda: actions.import_failed(row, by=request.user, **form.cleaned_data))
    if done is None:
        return _page(request, row.system, failing=form, status=422)
    return _done(request, row, _("Thank you. We know of it now."))


@require_POST
def roll_back(request: SignedIn, pk: int) -> HttpResponse:
    row = _row(request, pk, "import.confirm")
    form = RollBackForm(request.POST)
    done = attempt(form, lambda: actions.roll_back(row, by=request.user, **form.cleaned_data))
    if done is None:
        return _page(request, row.system, going_back=form, status=422)
    return _done(request, row, _("Thank you. What ran before is the level again."))


def _row(request: SignedIn, pk: int, right: str) -> Import:
    rows = Import.objects.visible_to(request.user).for_lists()
    row = get_object_or_404(rows.select_related("system__installed__line"), pk=pk)
    access.require(request.user, right)
    return row


def _done(request: SignedIn, row: Import, words: str) -> HttpResponse:
    messages.success(request, words % {"package": row.package, "system": row.system})
    return redirect("system_imports", row.system_id)


def _page(
    request: SignedIn,
    system: System,
    planning: DeskForm | None = None,
    failing: DeskForm | None = None,
    going_back: DeskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    rows = Import.objects.visible_to(user).for_lists().filter(system=system)
    plan = rows.planned().select_related("planned_by").first()
    may_plan, may_confirm = (access.may(user, f"import.{one}") for one in ("plan", "confirm"))
    choice = offers.for_system(system) if may_plan and plan is None else []
    context: dict[str, Any] = {
        "section": "systems",
        "system": system,
        "known": system.is_known(timezone.now()),
        "plan": plan,
        "choice": choice,
        "planning": planning or (PlanImportForm(system) if choice else None),
        "failing": failing or FailedForm(),
        "going_back": going_back or RollBackForm(),
        "may_plan": may_plan,
        "may_confirm": may_confirm,
        "last": _last(rows, system) if may_confirm else None,
        "ended": rows.ended().select_related("ended_by", "rolled_back_by")[:SHOWN],
    }
    context["form"] = next((one for one in (planning, failing, going_back) if one), None)
    return render(request, "releases/imports.html", context, status=status)


def _last(rows: Any, system: System) -> Import | None:
    """What a rollback would take back: the latest that stands, if it is what runs."""
    row, runs = rows.confirmed().first(), system.runs
    if row is None or runs is None:
        return None
    stands = (runs.line_id, runs.level) == (row.package.line_id, row.package.level)
    return row if stands else None
