"""Reply templates in the back office: written in both languages, tried on a real ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Language, User
from supportdesk.web.office import AuditedAdmin, Section, colleague
from tickets import actions, answers
from tickets.admin import verbs, workbench
from tickets.models import ReplyTemplate, Ticket
from tickets.placeholders import KNOWN

PREVIEW = "_preview"
SAMPLE = "sample"


class TemplateForm(forms.ModelForm):
    sample = forms.CharField(
        label=_("Number of a ticket"),
        required=False,
        max_length=18,
        help_text=_("The preview is filled from it; without one, from the newest ticket."),
    )


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(AuditedAdmin):
    section = Section.TEAMS
    form = TemplateForm
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "german", "english"]
    fields = ["name", "german", "english", "is_active", SAMPLE]
    change_form_template = "admin/tickets/replytemplate/change_form.html"

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Asked for a preview, a form saves nothing and comes back as it was typed."""
        form = super().get_form(request, *args, **kwargs)
        if PREVIEW not in request.POST:
            return form
        return type("Previewed", (form,), {"is_valid": lambda self: bool(self.errors) and False})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["placeholders"] = [f"{{{name}}}" for name in KNOWN]
        if PREVIEW in request.POST and not context["errors"]:
            form = context["adminform"].form
            context["preview"] = _preview(
                form.instance, form.cleaned_data[SAMPLE], colleague(request)
            )
        return super().render_change_form(request, context, *args, **kwargs)


def _preview(template: ReplyTemplate, number: str, user: User) -> dict[str, Any]:
    """In both languages, from a ticket this person may see."""
    rows = Ticket.objects.visible_to(user).for_lists().select_related("caller")
    if number:
        rows = rows.filter(pk=int(number)) if number.isdecimal() else rows.none()
    ticket = rows.order_by("-number").first()
    if ticket is None:
        return {"ticket": None}
    texts = [
        (language.label, answers.filled(template, ticket, by=user, language=language))
        for language in Language
    ]
    return {"ticket": ticket, "texts": texts}


def insert(room: Any, request: HttpRequest, number: int) -> HttpResponse:
    """Put the chosen template into the reply field, below what stands there.

    Only a draft is kept. Without JavaScript the page comes back whole, with all that was typed.
    """
    user = colleague(request)
    access.require(user, "ticket.reply")
    ticket = get_object_or_404(room.get_queryset(request), number=number)
    text = request.POST.get("text", "")
    chosen = request.POST.get("template", "")
    if chosen.isdecimal() and len(chosen) < 19:
        template = get_object_or_404(ReplyTemplate.objects.offered(), pk=int(chosen))
        words = answers.filled(template, ticket, by=user)
        text = f"{text.rstrip()}\n\n{words}" if text.strip() else words
    mode = request.POST.get("mode", "")
    mode = mode if mode in SAYING else "reply"
    actions.keep_draft({"text": text, "mode": mode}, by=user, ticket=ticket)
    form = verbs.form_of(verbs.VERBS[mode], ticket)
    form.initial.update(request.POST.dict(), text=text)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"box": form, "address": f"{room.url()}{ticket.number}/"}
        return render(request, "admin/tickets/_box_text.html", context)
    return room.show(request, ticket, workbench.Attempt(mode, form))


SAYING = {verb.name for verb in verbs.SAYING}
