"""The API's description and the page that shows it: for whoever is signed in."""

from __future__ import annotations

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated

from supportdesk.web.api.doors import Courtesy
from supportdesk.web.api.tokens import TokenAuthentication


class Description(Courtesy, SpectacularAPIView):
    """With any token for generators of clients, with the session for the page below."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated]


# The viewer writes style attributes; scripts stay as strict as everywhere.
@require_safe
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
