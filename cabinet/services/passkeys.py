"""Passkeys: adding, naming and removing them, and proving by one who it is.

A challenge is kept as a digest, bound to the browser, the purpose and, where it is known, the user; it is
spent by the first answer, right or wrong, and lives five minutes. The device itself verifies its owner, so a
passkey is both factors at once.
"""

import hmac
from dataclasses import dataclass
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain.codes import digest, new_token
from cabinet.domain.forms import text_of
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.passkeys import (
    ASKED_ADDRESS,
    ASKED_DEVICE,
    LIFETIME,
    MOST,
    NAME_LENGTH,
    PasskeyKnown,
    PasskeyLate,
    PasskeyPurpose,
    PasskeyRefused,
    PasskeysMany,
    PasskeyUnknown,
    answer_of,
    handle_of,
    name_of,
)
from cabinet.domain.permissions import PUBLIC, Actor, Permission, Visitor
from cabinet.domain.second_factors import SecondFactor
from cabinet.persistence.passkeys import Passkey, PasskeyChallenge
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.ports import NewPasskey, PasskeyOwner, PasskeyUse
from cabinet.services import recovery_codes, second_factors, sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message
from cabinet.services.reauthentication import renew
from cabinet.services.sessions import require_recent
from cabinet.texts import dates, devices

_CHALLENGE: Final = "passkey"
_LONGEST_TYPED: Final = 50_000  # too long a name is said to be so


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey of one's own; `used` is "" before its first use."""

    id: str = ""
    name: str = ""
    added: str = ""
    used: str = ""
    synced: bool = False


@dataclass(frozen=True, slots=True)
class RenamePasskey:
    """The form of a passkey's name."""

    name: str

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            PasskeyNameWrong: empty, or longer than sixty characters.
        """
        return cls(name_of(text_of(form, "name", _LONGEST_TYPED)))


@dataclass(frozen=True, slots=True)
class SignInByPasskey:
    """What the browser answered to `begin_sign_in`, and whether it stays signed in."""

    answer: str
    remember: bool

    @classmethod
    def parse(cls, sent: object) -> Self:
        """Of what passkeys.js sends.

        Raises:
            PasskeyCancelled, PasskeyUnable: what the browser says instead of an answer.
        """
        return cls(answer_of(sent), isinstance(sent, dict) and sent.get("remember") is True)


def list_passkeys(deps: Deps, actor: Actor) -> list[PasskeyRow]:
    """The actor's own, oldest first."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        zone = sessions.zone_of(tx, actor)
        return [_row(x, zone) for x in tx.passkeys.list_of(actor.user)]


def get_passkey(deps: Deps, actor: Actor, passkey_id: int) -> PasskeyRow:
    """One of the actor's own.

    Raises:
        NotFound: there is none, or it is a stranger's.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        return _row(tx.passkeys.get_for(actor, passkey_id), sessions.zone_of(tx, actor))


def begin_add(deps: Deps, actor: Actor) -> str:
    """What the browser is asked for, as JSON, to make a passkey.

    Raises:
        ReauthenticationNeeded: the session's proof is older than ten minutes.
        PasskeysMany: there are ten already.
        BrowserUnknown, TooMany: no device cookie; too many challenges.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        user, known = tx.users.get_for(actor), tx.passkeys.list_of(actor.user)
        if len(known) >= MOST:
            raise PasskeysMany(most=MOST)
        challenge = _challenge(deps, tx, actor.visitor, PasskeyPurpose.ADD, actor.user)
    owner = PasskeyOwner(handle_of(deps.secret_key, actor.user), user.as_login.shown)
    return deps.passkeys.ask_new(challenge, owner, [x.key_id for x in known])


