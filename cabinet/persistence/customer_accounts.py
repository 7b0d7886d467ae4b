"""Лицевые счета, who is linked to them, and the proofs that open them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.account_search import ADDRESS_LENGTH, NAME_LENGTH
from cabinet.domain.errors import Conflict, NotFound
from cabinet.domain.permissions import AccessLevel, Actor
from cabinet.persistence.engine import insert_new, metadata
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.types import Exact, brought_by, instant, key, refers, search_key


class ExtendedAccessNeeded(Conflict):
    """The account is linked in basic access, which can only pay."""

    code = "access.extended_needed"


class CustomerAccount(SQLModel, table=True):
    """Лицевой счёт with its premises, as the supplier's register tells of it."""

    __tablename__ = "customer_accounts"
    __table_args__ = (
        UniqueConstraint("supplier_id", "number"),
        Index("ix_customer_accounts_supplier_id_name_key", "supplier_id", "name_key"),
        Index("ix_customer_accounts_supplier_id_address_key", "supplier_id", "address_key"),
    )

    id: int | None = key()
    supplier_id: int = refers("suppliers.id", index=False)
    number: str = Field(max_length=32)
    els: str = Field(max_length=10, default="")
    izhku: str = Field(max_length=13, default="")
    last_name: str = Field(max_length=80, default="")
    first_name: str = Field(max_length=80, default="")
    middle_name: str = Field(max_length=80, default="")
    region: str = Field(max_length=80, default="")
    locality: str = Field(max_length=120)
    street: str = Field(max_length=120)
    house: str = Field(max_length=24)
    flat: str = Field(max_length=24, default="")
    area_m2: Decimal | None = Field(default=None, sa_type=Exact)
    residents: int | None = None
    usage: str = Field(max_length=16, default="")
    # What the desk finds it by (domain.account_search); whoever writes the row writes them.
    name_key: str = Field(default="", sa_type=search_key(NAME_LENGTH))
    address_key: str = Field(default="", sa_type=search_key(ADDRESS_LENGTH))
    register_id: int | None = brought_by()

    @property
    def address(self) -> str:
        """The full address in one line."""
        flat = f", кв. {self.flat}" if self.flat else ""
        return f"{self.locality}, {self.street}, д. {self.house}{flat}"

    @property
    def owner(self) -> str:
        """«Широбоков Иван Петрович», as the register tells; "" when it does not."""
        return " ".join(x for x in (self.last_name, self.first_name, self.middle_name) if x)

    @property
    def short_address(self) -> str:
        """«ул. Песочная, 86-12»: how its owner calls it."""
        flat = f"-{self.flat}" if self.flat else ""
        return f"{self.street}, {self.house}{flat}"


class AccountLink(SQLModel, table=True):
    """Which user sees which account, and how much of it."""

    __tablename__ = "account_links"
    __table_args__ = (UniqueConstraint("user_id", "customer_account_id"),)

    id: int | None = key()
    user_id: int = refers("users.id", index=False)
    customer_account_id: int = refers("customer_accounts.id")
    level: int
    alias: str = Field(max_length=60, default="")
    linked_at: datetime = instant()
    extended_at: datetime | None = instant(default=None)
    # The link is closed but for its owner's second thoughts: see `restore`.
    unlinked_at: datetime | None = instant(default=None)


class AccessPin(SQLModel, table=True):
    """A PIN or a former-cabinet password of an account, as a bcrypt hash of its UTF-8 text."""

    __tablename__ = "access_pins"
    __table_args__ = (UniqueConstraint("customer_account_id", "kind"),)

    id: int | None = key()
    customer_account_id: int = refers("customer_accounts.id", index=False)
    kind: str = Field(max_length=8)
    bcrypt_hash: str = Field(max_length=60)
    issued_at: datetime = instant()
    register_id: int | None = brought_by()


UNDONE = "~"  # begins the number of an account whose import was undone: no supplier's number does
PIN_KIND = "pin"
LEGACY_KIND = "legacy"


@dataclass(frozen=True)
class LinkedAccount:
    """An account with the link that lets its user see it."""

    account: CustomerAccount
    link: AccountLink
    supplier: Supplier

    @property
    def level(self) -> AccessLevel:
        """How much of it the user sees."""
        return AccessLevel(self.link.level)


