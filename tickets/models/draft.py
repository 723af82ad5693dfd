"""What somebody was writing: kept until it is sent or thrown away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from tickets.models.ticket import Ticket


class Draft(models.Model):
    """One per person and ticket; `ticket` empty for the new-ticket form."""

    author = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="drafts")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_draft_per_place", fields=["author", "ticket"], nulls_distinct=False
            )
        ]
