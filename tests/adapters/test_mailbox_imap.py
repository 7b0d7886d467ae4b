"""The mailbox: a real server (Dovecot), an odd one, and the fake, held to one contract."""

import imaplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import trustme

from cabinet.adapters.mailbox_imap import ImapMailbox, ImapServer, folder_name
from cabinet.ports import Mailbox, MailboxUnavailable
from tests import dovecot, hostile_letters
from tests.adapters.imap_server import DRIP, OddImapServer, Say, usual
from tests.adapters.local_api import bounded
from tests.dovecot import ImapServerHere
from tests.fakes import FakeMailbox

_users = count(1)
TODAY = datetime.now(UTC).date()
MONTH = TODAY - timedelta(days=30)
HELLO = b"From: anna@example.ru\r\nSubject: hello\r\n\r\nHello!\r\n"


@dataclass
class Box:
    """A mailbox, the way to put letters into it, and the uids of those that are unread."""

    mailbox: Mailbox
    put: Callable[[bytes], None]

    def unread(self, since: date = MONTH) -> list[int]:
        with self.mailbox.open() as folder:
            return folder.list_unread(since)


@pytest.fixture(params=["imaps", "imap", "fake"])
def box(request: pytest.FixtureRequest) -> Box:
    if request.param == "fake":
        fake = FakeMailbox()
        return Box(fake, lambda letter: (fake.put(letter, TODAY), None)[1])
    server: ImapServerHere = request.getfixturevalue("imap_server")
    user = f"user{next(_users)}@example.ru"
    mailbox = ImapMailbox(ImapServer.parse(server.url(user, scheme=request.param)), server.trust())
    return Box(mailbox, lambda letter: dovecot.deliver(server.maildir(user), letter))


def test_an_empty_mailbox_has_nothing(box: Box) -> None:
    assert box.unread() == []


def test_letters_are_listed_in_the_order_in_which_they_came(box: Box) -> None:
    for _ in range(12):
        box.put(HELLO)
    uids = box.unread()
    assert len(uids) == 12
    assert uids == sorted(uids)
    assert box.unread(TODAY + timedelta(days=2)) == []


def test_reading_leaves_a_letter_unread(box: Box) -> None:
    box.put(HELLO)
    (uid,) = box.unread()
    with box.mailbox.open() as folder:
        assert folder.size(uid) == len(HELLO)
        assert folder.read(uid, 10_000) == HELLO
        assert folder.read(uid, 7) == HELLO[:7]
    assert box.unread() == [uid]


@pytest.mark.parametrize("read", [True, False])
def test_a_mark_is_kept(box: Box, read: bool) -> None:
    box.put(HELLO)
    box.put(HELLO)
    first, second = box.unread()
    for _ in range(2):
        with box.mailbox.open() as folder:
            folder.mark(first, read=read)
    assert box.unread() == ([second] if read else [first, second])


def test_a_letter_that_is_gone_is_told_as_gone(box: Box) -> None:
    with box.mailbox.open() as folder:
        assert folder.size(99) is None
        assert folder.read(99, 10) is None
        folder.mark(99, read=True)


def test_the_uids_are_good_as_long_as_the_validity_is_the_same(box: Box) -> None:
    box.put(HELLO)
    with box.mailbox.open() as one, box.mailbox.open() as other:
        assert one.validity == other.validity > 0


def test_a_letter_of_three_megabytes_and_every_byte_comes_whole(box: Box) -> None:
    letter = HELLO + bytes(n for n in range(1, 256) if n not in {10, 13}) * 12_000 + b"\r\n"
    box.put(letter)
    with box.mailbox.open() as folder:
        assert folder.read(1, 25 * 2**20) == letter
        assert folder.read(1, 2**20 + 5) == letter[: 2**20 + 5]


def test_a_worker_that_stops_takes_no_further_step(box: Box) -> None:
    box.put(HELLO)
    stopping = False
    with box.mailbox.open(lambda: stopping) as folder:
        folder.list_unread(MONTH)
        stopping = True
        with pytest.raises(MailboxUnavailable):
            folder.read(1, 10)


def test_flags_of_the_real_server(imap_server: ImapServerHere) -> None:
    user = f"user{next(_users)}@example.ru"
    dovecot.deliver(imap_server.maildir(user), HELLO)
    dovecot.deliver(imap_server.maildir(user), HELLO)
    with ImapMailbox(ImapServer.parse(imap_server.url(user)), imap_server.trust()).open() as folder:
        folder.mark(1, read=True)
        folder.mark(2, read=False)
    with imaplib.IMAP4_SSL("localhost", imap_server.imaps, ssl_context=imap_server.trust()) as client:
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{dovecot.PASSWORD}".encode())
        client.select()
        flags = [
            imaplib.ParseFlags(line) for line in client.fetch("1:2", "FLAGS")[1] if isinstance(line, bytes)
        ]
    assert [{rb"\Seen", rb"\Answered"} & set(of) for of in flags] == [
        {rb"\Seen", rb"\Answered"},
        {rb"\Answered"},
    ]


