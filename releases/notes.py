"""Release notes of a package for one customer: made of its corrections, theirs first.

One source for every form: the page shows these entries, `markdown` writes them as a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.models import Correction, Delivery, Interest, Module, Package
from supportdesk.accounts.models import User

# Which of these tickets the reader may see named in a text that is handed on; tickets says so.
Shown = Callable[[User, Collection[int]], set[int]]
SHOWN: list[Shown] = []
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~])")  # what Markdown takes for more than itself


@dataclass(frozen=True)
class Entry:
    correction: Correction
    tickets: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Notes:
    package: Package
    own: list[Entry]
    modules: list[tuple[Module, list[Entry]]]
    elsewhere: int  # corrections of modules that the customer does not use


def of(delivery: Delivery, reader: User) -> Notes:
    """What the package brings to the delivery's customer, as its reader may know it."""
    package = delivery.package
    content = list(package.content().released().select_related("module").order_by("number"))
    tickets = _tickets(delivery.organisation_id, content, reader)
    own = [Entry(one, tickets[one.pk]) for one in content if one.pk in tickets]
    rest = [one for one in content if one.pk not in tickets]
    in_use = _modules_of(delivery.organisation_id)
    used = [one for one in rest if not in_use or one.module_id in in_use]
    return Notes(package, own, _by_module(used), len(rest) - len(used))


def markdown(notes: Notes) -> str:
    title, own = _("Release notes of %(package)s"), _("From your tickets")
    lines = [f"# {_plain(title % {'package': notes.package})}", ""]
    if notes.own:
        lines += [f"## {_plain(own)}", "", *map(_item, notes.own), ""]
    for module, entries in notes.modules:
        lines += [f"## {_plain(module.name)}", "", *map(_item, entries), ""]
    if notes.elsewhere:
        lines += [_plain(elsewhere(notes)), ""]
    if not (notes.own or notes.modules or notes.elsewhere):
        lines += [_plain(_("This package brings no corrections.")), ""]
    return "\n".join(lines)


def elsewhere(notes: Notes) -> str:
    return ngettext(
        "And %(count)d correction of modules that you do not use.",
        "And %(count)d corrections of modules that you do not use.",
        notes.elsewhere,
    ) % {"count": notes.elsewhere}


def _tickets(organisation: int, content: list[Correction], reader: User) -> dict[int, list[int]]:
    """The customer's tickets by correction, those the reader may see named."""
    rows = Interest.objects.visible_to(reader).filter(
        organisation=organisation, correction__in=[one.pk for one in content]
    )
    pairs = list(rows.order_by("number").values_list("correction", "number"))
    numbers = {number for _correction, number in pairs}
    shown = set().union(*(ask(reader, numbers) for ask in SHOWN)) if numbers else set()
    found: dict[int, list[int]] = {}
    for correction, number in pairs:
        if number in shown:
            found.setdefault(correction, []).append(number)
    return found


def _modules_of(organisation: int) -> set[int]:
    """Those in use on any of their systems; empty: nobody has said so, and all count."""
    used = Module.objects.filter(systems__organisation=organisation, systems__is_active=True)
    return set(used.values_list("pk", flat=True))


def _by_module(corrections: Iterable[Correction]) -> list[tuple[Module, list[Entry]]]:
    found: dict[Module, list[Entry]] = {}
    for one in corrections:
        found.setdefault(one.module, []).append(Entry(one))
    return sorted(found.items(), key=lambda pair: pair[0].name)


def _item(entry: Entry) -> str:
    one = entry.correction
    text = f"- **{_plain(str(one))}** {_plain(one.symptom)}"
    if one.solution:
        text += f" – {_plain(one.solution)}"
    return text + "".join(f" \\[\\#{number}\\]" for number in entry.tickets)


def _plain(text: str) -> str:
    """On one line, and nothing in it is markup."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
