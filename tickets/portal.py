"""The customers' pages about tickets. Staff who follow a link here land in the back office."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from releases.models import System
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Notice
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn
from tickets import actions, clock_face, explained, hints, listing, possible, progress, timeline
from tickets.forms import EscalateForm, FilterForm, ObjectForm, ReopenForm, ReplyForm, ReportForm
from tickets.models import (
    DONE,
    PRIORITY_MEANINGS,
    AccessRequest,
    Draft,
    Escalation,
    Impact,
    Message,
    Priority,
    Status,
    Ticket,
)
from tickets.models.ticket import TicketQuerySet
from tickets.needs import Needs
from tickets.search import find
from training.models import Enrolment

PORTAL = Message.Channel.PORTAL
TO_DO, WITH_US = 6, 10  # rows of each kind on the start page


View = Callable[..., HttpResponse]


def in_office_at(page: str) -> Callable[[View], View]:
    """Customers read this page; staff are sent to the office's page about the same thing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: SignedIn, **kwargs: Any) -> HttpResponse:
            if request.user.is_vendor and request.method in ("GET", "HEAD"):
                return redirect(page, *kwargs.values())
            return view(request, **kwargs)

        return answer

    return decorate


@require_GET
@in_office_at("admin:index")
def home(request: SignedIn) -> HttpResponse:
    needs = Needs(request.user)
    ours = (
        Ticket.objects.visible_to(request.user).unresolved().exclude(status=Status.WAITING_CUSTOMER)
    )
    systems = System.objects.visible_to(request.user).running()
    context = {
        "section": "home",
        "yours": list(needs.tickets()[:TO_DO]),
        "seats": list(
            Enrolment.objects.filter(person=request.user).to_answer(timezone.now())[:TO_DO]
        ),
        "to_approve": list(needs.accesses().for_lists()[:TO_DO]),
        "ours": list(ours.for_lists().order_by("priority", "number")[: WITH_US + 1]),
        "to_do": TO_DO,
        "with_us": WITH_US,
        "notices": list(Notice.objects.visible_to(request.user).unread()[:TO_DO]),
        "systems": list(systems.with_level()[:WITH_US]),
        "today": timezone.localdate(),
    }
    return render(request, "tickets/home.html", context)


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
@in_office_at("admin:tickets_ticket_changelist")
def ticket_list(request: SignedIn) -> HttpResponse:
    form = FilterForm(request.user, request.GET)
    valid = form.is_valid()
    rows = _found(form, request.user) if valid else Ticket.objects.none()
    after, before = (request.GET.get(name, "") for name in ("after", "before"))
    context = {
        "section": "tickets",
        "form": form,
        "page": listing.page(rows.for_lists(), form.chosen_order, after=after, before=before),
        "views": listing.View.choices,
    }
    part = request.htmx and request.htmx.target == "tickets"
    template = "tickets/_list.html" if part else "tickets/list.html"
    return render(request, template, context, status=200 if valid else 422)


def _found(form: FilterForm, reader: User) -> TicketQuerySet:
    rows = Ticket.objects.visible_to(reader)
    if len(form.organisations) == 1:
        # Says nothing new, but as a plain value: the index by organisation serves the order too.
        rows = rows.filter(organisation=form.organisations[0])
    rows = listing.viewed(rows.filter(**form.facts()), form.chosen_view, reader)
    return find.matching(rows, form.cleaned_data["q"], reader)


@require_http_methods(["GET", "POST"])
@in_office_at("admin:tickets_ticket_changelist")
def ticket_new(request: SignedIn) -> HttpResponse:
    if request.method == "GET":
        draft = Draft.objects.filter(author=request.user, ticket=None).first()
        form = ReportForm(request.user, initial=draft.content if draft else {})
        return render(request, "tickets/new.html", {"section": "new", "form": form, "draft": draft})
    draft = actions.keep_draft(typed(request, ReportForm), by=request.user)
    if "propose" in request.POST or "look" in request.POST:
        return _asked(request, draft)
    if "keep" in request.POST:
        messages.success(request, _("Your draft is kept. You find it under “New ticket”."))
        return redirect("home")
    form = ReportForm(request.user, request.POST, request.FILES)
    ticket = attempt(form, lambda: _open_once(form, request.user))
    if ticket is None:
        context = {"section": "new", "form": form, "draft": draft, "refused": True}
        context["proposal"] = form.proposed(timezone.now())
        return render(request, "tickets/new.html", context, status=422)
    actions.drop_draft(by=request.user)
    messages.success(request, _("Ticket %(number)s is with us.") % {"number": ticket.number})
    return redirect("ticket", ticket.number)


