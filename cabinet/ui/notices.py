"""From errors to words: a broken rule beside its field, the unexpected with a number that the log has too."""

import logging
import secrets

from cabinet.domain.errors import CabinetError
from cabinet.domain.forms import Several
from cabinet.texts import errors as texts

_log = logging.getLogger(__name__)
Problems = dict[str, str]


def problems_of(error: CabinetError) -> Problems:
    """Words by field; the key "" is the form as a whole."""
    several = error.problems if isinstance(error, Several) else [error]
    return {one.field: texts.of(one.code, one.field, one.facts) for one in several}


def unexpected(error: Exception) -> Problems:
    """A reference number for the person; the log has it with the place, never with what was typed."""
    reference = secrets.token_hex(4).upper()
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    _log.error("unexpected %s: %s at %s", reference, type(error).__name__, where)
    return {"": texts.UNEXPECTED.format(reference=reference)}
