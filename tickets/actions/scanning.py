"""What the scanner says about a file."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import WrongState
from supportdesk.messaging import outbox
from tickets.models import Attachment

Scan = Attachment.Scan
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)


@transaction.atomic
def claim_for_scan() -> Attachment | None:
    """The next file that is due at the scanner. Its next attempt is set here and now, so that one
    whose worker dies, or whose scanner is down, comes back by itself, later each time.
    """
    now = timezone.now()
    due = Attachment.objects.waiting_for_scan(now).select_for_update(skip_locked=True)
    attachment = due.first()
    if attachment is None:
        return None
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attachment.scan_attempts, 10))
    attachment.scan_attempts += 1
    attachment.scan_due_at = now + pause
    attachment.save(update_fields=["scan_attempts", "scan_due_at"])
    return attachment


@transaction.atomic
def record_scan(attachment: Attachment, *, by: User, malware: str = "") -> Attachment:
    """Keep the verdict: clean, or infected with `malware`. There is no way back from infected."""
    access.require(by, "ticket.scan")
    attachment = Attachment.objects.select_for_update(no_key=True).get(pk=attachment.pk)
    verdict = Scan.INFECTED if malware else Scan.CLEAN
    if attachment.scan not in (Scan.PENDING, Scan.UNCHECKED):
        raise WrongState(Scan(attachment.scan), verdict)
    attachment.scan, attachment.scanned_at = verdict, timezone.now()
    attachment.save(update_fields=["scan", "scanned_at"])
    audit.record(
        "ticket.scanned",
        attachment.ticket,
        by=by,
        attachment=attachment.pk,
        verdict=verdict,
        malware=malware,
    )
    if malware:
        outbox.emit("attachment.blocked", attachment=attachment.pk)
    return attachment
