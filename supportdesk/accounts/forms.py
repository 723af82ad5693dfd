"""The shape of what people type about themselves and their colleagues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from supportdesk.accounts.actions.roles import grantable
from supportdesk.accounts.models import Language, Organisation, User
from supportdesk.web.forms import DeskForm


class AcceptForm(DeskForm):
    name = forms.CharField(
        label=lazy("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=lazy("Choose a password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=lazy("The same password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two passwords differ."))
        return again

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "password")}


class RolesForm(DeskForm):
    """What somebody may be here. That at least one is chosen, the verb says."""

    roles = forms.MultipleChoiceField(
        label=lazy("Roles"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, organisation: Organisation | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.choices = [(role.value, role.label) for role in grantable(organisation)]


class InviteForm(RolesForm):
    email = forms.EmailField(label=lazy("E-mail address"), max_length=254)
    name = forms.CharField(label=lazy("Name"), max_length=120)
    language = forms.ChoiceField(label=lazy("Language"), choices=Language.choices)

    field_order = ("email", "name", "roles", "language")

    def __init__(self, organisation: Organisation | None, reader: User, **kwargs: Any) -> None:
        usual = {"roles": grantable(organisation)[:1], "language": reader.language}
        super().__init__(organisation, auto_id="invite_%s", initial=usual, **kwargs)
        if organisation and organisation.domains:
            hint = _("At one of these domains: %(domains)s")
            domains = ", ".join(organisation.domains)
            self.fields["email"].help_text = hint % {"domains": domains}
