"""Which roles somebody can be given, by where they belong."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from supportdesk.accounts.access import CUSTOMER_ROLES, VENDOR_ROLES, Role
from supportdesk.accounts.models import Organisation
from supportdesk.errors import Invalid


def grantable(organisation: Organisation | None) -> list[Role]:
    """The desk's own role is the desk's alone."""
    roles = CUSTOMER_ROLES if organisation else VENDOR_ROLES
    return [role for role in roles if role != Role.SYSTEM]


def fitting(roles: Iterable[str], organisation: Organisation | None) -> list[Role]:
    """In the order of the table, each once; at least one."""
    asked = set(roles)
    offered = grantable(organisation)
    if not asked:
        raise Invalid(_("Please choose at least one role."), "roles")
    if asked - set(offered):
        raise Invalid(_("These roles cannot be given here."), "roles")
    return [role for role in offered if role in asked]
