"""The house ends its processes politely: the first of each is asked, and may finish its work."""

from __future__ import annotations

import os
import time

import psutil

from runner import processes
from runner.processes import House

BOSS = """
import signal, subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", {work!r}])
def end(*_):
    print("worker ended with", worker.wait(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("at work", flush=True)
signal.pause()
"""
PATIENCE = 30


def run(work: str, capsys) -> House:
    """A boss with a worker in its group, as Celery has its pool; its worker does `work`."""
    house = House(os.environ)
    house.start("boss", "-c", BOSS.format(work=work))
    house.said = ""
    wait_for("at work", house, capsys)
    return house


def wait_for(words: str, house, capsys) -> str:
    end = time.monotonic() + PATIENCE
    while words not in house.said and time.monotonic() < end:
        time.sleep(0.05)
        house.said += capsys.readouterr().out
    return house.said


def test_what_a_pool_is_doing_is_finished(capsys):
    house = run("import time; time.sleep(1)", capsys)

    house.stop()

    assert "worker ended with 0" in wait_for("worker ended", house, capsys)


def test_whoever_does_not_finish_in_time_goes_with_the_whole_pool(capsys, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    house = run("import time; time.sleep(600)", capsys)
    everybody = psutil.Process(house.children[0].process.pid).children(recursive=True)
    assert everybody

    house.stop()

    _gone, alive = psutil.wait_procs(everybody, timeout=PATIENCE)
    assert alive == []


def test_a_pool_whose_boss_has_ended_ends_too(capsys):
    house = run("import time; time.sleep(600)", capsys)
    boss = house.children[0].process
    everybody = psutil.Process(boss.pid).children(recursive=True)
    boss.kill()
    boss.wait()

    house.stop()

    _gone, alive = psutil.wait_procs(everybody, timeout=PATIENCE)
    assert alive == []
