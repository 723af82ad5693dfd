"""What a site has beside its pages: doors that stay closed."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


@login_not_required
def nothing_here(request: HttpRequest, **address: str) -> HttpResponse:
    """Stands before a library's page that makes no sense here."""
    raise Http404
