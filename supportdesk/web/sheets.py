"""Tables as CSV files, as German spreadsheets read them; nothing in them computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")  # what a spreadsheet takes for a formula


def as_csv(rows: Iterable[Sequence[str | int]]) -> str:
    """With a byte order mark and semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for cells in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return "\ufeff" + out.getvalue()


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(ACTIVE) else text


def download(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
