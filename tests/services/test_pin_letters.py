"""Requests by letter: once per letter, whoever is killed when; what is no request stays where it is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from cabinet.adapters.letters import Mailbox, as_message
from cabinet.domain.errors import CabinetError
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.received_letters import HEAD_BYTES, MOST_BYTES
from cabinet.persistence.audit import AuditEvent
from cabinet.persistence.pin_letters import LetterOutcome, PinLetter
from cabinet.persistence.pin_requests import PinRequest, RequestDocument
from cabinet.ports import MailboxUnavailable
from cabinet.services import notifications, pin_letters, request_review, suppliers
from cabinet.services.deps import Deps
from cabinet.services.documents import sweep_documents
from cabinet.services.pin_letters import LEASE, MOST_TRIES, MailboxSupplierUnknown, read_letters
from cabinet.texts import pin_letters as texts
from tests import hostile_letters as letters
from tests.factories import ACCOUNT, operator, owner
from tests.fakes import NOON, VISITOR, FakeMailbox, FakeVault, World
from tests.hostile_letters import ANNA, good
from tests.requests import approve

OLGA = replace(VISITOR, device="device-of-olga")
PETR = replace(VISITOR, device="device-of-petr")


@dataclass
class Desk:
    """The portal with a mailbox."""

    world: World
    box: FakeMailbox
    deps: Deps

    def read(self) -> int:
        return read_letters(self.deps)

    def requests(self) -> list[PinRequest]:
        with self.deps.snapshot() as tx:
            return list(tx.session.exec(select(PinRequest).order_by(col(PinRequest.id))))

    def documents(self) -> int:
        with self.deps.snapshot() as tx:
            return len(tx.session.exec(select(RequestDocument)).all())

    def outcomes(self) -> dict[int, str]:
        with self.deps.snapshot() as tx:
            known = tx.session.exec(select(PinLetter).where(PinLetter.validity == self.box.validity))
            return {one.uid: one.outcome for one in known}

    def answers(self, to: str = ANNA) -> list[str]:
        notifications.deliver_due(self.deps)
        return [letter.text for letter in self.world.mail.to(to)]


@pytest.fixture
def desk(izhevsk: World) -> Desk:
    box = FakeMailbox(authenticator="mx.example.ru")
    return Desk(izhevsk, box, replace(izhevsk.deps, mailbox=box))


def words(number: str = ACCOUNT) -> str:
    return letters.WORDS.replace("3700 0001 5838", number)


def test_a_letter_becomes_a_request_and_is_answered_with_its_number(desk: Desk) -> None:
    uid = desk.box.put(good(Authentication_Results="mx.example.ru; dkim=pass; spf=softfail"))
    assert desk.read() == 1
    (request,) = desk.requests()
    assert (request.number, request.phone, request.email) == (letters.ACCOUNT, "+79127451020", ANNA)
    assert (request.claimed_address, request.document_kind) == (letters.ADDRESS, "passport")
    assert (request.status, request.origin) == ("received", "letter")
    assert request.authentication == "dkim=pass spf=softfail"
    assert desk.documents() == 1
    (answer,) = desk.answers()
    assert f"{request.id:06}"[-3:] in answer
    assert "/pin/status#token=" in answer
    assert (desk.box.seen, desk.box.answered) == ({uid}, {uid})
    with desk.deps.snapshot() as tx:
        assert tx.session.exec(select(AuditEvent).where(AuditEvent.action == "pin_request.sent")).one()


def test_a_letter_is_read_once_however_often_the_worker_looks(desk: Desk) -> None:
    desk.box.put(good())
    desk.box.put(good(subject="Показания", words="Учтите показания 01240"))
    desk.box.put(good(files={}))
    reads = [desk.read() for _ in range(3)]
    assert reads == [2, 0, 0]
    assert desk.box.reads == [1, 2, 3]
    assert len(desk.requests()) == 1
    assert len(desk.answers()) == 2


def test_what_the_letter_lacks_is_told_and_it_stays_unread_for_people(desk: Desk) -> None:
    uid = desk.box.put(good(words="Прошу пин-код, л/с 370000015838", files={"паспорт.zip": b"PK\x03\x04zip"}))
    assert desk.read() == 1
    (answer,) = desk.answers()
    for lack in ("address", "phone", "document", "archive"):
        assert texts.LACKS[lack] in answer
    assert "/pin" in answer
    assert desk.requests() == []
    assert (desk.box.seen, desk.box.answered) == (set(), {uid})


@pytest.mark.parametrize("name", letters.NOT_REQUESTS)
def test_what_is_no_request_is_not_touched_and_not_answered(desk: Desk, name: str) -> None:
    desk.box.put(letters.NOT_REQUESTS[name]())
    assert desk.read() == 0
    assert (desk.box.seen, desk.box.answered) == (set(), set())
    assert desk.requests() == []
    assert not desk.answers()
    assert not desk.world.mail.letters
    assert desk.outcomes() == {1: LetterOutcome.LEFT}


@pytest.mark.parametrize("name", letters.LACKING)
def test_a_hostile_letter_makes_no_request_and_is_answered_in_our_words_only(desk: Desk, name: str) -> None:
    desk.box.put(letters.LACKING[name]())
    assert desk.read() == 1
    assert desk.requests() == []
    (answer,) = desk.answers()
    allowed = " ".join(texts.LACKS.values())
    lead = answer.split("не сделали. ")[1].split(" Отправьте новое письмо, где есть всё сразу")[0]
    assert all(sentence.strip(" .") in allowed for sentence in lead.split(". "))


@pytest.mark.parametrize("name", letters.REQUESTS)
def test_an_odd_letter_makes_its_request(desk: Desk, name: str) -> None:
    desk.box.put(letters.REQUESTS[name]())
    assert desk.read() == 1
    assert len(desk.requests()) == 1


def test_the_answer_is_the_same_for_an_account_that_does_not_exist(desk: Desk) -> None:
    for number in (ACCOUNT, "379999999999"):
        desk.box.put(good(words=words(number)))
    assert desk.read() == 2
    first, second = desk.requests()

    def plain(answer: str, request: PinRequest) -> str:
        lines = [line for line in answer.splitlines() if "token=" not in line]
        known = "\n".join(lines).replace("\u00a0", "")
        return known.replace(f"{request.id:06}", "").replace(request.number, "")

    answers = desk.answers()
    assert plain(answers[0], first) == plain(answers[1], second)


def test_a_letter_of_50_megabytes_is_refused_by_its_head(desk: Desk) -> None:
    asked: list[tuple[str, int]] = []
    desk.box.on_step = lambda step, uid: asked.append((step, uid))
    whole = letters.of_size(50 * 2**20)
    desk.box.put(whole)
    assert desk.read() == 1
    assert texts.LACKS["letter_large"] in desk.answers()[0]
    assert desk.box.most_read == HEAD_BYTES


def test_a_server_that_lies_about_the_size_is_read_to_the_limit(desk: Desk) -> None:
    desk.box.put(letters.of_size(MOST_BYTES + 10))
    desk.box.said_sizes[1] = 100
    assert desk.read() == 1
    assert texts.LACKS["letter_large"] in desk.answers()[0]
    assert desk.box.most_read == MOST_BYTES + 1


def test_a_document_that_breaks_a_rule_is_told_with_what_to_do(desk: Desk) -> None:
    desk.box.put(good(files={"a.pdf": b"%PDF-1.4 DocumentLocked"}))
    desk.box.put(good(files={"a.jpg": b"\xff\xd8\xff DocumentBroken"}))
    desk.box.put(good(files={"a.png": letters.PHOTO}))
    assert desk.read() == 3
    answers = desk.answers()
    for lack, answer in zip(("locked", "broken", "kind"), answers, strict=True):
        assert texts.LACKS[lack] in answer
    assert desk.documents() == 0
    assert isinstance(desk.deps.vault, FakeVault)
    assert desk.deps.vault.list_before(NOON + timedelta(days=1)) == []


@pytest.mark.parametrize(("day", "taken"), [("10.11.2026", True), ("19.10.2026", False), ("вчера", True)])
def test_a_household_card_holds_for_a_month(desk: Desk, day: str, taken: bool) -> None:
    text = words().replace("Скан паспорта", f"Поквартирная карточка от {day}")
    desk.box.put(good(words=text, files={"a.jpg": letters.PHOTO}))
    desk.read()
    assert len(desk.requests()) == taken
    assert (texts.LACKS["card"] in desk.answers()[0]) is not taken


def test_a_copy_of_a_letter_is_one_request_and_one_answer(desk: Desk) -> None:
    letter = good(Message_ID="<one@example.ru>")
    for _ in range(2):
        desk.box.put(letter)
    desk.read()
    desk.box.put(letter)
    desk.read()
    assert len(desk.requests()) == len(desk.answers()) == 1
    assert desk.box.seen == {1, 2, 3}


def test_a_copy_without_a_message_id_is_known_by_what_it_says(desk: Desk) -> None:
    for _ in range(2):
        desk.box.put(good(Message_ID=""))
    desk.box.put(good(Message_ID="", words=words("370000015839")))
    desk.read()
    assert len(desk.requests()) == 2


def test_anothers_letter_under_the_same_message_id_is_a_letter_of_its_own(desk: Desk) -> None:
    for sender in (ANNA, "boris@example.ru"):
        desk.box.put(good(sender=sender, Message_ID="<one@example.ru>"))
    desk.read()
    assert {one.email for one in desk.requests()} == {ANNA, "boris@example.ru"}


@pytest.mark.parametrize(
    "said", ["mx.evil.example; dkim=pass", "; dkim=pass", "mx.example.ru.evil; spf=pass", "dkim=pass"]
)
def test_what_another_server_has_found_out_of_the_sender_is_not_shown(desk: Desk, said: str) -> None:
    """The sender's own header is on top where the mailbox's server writes none."""
    desk.box.put(good(Authentication_Results=said))
    assert desk.read() == 1
    assert [x.authentication for x in desk.requests()] == [""]


def test_where_no_server_is_named_nothing_is_believed(desk: Desk) -> None:
    desk.box.authenticator = ""
    desk.box.put(good(Authentication_Results="; dkim=pass"))
    desk.box.put(good(sender="boris@example.ru", Authentication_Results="mx.example.ru; dkim=pass"))
    assert desk.read() == 2
    assert [x.authentication for x in desk.requests()] == ["", ""]


def test_an_owner_to_whom_others_have_closed_the_account_is_told(desk: Desk) -> None:
    most = pin_letters.limits.PIN_REQUEST_ACCOUNT.most
    for n in range(most + 1):
        desk.box.put(good(sender=f"stranger{n}@example.ru"))
    assert desk.read() == most + 1
    assert len(desk.requests()) == most
    assert texts.LACKS["often"] in desk.answers(f"stranger{most}@example.ru")[0]


def test_a_flood_of_letters_takes_turns_with_the_workers_other_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_letters, "MOST_OF_ROUND", 2)
    for n in range(5):
        desk.box.put(good(sender=f"user{n}@example.ru"))
    assert [desk.read() for _ in range(4)] == [2, 2, 1, 0]
    assert [x.email for x in desk.requests()] == [f"user{n}@example.ru" for n in range(5)]


def test_a_mailbox_whose_uids_are_given_anew_is_not_answered_anew(desk: Desk) -> None:
    desk.box.put(good())
    desk.box.put(good(files={}))
    desk.read()
    desk.box.validity += 1
    desk.box.seen.clear()
    desk.read()
    assert len(desk.requests()) == 1
    assert len(desk.answers()) == 2


def test_an_old_letter_is_for_people(desk: Desk) -> None:
    desk.box.put(good(), came_on=(NOON - timedelta(days=31)).date())
    assert desk.read() == 0
    assert desk.box.reads == []


def test_a_sender_who_writes_too_often_is_left_to_people(desk: Desk) -> None:
    for number in range(8):
        desk.box.put(good(words=words(f"37000001{number:04}")))
    assert desk.read() == 5
    assert len(desk.answers()) == 5
    assert desk.box.seen == {1, 2, 3, 4, 5}
    desk.box.put(good(sender="boris@example.ru"))
    assert desk.read() == 1


def test_a_sender_who_writes_too_often_closes_nothing_to_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(pin_letters.limits.LETTER_ALL, most=6)
    monkeypatch.setattr(pin_letters.limits, "LETTER_ALL", few)
    for number in range(9):
        desk.box.put(good(words=words(f"37000001{number:04}")))
    desk.box.put(good(sender="boris@example.ru"))
    assert desk.read() == 6
    assert len(desk.answers("boris@example.ru")) == 1


def test_too_many_letters_in_an_hour_wait_for_the_next_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(pin_letters.limits.LETTER_ALL, most=2)
    monkeypatch.setattr(pin_letters.limits, "LETTER_ALL", few)
    for number in range(5):
        desk.box.put(good(sender=f"user{number}@example.ru"))
    for hour in (1, 2):
        with pytest.raises(CabinetError):
            desk.read()
        assert [x.email for x in desk.requests()] == [f"user{n}@example.ru" for n in range(2 * hour)]
        desk.world.clock.move(hours=2)
    assert desk.read() == 1


def test_our_own_letters_and_the_desks_are_not_answered(desk: Desk) -> None:
    desk.box.name = "desk@example.ru@imap.example.ru/INBOX"
    desk.box.put(good(sender="desk@example.ru"))
    with desk.deps.snapshot() as tx:
        (supplier,) = tx.suppliers.list_all()
    desk.box.put(good(sender=supplier.desk_email))
    assert desk.read() == 0


def test_our_answers_sent_back_to_us_end_there(desk: Desk) -> None:
    desk.box.put(good(files={}))
    desk.read()
    notifications.deliver_due(desk.deps)
    (answer,) = desk.world.mail.to(ANNA)
    desk.box.put(as_message(answer, Mailbox.parse("Газ <kabinet@example.ru>"), NOON).as_bytes())
    assert desk.read() == 0


# Crashes.


class Killed(BaseException):
    """The worker is gone at this moment."""


def killing(step: str, times: int = 1) -> Callable[[str, int], None]:
    left = [times]

    def kill(now: str, _uid: int) -> None:
        if now == step and left[0]:
            left[0] -= 1
            raise Killed

    return kill


@pytest.mark.parametrize("step", ["list", "size", "read", "mark"])
@pytest.mark.parametrize("letter", [good(), good(files={})], ids=["whole", "lacking"])
def test_a_worker_killed_at_any_step_leaves_exactly_one_answer(desk: Desk, step: str, letter: bytes) -> None:
    desk.box.put(letter)
    desk.box.on_step = killing(step)
    with pytest.raises(Killed):
        desk.read()
    desk.read()  # the letter may still be the dead worker's
    desk.world.clock.move(minutes=LEASE.total_seconds() / 60)
    desk.read()
    desk.read()
    assert len(desk.answers()) == 1
    assert desk.box.answered == {1}
    assert len(desk.requests()) == len([x for x in desk.outcomes().values() if x == LetterOutcome.TAKEN])


def test_a_worker_killed_before_its_transaction_ends_leaves_no_document_behind(desk: Desk) -> None:
    vault = desk.deps.vault

    class DyingVault(FakeVault):
        def seal(self, document: str, request: str, pages: object) -> bytes:
            vault.seal(document, request, pages)  # type: ignore[arg-type]
            raise Killed

    desk.box.put(good())
    with pytest.raises(Killed):
        read_letters(replace(desk.deps, vault=DyingVault(desk.world.clock)))
    assert len(desk.world.vault.kept) == 1
    desk.world.clock.move(hours=2)
    sweep_documents(desk.deps)
    assert desk.world.vault.kept == {}
    assert desk.read() == 1
    assert len(desk.requests()) == desk.documents() == 1


def test_a_letter_that_always_kills_is_left_to_people_and_holds_no_other(desk: Desk) -> None:
    desk.box.put(good())
    desk.box.put(good(sender="boris@example.ru"))

    def kill(step: str, uid: int) -> None:
        if (step, uid) == ("read", 1):
            raise Killed

    desk.box.on_step = kill
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            desk.read()
        desk.world.clock.move(minutes=6)
    assert desk.outcomes()[2] == LetterOutcome.TAKEN
    desk.read()
    assert desk.outcomes() == {1: LetterOutcome.FAILED, 2: LetterOutcome.TAKEN}
    assert desk.box.seen == {2}


def test_a_letter_that_meets_a_bug_holds_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.box.put(good())
    desk.box.put(good(sender="boris@example.ru"))

    def break_down(step: str, uid: int) -> None:
        if (step, uid) == ("read", 1):
            raise KeyError("a bug")

    desk.box.on_step = break_down
    assert desk.read() == 1
    assert "could not be handled" in caplog.text
    desk.box.on_step = lambda _step, _uid: None
    desk.world.clock.move(minutes=6)
    assert desk.read() == 1


def test_a_server_that_is_down_or_drops_in_the_middle_loses_nothing(desk: Desk) -> None:
    desk.box.put(good())
    desk.box.down = True
    for _ in range(MOST_TRIES + 2):
        with pytest.raises(MailboxUnavailable):
            desk.read()
    desk.box.down = False

    def drop(step: str, _uid: int) -> None:
        if step == "read":
            raise MailboxUnavailable("dropped")

    desk.box.on_step = drop
    for _ in range(MOST_TRIES + 2):
        with pytest.raises(MailboxUnavailable):
            desk.read()
    desk.box.on_step = lambda _step, _uid: None
    assert desk.read() == 1
    assert len(desk.requests()) == 1


@pytest.mark.parametrize("step", ["read", "mark"])
def test_a_letter_that_the_server_does_not_give_or_lets_nobody_mark_holds_no_other(
    desk: Desk, step: str
) -> None:
    desk.box.put(good())

    def refuse(now: str, uid: int) -> None:
        if (now, uid) == (step, 1):
            raise MailboxUnavailable("NO [SERVERBUG]")

    desk.box.on_step = refuse
    for _ in range(MOST_TRIES + 2):
        with pytest.raises(MailboxUnavailable):
            desk.read()
    desk.box.put(good(sender="boris@example.ru"))
    with pytest.raises(MailboxUnavailable):
        desk.read()
    assert len(desk.answers("boris@example.ru")) == 1
    desk.box.on_step = lambda _step, _uid: None
    desk.read()
    assert len(desk.answers()) == 1
    assert desk.box.seen == {1, 2}


def test_four_workers_at_once_make_one_request_of_each_letter(desk: Desk) -> None:
    for number in range(6):
        desk.box.put(good(sender=f"user{number}@example.ru", words=words(f"37000001{number:04}")))
    desk.box.put(desk.box.letters[1])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _quietly(desk), range(8)))
    desk.world.clock.move(minutes=6)
    desk.read()
    assert sorted(one.email for one in desk.requests()) == sorted(f"user{n}@example.ru" for n in range(6))
    assert desk.documents() == 6


def _quietly(desk: Desk) -> None:
    try:
        desk.read()
    except CabinetError:
        return


def test_a_worker_that_is_told_to_stop_stops_between_letters(desk: Desk) -> None:
    for number in range(5):
        desk.box.put(good(sender=f"user{number}@example.ru"))
    stopping = False

    def stop(step: str, uid: int) -> None:
        nonlocal stopping
        stopping = stopping or (step, uid) == ("mark", 2)

    desk.box.on_step = stop
    assert read_letters(desk.deps, lambda: stopping) == 2
    stopping = False
    assert desk.read() == 3


def test_the_mailbox_needs_to_be_told_its_supplier_where_there_are_several(desk: Desk) -> None:
    suppliers.add_supplier(
        desk.deps,
        Actor.system(),
        suppliers.AddSupplier.parse("perm", "Межрегионгаз Пермь", "Asia/Yekaterinburg"),
    )
    desk.box.put(good())
    with pytest.raises(MailboxSupplierUnknown):
        desk.read()
    desk.box.supplier = "nobody"
    with pytest.raises(MailboxSupplierUnknown):
        desk.read()
    desk.box.supplier = "perm"
    assert desk.read() == 1
    with desk.deps.snapshot() as tx:
        perm = tx.suppliers.find_by_code("perm")
    assert perm
    assert desk.requests()[0].supplier_id == perm.id


def test_without_a_mailbox_there_is_nothing_to_do(izhevsk: World) -> None:
    assert read_letters(izhevsk.deps) == 0


def test_what_was_looked_at_is_forgotten_when_no_mailbox_lists_it_any_more(desk: Desk) -> None:
    desk.box.put(good())
    desk.read()
    pin_letters.forget_old(desk.deps)
    assert desk.outcomes()
    desk.world.clock.move(days=91)
    pin_letters.forget_old(desk.deps)
    assert desk.outcomes() == {}


# The desk.


def test_a_letter_from_a_stranger_needs_two_operators(desk: Desk) -> None:
    olga = operator(desk.world, visitor=OLGA)
    petr = operator(desk.world, "petr@example.ru", OperatorRole.SENIOR, PETR)
    desk.box.put(good(words=words(), Authentication_Results="MX.example.ru 1; dkim=pass"))
    desk.read()
    (request,) = desk.requests()
    row = request_review.claim(desk.deps, olga, request.id or 0)
    assert (row.second, row.letter, row.authentication) == (True, True, "DKIM пройдена")
    assert not approve(desk.deps, olga, request.id or 0)
    assert approve(desk.deps, petr, request.id or 0)
    assert len(desk.answers()) == 2


def test_a_letter_from_the_owners_own_address_needs_one(desk: Desk) -> None:
    owner(desk.world, login=ANNA)
    olga = operator(desk.world, visitor=OLGA)
    desk.box.put(good(words=words()))
    desk.read()
    (request,) = desk.requests()
    row = request_review.claim(desk.deps, olga, request.id or 0)
    assert not row.second
    assert approve(desk.deps, olga, request.id or 0)


def test_a_letter_that_does_not_name_its_document_can_be_reviewed(desk: Desk) -> None:
    olga = operator(desk.world, visitor=OLGA)
    plain = words().replace("Скан паспорта приложен.", "")
    desk.box.put(good(words=plain, files={"a.jpg": letters.PHOTO}))
    desk.read()
    assert [row.kind for row in request_review.list_requests(desk.deps, olga)] == ["Документ не назван"]
