"""Wake-ups of the messaging room. Each bears repeats: rows are claimed in PostgreSQL.

Celery runs them on commit and every few seconds, watchman does without a broker. They return how
much they did and end after a while, so that whoever runs them can stop in between.
"""

from collections.abc import Callable
from functools import partial

from celery import shared_task

from supportdesk.messaging import dispatch, outbox
from supportdesk.messaging.models import Dispatch

AT_A_TIME = 200
MAIL = (Dispatch.Channel.MAIL, Dispatch.Channel.CONSOLE)


@shared_task
def react() -> int:
    """Safe to repeat: an event is locked while it is answered, and marked in that transaction."""
    return _until_done(outbox.react)


@shared_task
def dispatch_urgent() -> int:
    """Safe to repeat: a message is leased to one sender. Has a queue and a worker of its own."""
    return sum(
        _until_done(partial(dispatch.deliver, channel, urgent=True))
        for channel in Dispatch.Channel.values
    )


@shared_task(name="supportdesk.messaging.tasks.dispatch")
def dispatch_waiting() -> int:
    """Safe to repeat: a message is leased to one sender."""
    return mail_waiting() + webhooks_waiting()


def mail_waiting() -> int:
    """Apart, so that watchman's webhooks need not wait for a mail server that hangs."""
    return sum(_until_done(partial(dispatch.deliver, channel)) for channel in MAIL)


def webhooks_waiting() -> int:
    return _until_done(partial(dispatch.deliver, Dispatch.Channel.WEBHOOK))


def _until_done(work: Callable[[], bool]) -> int:
    """How often there was something to do, at most so many times."""
    done = 0
    while done < AT_A_TIME and work():
        done += 1
    return done
