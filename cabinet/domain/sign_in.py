"""What wrong passwords cost: first nothing, then the check «Я не робот», then longer and longer pauses.

Counted are tries that failed within the hour, of any login, whether anybody has it or not; a browser that the
login's owner has signed in from has a bucket of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cabinet.domain import limits
from cabinet.domain.limits import Limit

HOUR: Final = timedelta(hours=1)
_CHECKED_FROM: Final = 3
_KNOWN_ADDRESS_CHECKED_FROM: Final = 10
_PAUSED_FROM: Final = 4
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(minutes=5)


def within_hour(limit: Limit) -> Limit:
    """The same bucket, looked at over the hour that this policy goes by."""
    return replace(limit, within=HOUR)


def is_checked(limit: Limit, failures: int, *, known_address: bool) -> bool:
    """Whether the next try of a bucket needs the human check; behind a known address there may be a whole house."""
    lenient = limit.bucket == limits.SIGN_IN_ADDRESS.bucket and known_address
    return failures >= (_KNOWN_ADDRESS_CHECKED_FROM if lenient else _CHECKED_FROM)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures: 10 s after the fourth, doubled by each one more, 5 min at most."""
    if failures < _PAUSED_FROM:
        return timedelta(0)
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(failures - _PAUSED_FROM, 10)))


def left_to_wait(limit: Limit, failed_at: Sequence[datetime], now: datetime) -> int:
    """Seconds until the next try of a bucket may be made; an address, which many may share, never waits."""
    if not failed_at or limit.bucket == limits.SIGN_IN_ADDRESS.bucket:
        return 0
    left = failed_at[-1] + pause_after(len(failed_at)) - now
    return max(0, -(-left // timedelta(seconds=1)))
