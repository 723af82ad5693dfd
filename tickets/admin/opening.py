"""A new ticket for somebody who called: first the customer, then what they report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import Module, System
from supportdesk.accounts.models import Organisation, User
from supportdesk.errors import Invalid
from supportdesk.web.office import colleague
from tickets import actions, proposal
from tickets.admin.verbs import OFFICE, FilesField
from tickets.forms import ImpactForm
from tickets.models import PRIORITY_MEANINGS, Priority

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin


class CustomerForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True), label=_("Customer"), empty_label=_("choose")
    )


class CalledInForm(ImpactForm):
    """What the caller reports; people, systems are this customer's only."""

    caller = forms.ModelChoiceField(User.objects.none(), label=_("Caller"), required=False)
    system = forms.ModelChoiceField(System.objects.none(), label=_("System"), required=False)
    module = forms.ModelChoiceField(
        Module.objects.offered(), label=_("Module"), empty_label=_("choose")
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("What happened"), max_length=50_000, widget=forms.Textarea({"rows": 8})
    )
    customer_priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=Priority.choices, initial=Priority.NORMAL
    )
    external_number = forms.CharField(label=_("Their own number"), max_length=60, required=False)
    message_id = forms.CharField(
        label=_("Message id or transaction"), max_length=120, required=False
    )
    job = forms.CharField(label=_("Job"), max_length=120, required=False)
    run_at = forms.DateTimeField(
        label=_("Run time"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    steps = forms.CharField(
        label=_("Steps to reproduce"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
    )
    already_checked = forms.CharField(
        label=_("What levels 1 and 2 checked"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
    )
    confidential = forms.BooleanField(label=_("Confidential"), required=False)
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]

    def __init__(self, organisation: Organisation, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, systems = User.objects.visible_to(by).active(), System.objects.visible_to(by)
        self._choose("caller", people.filter(organisation=organisation).order_by("name"))
        self._choose("system", systems.filter(organisation=organisation).running())

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        field.empty_label = gettext("unknown")

    def proposed(self, organisation: Organisation) -> proposal.Told | None:
        """Of what the caller has answered so far."""
        self.is_valid()
        module = self.cleaned_data.get("module")
        found = proposal.of(
            self.answers(), timezone.now(), module=module, organisation=organisation
        )
        return proposal.told(found)

    @property
    def meanings(self) -> list[tuple[str, str]]:
        return [
            (str(Priority(value).label), str(text)) for value, text in PRIORITY_MEANINGS.items()
        ]


def page(office: TicketAdmin, request: HttpRequest) -> HttpResponse:
    """The page in two steps, so that it needs no script: the customer decides the rest."""
    first = CustomerForm(request.GET or None)
    if not first.is_valid():
        return _page(office, request, first)
    organisation = first.cleaned_data["organisation"]
    if request.method != "POST":
        return _page(office, request, first, CalledInForm(organisation, colleague(request)))
    form = CalledInForm(organisation, colleague(request), request.POST, request.FILES)
    told = form.proposed(organisation)
    if "propose" in request.POST:
        again = CalledInForm(organisation, colleague(request), initial=request.POST.dict())
        return _page(office, request, first, again, told=told)
    if not form.is_valid():
        return _page(office, request, first, form, status=422, told=told)
    report = actions.Report(organisation=organisation, **form.cleaned_data)
    try:
        ticket = actions.open_ticket(report, by=colleague(request), channel=OFFICE)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(office, request, first, form, status=422, told=told)
    messages.success(request, gettext("Ticket %(number)s is open.") % {"number": ticket.number})
    return HttpResponseRedirect(office.url("change", ticket.pk))


def _page(
    office: TicketAdmin,
    request: HttpRequest,
    first: CustomerForm,
    form: CalledInForm | None = None,
    status: int = 200,
    told: proposal.Told | None = None,
) -> HttpResponse:
    first.fields["organisation"].widget.attrs["class"] = "sd-input"
    context = {"title": gettext("New ticket for a caller"), "first": first, "form": form}
    context["proposal"] = told
    return office.page(request, "admin/tickets/opening.html", status=status, **context)
