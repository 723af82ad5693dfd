"""The buttons of the workbench: a form each, and the one verb it calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Team, User
from tickets import actions, possible
from tickets.admin.finding import FindingForm, VerbForm
from tickets.careful import CarefulForm
from tickets.models import Message, Ticket
from training.models import Course

OFFICE = Message.Channel.OFFICE


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = FilesInput

    def clean(self, files: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(file, initial) for file in files or []]


class Say(CarefulForm, VerbForm):
    text = forms.CharField(
        label=_("Text"), max_length=50_000, widget=forms.Textarea({"class": "sd-input", "rows": 6})
    )
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]

    @property
    def said(self) -> dict[str, Any]:
        return {"channel": OFFICE, "files": self.cleaned_data["files"]}


class Reply(Say):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.reply(ticket, by=by, text=self.cleaned_data["text"], **self.said)


class AskBack(Say):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.wait_for_customer(ticket, by=by, question=self.cleaned_data["text"], **self.said)


class Resolve(Say, FindingForm):
    """The solution, and the cause where none was found before."""

    def act(self, ticket: Ticket, *, by: User) -> None:
        answer, finding = self.cleaned_data["text"], self.finding()
        actions.resolve(ticket, by=by, answer=answer, finding=finding, **self.said)


class Reopen(Say):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.reopen(ticket, by=by, reason=self.cleaned_data["text"], **self.said)


class Note(Say):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.note(ticket, by=by, text=self.cleaned_data["text"], **self.said)


class Take(VerbForm):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.take(ticket, by=by)


class Resume(VerbForm):
    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.resume(ticket, by=by)


class ProposeCourse(VerbForm):
    course = forms.ModelChoiceField(
        Course.objects.filter(is_active=True), label=_("Course"), widget=forms.HiddenInput
    )

    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.propose_course(ticket, by=by, **self.cleaned_data)


def _line(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=500,
        widget=forms.TextInput({"class": "sd-input"}),
    )


class SpecialistField(forms.ModelChoiceField):
    """People who may be in charge, under the names of their teams."""

    def __init__(self, **kwargs: Any) -> None:
        rows = User.objects.active().holding(Role.AGENT, Role.LEAD).select_related("team")
        super().__init__(
            rows.order_by("team__name", "name"),
            widget=forms.Select({"class": "sd-input"}),
            **kwargs,
        )

    def label_from_instance(self, person: User) -> str:
        return f"{person.name} · {person.team}" if person.team else person.name


class Assign(VerbForm):
    to = SpecialistField(label=_("To"))
    reason = _line(_("Reason"), required=False)

    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.assign(ticket, by=by, **self.cleaned_data)


class HandOn(VerbForm):
    team = forms.ModelChoiceField(
        Team.objects, label=_("Team"), widget=forms.Select({"class": "sd-input"})
    )
    to = SpecialistField(label=_("To"), required=False, empty_label=_("whom routing finds"))
    reason = _line(_("Reason, for colleagues"), required=True)

    def act(self, ticket: Ticket, *, by: User) -> None:
        actions.hand_on(ticket, by=by, **self.cleaned_data)


@dataclass(frozen=True)
class Verb:
    name: str  # of the right, the address and the function alike
    label: Any
    form: type[VerbForm]
    done: Any  # what the page says afterwards

    @property
    def right(self) -> str:
        return f"ticket.{self.name}"


@dataclass(frozen=True)
class Way:
    """A verb that needs a page of its own, as one person sees it on one ticket."""

    label: Any
    page: str  # below the ticket's own address
    why_not: str


@dataclass(frozen=True)
class Offer:
    """A verb as one person sees it on one ticket: open, or refused with the reason."""

    verb: Verb
    why_not: str
    form: VerbForm

    @property
    def name(self) -> str:
        return self.verb.name

    @property
    def label(self) -> Any:
        return self.verb.label


# What is written in the reply box, in the order of its tabs.
SAYING = [
    Verb("reply", _("Reply to customer"), Reply, _("Your reply is on its way.")),
    Verb(
        "wait_for_customer",
        _("Ask back and wait"),
        AskBack,
        _("Your question is on its way; the ticket waits for the customer."),
    ),
    Verb(
        "resolve",
        _("Resolve"),
        Resolve,
        _("Resolved. The customer is asked to confirm."),
    ),
    Verb("reopen", _("Reopen"), Reopen, _("The ticket is open again.")),
    Verb("note", _("Internal note"), Note, _("Noted. Customers do not see it.")),
]
# What is done by a button in the bar.
DOING = [
    Verb("take", _("Take"), Take, _("You are in charge now.")),
    Verb("assign", _("Assign"), Assign, _("Assigned.")),
    Verb("hand_on", _("Hand on"), HandOn, _("Handed on.")),
    Verb("resume", _("Stop waiting"), Resume, _("The ticket is in work again.")),
]
# What is done on a page of its own: the right, the page, the label.
APART = [
    ("change_priority", "priority", _("Priority")),
    ("hand_back", "hand-back", _("Hand back")),
    ("diagnose", "verdict", _("Cause")),
    ("link_correction", "correction", _("Correction")),
    ("ask_access", "access", _("Access")),
    ("escalate", "escalate", _("Escalate")),
]
# What stands beside the cause.
BESIDE = [
    Verb("propose_course", _("Propose a course"), ProposeCourse, _("The course is proposed."))
]
VERBS = {verb.name: verb for verb in SAYING + DOING + BESIDE}


def offers(verbs: list[Verb], ticket: Ticket, *, by: User, at: datetime) -> list[Offer]:
    """Those this person's roles include; the state's refusals come with their reasons."""
    return [
        Offer(
            verb,
            possible.why_not(verb.name, ticket, by=by, at=at),
            form_of(verb, ticket),
        )
        for verb in verbs
        if access.may(by, verb.right)
    ]


def form_of(verb: Verb, ticket: Ticket, data: Any = None, files: Any = None) -> VerbForm:
    form = verb.form(data, files, auto_id=f"{verb.name}-%s", initial=verb.form.proposed(ticket))
    form.about(ticket)
    return form


def ways(ticket: Ticket, *, by: User, at: datetime) -> list[Way]:
    return [
        Way(label, page, possible.why_not(name, ticket, by=by, at=at))
        for name, page, label in APART
        if access.may(by, f"ticket.{name}")
    ]