def _asked(request: SignedIn, draft: Draft | None) -> HttpResponse:
    """The page again with our proposal and what is known already, for browsers without scripts.
    Nothing is refused yet.
    """
    written = ReportForm(request.user, request.POST)
    told = written.proposed(timezone.now())
    context = {
        "section": "new",
        "form": ReportForm(request.user, initial=typed(request, ReportForm)),
        "draft": draft,
        "proposal": told,
        "asked": True,
        "looked": "look" in request.POST,
        "hints": hints.of(written.sketch(), reader=request.user),
    }
    return render(request, "tickets/new.html", context)


@require_POST
def proposal_new(request: SignedIn) -> HttpResponse:
    """What the answers so far propose, while they are given."""
    told = ReportForm(request.user, request.POST).proposed(timezone.now())
    return render(request, "tickets/_proposal.html", {"proposal": told})


def _open_once(form: ReportForm, by: User) -> Ticket:
    """The same form sent twice, by a double click or by going back, leads to the same ticket."""
    try:
        return actions.open_ticket(form.report(), by=by, channel=PORTAL)
    except IntegrityError as error:
        if "one_ticket_per_submission" not in str(error):
            raise
    submission = form.cleaned_data["submission"]
    return Ticket.objects.visible_to(by).get(opened_by=by, submission=submission)


@require_POST
def draft_new(request: SignedIn) -> HttpResponse:
    """Keeps the new ticket's draft while it is written, or throws it away."""
    if "discard" in request.POST:
        actions.drop_draft(by=request.user)
        return redirect("ticket_new")
    draft = actions.keep_draft(typed(request, ReportForm), by=request.user)
    return render(request, "tickets/_draft.html", {"draft": draft})


