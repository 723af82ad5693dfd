"""People and organisations through the API."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from supportdesk.accounts import actions
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Language, Organisation, Scope, User, Webhook
from supportdesk.messaging.models import Dispatch
from supportdesk.web.api.doors import Courtesy, DeskViewSet, Row, creates, part, verb
from supportdesk.web.api.fields import Text, Visible
from supportdesk.web.api.tokens import ANY, Called


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


class WebhookOut(Row):
    id = serializers.IntegerField()
    organisation = serializers.CharField(
        source="organisation.code",
        allow_null=True,
        help_text="Null for the vendor's own, which hear of defects.",
    )
    name = serializers.CharField()
    url = serializers.URLField(source="endpoint.url")
    is_active = serializers.BooleanField(source="endpoint.is_active")
    failures = serializers.IntegerField(source="endpoint.failures", help_text="In a row.")
    paused_until = serializers.DateTimeField(source="endpoint.paused_until", allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookSecretOut(WebhookOut):
    secret = serializers.CharField(
        source="endpoint.secret", help_text="Signs what we send. It is shown this once."
    )


class DeliveryOut(Row):
    id = serializers.IntegerField()
    webhook_id = serializers.UUIDField(
        source="idempotency_key", help_text="The header `webhook-id`, the same in every try."
    )
    event = serializers.CharField(source="content.event")
    state = serializers.ChoiceField(Dispatch.State.choices)
    attempts = serializers.IntegerField()
    error = serializers.CharField(help_text="Why the last try failed.")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class WebhookIn(serializers.Serializer):
    organisation = Visible(
        slug_field="code",
        queryset=Organisation.objects.all(),
        required=False,
        help_text="Your own when left out; for the vendor's staff that is a system that hears of"
        " defects.",
    )
    name = Text(max_length=80)
    url = Text(max_length=500, help_text="A public https address.")


class WebhookChangeIn(serializers.Serializer):
    name = Text(max_length=80, required=False)
    url = Text(max_length=500, required=False, help_text="A public https address.")


class Me(Courtesy):
    """Who the token belongs to, and what it may touch."""

    action = "read"
    scope_to_read = ANY

    @extend_schema(responses=TokenOwnerOut)
    def get(self, request: Called) -> Response:
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


class WebhookViewSet(DeskViewSet):
    """The systems of your organisation that hear of its tickets; for coordinators. Those of the
    vendor hear of defects.
    """

    queryset = Webhook.objects.all()
    out = WebhookOut
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = scope_to_write = Scope.WEBHOOKS

    @creates(WebhookIn, out=WebhookSecretOut)
    def create(self, name: str, url: str, organisation: Organisation | None = None) -> Webhook:
        """Register a system. Its secret is in this answer and in no later one."""
        theirs = organisation or self.me.organisation
        return actions.create_webhook(theirs, by=self.me, name=name, url=url)

    @part(DeliveryOut, orderings=["-id"])
    def deliveries(self, webhook: Webhook) -> QuerySet[Dispatch]:
        """What was sent to it or waits to be, newest first."""
        return webhook.endpoint.dispatches.all()

    @verb(WebhookChangeIn)
    def change(self, webhook: Webhook, **given: str) -> Webhook:
        """Another name or address; what is left out stays."""
        return actions.change_webhook(webhook, by=self.me, **given)

    @verb(out=WebhookSecretOut)
    def rotate_secret(self, webhook: Webhook) -> Webhook:
        """A new secret. For a day the one before signs along."""
        return actions.rotate_secret(webhook, by=self.me)

    @verb()
    def switch_on(self, webhook: Webhook) -> Webhook:
        """Send to it again, after it was switched off by you or for failing too long."""
        return actions.switch_webhook(webhook, by=self.me, on=True)

    @verb()
    def switch_off(self, webhook: Webhook) -> Webhook:
        """Send nothing more to it; what waits is given up."""
        return actions.switch_webhook(webhook, by=self.me, on=False)

    @verb()
    def ping(self, webhook: Webhook) -> Webhook:
        """Send it a message that means nothing, signed like all others."""
        return actions.ping_webhook(webhook, by=self.me)

    @verb(status=204)
    def remove(self, webhook: Webhook) -> None:
        """Forget it, its secret and what was sent to it."""
        actions.delete_webhook(webhook, by=self.me)


router = SimpleRouter()
router.register("webhooks", WebhookViewSet)
router.register("organisations", OrganisationViewSet)
urlpatterns = [path("me/", Me.as_view(), name="me"), *router.urls]
