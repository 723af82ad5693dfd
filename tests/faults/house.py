"""A house of its own: real servers and processes, all of which may be killed at any moment."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from runner import servers
from runner.__main__ import CELERY, WORKER
from runner.places import PROJECT, PYTHON
from tests.faults.ledger import Ledger
from tests.faults.post_office import PostOffice

QUICK = {"EMAIL_TIMEOUT": "3", "RETRY_PAUSE": "0.5", "EVENT_PATIENCE": "5"}
WAITS = "wait_event_type = 'Lock'"
REPORT = {
    "module": "krankengeld",
    "subject": "Zahllauf bricht ab",
    "text": "Seit heute früh.",
    "customer_priority": 3,
}


class House:
    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.post_office = PostOffice()
        self.ports = {"postgres": servers.free_port(), "valkey": servers.free_port()}
        self.web = servers.free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.start_postgres()
        self.start_valkey()
        self.environ = self._environ()
        self._run("manage.py", "migrate", "--verbosity", "0")
        self.token = self.play("alices_token").strip()

    # --- its servers
    def start_postgres(self) -> None:
        self.postgres = servers.postgres(
            self.folder / "postgres",
            name=self.name,
            log=self.folder / "postgres.log",
            port=self.ports["postgres"],
        )

    def start_valkey(self) -> None:
        """Empty: whatever the broker knew before is forgotten."""
        self.valkey = servers.valkey(
            self.folder / "valkey",
            log=self.folder / "valkey.log",
            keep=False,
            port=self.ports["valkey"],
        )

    # --- its processes
    def staff(self, *names: str) -> None:
        """Have exactly these at work; nobody says goodbye."""
        for name in set(self.processes) - set(names):
            self.kill(name)
        for name in names:
            if name not in self.processes:
                self._start(name)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_children(self, name: str) -> None:
        """Only the pool; the worker itself lives on and makes a new one."""
        for child in psutil.Process(self.processes[name].pid).children():
            child.kill()

    def pause(self, name: str) -> None:
        """As a virtual machine that is moved: it knows nothing of the time that passes."""
        os.killpg(self.processes[name].pid, signal.SIGSTOP)

    def wake(self, name: str) -> None:
        os.killpg(self.processes[name].pid, signal.SIGCONT)

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def report(self) -> str:
        """What waits, and what everybody said last."""
        dispatches = "SELECT 'dispatch', id, state, attempts, due_at - now(), error"
        events = "SELECT 'event', id, name, attempts, due_at - now(), error"
        rows = [
            *self.rows(f"{dispatches} FROM messaging_dispatch WHERE state <> 'sent'"),
            *self.rows(f"{events} FROM messaging_event WHERE done_at IS NULL"),
        ]
        said = [f"--- {name}\n{self.log(name)[-3000:]}" for name in self.processes]
        return "\n".join([*map(str, rows), *said])

    def close(self) -> None:
        self.staff()
        self.post_office.close()
        self.valkey.stop()
        self.postgres.stop()

    # --- what is asked of it
    def open_ticket(self, key: str) -> int | None:
        """Through the API; None when it was not acknowledged."""
        status, body = self.ask("/api/v1/tickets/", key, REPORT)
        return json.loads(body)["number"] if status == 201 else None

    def ask(
        self, path: str, key: str = "", given: dict[str, Any] | None = None
    ) -> tuple[int, bytes]:
        """The status and what was said; 0 where nobody answers."""
        headers = {
            "Authorization": f"Token {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        line = http.client.HTTPConnection("127.0.0.1", self.web, timeout=10)
        try:
            method, body = ("POST", json.dumps(given)) if given else ("GET", None)
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            line.close()

    def open_tickets(self, ledger: Ledger, count: int) -> None:
        """Each until it is acknowledged, as a careful client would, always under the same key."""
        for _ in range(count):
            key = str(uuid.uuid4())  # never used before: a repeated key repeats an old answer
            ledger.attempted.append(key)
            number = until(lambda key=key: self.open_ticket(key), 30, "an acknowledgement")
            ledger.acknowledged[key] = number

    def play(self, part: str, *arguments: str) -> str:
        """A function of cast.py, in a process of its own."""
        line = f"from tests.faults import cast; print(cast.{part}(*{arguments!r}))"
        return self._run("manage.py", "shell", "--no-imports", "-c", line)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.postgres.url, autocommit=True) as line:
            return line.execute(query, values).fetchall()

    def let_leases_run_out(self) -> None:
        """As if the time had passed: the lease of a sender that was killed is minutes long."""
        self.rows(
            "UPDATE messaging_dispatch SET due_at = now() WHERE lease IS NOT NULL RETURNING 1"
        )

    @contextmanager
    def blocked(self, lock: str, *values: Any) -> Iterator[None]:
        """Under a lock; yields once somebody waits for it. They are sent away before it ends,
        because PostgreSQL would finish the statement of a client that is dead.
        """
        with psycopg.connect(self.postgres.url) as line:
            line.execute(lock, values)
            yield
            self.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + WAITS)

    def somebody_waits(self) -> bool:
        return bool(self.rows("SELECT 1 FROM pg_stat_activity WHERE " + WAITS))

    def is_quiet(self) -> bool:
        [(events,)] = self.rows(
            "SELECT count(*) FROM messaging_event WHERE done_at IS NULL AND dead_at IS NULL"
        )
        [(dispatches,)] = self.rows(
            "SELECT count(*) FROM messaging_dispatch WHERE state IN ('waiting', 'sending')"
        )
        return not events and not dispatches

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            **QUICK,
            "DATABASE_URL": self.postgres.url,
            "BROKER_URL": self.valkey.url,
            "DATA_DIR": str(self.folder / "data"),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post_office.port}",
            "PYTHONUNBUFFERED": "1",
            "DEBUG": "0",
        }

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [str(PYTHON), *command],
            cwd=PROJECT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _start(self, name: str) -> None:
        kind = name.rstrip("23456789")
        web = ("-m", "gunicorn", "supportdesk.wsgi", f"--bind=127.0.0.1:{self.web}", "--threads=4")
        beat = self.folder / name
        commands = {
            "web": (*web, "--no-control-socket", "--log-level=warning"),
            "worker": (*WORKER, "-Q", "celery", "-c", "2", "-n", f"{name}@faults"),
            "urgent": (*WORKER, "-Q", "urgent", "-c", "1", "-n", f"{name}@faults"),
            "beat": (*CELERY, "beat", "-l", "warning", "-s", str(beat), f"--pidfile={beat}.pid"),
            "watchman": ("manage.py", "watchman"),
        }
        beat.with_suffix(".pid").unlink(missing_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(PYTHON), *commands[kind]],
                cwd=PROJECT,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=servers.die_with_parent,  # noqa: PLW1509 - as the runner does it
                process_group=0,
            )


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true answer; asked again for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds} seconds for {what}.")
