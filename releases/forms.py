"""The shape of what people say about levels, packages and systems."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases import inventory, offers
from releases.models import Delivery, GateKind, Line, Package, PackageFile, Status, System
from releases.stocktaking import PROBLEMS
from releases.validity import Interval
from supportdesk.accounts.models import Organisation
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm

HIGHEST = 9999  # far beyond any support package
STRETCH = re.compile(r"(\d{1,4})\s*[-–]\s*(\d{1,4})?")


class Levels(forms.Field):
    """Levels in a line of text: "2–4, 6–"; a dash alone for none, nothing for not assessed."""

    def to_python(self, value: Any) -> list[Interval] | None:
        text = str(value or "").strip()
        if not text:
            return None
        if text in ("-", "–"):
            return []
        return [self._stretch(part.strip()) for part in text.split(",") if part.strip()]

    def validate(self, value: Any) -> None:
        """Nothing is an answer too."""

    def _stretch(self, text: str) -> Interval:
        found = STRETCH.fullmatch(text)
        if found is None:
            raise ValidationError(_("Please write levels like 2–4, 6–."))
        return int(found[1]), int(found[2]) if found[2] else None


class LevelsForm(DeskForm):
    line = forms.ModelChoiceField(Line.objects.all(), label=_("Line"))
    levels = Levels(
        label=_("Affected levels"),
        required=False,
    )


class SettleForm(DeskForm):
    answer = forms.CharField(
        label=_("Answer"), widget=forms.Textarea({"rows": 3}), max_length=5_000
    )


class DoubtForm(DeskForm):
    text = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("It goes to the colleague who assessed this."),
        widget=forms.Textarea({"rows": 3}),
        max_length=5_000,
    )


class PlanForm(forms.ModelForm):
    class Meta:
        model = Package
        fields = ["line", "level", "planned_on"]


class ReplanForm(DeskForm):
    on = forms.DateField(label=_("Planned for"), required=False, widget=DayInput())


class MoveForm(DeskForm):
    to = forms.TypedChoiceField(choices=Status.choices, coerce=Status)


class GateForm(DeskForm):
    kind = forms.ModelChoiceField(
        GateKind.objects.filter(is_active=True), label=_("Quality gate"), empty_label=None
    )


class SignForm(GateForm):
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("passed")), ("no", _("failed"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}), max_length=5_000
    )
    evidence = forms.CharField(label=_("Where the evidence lies"), required=False, max_length=300)
    sha256 = forms.CharField(label=_("SHA-256 of the evidence"), required=False, max_length=80)


class AskWaiverForm(GateForm):
    why = forms.CharField(
        label=_("Why without it"), widget=forms.Textarea({"rows": 2}), max_length=5_000
    )


class AddFileForm(DeskForm):
    file = forms.FileField(label=_("File"), max_length=200)


class RemoveFileForm(DeskForm):
    file = forms.ModelChoiceField(PackageFile.objects.none())

    def __init__(self, package: Package, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["file"].queryset = package.files.all()


class WithdrawForm(DeskForm):
    why = forms.CharField(label=_("Why"), widget=forms.Textarea({"rows": 3}), max_length=5_000)
    successor = forms.ModelChoiceField(
        Package.objects.none(), label=_("Successor"), required=False, empty_label=_("none yet")
    )

    def __init__(self, package: Package, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = package.line.packages.filter(level__gt=package.level)
        fields: Any = self.fields
        fields["successor"].queryset = later.exclude(status=Status.WITHDRAWN).select_related("line")


class WaivePilotsForm(DeskForm):
    why = forms.CharField(
        label=_("Why without waiting for the pilots"),
        widget=forms.Textarea({"rows": 2}),
        max_length=5_000,
    )


class DeliverForm(DeskForm):
    wave = forms.ChoiceField(label=_("Wave"), choices=Delivery.Wave.choices)
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("To whom"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, package: Package, *args: Any, **kwargs: Any) -> None:
        """Customers of the line who do not have the package yet."""
        super().__init__(*args, **kwargs)
        had = package.deliveries.given().values("organisation")
        fields: Any = self.fields
        fields["organisations"].queryset = offers.customers_of(package).exclude(pk__in=had)


class ReportForm(DeskForm):
    line = forms.ModelChoiceField(Line.objects.all(), label=_("Line"), empty_label=None)
    level = forms.IntegerField(label=_("Support package"), min_value=0, max_value=HIGHEST)


class PlanImportForm(DeskForm):
    package = forms.ModelChoiceField(
        Package.objects.none(),
        label=_("Package"),
        empty_label=None,
        error_messages={"invalid_choice": _("This package cannot be imported there now.")},
    )
    planned_for = forms.DateField(label=_("Day"), widget=DayInput)

    def __init__(self, system: System, *args: Any, **kwargs: Any) -> None:
        """What was delivered to the customer and follows what runs on the system."""
        super().__init__(*args, auto_id="plan-%s", **kwargs)
        fields: Any = self.fields
        wanted = [one.pk for one in offers.for_system(system)]
        fields["package"].queryset = Package.objects.filter(pk__in=wanted).select_related("line")


class FailedForm(DeskForm):
    text = forms.CharField(
        label=_("What went wrong?"),
        help_text=_("Our release managers read it."),
        widget=forms.Textarea({"rows": 3}),
        max_length=5_000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="fail-%s", **kwargs)


class RollBackForm(DeskForm):
    why = forms.CharField(
        label=_("Why was it taken back?"), widget=forms.Textarea({"rows": 3}), max_length=5_000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="back-%s", **kwargs)


class InventoryForm(DeskForm):
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV or JSON with system, line and level.")
    )
    content = forms.CharField(
        label=_("Or paste the lines here"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """The lines under `said`; the text itself stays in `text`, for the second step."""
        given: dict[str, Any] = super().clean() or {}
        file, pasted = given.get("file"), given.get("content") or ""
        # One byte more than may be: what is too large is seen to be, and not read to its end.
        raw = file.read(inventory.MOST_BYTES + 1) if file else pasted.encode()
        try:
            given["said"] = inventory.read(raw)
        except inventory.Unreadable as error:
            self.add_error("file" if file else "content", PROBLEMS[error.problem]())
        else:
            self.text = raw.decode("utf-8-sig")
        return given
