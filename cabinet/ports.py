"""What the house needs from the world, in our words. Adapters fulfil it; their vendors' errors stop there."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from cabinet.domain.documents import FileFormat
from cabinet.domain.errors import CabinetError, Denied
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class Bell(Protocol):
    """Tells by number whom something concerns that has been committed; never what it is.

    One rings for suppliers to whom requests have come or changed, another for sessions that have been ended.
    """

    def ring(self, numbers: frozenset[int]) -> None:
        """Tell all listeners, in the caller's thread; what a listener fails at is its own matter."""
        ...

    def listen(self, hear: Callable[[frozenset[int]], None]) -> None:
        """Have somebody told from now on."""
        ...


class PasswordHasher(Protocol):
    """Keeps passwords and compares proofs; slow on purpose, so never inside a transaction."""

    def hash(self, password: str) -> str:
        """What to store of a password of the portal (NFC text of any length)."""
        ...

    def verify(self, password: str, stored: str) -> bool:
        """Whether it is the password; an empty `stored` costs the same time and is never right."""
        ...

    def is_outdated(self, stored: str) -> bool:
        """Whether the password, now that it is at hand, should be stored anew: the cost has risen since."""
        ...

    def hash_plain(self, secret: str) -> str:
        """Plain bcrypt of the UTF-8 text, as registers hold it; at most 72 bytes."""
        ...

    def verify_plain(self, secret: str, stored: str) -> bool:
        """Whether plain bcrypt of the text fits; an empty side costs the same time and is never right."""
        ...


class CommonPasswords(Protocol):
    """Knows the passwords that are tried first by whoever guesses."""

    def has(self, keys: str) -> bool:
        """Whether a password, in keys pressed (`domain.passwords.keys_pressed`), is one of them."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail ready to send; `key` is the same at every retry."""

    key: str
    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Sms:
    """A short message ready to send; `key` is the same at every retry, `again` tells that it is one."""

    key: str
    to: str
    text: str
    again: bool = False


class Undelivered(CabinetError):
    """A provider did not take a message; fact `reason`, one line of its words or ours.

    Attributes:
        retryable: whether another try may help: no answer, a provider that is ill or busy, a fault of our own settings.
        retry_in: seconds that the provider asks to wait; 0 when it does not say.
        unclear: whether the provider may have taken it, and takes another try for another message.
    """

    code = "message.undelivered"

    def __init__(self, reason: str, *, retryable: bool, retry_in: int = 0, unclear: bool = False) -> None:
        super().__init__(reason=" ".join(reason.split())[:200])
        self.retryable = retryable
        self.retry_in = retry_in
        self.unclear = unclear


class MailSender(Protocol):
    """Sends letters, from any thread, in ten seconds at most; the same key is one letter to its reader.

    A provider that has the whole letter may be given a minute more to say whether it takes it.
    """

    def send(self, letter: Letter, stopping: Callable[[], bool] = lambda: False) -> None:
        """Hand the letter over; while the portal is stopping, without the minute more.

        Raises:
            Undelivered: the provider did not take it, or did not say that it did.
        """
        ...


class SmsSender(Protocol):
    """Sends short messages, from any thread, in ten seconds at most; the same key is one message."""

    def send(self, sms: Sms) -> None:
        """Hand the message over.

        Raises:
            Undelivered: the gateway did not take it, or did not say that it did.
        """
        ...


@dataclass(frozen=True, slots=True)
class MailReturned:
    """A letter that the provider took and could not deliver.

    Attributes:
        id: the provider's own id of the notice, the same when the notice is repeated.
        key: the letter's.
        reason: one line.
    """

    id: str
    key: str
    reason: str


class NoticeForged(Denied):
    """A notice that its provider has not signed, or has signed too long ago."""

    code = "notice.forged"


class MailNotices(Protocol):
    """Reads what the mail provider tells of letters after it took them."""

    def read(self, headers: Mapping[str, str], body: bytes) -> MailReturned | None:
        """A returned letter, or None for what does not concern us.

        Raises:
            NoticeForged: the signature does not hold.
        """
        ...


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What the acquirer is asked to take; `key` is our payment's id and its idempotency key."""

    key: str
    amount: Money
    description: str
    return_url: str


