"""Registers for the benchmarks: of any length, always the same, all lines good."""

import random
from pathlib import Path

ACCOUNT_COLUMNS = (
    "account;els;izhku;last_name;first_name;middle_name;region;locality;street;house;flat;area_m2;residents;"
    "usage;meter_serial;meter_type;meter_capacity;meter_installed_on;verification_due_on;thermo_compensated;"
    "last_reading;last_reading_on;pin_bcrypt;legacy_password_bcrypt;balance"
)
CHARGE_COLUMNS = (
    "account;period;service;method;reading_from;reading_to;coefficient;volume_m3;price;amount;recalculation;"
    "penalty;opening;paid;closing"
)
BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FIRST = 370_000_000_000
PRICE_KOPECKS = 830


def write_accounts(path: Path, accounts: int, months_later: int = 0) -> None:
    """Each account with a meter, a reading, a PIN and a balance.

    A month later all readings and balances are others, each fiftieth has another number of residents and each
    hundredth another PIN.
    """
    chance = random.Random(7)
    pins = ["$2b$10$" + "".join(chance.choices(BCRYPT, k=53)) for _ in range(4096)]
    with path.open("w", encoding="utf-8") as file:
        file.write(ACCOUNT_COLUMNS + "\n")
        for n in range(accounts):
            due = f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.{chance.randint(2027, 2036)}"
            file.write(
                f"{FIRST + n};{chance.randint(10, 99)}АБ{n % 1_000_000:06d};-;Наговицын;Анна;Сергеевна;"
                f"Удмуртская Республика;г. Ижевск;ул. Песочная;{chance.randint(1, 200)};{chance.randint(1, 99)};"
                f"{chance.randint(200, 1200) / 10};{chance.randint(0, 6) + months_later * (n % 50 == 0)};stove;"
                f"{n:08d};ВК-G4Т;5;2020-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d};{due};1;"
                f"{chance.randint(100, 90000) + months_later * (n % 400)};2026-{9 + months_later:02d}-20;"
                f"{pins[(chance.randint(0, 4095) + months_later * (n % 100 == 0)) % 4096]};-;"
                f"{chance.randint(1, 300000) / 100 + months_later:.2f}\n"
            )


def write_charges(path: Path, accounts: int, months: int) -> None:
    """Month after month, a line of gas for each account."""
    chance = random.Random(8)
    with path.open("w", encoding="utf-8") as file:
        file.write(CHARGE_COLUMNS + "\n")
        for month in range(months):
            period = f"{2025 + month // 12}-{month % 12 + 1:02d}"
            for n in range(accounts):
                start, volume = chance.randint(0, 90_000), chance.randint(0, 400)
                amount, owed = volume * PRICE_KOPECKS, chance.randint(0, 300_000)
                file.write(
                    f"{FIRST + n};{period};gas;metered;{start};{start + volume};1;{volume},000;8,30;"
                    f"{roubles(amount)};0;0;{roubles(owed)};{roubles(owed)};{roubles(amount)}\n"
                )


def roubles(kopecks: int) -> str:
    """«1234,56»."""
    return f"{kopecks // 100},{kopecks % 100:02d}"