def finish_add(deps: Deps, actor: Actor, answer: str) -> None:
    """Keep the passkey that the browser has made, named by the browser; its owner is told.

    Raises:
        PasskeyRefused, PasskeyLate: the answer does not hold; it is not to a challenge of this browser's.
        PasskeyKnown, PasskeysMany: somebody has it; there are ten already.
    """
    actor.require(Permission.PROFILE)
    challenge = _spend(deps, actor.visitor, PasskeyPurpose.ADD, actor.user, answer)
    made = deps.passkeys.check_new(answer, challenge)
    with deps.transaction() as tx:
        _keep(deps, tx, actor, made)


def rename_passkey(deps: Deps, actor: Actor, passkey_id: int, command: RenamePasskey) -> PasskeyRow:
    """Give one of the actor's own passkeys another name.

    Raises:
        NotFound: there is none, or it is a stranger's.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        passkey = tx.passkeys.get_for(actor, passkey_id)
        passkey.name = command.name
        return _row(passkey, sessions.zone_of(tx, actor))


def remove_passkey(deps: Deps, actor: Actor, passkey_id: int) -> None:
    """Forget one of the actor's own: it opens nothing any more; its owner is told.

    Raises:
        ReauthenticationNeeded: the session's proof is older than ten minutes.
        NotFound: there is none, or it is a stranger's.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        tx.passkeys.remove(tx.passkeys.get_for(actor, passkey_id))
        recovery_codes.drop_codes_without_factor(tx, actor)
        tx.audit.record(actor, deps.clock.now(), "passkey.removed", passkey_id)
        queue_message(deps, tx, tx.users.get_for(actor).as_login, "passkey_removed")


def begin_sign_in(deps: Deps, actor: Actor) -> str:
    """What the browser is asked for, as JSON, to sign in without login and password.

    Raises:
        BrowserUnknown, TooMany: no device cookie; too many challenges.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        challenge = _challenge(deps, tx, actor.visitor, PasskeyPurpose.SIGN_IN, None)
    return deps.passkeys.ask_use(challenge)


def sign_in_by_passkey(deps: Deps, actor: Actor, command: SignInByPasskey) -> str:
    """A ticket for a session of whoever the passkey belongs to; no code is asked for.

    Raises:
        PasskeyRefused, PasskeyLate: the answer does not hold; it is not to a challenge of this browser's.
        PasskeyUnknown: nobody has that passkey any more.
    """
    actor.require(PUBLIC)
    challenge = _spend(deps, actor.visitor, PasskeyPurpose.SIGN_IN, None, command.answer)
    try:
        passkey, use = _check(deps, command.answer, challenge, None)
        with deps.transaction() as tx:
            user = _note(deps, tx, actor, passkey, use)
            remember = command.remember
            return sessions.issue_ticket(deps, tx, user, actor.visitor, remember=remember, factor=True)
    except (PasskeyRefused, PasskeyUnknown):
        _remember_failure(deps, actor, command.answer)
        raise


def begin_second_step(deps: Deps, actor: Actor) -> str:
    """What the browser is asked for, as JSON, after a right password.

    Raises:
        SecondStepGone: it waits for no second step.
        PasskeyUnknown, TooMany: its person has no passkey; too many challenges.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        pending = second_factors.get_pending(deps, tx, actor)
        return begin_proof(deps, tx, actor.visitor, PasskeyPurpose.SECOND_STEP, pending.user_id)


def finish_second_step(deps: Deps, actor: Actor, answer: str) -> str:
    """A ticket for a passkey of whoever's password was right.

    Raises:
        PasskeyRefused, PasskeyLate, PasskeyUnknown: what is wrong with the answer.
        SecondStepGone, TooMany: this browser waits for no second step, or has no try left.
    """
    pending = second_factors.reserve_try(deps, actor)
    try:
        proof = check_proof(deps, actor.visitor, PasskeyPurpose.SECOND_STEP, pending.user_id, answer)
    except (PasskeyRefused, PasskeyUnknown):
        second_factors.count_failure(deps, actor, pending)
        raise
    with deps.transaction() as tx:
        note_proof(deps, tx, actor, proof)
        return second_factors.finish_second_step(deps, tx, actor, pending, SecondFactor.PASSKEY)