def test_a_folder_with_a_russian_name(imap_server: ImapServerHere) -> None:
    user, name = f"user{next(_users)}@example.ru", 'Заявки & "ещё"'
    with imaplib.IMAP4_SSL("localhost", imap_server.imaps, ssl_context=imap_server.trust()) as client:
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{dovecot.PASSWORD}".encode())
        assert client.create(f'"{folder_name(name)}"')[0] == "OK"
        client.append(f'"{folder_name(name)}"', "", "", HELLO)
    with ImapMailbox(ImapServer.parse(imap_server.url(user, name)), imap_server.trust()).open() as folder:
        assert folder.list_unread(MONTH) == [1]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", "INBOX"),
        ("Заявки", "&BBcEMARPBDIEOgQ4-"),
        ("a&b", "a&-b"),
        ('"\\', '\\"\\\\'),
        ("台北", "&U,BTFw-"),
    ],
)
def test_names_of_folders_are_written_as_the_protocol_has_it(name: str, written: str) -> None:
    assert folder_name(name) == written


@pytest.mark.parametrize("fault", ["password", "folder", "certificate", "nobody"])
def test_what_is_wrong_is_told_without_the_password(imap_server: ImapServerHere, fault: str) -> None:
    server = ImapServer.parse(imap_server.url(f"user{next(_users)}@example.ru"))
    host, port = (
        ("127.0.0.1" if fault == "certificate" else server.host),
        (1 if fault == "nobody" else server.port),
    )
    password = "unlikely-1234" if fault == "password" else server.password
    wrong = ImapServer(host, port, True, server.user, password, "Nowhere" if fault == "folder" else "INBOX")
    with (
        bounded(15),
        pytest.raises(MailboxUnavailable) as problem,
        ImapMailbox(wrong, imap_server.trust()).open(),
    ):
        pass
    assert problem.value.facts["reason"]
    said = f"{problem.value.facts} {problem.value!r} {problem.value.__cause__!r} {wrong!r}"
    assert password not in said


@pytest.mark.parametrize(
    "url",
    [
        "", "imaps://", "imaps://host", "imaps://user@host", "https://user:password-x@host", "imaps://user:password-x@",
        "imaps://user:password-x@host:port",
    ],
)  # fmt: skip
def test_what_is_no_mailbox_is_refused_without_its_words(url: str) -> None:
    with pytest.raises(ValueError, match="mailbox") as problem:
        ImapServer.parse(url)
    assert "password-x" not in str(problem.value)


def test_a_url_says_everything() -> None:
    found = ImapServer.parse(
        "imaps://desk%40example.ru:p%40%2F%D0%B9@imap.example.ru/%D0%9F%D0%B8%D0%BD?supplier=izhevsk&authserv=mx.ru"
    )
    assert found == ImapServer(
        "imap.example.ru", 993, True, "desk@example.ru", "p@/й", "Пин", "izhevsk", "mx.ru"
    )
    assert ImapServer.parse("imap://a:b@host").port == 143
    assert ImapServer.parse("imap://a:b@host").folder == "INBOX"


# The odd server.


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def odd(**answers: bytes | None) -> Say:
    return lambda name, rest: answers[name] if name in answers else usual(name, rest)


@pytest.fixture
def to_odd(authority: trustme.CA) -> Iterator[Callable[[Say], ImapMailbox]]:
    with ExitStack() as running:

        def make(say: Say) -> ImapMailbox:
            server = running.enter_context(OddImapServer(say, authority).serving())
            context = dovecot.trusting(authority)
            return ImapMailbox(ImapServer("localhost", server.port, True, "desk", "p"), context, seconds=1.0)

        yield make