@require_GET
@in_office_at("admin:tickets_ticket_change")
def ticket(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    request.user.notices.filter(url=request.path).mark_read()
    return _page(request, row)


@require_POST
def reply(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    form = _written(request, row, ReplyForm)
    told = attempt(
        form, lambda: actions.reply(row, by=request.user, channel=PORTAL, **form.cleaned_data)
    )
    return _told(request, row, form, told, _("Your message has been sent."))


@require_POST
def reopen(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    form = _written(request, row, ReopenForm)
    told = attempt(
        form,
        lambda: actions.reopen(
            row,
            by=request.user,
            reason=form.cleaned_data["text"],
            files=form.cleaned_data["files"],
            channel=PORTAL,
        ),
    )
    return _told(request, row, form, told, _("The ticket is open again."))


@require_POST
def confirm(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    actions.confirm(row, by=request.user)
    return _done(request, row, _("Thank you. The ticket is closed."))


@require_POST
def object_to_priority(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    form = ObjectForm(request.POST)
    told = attempt(
        form, lambda: actions.object_to_priority(row, by=request.user, **form.cleaned_data)
    )
    if told is None:
        return _page(request, row, objecting=form, status=422)
    return _done(request, row, _("Your objection is with the lead, who decides and tells you."))


@require_POST
def escalate(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    form, reason = EscalateForm(request.POST), Escalation.Reason.CUSTOMER
    told = attempt(
        form, lambda: actions.escalate(row, by=request.user, reason=reason, **form.cleaned_data)
    )
    if told is None:
        return _page(request, row, escalating=form, status=422)
    return _done(request, row, _("The leads are told. One of them decides and tells you."))


@require_POST
def withdraw(request: SignedIn, number: int) -> HttpResponse:
    row = _visible(request, number)
    raised = Escalation.objects.visible_to(request.user).open().filter(ticket=row)
    actions.withdraw(get_object_or_404(raised, reason=Escalation.Reason.CUSTOMER), by=request.user)
    return _done(request, row, _("The escalation is withdrawn."))


@require_POST
def draft_reply(request: SignedIn, number: int) -> HttpResponse:
    """Keeps a message while it is written."""
    row = _visible(request, number)
    draft = actions.keep_draft(typed(request, ReplyForm), by=request.user, ticket=row)
    return render(request, "tickets/_draft.html", {"draft": draft})


@require_GET
def inbox(request: SignedIn) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user)[: 2 * listing.PAGE]
    return render(request, "tickets/inbox.html", {"section": "inbox", "notices": notices})


@require_POST
def inbox_read(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Marks one notice as read, or all of them."""
    notices = Notice.objects.visible_to(request.user)
    if pk is not None:
        notices = notices.filter(pk=get_object_or_404(notices, pk=pk).pk)
    notices.mark_read()
    return redirect("inbox")


def _visible(request: SignedIn, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.user).for_lists(), number=number)


def typed(request: SignedIn, form: type[DeskForm]) -> dict[str, Any]:
    """The words of a form as they came, fit for a draft. Its token is not worth keeping."""
    names = set(form.base_fields) - {"submission", "files"}
    return {name: value for name, value in request.POST.items() if name in names}


def _written(request: SignedIn, row: Ticket, kind: type[ReplyForm]) -> ReplyForm:
    """What was written, kept as a draft first: whatever refuses it, the words are not lost."""
    actions.keep_draft(typed(request, kind), by=request.user, ticket=row)
    return kind(request.POST, request.FILES)


def _told(request: SignedIn, row: Ticket, form: DeskForm, told: Any, words: str) -> HttpResponse:
    if told is None:
        return _page(request, row, form=form, status=422)
    actions.drop_draft(by=request.user, ticket=row)
    return _done(request, row, words)


def _done(request: SignedIn, row: Ticket, words: str) -> HttpResponse:
    messages.success(request, words)
    if request.htmx:
        return _page(request, _visible(request, row.number))
    return redirect("ticket", row.number)


def _page(
    request: SignedIn,
    row: Ticket,
    form: DeskForm | None = None,
    status: int = 200,
    objecting: ObjectForm | None = None,
    escalating: EscalateForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    draft = Draft.objects.filter(author=request.user, ticket=row).first()
    context = {
        "section": "tickets",
        "ticket": row,
        "moments": _moments(row, request.user),
        "impact": Impact.objects.filter(ticket=row).first(),
        "meaning": PRIORITY_MEANINGS[Priority(row.priority)],
        "form": form or _form(row, draft),
        "draft": draft,
        "refused": form is not None,
        "way": progress.way(row),
        "move": progress.next_move(row, now),
        "promise": clock_face.promise(row),
        "now": now,
        "objecting": objecting or _objecting(row, request.user),
        "escalating": escalating or _escalating(row, request.user),
        "raised": list(Escalation.objects.visible_to(request.user).filter(ticket=row).open()),
        "coordinates": request.user.is_any(Role.COORDINATOR),
        "accesses": AccessRequest.objects.visible_to(request.user).filter(ticket=row).for_lists(),
        "explained": explained.of(row, reader=request.user),
        "may_reopen": row.status in DONE and row.may_reopen(now),
    }
    template = "tickets/_ticket.html" if request.htmx else "tickets/ticket.html"
    return render(request, template, context, status=status)


def _moments(row: Ticket, reader: User) -> list[Any]:
    """What was said and what happened, oldest first; files say why they are not handed out."""
    moments: list[Any] = timeline.of(row, reader=reader)
    for moment in moments:
        for file in getattr(moment, "files", []):
            file.withheld = file.withheld_from(reader)
    return moments


def _form(row: Ticket, draft: Draft | None) -> DeskForm:
    kind = ReopenForm if row.status in DONE else ReplyForm
    return kind(initial=draft.content if draft else {})


def _objecting(row: Ticket, reader: User) -> ObjectForm | None:
    """The form where this reader can object to the priority now."""
    if reader.is_vendor or not possible.may_object(row, reader):
        return None
    return None if possible.why_no_objection(row) else ObjectForm()


def _escalating(row: Ticket, reader: User) -> EscalateForm | None:
    """The form where this reader can bring the ticket before a lead now."""
    if reader.is_vendor or not possible.may_object(row, reader):
        return None
    return None if possible.why_no_escalation(row) else EscalateForm()
