"""The tree of broken rules.

`CabinetError`
├── `InputError`       what was typed does not hold; belongs to a `field`
├── `Denied`           the actor may not do this
├── `SignInNeeded`     nobody is signed in
├── `ReauthenticationNeeded`  somebody is, but has proved who they are too long ago
├── `PracticeOver`     the practice world that the browser is in is gone
├── `NotFound`         there is no such thing, or it is somebody else's
├── `TooMany`          a limit is reached; `retry_in` seconds
└── `Conflict`         the state of things forbids it

An error names the rule by its `code`; its words live in `texts.errors`, looked up by that code and
filled from `facts`.
"""

from typing import ClassVar


class CabinetError(Exception):
    """A rule is broken.

    Attributes:
        code: what `texts.errors` and machine callers know the rule by.
        field: the name of the form field it belongs to, or "" for the form as a whole.
        facts: what the words need, as strings or numbers.
    """

    code: ClassVar[str] = "error"
    field: str = ""

    def __init__(self, *, field: str | None = None, **facts: str | int) -> None:
        super().__init__(self.code)
        if field is not None:
            self.field = field
        self.facts = facts


class InputError(CabinetError):
    """What was typed does not hold."""

    code = "input"


class Denied(CabinetError):
    """The actor lacks the permission."""

    code = "denied"


class SignInNeeded(CabinetError):
    """The action needs a signed-in user."""

    code = "sign_in_needed"


class ReauthenticationNeeded(CabinetError):
    """The action needs a user who has proved in the last minutes who they are."""

    code = "reauthentication_needed"


class PracticeOver(CabinetError):
    """The practice world that the browser is in is gone; nothing of the real one shows in its place."""

    code = "practice_over"


class NotFound(CabinetError):
    """There is no such thing for this actor; a stranger's row is not told apart from none."""

    code = "not_found"


class TooMany(CabinetError):
    """A limit is reached; fact `retry_in` in seconds."""

    code = "too_many"


class Conflict(CabinetError):
    """The state of things forbids it."""

    code = "conflict"


class Busy(CabinetError):
    """The process has more to do than it may queue; try again in a moment."""

    code = "busy"