@dataclass(frozen=True, slots=True)
class AcquirerPayment:
    """A payment as the acquirer tells of it.

    Attributes:
        id: the acquirer's own id.
        key: our payment's id, as we gave it.
        confirmation_url: where the payer goes to pay.
    """

    id: str
    key: str
    status: PaymentStatus
    amount: Money
    confirmation_url: str


class AcquirerUnclear(CabinetError):
    """No answer, or one that says nothing of the payment: its fate is unknown, never failed."""

    code = "acquirer.unclear"


class Acquirer(Protocol):
    """Takes payments."""

    name: str

    def register(self, order: PaymentOrder) -> AcquirerPayment:
        """Open a payment; the same key gives the same payment.

        Raises:
            AcquirerUnclear: whether it was opened is not known.
        """
        ...

    def fetch(self, acquirer_payment_id: str) -> AcquirerPayment:
        """The payment as it stands now.

        Raises:
            AcquirerUnclear: no answer.
        """
        ...


class Pictures(Protocol):
    """Draws the picture task of the human check."""

    def draw(self, answer: str) -> bytes:
        """PNG that shows the answer's characters to people and hides them from programs."""
        ...


class Speech(Protocol):
    """Speaks the task of the human check for those who do not see the picture."""

    def speak(self, words: Sequence[str]) -> bytes:
        """WAV of at most 40 000 bytes that tells the words to people and hides them from programs."""
        ...


class Proofs(Protocol):
    """Gives browsers work that costs a moment, and checks it at once."""

    def challenge(self, subject: str, expires_at: datetime, times: int = 1) -> str:
        """The work for a browser as JSON, signed.

        Args:
            subject: what the solution will speak of.
            expires_at: when the solution is late.
            times: how many times the usual work.
        """
        ...

    def solved(self, solution: str, now: datetime) -> str | None:
        """The subject of a right and timely solution, or None whatever else was sent."""
        ...


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside a paper."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one under another."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its head stands again on every page.

    Attributes:
        rows: each as long as `columns`.
        right: numbers of the columns that are set to the right, from 0: sums and volumes.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Standout:
    """One value in large figures, to be read and typed from paper: a PIN."""

    name: str
    value: str


Part = Heading | Facts | Table | Note | Standout


@dataclass(frozen=True, slots=True)
class Paper:
    """What a PDF says, whatever its look; at most some thousands of rows, for it is made in memory.

    Attributes:
        author: whose paper it is: the supplier.
        made_at: an aware instant, in the zone that the paper speaks of.
    """

    title: str
    author: str
    made_at: datetime
    parts: Sequence[Part]


class Pdf(Protocol):
    """Makes PDF files that can be read aloud, searched and copied from, in Russian."""

    def make(self, paper: Paper) -> bytes:
        """The file, from any thread; a letter that the font lacks is shown as «?»."""
        ...


@dataclass(frozen=True, slots=True)
class PasskeyOwner:
    """For whom a browser is asked to make a passkey.

    Attributes:
        handle: what the passkey will know its owner by; at most 64 bytes, nothing personal.
        name: what the device shows beside the key: the login.
    """

    handle: bytes
    name: str


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What a browser's answer says of itself; nothing of it is proved.

    Attributes:
        challenge: the one that it answers.
        key_id: the passkey's own id.
        handle: the owner's, as the passkey knows it; b"" when it does not say.
    """

    challenge: str
    key_id: str
    handle: bytes


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a browser has just made; `synced` when its owner has it on other devices too."""

    key_id: str
    public_key: bytes
    counter: int
    synced: bool


@dataclass(frozen=True, slots=True)
class PasskeyUse:
    """A proof by a passkey; `counter` is what it says now, 0 when it does not count."""

    counter: int
    synced: bool


class Passkeys(Protocol):
    """Asks browsers for passkeys and proves what they answer; `challenge` is a token of `domain.codes`.

    Every method that is given an answer raises `PasskeyRefused` for whatever does not hold, of any shape and
    length.
    """

    def ask_new(self, challenge: str, owner: PasskeyOwner, known: Sequence[str]) -> str:
        """The options, as JSON, for making a passkey that signs in by itself; not one of the ids `known`."""
        ...

    def ask_use(self, challenge: str, known: Sequence[str] = ()) -> str:
        """The options, as JSON, for proving with one of the ids `known`, or with any passkey of the portal."""
        ...

    def read(self, answer: str) -> PasskeyAnswer:
        """What the answer says of itself."""
        ...

    def check_new(self, answer: str, challenge: str) -> NewPasskey:
        """The passkey that was made for this challenge on a page of ours, its owner verified by the device."""
        ...

    def check_use(self, answer: str, challenge: str, public_key: bytes, counter: int) -> PasskeyUse:
        """The proof by the passkey of this public key.

        Args:
            answer: the browser's.
            challenge: the one that it must answer.
            public_key: as `check_new` gave it.
            counter: as the last proof left it; a proof that does not go beyond it comes from a copy.
        """
        ...


