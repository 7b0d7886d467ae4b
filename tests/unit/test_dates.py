from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cabinet.domain.money import ZERO, Money
from cabinet.texts import amounts, charges, dates, entrance, errors, home, readings

NB = "\u00a0"


def test_days_months_and_moments_are_russian() -> None:
    assert dates.day(date(2026, 10, 20)) == f"20{NB}октября"
    assert dates.day_year(date(2026, 5, 1)) == f"1{NB}мая 2026"
    assert [dates.month(2026, n).split()[0] for n in (1, 8, 12)] == ["январь", "август", "декабрь"]
    assert [dates.month_short(n) for n in (1, 5, 9)] == ["янв", "май", "сен"]
    assert all(dates.month_name(n)[:2] == dates.month_short(n)[:2] for n in range(1, 13))
    samara = datetime(2026, 11, 20, 21, 5, tzinfo=UTC).astimezone(ZoneInfo("Europe/Samara"))
    assert dates.moment(samara) == f"21{NB}ноября 2026, 01:05"


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "попыток"), (1, "попытка"), (2, "попытки"), (4, "попытки"), (5, "попыток"), (11, "попыток"),
        (12, "попыток"), (14, "попыток"), (20, "попыток"), (21, "попытка"), (22, "попытки"), (25, "попыток"),
        (100, "попыток"), (101, "попытка"), (111, "попыток"), (112, "попыток"), (1001, "попытка"),
    ],
)  # fmt: skip
def test_numbers_take_their_form(number: int, form: str) -> None:
    assert dates.plural(number, "попытка", "попытки", "попыток") == f"{number}{NB}{form}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 секунду"), (59, "59 секунд"), (60, "1 минуту"), (61, "2 минуты"), (300, "5 минут"),
        (3599, "60 минут"), (3600, "1 час"), (3601, "2 часа"), (86400, "24 часа"),
    ],
)  # fmt: skip
def test_a_pause_is_rounded_up(seconds: int, words: str) -> None:
    assert dates.duration(seconds) == words.replace(" ", NB)


def test_what_is_owed_is_said_in_words() -> None:
    assert amounts.balance(Money(28220)) == f"К оплате 282,20{NB}₽"
    assert amounts.balance(Money(-12000)) == f"Переплата 120,00{NB}₽"
    assert amounts.balance(ZERO) == "Долга нет"
    assert [amounts.sign(Money(x)) for x in (5, 0, -5)] == [1, 0, -1]


def test_home_says_what_is_due_and_when() -> None:
    assert home.due_title(1, "октябрь") == "К оплате за октябрь"
    assert [home.due_title(x, "") for x in (1, 0, -1)] == ["К оплате", "Долга нет", "Переплата"]
    due = date(2026, 11, 15)
    assert home.pay_by(due, due) == f"до 15{NB}ноября"
    assert home.pay_by(due, date(2026, 11, 16)) == f"срок прошёл 15{NB}ноября"
    assert home.window_note(15, 25, open_now=True) == "сдать до 25\u2011го"
    assert home.window_note(15, 25, open_now=False) == "приём с 15\u2011го по 25\u2011е"


@pytest.mark.parametrize(
    ("price", "words"),
    [("8.30", "8,30"), ("7.32800", "7,328"), ("6.98261", "6,98261"), ("10", "10,00"), ("1E+1", "10,00")],
)
def test_a_price_has_its_kopecks_and_no_idle_zeros(price: str, words: str) -> None:
    assert readings.price_text(Decimal(price)) == words


def test_a_charge_explains_itself() -> None:
    assert charges.formula("10", Decimal("8.13"), "81,30 ₽") == "10 м³ × 8,13 ₽ = 81,30 ₽"
    assert charges.dial_step(3349, 3359, Decimal(1)) == "3359 − 3349"
    assert charges.dial_step(3349, 3359, Decimal("0.97")) == "3359 − 3349, коэффициент × 0,97"
    assert readings.formula(43, Decimal("8.3"), "stove") == f"43{NB}м³ × 8,30{NB}₽ (плита)"
    assert readings.formula(43, Decimal("8.3"), "") == f"43{NB}м³ × 8,30{NB}₽"


def test_a_coefficient_is_named_and_a_norm_says_what_it_goes_by() -> None:
    price, norm = Decimal("8.13"), Decimal("32.00000")
    with_k = f"43{NB}м³ × 0,965 (температурный коэффициент) × 8,13{NB}₽"
    assert readings.formula(43, price, "", Decimal("0.96500")) == with_k
    by_owner = readings.norm_formula(norm, Decimal(1), "owners", price)
    assert by_owner == f"32{NB}м³ × 1{NB}собственник × 8,13{NB}₽"
    by_area = readings.norm_formula(Decimal("7.5"), Decimal("84.80000"), "area", price)
    assert by_area == f"7,5{NB}м³ × 84,8{NB}м² × 8,13{NB}₽"
    assert [amounts.number(Decimal(x)) for x in ("12.50000", "100", "0.00001")] == ["12,5", "100", "0,00001"]


def test_a_reading_window_and_a_verification_are_told_with_their_days() -> None:
    assert "с 25 по 3 число" in readings.window(25, 3, 10)
    assert readings.window(15, 25, 11).endswith("за ноябрь.")
    due = date(2026, 12, 1)
    assert f"1{NB}декабря 2026" in readings.verification_soon(due, "")
    overdue = readings.verification_overdue(due, "≈ 5 ₽ в месяц (…)")
    assert "не учитывается в начислении. Начисляют по нормативу: ≈ 5 ₽ в месяц (…). Поверьте" in overdue


def test_where_a_code_went_is_told_by_its_channel() -> None:
    assert entrance.sent("phone", "+7 912 •••-••-20").startswith("Мы отправили СМС")
    assert "a•••@example.ru" in entrance.sent("email", "a•••@example.ru")


def test_a_code_sent_a_moment_ago_is_said_to_be_so() -> None:
    said = errors.of("too_many", "", {"retry_in": 40, "bucket": "code.minute"})
    assert said == f"Код мы отправили только что. Новый можно получить через 40{NB}секунд."