class CustomerAccounts:
    """The repository of accounts; whatever it gives to a user goes through a link of that user."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_for(self, actor: Actor, account_id: int, level: AccessLevel = AccessLevel.BASIC) -> LinkedAccount:
        """The actor's own account at a level of access.

        Raises:
            NotFound: there is none, or it is not linked to the actor.
            ExtendedAccessNeeded: it is linked, but at a lower level.
        """
        found = next((x for x in self._linked(actor, account_id)), None)
        if found is None:
            raise NotFound
        if found.level < level:
            raise ExtendedAccessNeeded
        return found

    def list_for(self, actor: Actor) -> list[LinkedAccount]:
        """All accounts linked to the actor, first linked first."""
        return self._linked(actor)

    def _linked(self, actor: Actor, account_id: int | None = None) -> list[LinkedAccount]:
        statement = (
            select(CustomerAccount, AccountLink, Supplier)
            .join(AccountLink, col(AccountLink.customer_account_id) == col(CustomerAccount.id))
            .join(Supplier, col(Supplier.id) == col(CustomerAccount.supplier_id))
            .where(AccountLink.user_id == actor.user, col(AccountLink.unlinked_at).is_(None))
            .order_by(col(AccountLink.id))
        )
        if account_id is not None:
            statement = statement.where(CustomerAccount.id == account_id)
        return [LinkedAccount(*row) for row in self._session.exec(statement)]

    def find_by_number(self, supplier_id: int, number: str) -> CustomerAccount | None:
        """The account of a supplier by its normalised number, whoever asks: show it masked."""
        return self._session.exec(
            select(CustomerAccount).where(
                CustomerAccount.supplier_id == supplier_id, CustomerAccount.number == number
            )
        ).one_or_none()

    def list_regions(self, supplier_id: int) -> list[str]:
        """The regions of a supplier's accounts as the register writes them, but for «unknown»."""
        regions = select(CustomerAccount.region).where(CustomerAccount.supplier_id == supplier_id).distinct()
        return sorted(x for x in self._session.exec(regions) if x)

    def number_of(self, account_id: int) -> str:
        """The number of an account, for messages about it; "" when the import that brought it was undone."""
        number = self._session.exec(
            select(CustomerAccount.number).where(CustomerAccount.id == account_id)
        ).one_or_none()
        return "" if number is None or number.startswith(UNDONE) else number

    def find_pin(self, account_id: int, kind: str) -> str:
        """The bcrypt hash of a proof, or "" when the account has none."""
        return (
            self._session.exec(
                select(AccessPin.bcrypt_hash).where(
                    AccessPin.customer_account_id == account_id, AccessPin.kind == kind
                )
            ).one_or_none()
            or ""
        )

    def hold(self, account_id: int, *, alone: bool = False) -> None:
        """Nobody takes the account away until the transaction ends; `alone`: nor does another hold it alone.

        Raises:
            NotFound: the import that brought it was undone meanwhile.
        """
        ours = (CustomerAccount.id == account_id, ~col(CustomerAccount.number).startswith(UNDONE))
        statement = select(CustomerAccount.id).where(*ours).with_for_update(read=not alone, key_share=True)
        if self._session.exec(statement).one_or_none() is None:
            raise NotFound

    def replace_pin(self, account_id: int, kind: str, bcrypt_hash: str, now: datetime) -> str:
        """Store a PIN; the former one of its kind, which it gives, is revoked by that.

        A register that is just coming in may bring the account's first PIN, or another one: it is waited for.
        """
        pin = {"customer_account_id": account_id, "kind": kind, "bcrypt_hash": bcrypt_hash, "issued_at": now}
        connection, pins = self._session.connection(), metadata.tables[AccessPin.__tablename__]
        insert = insert_new(connection, pins, "customer_account_id", "kind")
        if connection.execute(insert.values(pin).returning(pins.c.id)).first():
            return ""
        ours = (AccessPin.customer_account_id == account_id, AccessPin.kind == kind)
        stored = self._session.exec(select(AccessPin).where(*ours).with_for_update()).one()
        former, stored.bcrypt_hash, stored.issued_at = stored.bcrypt_hash, bcrypt_hash, now
        self._session.flush()
        return former

    def link(self, actor: Actor, account_id: int, level: AccessLevel, now: datetime) -> AccountLink:
        """Link the account to the actor, or raise an existing link's level; it never falls.

        A link that was closed begins anew: what it once opened is to be proved again.

        Raises:
            NotFound: the import that brought the account was undone meanwhile.
        """
        self.hold(account_id)
        link = self._session.exec(
            select(AccountLink)
            .where(AccountLink.user_id == actor.user, AccountLink.customer_account_id == account_id)
            .with_for_update()
        ).one_or_none()
        if link is None:
            link = AccountLink(user_id=actor.user, customer_account_id=account_id, level=level, linked_at=now)
            self._session.add(link)
        if link.unlinked_at is not None:
            link.level, link.linked_at, link.extended_at, link.unlinked_at = int(level), now, None, None
        link.level = max(link.level, int(level))
        if level is AccessLevel.EXTENDED and link.extended_at is None:
            link.extended_at = now
        self._session.flush()
        return link

    def list_owners(self, account_id: int) -> list[int]:
        """The users who have extended access to an account."""
        return list(
            self._session.exec(
                select(AccountLink.user_id).where(
                    AccountLink.customer_account_id == account_id,
                    AccountLink.level == int(AccessLevel.EXTENDED),
                    col(AccountLink.unlinked_at).is_(None),
                )
            )
        )

    def list_unlinked(self, actor: Actor, since: datetime) -> list[LinkedAccount]:
        """The accounts that the actor has closed no earlier than that, last closed first."""
        statement = (
            select(CustomerAccount, AccountLink, Supplier)
            .join(AccountLink, col(AccountLink.customer_account_id) == col(CustomerAccount.id))
            .join(Supplier, col(Supplier.id) == col(CustomerAccount.supplier_id))
            .where(AccountLink.user_id == actor.user, col(AccountLink.unlinked_at) >= since)
            .order_by(col(AccountLink.unlinked_at).desc())
        )
        return [LinkedAccount(*row) for row in self._session.exec(statement)]

    def restore(self, actor: Actor, account_id: int, since: datetime) -> None:
        """Open a link again, as it was, that the actor has closed no earlier than that.

        Raises:
            NotFound: there is none.
        """
        restored = self._session.exec(
            update(AccountLink)
            .where(
                col(AccountLink.user_id) == actor.user,
                col(AccountLink.customer_account_id) == account_id,
                col(AccountLink.unlinked_at) >= since,
            )
            .values(unlinked_at=None)
        )
        if restored.rowcount != 1:
            raise NotFound
