"""Documents are kept for their request only, and no longer than they must be."""

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Never

import pytest
from sqlmodel import SQLModel, select

from cabinet import worker
from cabinet.adapters.acquirer_demo import DemoAcquirer
from cabinet.adapters.documents_encrypted_disk import EncryptedDisk
from cabinet.adapters.documents_subprocess import SubprocessCleaner
from cabinet.domain.documents import (
    MOST_BYTES,
    DocumentBroken,
    DocumentFormatDiffers,
    DocumentRefused,
    DocumentsTooMany,
    DocumentTooLarge,
    DocumentUnreadable,
)
from cabinet.domain.errors import CabinetError, TooMany
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.permissions import Actor
from cabinet.domain.pin_requests import KEPT
from cabinet.persistence.payments import Payment
from cabinet.services import documents, request_review
from tests import hostile_files
from tests.factories import operator, owner
from tests.fakes import VISITOR, FakeVault, World, make_world
from tests.hostile_files import CANARY
from tests.requests import PHOTO, attach, send

NOBODY = Actor.anonymous(VISITOR)


def keys(world: World) -> int:
    with world.deps.snapshot() as tx:
        return tx.documents.count()


def test_a_refused_file_leaves_nothing(izhevsk: World) -> None:
    refused: list[tuple[type[DocumentRefused], bytes, str]] = [
        (DocumentBroken, PHOTO + b"DocumentBroken", "a.jpg"),
        (DocumentFormatDiffers, PHOTO, "a.png"),
        (DocumentTooLarge, PHOTO.ljust(MOST_BYTES + 1, b"x"), "a.jpg"),
    ]
    for kind, data, name in refused:
        with pytest.raises(kind):
            attach(izhevsk, NOBODY, data, name)
    assert (keys(izhevsk), izhevsk.vault.kept, izhevsk.cleaner.cleaned) == (0, {}, [])


def test_three_files_and_no_more_at_once_or_one_after_another(izhevsk: World) -> None:
    def one(_: int) -> int:
        with suppress(DocumentsTooMany):
            attach(izhevsk, NOBODY)
            return 1
        return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(one, range(6))) == 3
    assert (keys(izhevsk), len(izhevsk.vault.kept)) == (3, 3)


def test_files_are_limited_for_a_browser_and_an_address(izhevsk: World) -> None:
    for _ in range(20):
        row = attach(izhevsk, NOBODY)
        documents.detach_document(izhevsk.deps, NOBODY, row.id)
    with pytest.raises(TooMany):
        attach(izhevsk, NOBODY)
    with pytest.raises(BrowserUnknown):
        attach(izhevsk, Actor.anonymous(replace(VISITOR, device="")))
    other = Actor.anonymous(replace(VISITOR, device="another"))
    assert attach(izhevsk, other).id


class BrokenVault(FakeVault):
    """Full of a disk that has no room."""

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:  # noqa: ARG002 - the port's
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_no_key(izhevsk: World) -> None:
    deps = replace(izhevsk.deps, vault=BrokenVault(izhevsk.clock))
    with pytest.raises(OSError, match="No space"):
        documents.attach_document(deps, NOBODY, documents.Upload("a.jpg", PHOTO))
    assert keys(izhevsk) == 0


def test_a_request_that_went_on_meanwhile_takes_no_more_and_keeps_no_file(izhevsk: World) -> None:
    """The form is sent while a second file is still being cleaned."""
    attach(izhevsk, NOBODY)
    sealing = izhevsk.vault.seal

    def slowly(document: str, request: str, pages: Sequence[bytes]) -> bytes:
        izhevsk.vault.seal = sealing  # type: ignore[method-assign]
        send(izhevsk)
        return sealing(document, request, pages)

    izhevsk.vault.seal = slowly  # type: ignore[method-assign]
    with pytest.raises(CabinetError):
        attach(izhevsk, NOBODY)
    assert len(izhevsk.vault.kept) == keys(izhevsk) == 2


def test_thirty_days_are_the_longest(izhevsk: World) -> None:
    send(izhevsk)
    izhevsk.clock.move(days=29, hours=23)
    assert documents.sweep_documents(izhevsk.deps) == 0
    izhevsk.clock.at += KEPT - timedelta(days=29, hours=23) + timedelta(seconds=1)
    assert documents.sweep_documents(izhevsk.deps) == 1
    assert (keys(izhevsk), izhevsk.vault.kept) == (0, {})
    assert documents.sweep_documents(izhevsk.deps) == 0


def test_a_form_that_nobody_sends_is_forgotten_in_a_day(izhevsk: World) -> None:
    attach(izhevsk, NOBODY)
    izhevsk.clock.move(hours=23)
    assert documents.sweep_documents(izhevsk.deps) == 0
    izhevsk.clock.move(hours=1, seconds=1)
    assert documents.sweep_documents(izhevsk.deps) == 1
    with izhevsk.deps.snapshot() as tx:
        assert tx.pin_requests.find_draft(NOBODY) is None
    assert attach(izhevsk, NOBODY).id  # and begun anew


def test_a_file_without_a_key_is_swept_and_one_that_is_being_written_is_not(izhevsk: World) -> None:
    send(izhevsk)
    izhevsk.vault.seal("orphan-of-a-crash-0001", "request", (PHOTO,))
    izhevsk.clock.move(minutes=59)
    assert documents.sweep_documents(izhevsk.deps) == 0
    izhevsk.clock.move(minutes=2)
    assert documents.sweep_documents(izhevsk.deps) == 1
    assert len(izhevsk.vault.kept) == keys(izhevsk) == 1


