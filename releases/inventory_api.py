"""Inventories through the API: what runs on many systems at once, said line by line."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from releases import actions, inventory
from releases.models import System
from releases.stocktaking import PROBLEMS, Outcome, compare
from supportdesk.accounts import access
from supportdesk.accounts.models import Scope
from supportdesk.errors import Invalid
from supportdesk.web.api.doors import DeskViewSet, Row, creates
from supportdesk.web.api.fields import Text, Truth


class InventoryIn(serializers.Serializer):
    content = Text(
        max_length=inventory.MOST_BYTES,
        help_text="The file's text: CSV with the columns system, line and level, or JSON.",
    )
    accept = Truth(default=False, help_text="Write it. Else a dry run: nothing is changed.")


class InventoryLineOut(Row):
    number = serializers.IntegerField(help_text="The line of the file; in JSON the place from 1.")
    system = serializers.CharField()
    outcome = serializers.ChoiceField(Outcome.choices)
    words = serializers.CharField()


class InventoryOut(Row):
    accepted = serializers.BooleanField(help_text="Whether anything was written.")
    lines = InventoryLineOut(many=True)


class InventoryViewSet(DeskViewSet):
    """What runs on many systems at once, from a file."""

    queryset = System.objects.none()
    out = InventoryOut
    scope_to_read = scope_to_write = Scope.IMPORTS
    http_method_names = ["post", "head", "options"]

    @creates(InventoryIn, status=200)
    def create(self, content: str, accept: bool) -> dict[str, Any]:
        """Say line by line what would change; with `accept`, change it."""
        access.require(self.me, "system.report")
        try:
            said = inventory.read(content.encode())
        except inventory.Unreadable as error:
            raise Invalid(PROBLEMS[error.problem](), "content") from error
        take = actions.take_inventory if accept else compare
        lines = [
            {
                "number": one.said.number,
                "system": one.said.system,
                "outcome": one.outcome.value,
                "words": one.words,
            }
            for one in take(said, by=self.me)
        ]
        return {"accepted": accept, "lines": lines}
