"""Forms that ask before they send what looks like data of an insured person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets import personal
from tickets.personal import Finding, Kind

WORDS: dict[Kind, Any] = {
    Kind.INSURED: _("an insured person's number"),
    Kind.ACCOUNT: _("the number of a bank account"),
    Kind.BORN: _("a date of birth"),
}


class CarefulForm(forms.Form):
    """Asks once about `text`; the answer is the button that sends it again."""

    personal: list[Finding] = []  # what is asked about

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        found = personal.found(text)
        decided = self.data.get("personal")
        if not found or decided == "keep":
            return text
        if decided == "black_out":
            return personal.blacked_out(text)
        self.personal = found
        what = ", ".join(dict.fromkeys(str(WORDS[one.kind]) for one in found))
        raise forms.ValidationError(
            _("Not sent yet: this looks like %(what)s."), params={"what": what}
        )
