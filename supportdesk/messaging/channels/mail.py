"""Mail over SMTP. The Message-ID is made from the idempotency key: a repeat can be told."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from supportdesk.messaging.channels import TryLater, Undeliverable, Unreachable
from supportdesk.messaging.models import Dispatch

if TYPE_CHECKING:
    from django.db.models import QuerySet

lease = timedelta(seconds=12 * settings.EMAIL_TIMEOUT)  # an SMTP talk has about eight turns


def ready(due: QuerySet[Dispatch], *, urgent: bool) -> QuerySet[Dispatch]:
    """Few senders at a time: a server that hangs must not hold every worker."""
    senders = Dispatch.objects.being_sent().filter(channel="mail", urgent=urgent).count()
    return due if senders < settings.MAIL_SENDERS else due.none()


def send(dispatch: Dispatch) -> None:
    try:
        _message(dispatch).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(min(code for code, _text in error.recipients.values())) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code) from error
    except smtplib.SMTPSenderRefused as error:  # our own address: a matter of configuration
        raise TryLater(f"The mail server refuses the sender ({error.smtp_code}).") from error
    except (smtplib.SMTPException, OSError) as error:
        # Cut off after DATA it may have arrived, and goes out again with the same Message-ID.
        raise Unreachable(f"The mail server is away ({type(error).__name__}).") from error


def _message(dispatch: Dispatch) -> EmailMultiAlternatives:
    letter = dispatch.content
    message = EmailMultiAlternatives(
        subject=letter["subject"],
        body=letter["text"],
        to=[dispatch.address],
        headers={
            "Message-ID": f"<{dispatch.idempotency_key}@{_domain()}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no answering machine answers
            "X-Auto-Response-Suppress": "All",  # the same for Exchange
            **letter.get("headers", {}),
        },
    )
    if "html" in letter:
        message.attach_alternative(letter["html"], "text/html")
    if calendar := letter.get("calendar"):
        # Without the method in the head it is a file, and no invitation (RFC 6047 2.4).
        kind = f"text/calendar; method={calendar['method']}"
        message.attach_alternative(calendar["text"], kind)
    return message


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _refusal(code: int) -> Exception:
    """5xx is final, 4xx is not (RFC 5321)."""
    if code >= 500:
        return Undeliverable(f"The mail server refuses the message for good ({code}).")
    return TryLater(f"The mail server cannot take the message now ({code}).")
