"""Packages in the back office: planned, moved along their way, delivered, withdrawn."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from releases import actions, calendar, cockpit, pilots
from releases.actions.gates import SIGNED_IN
from releases.forms import (
    AddFileForm,
    AskWaiverForm,
    DeliverForm,
    GateForm,
    MoveForm,
    PlanForm,
    RemoveFileForm,
    ReplanForm,
    SignForm,
    WaivePilotsForm,
    WithdrawForm,
)
from releases.models import (
    NEXT,
    OUT,
    Download,
    Gate,
    GateKind,
    Line,
    Package,
    Status,
    System,
    WaveWaiver,
)
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.office import AuditedAdmin, MenuLine, Section, colleague
from supportdesk.web.uploads import takes_large_files

VERBS = [
    *["move", "deliver", "waive_pilots", "withdraw", "sign", "ask_waiver", "waive"],
    *["add_file", "remove_file", "replan"],
]
CONTENT = 200  # corrections of one package a page shows
DOWNLOADS = 50  # the latest; the record has them all


@admin.register(Package)
class PackageAdmin(AuditedAdmin):
    section = Section.PRODUCT
    form = PlanForm
    list_display = ["__str__", "status", "planned_on", "released_at"]
    list_filter = ["line", "status"]
    list_select_related = ["line"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        planned = actions.plan(obj.line, obj.level, by=colleague(request), on=obj.planned_on)
        obj.pk = planned.pk
        for words in calendar.breaks().get(planned.pk, []):
            messages.warning(request, words)

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        lines = super().menu(request)
        if not lines:
            return []
        return [
            *lines,
            MenuLine(_("Package cockpit"), self.url("cockpit"), self.section),
            MenuLine(_("Release calendar"), self.url("calendar"), self.section),
        ]

    def cockpit(self, request: HttpRequest) -> HttpResponse:
        """Of the line asked for, else of the newest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lines = list(Line.objects.all())
        wanted = request.GET.get("line", "")
        line = next((one for one in lines if str(one.pk) == wanted), lines[0] if lines else None)
        return self.page(
            request,
            "admin/releases/cockpit.html",
            title=_("Package cockpit"),
            lines=lines,
            chosen=line,
            board=cockpit.board(line, timezone.now()) if line else None,
        )

    def calendar(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        months = calendar.months(colleague(request), timezone.localdate())
        return self.page(
            request,
            "admin/releases/calendar.html",
            title=_("Release calendar"),
            months=months,
            broken=sum(bool(one.broken) for month in months for one in month.entries),
        )

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"{page}/",
                self.admin_site.admin_view(getattr(self, page)),
                name=f"releases_package_{page}",
            )
            for page in ("calendar", "cockpit")
        ]
        own += [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(getattr(self, verb))),
                name=f"releases_package_{verb}",
            )
            for verb in VERBS
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, row)

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self._row(request, pk), MoveForm(request.POST)
        return self._tried(
            request, row, form, lambda to: actions.move(row, to, by=colleague(request))
        )

    def replan(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self._row(request, pk), ReplanForm(request.POST)
        return self._tried(
            request, row, form, lambda on: actions.replan(row, by=colleague(request), on=on)
        )

    def deliver(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        form = DeliverForm(row, request.POST)
        return self._tried(
            request, row, form, lambda **facts: actions.deliver(row, by=colleague(request), **facts)
        )

    def waive_pilots(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self._row(request, pk), WaivePilotsForm(request.POST)
        verb = partial(actions.waive_pilots, row, by=colleague(request))
        return self._tried(request, row, form, verb, "wave.waive")

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        form = WithdrawForm(row, request.POST)
        return self._tried(
            request,
            row,
            form,
            lambda **facts: actions.withdraw(row, by=colleague(request), **facts),
        )

    @takes_large_files
    def add_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self._row(request, pk), AddFileForm(request.POST, request.FILES)
        return self._tried(
            request, row, form, lambda file: actions.add_file(row, by=colleague(request), file=file)
        )

    def remove_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        form = RemoveFileForm(row, request.POST)
        return self._tried(
            request,
            row,
            form,
            lambda file: actions.remove_file(row, file, by=colleague(request)),
        )

    def sign(self, request: HttpRequest, pk: int) -> HttpResponse:
        def sign(row: Package, *, by: User, kind: GateKind, **look: Any) -> Gate:
            return actions.sign_gate(row, kind, by=by, look=actions.Look(**look))

        return self._at_a_gate(request, pk, SignForm(request.POST), sign, "gate.sign")

    def ask_waiver(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AskWaiverForm(request.POST)
        return self._at_a_gate(request, pk, form, actions.ask_waiver, "gate.waive")

    def waive(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = GateForm(request.POST)
        return self._at_a_gate(request, pk, form, actions.waive_gate, "gate.waive")

    def _at_a_gate(
        self, request: HttpRequest, pk: int, form: DeskForm, verb: Any, right: str
    ) -> HttpResponse:
        row, user = self._row(request, pk), colleague(request)
        return self._tried(request, row, form, partial(verb, row, by=user), right)

    def _tried(
        self,
        request: HttpRequest,
        row: Package,
        form: DeskForm,
        verb: Any,
        right: str = "package.configure",
    ) -> HttpResponse:
        """Call the verb; what it refuses is said on the page, with what was typed."""
        access.require(colleague(request), right)
        try:
            done = attempt(form, lambda: verb(**form.cleaned_data))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, row, form, status=refusal.status)
        if done is None:
            return self._page(request, row, form, status=422)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(self.url("change", row.pk))

    def _row(self, request: HttpRequest, pk: int) -> Package:
        return get_object_or_404(self.get_queryset(request).select_related("line"), pk=pk)

    def _page(
        self, request: HttpRequest, row: Package, tried: DeskForm | None = None, status: int = 200
    ) -> HttpResponse:
        user = colleague(request)
        manages = access.may(user, "package.configure")
        signing = row.status in SIGNED_IN
        released = manages and row.status == Status.RELEASED
        held_back = pilots.why_not_everybody(row, timezone.now()) if row.status in OUT else None
        waives = access.may(user, "wave.waive") and row.status == Status.RELEASED
        return self.page(
            request,
            "admin/releases/package.html",
            status=status,
            title=str(row),
            package=row,
            way=_way(row),
            next=[one for one in Status if one in _next(row)] if manages else [],
            deliver=_form(tried, DeliverForm, row) if released else None,
            held_back=held_back,
            wave_waiver=WaveWaiver.objects.filter(package=row).select_related("by").first(),
            waive_pilots=_bound(tried, WaivePilotsForm, waives and held_back is not None),
            withdraw=_form(tried, WithdrawForm, row) if released else None,
            replan=_bound(tried, ReplanForm, manages and row.status not in OUT),
            content=list(row.content().select_related("module")[:CONTENT]),
            missing=actions.why_no_release(row) if row.status == Status.IN_QA else [],
            customers=_customers(row),
            files=row.files.select_related("uploaded_by"),
            add_file=_bound(tried, AddFileForm, manages and row.status not in OUT),
            downloads=_downloads(row),
            recalls=row.recalls.select_related("organisation", "confirmed_by"),
            gates=_gates(row),
            sign=_bound(tried, SignForm, signing and access.may(user, "gate.sign")),
            ask=_bound(tried, AskWaiverForm, signing and access.may(user, "gate.waive")),
        )


def _way(row: Package) -> list[tuple[Status, str]]:
    """The states up to the release, each passed, present or to come."""
    states: list[Status] = [one for one in Status if one != Status.WITHDRAWN]
    here = len(states) if row.status == Status.WITHDRAWN else states.index(Status(row.status))
    marks = ["done"] * here + ["now"] + [""] * len(states)
    return list(zip(states, marks, strict=False))


def _next(row: Package) -> set[Status]:
    return NEXT[Status(row.status)] - {Status.WITHDRAWN}


def _form(tried: DeskForm | None, kind: Any, row: Package) -> Any:
    return tried if isinstance(tried, kind) else kind(row, auto_id=f"{kind.__name__}-%s")


def _bound(tried: DeskForm | None, kind: type[DeskForm], offered: bool) -> DeskForm | None:
    if not offered:
        return None
    return tried if isinstance(tried, kind) else kind(auto_id=f"{kind.__name__}-%s")


def _gates(row: Package) -> list[tuple[GateKind, Gate | None]]:
    found = {gate.kind_id: gate for gate in row.gates.select_related("signed_by", "waived_by")}
    return [(kind, found.get(kind.pk)) for kind in GateKind.objects.filter(is_active=True)]


def _downloads(row: Package) -> list[Download]:
    rows = Download.objects.filter(file__package=row)
    return list(rows.select_related("file", "organisation", "user")[:DOWNLOADS])


def _customers(row: Package) -> list[dict[str, Any]]:
    """Who runs the line or has the package, and how far each of their systems is."""
    deliveries = {one.organisation_id: one for one in row.deliveries.all()}
    systems: dict[int, list[tuple[System, bool]]] = {}
    running = System.objects.running().with_level().filter(installed__line=row.line_id)
    for system in running.exclude(organisation=None):
        has_it = bool(system.runs and system.runs.level >= row.level)
        systems.setdefault(system.organisation_id or 0, []).append((system, has_it))
    owners = Organisation.objects.filter(pk__in={*systems, *deliveries})
    return [
        {
            "organisation": one,
            "delivery": deliveries.get(one.pk),
            "systems": systems.get(one.pk, []),
        }
        for one in owners.order_by("name")
    ]
