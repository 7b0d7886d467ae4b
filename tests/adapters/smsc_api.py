"""SMSC.ru's `send.php` and `status.php` with `fmt=3` as its documentation has them."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.adapters.local_api import Asked, LocalApi, Reply

KEY = "smsc-test-key"
REFUSED = "+79990000007"


@dataclass
class Taken:
    """A message that SMSC has taken."""

    id: str
    to: str
    text: str
    sender: str
    status: int = 1


def said(**fields: object) -> Reply:
    return Reply(200, json.dumps(fields, ensure_ascii=False).encode())


class SmscApi(LocalApi):
    """`taken` are the messages that were paid for; a repeated id is one more of them, as SMSC has it.

    `on_taken` runs when one is taken and not answered yet.
    """

    on_taken: Callable[[], object]

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Taken] = []
        self.on_taken = lambda: None

    def answer(self, asked: Asked) -> Reply:
        form = asked.form
        if form.get("apikey") != KEY:
            return said(error="authorise error", error_code=2)
        if (form.get("fmt"), form.get("charset")) != ("3", "utf-8"):
            return said(error="parameters error", error_code=1)
        return {"/sys/send.php": self._send, "/sys/status.php": self._status}[asked.path](form)

    def _send(self, form: dict[str, str]) -> Reply:
        if not form.get("mes") or not form.get("id"):
            return said(error="parameters error", error_code=1)
        if form["phones"] == REFUSED:
            return said(error="invalid number", error_code=7, id=form["id"])
        self.taken.append(Taken(form["id"], form["phones"], form["mes"], form.get("sender", "")))
        self.on_taken()
        return said(id=form["id"], cnt=1)

    def _status(self, form: dict[str, str]) -> Reply:
        found = [one for one in self.taken if (one.id, one.to) == (form["id"], form["phone"])]
        if not found:
            return said(error="message not found", error_code=3)
        return said(status=found[-1].status, last_date="20.11.2026 12:00:00", last_timestamp=1795161600)
