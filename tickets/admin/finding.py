"""What the cause was, as a form: it asks only for what the chosen verdict demands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, Line, Module, System, Wish
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.fields import DayInput
from supportdesk.web.office import colleague
from tickets import actions
from tickets.models import DONE, Defect, Diagnosis, Ticket, Verdict
from tickets.models.diagnosis import DEMANDS, FOLLOW_UPS
from training.models import Topic

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

ALIKE = 5
SUGGESTED = 30
# Where a verdict asks for more than it demands.
ASKS = {
    Verdict.SOFTWARE_DEFECT: ("defect", "defect_title", "defect_steps", "line", "level"),
    Verdict.WISH: ("wish", "wish_title", "wish_text"),
}
MEANINGS = {
    Verdict.SOFTWARE_DEFECT: _("The product is wrong: handed over to development."),
    Verdict.HANDLING_ERROR: _("Used differently than meant: a topic for training."),
    Verdict.MISSING_CORRECTION: _("Mended already, but not there yet."),
    Verdict.WISH: _("It works as built; the customer needs it otherwise."),
    Verdict.SETTINGS_DIFFERENCE: _("Customised differently than it should be."),
}


@dataclass(frozen=True)
class Part:
    """One verdict of the form, with the fields it asks for."""

    verdict: Verdict
    meaning: Any
    fields: list[forms.BoundField]

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


class VerbForm(forms.Form):
    """The shape of a verb's input. May-they and state questions are the verb's own."""

    @classmethod
    def proposed(cls, ticket: Ticket) -> dict[str, Any]:
        """What is known already, and not typed again."""
        return {}

    def about(self, ticket: Ticket) -> None:
        """Offer what fits this ticket."""

    def act(self, ticket: Ticket, *, by: User) -> None:
        raise NotImplementedError


class CorrectionField(forms.CharField):
    """A correction by its number, as people write it."""

    def clean(self, value: Any) -> Correction | None:
        text = super().clean(value).upper().removeprefix("K-").strip()
        if not text:
            return None
        digits = text.isascii() and text.isdecimal() and len(text) < 19
        found = Correction.objects.filter(number=text).first() if digits else None
        if found is None:
            raise forms.ValidationError(_("There is no such correction."))
        return found


class FindingForm(VerbForm):
    """A verdict left out is none: the one that holds goes on holding."""

    verdict = forms.ChoiceField(
        label=_("Cause"), required=False, choices=Verdict.choices, widget=forms.RadioSelect
    )
    defect = forms.ModelChoiceField(
        Defect.objects.open(),
        label=_("Known defect of this module"),
        required=False,
        empty_label=_("none: report a new one"),
        widget=forms.Select({"class": "sd-input"}),
    )
    defect_title = forms.CharField(
        label=_("Title of the new defect"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "sd-input"}),
    )
    defect_steps = forms.CharField(
        label=_("How it can be reproduced"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"class": "sd-input", "rows": 3}),
    )
    line = forms.ModelChoiceField(
        Line.objects,
        label=_("Found on line"),
        required=False,
        empty_label=_("not known"),
        widget=forms.Select({"class": "sd-input"}),
    )
    level = forms.IntegerField(
        label=_("Support package"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput({"class": "sd-input"}),
    )
    topic = forms.ModelChoiceField(
        Topic.objects.offered(),
        label=_("Topic for training"),
        required=False,
        empty_label=_("Please choose"),
        widget=forms.Select({"class": "sd-input"}),
    )
    correction = CorrectionField(
        label=_("Correction"),
        help_text=_("Its number, e.g. K-17."),
        required=False,
        widget=forms.TextInput({"class": "sd-input", "list": "corrections"}),
    )
    system = forms.ModelChoiceField(
        System.objects.none(),
        label=_("Missing on system"),
        required=False,
        empty_label=_("Please choose"),
        widget=forms.Select({"class": "sd-input"}),
    )
    wish = forms.ModelChoiceField(
        Wish.objects.open(),
        label=_("Known wish for this module"),
        required=False,
        empty_label=_("none: put a new one"),
        widget=forms.Select({"class": "sd-input"}),
    )
    wish_title = forms.CharField(
        label=_("Title of the new wish"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "sd-input"}),
    )
    wish_text = forms.CharField(
        label=_("What should it do?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"class": "sd-input", "rows": 3}),
    )
    difference = forms.CharField(
        label=_("What differs, and from what?"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"class": "sd-input", "rows": 2}),
    )
    differs_since = forms.DateField(
        label=_("Since when?"), required=False, widget=DayInput({"class": "sd-input"})
    )
    note = forms.CharField(
        label=_("Finding, for colleagues"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"class": "sd-input", "rows": 2}),
    )

    def about(self, ticket: Ticket) -> None:
        """Defects like this stand first, and topics of the ticket's module."""
        defects: Any = self.fields["defect"]
        self.alike = list(Defect.objects.alike(ticket.module, ticket.subject)[:ALIKE])
        defects.choices = [("", defects.empty_label), *_by_likeness(self.alike, ticket.module)]
        topics: Any = self.fields["topic"]
        near = set(ticket.module.topics.values_list("pk", flat=True))
        topics.choices = [("", topics.empty_label), *_by_nearness(near)]
        systems: Any = self.fields["system"]
        systems.queryset = System.objects.running().filter(organisation=ticket.organisation)
        wishes: Any = self.fields["wish"]
        wishes.queryset = Wish.objects.open().filter(module=ticket.module)
        self.corrections = list(Correction.objects.filter(module=ticket.module)[:SUGGESTED])
        self.holds = ticket.diagnosis

    holds: Diagnosis | None = None

    @classmethod
    def proposed(cls, ticket: Ticket) -> dict[str, Any]:
        return _proposed(ticket)

    alike: list[Defect] = []
    corrections: list[Correction] = []

    def parts(self) -> Iterator[Part]:
        for verdict, names in DEMANDS.items():
            yield Part(
                verdict, MEANINGS[verdict], [self[name] for name in ASKS.get(verdict, names)]
            )

    def finding(self) -> actions.Finding | None:
        given = self.cleaned_data
        if not given["verdict"]:
            return None
        names = ["verdict", "note", *FOLLOW_UPS]
        facts = {name: given[name] for name in names}
        if given["verdict"] == Verdict.SOFTWARE_DEFECT and not facts["defect"]:
            facts["defect"] = actions.Fault(
                given["defect_title"], given["defect_steps"], given["line"], given["level"]
            )
        if given["verdict"] == Verdict.WISH and not facts["wish"]:
            facts["wish"] = actions.NewWish(given["wish_title"], given["wish_text"])
        return actions.Finding(**facts)


