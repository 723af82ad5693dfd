"""What a fault does to the customer proposes its priority; a standstill needs more than a tick."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.impact import (
    Affected,
    Answers,
    Deadline,
    Payments,
    Production,
    Reason,
    Workaround,
    missing,
    propose,
)

ANSWERS = st.builds(
    Answers,
    production=st.sampled_from(["", *Production]),
    payments=st.sampled_from(["", *Payments]),
    workaround=st.sampled_from(["", *Workaround]),
    affected=st.sampled_from(["", *Affected]),
    deadline=st.sampled_from(["", *Deadline]),
)


@pytest.mark.parametrize(
    ("answers", "priority", "reasons"),
    [
        (
            Answers(production="stands", workaround="none"),
            1,
            [Reason.PRODUCTION_STANDS, Reason.NO_WAY_AROUND],
        ),
        (
            Answers(payments="wrong", workaround="none", affected="few"),
            1,
            [Reason.PAYMENTS_WRONG, Reason.NO_WAY_AROUND],
        ),
        (Answers(production="stands", workaround="costly"), 2, [Reason.PRODUCTION_STANDS]),
        (
            Answers(payments="late", workaround="bearable", affected="few"),
            2,
            [Reason.PAYMENTS_LATE],
        ),
        (Answers(workaround="costly", affected="many"), 2, [Reason.EFFORT, Reason.MANY]),
        (Answers(production="partly", workaround="none"), 2, [Reason.EFFORT, Reason.PARTLY]),
        (Answers(workaround="costly", affected="few"), 3, [Reason.EFFORT]),
        (Answers(affected="all"), 3, [Reason.MANY]),
        (Answers(workaround="bearable", affected="few"), 3, [Reason.BEARABLE]),
        (Answers(production="runs", workaround="needless"), 4, [Reason.UNDISTURBED]),
        (
            Answers(production="runs", deadline="near"),
            3,
            [Reason.UNDISTURBED, Reason.DEADLINE],
        ),
    ],
)
def test_the_answers_speak_for_a_priority(answers, priority, reasons):
    found = propose(answers)

    assert (found.priority, list(found.reasons)) == (priority, reasons)


def test_no_answer_proposes_nothing():
    assert propose(Answers(), ["Third-last bank working day"]) is None


def test_a_critical_day_raises_by_one_step_and_is_named():
    found = propose(Answers(workaround="bearable"), ["Third-last bank working day"])

    assert (found.priority, found.critical) == (2, ("Third-last bank working day",))
    assert found.reasons[-1] == Reason.CRITICAL_DAY


@given(ANSWERS, st.booleans())
def test_a_standstill_is_proposed_only_where_nothing_helps(answers, critical):
    found = propose(answers, ["A day"] * critical)
    if found is None:
        assert answers == Answers()
        return
    grave = answers.production == "stands" or answers.payments in ("late", "wrong")

    assert (found.priority == 1) == (grave and answers.workaround == "none")
    assert found.reasons


@given(ANSWERS)
def test_money_is_never_below_severe(answers):
    if answers.payments in ("late", "wrong"):
        assert propose(answers).priority <= 2


@given(ANSWERS)
def test_a_critical_day_never_lowers(answers):
    if found := propose(answers):
        assert propose(answers, ["A day"]).priority <= found.priority


@pytest.mark.parametrize(
    ("answers", "name", "phone", "fields"),
    [
        (Answers(), "", "", ["workaround", "contact_name", "contact_phone"]),
        (Answers(workaround="costly"), "Nora", "030 55578", ["workaround"]),
        (Answers(workaround="none"), "  ", "030 55578", ["contact_name"]),
        (Answers(workaround="none"), "Nora", "none", ["contact_phone"]),
        (Answers(workaround="none"), "Nora", "030 55578", []),
    ],
)
def test_a_standstill_needs_somebody_to_reach_and_no_way_around(answers, name, phone, fields):
    assert missing(1, answers, name, phone) == fields
    assert missing(2, answers, name, phone) == []
