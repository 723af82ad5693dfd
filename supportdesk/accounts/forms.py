"""The shape of what people type about themselves and their colleagues."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.fields import EmailField
from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import actions
from supportdesk.accounts.access import CUSTOMER_ROLES
from supportdesk.accounts.actions.roles import grantable
from supportdesk.accounts.actions.tokens import offered_scopes
from supportdesk.accounts.models import Language, Organisation, User
from supportdesk.messaging import notices
from supportdesk.web.fields import MinutesInput
from supportdesk.web.forms import DeskForm


class AcceptForm(DeskForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
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
        label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, organisation: Organisation | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.choices = [(role.value, role.label) for role in grantable(organisation)]


class InviteForm(RolesForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    field_order = ["email", "name", "roles", "language"]

    def __init__(self, organisation: Organisation | None, reader: User, **kwargs: Any) -> None:
        usual = {"roles": grantable(organisation)[:1], "language": reader.language}
        super().__init__(organisation, auto_id="invite_%s", initial=usual, **kwargs)
        if organisation and organisation.domains:
            hint = _("At one of these domains: %(domains)s")
            domains = ", ".join(organisation.domains)
            self.fields["email"].help_text = hint % {"domains": domains}


class OfficeInviteForm(InviteForm):
    """For any customer, or for the vendor. Whether the roles fit, the verb says."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True),
        label=_("Belongs to"),
        required=False,
        empty_label=_("us"),
    )
    field_order = ["organisation", "email", "name", "roles", "language"]

    def __init__(self, reader: User, **kwargs: Any) -> None:
        super().__init__(None, reader, **kwargs)
        roles: Any = self.fields["roles"]
        everywhere = [*CUSTOMER_ROLES, *grantable(None)]
        roles.choices = [(role.value, role.label) for role in everywhere]
        self.initial["roles"] = []  # nobody's usual role: it depends on where they belong
        roles.help_text = _("Customers are members or coordinators; the other roles are ours.")


class ProfileForm(DeskForm):
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        help_text=_("Of the pages and of the mails you get."),
    )


class QuietForm(DeskForm):
    begins = forms.TimeField(label=_("Quiet from"), required=False, widget=MinutesInput)
    ends = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=MinutesInput,
        help_text=_("Mail waits until then. Standstills, escalations and calls come at once."),
    )
    gathers_at = forms.TimeField(
        label=_("Once a day, all in one mail, at"),
        required=False,
        widget=MinutesInput,
        help_text=_("Empty: each mail by itself. The inbox here is always up to date."),
    )


class PreferencesForm(DeskForm):
    """Two ticks for each event: by mail, in the inbox."""

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wishes = notices.preferences(person)
        self.events = [wish.event for wish in wishes]
        for wish in wishes:
            for way in ("mail", "inbox"):
                self.fields[f"{way}-{wish.event}"] = forms.BooleanField(
                    required=False, initial=getattr(wish, way)
                )

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        return [
            (notices.EVENTS[event], self[f"mail-{event}"], self[f"inbox-{event}"])
            for event in self.events
        ]

    def wishes(self) -> dict[str, tuple[bool, bool]]:
        ticked = self.cleaned_data
        return {event: (ticked[f"mail-{event}"], ticked[f"inbox-{event}"]) for event in self.events}


class TokenForm(DeskForm):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("The program or the server that will use it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it touch?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    lasts = forms.TypedChoiceField(
        label=_("How long is it valid?"),
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("One year")),
        ],
        coerce=lambda days: timedelta(days=int(days)),
        initial=90,
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope.value, scope.label) for scope in offered_scopes(person)]


class WebhookForm(DeskForm):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The system that hears of your tickets.")
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("A public https address."),
        widget=forms.TextInput({"inputmode": "url", "spellcheck": "false"}),
    )


class PasswordLinkForm(forms.Form):
    """In allauth's place: it asks for the link and does not know whether there is an account."""

    email = EmailField(required=True)

    def save(self, request: HttpRequest) -> None:
        actions.ask_for_password(self.cleaned_data["email"])


class NewPasswordForm(ResetPasswordKeyForm):
    """In our words: the library's German is on familiar terms with everybody."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        first, again = cleaned.get("password1"), cleaned.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two passwords differ."))
        return cleaned
