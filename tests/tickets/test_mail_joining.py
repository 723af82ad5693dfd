"""Joining a mail to a ticket: the acceptance cases, and sixty who do not belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import HeaderParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.intake import addresses, automatic, signing
from tests.cases import cases, instant
from tests.tickets import forged
from tickets.mail_joining import (
    Action,
    Decision,
    House,
    Incoming,
    Thread,
    Why,
    bare,
    decide,
    marked,
)

KEY = b"a key of the tests"
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
ALICE, SAM = "alice@alpina.example", "sam@desk.example"
COLLEAGUE = "carol@alpina.example"
HOUSE = House([ALICE, COLLEAGUE, "mallory@hansa.example"], [SAM], timedelta(days=14))
PERSONS = {ALICE: 1, SAM: 2, COLLEAGUE: 3, "mallory@hansa.example": 4}
SENT = "<letter-1@desk.example>"
THREAD = Thread(48211, frozenset({ALICE}), frozenset({SENT}), AT - timedelta(days=3))


def read(header: str, *, persons: dict[str, int], is_bounce: bool = False) -> Incoming:
    """A mail's header as the door reads it."""
    fields: dict[str, list[str]] = {}
    for name, value in HeaderParser().parsestr(header).items():
        fields.setdefault(name.lower(), []).append(value)
    kind = automatic.kind(fields)
    recipients = [one for value in fields.get("to", []) for one in addresses.addresses(value)]
    return Incoming(
        sender=addresses.sender(fields.get("from", [])),
        subject=" ".join(fields.get("subject", [])),
        references=tuple(
            " ".join([*fields.get("references", []), *fields.get("in-reply-to", [])]).split()
        ),
        tokens=tuple(
            (number, holder)
            for number, given in signing.found_in(recipients)
            for holder, person in persons.items()
            if signing.is_genuine(KEY, number, person, given)
        ),
        is_automatic=kind in (automatic.Kind.ANSWER, automatic.Kind.GENERATED),
        is_listed=kind == automatic.Kind.LIST,
        wants_no_answer=automatic.wants_no_answer(fields),
        is_bounce=is_bounce,
    )


@cases("mail_followup.json")
def test_a_case_of_follow_up(case: dict[str, Any]) -> None:
    numbers = {ticket["id"]: 48211 + n for n, ticket in enumerate(case["tickets"])}
    names = {number: name for name, number in numbers.items()}
    threads = {numbers[ticket["id"]]: _thread(ticket, numbers) for ticket in case["tickets"]}
    people = [*case["contacts"], *case["staff"]]
    persons = {address: n for n, address in enumerate(people)}
    house = House(case["contacts"], case["staff"], timedelta(days=case["reopen_window_days"]))
    dsn = case["mail"].get("dsn")
    mail = read(_header(case, numbers, persons), persons=persons, is_bounce=bool(dsn))
    decision = decide(mail, threads, house, at=instant(case["now"]))

    found: dict[str, Any] = {
        "action": decision.action,
        "ticket": names.get(decision.ticket or 0),
        "appended": decision.action == Action.APPEND,
        "reopened": decision.reopens,
        "linked_to": names.get(decision.linked_to or 0),
        "auto_answer": decision.receipt,
        "new_ticket": decision.action == Action.NEW_TICKET,
        "ticket_unchanged": None if decision.action == Action.APPEND else "T1",
        # Neither the sender nor anybody in Cc is ever made a participant by a decision.
        "participants_after": case["tickets"][0]["participants"],
    }
    if dsn:  # which letter came back is found by its Message-ID among ours
        sent = {one for thread in threads.values() for one in thread.sent}
        original = dsn["original_message_id"]
        found["delivery"] = original if original in sent else None
        found["permanent"] = dsn["status"].startswith("5")
    assert {key: found[key] for key in case["expected"]} == case["expected"]


def _thread(ticket: dict[str, Any], numbers: dict[str, int]) -> Thread:
    closed_at = ticket.get("closed_at")
    return Thread(
        number=numbers[ticket["id"]],
        participants=frozenset(ticket["participants"]),
        sent=frozenset(ticket["sent_message_ids"]),
        opened_at=instant(ticket.get("created_at") or "2026-01-01T00:00:00+00:00"),
        is_done=ticket["state"] in ("closed", "resolved"),
        closed_at=instant(closed_at) if closed_at else None,
        merged_into=numbers.get(ticket.get("merged_into") or ""),
    )


def _header(case: dict[str, Any], numbers: dict[str, int], persons: dict[str, int]) -> str:
    """With real numbers and tokens. A token is the one of the writer, or of the participant."""
    lines = "".join(f"{name}: {value}\n" for name, value in case["mail"]["headers"].items())
    writer = addresses.sender([case["mail"]["headers"].get("From", "")])
    for ticket in case["tickets"]:
        holder = writer if writer in persons else ticket["participants"][0]
        token = signing.token(KEY, numbers[ticket["id"]], persons[holder])
        for name, value in {
            "number": str(numbers[ticket["id"]]),
            "token": token,
            "bad_token": _spoilt(token),
        }.items():
            lines = lines.replace(f"{{{name}:{ticket['id']}}}", value)
    return lines


