"""The question after closing: a signed link in the letter, a page with five choices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from tickets import actions
from tickets.models import Rating, Ticket

SALT = "tickets.rating"
VALID = timedelta(days=60)


class RatingForm(DeskForm):
    score = forms.TypedChoiceField(
        label=_("Are you content with what became of it?"),
        choices=Rating.Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        max_length=5_000,
    )


def links(ticket: Ticket, reader: User) -> list[tuple[str, str]]:
    """For the letter: each choice with its address; none for those who are not asked."""
    if reader.pk not in (ticket.opened_by_id, ticket.caller_id):
        return []
    token = signing.dumps([ticket.pk, reader.pk], salt=SALT)
    base = settings.BASE_URL.rstrip("/") + reverse("rating", args=[token])
    return [(str(label), f"{base}?score={value}") for value, label in Rating.Score.choices]


@login_not_required
@require_http_methods(["GET", "POST"])
@never_cache
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """A link only chooses; the button says it: what merely looks at links, as mail scanners do,
    is content with nothing.
    """
    found = _named(token)
    if found is None:
        return render(request, "tickets/rating.html", {"ticket": None}, status=410)
    ticket, reader = found
    with translation.override(reader.language):
        return _answered(request, ticket, reader)


def _answered(request: HttpRequest, ticket: Ticket, reader: User) -> HttpResponse:
    known = Rating.objects.filter(ticket=ticket, person=reader).first()
    written = {"score": known.score, "comment": known.comment} if known else {}
    context: dict[str, Any] = {"ticket": ticket, "known": known}
    if request.method == "GET":
        chosen = {"score": request.GET["score"]} if "score" in request.GET else {}
        context["form"] = RatingForm(initial={**written, **chosen})
        return _page(request, context)
    form = RatingForm(request.POST)
    context["form"] = form
    if not form.is_valid():
        return _page(request, context, status=422)
    try:
        actions.rate(ticket, by=reader, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, {**context, "refusal": refusal}, status=refusal.status)
    return _page(request, {**context, "thanks": True})


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, "tickets/rating.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _named(token: str) -> tuple[Ticket, User] | None:
    """Asked again when the link is followed: people leave, mandates end."""
    try:
        number, person = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    reader = User.objects.active().filter(pk=person).first()
    ticket = Ticket.objects.visible_to(reader).filter(pk=number).first() if reader else None
    return (ticket, reader) if ticket and reader else None
