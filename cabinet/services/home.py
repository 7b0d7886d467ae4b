"""The home page of an account: what is due, the last reading, the use of half a year."""

from dataclasses import dataclass, field

from cabinet.domain.charges import ChargeLine, due_on
from cabinet.domain.identity import spaced_number
from cabinet.domain.period import local_day
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.domain.volume import DialValue
from cabinet.persistence.customer_accounts import LinkedAccount
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.charges import BarRow, bars
from cabinet.services.customer_accounts import shown_address, visible_balance
from cabinet.services.deps import Deps
from cabinet.texts import amounts, dates
from cabinet.texts import home as words

_MONTHS = 6


@dataclass(frozen=True, slots=True)
class HomeRow:
    """What the home page shows; in basic access the lines below `due_note` are empty.

    Attributes:
        roubles, kopecks: what is owed or overpaid, without the sign, for the big figure; "" when nothing is.
        due_title: «К оплате за октябрь», «Переплата», «Долга нет».
        hidden: the supplier does not show the sum in basic access.
        metered: whether there is a meter to read.
    """

    account_id: str = ""
    title: str = ""
    number: str = ""
    bare_number: str = ""
    extended: bool = False
    hidden: bool = False
    owed: bool = False
    due_title: str = ""
    roubles: str = ""
    kopecks: str = ""
    due_note: str = ""
    metered: bool = False
    previous: str = ""
    previous_on: str = ""
    window_open: bool = False
    window_note: str = ""
    bars: list[BarRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Due:
    hidden: bool
    owed: bool
    title: str
    roubles: str
    kopecks: str
    note: str


@dataclass(frozen=True, slots=True)
class _Dial:
    metered: bool = False
    previous: str = ""
    previous_on: str = ""
    window_open: bool = False
    window_note: str = ""


def get_home(deps: Deps, actor: Actor, account_id: int) -> HomeRow:
    """What the home page shows of an account.

    Raises:
        NotFound: not the actor's account.
    """
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.get_for(actor, account_id)
        extended = found.level is AccessLevel.EXTENDED
        lines = tx.charges.list_recent(account_id) if extended else []
        due = _due(deps, tx, found, lines)
        dial = _dial(deps, tx, found) if extended else _Dial()
    return HomeRow(
        account_id=str(account_id),
        title=found.link.alias or shown_address(found),
        number=spaced_number(found.account.number),
        bare_number=found.account.number,
        extended=extended,
        hidden=due.hidden,
        owed=due.owed,
        due_title=due.title,
        roubles=due.roubles,
        kopecks=due.kopecks,
        due_note=due.note,
        metered=dial.metered,
        previous=dial.previous,
        previous_on=dial.previous_on,
        window_open=dial.window_open,
        window_note=dial.window_note,
        bars=bars(lines, _MONTHS),
    )


def _due(deps: Deps, tx: UnitOfWork, found: LinkedAccount, lines: list[ChargeLine]) -> _Due:
    owed = visible_balance(deps, tx, found)
    if owed is None:
        return _Due(hidden=True, owed=False, title=words.DUE_HIDDEN, roubles="", kopecks="", note="")
    newest = lines[0].period if lines else None
    whole, _, part = str(abs(owed)).partition(",")
    pay_by = ""
    if newest and owed.kopecks > 0:
        policy = tx.suppliers.policy_on(found.account.supplier_id, newest.first_day)
        pay_by = words.pay_by(
            due_on(newest, policy.due_day), local_day(deps.clock.now(), found.supplier.timezone)
        )
    return _Due(
        hidden=False,
        owed=owed.kopecks > 0,
        title=words.due_title(amounts.sign(owed), dates.month_name(newest.month) if newest else ""),
        roubles=whole if owed.kopecks else "",
        kopecks=part,
        note=pay_by,
    )


def _dial(deps: Deps, tx: UnitOfWork, found: LinkedAccount) -> _Dial:
    meter = next(iter(tx.meters.list_of(found.account.id or 0)), None)
    if meter is None:
        return _Dial()
    today = local_day(deps.clock.now(), found.supplier.timezone)
    last = tx.readings.find_last(meter.id or 0, today)
    policy = tx.suppliers.policy_on(found.account.supplier_id, today)
    opened = policy.window.is_open(today)
    return _Dial(
        metered=True,
        previous=DialValue(last.value_m3).shown(meter.capacity) if last else "",
        previous_on=dates.day(last.taken_on) if last else "",
        window_open=opened,
        window_note=words.window_note(policy.window_from_day, policy.window_to_day, open_now=opened),
    )
