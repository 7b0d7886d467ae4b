"""Accounts as the desk of one supplier sees them: every query asks for that supplier's only."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from cabinet.domain.account_search import Query
from cabinet.domain.errors import NotFound
from cabinet.domain.permissions import Actor
from cabinet.persistence.customer_accounts import UNDONE, AccountLink, CustomerAccount

_LAST: Final = "\U0010ffff"
_DROPPED: Final = 2  # words of a locality that people say before the street


class DeskAccounts:
    """The repository of a supplier's accounts, for its operators."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_for(self, actor: Actor, account_id: int, *, lock: bool = False) -> CustomerAccount:
        """An account of the operator's supplier.

        Raises:
            NotFound: there is none, or it is another supplier's.
        """
        statement = select(CustomerAccount).where(
            CustomerAccount.id == account_id,
            CustomerAccount.supplier_id == actor.supplier,
            ~col(CustomerAccount.number).startswith(UNDONE),
        )
        found = self._session.exec(
            statement.with_for_update(key_share=True) if lock else statement
        ).one_or_none()
        if found is None:
            raise NotFound
        return found

    def find(self, actor: Actor, query: Query, most: int) -> list[CustomerAccount]:
        """Accounts that begin with what was typed: by number; else by name, then by address."""
        if query.number:
            return self._list(actor, [_number(query.number)], col(CustomerAccount.number), most)
        by_name = self._by_name(actor, query.words, most)
        seen = {x.id for x in by_name}
        by_address = [x for x in self._by_address(actor, query.address, most) if x.id not in seen]
        return (by_name + by_address)[:most]

    def _by_name(self, actor: Actor, words: Sequence[str], most: int) -> list[CustomerAccount]:
        """Each word is the beginning of the surname, the name, the patronymic, in this order: «Иванов И П»."""
        key = col(CustomerAccount.name_key)
        return self._list(actor, [_begins(key, words[0]), key.like(_initials(words))], key, most)

    def _by_address(self, actor: Actor, words: Sequence[str], most: int) -> list[CustomerAccount]:
        """The street first; or the locality first, which stands last in the key."""
        key = col(CustomerAccount.address_key)
        found = self._list(actor, [_begins(key, " ".join(words))], key, most)
        for dropped in range(1, min(_DROPPED, len(words) - 1) + 1):
            if found:
                break
            locality, street = " ".join(words[:dropped]), " ".join(words[dropped:])
            found = self._list(actor, [_begins(key, street), key.like(f"% {locality}%")], key, most)
        return found

    def _list(
        self, actor: Actor, where: Sequence[ColumnElement[bool]], order: Mapped[str], most: int
    ) -> list[CustomerAccount]:
        statement = select(CustomerAccount).where(CustomerAccount.supplier_id == actor.supplier, *where)
        return list(self._session.exec(statement.order_by(order).limit(most)))

    def count_links(self, account_id: int) -> int:
        """How many cabinets have extended access to an account."""
        statement = select(func.count()).where(
            AccountLink.customer_account_id == account_id, col(AccountLink.unlinked_at).is_(None)
        )
        return int(self._session.exec(statement).one())


def _begins(key: Mapped[str], text: str) -> ColumnElement[bool]:
    return (key >= text) & (key < text + _LAST)


def _number(digits: str) -> ColumnElement[bool]:
    """Digits compare alike in every collation."""
    number = col(CustomerAccount.number)
    after = str(int(digits) + 1).zfill(len(digits))
    within = number >= digits
    return within & (number < after) if len(after) == len(digits) else within


def _initials(words: Sequence[str]) -> str:
    """Words hold letters and digits only, so nothing in them means anything to LIKE."""
    return "% ".join(words) + "%"
