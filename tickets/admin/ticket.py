"""The ticket's pages and addresses in the back office."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from tickets import actions, timeline
from tickets.admin import (
    access_request,
    correction,
    effect,
    escalating,
    finding,
    hand_back,
    opening,
    priority,
    reply_template,
    report,
    search,
    start,
    undelivered,
    verbs,
    workbench,
    worklist,
)
from tickets.admin.figures import page as figures_of_all
from tickets.models import Ticket

BULK = ["take", "hand_on"]
Page = Callable[..., HttpResponse]
OF_ONE: dict[str, Page] = {  # below the ticket's number
    "priority": priority.page,
    "escalate": escalating.page,
    "access": access_request.page,
    "verdict": finding.page,
    "correction": correction.page,
    "hand-back": hand_back.page,
    "similar": search.similar_to,
}
OF_ALL: dict[str, Page] = {
    "effect": effect.page,
    "preparation": hand_back.figures,
    "report": report.page,
    "search": search.page,
    "figures": figures_of_all,
}
AT_ONCE = 100


@admin.register(Ticket)
class TicketAdmin(DeskAdmin):
    """Status is never edited: every button calls one verb."""

    section = Section.TICKETS

    # --- menu and start page

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        offered = worklist.offered_to(colleague(request))
        unasked = request.path == self.url() and "list" not in request.GET
        lists = [
            MenuLine(
                found.label,
                # The first is what one sees without asking: its line is to be marked then, too.
                self.url()
                if unasked and found is offered[0]
                else f"{self.url()}?list={found.name}",
                self.section,
                found.of(colleague(request)) if found.counted else None,
                found.hot,
                first=True,
            )
            for found in offered
        ]
        if not access.may(colleague(request), "report.view"):
            return lists
        figures = MenuLine(_("Routing and arrivals"), reverse("admin:tickets_report"), "reports")
        sent = MenuLine(
            _("Preparation by levels 1 and 2"), reverse("admin:tickets_preparation"), "reports"
        )
        kept = MenuLine(_("Keeping our word"), reverse("admin:tickets_figures"), "reports")
        helps = MenuLine(_("Whether trainings help"), reverse("admin:tickets_effect"), "reports")
        return [*lists, kept, figures, sent, helps]

    def panel(self, request: HttpRequest) -> str | None:
        return start.panel(request, self.url())

    # --- addresses

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, "tickets_ticket_{}".format
        own = [
            path(
                f"<int:number>/{verb}/",
                view(require_POST(partial(self.act, verb=verb))),
                name=name(verb),
            )
            for verb in verbs.VERBS
        ]
        bulk = [
            path(
                f"bulk/{verb}/",
                view(require_POST(partial(self.act_on_many, verb=verb))),
                name=name(f"bulk_{verb}"),
            )
            for verb in BULK
        ]
        keep = view(require_POST(self.keep_draft))
        pages = [
            path(f"<int:number>/{at}/", view(partial(page, self)), name=name(at.replace("-", "_")))
            for at, page in OF_ONE.items()
        ]
        pages += [
            path(f"{at}/", view(partial(page, self)), name=f"tickets_{at}")
            for at, page in OF_ALL.items()
        ]
        again = view(require_POST(partial(undelivered.send_again, self)))
        insert = view(require_POST(partial(reply_template.insert, self)))
        pages += [
            path("<int:number>/draft/", keep, name=name("draft")),
            path("<int:number>/send-again/", again, name=name("send_again")),
            path("<int:number>/template/", insert, name=name("template")),
        ]
        return [*own, *bulk, *pages, *super().get_urls()]

    # --- pages

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(colleague(request), "ticket.open")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._only_readers(request)
        page = worklist.page(request, colleague(request))
        return self.page(
            request,
            "admin/tickets/worklist.html",
            title=page.work_list.label,
            page=page,
            bulk=[self._bulk_offer(request, verb) for verb in BULK if self._may(request, verb)],
            bulk_address=f"{self.url()}bulk/",
            may_open=self.has_add_permission(request),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._only_readers(request)
        ticket = self.get_object(request, object_id)
        if ticket is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.show(request, ticket)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return opening.page(self, request)

    def show(
        self,
        request: HttpRequest,
        ticket: Ticket,
        attempt: workbench.Attempt | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = workbench.context(request, ticket, attempt)
        context |= {"address": f"{self.url()}{ticket.number}/", "query": _came_from(request)}
        return self.page(request, "admin/tickets/workbench.html", status=status, **context)

    # --- verbs

    def act(self, request: HttpRequest, number: int, verb: str) -> HttpResponse:
        """One verb on one ticket. Refused, the page returns with the reason and what was typed."""
        ticket = get_object_or_404(self.get_queryset(request), number=number)
        form = verbs.form_of(verbs.VERBS[verb], ticket, request.POST, request.FILES)
        if not form.is_valid():
            return self.show(request, ticket, workbench.Attempt(verb, form), status=422)
        try:
            form.act(ticket, by=colleague(request))
        except Refused as refusal:
            finding.put(refusal, form)
            ticket = get_object_or_404(self.get_queryset(request), number=number)
            last = timeline.last_step(ticket)
            attempt = workbench.Attempt(verb, form, refusal, last)
            return self.show(request, ticket, attempt, status=refusal.status)
        if isinstance(form, verbs.Say):
            actions.drop_draft(by=colleague(request), ticket=ticket)
        messages.success(request, verbs.VERBS[verb].done)
        return self._back(request, ticket)

    def act_on_many(self, request: HttpRequest, verb: str) -> HttpResponse:
        """The same verb on each ticket ticked; each says for itself whether it happened."""
        self._only_readers(request)
        form = verbs.VERBS[verb].form(request.POST)
        ticked = request.POST.getlist("ticket")[:AT_ONCE]
        numbers = [n for n in ticked if n.isdecimal() and len(n) < 19]
        tickets = self.get_queryset(request).filter(number__in=numbers).order_by("number")
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
        else:
            self._act_on_each(request, form, list(tickets))
        return HttpResponseRedirect(f"{self.url()}?{request.POST.get('here', '')}")

    def _act_on_each(
        self, request: HttpRequest, form: verbs.VerbForm, tickets: list[Ticket]
    ) -> None:
        done = 0
        for ticket in tickets:
            try:
                form.act(ticket, by=colleague(request))
                done += 1
            except Refused as refusal:
                messages.error(request, f"{ticket.number}: {refusal}")
        if not tickets:
            messages.warning(request, _("Please tick at least one ticket."))
        if done:
            words = ngettext("Done for %(n)d ticket.", "Done for %(n)d tickets.", done)
            messages.success(request, words % {"n": done})

    def keep_draft(self, request: HttpRequest, number: int) -> HttpResponse:
        ticket = get_object_or_404(self.get_queryset(request), number=number)
        content = {"text": request.POST.get("text", "")[:50_000]}
        if content["text"]:
            content["mode"] = request.POST.get("mode", "")
        draft = actions.keep_draft(content, by=colleague(request), ticket=ticket)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "admin/tickets/_draft.html", {"draft": draft})
        return self._back(request, ticket)

    # --- helpers

    def _only_readers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _may(self, request: HttpRequest, verb: str) -> bool:
        return access.may(colleague(request), verbs.VERBS[verb].right)

    def _bulk_offer(self, request: HttpRequest, verb: str) -> verbs.Offer:
        return verbs.Offer(verbs.VERBS[verb], "", verbs.VERBS[verb].form(auto_id=f"{verb}-%s"))

    def _back(self, request: HttpRequest, ticket: Ticket) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url("change", ticket.pk) + _came_from(request))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.for_lists().select_related(
            "caller", "system__installed__line", "diagnosis__topic", "team__calendar", "impact"
        )


def _came_from(request: HttpRequest) -> str:
    """The list one came from stays in the address, so that previous and next keep working."""
    name = request.GET.get("list", "")
    return f"?{urlencode({'list': name})}" if name else ""
