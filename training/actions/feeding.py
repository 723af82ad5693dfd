"""A person's trainings in their own calendar, by a secret address."""

from __future__ import annotations

from django.db import transaction

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.secret_address import new_secret
from training.models import TrainingFeed


@transaction.atomic
def open_feed(*, by: User) -> str:
    """A new secret address of one's own trainings, said once; the old one is dead."""
    access.require(by, "session.enrol")
    secret, digest = new_secret()
    TrainingFeed.objects.filter(person=by).delete()
    feed = TrainingFeed.objects.create(person=by, digest=digest)
    audit.record("trainingfeed.opened", feed, by=by)
    return secret
