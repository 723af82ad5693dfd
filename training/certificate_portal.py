"""Certificates: as a file for whom they were issued to, and a page where everybody verifies one."""

from __future__ import annotations

from io import BytesIO

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from supportdesk.errors import Refused
from supportdesk.web.files import handed_out
from supportdesk.web.portal import SignedIn
from training import certificates
from training.models import Certificate


@require_GET
def file(request: SignedIn, pk: int) -> FileResponse:
    row = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    if row.revoked_at:
        raise Refused(_("This certificate is revoked."))
    name = f"certificate-{row.held_on}.pdf"
    return handed_out(BytesIO(certificates.pdf(row)), name, "application/pdf")


@login_not_required
@require_GET
@never_cache
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """For strangers: name, course and day of whatever has this code, and whether it is valid."""
    typed = request.GET.get("code", "").strip()[:100]
    if typed:
        found = Certificate.objects.with_code(typed).first()
        if found:
            return redirect("certificate", found.code)
    row = Certificate.objects.with_code(code).first() if code else None
    unknown = bool(typed or code) and row is None
    context = {"certificate": row, "unknown": unknown, "typed": typed}
    status = 404 if unknown else 200
    answer = render(request, "training/certificate.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer
