from decimal import Decimal

from sqlmodel import delete

from cabinet.domain.charges import Service
from cabinet.domain.period import BillingPeriod
from cabinet.persistence.charges import Charge
from cabinet.services import charges, home
from tests.factories import charge, owner
from tests.fakes import World


def test_months_come_newest_first_with_words_for_what_is_left(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    shown = charges.get_charges(izhevsk.deps, anna, account)
    assert [month.period for month in shown.months][:2] == ["2026-10", "2026-09"]
    assert len(shown.months) == 14
    october = shown.months[0]
    assert (october.name, october.charged, october.paid, october.closing) == (
        "Октябрь 2026",
        "81,30\u00a0₽",
        "146,34\u00a0₽",
        "К оплате 81,30\u00a0₽",
    )


def test_each_line_tells_why_so_much(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    months = charges.get_charges(izhevsk.deps, anna, account).months
    metered, average = months[0].lines[0], months[12].lines[0]
    assert metered.formula == "10 м³ × 8,13 ₽ = 81,30\u00a0₽"
    assert ["Показания", "3359 − 3349"] in metered.steps
    assert "549" in metered.source
    assert (average.method, average.estimated) == ("по среднему", True)
    assert "п. 31" in average.source


def test_the_chart_has_twelve_months_with_last_years_tick(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    bars = charges.get_charges(izhevsk.deps, anna, account).bars
    assert [bar.month for bar in bars] == [
        "ноя",
        "дек",
        "янв",
        "фев",
        "мар",
        "апр",
        "май",
        "июн",
        "июл",
        "авг",
        "сен",
        "окт",
    ]
    assert (bars[-1].value, bars[-1].last_value, bars[-2].last_value) == ("10 м³", "13 м³", "6 м³")
    assert bars[0].last_year == -1
    assert max(bar.height for bar in bars) == 100


def test_last_years_tick_is_there_however_many_services_a_month_has(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    with izhevsk.deps.transaction() as tx:
        tx.session.exec(delete(Charge))
        for back in range(30):
            month = BillingPeriod(2026, 10).plus(-back)
            tx.session.add_all(charge(account, month, service, Decimal(30 - back)) for service in Service)
    page = charges.get_charges(izhevsk.deps, anna, account)
    assert len(page.months) == 24
    assert [x.last_value for x in page.bars] == [f"{volume} м³" for volume in range(7, 19)]


def test_home_shows_what_is_due_and_until_when(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    shown = home.get_home(izhevsk.deps, anna, account)
    assert (shown.title, shown.number) == ("ул. Труда, 117-9", "3700\u00a00000\u00a00000")
    assert (shown.due_title, shown.roubles, shown.kopecks) == ("К оплате за октябрь", "81", "30")
    assert shown.due_note == "срок прошёл 15\u00a0ноября"
    assert (shown.previous, shown.window_note) == ("03\u00a0359", "сдать до 25\u2011го")
    assert len(shown.bars) == 6
