"""Letters of the supplier's mailbox that were looked at, so that each is answered once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint, delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.persistence.types import instant, key, refers


class LetterOutcome(StrEnum):
    """What has become of a letter; BEGUN when that is not known yet."""

    BEGUN = ""
    TAKEN = "taken"
    LACKING = "lacking"
    REPEATED = "repeated"
    LEFT = "left"
    FAILED = "failed"


class PinLetter(SQLModel, table=True):
    """One letter, by its mailbox, the mailbox's validity and its uid; nothing of what it says.

    Attributes:
        fingerprint: of its sender and Message-ID, once it was answered; unique, so that a copy is known as one.
        tries: how often it was begun; a letter that kills the worker is let alone in the end.
        due_at: when another worker may begin it again.
        marked: the mailbox has been told.
    """

    __tablename__ = "pin_letters"
    __table_args__ = (UniqueConstraint("mailbox", "validity", "uid"),)

    id: int | None = key()
    mailbox: str = Field(max_length=64)
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    fingerprint: str | None = Field(default=None, max_length=64, unique=True)
    outcome: str = Field(default=LetterOutcome.BEGUN, max_length=12)
    tries: int = 0
    due_at: datetime = instant()
    marked: bool = False
    request_id: int | None = refers("pin_requests.id", default=None)
    seen_at: datetime = instant(index=True)


class PinLetters:
    """The repository of letters that were looked at."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_settled(self, mailbox: str, validity: int, since: int) -> set[int]:
        """The uids, from one on, of letters with which there is nothing more to do."""
        done = col(PinLetter.marked) & (col(PinLetter.outcome) != LetterOutcome.BEGUN)
        uids = select(PinLetter.uid).where(PinLetter.mailbox == mailbox, PinLetter.validity == validity)
        return set(self._session.exec(uids.where(PinLetter.uid >= since, done)))

    def list_open(self, mailbox: str, validity: int) -> Mapping[int, PinLetter]:
        """The letters that were begun and not settled, or not told to the mailbox, by uid."""
        open_ = col(PinLetter.marked).is_(False) | (col(PinLetter.outcome) == LetterOutcome.BEGUN)
        letters = select(PinLetter).where(PinLetter.mailbox == mailbox, PinLetter.validity == validity)
        return {letter.uid: letter for letter in self._session.exec(letters.where(open_))}

    def begin(
        self, mailbox: str, validity: int, uid: int, now: datetime, lease: timedelta
    ) -> PinLetter | None:
        """Take the letter for a while; None when another worker has it or it is settled."""
        letter = self._find(mailbox, validity, uid)
        if letter is None:
            letter = PinLetter(mailbox=mailbox, validity=validity, uid=uid, due_at=now, seen_at=now)
            try:
                with self._session.begin_nested():
                    self._session.add(letter)
            except IntegrityError:
                return None
        if letter.outcome or letter.due_at > now:
            return None
        letter.tries, letter.due_at = letter.tries + 1, now + lease
        self._session.flush()
        return letter

    def get(self, letter_id: int | None) -> PinLetter:
        """A letter that was begun, kept from other writers."""
        return self._session.exec(select(PinLetter).where(PinLetter.id == letter_id).with_for_update()).one()

    def give_back(self, letter: PinLetter) -> None:
        """It was not its turn: as if it had never been begun."""
        self._session.delete(self.get(letter.id))

    def settle(self, letter: PinLetter, outcome: LetterOutcome, fingerprint: str) -> bool:
        """Settle a letter that was answered; False when another worker was faster, with it or with a copy of it."""
        if letter.outcome != LetterOutcome.BEGUN:
            return False
        try:
            with self._session.begin_nested():
                letter.outcome, letter.fingerprint = outcome, fingerprint
                self._session.flush()
        except IntegrityError:
            return False
        return True

    def find_by_fingerprint(self, fingerprint: str) -> PinLetter | None:
        """The letter that was answered before, of which this one is a copy."""
        return self._session.exec(select(PinLetter).where(PinLetter.fingerprint == fingerprint)).one_or_none()

    def forget_before(self, moment: datetime) -> int:
        """Delete what was looked at before then; how many."""
        return self._session.exec(delete(PinLetter).where(col(PinLetter.seen_at) < moment)).rowcount

    def _find(self, mailbox: str, validity: int, uid: int) -> PinLetter | None:
        return self._session.exec(
            select(PinLetter)
            .where(PinLetter.mailbox == mailbox, PinLetter.validity == validity, PinLetter.uid == uid)
            .with_for_update()
        ).one_or_none()
