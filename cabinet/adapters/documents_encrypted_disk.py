"""Documents on the disk: each under a key of its own, which itself lies wrapped in the database.

What wraps it is DOCUMENTS_KEY, which is in the environment, together with a half of its own, a file in a folder that no
backup holds. So a copy of the database, however old, opens nothing once the half is deleted, not even
with a copy of the documents and DOCUMENTS_KEY at hand.
"""

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
_HALF: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNFINISHED: Final = ".new"


class EncryptedDisk:
    """AES-256-GCM (NIST SP 800-38D), a fresh key for each document.

    Args:
        folder: of the sealed documents; made when the first one comes.
        halves: of what their keys are wrapped with besides `key`; never in a backup or a snapshot.
        key: DOCUMENTS_KEY; any bytes.
    """

    def __init__(self, folder: Path, halves: Path, key: bytes) -> None:
        self._folder, self._halves = folder, halves
        self._key = key

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:
        """See `DocumentVault.seal`."""
        key, half = AESGCM.generate_key(256), secrets.token_bytes(_HALF)
        bound = _bound(document, request)
        _write(_file(self._halves, document), half)
        _write(_file(self._folder, document), _encrypt(AESGCM(key), joined(pages), bound))
        return _encrypt(self._wrapping(half), key, bound)

    def open(self, document: str, request: str, wrapped_key: bytes) -> tuple[bytes, ...]:
        """See `DocumentVault.open`."""
        bound = _bound(document, request)
        half, sealed = _file(self._halves, document), _file(self._folder, document)
        try:
            key = _decrypt(self._wrapping(half.read_bytes()), wrapped_key, bound)
            return split(_decrypt(AESGCM(key), sealed.read_bytes(), bound))
        except (InvalidTag, OSError, ValueError) as exc:
            raise DocumentUnreadable from exc

    def shred(self, document: str) -> None:
        """See `DocumentVault.shred`; what opens it goes first."""
        for path in (_file(self._halves, document), _file(self._folder, document)):
            path.unlink(missing_ok=True)
            _unfinished(path).unlink(missing_ok=True)

    def list_before(self, moment: datetime) -> list[str]:
        """See `DocumentVault.list_before`."""
        folders = [x for x in (self._halves, self._folder) if x.is_dir()]
        return sorted({_name(path) for x in folders for path in x.iterdir() if _is_older(path, moment)})

    def _wrapping(self, half: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, salt=half, info=b"cabinet: keys of documents").derive(self._key))


def _file(folder: Path, document: str) -> Path:
    if not _NAME.fullmatch(document):
        raise DocumentUnreadable
    return folder / document


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + _UNFINISHED)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, whatever happens meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_unfinished(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _unfinished(path).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
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