def begin_confirm(deps: Deps, actor: Actor) -> str:
    """What the browser is asked for, as JSON, to confirm that the session's owner is there.

    Raises:
        PasskeyUnknown: the actor has no passkey.
        BrowserUnknown, TooMany: no device cookie; too many challenges.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        tx.users.get_for(actor)
        return begin_proof(deps, tx, actor.visitor, PasskeyPurpose.CONFIRM, actor.user)


def finish_confirm(deps: Deps, actor: Actor, answer: str) -> None:
    """For ten minutes from now the session passes `require_recent`; a second factor was shown in it, too.

    Raises:
        PasskeyRefused, PasskeyLate, PasskeyUnknown: what is wrong with the answer.
    """
    actor.require(Permission.PROFILE)
    challenge = _spend(deps, actor.visitor, PasskeyPurpose.CONFIRM, actor.user, answer)
    try:
        proof = _check(deps, answer, challenge, actor.user)
        with deps.transaction() as tx:
            note_proof(deps, tx, actor, proof)
            renew(deps, tx, actor)
            tx.sessions.mark_factor(actor.session_id or 0, deps.clock.now())
    except (PasskeyRefused, PasskeyUnknown):
        _remember_failure(deps, actor, answer)
        raise


def begin_proof(deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: PasskeyPurpose, user_id: int) -> str:
    """What the browser is asked for, as JSON, to prove that this very user is there.

    Raises:
        PasskeyUnknown: the user has no passkey.
        BrowserUnknown, TooMany: no device cookie; too many challenges.
    """
    known = tx.passkeys.list_of(user_id)
    if not known:
        raise PasskeyUnknown
    challenge = _challenge(deps, tx, visitor, purpose, user_id)
    return deps.passkeys.ask_use(challenge, [x.key_id for x in known])


def check_proof(
    deps: Deps, visitor: Visitor, purpose: PasskeyPurpose, user_id: int, answer: str
) -> tuple[Passkey, PasskeyUse]:
    """The passkey of this very user that the answer proves; `note_proof` it in what follows.

    Raises:
        PasskeyRefused, PasskeyLate: the answer does not hold; it is not to a challenge of this browser's.
        PasskeyUnknown: the user has no such passkey.
    """
    challenge = _spend(deps, visitor, purpose, user_id, answer)
    return _check(deps, answer, challenge, user_id)


def note_proof(deps: Deps, tx: UnitOfWork, actor: Actor, proof: tuple[Passkey, PasskeyUse]) -> User:
    """Remember that the passkey was used; its owner.

    Raises:
        PasskeyRefused: it was removed, or a copy of it was used, meanwhile; or its owner is blocked.
    """
    return _note(deps, tx, actor, *proof)


def forget_expired(deps: Deps) -> int:
    """Delete challenges that are too late for an answer, and what no limit counts any more; how many."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        for limit in (ASKED_DEVICE, ASKED_ADDRESS):
            tx.attempts.forget_before(limit, now)
        return tx.passkey_challenges.forget_expired(now)


def _challenge(
    deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: PasskeyPurpose, user_id: int | None
) -> str:
    if not visitor.device:
        raise BrowserUnknown(field="")
    now, challenge = deps.clock.now(), new_token()
    tx.attempts.reserve(ASKED_DEVICE, visitor.device, now)
    tx.attempts.reserve(ASKED_ADDRESS, visitor.network, now)
    tx.passkey_challenges.add(
        PasskeyChallenge(
            digest=digest(deps.secret_key, _CHALLENGE, challenge),
            purpose=purpose,
            device=visitor.device,
            user_id=user_id,
            expires_at=now + LIFETIME,
        )
    )
    return challenge


