"""Acceptance cases as JSON, and how tests read them: from here, or from the folder in CASES_DIR."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

OWN = Path(__file__).parent


def cases(name: str, kind: str | None = None) -> Any:
    """Parametrize a test over the cases of a file, or over those of one kind.

    Our own file must be there; in a folder named by CASES_DIR only the files present are run.
    """
    folder = Path(os.environ.get("CASES_DIR", OWN))
    path = folder / name
    if not path.exists() and folder != OWN:
        return pytest.mark.parametrize("case", [])
    found = json.loads(path.read_text("utf-8"))["cases"]
    found = [case for case in found if kind in (None, case.get("kind"))]
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)
