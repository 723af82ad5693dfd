"""Certificates: given to whoever took part, taken back where that was wrong."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused
from supportdesk.messaging import outbox
from training.models import Certificate, Course, Enrolment


def certify(row: Enrolment, *, by: User) -> Certificate | None:
    """For a place that was used. Called under the lock of its session, by verbs that asked for the
    right. User meetings teach nothing that one could show.
    """
    session = row.session
    if session.course.kind == Course.Kind.USER_MEETING:
        return None
    certificate = Certificate.objects.create(
        enrolment=row,
        name=row.person.name,
        course=session.name,
        held_on=timezone.localdate(session.ends_at),
        language=row.person.language,
    )
    audit.record("certificate.issued", certificate, by=by, enrolment=row.pk)
    outbox.emit("certificate.issued", certificate=certificate.pk)
    return certificate


def withdraw(row: Enrolment, *, by: User) -> None:
    """They were not there after all."""
    for certificate in row.certificates.valid().select_for_update(of=("self",)):
        _revoke(certificate, by, "not there")


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, by: User, reason: str) -> Certificate:
    """It stays known by its code, and is said to be revoked; why, we alone read.

    Raises Refused for one that is revoked already.
    """
    access.require(by, "certificate.revoke")
    if not reason.strip():
        raise Invalid.blank("reason")
    rows = Certificate.objects.visible_to(by).select_for_update(of=("self",))
    certificate = rows.get(pk=certificate.pk)
    if certificate.revoked_at:
        raise Refused(_("It is revoked already."))
    _revoke(certificate, by, reason.strip())
    return certificate


def _revoke(certificate: Certificate, by: User, reason: str) -> None:
    certificate.revoked_at, certificate.revoked_because = timezone.now(), reason
    certificate.save(update_fields=["revoked_at", "revoked_because"])
    audit.record("certificate.revoked", certificate, by=by, reason=reason)
    outbox.emit("certificate.revoked", certificate=certificate.pk)
