"""Mails as bytes, for the tests of intake."""

from __future__ import annotations

from email.message import EmailMessage


def mail(text: str = "Der Lauf bricht ab.\n", **fields: str) -> bytes:
    """A plain mail of alice's. Field names: `in_reply_to` for In-Reply-To; empty leaves one out."""
    message = EmailMessage()
    facts = {
        "from": "Alice Moser <alice@alpina.example>",
        "to": "support@desk.example",
        "subject": "Lauf bricht ab",
        "message_id": "<1@alpina.example>",
        **fields,
    }
    for name, value in facts.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def lines(*header: str, body: bytes = b"") -> bytes:
    """Header lines as they are, however wrong."""
    return "\r\n".join([*header, "", ""]).encode("utf-8", "surrogateescape") + body


def parts(kind: str, *inside: bytes, boundary: str = "=b") -> bytes:
    """A multipart of these parts, each with its own header."""
    rule = f"--{boundary}\r\n".encode()
    body = b"".join(rule + part + b"\r\n" for part in inside) + f"--{boundary}--\r\n".encode()
    return lines(f'Content-Type: multipart/{kind}; boundary="{boundary}"', body=body)


def bounce(original_id: str, recipient: str, status: str = "5.1.1") -> bytes:
    """A report by the standard that this letter did not arrive."""
    action = "failed" if status.startswith("5") else "delayed"
    report = (
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 No such user\r\n"
    )
    returned = f"From: desk@desk.example\r\nMessage-ID: {original_id}\r\n"
    head = lines(
        "Return-Path: <>",
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>",
        "To: desk@desk.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
    ).removesuffix(b"\r\n")
    return head + parts(
        "report; report-type=delivery-status",
        lines("Content-Type: text/plain", body=b"Your mail could not be delivered."),
        lines("Content-Type: message/delivery-status", body=report.encode()),
        lines("Content-Type: text/rfc822-headers", body=returned.encode()),
    )
