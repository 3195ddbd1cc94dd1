"""Letters as files, where there is no mail server: one file for each letter, which every mail program opens."""

from email.utils import parsedate_to_datetime
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.utils.text import slugify


class EmailBackend(FileBackend):
    """Writes <day>-<time>-<number>-<to>-<subject>.eml into EMAIL_FILE_PATH; nothing else is ever written there."""

    def open(self) -> bool:
        """Open nothing: a file begins with its letter."""
        return False

    def close(self) -> None:
        """Close nothing."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        """Write each letter whole and return how many."""
        for letter in email_messages:
            written = letter.message()
            number = written["Message-ID"].strip("<>").partition("@")[0].replace("notification-", "")
            named = "-".join(slugify(part, allow_unicode=True)[:60] for part in (*letter.to, letter.subject))
            stem = Path(self.file_path) / f"{parsedate_to_datetime(written['Date']):%Y%m%d-%H%M%S}-{number}-{named}"
            begun = stem.with_name(f".{stem.name}")
            begun.write_bytes(written.as_bytes())
            begun.rename(stem.with_name(f"{stem.name}.eml"))
        return len(email_messages)
