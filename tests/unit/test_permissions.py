import pytest

from cabinet.domain.errors import Denied, SignInNeeded
from cabinet.domain.permissions import (
    DESK,
    OF_ROLE,
    PUBLIC,
    AccessLevel,
    Actor,
    OperatorRole,
    Permission,
    Visitor,
)

VISITOR = Visitor("device", "192.0.2.1")
NOBODYS = set(Permission) - {PUBLIC}
SUBSCRIBERS = {
    Permission.PROFILE,
    Permission.OWN_DATA,
    Permission.ACCOUNT_LINK,
    Permission.ACCOUNT_VIEW,
    Permission.READING_SUBMIT,
    Permission.CHARGES_VIEW,
    Permission.PAYMENT_MAKE,
}


@pytest.mark.parametrize(
    "actor", [Actor.anonymous(VISITOR), Actor.subscriber(VISITOR, 1, 1), Actor.system(), Actor(VISITOR, 1)]
)
def test_the_public_is_everybodys(actor: Actor) -> None:
    actor.require(PUBLIC)
    assert PUBLIC not in actor.granted


@pytest.mark.parametrize("permission", sorted(NOBODYS))
def test_a_visitor_is_asked_to_sign_in_for_anything_else(permission: Permission) -> None:
    with pytest.raises(SignInNeeded):
        Actor.anonymous(VISITOR).require(permission)


@pytest.mark.parametrize("permission", sorted(NOBODYS - SUBSCRIBERS))
def test_a_subscriber_is_denied_what_is_the_operators(permission: Permission) -> None:
    with pytest.raises(Denied):
        Actor.subscriber(VISITOR, 1, 1).require(permission)


@pytest.mark.parametrize("permission", sorted(SUBSCRIBERS))
def test_a_subscriber_may_do_what_is_theirs_and_the_system_may_not(permission: Permission) -> None:
    Actor.subscriber(VISITOR, 1, 1).require(permission)
    with pytest.raises(Denied):
        Actor.system().require(permission)
    with pytest.raises(Denied):
        Actor(VISITOR, user_id=1).require(permission)


def test_the_command_line_imports_registers_and_issues_pins() -> None:
    assert {Permission.REGISTER_IMPORT, Permission.PIN_ISSUE} <= Actor.system().granted


ROLES = list(OperatorRole)


@pytest.mark.parametrize("role", ROLES)
def test_an_operator_without_a_shown_factor_has_nothing_of_the_desk(role: OperatorRole) -> None:
    actor = Actor.operator(VISITOR, 1, 1, 1, role, verified=False)
    assert actor.granted == {Permission.PROFILE}
    for permission in DESK:
        with pytest.raises(Denied):
            actor.require(permission)


@pytest.mark.parametrize("role", ROLES)
def test_an_operator_has_the_roles_permissions_and_is_no_subscriber(role: OperatorRole) -> None:
    actor = Actor.operator(VISITOR, 1, 1, 7, role, verified=True)
    assert actor.granted - {Permission.PROFILE} == OF_ROLE[role]
    assert actor.granted & SUBSCRIBERS == {Permission.PROFILE}
    assert (actor.supplier, actor.serves(7), actor.serves(8), actor.serves(None)) == (7, True, False, False)


def test_each_role_may_do_what_the_one_below_may_and_none_what_is_the_systems() -> None:
    clerk, senior, administrator = (OF_ROLE[x] for x in ROLES)
    assert clerk < senior < administrator == DESK
    assert Permission.PIN_ISSUE in clerk
    assert Permission.AUDIT_VIEW in senior - clerk
    assert {Permission.REGISTER_IMPORT, Permission.POLICY_EDIT} == administrator - senior
    assert not {Permission.OPERATOR_MANAGE, Permission.SUPPLIER_MANAGE} & administrator


def test_only_operators_have_a_supplier() -> None:
    for actor in (Actor.anonymous(VISITOR), Actor.subscriber(VISITOR, 1, 1), Actor.system()):
        with pytest.raises(Denied):
            assert actor.supplier
    assert Actor.system().serves(7)


def test_only_who_is_signed_in_has_a_user() -> None:
    assert Actor.subscriber(VISITOR, 7, 1).user == 7
    for actor in (Actor.anonymous(VISITOR), Actor.system()):
        with pytest.raises(SignInNeeded):
            assert actor.user


def test_extended_access_includes_basic() -> None:
    assert AccessLevel.EXTENDED > AccessLevel.BASIC
