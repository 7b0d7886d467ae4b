"""«Скачать мои данные»: everything of one person and nothing else, however much it is."""

import io
import json
import resource
import zipfile
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert

from cabinet.domain.errors import Denied, ReauthenticationNeeded, SignInNeeded, TooMany
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence import personal_data
from cabinet.persistence.personal_data import RULES
from cabinet.services import customer_accounts, data_export, deletion, login_change, notifications, sessions
from cabinet.texts import personal_data as words
from tests.factories import (
    ACCOUNT,
    OTHER_ACCOUNT,
    PASSWORD,
    SERIAL,
    code_in,
    last_text,
    link,
    operator,
    owner,
    subscriber,
)
from tests.fakes import VISITOR, World
from tests.services.test_deletion import CANARY, LOGIN, canary

BORIS = Visitor("device-of-boris", "192.0.2.2", "boris browser")


def archive(world: World, actor: Actor) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(b"".join(data_export.begin_export(world.deps, actor))))
    assert found.testzip() is None
    return found


def told(found: zipfile.ZipFile, name: str) -> Any:
    return json.loads(found.read(name))


def whole(found: zipfile.ZipFile) -> str:
    return "\n".join(found.read(x).decode(errors="replace") for x in found.namelist())


def test_messages_are_the_persons_by_any_login_and_never_of_a_logins_next_owner(world: World) -> None:
    anna = subscriber(world, "anna@example.ru")
    for login in ("anna.second@example.ru", "anna.third@example.ru"):
        world.clock.move(minutes=2)
        login_change.ask_login(world.deps, anna, login_change.ChangeLogin.parse({"login": login}))
        login_change.confirm_login(world.deps, anna, code_in(last_text(world, login)))
    world.clock.move(minutes=2)
    subscriber(world, "anna.second@example.ru", BORIS)
    mine = [(x["to"], x["template"]) for x in told(archive(world, anna), "messages.json")]
    assert ("anna@example.ru", "confirm_register") in mine
    assert ("anna.second@example.ru", "login_changed") in mine
    assert ("anna.second@example.ru", "confirm_register") not in mine


