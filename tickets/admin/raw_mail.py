"""Incoming mail in the back office: what waits for a decision, and what became of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.errors import Invalid, Refused
from supportdesk.intake import addresses, charsets
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import AuditedAdmin, DeskAdmin, MenuLine, Section, colleague
from tickets import actions
from tickets.models import BlockedSender, Mailbox, RawMail, Ticket
from tickets.models.raw_mail import State

PAGE = 100
SHOWN = 50_000  # bytes of the raw mail; the rest is in the file


class NewForm(DeskForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Customer"))
    module = forms.ModelChoiceField(Module.objects.none(), label=_("Module"))
    invite = forms.BooleanField(label=_("Invite the writer as well"), required=False)

    def __init__(self, *args: Any, row: RawMail, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customers = Organisation.objects.visible_to(user).filter(is_active=True)
        self.fields["organisation"].queryset = customers  # type: ignore[attr-defined]
        self.fields["module"].queryset = Module.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["module"].initial = row.mailbox and row.mailbox.module_id
        house = _house(row, customers)
        self.fields["organisation"].initial = house and house.pk
        known = User.objects.filter(email=row.sender).exists()
        if not (house and row.sender and not known and access.may(user, "user.invite")):
            del self.fields["invite"]


class TicketForm(DeskForm):
    ticket = forms.IntegerField(
        label=_("Number of the ticket"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, row: RawMail, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_ticket(self) -> Ticket:
        found = Ticket.objects.visible_to(self.user).filter(pk=self.cleaned_data["ticket"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no ticket with this number."))
        return found


class RejectForm(DeskForm):
    reason = forms.CharField(label=_("Reason"), max_length=500)
    block = forms.BooleanField(
        label=_("Turn away this sender from now on"),
        required=False,
    )

    def __init__(self, *args: Any, row: RawMail, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not row.sender:
            del self.fields["block"]


@dataclass(frozen=True)
class Step:
    label: Any
    form: type[DeskForm]
    verb: Any
    right: str
    done: Any


STEPS = {
    "new": Step(
        _("Open a ticket"),
        NewForm,
        actions.accept_as_new,
        "ticket.open",
        _("A ticket is opened."),
    ),
    "join": Step(
        _("Add to a ticket"),
        TicketForm,
        actions.accept_to_ticket,
        "ticket.note",
        _("It stands on the ticket."),
    ),
    "reject": Step(
        _("Reject"),
        RejectForm,
        actions.reject,
        "rawmail.decide",
        _("Rejected. The mail stays here."),
    ),
}


@admin.register(RawMail)
class RawMailAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.TICKETS

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        rows = RawMail.objects.visible_to(colleague(request)).in_quarantine()
        return [MenuLine(_("Incoming mail"), self.url(), self.section, rows, True, silent=True)]

    def panel(self, request: HttpRequest) -> str | None:
        user = colleague(request)
        if not access.may(user, "rawmail.decide"):
            return None
        rows = RawMail.objects.visible_to(user).in_quarantine().defer("raw", "parsed")[:6]
        context = {"rows": rows, "url": self.url()}
        return render_to_string("admin/tickets/_mails_waiting.html", context, request)

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"tickets_rawmail_{verb}",
            )
            for verb in STEPS
        ]
        raw = path(
            "<int:pk>/raw/",
            self.admin_site.admin_view(require_safe(self.raw)),
            name="tickets_rawmail_raw",
        )
        return [*own, raw, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("mailbox", "ticket", "decided_by")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = request.GET.get("show", State.QUARANTINED)
        rows = self.get_queryset(request).defer("raw", "parsed")
        rows = rows if shown == "all" else rows.filter(state=shown)
        tabs = [*((state.value, state.label) for state in State), ("all", _("all"))]
        return self.page(
            request,
            "admin/tickets/mails.html",
            title=_("Incoming mail"),
            rows=rows[:PAGE],
            shown=shown,
            tabs=tabs,
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

    def raw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As it came, to keep; no browser opens it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        response = HttpResponse(bytes(row.raw), content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="mail-{row.pk}.eml"'
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        step, user = STEPS[verb], colleague(request)
        access.require(user, "rawmail.decide")
        access.require(user, step.right)
        form = step.form(request.POST, auto_id=f"{verb}-%s", row=row, user=user)
        if not form.is_valid():
            return self._page(request, row, verb, form, status=422)
        try:
            step.verb(row, by=user, **form.cleaned_data)
        except Refused as refusal:
            field = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(field if field in form.fields else None, str(refusal))
            return self._page(request, row, verb, form, status=refusal.status)
        messages.success(request, step.done)
        return HttpResponseRedirect(self.url("change", row.pk))

    def _page(
        self,
        request: HttpRequest,
        row: RawMail,
        verb: str = "",
        tried: DeskForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = colleague(request)
        waits = row.state == State.QUARANTINED and access.may(user, "rawmail.decide")
        said = row.parsed or {}
        at = said.get("folds_at")
        offers = [
            (name, step, tried if tried and name == verb else _form(step, name, row, user))
            for name, step in STEPS.items()
            if access.may(user, step.right)
        ]
        return self.page(
            request,
            "admin/tickets/mail.html",
            status=status,
            title=_("Incoming mail"),
            row=row,
            said=said,
            own=str(said.get("text", ""))[:at],
            folded=str(said.get("text", ""))[at:] if at is not None else "",
            offers=offers if waits else [],
            source=charsets.text(bytes(row.raw)[:SHOWN], None),
            raw_url=self.url("raw", row.pk),
        )


def _form(step: Step, name: str, row: RawMail, user: User) -> DeskForm:
    return step.form(auto_id=f"{name}-%s", row=row, user=user)


def _house(row: RawMail, customers: Any) -> Organisation | None:
    """Whose mail it may be: of the person with this address, or of the domain's house."""
    person = User.objects.filter(email=row.sender).select_related("organisation").first()
    if person is not None:
        return person.organisation
    domain = addresses.domain(row.sender)
    return next((one for one in customers if domain and domain in one.domains), None)


@admin.register(Mailbox)
class MailboxAdmin(AuditedAdmin):
    list_display = ["address", "purpose", "module", "is_active", "fetched_at", "error"]
    readonly_fields = ["fetched_at", "error"]


@admin.register(BlockedSender)
class BlockedSenderAdmin(AuditedAdmin):
    """Blocked on the page of a mail; here one lets a sender in again."""

    list_display = ["address", "reason", "by", "at"]
    search_fields = ["address"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
