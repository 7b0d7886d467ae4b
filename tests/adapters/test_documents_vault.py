"""What every DocumentVault keeps, and what the disk's one leaves to be found."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cabinet.adapters.documents_encrypted_disk import EncryptedDisk
from cabinet.domain.documents import DocumentUnreadable
from cabinet.ports import DocumentVault
from tests.fakes import FakeClock, FakeVault

KEY = b"a key for tests only"
PAGES = (b"\xff\xd8\xff first page KANAREJKA", b"\xff\xd8\xff second")


def name() -> str:
    return secrets.token_urlsafe(24)


@pytest.fixture(params=["disk", "fake"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentVault:
    if request.param == "disk":
        return EncryptedDisk(tmp_path / "documents", KEY)
    return FakeVault(FakeClock(datetime.now(UTC)))


def test_a_document_opens_for_its_own_request(vault: DocumentVault) -> None:
    document = name()
    key = vault.seal(document, "request", PAGES)
    assert vault.open(document, "request", key) == PAGES


def test_and_for_nothing_else(vault: DocumentVault) -> None:
    one, two = name(), name()
    key_one, key_two = vault.seal(one, "request", PAGES), vault.seal(two, "other", PAGES)
    wrong = [
        (one, "other", key_one),
        (one, "request", key_two),
        (two, "other", key_one),
        (two, "request", key_two),
    ]
    wrong += [(one, "request", b""), (one, "request", key_one[:-1]), (name(), "request", key_one)]
    for document, request, key in wrong:
        with pytest.raises(DocumentUnreadable):
            vault.open(document, request, key)


def test_what_is_shredded_is_gone_and_shredding_twice_is_no_fault(vault: DocumentVault) -> None:
    document = name()
    key = vault.seal(document, "request", PAGES)
    for _ in range(2):
        vault.shred(document)
        with pytest.raises(DocumentUnreadable):
            vault.open(document, "request", key)
    assert vault.list_before(datetime.now(UTC) + timedelta(days=1)) == []


def test_what_is_old_is_listed(vault: DocumentVault) -> None:
    documents = sorted(name() for _ in range(3))
    for document in documents:
        vault.seal(document, "request", PAGES)
    now = datetime.now(UTC)
    assert vault.list_before(now + timedelta(minutes=1)) == documents
    assert vault.list_before(now - timedelta(minutes=1)) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


def test_nothing_readable_is_on_the_disk_and_nobody_else_may_look(folder: Path) -> None:
    document = name()
    key = EncryptedDisk(folder, KEY).seal(document, "request", PAGES)
    (file,) = folder.iterdir()
    assert file.name == document
    assert b"KANAREJKA" not in file.read_bytes() + key
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_same_document_is_never_the_same_bytes(folder: Path) -> None:
    vault = EncryptedDisk(folder, KEY)
    keys = {vault.seal(document, "request", PAGES) for document in (name(), name())}
    assert len({file.read_bytes() for file in folder.iterdir()} | keys) == 4


def test_another_key_of_the_settings_opens_nothing(folder: Path) -> None:
    document = name()
    key = EncryptedDisk(folder, KEY).seal(document, "request", PAGES)
    with pytest.raises(DocumentUnreadable):
        EncryptedDisk(folder, b"another").open(document, "request", key)


@pytest.mark.parametrize("at", [0, 11, 12, 40, -1])
def test_one_bit_changed_opens_nothing(folder: Path, at: int) -> None:
    vault, document = EncryptedDisk(folder, KEY), name()
    key = vault.seal(document, "request", PAGES)
    changed = bytearray((folder / document).read_bytes())
    changed[at] ^= 1
    (folder / document).write_bytes(changed)
    with pytest.raises(DocumentUnreadable):
        vault.open(document, "request", key)


@pytest.mark.parametrize(
    "document", ["", "short", "../../etc/passwd-of-somebody", "a" * 65, "a" * 20 + "\0", "/" * 20]
)
def test_a_name_that_is_none_touches_no_file(folder: Path, document: str) -> None:
    vault = EncryptedDisk(folder, KEY)
    with pytest.raises(DocumentUnreadable):
        vault.seal(document, "request", PAGES)
    with pytest.raises(DocumentUnreadable):
        vault.shred(document)
    assert not folder.exists()


def test_what_was_half_written_when_the_process_died_is_listed_and_shredded(folder: Path) -> None:
    vault, document = EncryptedDisk(folder, KEY), name()
    folder.mkdir()
    half, foreign = folder / f"{document}.new", folder / "README"
    half.write_bytes(b"half")
    foreign.write_text("somebody else's")
    os.utime(foreign, (0, 0))
    assert vault.list_before(datetime.now(UTC) + timedelta(minutes=1)) == [document]
    vault.shred(document)
    assert [file.name for file in folder.iterdir()] == ["README"]
