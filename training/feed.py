"""What opens without signing in, by a secret in the address: a person's trainings as calendars
poll them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from training import invitations, mail
from training.models import Enrolment, TrainingFeed

PAST = timedelta(days=30)


@login_not_required
@require_GET
@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    found = TrainingFeed.objects.opened_by(secret).select_related("person").first()
    if found is None:
        raise Http404
    now = timezone.now()
    rows = Enrolment.objects.filter(person=found.person).seated().for_lists()
    rows = rows.filter(session__during__endswith__gt=now - PAST).order_by("session__during", "pk")
    with translation.override(found.person.language):
        seats = [mail.seat(row, row.sequence or 0) for row in rows]
        text = invitations.publish(gettext("Trainings"), seats, mail.organizer(), now)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="trainings.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer
