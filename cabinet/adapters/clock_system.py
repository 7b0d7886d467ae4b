"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)
