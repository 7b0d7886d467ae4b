"""Registration: a login, a password, a consent and the human check; then a code."""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from cabinet.domain import limits, passwords
from cabinet.domain.codes import CodePurpose
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.human_check import HumanCheckNeeded, Purpose
from cabinet.domain.identity import NOBODY, Login
from cabinet.domain.permissions import PUBLIC, Actor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import Chosen, User
from cabinet.services import confirmations, human_check
from cabinet.services.deps import Deps, hashing
from cabinet.services.passwords import chosen
from cabinet.texts import consent

PURPOSE = Purpose.REGISTER


@dataclass(frozen=True, slots=True)
class Register:
    """A registration form that holds."""

    login: Login
    password: str
    human_pass: str

    @classmethod
    def parse(cls, form: dict[str, Any], human_pass: str) -> Self:
        """Of the page's form.

        Raises:
            Several: any of the fields does not hold; all of them are told.
        """
        parser = Parser()
        login = parser.take(lambda: Login.parse(text_of(form, "login")), NOBODY)
        password = parser.take(
            lambda: passwords.checked(text_of(form, "password", passwords.TYPED), login.value), ""
        )
        parser.need(present=bool(human_pass), problem=HumanCheckNeeded())
        parser.need(present=bool(form.get("consent")), problem=FieldMissing(field="consent"))
        parser.finish()
        return cls(login, password, human_pass)


@hashing
def register(deps: Deps, actor: Actor, command: Register) -> confirmations.ConfirmationRow:
    """Make a user who is still to be confirmed, and send a code.

    A login that is registered already gets the same reply in the same time; its owner gets a letter
    that says so.

    Raises:
        PasswordCommon: it is in the list of those tried first; the check is not spent by it.
        HumanCheckNeeded: the check was not passed by this browser for this purpose.
        TooMany: too many registrations from this address, or codes to this login.
    """
    actor.require(PUBLIC)
    password = chosen(deps, command.password, command.login.value)
    with deps.transaction() as tx:
        # Before the hash, which is dear.
        human_check.need_pass(deps, tx, actor.visitor, PURPOSE, command.human_pass)
        tx.attempts.reserve(limits.REGISTER_ADDRESS, actor.visitor.network, deps.clock.now())
    wished = _chosen(deps, actor, password)
    with deps.transaction() as tx:
        human_check.spend_pass(
            deps, tx, actor.visitor, PURPOSE, command.human_pass, login=command.login.value
        )
        # A proof that is under way is waited for: after it, this one is a stranger's.
        tx.users.lock_holder(command.login)
        # Counted first: on PostgreSQL it also keeps two registrations of one login apart.
        confirmations.count_sending(deps, tx, command.login)
        user = tx.users.find_by_login(command.login) or _add(deps, tx, actor, command.login, wished)
        confirmations.send_code(
            deps,
            tx,
            actor,
            user,
            CodePurpose.REGISTER,
            chosen=wished,
            decoy=user.confirmed_at is not None,
        )
    return confirmations.get_confirmation(deps, actor)


def _chosen(deps: Deps, actor: Actor, password: str) -> Chosen:
    return Chosen(
        password_hash=deps.passwords.hash(password),
        consent_version=consent.VERSION,
        consent_digest=hashlib.sha256(consent.TEXT.encode()).hexdigest(),
        consented_at=deps.clock.now(),
        consent_address=actor.visitor.address[:64],
    )


def _add(deps: Deps, tx: UnitOfWork, actor: Actor, login: Login, wished: Chosen) -> User:
    """Who is to confirm the login first: no password fits until then, so none tells that nobody has it yet."""
    now = deps.clock.now()
    nobodys = asdict(replace(wished, password_hash=""))
    user = tx.users.add(User(login_kind=login.kind, login=login.value, created_at=now, **nobodys))
    tx.audit.record(actor, now, "user.registered", user.id)
    return user
