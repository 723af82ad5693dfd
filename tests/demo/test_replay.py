"""Tickets of a file, sent through the API of a running desk."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from demo import replay
from supportdesk.accounts.models import Token
from supportdesk.messaging import tasks
from tests.messaging.conftest import free_port
from tickets.models import Message, Ticket

REPORTS = Path(__file__).with_name("reports.jsonl")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> Iterator[None]:
    """Answers events as the desk's own worker does."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.02):
            tasks.react()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


class CuttingLine:
    """Carries calls to the desk, and cuts every third line when the answer is on its way."""

    def __init__(self, port: int) -> None:
        self.port, self.cut, self.calls = port, 0, 0
        self.server = socket.create_server(("127.0.0.1", free_port()))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self.port)) as far:
            while call := _message(near):
                far.sendall(call)
                answer = _message(far)
                if call.startswith(b"POST"):
                    self.calls += 1
                    if self.calls % 3 == 1:
                        self.cut += 1
                        return
                near.sendall(answer)


def _message(line: socket.socket) -> bytes:
    """One whole HTTP message; empty when the other side has hung up."""
    told = b""
    while more := line.recv(2**16):
        told += more
        head, end, body = told.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            return told
    return b""


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)


def sent(*more: str) -> str:
    out = io.StringIO()
    call_command("replay", str(REPORTS), "--rate", "50", *more, stdout=out)
    return out.getvalue()


def test_each_ticket_arrives_once_and_finds_somebody(live_server, worker, carol, competent_sam):
    told = sent("--url", live_server.url)

    assert "accepted                5\n" in told
    assert "refused                 1\n" in told  # the blank one, with its reason
    assert "routed                  5\n" in told
    assert "lost                    0\n" in told
    assert Ticket.objects.filter(assignee=competent_sam).count() == 5
    words = Message.objects.get(ticket__external_number="r-2")
    assert (words.ticket.subject, words.text) == (
        "Übergröße „½“ 𝄞",
        "Zeile eins\n\nZeile zwei <b>&amp;</b>",
    )
    assert not Token.objects.exists()  # those made for the replay are gone


def test_a_cut_line_neither_loses_a_ticket_nor_opens_it_twice(
    live_server, worker, carol, competent_sam
):
    line = CuttingLine(live_server.thread.port)

    told = sent("--url", line.url)

    assert line.cut >= 2
    assert "accepted                5\n" in told
    assert "opened twice            0\n" in told
    assert Ticket.objects.count() == 5
    line.server.close()


def test_a_run_with_the_same_name_sends_nothing_twice(live_server, worker, carol, competent_sam):
    first = sent("--url", live_server.url, "--run", "monday")
    again = sent("--url", live_server.url, "--run", "monday")

    assert "accepted                5\n" in first
    assert "accepted                5\n" in again
    assert Ticket.objects.count() == 5


def test_what_is_not_there_afterwards_is_lost():
    outcome = replay.Outcome(accepted={1: "r-1", 2: "r-2"}, found={2: {"external_number": "r-2"}})

    assert outcome.lost == {1}


def test_a_desk_that_is_away_is_said_and_is_an_error(carol, module, monkeypatch):
    monkeypatch.setattr("demo.caller.PATIENCE", 0.3)

    with pytest.raises(CommandError, match="does not answer: ConnectionRefusedError"):
        sent("--url", f"http://127.0.0.1:{free_port()}")


def test_real_gaps_are_kept_and_sped_up():
    reports = replay.read(REPORTS, 5)

    assert replay.sped_up(reports, 60) == [0, 0.5, 1, 4, 10]
    assert replay.evenly(reports, 4) == [0, 0.25, 0.5, 0.75, 1]


def test_waits_are_counted_from_opening_to_assignment_of_those_accepted():
    now = timezone.now()

    def row(number: int, seconds: float | None) -> dict[str, str | int | None]:
        end = (now + timedelta(seconds=seconds)).isoformat() if seconds is not None else None
        return {"number": number, "opened_at": now.isoformat(), "assigned_at": end}

    found = {n: row(n, wait) for n, wait in [(1, 3.0), (2, 1.0), (3, None), (4, 9.0)]}
    outcome = replay.Outcome(accepted={1: "a", 2: "b", 3: "c"}, found=found)

    assert outcome.waits == [1.0, 3.0]
    assert replay.percentile(sorted(range(100)), 0.95) == 95
