"""A real SMTP server on this machine (aiosmtpd), with the troubles that servers have."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.processes import free_port

REFUSED = "refused@example.ru"
USER, PASSWORD = "cabinet", "пароль:@/"


class SmtpPost:
    """What stands behind the server: the letters, and what it answers.

    Attributes:
        envelopes: recipient and content of each letter that was answered 250.
        data_answer: instead of 250; `on_data` runs before the answer.
        hanging: as long as it is, a letter that was read whole is not answered.
    """

    def __init__(self) -> None:
        self.envelopes: list[tuple[str, bytes]] = []
        self.secret_sessions: list[bool] = []
        self.data_answer = "250 taken"
        self.hanging = False
        self.on_data: Callable[[], None] = lambda: None
        self.on_quit: Callable[[], object] = lambda: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == REFUSED:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        while self.hanging:  # noqa: ASYNC110 - another thread ends it
            await asyncio.sleep(0.02)
        if self.data_answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.envelopes.append((envelope.rcpt_tos[0], content))
            self.secret_sessions.append(session.ssl is not None)
        self.on_data()
        return self.data_answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.on_quit()
        return "221 bye"

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _, content in self.envelopes]


class SmtpServerHere:
    """Starts and stops; the port stays."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.post = SmtpPost()
        self._options = {"enable_SMTPUTF8": True, **options}
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[Self]:
        self.come_up()
        try:
            yield self
        finally:
            self.go_down()

    def come_up(self) -> None:
        self._controller = Controller(self.post, "127.0.0.1", self.port, **self._options)
        self._controller.start()

    def go_down(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    """The one user."""
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


def server_context(certificate: Any) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate of a test authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