def test_the_worker_sweeps(izhevsk: World) -> None:
    send(izhevsk)
    izhevsk.clock.move(days=31)
    worker.run_round(izhevsk.deps, 0)
    assert izhevsk.vault.kept == {}


def test_a_bank_that_answers_nonsense_keeps_no_document_from_being_swept(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    send(izhevsk)
    with izhevsk.deps.transaction() as tx:
        tx.payments.add(
            Payment(
                id="open",
                customer_account_id=account,
                user_id=anna.user,
                form_key="open",
                amount_kopecks=100,
                status="pending",
                acquirer="demo",
                acquirer_payment_id="d-1",
                created_at=izhevsk.clock.at,
            )
        )
    izhevsk.clock.move(days=31)

    class Nonsense(DemoAcquirer):
        def fetch(self, payment_id: str) -> Never:
            raise ValueError(payment_id)

    nonsense = replace(izhevsk.deps, acquirer=Nonsense(izhevsk.deps.uploads.parent / "bank.db", ""))
    with pytest.raises(ValueError, match="d-1"):
        worker.run_round(nonsense, 0)
    assert izhevsk.vault.kept == {}


def test_every_deletion_is_in_the_audit(izhevsk: World) -> None:
    send(izhevsk)
    izhevsk.clock.move(days=31)
    documents.sweep_documents(izhevsk.deps)
    with izhevsk.deps.snapshot() as tx:
        (event,) = tx.audit.list_actions("document.deleted")
    assert event.details == {"documents": 1}


def test_the_canary_of_a_scan_is_found_nowhere(
    izhevsk: World, demo_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real cleaner and the real disk: in no file, in no row of any table, in no backup of the database.

    The temporary folder takes no file at all while it is cleaned: one that is deleted again would be on the disk, too.
    """
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    deps = replace(izhevsk.deps, cleaner=SubprocessCleaner(), vault=disk(tmp_path))
    sent = hostile_files.with_exif()
    assert CANARY in sent
    documents.attach_document(deps, NOBODY, documents.Upload(f"{CANARY.decode()}.jpg", sent))
    written = [x for x in tmp_path.rglob("*") if x.is_file()]
    assert {x.parent.name for x in written} >= {"documents", "keys"}
    if demo_url.startswith("sqlite"):
        database = Path(demo_url.removeprefix("sqlite:///"))
        written += [*database.parent.glob(f"{database.name}*"), backup_of(database, tmp_path / "backup.db")]
    for path in written:
        content = path.read_bytes()
        assert CANARY not in content, path
        assert b"\xff\xd8\xff" not in content, path
    with izhevsk.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            rows = str(connection.execute(select(table)).all())
            assert CANARY.decode() not in rows, table.name
            assert "scan" not in rows, table.name


def disk(folder: Path) -> EncryptedDisk:
    return EncryptedDisk(folder / "documents", folder / "keys", b"key")


def backup_of(database: Path, target: Path) -> Path:
    """SQLite's own, as the administrator makes it."""
    with closing(sqlite3.connect(database)) as have, closing(sqlite3.connect(target)) as gets:
        have.backup(gets)
    return target


@pytest.mark.parametrize("restored", ["database", "documents too"])
def test_a_backup_made_before_the_decision_opens_nothing_after_it(
    demo_sqlite_url: str, tmp_path: Path, restored: str
) -> None:
    """Backup, decide, restore: not even with a copy of the sealed documents and DOCUMENTS_KEY."""
    made = make_world(demo_sqlite_url, tmp_path)
    world = replace(made, deps=replace(made.deps, vault=disk(tmp_path)))
    olga, number = operator(world), int(send(world).status.id)
    [document] = request_review.claim(world.deps, olga, number).documents
    opened = (world.deps, olga, number, int(document.id), 0)
    assert request_review.open_document(*opened)
    database = Path(demo_sqlite_url.removeprefix("sqlite:///"))
    backup = backup_of(database, tmp_path / "backup.db")
    copy = shutil.copytree(tmp_path / "documents", tmp_path / "copy")
    assert request_review.approve(world.deps, olga, number)
    world.dispose()
    backup_of(backup, database)
    if restored != "database":
        shutil.copytree(copy, tmp_path / "documents", dirs_exist_ok=True)
    with pytest.raises(DocumentUnreadable):
        request_review.open_document(*opened)
    world.dispose()


def test_after_shredding_not_even_the_wrapped_key_is_in_the_database_file(
    demo_sqlite_url: str, tmp_path: Path
) -> None:
    world = make_world(demo_sqlite_url, tmp_path)
    attach(world, NOBODY)
    with world.deps.snapshot() as tx:
        draft = tx.pin_requests.find_draft(NOBODY)
        assert draft
        (document,) = tx.documents.list_of(draft.id)
    path = Path(demo_sqlite_url.removeprefix("sqlite:///"))

    def on_disk() -> bytes:
        world.engine.dispose()  # the last connection writes the journal into the file
        return b"".join(x.read_bytes() for x in path.parent.glob(f"{path.name}*"))

    assert document.wrapped_key in on_disk()
    documents.detach_document(world.deps, NOBODY, str(document.id))
    assert document.wrapped_key not in on_disk()
    world.dispose()
