"""Codes and links that confirm a phone or an e-mail: sending, sending again, checking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cabinet.domain import codes, limits
from cabinet.domain.codes import CodeCheck, CodePurpose
from cabinet.domain.errors import NotFound
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import Confirmation, User
from cabinet.services import second_factors
from cabinet.services.deps import Deps
from cabinet.services.notifications import pretend_message, queue_message

ENTERING: Final = (CodePurpose.REGISTER, CodePurpose.DEVICE)
_CODE, _LINK = "code", "link"
_WAITS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """What the confirmation page shows: where the code went, and when it may be sent again."""

    sent_to: str = ""
    channel: str = ""
    purpose: str = ""
    resend_in: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """What a right code gives: a ticket for this browser, or "".

    Attributes:
        ticket: "" when it was confirmed elsewhere, or the second step has begun.
        second_step: the second factor is asked for now.
    """

    ticket: str
    second_step: bool = False


def send_code(
    deps: Deps,
    tx: UnitOfWork,
    actor: Actor,
    user: User,
    purpose: CodePurpose,
    *,
    to: Login | None = None,
    password_hash: str = "",
    remember: bool = False,
    decoy: bool = False,
    holder_id: int | None = None,
) -> None:
    """Queue a code and a link for the user's login; the former one of this browser is superseded.

    It goes `to` another login when the user is about to take that one.

    A decoy looks the same to whoever asked, but nobody is ever told its code; `holder_id` has the login then.
    """
    code, link = codes.new_code(), codes.new_token()
    confirmation = _confirmation(deps, actor, purpose, codes.new_token() if decoy else code, link)
    confirmation.user_id, confirmation.password_hash = user.id, password_hash
    confirmation.remember = remember
    if to:
        confirmation.new_login_kind, confirmation.new_login = to.kind, to.value
    tx.confirmations.add(confirmation)
    if decoy:
        template = "login_wanted" if to else "already_registered"
        queue_message(deps, tx, to or user.as_login, template, user_id=holder_id or user.id)
        return
    more: dict[str, Any] = (
        {"link": f"{deps.address}/confirm?token={link}"} if purpose is CodePurpose.REGISTER else {}
    )
    queue_message(deps, tx, to or user.as_login, f"confirm_{purpose}", user_id=user.id, code=code, **more)


def pretend_to_send(deps: Deps, tx: UnitOfWork, actor: Actor, to: Login, purpose: CodePurpose) -> None:
    """For a login that nobody has: this browser's tries are counted, and run out, as if a code had been sent.

    A message that nobody gets stands in the place of the real one, so that the time tells nothing.
    """
    tx.confirmations.add(_confirmation(deps, actor, purpose, codes.new_token(), codes.new_token()))
    pretend_message(deps, tx, to, f"confirm_{purpose}")


def _confirmation(deps: Deps, actor: Actor, purpose: CodePurpose, code: str, link: str) -> Confirmation:
    now = deps.clock.now()
    return Confirmation(
        purpose=purpose,
        code_digest=codes.digest(deps.secret_key, _CODE, code),
        token_digest=codes.digest(deps.secret_key, _LINK, link),
        device=actor.visitor.device,
        sent_at=now,
        expires_at=now + codes.LIFETIME,
    )


def get_confirmation(
    deps: Deps, actor: Actor, purposes: tuple[CodePurpose, ...] = ENTERING
) -> ConfirmationRow:
    """What this browser is waiting for.

    Raises:
        NotFound: it has asked for no code.
    """
    now = deps.clock.now()
    with deps.snapshot() as tx:
        confirmation = _latest(tx, actor, purposes)
        login = confirmation.as_new_login or tx.users.get(confirmation.user_id or 0).as_login
    return row_of(confirmation, login, now)


def row_of(confirmation: Confirmation, login: Login, now: datetime) -> ConfirmationRow:
    """A confirmation that is awaited of a login, as its page shows it."""
    again_at = confirmation.sent_at + limits.CODE_MINUTE.within
    return ConfirmationRow(
        sent_to=login.masked,
        channel=login.kind,
        purpose=confirmation.purpose,
        resend_in=max(0, int((again_at - now) / timedelta(seconds=1))),
    )


def resend_code(deps: Deps, actor: Actor, purposes: tuple[CodePurpose, ...] = ENTERING) -> ConfirmationRow:
    """Send another code for what this browser is waiting for.

    What is done, given up or a day old is begun anew, with the password: a code alone is no first factor.

    Raises:
        NotFound: it waits for no code.
        TooMany: one a minute, five a day.
    """
    with deps.transaction() as tx:
        former = _latest(tx, actor, purposes)
        late = former.sent_at + _WAITS <= deps.clock.now()
        if former.used_at or former.superseded_at or late:
            raise NotFound
        user = tx.users.get(former.user_id or 0)
        count_sending(deps, tx, user.as_login)
        purpose = CodePurpose(former.purpose)
        send_code(
            deps,
            tx,
            actor,
            user,
            purpose,
            password_hash=former.password_hash,
            remember=former.remember,
            decoy=purpose is CodePurpose.REGISTER and user.confirmed_at is not None,
        )
    return get_confirmation(deps, actor, purposes)


def count_sending(deps: Deps, tx: UnitOfWork, login: Login) -> None:
    """Count one message to a login.

    Raises:
        TooMany: one a minute, five a day.
    """
    now = deps.clock.now()
    tx.attempts.reserve(limits.CODE_MINUTE, login.value, now)
    tx.attempts.reserve(limits.CODE_DAY, login.value, now)


def confirm_code(deps: Deps, actor: Actor, typed: str) -> Entered:
    """Check the code that this browser was sent and, when it is right, earn a ticket.

    Raises:
        NotFound: this browser has asked for no code.
        CodeWrong, CodeExpired, CodeUsed, CodeSuperseded, CodeExhausted: what is wrong with it.
        TooMany: too many tries from this address.
    """
    with deps.transaction() as tx:
        tx.attempts.reserve(limits.CODE_CHECK, actor.visitor.network, deps.clock.now())
    with deps.transaction() as tx:
        confirmation, check, left = spend_code(deps, tx, actor, ENTERING, typed)
        if check is CodeCheck.RIGHT:
            user = _confirm(deps, tx, actor, confirmation)
            return enter(deps, tx, actor, user, remember=confirmation.remember)
    raise codes.error_of(check, left)


def spend_code(
    deps: Deps, tx: UnitOfWork, actor: Actor, purposes: tuple[CodePurpose, ...], typed: str
) -> tuple[Confirmation, CodeCheck, int]:
    """Count a try at this browser's code and tell what it found, and how many tries are left."""
    latest = _latest(tx, actor, purposes)
    typed_digest = codes.digest(deps.secret_key, _CODE, codes.code_digits(typed))
    meant = tx.confirmations.find_by_code(latest.user_id, CodePurpose(latest.purpose), typed_digest) or latest
    check = codes.state_of(
        now=deps.clock.now(),
        expires_at=meant.expires_at,
        used_at=meant.used_at,
        superseded_at=meant.superseded_at,
        tries=meant.tries,
        right=meant.code_digest == typed_digest and meant.device == actor.visitor.device,
    )
    if check is CodeCheck.RIGHT:
        meant.used_at = deps.clock.now()
    elif check is CodeCheck.WRONG:
        latest.tries += 1
        tx.session.add(latest)
    return meant, check, codes.TRIES - latest.tries


