"""Erasing a cabinet: how long its owner may think again."""

from datetime import timedelta
from typing import Final

from cabinet.domain.errors import Conflict

DELAY: Final = timedelta(days=14)
# A letter this long before the end: a week-end away is no reason to lose a cabinet.
TOLD_BEFORE: Final = timedelta(days=3)
# What was under way at the moment of erasing has ended by then, and is erased too.
SETTLES_IN: Final = timedelta(hours=1)


class DeletionNotAsked(Conflict):
    """There is no wish to take back, or it has been fulfilled."""

    code = "deletion.not_asked"
