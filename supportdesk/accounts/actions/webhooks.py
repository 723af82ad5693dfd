"""Webhooks: coordinators register the systems that hear of their tickets, administrators those of
the house that hear of defects.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User, Webhook
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused
from supportdesk.messaging import dispatch, endpoints

MOST = 10  # of one house
RIGHT = "webhook.manage"


@transaction.atomic
def create_webhook(organisation: Organisation | None, *, by: User, name: str, url: str) -> Webhook:
    """Register a system of an organisation, or of the vendor's own where there is none. Invalid
    unless its address is public; the endpoint has the secret.
    """
    access.require(by, RIGHT)
    if not by.is_vendor and (organisation is None or organisation.pk != by.organisation_id):
        raise Organisation.DoesNotExist
    if organisation is not None:
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if _beside(organisation).count() >= MOST:
        raise Refused(_("There are many webhooks already. Please delete one first."))
    name = _free_name(organisation, name)
    endpoint = endpoints.register(url)
    webhook = Webhook.objects.create(organisation=organisation, endpoint=endpoint, name=name)
    audit.record("webhook.created", webhook, by=by, name=name, url=url)
    return webhook


@transaction.atomic
def change_webhook(webhook: Webhook, *, by: User, name: str = "", url: str = "") -> Webhook:
    """What is left out stays. A new address begins with a clean record and the same secret."""
    webhook = _claim(webhook, by)
    if name and name.strip() != webhook.name:
        webhook.name = _free_name(webhook.organisation, name)
        webhook.save(update_fields=["name"])
    if url:
        endpoints.change(webhook.endpoint, url=url)
    audit.record("webhook.changed", webhook, by=by, name=webhook.name, url=webhook.endpoint.url)
    return webhook


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: User) -> Webhook:
    """A new secret; for a day the one before signs along."""
    webhook = _claim(webhook, by)
    endpoints.rotate(webhook.endpoint)
    audit.record("webhook.secret_rotated", webhook, by=by)
    return webhook


@transaction.atomic
def switch_webhook(webhook: Webhook, *, by: User, on: bool) -> Webhook:
    """Off: nothing is written for it any more, and what waits is given up. Repeats do no harm."""
    webhook = _claim(webhook, by)
    endpoints.switch(webhook.endpoint, on=on)
    audit.record("webhook.switched_on" if on else "webhook.switched_off", webhook, by=by)
    return webhook


@transaction.atomic
def ping_webhook(webhook: Webhook, *, by: User) -> Webhook:
    """Send a message that means nothing, signed like all others."""
    webhook = _claim(webhook, by)
    if not webhook.endpoint.is_active:
        raise Refused(_("It is switched off."))
    dispatch.webhook(webhook.endpoint, "ping", {}, key=f"ping:{uuid.uuid4()}")
    audit.record("webhook.pinged", webhook, by=by)
    return webhook


@transaction.atomic
def delete_webhook(webhook: Webhook, *, by: User) -> None:
    """With its secret and the record of what was sent to it."""
    webhook = _claim(webhook, by)
    audit.record("webhook.deleted", webhook, by=by, name=webhook.name, url=webhook.endpoint.url)
    webhook.delete()
    webhook.endpoint.delete()


def _claim(webhook: Webhook, by: User) -> Webhook:
    access.require(by, RIGHT)
    rows = Webhook.objects.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("organisation", "endpoint").get(pk=webhook.pk)


def _beside(organisation: Organisation | None) -> QuerySet[Webhook]:
    return Webhook.objects.filter(organisation=organisation)


def _free_name(organisation: Organisation | None, name: str) -> str:
    if not (name := name.strip()):
        raise Invalid.blank("name")
    if _beside(organisation).filter(name=name).exists():
        raise Invalid(_("There is one of this name already."), "name")
    return name
