"""The customers' page for a list of what runs where: what it would change, then the change."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from releases import actions
from releases.forms import InventoryForm
from releases.stocktaking import Found, Outcome, compare
from supportdesk.accounts import access
from supportdesk.web.portal import SignedIn


@require_http_methods(["GET", "POST"])
def take(request: SignedIn) -> HttpResponse:
    """Nothing is written before the reader has seen what would be, and accepts it."""
    access.require(request.user, "system.report")
    if request.method == "GET":
        return _page(request, InventoryForm())
    form = InventoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data["said"]
    if "accept" not in request.POST:
        return _page(request, form, compare(said, by=request.user))
    found = actions.take_inventory(said, by=request.user)
    messages.success(request, _words(found))
    return redirect("systems")


def _words(found: list[Found]) -> str:
    count = Counter(one.outcome for one in found)
    facts = {
        "changed": count[Outcome.CHANGED],
        "same": count[Outcome.SAME],
        "left": count[Outcome.UNKNOWN] + count[Outcome.REFUSED],
    }
    return _("Kept: %(changed)s changed, %(same)s as before, %(left)s lines left out.") % facts


def _page(
    request: SignedIn,
    form: InventoryForm,
    found: list[Found] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "section": "systems",
        "form": form,
        "found": found,
        "text": form.text if found is not None else "",
        "counting": sum(one.counts for one in found or []),
    }
    return render(request, "releases/inventory.html", context, status=status)
