"""The search page: one line, the best tickets with the words that were found in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts.models import User
from supportdesk.web.portal import SignedIn
from tickets.models import Ticket
from tickets.portal import in_office_at
from tickets.search import find, places, similar
from tickets.search.places import Place

LONGEST = 200
JUMP = "palette-found"
LAST_PAGE = find.RANKED // find.PAGE


@require_GET
@in_office_at("admin:tickets_search")
def search(request: SignedIn) -> HttpResponse:
    pages = places.of_portal(request.user)
    if is_jump(request):
        return jump(request, request.user, pages)
    if (number := named(request, request.user)) is not None:
        return redirect("ticket", number)
    context = {"section": "search", **facts(request, request.user, pages)}
    return render(request, "tickets/search.html", context)


@require_POST
def similar_new(request: SignedIn) -> HttpResponse:
    """Tickets like the one being written."""
    said = [request.POST.get(name, "").replace("\0", "") for name in ("subject", "text")]
    likes = similar.to_text(said[0], said[1], request.user) if any(said) else []
    return render(request, "tickets/_similar.html", {"likes": likes})


def named(request: HttpRequest, reader: User) -> int | None:
    """The one ticket whose number was typed, where the reader may see it."""
    number = find.numbered(_line(request).strip())
    if number is None or not Ticket.objects.visible_to(reader).filter(pk=number).exists():
        return None
    return number


def is_jump(request: HttpRequest) -> bool:
    """Asked by the palette while somebody types, not by a page."""
    return request.headers.get("HX-Target") == JUMP


def jump(request: HttpRequest, reader: User, pages: list[Place]) -> HttpResponse:
    """Where the line may lead: a few of each kind."""
    return render(request, "tickets/_jump.html", facts(request, reader, pages))


def facts(request: HttpRequest, reader: User, pages: list[Place]) -> dict[str, Any]:
    line = _line(request)
    if not line.strip():
        return {"line": line}
    found = find.ranked(line, reader, _page(request))
    return {
        "line": line,
        "most": find.RANKED,
        "found": found,
        "kinds": places.named(found.sought, reader, pages) if found.page == 1 else [],
    }


def _line(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")[:LONGEST]


def _page(request: HttpRequest) -> int:
    """A senseless page is the first."""
    asked = request.GET.get("page", "1")
    known = asked.isascii() and asked.isdigit() and len(asked) < 4
    return max(1, min(LAST_PAGE, int(asked))) if known else 1
