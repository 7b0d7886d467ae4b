"""Short messages into files, for demonstration and tests: one `.json` each, oldest name first."""

import json
from pathlib import Path

from cabinet.adapters.outbox_files import write_once
from cabinet.ports import Clock, Sms, Undelivered


class OutboxSms:
    """Writes each message into the folder; the same key is written once."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, sms: Sms) -> None:
        """Write `{"to", "text", "sent_at"}`.

        Raises:
            Undelivered: the folder cannot be written to.
        """
        now = self._clock.now()
        content = json.dumps({"to": sms.to, "text": sms.text, "sent_at": now.isoformat()}, ensure_ascii=False)
        try:
            write_once(self._folder, now, sms.key, ".json", content.encode())
        except OSError as exc:
            raise Undelivered(str(exc), retryable=True) from exc
