"""Paying, and what the bank said of it."""

from typing import Any

import reflex as rx

from cabinet.domain.codes import new_token
from cabinet.domain.permissions import Permission
from cabinet.services import customer_accounts, payments
from cabinet.services.customer_accounts import AccountRow
from cabinet.services.payments import PayFormRow, PaymentRow, StartPayment
from cabinet.ui.session import asked, handler, picked, run


class PayState(rx.State):
    """The page of payment; `key` names one form, so that a double click pays once."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    key: str = ""
    accounts: list[AccountRow] = []
    form: PayFormRow = PayFormRow()
    payment: PaymentRow = PaymentRow()
    leave_to: str = ""

    @handler(Permission.PAYMENT_MAKE)
    async def load(self) -> None:
        self.problems, self.form, self.payment, self.leave_to = {}, PayFormRow(), PaymentRow(), ""
        self.key = new_token()
        self.accounts = await run(self, customer_accounts.list_accounts)
        self.loaded = True
        account = picked(self, self.accounts)
        if asked(self, "payment"):
            self.payment = await run(self, payments.get_payment, asked(self, "payment")[:64])
            account = int(self.payment.account_id)
        if self.accounts:
            self.form = await run(self, payments.get_pay_form, account)

    @handler(Permission.PAYMENT_MAKE, busy=True)
    async def refresh(self) -> None:
        if self.payment.id:
            self.payment = await run(self, payments.get_payment, self.payment.id)
            self.form = await run(self, payments.get_pay_form, int(self.payment.account_id))

    @handler(Permission.PAYMENT_MAKE, busy=True)
    async def submit(self, form: dict[str, Any]) -> None:
        self.leave_to = await run(self, payments.start_payment, StartPayment.parse(form))
        self.problems = {}
