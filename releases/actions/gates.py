"""Quality gates: signed with four eyes, waived by two people, opened again by any change."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Contributor, Correction, Gate, GateKind, Package, Status
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox

SIGNED_IN = (Status.FROZEN, Status.IN_QA)  # before, content may still change
BEFORE_RELEASE = (Status.COMPOSING, *SIGNED_IN)
DIGEST = re.compile(r"[0-9a-f]{64}")
Result = Gate.Result


@dataclass(frozen=True)
class Look:
    """What somebody found at a gate, and where the evidence lies."""

    passed: bool
    note: str = ""
    evidence: str = ""
    sha256: str = ""


@transaction.atomic
def sign_gate(package: Package, kind: GateKind, *, by: User, look: Look) -> Gate:
    """Say what was found at a gate. Said anew, it replaces the last.

    Raises Refused for authors of what is in the package, WrongState unless it is frozen or in
    quality assurance, Invalid for evidence without its SHA-256 (64 hex digits) or a failure without
    words.
    """
    row = _claim(package, "gate.sign", by)
    _examine(row, by)
    digest = look.sha256.strip().lower()
    if bool(look.evidence.strip()) != bool(digest) or (digest and not DIGEST.fullmatch(digest)):
        raise Invalid(_("Evidence is named with its SHA-256: 64 digits of 0–9 and a–f."), "sha256")
    if not look.passed and not look.note.strip():
        raise Invalid.blank("note")
    facts = {"note": look.note.strip(), "evidence": look.evidence.strip(), "sha256": digest}
    result = Result.PASSED if look.passed else Result.FAILED
    return _write(row, kind, by, result=result, waived_by=None, **facts)


@transaction.atomic
def ask_waiver(package: Package, kind: GateKind, *, by: User, why: str) -> Gate:
    """Ask to release without this gate. Somebody else has to agree."""
    row = _claim(package, "gate.waive", by)
    _examine(row, by)
    if not why.strip():
        raise Invalid.blank("why")
    facts = {"note": why.strip(), "evidence": "", "sha256": ""}
    return _write(row, kind, by, result=Result.WAIVER_ASKED, waived_by=None, **facts)


@transaction.atomic
def waive_gate(package: Package, kind: GateKind, *, by: User) -> Gate:
    """Agree to an exception, as the second person."""
    row = _claim(package, "gate.waive", by)
    _examine(row, by)
    gate = row.gates.filter(kind=kind).first()
    if gate is None or gate.result != Result.WAIVER_ASKED:
        raise WrongState(gate.get_result_display() if gate else _("open"), Result.WAIVED.label)
    if gate.signed_by_id == by.pk:
        raise Refused(_("Whoever asks for an exception does not grant it."))
    gate.result, gate.waived_by = Result.WAIVED, by
    gate.save(update_fields=["result", "waived_by"])
    _tell(row, "package.gate_waived", by, gate)
    return gate


def open_gates(package: Package) -> list[GateKind]:
    """The mandatory gates that nobody has passed or waived."""
    closed = package.gates.closed().values("kind")
    return list(GateKind.objects.mandatory().exclude(pk__in=closed))


def reopen(packages: Collection[int], *, by: User, because: Correction) -> None:
    """What these packages bring changes: what was signed about it counts no more, and what was
    frozen is being composed again. Inside the verb that changes it.
    """
    rows = Package.objects.filter(pk__in=packages, status__in=BEFORE_RELEASE).order_by("pk")
    for row in rows.select_for_update(of=("self",), no_key=True):
        _open_again(row, by, because.pk)


def reopen_one(package: Package, *, by: User) -> None:
    """Its files change or it takes a withdrawn one's place, in a verb that has locked it: the same
    as a change of its corrections.
    """
    if package.status in BEFORE_RELEASE:
        _open_again(package, by, None)


def _open_again(row: Package, by: User, because: int | None) -> None:
    gone = [gate.kind.name for gate in row.gates.select_related("kind")]
    row.gates.all().delete()
    if row.status != Status.COMPOSING:
        row.status = Status.COMPOSING
        row.save(update_fields=["status"])
    elif not gone:
        return
    audit.record("package.reopened", row, by=by, because=because, gates=gone)
    outbox.emit("package.reopened", package=row.pk, correction=because)


def _claim(package: Package, right: str, by: User) -> Package:
    access.require(by, right)
    rows = Package.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("line").get(pk=package.pk)


def _examine(package: Package, by: User) -> None:
    if package.status not in SIGNED_IN:
        raise WrongState(Status(package.status), Status.IN_QA)
    content = package.content()
    had_a_hand = Contributor.objects.filter(
        Q(line=None) | Q(line=package.line_id), correction__in=content.values("pk"), person=by
    )
    if content.filter(author=by).exists() or had_a_hand.exists():
        raise Refused(_("You are an author of what is in it. Somebody else has to look."))


def _write(package: Package, kind: GateKind, by: User, **facts: Any) -> Gate:
    gate, _new = Gate.objects.update_or_create(
        package=package, kind=kind, defaults={"signed_by": by, "signed_at": timezone.now(), **facts}
    )
    _tell(package, "package.gate_signed", by, gate)
    return gate


def _tell(package: Package, verb: str, by: User, gate: Gate) -> None:
    audit.record(verb, package, by=by, gate=gate.kind.name, result=gate.result, note=gate.note)
    outbox.emit(verb, package=package.pk, gate=gate.pk)
