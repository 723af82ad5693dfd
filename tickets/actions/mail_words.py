"""What of a mail becomes a message: its text, and the files that we take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import translation
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid
from supportdesk.intake.parsed import ParsedMail, Part
from supportdesk.web import filenames
from tickets.actions.attachments import examined

LONGEST = 50_000  # characters, as in a form


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    folds_at: int | None = None
    files: Sequence[UploadedFile] = field(default=())


def of(said: ParsedMail, reader: User) -> Words:
    """In the language of its writer where we add a word: what was not taken is named there."""
    with translation.override(reader.language):
        files, left_out = _sorted(said.attachments)
        own, folded = _halves(said)
        remarks = [_("Not taken over: %(file)s") % {"file": name} for name in left_out]
        if said.protection:
            how = {"how": ", ".join(said.protection)}
            remarks.append(_("Signed or encrypted with %(how)s, which was not checked.") % how)
        if len(said.text) > LONGEST:
            remarks.append(_("The text was longer. The mail is kept whole."))
        if not own.strip():
            own = _("(A mail without text.)")
        subject = said.subject or own.strip().splitlines()[0]
    text = "\n".join([own.rstrip("\n"), *(f"[{remark}]" for remark in remarks)])
    at = len(text) if folded else None
    return Words(subject[:200], text + folded, at, files)


def _halves(said: ParsedMail) -> tuple[str, str]:
    text = said.text[:LONGEST]
    if said.folds_at is None or said.folds_at >= len(text):
        return text, ""
    return text[: said.folds_at], "\n" + text[said.folds_at :].lstrip("\n")


def _sorted(parts: Sequence[Part]) -> tuple[list[UploadedFile], list[str]]:
    """Those that the rules for files let through, and the others with the reason."""
    taken: list[UploadedFile] = []
    left_out: list[str] = []
    for part in parts:
        name = filenames.cleaned(part.name) or _("file")
        file = SimpleUploadedFile(name, part.content, part.content_type)
        if len(taken) >= settings.ATTACHMENTS_PER_MESSAGE:
            left_out.append(name)
            continue
        try:
            examined(file)
        except Invalid as refusal:
            left_out.append(str(refusal))
        else:
            taken.append(file)
    return taken, left_out[:50]
