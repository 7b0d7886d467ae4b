"""People and what they have done before a test begins."""

import json
import re
from decimal import Decimal

import altcha

from cabinet.domain.human_check import Purpose
from cabinet.domain.identity import Login
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import Actor, OperatorRole, Visitor
from cabinet.persistence.charges import Charge
from cabinet.persistence.second_factors import TotpSecret
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import (
    confirmations,
    customer_accounts,
    human_check,
    notifications,
    operators,
    password_reset,
    profile,
    registration,
    sessions,
)
from tests.fakes import VISITOR, World

PASSWORD = "мама мыла синюю раму"
ACCOUNT, SERIAL, PIN, FORMER = "370000000000", "52992312", "glazov3k", "Sarapul1"
OTHER_ACCOUNT, OTHER_SERIAL = "370000015838", "20302435"


def pass_for(world: World, visitor: Visitor, purpose: str) -> str:
    """A pass of the human check, earned as people earn it."""
    actor = Actor.anonymous(visitor)
    wanted = Purpose(purpose)
    challenge = human_check.begin_check(world.deps, actor, human_check.BeginCheck(wanted))
    given = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(given)
    assert found
    solution = altcha.Payload(given, found).to_base64()
    picture = human_check.prove_work(world.deps, actor, human_check.ProveWork(wanted, solution)).task_id
    answer = world.pictures.answers[-1]
    checked = human_check.check_answer(world.deps, actor, human_check.CheckAnswer(wanted, picture, answer))
    return checked.pass_id


def register(
    world: World, login: str, visitor: Visitor = VISITOR, password: str = PASSWORD
) -> confirmations.ConfirmationRow:
    """Send the registration form."""
    form = {"login": login, "password": password, "consent": "on"}
    command = registration.Register.parse(form, pass_for(world, visitor, registration.PURPOSE))
    return registration.register(world.deps, Actor.anonymous(visitor), command)


def last_text(world: World, to: str) -> str:
    """The newest letter or message to an address, delivered now."""
    notifications.deliver_due(world.deps)
    texts = [x.text for x in world.mail.to(to)] + [x.text for x in world.sms.messages if x.to == to]
    return texts[-1]


def code_in(text: str) -> str:
    """The code in a letter or message."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert found
    return found[0]


def link_token_in(text: str) -> str:
    """The token of the link in a letter."""
    found = re.search(r"token=([\w-]+)", text)
    assert found
    return found[1]


def enter(world: World, ticket: str, visitor: Visitor = VISITOR) -> tuple[Actor, str]:
    """Exchange a ticket for a session: who it is, and the cookie."""
    opened = sessions.open_session(world.deps, Actor.anonymous(visitor), ticket)
    assert opened
    return sessions.identify(world.deps, visitor, opened.token), opened.token


def subscriber(world: World, login: str = "anna@example.ru", visitor: Visitor = VISITOR) -> Actor:
    """Somebody who has registered, confirmed and signed in."""
    register(world, login, visitor)
    code = code_in(last_text(world, login))
    entered = confirmations.confirm_code(world.deps, Actor.anonymous(visitor), code)
    actor, _ = enter(world, entered.ticket, visitor)
    return actor


def with_supplier(world: World, login: str = "anna@example.ru", visitor: Visitor = VISITOR) -> Actor:
    """A subscriber who has chosen the demo supplier."""
    actor = subscriber(world, login, visitor)
    suppliers = profile.list_suppliers(world.deps, actor)
    profile.choose_supplier(world.deps, actor, suppliers[0].id)
    return actor


def owner(
    world: World,
    number: str = ACCOUNT,
    serial: str = SERIAL,
    login: str = "anna@example.ru",
    visitor: Visitor = VISITOR,
) -> tuple[Actor, int]:
    """A subscriber with extended access to an account: who, and the account's id."""
    actor = with_supplier(world, login, visitor)
    return actor, link(world, actor, number, serial)


def link(world: World, actor: Actor, number: str, serial: str = "") -> int:
    """Connect an account: extended by a serial number, basic without; its id."""
    form = {"access": "extended" if serial else "basic", "proof_kind": "serial", "serial": serial}
    command = customer_accounts.LinkAccount.parse(form, number)
    return int(customer_accounts.link_account(world.deps, actor, command).id)


def charge(account_id: int, month: BillingPeriod, service: str, volume: Decimal) -> Charge:
    """A metered month of a service that burnt so much and cost nothing."""
    nothing = dict.fromkeys(
        (f"{x}_kopecks" for x in ("amount", "recalculation", "penalty", "opening", "paid", "closing")), 0
    )
    return Charge(
        customer_account_id=account_id,
        period=str(month),
        service=service,
        method="metered",
        coefficient=Decimal(1),
        volume_m3=volume,
        price=Decimal(8),
        **nothing,
    )


def first_password(world: World, login: str, visitor: Visitor = VISITOR) -> tuple[Actor, str]:
    """Set a password by a code, as operators do at first: who it is, and the cookie."""
    human = pass_for(world, visitor, password_reset.PURPOSE)
    command = password_reset.AskReset.parse({"login": login}, human)
    world.clock.move(minutes=2)
    password_reset.ask_reset(world.deps, Actor.anonymous(visitor), command)
    code = code_in(last_text(world, login))
    entered = password_reset.set_password(world.deps, Actor.anonymous(visitor), code, PASSWORD)
    return enter(world, entered.ticket, visitor)


def operator(
    world: World,
    login: str = "olga@example.ru",
    role: OperatorRole = OperatorRole.CLERK,
    visitor: Visitor = VISITOR,
    supplier: str = "izhevsk",
) -> Actor:
    """An operator at the desk: signed in, the second factor shown."""
    command = operators.AddOperator.parse(login, supplier, "Ольга Зорина", role)
    operators.add_operator(world.deps, Actor.system(), command)
    with world.deps.transaction() as tx:
        user = tx.users.find_by_login(Login.parse(login))
        assert user
        totp_secret(world, tx, user.id or 0)
        ticket = sessions.issue_ticket(world.deps, tx, user, visitor, remember=False, factor=True)
    return enter(world, ticket, visitor)[0]


def totp_secret(world: World, tx: UnitOfWork, user_id: int) -> None:
    """An authenticator app that is on."""
    now = world.clock.now()
    tx.second_factors.add_totp(TotpSecret(user_id=user_id, sealed=b"", created_at=now, confirmed_at=now))
