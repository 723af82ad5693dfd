"""What each specialist can solve, as their lead sees it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from tickets.models import Competence


@transaction.atomic
def set_competence(person: User, module: Module, level: int | None, *, by: User) -> None:
    """Say how well a person knows a module; None takes it back. Routing obeys at once.

    Setting what already is leaves no trace: repeating it is harmless.
    """
    access.require(by, "competence.configure")
    if not person.is_vendor:
        raise Invalid(_("Only the vendor's own people have competences."))
    if level is not None and level not in Competence.Level.values:
        raise Invalid(_("This level does not exist."))
    held = Competence.objects.select_for_update().filter(person=person, module=module)
    was = held.values_list("level", flat=True).first()
    if was == level:
        return
    if level is None:
        held.delete()
    else:
        Competence.objects.update_or_create(person=person, module=module, defaults={"level": level})
    audit.record("competence.changed", person, by=by, module=module.code, was=was, now=level)
