"""Registers at the desk: tried before they are taken, taken once, for one's own supplier."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from cabinet.domain.errors import Denied, NotFound, SignInNeeded
from cabinet.domain.forms import Several
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.registers import RegisterKind, RegisterNotText, UndoUnknown
from cabinet.services import desk_registers
from cabinet.services.desk_registers import Try
from cabinet.services.register_jobs import JobRow
from cabinet.services.register_undo import UndoImport, undo_import
from cabinet.services.suppliers import AddSupplier, add_supplier
from cabinet.worker import run_round
from tests.factories import operator, subscriber
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE
from tests.processes import poll
from tests.register_files import DIRTY, take, write


def administrator(world: World) -> Actor:
    return operator(world, role=OperatorRole.ADMINISTRATOR)


def sent(world: World, actor: Actor, name: str = "счета.csv", file: Path = DIRTY / "accounts.csv") -> str:
    """An uploaded file; its id."""
    upload = desk_registers.begin_upload(world.deps, actor, name)
    shutil.copyfile(file, upload.path)
    return upload.id


def ended(world: World, actor: Actor, upload: str) -> JobRow:
    def look() -> JobRow | None:
        row = desk_registers.get_job(world.deps, actor, upload)
        return row if row.state not in {"", "running"} else None

    found = poll(look, 60, "the import ends")
    assert found
    return found


def test_a_file_is_tried_then_taken_then_known(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    before = len(desk_registers.list_registers(izhevsk.deps, admin))
    upload = sent(izhevsk, admin)
    wish = Try.parse({"upload": upload, "register": "accounts"})
    desk_registers.start_import(izhevsk.deps, admin, wish, dry_run=True)
    tried = ended(izhevsk, admin, upload)
    assert (tried.state, tried.file, len(tried.rejects)) == ("tried", "счета.csv", 6)
    assert len(desk_registers.list_registers(izhevsk.deps, admin)) == before
    assert desk_registers.rejects_of_upload(izhevsk.deps, admin, upload).read_text().startswith("line;")
    desk_registers.start_import(izhevsk.deps, admin, wish, dry_run=False)
    done = ended(izhevsk, admin, upload)
    assert (done.state, dict(done.lines)["В карантине"]) == ("done", "6")
    row = desk_registers.list_registers(izhevsk.deps, admin)[0]
    assert (row.file, row.rejected) == ("счета.csv", "6")
    number = int(row.rejects_link.rpartition("=")[2])
    assert len(list(desk_registers.rejects_of_register(izhevsk.deps, admin, number))) == 1 + 6
    with pytest.raises(NotFound):  # what was taken is not kept
        desk_registers.start_import(izhevsk.deps, admin, wish, dry_run=False)
    again = sent(izhevsk, admin)
    desk_registers.start_import(izhevsk.deps, admin, Try(again, RegisterKind.ACCOUNTS), dry_run=True)
    assert "уже загружен" in ended(izhevsk, admin, again).words


def test_a_file_that_is_no_register_is_refused_in_words(izhevsk: World, tmp_path: Path) -> None:
    admin, bad = administrator(izhevsk), tmp_path / "bad.csv"
    bad.write_bytes(b"PK\x03\x04\x14\0\x08")
    upload = sent(izhevsk, admin, file=bad)
    desk_registers.start_import(izhevsk.deps, admin, Try(upload, RegisterKind.ACCOUNTS), dry_run=True)
    row = ended(izhevsk, admin, upload)
    assert (row.state, "не текстовый файл" in row.words) == ("refused", True)


def test_another_desk_and_other_people_touch_no_file(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    upload = sent(izhevsk, admin)
    add_supplier(izhevsk.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(izhevsk, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")
    wish = Try(upload, RegisterKind.ACCOUNTS)
    desk_registers.start_import(izhevsk.deps, admin, wish, dry_run=False)
    ended(izhevsk, admin, upload)
    number = int(desk_registers.list_registers(izhevsk.deps, admin)[0].rejects_link.rpartition("=")[2])
    assert desk_registers.get_job(izhevsk.deps, boris, upload) == JobRow()
    assert desk_registers.list_registers(izhevsk.deps, boris) == []
    for call in (
        lambda: desk_registers.start_import(izhevsk.deps, boris, wish, dry_run=True),
        lambda: desk_registers.rejects_of_upload(izhevsk.deps, boris, upload),
        lambda: desk_registers.rejects_of_register(izhevsk.deps, boris, number),
    ):
        with pytest.raises(NotFound):
            call()
    clerk = operator(izhevsk, "clerk@example.ru")
    for actor, refusal in (
        (Actor.anonymous(VISITOR), SignInNeeded),
        (clerk, Denied),
        (subscriber(izhevsk), Denied),
    ):
        for ask in (
            lambda who: desk_registers.begin_upload(izhevsk.deps, who, "x.csv"),
            lambda who: desk_registers.start_import(izhevsk.deps, who, wish, dry_run=True),
            lambda who: desk_registers.get_job(izhevsk.deps, who, upload),
            lambda who: desk_registers.list_registers(izhevsk.deps, who),
            lambda who: desk_registers.rejects_of_upload(izhevsk.deps, who, upload),
            lambda who: desk_registers.rejects_of_register(izhevsk.deps, who, number),
        ):
            with pytest.raises(refusal):
                ask(actor)


@pytest.mark.parametrize(
    "name",
    [
        *(".csv", "../../etc/passwd.txt", "...csv", "/.csv", "a/b.csv", "rejects.csv", "\0.csv", "х.CSV"),
        *("x" * 999 + ".csv", "𝔵" * 999 + ".txt"),
    ],
)
def test_a_files_name_leads_nowhere(izhevsk: World, name: str) -> None:
    path = desk_registers.begin_upload(izhevsk.deps, administrator(izhevsk), name).path
    assert path.parent.parent == izhevsk.deps.uploads
    assert path.name not in {"", ".", "..", "rejects.csv"}
    assert (path.parent.stat().st_mode & 0o777, len(path.name.encode()) <= 255) == (0o700, True)


@pytest.mark.parametrize("name", ["", "счета", "счета.xlsx", "csv", "счета.csv.exe", "счета.csv/", "a.csv\0"])
def test_a_name_that_promises_no_text_is_refused_before_the_file_comes(izhevsk: World, name: str) -> None:
    with pytest.raises(RegisterNotText):
        desk_registers.begin_upload(izhevsk.deps, administrator(izhevsk), name)
    assert not izhevsk.deps.uploads.exists()


@pytest.mark.parametrize("upload", ["", "..", "x" * 43, "../" * 14 + "x", "A" * 43])
def test_an_upload_that_is_not_there_is_not_found(izhevsk: World, upload: str) -> None:
    admin = administrator(izhevsk)
    with pytest.raises(NotFound):
        desk_registers.rejects_of_upload(izhevsk.deps, admin, upload)
    with pytest.raises(NotFound):
        desk_registers.start_import(izhevsk.deps, admin, Try(upload, RegisterKind.ACCOUNTS), dry_run=True)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_forms_are_refused(value: Any) -> None:
    with pytest.raises(Several):
        Try.parse({"upload": value, "register": value})


def test_what_nobody_took_for_a_day_is_gone(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    upload = desk_registers.begin_upload(izhevsk.deps, admin, "x.csv")
    day_ago = time.mktime(izhevsk.clock.at.timetuple()) - 25 * 3600
    os.utime(upload.path.parent, (day_ago, day_ago))
    desk_registers.begin_upload(izhevsk.deps, admin, "y.csv")
    assert not upload.path.parent.exists()


def test_the_worker_takes_away_what_nobody_took_though_no_other_file_ever_comes(izhevsk: World) -> None:
    run_round(izhevsk.deps, 0)  # before the first file there is no folder
    upload = sent(izhevsk, administrator(izhevsk))
    place = next(izhevsk.deps.uploads.iterdir())
    day_ago = time.mktime(izhevsk.clock.at.timetuple()) - 25 * 3600
    os.utime(place, (day_ago, day_ago))
    run_round(izhevsk.deps, 0)
    assert upload in place.name
    assert list(izhevsk.deps.uploads.iterdir()) == []


def test_who_has_taken_quarantined_lines_away_is_in_the_journal(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    upload = sent(izhevsk, admin)
    desk_registers.start_import(izhevsk.deps, admin, Try(upload, RegisterKind.ACCOUNTS), dry_run=False)
    ended(izhevsk, admin, upload)
    link = desk_registers.list_registers(izhevsk.deps, admin)[0].rejects_link
    desk_registers.rejects_of_upload(izhevsk.deps, admin, upload)
    desk_registers.rejects_of_register(izhevsk.deps, admin, int(link.rpartition("=")[2]))
    with izhevsk.deps.snapshot() as tx:
        first, second = tx.audit.list_actions("register.rejects_viewed")
    assert (first.user_id, second.user_id, second.details) == (admin.user, admin.user, {"file": "счета.csv"})


def test_quarantined_lines_are_those_of_one_moment_though_the_file_is_undone_and_comes_again_meanwhile(
    izhevsk: World, tmp_path: Path
) -> None:
    admin, folder = administrator(izhevsk), tmp_path / "registers"
    folder.mkdir()
    path = write(folder, RegisterKind.ACCOUNTS, *({"residents": f"{x} человек"} for x in range(2500)))
    take(izhevsk.deps, RegisterKind.ACCOUNTS, path)
    link = desk_registers.list_registers(izhevsk.deps, admin)[0].rejects_link
    lines = desk_registers.rejects_of_register(izhevsk.deps, admin, int(link.rpartition("=")[2]))
    undo_import(izhevsk.deps, Actor.system(), UndoImport(RegisterKind.ACCOUNTS, "izhevsk"))
    head, first = next(lines), next(lines)
    take(izhevsk.deps, RegisterKind.ACCOUNTS, path)
    assert head == ("line", "column", "reason", "original")
    assert [int(number) for number, *_ in (first, *lines)] == list(range(2, 2502))


def taken(world: World, admin: Actor) -> None:
    upload = sent(world, admin)
    desk_registers.start_import(world.deps, admin, Try(upload, RegisterKind.ACCOUNTS), dry_run=False)
    ended(world, admin, upload)


def test_the_last_import_is_looked_at_then_undone(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    taken(izhevsk, admin)
    row = desk_registers.list_registers(izhevsk.deps, admin)[0]
    assert (row.undoable, row.undone) == ("accounts", False)
    shown = desk_registers.try_undo(izhevsk.deps, admin, row.undoable)
    assert (shown.kind, shown.file) == ("accounts", "счета.csv")
    assert "Лицевые счета" in [x for x, _, _ in shown.lines]
    assert desk_registers.list_registers(izhevsk.deps, admin)[0] == row
    assert desk_registers.undo(izhevsk.deps, admin, shown.kind, shown.id).lines == shown.lines
    link = row.rejects_link
    row = desk_registers.list_registers(izhevsk.deps, admin)[0]
    assert (row.undoable, row.undone, row.rejects_link) == ("", True, "")
    with pytest.raises(NotFound):
        desk_registers.rejects_of_register(izhevsk.deps, admin, int(link.rpartition("=")[2]))
    for again in (
        lambda: desk_registers.undo(izhevsk.deps, admin, shown.kind, shown.id),
        lambda: desk_registers.try_undo(izhevsk.deps, admin, shown.kind),
        lambda: desk_registers.try_undo(izhevsk.deps, admin, "keys"),
    ):
        with pytest.raises(UndoUnknown):
            again()


def test_another_import_than_the_one_that_was_shown_stays(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    taken(izhevsk, admin)
    shown = desk_registers.try_undo(izhevsk.deps, admin, "accounts")
    for other in (str(int(shown.id) - 1), str(int(shown.id) + 1), "", "x", "-1"):
        with pytest.raises(UndoUnknown):
            desk_registers.undo(izhevsk.deps, admin, "accounts", other)
    assert desk_registers.list_registers(izhevsk.deps, admin)[0].undoable == "accounts"


def test_nobody_else_undoes_an_import(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    taken(izhevsk, admin)
    shown = desk_registers.try_undo(izhevsk.deps, admin, "accounts")
    add_supplier(izhevsk.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(izhevsk, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")
    for actor, refusal in (
        (boris, UndoUnknown),
        (operator(izhevsk, "clerk@example.ru"), Denied),
        (subscriber(izhevsk), Denied),
        (Actor.anonymous(VISITOR), SignInNeeded),
    ):
        with pytest.raises(refusal):
            desk_registers.try_undo(izhevsk.deps, actor, "accounts")
        with pytest.raises(refusal):
            desk_registers.undo(izhevsk.deps, actor, "accounts", shown.id)


def undone(world: World, actor: Actor, job_id: str) -> JobRow:
    def look() -> JobRow | None:
        row = desk_registers.get_job(world.deps, actor, job_id)
        return row if row.state not in {"", "undoing"} else None

    found = poll(look, 60, "the undoing ends")
    assert found
    return found


def test_an_import_is_undone_beside_the_page_once_and_whoever_comes_back_finds_it(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    taken(izhevsk, admin)
    shown = desk_registers.try_undo(izhevsk.deps, admin, "accounts")
    asked = ("accounts", shown.id, shown.file)
    jobs = {desk_registers.start_undo(izhevsk.deps, admin, *asked) for _ in range(3)}
    (job,) = jobs
    ended_as = undone(izhevsk, admin, job)
    assert (ended_as.id, ended_as.state, ended_as.file) == (job, "undone", "счета.csv")
    assert desk_registers.find_job(izhevsk.deps, admin) == ended_as
    assert desk_registers.list_registers(izhevsk.deps, admin)[0].undone
    again = undone(izhevsk, admin, desk_registers.start_undo(izhevsk.deps, admin, *asked))
    assert (again.state, again.words != "") == ("kept", True)
    with pytest.raises(UndoUnknown):
        desk_registers.start_undo(izhevsk.deps, admin, "keys", shown.id, shown.file)


def test_a_job_is_found_by_its_own_desk_and_forgotten_by_whoever_comes_late(izhevsk: World) -> None:
    admin = administrator(izhevsk)
    upload = sent(izhevsk, admin)
    desk_registers.start_import(izhevsk.deps, admin, Try(upload, RegisterKind.ACCOUNTS), dry_run=True)
    tried = ended(izhevsk, admin, upload)
    assert (tried.id, tried.kind) == (upload, "accounts")
    assert desk_registers.find_job(izhevsk.deps, admin) == tried
    colleague = operator(izhevsk, "colleague@example.ru", OperatorRole.ADMINISTRATOR)
    assert desk_registers.find_job(izhevsk.deps, colleague) == JobRow()
    assert desk_registers.get_job(izhevsk.deps, colleague, upload) == tried
    add_supplier(izhevsk.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(izhevsk, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")
    assert desk_registers.find_job(izhevsk.deps, boris) == JobRow()
    izhevsk.clock.move(minutes=6)
    assert desk_registers.find_job(izhevsk.deps, admin) == JobRow()
    assert desk_registers.get_job(izhevsk.deps, admin, upload) == tried
