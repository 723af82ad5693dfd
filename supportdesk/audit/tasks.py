"""The timetable of the audit record: sealed every minute, its head told to the outside daily."""

from __future__ import annotations

import logging

from celery import shared_task

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.audit import chain
from supportdesk.messaging import dispatch

logger = logging.getLogger(__name__)


@shared_task
def seal() -> None:
    """Every minute. Safe to repeat: one sealer at a time, and what is sealed stays so."""
    chain.seal()


@shared_task
def publish_head() -> None:
    """Daily: to the log and, by mail, to administrators and auditors. Safe to repeat: one mail
    per head and person. A head that others keep is what the database cannot take back.
    """
    chain.seal(thorough=True)
    position, head = chain.head()
    logger.info("audit-head %s:%s", position, head)
    readers = User.objects.active().holding(Role.ADMIN, Role.AUDITOR)
    for person in readers:
        dispatch.mail(
            person, "audit/head", key=f"audit.head:{position}", position=position, head=head
        )
