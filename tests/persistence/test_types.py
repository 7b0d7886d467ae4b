from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy.exc import DatabaseError, StatementError
from sqlmodel import col, select, text

from cabinet.domain.errors import InputError, NotFound
from cabinet.domain.money import ZERO, Money
from cabinet.persistence.attempts import Attempt
from cabinet.persistence.payments import Payment
from cabinet.persistence.suppliers import Price, Supplier, SupplierPolicy
from cabinet.services import payments
from cabinet.services.payments import StartPayment
from tests.factories import owner
from tests.fakes import NOON, World

SAMARA = timezone(timedelta(hours=4))


def add_supplier(world: World) -> int:
    with world.deps.transaction() as tx:
        return tx.suppliers.add(Supplier(code="c", name="Газ", timezone="Europe/Samara")).id or 0


def kept(world: World, at: datetime) -> datetime:
    with world.deps.transaction() as tx:
        tx.session.add(Attempt(bucket="b", subject="s", at=at))
    with world.deps.snapshot() as tx:
        return tx.session.exec(select(Attempt.at)).one()


@pytest.mark.parametrize("at", [NOON, NOON.astimezone(SAMARA), datetime(1926, 1, 1, tzinfo=UTC)])
def test_an_instant_comes_back_as_the_same_instant_in_utc(world: World, at: datetime) -> None:
    back = kept(world, at.replace(microsecond=123456))
    assert back == at.replace(microsecond=123456)
    assert back.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(world: World) -> None:
    naive = datetime(2026, 11, 20, 8, 0)  # noqa: DTZ001 - the mistake itself
    with pytest.raises(StatementError, match="naive"):
        kept(world, naive)


def test_instants_are_compared_as_instants(world: World) -> None:
    kept(world, NOON)
    later = NOON.astimezone(SAMARA) + timedelta(microseconds=1)
    with world.deps.snapshot() as tx:
        found = [
            tx.session.exec(select(Attempt.id).where(col(Attempt.at) < at)).all() for at in (NOON, later)
        ]
    assert [len(rows) for rows in found] == [0, 1]


@pytest.mark.parametrize("price", ["7.328", "8.13", "6.98261", "0.00001", "9999999.99999", "0"])
def test_a_price_is_kept_exactly(world: World, price: str) -> None:
    supplier_id = add_supplier(world)
    with world.deps.transaction() as tx:
        tx.suppliers.add_dated(
            Price(
                supplier_id=supplier_id,
                usage="stove",
                valid_from=date(2025, 7, 1),
                roubles_per_m3=Decimal(price),
            )
        )
    with world.deps.snapshot() as tx:
        assert tx.suppliers.find_price(supplier_id, "stove", date(2025, 7, 1)) == Decimal(price)
        assert tx.suppliers.find_price(supplier_id, "stove", date(2025, 6, 30)) is None
        assert tx.suppliers.find_price(supplier_id, "heating", date(2026, 1, 1)) is None


def test_the_price_and_the_rules_of_a_day_are_those_that_held_then(world: World) -> None:
    supplier_id = add_supplier(world)
    with world.deps.transaction() as tx:
        for year, due_day, price in ((2024, 10, "7.50"), (2026, 15, "8.30")):
            since = date(year, 3, 1)
            tx.suppliers.add_dated(
                Price(supplier_id=supplier_id, usage="stove", valid_from=since, roubles_per_m3=Decimal(price))
            )
            tx.suppliers.add_dated(
                SupplierPolicy(
                    supplier_id=supplier_id,
                    valid_from=since,
                    window_from_day=15,
                    window_to_day=25,
                    due_day=due_day,
                    max_consumption_m3=10_000,
                    basic_shows_due=True,
                )
            )
    with world.deps.snapshot() as tx:
        days = [date(2024, 3, 1), date(2026, 2, 28), date(2026, 3, 1), date(2030, 1, 1)]
        assert [tx.suppliers.policy_on(supplier_id, day).due_day for day in days] == [10, 10, 15, 15]
        prices = [tx.suppliers.find_price(supplier_id, "stove", day) for day in days]
        assert prices == [Decimal("7.5"), Decimal("7.5"), Decimal("8.3"), Decimal("8.3")]
        with pytest.raises(NotFound):
            tx.suppliers.policy_on(supplier_id, date(2024, 2, 29))
        with pytest.raises(NotFound):
            tx.suppliers.get(supplier_id + 1)


@pytest.mark.parametrize("text", ["a\0b", "\ud83d"])
def test_text_that_cannot_be_written_is_never_an_error_of_ours(izhevsk: World, text: str) -> None:
    anna, account = owner(izhevsk)
    for deed in (
        lambda: payments.get_payment(izhevsk.deps, anna, text),
        lambda: payments.start_payment(izhevsk.deps, anna, StartPayment(account, Money(100), text)),
    ):
        with suppress(NotFound, InputError):
            deed()
    with izhevsk.deps.snapshot() as tx:
        assert tx.journal.total() == ZERO


def test_kopecks_of_the_whole_country_fit(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    payment = Payment(
        id="p",
        customer_account_id=account,
        user_id=anna.user,
        form_key="k",
        amount_kopecks=10**15,
        status="created",
        acquirer="demo",
        created_at=NOON,
    )
    with izhevsk.deps.transaction() as tx:
        tx.payments.add(payment)
    with izhevsk.deps.snapshot() as tx:
        assert tx.payments.get("p").amount.kopecks == 10**15


def test_the_database_itself_refuses_a_payment_of_nothing_and_rows_of_nobody(izhevsk: World) -> None:
    values = "'form', {amount}, 'created', 'demo', '', '2026-11-20 08:00:00')"
    head = (
        "INSERT INTO payments (id, customer_account_id, user_id, form_key, amount_kopecks, status, acquirer, "
        "confirmation_url, created_at) VALUES "
    )
    owner(izhevsk)
    for row in (f"('p', 1, 1, {values.format(amount=0)}", f"('p', 1, 999, {values.format(amount=100)}"):
        with pytest.raises(DatabaseError), izhevsk.deps.transaction() as tx:
            tx.session.connection().execute(text(head + row))