def _spend(deps: Deps, visitor: Visitor, purpose: PasskeyPurpose, user_id: int | None, answer: str) -> str:
    """The challenge that is answered: ours, and spent by this very call, whatever comes of the answer."""
    challenge = deps.passkeys.read(answer).challenge
    kept = digest(deps.secret_key, _CHALLENGE, challenge)
    with deps.transaction() as tx:
        if tx.passkey_challenges.spend(kept, purpose, visitor.device, user_id, deps.clock.now()):
            return challenge
    raise PasskeyLate


def _check(deps: Deps, answer: str, challenge: str, user_id: int | None) -> tuple[Passkey, PasskeyUse]:
    """The passkey, its proof held; where nobody was asked for by name it must say itself whose it is.

    (Web Authentication, 7.2, steps 5 and 6)
    """
    said = deps.passkeys.read(answer)
    with deps.snapshot() as tx:
        passkey = tx.passkeys.find_by_key(said.key_id)
    if passkey is None or user_id not in {None, passkey.user_id}:
        raise PasskeyUnknown
    says_whose = bool(said.handle) or user_id is None
    if says_whose and not hmac.compare_digest(said.handle, handle_of(deps.secret_key, passkey.user_id)):
        raise PasskeyRefused
    return passkey, deps.passkeys.check_use(answer, challenge, passkey.public_key, passkey.counter)


def _remember_failure(deps: Deps, actor: Actor, answer: str) -> None:
    """In the audit, for whoever is signed in to see, or else for the owner; of a passkey that nobody has as well.

    Only of an answer that has spent a challenge: of those there is a limit.
    """
    key_id = deps.passkeys.read(answer).key_id
    with deps.transaction() as tx:
        passkey = tx.passkeys.find_by_key(key_id)
        tried = actor if actor.user_id else Actor(actor.visitor, passkey.user_id if passkey else None)
        tx.audit.record(tried, deps.clock.now(), "passkey.failed", passkey.id if passkey else None)


def _note(deps: Deps, tx: UnitOfWork, actor: Actor, passkey: Passkey, use: PasskeyUse) -> User:
    # Locked: what ends everything of the user's waits for the ticket that follows, and ends it too.
    now, user = deps.clock.now(), tx.users.get(passkey.user_id, lock=True)
    fresh = tx.passkeys.note_use(passkey, use.counter, now, synced=use.synced)
    if not fresh or user.blocked_at:
        raise PasskeyRefused
    tx.audit.record(Actor(actor.visitor, user.id), now, "passkey.used", passkey.id)
    return user


def _keep(deps: Deps, tx: UnitOfWork, actor: Actor, made: NewPasskey) -> None:
    tx.users.lock(actor.user)
    now, user, known = deps.clock.now(), tx.users.get_for(actor), tx.passkeys.list_of(actor.user)
    if len(known) >= MOST:
        raise PasskeysMany(most=MOST)
    passkey = Passkey(
        user_id=actor.user,
        key_id=made.key_id,
        public_key=made.public_key,
        counter=made.counter,
        name=_free_name(devices.name(actor.visitor.agent), {x.name for x in known}),
        synced=made.synced,
        created_at=now,
    )
    if not tx.passkeys.add(passkey):
        raise PasskeyKnown
    tx.sessions.mark_factor(actor.session_id or 0, now)
    tx.audit.record(actor, now, "passkey.added", passkey.id)
    queue_message(deps, tx, user.as_login, "passkey_added")


def _free_name(name: str, taken: set[str]) -> str:
    """«Chrome, Windows», and «Chrome, Windows 2» for the second of them."""
    numbered = (name[: NAME_LENGTH - 4] + f" {number}" for number in range(2, MOST + 2))
    return next(x for x in (name, *numbered) if x not in taken)


def _row(passkey: Passkey, zone: ZoneInfo) -> PasskeyRow:
    used = passkey.used_at
    return PasskeyRow(
        id=str(passkey.id),
        name=passkey.name,
        added=dates.day_year(passkey.created_at.astimezone(zone).date()),
        used=dates.moment(used.astimezone(zone)) if used else "",
        synced=passkey.synced,
    )
