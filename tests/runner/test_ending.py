"""However it ends, nothing stays behind; however it ended, it starts again and has its data."""

from __future__ import annotations

import os
import signal
import socket

import psutil

from runner.__main__ import free_port_from
from tests.runner.conftest import answers, warmed

ROWS = "from supportdesk.accounts.models import Organisation as O;"
CREATE = f"{ROWS} O.objects.create(name='Alpina', code='ALP'); print('made', O.objects.count())"
COUNT = f"{ROWS} print('found', O.objects.count())"


def test_a_second_one_is_sent_away_and_sigterm_leaves_no_process(clone, warm):
    house = warmed(clone(), warm)
    run = house.start("run")
    url = run.opens()
    second = house.start("run")
    assert second.ends() == 1
    assert "runs already from this folder" in second.text
    assert answers(url + "/health/ready") == 200
    everybody = psutil.Process(run.process.pid).children(recursive=True)
    assert len(everybody) > 10  # servers, web, two workers with their pools, beat, watchman

    assert run.stop(signal.SIGTERM) == 128 + signal.SIGTERM

    assert [process for process in everybody if process.is_running()] == []
    assert house.processes() == []


def test_fresh_puts_the_data_away_and_ctrl_c_leaves_no_process(clone, warm):
    house = warmed(clone(), warm)
    run = house.call("make", "fresh")
    assert "postgres.before" in run.hears("What was here lies in")
    run.opens()
    assert (house.folder / "var" / "postgres.before" / "PG_VERSION").exists()

    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does: to everybody in front
    run.ends()

    assert house.processes() == []
    assert "Traceback" not in run.text


def test_a_killed_runner_takes_everybody_along_and_starts_again_with_its_data(clone, warm):
    house = warmed(clone(), warm)
    run = house.start("run")
    run.opens()
    shell = house.start("manage", "shell", "-c", CREATE)
    assert shell.hears("made").strip() == "made 1"
    everybody = psutil.Process(run.process.pid).children(recursive=True)

    run.stop(signal.SIGKILL)

    again = house.start("run")
    url = again.opens()
    assert answers(url + "/health/ready") == 200
    _gone, alive = psutil.wait_procs(everybody, timeout=60)
    assert [process.cmdline() for process in alive] == []
    assert house.start("manage", "shell", "-c", COUNT).hears("found").strip() == "found 1"
    assert again.stop() == 128 + signal.SIGTERM
    assert house.processes() == []


def test_of_taken_ports_the_next_free_one_is_used(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port_from(port) > port

    assert f"Port {port} is taken" in capsys.readouterr().out
