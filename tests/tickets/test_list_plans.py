"""PostgreSQL spends its time on rows, not on thinking about the order of small tables."""

from django.db import connection

from tickets.api import TicketOut
from tickets.models import Ticket


def test_the_widest_list_is_planned_as_it_is_written(open_ticket, alice):
    """With all orders free, planning takes many times as long."""
    columns = TicketOut.columns().values()
    rows = Ticket.objects.visible_to(alice).values_list(*columns).order_by("-number")[:50]
    sql, params = rows.query.sql_with_params()

    def planning(limit: str) -> float:
        with connection.cursor() as cursor:
            if limit:
                cursor.execute(f"SET LOCAL join_collapse_limit = {limit}")
            cursor.execute(f"EXPLAIN (SUMMARY, FORMAT JSON) {sql}", params)
            (told,) = cursor.fetchone()
        return told[0]["Planning Time"]

    ours, free = min(planning("") for _ in range(5)), min(planning("8") for _ in range(5))
    assert ours < free / 3
