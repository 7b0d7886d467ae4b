"""Operators: who works at which supplier's desk, and in which role.

An operator's login is for the desk alone: it opens no subscriber's cabinet, and a subscriber's login never
becomes an operator's. The first password is set by a code, as a forgotten one is (`password_reset`).
"""

from dataclasses import dataclass
from typing import Final, Self

from cabinet.domain.errors import Conflict, InputError, NotFound
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, OperatorRole, Permission
from cabinet.domain.registers import SupplierUnknown
from cabinet.persistence.operators import Operator
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import confirmations, sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message

_LONGEST_NAME: Final = 120
_NO_CONSENT: Final = "operator"


class OperatorLoginTaken(Conflict):
    """The login opens a subscriber's cabinet."""

    code = "operator.login_taken"


class OperatorElsewhere(Conflict):
    """The login is an operator's of another supplier."""

    code = "operator.elsewhere"


class OperatorNameMalformed(InputError):
    """Empty, too long or unreadable."""

    code = "operator.name_malformed"


class OperatorUnknown(NotFound):
    """No operator has that login."""

    code = "operator.unknown"


@dataclass(frozen=True, slots=True)
class AddOperator:
    """Who is to work at which desk: the supplier's code, the name as colleagues and the audit know it."""

    login: Login
    supplier: str
    name: str
    role: OperatorRole

    @classmethod
    def parse(cls, login: str, supplier: str, name: str, role: OperatorRole) -> Self:
        """Of the command line.

        Raises:
            LoginMalformed, OperatorNameMalformed: one does not hold.
        """
        plain = " ".join(name.split())
        if not 0 < len(plain) <= _LONGEST_NAME or not plain.isprintable():
            raise OperatorNameMalformed
        return cls(Login.parse(login), supplier, plain, role)


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator in a list."""

    login: str
    name: str
    role: str
    blocked: bool


def add_operator(deps: Deps, actor: Actor, command: AddOperator) -> OperatorRow:
    """Add an operator and send the letter with the first step.

    A known operator of the same supplier begins anew: the role and the name are these, the block is lifted,
    the password, the second factors and every session are over.

    Raises:
        SupplierUnknown: no such supplier.
        OperatorLoginTaken, OperatorElsewhere: the login is somebody else's.
    """
    actor.require(Permission.OPERATOR_MANAGE)
    with deps.transaction() as tx:
        supplier = tx.suppliers.find_by_code(command.supplier)
        if supplier is None:
            raise SupplierUnknown(supplier=command.supplier)
        user = confirmations.holder_of(deps, tx, command.login)
        if user is None:
            user = _begin(deps, tx, supplier, command)
        else:
            _begin_anew(tx, supplier, user, command)
            sessions.end_others(deps, tx, actor, user.id or 0)
        queue_message(
            deps, tx, command.login, "operator_invited", supplier_id=supplier.id, supplier=supplier.name
        )
        tx.audit.record(
            actor,
            deps.clock.now(),
            "operator.added",
            user.id,
            supplier=supplier.code,
            role=command.role.value,
        )
    return OperatorRow(command.login.shown, command.name, command.role, blocked=False)


def _begin(deps: Deps, tx: UnitOfWork, supplier: Supplier, command: AddOperator) -> User:
    now = deps.clock.now()
    user = tx.users.add(
        User(
            login_kind=command.login.kind,
            login=command.login.value,
            password_hash="",  # which no password fits
            created_at=now,
            confirmed_at=now,
            supplier_id=supplier.id,
            consent_version=_NO_CONSENT,
            consent_digest="",
            consented_at=now,
            consent_address="",
            second_step_always=True,
        )
    )
    tx.operators.add(
        Operator(
            user_id=user.id or 0,
            supplier_id=supplier.id or 0,
            role=command.role,
            name=command.name,
            added_at=now,
        )
    )
    return user


def _begin_anew(tx: UnitOfWork, supplier: Supplier, user: User, command: AddOperator) -> None:
    operator = tx.operators.find_of_user(user.id or 0)
    if operator is None:
        raise OperatorLoginTaken
    if operator.supplier_id != supplier.id:
        raise OperatorElsewhere
    operator.role, operator.name = command.role, command.name
    user.blocked_at, user.password_hash, user.second_step_always = None, "", True
    tx.second_factors.forget(user.id or 0)
    for passkey in tx.passkeys.list_of(user.id or 0):
        tx.passkeys.remove(passkey)


def block_operator(deps: Deps, actor: Actor, login: Login) -> None:
    """Close an operator's desk at once; `add_operator` opens it again.

    Raises:
        OperatorUnknown: no operator has that login.
    """
    actor.require(Permission.OPERATOR_MANAGE)
    with deps.transaction() as tx:
        user = tx.users.find_by_login(login)
        operator = tx.operators.find_of_user(user.id or 0) if user else None
        if user is None or operator is None:
            raise OperatorUnknown
        user.blocked_at = deps.clock.now()
        sessions.end_others(deps, tx, actor, user.id or 0)
        tx.audit.record(actor, deps.clock.now(), "operator.blocked", user.id)


def list_operators(deps: Deps, actor: Actor, supplier: str) -> list[OperatorRow]:
    """All operators of a supplier, the blocked ones too.

    Raises:
        SupplierUnknown: no such supplier.
    """
    actor.require(Permission.OPERATOR_MANAGE)
    with deps.snapshot() as tx:
        found = tx.suppliers.find_by_code(supplier)
        if found is None:
            raise SupplierUnknown(supplier=supplier)
        return [_row(tx, operator) for operator in tx.operators.list_of(found.id or 0)]


def _row(tx: UnitOfWork, operator: Operator) -> OperatorRow:
    user = tx.users.get(operator.user_id)
    return OperatorRow(user.as_login.shown, operator.name, operator.role, blocked=user.blocked_at is not None)
