"""People and organisations through the API."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Language, Organisation, Scope, User
from supportdesk.web.api.doors import Courtesy, DeskViewSet, Row
from supportdesk.web.api.tokens import ANY


class MeOut(Row):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    organisation = serializers.CharField(
        source="organisation.code", allow_null=True, help_text="Empty for the vendor's staff."
    )
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    language = serializers.ChoiceField(Language.choices)


class TokenOwnerOut(MeOut):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), help_text="What this token may touch."
    )


class OrganisationOut(Row):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Organisation.Kind.choices)
    is_active = serializers.BooleanField()


class Me(Courtesy, APIView):
    """Who the token belongs to, and what it may touch."""

    action = "read"
    scope_to_read = ANY

    @extend_schema(responses=TokenOwnerOut)
    def get(self, request: Request) -> Response:
        (me,) = MeOut.of(User.objects.filter(pk=request.user.pk))
        return Response({**me, "scopes": request.auth.scopes})


class OrganisationViewSet(DeskViewSet):
    """The caller's own, and those of valid mandates; for the vendor, all."""

    queryset = Organisation.objects.all()
    out = OrganisationOut
    unique = lookup_field = "code"
    orderings = ["code"]
    lookup_value_regex = r"[-\w]{1,12}"
    scope_to_read = ANY


router = SimpleRouter()
router.register("organisations", OrganisationViewSet)
urlpatterns = [path("me/", Me.as_view(), name="me"), *router.urls]
