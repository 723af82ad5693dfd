"""Corrections in the back office: what they mend, on which levels, and who lacks them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from releases import actions, verdicts, wording
from releases.forms import LevelsForm, SettleForm
from releases.models import Correction, Doubt, Line, System
from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.forms import attempt
from supportdesk.web.office import AuditedAdmin, Section, colleague


class ObjectKeys(SimpleArrayField):
    """Keys as people type them, kept in upper case and once each."""

    def clean(self, value: Any) -> list[str]:
        return sorted({key.upper() for key in super().clean(value) if key})


@admin.register(Correction)
class CorrectionAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["__str__", "symptom", "module", "made_at"]
    list_filter = ["module"]
    list_select_related = ["module"]
    search_fields = ["=number", "symptom", "object_keys"]
    formfield_overrides = {
        **AuditedAdmin.formfield_overrides,
        ArrayField: {"form_class": ObjectKeys},
    }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.author = colleague(request)
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            actions.note_words(obj, by=colleague(request))

    def get_urls(self) -> list[Any]:
        pages = {
            "validity": require_GET(self.validity),
            "assess": require_POST(self.assess),
            "release": require_POST(self.release),
            "settle": require_POST(self.settle),
        }
        own = [
            path(
                f"<int:number>/{name}/",
                self.admin_site.admin_view(view),
                name=f"releases_correction_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def validity(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._page(request, self._row(request, number))

    def assess(self, request: HttpRequest, number: int) -> HttpResponse:
        row = self._row(request, number)
        form = LevelsForm(request.POST)
        kept = attempt(
            form,
            lambda: actions.assess(
                row,
                form.cleaned_data["line"],
                by=colleague(request),
                intervals=form.cleaned_data["levels"],
            ),
        )
        if kept is None:
            return self._page(request, row, form, status=422)
        return self._done(request, row, _("The assessment is kept."))

    def release(self, request: HttpRequest, number: int) -> HttpResponse:
        row = self._row(request, number)
        try:
            actions.release_correction(row, by=colleague(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, row, status=refusal.status)
        return self._done(request, row, _("Released: customers hear of it now."))

    def settle(self, request: HttpRequest, number: int) -> HttpResponse:
        row = self._row(request, number)
        doubt = get_object_or_404(row.doubts.all(), pk=_pk(request.POST.get("doubt")))
        form = SettleForm(request.POST)
        settled = attempt(
            form, lambda: actions.settle(doubt, by=colleague(request), **form.cleaned_data)
        )
        if settled is None:
            return self._page(request, row, answer=(doubt, form), status=422)
        return self._done(request, row, _("Answered. Whoever doubted is told."))

    def _row(self, request: HttpRequest, number: int) -> Correction:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), number=number)

    def _done(self, request: HttpRequest, row: Correction, words: Any) -> HttpResponse:
        messages.success(request, words)
        return HttpResponseRedirect(self.url("validity", row.pk))

    def _page(
        self,
        request: HttpRequest,
        row: Correction,
        form: LevelsForm | None = None,
        answer: tuple[Doubt, SettleForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = colleague(request)
        return self.page(
            request,
            "admin/releases/correction/validity.html",
            status=status,
            title=f"{row} {row.symptom}",
            correction=row,
            lines=_lines(row, form),
            refused=form,
            lacking=_lacking(row),
            doubts=_doubts(row, answer),
            may_assess=access.may(user, "validity.assess"),
            may_release=row.released_at is None and access.may(user, "correction.release"),
        )


def _lines(row: Correction, form: LevelsForm | None) -> list[tuple[Line, str, str, bool]]:
    """Each line with its levels as text, in words, and whether it is still maintained."""
    known: dict[int, list[Any]] = {}
    for one in row.validity.order_by("affected"):
        known.setdefault(one.line_id, []).append(one.affected)
    maintained = set(Line.objects.in_maintenance(timezone.localdate()).values_list("pk", flat=True))
    typed = {form["line"].value(): form["levels"].value()} if form else {}
    return [
        (
            line,
            typed.get(str(line.pk), wording.as_text(known.get(line.pk))),
            wording.in_words(known.get(line.pk)),
            line.pk in maintained,
        )
        for line in Line.objects.all()
    ]


def _lacking(row: Correction) -> list[tuple[System, wording.Said]]:
    """Systems that lack it or are unknown; those first who could import it at once."""
    found = verdicts.lacking(row.pk, timezone.now())
    systems = System.objects.with_level().in_bulk([one.system for one in found])
    found.sort(key=lambda one: (wording.RANK[one.finding.verdict], systems[one.system].code))
    return [(systems[one.system], wording.say(one)) for one in found]


def _doubts(
    row: Correction, answer: tuple[Doubt, SettleForm] | None
) -> list[tuple[Doubt, SettleForm]]:
    rows = row.doubts.open().select_related("system__organisation", "raised_by")
    return [
        (one, answer[1] if answer and answer[0].pk == one.pk else SettleForm(prefix=None))
        for one in rows
    ]


def _pk(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
