"""Without Chromium the tests say how many of them were left out, and how to get them."""

import os
import subprocess
import sys

import pytest

from runner.places import PROJECT
from runner.testing import INSTALL

pytestmark = pytest.mark.runner

TWO_TESTS = """
import pytest
from tests.browser.conftest import chromium
pytestmark = pytest.mark.browser
def test_one(chromium): ...
def test_two(chromium): ...
def test_three(): ...
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_last_line_names_the_browser_tests_left_out(tmp_path, workers):
    (tmp_path / "test_tiny.py").write_text(TWO_TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "-c", "pyproject.toml", tmp_path],
        cwd=PROJECT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed, 2 skipped" in done.stdout
    last = done.stdout.rstrip().splitlines()[-1]
    assert last == f"Chromium is missing: 2 browser tests were left out. Install: {INSTALL}"
