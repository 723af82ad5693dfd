"""Events inside the house, dispatches that leave it, and the inbox of each person."""

from __future__ import annotations

import base64
import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.messaging import about
from supportdesk.messaging.rest import Rest

if TYPE_CHECKING:
    from supportdesk.accounts.models import User


def new_secret() -> str:
    """In the form of the Standard Webhooks specification: 256 bits, told by their prefix."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class EventQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Due by the database's clock: what somebody waits for, then the oldest."""
        rows = self.filter(done_at=None, dead_at=None, due_at__lte=Now())
        return rows.order_by("-urgent", "due_at", "pk")

    def unanswered(self) -> Self:
        return self.filter(done_at=None, dead_at=None)

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)


class Event(models.Model):
    """Something that happened. Its reactions and the mark `done_at` commit together."""

    name = models.CharField(_("name"), max_length=60)
    body = models.JSONField(_("content"), default=dict)
    request_id = models.CharField(max_length=64, db_default="", editable=False)
    urgent = models.BooleanField(_("urgent"), db_default=False)
    created_at = models.DateTimeField(_("at"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True)
    dead_at = models.DateTimeField(_("given up"), null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(
                fields=["-urgent", "due_at", "id"],
                condition=Q(done_at=None, dead_at=None),
                name="events_waiting",
            ),
            models.Index(
                fields=["dead_at"], condition=Q(dead_at__isnull=False), name="events_dead"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_event_is_not_done_and_dead",
                condition=Q(done_at__isnull=True) | Q(dead_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class EndpointQuerySet(models.QuerySet):
    def busy(self) -> Self:
        """Being called right now, or left alone for a while after a failure."""
        calling = Dispatch.objects.being_sent().filter(channel=Dispatch.Channel.WEBHOOK)
        return self.filter(Q(paused_until__gt=Now()) | Q(pk__in=calling.values("endpoint")))


class Endpoint(models.Model):
    """Where a customer's system hears from us. After a rotation both secrets sign for a while."""

    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=80, default=new_secret, editable=False)
    previous_secret = models.CharField(max_length=80, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")

    def __str__(self) -> str:
        return self.url

    def secrets(self, at: datetime) -> list[str]:
        """The one in force, and the one before while receivers may still check with it."""
        overlaps = self.previous_until is not None and at < self.previous_until
        return [self.secret, self.previous_secret] if overlaps else [self.secret]


class DispatchQuerySet(models.QuerySet):
    def due(self) -> Self:
        """To be tried now, or tried by somebody whose lease ran out; by the database's clock."""
        open_states = [Dispatch.State.WAITING, Dispatch.State.SENDING]
        return self.filter(state__in=open_states, due_at__lte=Now()).order_by("due_at", "pk")

    def unsent(self) -> Self:
        return self.filter(state__in=["waiting", "sending"])

    def in_no_hand(self) -> Self:
        """Waiting, or under a lease that ran out. Columns of the row alone, so that PostgreSQL
        asks again after it has waited for a lock.
        """
        ran_out = Q(state=Dispatch.State.SENDING, due_at__lte=Now())
        return self.filter(Q(state=Dispatch.State.WAITING) | ran_out)

    def being_sent(self) -> Self:
        """Under a lease that still runs."""
        return self.filter(state=Dispatch.State.SENDING, due_at__gt=Now())

    def dead(self) -> Self:
        return self.filter(state=Dispatch.State.DEAD)

    def undelivered(self) -> Self:
        """Given up here, or given back by the reader's mail server."""
        return self.filter(Q(state=Dispatch.State.DEAD) | Q(returned_at__isnull=False))


class Dispatch(models.Model):
    """One message to the outside. `dedupe_key` makes writing it twice harmless.

    `due_at` is when to look at it next: the first try, the end of a pause or of a lease.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        CANCELLED = "cancelled", _("cancelled")

    class Channel(models.TextChoices):
        MAIL = "mail", _("mail")
        WEBHOOK = "webhook", _("webhook")
        CONSOLE = "console", _("console")
        GATEWAY = "gateway", _("SMS or call")

    dedupe_key = models.CharField(max_length=200, unique=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    urgent = models.BooleanField(_("urgent"), default=False)
    gathers = models.BooleanField(_("with others"), default=False, db_default=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("to")
    )
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, null=True, related_name="dispatches")
    address = models.CharField(_("address"), max_length=500)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(_("about"), null=True)
    content = models.JSONField(_("content"), default=dict)
    request_id = models.CharField(max_length=64, db_default="", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    returned_at = models.DateTimeField(_("came back"), null=True)
    error = models.TextField(_("error"), blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        indexes = [
            models.Index(
                fields=["channel", "urgent", "due_at", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="dispatches_open",
            ),
            models.Index(fields=["state"], condition=Q(state="dead"), name="dispatches_dead"),
            models.Index(
                fields=["about_type", "about_id"],
                condition=Q(urgent=True),
                name="dispatches_urgent_about",
            ),
            models.Index(
                fields=["about_type", "about_id"],
                condition=Q(state="dead") | Q(returned_at__isnull=False),
                name="dispatches_undelivered_about",
            ),
            models.Index(
                fields=["recipient", "id"],
                condition=Q(gathers=True, state__in=["waiting", "sending"]),
                name="dispatches_gathering",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="only_what_is_being_sent_has_a_lease",
                condition=Q(state="sending", lease__isnull=False)
                | Q(~Q(state="sending"), lease__isnull=True),
            ),
            models.CheckConstraint(
                name="sent_dispatches_know_when",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_mail_to_people_that_can_wait_gathers",
                condition=Q(gathers=False) | Q(recipient__isnull=False, urgent=False),
            ),
            models.CheckConstraint(
                name="webhooks_have_an_endpoint",
                condition=Q(channel="webhook", endpoint__isnull=False)
                | Q(~Q(channel="webhook"), endpoint__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def is_forgotten(self) -> bool:
        """Whether only its subject is left: the words held a secret."""
        return set(self.content) == {"subject"}


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The reader's own, without those about what they may no longer read."""
        return self.filter(about.readable_by(user), user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def count_unread(self, user: User, most: int) -> int:
        """Every page's frame asks: first what they are about, which is mostly nothing at all."""
        waiting = self.filter(user=user).unread().order_by()
        kinds = set(waiting.values_list("about_type", flat=True).distinct())
        return waiting.filter(about.readable_by(user, kinds))[:most].count() if kinds else 0

    def mark_read(self) -> int:
        """The first reading counts."""
        return self.unread().update(read_at=timezone.now())


class Notice(models.Model):
    """A line in a person's inbox in the portal or the back office."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    event = models.CharField(max_length=60)
    title = models.CharField(max_length=250)
    url = models.CharField(max_length=250)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notices_of_a_person"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notices_unread"),
        ]


class Preference(models.Model):
    """Which events reach a person how. No row means the published default: mail and inbox."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    event = models.CharField(max_length=60)
    mail = models.BooleanField(default=True)
    inbox = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_preference_per_event", fields=["user", "event"])
        ]


class Quiet(models.Model):
    """When a person wants no mail, and whether it comes gathered. No row: each mail at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiet")
    begins = models.TimeField(_("quiet from"), null=True)
    ends = models.TimeField(_("quiet until"), null=True)
    gathers_at = models.TimeField(_("gathered at"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_begin_and_end",
                condition=Q(begins__isnull=True, ends__isnull=True)
                | Q(begins__isnull=False, ends__isnull=False) & ~Q(begins=F("ends")),
            )
        ]

    def __str__(self) -> str:
        return f"Quiet of {self.user_id}"

    def rest(self) -> Rest:
        """In the zone of the desk."""
        zone = ZoneInfo(settings.TIME_ZONE)
        return Rest(zone, self.begins, self.ends, self.gathers_at)
