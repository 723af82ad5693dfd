"""Whether two mails are one, and what our own mail server says about a sender."""

from __future__ import annotations

import pytest

from supportdesk.intake import authenticity, automatic, fingerprint
from supportdesk.intake.automatic import Kind
from tests.intake.mails import mail


def test_what_servers_add_makes_no_other_mail() -> None:
    one = mail()
    assert fingerprint.of(b"Received: from a\r\nDelivered-To: x\r\n" + one) == fingerprint.of(one)
    assert fingerprint.of(one.replace(b"\n", b"\r\n")) == fingerprint.of(one)


@pytest.mark.parametrize(
    "other",
    [
        mail("Andere Worte."),
        mail(subject="Anderes"),
        mail(message_id="<2@alpina.example>"),
        mail(date="Mon, 23 Nov 2026 08:00:00 +0100"),
        mail(**{"from": "bob@alpina.example"}),
        mail(to="eskalation@desk.example"),
    ],
)
def test_what_its_writer_did_makes_another(other: bytes) -> None:
    assert fingerprint.of(other) != fingerprint.of(mail())


OURS = ["mx.desk.example"]


@pytest.mark.parametrize(
    ("results", "forged"),
    [
        (["mx.desk.example; dmarc=fail"], True),
        (["mx.desk.example; dmarc=pass; spf=fail"], False),
        (["mx.desk.example 1; spf=fail (dmarc=pass); dkim=none"], True),
        (["mx.desk.example; spf=fail; dkim=pass"], False),
        (["mx.desk.example; spf=softfail"], False),
        (["mx.evil.example; dmarc=fail"], False),  # not ours: it says nothing
        (["mx.desk.example; dmarc=fail", "mx.desk.example; dmarc=pass"], True),  # the topmost
        (["mx.evil.example; dmarc=pass", "mx.desk.example; dmarc=fail"], True),
        ([], False),
        ([""], False),
    ],
)
def test_only_the_topmost_word_of_our_own_server_counts(results: list[str], forged: bool) -> None:
    assert authenticity.is_forged(results, OURS) is forged


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"auto-submitted": ["no"]}, Kind.HUMAN),
        ({"auto-submitted": ["Auto-Replied (vacation)"]}, Kind.ANSWER),
        ({"auto-submitted": ["auto-generated; x=y"]}, Kind.GENERATED),
        ({"auto-submitted": ["auto-notified"]}, Kind.GENERATED),
        ({"subject": ["Automatische Antwort: Urlaub"]}, Kind.ANSWER),
        ({"subject": ["AW: Automatische Antwort"]}, Kind.HUMAN),
        ({"x-auto-response-suppress": ["All"]}, Kind.HUMAN),
        ({"precedence": ["bulk"]}, Kind.LIST),
        ({"precedence": ["auto_reply"]}, Kind.ANSWER),
        ({"list-id": ["<x>"]}, Kind.LIST),
        ({"return-path": ["<>"]}, Kind.GENERATED),
        ({"x-loop": ["yes"]}, Kind.GENERATED),
    ],
)
def test_machines_give_themselves_away(fields: dict[str, list[str]], kind: Kind) -> None:
    assert automatic.kind(fields) == kind
