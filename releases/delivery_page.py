"""The customers' pages of packages they have been given: what is in them, and their files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from releases import actions, notes
from releases.models import Delivery, PackageFile, Recall
from supportdesk.accounts.models import User
from supportdesk.web.files import handed_out
from supportdesk.web.portal import SignedIn

SHOWN = 100  # two years of packages of four lines
CONTENT_TYPE = "application/octet-stream"


@require_GET
def deliveries(request: SignedIn) -> HttpResponse:
    if request.user.is_vendor:
        return redirect("admin:releases_package_changelist")
    rows = _rows(request.user).order_by("-delivered_at", "-pk")[:SHOWN]
    return render(request, "releases/deliveries.html", {"section": "systems", "deliveries": rows})


@require_GET
def delivery(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(request.user), pk=pk)
    if request.user.is_vendor:
        return redirect("admin:releases_package_change", row.package_id)
    content = notes.of(row, request.user)
    context = {
        "section": "systems",
        "delivery": row,
        "package": row.package,
        "files": row.package.files.all(),
        "notes": content,
        "elsewhere": notes.elsewhere(content) if content.elsewhere else "",
    }
    return render(request, "releases/delivery.html", context)


@require_GET
def delivery_notes(request: SignedIn, pk: int) -> HttpResponseBase:
    """The release notes as a text in Markdown."""
    row = get_object_or_404(_rows(request.user), pk=pk)
    if request.user.is_vendor:
        return redirect("admin:releases_package_change", row.package_id)
    text = notes.markdown(notes.of(row, request.user)).encode()
    name = f"{row.package.line}-SP{row.package.level}.md"
    return handed_out(BytesIO(text), name, "text/markdown; charset=utf-8")


@require_GET
def file(request: SignedIn, pk: int, file: int) -> FileResponse:
    row = get_object_or_404(_rows(request.user), pk=pk)
    return answer(get_object_or_404(row.package.files.all(), pk=file), row, request.user)


@require_POST
def confirm_recall(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(Recall.objects.visible_to(request.user), pk=pk)
    actions.confirm_recall(row, by=request.user)
    messages.success(request, _("Thank you. We know that you have seen it."))
    return redirect("systems")


def answer(file: PackageFile, delivery: Delivery, reader: User) -> FileResponse:
    """The content of a file; page and API answer with this."""
    content = actions.download(file, delivery, by=reader)
    return handed_out(content, file.name, CONTENT_TYPE)


def _rows(reader: User) -> Any:
    rows = Delivery.objects.visible_to(reader).given()
    return rows.select_related("organisation", "package__line", "package__successor__line")
