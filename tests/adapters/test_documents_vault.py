"""What every DocumentVault keeps, and what the disk's one leaves to be found."""

import os
import secrets
import shutil
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


def disk(folder: Path, key: bytes = KEY) -> EncryptedDisk:
    return EncryptedDisk(folder / "documents", folder / "keys", key)


@pytest.fixture(params=["disk", "fake"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentVault:
    if request.param == "disk":
        return disk(tmp_path)
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


def test_nothing_readable_is_on_the_disk_and_nobody_else_may_look(tmp_path: Path) -> None:
    document = name()
    key = disk(tmp_path).seal(document, "request", PAGES)
    for folder in (tmp_path / "documents", tmp_path / "keys"):
        (file,) = folder.iterdir()
        assert file.name == document
        assert b"KANAREJKA" not in file.read_bytes() + key
        assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_same_document_is_never_the_same_bytes(tmp_path: Path) -> None:
    vault = disk(tmp_path)
    keys = {vault.seal(document, "request", PAGES) for document in (name(), name())}
    assert len({x.read_bytes() for x in tmp_path.rglob("*") if x.is_file()} | keys) == 6


def test_another_key_of_the_settings_opens_nothing(tmp_path: Path) -> None:
    document = name()
    key = disk(tmp_path).seal(document, "request", PAGES)
    with pytest.raises(DocumentUnreadable):
        disk(tmp_path, b"another").open(document, "request", key)


@pytest.mark.parametrize("at", [0, 11, 12, 31, -1])
@pytest.mark.parametrize("folder", ["documents", "keys"])
def test_one_bit_changed_opens_nothing(tmp_path: Path, folder: str, at: int) -> None:
    vault, document = disk(tmp_path), name()
    key = vault.seal(document, "request", PAGES)
    changed = bytearray((tmp_path / folder / document).read_bytes())
    changed[at] ^= 1
    (tmp_path / folder / document).write_bytes(changed)
    with pytest.raises(DocumentUnreadable):
        vault.open(document, "request", key)


def test_a_copy_that_outlives_its_document_opens_nothing(tmp_path: Path) -> None:
    """Of the sealed document, with the wrapped key of an old backup and DOCUMENTS_KEY."""
    vault, document = disk(tmp_path), name()
    key = vault.seal(document, "request", PAGES)
    copy = shutil.copytree(tmp_path / "documents", tmp_path / "copy")
    vault.shred(document)
    shutil.copytree(copy, tmp_path / "documents", dirs_exist_ok=True)
    with pytest.raises(DocumentUnreadable):
        vault.open(document, "request", key)


@pytest.mark.parametrize(
    "document", ["", "short", "../../etc/passwd-of-somebody", "a" * 65, "a" * 20 + "\0", "/" * 20]
)
def test_a_name_that_is_none_touches_no_file(tmp_path: Path, document: str) -> None:
    vault = disk(tmp_path)
    with pytest.raises(DocumentUnreadable):
        vault.seal(document, "request", PAGES)
    with pytest.raises(DocumentUnreadable):
        vault.shred(document)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["documents", "keys"])
def test_what_was_half_written_when_the_process_died_is_listed_and_shredded(
    tmp_path: Path, folder: str
) -> None:
    vault, document = disk(tmp_path), name()
    (tmp_path / folder).mkdir()
    half, foreign = tmp_path / folder / f"{document}.new", tmp_path / folder / "README"
    half.write_bytes(b"half")
    foreign.write_text("somebody else's")
    os.utime(foreign, (0, 0))
    assert vault.list_before(datetime.now(UTC) + timedelta(minutes=1)) == [document]
    vault.shred(document)
    assert [file.name for file in (tmp_path / folder).iterdir()] == ["README"]
