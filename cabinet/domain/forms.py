"""Several fields parsed at once, so that a person hears of every mistake in one go."""

from collections.abc import Callable
from typing import Final, TypeVar

from cabinet.domain.errors import CabinetError, Conflict, InputError

_ID_DIGITS: Final = 18  # a BIGINT holds as many

T = TypeVar("T")


class Several(CabinetError):
    """More than one field does not hold; `problems` in the order of the form."""

    code = "several"

    def __init__(self, problems: list[InputError]) -> None:
        super().__init__()
        self.problems = problems


class FieldMissing(InputError):
    """A field that is needed was left empty or unticked."""

    code = "field.missing"


class FormStale(Conflict):
    """The form came without its key, or with another form's: an old tab, or not our page."""

    code = "form.stale"


class Parser:
    """Collects the problems of a form's fields and raises them together at the end."""

    def __init__(self) -> None:
        self._problems: list[InputError] = []

    def take(self, parse: Callable[[], T], fallback: T, field: str | None = None) -> T:
        """What `parse` gives, or the fallback when it raises; `finish` then raises too."""
        try:
            return parse()
        except InputError as problem:
            if field is not None:
                problem.field = field
            self._problems.append(problem)
            return fallback

    def need(self, *, present: bool, problem: InputError) -> None:
        """Note a problem unless the thing is there."""
        if not present:
            self._problems.append(problem)

    def finish(self) -> None:
        """Pass, or raise.

        Raises:
            Several: any field had a problem.
        """
        if self._problems:
            raise Several(self._problems)


def text_of(form: object, name: str, most: int = 1000) -> str:
    """A form's field as text: whatever else was sent, too much of it or half a character, is nothing."""
    value = form.get(name, "") if isinstance(form, dict) else ""
    return value if isinstance(value, str) and len(value) <= most and is_whole(value) else ""


def id_of(text: str) -> int:
    """An id that came from a browser; -1, which is nobody's, for anything but a plain number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS else -1


def is_whole(text: str) -> bool:
    """Whether the text can be written down: a lone surrogate, which JSON can smuggle in, can not."""
    return not any("\ud800" <= c <= "\udfff" for c in text)
