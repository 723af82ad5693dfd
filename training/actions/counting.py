"""What tickets tell training: how often something has to be learnt."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from supportdesk.accounts.models import Organisation
from training.models import CauseCount, Topic


@transaction.atomic
def count_cause(
    topic: Topic, organisation: Organisation, *, cause: str, on: date, change: int = 1
) -> None:
    """Count a ticket of this customer under the topic, in the month of `on`.

    Called inside the verb that found the cause, which asked for the right; `change` is -1 where a
    verdict is taken back. Two at the same moment both count.
    """
    key = {
        "topic": topic,
        "organisation": organisation,
        "cause": cause,
        "month": on.replace(day=1),
    }
    CauseCount.objects.bulk_create([CauseCount(**key)], ignore_conflicts=True)
    CauseCount.objects.filter(**key).update(count=F("count") + change)
