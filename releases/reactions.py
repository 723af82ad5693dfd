"""What else happens when something happened to the product: letters to those concerned."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from releases import mail
from releases.models import Doubt
from supportdesk.messaging import about, notices
from supportdesk.messaging.outbox import reacts_to

about.VISIBLE["releases.doubt"] = Doubt.objects.visible_to
notices.EVENTS["validity.doubted"] = _("Somebody doubts what I have assessed")
notices.EVENTS["doubt.settled"] = _("A verdict I doubted is answered")
notices.STAFF_ONLY.add("validity.doubted")


@reacts_to("validity.doubted")
def tell_who_assessed(doubt: int, **_more: Any) -> None:
    mail.doubted(_doubt(doubt))


@reacts_to("doubt.settled")
def tell_who_doubted(doubt: int, **_more: Any) -> None:
    mail.settled(_doubt(doubt))


def _doubt(pk: int) -> Doubt:
    return Doubt.objects.select_related("correction", "system", "raised_by").get(pk=pk)
