"""Open stages of the human check: a proof being worked on, a task being tried, a pass not yet used."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, ColumnElement, LargeBinary, delete
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.human_check import Purpose, Stage
from cabinet.persistence.types import instant


class HumanChallenge(SQLModel, table=True):
    """One stage of one browser's check. Passing to the next stage deletes the row: it can be spent once.

    Attributes:
        id: random, as good as a secret, and of use only to the browser of `device`.
        answer_digest: HMAC of a task's answer; "" for other stages.
        media: PNG or WAV of a task, so that asking again never makes the answer a second way; its column
            is older than the spoken task.
    """

    __tablename__ = "human_challenges"

    id: str = Field(primary_key=True, max_length=64)
    stage: str = Field(max_length=8)
    device: str = Field(max_length=64)
    purpose: str = Field(max_length=16)
    answer_digest: str = Field(default="", max_length=64)
    media: bytes | None = Field(default=None, sa_column=Column("picture", LargeBinary))
    expires_at: datetime = instant(index=True)


class Challenges:
    """The repository of open stages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, challenge: HumanChallenge) -> None:
        """Open a stage."""
        self._session.add(challenge)
        self._session.flush()

    def spend(
        self, challenge_id: str, stages: Collection[Stage], device: str, purpose: Purpose, now: datetime
    ) -> HumanChallenge | None:
        """Close the stage and give it, or None: unknown, late, spent, of another stage, browser or purpose.

        One statement, so of any number of callers at once exactly one gets the row.
        """
        row = self._session.execute(
            delete(HumanChallenge)
            .where(*_open(challenge_id, stages, device, purpose, now))
            .returning(
                col(HumanChallenge.stage),
                col(HumanChallenge.answer_digest),
                col(HumanChallenge.expires_at),
            ),
            execution_options={"synchronize_session": False},
        ).one_or_none()
        if row is None:
            return None
        return HumanChallenge(
            id=challenge_id,
            stage=row[0],
            device=device,
            purpose=purpose,
            answer_digest=row[1],
            expires_at=row[2],
        )

    def is_open(
        self, challenge_id: str, stages: Collection[Stage], device: str, purpose: Purpose, now: datetime
    ) -> bool:
        """Whether `spend` would give it."""
        conditions = _open(challenge_id, stages, device, purpose, now)
        return self._session.exec(select(HumanChallenge.id).where(*conditions)).one_or_none() is not None

    def find_media(self, challenge_id: str, stage: Stage, device: str, now: datetime) -> bytes | None:
        """The picture or the sound of this browser's open task."""
        return self._session.exec(
            select(HumanChallenge.media).where(
                HumanChallenge.id == challenge_id,
                HumanChallenge.stage == stage,
                HumanChallenge.device == device,
                col(HumanChallenge.expires_at) > now,
            )
        ).one_or_none()

    def forget_expired(self, now: datetime) -> int:
        """Delete what is too late for anything; how many."""
        gone = self._session.exec(delete(HumanChallenge).where(col(HumanChallenge.expires_at) <= now))
        return gone.rowcount


def _open(
    challenge_id: str, stages: Collection[Stage], device: str, purpose: Purpose, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (
        col(HumanChallenge.id) == challenge_id,
        col(HumanChallenge.stage).in_(stages),
        col(HumanChallenge.device) == device,
        col(HumanChallenge.purpose) == purpose,
        col(HumanChallenge.expires_at) > now,
    )
