"""Messages that leave the house: at least once, never lost, duplicates bounded and told by a key.

A row is claimed under a short lease and committed before the outside is called; the result is
written only where the lease still stands. One whose lease ran out is sent again, with the same
Message-ID or event id, so that the receiver can tell (docs/decisions/0003-outbox-and-dispatch.md).
"""

from __future__ import annotations

import logging
import random
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.utils import timezone

from supportdesk import logs
from supportdesk.messaging import about, gathering, hints, letters, outbox
from supportdesk.messaging.channels import Channel, TryLater, Undeliverable, Unreachable
from supportdesk.messaging.channels import console as _console
from supportdesk.messaging.channels import gateway as _gateway
from supportdesk.messaging.channels import mail as _mail
from supportdesk.messaging.channels import webhook as _webhook
from supportdesk.messaging.models import Dispatch, Endpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from supportdesk.accounts.models import User

logger = logging.getLogger(__name__)

CHANNELS: dict[str, Channel] = {
    "mail": _mail,
    "webhook": _webhook,
    "console": _console,
    "gateway": _gateway,
}
MAX_ATTEMPTS = 24  # with the pauses below: most of a day
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=settings.RETRY_PAUSE), timedelta(hours=1)
LONGEST_URGENT_PAUSE = timedelta(minutes=2)
TROUBLE = 3  # failures after which whoever wrote an urgent message hears of it


class Unwanted(Exception):
    """It must not go out any more. The text is stored and shown to staff."""


class Pace(NamedTuple):
    """How soon a mail goes: in the queue of what is urgent, or when its reader's rest is over,
    by itself or gathered with others.
    """

    urgent: bool = False
    due_at: Any = Now()  # by the database's clock
    gathers: bool = False


AT_ONCE, URGENT = Pace(), Pace(urgent=True)


