"""Everything that changes a roster or a page, one function per verb."""

from oncall.actions.beats import expect, miss_beat, open_address, report_beat
from oncall.actions.changes import Contradiction, Wish, change_plan, withdraw_change
from oncall.actions.lines import add_line, confirm_line, remove_line, set_rules
from oncall.actions.materialising import build_duties, preview
from oncall.actions.paging import (
    acknowledge,
    escalate_page,
    hand_over,
    open_page,
    open_test_page,
    reassign,
    resolve,
)
from oncall.actions.reach import (
    close_feed,
    confirm_reachable,
    open_feed,
    remind,
    tell_fallback,
)
from oncall.actions.rotations import Place, Turns, end_rotation, set_rotation
from oncall.actions.storms import tell_storm
from oncall.actions.swaps import offer_swap, take_swap, withdraw_swap
from oncall.actions.ticking import bring_forward, tick

__all__ = [
    "Contradiction",
    "Place",
    "Turns",
    "Wish",
    "acknowledge",
    "add_line",
    "bring_forward",
    "build_duties",
    "change_plan",
    "close_feed",
    "confirm_line",
    "confirm_reachable",
    "end_rotation",
    "escalate_page",
    "expect",
    "hand_over",
    "miss_beat",
    "offer_swap",
    "open_address",
    "open_feed",
    "open_page",
    "open_test_page",
    "preview",
    "reassign",
    "remind",
    "remove_line",
    "report_beat",
    "resolve",
    "set_rotation",
    "set_rules",
    "take_swap",
    "tell_fallback",
    "tell_storm",
    "tick",
    "withdraw_change",
    "withdraw_swap",
]
