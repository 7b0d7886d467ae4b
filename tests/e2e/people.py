"""Who lives in an e2e portal before a test begins, and what the portal has stored, read past its pages."""

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from playwright.sync_api import BrowserContext

from cabinet import container
from cabinet.domain.codes import new_token
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.engine import make_engine
from cabinet.persistence.second_factors import TotpSecret
from cabinet.persistence.unit_of_work import snapshots, transactions
from cabinet.persistence.users import User
from cabinet.services import customer_accounts, demo, desk_policy, operators, profile, sessions
from cabinet.services.deps import Deps
from cabinet.services.registers import ImportRegister, import_register
from cabinet.settings import Settings
from tests.e2e.portal import Portal

PASSWORD = "мама мыла синюю раму"
_THOUSAND = 1000  # roubles; above it sums are written with a space


@dataclass(frozen=True)
class Household:
    """A лицевой счёт of the demo register with a debt, and what its people know of it."""

    account: str
    address: str
    serial: str
    debt: str  # «282,20»
    last_reading: int
    capacity: int

    @property
    def shown_number(self) -> str:
        """As pages show it: «3700 0001 5838», with no-break spaces or plain ones."""
        return f"{self.account[:4]} {self.account[4:8]} {self.account[8:]}"


@dataclass(frozen=True)
class Person:
    """A confirmed user who is signed in in one browser, the one with these cookies."""

    login: str
    actor: Actor
    device: str
    session: str

    def move_in(self, context: BrowserContext, url: str) -> None:
        """Make a browser theirs."""
        values = {"device": self.device, "session": self.session, "member": "1"}
        context.add_cookies(
            [
                {"name": name, "value": value, "url": url, "httpOnly": name != "member"}
                for name, value in values.items()
            ]
        )