def test_a_download_under_way_ends_with_its_session(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    pieces = data_export.begin_export(izhevsk.deps, actor)
    next(pieces)
    sessions.revoke_session(izhevsk.deps, actor, actor.session_id or 0)
    with pytest.raises(SignInNeeded):
        b"".join(pieces)


def test_everything_of_the_person_is_there(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    notifications.deliver_due(izhevsk.deps)
    found = archive(izhevsk, actor)
    profile = told(found, "profile.json")
    assert profile["login"] == LOGIN
    assert profile["consent"]["version"] == "2026-11"
    assert "согласие" in profile["consent"]["text"]
    [mine] = told(found, "accounts.json")
    assert (mine["number"], mine["access"], mine["meters"]) == (ACCOUNT, "extended", [SERIAL])
    assert mine["alias"]
    readings = told(found, "readings.json")
    assert {"web"} <= {x["source"] for x in readings}
    assert {x["account_id"] for x in readings} == {account}
    assert told(found, "charges.json")
    [payment] = told(found, "payments.json")
    assert payment["amount_kopecks"] == 10_000
    assert told(found, "sessions.json")[0]["address"] == CANARY.address
    assert "session.opened" in {x["action"] for x in told(found, "security_events.json")}
    assert "confirm_register" in {x["template"] for x in told(found, "messages.json")}
    receipt = PdfReader(io.BytesIO(found.read(f"receipts/{payment['id']}.pdf")))
    assert "100,00" in receipt.pages[0].extract_text()


def test_a_statement_of_charges_is_there_for_every_year(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    found = archive(izhevsk, actor)
    years = {x["period"][:4] for x in told(found, "charges.json")}
    assert {f"charges/{ACCOUNT}-{year}.pdf" for year in years} <= set(found.namelist())
    text = PdfReader(io.BytesIO(found.read(f"charges/{ACCOUNT}-{max(years)}.pdf"))).pages[0].extract_text()
    assert "Начисления за" in text
    assert "Газ" in text


def test_the_readme_tells_of_every_file_and_no_other() -> None:
    made = {rule.file for rule in RULES.values() if rule.file}
    assert made == set(words.FILES)


def test_no_secret_goes_out(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    with izhevsk.deps.snapshot() as tx:
        user = tx.users.get(actor.user)
        [session, *_] = tx.sessions.list_live(actor, izhevsk.clock.now())
    text = whole(archive(izhevsk, actor))
    for secret in (user.password_hash, session.token_digest, session.device, PASSWORD):
        assert secret not in text


def test_basic_access_gives_no_readings_charges_or_address(izhevsk: World) -> None:
    owner(izhevsk)
    boris = subscriber(izhevsk, "boris@example.ru", BORIS)
    from cabinet.services import profile  # noqa: PLC0415

    profile.choose_supplier(izhevsk.deps, boris, profile.list_suppliers(izhevsk.deps, boris)[0].id)
    link(izhevsk, boris, ACCOUNT)
    found = archive(izhevsk, boris)
    [mine] = told(found, "accounts.json")
    assert (mine["access"], mine["meters"]) == ("basic", [])
    for name in ("readings.json", "charges.json", "outside_payments.json", "payments.json"):
        assert told(found, name) == []
    assert not [x for x in found.namelist() if x.endswith(".pdf")]
    text = whole(found)
    assert SERIAL not in text
    assert "anna@example.ru" not in text


def test_an_account_taken_out_goes_out_no_more(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    customer_accounts.unlink_account(izhevsk.deps, actor, account)
    found = archive(izhevsk, actor)
    assert told(found, "accounts.json") == []
    assert told(found, "readings.json") == []
    assert len(told(found, "payments.json")) == 1  # the person's own money


def test_strangers_do_not_meet(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    boris, _ = owner(izhevsk, OTHER_ACCOUNT, "20302435", "boris@example.ru", BORIS)
    text = whole(archive(izhevsk, boris))
    for trace in (LOGIN, CANARY.address, ACCOUNT, CANARY.agent):
        assert trace not in text
    assert "boris@example.ru" not in whole(archive(izhevsk, actor))


def test_the_owner_is_told_and_the_deed_recorded(world: World) -> None:
    anna = subscriber(world)
    archive(world, anna)
    notifications.deliver_due(world.deps)
    assert world.mail.to("anna@example.ru")[-1].subject == "Скачаны данные вашего кабинета"
    with world.deps.snapshot() as tx:
        assert [x.user_id for x in tx.audit.list_actions("data.exported")] == [anna.user]


def test_five_a_day(world: World) -> None:
    anna = subscriber(world)
    for _ in range(5):
        archive(world, anna)
    with pytest.raises(TooMany):
        data_export.begin_export(world.deps, anna)


def test_only_who_has_proved_lately_and_no_operator(izhevsk: World) -> None:
    anna = subscriber(izhevsk)
    izhevsk.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        data_export.begin_export(izhevsk.deps, anna)
    with pytest.raises(SignInNeeded):
        data_export.begin_export(izhevsk.deps, Actor.anonymous(VISITOR))
    with pytest.raises(Denied):
        data_export.begin_export(izhevsk.deps, operator(izhevsk))


def test_a_wish_to_be_erased_is_told(world: World) -> None:
    anna = subscriber(world)
    deletion.ask_deletion(world.deps, anna)
    assert len(told(archive(world, anna), "deletion.json")) == 1


def _many(world: World, meter_id: int, count: int) -> None:
    rows = (
        {
            "meter_id": meter_id,
            "value_m3": 99_999,
            "kind": "actual",
            "source": "register",
            "taken_on": date(2020, 1, 1),
            "period": "2020-01",
            "received_at": world.clock.now(),
            "idempotency_key": f"many-{number}",
        }
        for number in range(count)
    )
    with world.engine.begin() as connection:
        connection.execute(insert(personal_data.table_of("readings")), list(rows))


def test_memory_stays_flat_however_many_rows(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    with izhevsk.deps.snapshot() as tx:
        [meter] = tx.meters.list_of(account)
    _many(izhevsk, meter.id or 0, 30_000)
    before, longest, count = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0, 0
    for piece in data_export.begin_export(izhevsk.deps, actor):
        longest, count = max(longest, len(piece)), count + 1
    assert count > 30_000
    assert longest < 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes
