"""The shape of what people type in the portal. Whether they may, and whether it fits, verbs say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, Module, System
from supportdesk.accounts.models import Organisation, Service, User
from supportdesk.web.forms import DeskForm
from supportdesk.web.templatetags.desk import priority
from tickets import actions, impact, proposal
from tickets.careful import CarefulForm
from tickets.hints import Sketch
from tickets.listing import Order, View
from tickets.models import PRIORITY_MEANINGS, QUESTIONS, Impact, Priority
from tickets.search import find
from tickets.search.find import Sought

LONG_TEXT = 20_000


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. What is in them, and how many may come, the verb examines."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [file for file in files if file]


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker: reachable by keyboard, no script of ours."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SystemField(forms.ModelChoiceField):
    def label_from_instance(self, system: Any) -> str:
        facts = [system.code, system.get_purpose_display(), str(system.runs or _("level unknown"))]
        return " · ".join([*facts, system.organisation.name] if self.across else facts)

    across = False  # whether systems of several organisations stand in the list


def _question(name: str) -> forms.ChoiceField:
    asked: Any = Impact._meta.get_field(name)
    return forms.ChoiceField(
        label=asked.verbose_name,
        choices=asked.choices,
        required=False,
        widget=forms.RadioSelect,
    )


class ImpactForm(DeskForm):
    """The questions that propose a priority, and whom to call. None has to be answered."""

    production = _question("production")
    payments = _question("payments")
    workaround = _question("workaround")
    affected = _question("affected")
    deadline = _question("deadline")
    contact_name = forms.CharField(
        label=_("Whom can we reach at once?"),
        help_text=_("Needed for a standstill."),
        max_length=120,
        required=False,
    )
    contact_phone = forms.CharField(
        label=_("Under which phone number?"), max_length=40, required=False
    )

    def clean(self) -> dict[str, Any]:
        """All that a standstill still needs at once, each at its field; the verb asks again."""
        given = super().clean() or self.cleaned_data
        words = [given.get(name, "") for name in ("contact_name", "contact_phone")]
        for field in impact.missing(given.get("customer_priority", 0), self.answers(), *words):
            self.add_error(field, proposal.MISSING[field])
        return given

    def answers(self) -> impact.Answers:
        given = getattr(self, "cleaned_data", {})
        return impact.Answers(**{name: given.get(name, "") for name in QUESTIONS})

    def questions(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in QUESTIONS]

    def contact(self) -> Iterable[forms.BoundField]:
        return [self["contact_name"], self["contact_phone"]]


class ReportForm(CarefulForm, ImpactForm):
    """A new ticket. Providers choose whom it is for; everybody else has no such question."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("For whom?"))
    system = SystemField(
        System.objects.none(),
        label=_("System"),
        required=False,
        empty_label=_("No particular system"),
    )
    module = forms.ModelChoiceField(
        Module.objects.none(),
        label=_("Module"),
        empty_label=_("Please choose"),
    )
    subject = forms.CharField(label=_("In one sentence"), max_length=200)
    text = forms.CharField(
        label=_("What did you do, what did you expect, what happened?"),
        help_text=_("No data of insured persons: case number instead of name."),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
    )
    message_id = forms.CharField(
        label=_("Message id or transaction"), max_length=120, required=False
    )
    job = forms.CharField(label=_("Job"), max_length=120, required=False)
    run_at = forms.DateTimeField(label=_("Run time"), required=False, widget=DateTimeInput)
    steps = forms.CharField(
        label=_("Steps to reproduce"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONG_TEXT,
        required=False,
    )
    customer_priority = forms.TypedChoiceField(
        label=_("How bad is it?"), coerce=int, widget=forms.RadioSelect
    )
    already_checked = forms.CharField(
        label=_("What levels 1 and 2 have checked"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONG_TEXT,
        required=False,
    )
    external_number = forms.CharField(
        label=_("Number at your IT service provider"), max_length=60, required=False
    )
    files = FilesField(  # type: ignore[assignment]  # a field that becomes the form's files
        label=_("Attachments"), required=False
    )
    confidential = forms.BooleanField(
        label=_("Confidential"),
        help_text=_("Seen by you, your coordinators and the specialist in charge only."),
        required=False,
    )

    # The parts of the page, each with its fields; `organisation` only where there is a choice.
    WHERE = ("organisation", "system", "module")
    WHAT = ("subject", "text")
    TRACES = ("message_id", "job", "run_at")
    CHECKED = ("already_checked", "external_number", "files")

    def __init__(self, reader: User, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        reach = Organisation.objects.within_reach(reader, Service.TICKETS).filter(is_active=True)
        self.organisations = list(reach)
        systems: Any = self.fields["system"]
        systems.queryset = System.objects.visible_to(reader).running().with_level()
        if len(self.organisations) == 1:
            del self.fields["organisation"]
        else:
            systems.across = True
            organisations: Any = self.fields["organisation"]
            organisations.queryset, organisations.empty_label = reach, _("Please choose")
        modules: Any = self.fields["module"]
        modules.queryset = Module.objects.offered()
        priorities: Any = self.fields["customer_priority"]
        priorities.choices = [
            (value, format_html("{} <small>{}</small>", priority(value), PRIORITY_MEANINGS[value]))
            for value in Priority
        ]
        priorities.error_messages["required"] = _("Please choose one of the four.")

    def report(self) -> actions.Report:
        facts = {"system": None, **self.cleaned_data}
        if "organisation" not in facts:
            facts["organisation"] = self.organisations[0]
        return actions.Report(**facts)

    def proposed(self, at: datetime) -> proposal.Told | None:
        """Of what has been answered so far, complete or not."""
        self.is_valid()
        given = self.cleaned_data
        alone = self.organisations[0] if len(self.organisations) == 1 else None
        return proposal.told(
            proposal.of(
                self.answers(),
                at,
                module=given.get("module"),
                organisation=given.get("organisation", alone),
            )
        )

    def sketch(self) -> Sketch:
        """What can be made of what was typed so far, complete or not."""
        self.is_valid()
        given = self.cleaned_data
        words = {name: given.get(name, "") for name in ("subject", "text", "message_id")}
        return Sketch(given.get("system"), given.get("module"), **words)

    def where(self) -> Iterable[forms.BoundField]:
        return self._bound(self.WHERE)

    def what(self) -> Iterable[forms.BoundField]:
        return self._bound(self.WHAT)

    def traces(self) -> Iterable[forms.BoundField]:
        return self._bound(self.TRACES)

    def checked(self) -> Iterable[forms.BoundField]:
        return self._bound(self.CHECKED)

    def _bound(self, names: Iterable[str]) -> Iterable[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


class SolvedForm(DeskForm):
    """Which correction solves it, and where."""

    correction = forms.ModelChoiceField(Correction.objects.none())
    system = forms.ModelChoiceField(System.objects.none())

    def __init__(self, reader: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        corrections: Any = self.fields["correction"]
        corrections.queryset = Correction.objects.visible_to(reader)
        systems: Any = self.fields["system"]
        systems.queryset = System.objects.visible_to(reader).running()


class ReplyForm(CarefulForm, DeskForm):
    text = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONG_TEXT,
    )
    files = FilesField(  # type: ignore[assignment]  # a field that becomes the form's files
        label=_("Attachments"), required=False
    )


class ReopenForm(ReplyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is not solved yet?")


class ObjectForm(DeskForm):
    """Against a priority we have set."""

    text = forms.CharField(
        label=_("Why do you object?"),
        help_text=_("A lead reads it and decides. This is possible once."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONG_TEXT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="object_%s", **kwargs)  # the page has another text


class EscalateForm(DeskForm):
    """To a lead, because the ticket does not move as it should."""

    text = forms.CharField(
        label=_("Why must a lead look at it?"),
        help_text=_("What does it hold up, and until when? A lead reads it and decides."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONG_TEXT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="escalate_%s", **kwargs)  # the page has other texts


class FilterForm(DeskForm):
    """What a list shows. Empty means everything of the reader's; nothing here widens that."""

    view = forms.ChoiceField(choices=View.choices, required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False
    )
    system = forms.ModelChoiceField(System.objects.none(), label=_("System"), required=False)
    module = forms.ModelChoiceField(Module.objects.none(), label=_("Module"), required=False)
    priority = forms.TypedChoiceField(label=_("Priority"), coerce=int, required=False)
    order = forms.ChoiceField(label=_("Order"), choices=Order.choices, required=False)

    def __init__(self, reader: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        reach = Organisation.objects.within_reach(reader, Service.TICKETS)
        self.organisations = list(reach)
        fields: Any = self.fields
        fields["system"].queryset = System.objects.visible_to(reader)
        fields["module"].queryset = Module.objects.all()
        fields["priority"].choices = [
            ("", _("All")),
            *((p.value, f"{p} · {p.label}") for p in Priority),
        ]
        fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "sd-input"})
        for name in ("organisation", "system", "module"):
            fields[name].empty_label = _("All")
        if len(self.organisations) == 1:
            del fields["organisation"]
        else:
            fields["organisation"].queryset = reach

    def clean_q(self) -> Sought:
        return looked_for(self.cleaned_data["q"], self.reader)

    def facts(self) -> dict[str, Any]:
        """What to filter by, as field lookups of Ticket."""
        names = ("organisation", "system", "module", "priority")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    @property
    def is_narrow(self) -> bool:
        """Whether more than the view decides what is shown."""
        return not self.is_valid() or bool(self.facts() or self.cleaned_data["q"].line)

    @property
    def chosen_view(self) -> str:
        return self.cleaned_data.get("view") or View.OPEN

    @property
    def chosen_order(self) -> str:
        return self.cleaned_data.get("order") or Order.NEWEST


def looked_for(line: str, reader: User) -> Sought:
    """A line of words made ready; filters in it that fit nothing are the field's error."""
    sought = find.prepare(line, reader)
    if sought.problems:
        raise forms.ValidationError(sought.problems)
    return sought
