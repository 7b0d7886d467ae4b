"""The clock of a practice world, which begins on the 20th: readings are taken, a bill is due."""

from datetime import datetime

from cabinet.domain.practice import DAY
from cabinet.ports import Clock


class PracticeClock:
    """Another clock, as many days off as the day of a beginning is from the practice day; it never goes back.

    Args:
        real: the clock that it follows.
        begun: the other clock's instant at which it showed the practice day.
    """

    def __init__(self, real: Clock, begun: datetime) -> None:
        self._real = real
        self._apart = begun.replace(day=DAY) - begun

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._real.now() + self._apart