def test_the_odd_server_is_a_server(to_odd: Callable[[Say], ImapMailbox]) -> None:
    with to_odd(usual).open() as folder:
        assert (folder.validity, folder.list_unread(MONTH), folder.size(1), folder.read(1, 100)) == (
            7,
            [1],
            5,
            b"hello",
        )


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CAPABILITY", b"* CAPABILITY X\r\n"),
        ("LOGIN", None),
        ("SELECT", b"* 1 EXISTS\r\n"),
        ("SELECT", b"* OK [UIDVALIDITY x] ?\r\n"),
        ("SELECT", None),
        ("SELECT", DRIP),
        ("SEARCH", b"* SEARCH " + b"1" * 5_000_000 + b"\r\n"),
        ("SEARCH", b"* X\r\n" * 1_000_000),
        ("SEARCH", b"no words of IMAP\r\n"),
        ("SEARCH", DRIP),
        ("SEARCH", None),
        ("FETCH", b"* 1 FETCH (UID 1 BODY[] {52428800}\r\n"),
        ("FETCH", b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n"),
        ("FETCH", b"* 1 FETCH (UID 1 BODY[] {500}\r\nhello"),
        ("FETCH", b"* 1 FETCH (UID 1 BODY[] {5}\r\nhello"),
        ("FETCH", DRIP),
        ("FETCH", None),
    ],
)
def test_a_server_that_breaks_the_rules_harms_nobody(
    to_odd: Callable[[Say], ImapMailbox], command: str, answer: bytes | None
) -> None:
    mailbox = to_odd(odd(**{command: answer}))
    with bounded(10), pytest.raises(MailboxUnavailable):
        _list_and_read(mailbox)


def _list_and_read(mailbox: Mailbox) -> None:
    with mailbox.open() as folder:
        folder.list_unread(MONTH)
        folder.read(1, 2**25)


def test_uids_that_are_none_are_passed_over(to_odd: Callable[[Say], ImapMailbox]) -> None:
    with to_odd(odd(SEARCH=b"* SEARCH one 99999999999999 -1 3 2\r\n")).open() as folder:
        assert folder.list_unread(MONTH) == [2, 3]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"", None),
        (b"* 2 FETCH (UID 2 BODY[] {5}\r\nother)\r\n", None),
        (b"* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {5}\r\nhello UID 1)\r\n", b"hello"),
        (b'* 1 FETCH (UID 1 BODY[] "a\\"b")\r\n', b'a"b'),
        (b"* 1 FETCH (UID 1 BODY[] NIL)\r\n", None),
        (b"* 1 FETCH (UID 1 BODY[] {0}\r\n)\r\n", b""),
    ],
)
def test_answers_are_read_as_the_protocol_allows_them(
    to_odd: Callable[[Say], ImapMailbox], answer: bytes, body: bytes | None
) -> None:
    with to_odd(odd(FETCH=answer)).open() as folder:
        assert folder.read(1, 1000) == body


def test_a_letter_larger_than_the_server_said_is_read_to_the_limit(
    to_odd: Callable[[Say], ImapMailbox],
) -> None:
    piece = b"* 1 FETCH (UID 1 BODY[] {1048576}\r\n" + bytes(2**20) + b")\r\n"
    with to_odd(odd(FETCH=piece)).open() as folder:
        assert folder.read(1, 3 * 2**20) == bytes(3 * 2**20)


def test_a_server_that_hangs_is_left_in_time(imap_server: ImapServerHere) -> None:
    user = f"user{next(_users)}@example.ru"
    dovecot.deliver(imap_server.maildir(user), hostile_letters.good())
    mailbox = ImapMailbox(ImapServer.parse(imap_server.url(user)), imap_server.trust(), seconds=1.0)
    with bounded(10), mailbox.open() as folder, imap_server.stopped(), pytest.raises(MailboxUnavailable):
        folder.read(1, 10)


def test_without_starttls_nothing_is_said(authority: trustme.CA) -> None:
    said: list[str] = []

    def say(name: str, rest: str) -> bytes:
        said.append(f"{name} {rest}")
        return usual(name, rest)

    with OddImapServer(say, None).serving() as server:
        plain = ImapServer("localhost", server.port, False, "desk", "unlikely-1234")
        with (
            pytest.raises(MailboxUnavailable),
            ImapMailbox(plain, dovecot.trusting(authority)).open(),
        ):
            pass
    assert "CAPABILITY " in said
    assert not [line for line in said if "unlikely-1234" in line]


def test_words_that_were_slipped_in_before_tls_are_not_believed(authority: trustme.CA) -> None:
    heard: list[str] = []

    def say(name: str, rest: str) -> bytes:
        heard.append(name)
        extra = b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" if name == "CAPABILITY" else b""
        return extra or usual(name, rest)

    with OddImapServer(say, None, after_starttls=b"* CAPABILITY IMAP4rev1\r\n").serving() as server:
        plain = ImapServer("localhost", server.port, False, "desk", "p")
        with (
            pytest.raises(MailboxUnavailable),
            ImapMailbox(plain, dovecot.trusting(authority), seconds=2.0).open(),
        ):
            pass
    assert not {"LOGIN", "AUTHENTICATE"} & set(heard)