class Seal(Protocol):
    """Keeps small secrets that must be read again, such as an authenticator's, unreadable at rest."""

    def seal(self, secret: bytes, about: str) -> bytes:
        """Encrypt; `about` names the owner and the use, and the same is needed to open."""
        ...

    def open(self, sealed: bytes, about: str) -> bytes | None:
        """The secret; None when it was altered, is about something else or was sealed under another key."""
        ...


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """A QR code for an SVG: its side in modules, the quiet zone included, and the path of the dark ones."""

    side: int
    path: str


class QrCodes(Protocol):
    """Draws QR codes."""

    def draw(self, text: str) -> QrDrawing:
        """The code of a text of at most a few hundred characters."""
        ...


class DocumentCleaner(Protocol):
    """Turns files that strangers have sent into pictures that hold nothing but pixels."""

    def clean(self, data: bytes, kind: FileFormat) -> tuple[bytes, ...]:
        """The pages as fresh JPEGs of at most 3600 pixels a side, upright, without metadata; one or more.

        Nothing of the file touches a disk. It takes half a minute at most and runs from any thread.

        Raises:
            DocumentBroken, DocumentTooDetailed, DocumentTooLong, DocumentLocked, DocumentTooHeavy: why not.
        """
        ...


class DocumentVault(Protocol):
    """Keeps cleaned documents so that only their own requests open them, until they are shredded."""

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:
        """Keep the pages under a key of their own; that key, wrapped, is the caller's to keep.

        Once shredded, no copy of the wrapped key opens any copy of the document.

        Args:
            document: a new random name of 16 to 64 letters, digits, `-` and `_`.
            request: the request that they belong to.
            pages: JPEGs.
        """
        ...

    def open(self, document: str, request: str, wrapped_key: bytes) -> tuple[bytes, ...]:
        """The pages.

        Raises:
            DocumentUnreadable: gone, damaged, of another request or under another key.
        """
        ...

    def shred(self, document: str) -> None:
        """Delete what is kept; nothing happens when it is gone already."""
        ...

    def list_before(self, moment: datetime) -> list[str]:
        """The names of what was written before the moment, half-written ones too."""
        ...


class MailboxUnavailable(CabinetError):
    """The supplier's mailbox does not answer, or not as it should; fact `reason`, one line without secrets."""

    code = "mailbox.unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=" ".join(reason.split())[:200])


class OpenMailbox(Protocol):
    """The folder of letters, open. Letters are named by uid, ascending, good for as long as `validity` is the same.

    Every method answers within some seconds or raises MailboxUnavailable.
    """

    @property
    def validity(self) -> int:
        """Changes when the uids are given anew."""
        ...

    def list_unread(self, since: date) -> list[int]:
        """The uids of unread letters that came on that day or later, ascending."""
        ...

    def size(self, uid: int) -> int | None:
        """How many bytes the server says the letter has; None when it is gone."""
        ...

    def read(self, uid: int, most: int) -> bytes | None:
        """The first bytes of the letter, at most so many, which leaves it unread; None when it is gone."""
        ...

    def mark(self, uid: int, *, read: bool) -> None:
        """Mark the letter as answered, and as read too; a letter that is gone is no error."""
        ...


class Mailbox(Protocol):
    """The mailbox that the supplier's subscribers write to.

    Attributes:
        name: `user@host/folder`, which tells mailboxes apart.
        supplier: the code of the supplier whose letters they are; "" when there is but one supplier.
        authenticator: the name under which its server writes what it has found out of senders (RFC 8601); "" when it
            writes nothing that can be believed.
    """

    name: str
    supplier: str
    authenticator: str

    def open(self, stopping: Callable[[], bool] = lambda: False) -> AbstractContextManager[OpenMailbox]:
        """Open the folder; once `stopping` is true the next step raises.

        Raises:
            MailboxUnavailable: no server, no such user, no such folder.
        """
        ...
