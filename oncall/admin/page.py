"""Pages in the back office: what calls now, how it went on, and how I am called myself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from oncall import actions
from oncall.models import ContactChannel, Page
from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.messaging.models import Dispatch
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague

SHOWN = 100
State = Page.State


class Plain(DeskForm):
    pass


class TakeForm(DeskForm):
    note_read = forms.BooleanField(label=_("I have read the hand-over note."), required=False)


class NoteForm(DeskForm):
    note = forms.CharField(
        label=_("Note for whoever is next"), widget=forms.Textarea({"rows": 3}), max_length=5_000
    )
    now = forms.BooleanField(label=_("Call the next one now"), required=False)


@dataclass(frozen=True)
class Step:
    label: Any
    verb: Callable[..., Any]
    right: str
    states: tuple[str, ...]
    form: type[DeskForm] = Plain


CALLING = (State.TRIGGERED, State.EXHAUSTED)
STEPS = {
    "take": Step(_("Take it"), actions.acknowledge, "page.acknowledge", CALLING, TakeForm),
    "hand_over": Step(
        _("Hand over"), actions.hand_over, "page.acknowledge", (State.ACKNOWLEDGED,), NoteForm
    ),
    "escalate": Step(
        _("Call the next step"),
        actions.escalate_page,
        "page.acknowledge",
        (*CALLING, State.ACKNOWLEDGED),
    ),
    "resolve": Step(_("Resolve"), actions.resolve, "page.resolve", (*CALLING, State.ACKNOWLEDGED)),
}


class LineForm(DeskForm):
    kind = forms.ChoiceField(label=_("Way"), choices=ContactChannel.Kind)
    address = forms.CharField(label=_("Number or address"), max_length=254)


class PageAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.ON_CALL

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        calling = Page.objects.visible_to(colleague(request)).triggered()
        lines = [MenuLine(_("Alarms"), self.url(), self.section, calling, hot=True, silent=True)]
        if access.may(colleague(request), "contactchannel.change"):
            lines.append(MenuLine(_("How I am called"), self.url("lines"), self.section))
        return lines

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        verbs = [
            path(
                f"<int:pk>/{verb}/",
                view(require_POST(partial(self.act, verb=verb))),
                name=f"oncall_page_{verb}",
            )
            for verb in STEPS
        ]
        lines = [
            path(
                f"lines/<int:pk>/{verb}/",
                view(require_POST(partial(self.change_line, verb=verb))),
                name=f"oncall_page_line_{verb}",
            )
            for verb in ["confirm", "rules", "remove"]
        ]
        return [
            path("lines/", view(self.lines), name="oncall_page_lines"),
            path("test/", view(require_POST(self.test)), name="oncall_page_test"),
            *lines,
            *verbs,
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Page.objects.visible_to(colleague(request)).select_related("acknowledged_by")
        ended = request.GET.get("show") == "ended"
        rows = rows.filter(due_at=None) if ended else rows.open().order_by("-state", "opened_at")
        title = gettext("Alarms")
        return self.page(
            request, "admin/oncall/pages.html", title=title, rows=rows[:SHOWN], ended=ended
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, row)

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        row = get_object_or_404(Page.objects.visible_to(colleague(request)), pk=pk)
        step = STEPS[verb]
        access.require(colleague(request), step.right)
        form = step.form(request.POST, auto_id=f"{verb}-%s")
        if not form.is_valid():
            return self._page(request, row, verb, form, status=422)
        try:
            step.verb(row, by=colleague(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            row.refresh_from_db()
            return self._page(request, row, verb, form, status=refusal.status)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(self.url("change", row.pk))

    def test(self, request: HttpRequest) -> HttpResponse:
        access.require(colleague(request), "page.test")
        try:
            page = actions.open_test_page(by=colleague(request))
        except Refused as refusal:
            return self._lines(request, refusal=refusal)
        return HttpResponseRedirect(self.url("change", page.pk))

    def lines(self, request: HttpRequest) -> HttpResponse:
        access.require(colleague(request), "contactchannel.change")
        if request.method != "POST":
            return self._lines(request)
        form = LineForm(request.POST)
        user = colleague(request)
        if attempt(form, lambda: actions.add_line(by=user, **form.cleaned_data)) is None:
            return self._lines(request, form=form)
        return HttpResponseRedirect(self.url("lines"))

    def change_line(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        user = colleague(request)
        access.require(user, "contactchannel.change")
        line = get_object_or_404(ContactChannel.objects.visible_to(user), pk=pk)
        try:
            self._change_line(request, line, verb)
        except Refused as refusal:
            return self._lines(request, refusal=refusal)
        return HttpResponseRedirect(self.url("lines"))

    def _change_line(self, request: HttpRequest, line: ContactChannel, verb: str) -> None:
        user = colleague(request)
        if verb == "remove":
            actions.remove_line(line, by=user)
        elif verb == "rules":
            asked = request.POST.get("minutes", "").replace(",", " ").split()
            minutes = [int(one) if one.isdecimal() and len(one) < 6 else -1 for one in asked]
            actions.set_rules(line, by=user, minutes=minutes)
        elif actions.confirm_line(line, by=user, code=request.POST.get("code", "")).confirmed_at:
            messages.success(request, _("Confirmed. Pages may reach you this way."))
        else:
            messages.error(request, _("This is not the code."))

    def _lines(
        self, request: HttpRequest, form: DeskForm | None = None, refusal: Refused | None = None
    ) -> HttpResponse:
        rows = ContactChannel.objects.visible_to(colleague(request)).prefetch_related("rules")
        return self.page(
            request,
            "admin/oncall/lines.html",
            status=refusal.status if refusal else 422 if form else 200,
            title=gettext("How I am called"),
            form=form or LineForm(),
            refusal=refusal,
            rows=rows,
        )

    def _page(
        self,
        request: HttpRequest,
        row: Page,
        verb: str = "",
        tried: DeskForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        sent = Dispatch.objects.filter(about_type="oncall.page", about_id=row.pk)
        return self.page(
            request,
            "admin/oncall/page.html",
            status=status,
            title=row.title,
            row=row,
            offers=[
                (name, step, tried if tried and name == verb else step.form(auto_id=f"{name}-%s"))
                for name, step in STEPS.items()
                if row.state in step.states and access.may(colleague(request), step.right)
            ],
            notes=row.hand_overs.select_related("by", "read_by"),
            events=row.events.select_related("by").order_by("-pk"),
            calls=sent.select_related("recipient").order_by("due_at", "pk")[:SHOWN],
        )