def confirm_link(deps: Deps, actor: Actor, token: str) -> Entered:
    """Confirm by the link of a letter; opened in another browser it confirms, but does not sign in.

    Raises:
        CodeExpired, CodeUsed, CodeSuperseded: what is wrong with the link.
        NotFound: no such link.
    """
    with deps.transaction() as tx:
        found = tx.confirmations.find_by_token(codes.digest(deps.secret_key, _LINK, token))
        if found is None or found.purpose != CodePurpose.REGISTER:
            raise NotFound
        check = codes.state_of(
            now=deps.clock.now(),
            expires_at=found.expires_at,
            used_at=found.used_at,
            superseded_at=found.superseded_at,
            tries=0,
            right=True,
        )
        if check is CodeCheck.RIGHT:
            found.used_at = deps.clock.now()
            user = _confirm(deps, tx, actor, found)
            if found.device != actor.visitor.device:
                return Entered("")
            return enter(deps, tx, actor, user, remember=found.remember)
    raise codes.error_of(check, codes.TRIES)


def enter(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, *, remember: bool) -> Entered:
    """What a right code earns: a ticket, or the second step where the person has a second factor."""
    ticket = second_factors.enter(deps, tx, actor, user, remember=remember)
    return Entered(ticket, second_step=not ticket)


def holder_of(deps: Deps, tx: UnitOfWork, login: Login) -> User | None:
    """Whose login it is, for whoever is about to take it: who only began to register it loses it."""
    holder = tx.users.find_by_login(login)
    if holder is None or holder.confirmed_at:
        return holder
    tx.confirmations.supersede_open(holder.id or 0, deps.clock.now())
    tx.users.release_login(holder, deps.clock.now())
    return None


def _confirm(deps: Deps, tx: UnitOfWork, actor: Actor, confirmation: Confirmation) -> User:
    now = deps.clock.now()
    user = tx.users.get(confirmation.user_id or 0)
    if user.confirmed_at is None:
        user.confirmed_at = now
        user.password_hash = confirmation.password_hash or user.password_hash
        tx.audit.record(actor, now, "user.confirmed", user.id)
    return user


def _latest(tx: UnitOfWork, actor: Actor, purposes: tuple[CodePurpose, ...]) -> Confirmation:
    device = actor.visitor.device
    found = tx.confirmations.find_latest(device, purposes) if device else None
    if found is None:
        raise NotFound
    return found
