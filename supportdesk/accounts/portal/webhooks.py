"""The organisation's webhooks: its systems that hear of tickets, looked after by coordinators."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from supportdesk.accounts import access, actions
from supportdesk.accounts.forms import WebhookForm
from supportdesk.accounts.models import Webhook
from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn

SHOWN = "webhook_secret"  # in the session: whose secret the next page shows
LAST = 20  # deliveries on the page; the API has them all


@require_http_methods(["GET", "POST"])
def webhooks(request: SignedIn) -> HttpResponse:
    access.require(request.user, "webhook.manage")
    ours = request.user.organisation
    if ours is None:  # customers' webhooks are looked at in the office
        raise Http404
    if request.method == "GET":
        return _list(request, WebhookForm())
    form = WebhookForm(request.POST)
    made = attempt(form, lambda: actions.create_webhook(ours, by=request.user, **form.cleaned_data))
    if made is None:
        return _list(request, form, status=422)
    request.session[SHOWN] = made.pk
    return _done(request, made, _("“%(name)s” hears of your tickets from now on."))


@never_cache
@require_GET
def webhook(request: SignedIn, pk: int) -> HttpResponse:
    row = _webhook(request, pk)
    said = {"name": row.name, "url": row.endpoint.url}
    secret = ""
    if request.session.get(SHOWN) == row.pk:
        del request.session[SHOWN]
        secret = row.endpoint.secret
    return _page(request, row, WebhookForm(initial=said), secret=secret)


@require_POST
def change(request: SignedIn, pk: int) -> HttpResponse:
    row, form = _webhook(request, pk), WebhookForm(request.POST)
    changed = attempt(
        form, lambda: actions.change_webhook(row, by=request.user, **form.cleaned_data)
    )
    if changed is None:
        return _page(request, row, form, status=422)
    return _done(request, changed, _("“%(name)s” is saved."))


@require_POST
def rotate(request: SignedIn, pk: int) -> HttpResponse:
    row = actions.rotate_secret(_webhook(request, pk), by=request.user)
    request.session[SHOWN] = row.pk
    return _done(request, row, _("“%(name)s” has a new secret. For a day the old one signs too."))


@require_POST
def ping(request: SignedIn, pk: int) -> HttpResponse:
    row = actions.ping_webhook(_webhook(request, pk), by=request.user)
    return _done(request, row, _("A test message is on its way to “%(name)s”."))


@require_POST
def switch_on(request: SignedIn, pk: int) -> HttpResponse:
    row = actions.switch_webhook(_webhook(request, pk), by=request.user, on=True)
    return _done(request, row, _("“%(name)s” is switched on."))


@require_POST
def switch_off(request: SignedIn, pk: int) -> HttpResponse:
    row = actions.switch_webhook(_webhook(request, pk), by=request.user, on=False)
    return _done(request, row, _("“%(name)s” is switched off: it hears of nothing any more."))


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    row = _webhook(request, pk)
    actions.delete_webhook(row, by=request.user)
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return redirect("webhooks")


def _webhook(request: SignedIn, pk: int) -> Webhook:
    """One of their own organisation: the office has a page of its own for the others."""
    access.require(request.user, "webhook.manage")
    rows = Webhook.objects.visible_to(request.user).filter(organisation=request.user.organisation)
    return get_object_or_404(rows.select_related("endpoint"), pk=pk)


def _done(request: SignedIn, row: Webhook, words: str) -> HttpResponse:
    messages.success(request, words % {"name": row.name})
    return redirect("webhook", row.pk)


def _list(request: SignedIn, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    rows = Webhook.objects.visible_to(request.user).filter(organisation=request.user.organisation)
    context = {
        "section": "organisation",
        "form": form,
        "webhooks": rows.select_related("endpoint").order_by("name"),
    }
    return render(request, "accounts/webhooks.html", context, status=status)


def _page(
    request: SignedIn, row: Webhook, form: WebhookForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "section": "organisation",
        "webhook": row,
        "form": form,
        "secret": secret,
        "deliveries": row.endpoint.dispatches.order_by("-pk")[:LAST],
        "now": timezone.now(),
    }
    return render(request, "accounts/webhook.html", context, status=status)
