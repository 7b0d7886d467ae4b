"""The clock of the practice world, where it is always the 20th: readings are taken, a bill is due."""

from datetime import datetime

from cabinet.domain.practice import DAY
from cabinet.ports import Clock


class PracticeClock:
    """Another clock's time of day and month, on the practice day."""

    def __init__(self, real: Clock) -> None:
        self._real = real

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._real.now().replace(day=DAY)
