"""Letters into files, for demonstration and tests: one `.eml` each, oldest name first."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from cabinet.adapters.outbox_files import write_once
from cabinet.ports import Clock, Letter


class OutboxMail:
    """Writes each letter into the folder; the same key is written once."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Write the letter."""
        now = self._clock.now()
        write_once(self._folder, now, letter.key, ".eml", as_message(letter, self._sender, now).as_bytes())


def as_message(letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """The letter in text and HTML as RFC 5322 has it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.key}@cabinet>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
