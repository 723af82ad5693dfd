"""What a system runs, as reported by whoever runs it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from releases.models import Installed, Line, System
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.messaging import outbox


@transaction.atomic
def report(system: System, *, by: User, line: Line, level: int, source: str) -> System:
    """Keep the line and level a system runs, as of now. The same said again makes it known anew."""
    access.require(by, "system.report")
    row = System.objects.kept_by(by).select_for_update(of=("self",)).get(pk=system.pk)
    before = row.runs
    facts = {"before": str(before or ""), "now": f"{line} SP {level}"}
    Installed.objects.update_or_create(system=row, defaults={"line": line, "level": level})
    row.inventory_at, row.inventory_source = timezone.now(), source
    row.save(update_fields=["inventory_at", "inventory_source"])
    audit.record("system.reported", row, by=by, **facts)
    changed = facts["before"] != facts["now"]
    outbox.emit("system.reported", system=row.pk, changed=changed)
    return row
