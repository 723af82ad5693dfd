"""The customers' page about their systems: what runs, what is missing, what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from releases import actions, verdicts, wording
from releases.forms import DoubtForm, ReportForm
from releases.models import Correction, Doubt, Import, Package, System
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn

SHOWN = 30  # missing corrections of the chosen system; the rest is counted
PACKAGES = 8


@dataclass(frozen=True)
class Line:
    """A system in the list."""

    system: System
    known: bool
    missing: int
    importable: int
    plan: Import | None
    takes_plans: bool


@dataclass(frozen=True)
class Missing:
    correction: Correction
    said: wording.Said
    doubted: bool


@require_GET
def systems(request: SignedIn) -> HttpResponse:
    if request.user.is_vendor:
        return redirect("admin:releases_system_changelist")
    return _page(request, request.GET.get("system", ""))


@require_POST
def report(request: SignedIn, pk: int) -> HttpResponse:
    system = get_object_or_404(System.objects.visible_to(request.user), pk=pk)
    access.require(request.user, "system.report")
    form = ReportForm(request.POST, auto_id="report-%s")
    source = System.Source.HAND
    kept = attempt(
        form, lambda: actions.report(system, by=request.user, source=source, **form.cleaned_data)
    )
    if kept is None:
        return _page(request, str(pk), reporting=form, status=422)
    messages.success(request, _("Thank you. What is missing is computed anew."))
    return redirect(f"{reverse('systems')}?system={pk}")


@require_POST
def doubt(request: SignedIn, pk: int) -> HttpResponse:
    system = get_object_or_404(System.objects.visible_to(request.user), pk=pk)
    access.require(request.user, "validity.doubt")
    number = request.POST.get("correction", "")
    number = number if number.isascii() and number.isdigit() and len(number) < 19 else "0"
    about = get_object_or_404(Correction.objects.visible_to(request.user), number=int(number))
    form = DoubtForm(request.POST)
    raised = attempt(
        form, lambda: actions.doubt(about, system, by=request.user, **form.cleaned_data)
    )
    if raised is None:
        return _page(request, str(pk), doubting=(about.pk, form), status=422)
    messages.success(request, _("Thank you. The colleague who assessed it looks at it."))
    return redirect(f"{reverse('systems')}?system={pk}")


def _page(
    request: SignedIn,
    wanted: str,
    reporting: DeskForm | None = None,
    doubting: tuple[int, DeskForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = request.user, timezone.now()
    rows = list(System.objects.visible_to(user).running().with_level())
    found = verdicts.missing_on([one.pk for one in rows], now)
    chosen = next((one for one in rows if str(one.pk) == wanted), rows[0] if rows else None)
    missing = [one for one in found if chosen and one.system == chosen.pk]
    runs = {one.runs.line_id for one in rows if one.runs}
    packages = Package.objects.visible_to(user).filter(line__in=runs)
    coming = _coming(user)
    context = {
        "section": "systems",
        "lines": [_line(one, found, now, coming) for one in rows],
        "chosen": chosen,
        "known": bool(chosen and chosen.is_known(now)),
        "missing": _missing(missing, chosen),
        "more": max(0, len(missing) - SHOWN),
        "packages": packages.select_related("line", "successor")[:PACKAGES],
        "may_report": access.may(user, "system.report"),
        "reporting": reporting or _reporting(chosen, user),
        "doubting": doubting,
        "doubt": DoubtForm(),
    }
    return render(request, "releases/systems.html", context, status=status)


def _coming(user: User) -> dict[int, Import | None]:
    """Of each system that the reader's side keeps, the planned import, or None."""
    plans = {one.system_id: one for one in Import.objects.visible_to(user).planned().for_lists()}
    return {pk: plans.get(pk) for pk in System.objects.kept_by(user).values_list("pk", flat=True)}


def _line(
    system: System,
    found: list[verdicts.Standing],
    now: datetime,
    coming: dict[int, Import | None],
) -> Line:
    mine = [one.finding.verdict for one in found if one.system == system.pk]
    importable = mine.count(verdicts.Verdict.DELIVERED_NOT_IMPORTED)
    known, kept = system.is_known(now), system.pk in coming
    return Line(system, known, len(mine), importable, coming.get(system.pk), kept)


def _missing(found: list[verdicts.Standing], system: System | None) -> list[Missing]:
    """What could be imported at once comes first."""
    found.sort(key=lambda one: (wording.RANK[one.finding.verdict], -one.correction))
    shown = found[:SHOWN]
    corrections = Correction.objects.select_related("module").in_bulk(
        [one.correction for one in shown]
    )
    open_ones = Doubt.objects.open().filter(system=system).values_list("correction", flat=True)
    doubted = set(open_ones) if system else set()
    return [
        Missing(corrections[one.correction], wording.say(one), one.correction in doubted)
        for one in shown
    ]


def _reporting(system: System | None, user: Any) -> ReportForm | None:
    if system is None or not access.may(user, "system.report"):
        return None
    runs = system.runs
    initial = {"line": runs.line_id, "level": runs.level} if runs else {}
    return ReportForm(initial=initial, auto_id="report-%s")