class DiagnoseForm(FindingForm):
    done = _("The cause is noted.")

    def act(self, ticket: Ticket, *, by: User) -> None:
        finding = self.finding() or actions.Finding("")
        actions.diagnose(ticket, by=by, finding=finding)


class WithdrawForm(VerbForm):
    """Stands beside the other on one page: which was sent says the name of its button."""

    done = _("The cause is withdrawn.")
    reason = forms.CharField(
        label=_("Why is it none after all?"),
        max_length=5_000,
        widget=forms.Textarea({"class": "sd-input", "rows": 2}),
    )

    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.withdraw_verdict(ticket, by=by, reason=self.cleaned_data["reason"])


# What becomes of the follow-up when a verdict is withdrawn.
AFTERWARDS = {
    Verdict.SOFTWARE_DEFECT: _(
        "The ticket comes back from development. The defect stays reported, also for others."
    ),
    Verdict.HANDLING_ERROR: _("It does not count for the topic any more. The topic stays."),
    Verdict.MISSING_CORRECTION: _(
        "The customer's interest in the correction is taken back. The correction stays."
    ),
    Verdict.SETTINGS_DIFFERENCE: _("The difference stays in the list of what was thought before."),
    Verdict.WISH: _("The customer's voice for the wish is taken back. The wish stays."),
}


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The cause without a solution yet, another cause than was thought, or none after all."""
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    if not access.may(colleague(request), "ticket.diagnose"):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else None
    takes_back = given is not None and "withdraw" in given
    form = DiagnoseForm(None if takes_back else given, initial=_proposed(ticket))
    form.about(ticket)
    withdrawing = WithdrawForm(given if takes_back else None, auto_id="withdraw-%s")
    sent, status = withdrawing if takes_back else form, 200
    if given is not None:
        status = _act(sent, ticket, by=colleague(request))
        if status == 200:
            messages.success(request, sent.done)
            return HttpResponseRedirect(office.url("change", ticket.pk))
    held = ticket.diagnosis
    return office.page(
        request,
        "admin/tickets/verdict.html",
        status=status,
        title=gettext("Cause of %(number)s") % {"number": ticket.number},
        ticket=ticket,
        form=form,
        held=held,
        afterwards=AFTERWARDS[Verdict(held.verdict)] if held else "",
        withdrawing=withdrawing if held and ticket.status not in DONE else None,
        past=ticket.diagnoses.exclude(pk=ticket.diagnosis_id).select_related("by", "topic"),
    )


def _act(form: DiagnoseForm | WithdrawForm, ticket: Ticket, *, by: User) -> int:
    """200 when it is done; otherwise the form says what is in the way."""
    if not form.is_valid():
        return 422
    try:
        form.act(ticket, by=by)
    except Refused as refusal:
        put(refusal, form)
        return refusal.status
    return 200


def put(refusal: Refused, form: forms.Form) -> None:
    """Where the verb has named a field, its words stand there."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))


def as_given(diagnosis: Diagnosis | None) -> dict[str, Any]:
    if diagnosis is None:
        return {}
    names = DEMANDS[Verdict(diagnosis.verdict)]
    facts = {name: getattr(diagnosis, name) for name in names}
    return {"verdict": diagnosis.verdict, "note": diagnosis.note, **facts}


def _proposed(ticket: Ticket) -> dict[str, Any]:
    """What the customer has reported already is not typed again."""
    runs = ticket.system and ticket.system.runs
    found_on = {"line": runs.line_id, "level": runs.level} if runs else {}
    told = {
        "system": ticket.system_id,
        "wish_title": ticket.subject,
        "defect_title": ticket.subject,
        "defect_steps": ticket.steps,
    }
    return {**told, **found_on, **as_given(ticket.diagnosis)}


def _by_likeness(alike: list[Defect], module: Module) -> list[Any]:
    near = {defect.pk for defect in alike}
    others = Defect.objects.open().filter(module=module).exclude(pk__in=near)[:50]
    groups = [(_("similar to this ticket"), alike), (_("others"), list(others))]
    return [(label, [(row.pk, str(row)) for row in found]) for label, found in groups if found]


def _by_nearness(near: set[int]) -> list[Any]:
    rows = list(Topic.objects.offered())
    groups = [
        (_("of this module"), [row for row in rows if row.pk in near]),
        (_("others"), [row for row in rows if row.pk not in near]),
    ]
    return [(label, [(row.pk, str(row)) for row in found]) for label, found in groups if found]
