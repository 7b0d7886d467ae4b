"""The desk's journal: one's own supplier's deeds by who, what, when and account; failed messages beside it."""

import pytest

from cabinet.domain.errors import Denied, SignInNeeded
from cabinet.domain.forms import Several
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.pin_requests import RejectReason
from cabinet.services import desk_audit, desk_messages, desk_pins, operators, request_review
from cabinet.services.desk_audit import SearchAudit
from cabinet.services.notifications import deliver_due
from cabinet.services.operators import AddOperator
from cabinet.services.suppliers import AddSupplier, add_supplier
from cabinet.texts import desk_audit as texts
from tests.factories import ACCOUNT, operator, subscriber
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE
from tests.requests import send


@pytest.fixture
def senior(izhevsk: World) -> Actor:
    """Somebody who has searched, looked at the first account, and may read the journal."""
    actor = operator(izhevsk, role=OperatorRole.SENIOR)
    desk_pins.find_accounts(izhevsk.deps, actor, "Широбоков")
    with izhevsk.deps.snapshot() as tx:
        found = tx.customer_accounts.find_by_number(1, ACCOUNT)
        assert found
    desk_pins.view_account(izhevsk.deps, actor, found.id or 0)
    return actor


def foreign(world: World) -> Actor:
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    return operator(world, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")


def whats(world: World, actor: Actor, **form: str) -> list[str]:
    return [x.what for x in desk_audit.search_audit(world.deps, actor, SearchAudit.parse(form))]


def test_deeds_are_told_newest_first_with_who_and_which_account(izhevsk: World, senior: Actor) -> None:
    viewed, searched = desk_audit.search_audit(izhevsk.deps, senior, SearchAudit())
    assert (viewed.what, viewed.who, viewed.account) == (
        "Просмотр счёта",
        "Ольга Зорина",
        "3700\u00a00000\u00a00000",
    )
    assert (searched.what, "найдено" in searched.details) == ("Поиск счёта", True)
    assert viewed.at == "20\u00a0ноября 2026, 12:00"
    assert whats(izhevsk, senior)[0] == "Просмотр журнала"


def test_details_are_words(izhevsk: World, senior: Actor) -> None:
    number = int(send(izhevsk).status.id)
    row = request_review.claim(izhevsk.deps, senior, number)
    request_review.open_document(izhevsk.deps, senior, number, int(row.documents[0].id), 0)
    request_review.reject(izhevsk.deps, senior, number, RejectReason.DUPLICATE)
    found = desk_audit.search_audit(izhevsk.deps, senior, SearchAudit())
    title = f"№\u00a0000\u00a0{number:03}"
    assert [(x.what, x.details) for x in found[:4]] == [
        ("Отказ по заявке", f"{title}, причина повторная заявка"),
        ("Документы удалены", f"{title}, документов 1"),
        ("Просмотр документа", f"{title}, документ {row.documents[0].id}, страница 1"),
        ("Открыта заявка", title),
    ]
    facts = {"kind": "accounts", "lines": 46, "meters": 40, "access_pins": 0}
    told = texts.details("register.undone", 7, facts)
    assert told == "вид лицевые счета, строк 46, убрано счётчиков 40"


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({"who": "ольга"}, 2),
        ({"who": "Вера"}, 0),
        ({"action": "desk.searched"}, 1),
        ({"action": "'; DROP TABLE"}, 2),
        ({"account": "3700 0000 0000"}, 1),
        ({"account": "370000015838"}, 0),
        ({"account": "999"}, 0),
        ({"account": "ы"}, 0),
        ({"since": "2026-11-20", "until": "2026-11-20"}, 2),
        ({"since": "2026-11-21"}, 0),
        ({"until": "2026-11-19"}, 0),
    ],
)
def test_a_search_narrows(izhevsk: World, senior: Actor, form: dict[str, str], found: int) -> None:
    assert len(whats(izhevsk, senior, **form)) == found


def test_a_day_that_is_none_is_told(izhevsk: World) -> None:
    with pytest.raises(Several):
        SearchAudit.parse({"since": "вчера"})
    for value in HOSTILE.values():
        fields = ("who", "action", "account")
        assert SearchAudit.parse(dict.fromkeys(fields, value)).action == ""


def test_the_file_has_every_row_and_no_formulas(izhevsk: World, senior: Actor) -> None:
    with izhevsk.deps.transaction() as tx:
        tx.audit.record(senior, izhevsk.clock.now(), "=cmd()", None)
    head, *rows = desk_audit.export_audit(izhevsk.deps, senior, SearchAudit())
    assert (head[0], len(rows)) == ("Когда", 4)
    assert [row[2] for row in rows][1] == "'=cmd()"


def test_a_file_of_many_pages_has_every_row_once(
    izhevsk: World, senior: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is read, nothing is kept open and what is new does not shift it."""
    whole = list(desk_audit.export_audit(izhevsk.deps, senior, SearchAudit()))
    monkeypatch.setattr(desk_audit, "_PAGE", 2)
    reading = desk_audit.export_audit(izhevsk.deps, senior, SearchAudit())
    given = [next(reading), next(reading)]
    with izhevsk.deps.transaction() as tx:
        tx.audit.record(senior, izhevsk.clock.now(), "desk.searched", None)
    given += reading
    assert given[0] == whole[0]
    assert given[2:] == whole[1:]  # its own row comes first


def test_another_desk_reads_nothing_of_this_one(izhevsk: World, senior: Actor) -> None:
    boris = foreign(izhevsk)
    assert whats(izhevsk, boris) == []
    assert whats(izhevsk, boris, account=ACCOUNT) == []
    assert len(list(desk_audit.export_audit(izhevsk.deps, boris, SearchAudit()))) == 4


def test_nobody_else_reads_it(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    for actor, refusal in (
        (Actor.anonymous(VISITOR), SignInNeeded),
        (clerk, Denied),
        (subscriber(izhevsk), Denied),
    ):
        with pytest.raises(refusal):
            desk_audit.search_audit(izhevsk.deps, actor, SearchAudit())
        with pytest.raises(refusal):
            desk_audit.export_audit(izhevsk.deps, actor, SearchAudit())
        with pytest.raises(refusal):
            desk_messages.list_failed(izhevsk.deps, actor)


def test_failed_messages_are_told_with_what_they_were(izhevsk: World, senior: Actor) -> None:
    deliver_due(izhevsk.deps)
    izhevsk.mail.refusing = True
    command = AddOperator.parse("vera@example.ru", "izhevsk", "Вера", OperatorRole.CLERK)
    operators.add_operator(izhevsk.deps, Actor.system(), command)
    deliver_due(izhevsk.deps)
    [row] = desk_messages.list_failed(izhevsk.deps, senior)
    assert (row.what, row.reader, row.why) == (
        "Приглашение оператора",
        "v•••@example.ru",
        "1\u00a0попытка: down",
    )
    assert desk_messages.list_failed(izhevsk.deps, foreign(izhevsk)) == []
