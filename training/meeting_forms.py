"""The shape of what is said about user meetings, by customers and by us."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.models import Wish
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm
from training.models import Ballot, Contribution, ContributionState, Decision, Meeting, Slot
from training.office_forms import WallTime

MOST_POINTS = 100


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class ContributeForm(DeskForm):
    title = forms.CharField(label=_("What do you want to talk about?"), max_length=160)
    text = forms.CharField(
        label=_("What it is about"), max_length=5_000, required=False, widget=_long(4)
    )
    draft = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def is_draft(self) -> bool:
        return bool(self.cleaned_data.get("draft"))

    def said(self) -> dict[str, Any]:
        return self.cleaned_data


class VoteForm(DeskForm):
    """A number for each wish; empty is none."""

    def __init__(self, wishes: list[Wish], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes = {f"wish_{wish.pk}": wish for wish in wishes}
        for name, wish in self.wishes.items():
            self.fields[name] = forms.IntegerField(
                label=f"{wish.title} · {wish.module}",
                help_text=wish.text,
                min_value=0,
                max_value=MOST_POINTS,
                required=False,
                widget=forms.NumberInput({"class": "sd-input sd-auto"}),
            )

    def points(self) -> dict[Wish, int]:
        return {wish: self.cleaned_data[name] or 0 for name, wish in self.wishes.items()}

    @staticmethod
    def given(ballot: Ballot | None) -> dict[str, int]:
        votes = ballot.votes.all() if ballot else []
        return {f"wish_{one.wish_id}": one.points for one in votes}


class PrepareForm(DeskForm):
    call_until = WallTime(label=_("Topics until"), required=False)
    votes_until = WallTime(label=_("Votes until"), required=False)
    budget = forms.IntegerField(
        label=_("Points per customer"), min_value=1, max_value=MOST_POINTS, initial=10
    )
    wishes = forms.ModelMultipleChoiceField(
        Wish.objects.open().order_by("number"),
        label=_("Wishes to vote on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, meeting: Meeting | None) -> PrepareForm:
        if meeting is None:
            return cls()
        names = ("call_until", "votes_until", "budget")
        facts = {name: getattr(meeting, name) for name in names}
        return cls(initial={**facts, "wishes": [one.pk for one in meeting.wishes.all()]})


class SlotForm(DeskForm):
    starts_at = WallTime(label=_("Begins"))
    ends_at = WallTime(label=_("Ends"))
    title = forms.CharField(label=_("Title"), max_length=160)
    speaker = forms.CharField(label=_("By whom"), max_length=120, required=False)


class MinutesForm(DeskForm):
    minutes = forms.CharField(label=_("Minutes"), max_length=50_000, widget=_long(8))


class DecisionForm(DeskForm):
    what = forms.CharField(label=_("What"), max_length=300)
    who = forms.CharField(label=_("Who"), max_length=120)
    due_on = forms.DateField(label=_("By when"), widget=DayInput)


class AnswerForm(DeskForm):
    """A contribution that is handed in, and why it is declined."""

    contribution = forms.ModelChoiceField(Contribution.objects.none())
    reason = forms.CharField(max_length=2_000, required=False)

    def __init__(self, meeting: Meeting | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contribution"]
        field.queryset = Contribution.objects.filter(
            meeting=meeting, state=ContributionState.SUBMITTED
        )


class PickForm(DeskForm):
    """One slot or one decision of the meeting."""

    slot = forms.ModelChoiceField(Slot.objects.none(), required=False)
    decision = forms.ModelChoiceField(Decision.objects.none(), required=False)

    def __init__(self, meeting: Meeting | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["slot"].queryset = Slot.objects.filter(meeting=meeting)
        fields["decision"].queryset = Decision.objects.filter(done_at=None)
