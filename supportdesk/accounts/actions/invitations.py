"""How people come in: invited at their address, with a link that works once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access, mail
from supportdesk.accounts.actions.roles import fitting
from supportdesk.accounts.models import Invitation, Language, Organisation, User
from supportdesk.accounts.models.invitation import LIFETIME, new_secret
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox

MOST_PENDING = 100  # of one customer: more than that is no invitation but a mailing


@transaction.atomic
def invite(
    *,
    by: User,
    organisation: Organisation | None,
    email: str,
    name: str,
    roles: Iterable[str],
    language: str = Language.GERMAN,
) -> Invitation:
    """Ask somebody in. Without an organisation: to work for the vendor."""
    access.require(by, "user.invite")
    organisation = _host(organisation, by=by)
    email = _address(email, organisation)
    _refuse_taken(email, organisation, by=by)
    if not name.strip():
        raise Invalid.blank("name")
    secret, digest = new_secret()
    facts = {"name": name.strip(), "roles": fitting(roles, organisation), "language": language}
    invitation = _write(
        email=email, organisation=organisation, digest=digest, invited_by=by, **facts
    )
    # Written here and not by a reaction: events are read in the office, this link by nobody there.
    mail.invited(invitation, secret)
    audit.record("user.invited", invitation, by=by, roles=facts["roles"])
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Write once more, with a new link and all its days. The old link is dead."""
    invitation = _claim(invitation, by=by)
    _refuse_done(invitation, Invitation.State.OPEN)
    _host(invitation.organisation, by=by)
    secret, invitation.digest = new_secret()
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.save(update_fields=["digest", "expires_at"])
    mail.invited(invitation, secret)
    audit.record("invitation.resent", invitation, by=by)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> Invitation:
    invitation = _claim(invitation, by=by)
    _refuse_done(invitation, Invitation.State.WITHDRAWN)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    audit.record("invitation.withdrawn", invitation, by=by)
    return invitation


@transaction.atomic
def accept_invitation(secret: str, *, name: str, password: str) -> User:
    """Whoever holds the link becomes the person who was invited. Once."""
    links = Invitation.objects.of_link(secret).select_for_update(of=("self",), no_key=True)
    invitation = links.select_related("organisation").get()
    now = timezone.now()
    if invitation.state(now) != Invitation.State.OPEN:
        raise WrongState(invitation.state(now), Invitation.State.ACCEPTED)
    _refuse_closed(invitation.organisation)
    if not name.strip():
        raise Invalid.blank("name")
    person = _join(invitation, name.strip(), password)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    audit.record("invitation.accepted", invitation, by=person)
    outbox.emit("invitation.accepted", invitation=invitation.pk, person=person.pk)
    return person


def _host(organisation: Organisation | None, *, by: User) -> Organisation | None:
    """Whom the person will belong to. Customers ask in for themselves, whatever their mandates."""
    if organisation is None:
        if not by.is_vendor:
            raise NotAllowed("user.invite")
        return None
    organisation = Organisation.objects.visible_to(by).get(pk=organisation.pk)
    if not by.is_vendor and organisation.pk != by.organisation_id:
        raise NotAllowed("user.invite")
    _refuse_closed(organisation)
    return organisation


def _refuse_closed(organisation: Organisation | None) -> None:
    if organisation is not None and not organisation.is_active:
        raise Refused(_("%(organisation)s is closed here.") % {"organisation": organisation})


def _address(email: str, organisation: Organisation | None) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), "email") from error
    domains = (
        [domain.strip().lower() for domain in organisation.mail_domains] if organisation else []
    )
    if domains and _domain(email) not in domains:
        words = _("Invitations of %(organisation)s go to these domains only: %(domains)s.")
        facts = {"organisation": organisation, "domains": ", ".join(domains)}
        raise Invalid(words % facts, "email")
    return email


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _refuse_taken(email: str, organisation: Organisation | None, *, by: User) -> None:
    """Who is already here, colleagues may know. Others learn the same of each foreign address."""
    if known := User.objects.visible_to(by).filter(email=email).first():
        raise Invalid(_("%(name)s already has an account.") % {"name": known}, "email")
    if not by.is_vendor and _belongs_elsewhere(email, organisation):
        raise _not_here()


def _belongs_elsewhere(email: str, organisation: Organisation | None) -> bool:
    claimed = Organisation.objects.filter(mail_domains__contains=[_domain(email)])
    ours = organisation is not None and _domain(email) in organisation.domains
    return User.objects.filter(email=email).exists() or (not ours and claimed.exists())


def _not_here() -> Invalid:
    words = _("This address cannot be invited here. If it should be, please ask the support desk.")
    return Invalid(words, "email")


def _write(*, email: str, organisation: Organisation | None, **facts: object) -> Invitation:
    now = timezone.now()
    pending = Invitation.objects.pending()
    # What has run out is in nobody's way.
    pending.filter(email=email, expires_at__lte=now).update(withdrawn_at=now)
    if organisation and pending.filter(organisation=organisation).count() >= MOST_PENDING:
        raise Refused(_("There are too many open invitations. Please withdraw some of them first."))
    if pending.filter(email=email, organisation=organisation).exists():
        raise _waiting_already()
    try:
        with transaction.atomic():
            return Invitation.objects.create(
                email=email, organisation=organisation, expires_at=now + LIFETIME, **facts
            )
    except IntegrityError as error:
        if "one_open_invitation_per_address" not in str(error):
            raise
        ours = pending.filter(email=email, organisation=organisation).exists()
        raise (_waiting_already() if ours else _not_here()) from error


def _waiting_already() -> Invalid:
    words = _("An invitation to this address is open already. You can send it again.")
    return Invalid(words, "email")


def _claim(invitation: Invitation, *, by: User) -> Invitation:
    access.require(by, "user.invite")
    rows = Invitation.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "invited_by").get(pk=invitation.pk)


def _refuse_done(invitation: Invitation, wanted: Invitation.State) -> None:
    if invitation.accepted_at or invitation.withdrawn_at:
        raise WrongState(invitation.state(timezone.now()), wanted)


def _join(invitation: Invitation, name: str, password: str) -> User:
    facts: dict[str, Any] = {
        "email": invitation.email,
        "name": name,
        "organisation": invitation.organisation,
        "roles": invitation.roles,
        "language": invitation.language,
    }
    try:
        validate_password(password, User(**facts))
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), "password") from error
    if User.objects.filter(email=invitation.email).exists():
        raise Refused(_("There is an account for this address already. Please sign in."))
    return User.objects.create_user(password=password, **facts)
