"""From errors to words: a broken rule beside its field, the unexpected with a number that the log has too."""

from cabinet import logs
from cabinet.domain.errors import CabinetError
from cabinet.domain.forms import Several
from cabinet.texts import errors as texts

Problems = dict[str, str]


def problems_of(error: CabinetError) -> Problems:
    """Words by field; the key "" is the form as a whole."""
    several = error.problems if isinstance(error, Several) else [error]
    return {one.field: texts.of(one.code, one.field, one.facts) for one in several}


def unexpected(error: Exception) -> Problems:
    """A reference number for the person; the log has it with the place, never with what was typed."""
    return {"": texts.UNEXPECTED.format(reference=logs.report(error))}
