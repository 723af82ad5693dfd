"""The days on which a health insurer's money moves, as dates of a month.

Pure; bank working days are Monday to Friday but for public holidays of the federal state and 24 and
31 December. Sources: contributions are due on the third-last bank working day of the month
(§ 23 (1) SGB IV), their statements must have come two days before, so by the fifth-last
(§ 28f (3) SGB IV); self-payers pay by the 15th. The ends of month, quarter and year are their last
days.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container
from datetime import date
from enum import StrEnum


class Rule(StrEnum):
    CONTRIBUTIONS = "contributions"
    STATEMENTS = "statements"
    SELF_PAYERS = "self_payers"
    MONTH_END = "month_end"
    QUARTER_END = "quarter_end"
    YEAR_END = "year_end"


FROM_THE_END = {Rule.CONTRIBUTIONS: 3, Rule.STATEMENTS: 5}
MONTHS = {Rule.MONTH_END: 1, Rule.QUARTER_END: 3, Rule.YEAR_END: 12}


def holds(rule: Rule, day: date, holidays: Container[date]) -> bool:
    """Whether the rule names this day, with the holidays of the state concerned."""
    return day == day_of(rule, day.year, day.month, holidays)


def day_of(rule: Rule, year: int, month: int, holidays: Container[date]) -> date | None:
    """The rule's day in this month; None where it has none: most months end no quarter."""
    if rule is Rule.SELF_PAYERS:
        return date(year, month, 15)
    if rule in FROM_THE_END:
        return bank_days(year, month, holidays)[-FROM_THE_END[rule]]
    last = monthrange(year, month)[1]
    return date(year, month, last) if month % MONTHS[rule] == 0 else None


def bank_days(year: int, month: int, holidays: Container[date]) -> list[date]:
    days = (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
    return [day for day in days if is_bank_day(day, holidays)]


def is_bank_day(day: date, holidays: Container[date]) -> bool:
    never = (day.month, day.day) in {(12, 24), (12, 31)}
    return day.weekday() < 5 and day not in holidays and not never
