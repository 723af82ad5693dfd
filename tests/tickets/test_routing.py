"""The routing rule: whom it chooses, whom never, and how it spreads a storm."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.routing import (
    EVERYBODY_ABSENT,
    NOBODY_COMPETENT,
    OUT_OF_HOURS,
    Candidate,
    Situation,
    decide,
    worth,
)

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def situation(*candidates: Candidate, **facts: object) -> Situation:
    return Situation(
        **{"at": AT, "priority": 3, "in_hours": True, "candidates": candidates, **facts}
    )


def test_the_expert_is_preferred():
    assert decide(situation(Candidate(1, 1), Candidate(2, 3))).chosen == 2


def test_an_expert_with_a_full_desk_is_spared():
    assert decide(situation(Candidate(1, 1), Candidate(2, 3, load=11))).chosen == 1


def test_whoever_knows_the_case_gets_it_before_whoever_knows_the_customer():
    assert (
        decide(
            situation(
                Candidate(1, 2, knows_customer=True),
                Candidate(2, 2, knows_customer=True, knows_case=True),
                Candidate(3, 2),
            )
        ).chosen
        == 2
    )


def test_among_equals_it_is_who_waited_longest():
    early, late = AT - timedelta(hours=30), AT - timedelta(hours=20)

    assert (
        decide(
            situation(
                Candidate(1, 2, last_assigned_at=late), Candidate(2, 2, last_assigned_at=early)
            )
        ).chosen
        == 2
    )
    assert decide(situation(Candidate(1, 2, last_assigned_at=early), Candidate(2, 2))).chosen == 2


def test_the_absent_are_left_out_with_the_reason():
    decision = decide(situation(Candidate(1, 3, absent="holiday"), Candidate(2, 1)))

    assert decision.chosen == 2
    assert decision.excluded == ((1, "holiday"),)


def test_a_deputy_stands_in_for_the_absent():
    decision = decide(
        situation(Candidate(1, 3, absent="illness", deputy=7), deputies=(Candidate(7, 0, load=1),))
    )

    assert decision.chosen == 7
    assert decision.scores[0].stands_in_for == 1


def test_a_deputy_of_somebody_present_is_not_asked():
    decision = decide(situation(Candidate(1, 1, deputy=7), deputies=(Candidate(7, 0),)))

    assert [score.person for score in decision.scores] == [1]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (situation(), NOBODY_COMPETENT),
        (situation(Candidate(1, 3, absent="holiday")), EVERYBODY_ABSENT),
        (
            situation(
                Candidate(1, 3, absent="holiday", deputy=2),
                deputies=(Candidate(2, 0, absent="illness"),),
            ),
            EVERYBODY_ABSENT,
        ),
        (situation(Candidate(1, 3), priority=1, in_hours=False), OUT_OF_HOURS),
    ],
)
def test_nobody_suitable_has_a_reason(told, reason):
    decision = decide(told)

    assert (decision.chosen, decision.reason) == (None, reason)


def test_at_night_a_normal_ticket_waits_on_the_desk_of_who_comes_in_the_morning():
    assert decide(situation(Candidate(1, 3), in_hours=False)).chosen == 1


def test_a_situation_survives_being_stored():
    told = situation(
        Candidate(1, 3, load=2.5, deputy=2, last_assigned_at=AT, knows_case=True),
        Candidate(3, 1, absent="holiday"),
        deputies=(Candidate(2, 0),),
    )

    assert Situation.from_json(told.as_json()) == told


people = st.builds(
    Candidate,
    person=st.integers(1, 50),
    level=st.integers(1, 3),
    load=st.floats(0, 60).map(lambda load: round(load * 2) / 2),
    absent=st.sampled_from(["", "", "holiday"]),
    deputy=st.none() | st.integers(1, 60),
    knows_case=st.booleans(),
    knows_customer=st.booleans(),
    last_assigned_at=st.none() | st.integers(0, 100).map(lambda hours: AT - timedelta(hours=hours)),
)
teams = st.lists(people, min_size=1, max_size=8, unique_by=lambda one: one.person)
substitutes = st.lists(
    people.map(lambda one: replace(one, level=0)), max_size=3, unique_by=lambda one: one.person
)


@pytest.mark.property
@given(team=teams, deputies=substitutes)
def test_whoever_is_chosen_is_there(team, deputies):
    told = situation(*team, deputies=tuple(deputies))
    decision = decide(told)

    there = {one.person for one in (*team, *deputies) if not one.absent}
    assert decision.chosen is None or decision.chosen in there
    assert (decision.chosen is None) == bool(decision.reason)


@pytest.mark.property
@given(team=teams, deputies=substitutes, seed=st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_decides_nothing(team, deputies, seed):
    shuffled = list(team)
    seed.shuffle(shuffled)
    told = situation(*team, deputies=tuple(deputies))

    assert decide(told) == decide(replace(told, candidates=tuple(shuffled)))


@pytest.mark.property
@given(team=teams, more=st.integers(1, 20))
def test_more_work_never_makes_anybody_likelier(team, more):
    before = decide(situation(*team)).chosen
    busier = [replace(one, load=one.load + more) if one.person != before else one for one in team]

    assert decide(situation(*busier)).chosen == before


def storm(team: list[Candidate], count: int) -> dict[int, float]:
    """So many tickets in one morning, of all priorities, of customers some of them know."""
    dice = random.Random(48211)
    load, last = dict.fromkeys((one.person for one in team), 0.0), {}
    for n in range(count):
        at = AT + timedelta(seconds=n / 3)
        priority = dice.choices([1, 2, 3, 4], [3, 20, 50, 27])[0]
        acquainted = dice.choice(team).person
        chosen = decide(
            Situation(
                at=at,
                priority=priority,
                in_hours=True,
                candidates=tuple(
                    replace(
                        one,
                        load=load[one.person],
                        last_assigned_at=last.get(one.person),
                        knows_case=one.person == acquainted,
                    )
                    for one in team
                ),
            )
        ).chosen
        load[chosen] += worth(priority)
        last[chosen] = at
    return load


@pytest.mark.parametrize("levels", [[2] * 12, [1, 2, 3] * 4, [3] + [1] * 11])
def test_a_storm_of_ten_thousand_leaves_nobody_above_their_fair_share(levels):
    load = storm([Candidate(n, level) for n, level in enumerate(levels, 1)], 10_000)
    fair = sum(load.values()) / len(load)

    assert max(load.values()) <= 1.2 * fair
    assert min(load.values()) >= 0.8 * fair
