"""How a file leaves the house: as a download that no browser opens in our name."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse


def handed_out(content: Any, name: str, content_type: str) -> FileResponse:
    """The open file as an answer. The reader's right to it was asked before."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    # Whatever is inside, it runs nowhere: it is saved, not shown; and shown, it has no origin.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
