"""Codes and links that confirm a phone or an e-mail: sending, sending again, checking."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cabinet.domain import codes, limits
from cabinet.domain.codes import CodeCheck, CodePurpose, ConfirmationGone, LinkElsewhere, LinkUnknown
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import Chosen, Confirmation, User
from cabinet.services import second_factors, sessions
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
    chosen: Chosen | None = None,
    remember: bool = False,
    decoy: bool = False,
    holder_id: int | None = None,
) -> None:
    """Queue a code and a link for the user's login; the former one of this browser is superseded.

    `to` is the login that it is about, where that may become another than the user's: one that the user is about to
    take, one that has forgotten its password.

    A decoy looks the same to whoever asked, but nobody is ever told its code; `holder_id` has the login then.
    """
    code, link = codes.new_code(), codes.new_token()
    confirmation = _confirmation(deps, actor, purpose, codes.new_token() if decoy else code, link, to=to)
    confirmation.user_id, confirmation.remember = user.id, remember
    if chosen:
        confirmation.sqlmodel_update(asdict(chosen))
    tx.confirmations.add(confirmation)
    if decoy:
        template = "login_wanted" if to else "already_registered"
        queue_message(deps, tx, to or user.as_login, template, user_id=holder_id or user.id)
        return
    more: dict[str, Any] = (
        {"link": f"{deps.address}/confirm#token={link}"} if purpose is CodePurpose.REGISTER else {}
    )
    message = queue_message(
        deps, tx, to or user.as_login, f"confirm_{purpose}", user_id=user.id, code=code, **more
    )
    message.not_after = confirmation.expires_at


def pretend_to_send(deps: Deps, tx: UnitOfWork, actor: Actor, to: Login, purpose: CodePurpose) -> None:
    """For a login that nobody has: this browser's tries are counted, and run out, as if a code had been sent.

    A message that nobody gets stands in the place of the real one, so that the time tells nothing.
    """
    tx.confirmations.add(_confirmation(deps, actor, purpose, codes.new_token(), codes.new_token(), to=to))
    pretend_message(deps, tx, to, f"confirm_{purpose}")


def _confirmation(
    deps: Deps, actor: Actor, purpose: CodePurpose, code: str, link: str, *, to: Login | None
) -> Confirmation:
    now = deps.clock.now()
    return Confirmation(
        purpose=purpose,
        code_digest=codes.digest(deps.secret_key, _CODE, code),
        token_digest=codes.digest(deps.secret_key, _LINK, link),
        device=actor.visitor.device,
        new_login_kind=to.kind if to else "",
        new_login=to.value if to else "",
        sent_at=now,
        expires_at=now + codes.LIFETIME,
    )


def get_confirmation(
    deps: Deps, actor: Actor, purposes: tuple[CodePurpose, ...] = ENTERING
) -> ConfirmationRow:
    """What this browser is waiting for.

    Raises:
        ConfirmationGone: it has asked for no code.
    """
    now = deps.clock.now()
    with deps.snapshot() as tx:
        confirmation = latest_of(tx, actor, purposes)
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
        ConfirmationGone: it waits for no code.
        TooMany: one a minute, five a day.
    """
    with deps.transaction() as tx:
        former = latest_of(tx, actor, purposes, lock=True)
        if former.used_at or former.superseded_at or is_late(former, deps.clock.now()):
            raise ConfirmationGone
        user = tx.users.get(former.user_id or 0)
        count_sending(deps, tx, user.as_login)
        purpose = CodePurpose(former.purpose)
        send_code(
            deps,
            tx,
            actor,
            user,
            purpose,
            chosen=former.chosen,
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
        ConfirmationGone: this browser has asked for no code.
        CodeWrong, CodeExpired, CodeUsed, CodeSuperseded, CodeExhausted: what is wrong with it.
        TooMany: too many tries from this address.
    """
    with deps.transaction() as tx:
        confirmation, check, left = spend_code(deps, tx, actor, ENTERING, typed)
        if check is CodeCheck.RIGHT:
            user = _confirm(deps, tx, actor, confirmation)
            return enter(deps, tx, actor, user, remember=confirmation.remember)
    raise codes.error_of(check, left)


def spend_code(
    deps: Deps, tx: UnitOfWork, actor: Actor, purposes: tuple[CodePurpose, ...], typed: str
) -> tuple[Confirmation, CodeCheck, int]:
    """`try_code`; a right code has done its work by it."""
    meant, check, left = try_code(deps, tx, actor, purposes, typed)
    if check is CodeCheck.RIGHT:
        meant.used_at = deps.clock.now()
    return meant, check, left


def try_code(
    deps: Deps, tx: UnitOfWork, actor: Actor, purposes: tuple[CodePurpose, ...], typed: str
) -> tuple[Confirmation, CodeCheck, int]:
    """Count a try at this browser's code and tell what it found, and how many tries are left; a right one is free.

    Raises:
        ConfirmationGone: this browser has asked for no code.
        TooMany: too many tries from this address.
    """
    latest, now = latest_of(tx, actor, purposes, lock=True), deps.clock.now()
    tx.attempts.reserve(limits.CODE_CHECK, actor.visitor.network, now)
    typed_digest = codes.digest(deps.secret_key, _CODE, codes.code_digits(typed))
    meant = tx.confirmations.find_by_code(latest.user_id, CodePurpose(latest.purpose), typed_digest) or latest
    check = codes.state_of(
        now=now,
        expires_at=meant.expires_at,
        used_at=meant.used_at,
        superseded_at=meant.superseded_at,
        tries=meant.tries,
        right=meant.code_digest == typed_digest and meant.device == actor.visitor.device,
    )
    if check is CodeCheck.RIGHT:
        tx.attempts.release(limits.CODE_CHECK, actor.visitor.network)
    elif check is CodeCheck.WRONG:
        latest.tries += 1
        tx.session.add(latest)
        tx.audit.record(Actor(actor.visitor, latest.user_id), now, "code.failed")
    return meant, check, codes.TRIES - latest.tries


def confirm_link(deps: Deps, actor: Actor, token: str) -> Entered:
    """Confirm by the link of a letter; opened in another browser it confirms, but does not sign in.

    The button in another browser says nothing of who chose the password: while several browsers wait for a code
    of one login, each confirms its own registration only.

    Raises:
        LinkExpired, LinkUsed, LinkSuperseded, LinkElsewhere: what is wrong with the link.
        LinkUnknown: no such link.
    """
    now = deps.clock.now()
    with deps.transaction() as tx:
        found = tx.confirmations.find_by_token(codes.digest(deps.secret_key, _LINK, token), lock=True)
        if found is None or found.purpose != CodePurpose.REGISTER:
            raise LinkUnknown
        check = codes.state_of(
            now=now,
            expires_at=found.expires_at,
            used_at=found.used_at,
            superseded_at=found.superseded_at,
            tries=0,
            right=True,
        )
        if check is CodeCheck.RIGHT:
            here = found.device == actor.visitor.device
            if not here and tx.confirmations.has_rival(found, now):
                raise LinkElsewhere
            found.used_at = now
            user = _confirm(deps, tx, actor, found)
            return enter(deps, tx, actor, user, remember=found.remember) if here else Entered("")
    raise codes.link_error_of(check)


def enter(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, *, remember: bool) -> Entered:
    """What a right code earns: a ticket, or the second step where the person has a second factor."""
    ticket = second_factors.enter(deps, tx, actor, user, remember=remember)
    return Entered(ticket, second_step=not ticket)


def holder_of(deps: Deps, tx: UnitOfWork, login: Login) -> User | None:
    """Whose login it is, for whoever is about to take it: who only began to register it loses it.

    Until the transaction ends nobody proves that it is theirs, registers it or takes it too.
    """
    tx.users.lock_holder(login)
    tx.attempts.hold(limits.CODE_MINUTE, login.value)
    holder = tx.users.find_by_login(login)
    if holder is None or holder.confirmed_at:
        return holder
    tx.confirmations.supersede_open(holder.id or 0, deps.clock.now())
    tx.users.release_login(holder, deps.clock.now())
    return None


def _confirm(deps: Deps, tx: UnitOfWork, actor: Actor, confirmation: Confirmation) -> User:
    """The user of a right proof.

    Registering, the password and the consent are those that were chosen for this very proof: whoever else has typed
    the login, before or after, waits for nothing any more.
    """
    user = tx.users.get(confirmation.user_id or 0)
    if chosen := confirmation.chosen:
        now = deps.clock.now()
        user.confirm(chosen, now)
        tx.attempts.release(limits.REGISTER_ADDRESS, actor.visitor.network)
        sessions.end_others(deps, tx, Actor.anonymous(actor.visitor), user.id or 0)
        tx.audit.record(actor, now, "user.confirmed", user.id)
    return user


def latest_of(
    tx: UnitOfWork, actor: Actor, purposes: tuple[CodePurpose, ...], *, lock: bool = False
) -> Confirmation:
    """The newest that this browser has asked for; with `lock` nobody else tries what was sent to its user.

    Raises:
        ConfirmationGone: it has asked for none.
    """
    device = actor.visitor.device
    found = tx.confirmations.find_latest(device, purposes, lock=lock) if device else None
    if found is None:
        raise ConfirmationGone
    return found


def is_late(confirmation: Confirmation, now: datetime) -> bool:
    """Whether it was sent too long ago to be sent again: that is begun anew."""
    return confirmation.sent_at + _WAITS <= now
