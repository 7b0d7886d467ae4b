"""Letters into files, for demonstration and tests: one `.eml` each, oldest name first."""

from collections.abc import Callable
from pathlib import Path

from cabinet.adapters.letters import Mailbox, as_message
from cabinet.adapters.outbox_files import write_once
from cabinet.ports import Clock, Letter, Undelivered


class OutboxMail:
    """Writes each letter into the folder; the same key is written once."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = Mailbox.parse(sender)
        self._clock = clock

    def send(
        self,
        letter: Letter,
        stopping: Callable[[], bool] = lambda: False,  # noqa: ARG002 - the port's signature
    ) -> None:
        """Write the letter.

        Raises:
            Undelivered: it has no address, or the folder cannot be written to.
        """
        now = self._clock.now()
        content = as_message(letter, self._sender, now).as_bytes()
        try:
            write_once(self._folder, now, letter.key, ".eml", content)
        except OSError as exc:
            raise Undelivered(str(exc), retryable=True) from exc
