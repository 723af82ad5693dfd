"""All that changes the product's rows, one function per verb."""

from releases.actions.doubts import doubt, settle
from releases.actions.feeds import close_calendar, open_calendar
from releases.actions.files import Damaged, add_file, download, remove_file
from releases.actions.gates import Look, ask_waiver, open_gates, sign_gate, waive_gate
from releases.actions.imports import (
    confirm_import,
    drop_import,
    import_failed,
    plan_import,
    roll_back,
)
from releases.actions.interest import note_interest
from releases.actions.inventory import take_inventory
from releases.actions.lines import open_line
from releases.actions.packages import deliver, move, plan, waive_pilots, why_no_release, withdraw
from releases.actions.planning import replan
from releases.actions.recalls import confirm_recall, recall, recall_from
from releases.actions.systems import report
from releases.actions.validity import (
    assess,
    note_words,
    release_correction,
    unassessed_lines,
)
from releases.actions.wishes import back_wish, drop_backing, put_wish

__all__ = [
    "Damaged",
    "Look",
    "add_file",
    "ask_waiver",
    "assess",
    "back_wish",
    "close_calendar",
    "confirm_import",
    "confirm_recall",
    "deliver",
    "doubt",
    "download",
    "drop_backing",
    "drop_import",
    "import_failed",
    "move",
    "note_interest",
    "note_words",
    "open_calendar",
    "open_gates",
    "open_line",
    "plan",
    "plan_import",
    "put_wish",
    "recall",
    "recall_from",
    "release_correction",
    "remove_file",
    "replan",
    "report",
    "roll_back",
    "settle",
    "sign_gate",
    "take_inventory",
    "unassessed_lines",
    "waive_gate",
    "waive_pilots",
    "why_no_release",
    "withdraw",
]
