"""What every request passes: the reader's language, and refusals rendered as pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from supportdesk.errors import Refused

Handler = Callable[[HttpRequest], HttpResponse]


class ReaderLanguageMiddleware:
    """The signed-in reader's own setting wins over the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class RefusalMiddleware:
    """A verb said no: say why, in the reader's words, with the status the refusal names."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        context = {"error": error, "back": _where_from(request)}
        if not request.htmx:  # type: ignore[attr-defined]
            return render(request, "refused.html", context, status=error.status)
        # What was typed stays where it is; the refusal is said where all notes of a page are.
        response = render(request, "_refused.html", context, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#notes", "innerHTML show:window:top"
        return response


def _where_from(request: HttpRequest) -> str:
    """The page of ours the request came from, empty when it came from elsewhere."""
    came_from = request.headers.get("Referer", "")
    ours = {request.get_host()}
    if not url_has_allowed_host_and_scheme(came_from, ours, require_https=request.is_secure()):
        return ""
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if page.query else page.path
