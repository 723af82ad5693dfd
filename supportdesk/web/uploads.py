"""How files arrive and are kept: streamed, hashed on their way, under random names, swept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils import timezone

CHUNK = 2**16
ORPHAN_AFTER = timedelta(days=1)  # no upload takes that long: younger ones may still get their row


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Stops writing once a file is too large, but counts on.

    The verb then sees the true size and refuses the file in words, in the form it came from; an
    aborted connection would only show the reader an error of their browser.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= most_bytes(self.request):
            super().receive_data_chunk(raw_data, start)


def takes_large_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view of the office to which colleagues may send files of a package's size."""
    view.takes_large_files = True  # type: ignore[attr-defined]
    return view


def most_bytes(request: Any) -> int:
    """How much of one file is kept; asked before the view is, so it asks who sends it, too."""
    view = getattr(getattr(request, "resolver_match", None), "func", None)
    if getattr(view, "takes_large_files", False) and getattr(request.user, "is_vendor", False):
        return settings.PACKAGE_FILE_MOST_BYTES
    return settings.ATTACHMENT_MOST_BYTES


class Hashed(File):
    """A file that takes its own SHA-256 while it is copied into the storage."""

    def __init__(self, file: UploadedFile) -> None:
        super().__init__(file)
        self.upload = file
        self.digest = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in self.upload.chunks(chunk_size or CHUNK):
            self.digest.update(chunk)
            yield chunk


def random_name(folder: str) -> str:
    """Ours alone: nothing of the sender's name reaches the disk."""
    token = secrets.token_hex(16)
    return f"{folder}/{token[:2]}/{token}"


def sweep(folder: str, known: Callable[[set[str]], Iterable[str]]) -> None:
    """Remove stored files that no row knows: of transactions rolled back, and of rows deleted."""
    before = timezone.now() - ORPHAN_AFTER
    if not default_storage.exists(folder):
        return
    for shelf in default_storage.listdir(folder)[0]:
        names = {
            f"{folder}/{shelf}/{name}" for name in default_storage.listdir(f"{folder}/{shelf}")[1]
        }
        for name in names.difference(known(names)):
            if default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
