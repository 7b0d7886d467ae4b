"""How soon the counter finds an account among 100 000, by number, name or address; SQLite."""

import random
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks import Row
from cabinet.domain.account_search import address_key, name_key
from cabinet.domain.permissions import Actor
from cabinet.persistence.migrations import migrate
from cabinet.services import desk_pins
from cabinet.services.suppliers import AddSupplier, add_supplier
from tests.factories import operator
from tests.fakes import World, make_world

ACCOUNTS = 100_000
GOAL = 0.3  # seconds
NAMES = [f"{a}{b}" for a in ("Ёлкин", "Иванов", "Петров", "Широбоков") for b in ("", "ский", "ых", "цев")]
STREETS = [f"ул. {x}" for x in ("Ленина", "Труда", "Песочная", "9 Января", "Пушкинская")]
ASKED = (
    "380000099999",
    "3800",
    "елкин",
    "Широбоковцев Иван",
    "Иванов И П",
    "Песочная 86",
    "Ижевск Труда 399",
)
NOBODY = ("Нетаких", "Ижевск Нетакая 5")


def run() -> list[Row]:
    """The slowest answer, and the middle one."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        world = make_world(url, folder)
        add_supplier(world.deps, Actor.system(), AddSupplier.parse("izhevsk", "Bench", "Europe/Samara"))
        fill(world)
        clerk = operator(world)
        taken = sorted(seconds(world, clerk, typed) for typed in (*ASKED, *NOBODY))
        world.dispose()
    name = f"desk: one of {ACCOUNTS:,} accounts is found".replace(",", " ")
    return [
        Row(
            f"{name}, slowest", f"{taken[-1] * 1000:.0f} ms", f"≤ {GOAL * 1000:.0f} ms", ok=taken[-1] <= GOAL
        ),
        Row(f"{name}, median", f"{taken[len(taken) // 2] * 1000:.0f} ms", "", ok=True),
    ]


def seconds(world: World, clerk: Actor, typed: str) -> float:
    """Of one search, which finds somebody where there is somebody."""
    began = time.perf_counter()
    found = desk_pins.find_accounts(world.deps, clerk, typed)
    took = time.perf_counter() - began
    assert bool(found) == (typed in ASKED), typed
    return took


def fill(world: World) -> None:
    """Accounts of made-up people."""
    chance = random.Random(1)
    rows = []
    for n in range(ACCOUNTS):
        last, street, house = chance.choice(NAMES), chance.choice(STREETS), str(chance.randrange(1, 400))
        rows.append(
            {
                "number": f"38{n:010}",
                "last": last,
                "street": street,
                "house": house,
                "name": name_key(last, "Иван", "Петрович"),
                "address": address_key("г. Ижевск", street, house, "1"),
            }
        )
    with world.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO customer_accounts (supplier_id, number, els, izhku, last_name, first_name, middle_name,"
                " region, locality, street, house, flat, usage, name_key, address_key) VALUES (1, :number, '', '',"
                " :last, 'Иван', 'Петрович', '', 'г. Ижевск', :street, :house, '1', '', :name, :address)"
            ),
            rows,
        )
        connection.execute(text("ANALYZE"))
