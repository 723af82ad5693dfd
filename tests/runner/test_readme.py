"""The first screen tells the truth: folders, commands, logins."""

from __future__ import annotations

import re
import subprocess

import pytest

from demo import cast
from runner import check
from runner.__main__ import COMMANDS
from runner.places import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.M)


def test_the_tree_shows_every_folder_and_no_other():
    shown = re.findall(r"^    ([\w]+)/ +\S", README, re.M)
    tracked = {path.relative_to(PROJECT).parts for path in check._tracked()}
    folders = {parts[0] for parts in tracked if len(parts) > 1 and not parts[0].startswith(".")}

    assert sorted(shown) == sorted(folders)


def test_the_decisions_and_the_picture_it_points_to_are_there():
    for path in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (PROJECT / path).exists(), path


def test_the_logins_are_those_of_the_demo():
    shown = set(re.findall(r"\w[\w.]*@[\w.-]+\.example", README))

    assert shown == {email for email, _role in cast.LOGINS}
    assert f"`{cast.PASSWORD}`" in README


def test_make_help_shows_every_target():
    help_page = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [line.split()[0] for line in help_page.splitlines()] == TARGETS
    assert set(re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[0].split()) == set(TARGETS)


def test_every_target_calls_a_command_that_the_runner_has():
    called = set(re.findall(r"\$\(RUNNER\) (\w+)", MAKEFILE))

    assert called
    assert called - set(COMMANDS) == set()


def test_no_tracked_file_names_a_registry_or_somebodys_home():
    assert list(check._foreign()) == []


@pytest.mark.parametrize(
    "line",
    [
        "index = https://" + "py" + "pi.example/simple",
        "see http://files.python" + "hosted.org/x",
        'HOME = "/ro' + 'ot/desk"',
        "cd /ho" + "me/ada/desk",
    ],
)
def test_such_names_would_be_found(line):
    assert check.FOREIGN.search(line)
