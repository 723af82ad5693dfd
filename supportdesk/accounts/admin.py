"""Customers, mandates, teams and people in the back office."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from supportdesk.accounts import access, actions
from supportdesk.accounts.access import Role
from supportdesk.accounts.forms import OfficeInviteForm, RolesForm
from supportdesk.accounts.models import Invitation, Mandate, Organisation, Team, User, Webhook
from supportdesk.errors import Refused
from supportdesk.messaging.models import Dispatch
from supportdesk.web.fields import in_days, ticked
from supportdesk.web.forms import attempt
from supportdesk.web.office import AuditedAdmin, DeskAdmin, Room, Section, colleague


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    section = Section.CUSTOMERS
    list_display = ["name", "code", "kind", "state", "is_active"]
    list_filter = ["kind", "state", "is_active"]
    search_fields = ["name", "code"]


class MandateForm(forms.ModelForm):
    carries = ticked(Mandate._meta.get_field("carries"))

    class Meta:
        model = Mandate
        fields = ["provider", "insurer", "during", "carries"]


@admin.register(Mandate)
class MandateAdmin(AuditedAdmin):
    section = Section.CUSTOMERS
    form = MandateForm
    list_display = ["provider", "insurer", "days", "services"]
    list_filter = ["provider"]
    list_select_related = ["provider", "insurer"]
    search_fields = ["provider__name", "insurer__name"]

    @admin.display(description=_("valid"), ordering="during")
    def days(self, mandate: Mandate) -> str:
        return in_days(mandate.during)

    @admin.display(description=_("carries"))
    def services(self, mandate: Mandate) -> str:
        return ", ".join(mandate.carried)


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["name", "calendar"]
    list_select_related = ["calendar"]


Act = Callable[[Any, HttpRequest], Any]


class WithVerbs(Room):
    """Buttons above the page of one row, each calling one verb; a refusal is said on that page."""

    verbs: dict[str, tuple[Act, Any]]  # what it does, and what the page says afterwards

    def get_urls(self) -> list[Any]:
        kind = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"{kind}_{verb}",
            )
            for verb in self.verbs
        ]
        return [*own, *super().get_urls()]

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        call, done = self.verbs[verb]
        try:
            call(row, request)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return redirect(self.url("change", pk))


@admin.register(User)
class UserAdmin(WithVerbs, AuditedAdmin):
    """People come by invitation; their roles and their access change by verbs."""

    section = Section.TEAMS
    list_display = ["name", "email", "organisation", "team", "held_roles", "is_active"]
    list_filter = ["is_active", "team", "organisation"]
    list_select_related = ["organisation", "team"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "reached", "organisation", "held_roles", "is_active"]
    fields += ["phone", "language", "team", "deputy"]
    readonly_fields = ["email", "reached", "organisation", "held_roles", "is_active"]
    verbs = {
        "grant": (
            lambda person, request: actions.grant_roles(
                person, by=colleague(request), roles=request.POST.getlist("roles")
            ),
            _("The roles are changed."),
        ),
        "disable": (
            lambda person, request: actions.disable_user(person, by=colleague(request)),
            _("This person cannot sign in any more."),
        ),
        "enable": (
            lambda person, request: actions.enable_user(person, by=colleague(request)),
            _("This person can sign in again."),
        ),
        "reset_mfa": (
            lambda person, request: actions.reset_mfa(person, by=colleague(request)),
            _("The second factor is taken away; a letter tells this person."),
        ),
    }

    @admin.display(description=_("last letter"))
    def reached(self, person: User) -> str:
        """Whether mail arrives at this address, by the last letter that left."""
        sent = Dispatch.objects.filter(recipient=person, channel="mail", sent_at__isnull=False)
        last = sent.order_by("-pk").first()
        if last is None:
            return "–"
        if last.returned_at:
            return _("came back: %(why)s") % {"why": last.error or _("no reason given")}
        return date_format(timezone.localtime(last.sent_at), "SHORT_DATETIME_FORMAT")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Teams and deputies are the vendor's: of a customer nothing of the kind is asked."""
        theirs = [] if obj is None or obj.is_vendor else ["team", "deputy"]
        return [name for name in self.fields if name not in theirs]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person and Role.SYSTEM not in person.roles:
            grants = access.may(colleague(request), "user.grant")
            roles = RolesForm(person.organisation, initial={"roles": person.roles})
            extra_context = {"roles": roles if grants else None, "address": self.url()}
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("roles"))
    def held_roles(self, person: User) -> str:
        return ", ".join(person.role_names)


@admin.register(Invitation)
class InvitationAdmin(WithVerbs, DeskAdmin):
    """Who is asked in. The link stands in the letter and nowhere here."""

    section = Section.TEAMS
    list_display = ["name", "email", "organisation", "held_roles", "now", "expires_at"]
    list_filter = ["organisation"]
    list_select_related = ["organisation"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "organisation", "held_roles", "language", "now"]
    fields += ["invited_by", "created_at", "expires_at", "accepted_at", "withdrawn_at"]
    verbs = {
        "resend": (
            lambda row, request: actions.resend_invitation(row, by=colleague(request)),
            _("Another letter is on its way. The link of the one before is dead."),
        ),
        "withdraw": (
            lambda row, request: actions.withdraw_invitation(row, by=colleague(request)),
            _("The invitation is withdrawn."),
        ),
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(colleague(request), "user.invite")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        by = colleague(request)
        form = OfficeInviteForm(by, data=request.POST or None)
        invited = None
        if request.method == "POST":
            invited = attempt(form, lambda: actions.invite(by=by, **form.cleaned_data))
        if invited is not None:
            words = gettext("%(name)s gets a letter with a link.") % {"name": invited.name}
            messages.success(request, words)
            return redirect(self.url())
        status = 422 if request.method == "POST" else 200
        title = gettext("Invite somebody")
        template = "admin/accounts/invite.html"
        return self.page(request, template, title=title, form=form, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        pending = bool(row and not row.accepted_at and not row.withdrawn_at)
        acts = pending and self.has_add_permission(request)
        shown = {"acts": acts, "address": self.url()}
        return super().change_view(request, object_id, form_url, shown)

    @admin.display(description=_("roles"))
    def held_roles(self, row: Invitation) -> str:
        return ", ".join(row.role_names)

    @admin.display(description=_("state"))
    def now(self, row: Invitation) -> str:
        return str(row.state(timezone.now()).label)


@admin.register(Webhook)
class WebhookAdmin(DeskAdmin):
    """Where systems hear from us, customers' and our own. They are managed through the API."""

    section = Section.CUSTOMERS
    list_display = ["name", "organisation", "address", "is_on", "failures"]
    list_select_related = ["organisation", "endpoint"]
    list_filter = ["organisation", "endpoint__is_active"]
    search_fields = ["name", "endpoint__url"]
    fields = ["name", "organisation", "address", "is_on", "failures", "created_at"]

    @admin.display(description=_("address"), ordering="endpoint__url")
    def address(self, webhook: Webhook) -> str:
        return webhook.endpoint.url

    @admin.display(description=_("active"), boolean=True)
    def is_on(self, webhook: Webhook) -> bool:
        return webhook.endpoint.is_active

    @admin.display(description=_("failures in a row"))
    def failures(self, webhook: Webhook) -> int:
        return webhook.endpoint.failures
