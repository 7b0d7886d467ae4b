"""Signing in by phone or e-mail and a password; an unknown browser is asked for a code too."""

from dataclasses import dataclass
from typing import Any, Self

from cabinet.domain import limits
from cabinet.domain.codes import CodePurpose
from cabinet.domain.errors import InputError
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.identity import Login, LoginKind
from cabinet.domain.limits import Limit
from cabinet.domain.passwords import TYPED
from cabinet.domain.permissions import PUBLIC, Actor
from cabinet.persistence.users import User
from cabinet.services import confirmations, second_factors, sessions
from cabinet.services.deps import Deps

_NOBODY = Login(LoginKind.EMAIL, "nobody@localhost.invalid")


class SignInWrong(InputError):
    """The login or the password is not right; which of them is not told."""

    code = "sign_in.wrong"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in form that holds."""

    login: Login
    password: str
    remember: bool

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the login is malformed or the password is empty.
        """
        parser = Parser()
        login = parser.take(lambda: Login.parse(text_of(form, "login")), _NOBODY)
        password = text_of(form, "password", TYPED)
        parser.need(present=bool(password), problem=FieldMissing(field="password"))
        parser.finish()
        return cls(login, password, bool(form.get("remember")))


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """A ticket for a session; or "" when something is to be entered first.

    Attributes:
        second_step: what is to be entered is the second factor; else it is a code that was sent.
    """

    ticket: str
    second_step: bool = False


def sign_in(deps: Deps, actor: Actor, command: SignIn) -> SignInOutcome:
    """Check the password; give a ticket to a known browser, ask an unknown one for the second factor or a code.

    Who must prove more at every sign-in (`second_step_always`) is asked in a known browser too.

    Raises:
        SignInWrong: no such login, not that password, or blocked: all the same in words and time.
        TooMany: ten tries in five minutes per login and per address; a known browser has its own.
    """
    actor.require(PUBLIC)
    user, counted = _count_try(deps, actor, command.login)
    stored = user.password_hash if user else ""
    if not deps.passwords.verify(command.password, stored) or user is None or user.blocked_at:
        raise SignInWrong
    with deps.transaction() as tx:
        for limit, subject in counted:
            tx.attempts.release(limit, subject)
        if user.confirmed_at and second_factors.is_asked(tx, actor, user):
            second_factors.begin_second_step(deps, tx, actor, user, remember=command.remember)
            return SignInOutcome("", second_step=True)
        known = tx.sessions.is_known_device(user.id or 0, actor.visitor.device)
        if user.confirmed_at and known and not user.second_step_always:
            return SignInOutcome(
                sessions.issue_ticket(deps, tx, user, actor.visitor, remember=command.remember)
            )
        purpose = CodePurpose.DEVICE if user.confirmed_at else CodePurpose.REGISTER
        confirmations.count_sending(deps, tx, user.as_login)
        confirmations.send_code(deps, tx, actor, user, purpose, remember=command.remember)
        return SignInOutcome("")


def _count_try(deps: Deps, actor: Actor, login: Login) -> tuple[User | None, list[tuple[Limit, str]]]:
    """The user, if there is one, and what the try was counted under: only that is given back.

    Signing in to one's own account from a known browser would else pay for guesses at others'.
    """
    now, visitor = deps.clock.now(), actor.visitor
    with deps.transaction() as tx:
        user = tx.users.find_by_login(login)
        known = user and tx.sessions.is_known_device(user.id or 0, visitor.device)
        counted = (
            [(limits.SIGN_IN_DEVICE, visitor.device)]
            if known
            else [(limits.SIGN_IN_LOGIN, login.value), (limits.SIGN_IN_ADDRESS, visitor.address)]
        )
        for limit, subject in counted:
            tx.attempts.reserve(limit, subject, now)
    return user, counted
