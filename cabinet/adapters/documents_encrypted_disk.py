"""Documents on the disk: each under a key of its own, which itself lies wrapped in the database.

The two halves never lie in the same place: a copy of the folder has no keys, a copy of the database no
documents, and neither says anything without DOCUMENTS_KEY, which is in the environment.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cabinet.domain.documents import DocumentUnreadable, joined, split

_NONCE: Final = 12
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNFINISHED: Final = ".new"


class EncryptedDisk:
    """AES-256-GCM (NIST SP 800-38D), a fresh key for each document.

    Args:
        folder: made when the first document comes.
        key: DOCUMENTS_KEY; any bytes.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        derived = HKDF(SHA256(), 32, salt=None, info=b"cabinet: keys of documents").derive(key)
        self._wrapping = AESGCM(derived)

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:
        """See `DocumentVault.seal`."""
        key = AESGCM.generate_key(256)
        bound = _bound(document, request)
        self._write(document, _encrypt(AESGCM(key), joined(pages), bound))
        return _encrypt(self._wrapping, key, bound)

    def open(self, document: str, request: str, wrapped_key: bytes) -> tuple[bytes, ...]:
        """See `DocumentVault.open`."""
        bound = _bound(document, request)
        try:
            key = _decrypt(self._wrapping, wrapped_key, bound)
            return split(_decrypt(AESGCM(key), self._path(document).read_bytes(), bound))
        except (InvalidTag, OSError, ValueError) as exc:
            raise DocumentUnreadable from exc

    def shred(self, document: str) -> None:
        """See `DocumentVault.shred`."""
        for path in (self._path(document), self._path(document, _UNFINISHED)):
            path.unlink(missing_ok=True)

    def list_before(self, moment: datetime) -> list[str]:
        """See `DocumentVault.list_before`."""
        with contextlib.suppress(FileNotFoundError):
            return sorted({_name(path) for path in self._folder.iterdir() if _is_older(path, moment)})
        return []

    def _path(self, document: str, suffix: str = "") -> Path:
        if not _NAME.fullmatch(document):
            raise DocumentUnreadable
        return self._folder / (document + suffix)

    def _write(self, document: str, sealed: bytes) -> None:
        """Whole or not at all, whatever happens meanwhile."""
        path, unfinished = self._path(document), self._path(document, _UNFINISHED)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _bound(document: str, request: str) -> bytes:
    """The associated data: a document moved to another request does not open."""
    return f"document {document} of request {request}".encode()


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)


def _name(path: Path) -> str:
    return path.name.removesuffix(_UNFINISHED)


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return False
    return written < moment and bool(_NAME.fullmatch(_name(path)))
