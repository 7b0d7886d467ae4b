"""Who is asking, and what they may do. Both gates, the handlers' and the services', speak these words."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

from cabinet.domain.addresses import network_of
from cabinet.domain.errors import Denied, SignInNeeded


class Permission(StrEnum):
    """What a handler or a service asks of its caller."""

    PUBLIC = "public"
    PROFILE = "profile"
    OWN_DATA = "own_data"
    ACCOUNT_LINK = "account.link"
    ACCOUNT_VIEW = "account.view"
    READING_SUBMIT = "reading.submit"
    CHARGES_VIEW = "charges.view"
    PAYMENT_MAKE = "payment.make"
    ACCOUNT_FIND = "account.find"
    PIN_ISSUE = "pin.issue"
    REQUEST_REVIEW = "request.review"
    REQUEST_CONFIRM = "request.confirm"
    TRAINING_VIEW = "training.view"
    MESSAGE_MANAGE = "message.manage"
    AUDIT_VIEW = "audit.view"
    REGISTER_IMPORT = "register.import"
    POLICY_EDIT = "policy.edit"
    OPERATOR_MANAGE = "operator.manage"
    SUPPLIER_MANAGE = "supplier.manage"
    USER_MANAGE = "user.manage"


PUBLIC: Final = Permission.PUBLIC

_SUBSCRIBER: Final = frozenset(
    {
        Permission.PROFILE,
        Permission.OWN_DATA,
        Permission.ACCOUNT_LINK,
        Permission.ACCOUNT_VIEW,
        Permission.READING_SUBMIT,
        Permission.CHARGES_VIEW,
        Permission.PAYMENT_MAKE,
    }
)
_CLERK: Final = frozenset(
    {Permission.ACCOUNT_FIND, Permission.PIN_ISSUE, Permission.REQUEST_REVIEW, Permission.TRAINING_VIEW}
)
_SENIOR: Final = _CLERK | {Permission.REQUEST_CONFIRM, Permission.MESSAGE_MANAGE, Permission.AUDIT_VIEW}
_ADMINISTRATOR: Final = _SENIOR | {Permission.REGISTER_IMPORT, Permission.POLICY_EDIT}
# What only operators do, at the desk; a refusal of any of it is remembered.
DESK: Final = _ADMINISTRATOR
_SYSTEM: Final = frozenset(
    {
        Permission.REGISTER_IMPORT,
        Permission.PIN_ISSUE,
        Permission.MESSAGE_MANAGE,
        Permission.OPERATOR_MANAGE,
        Permission.POLICY_EDIT,
        Permission.SUPPLIER_MANAGE,
        Permission.USER_MANAGE,
    }
)


class OperatorRole(StrEnum):
    """What an operator of a supplier is; a later one may do all that an earlier one may."""

    CLERK = "clerk"
    SENIOR = "senior"
    ADMINISTRATOR = "administrator"


OF_ROLE: Final = {
    OperatorRole.CLERK: _CLERK,
    OperatorRole.SENIOR: _SENIOR,
    OperatorRole.ADMINISTRATOR: _ADMINISTRATOR,
}


class AccessLevel(IntEnum):
    """What a link between a user and a лицевой счёт opens; a higher level includes the lower."""

    BASIC = 1
    EXTENDED = 2


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser: the digest of its HttpOnly device cookie ("" without one) and its address."""

    device: str
    address: str
    agent: str = ""

    @property
    def network(self) -> str:
        """What is counted where the address is meant; the address itself is for people to read."""
        return network_of(self.address)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `user_id` is None for a visitor and for the system itself.

    Attributes:
        user_id: the signed-in user.
        session_id: the session that the request came with.
        visitor: the browser, for limits and the human check.
        supplier_id: of an operator, the one supplier whose desk it is.
    """

    visitor: Visitor
    user_id: int | None = None
    session_id: int | None = None
    granted: frozenset[Permission] = field(default_factory=frozenset)
    supplier_id: int | None = None

    @classmethod
    def subscriber(cls, visitor: Visitor, user_id: int, session_id: int) -> "Actor":
        """A signed-in subscriber."""
        return cls(visitor, user_id, session_id, _SUBSCRIBER)

    @classmethod
    def operator(
        cls,
        visitor: Visitor,
        user_id: int,
        session_id: int,
        supplier_id: int,
        role: OperatorRole,
        *,
        verified: bool,
    ) -> "Actor":
        """A signed-in operator of one supplier.

        Until the session is `verified` by a second factor it opens nothing of the desk: only the operator's
        own profile, to connect a factor there.
        """
        desk = OF_ROLE[role] if verified else frozenset()
        return cls(visitor, user_id, session_id, desk | {Permission.PROFILE}, supplier_id)

    @classmethod
    def anonymous(cls, visitor: Visitor) -> "Actor":
        """A visitor who is not signed in."""
        return cls(visitor)

    @classmethod
    def system(cls) -> "Actor":
        """The supplier's command line and the worker: they run where the database is."""
        return cls(Visitor("", "local", "command line"), granted=_SYSTEM)

    def require(self, permission: Permission) -> None:
        """Pass, or raise.

        Raises:
            SignInNeeded: a visitor asks for more than the public.
            Denied: a signed-in user lacks it.
        """
        if permission is PUBLIC or permission in self.granted:
            return
        if self.user_id is None and not self.granted:
            raise SignInNeeded
        raise Denied

    @property
    def supplier(self) -> int:
        """The operator's supplier: every query of the desk is restricted to it.

        Raises:
            Denied: it is no operator.
        """
        if self.supplier_id is None:
            raise Denied
        return self.supplier_id

    def serves(self, supplier_id: int | None) -> bool:
        """Whether it may act for a supplier: an operator for its own, the system for any."""
        return self.supplier_id in {None, supplier_id}

    @property
    def user(self) -> int:
        """The user's id.

        Raises:
            SignInNeeded: nobody is signed in.
        """
        if self.user_id is None:
            raise SignInNeeded
        return self.user_id
