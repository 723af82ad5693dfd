"""How files arrive: streamed to disk, and never more of one than we would keep."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Stops writing once a file is too large, but counts on.

    The verb then sees the true size and refuses the file in words, in the form it came from; an
    aborted connection would only show the reader an error of their browser.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.ATTACHMENT_MOST_BYTES:
            super().receive_data_chunk(raw_data, start)
