"""A real mail server in a thread, in any mood: it refuses, hangs, cuts the line, or takes mail."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from runner.servers import free_port


class Mood(Enum):
    """What becomes of one connection."""

    KIND = auto()
    BUSY = auto()  # 421 for a greeting
    SILENT = auto()  # no greeting at all
    PERSON_LATER = auto()  # 451 for the recipient
    PERSON_NEVER = auto()  # 550 for the recipient
    MESSAGE_LATER = auto()  # 451 for the message
    HANGS = auto()  # takes the message, never says so
    CUTS_BEFORE = auto()  # takes the message, then cuts the line
    CUTS_AFTER = auto()  # takes the message, says so, then cuts the line
    HOLDS = auto()  # takes the message, says so once `go_on` is set


KEEPS = {Mood.KIND, Mood.CUTS_AFTER, Mood.HOLDS}


@dataclass(frozen=True)
class Arrival:
    """A message that came in whole. `kept`: the sender was promised its delivery."""

    letter: EmailMessage
    kept: bool


class PostOffice:
    def __init__(self) -> None:
        self.moods: deque[Mood] = deque()  # of the next connections; then it is kind
        self.arrivals: list[Arrival] = []
        self.holding = threading.Event()
        self.go_on = threading.Event()
        self.port = free_port()
        self.open()

    def open(self) -> None:
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """From now on connections are refused."""
        self._controller.stop()

    def calm(self) -> None:
        self.moods.clear()
        self.arrivals.clear()
        self.holding.clear()
        self.go_on.clear()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        answers = {Mood.PERSON_LATER: "451 later", Mood.PERSON_NEVER: "550 nobody here"}
        return answers.get(server.mood, "250 fine")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        if server.mood is Mood.HOLDS:
            self.holding.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.02)
        if server.mood is Mood.MESSAGE_LATER:
            return "451 later"
        self.arrivals.append(Arrival(letter, kept=server.mood in KEEPS))
        if server.mood is Mood.HANGS:
            await asyncio.sleep(60)
        if server.mood is Mood.CUTS_BEFORE:
            server.transport.abort()
        if server.mood is Mood.CUTS_AFTER:
            await server.push("250 taken")
            server.transport.close()
        return "250 taken"


class _Conversation(SMTP):
    mood = Mood.KIND

    async def _handle_client(self) -> None:
        office: PostOffice = self.event_handler
        self.mood = office.moods.popleft() if office.moods else Mood.KIND
        if self.mood is Mood.SILENT:
            await asyncio.sleep(60)
        if self.mood is Mood.BUSY:
            await self.push("421 too busy")
            self.transport.close()
            return
        await super()._handle_client()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Conversation(self.handler, **self.SMTP_kwargs)