def _spoilt(token: str) -> str:
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def _forged(header: str) -> Incoming:
    token = signing.token(KEY, THREAD.number, PERSONS[ALICE])
    seen = {"number": THREAD.number, "sent": SENT, "token": token, "bad_token": _spoilt(token)}
    return read(header.format(**seen), persons=PERSONS)


@pytest.mark.parametrize(
    ("name", "header"), list(forged.mails()), ids=[n for n, _h in forged.mails()]
)
def test_nobody_comes_in_who_does_not_belong(name: str, header: str) -> None:
    decision = decide(_forged(header), {THREAD.number: THREAD}, HOUSE, at=AT)
    assert decision.action == Action.QUARANTINE
    assert not decision.receipt


def test_there_are_sixty_of_them() -> None:
    assert len(list(forged.mails())) == 60


def test_the_same_signs_let_the_participant_in() -> None:
    """Without this the sixty would prove nothing."""
    for sign in forged.SIGNS.values():
        mail = _forged(f"From: Alice <{ALICE}>\n{sign}\n")
        assert decide(mail, {THREAD.number: THREAD}, HOUSE, at=AT) == Decision(
            Action.APPEND, THREAD.number
        )


def test_a_colleague_who_is_no_participant_waits() -> None:
    mail = read(f"From: {COLLEAGUE}\nSubject: [#48211]\n", persons=PERSONS)
    decision = decide(mail, {THREAD.number: THREAD}, HOUSE, at=AT)
    assert (decision.action, decision.why) == (Action.QUARANTINE, Why.NOT_A_PARTICIPANT)


@pytest.mark.parametrize(
    ("sign", "public"),
    [
        ("Subject: [#48211]", False),
        (f"In-Reply-To: {SENT}", False),
        ("To: support+{theirs}@desk.example", False),
        ("To: support+{own}@desk.example", True),
        ("To: support+{own}@desk.example\nAuto-Submitted: auto-replied", False),
    ],
    ids=["number", "reference", "a customer's token", "own token", "own token, out of office"],
)
def test_staff_speak_to_the_customer_only_by_their_own_letter(sign: str, public: bool) -> None:
    tokens = {
        "own": signing.token(KEY, 48211, PERSONS[SAM]),
        "theirs": signing.token(KEY, 48211, PERSONS[ALICE]),
    }
    mail = read(f"From: Sam <{SAM}>\n{sign.format(**tokens)}\n", persons=PERSONS)
    decision = decide(mail, {THREAD.number: THREAD}, HOUSE, at=AT)
    assert decision == Decision(Action.APPEND, 48211, public=public)


def test_what_our_own_server_calls_forged_waits() -> None:
    mail = replace(read(f"From: {ALICE}\nIn-Reply-To: {SENT}\n", persons=PERSONS), is_forged=True)
    assert decide(mail, {THREAD.number: THREAD}, HOUSE, at=AT).why == Why.FORGED


def test_of_two_tickets_in_the_references_the_younger_is_meant() -> None:
    older = replace(THREAD, number=5, sent=frozenset({"<old@desk.example>"}))
    younger = replace(older, number=4, sent=frozenset({SENT}), opened_at=AT)
    references = f"References: {SENT} <old@desk.example>"
    mail = read(f"From: {ALICE}\n{references}\n", persons=PERSONS)
    assert decide(mail, {4: younger, 5: older}, HOUSE, at=AT).ticket == 4


def test_a_merger_that_goes_round_ends() -> None:
    one = replace(THREAD, merged_into=2)
    two = replace(THREAD, number=2, merged_into=THREAD.number, sent=frozenset())
    mail = read(f"From: {ALICE}\nIn-Reply-To: {SENT}\n", persons=PERSONS)
    assert decide(mail, {THREAD.number: one, 2: two}, HOUSE, at=AT).ticket == 2


def test_numbers_in_a_subject() -> None:
    assert marked("Re: [#48211] and [17], #18, not [other #79], not x#5") == [48211, 17, 18]
    assert bare("Jahreswechsel 2026: Lauf 4711 am 1.12. um 10:30, 3-fach") == [4711]


@given(st.text(max_size=400))
def test_any_subject_is_read(subject: str) -> None:
    marked(subject)
    bare(subject)


@given(st.lists(st.sampled_from([*'"\\()<>@,;: ', "alice@alpina.example", "x", "\n"])))
def test_no_from_field_gives_more_than_one_sender(parts: list[str]) -> None:
    found = addresses.sender(["".join(parts)])
    assert found.count("@") == (1 if found else 0)
    assert not found or not set(found) & set(' "<>(),;:\n\\')
