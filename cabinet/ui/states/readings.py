"""Sending a reading."""

from typing import Any

import reflex as rx

from cabinet.domain.codes import new_token
from cabinet.domain.errors import CabinetError
from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.domain.readings import DialFall, ReadingBelowPrevious, ReadingUnusual
from cabinet.services import customer_accounts, readings
from cabinet.services.customer_accounts import AccountRow
from cabinet.services.readings import EstimateRow, MeterRow, ReceiptRow, SubmitReading
from cabinet.ui.notices import problems_of
from cabinet.ui.rows import basic_number
from cabinet.ui.session import asked, handler, picked, run


class ReadingsState(rx.State):
    """The page of readings; `key` names one submission, so that sending it twice stores it once.

    `cancelled` is the id of the reading that has just been taken back.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    unusual: bool = False
    fallen: bool = False
    key: str = ""
    accounts: list[AccountRow] = []
    basic_number: str = ""
    meter: MeterRow = MeterRow()
    estimate: EstimateRow = EstimateRow()
    receipt: ReceiptRow = ReceiptRow()
    cancelled: str = ""
    _typed: str = ""
    _fall: str = ""

    @handler(Permission.READING_SUBMIT)
    async def load(self) -> None:
        self._begin()
        self.receipt, self.meter = ReceiptRow(), MeterRow()
        self.accounts = await run(self, customer_accounts.list_accounts)
        self.loaded = True
        account = picked(self, self.accounts)
        self.basic_number = basic_number(self.accounts, account)
        if self.accounts and not self.basic_number:
            meant = asked(self, "meter")
            meter = id_of(meant) if meant else None
            self.meter = await run(self, readings.get_meter, account, meter)

    @handler(Permission.READING_SUBMIT)
    async def estimate_value(self, value: str) -> None:
        self._typed = text_of({"value": value}, "value", 60)
        await self._estimate()

    @handler(Permission.READING_SUBMIT)
    async def declare_fall(self, fall: str) -> None:
        self._fall = text_of({"fall": fall}, "fall", 12)
        await self._estimate()

    @handler(Permission.READING_SUBMIT, busy=True)
    async def submit(self, form: dict[str, Any]) -> None:
        command = SubmitReading(
            account_id=id_of(text_of(form, "account", 20)),
            meter_id=id_of(text_of(form, "meter", 20)),
            value=text_of(form, "value", 60),
            key=text_of(form, "key", 64),
            confirmed=bool(form.get("confirmed")),
            fall=fall_of(text_of(form, "fall", 12)),
        )
        try:
            self.receipt = await run(self, readings.submit_reading, command)
        except (ReadingUnusual, ReadingBelowPrevious) as question:
            self.unusual |= isinstance(question, ReadingUnusual)
            self.fallen |= isinstance(question, ReadingBelowPrevious)
            self.problems = problems_of(question)
            return
        self._begin()
        self.meter = await run(self, readings.get_meter, command.account_id, command.meter_id)

    @handler(Permission.READING_SUBMIT)
    async def cancel(self, reading_id: str) -> None:
        wanted = id_of(text_of({"id": reading_id}, "id", 20))
        account = id_of(self.meter.account_id)
        self.meter = await run(self, readings.cancel_reading, account, wanted)
        self.problems, self.cancelled = {}, str(wanted)
        self.receipt, self.estimate = ReceiptRow(), EstimateRow()

    async def _estimate(self) -> None:
        self.estimate = EstimateRow()
        account, meter = id_of(self.meter.account_id), id_of(self.meter.meter_id)
        command = SubmitReading(account, meter, self._typed, "", confirmed=False, fall=fall_of(self._fall))
        try:
            self.estimate = await run(self, readings.estimate_reading, command)
        except CabinetError:
            return  # half a value is no mistake yet: errors come on submit

    def _begin(self) -> None:
        """Another submission: what the one before was asked about is asked anew."""
        self.problems, self.unusual, self.fallen, self.cancelled = {}, False, False, ""
        self.estimate, self._typed, self._fall, self.key = EstimateRow(), "", "", new_token()


def fall_of(text: str) -> DialFall | None:
    """Why a dial shows less than before, as the form says it; None of anything else."""
    return next((x for x in DialFall if x == text), None)
