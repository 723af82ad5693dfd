"""Everything that changes a roster, one function per verb."""

from oncall.actions.changes import Contradiction, Wish, change_plan, withdraw_change
from oncall.actions.materialising import build_duties, preview
from oncall.actions.reach import (
    close_feed,
    confirm_reachable,
    open_feed,
    remind,
    tell_fallback,
)
from oncall.actions.rotations import Place, Turns, end_rotation, set_rotation
from oncall.actions.swaps import offer_swap, take_swap, withdraw_swap

__all__ = [
    "Contradiction",
    "Place",
    "Turns",
    "Wish",
    "build_duties",
    "change_plan",
    "close_feed",
    "confirm_reachable",
    "end_rotation",
    "offer_swap",
    "open_feed",
    "preview",
    "remind",
    "set_rotation",
    "take_swap",
    "tell_fallback",
    "withdraw_change",
    "withdraw_swap",
]
