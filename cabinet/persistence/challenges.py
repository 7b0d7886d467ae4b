"""Open stages of the human check: a proof being worked on, a picture being looked at, a pass not yet used."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.human_check import Purpose, Stage
from cabinet.persistence.types import instant


class HumanChallenge(SQLModel, table=True):
    """One stage of one browser's check. Passing to the next stage deletes the row: it can be spent once.

    Attributes:
        id: random, as good as a secret, and of use only to the browser of `device`.
        answer_digest: HMAC of a picture's answer; "" for other stages.
        picture: PNG of a picture task, so that looking again never draws the answer a second way.
    """

    __tablename__ = "human_challenges"

    id: str = Field(primary_key=True, max_length=64)
    stage: str = Field(max_length=8)
    device: str = Field(max_length=64)
    purpose: str = Field(max_length=16)
    answer_digest: str = Field(default="", max_length=64)
    picture: bytes | None = None
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
        self, challenge_id: str, stage: Stage, device: str, purpose: Purpose, now: datetime
    ) -> HumanChallenge | None:
        """Close the stage and give it, or None: unknown, late, spent, of another browser or purpose.

        One statement, so of any number of callers at once exactly one gets the row.
        """
        row = self._session.execute(
            delete(HumanChallenge)
            .where(
                col(HumanChallenge.id) == challenge_id,
                col(HumanChallenge.stage) == stage,
                col(HumanChallenge.device) == device,
                col(HumanChallenge.purpose) == purpose,
                col(HumanChallenge.expires_at) > now,
            )
            .returning(
                col(HumanChallenge.answer_digest),
                col(HumanChallenge.expires_at),
            ),
            execution_options={"synchronize_session": False},
        ).one_or_none()
        if row is None:
            return None
        return HumanChallenge(
            id=challenge_id,
            stage=stage,
            device=device,
            purpose=purpose,
            answer_digest=row[0],
            expires_at=row[1],
        )

    def find_picture(self, challenge_id: str, device: str, now: datetime) -> bytes | None:
        """The open picture of this browser."""
        return self._session.exec(
            select(HumanChallenge.picture).where(
                HumanChallenge.id == challenge_id,
                HumanChallenge.stage == Stage.PICTURE,
                HumanChallenge.device == device,
                col(HumanChallenge.expires_at) > now,
            )
        ).one_or_none()

    def forget_expired(self, now: datetime) -> int:
        """Delete what is too late for anything; how many."""
        gone = self._session.exec(delete(HumanChallenge).where(col(HumanChallenge.expires_at) <= now))
        return gone.rowcount
