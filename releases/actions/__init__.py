"""The verbs of the product."""

from releases.actions.interest import note_interest
from releases.actions.wishes import back_wish, drop_backing, put_wish

__all__ = ["back_wish", "drop_backing", "note_interest", "put_wish"]