class Town:
    """The people and households of one served portal."""

    def __init__(self, portal: Portal, deps: Deps) -> None:
        self._portal = portal
        self._deps = deps
        self._numbers = count(1)
        self._blocks = count(38)  # what numbers of accounts begin with
        with (demo.FOLDER / "accounts.csv").open(encoding="utf-8") as file:
            self._free = _owing(csv.DictReader(file, delimiter=";"))

    def household(self) -> Household:
        """One that no test has taken yet; when all are, as many move in again, into other flats."""
        if not self._free:
            self._free = self._move_in()
        return self._free.pop()

    def _move_in(self) -> list[Household]:
        """The households of the demo registers once more under other numbers; those that owe little."""
        block = f"{next(self._blocks)}"
        owing: list[Household] = []
        for kind in RegisterKind:
            with (demo.FOLDER / f"{kind.value}.csv").open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter=";"))
            for row in rows:
                row["account"] = block + row["account"][len(block) :]
                if kind is RegisterKind.ACCOUNTS:
                    row |= {"els": "-", "izhku": "-", "flat": block + row["flat"].strip("-")}
            if kind is RegisterKind.ACCOUNTS:
                owing = _owing(rows)
            path = self._portal.data_dir / f"{block}-{kind.value}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0], delimiter=";", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            outcome = import_register(self._deps, Actor.system(), ImportRegister(kind, path, demo.CODE))
            assert outcome.added == len(rows)
        return owing

    def new_login(self) -> str:
        """An address that nobody has."""
        return f"person{next(self._numbers)}@example.ru"

    def person(self, *, login: str = "") -> Person:
        """Somebody signed in who has chosen the demo supplier and connected nothing."""
        login, device = login or self.new_login(), new_token()
        visitor = sessions.make_visitor(self._deps, device, "127.0.0.1", "e2e")
        now = self._deps.clock.now()
        with self._deps.transaction() as tx:
            user = tx.users.add(
                User(
                    login_kind="email" if "@" in login else "phone",
                    login=login,
                    password_hash=self._deps.passwords.hash(PASSWORD),
                    created_at=now,
                    confirmed_at=now,
                    consent_version="e2e",
                    consent_digest="",
                    consented_at=now,
                    consent_address="127.0.0.1",
                )
            )
            ticket = sessions.issue_ticket(self._deps, tx, user, visitor, remember=True)
        opened = sessions.open_session(self._deps, Actor.anonymous(visitor), ticket)
        assert opened
        actor = sessions.identify(self._deps, visitor, opened.token)
        profile.choose_supplier(self._deps, actor, profile.list_suppliers(self._deps, actor)[0].id)
        return Person(login, actor, device, opened.token)

    def operator(self, role: OperatorRole = OperatorRole.ADMINISTRATOR) -> Person:
        """Somebody at the demo supplier's desk, signed in with a second factor."""
        login, device = self.new_login(), new_token()
        visitor = sessions.make_visitor(self._deps, device, "127.0.0.1", "e2e")
        adding = operators.AddOperator.parse(login, "izhevsk", "Ольга Зорина", role)
        operators.add_operator(self._deps, Actor.system(), adding)
        now = self._deps.clock.now()
        with self._deps.transaction() as tx:
            user = tx.users.find_by_login(Login.parse(login))
            assert user
            secret = TotpSecret(user_id=user.id or 0, sealed=b"", created_at=now, confirmed_at=now)
            tx.second_factors.add_totp(secret)
            ticket = sessions.issue_ticket(self._deps, tx, user, visitor, remember=False, factor=True)
        opened = sessions.open_session(self._deps, Actor.anonymous(visitor), ticket)
        assert opened
        actor = sessions.identify(self._deps, visitor, opened.token)
        return Person(login, actor, device, opened.token)

    def subscriber(self, household: Household, *, extended: bool = True) -> Person:
        """Somebody signed in with the household's account connected."""
        person = self.person()
        form = {"proof_kind": "serial", "serial": household.serial}
        form["access"] = "extended" if extended else "basic"
        command = customer_accounts.LinkAccount.parse(form, household.account)
        customer_accounts.link_account(self._deps, person.actor, command)
        return person

    def stored(self, question: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the portal's database answers; it cannot be written through this."""
        address = f"file:{self._portal.data_dir / 'cabinet.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            return database.execute(question, parameters).fetchall()

    def readings(self, household: Household) -> list[int]:
        """Readings that people have sent for a household, in whole m³."""
        rows = self.stored(
            "SELECT r.value_m3 FROM readings r JOIN meters m ON m.id = r.meter_id "
            "JOIN customer_accounts a ON a.id = m.customer_account_id "
            "WHERE a.number = ? AND r.source = 'web' ORDER BY r.id",
            household.account,
        )
        return [value for (value,) in rows]

    def payments(self, household: Household) -> list[tuple[int, str]]:
        """Kopecks and status of payments that people have begun for a household."""
        return self.stored(
            "SELECT p.amount_kopecks, p.status FROM payments p "
            "JOIN customer_accounts a ON a.id = p.customer_account_id WHERE a.number = ? ORDER BY p.created_at",
            household.account,
        )

    def links(self, person: Person) -> list[tuple[str]]:
        """Numbers of the accounts that somebody has connected."""
        return self.stored(
            "SELECT a.number FROM account_links l JOIN customer_accounts a ON a.id = l.customer_account_id "
            "WHERE l.user_id = ?",
            person.actor.user,
        )

    def forget_failures(self) -> None:
        """As if nobody had mistyped a password or a code or begun a lesson here: all the tests share one address."""
        with closing(sqlite3.connect(self._portal.data_dir / "cabinet.db", timeout=10)) as database, database:
            database.execute(
                "DELETE FROM attempts WHERE bucket IN ('sign_in.address', 'code.check', 'practice.address')"
            )

    def pass_a_minute(self, login: str) -> None:
        """As if a minute went by since the last code was sent to a login."""
        self._change("DELETE FROM attempts WHERE bucket = 'code.minute' AND subject = ?", login)

    def expire_codes(self, login: str) -> None:
        """As if ten minutes went by since then."""
        self._change(
            "UPDATE confirmations SET expires_at = sent_at "
            "WHERE user_id = (SELECT id FROM users WHERE login = ?)",
            login,
        )

    def spoil_compensation(self, household: Household, coefficient: str) -> None:
        """The register tells of a meter without compensation, the supplier of a coefficient from today on."""
        self._change("UPDATE meters SET thermo_compensated = 0 WHERE serial_number = ?", household.serial)
        today = desk_policy.view_policy(self._deps, Actor.system(), "izhevsk").today
        form = {"kind_of_value": "coefficient", "value": coefficient, "value_from": today}
        form["region"] = "Удмуртская Республика"
        desk_policy.add_dated(self._deps, Actor.system(), desk_policy.AddValue.parse(form), "izhevsk")

    def expire_verification(self, household: Household) -> None:
        """The register tells that the meter's verification was due long ago."""
        self._change(
            "UPDATE meters SET verification_due_on = '2020-01-01' WHERE serial_number = ?", household.serial
        )

    def age_sessions(self, person: Person) -> None:
        """As if a person had proved who they are an hour ago."""
        self._change(
            "UPDATE sessions SET authenticated_at = datetime(authenticated_at, '-1 hour') WHERE user_id = ?",
            person.actor.user,
        )

    def end_sessions(self, person: Person) -> None:
        """As if a person had ended them all from another browser."""
        with self._deps.transaction() as tx:
            assert tx.sessions.revoke_others(person.actor.user, None, self._deps.clock.now())

    def _change(self, command: str, *parameters: object) -> None:
        with closing(sqlite3.connect(self._portal.data_dir / "cabinet.db", timeout=10)) as database, database:
            assert database.execute(command, parameters).rowcount > 0


@contextmanager
def settled(portal: Portal) -> Iterator[Town]:
    """The town of a served portal: the same services over the same database, in this process."""
    settings = Settings(
        env="test",
        data_dir=portal.data_dir,
        public_url=portal.url,
        bcrypt_cost=4,
        _env_file=None,
    )
    engine = make_engine(settings.database)
    deps = replace(container.build(settings), transaction=transactions(engine), snapshot=snapshots(engine))
    try:
        yield Town(portal, deps)
    finally:
        engine.dispose()


def _owing(rows: Iterable[dict[str, str]]) -> list[Household]:
    """Those that owe little, the first of the register last."""
    return [_household(row) for row in rows if 0 < float(row["balance"]) < _THOUSAND][::-1]


def _household(row: dict[str, str]) -> Household:
    return Household(
        account=row["account"],
        address="{locality}, {street}, {house}-{flat}".format(**row),
        serial=row["meter_serial"],
        debt=row["balance"].replace(".", ","),
        last_reading=int(row["last_reading"]),
        capacity=int(row["meter_capacity"]),
    )
