"""A certificate as a tagged PDF (PDF/UA-1), set by typst from one page of its own."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from training.models import Certificate

PAGE = Path(__file__).with_name("certificate.typ")


def address_of(certificate: Certificate) -> str:
    """Where everybody can verify it."""
    path = reverse("certificate", args=[certificate.code])
    return settings.BASE_URL.rstrip("/") + path


def pdf(certificate: Certificate) -> bytes:
    """In the language it was issued in. What people typed reaches typst as text, not markup."""
    import typst  # noqa: PLC0415 - 50 MB, which only processes that set certificates load

    with translation.override(certificate.language):
        words = {
            "language": certificate.language,
            "title": _("Certificate of attendance"),
            "says": _("has taken part in"),
            "name": certificate.name,
            "course": certificate.course,
            "held_on": formats.date_format(certificate.held_on, "DATE_FORMAT"),
            "verify": _("Whether it is valid can be verified here:"),
            "address": address_of(certificate),
            "code": _("Code: %(code)s") % {"code": certificate.printed_code},
        }
    made: bytes = typst.compile(
        str(PAGE),
        sys_inputs=words,
        pdf_standards="ua-1",
        ignore_system_fonts=True,  # it looks the same on every machine
    )
    return made