def mail(
    recipient: User,
    template: str,
    *,
    key: str,
    pace: Pace = AT_ONCE,
    subject: Model | None = None,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Dispatch:
    """Write to a person in their language. `key` names the occasion; once per person and key.

    A `calendar` in the context is a message with its "method" and "text"; it stands beside the
    letter's words.

    `subject` is the row it is about: whoever may not read it any more when the letter is sent
    does not get it.
    """
    context.setdefault("recipient", recipient)
    given = {"headers": headers, "calendar": context.get("calendar")}
    own: dict[str, Any] = {name: value for name, value in given.items() if value}
    if pace.gathers:
        own |= gathering.excerpt(context)
    return _write(
        f"{key}:{recipient.pk}",
        channel=_mail_channel(),
        recipient=recipient,
        address=recipient.email,
        **pace._asdict(),
        **about.facts(subject),
        content=lambda: {**letters.render(template, recipient.language, context), **own},
    )


def mail_to(address: str, language: str, template: str, *, key: str, **context: Any) -> Dispatch:
    """Write to an address that belongs to no account yet. Once sent, the words are forgotten:
    such a letter carries a link that lets its reader in.
    """
    return _write(
        f"{key}:{address}"[:200],
        channel=_mail_channel(),
        address=address,
        content=lambda: {**letters.render(template, language, context), "secret": True},
    )


def webhook(
    endpoint: Endpoint,
    event: str,
    body: dict[str, Any],
    *,
    key: str,
    subject: Model | None = None,
) -> Dispatch:
    """Tell a customer's system; once per endpoint and key, and not when it may hear no longer."""
    return _write(
        f"{key}:{endpoint.pk}",
        channel=Dispatch.Channel.WEBHOOK,
        endpoint=endpoint,
        address=endpoint.url,
        **about.facts(subject),
        content={"event": event, "at": timezone.now().isoformat(), "body": body},
    )


class Line(NamedTuple):
    """How to call a person: by "mail", "sms" or "voice", and where."""

    way: str
    address: str


def call(
    recipient: User,
    line: Line,
    content: dict[str, Any],
    *,
    key: str,
    subject: Model,
    after: timedelta = timedelta(),
) -> Dispatch:
    """Call a person when `after` has passed by the database's clock; once per `key`.

    Of such messages about one row that are due to one person on one line, one goes; once the row
    is not `about.OPEN` any more, none does.
    """
    channel = _mail_channel() if line.way == "mail" else Dispatch.Channel.GATEWAY
    return _write(
        key,
        channel=channel,
        recipient=recipient,
        address=line.address,
        urgent=True,
        due_at=Now() + after,
        **about.facts(subject),
        content={**content, "kind": line.way, "language": recipient.language},
    )


def call_off(subject: Model) -> int:
    """Nothing more about it goes out, but what is being sent at this moment.

    Inside the verb that ends it: whoever claims a message before this commits was earlier, and
    whoever comes later finds it cancelled.
    """
    rows = Dispatch.objects.in_no_hand().filter(**about.facts(subject), urgent=True)
    return rows.update(state=Dispatch.State.CANCELLED, lease=None, error="It is in hand.")


def deliver(channel: str, *, urgent: bool = False) -> bool:
    """Send one due message; False when none is due, or none of this channel could be now."""
    way = CHANNELS[channel]
    row = _claim(channel, way, urgent=urgent)
    if row is None:
        return False
    with logs.because_of(row.request_id, dispatch=row.pk, ticket=row.about_id):
        return _deliver(row, way)


def _deliver(row: Dispatch, way: Channel) -> bool:
    try:
        if row.attempts > MAX_ATTEMPTS:
            raise Undeliverable("Every attempt ended without a word.")
        _require_wanted(row)
        row.content = _as_it_may_be_read(row)
        way.send(row)
    except Unwanted as error:
        _end(row, state=Dispatch.State.CANCELLED, error=str(error))
        return True
    except Exception as error:  # whatever it was: the row waits for its next try, or is dead
        _postpone(row, error)
        return not isinstance(error, Unreachable)
    _end(row, state=Dispatch.State.SENT, error="", sent_at=Now())
    return True


def _mail_channel() -> str:
    """Where mail only goes to the terminal, it is shown as text and not as MIME."""
    to_terminal = settings.EMAIL_BACKEND.endswith("console.EmailBackend")
    return Dispatch.Channel.CONSOLE if to_terminal else Dispatch.Channel.MAIL


def _write(dedupe_key: str, **facts: Any) -> Dispatch:
    """`content` may be a function: a letter already written is not rendered again."""
    facts["request_id"] = logs.request_id()
    row, new = Dispatch.objects.get_or_create(dedupe_key=dedupe_key, defaults=facts)
    if new:
        hints.after_commit(*hints.to_send(urgent=row.urgent))
    return row


@transaction.atomic
def _claim(channel: str, way: Channel, *, urgent: bool) -> Dispatch | None:
    """Count the attempt before it is made, under a lease that outlasts the channel's time-out."""
    due = Dispatch.objects.due().filter(channel=channel, urgent=urgent)
    ready = way.ready(gathering.first_of_each(due), urgent=urgent)
    row = ready.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    row.state, row.lease, row.attempts = Dispatch.State.SENDING, uuid.uuid4(), row.attempts + 1
    row.due_at = Now() + way.lease
    row.save(update_fields=["state", "lease", "attempts", "due_at"])
    if row.about_type in about.OPEN:
        _merge(row, due)
    if row.gathers:
        gathering.take_along(row, due)
    return row


def _merge(row: Dispatch, due: QuerySet[Dispatch]) -> None:
    """After an engine's silence a person gets one call, not one for each that was missed."""
    line = ["about_type", "about_id", "recipient", "channel", "address", "content__kind"]
    twins = due.filter(state=Dispatch.State.WAITING, attempts=0, recipient__isnull=False)
    twins = twins.filter(**{name: _value(row, name) for name in line})
    held = twins.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    Dispatch.objects.filter(pk__in=list(held)).update(
        state=Dispatch.State.CANCELLED, error=f"Said by {row.dedupe_key}."
    )


def _value(row: Dispatch, name: str) -> Any:
    return row.content.get("kind") if name == "content__kind" else getattr(row, name)


def _require_wanted(row: Dispatch) -> None:
    """Asked at the last moment: accounts are closed, mandates end, tickets become confidential."""
    reader = row.recipient
    if row.endpoint and not about.may_hear(row.endpoint, row.about_type, row.about_id):
        raise Unwanted("This system may no longer hear of it.")
    if not about.is_open(row.about_type, row.about_id):
        raise Unwanted("It is in hand.")
    if reader is None:
        return
    if not reader.is_active:
        raise Unwanted("The account was closed meanwhile.")
    if not about.may_read(reader, row.about_type, row.about_id):
        raise Unwanted("The reader may no longer see what it is about.")


def _as_it_may_be_read(row: Dispatch) -> dict[str, Any]:
    """Of a gathering, what is left; stored as it was sent, or gathered still where it was not."""
    letter = gathering.compose(row)
    if letter is None:
        raise Unwanted("The reader may no longer see what it is about.")
    return letter


@transaction.atomic
def _postpone(row: Dispatch, error: Exception) -> None:
    dead = isinstance(error, Undeliverable) or row.attempts >= MAX_ATTEMPTS
    known = isinstance(error, TryLater | Undeliverable)
    _finish(
        row,
        state=Dispatch.State.DEAD if dead else Dispatch.State.WAITING,
        due_at=Now() + _pause(row),
        error=str(error) if known else f"{type(error).__name__}: {error}"[:2000],
    )
    if row.urgent and (dead or row.attempts == TROUBLE):
        outbox.emit("dispatch.failed", dispatch=row.pk)


def _end(row: Dispatch, **facts: Any) -> None:
    """It goes out no more; a secret in it has done its work."""
    kept = {"subject": row.content["subject"]} if row.content.get("secret") else row.content
    _finish(row, content=kept, **facts)


def _finish(row: Dispatch, **facts: Any) -> None:
    """Write the result, unless the lease ran out and somebody else holds the row."""
    held = Dispatch.objects.filter(pk=row.pk, lease=row.lease).update(lease=None, **facts)
    if not held:
        logger.warning("Dispatch %s: its lease ran out, it may arrive twice", row.pk)
    else:
        level = logging.INFO if facts["state"] == Dispatch.State.SENT else logging.WARNING
        state, tries = facts["state"].value, row.attempts
        logger.log(level, "Dispatch %s is %s after %s tries", row.pk, state, tries)


def _pause(row: Dispatch) -> timedelta:
    """Doubling, with jitter: a server that comes back does not meet all at once."""
    longest = LONGEST_URGENT_PAUSE if row.urgent else LONGEST_PAUSE
    pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), longest)
    return pause * random.uniform(0.7, 1.3)  # noqa: S311 - spreads load, guards no secret
