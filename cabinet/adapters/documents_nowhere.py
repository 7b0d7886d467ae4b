"""Documents of practice worlds: cleaned like any, and kept nowhere, so that a passport sent there by mistake is gone."""

from collections.abc import Sequence
from datetime import datetime


class NowhereVault:
    """Keeps nothing and opens an empty page; nobody in a practice world looks at it."""

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:  # noqa: ARG002 - the port's
        """Nothing is kept."""
        return b""

    def open(self, document: str, request: str, wrapped_key: bytes) -> tuple[bytes, ...]:  # noqa: ARG002 - the port's
        """An empty page."""
        return (b"",)

    def shred(self, document: str) -> None:
        """There is nothing to delete."""

    def list_before(self, moment: datetime) -> list[str]:  # noqa: ARG002 - the port's
        """Nothing was written."""
        return []
