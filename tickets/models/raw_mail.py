"""Incoming mail: kept as it came, and what became of it. Nothing expires silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from datetime import datetime


class Mailbox(models.Model):
    """Where mail for the desk arrives. Its password stands in the environment, not here."""

    class Purpose(models.TextChoices):
        SUPPORT = "support", _("reports and answers")
        ESCALATION = "escalation", _("escalations")

    code = models.SlugField(
        _("code"), max_length=30, unique=True, help_text=_("Names its password in the settings.")
    )
    address = models.EmailField(_("address"), unique=True)
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=Purpose, default=Purpose.SUPPORT
    )
    module = models.ForeignKey(
        Module,
        models.PROTECT,
        verbose_name=_("module"),
        help_text=_("Of tickets whose subject names no module."),
    )
    host = models.CharField(
        _("IMAP server"),
        max_length=200,
        blank=True,
        help_text=_("Empty: mail is handed in by a pipe."),
    )
    port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    tls = models.BooleanField(_("encrypted"), default=True)
    username = models.CharField(_("user name"), max_length=200, blank=True)
    folder = models.CharField(_("folder"), max_length=100, default="INBOX")
    is_active = models.BooleanField(_("active"), default=True)
    fetched_at = models.DateTimeField(_("last looked"), null=True, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.address


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    JOINED = "joined", _("joined a ticket")
    OPENED = "opened", _("opened a ticket")
    QUARANTINED = "quarantined", _("in quarantine")
    FILED = "filed", _("only kept")
    REJECTED = "rejected", _("rejected")


NEXT: dict[State, set[State]] = {
    State.RECEIVED: set(State) - {State.RECEIVED},
    State.QUARANTINED: {State.JOINED, State.OPENED, State.FILED, State.REJECTED},
}


class Because(models.TextChoices):
    """Why a mail waits for a decision, or is only kept. Those of mail_joining.Why, and our own."""

    UNCLEAR_SENDER = "unclear_sender", _("It is not clear who wrote it.")
    FORGED = "forged", _("Our mail server says that the sender is forged.")
    UNKNOWN_SENDER = "unknown_sender", _("Nobody here has this address.")
    NOT_A_PARTICIPANT = "not_a_participant", _("It names a ticket that its sender is not part of.")
    STAFF_WITHOUT_TICKET = (
        "staff_without_ticket",
        _("A colleague wrote it, and it names no ticket."),
    )
    AUTOMATIC = "automatic", _("A machine wrote it, and it names no ticket.")
    BOUNCE = "bounce", _("A letter of ours did not arrive.")
    UNREADABLE = "unreadable", _("It could not be read.")
    TOO_LARGE = "too_large", _("It is too large. Only its beginning was fetched.")
    TOO_MANY = "too_many", _("Too many mails from this address within an hour.")
    WHICH_CUSTOMER = "which_customer", _("Its sender acts for several customers.")
    REFUSED = "refused", _("The ticket did not take it.")
    PAGE_TAKEN = "page_taken", _("It answers a page, and has taken it.")
    PAGE_REFUSED = "page_refused", _("It answers a page that it could not take.")
    PAGE_OF_ANOTHER = "page_of_another", _("It answers a page that its sender was not called by.")
    BLOCKED = "blocked", _("The sender is blocked.")
    DECIDED = "decided", _("A colleague has decided so.")


class RawMailQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The vendor's, and of tickets that stay among few only for those few."""
        if not user.is_active or not user.is_vendor:
            return self.none()
        return self.filter(
            Q(ticket=None) | Q(ticket__in=Ticket.objects.visible_to(user).values("pk"))
        )

    def to_read(self) -> Self:
        """Due by the database's clock: escalations first, then the longest waiting."""
        due = self.filter(state=State.RECEIVED, due_at__lte=Now())
        urgent = When(mailbox__purpose=Mailbox.Purpose.ESCALATION, then=Value(0))
        return due.order_by(Case(urgent, default=Value(1)), "due_at", "pk")

    def in_quarantine(self) -> Self:
        return self.filter(state=State.QUARANTINED)

    def since(self, at: datetime) -> Self:
        return self.filter(received_at__gte=at)


class RawMail(models.Model):
    """`fingerprint` makes storing it twice harmless: fetched again, or from a second mailbox."""

    raw = models.BinaryField()
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    mailbox = models.ForeignKey(
        Mailbox, models.PROTECT, null=True, related_name="mails", verbose_name=_("mailbox")
    )
    cut_off = models.BooleanField(default=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.RECEIVED)
    because = models.CharField(_("why"), max_length=20, choices=Because, blank=True)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    internet_id = models.CharField("Message-ID", max_length=998, blank=True)
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    parsed: models.JSONField[Any, Any] = models.JSONField(null=True)
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, related_name="mails", verbose_name=_("ticket")
    )
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="mail")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = RawMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="received"), name="mails_to_read"
            ),
            models.Index(
                fields=["-received_at"], condition=Q(state="quarantined"), name="mails_waiting"
            ),
            models.Index(fields=["sender", "-received_at"], name="mails_by_sender"),
        ]
        constraints = [
            models.CheckConstraint(
                name="mails_on_tickets_know_which",
                condition=~Q(state__in=["joined", "opened"]) | Q(ticket__isnull=False),
            ),
            models.CheckConstraint(
                name="mails_left_out_say_why",
                condition=~Q(state__in=["quarantined", "filed", "rejected"]) | ~Q(because=""),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="mail_follows_next",
                field="state",
                transitions=[
                    (now, to) for now, all_next in NEXT.items() for to in sorted(all_next)
                ],
            ),
            pgtrigger.Protect(name="mails_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or str(self.pk)


class BlockedSender(models.Model):
    """An address whose mail is kept and not read any more."""

    address = models.CharField(_("address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("blocked by"))
    at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("blocked sender")
        verbose_name_plural = _("blocked senders")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                name="blocked_addresses_are_lower_case", condition=Q(address=Lower(F("address")))
            )
        ]

    def __str__(self) -> str:
        return self.address
